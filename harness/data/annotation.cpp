#include "harness/data/annotation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "harness/core/names.h"
#include "harness/core/text.h"
#include "harness/data/annotation_layout.h"
#include "harness/data/annotation_text.h"
#include "harness/data/frame_cell.h"
#include "harness/data/subject_names.h"

namespace mexbench::data {
namespace {

using nlohmann::json;

bool is_frame_field(Field field) {
  switch (field) {
    case Field::kDataset:
    case Field::kSubject:
    case Field::kClip:
    case Field::kEmotion:
    case Field::kActionUnits:
    case Field::kObjectiveClass:
    case Field::kType:
    case Field::kFps:
    case Field::kSelfReport:
      return false;
    default:
      return true;
  }
}

// Reads the rows of one sheet.
class RowReader {
 public:
  RowReader(const Workbook& workbook, const AnnotationFormat& format, AnnotationLayout layout)
      : workbook_(workbook), format_(format), layout_(std::move(layout)) {}

  Annotation read() {
    out_.dataset = format_.dataset;
    out_.file = workbook_.file;
    out_.sheet = layout_.sheet->name;
    out_.as_released = layout_.as_released;
    out_.notes = layout_.notes;
    if (workbook_.separator != ',') out_.notes.push_back(fmt::format("separated by {}", workbook_.separator == ';' ? "';'" : "tabs"));
    if (layout_.header) out_.header_row = layout_.sheet->rows[*layout_.header].number;
    leave_out_empty_columns();
    std::vector<std::pair<std::size_t, Field>> columns;
    for (const auto& [field, column] : layout_.columns) columns.emplace_back(column, field);
    std::sort(columns.begin(), columns.end());
    for (const auto& [column, field] : columns) out_.columns.emplace_back(to_string(field));
    for (std::size_t i = layout_.first_row; i < layout_.sheet->rows.size(); ++i) read_row(layout_.sheet->rows[i]);
    add_notes();
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool has(Field field) const { return layout_.columns.contains(field); }
  [[nodiscard]] const SheetCell& cell(const SheetRow& row, Field field) const {
    static const SheetCell kNone;
    const auto column = layout_.columns.find(field);
    return column == layout_.columns.end() ? kNone : row.cell(column->second);
  }
  // A text as written; whole numbers that a column of floats made `1.0` are 1.
  [[nodiscard]] std::string text(const SheetRow& row, Field field) const {
    std::string written = cell(row, field).text();
    return whole_number(written).value_or(std::move(written));
  }

  // A copy may have columns of the release in which nothing stands. Where frames are missing everywhere, each row says so.
  void leave_out_empty_columns() {
    for (const Field field : {Field::kApex, Field::kEmotion, Field::kActionUnits, Field::kObjectiveClass, Field::kType, Field::kFps}) {
      const auto column = layout_.columns.find(field);
      if (column == layout_.columns.end()) continue;
      const auto begin = layout_.sheet->rows.begin() + static_cast<std::ptrdiff_t>(layout_.first_row);
      if (std::any_of(begin, layout_.sheet->rows.end(), [&](const SheetRow& row) { return !row.cell(column->second).empty(); })) continue;
      out_.notes.push_back(fmt::format("the column of {} is empty", to_string(field)));
      layout_.columns.erase(column);
    }
  }

  void add_notes() {
    const auto add = [&](std::size_t count, std::string_view what) {
      if (count > 0) out_.notes.push_back(fmt::format("{} {}", count, what));
    };
    add(grouped_, grouped_ == 1 ? "frame number is written with commas between its digits"
                                : "frame numbers are written with commas between their digits");
    add(pointed_, pointed_ == 1 ? "text is a whole number with a point, 1.0 for 1" : "texts are whole numbers with a point, 1.0 for 1");
    const bool coded =
        has(Field::kEmotion) && format_.labels.empty() && !out_.rows.empty() &&
        std::all_of(out_.rows.begin(), out_.rows.end(), [](const AnnotationRow& row) { return core::parse_int(row.emotion).has_value(); });
    if (coded) out_.notes.emplace_back("labels are numbers, what they stand for is not told");
    note_left_out();
  }

  // Rows that are no clips, a run of them in one note.
  void note_left_out() {
    constexpr std::size_t kShown = 3;
    for (std::size_t i = 0; i < left_out_.size();) {
      std::size_t end = i + 1;
      while (end < left_out_.size() && left_out_[end].clips_before == left_out_[i].clips_before) ++end;
      std::vector<std::string> texts;
      for (std::size_t k = i; k < std::min(end, i + kShown); ++k) texts.push_back(left_out_[k].text);
      const std::string rows = end == i + 1 ? fmt::format("row {} is no clip", left_out_[i].row)
                                            : fmt::format("rows {} to {} are no clips", left_out_[i].row, left_out_[end - 1].row);
      const bool below = left_out_[i].clips_before == out_.rows.size();
      out_.notes.push_back(fmt::format("{}{}: {}{}", below ? "below the last clip, " : "", rows, core::quoted_list(texts, "and"),
                                       end - i > kShown ? ", ..." : ""));
      i = end;
    }
  }

  void irregular(const SheetRow& row, const AnnotationRow& of, std::string rule, std::optional<Field> field, std::string message) {
    const auto column = field ? layout_.columns.find(*field) : layout_.columns.end();
    const bool has_cell = column != layout_.columns.end();
    out_.irregular.push_back(
        {.rule = std::move(rule),
         .gravity = Gravity::kIrregular,
         .row = row.number,
         .cell = has_cell && workbook_.kind != WorkbookKind::kCsv ? fmt::format("{}{}", column_letters(column->second), row.number) : "",
         .subject = of.subject,
         .clip = of.clip,
         .seen = has_cell ? row.cell(column->second).text() : "",
         .message = std::move(message)});
  }

  void leave_out(const SheetRow& row) {
    const auto filled = std::find_if(row.cells.begin(), row.cells.end(), [](const SheetCell& cell) { return !cell.empty(); });
    left_out_.push_back({.row = row.number, .clips_before = out_.rows.size(), .text = filled == row.cells.end() ? "" : filled->text()});
  }

  [[nodiscard]] bool is_frame(const SheetRow& row, Field field) const {
    return has(field) && read_frame(cell(row, field), format_.first_frame).frame.has_value();
  }

  // Whether the cell is the sum of the field's frames above.
  [[nodiscard]] bool is_sum(const SheetRow& row, Field field, std::int64_t above) const {
    return out_.rows.size() > 1 && has(field) && read_frame(cell(row, field), 0).frame == above;
  }

  // The names of the columns once more, as where tables were put together.
  [[nodiscard]] bool is_header(const SheetRow& row) const {
    if (!layout_.header) return false;
    const SheetRow& header = layout_.sheet->rows[*layout_.header];
    return std::all_of(layout_.columns.begin(), layout_.columns.end(), [&](const auto& one) {
      return column_name(row.cell(one.second).text()) == column_name(header.cell(one.second).text());
    });
  }

  // A row that is no clip: totals, a legend, a heading, names alone.
  [[nodiscard]] bool is_aside(const SheetRow& row, const AnnotationRow& clip) const {
    const auto filled = std::find_if(row.cells.begin(), row.cells.end(), [](const SheetCell& cell) { return !cell.empty(); });
    if (is_header(row) || (filled != row.cells.end() && is_total(filled->text())) || is_total(clip.subject)) return true;
    const bool named = !clip.subject.empty() && (!has(Field::kClip) || !clip.clip.empty());
    if (named) {
      return std::all_of(layout_.columns.begin(), layout_.columns.end(), [&](const auto& one) {
        return one.first == Field::kSubject || one.first == Field::kClip || row.cell(one.second).empty();
      });
    }
    if (is_sum(row, Field::kOnset, onsets_) || is_sum(row, Field::kOffset, offsets_)) return true;
    const bool has_frames = is_frame(row, Field::kOnset) || is_frame(row, Field::kApex) || is_frame(row, Field::kOffset);
    const bool nobody = clip.subject.empty() && clip.clip.empty();
    return !has_frames && (clip.emotion.empty() || (nobody && !labels_.contains(clip.emotion)));
  }

  // A clip whose name is lost.
  bool is_nameless(const SheetRow& row, const AnnotationRow& clip) {
    if (!clip.subject.empty() && (!has(Field::kClip) || !clip.clip.empty())) return false;
    const Field lost = clip.subject.empty() ? Field::kSubject : Field::kClip;
    irregular(row, clip, "no-key", lost, fmt::format("has no {}, so it names no clip", to_string(lost)));
    return true;
  }

  // Spreadsheets take names like 1-2 for dates. An .xlsx file has a date as the number of its day: 20000 is in 1954, 80000 in 2119.
  void check_names(const SheetRow& row, const AnnotationRow& clip) {
    for (const Field field : {Field::kSubject, Field::kClip}) {
      const SheetCell& from = cell(row, field);
      const bool foreign = field == Field::kClip && format_.is_clip != nullptr && !format_.is_clip(from.text());
      const auto* number = std::get_if<double>(&from.value);
      const bool is_day = foreign && number != nullptr && *number >= 20000 && *number < 80000;
      if (!is_day && !is_date(from.text())) continue;
      irregular(row, clip, "name-damaged", field,
                fmt::format("{} is '{}', a date: a spreadsheet took a name for one", to_string(field), from.text()));
    }
  }

  std::optional<std::int64_t> frame(const SheetRow& row, const AnnotationRow& clip, Field field, bool wanted) {
    if (!has(field)) return std::nullopt;
    const SheetCell& from = cell(row, field);
    const FrameCell read = read_frame(from, format_.first_frame);
    const std::string name(to_string(field));
    grouped_ += read.grouped ? 1 : 0;
    switch (read.reading) {
      case FrameReading::kFrame:
        return read.frame;
      case FrameReading::kFraction:
        if (format_.fractions) {
          ++out_.rounded;
          return read.frame;
        }
        irregular(row, clip, name + "-unreadable", field, fmt::format("{} is {}, which lies between two frames", name, from.text()));
        return std::nullopt;
      case FrameReading::kMissing:
        if (wanted) {
          irregular(row, clip, name + "-missing", field,
                    from.empty() ? fmt::format("{} is empty", name) : fmt::format("{} is '{}', which is no frame", name, from.text()));
        }
        return std::nullopt;
      case FrameReading::kUnreadable:
        break;
    }
    irregular(row, clip, name + "-unreadable", field, fmt::format("{} is '{}', a frame number is wanted", name, from.text()));
    return std::nullopt;
  }

  void check_order(const SheetRow& row, const AnnotationRow& clip) {
    const bool backwards = clip.onset && clip.offset && *clip.offset < *clip.onset;
    if (backwards)
      irregular(row, clip, "offset-before-onset", Field::kOffset, fmt::format("offset {} is before onset {}", *clip.offset, *clip.onset));
    if (!clip.apex) return;
    if (clip.onset && *clip.apex < *clip.onset) {
      irregular(row, clip, "apex-outside", Field::kApex, fmt::format("apex {} is before onset {}", *clip.apex, *clip.onset));
    } else if (clip.offset && !backwards && *clip.apex > *clip.offset) {
      irregular(row, clip, "apex-outside", Field::kApex, fmt::format("apex {} is behind offset {}", *clip.apex, *clip.offset));
    } else if (clip.onset && *clip.apex == *clip.onset) {
      irregular(row, clip, "apex-is-onset", Field::kApex, fmt::format("apex and onset are both {}", *clip.apex));
      out_.irregular.back().gravity = Gravity::kSuspicious;
    }
  }

  void check_label(const SheetRow& row, const AnnotationRow& clip) {
    const auto& labels = format_.labels;
    if (has(Field::kEmotion) && clip.emotion.empty()) return irregular(row, clip, "label-missing", Field::kEmotion, "emotion is empty");
    if (labels.empty() || std::find(labels.begin(), labels.end(), clip.emotion) != labels.end()) return;
    const std::vector<std::string> wanted(labels.begin(), labels.end());
    irregular(row, clip, "label-unknown", Field::kEmotion,
              fmt::format("the label is '{}', {} is wanted", clip.emotion, core::quoted_list(wanted)));
  }

  void read_fps(const SheetRow& row, AnnotationRow& clip) {
    const std::string written = text(row, Field::kFps);
    if (written.empty()) return;
    const auto number = core::parse_double(written);
    if (number && *number > 0.0 && *number < 1e6) {
      clip.fps = number;
    } else {
      irregular(row, clip, "fps-unreadable", Field::kFps, fmt::format("fps is '{}', frames per second are wanted", written));
    }
  }

  // A further movement counts when it lies in the video and is none that was told before.
  void read_further(const SheetRow& row, AnnotationRow& clip, Field onset_field, Field offset_field) {
    if (text(row, onset_field).empty() && text(row, offset_field).empty()) return;
    const auto onset = read_frame(cell(row, onset_field), format_.first_frame).frame;
    const auto offset = read_frame(cell(row, offset_field), format_.first_frame).frame;
    const std::string seen = fmt::format("{}..{}", text(row, onset_field), text(row, offset_field));
    const auto refuse = [&](std::string_view why) {
      irregular(row, clip, "interval-refused", onset_field, fmt::format("a further movement of {} {}", seen, why));
      out_.irregular.back().seen = seen;
    };
    if (!onset || !offset) return refuse("has an end that is no frame");
    if (*offset < *onset) return refuse("ends before it begins");
    if ((clip.first && *onset < *clip.first) || (clip.last && *offset > *clip.last)) return refuse("lies outside the video");
    const Interval interval{.onset = *onset, .offset = *offset};
    const bool repeats = (clip.onset == interval.onset && clip.offset == interval.offset) ||
                         std::find(clip.further.begin(), clip.further.end(), interval) != clip.further.end();
    if (repeats) return refuse("is one that stands in the row already");
    clip.further.push_back(interval);
  }

  void check_key(const SheetRow& row, const AnnotationRow& clip) {
    std::string key;
    for (const Field field : format_.key) {
      const std::string written = text(row, field);
      const std::string& dataset = clip.dataset.empty() ? format_.dataset : clip.dataset;
      key += core::lower(field == Field::kSubject ? canonical_subject(dataset, written)
                         : field == Field::kClip  ? canonical_clip(dataset, written)
                                                  : written) +
             "\n";
    }
    const auto [place, added] = row_of_.try_emplace(key, row.number);
    if (added) return;
    std::vector<std::string> names;
    for (const Field field : format_.key) names.emplace_back(to_string(field));
    irregular(row, clip, "duplicate-key", std::nullopt, fmt::format("has the same {} as row {}", core::join(names, ", "), place->second));
    if (format_.unique_keys) out_.irregular.back().gravity = Gravity::kError;
  }

  void read_row(const SheetRow& row) {
    AnnotationRow clip{.row = row.number,
                       .dataset = text(row, Field::kDataset),
                       .subject = text(row, Field::kSubject),
                       .clip = text(row, Field::kClip),
                       .onset = {},
                       .apex = {},
                       .offset = {},
                       .emotion = text(row, Field::kEmotion),
                       .action_units = text(row, Field::kActionUnits),
                       .objective_class = text(row, Field::kObjectiveClass),
                       .type = text(row, Field::kType),
                       .fps = {},
                       .first = read_frame(cell(row, Field::kFirst), format_.first_frame).frame,
                       .last = read_frame(cell(row, Field::kLast), format_.first_frame).frame,
                       .further = {}};
    if (is_aside(row, clip)) return leave_out(row);
    if (is_nameless(row, clip)) return;
    for (const auto& [field, column] : layout_.columns) pointed_ += !is_frame_field(field) && whole_number(row.cell(column).text()) ? 1 : 0;
    check_key(row, clip);
    check_names(row, clip);
    clip.onset = frame(row, clip, Field::kOnset, /*wanted=*/true);
    clip.apex = frame(row, clip, Field::kApex, format_.apex_expected);
    clip.offset = frame(row, clip, Field::kOffset, /*wanted=*/true);
    check_order(row, clip);
    check_label(row, clip);
    read_fps(row, clip);
    read_further(row, clip, Field::kOnset2, Field::kOffset2);
    read_further(row, clip, Field::kOnset3, Field::kOffset3);
    if (format_.check) {
      const std::size_t before = out_.irregular.size();
      format_.check(clip, out_.irregular);
      for (std::size_t i = before; i < out_.irregular.size(); ++i) {
        out_.irregular[i].row = row.number;
        out_.irregular[i].subject = clip.subject;
        out_.irregular[i].clip = clip.clip;
      }
    }
    onsets_ += clip.onset.value_or(0);
    offsets_ += clip.offset.value_or(0);
    labels_.insert(clip.emotion);
    out_.rows.push_back(std::move(clip));
  }

  const Workbook& workbook_;
  const AnnotationFormat& format_;
  AnnotationLayout layout_;
  Annotation out_;
  std::map<std::string, std::size_t> row_of_;
  struct LeftOut {
    std::size_t row = 0;
    std::size_t clips_before = 0;
    std::string text;  // of the first filled cell
  };
  std::vector<LeftOut> left_out_;
  std::int64_t onsets_ = 0;  // sum of those read
  std::int64_t offsets_ = 0;
  std::set<std::string> labels_;  // of the rows read
  std::size_t grouped_ = 0;       // frame numbers with commas
  std::size_t pointed_ = 0;       // other whole numbers with a point
};

json counted(const Annotation& annotation, const std::function<std::string(const AnnotationRow&)>& of) {
  json out = json::object();
  for (const auto& [name, count] : count_rows(annotation, of)) out[name] = count;
  return out;
}

}  // namespace

std::string_view to_string(Field field) {
  constexpr std::array<std::string_view, 18> kNames{"dataset",     "subject",      "clip",          "onset",           "apex",
                                                    "offset",      "emotion",      "action units",  "objective class", "type",
                                                    "fps",         "second onset", "second offset", "third onset",     "third offset",
                                                    "first frame", "last frame",   "self-report"};
  return kNames.at(static_cast<std::size_t>(field));
}

std::string_view to_string(Gravity gravity) {
  switch (gravity) {
    case Gravity::kSuspicious:
      return "suspicious";
    case Gravity::kError:
      return "error";
    case Gravity::kIrregular:
      break;
  }
  return "irregular";
}

core::Result<Annotation> parse_annotation(const Workbook& workbook, const AnnotationFormat& format) {
  MEXBENCH_ASSIGN(AnnotationLayout layout, find_layout(workbook, format));
  const Sheet* sheet = layout.sheet;
  Annotation out = RowReader(workbook, format, std::move(layout)).read();
  if (out.rows.empty()) {
    return core::Error::in_file(core::ErrorCode::kData, workbook.file,
                                fmt::format("{}has a header of {} and no clip below it",
                                            sheet->name.empty() ? "" : fmt::format("sheet '{}' ", sheet->name), format.title));
  }
  return out;
}

core::Result<Annotation> read_annotation(const std::filesystem::path& file, const AnnotationFormat& format) {
  MEXBENCH_ASSIGN(const Workbook workbook, read_workbook(file));
  return parse_annotation(workbook, format);
}

std::map<std::string, std::int64_t> count_rows(const Annotation& annotation, const std::function<std::string(const AnnotationRow&)>& of) {
  std::map<std::string, std::int64_t> out;
  for (const AnnotationRow& row : annotation.rows) {
    const std::string name = of(row);
    if (!name.empty()) ++out[name];
  }
  return out;
}

std::size_t count_subjects(const Annotation& annotation) {
  std::set<std::pair<std::string, std::string>> people;
  for (const AnnotationRow& row : annotation.rows) {
    const std::string& dataset = row.dataset.empty() ? annotation.dataset : row.dataset;
    people.emplace(core::lower(dataset), core::lower(canonical_subject(dataset, row.subject)));
  }
  return people.size();
}

json to_json(const Annotation& annotation) {
  std::int64_t onset = 0;
  std::int64_t apex = 0;
  std::int64_t offset = 0;
  std::size_t apexes = 0;
  for (const AnnotationRow& row : annotation.rows) {
    onset += row.onset.value_or(0);
    apex += row.apex.value_or(0);
    offset += row.offset.value_or(0);
    apexes += row.apex ? 1 : 0;
  }
  json out{{"schema", "mexbench.annotation/1"},
           {"dataset", annotation.dataset},
           {"sheet", annotation.sheet},
           {"header_row", annotation.header_row ? json(*annotation.header_row) : json(nullptr)},
           {"rows", annotation.rows.size()},
           {"subjects", count_subjects(annotation)},
           {"sums", {{"onset", onset}, {"apex", apex}, {"offset", offset}}},
           {"apex_count", apexes},
           {"rounded", annotation.rounded},
           {"classes", counted(annotation, [](const AnnotationRow& row) { return row.emotion; })}};
  const auto add = [&](const char* name, const std::function<std::string(const AnnotationRow&)>& of) {
    json counts = counted(annotation, of);
    if (!counts.empty()) out[name] = std::move(counts);
  };
  add("objective_classes", [](const AnnotationRow& row) { return row.objective_class; });
  add("types", [](const AnnotationRow& row) { return row.type; });
  add("datasets", [](const AnnotationRow& row) { return row.dataset; });
  std::size_t further = 0;
  for (const AnnotationRow& row : annotation.rows) further += row.further.size();
  out["further_intervals"] = further;
  out["notes"] = annotation.notes;
  json& irregular = out["irregular"] = json::array();
  json& suspicious = out["suspicious"] = json::array();
  for (const Irregularity& one : annotation.irregular) {
    (one.gravity == Gravity::kSuspicious ? suspicious : irregular)
        .push_back({{"rule", one.rule},
                    {"gravity", to_string(one.gravity)},
                    {"row", one.row},
                    {"cell", one.cell},
                    {"subject", one.subject},
                    {"clip", one.clip},
                    {"seen", one.seen},
                    {"message", one.message}});
  }
  return out;
}

}  // namespace mexbench::data
