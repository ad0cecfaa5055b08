// Corpora whose folders are not <subject>/<clip>, whose sheets need more than their rows, or that have no sheet of a release at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "datasets/registry.h"
#include "harness/data/manifest.h"
#include "unit/data/made_workbooks.h"
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

class Layouts : public testing::MadeFrames {
 protected:
  [[nodiscard]] core::Result<data::Manifest> read(std::string_view adapter, std::string label_map, const json& options = json::object(),
                                                  const json& labels = nullptr) const {
    return (*find_adapter(adapter))
        ->create()
        ->manifest({.root = root, .label_map = std::move(label_map), .only = {}, .labels = labels, .options = options});
  }
  [[nodiscard]] data::Manifest good(std::string_view adapter, std::string label_map, const json& options = json::object(),
                                    const json& labels = nullptr) const {
    auto manifest = read(adapter, std::move(label_map), options, labels);
    if (!manifest) {
      ADD_FAILURE() << manifest.error().render();
      return {};
    }
    return std::move(manifest).value();
  }
  [[nodiscard]] std::string refused(std::string_view adapter, std::string label_map, const json& options = json::object(),
                                    const json& labels = nullptr) const {
    const auto manifest = read(adapter, std::move(label_map), options, labels);
    return manifest ? "was read" : manifest.error().render();
  }
};

std::vector<std::string> ids(const data::Manifest& manifest) {
  std::vector<std::string> out;
  for (const data::Clip& clip : manifest.clips) out.push_back(clip.id.text() + " " + clip.truth.text(manifest.label_map.classes));
  return out;
}
std::vector<std::string> onsets(const data::Manifest& manifest) {
  std::vector<std::string> out;
  for (const data::Clip& clip : manifest.clips) out.push_back(clip.files.front().path);
  return out;
}
std::string warnings(const data::Manifest& manifest) {
  std::string out;
  for (const auto& one : manifest.warnings) out += render(one);
  return out;
}

TEST_F(Layouts, CasmeTellsRepeatedNamesApartByTheirOnset) {
  write("CASME-coded-20190721.csv",
        "Subject,Filename,,OnsetF,ApexF1,ApexF2,OffsetF,,Onset,Total,AU,Emotion\n"
        "1,EP01_12,,3,5,\\,8,,1,1,4,tense\n1,EP01_12,,9,10,\\,12,,1,1,4,disgust\n7,EP17_2,,1,\\,\\,4,,1,1,4,surprise\n");
  clip("CASME_raw_selected/sub01/EP01_12", "EP01_12-", 1, 12);
  clip("CASME_raw_selected/sub07/EP17_2", "EP17_2-", 1, 4, 3);
  EXPECT_THAT(refused("casme", "casme-8"), HasSubstr("clip sub07/EP17_2: has no apex"));
  const data::Manifest manifest = good("casme", "casme-8", {{"apex_policy", "midpoint"}});
  EXPECT_THAT(ids(manifest), ElementsAre("casme/sub01/EP01_12_3 tense", "casme/sub01/EP01_12_9 disgust", "casme/sub07/EP17_2 surprise"));
  EXPECT_THAT(onsets(manifest), ElementsAre("sub01/EP01_12/EP01_12-3.bmp", "sub01/EP01_12/EP01_12-9.bmp", "sub07/EP17_2/EP17_2-001.bmp"));
  EXPECT_EQ(manifest.clips[0].fps, 60.0);
}

class CasmeSquared : public Layouts {
 protected:
  void sheet(bool with_naming = true) const {
    std::vector<test::MadeSheet> sheets = {{.name = "CASFEcode_final",
                                            .rows = {{"1", "anger1_1", 557, 560, 563, "4", "negative", "micro-expression", "anger"},
                                                     {"1", "anger1_2", 600, 603, 0, "4", "negative", "macro-expression", "anger"},
                                                     {"22", "happy1_1 ", 12, 13, 15, "12", "positive", "micro-expression", "happyiness"}}}};
    if (with_naming) {
      sheets.push_back({.name = "naming rule1", .rows = {{15, "s15", 1}, {15, "s15", 1}, {40, "s40", 22}}});
      sheets.push_back({.name = "naming rule2", .rows = {{"0401", "anger1", "girl crashing"}, {502, "happy1", "crazy"}}});
    }
    write("CAS(ME)^2code_final(Updated).xlsx", test::make_xlsx(sheets));
  }
};

