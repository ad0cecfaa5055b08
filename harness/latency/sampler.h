// The timing loop: calls a function over and over and keeps how long each call took.
//
// Inside a sample: one call of the function, and one reading of CLOCK_MONOTONIC (std::chrono::steady_clock). Nothing else: memory for the
// samples is taken and touched before, the end of one reading is no part of the next sample. First the function is called for
// `warmup_seconds`, at least once; these samples are dropped and counted. Then it is called in `passes` of equal length, which follow one
// another at once, until both `min_seconds` and `min_samples` are reached, or `max_seconds` are over. A call that has begun is finished.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::latency {

struct SamplerOptions {
  double min_seconds = 2.0;
  std::int64_t min_samples = 1;
  double max_seconds = 30.0;
  double warmup_seconds = 0.25;
  std::int64_t passes = 1;  // what Google Benchmark calls repetitions
};

// A part of the measurement with what it took of the processor.
struct Pass {
  std::int64_t count = 0;    // samples
  double seconds = 0.0;      // from the begin of the first to the end of the last
  double cpu_seconds = 0.0;  // that the timing thread ran in them
};

struct Sampled {
  std::vector<std::int64_t> ns;  // in the order they were taken
  std::int64_t warmup_count = 0;
  double warmup_seconds = 0.0;
  std::vector<Pass> passes;
  std::int64_t preemptions = 0;  // times that the system gave the processor of the timing thread to somebody else (getrusage)

  [[nodiscard]] double seconds() const;
  [[nodiscard]] double cpu_seconds() const;
};

// Gives the answer of sample `index`, which counts on from warm-up to the last pass.
using Answer = std::function<core::Status(std::int64_t index)>;

// Fails as `answer` does, with the first failure. `answer` is called on the calling thread.
[[nodiscard]] core::Result<Sampled> take_samples(const Answer& answer, const SamplerOptions& options);

// What the clock can tell apart: the smallest step between two readings, or the median time of a reading where that is longer.
[[nodiscard]] std::int64_t clock_resolution_ns();

// Nanoseconds of CLOCK_MONOTONIC.
[[nodiscard]] std::int64_t monotonic_ns();

}  // namespace mexbench::latency
