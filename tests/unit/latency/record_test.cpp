#include "harness/latency/record.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>

#include "harness/latency/rules.h"
#include "harness/store/json_file.h"

namespace mexbench::latency {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

Record made() {
  Record out;
  out.measured = "2026-01-31T12:00:00Z";
  out.experiment = "quickstart";
  out.label = "small <b>";
  out.model = "ststnet";
  out.seed = core::Seed{3};
  out.science_hash = std::string(64, 'a');
  out.environment_hash = std::string(64, 'b');
  out.environment = {{"torch", "1.13.1"}};
  out.fold = core::FoldId("casme2/sub01");
  out.clips = {core::ClipId("casme2/sub01/EP02"), core::ClipId("casme2/sub01/EP03")};
  out.weights = "kept";
  out.weights_digest = std::string(64, 'c');
  out.machine = {
      .host = "box", .cpu = "Xeon", .cores = 2, .mhz = 2700.5, .system = "Linux 6.1", .build_type = "release", .version = "0.1.0"};
  out.machine.caches = {{.type = "Data", .level = 1, .bytes = 32768, .shared_by = 1}};
  out.machine.load_average = {0.5, 0.25, 0.125};
  out.machine.aslr = true;
  out.timed_region = "predict";
  out.settings = {{"min_seconds", 2.0}};
  std::vector<std::int64_t> samples;
  for (std::int64_t i = 0; i < 400; ++i) samples.push_back(50'000 + i);
  out.series = {{.name = "single-stream", .scenario = Scenario::kSingleStream, .seconds = 2.0, .summary = summarise(samples)},
                {.name = "offline/64", .scenario = Scenario::kOffline, .batch = 64, .seconds = 2.0, .summary = summarise({10, 20, 30})}};
  for (Series& series : out.series) {
    series.clips_per_second = 1000.0;
    series.flops_per_second = core::Figure::of(1e9);
    series.peak_share = core::Figure::undefined("the peak was not measured on as many threads");
    series.rules = {minimum_duration(2.0)};
  }
  out.stages = {{.name = "decode", .parts = {"read", "decode"}, .summary = summarise(samples), .share = 0.25}};
  out.cold_starts = {{.process_ns = 1, .load_ns = 2, .first_ns = 3, .total_ns = 7}};
  out.cost = {.parameters = core::Figure::of(1000),
              .flops = core::Figure::undefined("a method that is no network has no layers to count"),
              .weight_bytes = core::Figure::of(4096),
              .peak_memory_bytes = core::Figure::of(1e8),
              .idle_memory_bytes = core::Figure::of(9e7)};
  out.peaks = {{.method = "fma", .threads = 1, .flops_per_second = 2e11}};
  out.mer = Mer{.series = "single-stream", .apex = "oracle", .apex_words = "words", .sustained_words = "no frames were taken in"};
  out.mer->budgets = {
      {.series = "single-stream", .fps = 200.0, .frame_ms = 5.0, .within = core::Figure::of(1.0), .p99 = core::Figure::of(0.01)}};
  out.mer->durations = {{.clip = core::ClipId("casme2/sub01/EP02"), .apex_to_offset_ms = 150.0, .onset_to_offset_ms = 300.0}};
  out.mer->answered = {{.percent = 50.0, .from_apex = core::Figure::of(1.0), .from_onset = core::Figure::of(1.0)}};
  out.mer->clips = 2;
  out.mer->spotting_delay_ms = core::Figure::undefined("the apex is not spotted");
  out.mer->sustained_fps = core::Figure::undefined("the corpus holds no frames");
  out.rules = {clock_step(30, 50'000.0), repeated_input({}, {}, 1)};
  out.samples_sha256 = std::string(64, 'd');
  out.samples_rows = 403;
  return out;
}

// The message for a record that was changed by `edit`.
std::string refusal(const std::function<void(json&)>& edit) {
  json source = to_json(made());
  edit(source);
  const auto read = record_from_json(source, "latency.json");
  return read ? "accepted" : read.error().render();
}

TEST(LatencyRecord, ReadsBackAsItWasWritten) {
  const Record record = made();
  const json written = to_json(record);
  const auto read = record_from_json(json::parse(written.dump()), "latency.json");
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_EQ(*read, record);
  EXPECT_EQ(to_json(*read).dump(), written.dump());
  EXPECT_EQ(written.at("schema"), "mexbench.latency/1");
  EXPECT_EQ(written.at("verdict"), "VALID");
}

TEST(LatencyRecord, APercentileWithoutEnoughSamplesIsNullWithItsReason) {
  const json written = to_json(made());
  const json& p50 = written.at("series").at(1).at("summary").at("percentiles").at(0);
  EXPECT_TRUE(p50.at("ns").at("value").is_null());
  EXPECT_EQ(p50.at("ns").at("reason"), "3 samples, at least 6 are needed for an interval of p50");
  EXPECT_FALSE(p50.contains("low_ns"));
}

TEST(LatencyRecord, OneBrokenRuleMakesItsSeriesAndTheWholeInvalid) {
  Record record = made();
  record.series[1].rules.push_back(minimum_duration(0.5));
  const json written = to_json(record);
  EXPECT_EQ(written.at("series").at(0).at("verdict"), "VALID");
  EXPECT_EQ(written.at("series").at(1).at("verdict"), "INVALID");
  EXPECT_EQ(written.at("verdict"), "INVALID");
  EXPECT_TRUE(record_from_json(written, "latency.json"));
}

TEST(LatencyRecord, WhatContradictsItselfIsRefused) {
  EXPECT_THAT(refusal([](json& record) { record["verdict"] = "INVALID"; }),
              HasSubstr(R"(latency.json: error: the verdict of the whole is "INVALID", its rules give "VALID")"));
  EXPECT_THAT(refusal([](json& record) { record["series"][0]["verdict"] = "INVALID"; }),
              HasSubstr(R"(the verdict of series 'single-stream' is "INVALID", its rules give "VALID")"));
  EXPECT_THAT(refusal([](json& record) { record["series"][0]["rules"][0]["figure"] = 0.5; }),
              HasSubstr(R"(the status of rule 'minimum-duration' is "passed", its figure gives "broken")"));
  EXPECT_THAT(refusal([](json& record) { record["series"][0]["summary"]["percentiles"][0]["low_ns"] = 60'000; }),
              HasSubstr("p50 is 50199 ns, outside its interval [60000, "));
  EXPECT_THAT(refusal([](json& record) { record["series"][1]["name"] = "single-stream"; }),
              HasSubstr("there are two series 'single-stream'"));
  EXPECT_THAT(refusal([](json& record) { record["mer"]["clips"] = 0; }), HasSubstr("1 clips have a duration, but there are 0"));
}

TEST(LatencyRecord, WhatIsMissingOrOfAnotherKindIsToldOnce) {
  EXPECT_THAT(refusal([](json& record) { record.erase("series"); }), HasSubstr("is no record of latency: "));
  EXPECT_THAT(refusal([](json& record) { record.erase("series"); }), HasSubstr("key 'series' not found"));
  EXPECT_THAT(refusal([](json& record) { record["schema"] = "mexbench.latency/2"; }),
              HasSubstr(R"(schema is "mexbench.latency/2", "mexbench.latency/1" is wanted)"));
  EXPECT_THAT(refusal([](json& record) { record["series"][0]["scenario"] = "server"; }),
              HasSubstr("series 'single-stream' is of the unknown scenario 'server'"));
  EXPECT_THAT(refusal([](json& record) { record["cost"]["flops"] = "many"; }), HasSubstr("'flops' is \"many\", a number or "));
  EXPECT_THAT(refusal([](json& record) { record["series"][0]["rules"][0]["bound"] = "about"; }),
              HasSubstr(R"('bound' of rule 'minimum-duration' is "about")"));
  EXPECT_THAT(refusal([](json& record) { record["series"][1]["summary"]["count"] = 0; }), HasSubstr("'count' is 0, at least 1 is wanted"));
}

TEST(LatencyRecord, OfARunWithAnotherScienceHashIsRefused) {
  const fs::path folder = fs::path(testing::TempDir()) / fmt::format("latency_record-{}", ::getpid());
  fs::create_directories(folder);
  const Record record = made();
  const auto absent = read_record(folder, record.science_hash);
  ASSERT_TRUE(absent);
  EXPECT_FALSE(absent->has_value());
  ASSERT_TRUE(store::write_json(folder / kRecordFile, to_json(record)));
  const auto found = read_record(folder, record.science_hash);
  ASSERT_TRUE(found) << found.error().render();
  EXPECT_EQ(**found, record);
  const auto other = read_record(folder, std::string(64, 'e'));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code(), core::ErrorCode::kData);
  EXPECT_THAT(other.error().render(),
              HasSubstr("was measured of a run with the science hash aaaaaaaaaaaa, the run beside it has eeeeeeeeeeee"));
  fs::remove_all(folder);
}

TEST(LatencyMachine, ThisOneIsToldAndReadsBack) {
  const Machine machine = this_machine();
  EXPECT_GE(machine.cores, 1);
  EXPECT_FALSE(machine.cpu.empty());
  EXPECT_EQ(machine.load_average.size(), 3U);
  for (const Cache& cache : machine.caches) EXPECT_GT(cache.bytes, 0) << cache.type;
  EXPECT_EQ(machine_from_json(to_json(machine)), machine);
}

}  // namespace
}  // namespace mexbench::latency
