#include "reports/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "harness/core/text.h"
#include "reports/changes.h"
#include "reports/pair_sentences.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

using core::Cell;
using core::Error;
using core::ErrorCode;
using nlohmann::json;

using RunName = std::pair<std::pair<std::string, std::string>, std::uint64_t>;
RunName name_of(const Run& run) { return {{run.experiment, run.label}, run.seed.value}; }

// Experiments that hold a run of one name on both sides become two.
void tell_apart(ReportData& a, ReportData& b) {
  std::set<RunName> names;
  std::set<std::string> shared;
  for (const Run& run : a.runs) names.insert(name_of(run));
  for (const Run& run : b.runs) {
    if (names.contains(name_of(run))) shared.insert(run.experiment);
  }
  for (const auto& [side, data] : {std::pair("A", &a), std::pair("B", &b)}) {
    for (Run& run : data->runs) {
      if (shared.contains(run.experiment)) run.experiment += fmt::format(" ({})", side);
    }
  }
}

std::set<std::pair<std::string, std::string>> models_of(const ReportData& data) {
  std::set<std::pair<std::string, std::string>> out;
  for (const Run& run : data.runs) {
    if (run.complete()) out.insert({run.experiment, run.label});
  }
  return out;
}

// Places of a side's models in the view, by label.
std::map<std::string, std::size_t> places_of(const std::set<std::pair<std::string, std::string>>& side, const ReportView& view) {
  std::map<std::string, std::size_t> out;
  for (std::size_t m = 0; m < view.models.size(); ++m) {
    if (side.contains({view.models[m].experiment, view.models[m].label})) out.try_emplace(view.models[m].label, m);
  }
  return out;
}

// A comparison of these two alone: no other pair of the folders is in its family.
ComparedModels compare_two(std::size_t first, std::size_t second, const std::vector<ModelRuns>& runs, const ReportView& view) {
  ComparedModels out{.first = first, .second = second, .changes = changes_between(first, second, runs, view)};
  const ModelView& one = view.models[first];
  const ModelView& other = view.models[second];
  const auto with = [&](const ModelView& model) { return fmt::format("{} is {}", model.name, model.verdict); };
  if (one.invalid || other.invalid) {
    out.finding = fmt::format("{}: its scores are no evidence, and nothing is compared.", with(one.invalid ? one : other));
    return out;
  }
  if (one.comparison_digest != other.comparison_digest) {
    out.finding = fmt::format("{} and {} were evaluated on different clips, classes or protocols, so their scores are not compared.",
                              one.name, other.name);
    return out;
  }
  if (!one.differing.empty() || !other.differing.empty()) {
    out.finding = "Runs of one label differ in their settings, so there is no mean over them to compare: name single runs.";
    return out;
  }
  ReportView two = view;
  const std::optional<ComparisonView> comparison = compare_pair(first, second, runs, two);
  if (!comparison || comparison->pairs.empty()) {
    out.finding = "The predictions can't be counted against each other.";
    return out;
  }
  const PairView& pair = comparison->pairs.front();
  out.finding = pair_sentence(two, *comparison, pair);
  out.pair = pair;
  if (pair.first != first) {
    std::swap(out.pair->first, out.pair->second);
    out.pair->uf1 = turned(pair.uf1);
    out.pair->uar = turned(pair.uar);
  }
  return out;
}

Cell number(const std::optional<double>& value, int decimals = 4) {
  return value ? Cell::number(*value, decimals) : Cell::undefined("not computed");
}

Cell score(const FigureCell& figure, const ReportView& view) {
  return figure.value ? Cell::number(*figure.value, 4) : Cell::undefined(view.notes.empty() ? "undefined" : view.notes[figure.note - 1]);
}

}  // namespace