TEST_F(CasmeSquared, TheSheetSaysWhichFolderIsWhose) {
  sheet();
  clip("selectedpic/s15/anger1_1", "img", 557, 563);
  clip("selectedpic/s40/happy1_1", "img", 12, 15, 3);
  EXPECT_THAT(ids(good("casme_sq", "casme_sq-4")), ElementsAre("casme_sq/s15/anger1_1 negative", "casme_sq/s40/happy1_1 positive"));
  EXPECT_THAT(refused("casme_sq", "casme_sq-4", {{"expressions", "macro"}}), HasSubstr("clip s15/anger1_2: its frames can't be had"));
  EXPECT_THAT(refused("casme_sq", "casme_sq-4", {{"annotation", (root / "x.xlsx").string()}}),
              HasSubstr("x.xlsx: error: can't open: No such file"));
}

TEST_F(CasmeSquared, LongVideosAreFoundByTheirCode) {
  sheet();
  clip("rawpic/s15/15_0401girlcrashing", "img", 550, 610);
  clip("rawpic/s40/40_0502crazy", "img", 1, 20, 3);
  const data::Manifest manifest = good("casme_sq", "casme_sq-4");
  EXPECT_THAT(onsets(manifest), ElementsAre("s15/15_0401girlcrashing/img557.bmp", "s40/40_0502crazy/img012.bmp"));
  EXPECT_THAT(refused("casme_sq", "casme_sq-4", {{"expressions", "all"}}),
              HasSubstr("clip s15/anger1_2: has no offset\n      | note: known of this release"));
  const data::Manifest all = good("casme_sq", "movement", {{"expressions", "all"}, {"apex_policy", "drop"}}, nullptr);
  EXPECT_EQ(all.clips.size(), 2U);
  EXPECT_THAT(warnings(all), HasSubstr("dropped, frames not usable (apex_policy: drop): s15/anger1_2"));
}

TEST_F(CasmeSquared, WithoutItsNamingSheetsNobodyCanBeFound) {
  sheet(/*with_naming=*/false);
  clip("selectedpic/s15/anger1_1", "img", 557, 563);
  EXPECT_THAT(refused("casme_sq", "casme_sq-4"),
              HasSubstr("has no sheet 'naming rule1', which says how folders are called; there is 'CASFEcode_final'"));
}

TEST_F(Layouts, Casme3IsReadAsClipsAndAsLongVideos) {
  const std::string header = "Subject,Filename,Onset,Apex,Offset,AU,Objective class,emotion\n";
  write("cas(me)3_part_A_ME_label_JpgIndex_v2.csv",
        header + "spNO.1,a,355,357,360,4,I,disgust\nspNO.1,a,400,402,405,4,I,happy\nspNO.149,J,112,83,120,4,I,Others\n");
  clip("Part_A_ME_clip/frame/spNo.1_a_355", "", 355, 360);
  clip("Part_A_ME_clip/frame/spNo.1_a_400", "", 400, 405);
  clip("Part_A_ME_clip/frame/spNo.149_j_112", "", 112, 120);
  clip("Part_A_ME_clip/depth/spNo.1_a_355", "", 355, 360);
  EXPECT_THAT(ids(good("casme3", "casme3-3")), ElementsAre("casme3/spNO.1/a_355 negative", "casme3/spNO.1/a_400 positive"));
  EXPECT_THAT(refused("casme3", "casme3-7"), HasSubstr("clip spNO.149/J: apex 83 lies outside onset 112 to offset 120"));
  fs::remove_all(root / "Part_A_ME_clip");
  clip("part_A/spNO.1/a/color", "", 340, 410);
  clip("part_A/spNO.1/a/depth", "", 340, 410);
  EXPECT_THAT(onsets(good("casme3", "casme3-3")), ElementsAre("spNO.1/a/color/355.bmp", "spNO.1/a/color/400.bmp"));
}

