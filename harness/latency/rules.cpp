#include "harness/latency/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "harness/latency/samples.h"

namespace mexbench::latency {
namespace {

using core::Figure;

constexpr double kPercent = 100.0;
constexpr const char* kMlperfRepeat = "MLPerf Inference, compliance TEST01: two runs of a machine agree within 10 %";

Figure too_few(std::size_t count, std::size_t wanted) {
  return Figure::undefined(fmt::format("{} samples, at least {} are needed", count, wanted));
}

// By how much `now` is above `before`, in percent.
double rise(double now, double before) { return before > 0.0 ? (now / before - 1.0) * kPercent : 0.0; }

std::size_t argmax(std::span<const float> row) { return static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin()); }

}  // namespace

Rule minimum_count(std::int64_t count, std::int64_t wanted) {
  return {.name = "minimum-count",
          .figure = Figure::of(static_cast<double>(count)),
          .unit = "samples",
          .bound = Bound::kAtLeast,
          .threshold = static_cast<double>(wanted),
          .meaning = "samples kept",
          .source = "David and Nagaraja, Order Statistics, 2003, section 7.1: below it the percentile has no two-sided interval",
          .advice = "raise latency.max_seconds and latency.min_samples"};
}

Rule minimum_duration(double seconds) {
  return {.name = "minimum-duration",
          .figure = Figure::of(seconds),
          .unit = "s",
          .bound = Bound::kAtLeast,
          .threshold = 1.0,
          .meaning = "time of the kept samples",
          .source = "a hundred times the 10 ms in which the system chooses clock rates and shares out time",
          .advice = "raise latency.min_seconds to 1 or more"};
}

Rule warm_up(Samples samples) {
  constexpr std::size_t kLeast = 20;
  Rule out{.name = "warm-up",
           .unit = "%",
           .bound = Bound::kAtMost,
           .threshold = 10.0,
           .meaning = "median of the first tenth of the kept samples above the median of the rest",
           .source = "Georges, Buytaert and Eeckhout, OOPSLA 2007, on start-up and steady state",
           .advice = "raise latency.warmup_seconds"};
  const std::size_t tenth = samples.size() / 10;
  out.figure = samples.size() < kLeast ? too_few(samples.size(), kLeast)
                                       : Figure::of(rise(median_of(samples.first(tenth)), median_of(samples.subspan(tenth))));
  return out;
}

Rule drift(Samples samples) {
  constexpr std::size_t kLeast = 9;
  Rule out{.name = "drift",
           .unit = "%",
           .bound = Bound::kAtMost,
           .threshold = 10.0,
           .meaning = "difference between the medians of the last and the first third, in percent of the latter",
           .source = kMlperfRepeat,
           .advice = "end other work, let the machine settle, or fix its clock rate (docs/latency.md); then measure again"};
  const std::size_t third = samples.size() / 3;
  out.figure = samples.size() < kLeast ? too_few(samples.size(), kLeast)
                                       : Figure::of(std::abs(rise(median_of(samples.last(third)), median_of(samples.first(third)))));
  return out;
}

Rule noise(Samples samples) {
  constexpr std::size_t kBlocks = 10;
  constexpr std::size_t kLeast = 5 * kBlocks;
  Rule out{.name = "noise",
           .unit = "%",
           .bound = Bound::kAtMost,
           .threshold = 20.0,
           .meaning = "widest gap between the medians of ten successive blocks, in percent of p50",
           .source = "MLPerf Inference, compliance TEST01: two runs agree within 20 % where answers come within 200 us",
           .advice = "end other work on the machine, or measure longer: latency.min_seconds"};
  if (samples.size() < kLeast) {
    out.figure = too_few(samples.size(), kLeast);
    return out;
  }
  std::vector<double> medians;
  for (std::size_t block = 0; block < kBlocks; ++block) {
    const std::size_t begin = samples.size() * block / kBlocks;
    medians.push_back(median_of(samples.subspan(begin, samples.size() * (block + 1) / kBlocks - begin)));
  }
  const auto [least, most] = std::minmax_element(medians.begin(), medians.end());
  out.figure = Figure::of((*most - *least) / median_of(samples) * kPercent);
  return out;
}

