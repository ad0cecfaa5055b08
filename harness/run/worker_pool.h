// Hands jobs to worker processes. Jobs are independent; a job that fails, or whose worker dies, does not touch the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "harness/core/result.h"
#include "harness/run/interrupt.h"
#include "harness/run/worker_process.h"

namespace mexbench::run {

struct PoolCallbacks {
  // The request of a job, or nothing when there is no need for it any more.
  std::function<core::Result<std::optional<nlohmann::json>>(std::size_t worker, std::size_t job)> request;
  // A failure here, or in `done`, fails the job.
  std::function<core::Status(std::size_t worker, std::size_t job, const nlohmann::json& message)> message;
  std::function<core::Status(std::size_t worker, std::size_t job, const nlohmann::json& message)> done;
  std::function<void(std::size_t worker, std::size_t job, const core::Error& error)> failed;
  std::function<void()> tick;
};

// What every worker is started with.
struct WorkerSetup {
  std::filesystem::path program;
  const MemoryFile& tensor;
  std::optional<std::uint64_t> memory;  // most private bytes of each
};

// Runs jobs 0..count-1 in that order on up to `workers` processes. Returns false when `interrupt` asked to stop: open jobs are dropped,
// their workers killed. Fails when no worker is left and none can be started.
[[nodiscard]] core::Result<bool> run_pool(const WorkerSetup& setup, std::size_t count, std::size_t workers, const PoolCallbacks& callbacks,
                                          const InterruptGuard& interrupt);

}  // namespace mexbench::run
