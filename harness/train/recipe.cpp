#include "harness/train/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace mexbench::train {
namespace {

class Checker {
 public:
  void require(bool holds, std::string message) {
    if (holds) return;
    core::Diagnostic diagnostic;
    diagnostic.message = std::move(message);
    problems_.push_back(std::move(diagnostic));
  }
  [[nodiscard]] core::Status status() && {
    if (problems_.empty()) return {};
    return core::Error(core::ErrorCode::kUsage, std::move(problems_));
  }

 private:
  std::vector<core::Diagnostic> problems_;
};

bool in_unit(double value) { return value >= 0.0 && value < 1.0; }
bool not_negative(double value) { return std::isfinite(value) && value >= 0.0; }

// Minus the logarithm of the label's softmax, in double precision.
double cross_entropy(std::span<const float> logits, std::size_t label) {
  double highest = logits[0];
  for (const float logit : logits) highest = std::max(highest, static_cast<double>(logit));
  double sum = 0.0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit) - highest);
  return std::log(sum) + highest - static_cast<double>(logits[label]);
}

double squared_excess(double excess) { return excess > 0.0 ? excess * excess : 0.0; }

// One clip's loss without weights and smoothing.
double clip_loss(const Loss& loss, std::span<const float> scores, std::size_t label) {
  if (loss.kind == Loss::Kind::kCapsuleMargin) {
    double out = squared_excess(loss.m_plus - static_cast<double>(scores[label]));
    for (std::size_t other = 0; other < scores.size(); ++other) {
      if (other != label) out += loss.lambda * squared_excess(static_cast<double>(scores[other]) - loss.m_minus);
    }
    return out;
  }
  const double plain = cross_entropy(scores, label);
  if (loss.kind == Loss::Kind::kCrossEntropy) return plain;
  return std::pow(-std::expm1(-plain), loss.gamma) * plain;
}

void check_loss(const Loss& loss, Checker& check) {
  switch (loss.kind) {
    case Loss::Kind::kCrossEntropy:
      check.require(in_unit(loss.label_smoothing), fmt::format("label smoothing {}, need 0 <= smoothing < 1", loss.label_smoothing));
      break;
    case Loss::Kind::kFocal:
      check.require(not_negative(loss.gamma), fmt::format("focal loss with gamma {}, need 0 or more", loss.gamma));
      break;
    case Loss::Kind::kCapsuleMargin:
      check.require(loss.m_minus >= 0.0 && loss.m_minus < loss.m_plus && loss.m_plus <= 1.0,
                    fmt::format("capsule margins {} and {}, need 0 <= m_minus < m_plus <= 1", loss.m_minus, loss.m_plus));
      check.require(not_negative(loss.lambda), fmt::format("capsule margin loss with lambda {}, need 0 or more", loss.lambda));
      break;
  }
}

void check_optimizer(const Optimizer& optimizer, Checker& check) {
  using Kind = Optimizer::Kind;
  check.require(std::isfinite(optimizer.lr) && optimizer.lr > 0.0, fmt::format("learning rate {}, need more than 0", optimizer.lr));
  check.require(not_negative(optimizer.weight_decay), fmt::format("weight decay {}, need 0 or more", optimizer.weight_decay));
  if (optimizer.kind == Kind::kAdam || optimizer.kind == Kind::kAdamW) {
    check.require(in_unit(optimizer.beta1) && in_unit(optimizer.beta2),
                  fmt::format("betas {} and {}, need 0 <= beta < 1", optimizer.beta1, optimizer.beta2));
  } else {
    check.require(in_unit(optimizer.momentum), fmt::format("momentum {}, need 0 <= momentum < 1", optimizer.momentum));
  }
  if (optimizer.kind == Kind::kRmsProp) {
    check.require(in_unit(optimizer.alpha), fmt::format("rmsprop's alpha {}, need 0 <= alpha < 1", optimizer.alpha));
  }
  if (optimizer.kind == Kind::kSgd) {
    check.require(!optimizer.nesterov || optimizer.momentum > 0.0, "nesterov needs a momentum above 0");
  } else {
    check.require(std::isfinite(optimizer.eps) && optimizer.eps > 0.0, fmt::format("optimizer's eps {}, need more than 0", optimizer.eps));
  }
}

