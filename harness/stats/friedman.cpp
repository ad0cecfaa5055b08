#include "harness/stats/friedman.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <set>

#include "harness/stats/distributions.h"
#include "harness/stats/multiple.h"
#include "harness/stats/ranks.h"

namespace mexbench::stats {
namespace {

using core::Error;
using core::ErrorCode;

core::Status check(const ScoreTable& table) {
  const std::size_t models = table.models.size();
  assert(std::set<std::string>(table.models.begin(), table.models.end()).size() == models);
  if (models < kFewestModels) {
    Error error(ErrorCode::kData, fmt::format("Friedman's test needs at least {} models, there are {}", kFewestModels, models));
    if (models == 2) error.hint("compare two models with Wilcoxon's signed-rank test");
    return error;
  }
  if (table.blocks.size() < kFewestBlocks) {
    return Error(ErrorCode::kData,
                 fmt::format("Friedman's test needs at least {} blocks, there are {}", kFewestBlocks, table.blocks.size()));
  }
  for (std::size_t block = 0; block < table.blocks.size(); ++block) {
    const std::vector<double>& scores = table.blocks[block];
    assert(scores.size() == models);
    for (std::size_t model = 0; model < models; ++model) {
      if (std::isfinite(scores[model])) continue;
      return Error(ErrorCode::kData, fmt::format("the score of '{}' in block {} of {} is not a finite number", table.models[model],
                                                 block + 1, table.blocks.size()));
    }
  }
  return {};
}

// Rank 1 for the highest score.
std::vector<double> ranks_from_best(const std::vector<double>& scores) {
  std::vector<double> ranks = average_ranks(scores);
  for (double& rank : ranks) rank = static_cast<double>(scores.size() + 1) - rank;
  return ranks;
}

// Ways in which ranks with these ties can be dealt to the models: k! / (t_1! t_2! ...), as a logarithm.
double log_arrangements(const std::vector<double>& ranks) {
  double out = std::lgamma(static_cast<double>(ranks.size()) + 1.0);
  for (const TieGroup& group : tie_groups(ranks, ascending(ranks), 0.0)) out -= std::lgamma(static_cast<double>(group.size()) + 1.0);
  return out;
}

std::vector<std::size_t> best_first(const ScoreTable& table, const std::vector<double>& average_ranks) {
  std::vector<std::size_t> order(table.models.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (average_ranks[a] != average_ranks[b]) return average_ranks[a] < average_ranks[b];
    return table.models[a] < table.models[b];
  });
  return order;
}

std::vector<std::vector<std::size_t>> groups_of(const RankComparison& comparison) {
  const std::size_t models = comparison.order.size();
  std::vector<std::vector<bool>> differ(models, std::vector<bool>(models, false));
  for (const PairedComparison& pair : comparison.pairs) {
    differ[pair.first][pair.second] = differ[pair.second][pair.first] = pair.adjusted <= comparison.alpha;
  }
  std::vector<std::vector<std::size_t>> out;
  std::size_t begin = 0;  // of the longest run without a difference that ends before `end`
  for (std::size_t end = 1; end <= models; ++end) {
    // The run grows by the model at `end`, or is complete.
    std::size_t next = begin;
    if (end < models) {
      for (std::size_t i = begin; i < end; ++i) {
        if (differ[comparison.order[i]][comparison.order[end]]) next = i + 1;
      }
      if (next == begin) continue;
    }
    if (end - begin >= 2) {
      out.emplace_back(comparison.order.begin() + static_cast<std::ptrdiff_t>(begin),
                       comparison.order.begin() + static_cast<std::ptrdiff_t>(end));
    }
    begin = next;
  }
  return out;
}

}  // namespace

core::Result<Friedman> friedman(const ScoreTable& table) {
  MEXBENCH_TRY(check(table));
  const std::size_t models = table.models.size();
  const auto k = static_cast<double>(models);
  const auto n = static_cast<double>(table.blocks.size());
  const double middle = (k + 1.0) / 2.0;

  Friedman out{.blocks = table.blocks.size(), .average_ranks = std::vector<double>(models, 0.0)};
  std::vector<double> first;
  bool all_alike = true;
  double spread = 0.0;
  for (const std::vector<double>& scores : table.blocks) {
    const std::vector<double> ranks = ranks_from_best(scores);
    if (first.empty()) first = ranks;
    all_alike = all_alike && ranks == first;
    for (std::size_t model = 0; model < models; ++model) {
      out.average_ranks[model] += ranks[model];
      spread += (ranks[model] - middle) * (ranks[model] - middle);
    }
  }
  double between = 0.0;
  for (double& rank : out.average_ranks) {
    between += (rank - n * middle) * (rank - n * middle);
    rank /= n;
  }
  if (spread == 0.0) {
    out.reason = "all models tie in every block";
    return out;
  }
  out.chi_squared = (k - 1.0) * between / spread;
  out.chi_squared_p = chi_squared_survival(out.chi_squared, k - 1.0);
  if (all_alike) {
    out.reason = "every block ranks the models alike";
    out.p = std::exp((1.0 - n) * log_arrangements(first));
    return out;
  }
  out.f = (n - 1.0) * out.chi_squared / (n * (k - 1.0) - out.chi_squared);
  out.p = f_survival(*out.f, k - 1.0, (k - 1.0) * (n - 1.0));
  return out;
}

core::Result<RankComparison> compare_ranks(const ScoreTable& table, double alpha, ZeroRule zeros) {
  assert(alpha > 0.0 && alpha < 1.0);
  RankComparison out{.alpha = alpha};
  MEXBENCH_ASSIGN(out.friedman, friedman(table));

  std::vector<double> raw;
  for (std::size_t first = 0; first < table.models.size(); ++first) {
    for (std::size_t second = first + 1; second < table.models.size(); ++second) {
      std::vector<double> differences;
      for (const std::vector<double>& scores : table.blocks) differences.push_back(scores[first] - scores[second]);
      MEXBENCH_ASSIGN(SignedRank test, wilcoxon_signed_rank(differences, zeros));
      raw.push_back(test.p);
      out.pairs.push_back({.first = first, .second = second, .test = std::move(test)});
    }
  }
  const std::vector<double> adjusted = holm(raw);
  for (std::size_t pair = 0; pair < out.pairs.size(); ++pair) out.pairs[pair].adjusted = adjusted[pair];
  out.smallest_adjusted_p = std::min(1.0, static_cast<double>(raw.size()) * smallest_wilcoxon_p(table.blocks.size()));
  out.order = best_first(table, out.friedman.average_ranks);
  out.groups = groups_of(out);
  return out;
}

}  // namespace mexbench::stats
