// The schemas of experiment files and of files of published results; internal to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/config/load.h"
#include "harness/config/schema.h"

namespace mexbench::config {

inline constexpr const char* kLabelPattern = "[A-Za-z0-9][A-Za-z0-9._=+-]{0,127}";
inline constexpr std::int64_t kMostSeeds = 10'000;
inline constexpr std::int64_t kLargestSeed = std::int64_t{1} << 53;  // exact in every JSON reader

// Defaults that checks across keys need too.
inline constexpr double kDefaultLearningRate = 1.0e-3;
inline constexpr double kDefaultMPlus = 0.9;
inline constexpr double kDefaultMMinus = 0.1;

// `train` complete (the one that a run uses), or one of the maps that merge into it.
[[nodiscard]] Type train_type();
// The form that people write, and the one that runs: sweeps expanded, `train` complete and per model, seeds and published results listed.
enum class Form { kWritten, kExpanded };
[[nodiscard]] Type experiment_type(const Vocabulary& vocabulary, Form form);
[[nodiscard]] Type model_type(const Vocabulary& vocabulary, Form form);  // one entry of `models`

[[nodiscard]] Type published_type();  // one entry
[[nodiscard]] Type pins_type();       // file name -> SHA-256

}  // namespace mexbench::config
