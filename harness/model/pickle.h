// The part of Python's pickle that torch.save emits, read without Python. A pickle is a program for a small stack machine; this one
// knows how to build numbers, texts, plain containers and *descriptions* of storages and tensors. It calls nothing: a global is looked
// up in a list of eleven names (and the storage types), anything else is refused by its name.
//
// Values live in one arena and refer to each other by index, so shared, cyclic and deeply nested input costs no recursion, neither
// here nor when the document is destroyed. Texts are views into the pickle, which the caller keeps alive.
//
// Reference: Lib/pickletools.py of CPython, which documents every instruction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "harness/core/result.h"
#include "harness/model/state_dict.h"

namespace mexbench::model::pickle {

// Bounds on what a file may ask for. Checkpoints with optimiser state stay a hundred times below them.
inline constexpr std::size_t kMaxInstructions = 4'000'000;
inline constexpr std::size_t kMaxMemo = 1'000'000;
inline constexpr std::size_t kMaxNesting = 200;
inline constexpr std::size_t kMaxTextBytes = std::size_t{1} << 24U;
inline constexpr std::size_t kMaxKeyBytes = 256;  // a storage's key is looked up at each of its tensors
inline constexpr std::size_t kMaxDimensions = 64;
inline constexpr std::size_t kMaxCopiedItems = 8'000'000;  // items that instructions copy out of memoised containers

using Ref = std::uint32_t;  // index into Document::values

struct None {};
struct Text {
  std::string_view text;  // valid UTF-8
};
struct Bytes {
  std::string_view bytes;
};
struct BigInt {
  std::string_view little_endian;  // two's complement, more than 8 bytes
};
struct Tuple {
  std::vector<Ref> items;
};
struct List {
  std::vector<Ref> items;
};
struct Set {
  std::vector<Ref> items;
};
struct Dict {
  std::vector<std::pair<Ref, Ref>> entries;  // in the order they were set; a key may stand twice
};

enum class Callable { kOrderedDict, kSet, kSize, kRebuildTensor, kRebuildTensorV2, kRebuildParameter, kStorage };
struct Global {
  Callable callable = Callable::kOrderedDict;
  std::optional<DType> dtype;  // of a storage type; empty: an untyped one, counted in bytes
};
struct StorageRef {
  std::uint32_t index = 0;  // into Document::storages
};
struct TensorRef {
  std::uint32_t index = 0;  // into Document::tensors
};

using Value = std::variant<None, bool, std::int64_t, double, Text, Bytes, BigInt, Tuple, List, Set, Dict, Global, StorageRef, TensorRef>;

// Numbers kept outside the pickle under `key`. The legacy format knows views: a part of the storage that is called a storage again.
struct Storage {
  std::string_view key;
  std::optional<DType> dtype;
  std::int64_t numbers = 0;  // of the whole storage
  std::int64_t view_offset = 0;
  std::int64_t view_numbers = 0;

  [[nodiscard]] std::size_t number_bytes() const { return dtype ? bytes_per_number(*dtype) : 1; }
  [[nodiscard]] std::uint64_t bytes() const { return static_cast<std::uint64_t>(numbers) * number_bytes(); }
};

// A view of a storage. Checked: every number it reaches lies in the storage's view, and the shape's product fits an int64.
struct Tensor {
  std::uint32_t storage = 0;
  std::int64_t offset = 0;  // in numbers, from the beginning of the whole storage
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;  // in numbers, none negative
};

struct Document {
  std::vector<Value> values;
  std::vector<Storage> storages;
  std::vector<Tensor> tensors;
  Ref root = 0;
  std::size_t size = 0;  // bytes of the pickle, up to and with its STOP

  [[nodiscard]] const Value& operator[](Ref ref) const { return values[ref]; }
  template <typename T>
  [[nodiscard]] const T* as(Ref ref) const {
    return std::get_if<T>(&values[ref]);
  }
};

// Reads one pickle of protocol 2 to 5 from the beginning of `bytes`; what follows its STOP is left alone. Fails with kData.
[[nodiscard]] core::Result<Document> read(std::span<const std::byte> bytes);

// What a global stands for; empty: refused.
[[nodiscard]] std::optional<Global> find_global(std::string_view module, std::string_view name);
// Of an instruction that is not carried out: "'INST'", or its code where it has no name.
[[nodiscard]] std::string instruction_name(std::uint8_t code);
// "a tensor", "a number", "text": for messages.
[[nodiscard]] std::string_view kind_of(const Value& value);
// Text from a file as it may stand in a message: quoted, control and non-ASCII bytes escaped, cut at 80 bytes.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace mexbench::model::pickle
