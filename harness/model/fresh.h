// Which tensors of a network keep the random values that they have when its training begins with a file's: those whose names begin with one
// of the beginnings that `fresh` lists ("fc", "features.0").
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "harness/core/result.h"

namespace mexbench::model {

[[nodiscard]] bool is_fresh(std::string_view name, std::span<const std::string> fresh);

// kUsage when an entry of `fresh` is the beginning of none of the network's names, with one that is near.
[[nodiscard]] core::Status check_fresh(std::span<const std::string> names, std::span<const std::string> fresh);

}  // namespace mexbench::model
