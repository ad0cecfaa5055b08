#include "harness/train/learner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <numeric>
#include <optional>
#include <utility>

#include "harness/core/failpoint.h"
#include "harness/core/profile.h"
#include "harness/core/random.h"
#include "harness/train/adam.h"
#include "harness/train/augment.h"
#include "harness/train/cause.h"
#include "harness/train/loss.h"
#include "harness/train/memory_format.h"
#include "harness/train/sampler.h"
#include "harness/train/torch_model.h"

namespace mexbench::train {
namespace {

// Clips and their classes, in memory once for all epochs: the caller's, where it is aligned.
struct Clips {
  torch::Tensor inputs;
  std::vector<std::int64_t> labels;
  std::vector<std::int64_t> rows;      // of the shared inputs; empty when they were not told
  std::vector<std::int64_t> datasets;  // a number for each; likewise
  std::int64_t classes = 0;

  [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(labels.size()); }
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
  clips.inputs = borrow(view.inputs);
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
  std::vector<std::int64_t> order(positions.size());
  std::iota(order.begin(), order.end(), 0);
  const auto position_of = [&positions](std::int64_t index) { return positions[static_cast<std::size_t>(index)]; };
  std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return position_of(a) < position_of(b); });
  Clips out;
  out.classes = train.classes;
  out.inputs = torch::cat({train.inputs, validation.inputs}).index_select(0, torch::tensor(order, torch::kInt64));
  for (std::size_t index = 0; index < order.size(); ++index) {
    if (index > 0 && position_of(order[index - 1]) == position_of(order[index])) {
      return usage(fmt::format("manifest position {} is both a training and a validation clip", position_of(order[index])));
    }
  }
  const auto both = [&](const std::vector<std::int64_t>& of_train, const std::vector<std::int64_t>& of_validation) {
    std::vector<std::int64_t> values;
    if (of_train.empty() || of_validation.empty()) return values;  // not told
    for (const std::int64_t source : order) {
      const auto place = static_cast<std::size_t>(source);
      values.push_back(place < of_train.size() ? of_train[place] : of_validation[place - of_train.size()]);
    }
    return values;
  };
  out.labels = both(train.labels, validation.labels);
  out.rows = both(train.rows, validation.rows);
  out.datasets = both(train.datasets, validation.datasets);
  return out;
}

std::unique_ptr<torch::optim::Optimizer> make_optimizer(const Network& network, const Optimizer& spec) {
  const bool adam = spec.kind == Optimizer::Kind::kAdam || spec.kind == Optimizer::Kind::kAdamW;
  if (adam && Adam::takes(network.parameters())) return std::make_unique<Adam>(network.parameters(), spec);
  switch (spec.kind) {
    case Optimizer::Kind::kAdam:
      return std::make_unique<torch::optim::Adam>(
          network.parameters(),
          torch::optim::AdamOptions(spec.lr).betas({spec.beta1, spec.beta2}).eps(spec.eps).weight_decay(spec.weight_decay));
    case Optimizer::Kind::kAdamW:
      return std::make_unique<torch::optim::AdamW>(
          network.parameters(),
          torch::optim::AdamWOptions(spec.lr).betas({spec.beta1, spec.beta2}).eps(spec.eps).weight_decay(spec.weight_decay));
    case Optimizer::Kind::kRmsProp:
      return std::make_unique<torch::optim::RMSprop>(network.parameters(), torch::optim::RMSpropOptions(spec.lr)
                                                                               .alpha(spec.alpha)
                                                                               .eps(spec.eps)
                                                                               .weight_decay(spec.weight_decay)
                                                                               .momentum(spec.momentum)
                                                                               .centered(spec.centered));
    case Optimizer::Kind::kSgd:
      break;
  }
  return std::make_unique<torch::optim::SGD>(
      network.parameters(),
      torch::optim::SGDOptions(spec.lr).momentum(spec.momentum).weight_decay(spec.weight_decay).nesterov(spec.nesterov));
}

