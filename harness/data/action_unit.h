// Action units of the Facial Action Coding System (Ekman, Friesen, Hager: FACS, 2002) as sheets write them: `6+12`, `R14`, `L4+R10`.
#pragma once

#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::data {

// L and R are the person's own left and right: on images that are not mirrored, L is on the right.
enum class Side { kBoth, kLeft, kRight };

struct ActionUnit {
  int number = 0;
  Side side = Side::kBoth;
  friend bool operator==(const ActionUnit&, const ActionUnit&) = default;
};

// Numbers joined by `+`, each with `L` or `R` in front or nothing. Strict, for texts of our own: what releases write beside that
// (intensities, alternatives, remarks) fails with kUsage.
[[nodiscard]] core::Result<std::vector<ActionUnit>> parse_action_units(std::string_view text);

// The objective class, 1 to 7, of a set of action units, sides left out; 7 is every set that is in no list (Davison, Merghani, Yap:
// Objective Classes for Micro-Facial Expression Recognition. Journal of Imaging 4(10), 2018, table 1).
[[nodiscard]] int objective_class(const std::vector<ActionUnit>& units);

}  // namespace mexbench::data
