#include <gtest/gtest.h>

#include "harness/eval/metrics.h"
#include "unit/eval/sample.h"

namespace mexbench::eval {
namespace {

std::string problems_of(const std::string& csv, const ReadOptions& options = {}) {
  const auto read = parse_predictions(csv, "p.csv", options);
  if (read) return "accepted";
  EXPECT_EQ(read.error().code(), core::ErrorCode::kData);
  return testing::briefly(read.error());
}

constexpr const char* kHeader = "dataset,subject,clip,truth,prediction\n";

TEST(PredictionsCsv, RoundTripKeepsEveryBit) {
  PredictionSet set = testing::random_set(3, 40);
  core::RandomStream draw(5);
  for (Prediction& row : set.rows) {
    for (std::size_t c = 0; c < 3; ++c) row.scores.push_back(static_cast<float>(draw.normal() * 1e-3));
    row.predicted = argmax(row.scores);
  }
  const std::string written = to_csv(set);
  const auto read = parse_predictions(written, "predictions.csv", {});
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_EQ(read->class_source, ClassSource::kScoreColumns);
  EXPECT_EQ(read->classes, set.classes);
  EXPECT_EQ(to_csv(*read), written);
  sort_predictions(set);
  for (std::size_t i = 0; i < set.rows.size(); ++i) EXPECT_EQ(read->rows[i].scores, set.rows[i].scores);
}

TEST(PredictionsCsv, IsSortedAndNamesClasses) {
  PredictionSet set{.classes = {"neg", "pos"}, .rows = {}};
  set.rows = {testing::row("samm", "007", "b", 0, 1), testing::row("samm", "006", "z", 1, 1), testing::row("casme2", "sub01", "a", 0, 0)};
  set.rows[0].scores = {-0.12F, 1.5F};
  set.rows[1].scores = {0.1F, 0.2F};
  set.rows[2].scores = {2.0F, 0.2F};
  EXPECT_EQ(to_csv(set),
            "dataset,subject,clip,fold,truth,prediction,score:neg,score:pos\n"
            "casme2,sub01,a,casme2/sub01,neg,neg,2,0.200000003\n"
            "samm,006,z,samm/006,pos,pos,0.100000001,0.200000003\n"
            "samm,007,b,samm/007,neg,pos,-0.119999997,1.5\n");
}

TEST(PredictionsImport, ColumnsAreReadByNameAndSubjectsCanonicalised) {
  const auto read = parse_predictions(
      "\xEF\xBB\xBFprediction, truth ,clip,note,subject,dataset\r\n"
      "neg,pos,s1_ne_01,hm,1,smic\r\n"
      "pos,pos,EP02_01f,,casme2/sub1,casme2\r\n"
      "neg,neg,6_1_2,,6,samm\r\n",
      "p.csv", {});
  ASSERT_TRUE(read) << read.error().render();
  ASSERT_EQ(read->rows.size(), 3U);
  EXPECT_EQ(read->rows[0].clip.text(), "casme2/sub01/EP02_01f");
  EXPECT_EQ(read->rows[1].clip.text(), "samm/006/006_1_2");
  EXPECT_EQ(read->rows[2].clip.text(), "smic/s01/s01_ne_01");
  EXPECT_EQ(read->rows[2].subject.text(), "smic/s01");
  EXPECT_EQ(read->rows[2].truth, data::Truth::one_class(1));
  EXPECT_EQ(read->rows[2].predicted, 0U);
  EXPECT_TRUE(read->rows[2].fold.empty());
  EXPECT_EQ(read->classes, (std::vector<std::string>{"neg", "pos"}));
  EXPECT_EQ(read->class_source, ClassSource::kSeen);
}

TEST(PredictionsImport, WholeClipIdsAreAccepted) {
  const auto read = parse_predictions(std::string(kHeader) + "samm,6,samm/6/6_1_2,a,b\n", "p.csv", {});
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_EQ(read->rows[0].clip.text(), "samm/006/006_1_2");
}

TEST(PredictionsImport, IntegersArePlacesInTheGivenClasses) {
  const ReadOptions options{.classes = {"negative", "positive", "surprise"}};
  const auto read = parse_predictions(std::string(kHeader) + "samm,6,a,2,0\nsamm,6,b,1,1\n", "p.csv", options);
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_EQ(read->rows[0].truth, data::Truth::one_class(2));
  EXPECT_EQ(read->classes, options.classes);
  EXPECT_EQ(problems_of(std::string(kHeader) + "samm,6,a,3,0\n", options),
            "2:10: truth '3' is unknown, 0 to 2 is wanted | 0 to 2 stand for 'negative', 'positive' and 'surprise' in this order\n");
}

TEST(PredictionsImport, WhatMostLabelsAreDecidesSoThatTheBadOneIsTold) {
  const ReadOptions options{.classes = {"negative", "positive", "surprise"}};
  const std::string numbers = std::string(kHeader) + "samm,6,a,2,0\nsamm,6,b,1,1\nsamm,6,c,0,2\n";
  EXPECT_EQ(problems_of(numbers + "samm,6,d,0,\n", options),
            "5:12: 'prediction' is empty, 0 to 2 is wanted | every row has a truth and a prediction\n");
  EXPECT_EQ(problems_of(numbers + "samm,6,d,negative,1.0\n", options),
            "5:10: truth 'negative' is unknown, 0 to 2 is wanted | 0 to 2 stand for 'negative', 'positive' and 'surprise' in this order\n"
            "5:19: prediction '1.0' is unknown, 0 to 2 is wanted | 0 to 2 stand for 'negative', 'positive' and 'surprise' in this order\n");
  EXPECT_EQ(problems_of(std::string(kHeader) + "samm,6,a,positive,negative\nsamm,6,b,positive,2\n", options),
            "3:19: prediction '2' is unknown, 'negative', 'positive' or 'surprise' is wanted\n");
}

TEST(PredictionsImport, IntegersSeenAreSortedByValue) {
  const auto read = parse_predictions(std::string(kHeader) + "x,6,a,10,2\nx,6,b,1,1\n", "p.csv", {});
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_EQ(read->classes, (std::vector<std::string>{"1", "2", "10"}));
}

TEST(PredictionsImport, GivenClassesReorderScoreColumns) {
  const auto read =
      parse_predictions("dataset,subject,clip,truth,prediction,score:b,score:a\nx,1,c,a,b,0.9,0.1\n", "p.csv", {.classes = {"a", "b"}});
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_EQ(read->rows[0].scores, (std::vector<float>{0.1F, 0.9F}));
  EXPECT_EQ(read->rows[0].predicted, 1U);
}

TEST(PredictionsImport, KnownDatasetsMayBeInCapitalsAndFoldsInAnySpelling) {
  const auto read = parse_predictions(
      "dataset,subject,clip,fold,truth,prediction\n"
      "SAMM,SAMM/6,SAMM/6/6_1_2,SAMM/6,x,y\n"
      "samm,7,007_1_2,samm/7,y,y\n"
      "Casme2,1,a,CASME2,x,x\n"
      "Other,1,a,Fold-01,x,x\n",
      "p.csv", {});
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_EQ(to_csv(*read),
            "dataset,subject,clip,fold,truth,prediction\n"
            "Other,1,a,Fold-01,x,x\n"
            "casme2,sub01,a,casme2,x,x\n"
            "samm,006,006_1_2,samm/006,x,y\n"
            "samm,007,007_1_2,samm/007,y,y\n");
  EXPECT_EQ(problems_of(std::string(kHeader) + "SAMM,6,006_1_2,x,y\nsamm,006,006_1_2,x,y\n"),
            "3:10: clip 'samm/006/006_1_2' occurs twice, first in line 2 | keep one prediction per clip\n");
}

TEST(PredictionsStrict, ProblemsShowTheLineAndPointAtTheField) {
  const auto read = parse_predictions(std::string(kHeader) + "samm, 6,\"a\",2, 7\n", "p.csv", {.classes = {"a", "b", "c"}});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().render(),
            "p.csv:2:16: error: prediction '7' is unknown, 0 to 2 is wanted\n"
            "    2 | samm, 6,\"a\",2, 7\n"
            "      |                ^ 0 to 2 stand for 'a', 'b' and 'c' in this order\n");
}

TEST(PredictionsStrict, MissingColumnsAreAllNamed) {
  EXPECT_EQ(problems_of("dataset,subjects,clip,prediction\nx,1,c,a\n"),
            "1:9: column 'subject' is missing | if it is this one, rename it to 'subject'\n"
            "1:0: column 'truth' is missing | wanted are 'dataset', 'subject', 'clip', 'truth' and 'prediction', in any order\n");
  EXPECT_EQ(problems_of("dataset,subject,clip,truth,truth,prediction\nx,1,c,a,b,a\n"),
            "1:28: column 'truth' occurs twice | keep one of them\n");
}

TEST(PredictionsStrict, RowsOfAnotherLengthAreErrorsBesideOtherProblems) {
  EXPECT_EQ(problems_of(std::string(kHeader) + "samm,6,a,neg\nsamm,,b,neg,pos\nsamm,6,c,neg,pos,x\n"),
            "2:0: has 4 fields, the header has 5 | write one value per column, also empty ones\n"
            "4:18: has 6 fields, the header has 5 | a field with a comma in it stands in quotes: \"a,b\"\n"
            "3:6: 'subject' is empty | every row names its dataset, subject and clip\n");
}

TEST(PredictionsStrict, UnknownClassIsSuggested) {
  EXPECT_EQ(problems_of(std::string(kHeader) + "samm,6,a,negative,positiv\nsamm,6,b,,negative\n", {.classes = {"negative", "positive"}}),
            "2:19: prediction 'positiv' is unknown, 'negative' or 'positive' is wanted | did you mean 'positive'?\n"
            "3:10: 'truth' is empty, 'negative' or 'positive' is wanted | every row has a truth and a prediction\n");
  // Any text of one character is one edit from any other: no slip is to be guessed.
  EXPECT_EQ(problems_of(std::string(kHeader) + "samm,6,a,a,c\n", {.classes = {"a", "b"}}),
            "2:12: prediction 'c' is unknown, 'a' or 'b' is wanted\n");
}

TEST(PredictionsStrict, DuplicateClipNamesBothLines) {
  const std::string twice = std::string(kHeader) + "samm,6,006_1_2,a,b\nsamm,006,6_1_2,a,a\n";
  EXPECT_EQ(problems_of(twice), "3:10: clip 'samm/006/006_1_2' occurs twice, first in line 2 | keep one prediction per clip\n");
  const auto kept = parse_predictions(twice, "p.csv", {.classes = {}, .keep_duplicates = true});
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->rows.size(), 2U);
}

