#include "reports/latency.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>

#include "reports/report.h"
#include "reports/text.h"
#include "reports/view.h"

namespace mexbench::reports {
namespace {

constexpr std::string_view kEndToEnd = "end-to-end";
constexpr std::string_view kSingleStream = "single-stream";

const ModelView& model_of(const ReportView& view, std::size_t run) {
  return *std::find_if(view.models.begin(), view.models.end(),
                       [&](const ModelView& model) { return std::find(model.runs.begin(), model.runs.end(), run) != model.runs.end(); });
}

// What makes two timings comparable. Load and clock change from one moment to the next and are shown only.
auto machine_key(const latency::Machine& machine) {
  return std::tie(machine.host, machine.cpu, machine.cores, machine.caches, machine.system, machine.build_type, machine.version);
}

void add_machine(std::size_t timed, LatencySection& section) {
  const latency::Record& record = section.runs[timed].record;
  const auto found = std::find_if(section.machines.begin(), section.machines.end(), [&](const LatencyMachine& one) {
    return one.environment_hash == record.environment_hash && machine_key(one.machine) == machine_key(record.machine);
  });
  if (found != section.machines.end()) {
    found->timed.push_back(timed);
  } else {
    section.machines.push_back({.machine = record.machine, .environment_hash = record.environment_hash, .timed = {timed}});
  }
}

std::optional<double> ms_at(const latency::Series& series, double percent) {
  const latency::Percentile* one = series.at(percent);
  return one == nullptr || !one->ns ? std::nullopt : std::optional(static_cast<double>(*one->ns) / 1e6);
}

void add_points(const ReportView& view, LatencyGroup& group) {
  const LatencySection& section = view.latency;
  const bool whole = std::all_of(group.timed.begin(), group.timed.end(),
                                 [&](std::size_t timed) { return section.runs[timed].record.find(kEndToEnd) != nullptr; });
  group.series = whole ? kEndToEnd : kSingleStream;
  for (const std::size_t timed : group.timed) {
    const latency::Record& record = section.runs[timed].record;
    const RunView& run = view.runs[section.runs[timed].run];
    const latency::Series* series = record.find(group.series);
    const std::optional<double> p50 = series == nullptr ? std::nullopt : ms_at(*series, 50.0);
    const FigureCell& uf1 = run.find("all")->scores.uf1;
    if (!p50 || *p50 <= 0.0 || !uf1.value) continue;
    const ScopeIntervals* intervals = run.intervals_on("all");
    group.points.push_back({.timed = timed,
                            .p50 = *p50,
                            .p99 = ms_at(*series, 99.0),
                            .uf1 = *uf1.value,
                            .interval = intervals == nullptr ? IntervalCell{} : intervals->uf1,
                            .valid = series->valid() && latency::is_valid(record.rules)});
  }
  std::stable_sort(group.points.begin(), group.points.end(),
                   [](const LatencyPoint& a, const LatencyPoint& b) { return std::pair(a.p50, -a.uf1) < std::pair(b.p50, -b.uf1); });
  std::vector<SpeedAndScore> valid;
  std::vector<LatencyPoint*> places;
  for (LatencyPoint& point : group.points) {
    if (!point.valid || view.runs[section.runs[point.timed].run].verdict == "INVALID") continue;
    valid.push_back({.ms = point.p50, .uf1 = point.uf1});
    places.push_back(&point);
  }
  const std::vector<bool> front = pareto_front(valid);
  for (std::size_t i = 0; i < places.size(); ++i) places[i]->front = front[i];
}

// Groups of one machine and one set of clips, in the order of their first runs.
void add_groups(ReportView& view) {
  LatencySection& section = view.latency;
  std::vector<std::pair<std::size_t, std::string>> keys;  // machine, clips
  for (std::size_t machine = 0; machine < section.machines.size(); ++machine) {
    for (const std::size_t timed : section.machines[machine].timed) {
      const std::pair key(machine, model_of(view, section.runs[timed].run).comparison_digest);
      const auto found = std::find(keys.begin(), keys.end(), key);
      const auto place = static_cast<std::size_t>(found - keys.begin());
      if (found == keys.end()) {
        keys.push_back(key);
        section.groups.push_back({.series = {}, .timed = {}, .points = {}, .machine = machine});
      }
      section.groups[place].timed.push_back(timed);
    }
  }
  for (LatencyGroup& group : section.groups) add_points(view, group);
}

std::string is_or_are(std::size_t count) { return count == 1 ? "is" : "are"; }

void front_sentence(const ReportView& view, const LatencyGroup& group, std::vector<std::string>& out) {
  std::vector<std::string> front, behind;
  std::size_t compared = 0;
  for (const LatencyPoint& point : group.points) {
    const LatencyView& timed = view.latency.runs[point.timed];
    if (!point.valid || view.runs[timed.run].verdict == "INVALID") continue;
    ++compared;
    std::string words = fmt::format("{} ({} ms, UF1 {})", timed_name(view, timed), milliseconds(point.p50), four_decimals(point.uf1));
    (point.front ? front : behind).push_back(std::move(words));
  }
  if (compared == 0) return;
  const std::string_view series = series_in_words(group.series);
  if (compared == 1) {
    out.push_back(fmt::format("{} is the only one here with a valid latency ({}, p50), so there is nothing to compare it with.",
                              front.front(), series));
    return;
  }
  out.push_back(fmt::format("On the Pareto front of latency ({}, p50) and UF1 {} {}: no other is as fast and as good and better in one.",
                            series, is_or_are(front.size()), listed(front)));
  if (!behind.empty()) {
    out.push_back(fmt::format("{} {} behind it: another is at least as fast and scores at least as high.", listed(behind),
                              behind.size() == 1 ? "lies" : "lie"));
  }
}

// Which runs of a group answer 99 of 100 clips before the next frame of a camera.
void frame_sentences(const ReportView& view, const LatencyGroup& group, std::vector<std::string>& out) {
  std::vector<double> rates;
  const auto budgets = [&](const auto& use) {
    for (const LatencyPoint& point : group.points) {
      const LatencyView& timed = view.latency.runs[point.timed];
      if (!point.valid || !timed.record.mer) continue;
      for (const latency::FrameBudget& budget : timed.record.mer->budgets) {
        if (budget.series == group.series) use(timed, budget);
      }
    }
  };
  budgets([&](const LatencyView&, const latency::FrameBudget& budget) {
    if (std::find(rates.begin(), rates.end(), budget.fps) == rates.end()) rates.push_back(budget.fps);
  });
  std::sort(rates.begin(), rates.end());
  for (const double fps : rates) {
    std::vector<std::string> within, beyond, unknown;
    double frame_ms = 0.0;
    budgets([&](const LatencyView& timed, const latency::FrameBudget& budget) {
      if (budget.fps != fps) return;
      frame_ms = budget.frame_ms;
      const std::string name = timed_name(view, timed);
      if (!budget.p99.value) return unknown.push_back(name);
      (*budget.p99.value <= 1.0 ? within : beyond).push_back(name);
    });
    std::string sentence = fmt::format("At {:g} frames per second a frame lasts {} ms: ", fps, milliseconds(frame_ms));
    sentence +=
        within.empty() ? std::string("none answers") : fmt::format("{} {}", listed(within), within.size() == 1 ? "answers" : "answer");
    sentence += fmt::format(" 99 % of clips within it ({})", series_in_words(group.series));
    if (!beyond.empty()) sentence += fmt::format(", {} {} longer", listed(beyond), beyond.size() == 1 ? "takes" : "take");
    if (!unknown.empty()) sentence += fmt::format("; of {} there are too few samples to say", listed(unknown));
    out.push_back(sentence + ".");
  }
}

void invalid_sentences(const ReportView& view, std::vector<std::string>& out) {
  std::vector<std::string> names;
  for (const LatencyView& timed : view.latency.runs) {
    if (!timed.record.valid()) names.push_back(timed_name(view, timed));
  }
  if (names.empty()) return;
  out.push_back(
      fmt::format("The timing of {} broke rules and is INVALID: what a broken rule was about is no evidence, and is listed below "
                  "with what to change.",
                  listed(names)));
}

void add_sentences(ReportView& view) {
  LatencySection& section = view.latency;
  std::vector<std::string>& out = section.sentences;
  if (section.runs.empty()) {
    out.emplace_back("No run of this report was timed: 'mexbench bench EXPERIMENT.yaml' writes the latency.json that this section reads.");
    return;
  }
  for (const LatencyGroup& group : section.groups) {
    front_sentence(view, group, out);
    frame_sentences(view, group, out);
  }
  invalid_sentences(view, out);
  if (section.machines.size() > 1) {
    out.push_back(
        fmt::format("The runs were timed on {} machines or in environments that differ, so latencies are compared only among those "
                    "of one.",
                    section.machines.size()));
  } else if (section.groups.size() > 1) {
    out.emplace_back("The timed runs answered for different clips, classes or protocols, so they are compared only among those of one.");
  }
  if (!section.without.empty()) {
    out.push_back(fmt::format("{} of {} runs {} not timed: no latency.json lies in {} folder{}.", section.without.size(), view.runs.size(),
                              section.without.size() == 1 ? "was" : "were", section.without.size() == 1 ? "its" : "their",
                              section.without.size() == 1 ? "" : "s"));
  }
}

}  // namespace

std::vector<bool> pareto_front(std::span<const SpeedAndScore> points) {
  const auto dominates = [](const SpeedAndScore& a, const SpeedAndScore& b) {
    return a.ms <= b.ms && a.uf1 >= b.uf1 && (a.ms < b.ms || a.uf1 > b.uf1);
  };
  std::vector<bool> front;
  front.reserve(points.size());
  for (const SpeedAndScore& point : points) {
    front.push_back(std::none_of(points.begin(), points.end(), [&](const SpeedAndScore& other) { return dominates(other, point); }));
  }
  return front;
}

const latency::Series* deciding_series(const latency::Record& record) {
  const latency::Series* whole = record.find(kEndToEnd);
  return whole != nullptr ? whole : record.find(kSingleStream);
}

std::string_view series_in_words(std::string_view series) { return series == kEndToEnd ? "end to end" : series; }

std::string milliseconds(double ms) {
  if (ms >= 999.5) return thousands(std::llround(ms));
  // The power of ten once it is rounded to three digits: 0.9999 is 1.00.
  const std::string rounded = fmt::format("{:.2e}", ms);
  const int power = std::stoi(rounded.substr(rounded.find('e') + 1));
  return fmt::format("{:.{}f}", ms, std::clamp(2 - power, 0, 6));
}

std::string milliseconds_of(std::int64_t ns) { return milliseconds(static_cast<double>(ns) / 1e6); }

std::string in_thousands(double count) {
  constexpr std::array<std::pair<double, std::string_view>, 4> kScales{{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}}};
  for (const auto& [scale, letter] : kScales) {
    if (count >= scale) return fmt::format("{} {}", milliseconds(count / scale), letter);
  }
  return fmt::format("{:.3g}", count);
}

std::string timed_name(const ReportView& view, const LatencyView& timed) {
  const ModelView& model = model_of(view, timed.run);
  return model.runs.size() == 1 ? model.name : fmt::format("{}, seed {}", model.name, view.runs[timed.run].seed);
}

std::vector<BrokenRule> broken_rules(const latency::Record& record) {
  std::vector<BrokenRule> out;
  const auto add = [&](const std::string& series, const std::vector<latency::Rule>& rules) {
    for (const latency::Rule& rule : rules) {
      if (rule.broken()) out.push_back({.series = series, .words = latency::in_words(rule)});
    }
  };
  add({}, record.rules);
  for (const latency::Series& series : record.series) add(series.name, series.rules);
  return out;
}

void add_latency(const std::vector<const Run*>& runs, ReportView& view) {
  LatencySection& section = view.latency;
  for (std::size_t place = 0; place < runs.size(); ++place) {
    if (runs[place]->latency) {
      section.runs.push_back({.run = place, .record = *runs[place]->latency});
      add_machine(section.runs.size() - 1, section);
    } else {
      section.without.push_back(place);
    }
  }
  add_groups(view);
  if (!view.runs.empty()) add_sentences(view);
}

}  // namespace mexbench::reports
