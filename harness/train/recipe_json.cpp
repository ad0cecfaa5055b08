#include "harness/train/recipe_json.h"

#include <array>
#include <string_view>
#include <utility>

namespace mexbench::train {
namespace {

using nlohmann::json;

template <typename Kind, std::size_t N>
Kind kind_of(const json& name, const std::array<std::pair<std::string_view, Kind>, N>& kinds) {
  const auto& text = name.get_ref<const std::string&>();
  for (const auto& [known, kind] : kinds) {
    if (text == known) return kind;
  }
  throw json::other_error::create(501, "'" + text + "' is no kind the recipe has", &name);
}

Loss loss_from(const json& source) {
  using Kind = Loss::Kind;
  Loss loss;
  loss.kind = kind_of<Kind, 3>(
      source.at("name"), {{{"cross_entropy", Kind::kCrossEntropy}, {"focal", Kind::kFocal}, {"capsule_margin", Kind::kCapsuleMargin}}});
  switch (loss.kind) {
    case Kind::kCrossEntropy:
      loss.label_smoothing = source.at("label_smoothing");
      break;
    case Kind::kFocal:
      loss.gamma = source.at("gamma");
      break;
    case Kind::kCapsuleMargin:
      loss.m_plus = source.at("m_plus");
      loss.m_minus = source.at("m_minus");
      loss.lambda = source.at("lambda");
      break;
  }
  return loss;
}

Optimizer optimizer_from(const json& source) {
  using Kind = Optimizer::Kind;
  Optimizer optimizer;
  optimizer.kind = kind_of<Kind, 4>(source.at("name"),
                                    {{{"adam", Kind::kAdam}, {"adamw", Kind::kAdamW}, {"sgd", Kind::kSgd}, {"rmsprop", Kind::kRmsProp}}});
  optimizer.lr = source.at("lr");
  optimizer.weight_decay = source.at("weight_decay");
  switch (optimizer.kind) {
    case Kind::kAdam:
    case Kind::kAdamW:
      optimizer.beta1 = source.at("betas").at(0);
      optimizer.beta2 = source.at("betas").at(1);
      optimizer.eps = source.at("eps");
      break;
    case Kind::kSgd:
      optimizer.momentum = source.at("momentum");
      optimizer.nesterov = source.at("nesterov");
      break;
    case Kind::kRmsProp:
      optimizer.alpha = source.at("alpha");
      optimizer.eps = source.at("eps");
      optimizer.momentum = source.at("momentum");
      optimizer.centered = source.at("centered");
      break;
  }
  return optimizer;
}

Schedule schedule_from(const json& source) {
  using Kind = Schedule::Kind;
  Schedule schedule;
  schedule.kind = kind_of<Kind, 3>(source.at("name"), {{{"constant", Kind::kConstant}, {"step", Kind::kStep}, {"cosine", Kind::kCosine}}});
  schedule.warmup_epochs = source.at("warmup_epochs");
  if (schedule.kind == Kind::kStep) {
    schedule.step_size = source.at("step_size");
    schedule.gamma = source.at("gamma");
  }
  if (schedule.kind == Kind::kCosine) schedule.min_lr = source.at("min_lr");
  return schedule;
}

Selection selection_from(const json& source) {
  using Kind = Selection::Kind;
  using Metric = Selection::Metric;
  Selection selection;
  selection.kind = kind_of<Kind, 2>(source.at("name"), {{{"fixed_epoch", Kind::kFixedEpoch}, {"inner_subjects", Kind::kInnerSubjects}}});
  if (selection.kind == Kind::kInnerSubjects) {
    selection.metric = kind_of<Metric, 3>(source.at("metric"), {{{"uf1", Metric::kUf1}, {"uar", Metric::kUar}, {"loss", Metric::kLoss}}});
    selection.refit = source.at("refit");
    if (source.contains("patience")) selection.patience = source.at("patience");
  }
  return selection;
}

ClassWeights class_weights_from(const json& source) {
  using Kind = ClassWeights::Kind;
  if (source.is_array()) return {.kind = Kind::kList, .values = source.get<std::vector<double>>()};
  return {.kind = kind_of<Kind, 2>(source, {{{"none", Kind::kNone}, {"balanced", Kind::kBalanced}}}), .values = {}};
}

AugmentStep step_from(const json& source) {
  using Kind = AugmentStep::Kind;
  using Border = AugmentStep::Border;
  AugmentStep step;
  step.kind = kind_of<Kind, 7>(source.at("name"), {{{"flip", Kind::kFlip},
                                                    {"shift", Kind::kShift},
                                                    {"rotate", Kind::kRotate},
                                                    {"noise", Kind::kNoise},
                                                    {"mixup", Kind::kMixup},
                                                    {"magnify", Kind::kMagnify},
                                                    {"temporal_jitter", Kind::kTemporalJitter}}});
  if (step.kind != Kind::kMixup) step.probability = source.at("probability");
  if (step.kind == Kind::kShift || step.kind == Kind::kRotate) {
    step.border = kind_of<Border, 2>(source.at("border"), {{{"edge", Border::kEdge}, {"zero", Border::kZero}}});
  }
  switch (step.kind) {
    case Kind::kFlip:
      break;
    case Kind::kShift:
      step.pixels = source.at("pixels");
      break;
    case Kind::kRotate:
      step.degrees = source.at("degrees");
      break;
    case Kind::kNoise:
      step.sigma = source.at("sigma");
      break;
    case Kind::kMixup:
      step.alpha = source.at("alpha");
      break;
    case Kind::kMagnify:
      step.factor_low = source.at("factor").at(0);
      step.factor_high = source.at("factor").at(1);
      break;
    case Kind::kTemporalJitter:
      step.frames = source.at("frames");
      break;
  }
  return step;
}

}  // namespace

Recipe recipe_from_json(const json& train) {
  Recipe recipe;
  recipe.epochs = train.at("epochs");
  recipe.batch_size = train.at("batch_size");
  recipe.shuffle = train.at("shuffle");
  recipe.optimizer = optimizer_from(train.at("optimizer"));
  recipe.schedule = schedule_from(train.at("schedule"));
  recipe.selection = selection_from(train.at("selection"));
  recipe.class_weights = class_weights_from(train.at("class_weights"));
  recipe.loss = loss_from(train.at("loss"));
  recipe.sampling = kind_of<Sampling, 3>(
      train.at("sampler"),
      {{{"natural", Sampling::kNatural}, {"class_balanced", Sampling::kClassBalanced}, {"dataset_balanced", Sampling::kDatasetBalanced}}});
  recipe.numerics =
      kind_of<Numerics, 2>(train.at("numerics"), {{{"contiguous", Numerics::kContiguous}, {"channels_last", Numerics::kChannelsLast}}});
  if (train.contains("augment")) {
    for (const json& step : train.at("augment")) recipe.augment.push_back(step_from(step));
  }
  if (train.contains("clip_grad_norm")) recipe.clip_grad_norm = train.at("clip_grad_norm").get<double>();
  return recipe;
}

}  // namespace mexbench::train
