#include "harness/train/epochs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <functional>
#include <numeric>
#include <string>
#include <string_view>

#include "harness/core/aligned.h"
#include "harness/core/failpoint.h"
#include "harness/core/memory.h"
#include "harness/core/random.h"
#include "harness/train/augment.h"
#include "harness/train/sampler.h"

namespace mexbench::train {
namespace {

// Clips and their classes, in memory once for all epochs: the caller's, or those of a refit.
struct Clips {
  model::TensorView inputs;
  core::Aligned<float> own;  // numbers of a refit
  std::vector<std::int64_t> labels;
  std::vector<std::int64_t> rows;      // of the shared inputs; empty when they were not told
  std::vector<std::int64_t> datasets;  // a number for each; likewise
  std::int64_t classes = 0;

  [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(labels.size()); }
  [[nodiscard]] std::int64_t numbers_per_clip() const { return inputs.numbers() / inputs.clips(); }
  [[nodiscard]] std::span<const std::int64_t> shape_of_clip() const { return std::span(inputs.shape).subspan(1); }
};

core::Error usage(std::string message) { return {core::ErrorCode::kUsage, std::move(message)}; }

// `view`: a TrainView or a ValidationView.
template <typename View>
core::Result<Clips> make_clips(const View& view, std::string_view what) {
  Clips clips;
  MEXBENCH_ASSIGN(clips.labels, class_indices(view.targets));
  if (view.inputs.clips() <= 0 || view.inputs.numbers() <= 0) return usage(fmt::format("no {} clips", what));
  if (view.inputs.clips() != clips.count()) {
    return usage(fmt::format("{} {} clips, but {} targets", view.inputs.clips(), what, clips.count()));
  }
  for (const std::size_t told : {view.rows.size(), view.datasets.size()}) {
    if (told != 0 && told != clips.labels.size()) {
      return usage(fmt::format("{} {} clips, but rows or datasets of {}", clips.count(), what, told));
    }
  }
  clips.inputs = view.inputs;
  clips.rows.assign(view.rows.begin(), view.rows.end());
  clips.datasets.assign(view.datasets.begin(), view.datasets.end());
  clips.classes = view.targets.classes;
  return clips;
}

core::Status check_positions(std::span<const std::int64_t> positions, const Clips& clips, std::string_view what) {
  if (positions.size() != clips.labels.size()) {
    return usage(fmt::format("{} manifest positions for {} {} clips: a refit needs one for each", positions.size(), clips.count(), what));
  }
  if (std::adjacent_find(positions.begin(), positions.end(), std::greater_equal<>()) != positions.end()) {
    return usage(fmt::format("the manifest positions of the {} clips do not ascend", what));
  }
  return {};
}

// Both together, in the manifest's order.
core::Result<Clips> merge(const Clips& train, std::span<const std::int64_t> train_positions, const Clips& validation,
                          std::span<const std::int64_t> validation_positions) {
  MEXBENCH_TRY(check_positions(train_positions, train, "training"));
  MEXBENCH_TRY(check_positions(validation_positions, validation, "validation"));
  std::vector<std::int64_t> positions(train_positions.begin(), train_positions.end());
  positions.insert(positions.end(), validation_positions.begin(), validation_positions.end());
  std::vector<std::size_t> order(positions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return positions[a] < positions[b]; });
  for (std::size_t index = 1; index < order.size(); ++index) {
    if (positions[order[index - 1]] == positions[order[index]]) {
      return usage(fmt::format("manifest position {} is both a training and a validation clip", positions[order[index]]));
    }
  }
  Clips out;
  out.classes = train.classes;
  const std::int64_t each = train.numbers_per_clip();
  out.own = core::Aligned<float>(each * static_cast<std::int64_t>(order.size()));
  float* to = out.own.data();
  for (const std::size_t source : order) {
    const std::size_t of_train = train.labels.size();
    const float* const from = source < of_train ? train.inputs.data + static_cast<std::int64_t>(source) * each
                                                : validation.inputs.data + static_cast<std::int64_t>(source - of_train) * each;
    to = std::copy_n(from, each, to);
  }
  out.inputs = {.data = out.own.data(), .shape = train.inputs.shape};
  out.inputs.shape[0] = static_cast<std::int64_t>(order.size());
  const auto both = [&](const std::vector<std::int64_t>& of_train, const std::vector<std::int64_t>& of_validation) {
    std::vector<std::int64_t> values;
    if (of_train.empty() || of_validation.empty()) return values;  // not told
    for (const std::size_t place : order) {
      values.push_back(place < of_train.size() ? of_train[place] : of_validation[place - of_train.size()]);
    }
    return values;
  };
  out.labels = both(train.labels, validation.labels);
  out.rows = both(train.rows, validation.rows);
  out.datasets = both(train.datasets, validation.datasets);
  return out;
}

// One pass of a network through its epochs.
class Phase {
 public:
  Phase(const Recipe& recipe, const data::ImageChannels& images, const model::FoldContext& context, std::string name, const Clips& clips,
        model::EpochObserver& observer)
      : recipe_(recipe), images_(images), context_(context), name_(std::move(name)), clips_(clips), observer_(observer) {}

