#include "reports/published.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "harness/stats/calibration.h"
#include "reports/scopes.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

// What a selection rule says, in our words where they mean the same: the source's are its own.
std::string selection_name(const std::string& rule) {
  std::string text = rule;
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return c == '_' ? ' ' : static_cast<char>(std::tolower(c)); });
  if (text.starts_with("last epoch") || text.starts_with("fixed epoch")) return "fixed_epoch";
  if (text.starts_with("inner subjects")) return "inner_subjects";
  return rule;
}

std::string selection_caution(const PublishedResult& source, const ModelView& model) {
  if (source.selection_rule.empty()) return "the source's selection rule is not recorded: part of the difference may be the selection";
  const std::string theirs = selection_name(source.selection_rule);
  // Loaded weights were selected by whoever made them; nothing was chosen here.
  if (theirs == model.selection || (theirs == "fixed_epoch" && model.selection == "loaded weights")) return {};
  return fmt::format("selected by another rule, theirs '{}', ours '{}': part of the difference may be the selection", source.selection_rule,
                     model.selection);
}

// Whether a source's score on `all` is about the datasets of a model.
struct Coverage {
  bool same = true;
  std::string caution;
};

// `named`: datasets that the published results of the experiment have scores of; they stand in for those of a source that names none.
Coverage coverage_of_all(const PublishedResult& source, const std::vector<std::string>& named, const ModelView& model) {
  if (!source.scores.contains(kAll)) return {};
  const std::vector<std::string> own = datasets_of(source.scores);
  const std::vector<std::string>& covered = own.empty() ? named : own;
  std::vector<std::string> absent, unnamed;
  std::set_difference(covered.begin(), covered.end(), model.datasets.begin(), model.datasets.end(), std::back_inserter(absent));
  std::set_difference(model.datasets.begin(), model.datasets.end(), covered.begin(), covered.end(), std::back_inserter(unnamed));
  if (!absent.empty()) {
    return {.same = false,
            .caution = fmt::format("the source's 'all' covers {}, which {} not in this run: no difference is formed for it", listed(absent),
                                   absent.size() == 1 ? "is" : "are")};
  }
  if (covered.empty() && model.datasets.size() == 1) {
    return {.same = false, .caution = "the source names no dataset, so what its 'all' covers is not known: no difference is formed for it"};
  }
  if (!unnamed.empty()) {
    return {.same = true,
            .caution = fmt::format("the source has no scores of {} alone: that its 'all' covers {} is taken for granted", listed(unnamed),
                                   unnamed.size() == 1 ? "it" : "them")};
  }
  return {};
}

// What so few clips leave open about a published figure. A mean over K classes of shares, n_c clips each, varies as a share of
// K^2 / sum(1 / n_c) clips does when the classes are about equally hard; clips of one person are not independent, so the true interval is
// wider. Nothing where every class has kFewEvents clips.
std::optional<stats::ShareInterval> room_of(double published, std::string_view metric, const ScopeView& scope) {
  constexpr std::int64_t kFewEvents = 30;
  double reciprocals = 0.0;
  bool few = false;
  for (const ClassView& one : scope.classes) {
    if (one.clips == 0) return std::nullopt;
    few = few || one.clips < kFewEvents;
    reciprocals += 1.0 / static_cast<double>(one.clips);
  }
  if (!few || scope.classes.empty()) return std::nullopt;
  const auto classes = static_cast<double>(scope.classes.size());
  return stats::wilson_interval_of_share(published,
                                         metric == "accuracy" ? static_cast<double>(scope.clips) : classes * classes / reciprocals);
}

