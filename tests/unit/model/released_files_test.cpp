// Files that other people wrote: the released STSTNet weights (legacy format, saved on a GPU) and the parity fixtures (zip format).
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/core/csv.h"
#include "harness/core/files.h"
#include "harness/core/text.h"
#include "harness/model/state_dict.h"

namespace mexbench::model {
namespace {

namespace fs = std::filesystem;

class ReleasedFiles : public testing::Test {
 protected:
  void SetUp() override {
    const char* root = std::getenv("MEXBENCH_DATA");
    if (root == nullptr || *root == '\0') GTEST_SKIP() << "MEXBENCH_DATA is not set; it names the folder of shared data";
    root_ = root;
  }
  fs::path root_;
};

std::vector<fs::path> fixtures(const fs::path& parity) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(parity)) {
    if (fs::exists(entry.path() / "fixture.json")) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

const std::vector<ExpectedTensor>& ststnet() {
  static const std::vector<ExpectedTensor> kExpected = [] {
    std::vector<ExpectedTensor> out;
    const std::int64_t maps[] = {3, 5, 8};
    for (std::size_t i = 0; i < 3; ++i) {
      const std::string conv = "conv" + std::to_string(i + 1);
      const std::string norm = "bn" + std::to_string(i + 1);
      out.push_back({conv + ".weight", {maps[i], 3, 3, 3}});
      out.push_back({conv + ".bias", {maps[i]}});
      for (const char* part : {".weight", ".bias", ".running_mean", ".running_var"}) out.push_back({norm + part, {maps[i]}});
      out.push_back({norm + ".num_batches_tracked", {}, /*floating=*/false, /*optional=*/true});
    }
    out.push_back({"fc.weight", {3, 400}});
    out.push_back({"fc.bias", {3}});
    return out;
  }();
  return kExpected;
}

TEST_F(ReleasedFiles, All68LegacyFilesHoldACompleteStstnet) {
  std::size_t files = 0;
  std::set<std::string> digests;
  for (const auto& entry : fs::directory_iterator(root_ / "ststnet-released" / "weights")) {
    const auto state = read_state_dict(entry.path());
    ASSERT_TRUE(state.ok()) << state.error().render();
    const auto status = check_state_dict(*state, ststnet(), entry.path().string());
    EXPECT_TRUE(status.ok()) << status.error().render();
    EXPECT_EQ(state->tensors.size(), 23U);
    EXPECT_EQ(state->tensors.front().name, "conv1.weight");
    digests.insert(weights_digest(*state));
    ++files;
  }
  EXPECT_EQ(files, 68U);
  EXPECT_EQ(digests.size(), 68U) << "two subjects have the same weights";
}

TEST_F(ReleasedFiles, ParityStatesHaveTheTensorsTheirFixtureCounts) {
  const auto folders = fixtures(root_ / "parity");
  ASSERT_EQ(folders.size(), 10U);
  for (const fs::path& folder : folders) {
    const auto state = read_state_dict(folder / "state_dict.pth");
    ASSERT_TRUE(state.ok()) << state.error().render();
    const auto text = core::read_file(folder / "fixture.json");
    ASSERT_TRUE(text.ok());
    const nlohmann::json fixture = nlohmann::json::parse(*text);
    std::int64_t numbers = 0;
    for (const TensorData& tensor : state->tensors) {
      EXPECT_EQ(tensor.bytes.size(), static_cast<std::size_t>(tensor.numbers()) * bytes_per_number(tensor.dtype));
      const bool buffer = tensor.name.find("running_") != std::string::npos || tensor.name.find("num_batches") != std::string::npos;
      if (!buffer) numbers += tensor.numbers();
    }
    EXPECT_EQ(numbers, fixture.at("parameters").get<std::int64_t>()) << folder;
  }
}

TEST_F(ReleasedFiles, ParityOutputsEqualTheirCsvBitForBit) {
  for (const fs::path& folder : fixtures(root_ / "parity")) {
    const auto tensor = read_tensor(folder / "output_eval.pt");
    ASSERT_TRUE(tensor.ok()) << tensor.error().render();
    const auto input = read_tensor(folder / "input.pt");
    ASSERT_TRUE(input.ok()) << input.error().render();
    ASSERT_EQ(input->shape.size(), 4U);
    ASSERT_EQ(tensor->shape.size(), 2U);
    EXPECT_EQ(input->shape[0], tensor->shape[0]);
    const auto text = core::read_file(folder / "output_eval.csv");
    ASSERT_TRUE(text.ok());
    const auto rows = core::parse_csv(*text, "output_eval.csv");
    ASSERT_TRUE(rows.ok());
    std::vector<float> expected;
    for (std::size_t i = 1; i < rows->size(); ++i) {
      for (std::size_t c = 1; c < (*rows)[i].fields.size(); ++c) expected.push_back(std::stof((*rows)[i].fields[c]));
    }
    EXPECT_EQ(tensor->to_float32(), expected) << folder;
  }
}

TEST_F(ReleasedFiles, TrainingStatesAreStstnets) {
  for (const char* name : {"initial_state.pth", "final_state.pth"}) {
    const fs::path path = root_ / "parity" / "training" / name;
    const auto state = read_state_dict(path);
    ASSERT_TRUE(state.ok()) << state.error().render();
    const auto status = check_state_dict(*state, ststnet(), path.string());
    EXPECT_TRUE(status.ok()) << status.error().render();
  }
}

TEST_F(ReleasedFiles, WhatWeWriteOfThemReadsBackEqual) {
  for (const fs::path& folder : fixtures(root_ / "parity")) {
    const auto state = read_state_dict(folder / "state_dict.pth");
    ASSERT_TRUE(state.ok());
    const auto encoded = encode_state_dict(*state);
    ASSERT_TRUE(encoded.ok()) << encoded.error().render();
    const auto again = parse_state_dict({reinterpret_cast<const std::byte*>(encoded->data()), encoded->size()}, "again.pth");
    ASSERT_TRUE(again.ok()) << again.error().render();
    EXPECT_EQ(again->tensors, state->tensors);
    EXPECT_EQ(weights_digest(*again), weights_digest(*state));
  }
}

}  // namespace
}  // namespace mexbench::model
