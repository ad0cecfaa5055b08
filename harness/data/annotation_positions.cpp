#include "harness/data/annotation_positions.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/names.h"
#include "harness/core/text.h"
#include "harness/data/annotation_text.h"
#include "harness/data/corpus_names.h"
#include "harness/data/frame_cell.h"

namespace mexbench::data {
namespace {

using Columns = std::vector<std::size_t>;

// A data frame without names numbers its columns, from 0, and often its rows in front of them: `,0,1,2,3`.
bool numbers_columns(const SheetRow& row) {
  const std::size_t from = row.cell(0).empty() ? 1 : 0;
  for (std::size_t column = from; column < row.cells.size(); ++column) {
    if (core::parse_int(row.cells[column].text()) != static_cast<std::int64_t>(column - from)) return false;
  }
  return row.cells.size() > from + 2;
}

// Whether the column counts the rows.
bool numbers_rows(const Sheet& sheet, std::size_t first_row, std::size_t column) {
  const auto first = core::parse_int(sheet.rows[first_row].cell(column).text());
  if (!first || sheet.rows.size() < first_row + 2) return false;
  for (std::size_t i = first_row; i < sheet.rows.size(); ++i) {
    if (core::parse_int(sheet.rows[i].cell(column).text()) != *first + static_cast<std::int64_t>(i - first_row)) return false;
  }
  return true;
}

// Columns with anything in them below `first_row`.
Columns filled_columns(const Sheet& sheet, std::size_t first_row, std::size_t width) {
  Columns out;
  for (std::size_t column = 0; column < width; ++column) {
    const auto begin = sheet.rows.begin() + static_cast<std::ptrdiff_t>(first_row);
    if (std::any_of(begin, sheet.rows.end(), [&](const SheetRow& row) { return !row.cell(column).empty(); })) out.push_back(column);
  }
  return out;
}

struct Reading {
  bool possible = true;
  bool has_frames = true;  // onset and offset are frames where the form has them
  bool fits_name = true;   // the clip is called as the release calls clips
};

bool is_label(const std::string& text, const AnnotationFormat& format) {
  const std::string plain = whole_number(text).value_or(text);
  return format.labels.empty() ? !text.empty() : std::find(format.labels.begin(), format.labels.end(), plain) != format.labels.end();
}

Reading read(const SheetRow& row, const Columns& columns, const std::vector<Field>& fields, const AnnotationFormat& format) {
  Reading out;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    static const SheetCell kNone;
    const SheetCell& cell = i < columns.size() ? row.cell(columns[i]) : kNone;
    const std::string text = cell.text();
    switch (fields[i]) {
      case Field::kSubject:
        out.possible = out.possible && !text.empty();
        break;
      case Field::kClip:
        out.possible = out.possible && !text.empty();
        out.fits_name = format.is_clip == nullptr || format.is_clip(text);
        break;
      case Field::kDataset:
        out.possible = out.possible && !datasets_named(text).empty();
        break;
      case Field::kOnset:
      case Field::kOffset: {
        const FrameReading frame = read_frame(cell, 0).reading;
        out.possible = out.possible && frame != FrameReading::kUnreadable && (frame != FrameReading::kFraction || format.fractions);
        out.has_frames = out.has_frames && (frame == FrameReading::kFrame || frame == FrameReading::kFraction);
        break;
      }
      case Field::kEmotion:
        out.possible = out.possible && is_label(text, format);
        break;
      case Field::kType: {
        const std::string type = core::lower(text);
        out.possible = out.possible && (type.find("micro") != std::string::npos || type.find("macro") != std::string::npos);
        break;
      }
      default:
        break;
    }
  }
  return out;
}

// Whether the columns hold these fields: in nine of ten rows nothing speaks against it (lines of totals may follow the clips), in half of
// them there are frames and names of the release.
bool is_plausible(const Sheet& sheet, std::size_t first_row, const Columns& columns, const std::vector<Field>& fields,
                  const AnnotationFormat& format) {
  std::size_t rows = 0;
  std::size_t against = 0;
  std::size_t without_frames = 0;
  std::size_t misnamed = 0;
  for (std::size_t i = first_row; i < sheet.rows.size(); ++i) {
    const Reading reading = read(sheet.rows[i], columns, fields, format);
    ++rows;
    against += reading.possible ? 0 : 1;
    without_frames += reading.has_frames ? 0 : 1;
    misnamed += reading.fits_name ? 0 : 1;
  }
  return rows > 0 && against <= rows / 10 && without_frames <= rows / 2 && misnamed <= rows / 2;
}

AnnotationLayout layout_of(const Sheet& sheet, std::size_t first_row, const Columns& columns, const std::vector<Field>& fields) {
  AnnotationLayout out{.sheet = &sheet, .header = {}, .first_row = first_row, .columns = {}, .as_released = true, .notes = {}};
  for (std::size_t i = 0; i < std::min(fields.size(), columns.size()); ++i) out.columns.try_emplace(fields[i], columns[i]);
  if (first_row > 0) out.notes.emplace_back("the first row only numbers the columns");
  if (columns.size() > fields.size()) {
    std::vector<std::string> names;
    for (std::size_t i = fields.size(); i < columns.size(); ++i) names.push_back(column_letters(columns[i]));
    out.notes.push_back(fmt::format("{} {} without a name, left out", names.size() == 1 ? "column" : "columns", core::join(names, ", ")));
  }
  return out;
}

std::string fields_in_words(const std::vector<Field>& fields) {
  std::vector<std::string> names;
  for (const Field field : fields) names.emplace_back(to_string(field));
  return core::join(names, ", ");
}

}  // namespace

std::optional<AnnotationLayout> find_by_position(const Sheet& sheet, const AnnotationFormat& format) {
  if (sheet.rows.empty()) return std::nullopt;
  const std::size_t first_row = numbers_columns(sheet.rows.front()) ? 1 : 0;
  if (first_row >= sheet.rows.size()) return std::nullopt;
  std::size_t width = 0;
  for (std::size_t i = first_row; i < sheet.rows.size(); ++i) width = std::max(width, sheet.rows[i].cells.size());

  // As they stand; without empty ones; without the one that counts the rows.
  std::vector<Columns> candidates(1, Columns(width));
  std::iota(candidates.front().begin(), candidates.front().end(), std::size_t{0});
  candidates.push_back(filled_columns(sheet, first_row, width));
  const bool counted = !candidates.back().empty() && numbers_rows(sheet, first_row, candidates.back().front());
  if (counted) candidates.emplace_back(candidates.back().begin() + 1, candidates.back().end());

  for (const bool exact : {true, false}) {
    for (const bool released : {true, false}) {
      for (const std::vector<Field>& fields : released ? format.headerless : format.by_position) {
        for (std::size_t which = 0; which < candidates.size(); ++which) {
          const Columns& columns = candidates[which];
          if (exact == (columns.size() > fields.size()) || !is_plausible(sheet, first_row, columns, fields, format)) continue;
          AnnotationLayout layout = layout_of(sheet, first_row, columns, fields);
          layout.as_released = released;
          if (which == 2) layout.notes.push_back(fmt::format("column {} only numbers the rows", column_letters(candidates[1].front())));
          if (!released) layout.notes.push_back(fmt::format("no row names the columns, taken by position: {}", fields_in_words(fields)));
          return layout;
        }
      }
    }
  }
  return std::nullopt;
}

}  // namespace mexbench::data
