// What leaving each subject out does, and what a design of so many subjects can tell apart.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/cells.h"

namespace mexbench::reports {

// Differences for which the number of subjects is given.
inline constexpr std::array<double, 4> kAskedDifferences{0.01, 0.02, 0.05, 0.10};

struct InfluenceCell {
  FigureCell without;            // UF1 of all other subjects
  std::optional<double> change;  // less the UF1 with everybody: above 0, the subject pulls it down
};

struct InfluenceRow {
  std::string subject;  // samm/006
  std::int64_t clips = 0;
  std::vector<InfluenceCell> models;  // per InfluenceGroup::models
  double largest = 0.0;               // the largest change, without its sign
  bool changes_best = false;
  bool changes_order = false;
};

// How many subjects, in all, a true difference between two models would take to be found with 80 % power.
struct ResolutionRow {
  std::size_t first = 0;  // places in ReportView::models
  std::size_t second = 0;
  FigureCell difference;           // of UF1
  std::optional<double> smallest;  // difference that the subjects here resolve; nothing: the difference has no standard error
  std::optional<std::int64_t> for_seen;
  std::array<std::optional<std::int64_t>, kAskedDifferences.size()> needed;
};

// Models that predicted the same clips; or one alone.
struct InfluenceGroup {
  std::vector<std::size_t> models;  // places in ReportView::models
  std::string datasets;             // "casme2, samm and smic"
  std::int64_t subjects = 0;
  std::vector<InfluenceRow> rows;    // in the order of subjects
  std::vector<std::size_t> largest;  // the rows with the largest changes, at most ten, largest first
  std::vector<ResolutionRow> pairs;
  std::vector<std::string> sentences;
};

struct InfluenceView {
  std::vector<InfluenceGroup> groups;
  std::vector<std::string> sentences;  // on seeds and subjects as sources of spread
};

}  // namespace mexbench::reports
