#include "harness/core/memory_ceiling.h"

#include <sys/resource.h>
#include <unistd.h>

#include "harness/core/memory.h"

namespace mexbench::core {

MemoryCeiling::MemoryCeiling(std::uint64_t more) {
  const auto now = private_memory();
  rlimit limit{};
  if (!now || ::getrlimit(RLIMIT_DATA, &limit) != 0) return;
  const std::uint64_t before = limit.rlim_cur;
  if (*now + more >= before) return;  // RLIM_INFINITY is the largest number
  limit.rlim_cur = *now + more;
  if (::setrlimit(RLIMIT_DATA, &limit) == 0) before_ = before;
}

MemoryCeiling::~MemoryCeiling() {
  rlimit limit{};
  if (!before_ || ::getrlimit(RLIMIT_DATA, &limit) != 0) return;
  limit.rlim_cur = *before_;
  ::setrlimit(RLIMIT_DATA, &limit);
}

std::optional<std::uint64_t> machine_memory() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long bytes = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || bytes <= 0) return std::nullopt;
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(bytes);
}

}  // namespace mexbench::core
