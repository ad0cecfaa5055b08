// Corpora of frames, made up in a temporary folder: how they may lie on disk, and every way in which they can be wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "datasets/frames/frame_folder.h"
#include "datasets/registry.h"
#include "unit/datasets/made_frames.h"

namespace mexbench::datasets {
namespace {
namespace fs = std::filesystem;
using data::ApexSource;
using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::image;
using testing::MadeFrames;

class Frames : public MadeFrames {
 protected:
  [[nodiscard]] core::Result<data::Manifest> read(std::string_view adapter, const json& options = json::object(),
                                                  std::string label_map = "megc2019", const fs::path& below = "") const {
    const auto info = find_adapter(adapter);
    return (*info)->create()->manifest({.root = root / below, .label_map = std::move(label_map), .only = {}, .options = options});
  }
  [[nodiscard]] data::Manifest good(std::string_view adapter, const json& options = json::object(), std::string label_map = "megc2019",
                                    const fs::path& below = "") const {
    auto manifest = read(adapter, options, std::move(label_map), below);
    if (!manifest) {
      ADD_FAILURE() << manifest.error().render();
      return {};
    }
    return std::move(manifest).value();
  }
  [[nodiscard]] std::string refused(std::string_view adapter, const json& options = json::object(), std::string label_map = "megc2019",
                                    const fs::path& below = "") const {
    const auto manifest = read(adapter, options, std::move(label_map), below);
    if (manifest) return "was read";
    EXPECT_EQ(manifest.error().code(), core::ErrorCode::kData);
    return manifest.error().render();
  }