TEST(PredictionsStrict, ScoresAreFiniteAndAgreeWithThePrediction) {
  const std::string header = "dataset,subject,clip,truth,prediction,score:a,score:b\n";
  EXPECT_EQ(problems_of(header + "x,1,c,a,a,nan,0\nx,1,d,a,a,1e999,0\nx,1,e,a,a,,0\nx,1,f,a,a,1e39,0\nx,1,g,a,a,1 ,0.5x\n"),
            "2:11: score 'nan' of class 'a' is not a finite number | a score is a number like -0.12 or 1.5e-3\n"
            "3:11: score '1e999' of class 'a' is not a finite number | a score is a number like -0.12 or 1.5e-3\n"
            "4:11: score '' of class 'a' is not a finite number | a score is a number like -0.12 or 1.5e-3\n"
            "5:11: score '1e39' of class 'a' is not a finite number | a score is a number like -0.12 or 1.5e-3\n"
            "6:14: score '0.5x' of class 'b' is not a finite number | a score is a number like -0.12 or 1.5e-3\n");
  EXPECT_EQ(problems_of(header + "x,1,c,a,a,0.1,0.2\n"),
            "2:9: prediction is 'a', but the highest score is that of 'b' | predict the class of the highest score, or leave the score "
            "columns out\n");
  EXPECT_EQ(problems_of(header + "x,1,c,a,b,0.5,0.5\n"), "accepted") << "either of two equal scores may win";
}

