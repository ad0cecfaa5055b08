#include "reports/floors.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/core/text.h"
#include "reports/scopes.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

// What the majority answers in the folds that test clips of the group: "'negative' in every fold".
std::string answers_in(const Run& run, const ScopeGroup& group) {
  std::set<core::FoldId> testing;
  for (const eval::Prediction& row : run.predictions) {
    if (group.scope == kAll || row.dataset.text() == group.scope) testing.insert(row.fold);
  }
  std::map<std::size_t, std::int64_t> folds;  // class -> folds
  std::int64_t all = 0;
  for (const eval::FloorFold& fold : run.floor->folds) {
    const auto answer = eval::majority_class(fold);
    if (!testing.contains(fold.fold) || !answer) continue;
    ++folds[*answer];
    ++all;
  }
  std::vector<std::string> texts;
  for (const auto& [answer, count] : folds) {
    const std::string& name = run.floor->classes[answer];
    if (count == all) return fmt::format("'{}' in {}", name, all == 1 ? "the only fold" : "every fold");
    texts.push_back(fmt::format("'{}' in {} of {} folds", name, count, all));
  }
  return core::join(texts, ", ");
}

FloorView make_floor(const Run& run, const ScopeGroup& group, const eval::FloorScope& scope, Notes& notes) {
  const auto drawn = [&](const eval::DrawnFigure& figure) {
    return SpreadCell{.mean = notes.cell(figure.mean), .low = figure.low, .high = figure.high};
  };
  return {.runs = {},
          .of = {},
          .answers = answers_in(run, group),
          .majority = {.uf1 = notes.cell(scope.majority.uf1),
                       .uar = notes.cell(scope.majority.uar),
                       .accuracy = notes.cell(scope.majority.accuracy)},
          .draws = run.floor->draws,
          .random = {.scope = group.scope, .uf1 = drawn(scope.uf1), .uar = drawn(scope.uar), .accuracy = drawn(scope.accuracy)}};
}

// Experiments by name where all their runs in the group have this floor, else the models.
std::string owners_of(const FloorView& floor, const std::vector<std::size_t>& members, const ReportView& view) {
  const auto here = [&](std::size_t run) { return std::find(floor.runs.begin(), floor.runs.end(), run) != floor.runs.end(); };
  std::vector<std::string> names;
  for (const std::size_t run : floor.runs) {
    const RunView& shown = view.runs[run];
    const bool whole = view.experiments.size() > 1 && std::all_of(members.begin(), members.end(), [&](std::size_t other) {
                         return view.runs[other].experiment != shown.experiment || here(other);
                       });
    const std::string& name = whole ? shown.experiment : shown.model;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return listed(names);
}

}  // namespace

void add_floors(const std::vector<const Run*>& runs, Notes& notes, ReportView& view) {
  for (ScopeGroup& group : view.scopes) {
    std::vector<std::size_t> members;
    std::vector<const eval::FloorScope*> known;  // of group.floors
    for (std::size_t place = 0; place < runs.size(); ++place) {
      if (view.runs[place].in(group) == nullptr) continue;
      members.push_back(place);
      if (!runs[place]->floor) continue;
      const eval::FloorScope& scope = runs[place]->floor->scopes.at(group.scope);
      FloorView made = make_floor(*runs[place], group, scope, notes);
      std::size_t at = 0;
      while (at < known.size() &&
             !(*known[at] == scope && group.floors[at].answers == made.answers && group.floors[at].draws == made.draws)) {
        ++at;
      }
      if (at == known.size()) {
        known.push_back(&scope);
        group.floors.push_back(std::move(made));
      }
      group.floors[at].runs.push_back(place);
    }
    for (FloorView& floor : group.floors) {
      if (floor.runs.size() < members.size()) floor.of = owners_of(floor, members, view);
    }
  }
  for (std::size_t place = 0; place < runs.size(); ++place) {
    const std::string& model = view.runs[place].model;
    if (runs[place]->floor || std::find(view.floorless.begin(), view.floorless.end(), model) != view.floorless.end()) continue;
    view.floorless.push_back(model);
  }
}

}  // namespace mexbench::reports
