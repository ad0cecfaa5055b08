// LBP-TOP, local binary patterns on three orthogonal planes: G. Zhao, M. Pietikainen: Dynamic Texture Recognition Using Local Binary
// Patterns with an Application to Facial Expressions. IEEE Transactions on Pattern Analysis and Machine Intelligence 29(6) (2007), 915-928.
//
// Around each voxel, `neighbours` points lie on an ellipse in each of the planes XY, XT and YT. A point that is at least as bright as the
// voxel sets its bit of the plane's pattern. Patterns with at most two changes between 0 and 1 around the ellipse (uniform ones) have a bin
// each, all others share one.
//
// Places and order of the points are those of the authors' MATLAB code: for point p at the angle a = 2 pi p / P
//   XY: (x + rx cos a, y - ry sin a)   XT: (x + rx cos a, t + rt sin a)   YT: (t + rt cos a, y - ry sin a)
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "models/svm/features.h"

namespace mexbench::models {

struct LbpTopOptions {
  std::int64_t rows = 5;     // of blocks
  std::int64_t columns = 5;  // of blocks
  std::int64_t frames = 1;   // blocks in time
  std::int64_t radius_x = 1;
  std::int64_t radius_y = 1;
  std::int64_t radius_t = 4;
  std::array<std::int64_t, 3> neighbours = {8, 8, 8};  // in XY, XT, YT; at most 16
  // true: between pixels, grey values are interpolated. false: the nearest pixel's, halves up.
  bool bilinear = true;
};

// Channels are grey frames in order of time. Voxels nearer to the border than max(radius_x, radius_y) or, in time, radius_t have no
// pattern, in any plane; the others are divided into even blocks. Features: block by block (row, column, frame), in each the histograms of
// XY, XT and YT, each divided by its sum, in each the uniform patterns by rising value and last the others: P (P - 1) + 3 bins.
class LbpTop final : public FeatureExtractor {
 public:
  explicit LbpTop(const LbpTopOptions& options);
  [[nodiscard]] core::Result<std::int64_t> count(const ClipShape& shape) const override;
  void extract(std::span<const float> clip, const ClipShape& shape, std::span<double> out) const override;

 private:
  LbpTopOptions options_;
  std::array<std::vector<std::uint16_t>, 3> bins_;  // of each pattern, by plane
};

// The bin of each of the 2^neighbours patterns.
[[nodiscard]] std::vector<std::uint16_t> uniform_bins(std::int64_t neighbours);

[[nodiscard]] std::unique_ptr<model::Learner> make_lbp_top(const nlohmann::json& params);
[[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> load_lbp_top(const nlohmann::json& params, const model::StateDict& state,
                                                                             std::string_view file);

}  // namespace mexbench::models