TEST_F(Layouts, Casme3SlipsAreMendedByNameOnly) {
  write("cas(me)3_part_A_ME_label_JpgIndex_v2.csv",
        "Subject,Filename,Onset,Apex,Offset,AU,Objective class,emotion\nspNO.1,a,1,2,3,4,I,happy\nspNO.216,d,3647,2650,2655,4,I,disgust\n");
  clip("part_A/spNO.1/a/color", "", 1, 3);
  clip("part_A/spNO.216/d/color", "", 2640, 2660);
  EXPECT_THAT(refused("casme3", "casme3-3"), HasSubstr("clip spNO.216/d: offset 2655 is before onset 3647"));
  const data::Manifest mended = good("casme3", "casme3-3", {{"corrections", {"intended"}}});
  EXPECT_EQ(mended.clips[1].frames.onset, 2647);
  EXPECT_THAT(mended.notes, Contains(HasSubstr("correction 'intended' of spNO.216/d at onset 3647: onset 2647 (")));
}

TEST_F(Layouts, Casme3ClipsWhoseFramesWereDroppedMayBeLeftOut) {
  write("cas(me)3_part_A_ME_label_JpgIndex_v2.csv",
        "Subject,Filename,Onset,Apex,Offset,AU,Objective class,emotion\nspNO.1,a,1,2,3,4,I,happy\nspNO.2,b,5,6,9,4,I,disgust\n");
  clip("part_A/spNO.1/a/color", "", 1, 3);
  clip("part_A/spNO.2/b/color", "", 5, 7);
  clip("part_A/spNO.2/c/color", "", 5, 7);
  EXPECT_THAT(refused("casme3", "casme3-3"), HasSubstr("known of this release: 'apex_policy: drop' leaves such clips out"));
  const data::Manifest manifest = good("casme3", "casme3-3", {{"apex_policy", "drop"}});
  EXPECT_THAT(ids(manifest), ElementsAre("casme3/spNO.1/a_1 positive"));
  EXPECT_THAT(warnings(manifest), HasSubstr("dropped, frames not on disk (apex_policy: drop): spNO.2/b"));
  EXPECT_THAT(warnings(manifest), HasSubstr("1 clip folder has no row in the sheet: spNO.2/c/color")) << "a video without expression";
}

TEST_F(Layouts, SammLongVideosHoldSeveralMovements) {
  write("SAMM_LongVideos_V2_Release.csv",
        "Subject,Filename,Inducement Code,Onset,Apex,Offset,Duration,Type,Action Units,Notes\n"
        "006,006_1_1,1,2.4,4,5.6000000000001,1,Macro,4,\n006,006_1_2,1,7,-1,9,1,Micro - 1/2,4,\n006,006_1_3,1,4,5,8,1,Micro - 1/2,12 ,\n");
  clip("SAMM_longvideos/006_1", "006_1_", 1, 12, 4);
  EXPECT_THAT(refused("samm_lv", "movement"), HasSubstr("clip 006/006_1_2: has no apex"));
  const data::Manifest micro = good("samm_lv", "movement", {{"apex_policy", "drop"}, {"expressions", "micro"}});
  EXPECT_THAT(ids(micro), ElementsAre("samm_lv/006/006_1_3 micro"));
  const data::Manifest all = good("samm_lv", "movement", {{"apex_policy", "midpoint"}, {"expressions", "all"}});
  EXPECT_THAT(ids(all), ElementsAre("samm_lv/006/006_1_1 macro", "samm_lv/006/006_1_3 micro", "samm_lv/006/006_1_2 micro"));
  EXPECT_EQ(all.clips[0].frames, (data::FrameSpan{.onset = 2, .apex = 4, .offset = 6, .apex_source = ApexSource::kAnnotated}));
}

TEST_F(Layouts, MmewIsReadWithAndWithoutTheLevelOfSubjects) {
  write("MMEW_Micro_Exp.csv",
        "Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Action Units,Estimated Emotion,remarks\n3,S03-01-002,1,3,5,12,happiness,\n");
  clip("MMEW_Final/Micro_Expression/happiness/S03-01-002", "", 1, 5);
  EXPECT_THAT(ids(good("mmew", "mmew-4")), ElementsAre("mmew/S03/S03-01-002 happiness"));
  fs::create_directories(root / "MMEW_Final/Micro_Expression/S03");
  fs::rename(root / "MMEW_Final/Micro_Expression/happiness", root / "MMEW_Final/Micro_Expression/S03/happiness");
  EXPECT_THAT(onsets(good("mmew", "mmew-7")), ElementsAre("S03/happiness/S03-01-002/1.bmp"));
}

