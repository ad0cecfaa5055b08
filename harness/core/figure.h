// A number or the reason why there is none. A score without a denominator is undefined, never 0.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace mexbench::core {

struct Figure {
  std::optional<double> value;
  std::string reason;  // set exactly when value is not
  static Figure of(double number) { return {.value = number, .reason = {}}; }
  static Figure undefined(std::string why) { return {.value = std::nullopt, .reason = std::move(why)}; }
  friend bool operator==(const Figure&, const Figure&) = default;
};

}  // namespace mexbench::core
