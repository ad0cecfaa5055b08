// `score`, `plan --export`, `reproduce`, `parity`, and what wrong input gets: one clear message and the documented exit code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "cli/support.h"

namespace mexbench::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kExperiments = std::string(MEXBENCH_SOURCE_DIR) + "/experiments/baselines/ststnet/";

// Corpora of MEXBENCH_DATA are needed.
class WithData : public ::testing::Test {
 protected:
  void SetUp() override {
    if (data_folder().empty()) GTEST_SKIP() << "MEXBENCH_DATA is not set: the released files are not here";
  }
  TemporaryFolder folder;
};

struct Row {
  std::string subject, clip, truth, prediction;
};

// Every clip of a folds.json as rows of a perfect prediction file, truth taken from the file names' class folder via `plan`'s manifest.
std::vector<Row> perfect_rows(const std::string& predictions_csv) {
  std::vector<Row> rows;
  std::istringstream lines(predictions_csv);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::vector<std::string> fields;
    std::istringstream parts(line);
    for (std::string field; std::getline(parts, field, ',');) fields.push_back(field);
    rows.push_back({fields[0] + "," + fields[1], fields[2], fields[4], fields[5]});
  }
  return rows;
}

std::string csv_of(const std::vector<Row>& rows) {
  std::string out = "dataset,subject,clip,truth,prediction\n";
  for (const Row& row : rows) out += row.subject + "," + row.clip + "," + row.truth + "," + row.prediction + "\n";
  return out;
}

TEST(Score, SmallTableByHand) {
  // Two classes; confusion [[2, 1], [1, 1]]: F1 = 4/6 and 2/4, recall = 2/3 and 1/2.
  const TemporaryFolder folder;
  write(folder / "p.csv", "dataset,subject,clip,truth,prediction\nd,s1,a,x,x\nd,s1,b,x,x\nd,s2,c,x,y\nd,s2,d,y,x\nd,s3,e,y,y\n");
  const Outcome scored = mexbench({"score", folder / "p.csv", "--format", "json"});
  ASSERT_EQ(scored.code, 0) << scored.err;
  const json all = json::parse(scored.out).at("scopes").at("all");
  EXPECT_NEAR(all.at("uf1").get<double>(), (4.0 / 6.0 + 2.0 / 4.0) / 2.0, 1e-12);
  EXPECT_NEAR(all.at("uar").get<double>(), (2.0 / 3.0 + 1.0 / 2.0) / 2.0, 1e-12);
  EXPECT_EQ(all.at("confusion"), json({{2, 1}, {1, 1}}));
  EXPECT_EQ(all.at("subjects"), 3);
}

TEST(Score, AbsentClassIsUndefinedWithItsReason) {
  const TemporaryFolder folder;
  write(folder / "p.csv", "dataset,subject,clip,truth,prediction\nd,s1,a,x,x\nd,s1,b,y,x\n");
  const Outcome scored = mexbench({"score", folder / "p.csv", "--classes", "x,y,z", "--format", "json"});
  ASSERT_EQ(scored.code, 0) << scored.err;
  const json all = json::parse(scored.out).at("scopes").at("all");
  EXPECT_TRUE(all.at("uar").at("value").is_null());
  EXPECT_THAT(all.at("uar").at("reason").get<std::string>(), HasSubstr("z"));
}

TEST(Score, MalformedFilesAreRefusedWithAllProblems) {
  const TemporaryFolder folder;
  write(folder / "p.csv", "dataset,subject,clip,truth,prediction\nd,s1,a,x,x\nd,s1,a,x,y\nd,s2,b,x\n");
  const Outcome scored = mexbench({"score", folder / "p.csv"});
  EXPECT_EQ(scored.code, 3);
  EXPECT_THAT(scored.err, AllOf(HasSubstr("p.csv:3: error: "), HasSubstr("p.csv:4: error: ")));
  EXPECT_EQ(scored.out, "");
  write(folder / "q.csv", "subject,clip,truth\n");
  EXPECT_EQ(mexbench({"score", folder / "q.csv"}).code, 3);
  write(folder / "empty.csv", "");
  EXPECT_EQ(mexbench({"score", folder / "empty.csv"}).code, 3);
}

