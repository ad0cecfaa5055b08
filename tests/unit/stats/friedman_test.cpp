#include "harness/stats/friedman.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "data/statistics/rank_cases.h"
#include "harness/core/random.h"

namespace mexbench::stats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ScoreTable table_of(std::vector<std::vector<double>> blocks) {
  ScoreTable out{.models = {}, .blocks = std::move(blocks)};
  for (std::size_t model = 0; model < out.blocks.front().size(); ++model) out.models.emplace_back(1, static_cast<char>('a' + model));
  return out;
}

Friedman friedman_of(const ScoreTable& table) {
  auto result = friedman(table);
  EXPECT_TRUE(result) << result.error().render();
  return std::move(result).value();
}

RankComparison comparison_of(const ScoreTable& table, double alpha = 0.05) {
  auto result = compare_ranks(table, alpha);
  EXPECT_TRUE(result) << result.error().render();
  return std::move(result).value();
}

// SciPy 1.10.1: friedmanchisquare, f.sf, rankdata.
TEST(Friedman, EqualsScipyWithAndWithoutTies) {
  for (const FriedmanCase& known : friedman_cases()) {
    const Friedman ours = friedman_of(table_of(known.blocks));
    for (std::size_t model = 0; model < known.average_ranks.size(); ++model) {
      EXPECT_NEAR(ours.average_ranks[model], known.average_ranks[model], 1e-12);
    }
    EXPECT_NEAR(ours.chi_squared, known.chi_squared, 1e-11 * known.chi_squared);
    EXPECT_NEAR(ours.chi_squared_p, known.chi_squared_p, 1e-11 * known.chi_squared_p);
    ASSERT_TRUE(ours.f);
    EXPECT_NEAR(*ours.f, known.f, 1e-11 * known.f);
    EXPECT_NEAR(ours.p, known.f_p, 1e-11 * known.f_p);
  }
}

// Wilcoxon by SciPy or by enumeration, Holm by statsmodels 0.13.5.
TEST(RankComparison, PairsEqualWilcoxonAndHolmOfOtherTools) {
  std::size_t compared = 0;
  for (const FriedmanCase& known : friedman_cases()) {
    if (known.adjusted.empty()) continue;
    const RankComparison ours = comparison_of(table_of(known.blocks));
    ASSERT_EQ(ours.pairs.size(), known.adjusted.size());
    for (std::size_t pair = 0; pair < known.adjusted.size(); ++pair) {
      EXPECT_NEAR(ours.pairs[pair].adjusted, known.adjusted[pair], 1e-12) << pair;
    }
    ++compared;
  }
  EXPECT_GE(compared, 2U);
}

// Three models in the same order in five blocks: chi^2 = N (k - 1) = 10, F is infinite. One block fixes the order, and each of the four
// others agrees with probability 1/3! = 1/6; with the last two models tied there are 3 arrangements.
TEST(Friedman, FullAgreementHasAnExactPInPlaceOfAnInfiniteF) {
  const Friedman strict = friedman_of(table_of(std::vector(5, std::vector{0.7, 0.6, 0.5})));
  EXPECT_DOUBLE_EQ(strict.chi_squared, 10.0);
  EXPECT_FALSE(strict.f);
  EXPECT_EQ(strict.reason, "every block ranks the models alike");
  EXPECT_NEAR(strict.p, std::pow(6.0, -4.0), 1e-15);
  const Friedman tied = friedman_of(table_of(std::vector(5, std::vector{0.7, 0.5, 0.5})));
  EXPECT_THAT(tied.average_ranks, ElementsAre(1, 2.5, 2.5));
  EXPECT_NEAR(tied.p, std::pow(3.0, -4.0), 1e-15);
}

