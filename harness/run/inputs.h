// The tensors of all clips, computed by a worker into the memory that it was started with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/core/result.h"
#include "harness/run/fold_tasks.h"
#include "harness/run/interrupt.h"
#include "harness/run/worker_process.h"

namespace mexbench::run {

// Where tensors of clips are kept between runs (harness/data/blob_cache.h). No number depends on it.
struct CacheOptions {
  std::filesystem::path folder;
  std::uint64_t limit = 0;  // bytes
};

// Gives the worker's answer, whose "profile" says where the time went. Progress goes to stderr, and a warning when the cache is of no use.
// Fails with kInterrupted, and as the worker does.
[[nodiscard]] core::Result<nlohmann::json> compute_inputs(WorkerProcess& worker, const FoldTasks& tasks, std::size_t threads,
                                                          const std::optional<CacheOptions>& cache, const InterruptGuard& interrupt);

}  // namespace mexbench::run
