// How the tensors of images lie in memory: the Numerics of a recipe (recipe.h) as LibTorch's memory formats. Private to this room.
#pragma once

#include <torch/torch.h>

#include "harness/core/result.h"
#include "harness/train/network.h"
#include "harness/train/recipe.h"

namespace mexbench::train {

// Lays out the weights of the network's Conv2d modules. Their numbers, names and shapes stay. Channels last fails with kUsage for networks
// that LibTorch 1.13 with oneDNN 2.7 does not compute safely so: its 1x1 convolutions with a stride write beyond their memory where they
// have fewer than 16 channels. What convolutions a scripted module has can't be seen, so it is refused too.
[[nodiscard]] core::Status lay_out(Network& network, Numerics numerics);

// The same numbers, laid out; `inputs` itself where they lie so already or have no four dimensions.
[[nodiscard]] torch::Tensor laid_out(const torch::Tensor& inputs, Numerics numerics);

}  // namespace mexbench::train
