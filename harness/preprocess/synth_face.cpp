#include "harness/preprocess/synth_face.h"

#include <algorithm>
#include <cmath>

namespace mexbench::preprocess {
namespace {

// Where landmarks lie on the average face, and which of the two sides they belong to (-1 left, +1 right, 0 middle).
struct Place {
  Point at;
  int side = 0;
  std::size_t pair = 0;  // landmarks of one pair share their jitter
};
constexpr std::array<Place, kLandmarks> kPlaces = {{{{0.41, 0.345}, -1, 0},
                                                    {{0.59, 0.345}, 1, 0},
                                                    {{0.27, 0.345}, -1, 1},
                                                    {{0.73, 0.345}, 1, 1},
                                                    {{0.30, 0.585}, -1, 2},
                                                    {{0.70, 0.585}, 1, 2},
                                                    {{0.39, 0.74}, -1, 3},
                                                    {{0.61, 0.74}, 1, 3},
                                                    {{0.50, 0.785}, 0, 4},
                                                    {{0.50, 0.89}, 0, 5},
                                                    {{0.50, 0.57}, 0, 6},
                                                    {{0.50, 0.22}, 0, 7},
                                                    {{0.345, 0.43}, -1, 8},
                                                    {{0.655, 0.43}, 1, 8}}};
constexpr std::size_t kPairs = 9;

// Values on a lattice with smooth interpolation: one octave of skin texture.
class Lattice {
 public:
  Lattice(int cells, core::RandomStream& stream) : cells_(cells) {
    const auto nodes = static_cast<std::size_t>(cells) + 1;
    values_.resize(nodes * nodes);
    for (float& value : values_) value = static_cast<float>(stream.uniform(-1.0, 1.0));
  }
  [[nodiscard]] double at(double x, double y) const {
    const double gx = x * cells_;
    const double gy = y * cells_;
    const int ix = std::clamp(static_cast<int>(gx), 0, cells_ - 1);
    const int iy = std::clamp(static_cast<int>(gy), 0, cells_ - 1);
    const double fx = smooth(gx - ix);
    const double fy = smooth(gy - iy);
    const double top = node(ix, iy) * (1.0 - fx) + node(ix + 1, iy) * fx;
    const double bottom = node(ix, iy + 1) * (1.0 - fx) + node(ix + 1, iy + 1) * fx;
    return top * (1.0 - fy) + bottom * fy;
  }

