// Adapter megc2019-flow on small made-up corpora: every way in which one can be wrong, and the spellings it must accept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <system_error>

#include "datasets/megc2019_flow/ground_truth.h"
#include "datasets/registry.h"
#include "harness/core/files.h"

namespace mexbench::datasets {
namespace {
namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string big_endian(std::uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFU));
  return out;
}

std::string chunk(const std::string& type, const std::string& body) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : type + body) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? 0xEDB88320U ^ (crc >> 1U) : crc >> 1U;
  }
  return big_endian(static_cast<std::uint32_t>(body.size())) + type + body + big_endian(~crc);
}

// The outside of a PNG; adapters do not look at pixels.
std::string png(std::uint32_t width = 28, std::uint32_t height = 28, char depth = 8, char colour = 2) {
  const std::string header = big_endian(width) + big_endian(height) + std::string{depth, colour, 0, 0, 0};
  return std::string("\x89PNG\r\n\x1a\n", 8) + chunk("IHDR", header) + chunk("IDAT", "pixels") + chunk("IEND", "");
}

class Megc2019Flow : public ::testing::Test {
 protected:
  void SetUp() override {
    base = fs::temp_directory_path() / core::unique_name("mexbench-test");
    root = base / "megc2019-flow";
    put("sub01/u_test/1/sub01_EP02_01f .png", png());
    put("sub01/u_test/0/sub01_EP19_05f .png", png());
    put("s01/u_test/0/s01_s01_ne_01 .png", png());
    put("006/u_test/2/006_006_1_2 .png", png());
    put("combined_3class_gt.csv", kTruth);
  }
  void TearDown() override {
    std::error_code ignored;
    fs::remove_all(base, ignored);
  }

  void put(const std::string& path, const std::string& content) const {
    fs::create_directories((root / path).parent_path());
    std::ofstream(root / path, std::ios::binary) << content;
  }
  [[nodiscard]] core::Result<data::Manifest> read(std::vector<std::string> only = {}) const {
    return (*find_adapter("megc2019-flow"))
        ->create()
        ->manifest({.root = root, .label_map = "megc2019", .only = std::move(only), .options = {}});
  }
  [[nodiscard]] std::vector<std::string> ids() const {
    const auto manifest = read();
    EXPECT_TRUE(manifest.ok()) << manifest.error().render();
    std::vector<std::string> out;
    if (manifest) {
      for (const data::Clip& clip : manifest->clips) out.push_back(clip.id.text());
    }
    return out;
  }
  void expect_problems(const std::vector<std::string>& wanted) const {
    const auto manifest = read();
    ASSERT_FALSE(manifest.ok());
    EXPECT_EQ(manifest.error().code(), core::ErrorCode::kData);
    EXPECT_EQ(manifest.error().diagnostics().size(), wanted.size()) << manifest.error().render();
    for (const std::string& text : wanted) EXPECT_THAT(manifest.error().render(), HasSubstr(text));
  }

  static constexpr const char* kTruth =
      "casme2,sub01,EP02_01f,1\r\ncasme2,sub01,EP19_05f,0\r\nsmic,s01,s01_ne_01,0\r\nsamm,6,006_1_2,2\r\n";
  fs::path base;
  fs::path root;
};

const std::vector<std::string> kIds = {"smic/s01/s01_ne_01", "casme2/sub01/EP19_05f", "casme2/sub01/EP02_01f", "samm/006/006_1_2"};

TEST_F(Megc2019Flow, ClipsStandByClassFolderThenFileName) { EXPECT_EQ(ids(), kIds); }

TEST_F(Megc2019Flow, EveryCirculatingFormOfTheGroundTruthJoins) {
  const std::vector<std::string> forms = {
      "data,subject,clip,label\ncasme2,sub01,EP02_01f,1\ncasme2,sub01,EP19_05f,0\nsmic,s01,s01_ne_01,0\nsamm,6,006_1_2,2\n",
      "casme2,sub01,EP02_01f,1\n,,,\ncasme2,sub01,EP19_05f,0\n,,,\nsmic,s1,s1_ne_01,0\n,,,\nsamm,6,006_1_2,2",
      "\xEF\xBB\xBF,dataset,subject,clip,onset,apex,label\r\n0,casme2,sub01,EP02_01f,1,2,1\r\n1,casme2,1,EP19_05f,1,2,0\r\n"
      "2,smic,s01,s01_ne_01,1,2,0\r\n3,samm,006,006_1_2,1,2,2\r\n",
      "casme2,sub01,EP02_01f,1,46,59,86\ncasme2,sub01,EP19_05f,0,1,2,3\nsmic,s01,s01_ne_01,0,1,2,3\nsamm,006,006_1_2,2,1,2,3\n"};
  for (const std::string& form : forms) {
    put("combined_3class_gt.csv", form);
    EXPECT_EQ(ids(), kIds) << form;
  }
}