TEST_F(Layouts, FramesNumberedAnewAreRebasedOnRequestOnly) {
  write(
      "MMEW_Micro_Exp.csv",
      "Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Action Units,Estimated Emotion,remarks\n3,S03-01-002,101,103,105,12,happiness,\n");
  clip("Micro_Expression/happiness/S03-01-002", "", 1, 5);
  EXPECT_THAT(refused("mmew", "mmew-4"),
              HasSubstr("onset frame 101 is not on disk\n      | note: its folder has 5 frames, 1 to 5, as many as the row: if they were "
                        "numbered anew, set 'frame_numbers: rebased'"));
  const data::Manifest rebased = good("mmew", "mmew-4", {{"frame_numbers", "rebased"}});
  EXPECT_EQ(rebased.clips[0].frames, (data::FrameSpan{.onset = 1, .apex = 3, .offset = 5, .apex_source = ApexSource::kAnnotated}));
  EXPECT_THAT(warnings(rebased), HasSubstr("frame numbers moved to those of the folder"));
  clip("Micro_Expression/happiness/S03-01-002", "", 6, 6);
  EXPECT_THAT(refused("mmew", "mmew-4", {{"frame_numbers", "rebased"}}), HasSubstr("can't be rebased: its row has 5 frames, its folder 6"));
}

TEST_F(Layouts, FourdAndDfmeAreReadAsDocumented) {
  write("4DME_Labelling_Micro_release v1.csv",
        "sub_ID,fold_name,Onset,Apex,Offset,AUs,Emotion\nsub01,a_1,1,2,3,4,Negative\nsub01,a_2,1,2,3,4,Negative+Repression\n");
  clip("gray_micro/sub01/a_1", "", 1, 3);
  clip("gray_micro/sub01/a_2", "", 1, 3);
  EXPECT_THAT(ids(good("fourd", "fourd-5")), ElementsAre("fourd/sub01/a_1 Negative"));
  write("train_full_with_AU.csv",
        "Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Emotion,EmotionId,Fps,AU\n3,sub0003_01,0,2,4,anger,0,500,4\n");
  clip("train_data/sub0003_01", "", 0, 4, 5);
  const data::Manifest dfme = good("dfme", "dfme-7");
  EXPECT_THAT(ids(dfme), ElementsAre("dfme/sub0003/sub0003_01 anger"));
  EXPECT_EQ(dfme.clips[0].fps, 500.0);
}

TEST_F(Layouts, OneTableDescribesACorpus) {
  write("clips.csv",
        "subject,clip,label,path,dataset,onset,apex,offset,fps\n006,c1,joy,006/c1,lab_a,2,3,4,100\n006,c2,fear,006/"
        "c2,lab_a,,3,,100\nx,c1,joy,b/x,,1,2,3,\n");
  clip("006/c1", "f", 1, 5);
  clip("006/c2", "f", 1, 5);
  clip("b/x", "f", 1, 3);
  const json labels = json::parse(R"({"id": "mine", "classes": ["joy", "fear"], "rules": {"joy": "joy", "fear": "fear"}})");
  const data::Manifest manifest = good("frames-csv", "mine", json::object(), labels);
  EXPECT_THAT(ids(manifest), ElementsAre("lab_a/006/c1 joy", "lab_a/006/c2 fear", "own/x/c1 joy"));
  EXPECT_EQ(manifest.clips[1].frames, (data::FrameSpan{.onset = 1, .apex = 3, .offset = 5, .apex_source = ApexSource::kAnnotated}));
  const json without_fear = json::parse(R"({"id": "mine", "classes": ["joy", "none"], "rules": {"joy": "joy", "calm": "none"}})");
  EXPECT_THAT(refused("frames-csv", "mine", json::object(), without_fear),
              HasSubstr("clips.csv:3:1: error: clip 006/c2: its emotion is 'fear', which label map 'mine' neither maps nor drops"));
  const json only_calm = json::parse(R"({"id": "mine", "classes": ["a", "b"], "rules": {"calm": "a", "fear": "b"}})");
  EXPECT_THAT(refused("frames-csv", "mine", {{"dataset_id", "lab_a"}}, only_calm),
              HasSubstr("clip 006/c1: its emotion is 'joy' (and that of 1 more), which label map"));
}

