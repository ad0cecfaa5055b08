// Nothing is lost whatever kills a run, and nothing damaged or foreign is taken for a result.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <thread>

#include "cli/tiny_run.h"
#include "harness/core/random.h"

namespace mexbench::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kFolds = "tiny/ststnet/seed-0/folds";

class Resume : public TinyRun {
 protected:
  // A copy of the undisturbed run.
  [[nodiscard]] std::string copy(const std::string& name) const {
    std::string out = folder / name;
    fs::copy(corpus->path() / "whole", out, fs::copy_options::recursive);
    return out;
  }
  // Fail-points and how often each was reached.
  static std::map<std::string, int> points_in(const fs::path& log) {
    std::map<std::string, int> points;
    std::istringstream lines(read(log));
    for (std::string line; std::getline(lines, line);) ++points[line];
    return points;
  }
  static int sealed_in(const std::string& out) {
    int count = 0;
    for (int fold = 1; fold <= 4; ++fold) count += fs::exists(fs::path(out) / kFolds / ("synth__s0" + std::to_string(fold))) ? 1 : 0;
    return count;
  }
  // Goes on with a run that was killed: it computes the folds that were open, no other, and ends with the undisturbed run's bytes.
  static void expect_resumed(const std::string& out, const std::string& what) {
    const int sealed = sealed_in(out);
    const bool begun = fs::exists(fs::path(out) / "tiny/resolved.yaml");
    const Outcome resumed = begun ? mexbench({"resume", out + "/tiny", "--jobs", "1"}) : run({"--out", out, "--jobs", "1"});
    EXPECT_EQ(resumed.code, 0) << what << "\n" << resumed.err;
    EXPECT_EQ(folds_computed(resumed), 4 - sealed) << what << "\n" << resumed.err;
    expect_whole(out);
    EXPECT_THAT(hidden_names(out), IsEmpty()) << what;
    fs::remove_all(out);
  }
};

TEST_F(Resume, KilledAtAnyFailPointItResumesToTheSameBytes) {
  const std::string log = folder / "points";
  ASSERT_EQ(run({"--out", folder / "logged", "--jobs", "1"}, {{"MEXBENCH_FAILPOINT_LOG", log}}).code, 0);
  const std::map<std::string, int> points = points_in(log);
  // Seals, weights, epochs, derived files and run.json each have write, fsync and rename or publish points.
  EXPECT_GE(points.size(), 30U);
  for (const char* wanted : {"sealed.json.mid-write", "weights.before-fsync", "fold.before-publish", "fold.after-publish",
                             "run.json.before-rename", "predictions.csv.after-rename", "epochs.csv.before-write"}) {
    EXPECT_TRUE(points.contains(wanted)) << wanted;
  }
  // Where a point is reached several times (for each fold, for each state of run.json), the first and the last.
  std::vector<std::string> list;
  for (const auto& [point, times] : points) {
    list.push_back(point);
    if (times > 1) list.push_back(point + ":" + std::to_string(times));
  }
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < list.size(); i = next++) {
      const std::string out = folder / ("at-" + list[i]);
      const Outcome killed = run({"--out", out, "--jobs", "1"}, {{"MEXBENCH_FAILPOINT", list[i]}});
      EXPECT_NE(killed.code, 0) << list[i];
      expect_resumed(out, list[i]);
    }
  };
  std::thread other(work);
  work();
  other.join();
}

TEST_F(Resume, KilledAtRandomMomentsItResumesToTheSameBytes) {
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(run({"--out", folder / "timed", "--jobs", "2"}).code, 0);
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
  core::RandomStream stream(20240229);
  int killed = 0;
  // A run that was faster than the timed one may be over before its moment comes.
  for (int attempt = 0; killed < 6 && attempt < 30; ++attempt) {
    const std::string out = folder / ("random-" + std::to_string(attempt));
    constexpr std::array<const char*, 3> kJobs{"1", "2", "4"};
    Program program(command({"--out", out, "--jobs", kJobs.at(static_cast<std::size_t>(killed) % kJobs.size())}));
    std::this_thread::sleep_for(std::chrono::microseconds(stream.below(static_cast<std::uint64_t>(whole.count()))));
    program.signal(SIGKILL);
    if (program.wait().code != 128 + SIGKILL) continue;
    ++killed;
    expect_resumed(out, "attempt " + std::to_string(attempt));
  }
  EXPECT_EQ(killed, 6);
}

