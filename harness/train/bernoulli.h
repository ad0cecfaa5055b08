// The random numbers of dropout, drawn as LibTorch draws them in a fifth of its time: in STSTNet's merged layer they are a sixth of an
// epoch.
#pragma once

#include <torch/torch.h>

namespace mexbench::train {

// tensor.bernoulli_(p) from the process-wide generator: the same numbers, row by row, and the same state of the generator afterwards.
// `tensor` is float32; what belongs to one index of its first dimension lies together in memory. 0 <= p <= 1.
void draw_bernoulli(torch::Tensor tensor, double p);

}  // namespace mexbench::train
