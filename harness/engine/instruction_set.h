// Which of its instruction sets the engine computes with. It decides last bits, so it is part of a run's environment.
#pragma once

#include <string_view>

#include "harness/core/result.h"

namespace mexbench::engine {

// "avx512", "avx2", "sse4" or "neon": the best that the processor has, or what the environment variable MEXBENCH_ENGINE_TARGET asks for;
// "portable" does without any of them.
[[nodiscard]] std::string_view instruction_set();

// Fails with kUsage when MEXBENCH_ENGINE_TARGET names a set that there is not, or that the processor does not have.
[[nodiscard]] core::Status check_instruction_set();

}  // namespace mexbench::engine