void check_step(const AugmentStep& step, Checker& check) {
  using Kind = AugmentStep::Kind;
  const auto positive = [](double value) { return std::isfinite(value) && value > 0.0; };
  check.require(step.probability > 0.0 && step.probability <= 1.0,
                fmt::format("a step of augmentation with probability {}, need more than 0 and at most 1", step.probability));
  switch (step.kind) {
    case Kind::kFlip:
      break;
    case Kind::kShift:
      check.require(step.pixels >= 1, fmt::format("shifts of {} pixels, need at least 1", step.pixels));
      break;
    case Kind::kRotate:
      check.require(positive(step.degrees) && step.degrees <= 180.0,
                    fmt::format("rotations of {} degrees, need more than 0 and at most 180", step.degrees));
      break;
    case Kind::kNoise:
      check.require(positive(step.sigma), fmt::format("noise of sigma {}, need more than 0", step.sigma));
      break;
    case Kind::kMixup:
      check.require(positive(step.alpha), fmt::format("mixup of alpha {}, need more than 0", step.alpha));
      break;
    case Kind::kMagnify:
      check.require(positive(step.factor_low) && std::isfinite(step.factor_high) && step.factor_high >= step.factor_low,
                    fmt::format("magnification by {} to {}, need 0 < first <= second", step.factor_low, step.factor_high));
      break;
    case Kind::kTemporalJitter:
      check.require(step.frames >= 1, fmt::format("jitter of {} frames, need at least 1", step.frames));
      break;
  }
}

}  // namespace

core::Status check_recipe(const Recipe& recipe) {
  Checker check;
  check.require(recipe.epochs >= 1, fmt::format("{} epochs, need at least 1", recipe.epochs));
  check.require(recipe.batch_size >= 1, fmt::format("batch size {}, need at least 1", recipe.batch_size));
  check_loss(recipe.loss, check);
  check_optimizer(recipe.optimizer, check);
  check.require(!recipe.clip_grad_norm || (std::isfinite(*recipe.clip_grad_norm) && *recipe.clip_grad_norm > 0.0),
                fmt::format("gradient norm clipped at {}, need more than 0", recipe.clip_grad_norm.value_or(0.0)));
  check.require(recipe.sampling == Sampling::kNatural || recipe.shuffle, "clips that are drawn have no order to keep: shuffle is off");
  for (const AugmentStep& step : recipe.augment) check_step(step, check);
  check.require(recipe.selection.patience >= 0, fmt::format("patience {}, need 0 or more", recipe.selection.patience));
  const Schedule& schedule = recipe.schedule;
  if (schedule.kind == Schedule::Kind::kStep) {
    check.require(schedule.step_size >= 1, fmt::format("schedule with step size {}, need at least 1", schedule.step_size));
    check.require(std::isfinite(schedule.gamma) && schedule.gamma > 0.0,
                  fmt::format("schedule with gamma {}, need more than 0", schedule.gamma));
  } else if (schedule.kind == Schedule::Kind::kCosine) {
    check.require(not_negative(schedule.min_lr) && schedule.min_lr <= recipe.optimizer.lr,
                  fmt::format("schedule with min_lr {}, need 0 to the learning rate {}", schedule.min_lr, recipe.optimizer.lr));
  }
  check.require(schedule.warmup_epochs >= 0 && schedule.warmup_epochs < std::max<std::int64_t>(recipe.epochs, 1),
                fmt::format("{} epochs of warm-up, need 0 or more and fewer than the {} epochs", schedule.warmup_epochs, recipe.epochs));
  if (recipe.class_weights.kind == ClassWeights::Kind::kList) {
    for (const double weight : recipe.class_weights.values) {
      check.require(not_negative(weight), fmt::format("class weight {}, need 0 or more", weight));
    }
  }
  return std::move(check).status();
}

double learning_rate(const Recipe& recipe, std::int64_t epoch) {
  const double lr = recipe.optimizer.lr;
  const std::int64_t warmup = recipe.schedule.warmup_epochs;
  if (epoch <= warmup) return lr * static_cast<double>(epoch) / static_cast<double>(warmup + 1);
  const std::int64_t done = epoch - 1 - warmup;
  switch (recipe.schedule.kind) {
    case Schedule::Kind::kConstant:
      return lr;
    case Schedule::Kind::kStep: {
      const std::int64_t steps = done / recipe.schedule.step_size;
      return lr * std::pow(recipe.schedule.gamma, static_cast<double>(steps));
    }
    case Schedule::Kind::kCosine: {
      const double share =
          (1.0 + std::cos(std::numbers::pi * static_cast<double>(done) / static_cast<double>(recipe.epochs - warmup))) / 2.0;
      return recipe.schedule.min_lr + (lr - recipe.schedule.min_lr) * share;
    }
  }
  return lr;
}

