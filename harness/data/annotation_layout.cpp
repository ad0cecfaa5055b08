#include "harness/data/annotation_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/names.h"
#include "harness/core/text.h"
#include "harness/data/annotation_positions.h"
#include "harness/data/annotation_text.h"
#include "harness/data/frame_cell.h"

namespace mexbench::data {
namespace {

using core::Error;
using core::ErrorCode;

// SAMM's legend is 13 lines long; whoever adds a legend of their own stays below this.
constexpr std::size_t kDeepestHeader = 60;

bool is_named(std::string_view name, const std::vector<std::string_view>& names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view one) { return core::plain_name(one) == core::plain_name(name); });
}

// The sheets to look at, in this order.
std::vector<const Sheet*> candidates(const Workbook& workbook, const AnnotationFormat& format) {
  std::vector<const Sheet*> out;
  for (const std::string_view wanted : format.sheets) {
    for (const Sheet& sheet : workbook.sheets) {
      if (core::plain_name(sheet.name) == core::plain_name(wanted)) out.push_back(&sheet);
    }
  }
  for (const Sheet& sheet : workbook.sheets) {
    if (std::find(out.begin(), out.end(), &sheet) == out.end() && !is_named(sheet.name, format.foreign_sheets)) out.push_back(&sheet);
  }
  return out;
}

bool has_released_name(const Workbook& workbook, const Sheet& sheet, const AnnotationFormat& format) {
  return workbook.kind == WorkbookKind::kCsv || format.sheets.empty() || is_named(sheet.name, format.sheets);
}

// Rows read as the header of one form.
struct HeaderTry {
  const Sheet* sheet = nullptr;
  std::size_t header = 0;  // position of the lower row
  std::map<Field, std::size_t> columns;
  std::vector<const ColumnDef*> missing;  // required ones
  std::vector<const ColumnDef*> doubled;  // of whose name there are two columns
  std::size_t found = 0;                  // required ones
  bool surplus = false;                   // columns the form does not allow
  bool as_released = true;                // required ones have the release's names
  std::optional<std::size_t> gap;         // the empty column behind which another table stands

  [[nodiscard]] bool fits() const { return missing.empty() && doubled.empty() && !surplus; }
};

bool is_numeric(const SheetCell& cell) { return cell.is_number() || core::parse_double(cell.text()).has_value(); }

std::size_t filled_cells(const SheetRow& row) {
  return static_cast<std::size_t>(std::count_if(row.cells.begin(), row.cells.end(), [](const SheetCell& cell) { return !cell.empty(); }));
}

// Whether the row may stand below another one and name the columns that it leaves to it.
bool may_be_lower_header(const SheetRow& upper, const SheetRow& lower) {
  return filled_cells(upper) > 1 && filled_cells(lower) > 1 && std::none_of(lower.cells.begin(), lower.cells.end(), is_numeric);
}

// Comparable names of the columns, by the row alone or, where it is empty, by the one above.
std::vector<std::string> column_names(const Sheet& sheet, std::size_t header, bool with_upper) {
  const SheetRow& row = sheet.rows[header];
  const std::size_t width = std::max(row.cells.size(), with_upper ? sheet.rows[header - 1].cells.size() : 0);
  std::vector<std::string> names;
  for (std::size_t column = 0; column < width; ++column) {
    const SheetCell& cell = row.cell(column);
    names.push_back(column_name(cell.empty() && with_upper ? sheet.rows[header - 1].cell(column).text() : cell.text()));
  }
  return names;
}

