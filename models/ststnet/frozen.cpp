// STSTNet's forward pass with fixed weights: convolution, max pooling, one product.
//
// Batch norm turns a number r >= 0 of map m, which comes from ReLU, into s r + t with a fixed scale s = weight / sqrt(running_var + eps)
// and a fixed term t = bias - running_mean s. With g = -1 where s < 0 and 1 elsewhere, s r + t = |s| (g r) + t, which grows with g r, so
// that max pooling may come first: max(s r + t) = |s| max(g r) + t. And g r = g ReLU(c) of the convolution's number c is g c cut off below
// 0 (above 0 where g = -1), which grows with g c, so that the cut may come after max pooling too: on 100 numbers of a map instead of 900.
// g is multiplied into the convolution. |s|, t and the quarter of average pooling are multiplied into the linear layer, in double
// precision.
#include "models/ststnet/ststnet.h"

#include <limits>
#include <utility>
#include <vector>

namespace mexbench::models {
namespace {

constexpr std::int64_t kKernel = 3;
constexpr std::int64_t kSide = 10;  // of a pooled map, as far as average pooling reads it
constexpr std::int64_t kGrid = 5;   // of an averaged one

struct Constants {
  torch::Tensor kernels;          // (in_channels * 3 * 3, maps)
  torch::Tensor kernel_terms;     // (maps)
  torch::Tensor lowest, highest;  // (maps): where the numbers of a map are cut off
  torch::Tensor weights;          // (kSide * kSide * maps, classes)
  torch::Tensor terms;            // (classes)
  std::int64_t in_channels = 0;
  std::int64_t padding = 0;
};

// The numbers under each place of the kernel as (in_channels * 3 * 3, clips * height * width), so that convolution is a matrix product.
torch::Tensor windows(const torch::Tensor& padded) {
  const std::int64_t clips = padded.size(0), channels = padded.size(1), rows = padded.size(2), columns = padded.size(3);
  return padded
      .as_strided({channels, kKernel, kKernel, clips, rows - kKernel + 1, columns - kKernel + 1},
                  {rows * columns, columns, 1, channels * rows * columns, columns, 1})
      .reshape({channels * kKernel * kKernel, -1});
}

torch::Tensor logits(const Constants& constants, const torch::Tensor& input) {
  TORCH_CHECK(input.dim() == 4 && input.size(1) == constants.in_channels, "STSTNet takes (clips, ", constants.in_channels,
              ", height, width)");
  const std::int64_t pad = constants.padding;
  const torch::Tensor padded = torch::constant_pad_nd(input, {pad, pad, pad, pad});
  const std::int64_t clips = input.size(0), rows = padded.size(2) - kKernel + 1, columns = padded.size(3) - kKernel + 1;
  const torch::Tensor maps = torch::addmm(constants.kernel_terms, windows(padded).t(), constants.kernels).view({clips, rows, columns, -1});
  // Maps stand last, as max pooling reads them fastest.
  torch::Tensor pooled = torch::max_pool2d(maps.permute({0, 3, 1, 2}), kKernel, /*stride=*/3, /*padding=*/1).permute({0, 2, 3, 1});
  TORCH_CHECK(pooled.size(1) / 2 == kGrid && pooled.size(2) / 2 == kGrid, "maps of ", rows, "x", columns, " do not pool to ", kGrid, "x",
              kGrid);
  torch::clamp_(pooled, constants.lowest, constants.highest);
  return torch::addmm(constants.terms, pooled.narrow(1, 0, kSide).narrow(2, 0, kSide).reshape({clips, -1}), constants.weights);
}

}  // namespace

train::Network::Frozen Ststnet::frozen() const {
  const torch::NoGradGuard no_gradients;
  const auto exact = [](const std::vector<torch::Tensor>& parts) { return torch::cat(parts).to(torch::kFloat64); };
  const torch::Tensor scale =
      exact({bn1_->weight, bn2_->weight, bn3_->weight}) / (running_var_.to(torch::kFloat64) + bn1_->options.eps()).sqrt();
  const torch::Tensor term = exact({bn1_->bias, bn2_->bias, bn3_->bias}) - running_mean_.to(torch::kFloat64) * scale;
  const torch::Tensor falls = scale < 0;
  const torch::Tensor sign = torch::where(falls, -1.0, 1.0).to(torch::kFloat32);
  const std::int64_t maps = scale.numel();
  // (classes, maps, 5, 1, 5, 1)
  const torch::Tensor linear = fc_->weight.to(torch::kFloat64).view({-1, maps, kGrid, 1, kGrid, 1});
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  Constants constants;
  constants.kernels = (torch::cat({conv1_->weight, conv2_->weight, conv3_->weight}).flatten(1).t() * sign).contiguous();
  constants.kernel_terms = torch::cat({conv1_->bias, conv2_->bias, conv3_->bias}) * sign;
  constants.lowest = torch::where(falls, -kInfinity, 0.0F).to(torch::kFloat32);
  constants.highest = torch::where(falls, 0.0F, kInfinity).to(torch::kFloat32);
  constants.weights = (linear * scale.abs().view({maps, 1, 1, 1, 1}) / 4.0)
                          .expand({-1, maps, kGrid, 2, kGrid, 2})
                          .reshape({-1, maps, kSide * kSide})
                          .permute({2, 1, 0})
                          .reshape({kSide * kSide * maps, -1})
                          .to(torch::kFloat32);
  constants.terms = (fc_->bias.to(torch::kFloat64) + (linear * term.view({maps, 1, 1, 1, 1})).flatten(1).sum(1)).to(torch::kFloat32);
  constants.in_channels = conv1_->options.in_channels();
  constants.padding = padding_;
  return [constants = std::move(constants)](const torch::Tensor& input) { return logits(constants, input); };
}

}  // namespace mexbench::models
