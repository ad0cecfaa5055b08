#include "models/lbp_top/lbp_top.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <vector>

#include "models/grid.h"
#include "models/svm/card_parts.h"

namespace mexbench::models {
namespace {

constexpr const char* kName = "lbp_top";

struct Strides {
  std::int64_t x = 1;
  std::int64_t y = 0;
  std::int64_t t = 0;
};

// A point of the ellipse: four voxels, as distances in memory from the middle, and where it lies between them.
struct Sample {
  std::int64_t near_near = 0;
  std::int64_t far_near = 0;
  std::int64_t near_far = 0;
  std::int64_t far_far = 0;
  double along_first = 0.0;
  double along_second = 0.0;
};

// One axis of a point: the voxel before it, the one behind it (the same when it lies on one) and how far it is between them.
struct Step {
  std::int64_t near = 0;
  std::int64_t far = 0;
  double along = 0.0;
};

Step step(double offset, bool bilinear) {
  constexpr double kGrid = 1e9;  // cos(90 degrees) is 0 and not 6e-17
  const double place = std::round(offset * kGrid) / kGrid;
  if (!bilinear) {
    const auto nearest = static_cast<std::int64_t>(std::floor(place + 0.5));
    return {.near = nearest, .far = nearest};
  }
  const double floor = std::floor(place);
  const auto near = static_cast<std::int64_t>(floor);
  return {.near = near, .far = place > floor ? near + 1 : near, .along = place - floor};
}

// The ellipse's points; their second axis is multiplied by the sine. `radii` may be negative.
std::vector<Sample> ellipse(std::int64_t neighbours, std::array<double, 2> radii, std::array<std::int64_t, 2> strides, bool bilinear) {
  std::vector<Sample> out;
  for (std::int64_t p = 0; p < neighbours; ++p) {
    const double angle = 2.0 * std::numbers::pi * static_cast<double>(p) / static_cast<double>(neighbours);
    const Step first = step(radii[0] * std::cos(angle), bilinear);
    const Step second = step(radii[1] * std::sin(angle), bilinear);
    out.push_back({.near_near = first.near * strides[0] + second.near * strides[1],
                   .far_near = first.far * strides[0] + second.near * strides[1],
                   .near_far = first.near * strides[0] + second.far * strides[1],
                   .far_far = first.far * strides[0] + second.far * strides[1],
                   .along_first = first.along,
                   .along_second = second.along});
  }
  return out;
}

// Patterns of a row of voxels that begins at `row`, one number each.
void patterns(const float* row, std::span<const Sample> samples, std::span<std::uint32_t> out) {
  // Interpolated values that equal the middle on paper differ from it by rounding.
  constexpr double kTie = 1e-6;
  std::fill(out.begin(), out.end(), 0U);
  std::uint32_t bit = 1;
  for (const Sample& sample : samples) {
    for (std::size_t x = 0; x < out.size(); ++x) {
      const float* const at = row + x;
      const auto nn = static_cast<double>(at[sample.near_near]);
      const auto fn = static_cast<double>(at[sample.far_near]);
      const auto nf = static_cast<double>(at[sample.near_far]);
      const auto ff = static_cast<double>(at[sample.far_far]);
      const double near = nn + sample.along_first * (fn - nn);
      const double far = nf + sample.along_first * (ff - nf);
      const double value = near + sample.along_second * (far - near);
      out[x] |= value - static_cast<double>(*at) >= -kTie ? bit : 0U;
    }
    bit <<= 1U;
  }
}

std::shared_ptr<const LbpTop> extractor_of(const nlohmann::json& params) {
  const std::vector<std::int64_t> blocks = params.at("blocks");
  const std::vector<std::int64_t> radii = integers_of_param(params.at("radii"), 3);
  const std::vector<std::int64_t> neighbours = integers_of_param(params.at("neighbours"), 3);
  return std::make_shared<const LbpTop>(LbpTopOptions{.rows = blocks[0],
                                                      .columns = blocks[1],
                                                      .frames = blocks[2],
                                                      .radius_x = radii[0],
                                                      .radius_y = radii[1],
                                                      .radius_t = radii[2],
                                                      .neighbours = {neighbours[0], neighbours[1], neighbours[2]},
                                                      .bilinear = params.at("sampling") == "bilinear"});
}

}  // namespace

std::vector<std::uint16_t> uniform_bins(std::int64_t neighbours) {
  const std::uint32_t patterns = std::uint32_t{1} << static_cast<std::uint32_t>(neighbours);
  std::vector<std::uint16_t> out(patterns);
  const auto others = static_cast<std::uint16_t>(neighbours * (neighbours - 1) + 2);
  std::uint16_t next = 0;
  for (std::uint32_t pattern = 0; pattern < patterns; ++pattern) {
    const std::uint32_t turned = (pattern >> 1U) | ((pattern & 1U) << static_cast<std::uint32_t>(neighbours - 1));
    out[pattern] = std::popcount(pattern ^ turned) <= 2 ? next++ : others;
  }
  return out;
}

LbpTop::LbpTop(const LbpTopOptions& options) : options_(options) {
  for (std::size_t plane = 0; plane < bins_.size(); ++plane) bins_[plane] = uniform_bins(options_.neighbours[plane]);
}

core::Result<std::int64_t> LbpTop::count(const ClipShape& shape) const {
  const std::int64_t border = 2 * std::max(options_.radius_x, options_.radius_y);
  const std::int64_t frames = options_.frames + 2 * options_.radius_t;
  if (shape.channels < frames || shape.height < options_.rows + border || shape.width < options_.columns + border) {
    return core::Error(core::ErrorCode::kUsage,
                       fmt::format("lbp_top takes at least {} frames of at least {}x{} pixels, it is given {} of {}x{}", frames,
                                   options_.rows + border, options_.columns + border, shape.channels, shape.height, shape.width));
  }
  std::int64_t bins = 0;
  for (const std::int64_t neighbours : options_.neighbours) bins += neighbours * (neighbours - 1) + 3;
  return options_.rows * options_.columns * options_.frames * bins;
}

void LbpTop::extract(std::span<const float> clip, const ClipShape& shape, std::span<double> out) const {
  const Strides strides{.x = 1, .y = shape.width, .t = shape.plane()};
  const auto radius_x = static_cast<double>(options_.radius_x);
  const auto radius_y = static_cast<double>(options_.radius_y);
  const auto radius_t = static_cast<double>(options_.radius_t);
  const std::array<std::vector<Sample>, 3> samples{
      ellipse(options_.neighbours[0], {radius_x, -radius_y}, {strides.x, strides.y}, options_.bilinear),
      ellipse(options_.neighbours[1], {radius_x, radius_t}, {strides.x, strides.t}, options_.bilinear),
      ellipse(options_.neighbours[2], {radius_t, -radius_y}, {strides.t, strides.y}, options_.bilinear)};
  const std::int64_t border = std::max(options_.radius_x, options_.radius_y);
  const std::int64_t height = shape.height - 2 * border;
  const std::int64_t width = shape.width - 2 * border;
  const std::int64_t frames = shape.channels - 2 * options_.radius_t;

  std::fill(out.begin(), out.end(), 0.0);
  std::vector<std::uint32_t> codes(static_cast<std::size_t>(width));
  std::span<double> left = out;
  for (std::int64_t row = 0; row < options_.rows; ++row) {
    const Range ys = even_part(row, options_.rows, height);
    for (std::int64_t column = 0; column < options_.columns; ++column) {
      const Range xs = even_part(column, options_.columns, width);
      const std::span<std::uint32_t> line = std::span(codes).first(static_cast<std::size_t>(xs.length()));
      for (std::int64_t frame = 0; frame < options_.frames; ++frame) {
        const Range ts = even_part(frame, options_.frames, frames);
        const double share = 1.0 / static_cast<double>(ys.length() * xs.length() * ts.length());
        for (std::size_t plane = 0; plane < bins_.size(); ++plane) {
          const std::int64_t neighbours = options_.neighbours[plane];
          const std::span<double> histogram = left.first(static_cast<std::size_t>(neighbours * (neighbours - 1) + 3));
          left = left.subspan(histogram.size());
          for (std::int64_t t = ts.begin; t < ts.end; ++t) {
            for (std::int64_t y = ys.begin; y < ys.end; ++y) {
              const std::int64_t at = (t + options_.radius_t) * strides.t + (y + border) * strides.y + xs.begin + border;
              patterns(clip.data() + at, samples[plane], line);
              for (const std::uint32_t code : line) histogram[bins_[plane][code]] += 1.0;
            }
          }
          for (double& value : histogram) value *= share;
        }
      }
    }
  }
}

std::unique_ptr<model::Learner> make_lbp_top(const nlohmann::json& params) {
  return svm_learner(kName, extractor_of(params), svm_options(params));
}

core::Result<std::unique_ptr<model::FittedModel>> load_lbp_top(const nlohmann::json& params, const model::StateDict& state,
                                                               std::string_view file) {
  return load_svm_model(kName, extractor_of(params), svm_options(params), state, file);
}

}  // namespace mexbench::models