TEST_F(Megc2019Flow, OneMoreFolderOfTheSameNameIsAccepted) {
  fs::rename(root, base / "moved");
  fs::create_directories(root);
  fs::rename(base / "moved", root / "megc2019-flow");
  EXPECT_EQ(ids(), kIds);
}

TEST_F(Megc2019Flow, ClutterOfFileManagersAndOtherFilesBesideTheFoldsAreNotClips) {
  put(".DS_Store", "x");
  put("README.md", "x");
  put("sub01/u_test/1/Thumbs.db", "x");
  put("sub01/u_train/1/sub02_EP01_01 .png", "x");
  EXPECT_EQ(ids(), kIds);
}

TEST_F(Megc2019Flow, MissingRootNamesIt) {
  fs::remove_all(root);
  expect_problems({root.string() + ": error: no such folder"});
}

TEST_F(Megc2019Flow, MissingGroundTruthSaysWhereItWasLookedFor) {
  fs::remove(root / "combined_3class_gt.csv");
  expect_problems({(base / "datasets/annotations/combined_3_class_gt.csv").string()});
}

TEST_F(Megc2019Flow, DamagedImagesAreToldAllAtOnce) {
  std::string flipped = png();
  flipped[45] = static_cast<char>(flipped[45] ^ 1);
  put("sub01/u_test/1/sub01_EP02_01f .png", "");
  put("sub01/u_test/0/sub01_EP19_05f .png", png().substr(0, 50));
  put("s01/u_test/0/s01_s01_ne_01 .png", flipped);
  put("006/u_test/2/006_006_1_2 .png", png(28, 32));
  expect_problems({"sub01_EP02_01f .png: error: is empty (0 bytes)", "sub01_EP19_05f .png: error: is cut short",
                   "s01_s01_ne_01 .png: error: is damaged", "006_006_1_2 .png: error: is 28 x 32 8-bit RGB, 28 x 28 8-bit RGB is wanted"});
}

TEST_F(Megc2019Flow, GreyAndForeignFilesAreNotFlowImages) {
  put("sub01/u_test/1/sub01_EP02_01f .png", "\xFF\xD8\xFF\xE0 a JPEG file");
  put("006/u_test/2/006_006_1_2 .png", png(28, 28, 8, 0));
  expect_problems({"is not a PNG image", "is 28 x 28 8-bit grey"});
}

TEST_F(Megc2019Flow, ClipWithoutLabelAndLabelWithoutClipAreBothTold) {
  put("sub01/u_test/0/sub01_EP99_99 .png", png());
  fs::remove(root / "s01/u_test/0/s01_s01_ne_01 .png");
  expect_problems(
      {"clip 'casme2/sub01/EP99_99' has no label", "combined_3class_gt.csv:3: error: label without clip: 'smic/s01/s01_ne_01'"});
}

TEST_F(Megc2019Flow, ClassFolderMustAgreeWithTheGroundTruth) {
  fs::create_directories(root / "sub01/u_test/2");
  fs::rename(root / "sub01/u_test/1/sub01_EP02_01f .png", root / "sub01/u_test/2/sub01_EP02_01f .png");
  expect_problems({"is in class folder 2, the ground truth says 1"});
}

TEST_F(Megc2019Flow, ClipInTwoClassFoldersIsADuplicate) {
  put("sub01/u_test/2/sub01_EP02_01f .png", png());
  expect_problems({"is clip 'casme2/sub01/EP02_01f' a second time"});
}

TEST_F(Megc2019Flow, UnexpectedNamesAreTold) {
  put("sub01/u_test/1/sub01_EP02_02.png", png());   // no blank
  put("s01/u_test/0/s01_s02_ne_01 .png", png());    // another subject's clip
  put("sub01/u_test/3/sub01_EP02_03 .png", png());  // no such class
  put("pictures/u_test/0/pictures_EP02_03 .png", png());
  fs::create_directories(root / "sub02");
  expect_problems({"sub01_EP02_02.png: error: unexpected file name", "s01_s02_ne_01 .png: error: unexpected file name",
                   "u_test/3: error: unexpected entry", "pictures: error: is no fold folder", "sub02: error: has no folder u_test"});
}