TEST(PredictionsStrict, ScoreColumnsCoverEveryClassOnceOrNone) {
  const std::string header = "dataset,subject,clip,truth,prediction,";
  EXPECT_EQ(problems_of(header + "score:a,score:c\nx,1,c,a,a,1,0\n", {.classes = {"a", "b"}}),
            "1:53: column 'score:c' is of no known class\n"
            "1:0: column 'score:b' is missing | scores are given for every class or for none\n");
  // Two spellings of one place.
  const ReadOptions three{.classes = {"a", "b", "c"}};
  EXPECT_EQ(problems_of(header + "score:0,score:00,score:1,score:2\nx,1,c,0,0,-1,-1,-1,-1\n", three),
            "1:53: two score columns for class 'a' | keep one of them\n");
  EXPECT_EQ(problems_of(header + "score:0,score:00,score:1,score:2\nx,1,c,0,0,1,1,-1,-1\n", three),
            "1:53: two score columns for class 'a' | keep one of them\n");
  EXPECT_EQ(problems_of(header + "score:a,score: a,score:b\nx,1,c,a,a,1,1,0\n"),
            "1:54: two score columns for class 'a' | keep one of them\n");
}

TEST(PredictionsStrict, ClassesHaveNamesAndAreAtLeastTwo) {
  const std::string header = "dataset,subject,clip,truth,prediction,";
  EXPECT_EQ(problems_of(header + "score:,score:b\nx,1,c,b,b,0,1\n"),
            "1:39: column 'score:' names no class | write the class behind it: score:negative\n");
  EXPECT_EQ(problems_of(header + "score:a\nx,1,c,a,a,0\n"),
            "file: there is only the class 'a', at least two classes are wanted | name every class, also absent ones: --classes a,b,c\n");
  const auto read = parse_predictions(header + "score: a ,score:b\nx,1,c,a,a,1,0\n", "p.csv", {});
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_EQ(read->classes, (std::vector<std::string>{"a", "b"}));
}

