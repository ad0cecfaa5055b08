// `bench` on the tiny corpus: what it leaves, what it refuses, and that its exit code is its verdict. How fast anything is, and whether a
// loaded machine gives a valid timing, is nobody's business here.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "cli/support.h"
#include "cli/tiny_run.h"
#include "harness/core/sha256.h"

namespace mexbench::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

class Bench : public TinyRun {
 protected:
  // Short enough for a test, too short for a verdict.
  static std::vector<std::string> quick(const std::string& experiment, const std::string& out, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"bench", experiment, "--out", out, "--jobs", "1"};
    for (const char* setting :
         {"latency.min_seconds=0.02", "latency.max_seconds=0.2", "latency.warmup_seconds=0.01", "latency.min_samples=20",
          "latency.batches=[1, 4]", "latency.threads=[1]", "latency.repetitions=3", "latency.cold_starts=1"}) {
      words.emplace_back("--set");
      words.emplace_back(setting);
    }
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  [[nodiscard]] static json record_of(const fs::path& run) { return json::parse(read(run / "latency.json")); }
  static std::string status_of(const json& rules, const std::string& name) {
    for (const json& rule : rules) {
      if (rule.at("rule") == name) return rule.at("status");
    }
    return "absent";
  }
  // Copies the tiny run, so that it can be timed without touching the one that other tests compare with.
  [[nodiscard]] std::string copied_run() const {
    fs::copy(corpus->path() / "whole", folder.path() / "runs", fs::copy_options::recursive);
    return folder / "runs";
  }
};

TEST_F(Bench, LeavesARecordWhoseVerdictIsItsExitCode) {
  const std::string out = copied_run();
  const Outcome outcome = mexbench(quick(*corpus / "tiny.yaml", out));
  const fs::path run = fs::path(out) / "tiny/ststnet/seed-0";
  ASSERT_TRUE(outcome.code == 0 || outcome.code == 5) << outcome.err;
  const json record = record_of(run);
  EXPECT_EQ(record.at("verdict"), outcome.code == 0 ? "VALID" : "INVALID");
  // 0.2 s at most are no second.
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("minimum-duration is "));
  EXPECT_THAT(outcome.err, HasSubstr("raise latency.min_seconds to 1 or more"));
  std::set<std::string> names;
  for (const json& series : record.at("series")) {
    names.insert(series.at("name"));
    EXPECT_GT(series.at("summary").at("count"), 0);
    EXPECT_GT(series.at("warmup").at("count"), 0);
    EXPECT_EQ(status_of(series.at("rules"), "minimum-duration"), "broken");
    EXPECT_THAT(outcome.out, HasSubstr(series.at("name").get<std::string>()));
  }
  EXPECT_THAT(names, ::testing::ElementsAre("end-to-end", "offline/1", "offline/4", "repeated-input", "single-stream", "thread-sweep/1"));
  // Its answers are those of the run, and what was timed is what was sealed.
  EXPECT_EQ(status_of(record.at("rules"), "same-classes"), "passed");
  EXPECT_EQ(status_of(record.at("rules"), "same-scores"), "passed");
  const json run_json = json::parse(read(run / "run.json"));
  EXPECT_EQ(record.at("science_hash"), run_json.at("science_hash"));
  EXPECT_EQ(record.at("environment_hash"), run_json.at("environment_hash"));
  EXPECT_EQ(record.at("weights").at("source"), "kept");
  std::string fold = record.at("fold");
  fold.replace(fold.find('/'), 1, "__");
  EXPECT_EQ(record.at("clips").size(), json::parse(read(run / "folds" / fold / "sealed.json")).at("test").size());
  EXPECT_EQ(record.at("cold_starts").size(), 1U);
  EXPECT_GT(record.at("cost").at("flops"), 100'000);
  EXPECT_EQ(record.at("cost").at("parameters"), run_json.at("model").at("parameters"));
  std::set<std::string> stages;
  for (const json& stage : record.at("stages")) stages.insert(stage.at("name"));
  EXPECT_TRUE(stages.contains("decode") && stages.contains("forward")) << record.at("stages").dump(1);
  // Every sample is kept, under a digest.
  const std::string samples = read(run / "latency_samples.csv");
  EXPECT_EQ(record.at("samples").at("sha256"), core::sha256_hex(samples));
  EXPECT_EQ(std::count(samples.begin(), samples.end(), '\n'), record.at("samples").at("rows").get<std::int64_t>() + 1);
  EXPECT_EQ(json::parse(read(run / "latency.gbench.json")).at("benchmarks").at(0).at("run_name"), "ststnet/single-stream");
  EXPECT_THAT(hidden_names(run), ::testing::IsEmpty());
}

