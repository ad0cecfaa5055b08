#include "harness/eval/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "data/metrics/sklearn_cases.h"
#include "unit/eval/sample.h"

namespace mexbench::eval {
namespace {

using testing::random_set;
using testing::row;

PredictionSet set_of(const std::vector<std::size_t>& truth, const std::vector<std::size_t>& predicted, std::vector<std::string> classes) {
  PredictionSet out;
  out.classes = std::move(classes);
  for (std::size_t i = 0; i < truth.size(); ++i) out.rows.push_back(row("samm", "006", fmt::format("c{:05}", i), truth[i], predicted[i]));
  return out;
}

std::vector<std::string> names(std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(fmt::format("class{}", i));
  return out;
}

TEST(Metrics, EqualScikitLearnWhereEveryClassOccurs) {
  ASSERT_FALSE(sklearn_cases().empty());
  for (const SklearnCase& known : sklearn_cases()) {
    const Metrics ours = evaluate(set_of(known.truth, known.predicted, names(known.confusion.size())));
    const ScopeMetrics& all = ours.scopes.at("all");
    EXPECT_EQ(all.confusion, known.confusion);
    EXPECT_EQ(all.clips, static_cast<std::int64_t>(known.truth.size()));
    ASSERT_TRUE(all.uf1.value && all.uar.value && all.accuracy.value);
    EXPECT_NEAR(*all.uf1.value, known.f1_macro, 1e-14);
    EXPECT_NEAR(*all.uar.value, known.recall_macro, 1e-14);
    EXPECT_NEAR(*all.accuracy.value, known.accuracy, 1e-14);
    for (std::size_t c = 0; c < known.confusion.size(); ++c) {
      EXPECT_EQ(all.per_class[c].support, known.support[c]);
      EXPECT_NEAR(all.per_class[c].precision.value.value(), known.precision[c], 1e-14);
      EXPECT_NEAR(all.per_class[c].recall.value.value(), known.recall[c], 1e-14);
      EXPECT_NEAR(all.per_class[c].f1.value.value(), known.f1[c], 1e-14);
    }
  }
}

// Truth 0 0 0 1 1 2, prediction 0 0 1 1 2 2. F1: 4/5, 2/4, 2/3; recall: 2/3, 1/2, 1.
TEST(Metrics, WorkedByHand) {
  const ScopeMetrics all = evaluate(set_of({0, 0, 0, 1, 1, 2}, {0, 0, 1, 1, 2, 2}, {"a", "b", "c"})).scopes.at("all");
  EXPECT_DOUBLE_EQ(*all.uf1.value, (4.0 / 5.0 + 2.0 / 4.0 + 2.0 / 3.0) / 3.0);
  EXPECT_DOUBLE_EQ(*all.uar.value, (2.0 / 3.0 + 1.0 / 2.0 + 1.0) / 3.0);
  EXPECT_DOUBLE_EQ(*all.accuracy.value, 4.0 / 6.0);
  EXPECT_EQ(all.confusion, (Confusion{{2, 1, 0}, {0, 1, 1}, {0, 0, 1}}));
}

TEST(Uf1Pooled, ClassAbsentFromAllFoldsIsUndefinedNotZero) {
  const ScopeMetrics all = evaluate(set_of({0, 0, 1}, {0, 1, 1}, {"negative", "positive", "surprise"})).scopes.at("all");
  EXPECT_FALSE(all.per_class[2].f1.value);
  EXPECT_FALSE(all.uf1.value);
  EXPECT_EQ(all.uf1.reason, "class 'surprise' has no clips and is never predicted");
  EXPECT_FALSE(all.uar.value);
  EXPECT_EQ(all.uar.reason, "class 'surprise' has no clips");
  EXPECT_DOUBLE_EQ(*all.uf1_defined_classes.value, 2.0 / 3.0);
  EXPECT_DOUBLE_EQ(*all.uar_defined_classes.value, 0.75);
}

TEST(Uf1Pooled, ClassWithoutClipsThatIsPredictedHasF1Zero) {
  const ScopeMetrics all = evaluate(set_of({0, 0, 1}, {0, 2, 1}, {"a", "b", "c"})).scopes.at("all");
  EXPECT_EQ(all.per_class[2].f1.value, 0.0);
  EXPECT_TRUE(all.uf1.value);
  EXPECT_FALSE(all.uar.value) << "recall of a class without clips stays undefined";
  EXPECT_EQ(all.per_class[2].precision.value, 0.0);
}

TEST(Metrics, WithoutClipsEverythingIsUndefined) {
  const ScopeMetrics none = metrics_of({{0, 0}, {0, 0}}, names(2), 0);
  EXPECT_FALSE(none.uf1.value || none.uar.value || none.accuracy.value || none.uf1_defined_classes.value);
  EXPECT_EQ(none.uf1_defined_classes.reason, "F1 is undefined for every class");
  EXPECT_EQ(none.accuracy.reason, "there are no clips");
}

TEST(Metrics, ScopesAreAllAndEachDatasetWithItsSubjects) {
  PredictionSet set{.classes = {"a", "b"}, .rows = {}};
  set.rows = {row("samm", "006", "x", 0, 0), row("casme2", "sub01", "x", 0, 1), row("samm", "007", "y", 1, 1),
              row("samm", "006", "z", 1, 0)};
  const Metrics metrics = evaluate(set);
  ASSERT_EQ(metrics.scopes.size(), 3U);
  EXPECT_EQ(metrics.scopes.at("all").clips, 4);
  EXPECT_EQ(metrics.scopes.at("all").subjects, 3);
  EXPECT_EQ(metrics.scopes.at("samm").clips, 3);
  EXPECT_EQ(metrics.scopes.at("samm").subjects, 2);
  EXPECT_EQ(metrics.scopes.at("casme2").confusion, (Confusion{{0, 1}, {0, 0}}));
}

TEST(Metrics, JsonRoundTripKeepsEveryBitAndReason) {
  PredictionSet set = random_set(7, 50);
  set.rows.push_back(row("smic", "s01", "x", 0, 0));
  const Metrics metrics = evaluate(set);
  const nlohmann::json written = to_json(metrics);
  EXPECT_EQ(written["schema"], "mexbench.metrics/1");
  EXPECT_TRUE(written["scopes"]["all"]["uf1"].is_number());
  EXPECT_EQ(written["scopes"]["smic"]["uar"].dump(),
            R"({"reason":"class 'positive' has no clips; class 'surprise' has no clips","value":null})");
  const auto read = metrics_from_json(nlohmann::json::parse(written.dump()), "metrics.json");
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_EQ(to_json(*read).dump(), written.dump());
}

TEST(Metrics, JsonThatContradictsItselfIsRefused) {
  nlohmann::json written = to_json(evaluate(random_set(7, 50)));
  const auto refusal = [&](const nlohmann::json& json) {
    const auto read = metrics_from_json(json, "metrics.json");
    return read ? std::string("accepted") : read.error().render();
  };
  nlohmann::json changed = written;
  changed["scopes"]["all"]["clips"] = 51;
  EXPECT_EQ(refusal(changed), "metrics.json: error: scope 'all': confusion counts 50 clips, 'clips' is 51\n");
  changed = written;
  changed["scopes"]["all"]["confusion"].erase(0);
  EXPECT_EQ(refusal(changed), "metrics.json: error: scope 'all': confusion has 2 rows, 3 are wanted\n");
  changed = written;
  changed["scopes"]["all"]["uf1"] = {{"value", nullptr}};
  EXPECT_EQ(refusal(changed),
            "metrics.json: error: scope 'all': 'uf1' is {\"value\":null}, a number or {\"value\": null, \"reason\": \"...\"} is wanted\n");
  changed = written;
  std::swap(changed["scopes"]["all"]["per_class"][0], changed["scopes"]["all"]["per_class"][1]);
  EXPECT_EQ(refusal(changed),
            "metrics.json: error: scope 'all': per_class has 'positive' where 'classes' has 'negative', the same order is wanted\n");
  changed = written;
  changed["schema"] = "mexbench.metrics/2";
  EXPECT_EQ(refusal(changed), "metrics.json: error: schema is \"mexbench.metrics/2\", \"mexbench.metrics/1\" is wanted\n");
  changed = written;
  changed["scopes"].erase("all");
  EXPECT_EQ(refusal(changed), "metrics.json: error: has no scope 'all'\n");
  EXPECT_NE(refusal(nlohmann::json::array()).find("is not a metrics file"), std::string::npos);
}

TEST(Argmax, FirstMaximumWinsAndNanNever) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(argmax(std::vector<float>{1.0F, 3.0F, 3.0F}), 1U);
  EXPECT_EQ(argmax(std::vector<float>{nan, -5.0F, -6.0F}), 1U);
  EXPECT_EQ(argmax(std::vector<float>{-5.0F, nan, -4.0F}), 2U);
}

TEST(Targets, AreOneHotRows) {
  const std::vector<data::Truth> truths{data::Truth::one_class(2), data::Truth::one_class(0)};
  EXPECT_EQ(encode_targets(truths, 3), (std::vector<float>{0, 0, 1, 1, 0, 0}));
}

TEST(TruthText, IsTheClassNameAndReadsBack) {
  const std::vector<std::string> classes{"negative", "positive"};
  EXPECT_EQ(truth_text(classes, data::Truth::one_class(1)), "positive");
  EXPECT_EQ(*parse_truth(classes, "positive"), data::Truth::one_class(1));
  const auto failed = parse_truth(classes, "1");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message(), "class '1' is unknown, 'negative' or 'positive' is wanted");
}

