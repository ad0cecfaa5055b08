// A network of the user's own in a shared library (harness/train/plugin.h). Torch-free to include.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/core/result.h"
#include "harness/train/learner.h"

namespace mexbench::models {

// Loads the library, for the rest of the process. Fails with kData: no library, no plugin, or built for another version or LibTorch. What a
// network's constructor throws is a kUsage of the factory.
[[nodiscard]] core::Result<train::NetworkFactory> plugin_factory(const std::filesystem::path& file, const nlohmann::json& params);

}  // namespace mexbench::models
