// report.json: the view as numbers.
#include <nlohmann/json.hpp>

#include "harness/core/version.h"
#include "reports/origins.h"
#include "reports/render.h"

namespace mexbench::reports {
namespace {

using nlohmann::json;

class Json {
 public:
  explicit Json(const ReportView& view) : view_(view) {}

  [[nodiscard]] json report() const {
    json out = {{"schema", "mexbench.report/1"},
                {"mexbench_version", core::kVersion},
                {"title", view_.title},
                {"experiments", view_.experiments},
                {"sentences", view_.sentences}};
    out["intervals"] = view_.interval_method.empty() ? json(nullptr) : json(view_.interval_method);
    out["runs"] = each(view_.runs, [this](const RunView& run) { return run_of(run); });
    out["incomplete"] = each(view_.incomplete, [](const IncompleteView& run) {
      return json{{"model", run.model}, {"seed", run.seed}, {"state", run.state}, {"sealed", run.sealed}, {"planned", run.planned}};
    });
    out["models"] = json::array();
    for (std::size_t m = 0; m < view_.models.size(); ++m) out["models"].push_back(model_of(m));
    out["scopes"] = each(view_.scopes, [this](const ScopeGroup& group) { return scope_of(group); });
    out["comparisons"] = each(view_.comparisons, [this](const ComparisonView& one) { return comparison_of(one); });
    out["subjects"] = each(view_.subjects, [this](const SubjectRow& row) { return subject_of(row); });
    out["calibration"] = each(view_.calibration.models, [this](const CalibrationView& one) { return calibration_of(one); });
    out["without_scores"] = names(view_.calibration.without);
    out["training"] = each(view_.training.runs, [this](const TrainingView& one) { return training_of(one); });
    out["latency"] = latency();
    out["selection"] = selection();
    out["conventions"] = conventions();
    out["influence"] = influence();
    out["published"] = each(view_.published, [this](const PublishedView& one) { return published_of(one); });
    return out;
  }

 private:
  template <typename Items, typename Of>
  static json each(const Items& items, const Of& of) {
    json out = json::array();
    for (const auto& item : items) out.push_back(of(item));
    return out;
  }

  static json optional(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }

  [[nodiscard]] json undefined(std::size_t note) const { return {{"value", nullptr}, {"reason", view_.notes[note - 1]}}; }
  [[nodiscard]] json cell(const FigureCell& figure) const { return figure.value ? json(*figure.value) : undefined(figure.note); }

  // [low, high]; null where none belongs.
  [[nodiscard]] json cell(const IntervalCell& interval) const {
    if (interval.there()) return json::array({*interval.low, *interval.high});
    return interval.note == 0 ? json(nullptr) : undefined(interval.note);
  }

  [[nodiscard]] json spread(const SpreadCell& figure) const {
    if (!figure.mean.value) return cell(figure.mean);
    return {{"mean", *figure.mean.value}, {"low", figure.low}, {"high", figure.high}};
  }

  static json seeds(const OverSeeds& figure) { return {{"mean", figure.mean}, {"low", figure.low}, {"high", figure.high}}; }

  [[nodiscard]] json names(const std::vector<std::size_t>& models) const {
    return each(models, [this](std::size_t model) { return view_.models[model].name; });
  }

  // Ids of the runs that figures were computed from.
  [[nodiscard]] json ids(const Runs& runs) const {
    return each(runs, [this](std::size_t run) { return view_.runs[run].anchor; });
  }
  [[nodiscard]] json ids_of(std::size_t model) const { return ids(view_.models[model].runs); }

  [[nodiscard]] json scores(const ScoreCells& of) const {
    return {{"uf1", cell(of.uf1)}, {"uar", cell(of.uar)}, {"accuracy", cell(of.accuracy)}};
  }

