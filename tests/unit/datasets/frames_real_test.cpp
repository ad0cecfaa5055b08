// The adapters of corpora on frames as the real sheets and the official list of MEGC 2019 name them: every clip is found, its class right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "datasets/annotations.h"
#include "datasets/registry.h"
#include "harness/data/subject_names.h"
#include "unit/datasets/made_frames.h"

namespace mexbench::datasets {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Truths = std::map<std::string, std::string>;  // clip id -> class

class RealSheets : public testing::MadeFrames {
 protected:
  void SetUp() override {
    const char* data = std::getenv("MEXBENCH_DATA");
    if (data == nullptr) GTEST_SKIP() << "MEXBENCH_DATA is not set: the folder with datasets/annotations is needed";
    annotations = fs::path(data) / "datasets/annotations";
    MadeFrames::SetUp();
  }
  void TearDown() override {
    if (!root.empty()) MadeFrames::TearDown();
  }

  [[nodiscard]] data::Annotation sheet(const std::string& file, std::string_view dataset) const {
    auto read = read_annotation_of(annotations / file, dataset);
    if (!read) {
      ADD_FAILURE() << read.error().render();
      return {};
    }
    return std::move(read).value();
  }
  // Onset to offset of every row, in <frames>/<subject>/<clip>/.
  void frames_of(const data::Annotation& of, const std::string& frames, const std::string& before, int padded) const {
    for (const data::AnnotationRow& row : of.rows) {
      clip(frames + "/" + data::canonical_subject(of.dataset, row.subject) + "/" + row.clip, before, *row.onset, *row.offset, padded);
    }
  }
  [[nodiscard]] data::Manifest manifest(std::string_view adapter, const json& options, const std::string& label_map) const {
    auto read = (*find_adapter(adapter))->create()->manifest({.root = root, .label_map = label_map, .only = {}, .options = options});
    if (!read) {
      ADD_FAILURE() << read.error().render();
      return {};
    }
    return std::move(read).value();
  }
  // What the organisers' list says of one corpus.
  [[nodiscard]] Truths official(const std::string& dataset) const {
    const std::map<std::string, std::string> classes{{"0", "negative"}, {"1", "positive"}, {"2", "surprise"}};
    Truths out;
    for (const data::AnnotationRow& row : sheet("combined_3class_gt.csv", "megc2019").rows) {
      if (row.dataset == dataset) out[data::canonical_clip_id(dataset, row.subject, row.clip).text()] = classes.at(row.emotion);
    }
    return out;
  }

  void casme2_frames(const std::string& below) const {
    frames_of(sheet("CASME2-coding-20140508.xlsx", "casme2"), below + "Cropped", "reg_img", 0);
  }
  void samm_frames(const std::string& below) const { frames_of(sheet("SAMM_Micro_FACS_Codes_v2.xlsx", "samm"), below + "SAMM", "x_", 5); }
  void smic_frames(const std::string& below) const {
    for (const auto& [id, label] : official("smic")) {
      // Folders are not padded: s1/micro/negative/s1_ne_01.
      const std::string name = id.substr(id.rfind('/') + 1);
      std::string subject = name.substr(0, name.find('_'));
      if (subject[1] == '0') subject.erase(1, 1);
      clip(below + "SMIC_all_cropped/HS/" + subject + "/micro/" + label + "/" + subject + name.substr(name.find('_')), "reg_image", 100,
           103, 6);
    }
  }