TEST_F(Resume, SignalsStopItInOrderAndResumable) {
  for (const int number : {SIGINT, SIGTERM}) {
    const std::string out = folder / ("signal-" + std::to_string(number));
    // Long enough that it can't be over before the signal.
    const std::vector<std::string> arguments = command({"--out", out, "--jobs", "2", "--set", "train.epochs=300"});
    Program program(arguments);
    wait_for_attempt(program, fs::path(out) / kFolds);
    program.signal(number);
    const Outcome stopped = program.wait();
    EXPECT_EQ(stopped.code, 130) << stopped.err;
    EXPECT_THAT(stopped.out, HasSubstr("next: mexbench resume"));
    EXPECT_EQ(json::parse(read(fs::path(out) / "tiny/ststnet/seed-0/run.json")).at("state"), "interrupted");
    EXPECT_THAT(hidden_names(out), IsEmpty());
    const Outcome resumed = mexbench({"resume", out + "/tiny"});
    EXPECT_EQ(resumed.code, 0) << resumed.err;
    EXPECT_EQ(json::parse(read(fs::path(out) / "tiny/ststnet/seed-0/run.json")).at("state"), "complete");
  }
}

TEST_F(Resume, OneRequestMayComeAsSeveralSignals) {
  // coreutils' timeout sends its signal to the child, and then to the child's group.
  const std::string out = folder / "timeout";
  Program program(command({"--out", out, "--jobs", "2", "--set", "train.epochs=300"}));
  wait_for_attempt(program, fs::path(out) / kFolds);
  program.signal(SIGTERM);
  program.signal_all(SIGINT);
  const Outcome stopped = program.wait();
  EXPECT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_THAT(stopped.out, HasSubstr("next: mexbench resume"));
  EXPECT_THAT(hidden_names(out), IsEmpty());
}

TEST_F(Resume, ReaderOfItsMessagesMayGoAway) {
  const std::string out = folder / "pipe";
  const std::string line = "set -o pipefail; " MEXBENCH_BUILD_DIR "/mexbench run '" + (corpus->path() / "tiny.yaml").string() +
                           "' --out '" + out + "' --jobs 1 2>&1 >/dev/null | head -n 1 >/dev/null";
  EXPECT_EQ(std::system(("bash -c \"" + line + "\"").c_str()), 0);
  expect_whole(out);
}

TEST_F(Resume, DeadWorkerFailsItsFoldOnly) {
  const std::string out = folder / "worker";
  Program program(command({"--out", out, "--jobs", "1", "--set", "train.epochs=300"}));
  wait_for_attempt(program, fs::path(out) / kFolds);
  const auto workers = wait_for_workers(program);
  ASSERT_FALSE(workers.empty());
  ::kill(workers.front(), SIGKILL);
  const Outcome outcome = program.wait();
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("ended by signal 9"));
  const auto run_json = json::parse(read(fs::path(out) / "tiny/ststnet/seed-0/run.json"));
  EXPECT_EQ(run_json.at("folds").at("failed").size(), 1U);
  EXPECT_EQ(run_json.at("folds").at("sealed"), 3);
  const Outcome resumed = mexbench({"resume", out + "/tiny"});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
}

TEST_F(Resume, TruncatedSealIsNoticedAndTheFoldRunsAgain) {
  const std::string out = copy("truncated");
  const fs::path seal = fs::path(out) / kFolds / "synth__s02/sealed.json";
  write(seal, read(seal).substr(0, 300));
  const Outcome again = run({"--out", out});
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("warning: "));
  EXPECT_THAT(again.err, HasSubstr("the fold runs again"));
  expect_whole(out);
}

