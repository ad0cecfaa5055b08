#include "models/hog3d/hog3d.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "models/grid.h"
#include "models/svm/card_parts.h"

namespace mexbench::models {
namespace {

constexpr const char* kName = "hog3d";
constexpr std::int64_t kPlanes = 3;
using Direction = std::array<double, 3>;

double product(const Direction& a, const Direction& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

// Along an axis of `length` voxels, `stride` apart in memory.
double difference(const float* at, std::int64_t place, std::int64_t length, std::int64_t stride) {
  const std::int64_t before = place > 0 ? stride : 0;
  const std::int64_t behind = place + 1 < length ? stride : 0;
  const double change = static_cast<double>(at[behind]) - static_cast<double>(at[-before]);
  return before > 0 && behind > 0 ? change / 2.0 : change;
}

void normalise(std::span<double> block, double clip) {
  const auto to_length_one = [&] {
    double squares = 0.0;
    for (const double value : block) squares += value * value;
    if (squares == 0.0) return;
    const double norm = std::sqrt(squares);
    for (double& value : block) value /= norm;
  };
  to_length_one();
  for (double& value : block) value = std::min(value, clip);
  to_length_one();
}

std::shared_ptr<const Hog3d> extractor_of(const nlohmann::json& params) {
  using Orientations = Hog3dOptions::Orientations;
  const std::vector<std::int64_t> cells = params.at("cells");
  const std::string orientations = params.at("orientations");
  return std::make_shared<const Hog3d>(Hog3dOptions{.rows = cells[0],
                                                    .columns = cells[1],
                                                    .frames = cells[2],
                                                    .orientations = orientations == "icosahedron"    ? Orientations::kIcosahedron
                                                                    : orientations == "dodecahedron" ? Orientations::kDodecahedron
                                                                                                     : Orientations::kPlanes,
                                                    .opposite = params.at("opposite") == "separate",
                                                    .bins = params.at("bins"),
                                                    .block = params.at("block"),
                                                    .clip = params.at("clip")});
}

}  // namespace

std::vector<std::array<double, 3>> face_directions(Hog3dOptions::Orientations solid) {
  constexpr double kGolden = std::numbers::phi;
  std::vector<Direction> half;
  // x, y and t take turns.
  const auto add_turns = [&](double a, double b, double c) {
    half.push_back({a, b, c});
    half.push_back({c, a, b});
    half.push_back({b, c, a});
  };
  if (solid == Hog3dOptions::Orientations::kDodecahedron) {  // to the corners of an icosahedron
    add_turns(0.0, 1.0, kGolden);
    add_turns(0.0, -1.0, kGolden);
  } else {  // to the corners of a dodecahedron
    for (const double x : {1.0, -1.0}) {
      for (const double y : {1.0, -1.0}) half.push_back({x, y, 1.0});
    }
    add_turns(0.0, 1.0 / kGolden, kGolden);
    add_turns(0.0, -1.0 / kGolden, kGolden);
  }
  std::vector<Direction> out;
  for (const double sign : {1.0, -1.0}) {
    for (const Direction& direction : half) {
      const double scale = sign / std::sqrt(product(direction, direction));
      out.push_back({direction[0] * scale, direction[1] * scale, direction[2] * scale});
    }
  }
  return out;
}

Hog3d::Hog3d(const Hog3dOptions& options) : options_(options) {
  if (options_.orientations == Hog3dOptions::Orientations::kPlanes) return;
  directions_ = face_directions(options_.orientations);
  threshold_ = -1.0;
  for (std::size_t k = 1; k < directions_.size(); ++k) threshold_ = std::max(threshold_, product(directions_[0], directions_[k]));
  if (!options_.opposite) directions_.resize(directions_.size() / 2);
}

std::int64_t Hog3d::bins_of_cell() const {
  return directions_.empty() ? kPlanes * options_.bins : static_cast<std::int64_t>(directions_.size());
}

core::Result<std::int64_t> Hog3d::count(const ClipShape& shape) const {
  const std::int64_t frames = std::max(std::int64_t{2}, options_.frames);
  const std::int64_t height = std::max(std::int64_t{2}, options_.rows);
  const std::int64_t width = std::max(std::int64_t{2}, options_.columns);
  if (shape.channels < frames || shape.height < height || shape.width < width) {
    return core::Error(core::ErrorCode::kUsage,
                       fmt::format("hog3d takes at least {} frames of at least {}x{} pixels, it is given {} of {}x{}", frames, height,
                                   width, shape.channels, shape.height, shape.width));
  }
  const std::int64_t blocks = (options_.rows - options_.block + 1) * (options_.columns - options_.block + 1);
  return blocks * options_.block * options_.block * options_.frames * bins_of_cell();
}

void Hog3d::add(const std::array<double, 3>& gradient, std::span<double> histogram) const {
  const double length = std::sqrt(product(gradient, gradient));
  if (length == 0.0) return;
  if (directions_.empty()) {
    constexpr std::array<std::array<std::size_t, 2>, kPlanes> kAxes{{{0, 1}, {0, 2}, {1, 2}}};
    const auto bins = static_cast<std::size_t>(options_.bins);
    const double turns = options_.opposite ? 1.0 : 2.0;
    for (std::size_t plane = 0; plane < kAxes.size(); ++plane) {
      const double first = gradient[kAxes[plane][0]];
      const double second = gradient[kAxes[plane][1]];
      double turn = std::atan2(second, first) / (2.0 * std::numbers::pi);
      if (turn < 0.0) turn += 1.0;
      const auto bin = static_cast<std::size_t>(turn * turns * static_cast<double>(bins)) % bins;
      histogram[plane * bins + bin] += std::hypot(first, second);
    }
    return;
  }
  constexpr std::size_t kMostDirections = 20;
  std::array<double, kMostDirections> excess{};
  double squares = 0.0;
  for (std::size_t k = 0; k < directions_.size(); ++k) {
    double projection = product(directions_[k], gradient) / length;
    if (!options_.opposite) projection = std::abs(projection);
    excess[k] = std::max(0.0, projection - threshold_);
    squares += excess[k] * excess[k];
  }
  const double scale = length / std::sqrt(squares);  // some face is always nearer than the neighbour of another
  for (std::size_t k = 0; k < directions_.size(); ++k) histogram[k] += excess[k] * scale;
}

void Hog3d::extract(std::span<const float> clip, const ClipShape& shape, std::span<double> out) const {
  const auto bins = static_cast<std::size_t>(bins_of_cell());
  const auto column_of_cells = static_cast<std::size_t>(options_.frames) * bins;  // the cells at one place, over time
  std::vector<double> cells(static_cast<std::size_t>(options_.rows * options_.columns) * column_of_cells, 0.0);
  for (std::int64_t row = 0; row < options_.rows; ++row) {
    const Range ys = even_part(row, options_.rows, shape.height);
    for (std::int64_t column = 0; column < options_.columns; ++column) {
      const Range xs = even_part(column, options_.columns, shape.width);
      for (std::int64_t frame = 0; frame < options_.frames; ++frame) {
        const Range ts = even_part(frame, options_.frames, shape.channels);
        const std::span<double> cell = std::span(cells).subspan(
            static_cast<std::size_t>(row * options_.columns + column) * column_of_cells + static_cast<std::size_t>(frame) * bins, bins);
        for (std::int64_t t = ts.begin; t < ts.end; ++t) {
          for (std::int64_t y = ys.begin; y < ys.end; ++y) {
            for (std::int64_t x = xs.begin; x < xs.end; ++x) {
              const float* const at = clip.data() + t * shape.plane() + y * shape.width + x;
              add({difference(at, x, shape.width, 1), difference(at, y, shape.height, shape.width),
                   difference(at, t, shape.channels, shape.plane())},
                  cell);
            }
          }
        }
      }
    }
  }
  std::span<double> left = out;
  for (std::int64_t row = 0; row + options_.block <= options_.rows; ++row) {
    for (std::int64_t column = 0; column + options_.block <= options_.columns; ++column) {
      const std::span<double> block = left.first(static_cast<std::size_t>(options_.block * options_.block) * column_of_cells);
      left = left.subspan(block.size());
      auto to = block.begin();
      for (std::int64_t inside = 0; inside < options_.block; ++inside) {
        const auto from = cells.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>((row + inside) * options_.columns + column) *
                                                                      column_of_cells);
        to = std::copy(from, from + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(options_.block) * column_of_cells), to);
      }
      normalise(block, options_.clip);
    }
  }
}

std::unique_ptr<model::Learner> make_hog3d(const nlohmann::json& params) {
  return svm_learner(kName, extractor_of(params), svm_options(params));
}

core::Result<std::unique_ptr<model::FittedModel>> load_hog3d(const nlohmann::json& params, const model::StateDict& state,
                                                             std::string_view file) {
  return load_svm_model(kName, extractor_of(params), svm_options(params), state, file);
}

}  // namespace mexbench::models
