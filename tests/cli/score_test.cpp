// `score`, `plan --export`, `reproduce`, `parity`, and what wrong input gets: one clear message and the documented exit code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "cli/support.h"

namespace mexbench::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::ContainsRegex;
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

// The rows of a predictions.csv, in its order. None of its fields is quoted.
std::vector<Row> rows_of(const std::string& predictions_csv) {
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

// Twelve subjects with a clip of each class, two clips wrong.
TEST(Score, BoundsOfTheScoresStandBehindTheOtherColumns) {
  const TemporaryFolder folder;
  std::string rows = "dataset,subject,clip,truth,prediction\n";
  for (int s = 0; s < 12; ++s) rows += fmt::format("d,s{0},a,x,{1}\nd,s{0},b,y,{2}\n", s, s == 0 ? "y" : "x", s == 1 ? "x" : "y");
  write(folder / "p.csv", rows);
  const Outcome csv = mexbench({"score", folder / "p.csv", "--format", "csv"});
  ASSERT_EQ(csv.code, 0) << csv.err;
  EXPECT_THAT(csv.out, ::testing::StartsWith("scope,clips,subjects,uf1,uar,accuracy,uf1_low,uf1_high,uar_low,uar_high\nall,24,12,"));
  const json scored = json::parse(mexbench({"score", folder / "p.csv", "--format", "json"}).out);
  EXPECT_EQ(scored.at("schema"), "mexbench.metrics/1");
  const json& all = scored.at("scopes").at("all");
  for (const std::string metric : {"uf1", "uar"}) {
    const double low = all.at(metric + "_low").get<double>(), high = all.at(metric + "_high").get<double>();
    EXPECT_LT(low, all.at(metric).get<double>());
    EXPECT_LT(all.at(metric).get<double>(), high) << "two of 24 clips are wrong, so the score can be 1";
    EXPECT_THAT(csv.out, HasSubstr(fmt::format("{},{}", low, high)));
  }
  EXPECT_THAT(mexbench({"score", folder / "p.csv"}).out, HasSubstr("UF1 low (95 %)"));
}

TEST(Score, WithoutAnIntervalItsReasonStandsThere) {
  const TemporaryFolder folder;
  write(folder / "p.csv", "dataset,subject,clip,truth,prediction\nd,s1,a,x,x\nd,s1,b,y,y\n");
  const Outcome scored = mexbench({"score", folder / "p.csv", "--format", "json"});
  ASSERT_EQ(scored.code, 0) << scored.err;
  const json low = json::parse(scored.out).at("scopes").at("all").at("uf1_low");
  EXPECT_TRUE(low.at("value").is_null());
  EXPECT_FALSE(low.at("reason").get<std::string>().empty());
  EXPECT_THAT(mexbench({"score", folder / "p.csv", "--format", "csv"}).out, HasSubstr("all,2,1,1.0,1.0,1.0,,,,"));
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
  EXPECT_THAT(scored.err, AllOf(HasSubstr("p.csv:3:6: error: "), HasSubstr("p.csv:4: error: ")));
  EXPECT_EQ(scored.out, "");
  write(folder / "q.csv", "subject,clip,truth\n");
  EXPECT_EQ(mexbench({"score", folder / "q.csv"}).code, 3);
  write(folder / "empty.csv", "");
  EXPECT_EQ(mexbench({"score", folder / "empty.csv"}).code, 3);
}

// What no JSON can hold is refused before anything is written, in a log as in a table.
TEST(Score, LogsThatAreNoTextAreRefusedAndNothingIsWritten) {
  const TemporaryFolder folder;
  for (const std::string log : {"ca\xffsme2 sub01\nEP1 0 1\nEP2 1 1\n", "casme2 sub01\nE\xffP1 0 1\nEP2 1 1\n"}) {
    write(folder / "log.txt", log);
    const Outcome scored = mexbench({"score", folder / "log.txt", "--format", "json", "--out", folder / "out"});
    EXPECT_EQ(scored.code, 3);
    EXPECT_THAT(scored.err, HasSubstr("error: byte 0xFF is not UTF-8 text"));
    EXPECT_FALSE(fs::exists(folder / "out"));
  }
}

TEST(Score, TwoScoreColumnsOfOneClassAreRefused) {
  const TemporaryFolder folder;
  const std::string header = "dataset,subject,clip,truth,prediction,score:0,score:00,score:1,score:2\n";
  for (const char* row : {"x,1,c,0,0,-1,-1,-1,-1\n", "x,1,c,0,0,1,1,-1,-1\n"}) {
    write(folder / "p.csv", header + row);
    const Outcome scored = mexbench({"score", folder / "p.csv", "--classes", "a,b,c", "--out", folder / "out"});
    EXPECT_EQ(scored.code, 3);
    EXPECT_THAT(scored.err, HasSubstr("p.csv:1:53: error: two score columns for class 'a'"));
    EXPECT_FALSE(fs::exists(folder / "out"));
  }
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
  const std::vector<Row> rows = rows_of(csv);
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

// The way docs/file-formats.md tells: export the folds, predict the test clips, score. A protocol that tests a part of the corpus wants
// that part.
TEST_F(WithData, PredictionsOfAHoldoutAreThoseOfItsTestClips) {
  const std::string experiment = kExperiments + "scratch.yaml";
  const std::string protocol = "protocol={name: holdout, test_share: 0.3}";
  const Outcome plan = mexbench({"plan", experiment, "--set", protocol, "--export", folder / "folds.json"});
  ASSERT_EQ(plan.code, 0) << plan.err;
  const json folds = json::parse(read(folder / "folds.json")).at("folds");
  ASSERT_EQ(folds.size(), 1U);
  const std::set<std::string> tested = folds.at(0).at("test");
  ASSERT_EQ(mexbench({"score", (data_folder() / "ststnet-released/STSTNet_logfile.txt").string(), "--manifest", experiment, "--out",
                      folder / "all"})
                .code,
            0);
  const std::vector<Row> all = rows_of(read(folder / "all/predictions.csv"));
  ASSERT_EQ(all.size(), 442U);
  std::vector<Row> rows;
  for (const Row& row : all) {
    std::string id = row.subject + "/" + row.clip;
    std::replace(id.begin(), id.end(), ',', '/');
    if (tested.contains(id)) rows.push_back(row);
  }
  ASSERT_EQ(rows.size(), tested.size());
  ASSERT_LT(rows.size(), all.size());
  const auto score = [&](const std::vector<Row>& changed) {
    write(folder / "p.csv", csv_of(changed));
    return mexbench({"score", folder / "p.csv", "--manifest", experiment, "--set", protocol, "--format", "json"});
  };
  const Outcome complete = score(rows);
  EXPECT_EQ(complete.code, 0) << complete.err;
  EXPECT_EQ(json::parse(complete.out).at("scopes").at("all").at("clips"), tested.size());
  const Outcome surplus = score(all);
  EXPECT_EQ(surplus.code, 4);
  EXPECT_THAT(surplus.err, AllOf(HasSubstr("clip-extra: "), HasSubstr("are not tested by the protocol"), Not(HasSubstr("clip-missing"))));
  rows.pop_back();
  const Outcome missing = score(rows);
  EXPECT_EQ(missing.code, 4);
  EXPECT_THAT(missing.err, AllOf(HasSubstr("clip-missing: 1 clip"), Not(HasSubstr("clip-extra"))));
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
  EXPECT_EQ(figures.at("log.truth").at("ours"), 442.0);
  EXPECT_EQ(figures.at("log.uf1").at("ours"), 68.0);
  EXPECT_EQ(figures.at("log.final_uf1").at("published"), 0.7209);
  EXPECT_EQ(figures.at("log.final_uar").at("published"), 0.725);
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

// The figure of that name, which must be there.
json figure_in(const json& reproduction, const std::string& name) {
  for (const json& figure : reproduction.at("figures")) {
    if (figure.at("name") == name) return figure;
  }
  ADD_FAILURE() << "there is no figure '" << name << "'";
  return {{"name", name}, {"published", 0.0}, {"ours", 0.0}, {"status", ""}, {"detail", ""}};
}

TEST_F(WithData, WithoutPinsExchangedFilesAreCaughtByTheFigures) {
  const Outcome run = mexbench(
      {"reproduce", "ststnet-released", "--out", folder / "runs", "--no-pins", "--set", exchanged_weights(folder), "--format", "json"});
  EXPECT_EQ(run.code, 5);
  const json result = json::parse(run.out);
  for (const json& figure : result.at("figures")) EXPECT_NE(figure.at("name"), "weights.sha256");
  EXPECT_LT(figure_in(result, "log.predictions").at("ours").get<double>(), 442.0);
  EXPECT_EQ(figure_in(result, "log.predictions").at("status"), "not_confirmed");
}

TEST_F(WithData, ADamagedFileIsABrokenPinAndNothingElseIsCheckable) {
  fs::copy(data_folder() / "ststnet-released/weights", folder.path() / "weights");
  fs::permissions(folder / "weights/s03.pth", fs::perms::owner_all);
  write(folder / "weights/s03.pth", read(folder / "weights/s03.pth").substr(0, 5000));
  const Outcome run = mexbench({"reproduce", "ststnet-released", "--out", folder / "runs", "--format", "json", "--set",
                                "models.0.weights=" + (folder / "weights/{subject}.pth")});
  EXPECT_EQ(run.code, 5) << run.err;
  const json result = json::parse(run.out);
  EXPECT_EQ(result, json::parse(read(folder / "runs/ststnet-released/reproduction.json")));
  const json pins = figure_in(result, "weights.sha256");
  EXPECT_EQ(pins.at("status"), "not_confirmed");
  EXPECT_EQ(pins.at("ours"), 67.0);
  EXPECT_EQ(pins.at("detail"), "not the released file: s03.pth");
  for (const char* name : {"all.uf1", "all.uar", "log.predictions", "log.truth", "log.uf1", "log.uar", "log.final_uf1", "log.final_uar"}) {
    const json figure = figure_in(result, name);
    EXPECT_EQ(figure.at("status"), "not_checkable") << name;
    EXPECT_THAT(figure.at("ours").at("reason").get<std::string>(), HasSubstr("fold 'smic/s03' failed: ")) << name;
  }
}

TEST_F(WithData, AReproductionThatCannotBeCheckedRunsNothing) {
  const Outcome seeds = mexbench({"reproduce", "ststnet-released", "--out", folder / "runs", "--set", "seeds=[0,1]"});
  EXPECT_EQ(seeds.code, 2);
  EXPECT_THAT(seeds.err, HasSubstr("reproduction 'ststnet-released' checks one run, its experiment makes 2"));
  fs::copy(MEXBENCH_SOURCE_DIR "/experiments", folder.path() / "experiments", fs::copy_options::recursive);
  const std::string file = folder / "experiments/baselines/ststnet/reproduce-released.yaml";
  std::string yaml = read(file);
  yaml.replace(yaml.find("STSTNet_python_logfile"), 7, "missing");
  write(file, yaml);
  const Outcome log =
      mexbench({"reproduce", "ststnet-released", "--out", folder / "runs"}, {{"MEXBENCH_EXPERIMENTS", folder / "experiments"}});
  EXPECT_EQ(log.code, 3);
  EXPECT_THAT(log.err, HasSubstr("missing_python_logfile.txt: error: "));
  EXPECT_FALSE(fs::exists(folder / "runs"));
}

TEST_F(WithData, PinsOfFilesThatWereNotReadAreNotConfirmed) {
  const std::vector<std::string> command{"reproduce", "ststnet-released", "--out", folder / "part", "--set", "dataset.only=[casme2]"};
  std::vector<std::string> as_json = command;
  as_json.insert(as_json.end(), {"--format", "json"});
  const Outcome part = mexbench(as_json);
  EXPECT_EQ(part.code, 5) << part.err;
  const json pins = figure_in(json::parse(part.out), "weights.sha256");
  EXPECT_EQ(pins.at("ours"), 24.0);
  EXPECT_EQ(pins.at("published"), 68.0);
  EXPECT_EQ(pins.at("status"), "not_confirmed");
  // Counts are whole numbers, 0 and 1 too: of the running figures only the first fold's undefined UAR agrees.
  EXPECT_EQ(figure_in(json::parse(part.out), "log.uar").at("ours"), 1.0);
  EXPECT_THAT(mexbench(command).out, AllOf(ContainsRegex("log\\.uar +68 +1 +not_confirmed"), Not(HasSubstr(".0000"))));
}

TEST_F(WithData, WeightsOfAnotherNetworkFailWithEveryTensor) {
  const Outcome run =
      mexbench({"run", kExperiments + "released.yaml", "--out", folder / "other", "--fold", "casme2/sub01", "--set",
                "models.0={name: ststnet, weights: \"" + (data_folder() / "parity/offapexnet/state_dict.pth").string() + "\"}"});
  EXPECT_EQ(run.code, 3) << run.out;
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
  EXPECT_EQ(passed, (std::set<std::string>{"capsulenet_head", "htnet", "htnet_attn", "offapexnet", "rcn_a", "rcn_f", "rcn_s", "rcn_w",
                                           "sssnet", "ststnet"}));
}

TEST_F(WithData, ParityWithAFixtureOfAnUnknownModelIsExitThree) {
  fs::create_directories(folder.path() / "fixtures");
  for (const char* name : {"known", "unknown"})
    fs::copy(data_folder() / "parity/ststnet", folder.path() / "fixtures" / name, fs::copy_options::recursive);
  const fs::path file = folder.path() / "fixtures/unknown/fixture.json";
  fs::permissions(file, fs::perms::owner_all);
  std::ofstream(file) << R"({"model": "rcn_p", "constructor": {}})";
  const Outcome run = mexbench({"parity", (folder.path() / "fixtures").string()});
  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.out, AllOf(HasSubstr("pass"), HasSubstr("no model is called 'rcn_p'"), HasSubstr("'rcn_a'")));
  EXPECT_EQ(mexbench({"parity", (folder.path() / "fixtures/known").string()}).code, 0);
}

// A copy of the corpus and its ground truth below <folder>/data.
void copy_corpus(const TemporaryFolder& folder) {
  fs::create_directories(folder.path() / "data/datasets");
  fs::copy(data_folder() / "megc2019-flow", folder.path() / "data/megc2019-flow", fs::copy_options::recursive);
  fs::copy(data_folder() / "datasets/annotations", folder.path() / "data/datasets/annotations", fs::copy_options::recursive);
}

TEST_F(WithData, ACorpusThatIsNotWholeIsToldByEveryVerb) {
  copy_corpus(folder);
  fs::remove_all(folder.path() / "data/megc2019-flow/sub01");
  for (const char* name : {"combined_3class_gt.csv", "combined_3_class_gt.csv"}) {
    const fs::path file = folder.path() / "data/datasets/annotations" / name;
    std::istringstream lines(read(file));
    std::string kept;
    for (std::string line; std::getline(lines, line);) {
      if (line.find("casme2,sub01,") == std::string::npos) kept += line + "\n";
    }
    fs::permissions(file, fs::perms::owner_all);
    write(file, kept);
  }
  const Environment there{{"MEXBENCH_DATA", folder / "data"}};
  const std::string told = "warning: casme2 differs from the card of megc2019-flow: clips 142 (card: 145)";
  const Outcome plan = mexbench({"plan", kExperiments + "scratch.yaml"}, there);
  EXPECT_EQ(plan.code, 0) << plan.err;
  EXPECT_THAT(plan.err, AllOf(HasSubstr(told), HasSubstr("subjects 23 (card: 24)"), Not(HasSubstr("samm differs"))));
  const Outcome score = mexbench(
      {"score", (data_folder() / "ststnet-released/STSTNet_logfile.txt").string(), "--manifest", kExperiments + "scratch.yaml"}, there);
  EXPECT_EQ(score.code, 4);
  EXPECT_THAT(score.err, HasSubstr(told));
  EXPECT_THAT(mexbench({"plan", kExperiments + "scratch.yaml"}).err, Not(HasSubstr("warning")));
}

TEST_F(WithData, CorruptImageStopsTheRunNamingIt) {
  copy_corpus(folder);
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
  for (const char* wrong : {"x,,y", "x,y,", "x,x,y", "x", "0,00,2", "1,1.0"})
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
  for (const char* verb : {"run", "resume", "validate", "plan", "report", "score", "reproduce", "parity", "inspect", "list", "show",
                           "schema", "synth", "cache", "doctor", "predict"}) {
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