// A second table to the right may repeat names of the first. It begins behind an empty column that follows all required ones.
void leave_out_second_table(const AnnotationForm& form, const std::vector<std::string>& names, HeaderTry& header) {
  if (header.doubled.empty() || !header.missing.empty()) return;
  std::size_t last = 0;
  for (const ColumnDef& column : form.columns) {
    if (column.required) last = std::max(last, header.columns.at(column.field));
  }
  const auto gap = std::find(names.begin() + static_cast<std::ptrdiff_t>(last), names.end(), std::string());
  if (gap == names.end()) return;
  const bool in_first = std::any_of(header.doubled.begin(), header.doubled.end(), [&](const ColumnDef* column) {
    const std::string& name = names[header.columns.at(column->field)];
    return std::count(names.begin(), gap, name) > 1;
  });
  if (in_first) return;
  header.doubled.clear();
  header.gap = static_cast<std::size_t>(gap - names.begin());
  std::erase_if(header.columns, [&](const auto& one) { return one.second > *header.gap; });
}

HeaderTry try_header(const Sheet& sheet, std::size_t row, bool with_upper, const AnnotationForm& form) {
  HeaderTry out{.sheet = &sheet,
                .header = row,
                .columns = {},
                .missing = {},
                .doubled = {},
                .found = 0,
                .surplus = false,
                .as_released = true,
                .gap = {}};
  const std::vector<std::string> names = column_names(sheet, row, with_upper);
  for (const ColumnDef& column : form.columns) {
    // Earlier names are preferred: a sheet may have both `OnsetF`, a frame, and `Onset`, a time.
    const auto name = std::find_if(column.names.begin(), column.names.end(), [&](std::string_view one) {
      return std::find(names.begin(), names.end(), core::plain_name(one)) != names.end();
    });
    if (name == column.names.end()) {
      if (column.required) out.missing.push_back(&column);
      continue;
    }
    const std::string wanted = core::plain_name(*name);
    if (std::count(names.begin(), names.end(), wanted) > 1) out.doubled.push_back(&column);
    out.columns[column.field] = static_cast<std::size_t>(std::find(names.begin(), names.end(), wanted) - names.begin());
    out.found += column.required ? 1 : 0;
    out.as_released = out.as_released && (!column.required || name == column.names.begin());
  }
  const auto named = std::count_if(names.begin(), names.end(), [](const std::string& name) { return !name.empty(); });
  out.surplus = form.only && static_cast<std::size_t>(named) > out.columns.size();
  leave_out_second_table(form, names, out);
  return out;
}

AnnotationLayout layout_of(HeaderTry&& header, bool with_upper, bool sheet_as_released) {
  AnnotationLayout out{.sheet = header.sheet,
                       .header = header.header,
                       .first_row = header.header + 1,
                       .columns = std::move(header.columns),
                       .as_released = header.as_released && sheet_as_released,
                       .notes = {}};
  if (with_upper) {
    const auto row = [&](std::size_t at) { return out.sheet->rows[at].number; };
    out.notes.push_back(fmt::format("the header stands in rows {} and {}", row(header.header - 1), row(header.header)));
  }
  if (header.gap) out.notes.push_back(fmt::format("what stands behind the empty column {} is another table", column_letters(*header.gap)));
  return out;
}

// The header of the sheet, of the release's names if any form has them; the nearest miss is kept for the message.
std::optional<AnnotationLayout> find_header(const Sheet& sheet, const AnnotationFormat& format, bool sheet_as_released,
                                            std::optional<HeaderTry>& nearest) {
  for (const bool with_upper : {false, true}) {
    std::optional<AnnotationLayout> by_other_names;  // wins only where no form of the release fits
    for (const AnnotationForm& form : format.forms) {
      for (std::size_t i = with_upper ? 1 : 0; i < std::min(kDeepestHeader, sheet.rows.size()); ++i) {
        if (with_upper && !may_be_lower_header(sheet.rows[i - 1], sheet.rows[i])) continue;
        HeaderTry header = try_header(sheet, i, with_upper, form);
        if (header.fits()) {
          AnnotationLayout layout = layout_of(std::move(header), with_upper, sheet_as_released);
          if (layout.as_released) return layout;
          if (!by_other_names) by_other_names = std::move(layout);
        } else if (!with_upper && !header.surplus && header.found > (nearest ? nearest->found : 1)) {
          nearest = std::move(header);
        }
      }
    }
    if (by_other_names) return by_other_names;
  }
  return std::nullopt;
}

