// The other direction: the zip format, as torch.save would write an OrderedDict of contiguous CPU tensors with pickle protocol 2.
#include <fmt/format.h>

#include <limits>
#include <unordered_set>

#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "harness/core/text.h"
#include "harness/model/archive.h"
#include "harness/model/pickle.h"
#include "harness/model/state_dict.h"

namespace mexbench::model {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;

std::string_view storage_type(DType dtype) {
  switch (dtype) {
    case DType::kFloat64:
      return "DoubleStorage";
    case DType::kFloat32:
      return "FloatStorage";
    case DType::kFloat16:
      return "HalfStorage";
    case DType::kBFloat16:
      return "BFloat16Storage";
    case DType::kInt64:
      return "LongStorage";
    case DType::kInt32:
      return "IntStorage";
    case DType::kInt16:
      return "ShortStorage";
    case DType::kInt8:
      return "CharStorage";
    case DType::kUInt8:
      return "ByteStorage";
    case DType::kBool:
      return "BoolStorage";
  }
  return "";
}

// Pickle instructions, one method each.
class Pickler {
 public:
  Pickler& op(char code) {
    out_ += code;
    return *this;
  }
  Pickler& global(std::string_view module, std::string_view name) {
    out_ += fmt::format("c{}\n{}\n", module, name);
    return *this;
  }
  Pickler& text(std::string_view value) {
    op('X').little(value.size(), 4);
    out_ += value;
    return *this;
  }
  Pickler& integer(std::int64_t value) {
    if (value >= 0 && value <= 0xff) return op('K').little(static_cast<std::uint64_t>(value), 1);
    if (value >= 0 && value <= 0xffff) return op('M').little(static_cast<std::uint64_t>(value), 2);
    if (value >= 0 && value <= std::numeric_limits<std::int32_t>::max()) return op('J').little(static_cast<std::uint64_t>(value), 4);
    return op('\x8a').op('\x08').little(static_cast<std::uint64_t>(value), 8);
  }
  Pickler& integers(const std::vector<std::int64_t>& values) {
    op('(');
    for (const std::int64_t value : values) integer(value);
    return op('t');
  }
  Pickler& ordered_dict() { return global("collections", "OrderedDict").op(')').op('R'); }
  [[nodiscard]] const std::string& bytes() const { return out_; }

 private:
  Pickler& little(std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out_ += static_cast<char>((value >> (8 * i)) & 0xffU);
    return *this;
  }

  std::string out_{"\x80\x02"};  // protocol 2
};

std::vector<std::int64_t> contiguous_strides(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> out(shape.size());
  std::int64_t step = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    out[i] = step;
    step *= shape[i] == 0 ? 1 : shape[i];
  }
  return out;
}

void put_tensor(Pickler& out, const TensorData& tensor, std::size_t record) {
  out.global("torch._utils", "_rebuild_tensor_v2").op('(');
  out.op('(')
      .text("storage")
      .global("torch", storage_type(tensor.dtype))
      .text(std::to_string(record))
      .text("cpu")
      .integer(tensor.numbers());
  out.op('t').op('Q');
  out.integer(0).integers(tensor.shape).integers(contiguous_strides(tensor.shape));
  out.op('\x89').ordered_dict();  // requires_grad, hooks
  out.op('t').op('R');
}

Status check_writable(const StateDict& state) {
  std::unordered_set<std::string_view> names;
  std::uint64_t total = 0;
  for (const TensorData& tensor : state.tensors) {
    const auto failed = [&](std::string_view why) {
      return Error(ErrorCode::kFailed, fmt::format("cannot write tensor {}: {}", pickle::shown(tensor.name), why));
    };
    std::int64_t numbers = 1;
    for (const std::int64_t extent : tensor.shape) {
      if (extent < 0 || __builtin_mul_overflow(numbers, extent, &numbers)) return failed("its shape is not a shape");
    }
    if (tensor.shape.size() > pickle::kMaxDimensions) return failed("it has too many dimensions");
    if (tensor.bytes.size() % bytes_per_number(tensor.dtype) != 0 ||
        tensor.bytes.size() / bytes_per_number(tensor.dtype) != static_cast<std::uint64_t>(numbers)) {
      return failed(fmt::format("its shape wants {} numbers, it has {} bytes", numbers, tensor.bytes.size()));
    }
    if (core::invalid_utf8(tensor.name)) return failed("its name is not UTF-8");
    if (!names.insert(tensor.name).second) return failed("its name stands twice");
    total += tensor.bytes.size();
  }
  if (total > kMaxFileBytes)
    return Error(ErrorCode::kFailed, fmt::format("cannot write weights of {} bytes, more than {}", total, kMaxFileBytes));
  return {};
}

std::span<const std::byte> as_bytes(std::string_view text) { return {reinterpret_cast<const std::byte*>(text.data()), text.size()}; }

}  // namespace

Result<std::string> encode_state_dict(const StateDict& state) {
  MEXBENCH_TRY(check_writable(state));
  Pickler out;
  out.ordered_dict().op('(');
  for (std::size_t i = 0; i < state.tensors.size(); ++i) {
    out.text(state.tensors[i].name);
    put_tensor(out, state.tensors[i], i);
  }
  out.op('u').op('.');
  const std::string folder = "weights/";
  std::vector<ZipEntry> entries{{folder + "data.pkl", as_bytes(out.bytes())}, {folder + "byteorder", as_bytes("little")}};
  for (std::size_t i = 0; i < state.tensors.size(); ++i) {
    entries.push_back({folder + "data/" + std::to_string(i), state.tensors[i].bytes});
  }
  entries.push_back({folder + "version", as_bytes("3\n")});
  return make_zip(entries);
}

Status write_state_dict(const std::filesystem::path& path, const StateDict& state) {
  MEXBENCH_ASSIGN(const std::string content, encode_state_dict(state));
  return core::write_file_atomic(path, content, "weights");
}

std::string weights_digest(const StateDict& state) {
  core::Sha256 hash;
  for (const TensorData& tensor : state.tensors) {
    hash.field(tensor.name).field(to_string(tensor.dtype)).field(fmt::format("{}", fmt::join(tensor.shape, ",")));
    hash.field({reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size()});
  }
  return hash.hex();
}

}  // namespace mexbench::model
