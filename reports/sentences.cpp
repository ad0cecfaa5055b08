#include "reports/sentences.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/text.h"

namespace mexbench::reports {
namespace {

const std::string kAll = "all";

std::string figure(const ReportView& view, std::string_view metric, const FigureCell& cell) {
  if (cell.value) return fmt::format("{} {}", metric, four_decimals(*cell.value));
  return fmt::format("no {} ({})", metric, view.notes[cell.note - 1]);
}

// "a", "a and b", "a, b and c"
std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " and " : ", ";
    out += names[i];
  }
  return out;
}

std::string spread(const ReportView& view, std::string_view metric, const SpreadCell& cell) {
  if (!cell.mean.value) return figure(view, metric, cell.mean);
  return fmt::format("a mean {} of {} ({} to {})", metric, four_decimals(*cell.mean.value), four_decimals(cell.low),
                     four_decimals(cell.high));
}

void one_model(const ReportView& view, const ModelView& model, std::vector<std::string>& out) {
  const ScopeSpread* scores = model.find(kAll);
  const ScopeView* all = view.runs[model.runs.front()].find(kAll);
  if (scores == nullptr || all == nullptr) return;
  const std::string where = fmt::format("on {} of {}", counted(all->clips, "clip"), counted(all->subjects, "subject"));
  if (model.runs.size() == 1) {
    out.push_back(fmt::format("{} reaches {} and {} {}.", model.name, figure(view, "UF1", scores->uf1.mean),
                              figure(view, "UAR", scores->uar.mean), where));
  } else {
    out.push_back(fmt::format("Over {} seeds, {} reaches {} and {} {}.", model.runs.size(), model.name, spread(view, "UF1", scores->uf1),
                              spread(view, "UAR", scores->uar), where));
  }
}

void ranking(const ReportView& view, std::vector<std::string>& out) {
  std::vector<const ModelView*> ranked;
  std::vector<std::string> invalid, undefined;
  for (const ModelView& model : view.models) {
    const ScopeSpread* scores = model.find(kAll);
    if (model.invalid) {
      invalid.push_back(model.name);
    } else if (scores == nullptr || !scores->uf1.mean.value) {
      undefined.push_back(model.name);
    } else {
      ranked.push_back(&model);
    }
  }
  const auto uf1 = [](const ModelView* model) { return *model->find(kAll)->uf1.mean.value; };
  const bool comparable = std::all_of(ranked.begin(), ranked.end(), [&](const ModelView* model) {
    return !model->comparison_digest.empty() && model->comparison_digest == ranked.front()->comparison_digest;
  });
  if (!comparable) {
    out.push_back(
        fmt::format("The {} models were evaluated on different clips, classes or protocols, so they are not ranked.", ranked.size()));
  } else if (ranked.size() >= 2) {
    std::stable_sort(ranked.begin(), ranked.end(), [&](const ModelView* a, const ModelView* b) { return uf1(a) > uf1(b); });
    const std::string metric = view.several_seeds() ? "mean UF1 over seeds" : "UF1";
    std::vector<std::string> first;
    for (const ModelView* model : ranked) {
      if (four_decimals(uf1(model)) == four_decimals(uf1(ranked.front()))) first.push_back(model->name);
    }
    const std::string reserve = "no interval is computed yet, so no claim which is better";
    if (first.size() > 1) {
      out.push_back(fmt::format("Of {} models, {} share the highest {}, {}; {}.", ranked.size(), listed(first), metric,
                                four_decimals(uf1(ranked.front())), reserve));
    } else {
      out.push_back(fmt::format("Of {} models, {} has the highest {}, {}, before {} with {}; {}.", ranked.size(), first.front(), metric,
                                four_decimals(uf1(ranked.front())), ranked[1]->name, four_decimals(uf1(ranked[1])), reserve));
    }
  }
  if (ranked.size() == 1) one_model(view, *ranked.front(), out);
  if (!undefined.empty()) {
    out.push_back(fmt::format("{} {} not ranked: UF1 is undefined.", listed(undefined), undefined.size() == 1 ? "is" : "are"));
  }
  if (!invalid.empty()) {
    out.push_back(fmt::format("{} {} not ranked: the audit found {} INVALID.", listed(invalid), invalid.size() == 1 ? "is" : "are",
                              invalid.size() == 1 ? "it" : "them"));
  }
}

// With several models: how far the seeds of one model lie apart, of the model where they lie furthest.
void seeds(const ReportView& view, std::vector<std::string>& out) {
  const ModelView* widest = nullptr;
  double width = -1.0;
  for (const ModelView& model : view.models) {
    const ScopeSpread* scores = model.find(kAll);
    if (model.runs.size() < 2 || scores == nullptr || !scores->uf1.mean.value) continue;
    if (scores->uf1.high - scores->uf1.low > width) {
      width = scores->uf1.high - scores->uf1.low;
      widest = &model;
    }
  }
  if (widest == nullptr) return;
  const SpreadCell& cell = widest->find(kAll)->uf1;
  out.push_back(fmt::format("Between seeds, UF1 varies most for {}: {} to {} over {} seeds.", widest->name, four_decimals(cell.low),
                            four_decimals(cell.high), widest->runs.size()));
}

void largest_class(const ReportView& view, std::vector<std::string>& out) {
  for (const ScopeGroup& group : view.scopes) {
    if (group.scope != kAll || !group.largest_class_uf1 || !group.largest_class_uar || !group.largest_class_accuracy) continue;
    out.push_back(fmt::format("For scale: always answering '{}', the largest class, would give UF1 {}, UAR {} and accuracy {}.",
                              group.largest_class, four_decimals(*group.largest_class_uf1), four_decimals(*group.largest_class_uar),
                              four_decimals(*group.largest_class_accuracy)));
  }
}

void published(const ReportView& view, std::vector<std::string>& out) {
  if (view.models.size() != 1) return;
  for (const PublishedView& result : view.published) {
    for (const PublishedRow& row : result.rows) {
      if (row.scope != kAll || row.metric != "UF1" || !row.difference) continue;
      const std::string size = four_decimals(*row.difference < 0 ? -*row.difference : *row.difference);
      const std::string relation = size == "0.0000" ? "equal to four decimals" : size + (*row.difference < 0 ? " below it" : " above it");
      out.push_back(fmt::format("The published UF1 ({}) is {}; ours is {}.", result.source.id, four_decimals(row.published), relation));
    }
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
  if (const auto invalid = with("INVALID"); invalid > 0) {
    out.push_back(
        fmt::format("{} INVALID: {} scores are not evidence, whatever their size.", phrase(invalid), invalid == 1 ? "its" : "their"));
  }
  if (const auto open = with("UNAUDITED"); open > 0) {
    out.push_back(fmt::format("{} UNAUDITED: not every rule was checked, so a leak is not excluded.", phrase(open)));
  }
  if (const auto valid = with("VALID"); valid == runs) out.push_back(fmt::format("{} VALID.", phrase(valid)));
}

}  // namespace

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
  largest_class(view, out);
  published(view, out);
  if (!view.runs.empty()) verdicts(view, out);
  if (const std::size_t open = view.incomplete.size(); open > 0) {
    out.push_back(fmt::format("{} {} incomplete; no score of {} is shown.", counted(static_cast<std::int64_t>(open), "run"),
                              open == 1 ? "is" : "are", open == 1 ? "it" : "them"));
  }
  return out;
}

}  // namespace mexbench::reports