  void add_intervals(const ScopeIntervals* intervals, json& out) const {
    if (intervals == nullptr) return;
    out["uf1_interval"] = cell(intervals->uf1);
    out["uar_interval"] = cell(intervals->uar);
    out["accuracy_interval"] = cell(intervals->accuracy);
  }

  [[nodiscard]] json run_of(const RunView& run) const {
    json scopes = json::object();
    for (const ScopeView& scope : run.scopes) {
      json one = scores(scope.scores);
      one["clips"] = scope.clips;
      one["subjects"] = scope.subjects;
      one["confusion"] = scope.confusion;
      const ScopeIntervals* intervals = run.intervals_on(scope.scope);
      one["classes"] = json::array();
      for (std::size_t c = 0; c < scope.classes.size(); ++c) {
        const ClassView& row = scope.classes[c];
        json of_class = {{"class", row.name},
                         {"clips", row.clips},
                         {"precision", cell(row.precision)},
                         {"recall", cell(row.recall)},
                         {"f1", cell(row.f1)}};
        if (intervals != nullptr) of_class["f1_interval"] = cell(intervals->f1[c]);
        one["classes"].push_back(std::move(of_class));
      }
      add_intervals(intervals, one);
      scopes[scope.scope] = std::move(one);
    }
    return {{"id", run.anchor},         {"model", run.model},          {"experiment", run.experiment}, {"label", run.label},
            {"seed", run.seed},         {"verdict", run.verdict},      {"reasons", run.reasons},       {"classes", run.class_names},
            {"datasets", run.datasets}, {"scopes", std::move(scopes)}, {"command", run.command}};
  }

  [[nodiscard]] json model_of(std::size_t place) const {
    const ModelView& model = view_.models[place];
    json scopes = json::object();
    for (const ScopeSpread& scope : model.scopes) {
      json one = {{"uf1", spread(scope.uf1)}, {"uar", spread(scope.uar)}, {"accuracy", spread(scope.accuracy)}};
      add_intervals(model.intervals_on(scope.scope), one);
      scopes[scope.scope] = std::move(one);
    }
    json out = {{"name", model.name},           {"experiment", model.experiment}, {"label", model.label},
                {"verified", model.verified},   {"selection", model.selection},   {"verdict", model.verdict},
                {"differing", model.differing}, {"datasets", model.datasets},     {"scopes", std::move(scopes)}};
    out["runs"] = ids(model.runs);
    out["seeds"] = each(model.runs, [this](std::size_t run) { return view_.runs[run].seed; });
    if (place < view_.spreads.size()) {
      out["spread"] = {{"seed_deviation", optional(view_.spreads[place].seed_deviation)},
                       {"subject_error", optional(view_.spreads[place].subject_error)}};
    }
    return out;
  }

  [[nodiscard]] json scope_of(const ScopeGroup& group) const {
    json out = {{"scope", group.scope}, {"datasets", group.datasets}, {"title", group.title}};
    out["runs"] = ids(runs_in(view_, group));
    out["clips"] = group.clips ? json(*group.clips) : json(nullptr);
    out["subjects"] = group.subjects ? json(*group.subjects) : json(nullptr);
    out["floors"] = each(group.floors, [this](const FloorView& floor) {
      json runs = each(floor.runs, [this](std::size_t run) {
        return json{{"id", view_.runs[run].anchor}, {"model", view_.runs[run].model}, {"seed", view_.runs[run].seed}};
      });
      return json{
          {"runs", std::move(runs)},
          {"majority", scores(floor.majority)},
          {"draws", floor.draws},
          {"random", {{"uf1", spread(floor.random.uf1)}, {"uar", spread(floor.random.uar)}, {"accuracy", spread(floor.random.accuracy)}}}};
    });
    return out;
  }

  [[nodiscard]] json figure_of(const PairFigure& figure) const {
    return {{"difference", cell(figure.difference)},
            {"interval", cell(figure.interval)},
            {"p", cell(figure.p)},
            {"adjusted_p", optional(figure.adjusted)},
            {"smallest_resolvable", optional(figure.smallest)},
            {"subjects_needed", figure.need ? json(*figure.need) : json(nullptr)}};
  }

