// A limit on memory for a while, where what is done may ask for any amount (harness/core/memory.h says what counts).
#pragma once

#include <cstdint>
#include <optional>

namespace mexbench::core {

// As long as it lives, this process has at most `more` bytes beside what it has now: allocations beyond that fail. Without effect where
// the system does not tell what the process has.
class MemoryCeiling {
 public:
  explicit MemoryCeiling(std::uint64_t more);
  ~MemoryCeiling();
  MemoryCeiling(const MemoryCeiling&) = delete;
  MemoryCeiling& operator=(const MemoryCeiling&) = delete;

 private:
  std::optional<std::uint64_t> before_;  // the limit to put back
};

// What the machine has; nothing when the system does not tell.
[[nodiscard]] std::optional<std::uint64_t> machine_memory();

}  // namespace mexbench::core
