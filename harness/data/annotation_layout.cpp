#include "harness/data/annotation_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/names.h"
#include "harness/core/text.h"
#include "harness/data/corpus_names.h"
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

// A row read as the header of one form.
struct HeaderTry {
  const Sheet* sheet = nullptr;
  std::size_t header = 0;
  std::map<Field, std::size_t> columns;
  std::vector<const ColumnDef*> missing;  // required ones
  std::vector<const ColumnDef*> doubled;  // of whose name there are two columns
  std::size_t found = 0;                  // required ones
  bool surplus = false;                   // columns the form does not allow
  bool as_released = true;                // required ones have the release's names

  [[nodiscard]] bool fits() const { return missing.empty() && doubled.empty() && !surplus; }
};

HeaderTry try_header(const Sheet& sheet, std::size_t header, const AnnotationForm& form) {
  HeaderTry out{
      .sheet = &sheet, .header = header, .columns = {}, .missing = {}, .doubled = {}, .found = 0, .surplus = false, .as_released = true};
  std::vector<std::string> names;
  for (const SheetCell& cell : sheet.rows[header].cells) names.push_back(core::plain_name(cell.text()));
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
  return out;
}

// Whether a sheet without header can be one of these columns: in its first rows, whose clip it is is known and frames are numbers.
bool is_plausible(const Sheet& sheet, const std::vector<Field>& fields, const std::vector<std::string_view>& labels) {
  constexpr std::size_t kRows = 5;
  if (sheet.rows.empty()) return false;
  for (std::size_t i = 0; i < std::min(kRows, sheet.rows.size()); ++i) {
    const SheetRow& row = sheet.rows[i];
    if (row.cells.size() > fields.size()) return false;
    for (std::size_t column = 0; column < fields.size(); ++column) {
      const SheetCell& cell = row.cell(column);
      switch (fields[column]) {
        case Field::kSubject:
        case Field::kClip:
          if (cell.empty()) return false;
          break;
        case Field::kDataset:
          if (datasets_named(cell.text()).empty()) return false;
          break;
        case Field::kOnset:
        case Field::kOffset:
          if (read_frame(cell, 0).reading != FrameReading::kFrame) return false;
          break;
        case Field::kEmotion:
          if (!labels.empty() && std::find(labels.begin(), labels.end(), cell.text()) == labels.end()) return false;
          break;
        default:
          break;
      }
    }
  }
  return true;
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
    std::vector<std::string> unused;
    for (std::size_t column = 0; column < row.cells.size(); ++column) {
      const bool used = std::any_of(header.columns.begin(), header.columns.end(), [&](const auto& one) { return one.second == column; });
      if (!used && !row.cells[column].empty()) unused.push_back(row.cells[column].text());
    }
    const auto near = core::closest(missing.front(), unused);
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
  std::vector<std::string> sheets;
  for (const Sheet& sheet : workbook.sheets) {
    if (!sheet.rows.empty()) sheets.push_back(sheet.name);
  }
  std::string found;
  if (workbook.kind != WorkbookKind::kCsv) {
    found = fmt::format("sheets with content: {}; ", core::quoted_list(sheets, "and"));
  } else if (!workbook.sheets.front().rows.empty()) {
    std::vector<std::string> fields;
    for (const SheetCell& cell : workbook.sheets.front().rows.front().cells) fields.push_back(cell.text());
    found = fmt::format("its first line has {}; ", core::quoted_list(fields, "and"));
  }
  return Error::in_file(ErrorCode::kData, workbook.file,
                        fmt::format("is no annotation of {}: no row names the columns {}", format.title, core::quoted_list(wanted, "and")))
      .hint(found + "is it the sheet of another corpus?");
}

}  // namespace

core::Result<AnnotationLayout> find_layout(const Workbook& workbook, const AnnotationFormat& format) {
  const std::vector<const Sheet*> sheets = candidates(workbook, format);
  if (std::all_of(sheets.begin(), sheets.end(), [](const Sheet* sheet) { return sheet->rows.empty(); }))
    return Error::in_file(ErrorCode::kData, workbook.file, fmt::format("has no sheet with content that is about {}", format.title));
  std::optional<HeaderTry> nearest;
  for (const Sheet* sheet : sheets) {
    std::optional<AnnotationLayout> by_other_names;  // wins only where no form of the release fits
    for (const AnnotationForm& form : format.forms) {
      for (std::size_t i = 0; i < std::min(kDeepestHeader, sheet->rows.size()); ++i) {
        HeaderTry header = try_header(*sheet, i, form);
        if (header.fits()) {
          AnnotationLayout layout{.sheet = sheet,
                                  .header = i,
                                  .columns = std::move(header.columns),
                                  .as_released = header.as_released && has_released_name(workbook, *sheet, format)};
          if (layout.as_released) return layout;
          if (!by_other_names) by_other_names = std::move(layout);
        } else if (!header.surplus && header.found > (nearest ? nearest->found : 1)) {
          nearest = std::move(header);
        }
      }
    }
    if (by_other_names) return *std::move(by_other_names);
    for (const auto& fields : format.headerless) {
      if (!is_plausible(*sheet, fields, format.labels)) continue;
      AnnotationLayout layout{.sheet = sheet, .header = {}, .columns = {}, .as_released = has_released_name(workbook, *sheet, format)};
      for (std::size_t column = 0; column < fields.size(); ++column) layout.columns.try_emplace(fields[column], column);
      return layout;
    }
  }
  return nearest ? almost(workbook, format, *nearest) : no_header(workbook, format);
}

}  // namespace mexbench::data