  [[nodiscard]] json pair_of(const PairView& pair) const {
    json out = {{"first", view_.models[pair.first].name},
                {"second", view_.models[pair.second].name},
                {"runs", ids(runs_of_pair(view_, pair.first, pair.second))},
                {"planned", pair.planned},
                {"resolved", pair.resolved},
                {"uf1", figure_of(pair.uf1)},
                {"uar", figure_of(pair.uar)},
                {"wilcoxon_p", optional(pair.wilcoxon)}};
    if (pair.practice) {
      const stats::RopeShares& shares = pair.practice->probability;
      out["practice"] = {{"first_better", shares.right}, {"equivalent", shares.rope}, {"second_better", shares.left}};
    }
    if (pair.clips) {
      out["clip_level"] = {{"test", "mcnemar exact"},
                           {"only_first_right", pair.clips->only_first},
                           {"only_second_right", pair.clips->only_second},
                           {"p", pair.clips->exact_p}};
    }
    return out;
  }

  [[nodiscard]] json comparison_of(const ComparisonView& one) const {
    json out = {{"models", names(one.models)},
                {"runs", ids(runs_of_models(view_, one.models))},
                {"datasets", one.datasets},
                {"clips", one.clips},
                {"subjects", one.subjects},
                {"family", one.family},
                {"family_size", one.family_size},
                {"alpha", one.alpha},
                {"equivalence", one.equivalence},
                {"permutations", one.permutations},
                {"notes", one.notes}};
    out["pairs"] = each(one.pairs, [this](const PairView& pair) { return pair_of(pair); });
    if (one.ranks) {
      json ranks = json::array();
      for (std::size_t i = 0; i < one.ranks->models.size(); ++i) {
        ranks.push_back({{"model", view_.models[one.ranks->models[i]].name}, {"rank", one.ranks->ranks.friedman.average_ranks[i]}});
      }
      out["ranks"] = {{"blocks", one.ranks->blocks}, {"friedman_p", one.ranks->ranks.friedman.p}, {"average", std::move(ranks)}};
    } else {
      out["ranks"] = {{"value", nullptr}, {"reason", one.no_ranks}};
    }
    out["influences"] = each(one.influences, [](const SubjectInfluence& influence) {
      return json{{"subject", influence.subject},
                  {"uf1_without", each(influence.uf1, [](const std::optional<double>& uf1) { return optional(uf1); })},
                  {"changes_best", influence.changes_best},
                  {"changes_order", influence.changes_order}};
    });
    return out;
  }

  [[nodiscard]] json subject_of(const SubjectRow& row) const {
    json models = json::object();
    for (std::size_t m = 0; m < row.models.size(); ++m) {
      if (const auto& cell = row.models[m]) {
        models[view_.models[m].name] = {{"clips", cell->clips}, {"correct", cell->correct}, {"accuracy", cell->accuracy}};
      }
    }
    return {{"dataset", row.dataset}, {"subject", row.subject}, {"clips", row.clips}, {"models", std::move(models)}};
  }

  [[nodiscard]] json calibration_of(const CalibrationView& one) const {
    json selective = each(one.selective, [](const SelectiveView& at) {
      return json{{"asked", at.asked}, {"coverage", seeds(at.coverage)}, {"accuracy", seeds(at.accuracy)}};
    });
    json bins = each(one.bins, [](const stats::ReliabilityBin& bin) {
      return json{{"clips", bin.clips},       {"lowest", bin.lowest},
                  {"highest", bin.highest},   {"mean_confidence", bin.mean_confidence},
                  {"accuracy", bin.accuracy}, {"accuracy_interval", {bin.accuracy_interval.low, bin.accuracy_interval.high}}};
    });
    return {{"model", view_.models[one.model].name},
            {"runs", ids_of(one.model)},
            {"clips", one.clips},
            {"seeds", one.seeds},
            {"softmax_seeds", one.softmaxed},
            {"accuracy", seeds(one.accuracy)},
            {"confidence", seeds(one.confidence)},
            {"ece", seeds(one.ece)},
            {"ece_if_calibrated", seeds(one.ece_if_calibrated)},
            {"brier", seeds(one.brier)},
            {"aurc", seeds(one.aurc)},
            {"e_aurc", seeds(one.excess)},
            {"selective", std::move(selective)},
            {"reliability", {{"seed", one.drawn_seed}, {"bins", std::move(bins)}}},
            {"sentences", one.sentences}};
  }

