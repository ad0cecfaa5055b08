#include "datasets/annotations.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "datasets/annotation_formats.h"
#include "harness/core/names.h"
#include "harness/core/text.h"

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
      return {"Subject", "SubjectID", "sub", "sub_ID", "subject no"};
    case Field::kClip:
      return {"Filename", "clip", "video", "VideoName", "fold_name", "material"};
    case Field::kOnset:
      return {"OnsetFrame", "OnsetF", "Onset"};
    case Field::kApex:
      return {"ApexFrame", "ApexF", "Apex", "ApexF1", "ApexFrame1"};
    case Field::kOffset:
      return {"OffsetFrame", "OffsetF", "Offset"};
    case Field::kEmotion:
      return {"EstimatedEmotion", "Emotion", "EmotionClass", "label", "class"};
    case Field::kActionUnits:
      return {"ActionUnits", "ActionUnit", "AUs", "AU"};
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

// Whether most clips are called as the corpus calls them.
bool names_fit(const AnnotationFormat& format, const Annotation& annotation) {
  if (format.is_clip == nullptr) return true;
  const auto fit = std::count_if(annotation.rows.begin(), annotation.rows.end(),
                                 [&](const data::AnnotationRow& row) { return format.is_clip(row.clip); });
  return static_cast<std::size_t>(fit) * 2 > annotation.rows.size();
}

// The corpora of whose release the workbook is, by the names in it. Rows that are not plain may be some, not most.
std::vector<std::pair<const AnnotationFormat*, Annotation>> readings(const data::Workbook& workbook) {
  std::vector<std::pair<const AnnotationFormat*, Annotation>> out;
  for (const AnnotationFormat& format : annotation_formats()) {
    auto annotation = data::parse_annotation(workbook, format);
    if (annotation && annotation->as_released && !has_errors(*annotation) && annotation->irregular.size() <= annotation->rows.size() / 2 &&
        names_fit(format, *annotation))
      out.emplace_back(&format, std::move(annotation).value());
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

std::vector<std::string> datasets_of(const std::vector<std::pair<const AnnotationFormat*, Annotation>>& readings) {
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
  if (found.size() == 1) return std::move(found.front().second);
  if (found.empty()) {
    return Error::in_file(ErrorCode::kData, workbook.file, "is an annotation of no corpus known here")
        .hint(fmt::format("say which it should be with --dataset: {}", core::quoted_list(known_datasets())));
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

data::Irregularity by_name(std::string_view rule, std::string seen, std::string message) {
  return {
      .rule = std::string(rule), .row = 0, .cell = "", .subject = "", .clip = "", .seen = std::move(seen), .message = std::move(message)};
}

}  // namespace mexbench::datasets
