// What a run promises: equal bytes whatever the number of workers and the order of folds, and nothing lost whatever kills it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <thread>

#include "cli/support.h"
#include "harness/core/random.h"

namespace mexbench::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Four synthetic people, dropout on, weights and epochs kept. The corpus is rendered once for all tests of this process.
class Run : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    corpus = new TemporaryFolder();
    const Outcome rendered = mexbench({"synth", "--out", *corpus / "synth", "--set", "subjects=4", "--set", "clips_per_subject=3", "--set",
                                       "frames=5", "--set", "size=48"});
    ::setenv("TINY_CORPUS", corpus->path().c_str(), 1);
    ASSERT_EQ(rendered.code, 0) << rendered.err;
    write(corpus->path() / "tiny.yaml", R"(schema_version: 1
name: tiny
dataset: {adapter: synth, root: "${TINY_CORPUS}/synth", subjects: 4, clips_per_subject: 3, frames: 5, size: 48}
protocol: loso
models: [{name: ststnet}]
train: {epochs: 3, batch_size: 8, optimizer: {name: adam, lr: 1.0e-3}}
seeds: [0]
record_epochs: true
save_weights: true
)");
    const Outcome whole = run({"--out", *corpus / "whole", "--jobs", "1"});
    ASSERT_EQ(whole.code, 0) << whole.err;
  }
  static void TearDownTestSuite() {
    delete corpus;
    corpus = nullptr;
  }

  static std::vector<std::string> command(std::vector<std::string> more) {
    std::vector<std::string> words{"run", *corpus / "tiny.yaml"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  static Outcome run(std::vector<std::string> more, const Environment& environment = {}) {
    return mexbench(command(std::move(more)), environment);
  }
  [[nodiscard]] static std::map<std::string, std::string> reference() { return results_of(corpus->path() / "whole" / "tiny"); }
  void expect_whole(const std::string& out) const {
    const auto seen = results_of(fs::path(out) / "tiny");
    const auto wanted = reference();
    EXPECT_EQ(seen.size(), wanted.size());
    for (const auto& [name, content] : wanted) {
      ASSERT_TRUE(seen.contains(name)) << name;
      EXPECT_EQ(seen.at(name), content) << name;
    }
  }

  static inline TemporaryFolder* corpus = nullptr;
  TemporaryFolder folder;
};

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

TEST_F(Run, KilledAtAnyFailPointItResumesToTheSameBytes) {
  const std::string log = folder / "points";
  ASSERT_EQ(run({"--out", folder / "logged", "--jobs", "1"}, {{"MEXBENCH_FAILPOINT_LOG", log}}).code, 0);
  std::set<std::string> points;
  std::istringstream lines(read(log));
  for (std::string line; std::getline(lines, line);) points.insert(line);
  // Seals, weights, epochs, derived files and run.json each have write, fsync and rename or publish points.
  EXPECT_GE(points.size(), 30U);
  for (const char* wanted : {"sealed.json.mid-write", "weights.before-fsync", "fold.before-publish", "fold.after-publish",
                             "run.json.before-rename", "predictions.csv.after-rename", "epochs.csv.before-write"}) {
    EXPECT_TRUE(points.contains(wanted)) << wanted;
  }
  const std::vector<std::string> list(points.begin(), points.end());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < list.size(); i = next++) {
      const std::string out = folder / ("at-" + list[i]);
      const Outcome killed = run({"--out", out, "--jobs", "1"}, {{"MEXBENCH_FAILPOINT", list[i]}});
      EXPECT_NE(killed.code, 0) << list[i];
      const bool begun = fs::exists(fs::path(out) / "tiny/resolved.yaml");
      const Outcome resumed = begun ? mexbench({"resume", out + "/tiny", "--jobs", "1"}) : run({"--out", out, "--jobs", "1"});
      EXPECT_EQ(resumed.code, 0) << list[i] << "\n" << resumed.err;
      expect_whole(out);
      EXPECT_THAT(hidden_names(out), IsEmpty()) << list[i];
      fs::remove_all(out);
    }
  };
  std::thread other(work);
  work();
  other.join();
}

TEST_F(Run, KilledAtRandomMomentsItResumesToTheSameBytes) {
  core::RandomStream stream(20240229);
  const std::string out = folder / "random";
  for (int attempt = 0; attempt < 6; ++attempt) {
    Program program(command({"--out", out, "--jobs", "2"}));
    std::this_thread::sleep_for(std::chrono::milliseconds(stream.below(1500)));
    program.signal(SIGKILL);
    (void)program.wait();
  }
  const Outcome last = run({"--out", out, "--jobs", "2"});
  ASSERT_EQ(last.code, 0) << last.err;
  expect_whole(out);
}

