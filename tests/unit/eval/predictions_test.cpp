#include <gtest/gtest.h>

#include "harness/eval/metrics.h"
#include "unit/eval/sample.h"

namespace mexbench::eval {
namespace {

std::string problems_of(const std::string& csv, const ReadOptions& options = {}) {
  const auto read = parse_predictions(csv, "p.csv", options);
  if (read) return "accepted";
  EXPECT_EQ(read.error().code(), core::ErrorCode::kData);
  return read.error().render();
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
  // As soon as one label is a name, an integer is no class.
  EXPECT_EQ(problems_of(std::string(kHeader) + "samm,6,a,2,0\nsamm,6,b,positive,positive\n", options),
            "p.csv:2: error: truth '2' is unknown, 'negative', 'positive' or 'surprise' is wanted\n"
            "p.csv:2: error: prediction '0' is unknown, 'negative', 'positive' or 'surprise' is wanted\n");
  EXPECT_EQ(problems_of(std::string(kHeader) + "samm,6,a,3,0\n", options),
            "p.csv:2: error: truth '3' is unknown, 0 to 2 is wanted\n"
            "      | note: 0 to 2 stand for 'negative', 'positive' and 'surprise' in this order\n");
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

TEST(PredictionsStrict, MissingColumnsAreAllNamed) {
  EXPECT_EQ(problems_of("dataset,subjects,clip,prediction\nx,1,c,a\n"),
            "p.csv:1: error: column 'subject' is missing\n"
            "      | note: did you mean 'subjects'?\n"
            "p.csv:1: error: column 'truth' is missing\n"
            "      | note: wanted are 'dataset', 'subject', 'clip', 'truth' and 'prediction', in any order\n");
  EXPECT_EQ(problems_of("dataset,subject,clip,truth,truth,prediction\nx,1,c,a,b,a\n"), "p.csv:1: error: column 'truth' occurs twice\n");
}

TEST(PredictionsStrict, RowsOfAnotherLengthAreErrorsBesideOtherProblems) {
  EXPECT_EQ(problems_of(std::string(kHeader) + "samm,6,a,neg\nsamm,,b,neg,pos\n"),
            "p.csv:2: error: has 4 fields, the header has 5\n"
            "p.csv:3: error: 'subject' is empty\n");
}

TEST(PredictionsStrict, UnknownClassIsSuggested) {
  EXPECT_EQ(problems_of(std::string(kHeader) + "samm,6,a,negative,positiv\nsamm,6,b,,negative\n", {.classes = {"negative", "positive"}}),
            "p.csv:2: error: prediction 'positiv' is unknown, 'negative' or 'positive' is wanted\n"
            "      | note: did you mean 'positive'?\n"
            "p.csv:3: error: 'truth' is empty, 'negative' or 'positive' is wanted\n");
}

TEST(PredictionsStrict, DuplicateClipNamesBothLines) {
  const std::string twice = std::string(kHeader) + "samm,6,006_1_2,a,b\nsamm,006,6_1_2,a,a\n";
  EXPECT_EQ(problems_of(twice), "p.csv:3: error: clip 'samm/006/006_1_2' occurs twice, first in line 2\n");
  const auto kept = parse_predictions(twice, "p.csv", {.classes = {}, .keep_duplicates = true});
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->rows.size(), 2U);
}

TEST(PredictionsStrict, ScoresAreFiniteAndAgreeWithThePrediction) {
  const std::string header = "dataset,subject,clip,truth,prediction,score:a,score:b\n";
  EXPECT_EQ(problems_of(header + "x,1,c,a,a,nan,0\nx,1,d,a,a,1e999,0\nx,1,e,a,a,,0\nx,1,f,a,a,1e39,0\nx,1,g,a,a,1 ,0.5x\n"),
            "p.csv:2: error: score 'nan' of class 'a' is not a finite number\n"
            "p.csv:3: error: score '1e999' of class 'a' is not a finite number\n"
            "p.csv:4: error: score '' of class 'a' is not a finite number\n"
            "p.csv:5: error: score '1e39' of class 'a' is not a finite number\n"
            "p.csv:6: error: score '0.5x' of class 'b' is not a finite number\n");
  EXPECT_EQ(problems_of(header + "x,1,c,a,a,0.1,0.2\n"), "p.csv:2: error: prediction is 'a', but the highest score is that of 'b'\n");
  EXPECT_EQ(problems_of(header + "x,1,c,a,b,0.5,0.5\n"), "accepted") << "either of two equal scores may win";
}

TEST(PredictionsStrict, ScoreColumnsCoverEveryClassOrNone) {
  EXPECT_EQ(problems_of("dataset,subject,clip,truth,prediction,score:a,score:c\nx,1,c,a,a,1,0\n", {.classes = {"a", "b"}}),
            "p.csv:1: error: column 'score:c' is of no known class\n"
            "      | note: did you mean 'a'?\n"
            "p.csv:1: error: column 'score:b' is missing, scores are given for every class or none\n");
}

TEST(PredictionsStrict, IdsThatContradictEachOtherAreErrors) {
  EXPECT_EQ(problems_of(std::string(kHeader) + "casme2,smic/s01,a,x,y\nall,1,a,x,y\nc/d,1,a,x,y\nsamm,6,samm/7/a,x,y\n"),
            "p.csv:2: error: subject 'smic/s01' is not of dataset 'casme2'\n"
            "p.csv:3: error: dataset 'all' is a reserved name\n"
            "p.csv:4: error: dataset 'c/d' has a slash\n"
            "p.csv:5: error: clip 'samm/7/a' is not of subject 'samm/006'\n");
}

TEST(PredictionsStrict, FilesWithoutContentAreErrors) {
  EXPECT_EQ(problems_of(""), "p.csv: error: is empty, a header line and one row per clip are wanted\n");
  EXPECT_EQ(problems_of(kHeader), "p.csv: error: has no predictions\n");
  EXPECT_EQ(problems_of(std::string(kHeader) + "samm,6,a,neg,neg\n"),
            "p.csv: error: only the class 'neg' occurs, at least two classes are wanted\n"
            "      | note: name every class, also absent ones: --classes a,b,c\n");
  EXPECT_EQ(problems_of(std::string(kHeader) + "samm,6,a,\"neg,neg\n"), "p.csv:2: error: a quoted field is not closed\n");
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
