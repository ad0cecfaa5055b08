#include "harness/core/aligned.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace mexbench::core {

void* allocate_aligned(std::int64_t count, std::size_t size) {
  constexpr std::size_t kHugePage = std::size_t{1} << 21U;
  const std::size_t wanted = std::max<std::size_t>(static_cast<std::size_t>(count) * size, 1);
  const std::size_t alignment = wanted >= 2 * kHugePage ? kHugePage : kVectorAlignment;
  const std::size_t bytes = (wanted + alignment - 1) / alignment * alignment;
  void* const memory = std::aligned_alloc(alignment, bytes);
  if (memory == nullptr) throw std::bad_alloc();
#if defined(MADV_HUGEPAGE)
  if (alignment == kHugePage) (void)madvise(memory, bytes, MADV_HUGEPAGE);  // advice: nothing depends on it
#endif
  std::memset(memory, 0, bytes);
  return memory;
}

void free_aligned(void* memory) { std::free(memory); }

}  // namespace mexbench::core
