// MDMO, main directional mean optical flow: Y.-J. Liu, J.-K. Zhang, W.-J. Yan, S.-J. Wang, G. Zhao, X. Fu: A Main Directional Mean Optical
// Flow Feature for Spontaneous Micro-Expression Recognition. IEEE Transactions on Affective Computing 7(4) (2016), 299-310.
//
// In each region of interest the flow vectors fall into bins by direction; the bin with most of them (of equal ones the first) is the main
// direction, and the mean of its vectors stands for the region. Over several frames, these are averaged. A region is then (rho, theta):
// its length, divided by the greatest of the clip, and its direction. The paper draws its 36 regions through 66 facial landmarks; here they
// are the cells of an even grid.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "models/svm/features.h"

namespace mexbench::models {

struct MdmoOptions {
  std::int64_t rows = 6;     // of regions
  std::int64_t columns = 6;  // of regions
  std::int64_t bins = 8;     // directions atan2(v, u) from 0; bin b begins at b * 360 / bins degrees. A vector of length 0 has direction 0
  double alpha = 0.9;        // weight of rho; theta has 1 - alpha
  double zero = 127.5;       // u and v where nothing moves
};

// Channels u (to the right) and v (downwards) of one frame, or u, v, u, v, .. of several. 2 x rows x columns features: alpha * rho of all
// regions in reading order, then (1 - alpha) * theta, in radians from -pi to pi.
class Mdmo final : public FeatureExtractor {
 public:
  explicit Mdmo(const MdmoOptions& options) : options_(options) {}
  [[nodiscard]] core::Result<std::int64_t> count(const ClipShape& shape) const override;
  void extract(std::span<const float> clip, const ClipShape& shape, std::span<double> out) const override;

 private:
  MdmoOptions options_;
};

[[nodiscard]] std::unique_ptr<model::Learner> make_mdmo(const nlohmann::json& params);
[[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> load_mdmo(const nlohmann::json& params, const model::StateDict& state,
                                                                          std::string_view file);

}  // namespace mexbench::models
