#include "harness/core/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "harness/core/csv.h"

namespace mexbench::core {
namespace {

// Code points, which is columns for the scripts our names are written in.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// Control bytes would break the lines of a table or garble a terminal.
std::string one_line(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return out;
}

std::string for_markdown(std::string_view text) {
  std::string out;
  for (const char c : one_line(text)) {
    if (c == '|' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

using Grid = std::vector<std::vector<std::string>>;

// Heading and rows as shown texts.
Grid grid_of(const Table& table, std::string (*show)(std::string_view)) {
  Grid grid;
  std::vector<std::string>& heading = grid.emplace_back();
  for (const Column& column : table.columns) heading.push_back(show(column.heading));
  for (const std::vector<Cell>& row : table.rows) {
    std::vector<std::string>& line = grid.emplace_back();
    for (const Cell& cell : row) line.push_back(show(cell.text));
  }
  return grid;
}

std::vector<std::size_t> widths_of(const Grid& grid, std::size_t least) {
  std::vector<std::size_t> widths(grid.front().size(), least);
  for (const auto& line : grid) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width_of(line[i]));
  }
  return widths;
}

std::string padded(const std::string& text, std::size_t width, Align align) {
  const std::string blanks(width - width_of(text), ' ');
  return align == Align::kRight ? blanks + text : text + blanks;
}

std::string render_text(const Table& table) {
  const Grid grid = grid_of(table, one_line);
  const std::vector<std::size_t> widths = widths_of(grid, 0);
  std::string out;
  for (const auto& line : grid) {
    std::string drawn;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (i > 0) drawn += "  ";
      drawn += padded(line[i], widths[i], table.columns[i].align);
    }
    drawn.erase(drawn.find_last_not_of(' ') + 1);
    out += drawn + "\n";
  }
  return out;
}

std::string render_markdown(const Table& table) {
  const Grid grid = grid_of(table, for_markdown);
  const std::vector<std::size_t> widths = widths_of(grid, 3);
  std::string out;
  for (std::size_t row = 0; row < grid.size(); ++row) {
    for (std::size_t i = 0; i < widths.size(); ++i) out += "| " + padded(grid[row][i], widths[i], table.columns[i].align) + " ";
    out += "|\n";
    if (row > 0) continue;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const bool right = table.columns[i].align == Align::kRight;
      out += fmt::format("| {}{} ", std::string(widths[i] - (right ? 1 : 0), '-'), right ? ":" : "");
    }
    out += "|\n";
  }
  return out;
}

const std::string& key_of(const Column& column) { return column.key.empty() ? column.heading : column.key; }

std::string render_json(const Table& table) {
  std::string out = "[";
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < table.columns.size(); ++i) object[key_of(table.columns[i])] = table.rows[row][i].value;
    out += (row > 0 ? ",\n  " : "\n  ") + object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  }
  return out + (table.rows.empty() ? "]\n" : "\n]\n");
}

std::string csv_value(const nlohmann::json& value) {
  if (value.is_null() || (value.is_object() && value.contains("value") && value["value"].is_null())) return {};
  if (value.is_string()) return csv_field(value.get_ref<const std::string&>());
  return csv_field(value.dump());
}

std::string render_csv(const Table& table) {
  std::string out;
  for (std::size_t i = 0; i < table.columns.size(); ++i) out += (i > 0 ? "," : "") + csv_field(key_of(table.columns[i]));
  out += '\n';
  for (const std::vector<Cell>& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) out += (i > 0 ? "," : "") + csv_value(row[i].value);
    out += '\n';
  }
  return out;
}

}  // namespace

Result<TableFormat> parse_table_format(std::string_view text) {
  if (text == "text") return TableFormat::kText;
  if (text == "json") return TableFormat::kJson;
  if (text == "md") return TableFormat::kMarkdown;
  if (text == "csv") return TableFormat::kCsv;
  return Error(ErrorCode::kUsage, fmt::format("unknown format '{}', 'text', 'json', 'md' or 'csv' is wanted", text));
}

Cell Cell::scientific(double number) { return {fmt::format("{:.3g}", number), number}; }

Cell Cell::number(double number, int decimals) { return {fmt::format("{:.{}f}", number, decimals), number}; }

std::string render(const Table& table, TableFormat format) {
  assert(std::all_of(table.rows.begin(), table.rows.end(), [&](const auto& row) { return row.size() == table.columns.size(); }));
  switch (format) {
    case TableFormat::kJson:
      return render_json(table);
    case TableFormat::kMarkdown:
      return render_markdown(table);
    case TableFormat::kCsv:
      return render_csv(table);
    case TableFormat::kText:
      break;
  }
  return render_text(table);
}

}  // namespace mexbench::core