TEST_F(Resume, ChangedScoreInASealIsNoticed) {
  const std::string out = copy("changed");
  const fs::path seal = fs::path(out) / kFolds / "synth__s02/sealed.json";
  auto content = json::parse(read(seal));
  content["test"][0]["scores"][0] = "9";
  write(seal, content.dump(1) + "\n");
  const Outcome again = run({"--out", out});
  ASSERT_EQ(again.code, 0);
  EXPECT_THAT(again.err, HasSubstr("the digest does not hold"));
  expect_whole(out);
}

TEST_F(Resume, TwoLiveWritersAreHarmless) {
  const std::string out = folder / "two";
  Program first(command({"--out", out, "--jobs", "1"}));
  Program second(command({"--out", out, "--jobs", "1"}));
  const Outcome a = first.wait();
  const Outcome b = second.wait();
  EXPECT_EQ(a.code, 0) << a.err;
  EXPECT_EQ(b.code, 0) << b.err;
  expect_whole(out);
}

TEST_F(Resume, KilledWhileItsCorpusIsRenderedItRendersAgain) {
  const std::string yaml = folder / "rendering.yaml";
  std::string text = read(corpus->path() / "tiny.yaml");
  const std::string root = "root: \"${TINY_CORPUS}/synth\", ";
  ASSERT_NE(text.find(root), std::string::npos);
  text.erase(text.find(root), root.size());
  write(yaml, text);
  const auto render = [&](const std::string& out, const Environment& extra) {
    return mexbench({"run", yaml, "--out", out, "--jobs", "1", "--fold", "synth/s01"}, extra);
  };
  ASSERT_EQ(render(folder / "logged", {{"MEXBENCH_FAILPOINT_LOG", folder / "all"}}).code, 0);
  ASSERT_EQ(render(folder / "logged", {{"MEXBENCH_FAILPOINT_LOG", folder / "without"}}).code, 0);
  std::map<std::string, int> points = points_in(folder / "all");
  for (const auto& [point, times] : points_in(folder / "without")) points.erase(point);
  for (const std::string fold : {"sealed.json", "weights", "epochs.csv", "fold"}) {
    std::erase_if(points, [&](const auto& point) { return point.first.starts_with(fold + "."); });
  }
  EXPECT_GE(points.size(), 4U);
  for (const auto& [point, times] : points) {
    const std::string out = folder / ("at-" + point);
    EXPECT_NE(render(out, {{"MEXBENCH_FAILPOINT", point}}).code, 0) << point;
    const Outcome again = render(out, {});
    ASSERT_EQ(again.code, 0) << point << "\n" << again.err;
    const std::string seal = std::string("/") + kFolds + "/synth__s01/sealed.json";
    EXPECT_EQ(read(out + seal), read(corpus->path().string() + "/whole" + seal)) << point;
    EXPECT_THAT(hidden_names(out), IsEmpty()) << point;
    fs::remove_all(out);
  }
}

// A process that has ended may stay as a zombie until somebody asks for its exit code.
bool runs(pid_t pid) {
  const std::string status = read("/proc/" + std::to_string(pid) + "/stat");
  const std::size_t name_end = status.rfind(')');
  return name_end != std::string::npos && status.substr(name_end).find(") Z") != 0;
}