TEST_F(Layouts, ACorpusThatTellsEmotionsOnlyHasNoOtherLabels) {
  const json types = json::parse(R"({"id": "m", "by": "type", "classes": ["a", "b"], "rules": {"x": "a", "y": "b"}})");
  for (const char* adapter : {"frames-csv", "flow-images", "meview"})
    EXPECT_THAT(refused(adapter, "m", json::object(), types), HasSubstr("is made of the type, and")) << adapter;
  EXPECT_THAT(refused("smic", "m", {{"apex", "midpoint"}}, types), HasSubstr("'smic' tells emotions only"));
}

TEST_F(Layouts, ATableThatIsWrongIsToldCellByCell) {
  write("clips.csv", "subject,clip,labl,path\n");
  const std::string header = refused("frames-csv", "megc2019");
  EXPECT_THAT(header, HasSubstr("clips.csv:1:14: error: field 3: column 'labl' is none of a table of clips\n"));
  EXPECT_THAT(header, HasSubstr("did you mean 'label'?"));
  EXPECT_THAT(header, HasSubstr("the table has no column 'label'"));
  write("clips.csv",
        "subject,clip,label,path,onset,fps\ns1,c1,positive,../x,a,\ns1,c1,positive,y,1,-5\n,c3,positive,z,1,\ns/1,c4,positive,z,1,\n");
  const std::string rows = refused("frames-csv", "megc2019");
  EXPECT_THAT(rows, HasSubstr("'a' is no frame number"));
  EXPECT_THAT(rows, HasSubstr("path '../x' leads out of the root"));
  EXPECT_THAT(rows, HasSubstr("clip 's1/c1' is in row 2 already"));
  EXPECT_THAT(rows, HasSubstr("'-5' is no frame rate"));
  EXPECT_THAT(rows, HasSubstr("the clip has no subject"));
  EXPECT_THAT(rows, HasSubstr("subject 's/1' has a '/'"));
  fs::remove(root / "clips.csv");
  EXPECT_THAT(refused("frames-csv", "megc2019"), HasSubstr("has no clips.csv, the table of its clips is wanted"));
}

TEST_F(Layouts, VideosAreReadByStagesOnly) {
  write("clips.csv", "subject,clip,label,path,onset,apex,offset,first\ns1,c1,positive,c1.mp4,5,7,9,0\n");
  write("c1.mp4", "a video");
  EXPECT_THAT(refused("meview", "megc2019"), HasSubstr("clip s1/c1: is a video, and only stages read videos"));
  const data::Manifest manifest =
      good("meview", "megc2019", {{"preprocess", json::parse(R"([{"stage": "flow"}, {"stage": "flow-image"}])")}});
  ASSERT_EQ(manifest.clips.size(), 1U);
  EXPECT_EQ(manifest.clips[0].id.text(), "meview/s1/c1");
  EXPECT_EQ(manifest.clips[0].files[0].role, "video:0");
  EXPECT_EQ(manifest.input.recipe, "stages");
}

TEST_F(Layouts, FlowImagesAreOfTheSizeThatIsSaid) {
  write("clips.csv", "subject,clip,label,path\ns1,c1,positive,a.bmp\ns2,c1,negative,b.bmp\n");
  write("a.bmp", image('a'));
  write("b.bmp", image('b'));
  EXPECT_THAT(refused("flow-images", "megc2019"), HasSubstr("a.bmp: error: is 1 x 1 pixels, 28 x 28 is wanted"));
  const data::Manifest manifest = good("flow-images", "megc2019", {{"width", 1}, {"height", 1}});
  EXPECT_THAT(ids(manifest), ElementsAre("own/s1/c1 positive", "own/s2/c1 negative"));
  EXPECT_EQ(manifest.clips[0].files[0].role, "flow");
}