TEST_F(Bench, AnotherAnswerThanTheSealedOneIsInvalidAndNamed) {
  const std::string out = copied_run();
  const fs::path folds = fs::path(out) / "tiny/ststnet/seed-0/folds";
  std::set<fs::path> sealed;
  for (const auto& entry : fs::directory_iterator(folds)) sealed.insert(entry.path());
  reseal(*sealed.begin(), [](json& seal) {
    json& scores = seal["test"][0]["scores"];  // texts that restore each float
    std::size_t least = 0;
    for (std::size_t at = 1; at < scores.size(); ++at) {
      if (std::stod(scores[at].get<std::string>()) < std::stod(scores[least].get<std::string>())) least = at;
    }
    scores[least] = "1000";  // now the greatest
  });
  const Outcome outcome = mexbench(quick(*corpus / "tiny.yaml", out, {"--set", "latency.scenarios=[single-stream]"}));
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("error: ststnet is INVALID: same-classes is 1 clips, at most 0 clips is valid: "));
  EXPECT_THAT(outcome.err, HasSubstr("error: ststnet is INVALID: same-scores is "));
}

TEST_F(Bench, RunsTheFoldItNeedsAndFitsAgainWhatWasNotKept) {
  const std::string out = folder / "runs";
  const Outcome outcome =
      mexbench(quick(*corpus / "tiny.yaml", out,
                     {"--set", "save_weights=false", "--set", "latency.scenarios=[single-stream, cold-start]", "--format", "json"}));
  ASSERT_TRUE(outcome.code == 0 || outcome.code == 5) << outcome.err;
  EXPECT_EQ(folds_computed(outcome), 1);
  EXPECT_THAT(outcome.err, HasSubstr("ststnet kept no weights of fold "));
  const fs::path run = fs::path(out) / "tiny/ststnet/seed-0";
  const json record = record_of(run);
  EXPECT_EQ(record.at("weights").at("source"), "fitted again");
  EXPECT_EQ(status_of(record.at("rules"), "same-scores"), "passed");
  EXPECT_TRUE(record.at("stages").empty());
  const json rows = json::parse(outcome.out);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].at("series"), "single-stream");
  EXPECT_TRUE(rows[0].contains("p99_9_low_ms"));
  // The rest of the run is computed as if nothing had been timed, and the timing stands.
  const Outcome whole = mexbench({"run", *corpus / "tiny.yaml", "--out", out, "--jobs", "1", "--set", "save_weights=false"});
  EXPECT_EQ(whole.code, 0) << whole.err;
  EXPECT_EQ(record_of(run), record);
}

TEST_F(Bench, EveryKindOfModelIsTimed) {
  const std::string experiment = folder / "kinds.yaml";
  write(experiment, R"(schema_version: 1
name: kinds
dataset: {adapter: synth, root: "${TINY_CORPUS}/synth", subjects: 4, clips_per_subject: 3, frames: 5, size: 48}
protocol: loso
models:
  - {label: network, name: offapexnet, input: {channels: [u, v]}}
  - {label: method, name: chance, params: {strategy: prior}}
train: {epochs: 1, batch_size: 8, optimizer: {name: adam, lr: 1.0e-3}}
seeds: [0]
latency: {scenarios: [single-stream, offline]}
)");
  const Outcome outcome = mexbench(quick(experiment, folder / "runs", {"--format", "csv"}));
  ASSERT_TRUE(outcome.code == 0 || outcome.code == 5) << outcome.err;
  for (const char* label : {"network", "method"}) {
    const json record = record_of(fs::path(folder / "runs") / "kinds" / label / "seed-0");
    EXPECT_EQ(status_of(record.at("rules"), "same-scores"), "passed") << label;
    EXPECT_EQ(record.at("cost").at("flops").is_number(), std::string(label) == "network") << label;
    EXPECT_THAT(outcome.out, HasSubstr(std::string(label) + ",single-stream,"));
  }
}

TEST_F(Bench, WhatCantBeTimedIsSaidWithItsPlace) {
  const Outcome fold = mexbench(quick(*corpus / "tiny.yaml", folder / "runs", {"--set", "latency.fold=synth/s1"}));
  EXPECT_EQ(fold.code, 2);
  EXPECT_THAT(fold.err, HasSubstr("fold"));
  const Outcome label = mexbench(quick(*corpus / "tiny.yaml", folder / "runs", {"--model", "ststnte"}));
  EXPECT_EQ(label.code, 2);
  EXPECT_THAT(label.err, HasSubstr("the experiment has no model 'ststnte'"));
  EXPECT_THAT(label.err, HasSubstr("did you mean 'ststnet'?"));
  const Outcome threads = mexbench(quick(*corpus / "tiny.yaml", folder / "runs", {"--set", "latency.threads=[1000]"}));
  EXPECT_EQ(threads.code, 2);
  EXPECT_THAT(threads.err, HasSubstr("1000 threads are to be timed, this process may use "));
  const Outcome seconds = mexbench(quick(*corpus / "tiny.yaml", folder / "runs", {"--set", "latency.min_seconds=40"}));
  EXPECT_EQ(seconds.code, 2);
  EXPECT_THAT(seconds.err, HasSubstr("'min_seconds' is above 'max_seconds'"));
  const Outcome threshold = mexbench(quick(*corpus / "tiny.yaml", folder / "runs", {"--set", "latency.drift=50"}));
  EXPECT_EQ(threshold.code, 2);
  EXPECT_THAT(threshold.err, HasSubstr("unknown key 'drift' in 'latency'"));
  EXPECT_FALSE(fs::exists(folder.path() / "runs" / "tiny"));
}

}  // namespace
}  // namespace mexbench::test
