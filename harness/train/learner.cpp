#include "harness/train/learner.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "harness/core/profile.h"
#include "harness/core/random.h"
#include "harness/train/adam.h"
#include "harness/train/cause.h"
#include "harness/train/epochs.h"
#include "harness/train/loss.h"
#include "harness/train/memory_format.h"
#include "harness/train/torch_model.h"

namespace mexbench::train {
namespace {

core::Error usage(std::string message) { return {core::ErrorCode::kUsage, std::move(message)}; }

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

class LibTorchTrainee final : public Trainee {
 public:
  static core::Result<std::unique_ptr<Trainee>> make(const NetworkFactory& make_network, const PhaseClips& clips, const Recipe& recipe,
                                                     const model::FoldContext& context) {
    torch::manual_seed(core::derive_seed(context.seed, context.fold, "init"));
    MEXBENCH_ASSIGN(std::shared_ptr<Network> network, make_network());
    MEXBENCH_TRY(lay_out(*network, recipe.numerics));
    auto out = std::make_unique<LibTorchTrainee>(std::move(network), clips, recipe);
    MEXBENCH_TRY(out->probe(clips.classes));
    torch::manual_seed(core::derive_seed(context.seed, context.fold, "train"));
    return std::unique_ptr<Trainee>(std::move(out));
  }

  LibTorchTrainee(std::shared_ptr<Network> network, const PhaseClips& clips, const Recipe& recipe)
      : recipe_(recipe),
        network_(std::move(network)),
        model_(std::make_unique<TorchModel>(network_, /*trainable=*/true, recipe.numerics)),
        optimizer_(make_optimizer(*network_, recipe.optimizer)),
        loss_(recipe.loss, clips.class_weights),
        inputs_(borrow(clips.inputs)) {
    if (recipe.augment.empty()) inputs_ = laid_out(inputs_, recipe.numerics);
  }

  core::Result<double> step(const TrainingBatch& batch, double learning_rate, core::Profile* profile) override {
    try {
      return steps(batch, learning_rate, profile);
    } catch (const std::exception& problem) {
      return core::Error(core::ErrorCode::kFailed, cause_of(problem));
    }
  }
  core::Result<model::Scores> scores(const model::TensorView& inputs) override {
    return scores_of(*network_, borrow(inputs), recipe_.numerics);
  }
  void keep() override { snapshot_.take(*network_); }
  void put_back() override { snapshot_.put_back(*network_); }
  EpochModel& model() override { return *model_; }
  std::unique_ptr<EpochModel> take_model() override {
    network_->eval();
    return std::move(model_);
  }

 private:
  // One clip through the network before anything is spent on it: does it take the input, and give a logit for every class?
  core::Status probe(std::int64_t classes) {
    try {
      const model::Scores scores = scores_of(*network_, inputs_.narrow(0, 0, 1), recipe_.numerics);
      if (scores.classes == classes) return {};
      return usage(fmt::format("the network gives {} scores, but there are {} classes", scores.classes, classes));
    } catch (const std::exception& problem) {
      return forward_error(problem, inputs_.sizes().slice(1));
    }
  }

  core::Result<double> steps(const TrainingBatch& batch, double learning_rate, core::Profile* profile) {
    core::Timed gathering(profile, "batches");
    torch::Tensor inputs;
    if (batch.numbers != nullptr) {
      std::vector<std::int64_t> shape = inputs_.sizes().vec();
      shape.front() = batch.count;
      inputs = torch::from_blob(const_cast<float*>(batch.numbers), shape, torch::kFloat32);  // only read
    } else if (!batch.places.empty()) {
      inputs = inputs_.index_select(0, tensor_of(batch.places));
    } else {
      inputs = inputs_.narrow(0, batch.first, batch.count);
    }
    const torch::Tensor labels = tensor_of(batch.labels);
    torch::Tensor shares;
    if (!batch.shares.empty()) {
      const std::int64_t classes = static_cast<std::int64_t>(batch.shares.size()) / batch.count;
      shares = torch::from_blob(const_cast<float*>(batch.shares.data()), {batch.count, classes}, torch::kFloat32).clone();
    }
    gathering.stop();
    for (torch::optim::OptimizerParamGroup& group : optimizer_->param_groups()) {
      group.options().set_lr(learning_rate);
      for (torch::Tensor& parameter : group.params()) parameter.mutable_grad().reset();
    }
    core::Timed forward(profile, "forward");
    const torch::Tensor scores = network_->forward(laid_out(inputs, recipe_.numerics));
    if (auto problem = loss_.refuses(scores)) return core::Error(core::ErrorCode::kFailed, std::move(*problem));
    const torch::Tensor loss = shares.defined() ? loss_.of_shares(scores, shares) : loss_.of_labels(scores, labels);
    const auto value = loss.item<double>();
    forward.stop();
    if (!std::isfinite(value)) return value;
    core::Timed backward(profile, "backward");
    loss.backward();
    backward.stop();
    const core::Timed stepping(profile, "optimiser");
    if (recipe_.clip_grad_norm) (void)torch::nn::utils::clip_grad_norm_(network_->parameters(), *recipe_.clip_grad_norm);
    optimizer_->step();
    return value;
  }

  static torch::Tensor tensor_of(std::span<const std::int64_t> numbers) {
    return torch::tensor(at::ArrayRef<std::int64_t>(numbers.data(), numbers.size()), torch::kInt64);
  }

  const Recipe& recipe_;
  std::shared_ptr<Network> network_;
  std::unique_ptr<TorchModel> model_;
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
  LossFunction loss_;
  torch::Tensor inputs_;  // of the clips, laid out as the network reads them unless they are augmented first
  Snapshot snapshot_;
};

}  // namespace

LibTorchLearner::LibTorchLearner(NetworkFactory make, Recipe recipe, data::ImageChannels images)
    : make_(std::move(make)), recipe_(std::move(recipe)), images_(std::move(images)) {}

core::Result<std::unique_ptr<model::FittedModel>> LibTorchLearner::fit(const model::TrainView& train,
                                                                       const model::ValidationView& validation,
                                                                       const model::FoldContext& context, model::EpochObserver& observer) {
  prepare_process();
  try {
    const MakeTrainee make = [this](const PhaseClips& clips, const Recipe& recipe, const model::FoldContext& of) {
      return LibTorchTrainee::make(make_, clips, recipe, of);
    };
    return fit_by_epochs(make, recipe_, images_, train, validation, context, observer);
  } catch (const std::exception& problem) {
    return core::Error(core::ErrorCode::kFailed, cause_of(problem));
  }
}

}  // namespace mexbench::train
