#include "harness/stats/permutation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/stats/made_counts.h"

namespace mexbench::stats {
namespace {

using testing::counts_of;
using ::testing::HasSubstr;
using testing::must_make;
using testing::subject_of;

PairTest must_test(const SubjectCounts& counts, std::size_t first, std::size_t second, const PermutationOptions& options = {}) {
  auto out = permutation_test(counts, first, second, options);
  EXPECT_TRUE(out) << out.error().render();
  return std::move(out).value();
}

// Every swap of 7 or 8 subjects by itertools, models with 1, 2 and 3 seeds.
TEST(SubjectSwap, EqualsEveryEnumeratedSwap) {
  for (const ReferenceCase& known : reference_cases()) {
    const SubjectCounts counts = counts_of(known);
    for (const ReferencePair& pair : known.pairs) {
      const PairTest ours = must_test(counts, pair.first, pair.second);
      const auto all = std::int64_t{1} << known.subjects.size();
      const std::array<const PermutationTest*, 3> tests{&ours.uf1, &ours.uar, &ours.accuracy};
      for (std::size_t i = 0; i < tests.size(); ++i) {
        EXPECT_TRUE(tests[i]->exact);
        EXPECT_EQ(tests[i]->permutations, all);
        EXPECT_EQ(tests[i]->extreme, pair.extreme_of_all[i]);
        EXPECT_DOUBLE_EQ(tests[i]->p.value.value(), static_cast<double>(pair.extreme_of_all[i]) / static_cast<double>(all));
        EXPECT_EQ(tests[i]->undefined, 0);
      }
    }
  }
}

TEST(SubjectSwap, EqualsPlainPythonSwapBySwap) {
  for (const ReferenceCase& known : reference_cases()) {
    const SubjectCounts counts = counts_of(known);
    for (const ReferencePair& pair : known.pairs) {
      const PairTest ours = must_test(counts, pair.first, pair.second, {.permutations = kReferenceSwaps});
      EXPECT_FALSE(ours.uf1.exact);
      EXPECT_EQ(ours.uf1.extreme, pair.extreme_of_some[0]);
      EXPECT_EQ(ours.uar.extreme, pair.extreme_of_some[1]);
      EXPECT_EQ(ours.accuracy.extreme, pair.extreme_of_some[2]);
      EXPECT_DOUBLE_EQ(ours.uf1.p.value.value(),
                       static_cast<double>(pair.extreme_of_some[0] + 1) / static_cast<double>(kReferenceSwaps + 1));
    }
  }
}

TEST(SubjectSwap, ExactAndDrawnAgree) {
  const SubjectCounts counts = counts_of(reference_cases()[0]);
  const double exact = must_test(counts, 0, 1).uf1.p.value.value();
  const double drawn = must_test(counts, 0, 1, {.permutations = 127}).uf1.p.value.value();
  EXPECT_NEAR(drawn, exact, 4.0 * std::sqrt(exact * (1.0 - exact) / 127.0));
}

TEST(SubjectSwap, ExchangingTheModelsKeepsP) {
  const SubjectCounts counts = counts_of(reference_cases()[0]);
  for (const std::int64_t permutations : {100, 10'000}) {
    const PairTest there = must_test(counts, 0, 1, {.permutations = permutations});
    const PairTest back = must_test(counts, 1, 0, {.permutations = permutations});
    EXPECT_EQ(there.uf1.p, back.uf1.p);
    EXPECT_EQ(there.uar.p, back.uar.p);
    EXPECT_EQ(there.uf1.difference.value.value(), -back.uf1.difference.value.value());
    EXPECT_EQ(there.uf1, must_test(counts, 0, 1, {.permutations = permutations}).uf1);
  }
  const auto all = permutation_tests(counts, {.permutations = 100});
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 3U);
  EXPECT_EQ((*all)[2].uf1, must_test(counts, 1, 2, {.permutations = 100}).uf1);
}

// A model against itself: every swap is as extreme as no difference.
TEST(SubjectSwap, NoDifferenceHasPOne) {
  ReferenceCase twins = reference_cases()[1];
  twins.models = {twins.models[0], twins.models[0]};
  const PairTest ours = must_test(counts_of(twins), 0, 1);
  EXPECT_EQ(ours.uf1.p.value, 1.0);
  EXPECT_EQ(ours.uf1.difference.value, 0.0);
}

// 14 subjects, model m right everywhere and n wrong everywhere: only no swap at all and every swap are as extreme, 2 of
// 16384, and none of 999 random swaps is, yet p is not 0.
TEST(SubjectSwap, PIsNeverZero) {
  std::vector<Subject> subjects;
  std::vector<std::int32_t> right, wrong;
  for (int s = 0; s < 14; ++s) {
    subjects.push_back(subject_of("d", "d/" + std::to_string(100 + s)));
    right.insert(right.end(), {2, 0, 0, 2});
    wrong.insert(wrong.end(), {0, 2, 2, 0});
  }
  const SubjectCounts counts =
      must_make({"a", "b"}, subjects, {{.name = "m", .seeds = 1, .counts = right}, {.name = "n", .seeds = 1, .counts = wrong}});
  const PairTest drawn = must_test(counts, 0, 1, {.permutations = 999});
  EXPECT_EQ(drawn.uf1.extreme, 0);
  EXPECT_DOUBLE_EQ(drawn.uf1.p.value.value(), 0.001);
  const PairTest exact = must_test(counts, 0, 1, {.permutations = 1 << 14});
  EXPECT_TRUE(exact.uf1.exact);
  EXPECT_DOUBLE_EQ(exact.uf1.p.value.value(), 2.0 / (1 << 14));
}

// Class b has no clips: its F1 is 0 for a model that calls it somewhere, and undefined for one that never does.
TEST(SubjectSwap, UndefinedUf1IsAReasonOrCountsAsExtreme) {
  const std::vector<Subject> subjects{subject_of("d", "d/1"), subject_of("d", "d/2")};
  const auto tested = [&](std::vector<std::int32_t> m, std::vector<std::int32_t> n) {
    return must_test(must_make({"a", "b"}, subjects, {{.name = "m", .seeds = 1, .counts = m}, {.name = "n", .seeds = 1, .counts = n}}), 0,
                     1);
  };
  // m calls b in both subjects, so each model calls it in one at least, whatever is swapped.
  const PairTest defined = tested({2, 1, 0, 0, 2, 1, 0, 0}, {3, 0, 0, 0, 2, 1, 0, 0});
  EXPECT_EQ(defined.uf1.undefined, 0);
  EXPECT_TRUE(defined.uf1.p.value);
  EXPECT_EQ(defined.uar.p, Figure::undefined("class 'b' has no clips"));

  const PairTest never = tested({2, 1, 0, 0, 2, 1, 0, 0}, {3, 0, 0, 0, 3, 0, 0, 0});
  EXPECT_EQ(never.uf1.p, Figure::undefined("class 'b' has no clips and is never predicted"));

  // m calls b in the first subject, n in the second. Swapping either alone leaves one model without b: 2 of the 4 swaps are undefined and
  // count; the difference is 0 besides, so all 4 are extreme.
  const PairTest half = tested({2, 1, 0, 0, 3, 0, 0, 0}, {3, 0, 0, 0, 2, 1, 0, 0});
  EXPECT_EQ(half.uf1.undefined, 2);
  EXPECT_EQ(half.uf1.extreme, 4);
  // m calls it twice in the first: the difference is not 0. No swap and both are extreme, the two undefined ones count too.
  const PairTest uneven = tested({1, 2, 0, 0, 3, 0, 0, 0}, {3, 0, 0, 0, 2, 1, 0, 0});
  EXPECT_NE(uneven.uf1.difference.value, 0.0);
  EXPECT_EQ(uneven.uf1.undefined, 2);
  EXPECT_EQ(uneven.uf1.extreme, 4);
  EXPECT_EQ(uneven.accuracy.undefined, 0);
}

TEST(SubjectSwap, SeedsWithoutASmallCommonMultipleAreRefused) {
  std::vector<std::int32_t> many;
  for (int seed = 0; seed < 37; ++seed) many.insert(many.end(), {1, 0, 0, 1});
  constexpr std::ptrdiff_t kCounts{124};  // of 31 seeds
  std::vector<std::int32_t> others(many.begin(), many.begin() + kCounts);
  const SubjectCounts counts = must_make({"a", "b"}, {subject_of("d", "d/1")},
                                         {{.name = "m", .seeds = 37, .counts = many}, {.name = "n", .seeds = 31, .counts = others}});
  const auto refused = permutation_test(counts, 0, 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), core::ErrorCode::kUsage);
  EXPECT_THAT(refused.error().message(),
              HasSubstr("models 'm' and 'n' have 37 and 31 seeds: to swap subjects they would be repeated 1147"));
}

}  // namespace
}  // namespace mexbench::stats
