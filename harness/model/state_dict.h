// PyTorch state dictionaries without torch: a reader of the legacy (pre-1.6) and zip formats of torch.save, and a writer of the zip
// format that Python's torch.load reads. The reader knows tensors and plain containers, refuses everything else by name, and executes
// nothing. LibTorch's own pickle_load can't read these files: it turns an OrderedDict into None and aborts on legacy files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::model {

enum class DType { kFloat64, kFloat32, kFloat16, kBFloat16, kInt64, kInt32, kInt16, kInt8, kUInt8, kBool };
[[nodiscard]] std::string_view to_string(DType dtype);  // "float32"
[[nodiscard]] std::size_t bytes_per_number(DType dtype);

// One tensor, contiguous, row-major, little-endian.
struct TensorData {
  std::string name;
  DType dtype = DType::kFloat32;
  std::vector<std::int64_t> shape;  // empty: a scalar
  std::vector<std::byte> bytes;

  [[nodiscard]] std::int64_t numbers() const;
  // The numbers as float32 (float16, bfloat16 and integers widened exactly where float32 can, float64 rounded to nearest).
  [[nodiscard]] std::vector<float> to_float32() const;
  friend bool operator==(const TensorData&, const TensorData&) = default;
};

// Tensors in the order of the file.
struct StateDict {
  std::vector<TensorData> tensors;
  [[nodiscard]] const TensorData* find(std::string_view name) const;
};

// Reads a state dictionary: an (ordered) dictionary of tensors, or a checkpoint that nests one under `state_dict` or `model`; a
// DataParallel `module.` prefix common to all names is removed. Tensors saved on a GPU are read to memory. Fails with kData, naming the
// file and what was seen: not a torch file, truncated, a record missing, sizes that do not add up, a global that is refused.
[[nodiscard]] core::Result<StateDict> read_state_dict(const std::filesystem::path& path);
[[nodiscard]] core::Result<StateDict> parse_state_dict(std::span<const std::byte> content, std::string_view name);

// A file that holds one tensor (torch.save(tensor)); its TensorData has an empty name.
[[nodiscard]] core::Result<TensorData> read_tensor(const std::filesystem::path& path);
[[nodiscard]] core::Result<TensorData> parse_tensor(std::span<const std::byte> content, std::string_view name);

// The zip format, entries stored, fixed time stamps: equal dictionaries give equal bytes. Written atomically and durably.
[[nodiscard]] core::Result<std::string> encode_state_dict(const StateDict& state);
[[nodiscard]] core::Status write_state_dict(const std::filesystem::path& path, const StateDict& state);

// SHA-256 over names, types, shapes and numbers, in order.
[[nodiscard]] std::string weights_digest(const StateDict& state);

// What a network wants to find.
struct ExpectedTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  bool floating = true;   // false: an integer buffer such as num_batches_tracked
  bool optional = false;  // may be missing (num_batches_tracked of files older than PyTorch 0.4.1)
};
// Fails with kData and lists all of: missing, unexpected and mis-shaped tensors, and floating/integer mix-ups.
[[nodiscard]] core::Status check_state_dict(const StateDict& state, std::span<const ExpectedTensor> expected, std::string_view file);

}  // namespace mexbench::model