// pandas writes a column of whole numbers as 0.0, 1.0 once a value was missing in it.
TEST(PredictionsStrict, OneNumberInTwoSpellingsIsNotTwoClasses) {
  const std::string hint = " | write it the same way everywhere (pandas writes 1.0 for 1 where a column lacks values: use .astype(int))\n";
  EXPECT_EQ(problems_of(std::string(kHeader) + "x,6,a,0,0.0\nx,6,b,1,1.0\n"),
            "file: classes '0' and '0.0' are one number in two spellings" + hint +
                "file: classes '1' and '1.0' are one number in two spellings" + hint);
  EXPECT_EQ(problems_of(std::string(kHeader) + "x,6,a,0,00\nx,6,b,1,1\n"),
            "file: classes '0' and '00' are one number in two spellings" + hint);
  EXPECT_EQ(problems_of(std::string(kHeader) + "x,6,a,0.0,1.0\n"), "accepted");
  EXPECT_EQ(problems_of(std::string(kHeader) + "x,6,a,nan,NaN\n"), "accepted") << "names, however odd";
}

TEST(PredictionsStrict, IdsThatContradictEachOtherAreErrors) {
  EXPECT_EQ(problems_of(std::string(kHeader) + "casme2,smic/s01,a,x,y\nall,1,a,x,y\nc/d,1,a,x,y\nsamm,6,samm/7/a,x,y\nsamm,samm/,a,x,y\n"
                                               "smic,s01,s02_ne_01,x,y\nSAMM,6,7_1_2,x,y\n"),
            "2:8: subject 'smic/s01' is not of dataset 'casme2' | correct one of the two\n"
            "3:1: dataset 'all' is a reserved name | it stands for all datasets together: rename yours\n"
            "4:1: dataset 'c/d' has a slash | write the subject in its own column\n"
            "5:8: clip 'samm/7/a' is not of subject 'samm/006' | correct one of the two\n"
            "6:6: subject 'samm/' names nobody | write the person behind the slash\n"
            "7:10: clip 's02_ne_01' is not of subject 'smic/s01' | correct one of the two\n"
            "8:8: clip '7_1_2' is not of subject 'samm/006' | correct one of the two\n");
}

TEST(PredictionsStrict, FilesWithoutContentAreErrors) {
  EXPECT_EQ(problems_of(""), "file: is empty, a header line and one row per clip are wanted\n");
  EXPECT_EQ(problems_of(kHeader), "file: has no predictions | one row per tested clip is wanted\n");
  EXPECT_EQ(problems_of(std::string(kHeader) + "samm,6,a,neg,neg\n"),
            "file: there is only the class 'neg', at least two classes are wanted | name every class, also absent ones: --classes a,b,c\n");
  EXPECT_EQ(problems_of(std::string(kHeader) + "samm,6,a,,\n"),
            "2:10: 'truth' is empty, the name of a class is wanted | every row has a truth and a prediction\n"
            "2:11: 'prediction' is empty, the name of a class is wanted | every row has a truth and a prediction\n");
  EXPECT_EQ(problems_of(std::string(kHeader) + "samm,6,a,\"neg,neg\n"),
            "2:10: a quoted field is not closed | add the closing quote, or remove this one\n");
}

TEST(PredictionsStrict, TwentyProblemsAreToldAndTheRestCounted) {
  std::string csv = kHeader;
  for (int i = 0; i < 25; ++i) csv += fmt::format("samm,6,c{},neg\n", i);
  const auto read = parse_predictions(csv, "p.csv", {});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().diagnostics().size(), 20U);
  EXPECT_EQ(read.error().diagnostics().back().notes, std::vector<std::string>{"5 further problems are not shown"});
}

}  // namespace
}  // namespace mexbench::eval
