// The evidence card: what a set of runs has shown about the question whether a machine can recognise the micro-expressions of a person it
// has never seen. Every criterion has a rule that was fixed before any run, and its answer a figure with an interval where there is one:
//
//   trusted      every run is VALID                                                                        harness/audit
//   chance       the lower end of the 95 % interval of UF1 lies above the floor: above what the majority class gives and above what 97.5 %
//                of random draws don't exceed. `contradicted` when the whole interval lies at or below it      eval/floor.h
//   corpora      the folds hold out whole datasets (lodo), and on each of them the rule of `chance` holds
//   calibrated   the ECE is not above what 95 % of calibrated models would stay within                         stats::ece_limit:
//                Broecker and Smith, Weather and Forecasting 22(3), 2007. `contradicted` above it
//   fast         99 % of answers come within 500 ms of the last frame: a micro-expression lasts no longer (Yan, Wu, Liang, Chen, Fu: "How
//                fast are the leaked facial expressions", Journal of Nonverbal Behavior 37, 2013). Judged from p99 of the end-to-end series
//                (harness/latency/record.h): shown when the upper end of its 95 % interval is within, contradicted when the lower end is
//                above, else not shown. Of several timed seeds the weakest counts. Not measured without a latency.json, where a rule of
//                the series or of the whole measurement is broken, where there are too few samples for a p99, and where a part of the way
//                is in no sample: single-stream, or inputs that were computed before (flow images). Such a part can only contradict
//
// States from the weakest: contradicted, not measured, not shown, shown. The overall line is the weakest of them: a chain is as strong as
// its weakest link, and what nobody measured is not shown. A model of chance answers no question here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mexbench::reports {

struct ReportView;
struct Run;

enum class EvidenceState { kContradicted, kNotMeasured, kNotShown, kShown };
[[nodiscard]] std::string_view in_words(EvidenceState state);  // "contradicted", "not measured", "not shown", "shown"

struct EvidenceCell {
  EvidenceState state = EvidenceState::kNotMeasured;
  std::string figure;  // "UF1 0.7209 [0.660, 0.775], the floor reaches 0.3734"
};

struct EvidenceRow {
  std::string id;
  std::string question;
  std::string rule;
  std::vector<EvidenceCell> cells;  // per EvidenceView::models
};

struct EvidenceView {
  std::vector<std::size_t> models;  // places in ReportView::models
  std::vector<EvidenceRow> rows;
  std::vector<EvidenceState> overall;  // per model, its weakest
  std::vector<std::string> overrides;  // thresholds that are not the defaults, in words
  std::string verdict;                 // the overall line; empty without a model
};

// Fills in ReportView::evidence. `runs` are the complete runs of each model of the view; everything else of the view is there already.
void add_evidence(const std::vector<std::vector<const Run*>>& runs, ReportView& view);

}  // namespace mexbench::reports
