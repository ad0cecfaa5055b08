// What a network's constructor asks of its options, whoever gives them: a card's ranges are narrower, a parity fixture has none.
// Torch-free.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace mexbench::models {

// All throw std::invalid_argument: "featuremaps is 6, need a multiple of 4".
inline void require(bool holds, const std::string& why) {
  if (!holds) throw std::invalid_argument(why);
}

inline void require_from(std::string_view name, std::int64_t value, std::int64_t least) {
  if (value < least) require(false, fmt::format("{} is {}, need at least {}", name, value, least));
}

inline void require_between(std::string_view name, std::int64_t value, std::int64_t least, std::int64_t most) {
  if (value < least || value > most) require(false, fmt::format("{} is {}, need {} to {}", name, value, least, most));
}

inline void require_probability(std::string_view name, double value) {
  if (!(value >= 0.0 && value <= 1.0)) require(false, fmt::format("{} is {}, need a probability, 0 to 1", name, value));
}

}  // namespace mexbench::models