TEST(TruthOfAClip, AgreesMovesCountsAndExchanges) {
  const data::Truth truth = data::Truth::one_class(1);
  EXPECT_TRUE(agrees(truth, 1));
  EXPECT_FALSE(agrees(truth, 0));
  EXPECT_EQ(with_places(truth, std::vector<std::size_t>{2, 0}), data::Truth::one_class(0));
  std::vector<std::int64_t> counts{5, 5, 5};
  count_truth(truth, counts);
  EXPECT_EQ(counts, (std::vector<std::int64_t>{5, 6, 5}));
  PredictionSet set = set_of({0, 1}, {2, 1}, names(3));
  set.rows[0].scores = {0.0F, 0.0F, 1.0F};
  const auto swapped = exchanged(set);
  ASSERT_TRUE(swapped);
  EXPECT_EQ(swapped->rows[0].truth, data::Truth::one_class(2));
  EXPECT_EQ(swapped->rows[0].predicted, 0U);
  EXPECT_TRUE(swapped->rows[0].scores.empty()) << "scores are of the prediction that is gone";
  EXPECT_EQ(swapped->rows[1].predicted, 1U);
}

// Three conventions found in published code, each on one case where it differs from the pooled definition.
class OtherConventions : public ::testing::Test {
 protected:
  // Fold 1: truth 0 0 1, prediction 0 0 0. Fold 2: truth 1 1 2, prediction 1 1 1.
  PredictionSet fold1 = set_of({0, 0, 1}, {0, 0, 0}, names(3));
  PredictionSet fold2 = set_of({1, 1, 2}, {1, 1, 1}, names(3));
  ScopeMetrics pooled() {
    PredictionSet both = fold1;
    both.rows.insert(both.rows.end(), fold2.rows.begin(), fold2.rows.end());
    return evaluate(both).scopes.at("all");
  }
};