  // Three clips of two people, one of them known to have no apex.
  void casme2(const std::string& frames = "Cropped", const std::string& before = "reg_img") const {
    write("CASME2-coding-20140508.csv",
          "Subject,Filename,,OnsetFrame,ApexFrame,OffsetFrame,,Action Units,Estimated Emotion\n"
          "01,EP02_01f,,46,50,55,,12,happiness\n04,EP12_01f,,7,/,12,,4,others\n04,EP13_02,,3,5,9,,4,disgust\n");
    clip(frames + "/sub01/EP02_01f", before, 46, 55);
    clip(frames + "/sub04/EP12_01f", before, 7, 12);
    clip(frames + "/sub04/EP13_02", before, 3, 9);
  }
};

std::vector<std::string> ids(const data::Manifest& manifest) {
  std::vector<std::string> out;
  for (const data::Clip& clip : manifest.clips) out.push_back(clip.id.text());
  return out;
}
std::vector<std::string> paths(const data::Clip& clip) {
  std::vector<std::string> out;
  for (const auto& file : clip.files) out.push_back(file.role + " " + file.path);
  return out;
}
std::string warnings(const data::Manifest& manifest) {
  std::string out;
  for (const auto& one : manifest.warnings) out += render(one);
  return out;
}

TEST(FrameNumber, IsTheLastRunOfDigits) {
  using frames::frame_number;
  EXPECT_EQ(frame_number("img1.jpg"), 1);
  EXPECT_EQ(frame_number("reg_img046.JPG"), 46);
  EXPECT_EQ(frame_number("006_05562.jpg"), 5562);
  EXPECT_EQ(frame_number("EP01_12-7.jpg"), 7);
  EXPECT_EQ(frame_number("image559740.bmp"), 559740);
  EXPECT_EQ(frame_number("img5 copy.png"), 5);
  for (const char* name : {"Thumbs.db", "readme.txt", "img12", "frame.jpg", "99999999999999999999.jpg"})
    EXPECT_FALSE(frame_number(name)) << name;
}

TEST_F(Frames, Casme2IsReadWithItsSheet) {
  casme2();
  const data::Manifest manifest = good("casme2");
  EXPECT_THAT(ids(manifest), ElementsAre("casme2/sub01/EP02_01f", "casme2/sub04/EP13_02"));
  EXPECT_THAT(paths(manifest.clips[0]), ElementsAre("onset sub01/EP02_01f/reg_img46.bmp", "apex sub01/EP02_01f/reg_img50.bmp"));
  EXPECT_EQ(manifest.clips[0].frames, (data::FrameSpan{.onset = 46, .apex = 50, .offset = 55, .apex_source = ApexSource::kAnnotated}));
  EXPECT_EQ(manifest.clips[0].truth.text(manifest.label_map.classes), "positive");
  EXPECT_THAT(manifest.notes, Contains(HasSubstr("frames of release 'cropped'")));
  EXPECT_THAT(manifest.notes, Contains("apex: annotated for 2 clips"));
  EXPECT_THAT(warnings(manifest), HasSubstr("differs from the card of casme2: clips 2 (card: 145)"));
}

TEST_F(Frames, AVolumeNeedsNoApex) {
  casme2();
  const data::Manifest manifest = good("casme2", {{"volume", 3}}, "casme2-5");
  ASSERT_EQ(manifest.clips.size(), 3U);
  EXPECT_THAT(paths(manifest.clips[1]),
              ElementsAre("t00 sub04/EP12_01f/reg_img7.bmp", "t01 sub04/EP12_01f/reg_img10.bmp", "t02 sub04/EP12_01f/reg_img12.bmp"));
  EXPECT_EQ(manifest.clips[1].frames.apex_source, ApexSource::kNone);
}

TEST_F(Frames, WhatBecomesOfAKnownMissingApexIsSaidInTheConfiguration) {
  casme2();
  EXPECT_THAT(refused("casme2", json::object(), "casme2-5"),
              HasSubstr(".csv:3: error: clip sub04/EP12_01f: has no apex\n      | note: known of this release: choose 'apex_policy: drop' "
                        "or 'midpoint'\n"));
  EXPECT_EQ(good("casme2", {{"apex_policy", "drop"}}, "casme2-5").clips.size(), 2U);
  const data::Manifest middle = good("casme2", {{"apex_policy", "midpoint"}}, "casme2-5");
  EXPECT_EQ(middle.clips[1].frames.apex, 9);
  EXPECT_EQ(middle.clips[1].frames.apex_source, ApexSource::kMidpoint);
  EXPECT_THAT(middle.notes, Contains("apex: annotated for 2 clips, midpoint for 1 clips"));
  EXPECT_THAT(warnings(middle), HasSubstr("sub04/EP12_01f"));
  EXPECT_THAT(refused("casme2", {{"apex_policy", "keep"}}, "casme2-5"), HasSubstr("there is nothing to keep"));
}

TEST_F(Frames, AnApexThatIsWrongAndNotKnownOfTheReleaseIsRefused) {
  casme2();
  write("CASME2-coding-20140508.csv",
        "Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Emotion\n01,EP02_01f,46,99,55,happiness\n04,EP13_02,3,,9,disgust\n04,EP12_01f,7,"
        "/,12,"
        "others\n");
  const std::string text = refused("casme2", {{"apex_policy", "midpoint"}});
  EXPECT_THAT(text, HasSubstr("clip sub01/EP02_01f: apex 99 lies outside onset 46 to offset 55"));
  EXPECT_THAT(text, HasSubstr("clip sub04/EP13_02: has no apex"));
  EXPECT_THAT(text, HasSubstr("the release has no such clip: is the sheet changed?"));
  const data::Manifest middle = good("casme2", {{"apex", "midpoint"}});
  EXPECT_EQ(middle.clips[0].frames.apex, 50);
  EXPECT_EQ(middle.clips[0].frames.apex_source, ApexSource::kMidpoint);
}

TEST_F(Frames, ReleasesAreFoundWhereTheyLie) {
  casme2("CASME2-RAW", "img");
  EXPECT_THAT(good("casme2").notes, Contains(HasSubstr("release 'raw'")));
  fs::create_directories(root / "again/CASME2_RAW");
  fs::rename(root / "CASME2-RAW", root / "again/CASME2_RAW/CASME2-RAW");
  const json sheet = {{"annotation", (root / "CASME2-coding-20140508.csv").string()}};
  EXPECT_EQ(good("casme2", sheet, "megc2019", "again").clips.size(), 2U) << "one level deeper under the same name";
  EXPECT_EQ(good("casme2", sheet, "megc2019", "again/CASME2_RAW/CASME2-RAW/").clips.size(), 2U);
  EXPECT_THAT(refused("casme2", sheet, "megc2019", "again/CASME2_RAW/CASME2-RAW/sub01"),
              HasSubstr("is one subject of CASME II, the folder above it is wanted"));
  EXPECT_THAT(refused("casme2", sheet, "megc2019", "nowhere"), HasSubstr("no such folder"));
  EXPECT_THAT(refused("samm", json::object()), HasSubstr("has no subject of SAMM in it, folders like '006' are wanted"));
}

TEST_F(Frames, SeveralReleasesAreChosenFrom) {
  casme2();
  casme2("CASME2_RAW_selected", "img");
  EXPECT_THAT(refused("casme2"), HasSubstr("holds several releases of CASME II: 'selected' and 'cropped'"));
  EXPECT_EQ(good("casme2", {{"release", "selected"}}).clips[0].files[0].path, "sub01/EP02_01f/img46.bmp");
  EXPECT_THAT(refused("casme2", {{"release", "raw"}}), HasSubstr("does not hold the release 'raw' of CASME II"));
}

TEST_F(Frames, TheSheetIsFoundOrNamed) {
  casme2();
  write("Cropped/CASME2-coding-20190701.csv", "x");
  EXPECT_THAT(refused("casme2"),
              HasSubstr("has several sheets of CASME II: 'CASME2-coding-20140508.csv' and 'CASME2-coding-20190701.csv'"));
  fs::remove(root / "Cropped/CASME2-coding-20190701.csv");
  write("~$CASME2-coding-20140508.xlsx", "lock");
  EXPECT_EQ(good("casme2").clips.size(), 2U);
  fs::remove(root / "CASME2-coding-20140508.csv");
  EXPECT_THAT(refused("casme2"), HasSubstr("has no sheet of CASME II, like CASME2-coding*.xlsx"));
}

TEST_F(Frames, WhatIsMissingOnDiskIsNamed) {
  casme2();
  fs::remove(root / "Cropped/sub01/EP02_01f/reg_img48.bmp");
  fs::remove(root / "Cropped/sub01/EP02_01f/reg_img49.bmp");
  fs::remove(root / "Cropped/sub04/EP13_02/reg_img9.bmp");
  const std::string text = refused("casme2");
  EXPECT_THAT(text, HasSubstr("csv:2: error: clip sub01/EP02_01f: frames 48 and 49 between onset 46 and offset 55 are not on disk"));
  EXPECT_THAT(text,
              HasSubstr("csv:4: error: clip sub04/EP13_02: offset frame 9 is not on disk\n      | note: its folder has 6 frames, 3 to 8"));
  fs::remove_all(root / "Cropped/sub04");
  EXPECT_THAT(refused("casme2"), HasSubstr("clip sub04/EP13_02: its frames can't be had: no such folder"));
}

TEST_F(Frames, DamagedImagesAndDoubledNumbersAreNamed) {
  casme2();
  write("Cropped/sub01/EP02_01f/reg_img46.bmp", image('x').substr(0, 56));
  write("Cropped/sub04/EP13_02/reg_img003.bmp", image('x'));
  const std::string text = refused("casme2");
  EXPECT_THAT(text, HasSubstr("reg_img46.bmp: error: is cut short"));
  EXPECT_THAT(text, HasSubstr("'reg_img003.bmp' and 'reg_img3.bmp' are both frame 3"));
}

TEST_F(Frames, RowsThatAreNoClipsAreRefused) {
  casme2();
  write("CASME2-coding-20140508.csv",
        "Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Emotion\n01,EP02_01f,55,50,46,happiness\n01,EP02_01f,46,50,55,happiness\n");
  const std::string text = refused("casme2");
  EXPECT_THAT(text, HasSubstr("csv:2: error: clip sub01/EP02_01f: offset 46 is before onset 55"));
  EXPECT_THAT(text, HasSubstr("csv:3: error: clip EP02_01f: has the same subject, clip as row 2"));
}

TEST_F(Frames, ALabelThatTheReleaseHasNotIsNoClass) {
  casme2();
  write("CASME2-coding-20140508.csv",
        "Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Emotion\n01,EP02_01f,46,50,55,hapiness\n04,EP13_02,3,5,9,Disgust\n");
  const std::string text = refused("casme2");
  EXPECT_THAT(text, HasSubstr("csv:2: error: clip sub01/EP02_01f: its label is 'hapiness', which the release has not\n      | note: did "
                              "you mean 'happiness'?"));
  EXPECT_THAT(text, HasSubstr("csv:3: error: clip sub04/EP13_02: its label is 'Disgust'"));
}

TEST_F(Frames, ASheetWithoutTheColumnOfALabelMapIsToldOnce) {
  casme2();
  const std::string text = refused("casme2", {{"apex_policy", "midpoint"}}, "objective");
  EXPECT_THAT(
      text,
      HasSubstr("csv:2: error: clip sub01/EP02_01f: has no objective class, nor have 2 more, and label map 'objective' is made of it"));
  EXPECT_EQ(text.find("error:"), text.rfind("error:"));
}

TEST_F(Frames, CaseOfFoldersDoesNotCountAndNoFolderIsTwoClips) {
  casme2();
  fs::rename(root / "Cropped/sub01", root / "Cropped/SUB01");
  fs::rename(root / "Cropped", root / "CROPPED");
  EXPECT_EQ(good("casme2").clips[0].files[0].path, "SUB01/EP02_01f/reg_img46.bmp");
  write("CASME2-coding-20140508.csv",
        "Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Emotion\n01,EP02_01f,46,50,55,happiness\n1,ep02_01F,46,50,55,disgust\n");
  EXPECT_THAT(refused("casme2"), HasSubstr("csv:3: error: clip ep02_01F: has the same subject, clip as row 2"));
}

TEST_F(Frames, FramesWithoutARowAreWarnedOf) {
  casme2();
  clip("Cropped/sub24/EP02_07", "reg_img", 61, 70);
  EXPECT_THAT(warnings(good("casme2")), HasSubstr("1 clip folder has no row in the sheet: sub24/EP02_07"));
}

TEST_F(Frames, SammIsPaddedAsItIs) {
  write("SAMM_Micro_FACS_Codes_v2.csv",
        "Subject,Filename,Inducement Code,Onset Frame,Apex Frame,Offset Frame,Duration,Micro,Action Units,Estimated Emotion,Objective "
        "Classes\n"
        "006,006_1_2,1,5562,5564,5566,5,Micro - 1/2,4+7,Anger,3\n028,028_4_1,4,1071,1080,1076,6,Micro - "
        "1/2,4,Happiness,1\n6,006_2_4,1,180,182,184,5,Micro - 1/2,4,Other,3\n");
  clip("SAMM/006/006_1_2", "006_", 5562, 5566, 5);
  clip("SAMM/006/006_2_4", "006_", 180, 184, 4);
  clip("SAMM/028/028_4_1", "028_", 1071, 1080, 4);
  EXPECT_THAT(refused("samm"), HasSubstr("clip 028/028_4_1: apex 1080 lies outside onset 1071 to offset 1076"));
  const data::Manifest kept = good("samm", {{"apex_policy", "keep"}});
  EXPECT_THAT(ids(kept), ElementsAre("samm/006/006_1_2", "samm/028/028_4_1")) << "Other is none of the three classes";
  EXPECT_EQ(kept.clips[1].files[1].path, "028/028_4_1/028_1080.bmp");
  EXPECT_EQ(kept.clips[0].files[0].path, "006/006_1_2/006_05562.bmp");
  EXPECT_EQ(good("samm", {{"apex_policy", "drop"}}, "samm-5").clips.size(), 2U);
}

TEST_F(Frames, SmicIsReadFromItsFolders) {
  clip("SMIC_all_raw/HS/s1/micro/negative/s1_ne_01", "image", 559740, 559744);
  clip("SMIC_all_raw/HS/s20/micro/surprise/s20_sur_01", "image", 17581039, 17581042);
  clip("SMIC_all_raw/HS/s1/non_micro/s1_01", "image", 1, 2);
  clip("SMIC_all_raw/HS/s7/non_micro/s7_01", "image", 1, 2);
  clip("SMIC_all_raw/VIS/s11/micro/negative/s11_ne_01", "image", 7, 9);
  const auto none = read("smic");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), core::ErrorCode::kUsage);
  EXPECT_THAT(none.error().render(), HasSubstr("SMIC-HS has no annotated apex, and optical flow needs one"));
  const data::Manifest manifest = good("smic", {{"apex", "midpoint"}});
  EXPECT_THAT(ids(manifest), ElementsAre("smic/s01/s01_ne_01", "smic/s20/s20_sur_01"));
  EXPECT_EQ(manifest.clips[0].frames,
            (data::FrameSpan{.onset = 559740, .apex = 559742, .offset = 559744, .apex_source = ApexSource::kMidpoint}));
  EXPECT_THAT(ids(good("smic_vis", {{"volume", 2}})), ElementsAre("smic_vis/s11/s11_ne_01"));
  EXPECT_THAT(refused("smic", {{"volume", 2}}, "megc2019", "SMIC_all_raw/VIS"),
              HasSubstr("holds the clips of camera VIS, SMIC-HS is camera HS"));
}

