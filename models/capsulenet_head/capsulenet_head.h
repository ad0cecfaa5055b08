// The capsule head of CapsuleNet (Quang, Chun, Tokuyama, FG 2019, doi 10.1109/FG.2019.8756544), as the authors' released code computes it.
//
// conv1 -> ReLU -> convolution of stride 2, whose numbers at each position are cut into primary capsules and squashed -> routing by
// agreement to one digit capsule for each class -> the capsules' lengths, in [0, 1).
#pragma once

#include <memory>

#include "harness/train/network.h"

namespace mexbench::models {

struct CapsuleNetHeadOptions {
  std::int64_t in_channels = 3;
  std::int64_t conv1_channels = 256;
  std::int64_t conv1_kernel = 9;
  std::int64_t primary_channels = 256;
  std::int64_t primary_kernel = 9;
  std::int64_t dim_caps = 8;
  std::int64_t in_num_caps = 1152;
  std::int64_t classes = 3;
  std::int64_t out_dim_caps = 16;
  std::int64_t routings = 3;
};

class CapsuleNetHead final : public train::Network {
 public:
  explicit CapsuleNetHead(const CapsuleNetHeadOptions& options);
  // Lengths (clips, classes) instead of logits.
  [[nodiscard]] torch::Tensor forward(torch::Tensor input) override;

 private:
  class PrimaryCapsules;
  class DigitCapsules;

  torch::nn::Conv2d conv1_;
  std::shared_ptr<PrimaryCapsules> primary_;
  std::shared_ptr<DigitCapsules> digits_;
};

}  // namespace mexbench::models