TEST_F(WithData, PaperLogGivesTheTrueFigures) {
  const Outcome scored = mexbench({"score", (data_folder() / "ststnet-released/STSTNet_logfile.txt").string(), "--format", "json"});
  ASSERT_EQ(scored.code, 0) << scored.err;
  const json scopes = json::parse(scored.out).at("scopes");
  const std::map<std::string, std::pair<double, double>> wanted{
      {"all", {0.7353, 0.7186}}, {"casme2", {0.8382, 0.8190}}, {"samm", {0.6588, 0.6415}}, {"smic", {0.6801, 0.6703}}};
  for (const auto& [scope, figures] : wanted) {
    EXPECT_NEAR(scopes.at(scope).at("uf1").get<double>(), figures.first, 5.1e-5) << scope;
    EXPECT_NEAR(scopes.at(scope).at("uar").get<double>(), figures.second, 5.1e-5) << scope;
  }
}

TEST_F(WithData, ManifestRulesAreNamed) {
  const std::string experiment = kExperiments + "released.yaml";
  const Outcome run = mexbench({"reproduce", "ststnet-released", "--out", folder / "runs"});
  ASSERT_EQ(run.code, 0) << run.err;
  const std::string csv = read(folder.path() / "runs/ststnet-released/ststnet/seed-0/predictions.csv");
  const std::vector<Row> rows = perfect_rows(csv);
  ASSERT_EQ(rows.size(), 442U);
  const auto score = [&](const std::vector<Row>& changed) {
    write(folder / "changed.csv", csv_of(changed));
    return mexbench({"score", folder / "changed.csv", "--manifest", experiment});
  };
  EXPECT_EQ(score(rows).code, 0);

  auto missing = rows;
  missing.pop_back();
  auto duplicate = rows;
  duplicate.push_back(rows[7]);
  auto extra = rows;
  extra.push_back({"samm,006", "006_9_9", "negative", "negative"});
  auto label = rows;
  label[0].truth = label[0].truth == "negative" ? "positive" : "negative";
  auto exchanged = rows;
  for (Row& row : exchanged) std::swap(row.truth, row.prediction);
  const std::vector<std::pair<std::string, std::vector<Row>>> cases{{"clip-missing", missing},
                                                                    {"clip-duplicate", duplicate},
                                                                    {"clip-extra", extra},
                                                                    {"label-disagrees", label},
                                                                    {"truth-prediction-exchanged", exchanged}};
  for (const auto& [rule, changed] : cases) {
    const Outcome outcome = score(changed);
    EXPECT_EQ(outcome.code, 4) << rule;
    EXPECT_THAT(outcome.err, HasSubstr(rule));
  }
  EXPECT_THAT(score(exchanged).err, Not(HasSubstr("label-disagrees")));
}

TEST_F(WithData, ExportedFoldsPartitionTheClips) {
  const Outcome plan = mexbench({"plan", kExperiments + "scratch.yaml", "--export", folder / "folds.json"});
  ASSERT_EQ(plan.code, 0) << plan.err;
  const json folds = json::parse(read(folder / "folds.json"));
  EXPECT_EQ(folds.at("folds").size(), 68U);
  std::set<std::string> tested;
  for (const json& fold : folds.at("folds")) {
    EXPECT_EQ(fold.at("train").size() + fold.at("test").size(), 442U);
    for (const json& clip : fold.at("test")) EXPECT_TRUE(tested.insert(clip.get<std::string>()).second) << clip;
  }
  EXPECT_EQ(tested.size(), 442U);
}

TEST_F(WithData, ReleasedWeightsComeOutAsPublished) {
  const Outcome run = mexbench({"reproduce", "ststnet-released", "--out", folder / "runs", "--format", "json"});
  ASSERT_EQ(run.code, 0) << run.err;
  std::map<std::string, json> figures;
  const json result = json::parse(run.out);
  for (const json& figure : result.at("figures")) figures[figure.at("name")] = figure;
  EXPECT_NEAR(figures.at("all.uf1").at("ours").get<double>(), 0.7209, 5e-5);
  EXPECT_NEAR(figures.at("all.uar").at("ours").get<double>(), 0.7250, 5e-5);
  EXPECT_EQ(figures.at("log.predictions").at("ours"), 442.0);
  for (const auto& [name, figure] : figures) EXPECT_EQ(figure.at("status"), "confirmed") << name;
}