std::vector<std::string> names_of(const std::vector<const ColumnDef*>& columns) {
  std::vector<std::string> out;
  for (const ColumnDef* column : columns) out.emplace_back(column->names.front());
  return out;
}

std::vector<std::string> header_texts(const HeaderTry& header) {
  std::vector<std::string> out;
  for (const SheetCell& cell : header.sheet->rows[header.header].cells) {
    if (!cell.empty()) out.push_back(cell.text());
  }
  return out;
}

// Named columns that no field is read from.
std::vector<std::size_t> unused_columns(const HeaderTry& header) {
  const SheetRow& row = header.sheet->rows[header.header];
  std::vector<std::size_t> out;
  for (std::size_t column = 0; column < row.cells.size(); ++column) {
    const bool used = std::any_of(header.columns.begin(), header.columns.end(), [&](const auto& one) { return one.second == column; });
    if (!used && !row.cells[column].empty()) out.push_back(column);
  }
  return out;
}

// The column that may be meant by a name that is missing.
std::optional<std::string> nearest_column(const HeaderTry& header, std::string_view missing) {
  std::vector<std::string> unused;
  for (const std::size_t column : unused_columns(header)) unused.push_back(header.sheet->rows[header.header].cell(column).text());
  return core::closest(missing, unused);
}

// Whether most cells of the column are frames at or behind the onset of their row.
bool holds_later_frames(const HeaderTry& header, std::size_t column) {
  std::size_t rows = 0;
  std::size_t later = 0;
  for (std::size_t i = header.header + 1; i < header.sheet->rows.size(); ++i) {
    const auto onset = read_frame(header.sheet->rows[i].cell(header.columns.at(Field::kOnset)), 0);
    const auto other = read_frame(header.sheet->rows[i].cell(column), 0);
    rows += onset.frame ? 1 : 0;
    later += onset.frame && other.frame && *other.frame >= *onset.frame ? 1 : 0;
  }
  return rows > 0 && later * 2 > rows;
}

// A copy for those who need no more than onset and apex has no offsets. It is read, unless a column under another name may be the offset.
std::optional<AnnotationLayout> without_offset(const HeaderTry& header) {
  if (header.missing.size() != 1 || header.missing.front()->field != Field::kOffset || !header.doubled.empty()) return std::nullopt;
  if (!header.columns.contains(Field::kOnset) || !header.columns.contains(Field::kApex)) return std::nullopt;
  if (nearest_column(header, header.missing.front()->names.front())) return std::nullopt;
  const std::vector<std::size_t> unused = unused_columns(header);
  if (std::any_of(unused.begin(), unused.end(), [&](std::size_t column) { return holds_later_frames(header, column); }))
    return std::nullopt;
  AnnotationLayout out = layout_of(HeaderTry(header), /*with_upper=*/false, /*sheet_as_released=*/false);
  out.notes.push_back(fmt::format("there is no column '{}'", header.missing.front()->names.front()));
  return out;
}

// A row that is nearly the header.
Error almost(const Workbook& workbook, const AnnotationFormat& format, const HeaderTry& header) {
  const SheetRow& row = header.sheet->rows[header.header];
  const std::vector<std::string> texts = header_texts(header);
  core::Diagnostic problem;
  problem.where = position_of(workbook, row, 0);
  problem.where.column = 0;
  const std::string where = workbook.kind == WorkbookKind::kCsv ? "" : fmt::format("sheet '{}', row {}: ", header.sheet->name, row.number);
  if (!header.missing.empty()) {
    const std::vector<std::string> missing = names_of(header.missing);
    problem.message = fmt::format("{}the annotation of {} has {} {}, this one has not", where, format.title,
                                  missing.size() == 1 ? "a column" : "columns", core::quoted_list(missing, "and"));
    const auto near = nearest_column(header, missing.front());
    problem.hint = fmt::format("its columns are {}{}", core::quoted_list(texts, "and"),
                               near ? fmt::format("; is '{}' meant to be '{}'?", *near, missing.front()) : std::string());
  } else {
    problem.message = fmt::format("{}two columns are called {}", where, core::quoted_list(names_of(header.doubled), "and"));
    problem.hint = "keep the one of the release";
  }
  return {ErrorCode::kData, std::move(problem)};
}

