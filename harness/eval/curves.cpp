#include "harness/eval/curves.h"

#include <fmt/format.h>

#include <cassert>
#include <cstddef>
#include <set>
#include <utility>

#include "harness/core/quantile.h"
#include "harness/eval/figure_json.h"
#include "harness/eval/metrics.h"

namespace mexbench::eval {

using nlohmann::json;

void CurvesBuilder::add(const core::FoldId& fold, std::int64_t epochs_trained, std::span<const EpochScores> epochs,
                        const std::map<core::ClipId, data::Truth>& truths) {
  const std::size_t classes = classes_.size();
  Fold added{.id = fold, .epochs_trained = epochs_trained, .epochs = {}};
  for (const EpochScores& epoch : epochs) {
    if (epoch.phase != epochs.back().phase) continue;
    Counted counted{.epoch = epoch.epoch, .train_loss = epoch.train_loss, .confusion = std::vector<std::int64_t>(classes * classes, 0)};
    for (const auto& [clip, scores] : epoch.scores) {
      const auto truth = truths.at(clip).single_class();
      assert(truth && *truth < classes && scores.size() == classes);
      ++counted.confusion[*truth * classes + argmax(scores)];
    }
    added.epochs.push_back(std::move(counted));
  }
  folds_.push_back(std::move(added));
}

Curves CurvesBuilder::build() const {
  assert(!folds_.empty());
  const std::size_t classes = classes_.size();
  Curves out;
  std::set<std::int64_t> epochs;
  for (const Fold& fold : folds_) {
    out.epochs_trained.emplace(fold.id, fold.epochs_trained);
    for (const Counted& epoch : fold.epochs) epochs.insert(epoch.epoch);
  }
  std::vector<std::size_t> next(folds_.size(), 0);  // first epoch of each fold that lies ahead
  for (const std::int64_t epoch : epochs) {
    Confusion pooled(classes, std::vector<std::int64_t>(classes, 0));
    std::vector<double> losses;
    std::string lacking;
    for (std::size_t f = 0; f < folds_.size(); ++f) {
      const Fold& fold = folds_[f];
      if (next[f] < fold.epochs.size() && fold.epochs[next[f]].epoch == epoch) losses.push_back(fold.epochs[next[f]++].train_loss);
      if (next[f] == 0) {
        if (lacking.empty()) lacking = fold.id.text();
        continue;
      }
      const std::vector<std::int64_t>& counts = fold.epochs[next[f] - 1].confusion;
      for (std::size_t i = 0; i < counts.size(); ++i) pooled[i / classes][i % classes] += counts[i];
    }
    CurvePoint point{.epoch = epoch, .folds = static_cast<std::int64_t>(losses.size()), .test_uf1 = {}};
    for (const double loss : losses) point.train_loss += loss / static_cast<double>(losses.size());
    point.loss_low = core::quantile(losses, 0.025);
    point.loss_high = core::quantile(losses, 0.975);
    point.test_uf1 = lacking.empty() ? metrics_of(pooled, classes_, /*subjects=*/0).uf1
                                     : core::Figure::undefined(fmt::format("fold '{}' has recorded no epoch so far", lacking));
    out.epochs.push_back(std::move(point));
  }
  return out;
}

json to_json(const Curves& curves) {
  json epoch = json::array(), folds = json::array(), mean = json::array(), low = json::array(), high = json::array(), uf1 = json::array();
  for (const CurvePoint& point : curves.epochs) {
    epoch.push_back(point.epoch);
    folds.push_back(point.folds);
    mean.push_back(point.train_loss);
    low.push_back(point.loss_low);
    high.push_back(point.loss_high);
    uf1.push_back(to_json(point.test_uf1));
  }
  json trained = json::object();
  for (const auto& [fold, epochs] : curves.epochs_trained) trained[fold.text()] = epochs;
  return {{"schema", "mexbench.curves/1"},
          {"rule", "the last phase of each fold's training; in test_uf1 a fold without this epoch stands with its last one before"},
          {"epoch", std::move(epoch)},
          {"folds", std::move(folds)},
          {"train_loss", {{"mean", std::move(mean)}, {"low", std::move(low)}, {"high", std::move(high)}}},
          {"test_uf1", std::move(uf1)},
          {"epochs_trained", std::move(trained)}};
}

core::Result<Curves> curves_from_json(const json& source, const std::string& file) {
  Curves out;
  std::string problem;
  try {
    const json& epoch = source.at("epoch");
    const json& folds = source.at("folds");
    const json& loss = source.at("train_loss");
    const json& uf1 = source.at("test_uf1");
    const std::size_t count = epoch.size();
    for (const json* column : {&epoch, &folds, &loss.at("mean"), &loss.at("low"), &loss.at("high"), &uf1}) {
      if (!column->is_array() || column->size() != count) problem = "columns are not lists of one length";
    }
    for (std::size_t i = 0; i < count && problem.empty(); ++i) {
      const json one = {{"test_uf1", uf1.at(i)}};
      out.epochs.push_back({.epoch = epoch.at(i).get<std::int64_t>(),
                            .folds = folds.at(i).get<std::int64_t>(),
                            .train_loss = loss.at("mean").at(i).get<double>(),
                            .loss_low = loss.at("low").at(i).get<double>(),
                            .loss_high = loss.at("high").at(i).get<double>(),
                            .test_uf1 = figure_from_json(one, "test_uf1", problem)});
      if (i > 0 && out.epochs[i].epoch <= out.epochs[i - 1].epoch) problem = "epochs do not ascend";
    }
    if (count == 0 && problem.empty()) problem = "has no epoch";
    const json& trained = source.at("epochs_trained");
    for (const auto& [fold, epochs] : trained.items()) out.epochs_trained.emplace(core::FoldId(fold), epochs.get<std::int64_t>());
    if (out.epochs_trained.empty() && problem.empty()) problem = "has no fold";
  } catch (const json::exception& mistyped) {
    problem = mistyped.what();
  }
  if (!problem.empty()) return core::Error::in_file(core::ErrorCode::kData, file, problem);
  return out;
}

}  // namespace mexbench::eval