// Pooled counts: class 0 TP 2 FP 1 FN 0, class 1 TP 2 FP 1 FN 1, class 2 TP 0 FP 0 FN 1.
TEST_F(OtherConventions, PooledValuesAreThoseOfTheDefinition) {
  EXPECT_DOUBLE_EQ(*pooled().uf1.value, (4.0 / 5.0 + 4.0 / 6.0 + 0.0) / 3.0);
  EXPECT_DOUBLE_EQ(*pooled().uar.value, (2.0 / 2.0 + 2.0 / 3.0 + 0.0) / 3.0);
}

TEST_F(OtherConventions, FoldAveragedF1IsAnotherNumber) {
  const double first = *evaluate(fold1).scopes.at("all").uf1_defined_classes.value;   // (4/5 + 0) / 2
  const double second = *evaluate(fold2).scopes.at("all").uf1_defined_classes.value;  // (4/5 + 0) / 2
  EXPECT_DOUBLE_EQ((first + second) / 2.0, 0.4);
  EXPECT_GT(std::abs(*pooled().uf1.value - 0.4), 0.05);
}

TEST_F(OtherConventions, HitsOverAllClipsIsAccuracyNotUar) {
  const ScopeMetrics all = pooled();
  double hits_over_all = 0.0;
  for (std::size_t c = 0; c < 3; ++c) hits_over_all += static_cast<double>(all.confusion[c][c]) / static_cast<double>(all.clips);
  EXPECT_DOUBLE_EQ(hits_over_all, *all.accuracy.value);
  EXPECT_GT(std::abs(*all.uar.value - hits_over_all), 0.05);
  EXPECT_GT(std::abs(*all.uar.value - hits_over_all / 3.0), 0.05);
}

TEST_F(OtherConventions, AClassIsNeverDroppedInSilence) {
  const ScopeMetrics first = evaluate(fold1).scopes.at("all");
  EXPECT_FALSE(first.uf1.value) << "class 2 is absent: the mean over three classes does not exist";
  EXPECT_DOUBLE_EQ(*first.uf1_defined_classes.value, 0.4);
  // A class that is there but never hit counts with 0, it is not left out of the mean.
  EXPECT_GT(std::abs(*pooled().uf1.value - (4.0 / 5.0 + 4.0 / 6.0) / 2.0), 0.05);
}

}  // namespace
}  // namespace mexbench::eval
