#include "harness/stats/bootstrap.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "harness/core/random.h"
#include "harness/stats/pooled.h"
#include "harness/stats/tails.h"

namespace mexbench::stats {
namespace {

constexpr std::string_view kMethod = "percentile bootstrap of subjects, drawn within their datasets";

// Draws subjects, a block of draws after another.
class Urns {
 public:
  Urns(const SubjectCounts& counts, core::Seed seed) {
    for (const Stratum& stratum : counts.strata()) {
      urns_.push_back({.stratum = stratum,
                       .stream = core::RandomStream::derive(seed, core::FoldId(stratum.id.text()), "bootstrap"),
                       .place = core::Below(stratum.count)});
    }
  }
  // Datasets inside draws: a processor works on several streams at once, each of which waits for its own last number.
  void draw(std::size_t draws, Weights& block) {
    for (std::size_t draw = 0; draw < draws; ++draw) {
      for (Urn& urn : urns_) {
        core::RandomStream stream = urn.stream;  // in registers
        for (std::size_t i = 0; i < urn.stratum.count; ++i) block.at(draw, urn.stratum.first + urn.place(stream)) += 1.0F;
        urn.stream = stream;
      }
    }
  }

 private:
  struct Urn {
    Stratum stratum;
    core::RandomStream stream;
    core::Below place;
  };
  std::vector<Urn> urns_;
};

// The statistics of one model in all draws, [statistic][draw].
using Drawn = std::vector<std::vector<double>>;

std::vector<Drawn> score_draws(const SubjectCounts& counts, const BootstrapOptions& options) {
  struct SeedColumns {
    Columns hits, answers;
  };
  const std::size_t classes = counts.classes().size();
  const auto draws = static_cast<std::size_t>(options.draws);
  const Columns clips = clip_columns(counts);
  std::vector<std::vector<SeedColumns>> columns;  // [model][seed]
  for (std::size_t model = 0; model < counts.models().size(); ++model) {
    columns.emplace_back();
    for (std::size_t seed = 0; seed < counts.models()[model].seeds; ++seed)
      columns.back().push_back({.hits = hit_columns(counts, model, seed), .answers = answer_columns(counts, model, seed)});
  }
  std::vector<Drawn> out(columns.size(), Drawn(rows_of_scores(classes)));
  for (Drawn& drawn : out) {
    for (std::vector<double>& row : drawn) row.reserve(draws);
  }
  Urns urns(counts, options.seed);
  // One block that stays in the processor's cache.
  Weights block(counts.subjects().size(), kLanes);
  for (std::size_t done = 0; done < draws; done += kLanes) {
    const std::size_t filled = std::min(kLanes, draws - done);
    block.clear();
    urns.draw(filled, block);
    const Lanes drawn_clips = sums_of(block, 0, clips);
    for (std::size_t model = 0; model < columns.size(); ++model) {
      ScoreLanes scores(classes);
      for (const SeedColumns& of_seed : columns[model])
        scores.add(drawn_clips, sums_of(block, 0, of_seed.hits), sums_of(block, 0, of_seed.answers));
      scores.divide(columns[model].size());
      for (std::size_t row = 0; row < out[model].size(); ++row) {
        const auto lanes = scores.row(row).first(filled);
        out[model][row].insert(out[model][row].end(), lanes.begin(), lanes.end());
      }
    }
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
      const Tails tails = tails_of(values, outside, 1.0 - outside);
      out.low = tails.low;
      out.high = tails.high;
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

  std::vector<Drawn> drawn = score_draws(counts, options);
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
