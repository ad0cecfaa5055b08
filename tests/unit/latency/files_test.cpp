// What is written beside latency.json: raw samples, and Google Benchmark's JSON.
#include <gmock/gmock.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "harness/latency/google_benchmark.h"
#include "harness/latency/sample_file.h"

namespace mexbench::latency {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(LatencySamples, ReadBackAsTheyWereWritten) {
  const std::vector<SampleRows> rows{
      {.series = "single-stream", .clips = {core::ClipId("casme2/sub01/a, b"), core::ClipId("casme2/sub01/c")}, .ns = {50'000, 49'000}},
      {.series = "offline/64", .clips = {}, .ns = {1'000'000}},
      {.series = "end-to-end:flow", .clips = {core::ClipId("casme2/sub01/c")}, .ns = {0}}};
  const std::string csv = samples_csv(rows);
  EXPECT_THAT(csv, ::testing::StartsWith("series,index,clip,ns\nsingle-stream,0,\"casme2/sub01/a, b\",50000\n"));
  const auto read = samples_from_csv(csv, "latency_samples.csv");
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_EQ(*read, rows);
}

TEST(LatencySamples, BadRowsAreAllNamed) {
  const auto read = samples_from_csv("series,index,clip,ns\na,0,,5\na,2,,6\na,2,,-7\na,3\n", "s.csv");
  ASSERT_FALSE(read);
  const std::string told = read.error().render();
  EXPECT_THAT(told, HasSubstr("s.csv:3:3: error: index is '2', 1 is wanted"));
  EXPECT_THAT(told, HasSubstr("s.csv:4:6: error: '-7' is no time: a whole number of nanoseconds is wanted"));
  EXPECT_THAT(told, HasSubstr("s.csv:5: error: 2 fields, 4 are wanted"));
  const auto header = samples_from_csv("series,index,ns\n", "s.csv");
  ASSERT_FALSE(header);
  EXPECT_THAT(header.error().render(), HasSubstr("column 'clip' is missing"));
  EXPECT_FALSE(samples_from_csv("", "s.csv"));
}

// The members that tools/gbench/report.py of Google Benchmark reads, and their kinds.
TEST(GoogleBenchmark, HasWhatItsCompareToolReads) {
  Record record;
  record.label = "ststnet";
  record.measured = "2026-01-31T12:00:00Z";
  record.machine = {.host = "box", .cpu = "Xeon", .cores = 2, .mhz = 2700.4, .build_type = "release"};
  record.series = {{.name = "single-stream"}, {.name = "offline/64", .scenario = Scenario::kOffline, .batch = 64}};
  const json written =
      google_benchmark_json(record, {{.series = "single-stream",
                                      .passes = {{.count = 100, .seconds = 0.004, .cpu_seconds = 0.003},
                                                 {.count = 100, .seconds = 0.006, .cpu_seconds = 0.005},
                                                 {.count = 50, .seconds = 0.004, .cpu_seconds = 0.004}}},
                                     {.series = "offline/64", .passes = {{.count = 10, .seconds = 1.0, .cpu_seconds = 1.0}}}});
  std::set<std::string> names;
  for (const json& entry : written.at("benchmarks")) {
    EXPECT_TRUE(entry.at("name").is_string() && entry.at("run_name").is_string());
    EXPECT_TRUE(entry.at("real_time").is_number() && entry.at("cpu_time").is_number());
    EXPECT_EQ(entry.at("time_unit"), "ns");
    EXPECT_TRUE(entry.at("repetitions").is_number_integer() && entry.at("iterations").is_number_integer());
    if (entry.at("run_type") == "aggregate") {
      EXPECT_EQ(entry.at("name"), entry.at("run_name").get<std::string>() + "_" + entry.at("aggregate_name").get<std::string>());
      EXPECT_FALSE(entry.contains("repetition_index"));
    } else {
      EXPECT_EQ(entry.at("run_type"), "iteration");
      EXPECT_TRUE(entry.at("repetition_index").is_number_integer());
    }
    names.insert(entry.at("name"));
  }
  EXPECT_THAT(names, ::testing::ElementsAre("ststnet/offline/64", "ststnet/single-stream", "ststnet/single-stream_cv",
                                            "ststnet/single-stream_mean", "ststnet/single-stream_median", "ststnet/single-stream_stddev"));
  // Repetitions of 40, 60 and 80 microseconds: mean and median 60, deviation 20, a third of the mean.
  const auto named = [&](const std::string& name) {
    for (const json& entry : written.at("benchmarks")) {
      if (entry.at("name") == name) return entry;
    }
    return json();
  };
  EXPECT_NEAR(named("ststnet/single-stream_mean").at("real_time"), 60'000.0, 1e-6);
  EXPECT_NEAR(named("ststnet/single-stream_median").at("real_time"), 60'000.0, 1e-6);
  EXPECT_NEAR(named("ststnet/single-stream_stddev").at("real_time"), 20'000.0, 1e-6);
  EXPECT_NEAR(named("ststnet/single-stream_cv").at("real_time"), 1.0 / 3.0, 1e-12);
  EXPECT_NEAR(named("ststnet/offline/64").at("items_per_second"), 640.0, 1e-9);
  const json& context = written.at("context");
  for (const char* key : {"date", "host_name", "executable", "num_cpus", "mhz_per_cpu", "cpu_scaling_enabled", "caches", "load_avg",
                          "library_build_type", "json_schema_version"}) {
    EXPECT_TRUE(context.contains(key)) << key;
  }
  EXPECT_EQ(context.at("mhz_per_cpu"), 2700);
}

}  // namespace
}  // namespace mexbench::latency
