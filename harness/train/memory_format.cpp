#include "harness/train/memory_format.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/train/own_state.h"

namespace mexbench::train {

namespace {

constexpr const char* kContiguousInstead = "use 'numerics: contiguous'";

bool is_safe(const torch::nn::detail::ConvNdOptions<2>& options) {
  constexpr std::int64_t kFewest = 16;  // channels
  const bool single = options.kernel_size()->at(0) == 1 && options.kernel_size()->at(1) == 1;
  const bool strides = options.stride()->at(0) > 1 || options.stride()->at(1) > 1;
  return !single || !strides || std::min(options.in_channels(), options.out_channels()) >= kFewest;
}

}  // namespace

core::Status lay_out(Network& network, Numerics numerics) {
  if (numerics == Numerics::kContiguous) return {};
  if (dynamic_cast<const OwnState*>(&network) != nullptr) {
    return core::Error(core::ErrorCode::kUsage, "'numerics: channels_last' is not offered for scripted modules").hint(kContiguousInstead);
  }
  const torch::NoGradGuard no_gradients;
  for (const auto& module : network.named_modules("", /*include_self=*/false)) {
    auto* const convolution = module.value()->as<torch::nn::Conv2d>();
    if (convolution == nullptr) continue;
    const auto& options = convolution->options;
    if (!is_safe(options)) {
      return core::Error(
                 core::ErrorCode::kUsage,
                 fmt::format("convolution '{}' is 1x1 with a stride and has {} and {} channels: LibTorch does not compute it safely "
                             "in 'numerics: channels_last', which wants at least 16",
                             module.key(), options.in_channels(), options.out_channels()))
          .hint(kContiguousInstead);
    }
    convolution->weight.set_data(laid_out(convolution->weight.detach(), numerics));
  }
  return {};
}

torch::Tensor laid_out(const torch::Tensor& inputs, Numerics numerics) {
  constexpr std::int64_t kImageDimensions = 4;
  if (numerics == Numerics::kContiguous || inputs.dim() != kImageDimensions) return inputs;
  return inputs.contiguous(at::MemoryFormat::ChannelsLast);
}

}  // namespace mexbench::train
