// Action units as movements of a face in the image plane: each pushes the parts of the face that its muscles pull, as smooth bumps
// (synth_face.h) on landmarks. The table with every unit, its muscles and its pushes is in action_units.cpp.
//
// Only displacement is drawn. What a unit does beside it (wrinkles, bulges, dimples, the white of a tooth) is not.
#pragma once

#include <string_view>
#include <vector>

#include "harness/core/result.h"
#include "harness/data/action_unit.h"
#include "harness/preprocess/synth_face.h"

namespace mexbench::preprocess {

// At strength 1 the strongest push of a unit is about 1 % of the face's side, as a micro-expression's is.
inline constexpr double kUnitMotion = 0.01;

// The numbers that can be drawn, ascending.
[[nodiscard]] std::vector<int> drawn_units();
// "inner brow raiser"; empty for a unit that can't be drawn.
[[nodiscard]] std::string_view unit_name(int number);

// The pushes of a unit on a face. A unit of one side pushes that side alone, and parts in the middle half as far. `asymmetry` (-1 to 1)
// is the person's: the left of the image moves 1 + asymmetry times as far, the right 1 - asymmetry times. Fails with kUsage for a unit
// that can't be drawn, and lists those that can.
[[nodiscard]] core::Result<std::vector<Bump>> unit_bumps(const Face& face, const data::ActionUnit& unit, double strength, double asymmetry);

// Where a sum of bumps moves a point to, less the point.
[[nodiscard]] Point displacement(const std::vector<Bump>& bumps, Point at);

// The same with its derivatives: `xy` is the change of x's displacement along y.
struct Displacement {
  Point move;
  double xx = 0.0, xy = 0.0, yx = 0.0, yy = 0.0;
};
[[nodiscard]] Displacement displacement_with_slopes(const std::vector<Bump>& bumps, Point at);

}  // namespace mexbench::preprocess
