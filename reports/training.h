// How runs learned: training loss and pooled test UF1 after every epoch, from curves.json (harness/eval/curves.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mexbench::reports {

struct ReportView;
struct Run;

inline constexpr std::size_t kMostPoints = 128;  // of a drawn curve: about one for two of its pixels

struct TrainingPoint {
  std::int64_t epoch = 0;
  double loss = 0.0;  // mean over folds
  double low = 0.0;   // 2.5 and 97.5 percentile over them
  double high = 0.0;
  std::optional<double> uf1;
};

struct TrainingView {
  std::size_t run = 0;                // place in ReportView::runs
  std::vector<TrainingPoint> points;  // at most kMostPoints, evenly over the epochs, the first and the last among them
  std::int64_t epochs = 0;            // that were recorded
  // The epochs whose weights gave the run's own predictions: the least, the median and the most over folds.
  std::int64_t final_least = 0;
  double final_median = 0.0;
  std::int64_t final_most = 0;
  std::optional<double> uf1;  // the run's own
  std::string sentence;
};

struct TrainingSection {
  std::vector<TrainingView> runs;
  std::vector<std::size_t> without;    // runs that trained and recorded nothing
  std::vector<std::string> sentences;  // what holds for all of it
};

// Fills in ReportView::training. `runs` go with view.runs.
void add_training(const std::vector<const Run*>& runs, ReportView& view);

}  // namespace mexbench::reports