TEST_F(Frames, ObjectiveClassesOfTheirOwnFileCount) {
  write("CASME2-coding-20190701.csv",
        "Subject,Filename,,OnsetFrame,ApexFrame,OffsetFrame,,Action Units,Estimated Emotion,Objective Classes\n"
        "01,EP02_01f,,46,50,55,,12,happiness,1\n04,EP13_02,,3,5,9,,4,disgust,7\n");
  clip("Cropped/sub01/EP02_01f", "reg_img", 46, 55);
  clip("Cropped/sub04/EP13_02", "reg_img", 3, 9);
  write("classes/ObjectiveClasses.csv", "Subject,Filename,Objective Class\n1,EP02_01f,1\n4,EP13_02,4\n");
  write("classes/half.csv", "Subject,Filename,Objective Class\n1,EP02_01f,1\n");
  const auto with = [&](const char* name) { return json{{"objective_classes", (root / "classes" / name).string()}}; };
  EXPECT_EQ(good("casme2", json::object(), "megc2018").clips.size(), 1U);
  const data::Manifest both = good("casme2", with("ObjectiveClasses.csv"), "megc2018");
  ASSERT_EQ(both.clips.size(), 2U);
  EXPECT_EQ(both.clips[1].truth.text(both.label_map.classes), "IV");
  EXPECT_THAT(both.notes, Contains("objective classes from ObjectiveClasses.csv: those of 1 of 2 clips are not the sheet's"));
  EXPECT_THAT(refused("casme2", with("half.csv"), "megc2018"),
              HasSubstr("half.csv: error: has no row for 1 of the sheet's 2 clips: 'casme2/sub04/ep13_02'"));
}

