// Which runs a number of the report was computed from, and the place on a page that says so: `run-3` is the article of one run under
// Provenance, `runs-1.3-7` the row there that names runs 1 to 3 and 7. The name of a place holds the runs themselves, so a link needs no
// register, and the page lists the groups that its links lead to.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/view.h"

namespace mexbench::reports {

using Runs = std::vector<std::size_t>;  // places in ReportView::runs, ascending, each once

[[nodiscard]] Runs all_runs(const ReportView& view);
// Of models, by their places in ReportView::models.
[[nodiscard]] Runs runs_of_models(const ReportView& view, std::span<const std::size_t> models);
[[nodiscard]] Runs runs_of_pair(const ReportView& view, std::size_t first, std::size_t second);
[[nodiscard]] Runs runs_in(const ReportView& view, const ScopeGroup& group);
// Of the models whose names stand in a generated sentence as words of their own; of a sentence without such a name, all. Where one name
// is part of another, the longer one counts.
[[nodiscard]] Runs runs_told(const ReportView& view, std::string_view sentence);

// `runs` are not empty.
[[nodiscard]] std::string anchor_of(const Runs& runs);
// The runs that an anchor of several stands for; nothing for any other text.
[[nodiscard]] std::optional<Runs> runs_at(std::string_view anchor);

// Where the numbers of a sentence stand in it: figures of a row ("0.7209 [0.652, 0.768]") together, without the punctuation behind them.
// A digit inside a word ("UF1", "casme2/sub01") is none.
struct NumberPlace {
  std::size_t begin = 0;  // byte
  std::size_t end = 0;    // behind the last byte
  friend bool operator==(const NumberPlace&, const NumberPlace&) = default;
};
[[nodiscard]] std::vector<NumberPlace> numbers_in(std::string_view sentence);

}  // namespace mexbench::reports
