// The pieces of the page. Every function returns markup; plain text goes in through h().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/pair_sentences.h"
#include "reports/text.h"
#include "reports/view.h"

namespace mexbench::reports::html {

[[nodiscard]] inline std::string h(std::string_view text) { return escape_html(text); }

// A <td> with a number or with "undefined" and its footnote.
[[nodiscard]] std::string figure_cell(const ReportView& view, const FigureCell& figure);
// The same with the interval below it; null: none belongs here.
[[nodiscard]] std::string interval_cell(const ReportView& view, const FigureCell& figure, const IntervalCell* interval);
// A <td> with the mean and, below it, the interval of the mean, if there is one, and the range over seeds.
[[nodiscard]] std::string spread_cell(const ReportView& view, const SpreadCell& figure, const IntervalCell* interval = nullptr);
[[nodiscard]] std::string count_cell(std::int64_t count);
// VALID, UNAUDITED, INVALID, or "includes" one of them.
[[nodiscard]] std::string badge(const std::string& verdict);
[[nodiscard]] std::string facts(const std::vector<Fact>& list);
// A table in a box that scrolls by itself; `head` and `body` are rows.
[[nodiscard]] std::string table(std::string_view css_class, std::string_view caption, const std::string& head, const std::string& body);
// A column heading that script turns into a sort button; `words` is markup.
[[nodiscard]] std::string sortable(std::string_view words, bool number);
// A figure that is drawn twice, for a page and for a phone, of which the style sheet shows one.
[[nodiscard]] std::string figure(const std::string& page, const std::string& phone, std::string_view caption);
// A command with its copy button.
[[nodiscard]] std::string command(const std::string& text);

// The sections, in page order. Each returns the inner markup of its <section>.
[[nodiscard]] std::string summary(const ReportView& view);
[[nodiscard]] std::string incomplete(const ReportView& view);
[[nodiscard]] std::string comparisons(const ReportView& view);
[[nodiscard]] std::string changes(const ReportView& view);
[[nodiscard]] std::string audit(const ReportView& view);
[[nodiscard]] std::string models(const ReportView& view);
[[nodiscard]] std::string datasets(const ReportView& view);
[[nodiscard]] std::string classes(const ReportView& view);
[[nodiscard]] std::string subjects(const ReportView& view);
[[nodiscard]] std::string selection(const ReportView& view);
[[nodiscard]] std::string conventions(const ReportView& view);
[[nodiscard]] std::string influence(const ReportView& view);
[[nodiscard]] std::string calibration(const ReportView& view);
[[nodiscard]] std::string training(const ReportView& view);
[[nodiscard]] std::string published(const ReportView& view);
[[nodiscard]] std::string inputs(const ReportView& view);
[[nodiscard]] std::string provenance(const ReportView& view);
[[nodiscard]] std::string evidence(const ReportView& view);
[[nodiscard]] std::string notes(const ReportView& view);

}  // namespace mexbench::reports::html