// Waits until the program has workers on folds, or has ended.
void wait_for_attempt(Program& program, const fs::path& folds) {
  for (int i = 0; i < 1000 && !program.ended(); ++i) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folds, none)) {
      if (entry.path().filename().string().starts_with('.')) return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

TEST_F(Run, SignalsStopItInOrderAndResumable) {
  for (const int number : {SIGINT, SIGTERM}) {
    const std::string out = folder / ("signal-" + std::to_string(number));
    // Long enough that it can't be over before the signal.
    const std::vector<std::string> arguments = command({"--out", out, "--jobs", "2", "--set", "train.epochs=3000"});
    Program program(arguments);
    wait_for_attempt(program, fs::path(out) / "tiny/ststnet/seed-0/folds");
    program.signal(number);
    const Outcome stopped = program.wait();
    EXPECT_EQ(stopped.code, 130) << stopped.err;
    EXPECT_THAT(stopped.out, HasSubstr("next: mexbench resume"));
    EXPECT_EQ(nlohmann::json::parse(read(fs::path(out) / "tiny/ststnet/seed-0/run.json")).at("state"), "interrupted");
    EXPECT_THAT(hidden_names(out), IsEmpty());
  }
}

TEST_F(Run, DeadWorkerFailsItsFoldOnly) {
  const std::string out = folder / "worker";
  Program program(command({"--out", out, "--jobs", "1", "--set", "train.epochs=300"}));
  wait_for_attempt(program, fs::path(out) / "tiny/ststnet/seed-0/folds");
  const auto workers = program.children();
  ASSERT_FALSE(workers.empty());
  ::kill(workers.front(), SIGKILL);
  const Outcome outcome = program.wait();
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("ended by signal 9"));
  const auto run_json = nlohmann::json::parse(read(fs::path(out) / "tiny/ststnet/seed-0/run.json"));
  EXPECT_EQ(run_json.at("folds").at("failed").size(), 1U);
  EXPECT_EQ(run_json.at("folds").at("sealed"), 3);
  const Outcome resumed = mexbench({"resume", out + "/tiny"});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
}

TEST_F(Run, TruncatedSealIsNoticedAndTheFoldRunsAgain) {
  const std::string out = folder / "truncated";
  fs::copy(corpus->path() / "whole", out, fs::copy_options::recursive);
  const fs::path seal = fs::path(out) / "tiny/ststnet/seed-0/folds/synth__s02/sealed.json";
  write(seal, read(seal).substr(0, 300));
  const Outcome again = run({"--out", out});
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("warning: "));
  EXPECT_THAT(again.err, HasSubstr("the fold runs again"));
  expect_whole(out);
}

TEST_F(Run, ChangedScoreInASealIsNoticed) {
  const std::string out = folder / "changed";
  fs::copy(corpus->path() / "whole", out, fs::copy_options::recursive);
  const fs::path seal = fs::path(out) / "tiny/ststnet/seed-0/folds/synth__s02/sealed.json";
  auto content = nlohmann::json::parse(read(seal));
  content["test"][0]["scores"][0] = "9";
  write(seal, content.dump(1) + "\n");
  const Outcome again = run({"--out", out});
  ASSERT_EQ(again.code, 0);
  EXPECT_THAT(again.err, HasSubstr("the digest does not hold"));
  expect_whole(out);
}

TEST_F(Run, TwoLiveWritersAreHarmless) {
  const std::string out = folder / "two";
  Program first(command({"--out", out, "--jobs", "1"}));
  Program second(command({"--out", out, "--jobs", "1"}));
  const Outcome a = first.wait();
  const Outcome b = second.wait();
  EXPECT_EQ(a.code, 0) << a.err;
  EXPECT_EQ(b.code, 0) << b.err;
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

TEST_F(Run, ReportIsWrittenFromTheFolderAlone) {
  const std::string out = folder / "report";
  const Outcome report = mexbench({"report", (corpus->path() / "whole/tiny").string(), "--out", out});
  ASSERT_EQ(report.code, 0) << report.err;
  EXPECT_EQ(report.out, out + "/index.html\n");
  EXPECT_THAT(read(out + "/index.html"), HasSubstr("ststnet"));
  const Outcome twice = mexbench({"report", (corpus->path() / "whole/tiny").string(), "--out", folder / "again"});
  ASSERT_EQ(twice.code, 0);
  EXPECT_EQ(read(folder / "again/index.html"), read(out + "/index.html"));
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
  EXPECT_THAT(outcome.err, HasSubstr("not finite"));
  EXPECT_THAT(outcome.out, HasSubstr("next: mexbench resume"));
}

}  // namespace
}  // namespace mexbench::test
