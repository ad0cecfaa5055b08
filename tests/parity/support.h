// What the parity tests share: the reference data's folder, and images as the published code reads them.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mexbench::parity {

[[nodiscard]] inline std::optional<std::filesystem::path> data_root() {
  const char* root = std::getenv("MEXBENCH_DATA");
  if (root == nullptr || *root == '\0') return std::nullopt;
  return std::filesystem::path(root);
}

// The values of tests that run once for each network.
[[nodiscard]] std::vector<std::string> names_of_networks();

// Parameters that make a model small enough to be trained in a test, at its card's input.
[[nodiscard]] nlohmann::json small_params(std::string_view model);

// Decodes a 28x28 colour image and appends it as float32 channels (B, G, R), rows, columns, 0 to 255.
void append_image(const std::filesystem::path& file, std::vector<float>& out);

}  // namespace mexbench::parity

// NOLINTBEGIN(bugprone-macro-parentheses): the argument is the name that is declared
#define MEXBENCH_DATA_OR_SKIP(name)                                                                           \
  const auto name##_or_none = mexbench::parity::data_root();                                                  \
  if (!name##_or_none) GTEST_SKIP() << "MEXBENCH_DATA is not set: it names the folder of the reference data"; \
  const std::filesystem::path& name = *name##_or_none
// NOLINTEND(bugprone-macro-parentheses)