constexpr const char* kLongHeader =
    "Subject,Filename,,OnsetF,OffsetF,Onset2F,Offset2F,Onset3F,Offset3F,,FirstF,LastF,TotalMF1,TotalMF2,TotalMF3,TotalVL,Emotion\n";

// s3_ne_02 has another movement in it, which is s3_ne_03: that number stands in no row, and s3_ne_04 does. s20_ne_01 has one as well, but
// s20_ne_02 is a row of its own; s20_sur_01 is the last of its kind.
TEST_F(Frames, LongClipsOfSmicAreReadAsTheirSheetCounts) {
  write("HS_long/SMIC-HS-E/SMIC-HS-E_annotation.csv",
        std::string(kLongHeader) +
            "20,s20_ne_01,,1003,1005,1007,1008,,,,1000,1009,3,2,,10,negative\n20,s20_ne_02,,2001,2003,,,,,,2000,2004,3,,,5,negative\n"
            "20,s20_sur_01,,3001,3002,3003,3004,,,,3000,3005,2,2,,6,negative\n"
            "3,s3_ne_02,,502,504,506,507,506,507,,500,509,3,2,2,10,negative\n3,s3_ne_04,,601,603,,,,,,600,604,3,,,5,negative\n");
  const std::string place = "HS_long/SMIC-HS-E/";
  clip(place + "s20/s20_ne_01", "image", 1, 10, 6);
  clip(place + "s20/s20_ne_02", "image", 2000, 2004, 6);  // numbered as the camera counted
  clip(place + "s20/s20_sur_01", "image", 1, 6, 6);
  clip(place + "s03/s3_ne_02", "image", 1, 10, 6);
  clip(place + "s03/s3_ne_04", "image", 1, 5, 6);
  for (const char* below : {"", "HS_long", "HS_long/SMIC-HS-E"}) {
    const data::Manifest manifest = good("smic", {{"apex", "midpoint"}}, "megc2019", below);
    EXPECT_THAT(ids(manifest), ElementsAre("smic/s03/s03_ne_02", "smic/s03/s03_ne_03", "smic/s03/s03_ne_04", "smic/s20/s20_ne_01",
                                           "smic/s20/s20_ne_02", "smic/s20/s20_sur_01"))
        << below;
    EXPECT_EQ(manifest.clips[1].frames, (data::FrameSpan{.onset = 7, .apex = 7, .offset = 8, .apex_source = ApexSource::kMidpoint}));
    EXPECT_EQ(manifest.clips[4].frames.onset, 2001);
    EXPECT_EQ(manifest.clips[5].truth.text(manifest.label_map.classes), "surprise") << "its name says so, the sheet does not";
  }
  clip("SMIC_all_raw/HS/s1/micro/negative/s1_ne_01", "image", 559740, 559744);
  EXPECT_THAT(refused("smic", {{"apex", "midpoint"}}), HasSubstr("holds several releases of SMIC-HS: 'raw' and 'long'"));
  EXPECT_EQ(good("smic", {{"apex", "midpoint"}, {"release", "long"}}).clips.size(), 6U);
  EXPECT_EQ(good("smic", {{"apex", "midpoint"}, {"release", "raw"}}).clips.size(), 1U);
}

