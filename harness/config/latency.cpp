#include "harness/config/latency.h"

#include <algorithm>
#include <string_view>

namespace mexbench::config {
namespace {

using Json = nlohmann::json;

std::vector<Conflict> latency_conflicts(const Json& latency) {
  const auto least = latency.find("min_seconds");
  const auto most = latency.find("max_seconds");
  if (least == latency.end() || most == latency.end() || !least->is_number() || !most->is_number()) return {};
  if (least->get<double>() <= most->get<double>()) return {};
  return {{.keys = {"min_seconds", "max_seconds"}, .message = "'min_seconds' is above 'max_seconds': no series can last so long"}};
}

}  // namespace

bool LatencySpec::times(std::string_view scenario) const {
  return std::find(scenarios.begin(), scenarios.end(), scenario) != scenarios.end();
}

Type latency_type() {
  const LatencySpec defaults;
  const Type scenario = choice({{"single-stream", "one clip at a time, the next when the last is answered"},
                                {"offline", "batches, for clips per second"},
                                {"thread-sweep", "single-stream with more threads inside the library"},
                                {"cold-start", "from the start of a process to its first answer"},
                                {"end-to-end", "from the files of a clip to its scores, stage by stage"}});
  const Range seconds{.minimum = 0, .maximum = 3600, .open_minimum = true};
  return object(
      {.doc = "What `mexbench bench` times. The rules by which a measurement is valid are fixed and can't be set (docs/latency.md).",
       .fields = {defaulted("scenarios", list_of(scenario, {.unique = true}), defaults.scenarios, "what is timed"),
                  optional("fold", text(), "id of the fold whose test clips are timed, such as casme2/sub01; without it, the first"),
                  defaulted("min_seconds", number(seconds), defaults.min_seconds, "least time of the kept samples of a series, in seconds"),
                  defaulted("max_seconds", number(seconds), defaults.max_seconds, "most time of them; a sample that has begun is finished"),
                  defaulted("warmup_seconds", number({.minimum = 0, .maximum = 3600}), defaults.warmup_seconds,
                            "time before the kept samples, whose samples are dropped"),
                  defaulted(
                      "min_samples", integer({.minimum = 1, .maximum = 1'000'000}), defaults.min_samples,
                      "least number of kept samples of a series, a sixteenth of it where a sample is a batch; `max_seconds` comes first"),
                  defaulted("batches", list_of(integer({.minimum = 1, .maximum = 65536}), {.unique = true}), defaults.batches,
                            "clips of a batch, one series each"),
                  optional("threads", list_of(integer({.minimum = 1, .maximum = 1024}), {.unique = true}),
                           "threads inside the library, one series each; without it, from 1 to the processors of the machine"),
                  defaulted("repetitions", integer({.minimum = 1, .maximum = 1000}), defaults.repetitions,
                            "passes that a series is taken in: Google Benchmark's repetitions"),
                  defaulted("cold_starts", integer({.minimum = 1, .maximum = 1000}), defaults.cold_starts, "processes that are started")},
       .exactly_one_of = {},
       .conflicts = latency_conflicts});
}

LatencySpec latency_of(const Json& json, const Node& node) {
  LatencySpec out;
  out.scenarios = json.at("scenarios").get<std::vector<std::string>>();
  if (json.contains("fold")) {
    out.fold = json.at("fold").get<std::string>();
    out.fold_where = node.find("fold")->key_or_value();
  }
  out.min_seconds = json.at("min_seconds");
  out.max_seconds = json.at("max_seconds");
  out.warmup_seconds = json.at("warmup_seconds");
  out.min_samples = json.at("min_samples");
  out.batches = json.at("batches").get<std::vector<std::int64_t>>();
  if (json.contains("threads")) {
    out.threads = json.at("threads").get<std::vector<std::int64_t>>();
    out.threads_where = node.find("threads")->key_or_value();
  }
  out.repetitions = json.at("repetitions");
  out.cold_starts = json.at("cold_starts");
  return out;
}

Json to_json(const LatencySpec& spec) {
  return {{"scenarios", spec.scenarios},
          {"fold", spec.fold ? Json(*spec.fold) : Json(nullptr)},
          {"min_seconds", spec.min_seconds},
          {"max_seconds", spec.max_seconds},
          {"warmup_seconds", spec.warmup_seconds},
          {"min_samples", spec.min_samples},
          {"batches", spec.batches},
          {"threads", spec.threads.empty() ? Json(nullptr) : Json(spec.threads)},
          {"repetitions", spec.repetitions},
          {"cold_starts", spec.cold_starts}};
}

}  // namespace mexbench::config
