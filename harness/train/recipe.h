// A recipe says how a network is trained: the `train` section of an experiment, without its YAML. Torch-free.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/model/learner.h"

namespace mexbench::train {

// LibTorch's Adam (Kingma and Ba, ICLR 2015; weight decay added to the gradient, not decoupled) and SGD.
struct Optimizer {
  enum class Kind { kAdam, kSgd };
  Kind kind = Kind::kAdam;
  double lr = 1.0e-3;
  double weight_decay = 0.0;
  double beta1 = 0.9, beta2 = 0.999, eps = 1.0e-8;  // Adam
  double momentum = 0.0;                            // SGD
  bool nesterov = false;                            // SGD; needs momentum
};

// The learning rate of an epoch; it does not change inside one.
struct Schedule {
  enum class Kind { kConstant, kStep, kCosine };
  Kind kind = Kind::kConstant;
  std::int64_t step_size = 30;  // step: epochs between drops
  double gamma = 0.1;           // step: factor of a drop
  double min_lr = 0.0;          // cosine: what the rate reaches after the last planned epoch
};

// How the epoch is chosen whose weights are kept.
struct Selection {
  enum class Kind {
    kFixedEpoch,     // the last one; nothing is looked at
    kInnerSubjects,  // the best one on validation subjects taken from the training side; the earliest wins ties
  };
  enum class Metric { kUf1, kUar, kLoss };
  Kind kind = Kind::kFixedEpoch;
  Metric metric = Metric::kUf1;
  // Train again, from the same initial weights, on training and validation clips together for the chosen number of epochs. Otherwise the
  // weights of the chosen epoch are kept, and the validation clips stay unseen.
  bool refit = true;
};

struct ClassWeights {
  enum class Kind {
    kNone,
    kBalanced,  // clips / (classes * clips of the class), from the clips trained on; 0 for a class without any
    kList,
  };
  Kind kind = Kind::kNone;
  std::vector<double> values;  // kList: one per class
};

struct Recipe {
  std::int64_t epochs = 0;
  std::int64_t batch_size = 0;  // clips per step; the last batch of an epoch may be smaller
  bool shuffle = true;          // a new order for every epoch; otherwise the manifest's order throughout
  Optimizer optimizer;
  Schedule schedule;
  Selection selection;
  ClassWeights class_weights;
};

// Fails with kUsage and one diagnostic per value that is out of its range.
[[nodiscard]] core::Status check_recipe(const Recipe& recipe);

// Learning rate of an epoch (1-based). The horizon is always recipe.epochs, so that a refit that stops earlier repeats the rates of the
// selection phase:  step: lr * gamma^floor((epoch-1)/step_size)   cosine: min_lr + (lr-min_lr) * (1 + cos(pi * (epoch-1)/epochs)) / 2
[[nodiscard]] double learning_rate(const Recipe& recipe, std::int64_t epoch);

// The class of every clip. Fails with kUsage when the sizes do not fit together or a row is not one-hot, which cross-entropy training
// needs.
[[nodiscard]] core::Result<std::vector<std::int64_t>> class_indices(const model::TargetView& targets);

// One weight per class, or nothing for kNone.
[[nodiscard]] core::Result<std::optional<std::vector<double>>> class_weight_values(const ClassWeights& weights,
                                                                                   std::span<const std::int64_t> labels,
                                                                                   std::int64_t classes);

// The pooled validation score an epoch is chosen by: kUf1 and kUar are means over the classes that have validation clips (a fixed set, so
// that epochs can be compared), kLoss is the mean cross-entropy without class weights. Fails with kFailed on scores that are not finite.
[[nodiscard]] core::Result<double> validation_score(Selection::Metric metric, const model::Scores& scores,
                                                    std::span<const std::int64_t> labels);

// Whether `score` beats `best`: lower for kLoss, higher otherwise; equal does not.
[[nodiscard]] bool is_better(Selection::Metric metric, double score, double best);

}  // namespace mexbench::train
