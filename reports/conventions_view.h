// The same predictions under every convention of scoring that is in use.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "reports/cells.h"

namespace mexbench::reports {

struct ConventionRow {
  std::string id;  // stable, for files
  std::string name;
  std::string formula;
  std::string who;                 // uses it
  bool f1 = false;                 // some call it F1
  bool counted = true;             // part of the range and the ranks; code that divides what it should not is shown and left out of both
  std::vector<SpreadCell> models;  // over the seeds, one per ReportView::models
};

// Lowest and highest of the counted conventions for one model, places in ConventionsView::rows.
struct ConventionRange {
  std::size_t low = 0;
  std::size_t high = 0;
};

struct ConventionsView {
  std::vector<ConventionRow> rows;                     // pooled UF1 first
  std::vector<std::optional<ConventionRange>> ranges;  // per ReportView::models; nothing: no convention has a score
  std::vector<std::string> sentences;
};

}  // namespace mexbench::reports
