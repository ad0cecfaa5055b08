// Short forms of the rows of a card's parameter table. Torch-free.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "models/registry.h"

namespace mexbench::models {

inline ParamDef integer_param(std::string name, std::int64_t value, double min, double max, std::string doc) {
  return {.name = std::move(name), .type = ParamDef::Type::kInteger, .default_value = value, .min = min, .max = max, .doc = std::move(doc)};
}

inline ParamDef number_param(std::string name, double value, double min, double max, std::string doc) {
  return {.name = std::move(name), .type = ParamDef::Type::kNumber, .default_value = value, .min = min, .max = max, .doc = std::move(doc)};
}

inline ParamDef boolean_param(std::string name, bool value, std::string doc) {
  return {.name = std::move(name), .type = ParamDef::Type::kBoolean, .default_value = value, .doc = std::move(doc)};
}

// A list of `least` to `most` integers.
inline ParamDef integers_param(std::string name, const std::vector<std::int64_t>& value, double min, double max, std::size_t least,
                               std::size_t most, std::string doc) {
  return {.name = std::move(name),
          .type = ParamDef::Type::kIntegers,
          .default_value = value,
          .min = min,
          .max = max,
          .least = least,
          .most = most,
          .doc = std::move(doc)};
}

// The channels of a volume of grey frames, in order of time: t00, t01, ...
inline std::vector<std::string> frame_channels(std::int64_t frames) {
  std::vector<std::string> names;
  for (std::int64_t frame = 0; frame < frames; ++frame) names.push_back(fmt::format("t{:02}", frame));
  return names;
}

inline ParamDef classes_param_def(std::string name) { return integer_param(std::move(name), 3, 2, 1000, "classes"); }

}  // namespace mexbench::models
