#include "reports/sentences.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/core/text.h"
#include "reports/pair_sentences.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

const std::string kAll = "all";

std::string figure(const ReportView& view, std::string_view metric, const FigureCell& cell) {
  if (cell.value) return fmt::format("{} {}", metric, four_decimals(*cell.value));
  return fmt::format("no {} ({})", metric, view.notes[cell.note - 1]);
}

std::string spread(const ReportView& view, std::string_view metric, const SpreadCell& cell) {
  if (!cell.mean.value) return figure(view, metric, cell.mean);
  return fmt::format("a mean {} of {} ({} to {})", metric, four_decimals(*cell.mean.value), four_decimals(cell.low),
                     four_decimals(cell.high));
}

// " [0.652, 0.768]"; empty without an interval.
std::string within(const ModelView& model, IntervalCell ScopeIntervals::*metric) {
  const ScopeIntervals* intervals = model.intervals_on(kAll);
  if (intervals == nullptr || !(intervals->*metric).there()) return {};
  return " " + bounds(*(intervals->*metric).low, *(intervals->*metric).high);
}

// "UF1 0.7209 [0.652, 0.768] and UAR 0.7250 [...] on 442 clips of 68 subjects"
std::string scores_of(const ReportView& view, const ModelView& model) {
  const ScopeSpread& scores = *model.find(kAll);
  const ScopeView& all = *view.runs[model.runs.front()].find(kAll);
  std::string where = fmt::format("on {} of {}", counted(all.clips, "clip"), counted(all.subjects, "subject"));
  if (model.datasets.size() == 1) where += " of " + model.datasets.front();
  if (model.runs.size() == 1)
    return fmt::format("{}{} and {}{} {}", figure(view, "UF1", scores.uf1.mean), within(model, &ScopeIntervals::uf1),
                       figure(view, "UAR", scores.uar.mean), within(model, &ScopeIntervals::uar), where);
  return fmt::format("{} and {} {}", spread(view, "UF1", scores.uf1), spread(view, "UAR", scores.uar), where);
}

// Of a model without an INVALID run, its scores; of another, what the audit found, and only then the scores.
void one_model(const ReportView& view, const ModelView& model, std::vector<std::string>& out) {
  const std::string seeds = model.runs.size() == 1 ? std::string() : fmt::format("Over {} seeds, ", model.runs.size());
  if (!model.invalid) {
    out.push_back(fmt::format("{}{} reaches {}.", seeds, model.name, scores_of(view, model)));
    return;
  }
  std::vector<std::string> reasons;
  std::size_t invalid = 0;
  for (const std::size_t place : model.runs) {
    const RunView& run = view.runs[place];
    if (run.verdict != "INVALID") continue;
    ++invalid;
    for (const std::string& reason : run.reasons) {
      if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) reasons.push_back(reason);
    }
  }
  const std::string runs = model.runs.size() == 1 ? fmt::format("The run of {} is", model.name)
                           : invalid == model.runs.size()
                               ? fmt::format("All {} runs of {} are", invalid, model.name)
                               : fmt::format("{} of {} runs of {} {}", invalid, model.runs.size(), model.name, invalid == 1 ? "is" : "are");
  out.push_back(fmt::format("{} INVALID: {} scores are not evidence, whatever their size.", runs, invalid == 1 ? "its" : "their"));
  if (!reasons.empty()) out.push_back(fmt::format("The audit found: {}.", core::join(reasons, "; ")));
  out.push_back(fmt::format("{} {}.", seeds.empty() ? "What it computed is" : seeds + "what they computed is", scores_of(view, model)));
}

std::string is_or_are(const std::vector<std::string>& names) { return names.size() == 1 ? "is" : "are"; }

// Runs of one label that are no seeds of one model.
void differing(const ReportView& view, std::vector<std::string>& out) {
  std::vector<std::string> told;
  for (const ModelView& model : view.models) {
    const std::string& label = view.runs[model.runs.front()].model;
    if (model.differing.empty() || std::find(told.begin(), told.end(), label) != told.end()) continue;
    told.push_back(label);
    out.push_back(fmt::format("The runs of {} differ in {}, so each stands by itself: there is no mean over them, and they are not ranked.",
                              label, listed(model.differing)));
  }
}