// The weights of one epoch, kept aside.
class Snapshot {
 public:
  void take(const Network& network) {
    const torch::NoGradGuard no_gradients;
    tensors_.clear();
    for (const StateTensor& entry : state_tensors(network)) tensors_.push_back(entry.tensor.detach().clone());
  }
  void put_back(Network& network) const {
    const torch::NoGradGuard no_gradients;
    auto source = tensors_.begin();
    for (const StateTensor& entry : state_tensors(network)) assign(network, entry, *source++);
  }

 private:
  std::vector<torch::Tensor> tensors_;
};

// One pass of a network through its epochs.
class Phase {
 public:
  Phase(const Recipe& recipe, const data::ImageChannels& images, const model::FoldContext& context, std::string name, const Clips& clips,
        model::EpochObserver& observer)
      : recipe_(recipe), images_(images), context_(context), name_(std::move(name)), clips_(clips), observer_(observer) {}

  // The epoch of the returned model is `epochs`, or the best one on the validation clips when they are given.
  core::Result<std::unique_ptr<TorchModel>> run(const NetworkFactory& make, std::int64_t epochs, const Clips* validation) {
    torch::manual_seed(core::derive_seed(context_.seed, context_.fold, "init"));
    MEXBENCH_ASSIGN(network_, make());
    MEXBENCH_TRY(lay_out(*network_, recipe_.numerics));
    MEXBENCH_TRY(probe());
    MEXBENCH_ASSIGN(const auto weights, class_weight_values(recipe_.class_weights, clips_.labels, clips_.classes));
    loss_ = LossFunction(recipe_.loss, weights);
    optimizer_ = make_optimizer(*network_, recipe_.optimizer);
    torch::manual_seed(core::derive_seed(context_.seed, context_.fold, "train"));
    shuffle_ = core::RandomStream::derive(context_.seed, context_.fold, "shuffle");
    if (recipe_.sampling != Sampling::kNatural) {
      const bool by_class = recipe_.sampling == Sampling::kClassBalanced;
      if (!by_class && clips_.datasets.empty()) return usage("the recipe balances datasets, but was not told those of the clips");
      sampler_.emplace(by_class ? clips_.labels : clips_.datasets, core::RandomStream::derive(context_.seed, context_.fold, "sampler"));
    }
    if (!recipe_.augment.empty()) MEXBENCH_TRY(open_augmenter());
    inputs_ = augmenter_ ? clips_.inputs : laid_out(clips_.inputs, recipe_.numerics);
    labels_ = torch::tensor(clips_.labels, torch::kInt64);
    order_.resize(clips_.labels.size());

    auto model = std::make_unique<TorchModel>(network_, /*trainable=*/true, recipe_.numerics);
    std::optional<double> best;
    std::int64_t best_epoch = epochs;
    Snapshot snapshot;
    for (std::int64_t epoch = 1; epoch <= epochs; ++epoch) {
      MEXBENCH_ASSIGN(const double loss, train_epoch(epoch));
      model::EpochReport report{.epoch = epoch, .epochs = epochs, .train_loss = loss, .validation_score = std::nullopt, .phase = name_};
      if (validation != nullptr) {
        const Selection::Metric metric = recipe_.selection.metric;
        core::Timed evaluating(context_.profile, "evaluation");
        auto score = validation_score(recipe_.selection, recipe_.loss, scores_of(*network_, validation->inputs, recipe_.numerics),
                                      validation->labels);
        evaluating.stop();
        if (!score) return core::Error(core::ErrorCode::kFailed, fmt::format("epoch {} ({}): {}", epoch, name_, score.error().message()));
        report.validation_score = *score;
        if (!best || is_better(metric, *score, *best)) {
          best = *score;
          best_epoch = epoch;
          if (!recipe_.selection.refit) snapshot.take(*network_);
        }
      }
      model->set_epochs(epoch);
      MEXBENCH_TRY(observer_.on_epoch(report, *model));
      if (best && recipe_.selection.patience > 0 && epoch - best_epoch >= recipe_.selection.patience) break;
    }
    if (best && !recipe_.selection.refit) snapshot.put_back(*network_);
    network_->eval();
    model->set_epochs(best_epoch);
    if (augmenter_) model->set_lineage({augmenter_->lineage(name_)});
    return model;
  }