TEST_F(Frames, ALongClipWhoseImagesCantBeCountedIsRefused) {
  write("SMIC-HS-E_annotation.csv", std::string(kLongHeader) +
                                        "20,s20_ne_01,,1003,1005,,,,,,1000,1009,3,,,10,negative\n"
                                        "20,s20_ne_02,,2001,2003,,,,,,2000,2004,3,,,5,negative\n");
  clip("SMIC-HS-E/s20/s20_ne_01", "image", 1, 9, 6);
  const std::string text = refused("smic", {{"apex", "midpoint"}});
  EXPECT_THAT(text, HasSubstr("clip s20_ne_01: is frames 1000 to 1009 of the camera, 10 of them, but its folder has images 1 to 9, 9"));
  EXPECT_THAT(text, HasSubstr("s20_ne_02"));
}

TEST_F(Frames, SmicFoldersThatDisagreeAreRefused) {
  clip("HS/s1/micro/negative/s1_po_01", "image", 1, 4);
  clip("HS/s1/micro/angry/s1_ne_02", "image", 1, 4);
  clip("HS/s2/micro/negative/s1_ne_03", "image", 1, 4);
  fs::create_directories(root / "HS/s3");
  const std::string text = refused("smic", {{"volume", 2}});
  EXPECT_THAT(text, HasSubstr("s1_po_01: error: is called after another subject or class than its folders, 's1_ne_...' is wanted"));
  EXPECT_THAT(text, HasSubstr("angry: error: is no class folder"));
  EXPECT_THAT(text, HasSubstr("s1_ne_03: error: is called after another subject"));
  EXPECT_THAT(text, HasSubstr("s3: error: has no folder 'micro'"));
}

}  // namespace
}  // namespace mexbench::datasets
