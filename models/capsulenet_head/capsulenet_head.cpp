#include "models/capsulenet_head/capsulenet_head.h"

#include "models/requirements.h"

namespace mexbench::models {
namespace {

const CapsuleNetHeadOptions& checked(const CapsuleNetHeadOptions& options) {
  constexpr std::int64_t kMostRoutings = 1000;
  require_from("in_channels", options.in_channels, 1);
  require_from("conv1_channels", options.conv1_channels, 1);
  require_from("conv1_kernel", options.conv1_kernel, 1);
  require_from("primary_channels", options.primary_channels, 1);
  require_from("primary_kernel", options.primary_kernel, 1);
  require_from("dim_caps", options.dim_caps, 1);
  require_from("in_num_caps", options.in_num_caps, 1);
  require_from("classes", options.classes, 1);
  require_from("out_dim_caps", options.out_dim_caps, 1);
  require_between("routings", options.routings, 1, kMostRoutings);
  return options;
}

torch::Tensor lengths(const torch::Tensor& capsules, bool keepdim) { return capsules.norm(/*p=*/2, /*dim=*/{-1}, keepdim); }

// Keeps the direction and maps the length into [0, 1).
torch::Tensor squash(const torch::Tensor& capsules) {
  const torch::Tensor length = lengths(capsules, /*keepdim=*/true);
  const torch::Tensor square = length * length;
  return square / (1 + square) / (length + 1e-8) * capsules;
}

}  // namespace

// Maps to (clips, capsules, dim_caps): row, column, group.
class CapsuleNetHead::PrimaryCapsules final : public torch::nn::Module {
 public:
  explicit PrimaryCapsules(const CapsuleNetHeadOptions& options)
      : dim_caps_(options.dim_caps),
        conv2d_(torch::nn::Conv2dOptions(options.conv1_channels, options.primary_channels, options.primary_kernel).stride(2)) {
    register_module("conv2d", conv2d_);
  }
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& maps) {
    const torch::Tensor positions = conv2d_->forward(maps).permute({0, 2, 3, 1});
    const std::int64_t numbers = positions.size(1) * positions.size(2) * positions.size(3);
    TORCH_CHECK(numbers % dim_caps_ == 0, "the image gives ", numbers, " numbers, not a multiple of dim_caps, which is ", dim_caps_);
    return squash(positions.reshape({maps.size(0), -1, dim_caps_}));
  }

 private:
  std::int64_t dim_caps_;
  torch::nn::Conv2d conv2d_;
};

// (clips, capsules, dim_caps) to (clips, classes, out_dim_caps).
class CapsuleNetHead::DigitCapsules final : public torch::nn::Module {
 public:
  explicit DigitCapsules(const CapsuleNetHeadOptions& options)
      : routings_(options.routings),
        weight_(register_parameter("weight",
                                   0.01 * torch::randn({options.classes, options.in_num_caps, options.out_dim_caps, options.dim_caps}))) {}
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& capsules) const {
    TORCH_CHECK(capsules.size(1) == weight_.size(1), "the image gives ", capsules.size(1), " primary capsules, in_num_caps is ",
                weight_.size(1));
    const torch::Tensor predicted = torch::einsum("jiod,nid->njio", {weight_, capsules});
    // Only the last round passes gradients to the predictions.
    const torch::Tensor fixed = predicted.detach();
    torch::Tensor agreement = torch::zeros({capsules.size(0), weight_.size(0), weight_.size(1)}, capsules.options());
    for (std::int64_t round = 1; round < routings_; ++round) {
      const torch::Tensor digits = route(agreement, fixed);
      agreement = agreement + torch::matmul(fixed, digits.unsqueeze(-1)).squeeze(-1);
    }
    return route(agreement, predicted);
  }

 private:
  // Every primary capsule divides itself among the digit capsules.
  static torch::Tensor route(const torch::Tensor& agreement, const torch::Tensor& predicted) {
    const torch::Tensor shares = torch::softmax(agreement, /*dim=*/1);
    return squash(torch::matmul(shares.unsqueeze(-2), predicted).squeeze(-2));
  }

  std::int64_t routings_;
  torch::Tensor weight_;
};

CapsuleNetHead::CapsuleNetHead(const CapsuleNetHeadOptions& options)
    : conv1_(torch::nn::Conv2dOptions(checked(options).in_channels, options.conv1_channels, options.conv1_kernel)),
      primary_(std::make_shared<PrimaryCapsules>(options)),
      digits_(std::make_shared<DigitCapsules>(options)) {
  register_module("conv1", conv1_);
  register_module("primarycaps", primary_);
  register_module("digitcaps", digits_);
}

torch::Tensor CapsuleNetHead::forward(torch::Tensor input) {
  return lengths(digits_->forward(primary_->forward(torch::relu(conv1_->forward(input)))), /*keepdim=*/false);
}

}  // namespace mexbench::models
