// Bi-WOOF: S.-T. Liong, J. See, K. Wong, R. C.-W. Phan: Less is more: Micro-expression recognition from video using apex frame. Signal
// Processing: Image Communication 62 (2018), 82-92. In each block of the image a histogram of the flow's direction, in which a pixel counts
// by the flow's magnitude, multiplied by the block's optical strain.
//
// Channels u (to the right), v (downwards) and strain, in this order. With the options' defaults the features are those of the released
// code (christy1206/biwoof at efa566b, biwoof.m).
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "models/svm/features.h"

namespace mexbench::models {

struct BiWoofOptions {
  std::int64_t rows = 5;     // of blocks
  std::int64_t columns = 5;  // of blocks
  // Directions atan2(v, u); bin b holds those from -180 + b * 360 / bins degrees to below the next. 180 is -180.
  std::int64_t bins = 8;
  double zero = 127.5;  // u and v where nothing moves
  // true: blocks of floor(height / rows) x floor(width / columns) pixels that reach one pixel into their neighbours, the last ones to the
  // border, as in the released code. false: even blocks, each pixel in one.
  bool overlap = true;
  // true: each block's histogram is divided by its sum before the strain multiplies it, and all features by their Euclidean norm.
  bool normalise = true;
  bool mean_strain = false;  // the block's mean strain in place of its sum
};

// rows x columns x bins features: block by block in reading order. Where nothing moves, and where strain is 0, features are 0.
class BiWoof final : public FeatureExtractor {
 public:
  explicit BiWoof(const BiWoofOptions& options) : options_(options) {}
  [[nodiscard]] core::Result<std::int64_t> count(const ClipShape& shape) const override;
  void extract(std::span<const float> clip, const ClipShape& shape, std::span<double> out) const override;

 private:
  BiWoofOptions options_;
};

[[nodiscard]] std::unique_ptr<model::Learner> make_bi_woof(const nlohmann::json& params);
[[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> load_bi_woof(const nlohmann::json& params, const model::StateDict& state,
                                                                             std::string_view file);

}  // namespace mexbench::models
