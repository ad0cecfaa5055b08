// The whole way of megc2019-flow: files -> manifest -> tensor, against digests that were computed elsewhere.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "datasets/registry.h"
#include "harness/core/csv.h"
#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "harness/preprocess/recipe.h"

namespace mexbench {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t kPixels = std::size_t{28} * 28;
constexpr std::size_t kNumbers = 3 * kPixels;

class Megc2019FlowOnDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* root = std::getenv("MEXBENCH_DATA");
    if (root == nullptr) GTEST_SKIP() << "MEXBENCH_DATA is not set: the folder with megc2019-flow and parity is needed";
    data_ = root;
    const auto adapter = datasets::find_adapter("megc2019-flow");
    ASSERT_TRUE(adapter.ok());
    auto manifest = (*adapter)->create()->manifest({.root = data_ / "megc2019-flow", .label_map = "megc2019", .only = {}, .options = {}});
    ASSERT_TRUE(manifest.ok()) << manifest.error().render();
    manifest_ = std::move(manifest).value();
    tensor_.resize(preprocess::input_numbers(manifest_));
    const core::Status status = preprocess::compute_inputs(manifest_, manifest_.root, tensor_, {}, /*threads=*/2);
    ASSERT_TRUE(status.ok()) << status.error().render();
  }

  // SHA-256 of the chosen clips as uint8 NCHW, and the mean of each channel.
  [[nodiscard]] std::pair<std::string, std::array<double, 3>> digest(const std::function<bool(const data::Clip&)>& chosen) const {
    std::string bytes;
    std::array<double, 3> sums{};
    std::size_t clips = 0;
    for (std::size_t i = 0; i < manifest_.clips.size(); ++i) {
      if (!chosen(manifest_.clips[i])) continue;
      ++clips;
      for (std::size_t k = 0; k < kNumbers; ++k) {
        const float value = tensor_[i * kNumbers + k];
        sums[k / kPixels] += value;
        bytes.push_back(static_cast<char>(static_cast<unsigned char>(value)));
      }
    }
    for (double& sum : sums) sum /= static_cast<double>(clips * kPixels);
    return {core::sha256_hex(bytes), sums};
  }

  void expect_listed_order(const fs::path& csv, const std::function<bool(const data::Clip&)>& chosen) const {
    const auto content = core::read_file(csv);
    ASSERT_TRUE(content.ok());
    const auto rows = core::parse_csv(*content, csv.string());
    ASSERT_TRUE(rows.ok());
    std::size_t row = 1;
    for (const data::Clip& clip : manifest_.clips) {
      if (!chosen(clip)) continue;
      ASSERT_LT(row, rows->size());
      const fs::path path(clip.files.front().path);
      EXPECT_EQ((*rows)[row].fields.at(2), (path.parent_path().filename() / path.filename()).string());
      EXPECT_EQ((*rows)[row].fields.at(1), std::to_string(*clip.truth.single_class()));
      ++row;
    }
    EXPECT_EQ(row, rows->size());
  }

  fs::path data_;
  data::Manifest manifest_;
  std::vector<float> tensor_;
};

bool is_sub17(const data::Clip& clip) { return clip.subject.text() == "casme2/sub17"; }
bool is_not_sub17(const data::Clip& clip) { return !is_sub17(clip); }

TEST_F(Megc2019FlowOnDisk, TensorsOfFoldSub17HaveTheDigestsAndMeansOfTheReferenceTraining) {
  const auto text = core::read_file(data_ / "parity/training/trajectory.json");
  ASSERT_TRUE(text.ok());
  const auto reference = nlohmann::json::parse(*text);
  const auto [train, train_means] = digest(is_not_sub17);
  const auto [test, test_means] = digest(is_sub17);
  EXPECT_EQ(train, reference.at("train_uint8_nchw_sha256").get<std::string>());
  EXPECT_EQ(test, reference.at("test_uint8_nchw_sha256").get<std::string>());
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(train_means[c], reference.at("train_channel_means_bgr").at(c).get<double>(), 1e-6 * 255);
    EXPECT_NEAR(test_means[c], reference.at("test_channel_means_bgr").at(c).get<double>(), 1e-6 * 255);
  }
}

TEST_F(Megc2019FlowOnDisk, WithoutOneSubjectTheClipOrderIsTheUnshuffledTrainingOrder) {
  expect_listed_order(data_ / "parity/training/train_files.csv", is_not_sub17);
  expect_listed_order(data_ / "parity/training/test_files.csv", is_sub17);
}

TEST_F(Megc2019FlowOnDisk, ChannelMeansOverAllImagesAreThoseOfTheCorpusDescription) {
  const auto means = digest([](const data::Clip&) { return true; }).second;
  EXPECT_NEAR(means[0], 25.5, 0.05);   // strain
  EXPECT_NEAR(means[1], 135.4, 0.05);  // v
  EXPECT_NEAR(means[2], 126.0, 0.05);  // u
}

TEST_F(Megc2019FlowOnDisk, NumberOfThreadsChangesNothing) {
  std::vector<float> again(tensor_.size());
  ASSERT_TRUE(preprocess::compute_inputs(manifest_, manifest_.root, again, {}, /*threads=*/1).ok());
  EXPECT_EQ(again, tensor_);
}

TEST_F(Megc2019FlowOnDisk, ChannelsInAnotherOrderAreThePlanesInThatOrder) {
  manifest_.input.channels = {"u", "v", "strain"};
  std::vector<float> swapped(tensor_.size());
  ASSERT_TRUE(preprocess::compute_inputs(manifest_, manifest_.root, swapped, {}, 1).ok());
  for (std::size_t i = 0; i < manifest_.clips.size(); ++i) {
    const float* a = tensor_.data() + i * kNumbers;
    const float* b = swapped.data() + i * kNumbers;
    ASSERT_TRUE(std::equal(a, a + kPixels, b + 2 * kPixels) && std::equal(a + 2 * kPixels, a + 3 * kPixels, b)) << i;
  }
}

}  // namespace
}  // namespace mexbench