 private:
  core::Status open_augmenter() {
    if (clips_.rows.empty()) return usage("the recipe augments clips, but it was not told which rows they were taken from");
    if (clips_.inputs.dim() != 4 || clips_.inputs.size(1) != static_cast<std::int64_t>(images_.names.size())) {
      return usage(fmt::format("the recipe augments images of {} named channels, the clips have the shape ({})", images_.names.size(),
                               fmt::join(clips_.inputs.sizes().slice(1), ", ")));
    }
    MEXBENCH_ASSIGN(augmenter_,
                    Augmenter::create(recipe_.augment, images_, core::RandomStream::derive(context_.seed, context_.fold, "augment")));
    return {};
  }

  // A batch of its own in place of `inputs`, and the classes' shares of its clips when they are no longer of one class each.
  torch::Tensor augment(torch::Tensor& inputs, const torch::Tensor& labels, const torch::Tensor& order, std::int64_t begin,
                        std::int64_t epoch) {
    inputs = inputs.clone(torch::MemoryFormat::Contiguous);
    std::vector<std::int64_t> rows;
    for (std::int64_t place = begin; place < begin + inputs.size(0); ++place) {
      const std::int64_t clip = order.defined() ? order_[static_cast<std::size_t>(place)] : place;
      rows.push_back(clips_.rows[static_cast<std::size_t>(clip)]);
    }
    torch::Tensor shares;
    std::span<float> share_numbers;
    if (augmenter_->mixes()) {
      shares = torch::one_hot(labels, clips_.classes).to(torch::kFloat32);
      share_numbers = {shares.data_ptr<float>(), static_cast<std::size_t>(shares.numel())};
    }
    augmenter_->apply({.numbers = {inputs.data_ptr<float>(), static_cast<std::size_t>(inputs.numel())},
                       .channels = inputs.size(1),
                       .height = inputs.size(2),
                       .width = inputs.size(3),
                       .rows = rows,
                       .shares = share_numbers},
                      epoch);
    return shares;
  }

  // One clip through the network before anything is spent on it: does it take the input, and give a logit for every class?
  core::Status probe() {
    try {
      const model::Scores scores = scores_of(*network_, clips_.inputs.narrow(0, 0, 1), recipe_.numerics);
      if (scores.classes == clips_.classes) return {};
      return usage(fmt::format("the network gives {} scores, but there are {} classes", scores.classes, clips_.classes));
    } catch (const std::exception& problem) {
      return forward_error(problem, clips_.inputs.sizes().slice(1));
    }
  }

  // Mean loss over the clips, each taken before its batch's step.
  core::Result<double> train_epoch(std::int64_t epoch) {
    const double lr = learning_rate(recipe_, epoch);
    for (auto& group : optimizer_->param_groups()) group.options().set_lr(lr);
    torch::Tensor order;
    if (sampler_) {
      sampler_->draw(order_);
      order = torch::from_blob(order_.data(), {clips_.count()}, torch::kInt64);
    } else if (recipe_.shuffle) {
      std::iota(order_.begin(), order_.end(), 0);
      shuffle_.shuffle(std::span(order_));
      order = torch::from_blob(order_.data(), {clips_.count()}, torch::kInt64);
    }
    double sum = 0.0;
    std::int64_t batch = 0;
    for (std::int64_t begin = 0; begin < clips_.count(); begin += recipe_.batch_size) {
      ++batch;
      const std::int64_t count = std::min(recipe_.batch_size, clips_.count() - begin);
      double loss = 0.0;
      try {
        const auto stepped = step(order, begin, count, epoch);
        if (!stepped) return failed(epoch, batch, count, stepped.error().message());
        loss = *stepped;
      } catch (const std::exception& problem) {
        return failed(epoch, batch, count, cause_of(problem));
      }
      if (!std::isfinite(loss)) {  // a NaN has a sign, which says nothing
        return failed(epoch, batch, count,
                      fmt::format("the loss is {}, no longer a finite number", std::isnan(loss) ? "nan" : fmt::format("{}", loss)));
      }
      sum += loss * static_cast<double>(count);
    }
    return sum / static_cast<double>(clips_.count());
  }

