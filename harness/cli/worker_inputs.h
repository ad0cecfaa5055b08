// The inputs of a worker's tasks: the shared tensor, and clips of it as a model takes them.
#pragma once

#include <sys/mman.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "harness/core/result.h"
#include "harness/model/learner.h"
#include "harness/preprocess/fitted_input.h"
#include "harness/run/messages.h"

namespace mexbench::cli {

// The shared inputs, mapped for as long as this lives.
class Mapping {
 public:
  static core::Result<Mapping> open(std::size_t bytes, bool writable);
  Mapping() = default;
  ~Mapping() {
    if (data_ != MAP_FAILED) ::munmap(data_, bytes_);
  }
  Mapping(Mapping&& other) noexcept : data_(std::exchange(other.data_, MAP_FAILED)), bytes_(other.bytes_) {}
  Mapping& operator=(Mapping&&) = delete;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  [[nodiscard]] std::span<float> floats() const { return {static_cast<float*>(data_), bytes_ / sizeof(float)}; }

 private:
  void* data_ = MAP_FAILED;
  std::size_t bytes_ = 0;
};

// Rows and channels of the shared inputs, adapted to the model, as one contiguous block of our own.
struct Block {
  // As many numbers as a cache line, aligned like one: what LibTorch reads where it lies.
  struct alignas(64) Line {
    std::array<float, 16> numbers;
  };
  std::vector<Line> memory;
  std::span<float> numbers;
  model::TensorView view;
};

[[nodiscard]] Block gather(std::span<const float> inputs, const run::FoldTask& task, const std::vector<std::int64_t>& rows);

// The steps of the input that learn, and the rows they were fitted on.
struct FittedSteps {
  preprocess::FittedInput input;
  std::vector<std::int64_t> rows;
};

// On the fold's training clips, validation clips not among them; nothing when no step learns.
[[nodiscard]] core::Result<std::optional<FittedSteps>> fitted_steps(std::span<const float> inputs, const run::FoldTask& task);

// With the steps that learn applied.
[[nodiscard]] Block gather(std::span<const float> inputs, const run::FoldTask& task, const std::vector<std::int64_t>& rows,
                           const std::optional<FittedSteps>& fitted);

}  // namespace mexbench::cli