std::vector<PublishedRow> published_rows(const PublishedResult& source, const ModelView* model, bool same_all, const ReportView& report) {
  std::vector<PublishedRow> rows;
  for (const std::string& scope : scope_order(source.scores)) {
    const PublishedScores& scores = source.scores.at(scope);
    const ScopeSpread* ours = model == nullptr || (scope == kAll && !same_all) ? nullptr : model->find(scope);
    const ScopeIntervals* intervals = ours == nullptr ? nullptr : model->intervals_on(scope);
    const auto add = [&](const char* metric, const std::optional<double>& published, SpreadCell ScopeSpread::*figure,
                         IntervalCell ScopeIntervals::*interval) {
      if (!published) return;
      PublishedRow row{.scope = scope, .metric = metric, .published = *published};
      if (ours != nullptr) {
        row.ours = (ours->*figure).mean;
      } else {
        row.absent = model == nullptr ? "no model" : scope == kAll ? "not comparable" : "not in this run";
      }
      if (row.ours && row.ours->value) row.difference = *row.ours->value - *published;
      if (row.difference && intervals != nullptr && (intervals->*interval).there()) {
        row.inside = *(intervals->*interval).low <= *published && *published <= *(intervals->*interval).high;
      }
      if (ours != nullptr) {
        if (const auto room = room_of(*published, metric, *report.runs[model->runs.front()].find(scope))) {
          row.published_low = room->low;
          row.published_high = room->high;
        }
      }
      rows.push_back(std::move(row));
    };
    add("UF1", scores.uf1, &ScopeSpread::uf1, &ScopeIntervals::uf1);
    add("UAR", scores.uar, &ScopeSpread::uar, &ScopeIntervals::uar);
    add("accuracy", scores.accuracy, &ScopeSpread::accuracy, &ScopeIntervals::accuracy);
  }
  return rows;
}

// `model`: the one it stands beside, or null.
PublishedView make_published(const PublishedResult& source, const std::vector<std::string>& named, const ModelView* model,
                             const ReportView& report) {
  PublishedView view;
  view.source = source;
  const auto caution = [&](std::string_view text) {
    if (!text.empty()) view.cautions.emplace_back(text);
  };
  Coverage all;
  if (model == nullptr) {
    caution(source.model_label.empty()
                ? "stands beside no model of the experiment, so no difference is formed"
                : fmt::format("no complete run of model '{}' is here, so no difference is formed", source.model_label));
  } else {
    if (model->invalid) caution(fmt::format("a run of {} is INVALID, so the difference is not evidence", model->name));
    all = coverage_of_all(source, named, *model);
    view.all_caution = all.caution;
    if (!all.same) caution(all.caution);
    caution(selection_caution(source, *model));
  }
  if (source.metric_convention == "fold_averaged") {
    caution("published as a mean over folds, ours is pooled over folds: part of the difference is the convention");
  } else if (source.metric_convention == "unknown") {
    caution("the source does not say how folds were pooled: part of the difference may be the convention");
  }
  if (all.same) caution(all.caution);
  if (!source.read_in_full) caution("the source was not read in full");
  view.rows = published_rows(source, model, all.same, report);
  return view;
}

}  // namespace

void add_published(const ReportData& data, ReportView& view) {
  std::map<std::string, std::set<std::string>> named;  // experiment -> datasets its published results have scores of
  for (const Run& run : data.runs) {
    for (const PublishedResult& result : run.published) {
      const std::vector<std::string> datasets = datasets_of(result.scores);
      named[run.experiment].insert(datasets.begin(), datasets.end());
    }
  }
  std::vector<std::pair<std::string, PublishedResult>> seen;  // every run of an experiment records the same list
  for (const Run& run : data.runs) {
    const std::vector<std::string> datasets(named[run.experiment].begin(), named[run.experiment].end());
    for (const PublishedResult& result : run.published) {
      std::pair<std::string, PublishedResult> entry{run.experiment, result};
      if (std::find(seen.begin(), seen.end(), entry) != seen.end()) continue;
      std::vector<std::size_t> beside;
      for (std::size_t m = 0; m < view.models.size() && !result.model_label.empty(); ++m) {
        if (view.models[m].label == result.model_label && view.models[m].experiment == run.experiment) beside.push_back(m);
      }
      if (beside.empty()) view.published.push_back(make_published(result, datasets, nullptr, view));
      for (const std::size_t m : beside) {
        view.published.push_back(make_published(result, datasets, &view.models[m], view));
        view.published.back().model = m;
      }
      seen.push_back(std::move(entry));
    }
  }
  for (std::size_t i = 0; i < view.published.size(); ++i) view.published[i].anchor = fmt::format("published-{}", i + 1);
}

}  // namespace mexbench::reports