core::Result<std::vector<std::int64_t>> class_indices(const model::TargetView& targets) {
  if (targets.classes < 2) {
    return core::Error(core::ErrorCode::kUsage, fmt::format("targets of {} classes, need at least 2", targets.classes));
  }
  const auto classes = static_cast<std::size_t>(targets.classes);
  if (targets.values.size() % classes != 0) {
    return core::Error(core::ErrorCode::kUsage, fmt::format("{} target values are no rows of {} classes", targets.values.size(), classes));
  }
  std::vector<std::int64_t> labels;
  labels.reserve(targets.values.size() / classes);
  for (std::size_t row = 0; row < targets.values.size(); row += classes) {
    const std::span<const float> values = targets.values.subspan(row, classes);
    const auto ones = std::count(values.begin(), values.end(), 1.0F);
    const auto zeros = std::count(values.begin(), values.end(), 0.0F);
    if (ones != 1 || zeros != targets.classes - 1) {
      return core::Error(core::ErrorCode::kUsage,
                         fmt::format("target row {} is not one-hot: training needs one class per clip", row / classes + 1));
    }
    labels.push_back(std::find(values.begin(), values.end(), 1.0F) - values.begin());
  }
  return labels;
}

core::Result<std::optional<std::vector<double>>> class_weight_values(const ClassWeights& weights, std::span<const std::int64_t> labels,
                                                                     std::int64_t classes) {
  using Values = std::optional<std::vector<double>>;
  if (weights.kind == ClassWeights::Kind::kNone) return Values();
  if (weights.kind == ClassWeights::Kind::kList) {
    if (weights.values.size() != static_cast<std::size_t>(classes)) {
      return core::Error(core::ErrorCode::kUsage, fmt::format("{} class weights for {} classes", weights.values.size(), classes));
    }
    for (const std::int64_t label : labels) {
      if (weights.values[static_cast<std::size_t>(label)] > 0.0) return Values(weights.values);
    }
    return core::Error(core::ErrorCode::kUsage, "every class that has training clips has class weight 0: there is nothing to learn from");
  }
  std::vector<double> counts(static_cast<std::size_t>(classes), 0.0);
  for (const std::int64_t label : labels) counts[static_cast<std::size_t>(label)] += 1.0;
  std::vector<double> values(counts.size(), 0.0);
  for (std::size_t index = 0; index < counts.size(); ++index) {
    if (counts[index] > 0.0) values[index] = static_cast<double>(labels.size()) / (static_cast<double>(classes) * counts[index]);
  }
  return Values(std::move(values));
}

core::Result<double> validation_score(const Selection& selection, const Loss& loss, const model::Scores& scores,
                                      std::span<const std::int64_t> labels) {
  const Selection::Metric metric = selection.metric;
  const auto classes = static_cast<std::size_t>(scores.classes);
  if (labels.empty() || scores.values.size() != labels.size() * classes) {
    return core::Error(core::ErrorCode::kFailed,
                       fmt::format("{} scores for {} validation clips of {} classes", scores.values.size(), labels.size(), classes));
  }
  std::vector<double> hits(classes, 0.0), truths(classes, 0.0), guesses(classes, 0.0);
  double losses = 0.0;
  for (std::size_t clip = 0; clip < labels.size(); ++clip) {
    const std::span<const float> row = std::span(scores.values).subspan(clip * classes, classes);
    if (!std::all_of(row.begin(), row.end(), [](float score) { return std::isfinite(score); })) {
      return core::Error(core::ErrorCode::kFailed, fmt::format("the scores of validation clip {} are not finite", clip + 1));
    }
    const auto label = static_cast<std::size_t>(labels[clip]);
    const auto guess = static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
    truths[label] += 1.0;
    guesses[guess] += 1.0;
    if (guess == label) hits[label] += 1.0;
    losses += clip_loss(loss, row, label);
  }
  if (metric == Selection::Metric::kLoss) return losses / static_cast<double>(labels.size());
  double sum = 0.0;
  double present = 0.0;
  for (std::size_t index = 0; index < classes; ++index) {
    if (truths[index] == 0.0) continue;
    // 2TP + FP + FN = (TP + FN) + (TP + FP) = clips of the class + clips taken for it.
    sum += metric == Selection::Metric::kUf1 ? 2.0 * hits[index] / (truths[index] + guesses[index]) : hits[index] / truths[index];
    present += 1.0;
  }
  return sum / present;
}

bool is_better(Selection::Metric metric, double score, double best) {
  return metric == Selection::Metric::kLoss ? score < best : score > best;
}

}  // namespace mexbench::train