TEST_F(Resume, WorkersDieWithAKilledParent) {
  const std::string out = folder / "orphans";
  Program program(command({"--out", out, "--jobs", "2", "--set", "train.epochs=3000"}));
  wait_for_attempt(program, fs::path(out) / kFolds);
  const auto workers = wait_for_workers(program);
  ASSERT_FALSE(workers.empty());
  for (const pid_t worker : workers) EXPECT_TRUE(runs(worker));
  program.signal(SIGKILL);
  (void)program.wait();
  for (int i = 0; i < 1000; ++i) {
    if (std::none_of(workers.begin(), workers.end(), runs)) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  FAIL() << "a worker lives on";
}

TEST_F(Resume, ControlCToTheWholeGroupStopsItInOrder) {
  const std::string out = folder / "group";
  Program program(command({"--out", out, "--jobs", "2", "--set", "train.epochs=300"}));
  wait_for_attempt(program, fs::path(out) / kFolds);
  program.signal_all(SIGINT);
  const Outcome stopped = program.wait();
  EXPECT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_EQ(stopped.err.find("signal"), std::string::npos) << stopped.err;  // no worker was lost
  EXPECT_THAT(hidden_names(out), IsEmpty());
  const Outcome resumed = mexbench({"resume", out + "/tiny"});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
}

TEST_F(Resume, ChangedOrMissingFileOfASealedFoldIsNoticed) {
  const std::string out = copy("files");
  const fs::path weights = fs::path(out) / kFolds / "synth__s01/weights.pth";
  std::string bytes = read(weights);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x10);
  write(weights, bytes);
  fs::remove(fs::path(out) / kFolds / "synth__s03/epochs.csv");
  const Outcome again = run({"--out", out});
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("weights.pth: warning: the digest in sealed.json does not hold"));
  EXPECT_THAT(again.err, HasSubstr("synth__s03/epochs.csv: warning:"));
  expect_whole(out);
  // What did not hold is kept for a person to look at.
  EXPECT_THAT(hidden_names(out), Contains(HasSubstr(".damaged-synth__s01")));
  EXPECT_THAT(hidden_names(out), Contains(HasSubstr(".damaged-synth__s03")));
}

TEST_F(Resume, DisagreeingSealOfAnotherWriterIsReportedAndBothAreKept) {
  const std::string out = folder / "disagree";
  Program program(command({"--out", out, "--jobs", "1", "--set", "train.epochs=1000", "--fold", "synth/s01"}));
  wait_for_attempt(program, fs::path(out) / kFolds);
  const fs::path planted = fs::path(out) / kFolds / "synth__s01";
  fs::copy(corpus->path() / "whole" / kFolds / "synth__s01", planted, fs::copy_options::recursive);
  const std::string theirs = read(planted / "sealed.json");
  const Outcome outcome = program.wait();
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("another process sealed this fold with other results"));
  EXPECT_EQ(read(planted / "sealed.json"), theirs);  // publishing never overwrites
  EXPECT_THAT(hidden_names(out), Contains(HasSubstr(".disagrees-synth__s01")));
}

TEST_F(Resume, FoldsOfAnotherEnvironmentAreRefused) {
  const std::string out = copy("environment");
  fs::remove_all(fs::path(out) / kFolds / "synth__s02");
  for (const char* fold : {"synth__s01", "synth__s03", "synth__s04"}) {
    reseal(fs::path(out) / kFolds / fold, [](json& seal) { seal["environment_hash"] = std::string(64, '0'); });
  }
  const Outcome refused = run({"--out", out});
  EXPECT_EQ(refused.code, 2) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("its sealed folds come from another environment"));
  EXPECT_THAT(refused.err, HasSubstr("--fresh"));
  EXPECT_FALSE(fs::exists(fs::path(out) / kFolds / "synth__s02"));
}

TEST_F(Resume, FoldsOfTwoEnvironmentsAreNoRunEvenWhenNoneIsOpen) {
  const std::string out = copy("mixed");
  reseal(fs::path(out) / kFolds / "synth__s04", [](json& seal) { seal["environment_hash"] = std::string(64, '0'); });
  const Outcome refused = mexbench({"resume", out + "/tiny"});
  EXPECT_EQ(refused.code, 2) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("its sealed folds come from 2 environments"));
  EXPECT_THAT(refused.err, HasSubstr("environment 000000000000: 1 folds, among them 'synth/s04'"));
  EXPECT_THAT(refused.err, HasSubstr("--fresh"));
}

TEST_F(Resume, SealOfOtherSettingsIsRefused) {
  const std::string out = copy("settings");
  reseal(fs::path(out) / kFolds / "synth__s03", [](json& seal) { seal["science_hash"] = std::string(64, '0'); });
  const Outcome refused = mexbench({"resume", out + "/tiny"});
  EXPECT_EQ(refused.code, 2) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("synth__s03"));
  EXPECT_THAT(refused.err, HasSubstr("was sealed with other settings than this run's"));
}

