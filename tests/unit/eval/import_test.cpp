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
  return read ? "accepted" : read.error().render();
}

TEST(DetectFormat, GoesByContent) {
  EXPECT_EQ(*detect_format(kClipLog, "x.csv"), PredictionFormat::kClipLog);
  EXPECT_EQ(*detect_format(kFoldLog, "x.csv"), PredictionFormat::kFoldLog);
  EXPECT_EQ(*detect_format("\n\ndataset,subject\n", "x.txt"), PredictionFormat::kTable);
  EXPECT_EQ(describe(PredictionFormat::kFoldLog), "a log with one list per fold");
  EXPECT_EQ(detect_format(" \n", "x").error().render(), "x: error: is empty, predictions are wanted\n");
  EXPECT_EQ(detect_format("dataset;subject;clip;truth;prediction\n", "x").error().render(),
            "x: error: columns are separated by semicolons, commas are wanted\n");
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
  EXPECT_EQ(problems_of("EP02_01f 1 1\ncasme2 sub01\nsamm 006\na 0 1\nb 0\n\nc 0 1 1\n"),
            "log.txt:1: error: clip 'EP02_01f' stands before the first line '<dataset> <subject>'\n"
            "log.txt:2: error: subject 'casme2 sub01' has no clips\n"
            "log.txt:7: error: 'c 0 1 1' is neither '<dataset> <subject>' nor '<clip> <truth> <prediction>'\n"
            "log.txt:5: error: subject 'b 0' has no clips\n");
}

TEST(FoldLog, ListsAreReadPerFold) {
  const auto folds = parse_fold_log(kFoldLog, "log.txt");
  ASSERT_TRUE(folds) << folds.error().render();
  ASSERT_EQ(folds->size(), 2U);
  EXPECT_EQ((*folds)[0].subject, "006");
  EXPECT_EQ((*folds)[0].predicted, (std::vector<std::string>{"0", "2"}));
  EXPECT_EQ((*folds)[0].truth, (std::vector<std::string>{"0", "1"}));
  EXPECT_EQ((*folds)[0].uf1_so_far, 0.5);
  EXPECT_TRUE((*folds)[0].uar_so_far && *(*folds)[0].uar_so_far != *(*folds)[0].uar_so_far);
  EXPECT_FALSE((*folds)[1].uf1_so_far);
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
  EXPECT_EQ(problems_of("Subject: 9\nPredicted: [0]\nGround Truth: [0]\nSubject: 006\nPredicted: [0]\nGround Truth: [0]\n"
                        "Subject: 6\nPredicted: [0]\nGround Truth: [0]\n",
                        &with),
            "log.txt:1: error: subject '9' is not in the manifest\n"
            "log.txt:4: error: fold '006' has 1 clips, the manifest has 2 of 'samm/006'\n"
            "log.txt:7: error: subject '6' may be 'samm/006' or 'smic/s06'\n");
}

TEST(FoldLog, BrokenLinesAreNamed) {
  EXPECT_EQ(problems_of("Subject: 006\nPredicted: [0, x]\nGround Truth: [0]\n"
                        "Subject: 007\nPredicted: [0]\nPredicted: [0]\n"
                        "Subject: 006\nPredicted: [0, 1]\nGround Truth: [0]\n"
                        "Subject: 008\nPredicted: []\nGround Truth: []\nAccuracy 1\nUF1: x | UAR: 1\n"),
            "log.txt:2: error: 'Predicted' is '[0, x]', a list of whole numbers like [0, 2, 1] is wanted\n"
            "log.txt:6: error: 'Predicted' occurs twice in one fold\n"
            "log.txt:4: error: fold '007' has no list 'Ground Truth'\n"
            "log.txt:7: error: subject '006' occurs twice\n"
            "log.txt:7: error: fold '006' has 2 predictions for 1 truths\n"
            "log.txt:13: error: 'Accuracy 1' is not a line of a fold log\n"
            "      | note: wanted are lines that begin with 'Subject:', 'Predicted', 'Ground Truth' or 'UF1'\n"
            "log.txt:14: error: 'UF1: x | UAR: 1' is not 'UF1: <number> | UAR: <number>'\n"
            "log.txt:10: error: fold '008' has no clips\n");
}

TEST(Import, ManifestNamesTheClasses) {
  const data::Manifest with = manifest();
  const auto read = import_predictions(kClipLog, "log.txt", {}, &with);
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_EQ(read->predictions.classes, (std::vector<std::string>{"negative", "positive", "surprise"}));
}

}  // namespace
}  // namespace mexbench::eval
