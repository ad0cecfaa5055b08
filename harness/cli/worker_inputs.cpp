#include "harness/cli/worker_inputs.h"

#include "harness/preprocess/adapt.h"

namespace mexbench::cli {

using core::Error;
using core::ErrorCode;

core::Result<Mapping> Mapping::open(std::size_t bytes, bool writable) {
  Mapping mapping;
  mapping.bytes_ = bytes;
  const int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
  mapping.data_ = ::mmap(nullptr, bytes, protection, MAP_SHARED, run::kTensorDescriptor, 0);
  if (mapping.data_ == MAP_FAILED) return Error(ErrorCode::kFailed, "can't map the inputs");
  return mapping;
}

Block gather(std::span<const float> inputs, const run::FoldTask& task, const std::vector<std::int64_t>& rows) {
  const data::ImageSize given{.height = task.tensor.height, .width = task.tensor.width};
  const data::ImageSize wanted = task.adaptation.size_after(given);
  const auto from_pixels = static_cast<std::size_t>(given.pixels());
  const auto to_pixels = static_cast<std::size_t>(wanted.pixels());
  Block block;
  const std::size_t numbers = rows.size() * task.channels.size() * to_pixels;
  constexpr std::size_t kEach = sizeof(Block::Line) / sizeof(float);
  block.memory.resize((numbers + kEach - 1) / kEach);
  block.numbers = {reinterpret_cast<float*>(block.memory.data()), numbers};
  std::span<float> left = block.numbers;
  for (const std::int64_t row : rows) {
    for (const std::int64_t channel : task.channels) {
      const auto plane = inputs.subspan(static_cast<std::size_t>(row * task.tensor.channels + channel) * from_pixels, from_pixels);
      preprocess::adapt_plane(task.adaptation, given, plane, left.first(to_pixels));
      left = left.subspan(to_pixels);
    }
  }
  block.view = {
      .data = block.numbers.data(),
      .shape = {static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(task.channels.size()), wanted.height, wanted.width}};
  return block;
}

core::Result<std::optional<FittedSteps>> fitted_steps(std::span<const float> inputs, const run::FoldTask& task) {
  if (!task.adaptation.learns()) return std::optional<FittedSteps>();
  const std::vector<std::int64_t>& rows = task.train_rows;
  const Block training = gather(inputs, task, rows);
  const std::vector<std::int64_t>& shape = training.view.shape;
  MEXBENCH_ASSIGN(preprocess::FittedInput fitted, preprocess::FittedInput::fit(task.adaptation,
                                                                               {.channels = static_cast<std::size_t>(shape[1]),
                                                                                .pixels = static_cast<std::size_t>(shape[2] * shape[3])},
                                                                               training.numbers));
  return std::optional(FittedSteps{.input = std::move(fitted), .rows = rows});
}

Block gather(std::span<const float> inputs, const run::FoldTask& task, const std::vector<std::int64_t>& rows,
             const std::optional<FittedSteps>& fitted) {
  Block block = gather(inputs, task, rows);
  if (fitted) fitted->input.apply(block.numbers);
  return block;
}

}  // namespace mexbench::cli
