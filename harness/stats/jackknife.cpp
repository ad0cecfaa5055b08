#include "harness/stats/jackknife.h"

#include <fmt/format.h>

#include <cassert>
#include <cmath>

#include "harness/stats/distributions.h"
#include "harness/stats/pooled.h"

namespace mexbench::stats {
namespace {

constexpr std::string_view kMethod = "delete-one-subject jackknife within datasets, Student's t";
constexpr double kEqual = 1e-12;

// Scores of a model with every subject weighed: `weight_of(subject)`.
Scores weighted_scores(const SubjectCounts& counts, std::size_t model, const auto& weight_of) {
  std::vector<Scores> seeds;
  for (std::size_t seed = 0; seed < counts.models()[model].seeds; ++seed) {
    PooledSums sums(counts.classes().size());
    for (std::size_t s = 0; s < counts.subjects().size(); ++s) {
      if (const double weight = weight_of(s); weight > 0.0) sums.add(counts.table(model, seed, s), weight);
    }
    seeds.push_back(sums.scores(counts.classes()));
  }
  return mean_over_seeds(seeds);
}

// The score without a subject, the rest of its stratum weighed up. `score_of(weight_of)` is a model's score or a difference.
std::vector<Scores> scores_without(const SubjectCounts& counts, const auto& score_of) {
  std::vector<Scores> out;
  for (const Stratum& stratum : counts.strata()) {
    const auto n = static_cast<double>(stratum.count);
    for (std::size_t left_out = stratum.first; left_out < stratum.first + stratum.count; ++left_out) {
      if (stratum.count == 1) {
        out.emplace_back();  // contributes nothing: its factor (n - 1)/n is 0
        continue;
      }
      out.push_back(score_of([&, left_out](std::size_t s) {
        if (s == left_out) return 0.0;
        return s >= stratum.first && s < stratum.first + stratum.count ? n / (n - 1.0) : 1.0;
      }));
    }
  }
  return out;
}

Figure standard_error(const SubjectCounts& counts, const std::vector<Scores>& without, const auto& figure) {
  double variance = 0.0;
  bool varies = false;
  for (const Stratum& stratum : counts.strata()) {
    if (stratum.count == 1) continue;
    varies = true;
    double sum = 0.0;
    for (std::size_t s = stratum.first; s < stratum.first + stratum.count; ++s) {
      const Figure& one = figure(without[s]);
      if (!one.value) return Figure::undefined(fmt::format("without subject '{}' {}", counts.subjects()[s].id.text(), one.reason));
      sum += *one.value;
    }
    const auto n = static_cast<double>(stratum.count);
    double squares = 0.0;
    for (std::size_t s = stratum.first; s < stratum.first + stratum.count; ++s) {
      const double deviation = *figure(without[s]).value - sum / n;
      squares += deviation * deviation;
    }
    variance += (n - 1.0) / n * squares;
  }
  if (!varies) return Figure::undefined("every dataset has one subject: nothing tells how subjects differ");
  return Figure::of(std::sqrt(variance));
}

JackknifeScores jackknife_of(const SubjectCounts& counts, double level, const auto& score_of) {
  assert(level > 0.0 && level < 1.0);
  const Scores estimate = score_of([](std::size_t) { return 1.0; });
  const std::vector<Scores> without = scores_without(counts, score_of);
  const auto degrees = static_cast<double>(counts.subjects().size() - counts.strata().size());
  const auto interval = [&](const auto& figure) {
    JackknifeInterval out{.estimate = figure(estimate), .level = level, .degrees = degrees, .method = kMethod, .unit = "subject"};
    out.standard_error = out.estimate.value ? standard_error(counts, without, figure) : Figure::undefined(out.estimate.reason);
    if (out.standard_error.value) {
      const double half = t_quantile(0.5 + level / 2.0, degrees) * *out.standard_error.value;
      out.low = *out.estimate.value - half;
      out.high = *out.estimate.value + half;
    }
    return out;
  };
  JackknifeScores out{.uf1 = interval([](const Scores& one) -> const Figure& { return one.uf1; }),
                      .uar = interval([](const Scores& one) -> const Figure& { return one.uar; }),
                      .accuracy = interval([](const Scores& one) -> const Figure& { return one.accuracy; }),
                      .f1 = {}};
  for (std::size_t c = 0; c < counts.classes().size(); ++c) {
    out.f1.push_back(interval([c](const Scores& one) -> const Figure& { return one.f1[c]; }));
  }
  return out;
}

Ranks ranks_of(const std::vector<Figure>& scores) {
  Ranks out;
  for (const Figure& one : scores) {
    std::size_t rank = one.value ? 1 : 0;
    for (const Figure& other : scores) {
      if (one.value && other.value && *other.value > *one.value + kEqual) ++rank;
    }
    out.push_back(rank);
  }
  return out;
}

bool same_best(const Ranks& a, const Ranks& b) {
  for (std::size_t m = 0; m < a.size(); ++m) {
    if ((a[m] == 1) != (b[m] == 1)) return false;
  }
  return true;
}

}  // namespace

const JackknifeInterval& JackknifeScores::of(Metric metric) const { return chosen(metric, uf1, uar, accuracy); }

JackknifeScores jackknife(const SubjectCounts& counts, std::size_t model, double level) {
  return jackknife_of(counts, level, [&](const auto& weight_of) { return weighted_scores(counts, model, weight_of); });
}

JackknifeScores jackknife_difference(const SubjectCounts& counts, std::size_t first, std::size_t second, double level) {
  return jackknife_of(counts, level, [&](const auto& weight_of) {
    return difference(weighted_scores(counts, first, weight_of), weighted_scores(counts, second, weight_of));
  });
}

Influences influences(const SubjectCounts& counts, Metric metric) {
  Influences out;
  const std::size_t models = counts.models().size();
  for (std::size_t m = 0; m < models; ++m) out.scores.push_back(mean_scores(counts, m).of(metric));
  out.ranks = ranks_of(out.scores);
  for (std::size_t left_out = 0; left_out < counts.subjects().size(); ++left_out) {
    Influence one{.subject = left_out, .without = {}, .change = {}, .ranks = {}};
    for (std::size_t m = 0; m < models; ++m) {
      Figure without = weighted_scores(counts, m, [&](std::size_t s) { return s == left_out ? 0.0 : 1.0; }).of(metric);
      if (without.value && out.scores[m].value) {
        one.change.push_back(Figure::of(*without.value - *out.scores[m].value));
      } else {
        one.change.push_back(Figure::undefined(without.value ? out.scores[m].reason : without.reason));
      }
      one.without.push_back(std::move(without));
    }
    one.ranks = ranks_of(one.without);
    one.changes_best = !same_best(one.ranks, out.ranks);
    one.changes_order = one.ranks != out.ranks;
    out.subjects.push_back(std::move(one));
  }
  return out;
}

}  // namespace mexbench::stats
