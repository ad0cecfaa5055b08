// What a run promises: equal bytes whatever the number of workers and the order of folds, and every documented file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>

#include "cli/tiny_run.h"

namespace mexbench::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Run : public TinyRun {};

TEST_F(Run, LeavesEveryDocumentedFile) {
  const auto files = reference();
  for (const char* name : {"experiment.yaml", "resolved.yaml", "summary.csv", "ststnet/seed-0/predictions.csv",
                           "ststnet/seed-0/metrics.json", "ststnet/seed-0/floor.json", "ststnet/seed-0/audit.json",
                           "ststnet/seed-0/manifest.lock.json", "ststnet/seed-0/folds/synth__s01/sealed.json",
                           "ststnet/seed-0/folds/synth__s01/weights.pth", "ststnet/seed-0/folds/synth__s01/epochs.csv"}) {
    EXPECT_TRUE(files.contains(name)) << name;
  }
  EXPECT_THAT(hidden_names(corpus->path() / "whole"), IsEmpty());
}

TEST_F(Run, NumberOfWorkersChangesNoByte) {
  for (const char* jobs : {"2", "3", "4"}) {
    const std::string out = folder / jobs;
    ASSERT_EQ(run({"--out", out, "--jobs", jobs}).code, 0);
    expect_whole(out);
  }
}

TEST_F(Run, NumberOfWorkersChangesNoByteInChannelsLastEither) {
  const auto results = [this](const char* jobs) {
    const std::string out = folder / jobs;
    EXPECT_EQ(run({"--out", out, "--jobs", jobs, "--set", "train.numerics=channels_last"}).code, 0);
    return results_of(fs::path(out) / "tiny");
  };
  const auto one = results("1");
  EXPECT_EQ(results("2"), one);
  EXPECT_EQ(results("4"), one);
  const std::string file = "ststnet/seed-0/folds/synth__s01/sealed.json";
  EXPECT_NE(nlohmann::json::parse(one.at(file)).at("science_hash"), nlohmann::json::parse(reference().at(file)).at("science_hash"));
}

TEST_F(Run, ReverseOrderChangesNoByte) {
  ASSERT_EQ(run({"--out", folder / "reverse", "--jobs", "2", "--reverse"}).code, 0);
  expect_whole(folder / "reverse");
}

TEST_F(Run, EveryFoldAloneGivesTheSameBytes) {
  const std::string out = folder / "alone";
  for (const char* fold : {"synth/s03", "synth/s01", "synth/s04"}) {
    const Outcome one = run({"--out", out, "--fold", fold});
    ASSERT_EQ(one.code, 0) << one.err;
    EXPECT_THAT(one.out, HasSubstr("next: mexbench resume"));
  }
  ASSERT_EQ(run({"--out", out, "--fold", "synth/s02"}).code, 0);
  expect_whole(out);
}

// The lines of a profile by the name of their part: seconds, and how many durations were summed up.
std::map<std::string, std::pair<double, int>> profile_of(const std::string& words) {
  std::map<std::string, std::pair<double, int>> parts;
  std::istringstream lines(words.substr(words.find("part ")));
  std::string line;
  std::getline(lines, line);  // the heading
  while (std::getline(lines, line) && line.find(" of work in ") == std::string::npos) {
    const std::size_t gap = line.find("  ");
    std::istringstream numbers(line.substr(gap));
    double seconds = 0.0;
    double share = 0.0;
    std::string percent;
    int times = 0;
    numbers >> seconds >> share >> percent >> times;
    parts[line.substr(0, gap)] = {seconds, times};
  }
  return parts;
}

