// Predictions as the statistics room counts them (harness/stats/subject_counts.h), and the intervals of a run's own scores: those that
// summary.csv, `score` and reports give beside UF1 and UAR.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/ids.h"
#include "harness/core/result.h"
#include "harness/eval/metrics.h"
#include "harness/stats/bootstrap.h"
#include "harness/stats/subject_counts.h"

namespace mexbench::eval {

// Adds the clips of one run, under the name of its model.
void add_run(stats::SubjectCountsBuilder& counts, std::string_view model, core::Seed seed, std::span<const Prediction> clips);

// One bootstrap of a design and of each of its datasets: scope (`all`, then each dataset id) -> intervals. Every scope draws its datasets
// with the same streams, so a dataset's intervals are the same whatever else was tested.
[[nodiscard]] std::map<std::string, stats::Bootstrap> bootstraps(const stats::SubjectCounts& counts,
                                                                 const stats::BootstrapOptions& options = {});

// Intervals of a single run by scope: subject bootstrap, 10,000 draws, fixed seed. Fails with kData when the predictions can't be counted.
[[nodiscard]] core::Result<std::map<std::string, stats::ScoreIntervals>> intervals_of(const PredictionSet& predictions);

}  // namespace mexbench::eval
