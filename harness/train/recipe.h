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

// What a step makes smaller. l(i, c) is the loss of clip i if it were of class c, s its scores, p their softmax; a batch's loss is
//
//   sum over i, c of t(i, c) w(c) l(i, c)  /  sum over i, c of t(i, c) w(c)
//
// with the class weights w and the targets t: 1 for the clip's class, shares of several classes after mixup.
struct Loss {
  enum class Kind {
    kCrossEntropy,   // -log p(c); smoothing takes (1 - e) t + e / classes for t in the numerator, as PyTorch does
    kFocal,          // -(1 - p(c))^gamma log p(c): Lin, Goyal, Girshick, He, Dollar, ICCV 2017, equation 5
    kCapsuleMargin,  // max(0, m_plus - s(c))^2 + lambda * sum over k != c of max(0, s(k) - m_minus)^2: Sabour, Frosst, Hinton, NeurIPS
                     // 2017, equation 4. s are lengths of capsules, from 0 to 1
  };
  Kind kind = Kind::kCrossEntropy;
  double label_smoothing = 0.0;                      // cross-entropy: e
  double gamma = 2.0;                                // focal
  double m_plus = 0.9, m_minus = 0.1, lambda = 0.5;  // capsule margin
};

// LibTorch's optimisers: Adam (Kingma and Ba, ICLR 2015; weight decay added to the gradient), AdamW (Loshchilov and Hutter, ICLR 2019;
// each step first takes lr * weight_decay of every weight), SGD, RMSprop (eps outside the root).
struct Optimizer {
  enum class Kind { kAdam, kAdamW, kSgd, kRmsProp };
  Kind kind = Kind::kAdam;
  double lr = 1.0e-3;
  double weight_decay = 0.0;
  double beta1 = 0.9, beta2 = 0.999;  // Adam, AdamW
  double eps = 1.0e-8;                // Adam, AdamW, RMSprop
  double alpha = 0.99;                // RMSprop
  bool centered = false;              // RMSprop
  double momentum = 0.0;              // SGD, RMSprop
  bool nesterov = false;              // SGD; needs momentum
};

// The learning rate of an epoch; it does not change inside one.
struct Schedule {
  enum class Kind { kConstant, kStep, kCosine };
  Kind kind = Kind::kConstant;
  std::int64_t step_size = 30;     // step: epochs between drops
  double gamma = 0.1;              // step: factor of a drop
  double min_lr = 0.0;             // cosine: what the rate reaches after the last planned epoch
  std::int64_t warmup_epochs = 0;  // before the schedule begins; fewer than the epochs
};

// Which training clips an epoch is made of.
enum class Sampling {
  kNatural,  // every clip once
  // As many draws with replacement as there are clips: a class (or a dataset) that has clips, each equally likely, then one of its clips.
  kClassBalanced,
  kDatasetBalanced,
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
  std::int64_t patience = 0;  // select no longer after that many epochs without a better score; 0: go through all
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

// One step of augmentation: training batches go through the steps in their order, validation and test clips never do. Values that leave the
// declared range are left as they are. What channels mean: harness/data/channels.h.
struct AugmentStep {
  enum class Kind {
    kFlip,            // left and right change places; u -> low + high - u
    kShift,           // by whole pixels, each direction uniform in -pixels..pixels
    kRotate,          // about the centre by an angle uniform in -degrees..degrees, bilinear; the vectors (u, v) turn with the image
    kNoise,           // Gaussian, sigma as a share of high - low, drawn for every number
    kMixup,           // Zhang, Cisse, Dauphin, Lopez-Paz, ICLR 2018: one lambda of Beta(alpha, alpha) per batch; each clip and its target
                      // become lambda times themselves and 1 - lambda times those of a partner, the batch in a drawn order
    kMagnify,         // a factor, uniform between the two given, on every channel's deviation from its zero
    kTemporalJitter,  // by whole frames, uniform in -frames..frames; the first and the last frame are repeated
  };
  enum class Border { kEdge, kZero };  // what comes in from outside: the nearest pixel, or the channel's zero
  Kind kind = Kind::kFlip;
  double probability = 1.0;  // share of the clips that go through the step; mixup: always 1
  std::int64_t pixels = 0;
  Border border = Border::kEdge;  // shift, rotate
  double degrees = 0.0;
  double sigma = 0.0;
  double alpha = 0.0;
  double factor_low = 1.0, factor_high = 1.0;
  std::int64_t frames = 0;
};

// How images and the weights of convolutions lie in memory while a network trains and its fitted model predicts. It decides which of the
// library's kernels run and in which order they sum: last bits and speed. Weights are saved contiguous in either.
enum class Numerics {
  kContiguous,    // (clips, channels, height, width), as published code has them
  kChannelsLast,  // (clips, height, width, channels)
};

struct Recipe {
  std::int64_t epochs = 0;
  std::int64_t batch_size = 0;  // clips per step; the last batch of an epoch may be smaller
  bool shuffle = true;          // a new order for every epoch; otherwise the manifest's order throughout
  Optimizer optimizer;
  Schedule schedule;
  Selection selection;
  ClassWeights class_weights;
  Loss loss;
  Sampling sampling = Sampling::kNatural;  // others need shuffle
  std::vector<AugmentStep> augment;
  Numerics numerics = Numerics::kContiguous;
  std::optional<double> clip_grad_norm;  // largest Euclidean norm of the gradient of all weights together
};

// Fails with kUsage and one diagnostic per value that is out of its range.
[[nodiscard]] core::Status check_recipe(const Recipe& recipe);

// Learning rate of an epoch (1-based). With w = warmup_epochs, the first w epochs have lr * epoch / (w + 1); then, with e = epoch - w,
//   step: lr * gamma^floor((e-1)/step_size)   cosine: min_lr + (lr-min_lr) * (1 + cos(pi * (e-1)/(epochs-w))) / 2
// The horizon is always recipe.epochs, so that a refit that stops earlier repeats the rates of the selection phase.
[[nodiscard]] double learning_rate(const Recipe& recipe, std::int64_t epoch);

// The class of every clip. Fails with kUsage when the sizes do not fit together or a row is not one-hot, which cross-entropy training
// needs.
[[nodiscard]] core::Result<std::vector<std::int64_t>> class_indices(const model::TargetView& targets);

// One weight per class, or nothing for kNone.
[[nodiscard]] core::Result<std::optional<std::vector<double>>> class_weight_values(const ClassWeights& weights,
                                                                                   std::span<const std::int64_t> labels,
                                                                                   std::int64_t classes);

// The pooled validation score an epoch is chosen by: kUf1 and kUar are means over the classes that have validation clips (a fixed set, so
// that epochs can be compared), kLoss is the mean loss without class weights and label smoothing. Fails with kFailed on scores that are not
// finite.
[[nodiscard]] core::Result<double> validation_score(const Selection& selection, const Loss& loss, const model::Scores& scores,
                                                    std::span<const std::int64_t> labels);

// Whether `score` beats `best`: lower for kLoss, higher otherwise; equal does not.
[[nodiscard]] bool is_better(Selection::Metric metric, double score, double best);

}  // namespace mexbench::train