Dependence dependence_of(Samples samples) {
  const auto count = static_cast<std::int64_t>(samples.size());
  const double middle = median_of(samples);
  std::vector<float> centred;
  double share = 0.0;
  for (const std::int64_t ns : samples) share += static_cast<double>(ns) <= middle ? 1.0 : 0.0;
  share /= static_cast<double>(count);
  for (const std::int64_t ns : samples) {
    centred.push_back(static_cast<float>((static_cast<double>(ns) <= middle ? 1.0 : 0.0) - share));
  }
  const double variance = share * (1.0 - share);
  Dependence out;
  if (variance <= 0.0) return out;  // all samples are equal
  constexpr std::int64_t kWidest = 1000;
  constexpr double kTimes = 5.0;
  const std::int64_t widest = std::min(count / 10, kWidest);
  double time = 1.0;
  for (std::int64_t lag = 1; lag <= widest; ++lag) {
    float sum = 0.0F;
    double whole = 0.0;
    for (std::int64_t begin = 0; begin < count - lag; begin += 4096) {  // partial sums keep float exact enough, and fast
      const std::int64_t end = std::min(begin + 4096, count - lag);
      sum = 0.0F;
      for (std::int64_t i = begin; i < end; ++i) sum += centred[static_cast<std::size_t>(i)] * centred[static_cast<std::size_t>(i + lag)];
      whole += static_cast<double>(sum);
    }
    const double correlation = whole / static_cast<double>(count) / variance;
    if (lag == 1) out.lag_1 = correlation;
    time += 2.0 * correlation;
    out.window = lag;
    if (static_cast<double>(lag) >= kTimes * time) break;
  }
  out.time = std::max(1.0, time);
  return out;
}

Rule autocorrelation(Samples samples) {
  constexpr std::size_t kLeast = 50;
  Rule out{.name = "autocorrelation",
           .unit = "%",
           .bound = Bound::kAtMost,
           .threshold = 5.0,
           .source = "Sokal, Monte Carlo methods in statistical mechanics, 1997, section 3",
           .advice = "measure longer (latency.min_seconds), or end the work that slows down many answers in a row"};
  if (samples.size() < kLeast) {
    out.figure = too_few(samples.size(), kLeast);
    out.meaning = "half the 95 % interval of p50, widened for dependent samples, in percent of p50";
    return out;
  }
  const Dependence dependence = dependence_of(samples);
  std::vector<std::int64_t> sorted(samples.begin(), samples.end());
  std::sort(sorted.begin(), sorted.end());
  const auto count = static_cast<std::int64_t>(sorted.size());
  const RankInterval ranks = interval_ranks(count, 50.0).value();  // kLeast is far above the 6 that p50 needs
  const std::int64_t middle = nearest_rank(count, 50.0);
  const double wider = std::sqrt(dependence.time);
  const auto at = [&](double rank) {
    return static_cast<double>(sorted[static_cast<std::size_t>(std::clamp(rank, 1.0, static_cast<double>(count))) - 1]);
  };
  const double low = at(std::floor(static_cast<double>(middle) - static_cast<double>(middle - ranks.low) * wider));
  const double high = at(std::ceil(static_cast<double>(middle) + static_cast<double>(ranks.high - middle) * wider));
  const auto p50 = static_cast<double>(sorted[static_cast<std::size_t>(middle - 1)]);
  out.figure = Figure::of(p50 > 0.0 ? (high - low) / 2.0 / p50 * kPercent : 0.0);
  out.meaning = fmt::format(
      "half the 95 % interval of p50, widened {:.2f} times for dependent samples, in percent of p50: neighbours correlate by {:.2f}, the "
      "{} samples count as {:.0f}",
      wider, dependence.lag_1, count, static_cast<double>(count) / dependence.time);
  return out;
}

Rule stolen_time(double seconds, double cpu_seconds, std::int64_t preemptions) {
  return {.name = "stolen-time",
          .figure = seconds > 0.0 ? Figure::of(std::max(0.0, (1.0 - cpu_seconds / seconds) * kPercent))
                                  : Figure::undefined("no time was measured"),
          .unit = "%",
          .bound = Bound::kAtMost,
          .threshold = 1.0,
          .meaning = fmt::format("share of the time in which the timing thread did not run; it was interrupted {} times", preemptions),
          .source = "what is lost beyond 1 % can make up the slowest 1 % of the answers, which p99 stands for",
          .advice = "end other work on the machine, or give the measurement a processor of its own (docs/latency.md)"};
}

std::vector<Rule> rules_of_series(const Sampled& sampled, std::int64_t wanted_count) {
  const Samples samples(sampled.ns);
  return {minimum_count(static_cast<std::int64_t>(samples.size()), wanted_count),
          minimum_duration(sampled.seconds()),
          warm_up(samples),
          drift(samples),
          noise(samples),
          autocorrelation(samples),
          stolen_time(sampled.seconds(), sampled.cpu_seconds(), sampled.preemptions)};
}