 private:
  static double smooth(double t) { return t * t * (3.0 - 2.0 * t); }
  [[nodiscard]] double node(int x, int y) const {
    return static_cast<double>(values_[static_cast<std::size_t>(y) * static_cast<std::size_t>(cells_ + 1) + static_cast<std::size_t>(x)]);
  }
  int cells_;
  std::vector<float> values_;
};

// 1 inside the ellipse, 0 outside, a soft rim in between.
double ellipse(double x, double y, Point centre, double rx, double ry, double softness) {
  const double dx = (x - centre.x) / rx;
  const double dy = (y - centre.y) / ry;
  return std::clamp((1.0 - std::sqrt(dx * dx + dy * dy)) / softness, 0.0, 1.0);
}

double mix(double from, double to, double share) { return from + (to - from) * share; }

Point middle(Point a, Point b) { return {(a.x + b.x) / 2.0, (a.y + b.y) / 2.0}; }

// Catmull and Rom's cubic through the two middle ones of four samples.
std::array<double, 4> cubic_weights(double t) {
  return {((-0.5 * t + 1.0) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1.0, ((-1.5 * t + 2.0) * t + 0.5) * t, (0.5 * t - 0.5) * t * t};
}

}  // namespace

double sample(const Raster& image, double x, double y) {
  const double fx = std::floor(x);
  const double fy = std::floor(y);
  const auto wx = cubic_weights(x - fx);
  const auto wy = cubic_weights(y - fy);
  const int last = image.side - 1;
  std::array<std::size_t, 4> columns{};
  for (int k = 0; k < 4; ++k)
    columns[static_cast<std::size_t>(k)] = static_cast<std::size_t>(std::clamp(static_cast<int>(fx) + k - 1, 0, last));
  double sum = 0.0;
  for (int k = 0; k < 4; ++k) {
    const int row = std::clamp(static_cast<int>(fy) + k - 1, 0, last);
    const float* line = image.grey.data() + static_cast<std::size_t>(row) * static_cast<std::size_t>(image.side);
    double part = 0.0;
    for (std::size_t c = 0; c < 4; ++c) part += wx[c] * static_cast<double>(line[columns[c]]);
    sum += wy[static_cast<std::size_t>(k)] * part;
  }
  return sum;
}

Face draw_face(int side, core::RandomStream& stream) {
  Face face;
  std::array<Point, kPairs> jitter;
  for (Point& j : jitter) j = {0.014 * stream.normal(), 0.014 * stream.normal()};
  const double width = stream.uniform(0.94, 1.06);
  for (std::size_t i = 0; i < kLandmarks; ++i) {
    const Place& place = kPlaces[i];
    const Point j = jitter[place.pair];
    face.landmarks[i] = {0.5 + (place.at.x - 0.5) * width + j.x * place.side, place.at.y + j.y};
  }
  const double skin = stream.uniform(105.0, 200.0);
  const double dark = skin * stream.uniform(0.25, 0.5);
  const double lips = skin * stream.uniform(0.6, 0.8);
  const double background = stream.uniform(30.0, 90.0);
  const double hairline = stream.uniform(0.10, 0.17);
  const double brow = stream.uniform(0.012, 0.022);
  const double texture = stream.uniform(5.0, 9.0);
  const double slope = stream.uniform(-0.25, 0.25);  // light from one side
  const std::array<Lattice, 4> octaves = {Lattice(9, stream), Lattice(19, stream), Lattice(37, stream), Lattice(61, stream)};

  const auto at = [&](Landmark landmark) { return face.at(landmark); };
  const Point mouth = middle(at(Landmark::kMouthL), at(Landmark::kMouthR));
  const double mouth_width = (at(Landmark::kMouthR).x - at(Landmark::kMouthL).x) / 2.0;
  face.image.side = 2 * side;
  face.image.grey.resize(static_cast<std::size_t>(face.image.side) * static_cast<std::size_t>(face.image.side));
  for (int row = 0; row < face.image.side; ++row) {
    for (int column = 0; column < face.image.side; ++column) {
      const double x = (column + 0.5) / face.image.side;
      const double y = (row + 0.5) / face.image.side;
      double grain = 0.0;
      double weight = 1.0;
      for (const Lattice& octave : octaves) {
        grain += weight * octave.at(x, y);
        weight *= 0.85;
      }
      double grey = mix(background, skin * (1.0 + slope * (x - 0.5)), ellipse(x, y, {0.5, 0.54}, 0.44 * width, 0.52, 0.06));
      for (const auto& [eye, inner, outer] : {std::array{Landmark::kEyeL, Landmark::kBrowInnerL, Landmark::kBrowOuterL},
                                              std::array{Landmark::kEyeR, Landmark::kBrowInnerR, Landmark::kBrowOuterR}}) {
        grey = mix(grey, std::min(235.0, skin * 1.25), ellipse(x, y, at(eye), 0.075, 0.030, 0.3));
        grey = mix(grey, dark * 0.6, ellipse(x, y, at(eye), 0.026, 0.026, 0.3));
        const Point between = middle(at(inner), at(outer));
        grey = mix(grey, dark, ellipse(x, y, between, 0.10, brow, 0.5));
      }
      grey = mix(grey, skin * 0.82, 0.7 * ellipse(x, y, {at(Landmark::kNose).x, at(Landmark::kNose).y + 0.05}, 0.065, 0.022, 0.6));
      grey = mix(grey, lips, ellipse(x, y, {mouth.x, mouth.y + 0.012}, mouth_width, 0.045, 0.4));
      grey = mix(grey, dark, ellipse(x, y, mouth, mouth_width, 0.010, 0.5));
      grey = mix(grey, dark * 0.8, std::clamp((hairline - y) / 0.03, 0.0, 1.0));
      face.image.grey[static_cast<std::size_t>(row) * static_cast<std::size_t>(face.image.side) + static_cast<std::size_t>(column)] =
          static_cast<float>(grey + texture * grain);
    }
  }
  return face;
}

MotionField rasterise(const std::vector<Bump>& bumps, int side) {
  const std::size_t pixels = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
  MotionField field{.side = side, .x = std::vector<float>(pixels), .y = std::vector<float>(pixels)};
  // A Gaussian of two coordinates is a product: one exponential per row and column.
  std::vector<double> across(static_cast<std::size_t>(side));
  for (const Bump& bump : bumps) {
    const double sharpness = 1.0 / (2.0 * bump.radius * bump.radius);
    for (int column = 0; column < side; ++column) {
      const double dx = (column + 0.5) / side - bump.centre.x;
      across[static_cast<std::size_t>(column)] = std::exp(-dx * dx * sharpness);
    }
    for (int row = 0; row < side; ++row) {
      const double dy = (row + 0.5) / side - bump.centre.y;
      const double down = std::exp(-dy * dy * sharpness);
      for (int column = 0; column < side; ++column) {
        const std::size_t i = static_cast<std::size_t>(row) * static_cast<std::size_t>(side) + static_cast<std::size_t>(column);
        const double share = down * across[static_cast<std::size_t>(column)];
        field.x[i] += static_cast<float>(share * bump.move.x);
        field.y[i] += static_cast<float>(share * bump.move.y);
      }
    }
  }
  return field;
}

std::vector<std::uint8_t> draw_frame(const Face& face, const MotionField& motion, const Viewing& viewing, core::RandomStream& stream) {
  const int side = motion.side;
  const double cosine = std::cos(viewing.turn);
  const double sine = std::sin(viewing.turn);
  const double scale = face.image.side;
  std::vector<std::uint8_t> pixels(motion.x.size());
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column) {
      const std::size_t i = static_cast<std::size_t>(row) * static_cast<std::size_t>(side) + static_cast<std::size_t>(column);
      const double x = (column + 0.5) / side - viewing.shift.x - 0.5;
      const double y = (row + 0.5) / side - viewing.shift.y - 0.5;
      const double face_x = 0.5 + cosine * x + sine * y - viewing.course * static_cast<double>(motion.x[i]);
      const double face_y = 0.5 - sine * x + cosine * y - viewing.course * static_cast<double>(motion.y[i]);
      double grey = viewing.gain * sample(face.image, face_x * scale - 0.5, face_y * scale - 0.5);
      if (viewing.noise > 0.0) grey += viewing.noise * stream.normal();
      pixels[i] = static_cast<std::uint8_t>(std::clamp(std::lround(grey), 0L, 255L));
    }
  }
  return pixels;
}

}  // namespace mexbench::preprocess
