#include "harness/preprocess/actor.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "harness/preprocess/action_units.h"

namespace mexbench::preprocess {
namespace {

constexpr double kEyeWidth = 0.082;   // half of the opening, a little more than the drawn white
constexpr double kEyeHeight = 0.036;  // likewise
constexpr double kLid = 0.02;         // height of the skin above the eye that is pulled over it
constexpr int kMostSteps = 50;
constexpr double kSettled = 1e-10;  // of the face's side
constexpr double kFolded = 0.02;    // area that a piece of the face keeps at least

// Beside the square of the face there is a strip of its edge, mirrored again and again: a wall with a grain.
double onto_wall(double x) {
  constexpr double kStrip = 0.04;  // of the face's side, beside the head at any height
  if (x >= 0.0 && x <= 1.0) return x;
  const double beyond = std::fmod(x < 0.0 ? -x : x - 1.0, 2.0 * kStrip);
  const double folded = std::min(beyond, 2.0 * kStrip - beyond);
  return x < 0.0 ? folded : 1.0 - folded;
}

// The head's movement of a point, and back.
Point moved(const Pose& pose, Point at) {
  const double cosine = std::cos(pose.turn);
  const double sine = std::sin(pose.turn);
  const double x = at.x - 0.5;
  const double y = at.y - 0.5;
  return {0.5 + cosine * x - sine * y + pose.shift.x, 0.5 + sine * x + cosine * y + pose.shift.y};
}
Point moved_back(const Pose& pose, Point at) {
  const double cosine = std::cos(pose.turn);
  const double sine = std::sin(pose.turn);
  const double x = at.x - pose.shift.x - 0.5;
  const double y = at.y - pose.shift.y - 0.5;
  return {0.5 + cosine * x + sine * y, 0.5 - sine * x + cosine * y};
}

}  // namespace

Actor::Actor(Face face, FrameSize size, std::vector<std::vector<Bump>> movements)
    : face_(std::move(face)), size_(size), movements_(std::move(movements)) {
  const std::size_t pixels = static_cast<std::size_t>(size_.width) * static_cast<std::size_t>(size_.height);
  for (const std::vector<Bump>& bumps : movements_) {
    Field field;
    field.x.reserve(pixels);
    field.y.reserve(pixels);
    for (int row = 0; row < size_.height; ++row) {
      for (int column = 0; column < size_.width; ++column) {
        const Point move = displacement(bumps, on_face(column, row));
        field.x.push_back(static_cast<float>(move.x));
        field.y.push_back(static_cast<float>(move.y));
      }
    }
    fields_.push_back(std::move(field));
  }
}

// The middle of a pixel in units of the face.
Point Actor::on_face(int column, int row) const {
  const double side = size_.height;
  return {0.5 + (column + 0.5 - 0.5 * size_.width) / side, (row + 0.5) / side};
}

Point Actor::seen(const Pose& pose, int column, int row) const {
  Point at = moved_back(pose, on_face(column, row));
  const std::size_t i = static_cast<std::size_t>(row) * static_cast<std::size_t>(size_.width) + static_cast<std::size_t>(column);
  for (std::size_t k = 0; k < fields_.size(); ++k) {
    at.x -= pose.courses[k] * static_cast<double>(fields_[k].x[i]);
    at.y -= pose.courses[k] * static_cast<double>(fields_[k].y[i]);
  }
  return at;
}

// Where the skin that covers a point of an eye comes from: the upper lid, stretched down over it.
Point Actor::lidded(const Pose& pose, Point at) const {
  if (pose.lids <= 0.0) return at;
  for (const Landmark eye : {Landmark::kEyeL, Landmark::kEyeR}) {
    const Point middle = face_.at(eye);
    const double across = (at.x - middle.x) / kEyeWidth;
    if (std::abs(across) >= 1.0) continue;
    const double half = kEyeHeight * std::sqrt(1.0 - across * across);
    const double top = middle.y - half - kLid;  // of the skin
    const double edge = middle.y - half + 2.0 * half * pose.lids;
    if (at.y <= top || at.y >= edge) continue;
    return {at.x, top + kLid * (at.y - top) / (edge - top)};
  }
  return at;
}

std::vector<std::uint8_t> Actor::draw(const Pose& pose, double noise, core::RandomStream& stream) const {
  const double scale = face_.image.side;
  std::vector<std::uint8_t> pixels;
  pixels.reserve(static_cast<std::size_t>(size_.width) * static_cast<std::size_t>(size_.height));
  for (int row = 0; row < size_.height; ++row) {
    for (int column = 0; column < size_.width; ++column) {
      const Point at = lidded(pose, seen(pose, column, row));
      double grey = pose.gain * sample(face_.image, onto_wall(at.x) * scale - 0.5, at.y * scale - 0.5);
      if (noise > 0.0) grey += noise * stream.normal();
      pixels.push_back(static_cast<std::uint8_t>(std::clamp(std::lround(grey), 0L, 255L)));
    }
  }
  return pixels;
}

// Newton's method on q - H_b(f + sum c m(q)). Where the determinant of its derivative is not above 0, the face folds.
std::optional<Point> Actor::seen_again(const Pose& to, Point face) const {
  const double cosine = std::cos(to.turn);
  const double sine = std::sin(to.turn);
  Point at = moved(to, face);
  for (int i = 0; i < kMostSteps; ++i) {
    Point pushed = face;
    Displacement slopes;
    for (std::size_t k = 0; k < movements_.size(); ++k) {
      const double course = to.courses[k];
      if (course == 0.0) continue;
      const Displacement one = displacement_with_slopes(movements_[k], at);
      pushed.x += course * one.move.x;
      pushed.y += course * one.move.y;
      slopes.xx += course * one.xx;
      slopes.xy += course * one.xy;
      slopes.yx += course * one.yx;
      slopes.yy += course * one.yy;
    }
    const Point there = moved(to, pushed);
    const Point off = {at.x - there.x, at.y - there.y};
    const double xx = 1.0 - (cosine * slopes.xx - sine * slopes.yx);
    const double xy = -(cosine * slopes.xy - sine * slopes.yy);
    const double yx = -(sine * slopes.xx + cosine * slopes.yx);
    const double yy = 1.0 - (sine * slopes.xy + cosine * slopes.yy);
    const double determinant = xx * yy - xy * yx;
    if (!(determinant > kFolded)) return std::nullopt;
    const Point step = {(yy * off.x - xy * off.y) / determinant, (xx * off.y - yx * off.x) / determinant};
    at = {at.x - step.x, at.y - step.y};
    if (std::max(std::abs(step.x), std::abs(step.y)) < kSettled) return at;
  }
  return std::nullopt;
}

core::Result<FlowField> Actor::motion(const Pose& from, const Pose& to) const {
  FlowField out{.width = size_.width, .height = size_.height, .u = {}, .v = {}};
  const double side = size_.height;
  for (int row = 0; row < size_.height; ++row) {
    for (int column = 0; column < size_.width; ++column) {
      const Point start = on_face(column, row);
      const auto at = seen_again(to, seen(from, column, row));
      if (!at) {
        return core::Error(core::ErrorCode::kFailed, "the movement folds the face over itself, so that it has no motion field")
            .hint("choose a smaller 'intensity'");
      }
      out.u.push_back(static_cast<float>((at->x - start.x) * side));
      out.v.push_back(static_cast<float>((at->y - start.y) * side));
    }
  }
  return out;
}

}  // namespace mexbench::preprocess
