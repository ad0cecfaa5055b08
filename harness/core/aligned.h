// Memory for numbers that vector instructions read: it begins at a multiple of 64 bytes, and is zero at first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace mexbench::core {

inline constexpr std::size_t kVectorAlignment = 64;

// `count` numbers of `size` bytes. Large memory is asked for in huge pages. Throws std::bad_alloc.
[[nodiscard]] void* allocate_aligned(std::int64_t count, std::size_t size);
void free_aligned(void* memory);

template <typename Number>
class Aligned {
 public:
  static_assert(std::is_trivially_copyable_v<Number>);

  Aligned() = default;
  explicit Aligned(std::int64_t count) : numbers_(static_cast<Number*>(allocate_aligned(count, sizeof(Number)))), count_(count) {}

  [[nodiscard]] Number* data() const { return numbers_.get(); }
  [[nodiscard]] std::int64_t size() const { return count_; }
  [[nodiscard]] Number& operator[](std::int64_t index) const { return numbers_.get()[index]; }

 private:
  struct Free {
    void operator()(Number* numbers) const { free_aligned(numbers); }
  };
  std::unique_ptr<Number, Free> numbers_;
  std::int64_t count_ = 0;
};

}  // namespace mexbench::core
