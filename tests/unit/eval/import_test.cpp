#include "harness/eval/import.h"

#include <gtest/gtest.h>

#include "unit/eval/sample.h"

namespace mexbench::eval {
namespace {

constexpr const char* kClipLog = "casme2 sub1\r\nEP02_01f 1 1\r\nEP19_05f 0 2\r\nsamm 6\r\n6_1_2 2 2";
constexpr const char* kFoldLog =
    "Subject: 006 \n"
    "Predicted   : [0, 2] \n"
    "Ground Truth: [0, 1] \n"
    "UF1: 0.5 | UAR: nan \n"
    "Subject: sub1\n"
    "Predicted   : [1]\n"
    "Ground Truth: [1]\n"
    "Final Evaluation: \n"
    "UF1: 0.5 | UAR: 0.6 \n";

data::Clip clip(const char* dataset, const char* subject, const char* name, std::size_t truth) {
  data::Clip out;
  out.dataset = core::DatasetId(dataset);
  out.subject = core::make_subject_id(out.dataset, subject);
  out.id = core::make_clip_id(out.subject, name);
  out.name = name;
  out.truth = data::Truth::one_class(truth);
  return out;
}

data::Manifest manifest() {
  data::Manifest out;
  out.label_map = data::megc2019_label_map();
  out.clips = {clip("samm", "006", "006_2_1", 0), clip("casme2", "sub01", "EP02_01f", 1), clip("samm", "006", "006_1_2", 1)};
  return out;
}

std::string problems_of(const std::string& text, const data::Manifest* with = nullptr) {
  const auto read = import_predictions(text, "log.txt", {}, with);
  return read ? "accepted" : testing::briefly(read.error());
}

TEST(DetectFormat, GoesByContent) {
  EXPECT_EQ(*detect_format(kClipLog, "x.csv"), PredictionFormat::kClipLog);
  EXPECT_EQ(*detect_format(kFoldLog, "x.csv"), PredictionFormat::kFoldLog);
  EXPECT_EQ(*detect_format("\n\ndataset,subject\n", "x.txt"), PredictionFormat::kTable);
  EXPECT_EQ(describe(PredictionFormat::kFoldLog), "a log with one list per fold");
  EXPECT_EQ(detect_format(" \n", "x").error().render(), "x: error: is empty, predictions are wanted\n");
  EXPECT_EQ(detect_format("dataset;subject;clip;truth;prediction\n", "x").error().render(),
            "x: error: columns are separated by semicolons, commas are wanted\n"
            "      | note: save the table as CSV with commas\n");
  EXPECT_EQ(detect_format("\x89PNG\x01", "x").error().message(), "begins with '?PNG?', which is no prediction file");
}

TEST(ClipLog, SecondColumnIsTruthAndSubjectsAreCanonical) {
  const auto read = import_predictions(kClipLog, "log.txt", {}, nullptr);
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_EQ(read->format, PredictionFormat::kClipLog);
  EXPECT_EQ(to_csv(read->predictions),
            "dataset,subject,clip,fold,truth,prediction\n"
            "casme2,sub01,EP02_01f,casme2/sub01,1,1\n"
            "casme2,sub01,EP19_05f,casme2/sub01,0,2\n"
            "samm,006,006_1_2,samm/006,2,2\n");
}

TEST(ClipLog, BrokenLinesAreNamed) {
  const std::string hint = " | wanted are a line '<dataset> <subject>' for each subject and '<clip> <truth> <prediction>' for each clip\n";
  EXPECT_EQ(
      problems_of("EP02_01f 1 1\ncasme2 sub01\n  samm 006\na 0 1\nb 0\n\n c 0 1 1\n"),
      "1:1: clip 'EP02_01f' stands before the first line '<dataset> <subject>'" + hint + "2:1: subject 'casme2 sub01' has no clips" + hint +
          "7:2: 'c 0 1 1' is neither '<dataset> <subject>' nor '<clip> <truth> <prediction>' | fields are separated by blanks and have "
          "none inside\n"
          "5:1: subject 'b 0' has no clips" +
          hint);
}

TEST(ClipLog, ProblemsPointAtTheWord) {
  const auto read = import_predictions("casme2 sub01\r\n EP1 0 1\r\n EP2 1  7\r\n", "log.txt", {.classes = {"a", "b"}}, nullptr);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().render(),
            "log.txt:3:9: error: prediction '7' is unknown, 0 to 1 is wanted\n"
            "    3 |  EP2 1  7\n"
            "      |         ^ 0 to 1 stand for 'a' and 'b' in this order\n");
}

TEST(ClipLog, SubjectsInCapitalsAreTheSamePerson) {
  EXPECT_EQ(problems_of("SAMM 6\n006_1_2 0 1\nsamm 006\n6_1_2 0 1\n"),
            "4:1: clip 'samm/006/006_1_2' occurs twice, first in line 2 | keep one prediction per clip\n");
  EXPECT_EQ(problems_of("smic s1\ns2_ne_01 0 1\n"), "2:1: clip 's2_ne_01' is not of subject 'smic/s01' | correct one of the two\n");
}

// What a table must be, a log must be too: a name that no JSON and no CSV can hold would be found out only when results are written.
TEST(Import, EveryFormatIsTextInUtf8) {
  const data::Manifest with = manifest();
  for (const std::string log : {"ca\xffsme2 sub01\nEP1 0 1\n", "casme2 sub01\nE\xffP1 0 1\n",
                                "\xff dataset,subject,clip,truth,prediction\n", "Subject: \xff\nPredicted: [0]\nGround Truth: [0]\n"}) {
    const std::string told = problems_of(log, &with);
    EXPECT_NE(told.find(": byte 0xFF is not UTF-8 text | save the file as UTF-8\n"), std::string::npos) << told;
  }
  EXPECT_EQ(problems_of(std::string("casme2 sub01\nEP\0 0 1\n", 21)),
            "2:3: a NUL byte: this is not a text file | if it is UTF-16, save it as UTF-8\n");
  const std::string carriage = "file: its lines end in a carriage return alone | save it with LF or CRLF line ends\n";
  EXPECT_EQ(problems_of("casme2 sub01\rEP1 0 1\r"), carriage);
  EXPECT_EQ(problems_of("dataset,subject,clip,truth,prediction\rd,1,a,x,y\r"), carriage);
  EXPECT_EQ(problems_of("Subject: 006\rPredicted: [0]\rGround Truth: [0]\r", &with), carriage);
}

TEST(FoldLog, ListsAreReadPerFold) {
  const auto log = parse_fold_log(kFoldLog, "log.txt");
  ASSERT_TRUE(log) << log.error().render();
  const std::vector<FoldLog>* folds = &log->folds;
  ASSERT_EQ(folds->size(), 2U);
  EXPECT_EQ((*folds)[0].subject, "006");
  EXPECT_EQ((*folds)[0].predicted, (std::vector<std::string>{"0", "2"}));
  EXPECT_EQ((*folds)[0].truth, (std::vector<std::string>{"0", "1"}));
  EXPECT_EQ((*folds)[0].uf1_so_far, 0.5);
  EXPECT_TRUE((*folds)[0].uar_so_far && *(*folds)[0].uar_so_far != *(*folds)[0].uar_so_far);
  EXPECT_FALSE((*folds)[1].uf1_so_far);
  EXPECT_EQ(log->final_uf1, 0.5);
  EXPECT_EQ(log->final_uar, 0.6);
  EXPECT_FALSE(parse_fold_log("Subject: 006\nPredicted: [0]\nGround Truth: [0]\n", "log.txt")->final_uf1);
}

TEST(FoldLog, TheFinalLineWithItsFiguresEndsTheLog) {
  const std::string fold = "Subject: 006\nPredicted: [0]\nGround Truth: [0]\n";
  const std::string final = "Final Evaluation:\n";
  const std::string figures = "UF1: 0.5 | UAR: 0.5\n";
  const std::string hint = " | 'Final Evaluation:' and one line of figures end the log\n";
  EXPECT_EQ(testing::briefly(parse_fold_log(fold + final, "log.txt").error()),
            "4:1: 'Final Evaluation:' has no figures behind it | the log's last line is 'UF1: <number> | UAR: <number>'\n");
  EXPECT_EQ(testing::briefly(parse_fold_log(fold + final + figures + final, "log.txt").error()),
            "6:1: 'Final Evaluation:' occurs twice, first in line 4" + hint);
  EXPECT_EQ(testing::briefly(parse_fold_log(fold + final + figures + figures, "log.txt").error()),
            "6:1: figures stand behind the final ones | keep one line of them\n");
  EXPECT_EQ(testing::briefly(parse_fold_log(fold + figures + figures, "log.txt").error()),
            "5:1: figures occur twice in one fold | keep one line of them\n");
  EXPECT_EQ(testing::briefly(parse_fold_log(figures + fold, "log.txt").error()),
            "1:1: figures stand outside a fold | they stand behind the lists of a fold, or behind 'Final Evaluation:'\n");
  EXPECT_EQ(testing::briefly(parse_fold_log(final + figures + fold, "log.txt").error()),
            "3:1: a fold stands behind 'Final Evaluation:'" + hint);
}

TEST(FoldLog, AnEntryThatIsNoClassIsPointedAt) {
  const data::Manifest with = manifest();
  EXPECT_EQ(problems_of("Subject: 006\nPredicted: [0, 3]\nGround Truth: [0, 1]\n", &with),
            "2:16: prediction '3' is unknown, 0 to 2 is wanted | 0 to 2 stand for 'negative', 'positive' and 'surprise' in this order\n");
}

TEST(FoldLog, ClipsAreAttachedInTheManifestsOrder) {
  const data::Manifest with = manifest();
  const auto read = import_predictions(kFoldLog, "log.txt", {}, &with);
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_EQ(to_csv(read->predictions),
            "dataset,subject,clip,fold,truth,prediction\n"
            "casme2,sub01,EP02_01f,casme2/sub01,positive,positive\n"
            "samm,006,006_1_2,samm/006,positive,surprise\n"
            "samm,006,006_2_1,samm/006,negative,negative\n");
}

TEST(FoldLog, NeedsAManifest) {
  const auto read = import_predictions(kFoldLog, "log.txt", {}, nullptr);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), core::ErrorCode::kUsage);
  EXPECT_EQ(read.error().render(),
            "log.txt: error: is a log that names no clips, a manifest is wanted to attach them\n"
            "      | note: add --manifest EXPERIMENT.yaml\n");
}

