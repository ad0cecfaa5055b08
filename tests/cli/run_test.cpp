// What a run promises: equal bytes whatever the number of workers and the order of folds, and every documented file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/tiny_run.h"

namespace mexbench::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Run : public TinyRun {};

TEST_F(Run, LeavesEveryDocumentedFile) {
  const auto files = reference();
  for (const char* name :
       {"experiment.yaml", "resolved.yaml", "summary.csv", "ststnet/seed-0/predictions.csv", "ststnet/seed-0/metrics.json",
        "ststnet/seed-0/audit.json", "ststnet/seed-0/manifest.lock.json", "ststnet/seed-0/folds/synth__s01/sealed.json",
        "ststnet/seed-0/folds/synth__s01/weights.pth", "ststnet/seed-0/folds/synth__s01/epochs.csv"}) {
    EXPECT_TRUE(files.contains(name)) << name;
  }
  EXPECT_THAT(hidden_names(corpus->path() / "whole"), IsEmpty());
}

TEST_F(Run, NumberOfWorkersChangesNoByte) {
  for (const char* jobs : {"2", "3"}) {
    const std::string out = folder / jobs;
    ASSERT_EQ(run({"--out", out, "--jobs", jobs}).code, 0);
    expect_whole(out);
  }
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

TEST_F(Run, RecordingEpochsLeavesWeightsAlone) {
  ASSERT_EQ(run({"--out", folder / "quiet", "--set", "record_epochs=false"}).code, 0);
  const auto with = reference();
  for (const char* subject : {"s01", "s02", "s03", "s04"}) {
    const std::string file = std::string("ststnet/seed-0/folds/synth__") + subject + "/sealed.json";
    const auto digest = [&](const std::string& text) { return nlohmann::json::parse(text).at("weights_digest"); };
    EXPECT_EQ(digest(read(folder.path() / "quiet" / "tiny" / file)), digest(with.at(file)));
  }
}

TEST_F(Run, DeletedDerivedFilesComeBackAsTheyWere) {
  const std::string out = folder / "derived";
  fs::copy(corpus->path() / "whole", out, fs::copy_options::recursive);
  for (const char* name : {"predictions.csv", "metrics.json", "audit.json"}) fs::remove(fs::path(out) / "tiny/ststnet/seed-0" / name);
  fs::remove(fs::path(out) / "tiny/summary.csv");
  ASSERT_EQ(run({"--out", out}).code, 0);
  expect_whole(out);
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
  EXPECT_EQ(again.err.find("clips right"), std::string::npos);
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

}  // namespace
}  // namespace mexbench::test
