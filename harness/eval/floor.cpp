#include "harness/eval/floor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <numeric>
#include <set>

#include "harness/core/quantile.h"
#include "harness/core/random.h"
#include "harness/core/text.h"
#include "harness/eval/figure_json.h"

namespace mexbench::eval {
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

constexpr double kLow = 0.025;
constexpr double kHigh = 0.975;
constexpr const char* kSchema = "mexbench.floor/1";

std::int64_t clips_of(const FloorFold& fold) { return std::accumulate(fold.train.begin(), fold.train.end(), std::int64_t{0}); }

// Clips of a fold that are alike to every strategy.
struct Cell {
  std::size_t dataset = 0;  // place in the sorted datasets
  std::size_t truth = 0;
  std::int64_t clips = 0;
};

// What is drawn for one fold.
struct Drawing {
  core::RandomStream stream;
  std::vector<std::int64_t> below;  // training clips of a class and all before it
  std::vector<Cell> cells;          // by dataset and truth

  [[nodiscard]] std::size_t draw() {
    const auto at = static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(below.back())));
    return static_cast<std::size_t>(std::upper_bound(below.begin(), below.end(), at) - below.begin());
  }
};

// The scores of all draws in one scope.
class Drawn {
 public:
  void add(const Figure& figure) {
    ++draws_;
    if (figure.value) {
      values_.push_back(*figure.value);
    } else if (reason_.empty()) {
      reason_ = figure.reason;
    }
  }
  [[nodiscard]] DrawnFigure figure() {
    if (values_.size() < draws_) {
      const std::size_t undefined = draws_ - values_.size();
      std::string why = reason_;
      if (undefined < draws_) why = fmt::format("in {} of {} random draws {}", undefined, draws_, reason_);
      return {.mean = Figure::undefined(std::move(why)), .low = 0.0, .high = 0.0};
    }
    const double sum = std::accumulate(values_.begin(), values_.end(), 0.0);
    const auto [least, most] = std::minmax_element(values_.begin(), values_.end());
    // Rounding must not put the mean of equal draws beside them.
    const double mean = std::clamp(sum / static_cast<double>(draws_), *least, *most);
    return {.mean = Figure::of(mean), .low = core::quantile(values_, kLow), .high = core::quantile(values_, kHigh)};
  }

 private:
  std::vector<double> values_;
  std::size_t draws_ = 0;
  std::string reason_;
};

struct DrawnScope {
  std::string name;
  Drawn uf1, uar, accuracy;
  void add(const ScopeMetrics& metrics) {
    uf1.add(metrics.uf1);
    uar.add(metrics.uar);
    accuracy.add(metrics.accuracy);
  }
};

void clear(Confusion& confusion) {
  for (auto& row : confusion) std::fill(row.begin(), row.end(), 0);
}

class Builder {
 public:
  Builder(const PredictionSet& tested, std::vector<FloorFold> folds, std::int64_t draws) : tested_(tested) {
    assert(draws > 0);
    out_.classes = tested.classes;
    out_.draws = draws;
    out_.folds = std::move(folds);
    std::sort(out_.folds.begin(), out_.folds.end(), [](const FloorFold& a, const FloorFold& b) { return a.fold < b.fold; });
  }

  core::Result<Floor> build() {
    for (std::size_t i = 0; i < out_.folds.size(); ++i) {
      const FloorFold& fold = out_.folds[i];
      assert(fold.train.size() == out_.classes.size());
      if (!places_.emplace(fold.fold, i).second) return Error(ErrorCode::kData, fmt::format("fold '{}' occurs twice", fold.fold.text()));
    }
    MEXBENCH_TRY(add_majority());
    add_stratified();
    return std::move(out_);
  }

 private:
  core::Status add_majority() {
    PredictionSet answers{.classes = tested_.classes, .rows = {}};
    answers.rows.reserve(tested_.rows.size());
    for (const Prediction& row : tested_.rows) {
      const auto place = places_.find(row.fold);
      if (place == places_.end()) {
        return Error(ErrorCode::kData,
                     fmt::format("clip '{}' is tested by fold '{}', whose training clips are not known", row.clip.text(), row.fold.text()));
      }
      const auto answer = majority_class(out_.folds[place->second]);
      if (!answer) {
        for (const std::string& scope : {std::string("all"), row.dataset.text()})
          unanswered_.try_emplace(scope, fmt::format("fold '{}' has no training clips", row.fold.text()));
      }
      answers.rows.push_back({.dataset = row.dataset,
                              .subject = row.subject,
                              .clip = row.clip,
                              .clip_name = {},
                              .fold = row.fold,
                              .truth = row.truth,
                              .predicted = answer.value_or(0),
                              .scores = {}});
    }
    for (const auto& [name, metrics] : evaluate(answers).scopes) {
      FloorScope& scope = out_.scopes[name];
      scope.clips = metrics.clips;
      scope.subjects = metrics.subjects;
      const auto none = unanswered_.find(name);
      if (none == unanswered_.end()) {
        scope.majority = {.uf1 = metrics.uf1, .uar = metrics.uar, .accuracy = metrics.accuracy};
        continue;
      }
      const Figure undefined = Figure::undefined(none->second);
      scope.majority = {.uf1 = undefined, .uar = undefined, .accuracy = undefined};
      scope.uf1.mean = scope.uar.mean = scope.accuracy.mean = undefined;
    }
    return {};
  }

