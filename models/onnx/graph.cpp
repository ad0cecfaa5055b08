#include "models/onnx/graph.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace mexbench::models {
namespace {

// One message of the protobuf wire format, field by field.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}

  // Goes to the next field. False at the end, and when the bytes are no message: then ok() is false.
  bool next() {
    if (rest_.empty()) return false;
    const std::uint64_t key = varint();
    number_ = key >> 3U;
    body_ = {};
    whole_ = 0;
    switch (key & 7U) {
      case 0:
        whole_ = varint();
        break;
      case 1:
        body_ = take(8);
        break;
      case 2:
        body_ = take(varint());
        break;
      case 5:
        body_ = take(4);
        break;
      default:  // groups, which ONNX has not
        ok_ = false;
    }
    return ok_;
  }
  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] std::string_view body() const { return body_; }  // of a text or a message
  [[nodiscard]] std::int64_t whole() const { return static_cast<std::int64_t>(whole_); }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) break;
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80U) return value;
    }
    ok_ = false;
    return 0;
  }
  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }

  std::string_view rest_;
  std::uint64_t number_ = 0;
  std::string_view body_;
  std::uint64_t whole_ = 0;
  bool ok_ = true;
};

// Calls `use` for each field; whether the bytes are a message.
template <typename Use>
bool each_field(std::string_view bytes, Use use) {
  Fields fields(bytes);
  while (fields.next()) use(fields);
  return fields.ok();
}

// The first field of this number, or nothing.
std::optional<std::string_view> field(std::string_view bytes, std::uint64_t number) {
  std::optional<std::string_view> out;
  each_field(bytes, [&](const Fields& fields) {
    if (fields.number() == number && !out) out = fields.body();
  });
  return out;
}

// TensorShapeProto: dim = 1, of which dim_value = 1 and dim_param = 2.
std::vector<std::int64_t> shape_of(std::string_view bytes) {
  std::vector<std::int64_t> out;
  each_field(bytes, [&](const Fields& dimension) {
    if (dimension.number() != 1) return;
    out.push_back(-1);
    each_field(dimension.body(), [&](const Fields& extent) {
      if (extent.number() == 1 && extent.whole() > 0) out.back() = extent.whole();
    });
  });
  return out;
}

// ValueInfoProto: name = 1, type = 2, of which tensor_type = 1, of which shape = 2.
OnnxValue value_of(std::string_view bytes) {
  OnnxValue out{.name = std::string(field(bytes, 1).value_or("")), .shape = std::nullopt};
  const auto type = field(bytes, 2);
  const auto tensor = type ? field(*type, 1) : std::nullopt;
  if (const auto shape = tensor ? field(*tensor, 2) : std::nullopt) out.shape = shape_of(*shape);
  return out;
}

}  // namespace

std::optional<OnnxGraph> read_onnx_graph(std::string_view bytes) {
  // ModelProto: graph = 7. GraphProto: initializer = 5 (TensorProto: name = 8), input = 11, output = 12.
  std::optional<std::string_view> graph;
  if (!each_field(bytes,
                  [&](const Fields& fields) {
                    if (fields.number() == 7) graph = fields.body();
                  }) ||
      !graph) {
    return std::nullopt;
  }
  OnnxGraph out;
  std::unordered_set<std::string> given;
  if (!each_field(*graph, [&](const Fields& fields) {
        if (fields.number() == 5) given.emplace(field(fields.body(), 8).value_or(""));
        if (fields.number() == 11) out.inputs.push_back(value_of(fields.body()));
        if (fields.number() == 12) out.outputs.push_back(value_of(fields.body()));
      })) {
    return std::nullopt;
  }
  std::erase_if(out.inputs, [&](const OnnxValue& input) { return given.contains(input.name); });
  return out;
}

}  // namespace mexbench::models