TEST_F(Layouts, StagesTakeOnsetAndApexOrEveryFrame) {
  write("clips.csv", "subject,clip,label,path,onset,apex,offset\ns1,c1,positive,c1,2,3,5\n");
  clip("c1", "f", 1, 6);
  const auto files = [&](const char* stages) {
    std::vector<std::string> out;
    const data::Manifest manifest = good("frames-csv", "megc2019", {{"preprocess", json::parse(stages)}});
    for (const auto& file : manifest.clips.at(0).files) out.push_back(file.role + " " + file.path);
    return out;
  };
  EXPECT_THAT(files(R"([{"stage": "flow"}, {"stage": "flow-image"}])"), ElementsAre("2 c1/f2.bmp", "3 c1/f3.bmp"));
  EXPECT_THAT(files(R"([{"stage": "frame-volume"}])"), ElementsAre("2 c1/f2.bmp", "3 c1/f3.bmp", "4 c1/f4.bmp", "5 c1/f5.bmp"));
  const data::Manifest spotted = good(
      "frames-csv", "megc2019", {{"preprocess", json::parse(R"([{"stage": "spot-apex"}, {"stage": "flow"}, {"stage": "flow-image"}])")}});
  EXPECT_EQ(spotted.clips[0].frames.apex_source, ApexSource::kSpotted);
  EXPECT_EQ(spotted.clips[0].frames.apex, std::nullopt);
  EXPECT_THAT(refused("frames-csv", "megc2019", {{"preprocess", json::parse(R"([{"stage": "flow"}])")}}), HasSubstr("an image is wanted"));
  EXPECT_THAT(refused("frames-csv", "megc2019", {{"preprocess", json::parse(R"([{"stage": "frame-volume"}])")}, {"volume", 3}}),
              HasSubstr("option 'volume' has no meaning beside 'preprocess'"));
}

TEST_F(Layouts, ACorrectionOfNoClipIsToldAndAnOwnOneIsKeyedByItsClip) {
  write("clips.csv", "subject,clip,label,path,onset,apex,offset\ns1,c1,positive,c1,2,9,5\n");
  clip("c1", "f", 1, 6);
  EXPECT_THAT(refused("frames-csv", "megc2019"), HasSubstr("apex 9 lies outside onset 2 to offset 5"));
  const json mend = json::parse(
      R"([{"clip": "s1/c1", "set": {"apex": 4}, "reason": "a slip"}, {"clip": "s9/c1", "set": {"apex": 4}, "reason": "none"}])");
  const data::Manifest manifest = good("frames-csv", "megc2019", {{"corrections", mend}});
  EXPECT_EQ(manifest.clips[0].frames.apex, 4);
  EXPECT_THAT(manifest.notes, Contains("correction of s1/c1: apex 4 (a slip)"));
  EXPECT_THAT(warnings(manifest), HasSubstr("correction of s9/c1: apex 4 (none) was not applied: there is no such clip"));
}

TEST_F(Layouts, ACorrectionIsOfTheDatasetThatHasItsClip) {
  write("clips.csv", "subject,clip,label,path,dataset,onset,apex,offset\ns1,c1,positive,a,lab_a,1,9,3\ns2,c1,negative,b,lab_b,1,2,3\n");
  clip("a", "f", 1, 3);
  clip("b", "f", 1, 3);
  const json mend = json::parse(R"([{"clip": "s1/c1", "set": {"apex": 2}, "reason": "a slip"}])");
  const data::Manifest manifest = good("frames-csv", "megc2019", {{"corrections", mend}});
  EXPECT_EQ(manifest.clips[0].frames.apex, 2);
  EXPECT_EQ(warnings(manifest), "") << "the other dataset has no such clip, and need not";
}

// The three corpora beside each other, two clips each.
class Composite : public Layouts {
 protected:
  void SetUp() override {
    Layouts::SetUp();
    write("casme2/CASME2-coding-20140508.csv",
          "Subject,Filename,,OnsetFrame,ApexFrame,OffsetFrame,,Action Units,Estimated "
          "Emotion\n01,EP02_01f,,46,50,55,,12,happiness\n01,EP03_02,,3,5,9,,4,disgust\n");
    clip("casme2/Cropped/sub01/EP02_01f", "reg_img", 46, 55);
    clip("casme2/Cropped/sub01/EP03_02", "reg_img", 3, 9);
    write("samm/SAMM_Micro_FACS_Codes_v2.csv",
          "Subject,Filename,Onset Frame,Apex Frame,Offset Frame,Estimated Emotion\n032,032_3_1,4896,1930,4900,Anger\n");
    clip("samm/032/032_3_1", "032_", 4896, 4900);
    clip("smic/HS/s1/micro/surprise/s1_sur_01", "image", 7, 9, 6);
  }
};

