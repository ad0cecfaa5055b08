#include "harness/data/action_unit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "harness/core/text.h"

namespace mexbench::data {
namespace {

using core::Error;
using core::ErrorCode;

using Set = std::set<int>;

// Classes 1 to 6.
const std::array<std::vector<Set>, 6>& listed() {
  static const std::array<std::vector<Set>, 6> kListed = {{
      {{6}, {12}, {6, 12}, {6, 7, 12}, {7, 12}},
      {{1, 2}, {5}, {25}, {1, 2, 25}, {25, 26}, {5, 24}},
      {{23}, {4}, {4, 7}, {4, 5}, {4, 5, 7}, {17, 24}, {4, 6, 7}, {4, 38}},
      {{10}, {9}, {4, 9}, {4, 40}, {4, 5, 40}, {4, 7, 9}, {4, 9, 17}, {4, 7, 10}, {4, 5, 7, 9}, {7, 10}},
      {{1}, {15}, {1, 4}, {6, 15}, {15, 17}},
      {{1, 2, 4}, {20}},
  }};
  return kListed;
}

}  // namespace

core::Result<std::vector<ActionUnit>> parse_action_units(std::string_view text) {
  std::vector<ActionUnit> units;
  for (const std::string& part : core::split(text, '+')) {
    std::string_view number = part;
    ActionUnit unit;
    if (number.starts_with('L')) unit.side = Side::kLeft;
    if (number.starts_with('R')) unit.side = Side::kRight;
    if (unit.side != Side::kBoth) number.remove_prefix(1);
    const auto value = core::parse_int(number);
    if (!value || *value < 1 || *value > 99) {
      return Error(ErrorCode::kUsage, fmt::format("'{}' is no list of action units", text)).hint("numbers are wanted, like 4, 6+12 or R14");
    }
    unit.number = static_cast<int>(*value);
    units.push_back(unit);
  }
  return units;
}

int objective_class(const std::vector<ActionUnit>& units) {
  Set numbers;
  for (const ActionUnit& unit : units) numbers.insert(unit.number);
  for (std::size_t i = 0; i < listed().size(); ++i) {
    const auto& sets = listed()[i];
    if (std::find(sets.begin(), sets.end(), numbers) != sets.end()) return static_cast<int>(i) + 1;
  }
  return 7;
}

}  // namespace mexbench::data
