// An annotation is what a release says about its clips: whose they are, from which frame to which, what they show. A release keeps it in
// a spreadsheet; the format of a corpus (datasets/<id>/annotation.cpp) says which sheet, which columns by which names, and what makes a
// row unique. Reading is tolerant of how a sheet is written and strict about what it means:
//
//   columns     found by name wherever the header stands, in any order; case, blanks and punctuation of a name don't count. Where no row
//               names them, by position if they hold what a copy of the corpus has there
//   frames      whole numbers, as numbers or text; a fraction is rounded where the format says so. What is no frame (`/`, `\`, -1, an
//               empty cell, prose) is unknown, never 0
//   texts       native, as written, without blanks at the ends; a whole number with a point, `1.0`, is 1
//   rows        without subject and clip are no clips, nor are totals and legends; a row that is not plain is kept and named as an
//               irregularity
//
// What was assumed or left out is noted. Nothing is corrected here. What an irregularity means is up to who uses the row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"
#include "harness/data/workbook.h"

namespace mexbench::data {

enum class Field {
  kDataset,  // of a composite
  kSubject,
  kClip,
  kOnset,
  kApex,
  kOffset,
  kEmotion,
  kActionUnits,
  kObjectiveClass,
  kType,  // macro or micro
  kFps,
  kOnset2,  // further movements in the same video
  kOffset2,
  kOnset3,
  kOffset3,
  kFirst,  // first and last frame of the video
  kLast,
  kSelfReport,
};
[[nodiscard]] std::string_view to_string(Field field);  // "onset", "action units"

struct ColumnDef {
  Field field = Field::kSubject;
  std::vector<std::string_view> names;  // as releases write them; the first is told in messages and is preferred to later ones
  bool required = true;
};

// One set of columns a sheet comes with.
struct AnnotationForm {
  std::vector<ColumnDef> columns;
  bool only = false;  // a header with further columns is none of this form
};

struct Interval {
  std::int64_t onset = 0;
  std::int64_t offset = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

struct AnnotationRow {
  std::size_t row = 0;  // of the sheet, line of a csv file; from 1
  std::string dataset;  // of a composite, else empty
  std::string subject;  // texts as written, without blanks at the ends; empty where there is none
  std::string clip;
  std::optional<std::int64_t> onset;
  std::optional<std::int64_t> apex;
  std::optional<std::int64_t> offset;
  std::string emotion;
  std::string action_units;
  std::string objective_class;
  std::string type;
  std::optional<double> fps;
  std::optional<std::int64_t> first;  // frames of the video that the clip is part of
  std::optional<std::int64_t> last;
  std::vector<Interval> further;  // second and third movements that lie in the video and repeat no other
};

// A row that is not plain, or not as its own clip name says.
//
//   onset-missing apex-missing offset-missing   no frame number: empty, a mark, below the first frame
//   onset-unreadable ...                        prose or a fraction where a frame number belongs; also for fps
//   apex-outside                                apex before onset or behind offset
//   offset-before-onset
//   apex-is-onset                               suspicious only
//   duplicate-key                               a second row of the same key; an error where the format says that keys are unique
//   no-key                                      frames or a label without subject and clip
//   subject-disagrees label-disagrees           the clip's name says something else
//   label-missing                               no label where the sheet has a column for it
//   label-unknown                               none of the labels the format has
//   name-damaged                                subject or clip is a date, as spreadsheets make of names like 1-2
//   interval-refused                            a further movement outside its video, backwards, or a repeat
enum class Gravity { kSuspicious, kIrregular, kError };  // kError: no corpus can be built on the file
[[nodiscard]] std::string_view to_string(Gravity gravity);

struct Irregularity {
  std::string rule;
  Gravity gravity = Gravity::kIrregular;
  std::size_t row = 0;
  std::string cell;  // "F17"; empty for csv and whole rows
  std::string subject;
  std::string clip;
  std::string seen;  // the cell or cells as written
  std::string message;
};

struct Annotation {
  std::string dataset;
  std::string file;
  std::string sheet;                      // empty for csv
  std::optional<std::size_t> header_row;  // nothing: the sheet has none
  std::vector<std::string> columns;       // fields found, in the sheet's order
  std::vector<AnnotationRow> rows;        // in the sheet's order
  std::vector<Irregularity> irregular;    // by row
  std::vector<std::string> notes;         // what was assumed, and what of the sheet was left out
  bool as_released = true;                // the sheet is called as in the release, and so are the columns the format asks for
  std::size_t rounded = 0;                // frame cells with a fraction that were rounded
};

struct AnnotationFormat {
  std::string dataset;
  std::string title;                          // of the corpus, for messages: "CASME II"
  std::vector<std::string_view> sheets = {};  // names of the sheet, the preferred one first; without any of them, sheets are tried in order
  std::vector<std::string_view> foreign_sheets = {};  // of the same workbook, about another corpus: never tried
  // Each a form the sheet comes in, tried in order.
  std::vector<AnnotationForm> forms;
  // Columns by position in sheets that no row names them in; kSubject must be among them. As released, and in copies that lost the header.
  std::vector<std::vector<Field>> headerless = {};
  std::vector<std::vector<Field>> by_position = {};
  std::vector<std::string_view> labels = {};          // all an emotion can be; empty: anything
  std::vector<std::string_view> foreign_labels = {};  // in lower case: emotions that no clip of the corpus has, but one of another has
  std::vector<Field> key = {Field::kSubject, Field::kClip};
  bool unique_keys = false;
  std::int64_t first_frame = 1;  // the least number a frame of the release has
  bool fractions = false;        // frame numbers with a fraction are normal and rounded to the nearest
  bool apex_expected = true;     // a missing apex is an irregularity
  // How the release calls clips, where that tells it from others: says of which corpus a file is when nobody does, and that it is none of
  // this one.
  bool (*is_clip)(std::string_view name) = nullptr;
  // What the format knows beyond columns: called for each row; may change it and add irregularities.
  std::function<void(AnnotationRow& row, std::vector<Irregularity>& irregular)> check = {};
};

// Fails with kData when the file can't be read or holds no sheet of this format; tells what was found and what is wanted.
[[nodiscard]] core::Result<Annotation> read_annotation(const std::filesystem::path& file, const AnnotationFormat& format);
[[nodiscard]] core::Result<Annotation> parse_annotation(const Workbook& workbook, const AnnotationFormat& format);

// Number of rows for each text that `of` gives; rows where it gives none are left out.
[[nodiscard]] std::map<std::string, std::int64_t> count_rows(const Annotation& annotation,
                                                             const std::function<std::string(const AnnotationRow&)>& of);
// Distinct people; of a composite, distinct pairs of dataset and subject.
[[nodiscard]] std::size_t count_subjects(const Annotation& annotation);

// "mexbench.annotation/1" (docs/file-formats.md).
[[nodiscard]] nlohmann::json to_json(const Annotation& annotation);

}  // namespace mexbench::data