TEST_F(Resume, RunThatWasCompleteStaysCompleteBesideOneThatWasNot) {
  const std::string out = folder / "seeds";
  const std::vector<std::string> arguments{"--out", out, "--set", "seeds=[0, 1]"};
  ASSERT_EQ(run(arguments).code, 0);
  const auto whole = results_of(fs::path(out) / "tiny");
  fs::remove_all(fs::path(out) / "tiny/ststnet/seed-1/folds/synth__s02");
  ASSERT_EQ(mexbench({"resume", out + "/tiny"}).code, 0);
  EXPECT_EQ(results_of(fs::path(out) / "tiny"), whole);  // run.json of both says complete, 4 of 4
}

TEST_F(Resume, FinishedRunTakesNewWordsButNoNewTimes) {
  const std::string out = copy("words");
  const fs::path file = fs::path(out) / "tiny/ststnet/seed-0/run.json";
  const json before = json::parse(read(file));
  ASSERT_EQ(run({"--out", out, "--set", "description=in other words"}).code, 0);
  json after = json::parse(read(file));
  EXPECT_EQ(after.at("description"), "in other words");
  after["description"] = before.at("description");
  EXPECT_EQ(after, before);
}

TEST_F(Resume, FoldsSealedWithoutWeightsAreToldOf) {
  const std::string out = folder / "bare";
  ASSERT_EQ(run({"--out", out, "--set", "save_weights=false", "--set", "record_epochs=false"}).code, 0);
  const Outcome again = run({"--out", out});
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.err, HasSubstr("'save_weights' is on, but 4 folds were sealed without weights.pth"));
  EXPECT_THAT(again.err, HasSubstr("'record_epochs' is on, but 4 folds were sealed without epochs.csv"));
}

TEST_F(Resume, StoppedWhileRenderingItLeavesNothingBehind) {
  const std::string out = folder / "stopped";
  Program program({"synth", "--out", out + "/corpus", "--set", "subjects=200", "--set", "frames=40"});
  for (int i = 0; i < 1000 && !program.ended() && (!fs::exists(out) || hidden_names(out).empty()); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  program.signal(SIGTERM);
  const Outcome stopped = program.wait();
  EXPECT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_TRUE(fs::is_empty(out));
}

TEST_F(Resume, WorkerThatCanNotBeginIsToldWithItsLastWords) {
  const fs::path place = folder.path() / "bin";
  fs::create_directories(place);
  fs::copy(MEXBENCH_BUILD_DIR "/mexbench", place);
  write(place / "mexbench-worker", "#!/bin/sh\necho no such library\nexit 127\n");
  fs::permissions(place / "mexbench-worker", fs::perms::owner_all);
  const Outcome run = Program(command({"--out", folder / "out"}), {}, place / "mexbench").wait();
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.err, "ststnet: engine fused\nerror: the worker ended with exit code 127: no such library\n");
}

TEST_F(Resume, PointInsideTheRunFolderIsAFolderToo) {
  const std::string out = copy("inside");
  fs::remove_all(fs::path(out) / kFolds / "synth__s02");
  const std::string line = "cd '" + out + "/tiny' && " + MEXBENCH_BUILD_DIR + "/mexbench resume . >/dev/null 2>&1";
  EXPECT_EQ(std::system(line.c_str()), 0);
  expect_whole(out);
}

TEST_F(Resume, RenamedFolderIsRefusedWithItsName) {
  const std::string out = copy("renamed");
  fs::rename(fs::path(out) / "tiny", fs::path(out) / "small");
  const Outcome refused = mexbench({"resume", out + "/small"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("holds experiment 'tiny': the folder was renamed"));
  EXPECT_THAT(refused.err, HasSubstr("name it 'tiny' again"));
}

TEST_F(Resume, FolderThatIsNoRunIsRefused) {
  const Outcome refused = mexbench({"resume", folder.path().string()});
  EXPECT_EQ(refused.code, 3);
  EXPECT_THAT(refused.err, HasSubstr("is not an experiment's folder"));
}

}  // namespace
}  // namespace mexbench::test
