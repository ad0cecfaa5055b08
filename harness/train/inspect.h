// Looks into a network: its layers in order of execution with shapes, parameters and FLOPs, and the parameters that can't train.
// Torch-free to include.
//
// FLOPs are the arithmetic operations of one clip's forward pass in evaluation mode, counted from shapes; a multiplication and an addition
// are two. With batches of one clip this is what one prediction costs.
//   convolution, linear, matrix products   2 for each multiplication with its addition; a sum begins at the bias, which adds none
//   batch norm                             2 a number: its statistics are fixed, a factor and a term remain
//   layer, group, instance norm            5 a number, and 1 each for weight and bias
//   softmax, log-softmax                   5 a number: maximum, difference, exponential, sum, quotient
//   pooling                                1 for each number of each window, padding included
//   sum, mean, largest, smallest           1 a number read; norm 2, log-sum-exp 4, variance 4
//   element-wise functions, comparisons    1 a number given, however costly (GELU, tanh, exp)
//   copies, views, padding, nearest-neighbour scaling, dropout   0
// Larger operations are counted by the smaller ones that LibTorch makes them of (attention, LSTM, einsum). One that is neither here nor
// made of others is listed as not counted, and never taken for 0.
//
// Parameters that can't train are found by training steps: in training mode, on random clips and targets, with fresh random weights for
// each. What has no gradient at all is *unused*: the forward pass never reads it. What has a gradient of exactly 0 in every try has *no
// gradient*, number by number: the attention weights of a single token, the border of a 3x3 kernel on maps of one position. Tries go on
// until they have found nothing new for half as long as it took so far. A bias before a batch norm has no effect either, but its gradient
// is rounding error and not 0: it is not found.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/train/learner.h"

namespace mexbench::train {

// One operation that the network calls, with the operations it is made of.
struct Layer {
  std::string name;  // module whose parameters it uses, as in the state dictionary ("fc"); the tensor's name where the module has
                     // others inside; several with ", " between; empty: it uses none
  std::string kind;  // LibTorch's name of it: "conv2d", "relu"
  std::vector<std::vector<std::int64_t>> inputs;  // shapes, with one clip; without parameters and scalars
  std::vector<std::int64_t> output;
  std::int64_t parameters = 0;  // learnable numbers that no earlier row has
  std::int64_t flops = 0;
  std::vector<std::string> not_counted;  // operations in it without a rule
};

struct NoGradient {
  std::string parameter;     // as in the state dictionary
  std::int64_t numbers = 0;  // without a gradient
  std::int64_t of = 0;       // numbers of the parameter
  std::string where;         // which: "all", "0 to 509 of dimension 0", or empty: no such simple set
};

struct Cost {
  std::vector<Layer> layers;    // those that compute something or use parameters, in order of execution
  std::int64_t parameters = 0;  // learnable numbers
  std::int64_t flops = 0;
};

struct Untrained {
  std::vector<NoGradient> unused;       // no gradient is defined
  std::vector<NoGradient> no_gradient;  // exactly 0 in all tries
  std::int64_t tries = 0;
  bool complete = true;  // false: the most tries were reached while they still found something new; what is listed may train
};

// `clip`: shape of one, (channels, height, width). Both seed the process-wide generator: equal arguments give equal results. Errors:
// kUsage when the forward pass does not take the clip (cost_of), kFailed when LibTorch gives up in training or no try had finite gradients.
[[nodiscard]] core::Result<Cost> cost_of(const NetworkFactory& make, const std::vector<std::int64_t>& clip);

// How much is tried: fewer clips in a training step, down to the 2 that batch norm needs, and fewer steps, where they would take gigabytes
// and many minutes. `flops` of a clip, as cost_of gives them.
struct StepSize {
  std::int64_t clips = 16;
  std::int64_t most_tries = 200;
};
[[nodiscard]] StepSize step_size(std::int64_t flops);
[[nodiscard]] core::Result<Untrained> find_untrained(const NetworkFactory& make, const std::vector<std::int64_t>& clip,
                                                     const StepSize& step = {});

[[nodiscard]] nlohmann::json to_json(const Cost& cost, const Untrained& untrained);

}  // namespace mexbench::train
