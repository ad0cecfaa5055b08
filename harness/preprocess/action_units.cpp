#include "harness/preprocess/action_units.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/core/text.h"

namespace mexbench::preprocess {
namespace {

// Parts of a face that units move. Those of the upper row come in pairs.
enum class Part {
  kInnerBrow,
  kOuterBrow,
  kUpperLid,
  kLowerLid,
  kCheek,
  kNoseWing,
  kUpperLipSide,
  kLowerLipSide,
  kMouthCorner,
  kNoseRoot,
  kUpperLip,
  kLowerLip,
  kChin,
};

bool is_paired(Part part) { return part < Part::kNoseRoot; }

// `move` in units of motion: of a pair, of the one on the image's left (x towards the middle of the face), mirrored for the other.
struct Push {
  Part part;
  Point move;
  double radius;
};

struct UnitMotion {
  int number;
  std::string_view name;
  std::vector<Push> pushes;
};

// Names and muscles: Ekman, Friesen, Hager: Facial Action Coding System, 2002.
const std::vector<UnitMotion>& table() {
  using P = Part;
  static const std::vector<UnitMotion> kTable = {
      // frontalis, middle part: the brows' inner ends rise
      {1, "inner brow raiser", {{P::kInnerBrow, {0.15, -1.0}, 0.065}}},
      // frontalis, outer part: the brows' outer ends rise
      {2, "outer brow raiser", {{P::kOuterBrow, {0.0, -1.0}, 0.07}}},
      // corrugator and depressor supercilii: brows down and together
      {4, "brow lowerer", {{P::kInnerBrow, {0.6, 0.85}, 0.065}, {P::kOuterBrow, {0.2, 0.4}, 0.07}}},
      // levator palpebrae superioris: upper lids up
      {5, "upper lid raiser", {{P::kUpperLid, {0.0, -0.6}, 0.04}}},
      // orbicularis oculi, outer part: cheeks up, lower lids with them
      {6, "cheek raiser", {{P::kCheek, {0.1, -0.9}, 0.08}, {P::kLowerLid, {0.0, -0.4}, 0.05}}},
      // orbicularis oculi, inner part: lids tighten, the lower one more
      {7, "lid tightener", {{P::kLowerLid, {0.15, -0.55}, 0.04}, {P::kUpperLid, {0.0, 0.25}, 0.04}}},
      // levator labii superioris alaeque nasi: wings of the nose up, its root down
      {9, "nose wrinkler", {{P::kNoseWing, {0.0, -0.9}, 0.05}, {P::kNoseRoot, {0.0, 0.35}, 0.05}, {P::kUpperLipSide, {0.0, -0.4}, 0.05}}},
      // levator labii superioris: upper lip up beside its middle
      {10, "upper lip raiser", {{P::kUpperLipSide, {-0.1, -0.9}, 0.055}, {P::kUpperLip, {0.0, -0.4}, 0.05}}},
      // zygomaticus major: corners of the lips out and up
      {12, "lip corner puller", {{P::kMouthCorner, {-0.8, -0.7}, 0.07}, {P::kCheek, {0.0, -0.3}, 0.07}}},
      // buccinator: corners of the lips tightened and drawn to the side, hardly up
      {14, "dimpler", {{P::kMouthCorner, {-0.75, -0.1}, 0.05}}},
      // depressor anguli oris: corners of the lips down
      {15, "lip corner depressor", {{P::kMouthCorner, {-0.1, 0.9}, 0.06}}},
      // depressor labii inferioris: lower lip down and to the sides
      {16, "lower lip depressor", {{P::kLowerLipSide, {-0.2, 0.8}, 0.055}}},
      // mentalis: boss of the chin up, lower lip with it
      {17, "chin raiser", {{P::kChin, {0.0, -0.9}, 0.08}, {P::kLowerLip, {0.0, -0.5}, 0.06}}},
      // incisivus labii: corners of the lips towards the middle
      {18, "lip pucker", {{P::kMouthCorner, {0.8, 0.0}, 0.06}}},
      // risorius, platysma: corners of the lips straight to the sides
      {20, "lip stretcher", {{P::kMouthCorner, {-0.9, 0.15}, 0.07}}},
      // orbicularis oris: lips narrower and tight
      {23, "lip tightener", {{P::kMouthCorner, {0.4, 0.0}, 0.05}, {P::kUpperLip, {0.0, 0.3}, 0.05}, {P::kLowerLip, {0.0, -0.3}, 0.05}}},
      // orbicularis oris: lips pressed on each other
      {24, "lip pressor", {{P::kUpperLip, {0.0, 0.55}, 0.055}, {P::kLowerLip, {0.0, -0.55}, 0.055}}},
      // depressor labii inferioris, or mentalis and orbicularis oris relaxed: lips part
      {25, "lips part", {{P::kUpperLip, {0.0, -0.25}, 0.05}, {P::kLowerLip, {0.0, 0.65}, 0.06}}},
      // masseter, temporalis and medial pterygoid relaxed: jaw drops
      {26, "jaw drop", {{P::kChin, {0.0, 1.0}, 0.09}, {P::kLowerLip, {0.0, 0.6}, 0.07}}},
  };
  return kTable;
}

const UnitMotion* find_unit(int number) {
  const auto found = std::find_if(table().begin(), table().end(), [&](const UnitMotion& unit) { return unit.number == number; });
  return found == table().end() ? nullptr : &*found;
}

Point between(Point a, Point b, double share) { return {a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share}; }
Point below(Point a, double y) { return {a.x, a.y + y}; }

// Of a pair, the one on the image's left or right.
Point place(const Face& face, Part part, bool left) {
  using L = Landmark;
  const auto of = [&](L on_left, L on_right) { return face.at(left ? on_left : on_right); };
  const Point mouth = between(face.at(L::kMouthL), face.at(L::kMouthR), 0.5);
  const Point corner = of(L::kMouthL, L::kMouthR);
  switch (part) {
    case Part::kInnerBrow:
      return of(L::kBrowInnerL, L::kBrowInnerR);
    case Part::kOuterBrow:
      return of(L::kBrowOuterL, L::kBrowOuterR);
    case Part::kUpperLid:
      return below(of(L::kEyeL, L::kEyeR), -0.03);
    case Part::kLowerLid:
      return below(of(L::kEyeL, L::kEyeR), 0.03);
    case Part::kCheek:
      return of(L::kCheekL, L::kCheekR);
    case Part::kNoseWing:
      return {face.at(L::kNose).x + (left ? -0.045 : 0.045), face.at(L::kNose).y + 0.03};
    case Part::kUpperLipSide:
      return below(between(corner, mouth, 0.5), -0.02);
    case Part::kLowerLipSide:
      return below(between(corner, mouth, 0.5), 0.04);
    case Part::kMouthCorner:
      return corner;
    case Part::kNoseRoot:
      return below(between(face.at(L::kBrowInnerL), face.at(L::kBrowInnerR), 0.5), 0.06);
    case Part::kUpperLip:
      return below(mouth, -0.02);
    case Part::kLowerLip:
      return face.at(L::kLowerLip);
    case Part::kChin:
      break;
  }
  return face.at(L::kChin);
}

}  // namespace

std::vector<int> drawn_units() {
  std::vector<int> out;
  for (const UnitMotion& unit : table()) out.push_back(unit.number);
  return out;
}

std::string_view unit_name(int number) {
  const UnitMotion* const unit = find_unit(number);
  return unit == nullptr ? std::string_view() : unit->name;
}

core::Result<std::vector<Bump>> unit_bumps(const Face& face, const data::ActionUnit& unit, double strength, double asymmetry) {
  const UnitMotion* const motion = find_unit(unit.number);
  if (motion == nullptr) {
    std::vector<std::string> known;
    for (const int number : drawn_units()) known.push_back(std::to_string(number));
    return core::Error(core::ErrorCode::kUsage, fmt::format("action unit {} can't be drawn", unit.number))
        .hint(fmt::format("those that can are {}", core::join(known, ", ")));
  }
  const double length = kUnitMotion * strength;
  std::vector<Bump> bumps;
  for (const Push& push : motion->pushes) {
    if (!is_paired(push.part)) {
      const double share = unit.side == data::Side::kBoth ? length : 0.5 * length;
      bumps.push_back({.centre = place(face, push.part, true), .move = {share * push.move.x, share * push.move.y}, .radius = push.radius});
      continue;
    }
    for (const bool left : {true, false}) {
      // The person's right is the image's left.
      if (unit.side == (left ? data::Side::kLeft : data::Side::kRight)) continue;
      const double share = length * (left ? 1.0 + asymmetry : 1.0 - asymmetry);
      bumps.push_back({.centre = place(face, push.part, left),
                       .move = {(left ? share : -share) * push.move.x, share * push.move.y},
                       .radius = push.radius});
    }
  }
  return bumps;
}

Point displacement(const std::vector<Bump>& bumps, Point at) { return displacement_with_slopes(bumps, at).move; }

Displacement displacement_with_slopes(const std::vector<Bump>& bumps, Point at) {
  Displacement out;
  for (const Bump& bump : bumps) {
    const double sharpness = 1.0 / (bump.radius * bump.radius);
    const double dx = at.x - bump.centre.x;
    const double dy = at.y - bump.centre.y;
    const double share = std::exp(-0.5 * sharpness * (dx * dx + dy * dy));
    const double along_x = -share * sharpness * dx;
    const double along_y = -share * sharpness * dy;
    out.move.x += share * bump.move.x;
    out.move.y += share * bump.move.y;
    out.xx += along_x * bump.move.x;
    out.xy += along_y * bump.move.x;
    out.yx += along_x * bump.move.y;
    out.yy += along_y * bump.move.y;
  }
  return out;
}

}  // namespace mexbench::preprocess