// Nothing like the header anywhere.
Error no_header(const Workbook& workbook, const AnnotationFormat& format) {
  std::vector<std::string> wanted;
  for (const ColumnDef& column : format.forms.front().columns) {
    if (column.required) wanted.emplace_back(column.names.front());
  }
  return Error::in_file(ErrorCode::kData, workbook.file,
                        fmt::format("is no annotation of {}: no row names the columns {}", format.title, core::quoted_list(wanted, "and")))
      .hint(beginning_of(workbook) + "; is it the sheet of another corpus?");
}

}  // namespace

std::string beginning_of(const Workbook& workbook) {
  constexpr std::size_t kMost = 12;  // names in a message
  std::vector<std::string> names;
  std::string_view what = "its first line has";
  if (workbook.kind != WorkbookKind::kCsv) {
    what = "sheets with content:";
    for (const Sheet& sheet : workbook.sheets) {
      if (!sheet.rows.empty()) names.push_back(sheet.name);
    }
  } else if (!workbook.sheets.front().rows.empty()) {
    for (const SheetCell& cell : workbook.sheets.front().rows.front().cells) names.push_back(cell.text());
  }
  if (names.empty()) return "it has no cell with content";
  const std::size_t more = names.size() > kMost ? names.size() - kMost : 0;
  names.resize(names.size() - more);
  return more == 0 ? fmt::format("{} {}", what, core::quoted_list(names, "and"))
                   : fmt::format("{} {}, and {} more", what, core::quoted_list(names, "and"), more);
}

core::Result<AnnotationLayout> find_layout(const Workbook& workbook, const AnnotationFormat& format) {
  const std::vector<const Sheet*> sheets = candidates(workbook, format);
  if (std::all_of(sheets.begin(), sheets.end(), [](const Sheet* sheet) { return sheet->rows.empty(); }))
    return Error::in_file(ErrorCode::kData, workbook.file, fmt::format("has no sheet with content that is about {}", format.title));
  std::optional<HeaderTry> nearest;
  std::vector<AnnotationLayout> found;  // by sheet
  for (const Sheet* sheet : sheets) {
    auto layout = find_header(*sheet, format, has_released_name(workbook, *sheet, format), nearest);
    if (layout) found.push_back(*std::move(layout));
  }
  for (const Sheet* sheet : sheets) {
    auto layout = found.empty() ? find_by_position(*sheet, format) : std::nullopt;
    if (!layout) continue;
    layout->as_released = layout->as_released && has_released_name(workbook, *sheet, format);
    found.push_back(*std::move(layout));
  }
  if (found.empty() && nearest) {
    auto layout = without_offset(*nearest);
    if (layout) return *std::move(layout);
  }
  if (found.empty()) return nearest ? almost(workbook, format, *nearest) : no_header(workbook, format);
  AnnotationLayout out = std::move(found.front());
  if (found.size() > 1 && !is_named(out.sheet->name, format.sheets)) {
    std::vector<std::string> others;
    for (std::size_t i = 1; i < found.size(); ++i) others.push_back(found[i].sheet->name);
    out.notes.push_back(fmt::format("sheet '{}' is read, the first of its form; {} {} it too", out.sheet->name,
                                    core::quoted_list(others, "and"), others.size() == 1 ? "has" : "have"));
  }
  return out;
}

}  // namespace mexbench::data