  // One drawing for each fold that has something to draw from.
  [[nodiscard]] std::vector<Drawing> drawings(const std::map<std::string, std::size_t>& datasets) const {
    std::map<core::FoldId, std::map<std::pair<std::size_t, std::size_t>, std::int64_t>> cells;
    for (const Prediction& row : tested_.rows) {
      const auto truth = row.truth.single_class();
      assert(truth && *truth < out_.classes.size());
      ++cells[row.fold][{datasets.at(row.dataset.text()), *truth}];
    }
    std::vector<Drawing> out;
    for (const auto& [id, of_fold] : cells) {
      const FloorFold& fold = out_.folds[places_.at(id)];
      if (clips_of(fold) == 0) continue;
      Drawing drawing{.stream = core::RandomStream::derive(core::Seed{0}, id, "floor"), .below = fold.train, .cells = {}};
      std::partial_sum(fold.train.begin(), fold.train.end(), drawing.below.begin());
      for (const auto& [where, clips] : of_fold) drawing.cells.push_back({.dataset = where.first, .truth = where.second, .clips = clips});
      out.push_back(std::move(drawing));
    }
    return out;
  }

  void add_stratified() {
    std::map<std::string, std::size_t> datasets;  // id -> place
    std::vector<DrawnScope> drawn;                // by place, `all` last
    for (const auto& [name, scope] : out_.scopes) {
      if (name == "all") continue;
      datasets.emplace(name, drawn.size());
      drawn.push_back({.name = name, .uf1 = {}, .uar = {}, .accuracy = {}});
    }
    drawn.push_back({.name = "all", .uf1 = {}, .uar = {}, .accuracy = {}});

    std::vector<Drawing> folds = drawings(datasets);
    const std::size_t classes = out_.classes.size();
    std::vector<Confusion> counts(drawn.size(), Confusion(classes, std::vector<std::int64_t>(classes, 0)));
    for (std::int64_t draw = 0; draw < out_.draws; ++draw) {
      for (Confusion& one : counts) clear(one);
      for (Drawing& fold : folds) {
        for (const Cell& cell : fold.cells) {
          for (std::int64_t clip = 0; clip < cell.clips; ++clip) {
            const std::size_t answer = fold.draw();
            ++counts[cell.dataset][cell.truth][answer];
            ++counts.back()[cell.truth][answer];
          }
        }
      }
      for (std::size_t scope = 0; scope < drawn.size(); ++scope) drawn[scope].add(metrics_of(counts[scope], out_.classes, 0));
    }
    for (DrawnScope& of : drawn) {
      if (unanswered_.contains(of.name)) continue;
      FloorScope& scope = out_.scopes.at(of.name);
      scope.uf1 = of.uf1.figure();
      scope.uar = of.uar.figure();
      scope.accuracy = of.accuracy.figure();
    }
  }

  const PredictionSet& tested_;
  Floor out_;
  std::map<core::FoldId, std::size_t> places_;     // in out_.folds
  std::map<std::string, std::string> unanswered_;  // scope -> why its figures are undefined
};

json drawn_to_json(const DrawnFigure& figure) {
  if (!figure.mean.value) return to_json(figure.mean);
  return {{"mean", *figure.mean.value}, {"low", figure.low}, {"high", figure.high}};
}

DrawnFigure drawn_from_json(const json& owner, const char* key, std::string& problem) {
  const json& source = owner.at(key);
  if (!source.is_object() || !source.contains("mean")) {
    Figure figure = figure_from_json(owner, key, problem);
    if (figure.value && problem.empty()) problem = fmt::format("'{}' is a number, its mean and range are wanted", key);
    return {.mean = std::move(figure), .low = 0.0, .high = 0.0};
  }
  DrawnFigure figure{.mean = Figure::of(source.at("mean")), .low = source.at("low"), .high = source.at("high")};
  if (problem.empty() && (figure.low > figure.high || figure.low < 0.0 || figure.high > 1.0)) {
    problem = fmt::format("'{}' ranges from {} to {}", key, core::format_double(figure.low), core::format_double(figure.high));
  }
  return figure;
}

}  // namespace