TEST(Friedman, ModelsThatAlwaysTieAreNoEvidence) {
  const Friedman same = friedman_of(table_of(std::vector(6, std::vector{0.5, 0.5, 0.5})));
  EXPECT_EQ(same.p, 1.0);
  EXPECT_EQ(same.chi_squared_p, 1.0);
  EXPECT_FALSE(same.f);
  EXPECT_EQ(same.reason, "all models tie in every block");
  const RankComparison all = comparison_of(table_of(std::vector(6, std::vector{0.5, 0.5, 0.5})));
  EXPECT_THAT(all.groups, ElementsAre(ElementsAre(0, 1, 2)));
}

TEST(Friedman, RefusesTooLittleAndNamesWilcoxonForTwoModels) {
  const auto few = friedman(table_of(std::vector(4, std::vector{0.1, 0.2, 0.3})));
  ASSERT_FALSE(few);
  EXPECT_EQ(few.error().code(), core::ErrorCode::kData);
  EXPECT_EQ(few.error().message(), "Friedman's test needs at least 5 blocks, there are 4");
  const auto two = friedman(table_of(std::vector(9, std::vector{0.1, 0.2})));
  ASSERT_FALSE(two);
  EXPECT_THAT(two.error().render(), HasSubstr("Wilcoxon's signed-rank test"));
  ScoreTable wrong = table_of(std::vector(5, std::vector{0.1, 0.2, 0.3}));
  wrong.blocks[3][1] = std::nan("");
  const auto undefined = compare_ranks(wrong, 0.05);
  ASSERT_FALSE(undefined);
  EXPECT_EQ(undefined.error().message(), "the score of 'b' in block 4 of 5 is not a finite number");
}

// a and b share the lead, c is in the middle, d is far behind: 12 blocks, differences built so that exactly the pairs within {a, b} and
// within {b, c} are unresolved. Each block adds a small step so that magnitudes differ.
ScoreTable chain() {
  std::vector<std::vector<double>> blocks;
  for (int i = 0; i < 12; ++i) {
    const double step = i / 256.0;
    const double sway = i % 2 == 0 ? 1.0 : -1.0;  // b changes places with both neighbours
    blocks.push_back({0.75 + step, 0.625 + step + sway * (0.25 + step / 8), 0.5 + step, -0.5 - step});
  }
  return table_of(std::move(blocks));
}

