// How sure models are of their answers and how often they are right: calibration and selective prediction (harness/stats/calibration.h,
// selective.h) of every model whose runs have scores. It describes clips and compares no two models.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/stats/calibration.h"

namespace mexbench::reports {

struct ReportView;
struct Run;

// Mean, smallest and largest value over the seeds of a model.
struct OverSeeds {
  double mean = 0.0;
  double low = 0.0;
  double high = 0.0;
};

// What a model gets right when it answers only the clips it is surest of.
struct SelectiveView {
  double asked = 0.0;  // share of the clips that it answers
  OverSeeds coverage;  // the share it is: clips of equal confidence enter together
  OverSeeds accuracy;
};

struct CalibrationView {
  std::size_t model = 0;  // place in ReportView::models
  std::size_t seeds = 0;
  std::size_t softmaxed = 0;  // runs whose scores were no probabilities, so that their softmax is taken for them
  std::size_t clips = 0;
  OverSeeds accuracy;
  OverSeeds confidence;  // mean over clips
  OverSeeds ece;
  OverSeeds ece_if_calibrated;
  OverSeeds ece_limit;  // stats::ece_limit at the experiment's evidence.calibration_level, 1,000 draws
  OverSeeds brier;
  OverSeeds aurc;
  OverSeeds excess;  // E-AURC
  std::array<SelectiveView, 2> selective;
  // The reliability diagram is that of one run: bins of several hold the same clips more than once.
  std::uint64_t drawn_seed = 0;
  std::vector<stats::ReliabilityBin> bins;
  // Risk of the k surest clips at place k - 1, errors among clips of equal confidence spread evenly over them; mean over seeds. Its mean
  // is the AURC.
  std::vector<double> risk;
  std::vector<std::string> sentences;
};

struct CalibrationSection {
  std::vector<CalibrationView> models;  // in the order of ReportView::models
  std::vector<std::size_t> without;     // models with a run that has decisions alone
  std::vector<std::string> sentences;   // what holds for all of it
};

inline constexpr std::array<double, 2> kCoverages{0.5, 0.8};

// Fills in ReportView::calibration. `runs` are the complete runs of each model of the view, in the order of ModelView::runs.
void add_calibration(const std::vector<std::vector<const Run*>>& runs, ReportView& view);

}  // namespace mexbench::reports
