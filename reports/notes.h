// Footnotes of a report: one for each reason why a figure is undefined.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "harness/eval/metrics.h"
#include "reports/view.h"

namespace mexbench::reports {

// Hands out the places of reasons in `texts`, from 1.
class Notes {
 public:
  explicit Notes(std::vector<std::string>& texts) : texts_(texts) {}
  FigureCell cell(const eval::Figure& figure) {
    if (figure.value) return {.value = figure.value, .note = 0};
    auto found = std::find(texts_.begin(), texts_.end(), figure.reason);
    if (found == texts_.end()) found = texts_.insert(texts_.end(), figure.reason);
    return {.value = std::nullopt, .note = static_cast<std::size_t>(found - texts_.begin()) + 1};
  }

 private:
  std::vector<std::string>& texts_;
};

}  // namespace mexbench::reports