TEST(RankComparison, AGroupIsALongestRunWithoutAnyResolvedPair) {
  const RankComparison ours = comparison_of(chain());
  EXPECT_THAT(ours.order, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(ours.groups, ElementsAre(ElementsAre(0, 1), ElementsAre(1, 2)));
  for (const PairedComparison& pair : ours.pairs) {
    const bool resolved = pair.second == 3 || (pair.first == 0 && pair.second == 2);
    EXPECT_EQ(pair.adjusted <= 0.05, resolved) << pair.first << ' ' << pair.second;
  }
}

// Against the definition: every run of neighbours is tried, and kept when it has no resolved pair and no longer run that has none holds it.
TEST(RankComparison, GroupsFollowTheirDefinitionOnRandomTables) {
  core::RandomStream draw(17);
  std::set<std::size_t> sizes;
  for (int repeat = 0; repeat < 300; ++repeat) {
    const std::size_t models = 3 + draw.below(6);
    std::vector<std::vector<double>> blocks(10 + draw.below(30), std::vector<double>(models));
    for (std::vector<double>& block : blocks) {
      for (std::size_t model = 0; model < models; ++model) block[model] = draw.normal() + 0.35 * static_cast<double>(model);
    }
    const RankComparison ours = comparison_of(table_of(std::move(blocks)));
    const auto run = [&](std::size_t begin, std::size_t end) {
      return std::vector(ours.order.begin() + static_cast<std::ptrdiff_t>(begin), ours.order.begin() + static_cast<std::ptrdiff_t>(end));
    };
    const auto alike = [&](std::size_t begin, std::size_t end) {
      const std::vector<std::size_t> members = run(begin, end);
      const auto inside = [&](std::size_t model) { return std::find(members.begin(), members.end(), model) != members.end(); };
      return std::none_of(ours.pairs.begin(), ours.pairs.end(),
                          [&](const PairedComparison& pair) { return inside(pair.first) && inside(pair.second) && pair.adjusted <= 0.05; });
    };
    std::vector<std::vector<std::size_t>> wanted;
    for (std::size_t begin = 0; begin < models; ++begin) {
      for (std::size_t end = begin + 2; end <= models; ++end) {
        if (!alike(begin, end)) continue;
        if ((begin > 0 && alike(begin - 1, end)) || (end < models && alike(begin, end + 1))) continue;
        wanted.push_back(run(begin, end));
      }
    }
    EXPECT_EQ(ours.groups, wanted);
    sizes.insert(ours.groups.size());
  }
  EXPECT_GE(sizes.size(), 4U) << "tables that all look alike would prove little";
}

TEST(RankComparison, OrderOfBlocksAndModelsChangesNothing) {
  core::RandomStream draw(23);
  for (const FriedmanCase& known : friedman_cases()) {
    const ScoreTable table = table_of(known.blocks);
    const RankComparison before = comparison_of(table);
    std::vector<std::size_t> places(table.models.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    draw.shuffle(std::span(places));
    ScoreTable moved;
    for (const std::size_t place : places) moved.models.push_back(table.models[place]);
    for (const std::vector<double>& block : table.blocks) {
      std::vector<double>& scores = moved.blocks.emplace_back();
      for (const std::size_t place : places) scores.push_back(block[place]);
    }
    draw.shuffle(std::span(moved.blocks));
    const RankComparison after = comparison_of(moved);
    EXPECT_NEAR(after.friedman.chi_squared, before.friedman.chi_squared, 1e-10);
    const auto names = [](const ScoreTable& of, const std::vector<std::size_t>& models) {
      std::vector<std::string> out;
      for (const std::size_t model : models) out.push_back(of.models[model]);
      return out;
    };
    EXPECT_EQ(names(moved, after.order), names(table, before.order));
    ASSERT_EQ(after.groups.size(), before.groups.size());
    for (std::size_t group = 0; group < before.groups.size(); ++group) {
      EXPECT_EQ(names(moved, after.groups[group]), names(table, before.groups[group]));
    }
  }
}

// Five blocks: no Wilcoxon p is below 1/16, so a level of 5 % is out of reach however large the differences.
TEST(RankComparison, SaysWhenBlocksAreTooFewToTellAnyPairApart) {
  const RankComparison few = comparison_of(table_of(std::vector(5, std::vector{0.9, 0.5, 0.1})));
  EXPECT_EQ(few.smallest_adjusted_p, 3.0 / 16.0);
  EXPECT_THAT(few.groups, ElementsAre(ElementsAre(0, 1, 2)));
  const RankComparison enough = comparison_of(table_of(std::vector(7, std::vector{0.9, 0.5, 0.1})));
  EXPECT_EQ(enough.smallest_adjusted_p, 3.0 / 64.0);
  EXPECT_THAT(enough.groups, IsEmpty());
}

// Scores without a difference: F keeps its level. 4 standard errors.
TEST(Friedman, KeepsItsLevelUnderTheNull) {
  constexpr int kRepeats = 4000;
  core::RandomStream draw(29);
  int rejected = 0;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    ScoreTable table = table_of(std::vector(15, std::vector(4, 0.0)));
    for (std::vector<double>& block : table.blocks) {
      const double effect = draw.normal();
      for (double& score : block) score = effect + draw.normal();
    }
    if (friedman_of(table).p <= 0.05) ++rejected;
  }
  EXPECT_NEAR(rejected, 0.05 * kRepeats, 4.0 * std::sqrt(0.05 * 0.95 * kRepeats));
}

}  // namespace
}  // namespace mexbench::stats
