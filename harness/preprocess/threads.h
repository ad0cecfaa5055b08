// Threads inside OpenCV, in this process, from here on; at least 1. Inputs are always computed with one (recipe.h).
#pragma once

#include <cstdint>

namespace mexbench::preprocess {

void set_threads(std::int64_t threads);

}  // namespace mexbench::preprocess