TEST_F(WithData, ExchangedColourChannelsGiveOtherFigures) {
  const Outcome run = mexbench({"run", kExperiments + "released.yaml", "--out", folder / "runs", "--set",
                                "models.0.input={channels: [u, v, strain]}", "--format", "json"});
  ASSERT_EQ(run.code, 0) << run.err;
  const json all = json::parse(run.out).at(0);
  EXPECT_NEAR(all.at("uf1").get<double>(), 0.3963, 5e-5);
  EXPECT_NEAR(all.at("uar").get<double>(), 0.4157, 5e-5);
}

TEST_F(WithData, PaperTableIsNotConfirmedInItsUar) {
  const Outcome run = mexbench({"reproduce", "ststnet-paper", "--out", folder / "runs", "--format", "json"});
  EXPECT_EQ(run.code, 5);
  int confirmed = 0;
  const json result = json::parse(run.out);
  for (const json& figure : result.at("figures")) {
    const bool uf1 = figure.at("name").get<std::string>().ends_with(".uf1");
    EXPECT_EQ(figure.at("status"), uf1 ? "confirmed" : "not_confirmed") << figure;
    if (!uf1) {
      EXPECT_THAT(figure.at("detail").get<std::string>(), HasSubstr("truth and prediction are exchanged"));
    }
    confirmed += uf1 ? 1 : 0;
  }
  EXPECT_EQ(confirmed, 4);
}

// A copy of the released weights in which two files have changed places.
std::string exchanged_weights(const TemporaryFolder& folder) {
  fs::copy(data_folder() / "ststnet-released/weights", folder.path() / "weights");
  const std::string first = folder / "weights/s03.pth";
  const std::string second = folder / "weights/sub17.pth";
  fs::permissions(first, fs::perms::owner_all);
  fs::permissions(second, fs::perms::owner_all);
  const std::string content = read(first);
  write(first, read(second));
  write(second, content);
  return "models.0.weights=" + (folder / "weights/{subject}.pth");
}

TEST_F(WithData, BrokenPinsAreReportedAndTheEvaluationStillRuns) {
  const Outcome run = mexbench({"reproduce", "ststnet-released", "--out", folder / "runs", "--set", exchanged_weights(folder)});
  EXPECT_EQ(run.code, 5);
  EXPECT_THAT(run.out, AllOf(HasSubstr("not the released file: s03.pth, sub17.pth"), HasSubstr("log.predictions")));
}

TEST_F(WithData, WithoutPinsExchangedFilesAreCaughtByTheFigures) {
  const Outcome run = mexbench(
      {"reproduce", "ststnet-released", "--out", folder / "runs", "--no-pins", "--set", exchanged_weights(folder), "--format", "json"});
  EXPECT_EQ(run.code, 5);
  const json result = json::parse(run.out);
  for (const json& figure : result.at("figures")) {
    EXPECT_NE(figure.at("name"), "weights.sha256");
    if (figure.at("name") == "log.predictions") {
      EXPECT_LT(figure.at("ours").get<double>(), 442.0);
    }
  }
}

TEST_F(WithData, PinsOfFilesThatWereNotReadAreNotConfirmed) {
  const Outcome part =
      mexbench({"reproduce", "ststnet-released", "--out", folder / "part", "--format", "json", "--set", "dataset.only=[casme2]"});
  EXPECT_EQ(part.code, 5) << part.err;
  const json figures = json::parse(part.out).at("figures");
  const auto figure = [&](const char* name) {
    return *std::find_if(figures.begin(), figures.end(), [&](const json& one) { return one.at("name") == name; });
  };
  EXPECT_EQ(figure("weights.sha256").at("ours"), 24.0);
  EXPECT_EQ(figure("weights.sha256").at("published"), 68.0);
  EXPECT_EQ(figure("weights.sha256").at("status"), "not_confirmed");
}