// "0.7209 [0.652, 0.768]"
std::string score(const ModelView& model) {
  const double uf1 = *model.find(kAll)->uf1.mean.value;
  const ScopeIntervals* intervals = model.intervals_on(kAll);
  if (intervals == nullptr || !intervals->uf1.there()) return four_decimals(uf1);
  return fmt::format("{} {}", four_decimals(uf1), bounds(*intervals->uf1.low, *intervals->uf1.high));
}

// The first two against each other, then how many of the family are resolved.
void pairs(const ReportView& view, const ModelView& first, const ModelView& second, std::vector<std::string>& out) {
  const auto place = [&](const ModelView& model) { return static_cast<std::size_t>(&model - view.models.data()); };
  for (const ComparisonView& comparison : view.comparisons) {
    const PairView* pair = comparison.find(place(first), place(second));
    if (pair == nullptr) continue;
    out.push_back(pair_sentence(view, comparison, *pair));
    if (comparison.pairs.size() > 1) out.push_back(family_sentence(comparison));
  }
}

void ranking(const ReportView& view, std::vector<std::string>& out) {
  std::vector<const ModelView*> ranked;
  std::vector<std::string> invalid, undefined;
  for (const ModelView& model : view.models) {
    if (model.invalid) {
      invalid.push_back(model.name);
    } else if (!model.differing.empty()) {
      continue;
    } else if (!model.find(kAll)->uf1.mean.value) {
      undefined.push_back(model.name);
    } else {
      ranked.push_back(&model);
    }
  }
  const auto uf1 = [](const ModelView* model) { return *model->find(kAll)->uf1.mean.value; };
  const bool comparable = std::all_of(
      ranked.begin(), ranked.end(), [&](const ModelView* model) { return model->comparison_digest == ranked.front()->comparison_digest; });
  if (ranked.size() == 1) {
    one_model(view, *ranked.front(), out);
  } else if (!ranked.empty() && !comparable) {
    out.push_back(
        fmt::format("The {} models were evaluated on different clips, classes or protocols, so they are not ranked.", ranked.size()));
  } else if (!ranked.empty()) {
    std::stable_sort(ranked.begin(), ranked.end(), [&](const ModelView* a, const ModelView* b) { return uf1(a) > uf1(b); });
    const std::string of = ranked.size() == view.models.size() ? fmt::format("Of {} models", ranked.size())
                                                               : fmt::format("Of the {} ranked models", ranked.size());
    const std::string metric = view.several_seeds() ? "mean UF1 over seeds" : "UF1";
    std::vector<std::string> first;
    for (const ModelView* model : ranked) {
      if (four_decimals(uf1(model)) == four_decimals(uf1(ranked.front()))) first.push_back(model->name);
    }
    const std::string share = first.size() > 1 ? fmt::format("{} share the highest {}, {}", listed(first), metric, score(*ranked.front()))
                                               : fmt::format("{} has the highest {}, {}, before {} with {}", first.front(), metric,
                                                             score(*ranked.front()), ranked[1]->name, score(*ranked[1]));
    out.push_back(fmt::format("{}, {}.", of, share));
    pairs(view, *ranked.front(), *ranked[1], out);
  }
  differing(view, out);
  if (!undefined.empty()) out.push_back(fmt::format("{} {} not ranked: UF1 is undefined.", listed(undefined), is_or_are(undefined)));
  if (!invalid.empty()) {
    out.push_back(fmt::format("{} {} not ranked: the audit found {} INVALID.", listed(invalid), is_or_are(invalid),
                              invalid.size() == 1 ? "it" : "them"));
  }
}

