// The rules that a series, and the measurement as a whole, is held to. Thresholds are fixed here and stand beside every figure in the
// record; no setting changes them.
//
//   rule             figure                                                     valid          from
//   minimum-count    samples                                                    >= 368 (1)     the order statistics that an interval of p99
//                                                                                              needs (samples.h)
//   minimum-duration seconds of kept samples                                    >= 1           a hundred times the 10 ms in which Linux
//                                                                                              chooses clock rates and shares out time
//   warm-up          median of the first tenth of the kept samples above that   <= 10 %        Georges, Buytaert, Eeckhout, OOPSLA 2007:
//                    of the rest                                                               what precedes the steady state is another
//                                                                                              quantity; the figure is MLPerf's (2)
//   drift            median of the last third of the samples against that of    <= 10 %        MLPerf's (2)
//                    the first
//   noise            widest gap between the medians of ten successive blocks,   <= 20 %        MLPerf's (2) for answers within 200 us
//                    in percent of p50
//   autocorrelation  half the 95 % interval of p50, widened by the square root  <= 5 %         Sokal 1997 for the width; half of what
//                    of the autocorrelation time, in percent of p50                            counts as a change above (2)
//   stolen-time      share of the time in which the timing thread did not run   <= 1 %         what goes beyond 1 % can make up p99
//   repeated-input   p50 of one clip repeated, in percent of p50 of all in turn >= 90 % (2)    MLPerf TEST04; 80 % within 200 us (2)
//   same-classes     clips whose class in timed mode is not the sealed one      <= 0           MLPerf TEST01
//   same-scores      largest difference from a sealed score, in percent of the  <= 0.01 %      a thousand roundings of float32 (1.2e-7):
//                    spread of the fold's scores                                               batch size and threads change the order
//                                                                                              of sums, and nothing else may
//   clock            step of the clock in percent of the shortest p50           <= 1 %         what is read off a rule is no finer than it
//
//   (1) 6 for batches, of which the median alone has to have an interval.
//   (2) mlcommons/inference, compliance: TEST01 lets the two runs of a machine differ by 10 %, single-stream answers within 200 us by 20 %;
//       TEST04 lets a repeated input be 10 % faster.
//
// All but minimum-duration, stolen-time and the clock compare sizes of effects, not p-values: with 20,000 samples a test of significance
// finds a drift of 0.1 %, which harms nobody. A rule that needs more samples than there are is not checked, and says so.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/latency/sampler.h"
#include "harness/latency/verdict.h"

namespace mexbench::latency {

using Samples = std::span<const std::int64_t>;  // ns, in the order they were taken

// `wanted`: least_count(99) for answers one by one, least_count(50) for batches.
[[nodiscard]] Rule minimum_count(std::int64_t count, std::int64_t wanted);
[[nodiscard]] Rule minimum_duration(double seconds);
[[nodiscard]] Rule warm_up(Samples samples);
[[nodiscard]] Rule drift(Samples samples);
[[nodiscard]] Rule noise(Samples samples);
[[nodiscard]] Rule autocorrelation(Samples samples);
// `seconds` of wall time, `cpu_seconds` of the timing thread in them.
[[nodiscard]] Rule stolen_time(double seconds, double cpu_seconds, std::int64_t preemptions);

// All of these.
[[nodiscard]] std::vector<Rule> rules_of_series(const Sampled& sampled, std::int64_t wanted_count);

// Of one clip again and again against all in turn. `clips`: how many take turns; one alone can't be told from itself.
[[nodiscard]] Rule repeated_input(Samples in_turn, Samples repeated, std::size_t clips);

// Scores of a fold's test clips, row-major clips x classes: as sealed, and as the timed calls gave them.
struct Answers {
  std::span<const float> sealed, timed;
  std::size_t classes = 0;
};
// Worst of several timed modes, each named: "offline/64".
struct NamedAnswers {
  std::string mode;
  Answers answers;
};
[[nodiscard]] Rule same_classes(const std::vector<NamedAnswers>& modes);
[[nodiscard]] Rule same_scores(const std::vector<NamedAnswers>& modes);

[[nodiscard]] Rule clock_step(std::int64_t step_ns, double shortest_p50_ns);

// Autocorrelation of the indicator of x <= median, which is what the width of the median's interval depends on.
struct Dependence {
  double lag_1 = 0.0;  // correlation of neighbours
  double time = 1.0;   // integrated: 1 + 2 (rho_1 + ... + rho_m), at least 1; count / time samples tell as much as independent ones would
  std::int64_t window = 0;  // m
};
// The window m is the smallest with m >= 5 time (A. D. Sokal, Monte Carlo methods in statistical mechanics: foundations and new algorithms,
// in Functional Integration, Plenum 1997, section 3), at most a tenth of the samples and 1000.
[[nodiscard]] Dependence dependence_of(Samples samples);

}  // namespace mexbench::latency
