// View models into files. Each renderer is a function of the view alone: same view, same bytes.
#pragma once

#include <string>
#include <vector>

#include "reports/view.h"

namespace mexbench::reports {

// One self-contained page: style, script and figures inside, no request to anywhere, complete with scripts off (they only sort, copy
// and mark the place in the table of contents).
[[nodiscard]] std::string render_html(const ReportView& view);

// GitHub-flavoured Markdown; refers to the SVG files beside it.
[[nodiscard]] std::string render_markdown(const ReportView& view);

// A `table` environment for \input into a document that loads booktabs, narrow enough for a page of `article`: one row per model (the
// mean over several seeds, with the range below), then the published figures and the differences. Its label is tab:<experiment>.
[[nodiscard]] std::string render_latex(const ReportView& view);

// The columns of a run's summary.csv, then `experiment`; full precision, complete runs only.
[[nodiscard]] std::string render_csv(const ReportView& view);

// latency.csv: a row per run and series, durations in milliseconds; and latency.tex, a `table` environment that loads booktabs, with the
// series that counts of each run. For a report with a timed run.
[[nodiscard]] std::string render_latency_csv(const ReportView& view);
[[nodiscard]] std::string render_latency_latex(const ReportView& view);

// report.json, schema "mexbench.report/1" (docs/file-formats.md): every number of the page, full precision.
[[nodiscard]] std::string render_json(const ReportView& view);

// Names of the figures' files (report.h), none of them twice in a report.
[[nodiscard]] std::string confusion_file(const ReportView& view, const RunView& run, const std::string& scope);
[[nodiscard]] std::string subjects_file(const ReportView& view, const ModelView& model);
[[nodiscard]] std::vector<std::string> selection_files(const ReportView& view);  // one per curve that is drawn
[[nodiscard]] std::vector<std::string> latency_files(const ReportView& view);    // one per group with a point
[[nodiscard]] std::string calibration_file(const ReportView& view, const ModelView& model);
[[nodiscard]] std::string training_file(const ReportView& view, const RunView& run);
inline constexpr const char* kRiskCoverageFile = "risk-coverage.svg";

}  // namespace mexbench::reports
