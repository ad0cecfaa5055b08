#include "datasets/megc2019_flow/ground_truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "harness/core/csv.h"
#include "harness/core/files.h"
#include "harness/core/names.h"
#include "harness/core/text.h"
#include "harness/core/text_problems.h"

namespace mexbench::datasets::megc2019_flow {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;

// How a dataset writes its subjects: `sub` and two digits, `s` and two, three digits.
struct SubjectForm {
  std::string_view dataset;
  std::string_view prefix;
  std::size_t digits;
};
constexpr std::array<SubjectForm, 3> kForms = {{{"casme2", "sub", 2}, {"samm", "", 3}, {"smic", "s", 2}}};

const SubjectForm* form_of(std::string_view dataset) {
  for (const SubjectForm& form : kForms) {
    if (form.dataset == dataset) return &form;
  }
  return nullptr;
}

// The number of `sub01`, `01` or `1`; nothing when anything else is in it.
std::optional<std::int64_t> subject_number(const SubjectForm& form, std::string_view text) {
  const std::string small = core::lower(text);
  std::string_view digits = small;
  if (digits.substr(0, form.prefix.size()) == form.prefix) digits.remove_prefix(form.prefix.size());
  if (digits.empty() || digits.size() > form.digits || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  return core::parse_int(digits);
}

std::string folder_form(const SubjectForm& form, std::int64_t number) { return fmt::format("{}{:0{}}", form.prefix, number, form.digits); }

// Position of each wanted column.
struct Columns {
  std::size_t dataset = 0;
  std::size_t subject = 1;
  std::size_t clip = 2;
  std::size_t label = 3;
  [[nodiscard]] std::size_t last() const { return std::max({dataset, subject, clip, label}); }
};

bool is_header(const core::CsvRow& row) {
  return std::any_of(row.fields.begin(), row.fields.end(), [](const std::string& f) { return core::lower(core::trim(f)) == "subject"; });
}

core::Result<Columns> columns_of(const core::CsvRow& header, core::TextProblems problems) {
  const auto find = [&](std::initializer_list<std::string_view> names) -> std::optional<std::size_t> {
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
      const std::string name = core::lower(core::trim(header.fields[i]));
      if (std::find(names.begin(), names.end(), name) != names.end()) return i;
    }
    return std::nullopt;
  };
  const auto dataset = find({"dataset", "data"});
  const auto subject = find({"subject"});
  const auto clip = find({"clip", "filename", "material"});
  const auto label = find({"label", "class"});
  if (dataset && subject && clip && label) return Columns{.dataset = *dataset, .subject = *subject, .clip = *clip, .label = *label};
  problems.add({.line = header.line}, fmt::format("the header is '{}'", core::join(header.fields, ",")),
               "the columns data, subject, clip and label are wanted");
  return std::move(problems).error();
}

core::Result<fs::path> locate(const fs::path& given, const fs::path& root) {
  std::error_code failure;
  if (!given.empty()) {
    if (fs::is_regular_file(given, failure)) return given;
    return Error::in_file(ErrorCode::kData, given.string(), "no such ground-truth file").hint("correct the option 'ground_truth'");
  }
  const std::vector<fs::path> folders = {root, root / ".." / "datasets" / "annotations"};
  std::vector<std::string> looked;
  for (const fs::path& folder : folders) {
    for (const char* name : {"combined_3class_gt.csv", "combined_3_class_gt.csv"}) {
      fs::path candidate = (folder / name).lexically_normal();
      if (fs::is_regular_file(candidate, failure)) return candidate;
      looked.push_back(candidate.string());
    }
  }
  return Error::in_file(ErrorCode::kData, root.string(), "the MEGC 2019 ground truth (combined_3class_gt.csv) is not there")
      .hint(fmt::format("looked for {}; name the file with the option 'ground_truth'", core::quoted_list(looked, "and")));
}

}  // namespace

const std::vector<std::string>& composite_datasets() {
  static const std::vector<std::string> kNames = {"casme2", "samm", "smic"};
  return kNames;
}

