#include "harness/train/loss.h"

#include <fmt/format.h>

namespace mexbench::train {
namespace {

torch::Tensor squared_excess(const torch::Tensor& excess) { return excess.clamp_min(0.0).square(); }

}  // namespace

LossFunction::LossFunction(const Loss& loss, const std::optional<std::vector<double>>& class_weights) : loss_(loss) {
  if (class_weights) class_weights_ = torch::tensor(*class_weights, torch::kFloat32);
}

torch::Tensor LossFunction::of_labels(const torch::Tensor& scores, const torch::Tensor& labels) const {
  if (loss_.kind == Loss::Kind::kCrossEntropy) {
    return torch::nn::functional::cross_entropy(
        scores, labels, torch::nn::functional::CrossEntropyFuncOptions().weight(class_weights_).label_smoothing(loss_.label_smoothing));
  }
  const torch::Tensor losses = of_each_class(scores).gather(1, labels.unsqueeze(1)).squeeze(1);
  if (!class_weights_.defined()) return losses.mean();
  const torch::Tensor weights = class_weights_.index_select(0, labels);
  return (losses * weights).sum() / weights.sum();
}

torch::Tensor LossFunction::of_shares(const torch::Tensor& scores, const torch::Tensor& shares) const {
  const torch::Tensor weights = class_weights_.defined() ? class_weights_ : torch::ones({scores.size(1)});
  torch::Tensor targets = shares;
  if (loss_.kind == Loss::Kind::kCrossEntropy && loss_.label_smoothing > 0.0) {
    targets = shares * (1.0 - loss_.label_smoothing) + loss_.label_smoothing / static_cast<double>(scores.size(1));
  }
  return (targets * weights * of_each_class(scores)).sum() / (shares * weights).sum();
}

// l(i, c) of recipe.h.
torch::Tensor LossFunction::of_each_class(const torch::Tensor& scores) const {
  if (loss_.kind == Loss::Kind::kCapsuleMargin) {
    const torch::Tensor if_other = loss_.lambda * squared_excess(scores - loss_.m_minus);
    return squared_excess(loss_.m_plus - scores) + if_other.sum(1, /*keepdim=*/true) - if_other;
  }
  const torch::Tensor log_p = scores.log_softmax(1);
  if (loss_.kind == Loss::Kind::kCrossEntropy) return -log_p;
  // 1 - p without the digits that a p near 1 would cost; at least a tiny number, where the power of 0 has no gradient.
  return -(-log_p.expm1()).clamp_min(1e-12).pow(loss_.gamma) * log_p;
}

std::optional<std::string> LossFunction::refuses(const torch::Tensor& scores) const {
  if (loss_.kind != Loss::Kind::kCapsuleMargin) return std::nullopt;
  const auto low = scores.min().item<double>();
  const auto high = scores.max().item<double>();
  constexpr double kRounding = 1.0e-5;  // of a length computed in float32
  if (!(low < -kRounding) && !(high > 1.0 + kRounding)) return std::nullopt;
  return fmt::format("the capsule margin loss wants lengths from 0 to 1, the network gives scores from {:.3g} to {:.3g}", low, high);
}

}  // namespace mexbench::train