  [[nodiscard]] json training_of(const TrainingView& one) const {
    const RunView& run = view_.runs[one.run];
    return {{"model", run.model},
            {"seed", run.seed},
            {"runs", ids({one.run})},
            {"epochs_recorded", one.epochs},
            {"epochs_trained", {{"least", one.final_least}, {"median", one.final_median}, {"most", one.final_most}}},
            {"sentence", one.sentence}};
  }

  // The measurements as latency.json has them, and what the report makes of them.
  [[nodiscard]] json latency() const {
    const LatencySection& section = view_.latency;
    json runs = each(section.runs, [this](const LatencyView& timed) {
      json record = latency::to_json(timed.record);
      json one = {{"runs", ids({timed.run})}, {"verdict", record.at("verdict")}};
      for (const char* member :
           {"machine", "environment_hash", "timed_region", "series", "stages", "cold_starts", "cost", "peaks", "mer", "rules"})
        one[member] = std::move(record[member]);
      return one;
    });
    json groups = each(section.groups, [&](const LatencyGroup& group) {
      json points = each(group.points, [&](const LatencyPoint& point) {
        return json{
            {"runs", ids({section.runs[point.timed].run})}, {"p50_ms", point.p50},  {"p99_ms", optional(point.p99)}, {"uf1", point.uf1},
            {"uf1_interval", cell(point.interval)},         {"valid", point.valid}, {"pareto_front", point.front}};
      });
      return json{{"series", group.series}, {"points", std::move(points)}};
    });
    return {
        {"runs", std::move(runs)}, {"groups", std::move(groups)}, {"not_timed", ids(section.without)}, {"sentences", section.sentences}};
  }

  [[nodiscard]] json choice_of(const SelectionFigure& figure) const {
    return {{"honest", spread(figure.honest)},
            {"chosen", figure.chosen ? spread(*figure.chosen) : json(nullptr)},
            {"gap", figure.gap ? spread(*figure.gap) : json(nullptr)}};
  }

  [[nodiscard]] json selection() const {
    json groups = each(view_.selection.groups, [this](const SelectionGroup& group) {
      json models = each(group.rows, [this](const SelectionRow& row) {
        json published = each(row.published, [](const PublishedChoice& one) { return json{{"id", one.id}, {"uf1", one.uf1}}; });
        return json{{"model", view_.models[row.model].name},
                    {"runs", ids_of(row.model)},
                    {"seeds_recorded", row.seeds},
                    {"epochs", row.epochs},
                    {"same_in_every_fold", row.alike},
                    {"uf1", choice_of(row.uf1)},
                    {"uar", choice_of(row.uar)},
                    {"published", std::move(published)}};
      });
      json guesser = each(group.curves, [this](const GuessCurve& curve) {
        json points = each(curve.points, [this](const GuessPoint& point) {
          return json{{"epochs", point.epochs}, {"uf1", spread(point.uf1)}, {"uar", spread(point.uar)}};
        });
        return json{{"models", names(curve.models)}, {"runs", ids(runs_of_models(view_, curve.models))}, {"points", std::move(points)}};
      });
      return json{{"scope", view_.scopes[group.scope].scope},
                  {"datasets", view_.scopes[group.scope].datasets},
                  {"models", std::move(models)},
                  {"guesser", std::move(guesser)}};
    });
    return {{"by_subject", view_.selection.by_subject},
            {"draws", view_.selection.draws},
            {"groups", std::move(groups)},
            {"unrecorded", view_.selection.unrecorded},
            {"sentences", view_.selection.sentences}};
  }