// With several models: how far the seeds of one model lie apart, of the model where they lie furthest.
void seeds(const ReportView& view, std::vector<std::string>& out) {
  const ModelView* widest = nullptr;
  double width = -1.0;
  for (const ModelView& model : view.models) {
    const SpreadCell& scores = model.find(kAll)->uf1;
    if (model.runs.size() < 2 || !scores.mean.value) continue;
    if (scores.high - scores.low > width) {
      width = scores.high - scores.low;
      widest = &model;
    }
  }
  if (widest == nullptr) return;
  const SpreadCell& cell = widest->find(kAll)->uf1;
  out.push_back(fmt::format("Between seeds, UF1 varies most for {}: {} to {} over {} seeds.", widest->name, four_decimals(cell.low),
                            four_decimals(cell.high), widest->runs.size()));
}

// The groups that hold all clips of some model.
std::vector<const ScopeGroup*> wholes(const ReportView& view) {
  std::vector<const ScopeGroup*> out;
  for (const ScopeGroup& group : view.scopes) {
    if (std::any_of(view.models.begin(), view.models.end(), [&](const ModelView& model) { return group.is_whole(model.datasets); })) {
      out.push_back(&group);
    }
  }
  return out;
}

// What answers that look at no image score.
void floors(const ReportView& view, std::vector<std::string>& out) {
  const std::vector<const ScopeGroup*> groups = wholes(view);
  for (const ScopeGroup* group : groups) {
    for (const FloorView& floor : group->floors) {
      std::string where = groups.size() > 1 ? " on " + group->title : std::string();
      if (!floor.of.empty()) where += " of " + floor.of;
      const SpreadCell& drawn = floor.random.uf1;
      out.push_back(fmt::format(
          "The floor{}, without a look at any image: the majority class of each fold's training clips gives {}, {} and {}; classes drawn "
          "with their shares give {}.",
          where, figure(view, "UF1", floor.majority.uf1), figure(view, "UAR", floor.majority.uar),
          figure(view, "accuracy", floor.majority.accuracy),
          drawn.mean.value ? fmt::format("{}, 95 % of {} draws within {} to {}", figure(view, "UF1", drawn.mean), thousands(floor.draws),
                                         four_decimals(drawn.low), four_decimals(drawn.high))
                           : figure(view, "UF1", drawn.mean)));
    }
  }
  if (!view.floorless.empty()) {
    out.push_back(
        fmt::format("The floor of {} is not known: the folder of a run has no floor.json. 'mexbench resume' with the experiment's folder "
                    "writes it from "
                    "the sealed folds and computes none anew.",
                    listed(view.floorless)));
  }
}

// The UF1 that a model must exceed to be above chance: the majority's, or that which 97.5 % of random draws don't exceed.
std::optional<double> reach_of(const FloorView& floor) {
  std::optional<double> reach = floor.majority.uf1.value;
  if (floor.random.uf1.mean.value) reach = std::max(reach.value_or(0.0), floor.random.uf1.high);
  return reach;
}

// Models that a guess would equal. A model with an INVALID run has no score to compare.
void not_above_chance(const ReportView& view, std::vector<std::string>& out) {
  struct Below {
    double reach = 0.0;
    std::vector<std::string> names, scores;
  };
  std::vector<Below> found;  // by what they had to exceed
  for (const ScopeGroup* group : wholes(view)) {
    for (const ModelView& model : view.models) {
      if (!group->is_whole(model.datasets) || model.invalid) continue;
      const std::optional<double> uf1 = model.in(*group)->uf1.mean.value;
      const std::optional<double> reach = floor_reach(*group, model);
      if (!uf1 || !reach || *uf1 > *reach) continue;
      auto at = std::find_if(found.begin(), found.end(), [&](const Below& below) { return below.reach == *reach; });
      if (at == found.end()) at = found.insert(found.end(), Below{.reach = *reach, .names = {}, .scores = {}});
      at->names.push_back(model.name);
      at->scores.push_back(fmt::format("{} {}", model.runs.size() > 1 ? "mean UF1" : "UF1", four_decimals(*uf1)));
    }
  }
  for (const Below& below : found) {
    out.push_back(fmt::format("{} {} not above chance: {}, and the floor reaches {}.", listed(below.names), is_or_are(below.names),
                              listed(below.scores), four_decimals(below.reach)));
  }
}

