#include "datasets/annotations.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "datasets/annotation_formats.h"
#include "harness/core/names.h"
#include "harness/core/text.h"
#include "harness/data/annotation_layout.h"
#include "harness/data/corpus_names.h"

namespace mexbench::datasets {
namespace {

using core::Error;
using core::ErrorCode;
using data::Annotation;
using data::AnnotationFormat;
using data::Field;

// What a column is called beside its name in the release. Case, blanks and punctuation don't count.
std::vector<std::string_view> other_names(Field field) {
  switch (field) {
    case Field::kDataset:
      return {"dataset", "data", "database"};
    case Field::kSubject:
      return {"Subject", "SubjectID", "sub", "sub_ID", "subject no", "subject number", "subjects", "participant", "participant ID"};
    case Field::kClip:
      return {"Filename", "clip", "video", "VideoName", "fold_name", "material", "file", "clip name", "clip ID", "sequence", "filename_o"};
    case Field::kOnset:
      return {"OnsetFrame", "OnsetF", "Onset", "OnsetIndex", "start frame", "start"};
    case Field::kApex:
      return {"ApexFrame", "ApexF", "Apex", "ApexF1", "ApexFrame1", "ApexIndex"};
    case Field::kOffset:
      return {"OffsetFrame", "OffsetF", "Offset", "OffsetIndex", "end frame", "end"};
    case Field::kEmotion:
      return {"EstimatedEmotion", "Emotion", "EmotionClass", "emotions", "emotion label", "label", "class"};
    case Field::kActionUnits:
      return {"ActionUnits", "ActionUnit", "AUs", "AU", "FACS"};
    case Field::kObjectiveClass:
      return {"ObjectiveClasses", "ObjectiveClass", "Objective"};
    case Field::kType:
      return {"Type", "ExpressionType", "ExpType", "Micro"};
    case Field::kFps:
      return {"Fps", "FrameRate"};
    default:
      return {};
  }
}

std::vector<std::string> known_datasets() {
  std::vector<std::string> out;
  for (const AnnotationFormat& format : annotation_formats()) out.push_back(format.dataset);
  return out;
}

bool has_errors(const Annotation& annotation) {
  return std::any_of(annotation.irregular.begin(), annotation.irregular.end(),
                     [](const data::Irregularity& one) { return one.gravity == data::Gravity::kError; });
}

using Readings = std::vector<std::pair<const AnnotationFormat*, Annotation>>;

// The part of the clips that are called as the corpus calls them.
double part_named(const AnnotationFormat& format, const Annotation& annotation) {
  const auto fit = std::count_if(annotation.rows.begin(), annotation.rows.end(),
                                 [&](const data::AnnotationRow& row) { return format.is_clip(row.clip); });
  return static_cast<double>(fit) / static_cast<double>(std::max<std::size_t>(annotation.rows.size(), 1));
}

// Whether what stands in the rows may be the corpus's: most clips are called so, and no label is another's.
bool contents_fit(const AnnotationFormat& format, const Annotation& annotation) {
  const auto foreign = [&](const data::AnnotationRow& row) {
    const auto& labels = format.foreign_labels;
    return std::find(labels.begin(), labels.end(), core::lower(row.emotion)) != labels.end();
  };
  return (format.is_clip == nullptr || part_named(format, annotation) > 0.5) &&
         std::none_of(annotation.rows.begin(), annotation.rows.end(), foreign);
}

// Whether the rows alone say of which corpus they are: by the names of the clips, or of the corpora in a composite.
bool contents_tell(const AnnotationFormat& format, const Annotation& annotation) {
  const auto of_composite = [](const data::AnnotationRow& row) { return !data::datasets_named(row.dataset).empty(); };
  return format.is_clip != nullptr || std::all_of(annotation.rows.begin(), annotation.rows.end(), of_composite);
}

// The corpora of whose release the workbook is, by the names of its columns or, when they are no release's, by what stands in them. Rows
// that are not plain may be some, not most.
Readings readings(const data::Workbook& workbook) {
  Readings out;
  Readings changed;  // columns are called otherwise than in the release
  for (const AnnotationFormat& format : annotation_formats()) {
    auto annotation = data::parse_annotation(workbook, format);
    if (!annotation || has_errors(*annotation) || annotation->irregular.size() > annotation->rows.size() / 2 ||
        !contents_fit(format, *annotation))
      continue;
    if (annotation->as_released) {
      out.emplace_back(&format, std::move(annotation).value());
    } else if (contents_tell(format, *annotation)) {
      changed.emplace_back(&format, std::move(annotation).value());
    }
  }
  if (out.empty() && !changed.empty()) {
    // Corpora that share names, as SAMM and its long videos: the sheet is of the one that has most of its columns.
    std::size_t most = 0;
    for (const auto& [format, annotation] : changed) most = std::max(most, annotation.columns.size());
    std::erase_if(changed, [&](const auto& reading) { return reading.second.columns.size() < most; });
    return changed;
  }
  // A sheet with the name that a corpus gives it is no other's.
  const auto by_sheet = [&](const auto& reading) { return workbook.kind != data::WorkbookKind::kCsv && !reading.first->sheets.empty(); };
  if (std::any_of(out.begin(), out.end(), by_sheet)) std::erase_if(out, [&](const auto& reading) { return !by_sheet(reading); });
  return out;
}

// Columns go by so many names that the sheet of one corpus can be read as another's. What a release calls its sheet tells.
core::Status refuse_sheet_of_another(const data::Workbook& workbook, const Annotation& annotation) {
  for (const auto& [format, other] : readings(workbook)) {
    const bool named = std::find(format->sheets.begin(), format->sheets.end(), annotation.sheet) != format->sheets.end();
    if (format->dataset == annotation.dataset || !named || other.sheet != annotation.sheet) continue;
    const AnnotationFormat& ours = **find_annotation_format(annotation.dataset);
    if (std::find(ours.sheets.begin(), ours.sheets.end(), annotation.sheet) != ours.sheets.end()) continue;
    return Error::in_file(
               ErrorCode::kData, workbook.file,
               fmt::format("sheet '{}' is the annotation of {}, one of {} is wanted", annotation.sheet, format->title, ours.title))
        .hint(fmt::format("say --dataset {}, or name another file", format->dataset));
  }
  return {};
}

// Columns of one corpus and clips of another: nothing the file says is of the one that was asked for.
core::Status refuse_clips_of_another(const Annotation& annotation) {
  constexpr double kHardlyAny = 0.1;
  const AnnotationFormat& ours = **find_annotation_format(annotation.dataset);
  if (ours.is_clip == nullptr || part_named(ours, annotation) > kHardlyAny) return {};
  std::vector<std::string> others;
  for (const AnnotationFormat& other : annotation_formats()) {
    if (other.is_clip != nullptr && part_named(other, annotation) > 1.0 - kHardlyAny) others.push_back(other.title);
  }
  if (others.empty()) return {};
  return Error::in_file(ErrorCode::kData, annotation.file,
                        fmt::format("its clips are called as those of {}, such as '{}'; an annotation of {} is wanted",
                                    core::join(others, " or "), annotation.rows.front().clip, ours.title))
      .hint("say --dataset of the corpus it is of, or name another file");
}

// CASME and CASME II call their clips alike; a label tells them apart.
void note_foreign_labels(Annotation& annotation) {
  const AnnotationFormat& ours = **find_annotation_format(annotation.dataset);
  for (const auto& [label, rows] : data::count_rows(annotation, [](const data::AnnotationRow& row) { return core::lower(row.emotion); })) {
    const auto& foreign = ours.foreign_labels;
    if (std::find(foreign.begin(), foreign.end(), label) == foreign.end()) continue;
    annotation.notes.push_back(fmt::format("the label '{}' (rows: {}) is none of {}", label, rows, ours.title));
  }
}

std::vector<std::string> datasets_of(const Readings& readings) {
  std::vector<std::string> out;
  for (const auto& [format, annotation] : readings) out.push_back(format->dataset);
  return out;
}

}  // namespace

std::span<const AnnotationFormat> annotation_formats() {
  static const std::vector<AnnotationFormat> kFormats = {
      casme_annotation(),   casme2_annotation(), casme3_annotation(),   casme3c_annotation(), casme_sq_annotation(),
      dfme_annotation(),    fourd_annotation(),  megc2019_annotation(), mmew_annotation(),    samm_annotation(),
      samm_lv_annotation(), smic_annotation(),   smic_nir_annotation(), smic_vis_annotation()};
  return kFormats;
}

core::Result<const AnnotationFormat*> find_annotation_format(std::string_view dataset) {
  for (const AnnotationFormat& format : annotation_formats()) {
    if (format.dataset == dataset) return &format;
  }
  const std::vector<std::string> known = known_datasets();
  const auto near = core::closest(core::lower(dataset), known);
  return Error(ErrorCode::kUsage, fmt::format("no annotation format is called '{}'", dataset))
      .hint(near ? fmt::format("did you mean '{}'?", *near) : fmt::format("known are {}", core::quoted_list(known, "and")));
}

core::Result<Annotation> read_annotation_of(const std::filesystem::path& file, std::string_view dataset) {
  if (!dataset.empty()) {
    MEXBENCH_ASSIGN(const AnnotationFormat* format, find_annotation_format(dataset));
    MEXBENCH_ASSIGN(const data::Workbook workbook, data::read_workbook(file));
    auto annotation = data::parse_annotation(workbook, *format);
    if (annotation) {
      MEXBENCH_TRY(refuse_sheet_of_another(workbook, *annotation));
      MEXBENCH_TRY(refuse_clips_of_another(*annotation));
      note_foreign_labels(*annotation);
      return annotation;
    }
    Error error = std::move(annotation).error();
    const std::vector<std::string> others = datasets_of(readings(workbook));
    if (!others.empty()) {
      core::Diagnostic note;
      note.severity = core::Severity::kNote;
      note.where.file = workbook.file;
      note.message = fmt::format("it has the form of an annotation of {}", core::quoted_list(others));
      error.append(Error(ErrorCode::kData, std::move(note)));
    }
    return error;
  }
  MEXBENCH_ASSIGN(const data::Workbook workbook, data::read_workbook(file));
  auto found = readings(workbook);
  if (found.size() == 1) {
    Annotation annotation = std::move(found.front().second);
    if (!annotation.as_released)
      annotation.notes.push_back(fmt::format("taken to be of {} by what its clips are called", found.front().first->title));
    return annotation;
  }
  if (found.empty()) {
    return Error::in_file(ErrorCode::kData, workbook.file, "is an annotation of no corpus known here")
        .hint(fmt::format("{}; wanted are clips by subject, with frames or labels, of a corpus that --dataset may name: {}",
                          data::beginning_of(workbook), core::quoted_list(known_datasets())));
  }
  return Error::in_file(ErrorCode::kUsage, workbook.file,
                        fmt::format("has the form of an annotation of {}", core::quoted_list(datasets_of(found), "and")))
      .hint("say which it is with --dataset");
}

data::ColumnDef column(Field field, std::string_view name) {
  data::ColumnDef out{.field = field, .names = {name}, .required = true};
  for (const std::string_view other : other_names(field)) out.names.push_back(other);
  return out;
}

data::ColumnDef optional_column(Field field, std::string_view name) {
  data::ColumnDef out = column(field, name);
  out.required = false;
  return out;
}

bool is_like(std::string_view name, std::string_view pattern) {
  const std::string text = core::lower(name);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  std::size_t at = 0;
  for (const char sign : pattern) {
    const auto fits = [&](char c) { return sign == '0' || sign == '9' ? digit(c) : sign == 'A' ? letter(c) : c == sign; };
    if (at >= text.size() || !fits(text[at])) return false;
    ++at;
    while ((sign == '9' || sign == 'A') && at < text.size() && fits(text[at])) ++at;
  }
  return at == text.size();
}

std::vector<std::vector<Field>> usual_positions() {
  return {{Field::kSubject, Field::kClip, Field::kOnset, Field::kApex, Field::kOffset, Field::kActionUnits, Field::kEmotion},
          {Field::kSubject, Field::kClip, Field::kOnset, Field::kApex, Field::kOffset, Field::kEmotion}};
}

data::Irregularity by_name(std::string_view rule, std::string seen, std::string message) {
  return {
      .rule = std::string(rule), .row = 0, .cell = "", .subject = "", .clip = "", .seen = std::move(seen), .message = std::move(message)};
}

}  // namespace mexbench::datasets
