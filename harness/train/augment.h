// Carries out a recipe's augmentation on the batches of one phase of training, and keeps account of which clips went into what it made.
// Torch-free; private to this room.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "harness/core/random.h"
#include "harness/core/sha256.h"
#include "harness/data/channels.h"
#include "harness/model/learner.h"
#include "harness/train/recipe.h"

namespace mexbench::train {

// Clips that a step of training is about to see; changed in place.
struct Batch {
  std::span<float> numbers;  // clips x channels x height x width
  std::int64_t channels = 0, height = 0, width = 0;
  std::span<const std::int64_t> rows;  // of the shared inputs, one per clip
  std::span<float> shares;             // clips x classes, what mixup blends beside the images; may be empty without mixup
};

class Augmenter {
 public:
  // Fails with kUsage when a step means nothing for such images.
  static core::Result<std::unique_ptr<Augmenter>> create(std::vector<AugmentStep> steps, data::ImageChannels images,
                                                         core::RandomStream stream);

  [[nodiscard]] bool mixes() const;  // whether targets become shares of several classes

  // Equal streams and equal calls give equal bits. `epoch` is 1-based; calls of one epoch follow each other.
  void apply(const Batch& batch, std::int64_t epoch);

  // Of everything done so far; ends the object's use.
  [[nodiscard]] model::Lineage lineage(std::string phase);

 private:
  // What became of one clip of a batch.
  struct Child {
    std::set<std::int64_t> parents;
    std::string steps;  // "flip;shift(1,-2)"; empty: nothing was done
  };

  Augmenter(std::vector<AugmentStep> steps, data::ImageChannels images, core::RandomStream stream);
  [[nodiscard]] std::string change(const AugmentStep& step, std::span<float> clip, const Batch& batch);
  void mix(const AugmentStep& step, const Batch& batch, std::vector<Child>& children);
  void record(const std::vector<Child>& children, std::int64_t epoch);

  std::vector<AugmentStep> steps_;
  data::ImageChannels images_;
  std::vector<data::ChannelKind> kinds_;
  core::RandomStream stream_;
  std::vector<float> scratch_;
  std::int64_t epoch_ = 0;
  std::int64_t drawn_ = 0;  // clips of the epoch so far
  std::int64_t children_ = 0;
  std::set<std::int64_t> parents_;
  core::Sha256 ids_;
};

}  // namespace mexbench::train