  // The epoch of the returned model is `epochs`, or the best one on the validation clips when they are given.
  core::Result<std::unique_ptr<EpochModel>> run(const MakeTrainee& make, std::int64_t epochs, const Clips* validation) {
    PhaseClips clips{.inputs = clips_.inputs, .labels = clips_.labels, .classes = clips_.classes, .class_weights = std::nullopt};
    MEXBENCH_ASSIGN(clips.class_weights, class_weight_values(recipe_.class_weights, clips_.labels, clips_.classes));
    MEXBENCH_ASSIGN(trainee_, make(clips, recipe_, context_));
    shuffle_ = core::RandomStream::derive(context_.seed, context_.fold, "shuffle");
    if (recipe_.sampling != Sampling::kNatural) {
      const bool by_class = recipe_.sampling == Sampling::kClassBalanced;
      if (!by_class && clips_.datasets.empty()) return usage("the recipe balances datasets, but was not told those of the clips");
      sampler_.emplace(by_class ? clips_.labels : clips_.datasets, core::RandomStream::derive(context_.seed, context_.fold, "sampler"));
    }
    if (!recipe_.augment.empty()) MEXBENCH_TRY(open_augmenter());
    order_.resize(clips_.labels.size());

    std::optional<double> best;
    std::int64_t best_epoch = epochs;
    for (std::int64_t epoch = 1; epoch <= epochs; ++epoch) {
      MEXBENCH_ASSIGN(const double loss, train_epoch(epoch));
      model::EpochReport report{.epoch = epoch, .epochs = epochs, .train_loss = loss, .validation_score = std::nullopt, .phase = name_};
      if (validation != nullptr) {
        MEXBENCH_ASSIGN(report.validation_score, validate(epoch, *validation));
        if (!best || is_better(recipe_.selection.metric, *report.validation_score, *best)) {
          best = *report.validation_score;
          best_epoch = epoch;
          if (!recipe_.selection.refit) trainee_->keep();
        }
      }
      trainee_->model().set_epochs(epoch);
      MEXBENCH_TRY(observer_.on_epoch(report, trainee_->model()));
      if (best && recipe_.selection.patience > 0 && epoch - best_epoch >= recipe_.selection.patience) break;
    }
    if (best && !recipe_.selection.refit) trainee_->put_back();
    std::unique_ptr<EpochModel> model = trainee_->take_model();
    model->set_epochs(best_epoch);
    if (augmenter_) model->set_lineage({augmenter_->lineage(name_)});
    return model;
  }

