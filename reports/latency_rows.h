// Rows of the latency section as every format writes them: texts and numbers, decided once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/view.h"

namespace mexbench::reports {

// A cell of such a table: what is shown, the number that a sort goes by, and the footnote in words where there is no number.
struct LatencyCell {
  std::string text;   // plain; "" where nothing belongs
  std::string below;  // plain; its interval
  std::optional<double> value{};
  std::string reason{};  // why there is no number
};
struct LatencyRow {
  std::size_t timed = 0;           // place in LatencySection::runs
  std::string name;                // of what the row is: a series, a stage, "100 fps"
  std::vector<LatencyCell> cells;  // one per column
  bool valid = true;
};
// `title` and `note` are sentences; every column has a heading and, for a reader of it, its meaning.
struct LatencyColumn {
  std::string heading;
  std::string meaning;
};
struct LatencyTable {
  std::string title;
  std::string name_heading;  // of LatencyRow::name; empty: a run has one row
  std::vector<LatencyColumn> columns;
  std::vector<LatencyRow> rows;
  std::string note;      // below the table; may be empty
  bool verdict = false;  // rows end in VALID or INVALID
};

// Series, stages, cold start, what the model costs, terms of micro-expressions; tables without a row are left out.
[[nodiscard]] std::vector<LatencyTable> latency_tables(const ReportView& view);
// Sentences of the records that belong below the last table, each once: what an apex is, which frames are counted, what was timed.
[[nodiscard]] std::vector<std::string> latency_remarks(const ReportView& view);
// A machine as facts, the environment last.
[[nodiscard]] std::vector<Fact> machine_facts(const LatencyMachine& of);

}  // namespace mexbench::reports
