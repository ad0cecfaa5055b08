// Annotations as they go round: re-saved, exported, shortened, joined, added to. The shapes are those of published copies, the rows are
// made up. Every file is read as the corpus it is of, and what was assumed is noted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "datasets/annotation_formats.h"
#include "datasets/annotations.h"
#include "unit/data/made_workbooks.h"

namespace mexbench::datasets {
namespace {

using data::Annotation;
using test::MadeCell;
using test::make_xlsx;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// As the command line reads a file: the bytes decide what it is, `dataset` which corpus; empty asks the file.
core::Result<Annotation> read_bytes(const std::string& bytes, std::string_view dataset) {
  // Of this process alone: tests run beside each other.
  const std::string file = ::testing::TempDir() + "edition-" + std::to_string(::getpid());
  std::ofstream(file, std::ios::binary) << bytes;
  auto read = read_annotation_of(file, dataset);
  ::unlink(file.c_str());
  return read;
}

Annotation read(const std::string& bytes, std::string_view dataset) {
  auto annotation = read_bytes(bytes, dataset);
  if (!annotation) {
    ADD_FAILURE() << annotation.error().render();
    return {};
  }
  return std::move(annotation).value();
}

std::string refused(const std::string& bytes, std::string_view dataset) {
  const auto annotation = read_bytes(bytes, dataset);
  if (annotation) return "was read as " + annotation->dataset;
  EXPECT_EQ(annotation.error().code(), core::ErrorCode::kData);
  return annotation.error().render();
}

std::vector<std::string> rules(const Annotation& annotation) {
  std::vector<std::string> out;
  for (const auto& one : annotation.irregular) out.push_back(one.rule + " " + std::to_string(one.row));
  return out;
}

// What all editions below hold: clips of one person and of another, onsets 46 and 131, apexes 59 and 139, offsets 86 and 161.
void expect_both_clips(const Annotation& annotation, const std::string& edition) {
  SCOPED_TRACE(edition);
  ASSERT_EQ(annotation.rows.size(), 2U);
  EXPECT_EQ(count_subjects(annotation), 2U);
  const auto& [first, second] = std::tie(annotation.rows[0], annotation.rows[1]);
  EXPECT_EQ(std::make_tuple(first.onset.value_or(0), first.apex.value_or(0), first.offset.value_or(0)), std::make_tuple(46, 59, 86));
  EXPECT_EQ(std::make_tuple(second.onset.value_or(0), second.apex.value_or(0), second.offset.value_or(0)), std::make_tuple(131, 139, 161));
  EXPECT_THAT(annotation.irregular, IsEmpty());
}

TEST(AnnotationEditions, TablesOfPublishedCodeAreReadAsTheirCorpus) {
  struct Edition {
    std::string dataset;
    std::string csv;
  };
  const std::vector<Edition> editions = {
      {"casme2",
       "Subject,Filename,Aus,Emotion,OnsetFrame,ApexFrame,OffsetFrame\n1,EP02_01f,12,happiness,46,59,86\n2,EP03_02,18,others,131,139,161"},
      {"casme2",
       "Subject,Filename,Onset,Apex,Offset,Action Units,Label,catego\n01,EP02_01f,46,59,86,12,happiness,casme\n"
       "02,EP03_02,131,139,161,18,others,casme\n\n"},
      {"casme2",
       "\xEF\xBB\xBFSubject_ID;file name;Onset frame;Apex frame;Offset frame;AUs;emotion\r\nsub01;EP02_01f;46;59;86;12;happiness\r\n"
       "sub02;EP03_02;131;139;161;18;others\r\n"},
      {"casme2",
       ",Subject,Filename,Unnamed: 2,OnsetFrame,ApexFrame,OffsetFrame,Unnamed: 6,Action Units,Estimated Emotion\n"
       "0,1.0,EP02_01f,,46.0,59.0,86.0,,12.0,happiness\n1,2.0,EP03_02,,131.0,139.0,161.0,,18,others\n"},
      {"casme2",
       "Subject\tFilename\tOnsetFrame\tApexFrame\tOffsetFrame\tEmotion\n1\tEP02_01f\t46\t59\t86\tfear\n2\tEP03_"
       "02\t131\t139\t161\tothers\n"},
      {"casme", "Subject,Filename,onset,apex,offset,emotion\n1,EP01_12,46,59,86,tense\n2,EP03_02,131,139,161,disgust\n"},
      {"samm",
       "Subject,Filename,Inducement Code,Onset,Apex,Offset,Duration,Micro,Action Units,Label,Objective Classes,catego\n"
       "006,006_1_2,1,46,59,86,41,Micro - 1/2,4+7,Anger,3,samm\n007,007_3_1,3,131,139,161,31,Micro - 1/2,20,Fear,6,samm\n"},
      {"samm",
       "Subject,Filename,Aus,Emotion,OnsetFrame,ApexFrame,OffsetFrame\n6,006_1_2,4+7,Anger,46,59,86\n7,007_3_1,20,Fear,131,139,161\n"},
      {"samm_lv",
       "Subject,Filename,Type,Inducement Code,Onset,Apex,Offset,Duration,Action Units,Notes\n"
       "006,006_1_1,Macro,1,46.4,59,86.00000000000001,41,4 ,\n007,007_3_1,Micro - 1/2,3,131,138.6,161,31,20,\n"},
      {"smic",
       "Subject,Filename,Emotion,OnsetFrame,ApexFrame,OffsetFrame\ns1,s1_ne_01,negative,000046,59,000086\n"
       "s2,s2_po_01,positive,000131,139,000161\n"},
      {"casme_sq",
       "subject,video,onset,apex,offset,au,emotion,type,selfReport\n1,anger1_1,46,59,86,4,negative,macro-expression,anger\n"
       "2,happy3_2,131,139,161,12,positive,micro-expression,happyiness\n"},
      {"casme_sq",
       "1,anger1_1,46,59,86,4,negative,macro-expression,anger,51,s15/15_0401girl\n"
       "2,happy3_2,131,139,161,12,positive,micro-expression,happy,17,s16/16_0503\n"},
      {"casme_sq",
       ",0,1,2,3,4,5,6,7,8\n0,1,anger1_1,46,59,86,4,negative,macro-expression,anger\n"
       "1,2,happy3_2,131,139,161,12,positive,micro-expression,happy\n"},
      {"casme3",
       "Subject,Filename,Onset,Apex,Offset,AU,Objective class,emotion,label_for_7,label_for_3,imagename_apex\n"
       "spNO.1,b,46,59,86,4,III,disgust,4,0,spNO.1/b/color/175.jpg\nspNO.10,J,131,139,161,38,VII,surprise,2,2,spNO.10/J/color/185.jpg\n"},
      {"mmew",
       "Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Action Units,Estimated Emotion,remarks,label,one_hot_label,imagename\n"
       "1,S01-01-001,46,59,86,6+12,happiness,,1,\"[1,0,0,0,0,0]\",happiness/S01-01-001/15.jpg\n"
       "2,S02-03-001,131,139,161,4+7,disgust,blink,4,\"[0,0,0,1,0,0]\",disgust/S02-03-001/11.jpg\n"},
      {"megc2019",
       "data,subject,clip,label,onset_frame,apex_frame,offset_frame,onset_frame_path,apex_frame_path,offset_frame_path,data_sub\n"
       "smic,20,s20_ne_01,0,46,59,86,smic/a.jpg,smic/b.jpg,smic/c.jpg,smic_20\nsamm,6,006_1_2,0,131,139,161,a,b,c,samm_6\n"},
  };
  for (const Edition& edition : editions) {
    expect_both_clips(read(edition.csv, edition.dataset), edition.csv);
    const Annotation told = read(edition.csv, "");
    EXPECT_EQ(told.dataset, edition.dataset) << edition.csv;
  }
}

TEST(AnnotationEditions, WorkbooksOfOtherReleases) {
  using Rows = std::vector<std::vector<MadeCell>>;
  const MadeCell none;
  const auto book = [&](const std::string& sheet, Rows rows) {
    return make_xlsx({{.name = "Sheet0"}, {.name = sheet, .rows = std::move(rows)}});
  };
  const std::vector<std::pair<std::string, std::string>> editions = {
      // CASME of 2019; CASME2_label_Ver_2; SAMM's re-issue with its header in row 1.
      {"casme",
       book("Sheet1", {{"Subject", "Filename", none, "OnsetF", "ApexF1", "ApexF2", "OffsetF", none, "Onset", "Total", "AU", "Emotion"},
                       {1, "EP01_12", none, 46, 59, "\\", 86, none, 300, 583, 4, "tense"},
                       {2, "EP03_02", none, 131, 139, 145, 161, none, 300, 583, "4+9", "disgust"}})},
      {"casme2",
       book("Sheet1", {{"Subject", "Filename", none, "OnsetFrame", "ApexFrame", "OffsetFrame", none, "Action Units", "Estimated Emotion"},
                       {"01", "EP02_01f", none, 46, 59, 86, none, 12, "happiness"},
                       {"02", "EP03_02", none, 131, 139, 161, none, "R4+L10", "others"}})},
      {"samm", book("MICRO_ONLY", {{"Subject", "Filename", "Inducement Code", "Onset Frame", "Apex Frame", "Offset Frame", "Duration",
                                    "Micro", "Action Units", "Estimated Emotion", "Objective Classes", "Notes"},
                                   {"006", "006_1_2", 1, 46, 59, 86, MadeCell::formula("F2-D2+1", 41), "Micro - 1/2", "4+7", "Anger", 3},
                                   {"007", "007_3_1", 3, 131, 139, 161, MadeCell::formula("F3-D3+1", 31), "Micro - 1/2", 20, "Fear", 6}})},
      {"samm_lv", book("FACS_Movement_Only",
                       {{"SAMM Long Videos"},
                        {"-1", "not labelled"},
                        {"Subject", "Filename", "Inducement Code", "Onset", "Apex", "Offset", "Duration", "Type", "Action Units", "Notes"},
                        {"006", "006_1_1", 1, 46.4, 58.600000000000001, 86.00000000000001, 41, "Macro", "4 "},
                        {"007", "007_3_1", 3, 131, 139, 161, 31, "Micro - 1/2", 20}})},
      {"casme_sq", book("CASFEcode_final", {{1, "anger1_1", 46, 59, 86, "NULL", "negative", "macro-expression", "anger "},
                                            {2, "happy3_2", 131, 139, 161, 12, "positive", "micro-expression", "happyiness"}})},
      {"casme3",
       make_xlsx({{.name = "eye blink", .rows = {{"Subject", "Filename", "Onset", "Apex", "Offset"}, {"spNO.1", "a", "1", "2", "3"}}},
                  {.name = "AU+Emotion",
                   .rows = {{"Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class", "emotion", "Expression type"},
                            {"spNO.1", "b", "46", "59", "86", "4", "III", "disgust", "Micro-expression"},
                            {"spNO.10", "J", 131, "139", "161", "38", "VII", "Others", "Macro-expression"}}}})},
      {"fourd", book("Sheet1", {{"sub_ID", "fold_name", "Onset", "Apex", "Offset", "AUs", "Emotion", "AU1", "AU2", "AU4"},
                                {"S01", "S01_1st_001_01_1", 46, 59, 86, "4+7(k)", "Negative", none, none, 1},
                                {"S02", "S02_1st_003_01_1", 131, 139, 161, "1+2", "Positive, Surprise", 1, 1, none},
                                {none, none, none, none, none, none, none, 1, 1, 1}})},
      {"mmew",
       book("Sheet1", {{"Subject", "Filename", "OnsetFrame", "ApexFrame", "OffsetFrame", "Action Units", "Estimated Emotion", "remarks"},
                       {1, "S01-01-001", 46, 59, 86, "6+12", "happiness"},
                       {2, "S02-03-001", 131, 139, 161, 4, "disgust", "blink"}})},
      {"dfme", book("Sheet1", {{"Subject", "Filename", "OnsetFrame", "ApexFrame", "OffsetFrame", "Emotion", "EmotionId", "Fps", "AU"},
                               {3, "sub0003_01", 46, 59, 86, "happiness", 4, 500, "12"},
                               {4, "sub0004_02", 131, 139, 161, "fear", 3, 200, "4"}})},
      // The challenge's test clips without labels.
      {"dfme", book("Sheet1", {{"Subject", "Filename", "OnsetFrame", "ApexFrame", "OffsetFrame", "Fps"},
                               {3, "sub0003-05sa-01", 46, 59, 86, 500},
                               {4, "sub0004-05sa-02", 131, 139, 161, 200}})},
  };
  for (const auto& [dataset, bytes] : editions) {
    expect_both_clips(read(bytes, dataset), dataset);
    EXPECT_EQ(read(bytes, "").dataset, dataset);
  }
}

TEST(AnnotationEditions, SmicOfTheSlowCamerasIsWhatTheSheetIsCalled) {
  const auto book = [](const std::string& sheet) {
    return make_xlsx(
        {{.name = sheet,
          .rows = {{"Subject", "Filename", MadeCell(), "OnsetF", "OffsetF", MadeCell(), "FirstF", "TotalMF1", "TotalVL", "Emotion"},
                   {20, "s20_ne_01", MadeCell(), 7750, 7754, MadeCell(), 7700, 5, 90, "negative"},
                   {15, "s15_sur_02", MadeCell(), 65160, 65169, MadeCell(), 65100, 10, 90, "surprise"},
                   {"Three clips are lost"}}}});
  };
  for (const auto& [sheet, dataset] : {std::pair("HS", "smic"), std::pair("VIS", "smic_vis"), std::pair("NIR", "smic_nir")}) {
    const Annotation annotation = read(book(sheet), "");
    EXPECT_EQ(annotation.dataset, dataset);
    EXPECT_EQ(annotation.rows.size(), 2U);
    EXPECT_THAT(annotation.notes, ElementsAre("below the last clip, row 4 is no clip: 'Three clips are lost'"));
  }
}

TEST(AnnotationEditions, CopiesWithoutHeaderAreTakenByPosition) {
  for (const auto& [dataset, csv] : {std::pair("casme2", "sub01,EP02_01f,46,59,86,1\nsub02,EP03_02,131,139,161,5\n"),
                                     std::pair("samm", "006,006_1_2,46,59,86,1\n007,007_3_1,131,139,161,5\n"),
                                     std::pair("smic", "s01,s01_ne_01,46,59,86,2\ns02,s02_po_01,131,139,161,1\n")}) {
    const Annotation annotation = read(csv, dataset);
    expect_both_clips(annotation, csv);
    EXPECT_FALSE(annotation.header_row);
    EXPECT_THAT(annotation.notes, ElementsAre("no row names the columns, taken by position: subject, clip, onset, apex, offset, emotion",
                                              "labels are numbers, what they stand for is not told"));
  }
  const Annotation units = read("01,EP02_01f,,46,59,86,,12,happiness\n02,EP03_02,,131,139,161,,4+7,others\n", "casme2");
  expect_both_clips(units, "release without its header");
  EXPECT_EQ(units.rows[1].action_units, "4+7");
  EXPECT_EQ(units.rows[1].emotion, "others");
}

TEST(AnnotationEditions, NumbersThatADataFrameWroteAreNoData) {
  const std::string rows = "casme2,sub01,EP02_01f,1\nsmic,s01,s01_ne_01,0\nsamm,6,006_1_2,0\n";
  EXPECT_THAT(read("0,1,2,3\n" + rows, "megc2019").notes, ElementsAre("the first row only numbers the columns"));
  const Annotation both = read(",0,1,2,3\n0,casme2,sub01,EP02_01f,1\n1,smic,s01,s01_ne_01,0\n2,samm,6,006_1_2,0\n", "megc2019");
  EXPECT_EQ(both.rows.size(), 3U);
  EXPECT_THAT(both.notes, ElementsAre("the first row only numbers the columns", "column A only numbers the rows"));
  const Annotation floats = read(",dataset,subject,clip,label\n0,casme2,sub01,EP02_01f,1.0\n1,samm,6.0,006_1_2,0.0\n", "megc2019");
  EXPECT_EQ(floats.rows[0].emotion, "1");
  EXPECT_EQ(floats.rows[1].subject, "6");
  EXPECT_THAT(floats.irregular, IsEmpty());
  EXPECT_THAT(floats.notes, ElementsAre("3 texts are whole numbers with a point, 1.0 for 1"));
}

TEST(AnnotationEditions, OnsetsMayBeMissingInTheFirstRows) {
  const Annotation annotation = read(
      "1,anger1_1,,59,86,4,negative,macro-expression,anger\n1,anger1_2,/,59,86,4,negative,macro-expression,anger\n"
      "1,anger1_3,46,59,86,4,negative,macro-expression,anger\n2,happy3_2,131,139,161,12,positive,micro-expression,happy\n",
      "casme_sq");
  EXPECT_EQ(annotation.rows.size(), 4U);
  EXPECT_THAT(rules(annotation), ElementsAre("onset-missing 1", "onset-missing 2"));
}

const std::string kCasme2 = "Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Action Units,Estimated Emotion\n";
const std::string kClips = "01,EP02_01f,46,59,86,12,happiness\n02,EP03_02,131,139,161,18,others\n";

TEST(AnnotationEditions, WhatStandsBelowTheTableIsNoted) {
  for (const auto& [below, note] : std::map<std::string, std::string>{
           {"Total,,177,198,247,,\n", "below the last clip, row 4 is no clip: 'Total'"},
           {",,177,198,247,,\n", "below the last clip, row 4 is no clip: '177'"},
           {",,,,247,,\n", "below the last clip, row 4 is no clip: '247'"},
           {"\n\nSum,2,177,198,247,,\n", "below the last clip, row 6 is no clip: 'Sum'"},
           {"Note: / is no apex\nI,happiness\n,,,,,,coded by two\n",
            "below the last clip, rows 4 to 6 are no clips: 'Note: / is no apex', 'I' and 'coded by two'"}}) {
    const Annotation annotation = read(kCasme2 + kClips + below, "casme2");
    expect_both_clips(annotation, below);
    EXPECT_THAT(annotation.notes, ElementsAre(note));
  }
  const Annotation lost =
      read(kCasme2 + kClips + ",,200,210,220,4,\n03,,200,210,220,4,others\n,EP01_01,,,,,others\n,,,,,,others\n", "casme2");
  EXPECT_THAT(rules(lost), ElementsAre("no-key 4", "no-key 5", "no-key 6", "no-key 7")) << "clips whose names are lost are no notes";
}

TEST(AnnotationEditions, HeadingsAndRepeatedHeadersBetweenClipsAreNoted) {
  const Annotation annotation =
      read(kCasme2 + "01,EP02_01f,46,59,86,12,happiness\nSection B\n" + kCasme2 + "02,EP03_02,131,139,161,18,others\n", "casme2");
  expect_both_clips(annotation, "two sections");
  EXPECT_THAT(annotation.notes, ElementsAre("rows 3 to 4 are no clips: 'Section B' and 'Subject'"));
}

TEST(AnnotationEditions, HeadersAreReadHoweverTheyAreSet) {
  const std::vector<std::vector<std::vector<MadeCell>>> headers = {
      {{"SUBJECT", "File\nname", "Onset\nFrame", "Apex\u00a0Frame", "offset frame ", "Action\r\nUnits", "\uff25stimated Emotion"}},
      {{"Subject", "Filename", "Frames", MadeCell(), MadeCell(), "Action Units", "Estimated Emotion"},
       {MadeCell(), MadeCell(), "Onset", "Apex", "Offset"}},
      {{"CASME II"},
       {"coded by two"},
       {"Subject", "Filename", "OnsetF", "ApexF", "OffsetF", "AU", "Emotion", MadeCell(), "Emotion", "Subject"}},
  };
  for (std::vector<std::vector<MadeCell>> rows : headers) {
    rows.push_back({"01", "EP02_01f", 46, 59, 86, 12, "happiness", MadeCell(), "fear", 2});
    rows.push_back({"02", "EP03_02", "\uff11\uff13\uff11", 139, 161, 18, "others"});
    expect_both_clips(read(make_xlsx({{.name = "coding", .rows = rows}}), "casme2"), "header of " + std::to_string(rows.size() - 2));
  }
  const Annotation two = read(make_xlsx({{.name = "a",
                                          .rows = {{"Subject", "Filename", "Frames", MadeCell(), MadeCell(), "Emotion"},
                                                   {MadeCell(), MadeCell(), "Onset", "Apex", "Offset"},
                                                   {1, "EP02_01f", 46, 59, 86, "fear"}}}}),
                              "casme2");
  EXPECT_EQ(two.header_row, 2U);
  EXPECT_THAT(two.notes, ElementsAre("the header stands in rows 1 and 2"));
}

TEST(AnnotationEditions, OneOfSeveralSheetsIsToldByName) {
  const std::vector<std::vector<MadeCell>> header = {
      {"Subject", "Filename", "OnsetFrame", "ApexFrame", "OffsetFrame", "Estimated Emotion"}};
  auto all = header;
  all.push_back({"01", "EP02_01f", 46, 59, 86, "happiness"});
  all.push_back({"02", "EP03_02", 131, 139, 161, "others"});
  auto some = header;
  some.push_back({"01", "EP02_01f", 46, 59, 86, "happiness"});
  const Annotation annotation =
      read(make_xlsx({{.name = "empty"}, {.name = "all", .rows = all}, {.name = "some", .rows = some}}), "casme2");
  expect_both_clips(annotation, "several sheets");
  EXPECT_EQ(annotation.sheet, "all");
  EXPECT_THAT(annotation.notes, ElementsAre("sheet 'all' is read, the first of its form; 'some' has it too"));
}

TEST(AnnotationEditions, NamesThatASpreadsheetTookForDatesAreDamaged) {
  const Annotation annotation = read("sub,count,onset,offset,au,emotion\n12,1-2,30,40,4,disgust\n12,2-Jan,30,40,4,disgust\n", "casme3c");
  EXPECT_THAT(rules(annotation), ElementsAre("name-damaged 3"));
  EXPECT_EQ(annotation.irregular[0].seen, "2-Jan");
  const Annotation days = read(make_xlsx({{.name = "Sheet1",
                                           .rows = {{"Subject", "Filename", "OnsetFrame", "ApexFrame", "OffsetFrame", "Estimated Emotion"},
                                                    {"01", 43102, 46, 59, 86, "happiness"},
                                                    {"02", "EP03_02", 131, 139, 161, "others"}}}}),
                               "casme2");
  EXPECT_THAT(rules(days), ElementsAre("name-damaged 2"));
  EXPECT_EQ(days.irregular[0].cell, "B2");
}

TEST(AnnotationEditions, LabelsThatAreMissingAreNamed) {
  EXPECT_THAT(rules(read(kCasme2 + kClips + "03,EP01_01,1,2,3,4,\n", "casme2")), ElementsAre("label-missing 4"));
  const Annotation none = read(kCasme2 + "01,EP02_01f,46,59,86,12,\n02,EP03_02,131,139,161,18,\n", "casme2");
  expect_both_clips(none, "no label anywhere");
  EXPECT_THAT(none.notes, ElementsAre("the column of emotion is empty"));
}

TEST(AnnotationEditions, GroupsOfDigitsAreNoted) {
  const Annotation annotation = read(kCasme2 + "01,EP02_01f,\"1,046\",\"1,059\",\"1,086\",12,fear\n", "casme2");
  EXPECT_EQ(annotation.rows[0].offset, 1086);
  EXPECT_THAT(annotation.notes, ElementsAre("3 frame numbers are written with commas between their digits"));
}

TEST(AnnotationEditions, CopiesWithoutOffsetAreReadUnlessAColumnMayBeIt) {
  const std::string header = "Subject,Filename,OnsetF,ApexF1,Emotion";
  const Annotation annotation = read(header + "\n1,EP01_12,46,59,tense\n2,EP03_02,131,139,disgust\n", "casme");
  EXPECT_EQ(annotation.rows.size(), 2U);
  EXPECT_THAT(annotation.notes, ElementsAre("there is no column 'OffsetF'"));
  EXPECT_FALSE(annotation.rows[0].offset);
  EXPECT_THAT(refused(header + ",OfsetF\n1,EP01_12,46,59,tense,\n", "casme"), HasSubstr("is 'OfsetF' meant to be 'OffsetF'?"));
  EXPECT_THAT(refused(header + ",until\n1,EP01_12,46,59,tense,86\n", "casme"), HasSubstr("has a column 'OffsetF', this one has not"));
}

TEST(AnnotationEditions, ListsThatWereDerivedAreRefused) {
  const std::vector<std::string> lists = {"filename,emotion\ns15_anger1_1_micro-expression_268_278.npy,negative\n",
                                          "label,filename,subid\n1,000000-vis.png,1\n0,000007-vis.png,1\n",
                                          "debat,segmen,part,sub,me,eks,au,label\n1,QnA_1,QnA_2_A,A,2,happiness,12,1\n",
                                          "vid,org_vid,duration\ncasme_15_0101,15_0101disgustingteeth,2052\n",
                                          "/data/Region_0/Subject_000/frame_000.png,/data/Region_1/Subject_000/frame_000.png\n",
                                          "2.000000\n3.000000\n",
                                          "happiness/CA001_happiness_EP02_01f_001 15 1\n"};
  for (const std::string& list : lists) {
    const std::string told = refused(list, "");
    EXPECT_THAT(told, HasSubstr("is an annotation of no corpus known here")) << list;
    EXPECT_THAT(told, HasSubstr("its first line has '" + list.substr(0, list.find_first_of(",\n"))));
    for (const auto& format : annotation_formats()) EXPECT_THAT(refused(list, format.dataset), HasSubstr("error: ")) << list;
  }
}

TEST(AnnotationEditions, ClipsOfAnotherCorpusAreRefused) {
  EXPECT_THAT(refused(kCasme2 + kClips, "mmew"),
              HasSubstr("its clips are called as those of CASME or CASME II, such as 'EP02_01f'; an annotation of MMEW is wanted"));
  EXPECT_THAT(refused(kCasme2 + "1,own_1,46,59,86,12,fear\n", "mmew"), HasSubstr("was read as mmew")) << "names of one's own are nobody's";
}

TEST(AnnotationEditions, LabelsOfAnotherCorpusAreNoted) {
  EXPECT_THAT(read(kCasme2 + kClips, "casme").notes, ElementsAre("the label 'others' (rows: 1) is none of CASME"));
  EXPECT_THAT(read(kCasme2 + kClips, "casme2").notes, IsEmpty());
}

TEST(AnnotationEditions, WhatNobodyCanTellIsAsked) {
  const auto both = read_bytes("sub01,EP02_01f,46,59,86,1\nsub02,EP03_02,131,139,161,5\n", "");
  ASSERT_FALSE(both);
  EXPECT_THAT(both.error().render(), HasSubstr("has the form of an annotation of 'casme' and 'casme2'"));
  const Annotation told = read("Subject,Filename,Aus,Emotion,OnsetFrame,ApexFrame,OffsetFrame\n1,EP02_01f,12,others,46,59,86\n", "");
  EXPECT_THAT(told.notes, ElementsAre("taken to be of CASME II by what its clips are called"));
}

TEST(AnnotationEditions, PatternsOfNames) {
  EXPECT_TRUE(is_like("006_1_2", "9_9_9"));
  EXPECT_TRUE(is_like("S01-01-001", "s00-00-000"));
  EXPECT_TRUE(is_like("Anger1_12", "anger9_9"));
  EXPECT_TRUE(is_like("s1_sur_01", "s9_A_9"));
  for (const char* name : {"", "006_1", "006_1_2_3", "a06_1_2", "006_1_"}) EXPECT_FALSE(is_like(name, "9_9_9")) << name;
}

}  // namespace
}  // namespace mexbench::datasets