 private:
  core::Status open_augmenter() {
    if (clips_.rows.empty()) return usage("the recipe augments clips, but it was not told which rows they were taken from");
    const std::span<const std::int64_t> shape = clips_.shape_of_clip();
    if (shape.size() != 3 || shape.front() != static_cast<std::int64_t>(images_.names.size())) {
      return usage(fmt::format("the recipe augments images of {} named channels, the clips have the shape ({})", images_.names.size(),
                               fmt::join(shape, ", ")));
    }
    MEXBENCH_ASSIGN(augmenter_,
                    Augmenter::create(recipe_.augment, images_, core::RandomStream::derive(context_.seed, context_.fold, "augment")));
    augmented_ = core::Aligned<float>(std::min(recipe_.batch_size, clips_.count()) * clips_.numbers_per_clip());
    return {};
  }

  core::Result<double> validate(std::int64_t epoch, const Clips& validation) {
    const core::Timed evaluating(context_.profile, "evaluation");
    MEXBENCH_ASSIGN(const model::Scores scores, trainee_->scores(validation.inputs));
    auto score = validation_score(recipe_.selection, recipe_.loss, scores, validation.labels);
    if (score) return score;
    return core::Error(core::ErrorCode::kFailed, fmt::format("epoch {} ({}): {}", epoch, name_, score.error().message()));
  }

  // Mean loss over the clips, each taken before its batch's step.
  core::Result<double> train_epoch(std::int64_t epoch) {
    const double rate = learning_rate(recipe_, epoch);
    if (sampler_) {
      sampler_->draw(order_);
    } else {
      std::iota(order_.begin(), order_.end(), 0);
      if (recipe_.shuffle) shuffle_.shuffle(std::span(order_));
    }
    double sum = 0.0;
    std::int64_t number = 0;
    for (std::int64_t first = 0; first < clips_.count(); first += recipe_.batch_size) {
      ++number;
      const std::int64_t count = std::min(recipe_.batch_size, clips_.count() - first);
      const auto loss = step(first, count, epoch, rate);
      if (!loss) return failed(epoch, number, count, loss.error().message());
      if (!std::isfinite(*loss)) {  // a NaN has a sign, which says nothing
        return failed(epoch, number, count,
                      fmt::format("the loss is {}, no longer a finite number", std::isnan(*loss) ? "nan" : fmt::format("{}", *loss)));
      }
      sum += *loss * static_cast<double>(count);
    }
    return sum / static_cast<double>(clips_.count());
  }

  core::Result<double> step(std::int64_t first, std::int64_t count, std::int64_t epoch, double rate) {
    try {
      const TrainingBatch batch = gather(first, count, epoch);
      core::failpoint("train.step");
      return trainee_->step(batch, rate, context_.profile);
    } catch (const std::exception& problem) {
      return core::Error(core::ErrorCode::kFailed, core::is_out_of_memory(problem) ? core::out_of_memory() : std::string(problem.what()));
    }
  }

  TrainingBatch gather(std::int64_t first, std::int64_t count, std::int64_t epoch) {
    const auto places = std::span<const std::int64_t>(order_).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
    batch_labels_.clear();
    for (const std::int64_t place : places) batch_labels_.push_back(clips_.labels[static_cast<std::size_t>(place)]);
    TrainingBatch batch{.first = first, .count = count, .places = {}, .labels = batch_labels_, .shares = {}};
    if (augmenter_) {
      const core::Timed augmenting(context_.profile, "batches");
      augment(places, epoch);
      batch.numbers = augmented_.data();
      batch.shares = shares_;
    } else if (sampler_ || recipe_.shuffle) {
      batch.places = places;
    }
    return batch;
  }

