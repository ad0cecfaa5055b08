// What decides the last bits of a number: the part of the environment hash that LibTorch answers for. Torch-free to include.
#pragma once

#include <nlohmann/json.hpp>

namespace mexbench::train {

// {"torch": version compiled against, "torch_runtime": version loaded, "blas": library and kernel set, "onednn": version and instruction
// set, "cpu_capability": what LibTorch's own kernels use, "instruction_set": what the processor offers, "compiler": ...}. No host name.
// An entry that the loaded library does not tell is "unknown".
[[nodiscard]] nlohmann::json environment();

}  // namespace mexbench::train
