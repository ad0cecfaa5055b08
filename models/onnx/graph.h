// What an ONNX file declares of its inputs and outputs. OpenCV's reader keeps neither: it answers with the layer nobody takes further, and
// takes any size until a layer breaks. Reads the protobuf fields it needs (onnx.proto3 of ONNX 1.x) and skips the rest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mexbench::models {

struct OnnxValue {
  std::string name;
  std::optional<std::vector<std::int64_t>> shape;  // -1: any extent; nothing when the file does not say
};

struct OnnxGraph {
  std::vector<OnnxValue> inputs;  // that are to be given: those with values in the file are left out
  std::vector<OnnxValue> outputs;
};

// Nothing when the bytes are no ONNX model.
[[nodiscard]] std::optional<OnnxGraph> read_onnx_graph(std::string_view bytes);

}  // namespace mexbench::models