  fs::path annotations;
};

Truths truths(const data::Manifest& manifest) {
  Truths out;
  for (const data::Clip& clip : manifest.clips) out[clip.id.text()] = clip.truth.text(manifest.label_map.classes);
  return out;
}

// As the adapter of the composite makes it of the three; each of them by itself is looked at below.
TEST_F(RealSheets, TheCompositeIsTheOfficialListClipByClip) {
  casme2_frames("casme2/");
  samm_frames("samm/");
  smic_frames("smic/");
  const data::Manifest composite = manifest("megc2019",
                                            {{"casme2_annotation", (annotations / "CASME2-coding-20140508.xlsx").string()},
                                             {"samm_annotation", (annotations / "SAMM_Micro_FACS_Codes_v2.xlsx").string()},
                                             {"ground_truth", (annotations / "combined_3class_gt.csv").string()},
                                             {"smic_apex", "midpoint"},
                                             {"apex_policy", "midpoint"}},
                                            "megc2019");
  Truths wanted;
  for (const char* dataset : {"casme2", "samm", "smic"}) wanted.merge(official(dataset));
  EXPECT_EQ(wanted.size(), 442U);
  EXPECT_EQ(truths(composite), wanted);
  EXPECT_EQ(composite.subjects().size(), 68U);
  EXPECT_THAT(composite.notes, ::testing::Contains(HasSubstr("those of the official list")));
}

TEST_F(RealSheets, ImagesOfTheCompositeGetTheirFramesFromTheSheets) {
  auto read = (*find_adapter("megc2019-flow"))
                  ->create()
                  ->manifest({.root = annotations.parent_path().parent_path() / "megc2019-flow",
                              .label_map = "megc2019",
                              .only = {},
                              .labels = nullptr,
                              .options = {{"casme2_annotation", (annotations / "CASME2-coding-20140508.xlsx").string()},
                                          {"samm_annotation", (annotations / "SAMM_Micro_FACS_Codes_v2.xlsx").string()},
                                          {"smic_annotation", (annotations / "SMIC-HS-E_annotation.xlsx").string()}}});
  ASSERT_TRUE(read.ok()) << read.error().render();
  const auto span = [&](const char* id) { return read->find(core::ClipId(id))->frames; };
  EXPECT_EQ(span("casme2/sub01/EP02_01f"),
            (data::FrameSpan{.onset = 46, .apex = 59, .offset = 86, .apex_source = data::ApexSource::kAnnotated}));
  EXPECT_EQ(span("samm/028/028_4_1"),
            (data::FrameSpan{.onset = 1071, .apex = 1143, .offset = 1134, .apex_source = data::ApexSource::kAnnotated}));
  EXPECT_EQ(read->find(core::ClipId("smic/s20/s20_sur_01"))->fps, 100.0);
  std::size_t without = 0;
  for (const data::Clip& clip : read->clips) {
    EXPECT_TRUE(clip.fps.has_value());
    if (!clip.frames.onset) ++without;
    if (clip.frames.onset && clip.dataset.text() == "smic") {
      EXPECT_LT(*clip.frames.onset, *clip.frames.offset);
    }
  }
  EXPECT_EQ(without, 3U) << "the long clips that were lost";
  EXPECT_NE(span("smic/s04/s04_ne_05").onset, std::nullopt) << "a second movement of s4_ne_04";
}

TEST_F(RealSheets, Casme2IsTheCompositesPart) {
  casme2_frames("");
  const json first = {{"annotation", (annotations / "CASME2-coding-20140508.xlsx").string()}};
  const data::Manifest composite = manifest("casme2", first, "megc2019");
  EXPECT_EQ(truths(composite), official("casme2"));
  EXPECT_EQ(composite.clips.size(), 145U);
  EXPECT_THAT(composite.warnings, IsEmpty());
  json five = first;
  five["apex_policy"] = "midpoint";
  EXPECT_EQ(manifest("casme2", five, "casme2-5").clips.size(), 246U);
  const data::Manifest second = manifest("casme2", {{"annotation", (annotations / "CASME2-coding-20190701.xlsx").string()}}, "megc2019");
  EXPECT_EQ(second.clips.size(), 148U) << "three sadness became surprise";
  ASSERT_EQ(second.warnings.size(), 1U);
  EXPECT_THAT(second.warnings[0].message, HasSubstr("surprise 28 (card: 25)"));
}

TEST_F(RealSheets, SammIsTheCompositesPart) {
  samm_frames("");
  const json options = {{"annotation", (annotations / "SAMM_Micro_FACS_Codes_v2.xlsx").string()}, {"apex_policy", "midpoint"}};
  const data::Manifest composite = manifest("samm", options, "megc2019");
  EXPECT_EQ(truths(composite), official("samm"));
  ASSERT_EQ(composite.warnings.size(), 1U);
  EXPECT_THAT(composite.warnings[0].message, HasSubstr("028/028_4_1, 032/032_3_1"));
  EXPECT_EQ(manifest("samm", options, "samm-5").clips.size(), 136U);
}

TEST_F(RealSheets, SmicIsTheCompositesPart) {
  smic_frames("");
  const data::Manifest composite = manifest("smic", {{"apex", "midpoint"}}, "megc2019");
  EXPECT_EQ(truths(composite), official("smic"));
  EXPECT_EQ(composite.clips.size(), 164U);
  EXPECT_THAT(composite.warnings, IsEmpty());
}

// The three lost long clips are missing, and nothing else: further movements of four clips are clips of the list.
TEST_F(RealSheets, SmicsLongClipsAreAllButTheLostOnes) {
  for (const data::AnnotationRow& row : sheet("SMIC-HS-E_annotation.xlsx", "smic").rows) {
    const fs::path folder = root / "HS_long/SMIC-HS-E" / data::canonical_subject("smic", row.subject) / row.clip;
    const fs::path one = folder / "image000001.bmp";
    write(one.lexically_relative(root), testing::image(1));
    // 80,000 names of 157 files.
    for (std::int64_t i = 2; i <= *row.last - *row.first + 1; ++i) {
      const std::string number = std::to_string(i);
      fs::create_hard_link(one, folder / ("image" + std::string(6 - number.size(), '0') + number + ".bmp"));
    }
  }
  json options{{"apex", "midpoint"}, {"annotation", (annotations / "SMIC-HS-E_annotation.xlsx").string()}};
  const auto plain = (*find_adapter("smic"))->create()->manifest({.root = root, .label_map = "megc2019", .only = {}, .options = options});
  ASSERT_FALSE(plain);
  EXPECT_THAT(plain.error().render(), HasSubstr("sheet 'HS', row 74, clip s1_ne_03: its movement, 658536 to 658562, lies outside its "
                                                "video, 650000 to 650699"));
  EXPECT_EQ(plain.error().diagnostics().size(), 1U);
  options["corrections"] = {"first-frame"};
  const data::Manifest found = manifest("smic", options, "megc2019");
  EXPECT_THAT(found.notes, ::testing::Contains(HasSubstr("correction 'first-frame' of s01/s01_ne_03: onset 650536, offset 650562")));
  ASSERT_NE(found.find(core::ClipId("smic/s01/s01_ne_03")), nullptr);
  EXPECT_EQ(found.find(core::ClipId("smic/s01/s01_ne_03"))->frames.onset, 537);
  Truths wanted = official("smic");
  for (const char* lost : {"s01/s01_ne_02", "s02/s02_sur_05", "s03/s03_ne_20"}) EXPECT_EQ(wanted.erase(std::string("smic/") + lost), 1U);
  EXPECT_EQ(truths(found), wanted);
  EXPECT_EQ(found.clips.size(), 161U);
}

}  // namespace
}  // namespace mexbench::datasets
