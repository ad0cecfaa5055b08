// Samples made by PyTorch (tests/data/state_dicts/make_samples.py says what is in them) and small helpers around bytes.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/files.h"
#include "harness/model/state_dict.h"

namespace mexbench::model::testing_samples {

inline std::filesystem::path folder() { return std::filesystem::path(MEXBENCH_SOURCE_DIR) / "tests" / "data" / "state_dicts"; }

inline std::span<const std::byte> as_bytes(std::string_view text) { return {reinterpret_cast<const std::byte*>(text.data()), text.size()}; }

inline std::string content(const std::string& name) {
  auto text = core::read_file(folder() / name);
  EXPECT_TRUE(text.ok()) << text.error().render();
  return text ? std::move(text).value() : std::string();
}

inline core::Result<StateDict> parse(std::string_view bytes) { return parse_state_dict(as_bytes(bytes), "sample.pth"); }

// The message of the refusal, or "accepted".
inline std::string refusal(std::string_view bytes) {
  const auto state = parse(bytes);
  return state ? "accepted" : state.error().message();
}

// What make_samples.py calls counting: number k of a floating tensor is k * 0.5 - 2.
inline std::vector<float> counting(std::size_t count) {
  std::vector<float> out;
  for (std::size_t k = 0; k < count; ++k) out.push_back(static_cast<float>(k) * 0.5F - 2.0F);
  return out;
}

inline std::vector<std::string> names(const StateDict& state) {
  std::vector<std::string> out;
  for (const TensorData& tensor : state.tensors) out.push_back(tensor.name);
  return out;
}

}  // namespace mexbench::model::testing_samples