std::optional<CompositeKey> composite_key(std::string_view dataset, std::string_view subject, std::string_view clip) {
  const std::string name = core::lower(core::trim(dataset));
  const SubjectForm* form = form_of(name);
  clip = core::trim(clip);
  if (form == nullptr || clip.empty() || clip.find('/') != std::string_view::npos) return std::nullopt;
  const auto number = subject_number(*form, core::trim(subject));
  if (!number) return std::nullopt;

  std::string canonical(clip);
  if (form->dataset != "casme2") {  // SMIC's and SAMM's clip names begin with their subject
    const std::size_t bar = clip.find('_');
    if (bar == std::string_view::npos) return std::nullopt;
    const std::string_view own = clip.substr(0, bar);
    if (core::lower(own.substr(0, form->prefix.size())) != form->prefix || subject_number(*form, own) != number) return std::nullopt;
    canonical = folder_form(*form, *number) + std::string(clip.substr(bar));
  }
  const core::DatasetId id(name);
  return CompositeKey{.dataset = id, .subject = core::make_subject_id(id, folder_form(*form, *number)), .clip = std::move(canonical)};
}

std::optional<core::SubjectId> subject_of_fold(std::string_view folder) {
  for (const SubjectForm& form : kForms) {
    if (core::lower(folder.substr(0, form.prefix.size())) != form.prefix) continue;
    if (form.prefix.empty() && folder.size() != form.digits) continue;
    const auto number = subject_number(form, folder);
    if (number) return core::make_subject_id(core::DatasetId(std::string(form.dataset)), folder_form(form, *number));
  }
  return std::nullopt;
}

core::Result<GroundTruth> read_ground_truth(const fs::path& given, const fs::path& root) {
  GroundTruth truth;
  MEXBENCH_ASSIGN(truth.file, locate(given, root));
  const std::string file = truth.file.string();
  constexpr std::uint64_t kLimit = std::uint64_t{1} << 24U;
  MEXBENCH_ASSIGN(const std::string content, core::read_file(truth.file, kLimit));
  MEXBENCH_ASSIGN(std::vector<core::CsvRow> rows, core::parse_csv(content, file));

  core::TextProblems problems(file, content);
  Columns columns;
  auto row = rows.begin();
  if (row != rows.end() && is_header(*row)) {
    MEXBENCH_ASSIGN(columns, columns_of(*row, problems));
    ++row;
  }
  for (; row != rows.end(); ++row) {
    const auto blank = [](const std::string& field) { return core::trim(field).empty(); };
    if (std::all_of(row->fields.begin(), row->fields.end(), blank)) continue;
    const auto wrong = [&](std::size_t column, std::string message, std::string hint) {
      const core::CsvPlace& place = row->places[column];
      problems.add({.line = place.line, .column = place.column, .length = row->fields[column].size()}, std::move(message), std::move(hint));
    };
    if (row->fields.size() <= columns.last()) {
      problems.add({.line = row->line}, fmt::format("has {} {}", row->fields.size(), row->fields.size() == 1 ? "field" : "fields"),
                   "dataset, subject, clip and label are wanted");
      continue;
    }
    const std::string dataset = core::lower(core::trim(row->fields[columns.dataset]));
    if (form_of(dataset) == nullptr) {
      wrong(columns.dataset, fmt::format("dataset '{}' is unknown", dataset), core::quoted_list(composite_datasets()) + " is wanted");
      continue;
    }
    auto key = composite_key(dataset, row->fields[columns.subject], row->fields[columns.clip]);
    if (!key) {
      wrong(columns.subject,
            fmt::format("subject '{}' and clip '{}' are no spelling of a clip of {}", row->fields[columns.subject],
                        row->fields[columns.clip], dataset),
            "written are sub01 with any clip name (casme2), s01 with s01_ne_01 (smic), 006 with 006_1_2 (samm)");
      continue;
    }
    std::string label(core::trim(row->fields[columns.label]));
    if (label != "0" && label != "1" && label != "2") {
      wrong(columns.label, fmt::format("label '{}' is unknown", label), "0, 1 or 2 is wanted");
      continue;
    }
    const core::ClipId id = key->id();
    const auto [place, added] =
        truth.clips.try_emplace(id, LabelledClip{.key = std::move(*key), .label = std::move(label), .line = row->line});
    if (!added)
      wrong(columns.clip, fmt::format("clip '{}' occurs twice, first in line {}", id.text(), place->second.line), "remove one of the rows");
  }
  if (problems.any()) return std::move(problems).error();
  if (truth.clips.empty()) return Error::in_file(ErrorCode::kData, file, "has no rows, 'dataset,subject,clip,label' is wanted");
  return truth;
}

}  // namespace mexbench::datasets::megc2019_flow
