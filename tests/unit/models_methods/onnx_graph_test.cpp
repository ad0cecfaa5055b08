#include "models/onnx/graph.h"

#include <gtest/gtest.h>

namespace mexbench::models {
namespace {

// Fields of the protobuf wire format: key = number << 3 | type, then a length or a number.
std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7U) out += static_cast<char>((value & 0x7FU) | 0x80U);
  return out + static_cast<char>(value);
}
std::string text(std::uint64_t number, const std::string& body) { return varint(number << 3U | 2U) + varint(body.size()) + body; }
std::string whole(std::uint64_t number, std::uint64_t value) { return varint(number << 3U) + varint(value); }

std::string value(const std::string& name, const std::string& dimensions) {
  return text(1, name) + text(2, text(1, whole(1, 1) + text(2, dimensions)));  // elem_type 1: float
}
std::string dimension(std::uint64_t extent) { return text(1, whole(1, extent)); }
const std::string kAnyExtent = text(1, text(2, "batch"));

std::string model() {
  const std::string weight = text(8, "weight") + whole(2, 1);
  const std::string graph = text(1, "a node") + text(2, "net") + text(5, weight) +
                            text(11, value("clips", kAnyExtent + dimension(3) + dimension(28) + dimension(300))) +
                            text(11, value("weight", dimension(3))) + text(12, value("logits", kAnyExtent + dimension(3))) +
                            text(12, text(1, "features"));
  return whole(1, 7) + text(2, "by hand") + text(7, graph) + varint(20U << 3U | 5U) + "four" + varint(21U << 3U | 1U) + "eight..." +
         whole(5, 1);
}

TEST(OnnxGraph, InputsToBeGivenAndOutputsInTheirOrder) {
  const auto graph = read_onnx_graph(model());
  ASSERT_TRUE(graph.has_value());
  ASSERT_EQ(graph->inputs.size(), 1U);  // the weight has values in the file
  EXPECT_EQ(graph->inputs[0].name, "clips");
  EXPECT_EQ(graph->inputs[0].shape, (std::vector<std::int64_t>{-1, 3, 28, 300}));
  ASSERT_EQ(graph->outputs.size(), 2U);
  EXPECT_EQ(graph->outputs[0].name, "logits");
  EXPECT_EQ(graph->outputs[0].shape, (std::vector<std::int64_t>{-1, 3}));
  EXPECT_EQ(graph->outputs[1].name, "features");
  EXPECT_EQ(graph->outputs[1].shape, std::nullopt);
}

TEST(OnnxGraph, OtherBytesAreNone) {
  for (const std::string& bytes : {std::string(), std::string("this is no network\n"), std::string(64, '\xFF'), whole(1, 7)}) {
    EXPECT_FALSE(read_onnx_graph(bytes).has_value());
  }
  const std::string whole_file = model();
  const std::size_t graph_end = whole_file.find("four");
  for (std::size_t size = 0; size + 2 < graph_end; ++size) EXPECT_FALSE(read_onnx_graph(whole_file.substr(0, size)).has_value()) << size;
}

}  // namespace
}  // namespace mexbench::models
