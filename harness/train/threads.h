// Threads inside the libraries that networks compute with. Runs use one, because another number gives other bits; only timings use more.
// Torch-free to include.
#pragma once

#include <cstdint>

namespace mexbench::train {

// Intra-op threads of LibTorch and of OpenMP below it (oneDNN), and of OpenBLAS, in this process, from here on; at least 1.
void set_threads(std::int64_t threads);

}  // namespace mexbench::train
