#include "harness/data/truth.h"

#include <algorithm>
#include <cassert>

namespace mexbench::data {

std::string Truth::text(std::span<const std::string> classes) const {
  assert(fits(classes.size()));
  return std::visit([&](const OneClass& one) { return classes[one.index]; }, value_);
}

std::optional<Truth> Truth::parse(std::span<const std::string> classes, std::string_view text) {
  const auto found = std::find(classes.begin(), classes.end(), text);
  if (found == classes.end()) return std::nullopt;
  return one_class(static_cast<std::size_t>(found - classes.begin()));
}

bool Truth::fits(std::size_t classes) const {
  return std::visit([&](const OneClass& one) { return one.index < classes; }, value_);
}

}  // namespace mexbench::data