TEST(FoldLog, SubjectsAndCountsMustFitTheManifest) {
  data::Manifest with = manifest();
  with.clips.push_back(clip("smic", "s06", "s06_ne_01", 0));
  EXPECT_EQ(
      problems_of("Subject: 9\nPredicted: [0]\nGround Truth: [0]\nSubject: 006\nPredicted: [0]\nGround Truth: [0]\n"
                  "Subject: 6\nPredicted: [0]\nGround Truth: [0]\n",
                  &with),
      "1:0: subject '9' is not in the manifest | subjects are written like 'sub01'\n"
      "4:0: fold '006' has 1 clip, the manifest has 2 of 'samm/006' | a log without clip names can be attached only when it has every "
      "clip of a subject\n"
      "7:0: subject '6' may be 'samm/006' or 'smic/s06' | write one of them in full\n");
}

TEST(FoldLog, BrokenLinesAreNamed) {
  EXPECT_EQ(problems_of("Subject: 006\nPredicted: [0, x]\nGround Truth: [0]\n"
                        "Subject: 007\nPredicted: [0]\nPredicted: [0]\n"
                        "Subject: 006\nPredicted: [0, 1]\nGround Truth: [0]\n"
                        "Subject: 008\nPredicted: []\nGround Truth: []\nAccuracy 1\nUF1: x | UAR: 1\n"),
            "2:12: 'Predicted' is '[0, x]', which is no list of whole numbers | write it like [0, 2, 1], in one line\n"
            "6:1: 'Predicted' occurs twice in one fold | a fold is 'Subject:', one list 'Predicted' and one list 'Ground Truth'\n"
            "4:1: fold '007' has no list 'Ground Truth' | each fold has both, one number per clip\n"
            "7:10: subject '006' occurs twice | one fold per subject is wanted\n"
            "7:1: fold '006' has 2 predictions for 1 truths | both lists have one number per clip\n"
            "13:1: 'Accuracy 1' is not a line of a fold log | wanted are lines that begin with 'Subject:', 'Predicted', 'Ground Truth' or "
            "'UF1'\n"
            "14:1: 'UF1: x | UAR: 1' is no line of figures | wanted is 'UF1: <number> | UAR: <number>', nan where there is none\n"
            "10:1: fold '008' has no clips | remove it, or write its lists\n");
  for (const char* list : {"[0,]", "[,0]", "[0,,1]", "[0 1]", "0, 1", "[", "[0, 1"}) {
    EXPECT_FALSE(parse_fold_log(std::string("Subject: 006\nPredicted: ") + list + "\nGround Truth: [0]\n", "log.txt")) << list;
  }
}

TEST(Import, ManifestNamesTheClasses) {
  const data::Manifest with = manifest();
  const auto read = import_predictions(kClipLog, "log.txt", {}, &with);
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_EQ(read->predictions.classes, (std::vector<std::string>{"negative", "positive", "surprise"}));
}

}  // namespace
}  // namespace mexbench::eval