TEST_F(Run, AProfileTellsWhereTheTimeWentAndChangesNoByte) {
  const Outcome outcome = run({"--out", folder / "profile", "--jobs", "2", "--cache", "off", "--profile"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  ASSERT_THAT(outcome.err, HasSubstr("part "));
  ASSERT_THAT(outcome.err, HasSubstr(" s of work in "));
  EXPECT_THAT(outcome.out, ::testing::Not(HasSubstr("backward")));
  const auto parts = profile_of(outcome.err);
  for (const char* part : {"read", "decode", "flow", "compose", "gather", "forward", "backward", "optimiser", "evaluation", "writing"})
    EXPECT_TRUE(parts.contains(part)) << part;
  EXPECT_EQ(parts.at("decode").second, 12);  // clips
  int steps = 0;                             // 3 epochs of batches of 8 clips
  for (const char* subject : {"s01", "s02", "s03", "s04"}) {
    const std::string seal = reference().at(std::string("ststnet/seed-0/folds/synth__") + subject + "/sealed.json");
    steps += 3 * static_cast<int>((nlohmann::json::parse(seal).at("train").size() + 7) / 8);
  }
  EXPECT_EQ(parts.at("forward").second, steps);
  EXPECT_EQ(parts.at("backward").second, steps);
  EXPECT_EQ(parts.at("evaluation").second, 16);  // 4 folds: after each of 3 epochs, and at the end
  EXPECT_GT(parts.at("backward").first, 0.0);
  expect_whole(folder / "profile");
}

TEST_F(Run, RecordingEpochsLeavesWeightsAlone) {
  ASSERT_EQ(run({"--out", folder / "quiet", "--set", "record_epochs=false"}).code, 0);
  const auto with = reference();
  for (const char* subject : {"s01", "s02", "s03", "s04"}) {
    const std::string file = std::string("ststnet/seed-0/folds/synth__") + subject + "/sealed.json";
    const auto digest = [&](const std::string& text) { return nlohmann::json::parse(text).at("weights_digest"); };
    EXPECT_EQ(digest(read(folder.path() / "quiet" / "tiny" / file)), digest(with.at(file)));
  }
}

// The rows of an epochs.csv, by column name.
std::vector<std::map<std::string, std::string>> rows_of(const std::string& csv) {
  std::istringstream lines(csv);
  std::vector<std::vector<std::string>> table;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    table.emplace_back();
    for (std::string field; std::getline(fields, field, ',');) table.back().push_back(field);
  }
  std::vector<std::map<std::string, std::string>> rows;
  for (std::size_t i = 1; i < table.size(); ++i) {
    rows.emplace_back();
    for (std::size_t c = 0; c < table[i].size(); ++c) rows.back()[table.at(0).at(c)] = table[i][c];
  }
  return rows;
}

// The epoch that the select phase's validation scores point to: the first best.
std::int64_t best_epoch(const std::string& csv, bool lowest) {
  std::int64_t best = 0;
  double best_score = 0.0;
  for (const auto& row : rows_of(csv)) {
    if (row.at("phase") != "select") continue;
    const double score = std::stod(row.at("validation_score"));
    if (best != 0 && (lowest ? score >= best_score : score <= best_score)) continue;
    best = std::stoll(row.at("epoch"));
    best_score = score;
  }
  return best;
}

TEST_F(Run, EpochsChosenOnInnerSubjectsThenFittedAgainOnAll) {
  const std::vector<std::string> recipe{"--set", "train.schedule={name: step, step_size: 2, gamma: 0.5}",
                                        "--set", "train.class_weights=balanced",
                                        "--set", "train.shuffle=false"};
  const auto with = [&recipe](std::vector<std::string> more) {
    more.insert(more.end(), recipe.begin(), recipe.end());
    return run(more);
  };
  const std::string folds = "tiny/ststnet/seed-0/folds/";
  for (const std::string metric : {"uf1", "uar", "loss"}) {
    const std::string out = folder / metric;
    const Outcome inner = with({"--out", out, "--set", "train.epochs=6", "--set",
                                "train.selection={name: inner_subjects, validation_share: 0.34, metric: " + metric + "}"});
    ASSERT_EQ(inner.code, 0) << inner.err;
    for (const std::string subject : {"s01", "s02", "s03", "s04"}) {
      const fs::path fold = fs::path(out) / (folds + "synth__" + subject);
      const auto seal = nlohmann::json::parse(read(fold / "sealed.json"));
      const auto epochs = seal.at("epochs_trained").get<std::int64_t>();
      EXPECT_EQ(epochs, best_epoch(read(fold / "epochs.csv"), metric == "loss")) << metric << " " << subject;
      EXPECT_FALSE(seal.at("validation").empty());
      // The second fit, on training and validation clips together, is a fold of as many epochs without any selection.
      const std::string plain = folder / (metric + "-" + subject);
      ASSERT_EQ(with({"--out", plain, "--fold", "synth/" + subject, "--set", "train.epochs=" + std::to_string(epochs)}).code, 0);
      const auto fixed = nlohmann::json::parse(read(fs::path(plain) / (folds + "synth__" + subject + "/sealed.json")));
      EXPECT_EQ(seal.at("weights_digest"), fixed.at("weights_digest")) << metric << " " << subject;
      EXPECT_EQ(seal.at("train").size() + seal.at("validation").size(), fixed.at("train").size());
    }
  }
}

TEST_F(Run, FreshWithAWrongRequestSetsNothingAside) {
  const std::string out = folder / "fresh";
  fs::copy(corpus->path() / "whole", out, fs::copy_options::recursive);
  EXPECT_EQ(run({"--out", out, "--fresh", "--fold", "synth/s09"}).code, 2);
  EXPECT_FALSE(fs::exists(fs::path(out) / "tiny/aside"));
  expect_whole(out);
  EXPECT_EQ(run({"--out", folder / "new", "--fold", "synth/s09"}).code, 2);
  EXPECT_FALSE(fs::exists(folder.path() / "new/tiny"));
}

TEST_F(Run, DeletedDerivedFilesComeBackAsTheyWere) {
  const std::string out = folder / "derived";
  fs::copy(corpus->path() / "whole", out, fs::copy_options::recursive);
  for (const char* name : {"predictions.csv", "metrics.json", "floor.json", "audit.json"})
    fs::remove(fs::path(out) / "tiny/ststnet/seed-0" / name);
  fs::remove(fs::path(out) / "tiny/summary.csv");
  ASSERT_EQ(run({"--out", out}).code, 0);
  expect_whole(out);
}

// As a run was left before there were floors: the report says how to get one, and that way works.
TEST_F(Run, FloorOfAnEarlierRunIsDerivedByResume) {
  const fs::path experiment = folder.path() / "earlier/tiny";
  fs::create_directories(experiment.parent_path());
  fs::copy(corpus->path() / "whole/tiny", experiment, fs::copy_options::recursive);
  const fs::path floor = experiment / "ststnet/seed-0/floor.json";
  const std::string before = read(floor);
  fs::remove(floor);
  const auto page = [&] {
    const Outcome outcome = mexbench({"report", experiment.string(), "--out", folder / "page"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return read(folder.path() / "page/report.md");
  };
  EXPECT_THAT(page(), HasSubstr("The floor of ststnet is not known"));
  const Outcome resumed = mexbench({"resume", experiment.string()});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_EQ(folds_computed(resumed), 0);
  EXPECT_EQ(read(floor), before);
  EXPECT_THAT(page(), HasSubstr("floor: majority / prior"));
}

TEST_F(Run, OtherSettingsAtTheSamePlaceAreRefusedByName) {
  const std::string out = folder / "other";
  fs::copy(corpus->path() / "whole", out, fs::copy_options::recursive);
  const Outcome refused = run({"--out", out, "--set", "train.epochs=4"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("holds a run with other settings"));
  EXPECT_THAT(refused.err, HasSubstr("train.epochs: 3 -> 4"));
  EXPECT_THAT(refused.err, HasSubstr("--fresh"));
  expect_whole(out);
  const Outcome fresh = run({"--out", out, "--set", "train.epochs=4", "--fresh"});
  EXPECT_EQ(fresh.code, 0) << fresh.err;
  EXPECT_FALSE(fs::is_empty(fs::path(out) / "tiny/aside"));
}

TEST_F(Run, SecondRunDoesNothingAgain) {
  const std::string out = folder / "second";
  fs::copy(corpus->path() / "whole", out, fs::copy_options::recursive);
  const std::string before = read(fs::path(out) / "tiny/ststnet/seed-0/run.json");
  const Outcome again = run({"--out", out});
  EXPECT_EQ(again.code, 0);
  EXPECT_EQ(read(fs::path(out) / "tiny/ststnet/seed-0/run.json"), before);
  EXPECT_EQ(folds_computed(again), 0);
}

// The run folder is copied elsewhere; its experiment file, its corpus and the variable that names it are out of reach.
TEST_F(Run, ReportIsWrittenFromTheFolderAlone) {
  const auto report = [&](const fs::path& of, const std::string& out) {
    const Outcome outcome = mexbench({"report", of.string(), "--out", out});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, out + "/index.html\n");
    return results_of(out);
  };
  const auto here = report(corpus->path() / "whole/tiny", folder / "here");
  EXPECT_THAT(here.at("index.html"), HasSubstr("ststnet"));

  const fs::path copy = folder.path() / "deep/copy/tiny";
  fs::create_directories(copy.parent_path());
  fs::copy(corpus->path() / "whole/tiny", copy, fs::copy_options::recursive);
  const fs::path hidden = corpus->path().string() + "-hidden";
  fs::rename(corpus->path(), hidden);
  ::unsetenv("TINY_CORPUS");
  const auto there = report(copy, folder / "there");
  fs::rename(hidden, corpus->path());
  ::setenv("TINY_CORPUS", corpus->path().c_str(), 1);
  EXPECT_EQ(there, here);
}

TEST_F(Run, FiguresOfAnEarlierReportAreRemovedAndNamed) {
  const std::string out = folder / "report";
  fs::copy(corpus->path() / "whole", folder / "runs", fs::copy_options::recursive);
  ASSERT_EQ(mexbench({"report", folder / "runs/tiny", "--out", out}).code, 0);
  const fs::path run_json = folder.path() / "runs/tiny/ststnet/seed-0/run.json";
  nlohmann::json json = nlohmann::json::parse(read(run_json));
  json["model"]["label"] = "renamed";
  write(run_json, json.dump());
  const Outcome again = mexbench({"report", folder / "runs/tiny", "--out", out});
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("removed " + out + "/subjects-ststnet.svg, a figure of an earlier report\n"));
  EXPECT_FALSE(fs::exists(out + "/subjects-ststnet.svg"));
  EXPECT_TRUE(fs::exists(out + "/subjects-renamed.svg"));
}

TEST_F(Run, ReportOfADamagedRunNamesTheFileAndChangesNothing) {
  fs::copy(corpus->path() / "whole", folder / "runs", fs::copy_options::recursive);
  const fs::path metrics = folder.path() / "runs/tiny/ststnet/seed-0/metrics.json";
  const std::string text = read(metrics);
  const std::string nested(300'000, '[');
  for (const std::string& value : {std::string("1e999"), nested + std::string(300'000, ']')}) {
    write(metrics, "{\"x\": " + value + "," + text.substr(1));
    const Outcome report = mexbench({"report", folder / "runs/tiny", "--out", folder / "report"});
    EXPECT_EQ(report.code, 3);
    EXPECT_THAT(report.err, HasSubstr(metrics.string() + ": error: "));
    EXPECT_FALSE(fs::exists(folder / "report"));
  }
}

TEST_F(Run, UnknownFoldIsRefusedWithASuggestion) {
  const Outcome refused = run({"--out", folder / "fold", "--fold", "synth/s05"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("there is no fold 'synth/s05'"));
  EXPECT_THAT(refused.err, HasSubstr("did you mean"));
}

TEST_F(Run, ModelThatDoesNotFitSaysHowToDeclareTheAdaptation) {
  const Outcome refused = run({"--out", folder / "fit", "--set", "models.0.name=offapexnet"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("takes 2 channels, it is given 3"));
  EXPECT_THAT(refused.err, HasSubstr("input: {channels: [u, v]}"));
}

TEST_F(Run, DivergingFoldFailsWithItsReason) {
  const Outcome outcome = run({"--out", folder / "diverge", "--set", "train.optimizer={name: sgd, lr: 1.0e30}"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("no longer a finite number"));
  EXPECT_THAT(outcome.out, HasSubstr("next: mexbench resume"));
}

// A part of a run has files of its own, apart from those of a run, and each of them says of what part it is.
TEST_F(Run, PartOfARunIsDerivedApartAndNeverStandsForTheWhole) {
  const std::string out = folder / "part";
  const fs::path of_run = fs::path(out) / "tiny/ststnet/seed-0";
  const auto part = [&](const char* name) { return nlohmann::json::parse(read(of_run / "partial" / name)); };
  const Outcome one = run({"--out", out, "--fold", "synth/s03", "--fold", "synth/s01"});
  ASSERT_EQ(one.code, 0) << one.err;
  EXPECT_THAT(one.err, HasSubstr("ststnet seed 0: 2 of 4 folds: UF1 "));
  EXPECT_THAT(one.err, HasSubstr("no score of the run"));
  for (const char* name : {"predictions.csv", "metrics.json", "floor.json", "audit.json", "best_epoch.json", "curves.json"}) {
    EXPECT_FALSE(fs::exists(of_run / name)) << name;
    if (std::string(name) != "predictions.csv") {
      EXPECT_EQ(part(name).at("folds_done"), (nlohmann::json{{"sealed", 2}, {"planned", 4}})) << name;
    }
  }
  // The rows of these two folds are those of the whole run.
  std::string wanted;
  std::istringstream rows(reference().at("ststnet/seed-0/predictions.csv"));
  for (std::string line; std::getline(rows, line);) {
    if (line.starts_with("dataset,") || line.starts_with("synth,s01,") || line.starts_with("synth,s03,")) wanted += line + "\n";
  }
  EXPECT_EQ(read(of_run / "partial/predictions.csv"), wanted);
  EXPECT_EQ(part("audit.json").at("verdict"), "UNAUDITED");
  EXPECT_EQ(part("audit.json").at("reasons")[0], "the run is not complete: 2 of 4 folds are sealed");
  const nlohmann::json state = nlohmann::json::parse(read(of_run / "run.json"));
  EXPECT_EQ(state.at("state"), "incomplete");
  EXPECT_EQ(state.at("verdict"), "UNAUDITED");
  EXPECT_EQ(state.at("verdict_reasons"), part("audit.json").at("reasons"));
  EXPECT_EQ(read(fs::path(out) / "tiny/summary.csv").find("ststnet"), std::string::npos);

  const Outcome report = mexbench({"report", out + "/tiny", "--out", folder / "page"});
  ASSERT_EQ(report.code, 0) << report.err;
  const std::string page = read(folder.path() / "page/report.md");
  EXPECT_THAT(page, HasSubstr("2 of 4"));
  EXPECT_THAT(page, ::testing::Not(HasSubstr("2 of 2")));
  const std::string score =
      nlohmann::json::parse(read(of_run / "partial/metrics.json")).at("scopes").at("all").at("uf1").dump().substr(0, 6);
  EXPECT_THAT(page, ::testing::Not(HasSubstr("| " + score)));

  // Another fold: the part grows, and goes when the run is whole.
  ASSERT_EQ(run({"--out", out, "--fold", "synth/s02"}).code, 0);
  EXPECT_EQ(part("metrics.json").at("folds_done").at("sealed"), 3);
  ASSERT_EQ(run({"--out", out}).code, 0);
  EXPECT_FALSE(fs::exists(of_run / "partial"));
  expect_whole(out);
}

TEST_F(Run, RunThatLosesAFoldHasNoFilesOfTheWhole) {
  const std::string out = folder / "lost";
  fs::copy(corpus->path() / "whole", out, fs::copy_options::recursive);
  const fs::path seed = fs::path(out) / "tiny/ststnet/seed-0";
  ASSERT_TRUE(fs::exists(seed / "metrics.json"));
  fs::remove_all(seed / "folds/synth__s01");
  EXPECT_EQ(run({"--out", out, "--fold", "synth/s02"}).code, 0);
  for (const char* name : {"predictions.csv", "metrics.json", "floor.json", "audit.json"}) {
    EXPECT_FALSE(fs::exists(seed / name)) << name;
    EXPECT_TRUE(fs::exists(seed / "partial" / name)) << name;
  }
  EXPECT_EQ(run({"--out", out}).code, 0);
  EXPECT_EQ(read(seed / "metrics.json"), read(corpus->path() / "whole/tiny/ststnet/seed-0/metrics.json"));
  EXPECT_FALSE(fs::exists(seed / "partial"));
}

TEST_F(Run, PartWithWeightsThatHaveSeenTheCorpusIsInvalid) {
  const std::string weights = *corpus / "whole/tiny/ststnet/seed-0/folds/{fold}/weights.pth";
  const Outcome outcome = run({"--out", folder / "seen", "--fold", "synth/s03", "--set",
                               "models=[{name: ststnet, weights: \"" + weights + "\", card: {pretraining: [synth]}}]"});
  EXPECT_EQ(outcome.code, 4) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("is INVALID: pretraining-overlap"));
  const nlohmann::json audit = nlohmann::json::parse(read(folder / "seen/tiny/ststnet/seed-0/partial/audit.json"));
  EXPECT_EQ(audit.at("verdict"), "INVALID");
  EXPECT_EQ(audit.at("reasons")[0], "the run is not complete: 1 of 4 folds are sealed");
}

TEST_F(Run, PinsOfNoWeightFileAreRefusedByName) {
  const fs::path folds = corpus->path() / "whole/tiny/ststnet/seed-0/folds";
  for (const char* subject : {"s01", "s02", "s03", "s04"})
    fs::copy(folds / (std::string("synth__") + subject) / "weights.pth", folder / (std::string(subject) + ".pth"));
  fs::copy(folds / "synth__s01/weights.pth", folder / "s99.pth");
  const auto pinned = [&](const std::string& name) {
    std::string text = read(corpus->path() / "tiny.yaml");
    text.replace(text.find("models: [{name: ststnet}]"), 25,
                 "models:\n  - name: ststnet\n    weights: \"" + (folder / "{subject}.pth") + "\"\n    weights_sha256:\n      s01.pth: " +
                     core::sha256_hex(read(folder / "s01.pth")) + "\n      " + name + ": " + core::sha256_hex(read(folder / "s99.pth")));
    write(folder / "pins.yaml", text);
    return mexbench({"plan", folder / "pins.yaml", "--out", folder / "runs"});
  };
  const Outcome slip = pinned("s0l.pth");
  EXPECT_EQ(slip.code, 2);
  EXPECT_THAT(slip.err, HasSubstr("pins.yaml:10:7: error: 'weights_sha256' pins 's0l.pth', which is no weight file of model 'ststnet'"));
  EXPECT_THAT(slip.err, HasSubstr("did you mean 's01.pth'?"));
  EXPECT_THAT(pinned("somebody-else.bin").err, HasSubstr("its files are called like 's01.pth'"));
  const Outcome other_fold = pinned("s99.pth");
  EXPECT_EQ(other_fold.code, 0) << "a fold that this corpus does not have may have its pin: " << other_fold.err;
}

TEST_F(Run, StartingValuesThatStayFreshAreNamedOrRefused) {
  const std::string weights = *corpus / "whole/tiny/ststnet/seed-0/folds/{fold}/weights.pth";
  const auto started = [&](const std::string& fresh) {
    return run({"--out", folder / "fresh", "--fold", "synth/s03", "--set",
                "models=[{name: ststnet, init: {weights: \"" + weights + "\", fresh: [" + fresh + "]}, card: {pretraining: []}}]"});
  };
  const Outcome slip = started("fc, fcc.weight");
  EXPECT_EQ(slip.code, 2);
  EXPECT_THAT(slip.err, HasSubstr("error: no parameter of the network has a name that begins with 'fcc.weight', which 'fresh' lists"));
  EXPECT_THAT(slip.err, HasSubstr("did you mean 'fc.weight'?"));
  const Outcome far = started("classifier");
  EXPECT_EQ(far.code, 2);
  EXPECT_THAT(far.err, HasSubstr("names begin with '"));
  EXPECT_EQ(started("fc").code, 0);
}

// A prediction of a fold that trained on the clip is none of a test clip, however complete the file is.
TEST_F(Run, ImportedPredictionsOfOtherFoldsAreRefused) {
  const std::string csv = read(corpus->path() / "whole/tiny/ststnet/seed-0/predictions.csv");
  const auto score = [&](const std::string& content, std::vector<std::string> more = {}) {
    write(folder / "p.csv", content);
    std::vector<std::string> words{"score", folder / "p.csv", "--manifest", *corpus / "tiny.yaml"};
    words.insert(words.end(), more.begin(), more.end());
    return mexbench(words);
  };
  const Outcome fine = score(csv);
  EXPECT_EQ(fine.code, 0) << fine.err;
  EXPECT_THAT(fine.err, ::testing::Not(HasSubstr("note: ")));
  std::string changed = csv;
  const std::string fold = ",synth/s02,";
  changed.replace(changed.find(fold), fold.size(), ",synth/s03,");
  const Outcome refused = score(changed);
  EXPECT_EQ(refused.code, 4);
  EXPECT_THAT(refused.err, HasSubstr("p.csv: error: fold-disagrees: 1 clip was predicted by another fold than the one that tests it"));
  EXPECT_THAT(refused.err, HasSubstr("(of fold 'synth/s03', tested by 'synth/s02')"));
  EXPECT_EQ(score(csv, {"--set", "protocol={name: subject_kfold, folds: 2}"}).code, 4) << "folds of another protocol";

  // Without the column nothing can be compared, and that is said.
  std::string without;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> fields;
    std::istringstream parts(line);
    for (std::string field; std::getline(parts, field, ',');) fields.push_back(field);
    without += fields[0] + "," + fields[1] + "," + fields[2] + "," + fields[4] + "," + fields[5] + "\n";
  }
  const Outcome untold = score(without);
  EXPECT_EQ(untold.code, 0) << untold.err;
  EXPECT_THAT(untold.err, ::testing::ContainsRegex("note: ([0-9]+) of [0-9]+ predictions name no fold"));
}

}  // namespace
}  // namespace mexbench::test
