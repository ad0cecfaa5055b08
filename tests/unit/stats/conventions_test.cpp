#include "harness/stats/conventions.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "data/statistics/convention_cases.h"

namespace mexbench::stats {
namespace {

Figure figure_of(const std::vector<Convention>& all, std::string_view id) {
  for (const Convention& one : all) {
    if (one.id == id) return one.value;
  }
  ADD_FAILURE() << "no convention " << id;
  return {};
}

std::vector<Convention> of_tables(std::size_t classes, const std::vector<std::vector<std::int64_t>>& tables) {
  std::vector<std::string> names;
  for (std::size_t c = 0; c < classes; ++c) names.push_back(fmt::format("class{}", c));
  std::vector<FoldCounts> folds;
  for (const auto& table : tables) folds.push_back({.name = fmt::format("fold{}", folds.size()), .table = table});
  return conventions(names, folds);
}

TEST(Conventions, EqualScikitLearn) {
  for (const ConventionCase& known : convention_cases()) {
    const auto ours = of_tables(known.classes, known.folds);
    EXPECT_EQ(ours.size(), known.figures.size());
    for (const auto& [id, value] : known.figures) {
      SCOPED_TRACE(id);
      EXPECT_NEAR(figure_of(ours, id).value.value(), value, 1e-14);
    }
  }
}

// Two folds of one clip, a right and b called a. Pooled: a has N = 1, hits 1, answers 2, F1 2/3; b has N = 1 and F1 0. Per fold: in the
// first a has F1 1 and b is absent; in the second a has F1 0 (never true, but predicted) and b 0.
TEST(Conventions, OneErrorLooksAsManyWaysAsThereAreConventions) {
  const auto all = of_tables(2, {{1, 0, 0, 0}, {0, 0, 1, 0}});
  EXPECT_DOUBLE_EQ(*figure_of(all, "pooled_uf1").value, 1.0 / 3.0);
  EXPECT_DOUBLE_EQ(*figure_of(all, "pooled_uar").value, 0.5);
  EXPECT_DOUBLE_EQ(*figure_of(all, "fold_f1_zero").value, 0.25);     // (1 + 0)/2 and 0
  EXPECT_DOUBLE_EQ(*figure_of(all, "fold_f1_one").value, 0.5);       // (1 + 1)/2 and 0
  EXPECT_DOUBLE_EQ(*figure_of(all, "fold_f1_skipped").value, 0.5);   // 1 and 0
  EXPECT_DOUBLE_EQ(*figure_of(all, "fold_recall_one").value, 0.75);  // (1 + 1)/2 and (1 + 0)/2
  EXPECT_DOUBLE_EQ(*figure_of(all, "pooled_recall_all_clips").value, 0.25);
  EXPECT_DOUBLE_EQ(*figure_of(all, "pooled_f1_last_class").value, 0.0);
}

// A class that neither truth nor predictions know: what STSTNet's main.py drops, mexbench calls undefined.
TEST(Conventions, ClassDroppedSilentlyIsExposed) {
  const auto all = of_tables(3, {{2, 1, 0, 1, 2, 0, 0, 0, 0}});
  EXPECT_EQ(figure_of(all, "pooled_uf1"), Figure::undefined("class 'class2' has no clips and is never predicted"));
  EXPECT_EQ(figure_of(all, "pooled_uar"), Figure::undefined("class 'class2' has no clips"));
  EXPECT_DOUBLE_EQ(*figure_of(all, "pooled_f1_defined").value, 2.0 / 3.0);
  EXPECT_EQ(figure_of(all, "pooled_f1_last_class"), Figure::undefined("class 'class2' has no clips and is never predicted"));
}

TEST(Conventions, EmptyFoldsLeaveAveragesUndefinedWithTheirName) {
  const auto all = of_tables(2, {{1, 0, 0, 1}, {0, 0, 0, 0}});
  EXPECT_EQ(figure_of(all, "fold_accuracy"), Figure::undefined("fold 'fold1' has no clips"));
  EXPECT_EQ(figure_of(all, "pooled_uf1").value, 1.0);
  const auto none = of_tables(2, {});
  EXPECT_EQ(figure_of(none, "fold_f1_zero"), Figure::undefined("there are no folds"));
  EXPECT_EQ(figure_of(none, "pooled_accuracy"), Figure::undefined("there are no clips"));
}

TEST(Conventions, EveryEntryIsNamedAndNoneTwice) {
  std::set<std::string_view> ids;
  for (const Convention& one : of_tables(2, {{1, 0, 0, 1}})) {
    EXPECT_TRUE(ids.insert(one.id).second) << one.id;
    EXPECT_FALSE(one.name.empty() || one.formula.empty() || one.who.empty()) << one.id;
  }
  EXPECT_EQ(ids.size(), 16U);
}

}  // namespace
}  // namespace mexbench::stats
