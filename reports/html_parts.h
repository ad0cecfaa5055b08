// The pieces of the page. Every function returns markup; plain text goes in through h().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/origins.h"
#include "reports/pair_sentences.h"
#include "reports/text.h"
#include "reports/view.h"

namespace mexbench::reports::html {

[[nodiscard]] inline std::string h(std::string_view text) { return escape_html(text); }

// Every number of the page leads to what it was computed from: `to` is the anchor of a run or of several (origins.h), of a published
// result for its figures. Such a link looks like the text around it until it is pointed at or has the focus.
[[nodiscard]] std::string linked(std::string_view to, const std::string& markup);
// The anchors of models, by their places; of the runs of a group of clips; of all.
[[nodiscard]] std::string of_model(const ReportView& view, std::size_t model);
[[nodiscard]] std::string of_models(const ReportView& view, std::span<const std::size_t> models);
[[nodiscard]] std::string of_group(const ReportView& view, const ScopeGroup& group);
[[nodiscard]] std::string of_all(const ReportView& view);

// A <td> with a number.
struct Number {
  std::string text;               // markup
  std::string below;              // markup that belongs to it: its interval, a range
  std::optional<double> value{};  // what a sort goes by, where the text alone would not do
  std::string_view kind{};        // class beside "n": "absent", "reference"
};
[[nodiscard]] std::string number_cell(std::string_view to, const Number& number);
// A number, or "undefined" and its footnote.
[[nodiscard]] std::string figure_cell(const ReportView& view, std::string_view to, const FigureCell& figure);
// The same with the interval below it; null: none belongs here.
[[nodiscard]] std::string interval_cell(const ReportView& view, std::string_view to, const FigureCell& figure,
                                        const IntervalCell* interval);
// The mean and, below it, the interval of the mean, if there is one, and the range over seeds.
[[nodiscard]] std::string spread_cell(const ReportView& view, std::string_view to, const SpreadCell& figure,
                                      const IntervalCell* interval = nullptr);
[[nodiscard]] std::string count_cell(std::string_view to, std::int64_t count);
// Plain text, its numbers linked.
[[nodiscard]] std::string prose(std::string_view to, std::string_view text);
// A generated sentence, its numbers linked to the runs that it is about (runs_told), and several of them as paragraphs or as a list.
[[nodiscard]] std::string told(const ReportView& view, std::string_view sentence);
[[nodiscard]] std::string paragraphs(const ReportView& view, const std::vector<std::string>& sentences);
[[nodiscard]] std::string findings(const ReportView& view, const std::vector<std::string>& sentences);
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
[[nodiscard]] std::string latency(const ReportView& view);
[[nodiscard]] std::string published(const ReportView& view);
[[nodiscard]] std::string inputs(const ReportView& view);
// `groups`: anchors of several runs that numbers lead to, each once.
[[nodiscard]] std::string provenance(const ReportView& view, const std::vector<std::string>& groups);
[[nodiscard]] std::string evidence(const ReportView& view);
[[nodiscard]] std::string notes(const ReportView& view);

}  // namespace mexbench::reports::html