TEST_F(Composite, IsBuiltFromItsThreeCorpora) {
  EXPECT_THAT(refused("megc2019", "megc2019"), HasSubstr("SMIC-HS has no annotated apex"));
  EXPECT_THAT(refused("megc2019", "megc2019", {{"smic_apex", "midpoint"}}), HasSubstr("clip 032/032_3_1: apex 1930 lies outside"));
  const json options = {{"smic_apex", "midpoint"}, {"apex_policy", "midpoint"}};
  const data::Manifest manifest = good("megc2019", "megc2019", options);
  EXPECT_THAT(ids(manifest), ElementsAre("casme2/sub01/EP02_01f positive", "casme2/sub01/EP03_02 negative", "smic/s01/s01_sur_01 surprise",
                                         "samm/032/032_3_1 negative"));
  EXPECT_EQ(manifest.clips[2].files[0].path, "smic/HS/s1/micro/surprise/s1_sur_01/image000007.bmp");
  EXPECT_EQ(manifest.clips[3].frames.apex_source, ApexSource::kMidpoint);
  EXPECT_EQ(manifest.label_map, data::megc2019_label_map());
  EXPECT_THAT(manifest.notes, Contains("not checked against the official list: it was not given"));
  EXPECT_EQ(manifest.clips[2].fps, 100.0);
  const json corrected = {{"smic_apex", "midpoint"},
                          {"corrections", json::parse(R"([{"clip": "samm/032/032_3_1", "set": {"apex": 4898}, "reason": "r"}])")}};
  EXPECT_EQ(good("megc2019", "megc2019", corrected).clips[3].frames.apex, 4898);
  EXPECT_THAT(refused("megc2019", "megc2019", {{"smic_apex", "midpoint"}, {"corrections", {"sltt"}}}), HasSubstr("did you mean 'slstt'?"));
}

TEST_F(Composite, IsHeldAgainstTheOfficialList) {
  const json options = {{"smic_apex", "midpoint"}, {"apex_policy", "midpoint"}};
  const std::string list = "casme2,sub01,EP02_01f,1\ncasme2,sub01,EP03_02,0\nsmic,s01,s01_sur_01,2\nsamm,32,032_3_1,0\n";
  write("combined_3class_gt.csv", list);
  EXPECT_THAT(good("megc2019", "megc2019", options).notes, Contains(HasSubstr("those of the official list combined_3class_gt.csv")));
  write("combined_3class_gt.csv", "casme2,sub01,EP02_01f,0\ncasme2,sub02,EP09_01,1\nsmic,s01,s01_sur_01,2\nsamm,32,032_3_1,0\n");
  const std::string text = refused("megc2019", "megc2019", options);
  EXPECT_THAT(text, HasSubstr("csv:1: error: clip 'casme2/sub01/EP02_01f' is negative in the official list, positive by the sheet"));
  EXPECT_THAT(text, HasSubstr("csv:2: error: clip 'casme2/sub02/EP09_01' is in the official list and not among the clips found"));
  EXPECT_THAT(text, HasSubstr("has no clip 'casme2/sub01/EP03_02'"));
}

TEST_F(Composite, WhatLooksForCorporaFindsThem) {
  const auto found = [&](const char* adapter, const fs::path& folder) {
    const auto what = (*find_adapter(adapter))->look(root / folder);
    return what ? *what : "nothing";
  };
  EXPECT_EQ(found("casme2", "casme2"), "CASME2-coding-20140508.csv, release 'cropped'");
  EXPECT_EQ(found("samm", "samm"), "SAMM_Micro_FACS_Codes_v2.csv, release 'full'");
  EXPECT_EQ(found("smic", "smic"), "1 clips");
  EXPECT_EQ(found("casme", "casme2"), "nothing");
  EXPECT_EQ(found("samm", "casme2"), "nothing");
}

}  // namespace
}  // namespace mexbench::datasets
