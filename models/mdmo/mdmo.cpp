#include "models/mdmo/mdmo.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "models/grid.h"
#include "models/svm/card_parts.h"

namespace mexbench::models {
namespace {

constexpr const char* kName = "mdmo";

struct Vector {
  double u = 0.0;
  double v = 0.0;
};

std::shared_ptr<const Mdmo> extractor_of(const nlohmann::json& params) {
  const std::vector<std::int64_t> regions = integers_of_param(params.at("regions"), 2);
  return std::make_shared<const Mdmo>(MdmoOptions{
      .rows = regions[0], .columns = regions[1], .bins = params.at("bins"), .alpha = params.at("alpha"), .zero = params.at("zero")});
}

// Mean of the vectors of the main direction.
Vector main_movement(std::span<const Vector> field, std::span<const std::size_t> bins_of, std::int64_t width, Range rows, Range columns,
                     std::int64_t bins) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(bins), 0);
  std::vector<Vector> sums(counts.size());
  for (std::int64_t y = rows.begin; y < rows.end; ++y) {
    for (std::int64_t x = columns.begin; x < columns.end; ++x) {
      const auto at = static_cast<std::size_t>(y * width + x);
      ++counts[bins_of[at]];
      sums[bins_of[at]].u += field[at].u;
      sums[bins_of[at]].v += field[at].v;
    }
  }
  const auto main = static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin());
  const auto clips = static_cast<double>(counts[main]);
  return {.u = sums[main].u / clips, .v = sums[main].v / clips};
}

}  // namespace

core::Result<std::int64_t> Mdmo::count(const ClipShape& shape) const {
  if (shape.channels < 2 || shape.channels % 2 != 0 || shape.height < options_.rows || shape.width < options_.columns) {
    return core::Error(core::ErrorCode::kUsage,
                       fmt::format("mdmo takes the channels u and v, of each frame, of at least {}x{} pixels, it is given {} of {}x{}",
                                   options_.rows, options_.columns, shape.channels, shape.height, shape.width));
  }
  return 2 * options_.rows * options_.columns;
}

void Mdmo::extract(std::span<const float> clip, const ClipShape& shape, std::span<double> out) const {
  const auto plane = static_cast<std::size_t>(shape.plane());
  const auto frames = static_cast<std::size_t>(shape.channels / 2);
  const auto regions = static_cast<std::size_t>(options_.rows * options_.columns);
  std::vector<Vector> movement(regions);
  std::vector<Vector> field(plane);
  std::vector<std::size_t> bins(plane);
  for (std::size_t frame = 0; frame < frames; ++frame) {
    const std::span<const float> u = clip.subspan(2 * frame * plane, plane);
    const std::span<const float> v = clip.subspan((2 * frame + 1) * plane, plane);
    for (std::size_t i = 0; i < plane; ++i) {
      field[i] = {.u = static_cast<double>(u[i]) - options_.zero, .v = static_cast<double>(v[i]) - options_.zero};
      double turn = std::atan2(field[i].v, field[i].u) / (2.0 * std::numbers::pi);
      if (turn < 0.0) turn += 1.0;
      bins[i] = static_cast<std::size_t>(turn * static_cast<double>(options_.bins)) % static_cast<std::size_t>(options_.bins);
    }
    for (std::size_t region = 0; region < regions; ++region) {
      const auto index = static_cast<std::int64_t>(region);
      const Vector mean = main_movement(field, bins, shape.width, even_part(index / options_.columns, options_.rows, shape.height),
                                        even_part(index % options_.columns, options_.columns, shape.width), options_.bins);
      movement[region].u += mean.u / static_cast<double>(frames);
      movement[region].v += mean.v / static_cast<double>(frames);
    }
  }
  double greatest = 0.0;
  for (const Vector& vector : movement) greatest = std::max(greatest, std::hypot(vector.u, vector.v));
  for (std::size_t region = 0; region < regions; ++region) {
    const double rho = std::hypot(movement[region].u, movement[region].v);
    out[region] = greatest > 0.0 ? options_.alpha * rho / greatest : 0.0;
    out[regions + region] = (1.0 - options_.alpha) * std::atan2(movement[region].v, movement[region].u);
  }
}

std::unique_ptr<model::Learner> make_mdmo(const nlohmann::json& params) {
  return svm_learner(kName, extractor_of(params), svm_options(params));
}

core::Result<std::unique_ptr<model::FittedModel>> load_mdmo(const nlohmann::json& params, const model::StateDict& state,
                                                            std::string_view file) {
  return load_svm_model(kName, extractor_of(params), svm_options(params), state, file);
}

}  // namespace mexbench::models