TEST_F(Megc2019Flow, MalformedGroundTruthRowsAreToldWithTheirLine) {
  put("combined_3class_gt.csv",
      "casme2,sub01,EP02_01f,1\ncasme2,sub01,EP02_01f,1\ncasme3,sub01,a,0\ncasme2,bob,a,0\nsmic,s01,s02_ne_01,0\nsamm,6,006_1_2,3\nsamm,"
      "6\n");
  expect_problems({"gt.csv:2:14: error: clip 'casme2/sub01/EP02_01f' occurs twice, first in line 1",
                   "gt.csv:3:1: error:", "gt.csv:4:8: error:", "gt.csv:5:6: error:", "gt.csv:6:16: error: label '3' is unknown",
                   "gt.csv:7: error: has 2 fields"});
}

TEST_F(Megc2019Flow, UnknownDatasetInOnlyIsAUsageErrorWithASuggestion) {
  const auto manifest = read({"casme"});
  ASSERT_FALSE(manifest.ok());
  EXPECT_EQ(manifest.error().code(), core::ErrorCode::kUsage);
  EXPECT_THAT(manifest.error().render(), HasSubstr("did you mean 'casme2'?"));
}

TEST_F(Megc2019Flow, OnlyLooksAtNothingElse) {
  fs::remove_all(root / "006");  // a researcher may have one corpus
  fs::remove_all(root / "s01");
  const auto manifest = read({"casme2"});
  ASSERT_TRUE(manifest.ok()) << manifest.error().render();
  EXPECT_EQ(manifest->clips.size(), 2U);
}

// A folder and its labels gone together leave a corpus that looks whole.
TEST_F(Megc2019Flow, CountsThatAreNotTheCardsAreToldAndNoted) {
  const auto manifest = read({"casme2", "samm"});
  ASSERT_TRUE(manifest.ok()) << manifest.error().render();
  ASSERT_EQ(manifest->warnings.size(), 2U);
  EXPECT_EQ(
      core::render(manifest->warnings[0]),
      root.string() +
          ": warning: casme2 differs from the card of megc2019-flow: clips 2 (card: 145), negative 1 (card: 88), positive 1 (card: 32), "
          "subjects 1 (card: 24), surprise 0 (card: 25)\n"
          "      | note: scores on a part of a corpus can't be compared with scores on all of it\n");
  EXPECT_THAT(manifest->warnings[1].message, HasSubstr("samm differs from the card of megc2019-flow: clips 1 (card: 133)"));
  for (const core::Diagnostic& warning : manifest->warnings) {
    EXPECT_NE(std::find(manifest->notes.begin(), manifest->notes.end(), warning.message), manifest->notes.end());
  }
  data::Manifest silent = *manifest;
  silent.notes.clear();
  silent.warnings.clear();
  EXPECT_EQ(data::manifest_hash(silent), data::manifest_hash(*manifest));
}

TEST(CompositeKey, SubjectSpellingsOfAllSourcesMeanOnePerson) {
  using megc2019_flow::composite_key;
  const auto id = [](std::string_view d, std::string_view s, std::string_view c) {
    const auto key = composite_key(d, s, c);
    return key ? key->id().text() : std::string("none");
  };
  for (const char* subject : {"sub01", "01", "1", "SUB01", " sub1 "}) EXPECT_EQ(id("casme2", subject, "EP02_01f"), "casme2/sub01/EP02_01f");
  for (const char* subject : {"s01", "s1", "1", "01"}) EXPECT_EQ(id("smic", subject, "s1_ne_01"), "smic/s01/s01_ne_01");
  for (const char* subject : {"006", "6", "06"}) EXPECT_EQ(id("samm", subject, "006_1_2"), "samm/006/006_1_2");
  EXPECT_EQ(id("samm", "6", "007_1_2"), "none");
  EXPECT_EQ(id("casme2", "subsub1", "a"), "none");
  EXPECT_EQ(id("casme2", "sub001", "a"), "none");
  EXPECT_EQ(id("mmew", "1", "a"), "none");
}

}  // namespace
}  // namespace mexbench::datasets
