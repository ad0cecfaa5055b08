// What stands in a cell of a table: a number, or the footnote that says why there is none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace mexbench::reports {

// A number, or the footnote that says why there is none.
struct FigureCell {
  std::optional<double> value;
  std::size_t note = 0;  // set exactly when value is not: place in ReportView::notes, from 1
};

// A percentile interval, or the footnote that says why there is none; neither for a score that is undefined itself.
struct IntervalCell {
  std::optional<double> low;
  std::optional<double> high;  // with low
  std::size_t note = 0;
  std::int64_t undefined = 0;  // draws without a score, which the percentiles leave out
  [[nodiscard]] bool there() const { return low.has_value(); }
};

// Mean, smallest and largest value over the seeds of a model, or over random draws their mean and percentiles. The interval a statistic
// gives belongs beside these.
struct SpreadCell {
  FigureCell mean;  // undefined when a seed or draw is
  double low = 0.0;
  double high = 0.0;
};

}  // namespace mexbench::reports