std::optional<std::size_t> majority_class(const FloorFold& fold) {
  if (clips_of(fold) == 0) return std::nullopt;
  return static_cast<std::size_t>(std::max_element(fold.train.begin(), fold.train.end()) - fold.train.begin());
}

core::Result<Floor> floor_of(const PredictionSet& tested, std::vector<FloorFold> folds, std::int64_t draws) {
  return Builder(tested, std::move(folds), draws).build();
}

json to_json(const Floor& floor) {
  json folds = json::array();
  for (const FloorFold& fold : floor.folds) {
    const auto answer = majority_class(fold);
    folds.push_back(
        {{"fold", fold.fold.text()}, {"train", fold.train}, {"majority", answer ? json(floor.classes[*answer]) : json(nullptr)}});
  }
  json scopes = json::object();
  for (const auto& [name, scope] : floor.scopes) {
    scopes[name] = {
        {"clips", scope.clips},
        {"subjects", scope.subjects},
        {"majority",
         {{"uf1", to_json(scope.majority.uf1)}, {"uar", to_json(scope.majority.uar)}, {"accuracy", to_json(scope.majority.accuracy)}}},
        {"stratified",
         {{"uf1", drawn_to_json(scope.uf1)}, {"uar", drawn_to_json(scope.uar)}, {"accuracy", drawn_to_json(scope.accuracy)}}}};
  }
  return {
      {"schema", kSchema}, {"classes", floor.classes}, {"draws", floor.draws}, {"folds", std::move(folds)}, {"scopes", std::move(scopes)}};
}

core::Result<Floor> floor_from_json(const json& source, const std::string& file) {
  const auto wrong = [&](std::string message) { return Error::in_file(ErrorCode::kData, file, std::move(message)); };
  try {
    if (const json& schema = source.at("schema"); schema != kSchema) {
      return wrong(fmt::format("schema is {}, \"{}\" is wanted", schema.dump(), kSchema));
    }
    Floor out;
    out.classes = source.at("classes").get<std::vector<std::string>>();
    out.draws = source.at("draws");
    if (out.draws <= 0) return wrong(fmt::format("'draws' is {}, a number above 0 is wanted", out.draws));
    for (const json& entry : source.at("folds")) {
      FloorFold fold{.fold = core::FoldId(entry.at("fold").get<std::string>()), .train = entry.at("train")};
      if (fold.train.size() != out.classes.size() || *std::min_element(fold.train.begin(), fold.train.end()) < 0) {
        return wrong(fmt::format("fold '{}': train is {}, one count for each of {} classes is wanted", fold.fold.text(),
                                 entry.at("train").dump(), out.classes.size()));
      }
      const auto answer = majority_class(fold);
      const json expected = answer ? json(out.classes[*answer]) : json(nullptr);
      if (entry.at("majority") != expected) {
        return wrong(
            fmt::format("fold '{}': majority is {}, its counts give {}", fold.fold.text(), entry.at("majority").dump(), expected.dump()));
      }
      out.folds.push_back(std::move(fold));
    }
    for (const auto& [name, entry] : source.at("scopes").items()) {
      FloorScope scope;
      std::string problem;
      scope.clips = entry.at("clips");
      scope.subjects = entry.at("subjects");
      const json& majority = entry.at("majority");
      scope.majority = {.uf1 = figure_from_json(majority, "uf1", problem),
                        .uar = figure_from_json(majority, "uar", problem),
                        .accuracy = figure_from_json(majority, "accuracy", problem)};
      const json& stratified = entry.at("stratified");
      scope.uf1 = drawn_from_json(stratified, "uf1", problem);
      scope.uar = drawn_from_json(stratified, "uar", problem);
      scope.accuracy = drawn_from_json(stratified, "accuracy", problem);
      if (!problem.empty()) return wrong(fmt::format("scope '{}': {}", name, problem));
      out.scopes.emplace(name, std::move(scope));
    }
    if (!out.scopes.contains("all")) return wrong("has no scope 'all'");
    return out;
  } catch (const json::exception& problem) {
    return wrong(fmt::format("is not a floor file: {}", problem.what()));
  }
}

}  // namespace mexbench::eval