  [[nodiscard]] json conventions() const {
    json rows = each(view_.conventions.rows, [this](const ConventionRow& row) {
      json models = json::object();
      for (std::size_t m = 0; m < row.models.size(); ++m) models[view_.models[m].name] = spread(row.models[m]);
      return json{{"id", row.id},   {"name", row.name},       {"formula", row.formula},
                  {"who", row.who}, {"counted", row.counted}, {"models", std::move(models)}};
    });
    return {{"rows", std::move(rows)}, {"sentences", view_.conventions.sentences}};
  }

  [[nodiscard]] json left_out(const InfluenceGroup& group, const InfluenceRow& row) const {
    json models = json::object();
    for (std::size_t i = 0; i < row.models.size(); ++i) {
      models[view_.models[group.models[i]].name] = {{"uf1", cell(row.models[i].without)}, {"change", optional(row.models[i].change)}};
    }
    return {{"subject", row.subject},
            {"clips", row.clips},
            {"changes_best", row.changes_best},
            {"changes_order", row.changes_order},
            {"models", std::move(models)}};
  }

  [[nodiscard]] json influence() const {
    const auto count = [](const std::optional<std::int64_t>& subjects) { return subjects ? json(*subjects) : json(nullptr); };
    json groups = each(view_.influence.groups, [&](const InfluenceGroup& group) {
      json rows = each(group.rows, [&](const InfluenceRow& row) { return left_out(group, row); });
      json pairs = each(group.pairs, [&](const ResolutionRow& row) {
        json needed = json::array();
        for (std::size_t i = 0; i < row.needed.size(); ++i) {
          needed.push_back({{"difference", kAskedDifferences[i]}, {"subjects", count(row.needed[i])}});
        }
        return json{{"runs", ids(runs_of_pair(view_, row.first, row.second))},
                    {"first", view_.models[row.first].name},
                    {"second", view_.models[row.second].name},
                    {"difference", cell(row.difference)},
                    {"smallest_resolvable", optional(row.smallest)},
                    {"subjects_needed", count(row.for_seen)},
                    {"subjects_for", std::move(needed)}};
      });
      return json{{"models", names(group.models)}, {"runs", ids(runs_of_models(view_, group.models))},
                  {"subjects", group.subjects},    {"left_out", std::move(rows)},
                  {"pairs", std::move(pairs)},     {"sentences", group.sentences}};
    });
    return {{"groups", std::move(groups)}, {"sentences", view_.influence.sentences}};
  }

  [[nodiscard]] json published_of(const PublishedView& one) const {
    json out = {{"id", one.source.id},
                {"citation", one.source.citation},
                {"doi", one.source.doi},
                {"where", one.source.where},
                {"metric_convention", one.source.metric_convention},
                {"selection_rule", one.source.selection_rule},
                {"read_in_full", one.source.read_in_full},
                {"cautions", one.cautions}};
    out["model"] = one.model ? json(view_.models[*one.model].name) : json(nullptr);
    out["runs"] = one.model ? ids_of(*one.model) : json::array();
    out["rows"] = each(one.rows, [this](const PublishedRow& row) {
      json ours = row.ours ? cell(*row.ours) : json{{"value", nullptr}, {"reason", row.absent}};
      return json{{"scope", row.scope},
                  {"metric", row.metric},
                  {"published", row.published},
                  {"ours", std::move(ours)},
                  {"difference", optional(row.difference)}};
    });
    return out;
  }

  const ReportView& view_;
};

}  // namespace

std::string render_json(const ReportView& view) { return Json(view).report().dump(1) + "\n"; }

}  // namespace mexbench::reports
