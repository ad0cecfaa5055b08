// The formats of annotations on small made-up sheets: how they may be written, and every way in which they can be wrong.
#include "datasets/annotations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace mexbench::datasets {
namespace {

using data::Annotation;
using data::Gravity;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

core::Result<Annotation> parse(std::string_view dataset, const std::string& csv) {
  const auto workbook = data::parse_workbook(csv, "sheet.csv");
  if (!workbook) return workbook.error();
  return data::parse_annotation(*workbook, **find_annotation_format(dataset));
}

Annotation read(std::string_view dataset, const std::string& csv) {
  auto annotation = parse(dataset, csv);
  if (!annotation) {
    ADD_FAILURE() << annotation.error().render();
    return {};
  }
  return std::move(annotation).value();
}

std::string refused(std::string_view dataset, const std::string& csv) {
  const auto annotation = parse(dataset, csv);
  if (annotation) return "was read";
  EXPECT_EQ(annotation.error().code(), core::ErrorCode::kData);
  return annotation.error().render();
}

// "rule row", of what is not plain.
std::vector<std::string> rules(const Annotation& annotation) {
  std::vector<std::string> out;
  for (const auto& one : annotation.irregular) out.push_back(one.rule + " " + std::to_string(one.row));
  return out;
}

const std::string kCasme2 = "Subject,Filename,,OnsetFrame,ApexFrame,OffsetFrame,,Action Units,Estimated Emotion\n";

TEST(Annotations, FormatsAreSortedAndNamedOnce) {
  std::vector<std::string> names;
  for (const auto& format : annotation_formats()) {
    names.push_back(format.dataset);
    EXPECT_FALSE(format.title.empty());
    EXPECT_FALSE(format.forms.empty());
  }
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

TEST(Annotations, UnknownFormatNamesTheNearest) {
  const auto format = find_annotation_format("casme22");
  ASSERT_FALSE(format);
  EXPECT_EQ(format.error().code(), core::ErrorCode::kUsage);
  EXPECT_THAT(format.error().render(), HasSubstr("did you mean 'casme2'?"));
}

TEST(Annotations, RowsKeepTextsAsWritten) {
  const Annotation read_back = read("casme2", kCasme2 + "01,EP02_01f,,46,59,86,,12,happiness\n26 , EP18_51,,21,64,81,,4+16 ,disgust\n");
  ASSERT_EQ(read_back.rows.size(), 2U);
  const auto& row = read_back.rows[1];
  EXPECT_EQ(row.row, 3U);
  EXPECT_EQ(std::tie(row.subject, row.clip, row.emotion, row.action_units),
            std::make_tuple(std::string("26"), std::string("EP18_51"), std::string("disgust"), std::string("4+16")));
  EXPECT_EQ(std::tie(row.onset, row.apex, row.offset),
            std::make_tuple(std::optional<std::int64_t>(21), std::optional<std::int64_t>(64), std::optional<std::int64_t>(81)));
  EXPECT_EQ(read_back.rows[0].subject, "01") << "the folder is sub01";
  EXPECT_EQ(read_back.header_row, 1U);
  EXPECT_THAT(read_back.irregular, IsEmpty());
}

TEST(Annotations, TheHeaderStandsAnywhereAndInAnyOrder) {
  const Annotation annotation =
      read("casme2",
           "CASME II,,,,,,\n,legend of the sheet,,,,,\nestimated emotion,OFFSET FRAME,Apex_Frame,onsetframe,file name,subject,AU\n"
           "fear,86,59,46,EP02_01f,01,12\n");
  EXPECT_EQ(annotation.header_row, 3U);
  ASSERT_EQ(annotation.rows.size(), 1U);
  EXPECT_EQ(annotation.rows[0].onset, 46);
  EXPECT_EQ(annotation.rows[0].offset, 86);
  EXPECT_EQ(annotation.rows[0].emotion, "fear");
  EXPECT_THAT(annotation.columns, ElementsAre("emotion", "offset", "apex", "onset", "clip", "subject", "action units"));
}

TEST(Annotations, WhatIsNoFrameIsUnknownAndNamed) {
  const Annotation annotation = read("casme2", kCasme2 +
                                                   "04,EP12_01f,,257,/,321,,4,others\n"
                                                   "05,EP09_05f,,69,69,123,,4,disgust\n"
                                                   "06,EP01_01,,,50,60,,4,disgust\n"
                                                   "07,EP01_01,,10,about 20,30,,4,disgust\n"
                                                   "08,EP01_01,,10,20.5,30,,4,disgust\n");
  EXPECT_THAT(rules(annotation),
              ElementsAre("apex-missing 2", "apex-is-onset 3", "onset-missing 4", "apex-unreadable 5", "apex-unreadable 6"));
  EXPECT_FALSE(annotation.rows[0].apex);
  EXPECT_EQ(annotation.irregular[0].seen, "/");
  EXPECT_EQ(annotation.irregular[1].gravity, Gravity::kSuspicious);
  EXPECT_FALSE(annotation.rows[2].onset);
  EXPECT_FALSE(annotation.rows[4].apex);
  EXPECT_EQ(annotation.rows.size(), 5U) << "a row that is not plain is a row";
}

TEST(Annotations, FramesOutOfOrderAreNamed) {
  const Annotation annotation = read("casme2", kCasme2 +
                                                   "01,a,,86,59,46,,12,fear\n"
                                                   "01,b,,46,40,86,,12,fear\n"
                                                   "01,c,,46,90,86,,12,fear\n"
                                                   "01,d,,46,86,86,,12,fear\n");
  EXPECT_THAT(rules(annotation), ElementsAre("offset-before-onset 2", "apex-outside 2", "apex-outside 3", "apex-outside 4"));
}

TEST(Annotations, RowsThatNameNobodyAreNoClips) {
  const Annotation annotation = read("casme2", kCasme2 +
                                                   "01,EP02_01f,,46,59,86,,12,happiness\n"
                                                   ",,,,,,,,\n"
                                                   ",,,,,,,sum of AUs,\n"
                                                   ",EP02_02f,,46,59,86,,12,happiness\n"
                                                   "01,,,46,59,86,,12,happiness\n"
                                                   "02,EP02_01f,,46,59,86,,12,happiness\n");
  EXPECT_EQ(annotation.rows.size(), 2U);
  EXPECT_THAT(rules(annotation), ElementsAre("no-key 5", "no-key 6"));
}

TEST(Annotations, ASecondRowOfAClipIsAnErrorWhereClipsAreUnique) {
  const std::string rows = "01,EP02_01f,,46,59,86,,12,fear\n01,EP02_01f,,46,59,86,,12,fear\n";
  const Annotation casme2 = read("casme2", kCasme2 + rows);
  EXPECT_THAT(rules(casme2), ElementsAre("duplicate-key 3"));
  EXPECT_EQ(casme2.irregular[0].gravity, Gravity::kError);
  const std::string casme_header = "Subject,Filename,,OnsetF,ApexF1,OffsetF,,AU,Emotion\n";
  const Annotation casme = read("casme", casme_header + rows + "01,EP02_01f,,90,95,99,,12,fear\n");
  EXPECT_THAT(rules(casme), ElementsAre("duplicate-key 3")) << "another onset is another clip";
  EXPECT_EQ(casme.irregular[0].gravity, Gravity::kIrregular);
}

TEST(Annotations, CasmeTellsFramesFromTimes) {
  const Annotation annotation =
      read("casme", "Subject,Filename,,OnsetF,ApexF1,ApexF2,OffsetF,,Onset,Total,AU,Emotion\n1,EP01_12,,73,91,\\,108,,300,583,4,tense\n");
  ASSERT_EQ(annotation.rows.size(), 1U);
  EXPECT_EQ(annotation.rows[0].onset, 73);
  EXPECT_EQ(annotation.rows[0].apex, 91);
  EXPECT_THAT(annotation.irregular, IsEmpty());
}

TEST(Annotations, SammClipsAreOfTheirSubject) {
  const std::string header =
      "Subject,Filename,Inducement Code,Onset Frame,Apex Frame,Offset Frame,Duration,Micro,Action Units,Estimated Emotion\n";
  const Annotation annotation = read("samm", header +
                                                 "006,006_1_2,1,5562,5588,5632,71,Micro - 1/2,4+7,Anger\n"
                                                 "7,006_1_3,1,5562,5588,5632,71,Micro - 1/2,4+7,Anger\n"
                                                 "6,006_1_4,1,5562,5588,5632,71,Micro - 1/2,4+7,Anger\n");
  EXPECT_THAT(rules(annotation), ElementsAre("subject-disagrees 3"));
  EXPECT_EQ(annotation.rows[0].type, "Micro - 1/2");
}

TEST(Annotations, SammLongVideosHaveFractionsAndApexesThatWereNotLabelled) {
  const std::string header = "Subject,Filename,Inducement Code,Onset,Apex,Offset,Duration,Type,Action Units,Notes\n";
  const Annotation annotation = read("samm_lv", header +
                                                    "006,006_1_1,1,566.4,600.6000000000001,700,1,Macro,4,\n"
                                                    "037,037_4_1,4,10,-1,30,1,Macro,4,\n"
                                                    "037,037_4_1,4,10,20,30,1,Micro - 1/2,4,\n");
  EXPECT_THAT(rules(annotation), ElementsAre("apex-missing 3")) << "one name as macro and as micro is two clips";
  EXPECT_EQ(annotation.rows[0].onset, 566);
  EXPECT_EQ(annotation.rows[0].apex, 601);
  EXPECT_EQ(annotation.rounded, 2U);
}

TEST(Annotations, SmicKeepsFurtherMovementsThatLieInTheVideo) {
  const std::string header = "Subject,Filename,,OnsetF,OffsetF,Onset2F,Offset2F,Onset3F,Offset3F,,FirstF,LastF,Emotion\n";
  const Annotation annotation = read("smic", header +
                                                 "4,s4_ne_04,,100,120,130,150,160,180,,90,200,negative\n"
                                                 "9,s9_sur_01,,100,120,130,150,130,150,,90,200,surprise\n"
                                                 "3,s3_po_01,,100,120,190,210,,,,90,200,positive\n"
                                                 "3,s3_po_02,,100,120,150,130,,7,,90,200,positive\n");
  ASSERT_EQ(annotation.rows.size(), 4U);
  EXPECT_THAT(annotation.rows[0].further,
              ElementsAre(data::Interval{.onset = 130, .offset = 150}, data::Interval{.onset = 160, .offset = 180}));
  EXPECT_THAT(annotation.rows[1].further, ElementsAre(data::Interval{.onset = 130, .offset = 150}));
  EXPECT_THAT(annotation.rows[2].further, IsEmpty());
  EXPECT_THAT(rules(annotation), ElementsAre("interval-refused 3", "interval-refused 4", "interval-refused 5", "interval-refused 5"));
}

TEST(Annotations, SmicNamesSayTheClass) {
  const std::string header = "Subject,Filename,OnsetF,OffsetF,Emotion\n";
  const Annotation annotation =
      read("smic", header +
                       "18,s18_sur_03,100,120,negative\n18,s18_sur_04,100,120,surprise\n18,s17_sur_04,100,120,surprise\n"
                       "18,s18_xx_04,100,120,surprise\n");
  EXPECT_THAT(rules(annotation), ElementsAre("label-disagrees 2", "subject-disagrees 4", "label-disagrees 5"));
  EXPECT_EQ(annotation.rows[0].emotion, "negative") << "as written";
}

TEST(Annotations, CasmeSqHasNoHeader) {
  const Annotation annotation = read("casme_sq",
                                     "1,anger1_1,557,572,608,4+7,negative,macro-expression,anger\n"
                                     "1,anger1_2,557,572,0,null,negative,macro-expression,anger\n"
                                     "17,anger1_1,10,0,30,4,negative,micro-expression,anger\n");
  EXPECT_FALSE(annotation.header_row);
  EXPECT_EQ(annotation.rows.size(), 3U);
  EXPECT_THAT(rules(annotation), ElementsAre("offset-missing 2", "apex-missing 3"));
  EXPECT_THAT(count_rows(annotation, [](const auto& row) { return row.type; }),
              ElementsAre(std::pair("macro-expression", 2), std::pair("micro-expression", 1)));
}

TEST(Annotations, Casme3PartCHasTwoSheets) {
  EXPECT_EQ(read("casme3c", "sub,count,onset,offset,au,emotion\n12,1,30,40,\"4,\",disgust\n12,2,30,40,4,disgust\n").rows.size(), 2U);
  const Annotation old = read("casme3c", "Subject,Onset,Offset,diff,Exp_type,risk\n12,30,40,10,micro,high\n");
  ASSERT_EQ(old.rows.size(), 1U);
  EXPECT_EQ(old.rows[0].type, "micro");
}

TEST(Annotations, DfmeCountsFromZeroAtItsOwnRate) {
  const std::string header = "Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Emotion,EmotionId,Fps,AU\n";
  const Annotation annotation =
      read("dfme", header + "3,sub0003_01,0,12,30,happiness,4,500,12\n3,sub0003_02,0,12,30,happiness,4,fast,12\n");
  EXPECT_EQ(annotation.rows[0].onset, 0);
  EXPECT_EQ(annotation.rows[0].fps, 500.0);
  EXPECT_THAT(rules(annotation), ElementsAre("fps-unreadable 3"));
}

TEST(Annotations, TheCompositeComesInFourForms) {
  const std::vector<std::string> forms = {
      "casme2,sub01,EP02_01f,1\r\nsmic,s01,s01_ne_01,0\r\nsamm,6,006_1_2,0",
      "data,subject,clip,label\ncasme2,sub01,EP02_01f,1\nsmic,s01,s01_ne_01,0\nsamm,6,006_1_2,0\n",
      "casme2,sub01,EP02_01f,1\n,,,\nsmic,s1,s1_ne_01,0\n,,,\nsamm,006,006_1_2,0\n",
      "casme2,sub01,EP02_01f,46,59,86,1\nsmic,s1,s1_ne_01,100,110,120,0\nsamm,006,006_1_2,10,20,30,0\n",
      "casme2,sub01,EP02_01f,1,46,59,86\nsmic,s1,s1_ne_01,0,100,110,120\nsamm,006,006_1_2,0,10,20,30\n"};
  for (const std::string& form : forms) {
    const Annotation annotation = read("megc2019", form);
    EXPECT_EQ(annotation.rows.size(), 3U) << form;
    EXPECT_EQ(count_subjects(annotation), 3U) << form;
    EXPECT_THAT(count_rows(annotation, [](const auto& row) { return row.emotion; }), ElementsAre(std::pair("0", 2), std::pair("1", 1)))
        << form;
    EXPECT_THAT(annotation.irregular, IsEmpty()) << form;
  }
  EXPECT_EQ(read("megc2019", forms[3]).rows[0].offset, 86);
  EXPECT_EQ(read("megc2019", forms[4]).rows[0].offset, 86);
  EXPECT_THAT(rules(read("megc2019", "data,subject,clip,label\ncasme2,sub01,EP02_01f,7\n")), ElementsAre("label-unknown 2"));
}

TEST(Annotations, ARenamedColumnIsNamedWithTheNearestOne) {
  EXPECT_EQ(
      refused("casme2", "Subject,Filename,OnsetFrame,ApxFrame,OffsetFrame,Estimated Emotion,Objective Classes\n01,a,1,2,3,fear,1\n"),
      "sheet.csv:1: error: the annotation of CASME II has a column 'ApexFrame', this one has not\n"
      "      | note: its columns are 'Subject', 'Filename', 'OnsetFrame', 'ApxFrame', 'OffsetFrame', 'Estimated Emotion' and 'Objective "
      "Classes'; is 'ApxFrame' meant to be 'ApexFrame'?\n");
  EXPECT_THAT(refused("casme2", "Subject,Filename,Emotion\n01,a,fear\n"), HasSubstr("columns 'OnsetFrame', 'ApexFrame' and 'OffsetFrame'"));
}

TEST(Annotations, TwoColumnsOfOneNameAreRefused) {
  EXPECT_THAT(refused("casme2", "Subject,Filename,OnsetFrame,Onset Frame,ApexFrame,OffsetFrame,Emotion\n01,a,1,1,2,3,fear\n"),
              HasSubstr("two columns are called 'OnsetFrame'"));
}

TEST(Annotations, AnotherTableIsRefusedWithWhatWasFound) {
  EXPECT_THAT(
      refused("samm", "a,b\n1,2\n"),
      HasSubstr("is no annotation of SAMM: no row names the columns 'Subject', 'Filename', 'Onset Frame', 'Apex Frame', 'Offset Frame' "
                "and 'Estimated Emotion'"));
  EXPECT_THAT(refused("samm", "a,b\n1,2\n"), HasSubstr("its first line has 'a' and 'b'"));
  EXPECT_THAT(refused("casme2", kCasme2), HasSubstr("has a header of CASME II and no clip below it"));
}

TEST(Annotations, ObjectiveClassesMayStandAlone) {
  const Annotation annotation = read("casme2", "Subject,Filename,Objective Class\n01,EP02_01f,1\n01,EP03_02,5\n");
  EXPECT_THAT(count_rows(annotation, [](const auto& row) { return row.objective_class; }),
              ElementsAre(std::pair("1", 1), std::pair("5", 1)));
  EXPECT_THAT(annotation.irregular, IsEmpty());
}

}  // namespace
}  // namespace mexbench::datasets
