// A model's figures over its seeds.
#pragma once

#include <algorithm>
#include <vector>

#include "reports/cells.h"
#include "reports/notes.h"

namespace mexbench::reports {

// Mean, smallest and largest; undefined when one of them is. There is at least one.
[[nodiscard]] inline SpreadCell spread_of(const std::vector<eval::Figure>& figures, Notes& notes) {
  SpreadCell out;
  double sum = 0.0;
  for (const eval::Figure& figure : figures) {
    if (!figure.value) return {.mean = notes.cell(figure)};
    out.low = &figure == &figures.front() ? *figure.value : std::min(out.low, *figure.value);
    out.high = &figure == &figures.front() ? *figure.value : std::max(out.high, *figure.value);
    sum += *figure.value;
  }
  out.mean.value = sum / static_cast<double>(figures.size());
  return out;
}

}  // namespace mexbench::reports