// Of a report of one model; with several, the summary's table has the published figures.
void published(const ReportView& view, std::vector<std::string>& out) {
  if (view.models.size() != 1 || view.models.front().invalid) return;
  const ModelView& model = view.models.front();
  for (const PublishedView* result : view.published_beside(0)) {
    const std::string scope = model.datasets.size() == 1 ? model.datasets.front() : kAll;
    const PublishedRow* row = result->find(scope, "UF1");
    if (row == nullptr || (row->ours && !row->difference)) continue;
    std::string sentence = fmt::format("The published UF1 ({}) is {}; ", result->source.id, four_decimals(row->published));
    if (row->difference) {
      const std::string size = four_decimals(*row->difference < 0 ? -*row->difference : *row->difference);
      sentence += size == "0.0000" ? "ours is equal to four decimals."
                                   : fmt::format("ours is {} {} it.", size, *row->difference < 0 ? "below" : "above");
    } else {
      sentence += "it is no counterpart of ours.";
    }
    if (const std::string caution = result->first_caution(scope); !caution.empty()) sentence += fmt::format(" Caution: {}.", caution);
    out.push_back(std::move(sentence));
  }
}

void verdicts(const ReportView& view, std::vector<std::string>& out) {
  const auto with = [&](std::string_view verdict) {
    return std::count_if(view.runs.begin(), view.runs.end(), [&](const RunView& run) { return run.verdict == verdict; });
  };
  const auto runs = static_cast<std::ptrdiff_t>(view.runs.size());
  const auto phrase = [&](std::ptrdiff_t some) {
    if (some == runs) return runs == 1 ? std::string("The run is") : fmt::format("All {} runs are", runs);
    return fmt::format("{} of {} runs {}", some, runs, some == 1 ? "is" : "are");
  };
  // Of one model, the first sentence has said it.
  if (const auto invalid = with("INVALID"); invalid > 0 && view.models.size() > 1) {
    out.push_back(
        fmt::format("{} INVALID: {} scores are not evidence, whatever their size.", phrase(invalid), invalid == 1 ? "its" : "their"));
  }
  if (const auto open = with("UNAUDITED"); open > 0) {
    out.push_back(fmt::format("{} UNAUDITED: not every rule was checked, so a leak is not excluded.", phrase(open)));
  }
  if (const auto valid = with("VALID"); valid == runs) out.push_back(fmt::format("{} VALID.", phrase(valid)));
}

}  // namespace

std::optional<double> floor_reach(const ScopeGroup& group, const ModelView& model) {
  std::optional<double> reach;
  for (const std::size_t run : model.runs) {
    const FloorView* floor = group.floor_of(run);
    if (floor == nullptr) continue;
    if (const auto one = reach_of(*floor)) reach = std::max(reach.value_or(0.0), *one);
  }
  return reach;
}

std::vector<std::string> summary_sentences(const ReportView& view) {
  std::vector<std::string> out;
  if (view.models.empty()) {
    out.emplace_back("No run is complete, so there is no score to report.");
  } else if (view.models.size() == 1) {
    one_model(view, view.models.front(), out);
  } else {
    ranking(view, out);
    seeds(view, out);
  }
  for (const std::string& note : view.interval_notes) out.push_back(fmt::format("{}.", note));
  not_above_chance(view, out);
  floors(view, out);
  published(view, out);
  if (!view.runs.empty()) verdicts(view, out);
  if (const std::size_t open = view.incomplete.size(); open > 0) {
    out.push_back(fmt::format("{} {} incomplete; no score of {} is shown.", counted(static_cast<std::int64_t>(open), "run"),
                              open == 1 ? "is" : "are", open == 1 ? "it" : "them"));
  }
  return out;
}

}  // namespace mexbench::reports
