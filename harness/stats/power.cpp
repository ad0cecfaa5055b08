#include "harness/stats/power.h"

#include <cassert>
#include <cmath>

#include "harness/stats/distributions.h"

namespace mexbench::stats {
namespace {

constexpr double kMostSubjects = 1e15;

Figure error_of(const Interval& interval) {
  return interval.standard_error ? Figure::of(*interval.standard_error) : Figure::undefined(interval.reason);
}

}  // namespace

double smallest_difference(double standard_error, const PowerOptions& options) {
  assert(standard_error >= 0.0 && options.alpha > 0.0 && options.alpha < 1.0 && options.power > options.alpha / 2.0 && options.power < 1.0);
  return (normal_quantile(1.0 - options.alpha / 2.0) + normal_quantile(options.power)) * standard_error;
}

std::optional<std::int64_t> subjects_needed(std::size_t subjects, double smallest, double difference) {
  assert(smallest >= 0.0);
  if (difference == 0.0) return std::nullopt;
  const double ratio = smallest / std::abs(difference);
  const double exact = static_cast<double>(subjects) * ratio * ratio;
  if (!(exact <= kMostSubjects)) return std::nullopt;
  // 40 * 1.5^2 is 90, not 91 because of a last digit.
  return static_cast<std::int64_t>(std::ceil(exact * (1.0 - 1e-12)));
}

Spread spread(const SubjectCounts& counts, const Bootstrap& bootstrap, std::size_t model, Metric metric) {
  assert(bootstrap.models.size() == counts.models().size() && model < counts.models().size());
  Spread out{.seeds = counts.models()[model].seeds,
             .seed_deviation = Figure::undefined("there is one seed"),
             .subject_error = error_of(bootstrap.models[model].of(metric))};
  const std::vector<Scores> seeds = scores_per_seed(counts, model);
  const Figure mean = mean_scores(counts, model).of(metric);
  if (!mean.value) {
    out.seed_deviation = Figure::undefined(mean.reason);
  } else if (seeds.size() > 1) {
    double squares = 0.0;
    for (const Scores& seed : seeds) squares += (*seed.of(metric).value - *mean.value) * (*seed.of(metric).value - *mean.value);
    out.seed_deviation = Figure::of(std::sqrt(squares / static_cast<double>(seeds.size() - 1)));
  }
  return out;
}

std::vector<Resolution> resolutions(const SubjectCounts& counts, const Bootstrap& bootstrap, Metric metric, const PowerOptions& options) {
  std::vector<Resolution> out;
  for (const PairIntervals& pair : bootstrap.pairs) {
    const Interval& interval = pair.difference.of(metric);
    Resolution one{.first = pair.first,
                   .second = pair.second,
                   .difference = interval.estimate,
                   .standard_error = error_of(interval),
                   .smallest = {},
                   .subjects_needed = {}};
    if (one.standard_error.value) {
      one.smallest = Figure::of(smallest_difference(*one.standard_error.value, options));
      one.subjects_needed = subjects_needed(counts.subjects().size(), *one.smallest.value, *one.difference.value);
    } else {
      one.smallest = Figure::undefined(one.standard_error.reason);
    }
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace mexbench::stats