  // Fills in the numbers of the clips, and the classes' shares of each when they are no longer of one class.
  void augment(std::span<const std::int64_t> places, std::int64_t epoch) {
    const std::int64_t each = clips_.numbers_per_clip();
    float* to = augmented_.data();
    std::vector<std::int64_t> rows;
    for (const std::int64_t place : places) {
      to = std::copy_n(clips_.inputs.data + place * each, each, to);
      rows.push_back(clips_.rows[static_cast<std::size_t>(place)]);
    }
    shares_.clear();
    if (augmenter_->mixes()) {
      shares_.assign(places.size() * static_cast<std::size_t>(clips_.classes), 0.0F);
      for (std::size_t clip = 0; clip < places.size(); ++clip) {
        shares_[clip * static_cast<std::size_t>(clips_.classes) + static_cast<std::size_t>(batch_labels_[clip])] = 1.0F;
      }
    }
    const std::span<const std::int64_t> shape = clips_.shape_of_clip();
    augmenter_->apply({.numbers = {augmented_.data(), places.size() * static_cast<std::size_t>(each)},
                       .channels = shape[0],
                       .height = shape[1],
                       .width = shape[2],
                       .rows = rows,
                       .shares = shares_},
                      epoch);
  }

  [[nodiscard]] core::Error failed(std::int64_t epoch, std::int64_t batch, std::int64_t count, const std::string& why) const {
    core::Error error(core::ErrorCode::kFailed, fmt::format("epoch {} ({}), batch {} of {} clips: {}", epoch, name_, batch, count, why));
    if (count == 1) return std::move(error).hint("the batch has one clip, too few for some batch norms: change batch_size");
    return error;
  }

  const Recipe& recipe_;
  const data::ImageChannels& images_;
  const model::FoldContext& context_;
  std::string name_;
  const Clips& clips_;
  model::EpochObserver& observer_;
  std::unique_ptr<Trainee> trainee_;
  core::RandomStream shuffle_{0};
  std::optional<BalancedSampler> sampler_;
  std::unique_ptr<Augmenter> augmenter_;
  std::vector<std::int64_t> order_;
  std::vector<std::int64_t> batch_labels_;
  core::Aligned<float> augmented_;
  std::vector<float> shares_;
};

using Fitted = core::Result<std::unique_ptr<model::FittedModel>>;

Fitted upcast(core::Result<std::unique_ptr<EpochModel>> model) {
  if (!model) return std::move(model).error();
  return std::unique_ptr<model::FittedModel>(std::move(*model));
}

}  // namespace

Fitted fit_by_epochs(const MakeTrainee& make, const Recipe& recipe, const data::ImageChannels& images, const model::TrainView& train,
                     const model::ValidationView& validation, const model::FoldContext& context, model::EpochObserver& observer) {
  MEXBENCH_TRY(check_recipe(recipe));
  MEXBENCH_ASSIGN(const Clips inner, make_clips(train, "training"));
  if (recipe.selection.kind == Selection::Kind::kFixedEpoch) {
    if (validation.inputs.clips() > 0) return usage("validation clips were given, but selection fixed_epoch looks at none");
    return upcast(Phase(recipe, images, context, "train", inner, observer).run(make, recipe.epochs, nullptr));
  }
  MEXBENCH_ASSIGN(const Clips held_out, make_clips(validation, "validation"));
  const auto of_clip = [](const Clips& clips) { return clips.shape_of_clip(); };
  if (held_out.classes != inner.classes || !std::ranges::equal(of_clip(held_out), of_clip(inner))) {
    return usage("training and validation clips differ in shape or number of classes");
  }
  std::optional<Clips> all;
  if (recipe.selection.refit) {
    MEXBENCH_ASSIGN(all, merge(inner, train.positions, held_out, validation.positions));
  }
  auto selected = Phase(recipe, images, context, "select", inner, observer).run(make, recipe.epochs, &held_out);
  if (!selected || !all) return upcast(std::move(selected));
  auto refitted = Phase(recipe, images, context, "refit", *all, observer).run(make, (*selected)->capabilities().epochs, nullptr);
  if (refitted) {
    std::vector<model::Lineage> lineage = (*selected)->lineage();
    for (model::Lineage& of_refit : (*refitted)->lineage()) lineage.push_back(std::move(of_refit));
    (*refitted)->set_lineage(std::move(lineage));
  }
  return upcast(std::move(refitted));
}

}  // namespace mexbench::train