core::Result<Compared> compare(ReportData a, ReportData b) {
  for (const auto& [side, data] : {std::pair("the first folder", &a), std::pair("the second folder", &b)}) {
    if (models_of(*data).empty()) {
      return Error(ErrorCode::kData, fmt::format("{} has no complete run", side)).hint("resume its runs, then compare them");
    }
  }
  tell_apart(a, b);
  const auto of_a = models_of(a), of_b = models_of(b);
  ReportData both;
  for (ReportData* side : {&a, &b}) {
    for (Run& run : side->runs) both.runs.push_back(std::move(run));
  }
  std::stable_sort(both.runs.begin(), both.runs.end(), [](const Run& one, const Run& other) { return name_of(one) < name_of(other); });

  Compared out;
  out.view = make_view(both);
  std::vector<const Run*> complete;
  for (const Run& run : both.runs) {
    if (run.complete()) complete.push_back(&run);
  }
  std::vector<ModelRuns> runs;
  for (const ModelView& model : out.view.models) {
    runs.emplace_back();
    for (const std::size_t place : model.runs) runs.back().push_back(complete[place]);
  }
  const auto here = places_of(of_a, out.view), there = places_of(of_b, out.view);
  if (here.size() == 1 && there.size() == 1) {
    out.models.push_back(compare_two(here.begin()->second, there.begin()->second, runs, out.view));
    return out;
  }
  for (const auto& [label, place] : here) {
    const auto found = there.find(label);
    if (found == there.end()) {
      out.alone.push_back(label);
    } else {
      out.models.push_back(compare_two(place, found->second, runs, out.view));
    }
  }
  for (const auto& [label, place] : there) {
    if (!here.contains(label)) out.alone.push_back(label);
  }
  if (!out.models.empty()) return out;
  const auto labels = [](const std::map<std::string, std::size_t>& side) {
    std::vector<std::string> names;
    for (const auto& [label, place] : side) names.push_back(label);
    return core::quoted_list(names, "and");
  };
  return Error(ErrorCode::kUsage,
               fmt::format("no model stands on both sides: the first has {}, the second {}", labels(here), labels(there)))
      .hint("name the folder of one model on each side, such as runs/experiment/label");
}

core::Table scores_of(const Compared& compared) {
  core::Table table;
  const auto right = core::Align::kRight;
  table.columns = {{"A", core::Align::kLeft, "a"},     {"B", core::Align::kLeft, "b"},
                   {"UF1 of A", right, "uf1_a"},       {"UF1 of B", right, "uf1_b"},
                   {"A - B", right, "difference"},     {"low", right, "difference_low"},
                   {"high", right, "difference_high"}, {"p", right, "p"},
                   {"resolvable", right, "resolvable"}};
  const ReportView& view = compared.view;
  for (const ComparedModels& models : compared.models) {
    const auto uf1 = [&](std::size_t model) { return score(view.models[model].find("all")->uf1.mean, view); };
    const PairFigure figure = models.pair ? models.pair->uf1 : PairFigure{};
    table.rows.push_back({view.models[models.first].name, view.models[models.second].name, uf1(models.first), uf1(models.second),
                          number(figure.difference.value), number(figure.interval.low), number(figure.interval.high),
                          number(figure.p.value), number(figure.smallest)});
  }
  return table;
}

core::Table settings_of(const ReportView& view, const ComparedModels& models) {
  core::Table table;
  table.columns = {
      {"setting"}, {view.models[models.first].name, core::Align::kLeft, "a"}, {view.models[models.second].name, core::Align::kLeft, "b"}};
  const auto cell = [](const std::string& text) { return text.empty() ? Cell("-", nullptr) : Cell(text); };
  for (const ChangedSetting& setting : models.changes.settings)
    table.rows.push_back({setting.key, cell(setting.first), cell(setting.second)});
  return table;
}

json to_json(const Compared& compared) {
  const ReportView& view = compared.view;
  const auto value = [](const std::optional<double>& number) { return number ? json(*number) : json(nullptr); };
  const auto figure = [&](const PairFigure& of) {
    return json{{"difference", value(of.difference.value)},
                {"low", value(of.interval.low)},
                {"high", value(of.interval.high)},
                {"p", value(of.p.value)},
                {"smallest", value(of.smallest)}};
  };
  json pairs = json::array();
  for (const ComparedModels& models : compared.models) {
    const ChangesView& changes = models.changes;
    json settings = json::array(), clips = json::array();
    for (const ChangedSetting& setting : changes.settings) {
      settings.push_back({{"setting", setting.key}, {"a", setting.first}, {"b", setting.second}});
    }
    for (const ChangedClip& clip : changes.clips) {
      clips.push_back({{"clip", clip.clip}, {"truth", clip.truth}, {"a", clip.first}, {"b", clip.second}});
    }
    pairs.push_back(
        {{"a", view.models[models.first].name},
         {"b", view.models[models.second].name},
         {"finding", models.finding},
         {"uf1", models.pair ? figure(models.pair->uf1) : json(nullptr)},
         {"uar", models.pair ? figure(models.pair->uar) : json(nullptr)},
         {"resolved", models.pair ? json(models.pair->resolved) : json(nullptr)},
         {"other_environment", changes.other_environment},
         {"right",
          {{"both", changes.both_right}, {"a", changes.first_right}, {"b", changes.second_right}, {"neither", changes.both_wrong}}},
         {"predicted_only", {{"a", changes.only_in_first}, {"b", changes.only_in_second}}},
         {"settings", std::move(settings)},
         {"clips", std::move(clips)}});
  }
  return {{"schema", "mexbench.compare/1"}, {"pairs", std::move(pairs)}, {"alone", compared.alone}};
}

}  // namespace mexbench::reports
