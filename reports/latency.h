// Latency against score. A run is on the Pareto front when no other of its group is at least as fast and scores at least as high, and is
// better in one of the two: what lies behind the front is never the best choice, whatever speed is worth (V. Pareto, Manuale di economia
// politica, 1906; for models of machine learning: Y. Jin and B. Sendhoff, IEEE Transactions on SMC C 38(3), 2008).
//
// The series that counts is `end-to-end`, from the files of a clip to its scores. Single-stream, the forward pass alone, stands in only
// where end-to-end was not timed: a model that needs a face and an optical flow first is not as fast as its network.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/latency/record.h"

namespace mexbench::reports {

struct LatencyGroup;
struct LatencyView;
struct ReportView;
struct Run;

struct SpeedAndScore {
  double ms = 0.0;   // the lower, the better
  double uf1 = 0.0;  // the higher, the better
};
// Which of the points no other dominates. Equal points are on the front together, or neither is.
[[nodiscard]] std::vector<bool> pareto_front(std::span<const SpeedAndScore> points);

// The series that counts for a run; null: neither was timed.
[[nodiscard]] const latency::Series* deciding_series(const latency::Record& record);
[[nodiscard]] std::string_view series_in_words(std::string_view series);  // "end to end", "single-stream"; others as they are

// Milliseconds with three significant digits: 0.0461, 12.3, 1,230.
[[nodiscard]] std::string milliseconds(double ms);
[[nodiscard]] std::string milliseconds_of(std::int64_t ns);
// A count with three significant digits and its thousands: 1.68 k, 139 M.
[[nodiscard]] std::string in_thousands(double count);

// "ststnet", and with several seeds "ststnet, seed 0".
[[nodiscard]] std::string timed_name(const ReportView& view, const LatencyView& timed);

// Rules that are broken, as the measurement says them, with what to change; first those of the whole.
struct BrokenRule {
  std::string series;  // empty: of the measurement as a whole
  std::string words;
};
[[nodiscard]] std::vector<BrokenRule> broken_rules(const latency::Record& record);

// Fills in ReportView::latency. `runs` are the complete runs in the order of the view; models and intervals are there already.
void add_latency(const std::vector<const Run*>& runs, ReportView& view);

}  // namespace mexbench::reports
