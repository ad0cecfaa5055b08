// A mexbench-worker process and the memory file its inputs stand in. Workers die with their parent, run one thread each, and keep
// what they print (a library's warnings, the last words of a crash) in a memory file that is only shown when they fail.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "harness/core/result.h"
#include "harness/run/channel.h"
#include "harness/run/interrupt.h"

namespace mexbench::run {

// Anonymous memory with a descriptor. Closed with the object.
class MemoryFile {
 public:
  static core::Result<MemoryFile> create(const char* name, std::size_t bytes);
  MemoryFile() = default;
  ~MemoryFile();
  MemoryFile(MemoryFile&& other) noexcept;
  MemoryFile& operator=(MemoryFile&& other) noexcept;
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  // From here on nobody can write, grow or shrink it.
  [[nodiscard]] core::Status seal();
  [[nodiscard]] std::string text() const;  // whole content

 private:
  int descriptor_ = -1;
};

class WorkerProcess {
 public:
  // `tensor` may be an empty MemoryFile for workers that need none. `memory`: the most private memory it may have, in bytes.
  static core::Result<WorkerProcess> start(const std::filesystem::path& program, const MemoryFile& tensor,
                                           std::optional<std::uint64_t> memory = std::nullopt);
  ~WorkerProcess();  // kills it when it still runs
  WorkerProcess(WorkerProcess&& other) noexcept;
  WorkerProcess& operator=(WorkerProcess&& other) noexcept;
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  [[nodiscard]] Channel& channel() { return channel_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  // Waits for its end (its channel is closed or about to be) and says in one line how it ended.
  [[nodiscard]] std::string ending();
  void kill();

  // Sends one request and waits for `done`; of progress messages `told` gets how many of how many. Fails with kInterrupted when `interrupt`
  // asks to stop, and with how the worker ended when it dies.
  [[nodiscard]] core::Result<nlohmann::json> call(const nlohmann::json& request, const InterruptGuard& interrupt,
                                                  const std::function<void(std::size_t done, std::size_t total)>& told = {});

 private:
  WorkerProcess() = default;
  [[nodiscard]] core::Result<nlohmann::json> next_or_ending(const InterruptGuard& interrupt);
  pid_t pid_ = -1;
  Channel channel_;
  MemoryFile output_;
  std::optional<std::uint64_t> memory_;
};

// mexbench-worker in the folder of the running program. kFailed with what to build or install when it is not there.
[[nodiscard]] core::Result<std::filesystem::path> find_worker_program();

}  // namespace mexbench::run
