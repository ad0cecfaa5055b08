#include "harness/stats/bootstrap.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "harness/core/quantile.h"
#include "harness/core/random.h"
#include "harness/stats/pooled.h"

namespace mexbench::stats {
namespace {

constexpr std::string_view kMethod = "percentile bootstrap of subjects, drawn within their datasets";

Weights draw_subjects(const SubjectCounts& counts, const BootstrapOptions& options) {
  Weights out(counts.subjects().size(), static_cast<std::size_t>(options.draws));
  for (const Stratum& stratum : counts.strata()) {
    auto stream = core::RandomStream::derive(options.seed, core::FoldId(stratum.id.text()), "bootstrap");
    for (std::size_t draw = 0; draw < out.draws(); ++draw) {
      for (std::size_t i = 0; i < stratum.count; ++i) out.at(draw, stratum.first + stream.below(stratum.count)) += 1.0F;
    }
  }
  return out;
}

// The statistics of one model in all draws, [statistic][draw].
using Drawn = std::vector<std::vector<double>>;

std::vector<Drawn> score_draws(const SubjectCounts& counts, const Weights& weights) {
  const std::size_t classes = counts.classes().size();
  const Columns clips = clip_columns(counts);
  std::vector<Lanes> drawn_clips;
  for (std::size_t block = 0; block < weights.blocks(); ++block) drawn_clips.push_back(sums_of(weights, block, clips));

  std::vector<Drawn> out;
  for (std::size_t model = 0; model < counts.models().size(); ++model) {
    const std::size_t seeds = counts.models()[model].seeds;
    std::vector<ScoreLanes> scores(weights.blocks(), ScoreLanes(classes));
    for (std::size_t seed = 0; seed < seeds; ++seed) {
      const Columns hits = hit_columns(counts, model, seed);
      const Columns answers = answer_columns(counts, model, seed);
      for (std::size_t block = 0; block < weights.blocks(); ++block) {
        scores[block].add(drawn_clips[block], sums_of(weights, block, hits), sums_of(weights, block, answers));
      }
    }
    Drawn drawn(rows_of_scores(classes));
    for (std::size_t block = 0; block < weights.blocks(); ++block) {
      scores[block].divide(seeds);
      const std::size_t filled = std::min(kLanes, weights.draws() - block * kLanes);
      for (std::size_t row = 0; row < drawn.size(); ++row) {
        const auto lanes = scores[block].row(row).first(filled);
        drawn[row].insert(drawn[row].end(), lanes.begin(), lanes.end());
      }
    }
    out.push_back(std::move(drawn));
  }
  return out;
}

// Standard deviation with n - 1. Differences to the first value: equal values have exactly none.
double deviation(std::span<const double> values) {
  double sum = 0.0;
  double squares = 0.0;
  for (const double value : values) {
    const double from_first = value - values[0];
    sum += from_first;
    squares += from_first * from_first;
  }
  const auto n = static_cast<double>(values.size());
  return std::sqrt(std::max(0.0, squares - sum * sum / n) / (n - 1.0));
}

class Summary {
 public:
  Summary(const SubjectCounts& counts, const BootstrapOptions& options) : options_(options) {
    const auto strata = counts.strata();
    if (std::all_of(strata.begin(), strata.end(), [](const Stratum& one) { return one.count == 1; })) {
      alike_ = counts.subjects().size() == 1 ? "there is one subject: all draws are alike"
                                             : "every dataset has one subject: all draws are alike";
    }
  }

