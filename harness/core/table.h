// The one table printer of the command line: every verb with `--format text|json|md|csv` fills a Table and renders it.
//
//   text  aligned columns for people         scope   clips     UF1     UAR
//                                            all       442  0.7209  0.7250
//   md    the same as a Markdown table
//   json  an array with one object per row; members are the columns' keys, numbers in full precision
//   csv   a header of keys, numbers in full precision, undefined values empty
//
// Rounding happens in the text of a cell only; its value, which json and csv print, is never rounded.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::core {

enum class TableFormat { kText, kJson, kMarkdown, kCsv };

// "text", "json", "md" or "csv"; anything else is kUsage.
[[nodiscard]] Result<TableFormat> parse_table_format(std::string_view text);

enum class Align { kLeft, kRight };

struct Column {
  std::string heading;  // for people, with its unit: "latency (ms)"
  Align align = Align::kLeft;
  std::string key = {};  // for json and csv: "latency_ms"; empty: the heading
};

struct Cell {
  Cell(std::string shown) : text(std::move(shown)), value(text) {}  // NOLINT(google-explicit-constructor)
  Cell(const char* shown) : Cell(std::string(shown)) {}             // NOLINT(google-explicit-constructor)
  Cell(std::string shown, nlohmann::json raw) : text(std::move(shown)), value(std::move(raw)) {}

  static Cell integer(std::int64_t number) { return {std::to_string(number), number}; }
  // Shown with `decimals` digits behind the point.
  static Cell number(double number, int decimals);
  // Shown with three significant digits: 4.77e-07.
  static Cell scientific(double number);
  // Shown as "-"; null with its reason in json, empty in csv.
  static Cell undefined(std::string_view reason) { return {"-", {{"value", nullptr}, {"reason", reason}}}; }

  std::string text;
  nlohmann::json value;
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;  // each as long as columns
};

// Ends in a newline. A table without rows is its header, or `[]`.
[[nodiscard]] std::string render(const Table& table, TableFormat format);

}  // namespace mexbench::core
