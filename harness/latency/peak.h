// How fast this machine multiplies and adds float32 at best: independent fused multiply-adds on registers, no memory touched, with the
// widest vectors the processor has (AVX-512, AVX2 with FMA; elsewhere what the compiler makes of plain loops). A multiplication and an
// addition are two operations, as in train/inspect.h, so that a network's FLOPs a second can be divided by it. No library reaches it:
// OpenBLAS's sgemm has three quarters of it on the machine of docs/latency.md.
#pragma once

#include <cstdint>

#include "harness/latency/record.h"

namespace mexbench::latency {

// The best of several rounds of about `seconds` each, all threads at work at once.
[[nodiscard]] Peak measure_peak(std::int64_t threads, double seconds = 0.05);

}  // namespace mexbench::latency
