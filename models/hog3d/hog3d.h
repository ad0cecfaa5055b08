// 3D-HOG, histograms of spatio-temporal gradients over a grid of cells.
//
// Two ways to bin the directions of gradients:
//   icosahedron, dodecahedron  A. Klaeser, M. Marszalek, C. Schmid: A Spatio-Temporal Descriptor Based on 3D-Gradients. BMVC 2008. The
//                              gradient g is projected on the directions of the solid's faces; a projection counts as far as it exceeds
//                              the cosine between two neighbouring directions, and the excesses are scaled to the length of g.
//   planes                     S. Polikovsky, Y. Kameda, Y. Ohta: Facial Micro-Expressions Recognition using High Speed Camera and
//                              3D-Gradient Descriptor. ICDP 2009. A histogram of directions in each of the planes XY, XT and YT, in which
//                              a voxel counts by the length of its gradient in that plane.
// Klaeser et al. take the mean gradient of small boxes, here each voxel has its own. Polikovsky et al. use twelve regions found on the
// face, here cells of an even grid.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>
#include <vector>

#include "models/svm/features.h"

namespace mexbench::models {

struct Hog3dOptions {
  enum class Orientations { kIcosahedron, kDodecahedron, kPlanes };
  std::int64_t rows = 4;     // of cells
  std::int64_t columns = 4;  // of cells
  std::int64_t frames = 2;   // cells in time
  Orientations orientations = Orientations::kIcosahedron;
  bool opposite = true;  // opposite directions have bins of their own; false: they share one
  // kPlanes: in each plane. Bin b begins at b * 360 / bins degrees of atan2(gy, gx), atan2(gt, gx), atan2(gt, gy); at half of that when
  // opposite directions share one.
  std::int64_t bins = 8;
  std::int64_t block = 1;  // cells a side of the blocks that are normalised, which reach over all cells in time and begin at every cell
  double clip = 0.25;      // a block is brought to length 1, its numbers to at most this, and to length 1 again
};

// The directions of the faces, unit vectors (x, y, t): 20 of the icosahedron, 12 of the dodecahedron. Opposite ones are k and k + half.
[[nodiscard]] std::vector<std::array<double, 3>> face_directions(Hog3dOptions::Orientations solid);

// Channels are grey frames in order of time. The gradient is half the difference of a voxel's two neighbours along x, y and t, at the
// border the difference to the one neighbour. Features: blocks in reading order, in each its cells (row, column, frame), in each the bins.
// A block without a gradient is 0.
class Hog3d final : public FeatureExtractor {
 public:
  explicit Hog3d(const Hog3dOptions& options);
  [[nodiscard]] core::Result<std::int64_t> count(const ClipShape& shape) const override;
  void extract(std::span<const float> clip, const ClipShape& shape, std::span<double> out) const override;

 private:
  [[nodiscard]] std::int64_t bins_of_cell() const;
  void add(const std::array<double, 3>& gradient, std::span<double> histogram) const;

  Hog3dOptions options_;
  std::vector<std::array<double, 3>> directions_;  // one of two opposite ones when they share a bin
  double threshold_ = 0.0;                         // cosine between two neighbouring directions
};

[[nodiscard]] std::unique_ptr<model::Learner> make_hog3d(const nlohmann::json& params);
[[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> load_hog3d(const nlohmann::json& params, const model::StateDict& state,
                                                                           std::string_view file);

}  // namespace mexbench::models
