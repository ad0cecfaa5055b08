// `engine` from the experiment file to what plan, validate, run and bench say of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/tiny_run.h"

namespace mexbench::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class EnginesOfAnExperiment : public TinyRun {
 protected:
  // The tiny experiment with these models.
  Outcome call(const std::string& verb, const std::string& models, std::vector<std::string> more = {}) {
    write(folder / "e.yaml", R"(schema_version: 1
name: tiny
dataset: {adapter: synth, root: "${TINY_CORPUS}/synth", subjects: 4, clips_per_subject: 3, frames: 5, size: 48}
protocol: loso
train: {epochs: 1, batch_size: 8}
seeds: [0, 1]
models: )" + models + "\n");
    more.insert(more.begin(), {verb, folder / "e.yaml"});
    if (verb != "validate") more.insert(more.end(), {"--out", folder / "runs"});
    return mexbench(more);
  }
};

TEST_F(EnginesOfAnExperiment, PlanTellsEachModelsEngineAndWhyOnce) {
  const Outcome text = call("plan", "[{name: ststnet}, {name: chance}]", {"--set", "engine=libtorch"});
  ASSERT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("\nststnet: engine libtorch: as set\nmanifest "));
  const Outcome rows = call("plan", "[{name: ststnet, engine: libtorch}, {name: chance}]", {"--format", "json"});
  ASSERT_EQ(rows.code, 0) << rows.err;
  const json runs = json::parse(rows.out);
  ASSERT_EQ(runs.size(), 4U);
  EXPECT_EQ(runs[0].at("engine"), "libtorch");
  EXPECT_EQ(runs[1].at("engine_reason"), "as set");
  EXPECT_EQ(runs[2].at("engine"), "");
}

TEST_F(EnginesOfAnExperiment, AnEngineThatDoesNotGoWithTheModelIsRefusedWhereItIsWritten) {
  for (const char* verb : {"validate", "plan", "run"}) {
    const Outcome method = call(verb, "[{name: ststnet}, {name: chance, engine: libtorch}]");
    EXPECT_EQ(method.code, 2);
    EXPECT_THAT(method.err, AllOf(HasSubstr("e.yaml:7:50: error: model 'chance' is no network that an engine computes"),
                                  HasSubstr("^~~~~~~~ remove 'engine'")));
    const Outcome fused = call(verb, "[{name: htnet, engine: fused}]");
    EXPECT_EQ(fused.code, 2);
    EXPECT_THAT(fused.err, AllOf(HasSubstr("e.yaml:7:"), HasSubstr("error: model 'htnet': "), HasSubstr("the fused engine "),
                                 HasSubstr("^~~~~ use 'engine: auto'")));
  }
  const Outcome unknown = call("validate", "[{name: ststnet, engine: libtroch}]");
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'libtorch'?"));
}

TEST_F(EnginesOfAnExperiment, RunTellsAndRecordsTheEngineWhichIsNoOtherScience) {
  const Outcome told = run({"--out", folder / "told", "--set", "engine=libtorch"});
  ASSERT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.err, HasSubstr("ststnet: engine libtorch: as set\n"));
  EXPECT_THAT(told.out, Not(HasSubstr("engine")));
  const json record = json::parse(read(fs::path(folder / "told") / "tiny/ststnet/seed-0/run.json"));
  EXPECT_EQ(record.at("engine"), (json{{"name", "libtorch"}, {"reason", "as set"}}));
  EXPECT_FALSE(record.at("science").contains("engine"));
  const json before = json::parse(read(corpus->path() / "whole/tiny/ststnet/seed-0/run.json"));
  EXPECT_EQ(record.at("science_hash") == before.at("science_hash"), !before.at("science").contains("engine"));
  const Outcome again = mexbench({"resume", fs::path(folder / "told") / "tiny"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(json::parse(read(fs::path(folder / "told") / "tiny/ststnet/seed-0/run.json")), record);
}

}  // namespace
}  // namespace mexbench::test