TEST_F(WithData, WeightsOfAnotherNetworkFailWithEveryTensor) {
  const Outcome run =
      mexbench({"run", kExperiments + "released.yaml", "--out", folder / "other", "--fold", "casme2/sub01", "--set",
                "models.0={name: ststnet, weights: \"" + (data_folder() / "parity/offapexnet/state_dict.pth").string() + "\"}"});
  EXPECT_EQ(run.code, 1) << run.out;
  EXPECT_THAT(run.err, AllOf(HasSubstr("'conv3.weight' (8 x 3 x 3 x 3) is missing"), HasSubstr("'fc.weight' is 3 x 1024"),
                             HasSubstr("'fc1.weight' (1024 x 784) is not part of the network")));
}

TEST_F(WithData, BrokenPinStopsAPlainRun) {
  const Outcome run = mexbench({"run", kExperiments + "released.yaml", "--out", folder / "runs", "--set", exchanged_weights(folder)});
  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, AllOf(HasSubstr("s03.pth: error: its SHA-256 is"), HasSubstr("is pinned")));
}

TEST_F(WithData, MissingWeightFilesAreAllNamed) {
  const Outcome run =
      mexbench({"run", kExperiments + "released.yaml", "--out", folder / "runs", "--set", "models.0.weights=/nowhere/{subject}.pth"});
  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, AllOf(HasSubstr("/nowhere/sub01.pth: error: "), HasSubstr("/nowhere/s20.pth: error: ")));
}

TEST_F(WithData, ParityPassesForTheModelsThereAre) {
  const Outcome run = mexbench({"parity", (data_folder() / "parity").string(), "--format", "json"});
  ASSERT_EQ(run.code, 0) << run.err;
  std::set<std::string> passed;
  const json results = json::parse(run.out);
  for (const json& entry : results) {
    if (!entry.contains("skipped") && entry.at("pass")) passed.insert(entry.at("fixture"));
  }
  EXPECT_EQ(passed, (std::set<std::string>{"offapexnet", "ststnet"}));
}

TEST_F(WithData, CorruptImageStopsTheRunNamingIt) {
  fs::create_directories(folder.path() / "data");
  fs::copy(data_folder() / "megc2019-flow", folder.path() / "data/megc2019-flow", fs::copy_options::recursive);
  fs::create_directories(folder.path() / "data/datasets");
  fs::copy(data_folder() / "datasets/annotations", folder.path() / "data/datasets/annotations", fs::copy_options::recursive);
  const std::string image = folder / "data/megc2019-flow/sub01/u_test/1/sub01_EP02_01f .png";
  std::string content = read(image);
  for (std::size_t i = 60; i < content.size() && i < 400; ++i) content[i] = static_cast<char>(content[i] ^ 0x5a);
  fs::permissions(image, fs::perms::owner_all);
  write(image, content);
  const Outcome run = mexbench({"run", kExperiments + "scratch.yaml", "--out", folder / "runs", "--set", "train.epochs=1"},
                               {{"MEXBENCH_DATA", folder / "data"}});
  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("sub01_EP02_01f .png"));
}

TEST(Usage, WrongWordsGetOneMessageAndExitCodeTwo) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{}, "required"},
      {{"rnu"}, "did you mean 'run'?"},
      {{"rnu", "--help"}, "there is no verb 'rnu'"},
      {{"run"}, "experiment is required"},
      {{"run", "x.yaml", "--jbos", "2"}, "--jbos"},
      {{"run", "x.yaml", "--jobs", "0"}, "--jobs"},
      {{"run", "/nowhere.yaml"}, "/nowhere.yaml: error: "},
      {{"reproduce", "stsnet-paper"}, "did you mean 'ststnet-paper'?"},
      {{"list", "modles"}, "modles"},
      {{"synth", "--out", "/tmp/never", "--set", "intensty=1"}, "did you mean 'intensity'?"},
  };
  for (const auto& [arguments, wanted] : cases) {
    const Outcome outcome = mexbench(arguments);
    EXPECT_EQ(outcome.code, 2) << wanted;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("error: "), HasSubstr(wanted)));
    EXPECT_EQ(outcome.out, "");
  }
}