Rule repeated_input(Samples in_turn, Samples repeated, std::size_t clips) {
  Rule out{.name = "repeated-input",
           .unit = "%",
           .bound = Bound::kAtLeast,
           .threshold = 90.0,
           .meaning = "p50 of one clip repeated, in percent of p50 of all clips in turn",
           .source =
               "MLPerf Inference, compliance TEST04: a repeated input is at most 10 % faster; and TEST01, which doubles that within 200 us",
           .advice = "look for answers that the model keeps; if it keeps none, end other work and measure again"};
  // Below it, branches that the processor has learned for one input show: a kept answer takes no time at all.
  constexpr double kShort = 200'000.0;  // ns
  if (!in_turn.empty() && median_of(in_turn) <= kShort) out.threshold = 80.0;
  out.figure = clips < 2 ? Figure::undefined("the fold has one test clip, which can't be told from itself")
                         : Figure::of(median_of(repeated) / median_of(in_turn) * kPercent);
  return out;
}

Rule same_classes(const std::vector<NamedAnswers>& modes) {
  std::size_t worst = 0;
  std::string where;
  for (const NamedAnswers& mode : modes) {
    const auto& [sealed, timed, classes] = mode.answers;
    assert(sealed.size() == timed.size() && classes > 0);
    std::size_t different = 0;
    for (std::size_t begin = 0; begin < sealed.size(); begin += classes) {
      if (argmax(sealed.subspan(begin, classes)) != argmax(timed.subspan(begin, classes))) ++different;
    }
    if (different > worst) {
      worst = different;
      where = mode.mode;
    }
  }
  return {.name = "same-classes",
          .figure = modes.empty() ? Figure::undefined("nothing was timed whose answers could be compared")
                                  : Figure::of(static_cast<double>(worst)),
          .unit = "clips",
          .bound = Bound::kAtMost,
          .threshold = 0.0,
          .meaning = fmt::format("clips of another class than the run sealed{}", where.empty() ? "" : ", most of them in " + where),
          .source = "MLPerf Inference, compliance TEST01: answers in timed mode are those of the accuracy run",
          .advice = "a model that answers otherwise when it is timed is another model: run it again with --fresh, or mend it"};
}

Rule same_scores(const std::vector<NamedAnswers>& modes) {
  double worst = 0.0;
  std::string where;
  for (const NamedAnswers& mode : modes) {
    const auto& [sealed, timed, classes] = mode.answers;
    const auto [least, most] = std::minmax_element(sealed.begin(), sealed.end());
    const double spread = sealed.empty() ? 0.0 : static_cast<double>(*most) - static_cast<double>(*least);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      const double difference = std::abs(static_cast<double>(sealed[i]) - static_cast<double>(timed[i]));
      // Scores that are all equal have no spread: any difference is then one.
      const double relative = difference == 0.0 ? 0.0 : spread > 0.0 ? difference / spread * kPercent : kPercent;
      if (relative > worst) {
        worst = relative;
        where = mode.mode;
      }
    }
  }
  return {.name = "same-scores",
          .figure = modes.empty() ? Figure::undefined("nothing was timed whose answers could be compared") : Figure::of(worst),
          .unit = "%",
          .bound = Bound::kAtMost,
          .threshold = 0.01,
          .meaning = fmt::format("largest difference from a sealed score, in percent of the spread of the fold's scores{}",
                                 where.empty() ? "" : ", in " + where),
          .source = "a thousand roundings of float32: batch size and threads change the order of sums, nothing else may",
          .advice = "a model that answers otherwise when it is timed is another model: run it again with --fresh, or mend it"};
}

Rule clock_step(std::int64_t step_ns, double shortest_p50_ns) {
  return {.name = "clock",
          .figure = shortest_p50_ns > 0.0 ? Figure::of(static_cast<double>(step_ns) / shortest_p50_ns * kPercent)
                                          : Figure::undefined("nothing was timed"),
          .unit = "%",
          .bound = Bound::kAtMost,
          .threshold = 1.0,
          .meaning = fmt::format("what the clock can tell apart, {} ns, in percent of the shortest p50", step_ns),
          .source = "a reading is no finer than the scale it is read from",
          .advice = "use a machine with a finer clock (/sys/devices/system/clocksource/clocksource0/current_clocksource: tsc)"};
}

}  // namespace mexbench::latency
