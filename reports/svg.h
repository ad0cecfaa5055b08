// Figures as SVG text: the same bytes stand in the HTML page and in files of their own for a paper.
//
// Colours are presentation attributes for light paper; classes (ink, soft, rule, accent, open, paper, q0..q10 cells, t0..t10 their text)
// let the page's style sheet recolour them in the dark. Nothing is told by colour alone: cells carry their numbers, marks their shape.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "reports/view.h"

namespace mexbench::reports {

// A cell's colour by the share of its row, in eleven steps from 0 to 1, and the text colour that reads on it.
struct Shade {
  std::string fill;  // #rrggbb
  std::string text;
};
inline constexpr std::size_t kShades = 11;
[[nodiscard]] std::array<Shade, kShades> light_shades();
[[nodiscard]] std::array<Shade, kShades> dark_shades();
// Contrast of two #rrggbb colours, 1 to 21 (WCAG 2.1, relative luminance).
[[nodiscard]] double contrast(std::string_view a, std::string_view b);

// Rows are truth, columns predictions; each cell has the count and its share of the row in percent (none for a class without clips).
// What stands in an INVALID run says so below.
[[nodiscard]] std::string confusion_svg(const RunView& run, const ScopeView& scope);

// UF1, UAR or both of every model on every scope: a dot per seed (a crossed ring when its run is INVALID), a bar at the mean of several,
// a diamond for each published figure; behind them the floor, a band where 95 % of random draws fall and a dashed line for the majority.
// One metric alone fits a phone.
enum class ScorePanels { kBoth, kUf1, kUar };
[[nodiscard]] std::string scores_svg(const ReportView& view, ScorePanels which = ScorePanels::kBoth);

// Accuracy of each subject under one model (place in view.models): a dot per subject, its area in proportion to the subject's clips, one
// strip per dataset; dots of equal accuracy are stacked.
enum class FigureWidth { kPage, kPhone };
[[nodiscard]] std::string subjects_svg(const ReportView& view, std::size_t model, FigureWidth fits = FigureWidth::kPage);

// Every pair of a comparison's models: the difference of UF1, row less column, models from the best UF1 to the worst, with the adjusted p;
// a triangle where it is resolved, a ring where not. For at least two models.
[[nodiscard]] std::string pairs_svg(const ReportView& view, const ComparisonView& comparison);
// Average ranks of the models, a bar over those that can't be told apart. The comparison has ranks.
[[nodiscard]] std::string ranks_svg(const ReportView& view, const ComparisonView& comparison);
// Confidence and accuracy of a model in bins of equally many clips: a dot with its Wilson interval per bin, a dashed diagonal where a
// calibrated model's dots lie, and below it the clips of each bin over the confidences it spans. Of the first seed. Fits a phone.
[[nodiscard]] std::string reliability_svg(const ReportView& view, const CalibrationView& calibration);

// Error rate of each model among the clips it is surest of, against their share, mean over seeds: one figure whose curves differ in their
// dashes and end at their names; of more models than it can tell apart one small panel each, with the error rate that a confidence of no
// use gives (dashed) and the best order (dotted). The first clips, whose rates are of next to none, are left out.
[[nodiscard]] std::string risk_coverage_svg(const ReportView& view, FigureWidth fits = FigureWidth::kPage);

// Training loss of a run over its epochs with the band of its folds; below it pooled test UF1, the run's own score marked. Fits a phone.
[[nodiscard]] std::string training_svg(const ReportView& view, const TrainingView& training);

// UF1 of each timed run of a group with its interval against the p50 of its latency, on a scale of tenfold steps, with a whisker to p99.
// A line joins the Pareto front, whose runs are dots; a triangle lies behind it, an open ring is INVALID and says so. For at least one
// point.
[[nodiscard]] std::string latency_svg(const ReportView& view, const LatencyGroup& group, FigureWidth fits = FigureWidth::kPage);

// Whether the text is one of these figures, to tell ours from others of the same name.
[[nodiscard]] bool is_report_figure(std::string_view svg);

}  // namespace mexbench::reports
