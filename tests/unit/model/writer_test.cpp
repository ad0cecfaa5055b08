// What we write: equal bytes for equal weights, and read bit for bit by Python's torch.load.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "harness/core/random.h"
#include "harness/core/text.h"
#include "unit/model/sample_files.h"

namespace mexbench::model {
namespace {

using testing::HasSubstr;

constexpr DType kTypes[] = {DType::kFloat64, DType::kFloat32, DType::kFloat16, DType::kBFloat16, DType::kInt64,
                            DType::kInt32,   DType::kInt16,   DType::kInt8,    DType::kUInt8,    DType::kBool};

// Every type in several shapes, with random bits (NaNs, infinities and subnormals among them); flags are 0 or 1.
StateDict everything() {
  core::RandomStream random(7);
  StateDict state;
  const std::vector<std::vector<std::int64_t>> shapes{{}, {1}, {5}, {2, 3}, {3, 1, 2, 2}, {0}, {4, 0, 2}, {70'000}};
  for (const DType dtype : kTypes) {
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      TensorData tensor{std::string(to_string(dtype)) + ".shape" + std::to_string(i), dtype, shapes[i], {}};
      const std::size_t bytes = static_cast<std::size_t>(tensor.numbers()) * bytes_per_number(dtype);
      for (std::size_t k = 0; k < bytes; ++k) {
        tensor.bytes.push_back(static_cast<std::byte>(random.below(dtype == DType::kBool ? 2 : 256)));
      }
      state.tensors.push_back(std::move(tensor));
    }
  }
  state.tensors.front().name = "g\xc3\xbcte";
  return state;
}

TEST(Writer, WhatItWritesReadsBackEqual) {
  const StateDict state = everything();
  const auto encoded = encode_state_dict(state);
  ASSERT_TRUE(encoded.ok()) << encoded.error().render();
  const auto again = testing_samples::parse(*encoded);
  ASSERT_TRUE(again.ok()) << again.error().render();
  EXPECT_EQ(again->tensors, state.tensors);
}

TEST(Writer, EqualStatesGiveEqualBytes) {
  const auto one = encode_state_dict(everything());
  const auto two = encode_state_dict(everything());
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_EQ(*one, *two);
}

TEST(Writer, BytesDoNotDependOnTheTimeZone) {
  const auto here = encode_state_dict(everything());
  const char* old = std::getenv("TZ");
  const std::string saved = old == nullptr ? "" : old;
  setenv("TZ", "Pacific/Auckland", 1);
  tzset();
  const auto there = encode_state_dict(everything());
  if (old == nullptr) {
    unsetenv("TZ");
  } else {
    setenv("TZ", saved.c_str(), 1);
  }
  tzset();
  ASSERT_TRUE(here.ok() && there.ok());
  EXPECT_EQ(*here, *there);
}

TEST(Writer, RefusesAStateThatIsNotOne) {
  const auto refused = [](std::vector<TensorData> tensors) {
    const auto encoded = encode_state_dict(StateDict{std::move(tensors)});
    return encoded ? std::string("accepted") : encoded.error().message();
  };
  EXPECT_THAT(refused({{"w", DType::kFloat32, {2}, std::vector<std::byte>(4)}}), HasSubstr("its shape wants 2 numbers, it has 4 bytes"));
  EXPECT_THAT(refused({{"w", DType::kFloat32, {-1}, {}}}), HasSubstr("its shape is not a shape"));
  EXPECT_THAT(refused({{"w", DType::kUInt8, {0}, {}}, {"w", DType::kUInt8, {0}, {}}}), HasSubstr("its name stands twice"));
  EXPECT_THAT(refused({{"\xff", DType::kUInt8, {0}, {}}}), HasSubstr("its name is not UTF-8"));
}

TEST(Digest, CoversNamesTypesShapesNumbersAndOrder) {
  const TensorData a{"a", DType::kUInt8, {2, 1}, {std::byte{1}, std::byte{2}}};
  const TensorData b{"b", DType::kUInt8, {1}, {std::byte{3}}};
  const std::string digest = weights_digest({{a, b}});
  EXPECT_EQ(digest, weights_digest({{a, b}}));
  EXPECT_NE(digest, weights_digest({{b, a}}));
  const auto changed = [&](auto change) {
    TensorData other = a;
    change(other);
    return weights_digest({{other, b}});
  };
  EXPECT_NE(digest, changed([](TensorData& t) { t.name = "c"; }));
  EXPECT_NE(digest, changed([](TensorData& t) { t.dtype = DType::kInt8; }));
  EXPECT_NE(digest, changed([](TensorData& t) { t.shape = {1, 2}; }));
  EXPECT_NE(digest, changed([](TensorData& t) { t.bytes[1] = std::byte{4}; }));
}

// Needs Python with PyTorch (Debian: python3-torch), as MEXBENCH_PYTHON or /usr/bin/python3.
TEST(Writer, PythonsTorchLoadReadsItBitForBit) {
  namespace fs = std::filesystem;
  const char* chosen = std::getenv("MEXBENCH_PYTHON");
  const std::string python = chosen == nullptr ? "/usr/bin/python3" : chosen;
  const fs::path file = fs::temp_directory_path() / (core::unique_name("mexbench-writer") + ".pth");
  const StateDict state = everything();
  const auto written = write_state_dict(file, state);
  ASSERT_TRUE(written.ok()) << written.error().render();
  const fs::path script = fs::path(MEXBENCH_SOURCE_DIR) / "tests" / "integration" / "torch_load.py";
  const std::string command = "'" + python + "' '" + script.string() + "' '" + file.string() + "' 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string output;
  char buffer[4096];
  while (const std::size_t got = fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, got);
  const int status = pclose(pipe);
  fs::remove(file);
  ASSERT_EQ(status, 0) << "this test needs Python with PyTorch (Debian: apt-get install python3-torch)\n" << output;
  // One line per tensor: name, type, shape, numbers as hexadecimal bytes.
  std::string expected;
  for (const TensorData& tensor : state.tensors) {
    std::vector<std::string> extents;
    for (const std::int64_t extent : tensor.shape) extents.push_back(std::to_string(extent));
    expected += tensor.name + " " + std::string(to_string(tensor.dtype)) + " [" + core::join(extents, ",") + "] ";
    for (const std::byte byte : tensor.bytes) {
      constexpr char kDigits[] = "0123456789abcdef";
      expected += kDigits[std::to_integer<unsigned>(byte) >> 4U];
      expected += kDigits[std::to_integer<unsigned>(byte) & 15U];
    }
    expected += "\n";
  }
  EXPECT_TRUE(output == expected) << "torch.load sees other tensors than were written; it begins with\n" << output.substr(0, 2000);
}

}  // namespace
}  // namespace mexbench::model
