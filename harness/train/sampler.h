// Draws the clips of an epoch so that every group of them counts alike. Torch-free.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/core/random.h"

namespace mexbench::train {

class BalancedSampler {
 public:
  // `groups`: one number per clip; equal numbers are one group. At least one clip.
  BalancedSampler(std::span<const std::int64_t> groups, core::RandomStream stream);

  // Places of clips, drawn with replacement: first a group, each equally likely, then a clip of it, each equally likely. So every draw is
  // of group g with probability 1 / groups, whatever was drawn before.
  void draw(std::span<std::int64_t> out);

 private:
  std::vector<std::vector<std::int64_t>> clips_;  // of each group, in ascending order of the groups' numbers
  core::RandomStream stream_;
};

}  // namespace mexbench::train