  // `values` is emptied of undefined draws and reordered.
  [[nodiscard]] Interval interval(Figure estimate, std::vector<double>& values, std::string_view undefined_when) const {
    Interval out{.estimate = std::move(estimate), .level = options_.level, .method = kMethod, .unit = "subject", .draws = options_.draws};
    values.erase(std::remove_if(values.begin(), values.end(), [](double value) { return std::isnan(value); }), values.end());
    out.undefined = options_.draws - static_cast<std::int64_t>(values.size());
    if (!alike_.empty()) {
      out.reason = alike_;
    } else if (!out.estimate.value) {
      out.reason = out.estimate.reason;
    } else if (static_cast<double>(out.undefined) > kMostUndefined * static_cast<double>(options_.draws) || values.size() < 2) {
      out.reason = fmt::format("undefined in {} of {} draws ({}), more than {:g} %", out.undefined, out.draws, undefined_when,
                               100.0 * kMostUndefined);
    } else {
      out.standard_error = deviation(values);
      const double outside = (1.0 - options_.level) / 2.0;
      out.low = core::quantile(values, outside);
      out.high = core::quantile(values, 1.0 - outside);
    }
    return out;
  }

  // `values_of(statistic)` gives a vector that may be spoilt.
  [[nodiscard]] ScoreIntervals intervals(const Scores& estimate, const auto& values_of) const {
    constexpr std::string_view kNoClips = "a class had no clips";
    constexpr std::string_view kNoF1 = "a class had no clips and was never predicted";
    ScoreIntervals out{.uf1 = interval(estimate.uf1, values_of(kUf1Row), kNoF1),
                       .uar = interval(estimate.uar, values_of(kUarRow), kNoClips),
                       .accuracy = interval(estimate.accuracy, values_of(kAccuracyRow), kNoClips),
                       .f1 = {}};
    for (std::size_t c = 0; c < estimate.f1.size(); ++c) out.f1.push_back(interval(estimate.f1[c], values_of(kF1Row + c), kNoF1));
    return out;
  }

 private:
  BootstrapOptions options_;
  std::string alike_;  // why draws can't differ
};

}  // namespace

const Interval& ScoreIntervals::of(Metric metric) const { return chosen(metric, uf1, uar, accuracy); }

Bootstrap bootstrap(const SubjectCounts& counts, const BootstrapOptions& options) {
  assert(options.draws > 1 && options.level > 0.0 && options.level < 1.0);
  Bootstrap out;
  const std::size_t subjects = counts.subjects().size();
  out.few_subjects = subjects < kFewSubjects;
  if (out.few_subjects) {
    out.notes.push_back(fmt::format(
        "{} subjects are few: below {} a 95 % interval covers about 89 to 92 % instead of 95, so read it as narrower than it should be",
        subjects, kFewSubjects));
  }
  for (const Stratum& stratum : counts.strata()) {
    if (stratum.count > 1) continue;
    out.notes.push_back(
        fmt::format("dataset '{}' has one subject, which is in every draw: how subjects of that dataset differ is not in "
                    "the intervals",
                    stratum.id.text()));
  }

  std::vector<Drawn> drawn = score_draws(counts, draw_subjects(counts, options));
  const Summary summary(counts, options);
  std::vector<Scores> estimates;
  for (std::size_t model = 0; model < drawn.size(); ++model) estimates.push_back(mean_scores(counts, model));
  std::vector<double> values;  // one after another, in one allocation
  for (std::size_t first = 0; options.pairs && first < drawn.size(); ++first) {
    for (std::size_t second = first + 1; second < drawn.size(); ++second) {
      const auto differences = [&](std::size_t row) -> std::vector<double>& {
        const std::vector<double>& a = drawn[first][row];
        const std::vector<double>& b = drawn[second][row];
        values.resize(a.size());
        for (std::size_t i = 0; i < a.size(); ++i) values[i] = a[i] - b[i];
        return values;
      };
      out.pairs.push_back({.first = first,
                           .second = second,
                           .difference = summary.intervals(difference(estimates[first], estimates[second]), differences)});
    }
  }
  // Last, because it spoils the draws.
  for (std::size_t model = 0; model < drawn.size(); ++model) {
    out.models.push_back(summary.intervals(estimates[model], [&](std::size_t row) -> std::vector<double>& { return drawn[model][row]; }));
  }
  return out;
}

}  // namespace mexbench::stats
