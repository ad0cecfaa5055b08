#include "models/bi_woof/bi_woof.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "models/grid.h"
#include "models/svm/card_parts.h"

namespace mexbench::models {
namespace {

constexpr const char* kName = "bi_woof";

Range block(std::int64_t index, std::int64_t blocks, std::int64_t length, bool overlap) {
  if (!overlap) return even_part(index, blocks, length);
  const std::int64_t side = length / blocks;
  return {.begin = index == 0 ? 0 : index * side - 1, .end = index == blocks - 1 ? length : (index + 1) * side + 1};
}

std::shared_ptr<const BiWoof> extractor_of(const nlohmann::json& params) {
  const std::vector<std::int64_t> blocks = integers_of_param(params.at("blocks"), 2);
  return std::make_shared<const BiWoof>(BiWoofOptions{.rows = blocks[0],
                                                      .columns = blocks[1],
                                                      .bins = params.at("bins"),
                                                      .zero = params.at("zero"),
                                                      .overlap = params.at("overlap"),
                                                      .normalise = params.at("normalise"),
                                                      .mean_strain = params.at("strain") == "mean"});
}

}  // namespace

core::Result<std::int64_t> BiWoof::count(const ClipShape& shape) const {
  constexpr std::int64_t kChannels = 3;
  if (shape.channels != kChannels || shape.height < options_.rows || shape.width < options_.columns) {
    return core::Error(core::ErrorCode::kUsage,
                       fmt::format("bi_woof takes the channels u, v and strain of at least {}x{} pixels, it is given {} of {}x{}",
                                   options_.rows, options_.columns, shape.channels, shape.height, shape.width));
  }
  return options_.rows * options_.columns * options_.bins;
}

void BiWoof::extract(std::span<const float> clip, const ClipShape& shape, std::span<double> out) const {
  const auto plane = static_cast<std::size_t>(shape.plane());
  std::vector<std::size_t> bins(plane);
  std::vector<double> magnitudes(plane);
  for (std::size_t i = 0; i < plane; ++i) {
    const double u = static_cast<double>(clip[i]) - options_.zero;
    const double v = static_cast<double>(clip[plane + i]) - options_.zero;
    const double turn = (std::atan2(v, u) + std::numbers::pi) / (2.0 * std::numbers::pi);  // 0..1
    bins[i] = static_cast<std::size_t>(turn * static_cast<double>(options_.bins)) % static_cast<std::size_t>(options_.bins);
    magnitudes[i] = std::hypot(u, v);
  }
  const std::span<const float> strain = clip.subspan(2 * plane, plane);
  std::fill(out.begin(), out.end(), 0.0);
  std::span<double> left = out;
  double squares = 0.0;
  for (std::int64_t row = 0; row < options_.rows; ++row) {
    const Range rows = block(row, options_.rows, shape.height, options_.overlap);
    for (std::int64_t column = 0; column < options_.columns; ++column) {
      const Range columns = block(column, options_.columns, shape.width, options_.overlap);
      const std::span<double> histogram = left.first(static_cast<std::size_t>(options_.bins));
      left = left.subspan(histogram.size());
      double movement = 0.0;
      double weight = 0.0;
      for (std::int64_t y = rows.begin; y < rows.end; ++y) {
        for (std::int64_t x = columns.begin; x < columns.end; ++x) {
          const auto at = static_cast<std::size_t>(y * shape.width + x);
          histogram[bins[at]] += magnitudes[at];
          movement += magnitudes[at];
          weight += static_cast<double>(strain[at]);
        }
      }
      if (options_.mean_strain) weight /= static_cast<double>(rows.length() * columns.length());
      if (options_.normalise && movement > 0.0) weight /= movement;
      for (double& value : histogram) {
        value *= weight;
        squares += value * value;
      }
    }
  }
  if (!options_.normalise || squares == 0.0) return;
  const double norm = std::sqrt(squares);
  for (double& value : out) value /= norm;
}

std::unique_ptr<model::Learner> make_bi_woof(const nlohmann::json& params) {
  return svm_learner(kName, extractor_of(params), svm_options(params));
}

core::Result<std::unique_ptr<model::FittedModel>> load_bi_woof(const nlohmann::json& params, const model::StateDict& state,
                                                               std::string_view file) {
  return load_svm_model(kName, extractor_of(params), svm_options(params), state, file);
}

}  // namespace mexbench::models
