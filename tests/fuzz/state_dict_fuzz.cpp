// Fuzz target of the weight-file reader: whatever the bytes, it returns a well-formed state or an error with a message; and what it
// accepted survives being written and read again.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "harness/model/state_dict.h"

namespace {

using mexbench::model::StateDict;
using mexbench::model::TensorData;

// Stops the program in every build, as assert would not.
void require(bool condition) {
  if (!condition) std::abort();
}

void require_whole(const TensorData& tensor) {
  require(tensor.bytes.size() == static_cast<std::uint64_t>(tensor.numbers()) * mexbench::model::bytes_per_number(tensor.dtype));
  require(tensor.to_float32().size() == static_cast<std::uint64_t>(tensor.numbers()));
}

void require_round_trip(const StateDict& state) {
  const auto encoded = mexbench::model::encode_state_dict(state);
  require(encoded.ok());
  const auto again = mexbench::model::parse_state_dict({reinterpret_cast<const std::byte*>(encoded->data()), encoded->size()}, "again");
  require(again.ok());
  require(again->tensors.size() == state.tensors.size());
  for (std::size_t i = 0; i < state.tensors.size(); ++i) {
    // Names may lose a second `module.`, so the numbers are compared.
    require(again->tensors[i].dtype == state.tensors[i].dtype);
    require(again->tensors[i].shape == state.tensors[i].shape);
    require(again->tensors[i].bytes == state.tensors[i].bytes);
  }
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> content(reinterpret_cast<const std::byte*>(data), size);
  const auto state = mexbench::model::parse_state_dict(content, "fuzz");
  if (state) {
    for (const TensorData& tensor : state->tensors) require_whole(tensor);
    require_round_trip(*state);
  } else {
    require(!state.error().message().empty());
    const auto tensor = mexbench::model::parse_tensor(content, "fuzz");
    if (tensor) require_whole(*tensor);
  }
  return 0;
}
