// The pieces of report.md.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text.h"
#include "reports/text.h"
#include "reports/view.h"

namespace mexbench::reports::markdown {

[[nodiscard]] inline std::string md(std::string_view text) { return escape_markdown(text); }

// Names lead to where their numbers are from: a run's to its place under Provenance, a model's to its place under Models, which names its
// runs. HTML anchors, because what a site makes of a heading differs between sites.
[[nodiscard]] inline std::string anchor(std::string_view id) { return fmt::format("<a id=\"{}\"></a>", id); }
[[nodiscard]] inline std::string model_anchor(std::size_t model) { return fmt::format("model-{}", model + 1); }
[[nodiscard]] inline std::string model_name(const ReportView& view, std::size_t model) {
  return fmt::format("[{}](#{})", md(view.models[model].name), model_anchor(model));
}
[[nodiscard]] inline std::string run_name(const RunView& run) { return fmt::format("[{}](#{})", md(run.model), run.anchor); }
// With the verdict of a model that has an INVALID run, for the head of a column.
[[nodiscard]] inline std::string model_column(const ReportView& view, std::size_t model) {
  const ModelView& of = view.models[model];
  return model_name(view, model) + (of.invalid ? ", " + of.verdict : std::string());
}

[[nodiscard]] inline std::string cell(const FigureCell& figure) {
  return figure.value ? four_decimals(*figure.value) : fmt::format("undefined (note {})", figure.note);
}

[[nodiscard]] inline std::string spread(const SpreadCell& figure) {
  if (!figure.mean.value) return cell(figure.mean);
  return fmt::format("{} ({}\xE2\x80\x93{})", four_decimals(*figure.mean.value), four_decimals(figure.low), four_decimals(figure.high));
}

// 0.72 [0.652, 0.768]; null: no interval belongs here.
[[nodiscard]] inline std::string with_interval(const FigureCell& figure, const IntervalCell* interval) {
  if (interval == nullptr || !figure.value) return cell(figure);
  if (interval->there()) return cell(figure) + " " + bounds(*interval->low, *interval->high);
  return interval->note == 0 ? cell(figure) : fmt::format("{} (no interval: note {})", cell(figure), interval->note);
}

// Cells are markup: plain text goes in through md().
[[nodiscard]] inline std::string row(const std::vector<std::string>& cells) { return "| " + core::join(cells, " | ") + " |\n"; }

// `alignment`: l or r per column.
[[nodiscard]] inline std::string header(const std::vector<std::string>& cells, std::string_view alignment) {
  std::string out = row(cells) + "|";
  for (const char side : alignment) out += side == 'r' ? " ---: |" : " --- |";
  return out + "\n";
}

// Sections that stand in a file of their own; nothing where they have nothing to say.
void comparisons(const ReportView& view, std::string& out);
void changes(const ReportView& view, std::string& out);
void audit(const ReportView& view, std::string& out);
void evidence(const ReportView& view, std::string& out);
void selection(const ReportView& view, std::string& out);
void conventions(const ReportView& view, std::string& out);
void influence(const ReportView& view, std::string& out);
void calibration(const ReportView& view, std::string& out);
void training(const ReportView& view, std::string& out);
void latency(const ReportView& view, std::string& out);

}  // namespace mexbench::reports::markdown
