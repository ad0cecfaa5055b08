#include <fmt/format.h>

#include "harness/eval/figure_json.h"
#include "harness/latency/mer.h"

namespace mexbench::latency {

using eval::figure_from_json;
using nlohmann::json;

json to_json(const Mer& mer) {
  json budgets = json::array();
  for (const FrameBudget& budget : mer.budgets) {
    budgets.push_back({{"series", budget.series},
                       {"fps", budget.fps},
                       {"frame_ms", budget.frame_ms},
                       {"within", eval::to_json(budget.within)},
                       {"p99", eval::to_json(budget.p99)}});
  }
  json durations = json::array();
  for (const ClipDuration& clip : mer.durations) {
    durations.push_back({{"clip", clip.clip.text()},
                         {"apex_to_offset_ms", clip.apex_to_offset_ms ? json(*clip.apex_to_offset_ms) : json(nullptr)},
                         {"onset_to_offset_ms", clip.onset_to_offset_ms}});
  }
  json answered = json::array();
  for (const Answered& share : mer.answered) {
    answered.push_back(
        {{"percent", share.percent}, {"from_apex", eval::to_json(share.from_apex)}, {"from_onset", eval::to_json(share.from_onset)}});
  }
  return {{"budgets", std::move(budgets)},
          {"series", mer.series},
          {"apex", mer.apex},
          {"apex_words", mer.apex_words},
          {"spotting_delay_ms", eval::to_json(mer.spotting_delay_ms)},
          {"clips", mer.clips},
          {"durations", std::move(durations)},
          {"answered", std::move(answered)},
          {"sustained_fps", eval::to_json(mer.sustained_fps)},
          {"sustained_words", mer.sustained_words}};
}

Mer mer_from_json(const json& source, std::string& problem) {
  Mer out;
  for (const json& entry : source.at("budgets")) {
    out.budgets.push_back({.series = entry.at("series"),
                           .fps = entry.at("fps"),
                           .frame_ms = entry.at("frame_ms"),
                           .within = figure_from_json(entry, "within", problem),
                           .p99 = figure_from_json(entry, "p99", problem)});
  }
  out.series = source.at("series");
  out.apex = source.at("apex");
  out.apex_words = source.at("apex_words");
  out.spotting_delay_ms = figure_from_json(source, "spotting_delay_ms", problem);
  out.clips = source.at("clips");
  for (const json& entry : source.at("durations")) {
    ClipDuration& clip = out.durations.emplace_back(
        ClipDuration{.clip = core::ClipId(entry.at("clip").get<std::string>()), .onset_to_offset_ms = entry.at("onset_to_offset_ms")});
    if (const json& apex = entry.at("apex_to_offset_ms"); !apex.is_null()) clip.apex_to_offset_ms = apex.get<double>();
  }
  for (const json& entry : source.at("answered")) {
    out.answered.push_back({.percent = entry.at("percent"),
                            .from_apex = figure_from_json(entry, "from_apex", problem),
                            .from_onset = figure_from_json(entry, "from_onset", problem)});
  }
  out.sustained_fps = figure_from_json(source, "sustained_fps", problem);
  out.sustained_words = source.at("sustained_words");
  if (problem.empty() && static_cast<std::size_t>(out.clips) < out.durations.size()) {
    problem = fmt::format("{} clips have a duration, but there are {}", out.durations.size(), out.clips);
  }
  return out;
}

}  // namespace mexbench::latency