  // Returns the loss; a loss that is not finite changes no weights.
  core::Result<double> step(const torch::Tensor& order, std::int64_t begin, std::int64_t count, std::int64_t epoch) {
    core::Timed gathering(context_.profile, "batches");
    torch::Tensor inputs;
    torch::Tensor labels;
    if (order.defined()) {
      const torch::Tensor chosen = order.narrow(0, begin, count);
      inputs = inputs_.index_select(0, chosen);
      labels = labels_.index_select(0, chosen);
    } else {
      inputs = inputs_.narrow(0, begin, count);
      labels = labels_.narrow(0, begin, count);
    }
    torch::Tensor shares;
    if (augmenter_) shares = augment(inputs, labels, order, begin, epoch);
    gathering.stop();
    for (torch::optim::OptimizerParamGroup& group : optimizer_->param_groups()) {
      for (torch::Tensor& parameter : group.params()) parameter.mutable_grad().reset();
    }
    core::failpoint("train.step");
    core::Timed forward(context_.profile, "forward");
    const torch::Tensor scores = network_->forward(laid_out(inputs, recipe_.numerics));
    if (auto problem = loss_.refuses(scores)) return core::Error(core::ErrorCode::kFailed, std::move(*problem));
    const torch::Tensor loss = shares.defined() ? loss_.of_shares(scores, shares) : loss_.of_labels(scores, labels);
    const auto value = loss.item<double>();
    forward.stop();
    if (!std::isfinite(value)) return value;
    core::Timed backward(context_.profile, "backward");
    loss.backward();
    backward.stop();
    const core::Timed stepping(context_.profile, "optimiser");
    if (recipe_.clip_grad_norm) (void)torch::nn::utils::clip_grad_norm_(network_->parameters(), *recipe_.clip_grad_norm);
    optimizer_->step();
    return value;
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
  std::shared_ptr<Network> network_;
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
  core::RandomStream shuffle_{0};
  std::optional<BalancedSampler> sampler_;
  std::unique_ptr<Augmenter> augmenter_;
  LossFunction loss_;
  torch::Tensor inputs_;  // of clips_, laid out as the network reads them unless they are augmented first
  torch::Tensor labels_;
  std::vector<std::int64_t> order_;
};

using Fitted = core::Result<std::unique_ptr<model::FittedModel>>;

Fitted upcast(core::Result<std::unique_ptr<TorchModel>> model) {
  if (!model) return std::move(model).error();
  return std::unique_ptr<model::FittedModel>(std::move(*model));
}

Fitted fit_network(const NetworkFactory& make, const Recipe& recipe, const data::ImageChannels& images, const model::TrainView& train,
                   const model::ValidationView& validation, const model::FoldContext& context, model::EpochObserver& observer) {
  MEXBENCH_TRY(check_recipe(recipe));
  MEXBENCH_ASSIGN(const Clips inner, make_clips(train, "training"));
  if (recipe.selection.kind == Selection::Kind::kFixedEpoch) {
    if (validation.inputs.clips() > 0) return usage("validation clips were given, but selection fixed_epoch looks at none");
    return upcast(Phase(recipe, images, context, "train", inner, observer).run(make, recipe.epochs, nullptr));
  }
  MEXBENCH_ASSIGN(const Clips held_out, make_clips(validation, "validation"));
  if (held_out.classes != inner.classes || held_out.inputs.sizes().slice(1) != inner.inputs.sizes().slice(1)) {
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

}  // namespace

LibTorchLearner::LibTorchLearner(NetworkFactory make, Recipe recipe, data::ImageChannels images)
    : make_(std::move(make)), recipe_(std::move(recipe)), images_(std::move(images)) {}

core::Result<std::unique_ptr<model::FittedModel>> LibTorchLearner::fit(const model::TrainView& train,
                                                                       const model::ValidationView& validation,
                                                                       const model::FoldContext& context, model::EpochObserver& observer) {
  prepare_process();
  try {
    return fit_network(make_, recipe_, images_, train, validation, context, observer);
  } catch (const std::exception& problem) {
    return core::Error(core::ErrorCode::kFailed, cause_of(problem));
  }
}

}  // namespace mexbench::train