TEST(Usage, OutputThatDoesNotArriveIsAFailure) {
  const auto code_of = [](const std::string& redirected) {
    const int status = std::system((std::string(MEXBENCH_BUILD_DIR) + "/mexbench " + redirected).c_str());
    return WEXITSTATUS(status);
  };
  const TemporaryFolder folder;
  for (const char* verb :
       {"list models", "schema", "--help", "show --resolved " MEXBENCH_SOURCE_DIR "/experiments/quickstart/quickstart.yaml"}) {
    EXPECT_EQ(code_of(std::string(verb) + " >/dev/full 2>" + (folder / "err")), 1) << verb;
    EXPECT_EQ(read(folder / "err"), "error: can't write to stdout: it is full or closed\n") << verb;
    EXPECT_EQ(code_of(std::string(verb) + " >&- 2>/dev/null"), 1) << verb;
  }
  // What goes wrong with stderr changes nothing.
  EXPECT_EQ(code_of("list modles 2>/dev/full"), 2);
  EXPECT_EQ(code_of("list modles 2>&-"), 2);
}

TEST(Usage, ClassListsAreChecked) {
  const TemporaryFolder folder;
  write(folder.path() / "p.csv", "dataset,subject,clip,truth,prediction\nd,1,a,x,y\nd,1,b,y,y\n");
  EXPECT_EQ(mexbench({"score", folder / "p.csv", "--classes", "x, y"}).code, 0);
  for (const char* wrong : {"x,,y", "x,y,", "x,x,y", "x"})
    EXPECT_EQ(mexbench({"score", folder / "p.csv", "--classes", wrong}).code, 2) << wrong;
  EXPECT_EQ(mexbench({"score", folder / "p.csv", "--set", "name=z"}).code, 2);
  write(folder.path() / "bad.csv", "dataset,subject,clip,truth,prediction\nd,1,\xff,x,y\n");
  for (const char* format : {"text", "json"}) EXPECT_EQ(mexbench({"score", folder / "bad.csv", "--format", format}).code, 3);
  EXPECT_EQ(mexbench({"score", "\xff"}).code, 2);
}

TEST(Usage, MissingRootAndWrongFoldersAreDataErrors) {
  const Outcome missing = mexbench({"plan", kExperiments + "scratch.yaml"}, {{"MEXBENCH_DATA", "/nowhere"}});
  EXPECT_EQ(missing.code, 3);
  EXPECT_THAT(missing.err, HasSubstr("/nowhere/megc2019-flow"));
  EXPECT_EQ(mexbench({"resume", "/tmp"}).code, 3);
  EXPECT_EQ(mexbench({"report", "/tmp/never"}).code, 3);
  EXPECT_EQ(mexbench({"parity", "/tmp/never"}).code, 3);
  EXPECT_EQ(mexbench({"score", "/tmp/never.csv"}).code, 3);
}

TEST(Usage, ValidateReportsAllProblemsAtOnce) {
  const TemporaryFolder folder;
  write(
      folder / "bad.yaml",
      "schema_version: 1\nname: bad\ndataset: {adapter: synth}\nprotocol: losso\nmodels: [{name: ststnet}]\ntrain: {epocs: 3, epochs: -1, "
      "batch_size: 8}\nseeds: []\n");
  const Outcome outcome = mexbench({"validate", folder / "bad.yaml"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("did you mean 'loso'?"), HasSubstr("did you mean 'epochs'?"), HasSubstr("bad.yaml:7:")));
}

TEST(Usage, EveryVerbHasHelpWithThreeExamples) {
  for (const char* verb :
       {"run", "resume", "validate", "plan", "report", "score", "reproduce", "parity", "list", "show", "schema", "synth"}) {
    const Outcome help = mexbench({verb, "--help"});
    EXPECT_EQ(help.code, 0) << verb;
    std::size_t examples = 0;
    for (std::size_t at = help.out.find("\n  mexbench "); at != std::string::npos; at = help.out.find("\n  mexbench ", at + 1)) ++examples;
    EXPECT_EQ(examples, 3U) << verb;
  }
}

TEST(Usage, ListsAreReadableByPrograms) {
  for (const char* what : {"models", "datasets", "protocols", "experiments"}) {
    const Outcome list = mexbench({"list", what, "--format", "json"});
    ASSERT_EQ(list.code, 0) << list.err;
    EXPECT_GE(json::parse(list.out).size(), 2U) << what;
  }
}

}  // namespace
}  // namespace mexbench::test
