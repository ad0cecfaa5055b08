// SMIC (Li et al., FG 2013), extended release: HS, VIS and NIR are three datasets that share clip names. The first release has no sheet.
// Sheet HS has formulas that refer to sheet VIS (their cached values count), second and third movements of which several are columns
// that slipped, and one emotion, of s18_sur_03, that disagrees with the clip's name: the name is right.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "datasets/annotation_formats.h"
#include "datasets/smic/clip_names.h"
#include "harness/core/names.h"
#include "harness/core/text.h"
#include "harness/data/subject_names.h"

namespace mexbench::datasets {
namespace {

using data::Field;

void check_clip_name(data::AnnotationRow& row, std::vector<data::Irregularity>& irregular) {
  const auto named = data::subject_in_clip("smic", row.clip);
  if (!named || *named != data::canonical_subject("smic", row.subject)) {
    irregular.push_back(by_name("subject-disagrees", row.subject,
                                fmt::format("clip '{}' is not of subject '{}': its name begins with another", row.clip, row.subject)));
  }
  const std::string_view wanted = smic::class_in(row.clip);
  if (core::parse_int(row.emotion)) return;  // a class by number; which number stands for which class differs from copy to copy
  if (wanted != row.emotion) {
    irregular.push_back(by_name("label-disagrees", row.emotion,
                                wanted.empty() ? fmt::format("clip name '{}' says no class (ne, po or sur)", row.clip)
                                               : fmt::format("emotion is '{}', the clip is called {}", row.emotion, wanted)));
  }
}

// Of all three cameras, for the copies that hold no other subjects.
bool is_clip(std::string_view name) { return is_like(name, "s9_A_9") && !smic::class_in(name).empty(); }

// Eight people were recorded by the slow cameras too.
bool is_slow_clip(std::string_view name) {
  constexpr std::array<std::string_view, 8> kSubjects{"s11", "s12", "s13", "s14", "s15", "s18", "s19", "s20"};
  return is_clip(name) && std::any_of(kSubjects.begin(), kSubjects.end(),
                                      [&](std::string_view subject) { return core::lower(name).starts_with(fmt::format("{}_", subject)); });
}

data::AnnotationFormat format(std::string dataset, std::string title, std::string_view sheet, std::vector<std::string_view> foreign,
                              bool (*is_clip)(std::string_view)) {
  return {
      .dataset = std::move(dataset),
      .title = std::move(title),
      .sheets = {sheet},
      .foreign_sheets = std::move(foreign),
      .forms = {{.columns = {column(Field::kSubject, "Subject"), column(Field::kClip, "Filename"), column(Field::kOnset, "OnsetF"),
                             column(Field::kOffset, "OffsetF"), column(Field::kEmotion, "Emotion"), optional_column(Field::kApex, "ApexF"),
                             optional_column(Field::kOnset2, "Onset2F"), optional_column(Field::kOffset2, "Offset2F"),
                             optional_column(Field::kOnset3, "Onset3F"), optional_column(Field::kOffset3, "Offset3F"),
                             optional_column(Field::kFirst, "FirstF"), optional_column(Field::kLast, "LastF")}}},
      .by_position = usual_positions(),
      .key = {Field::kClip},
      .unique_keys = true,
      .first_frame = 0,
      .apex_expected = false,
      .is_clip = is_clip,
      .check = check_clip_name};
}

}  // namespace

data::AnnotationFormat smic_annotation() { return format("smic", "SMIC-HS", "HS", {"VIS", "NIR"}, is_clip); }
data::AnnotationFormat smic_vis_annotation() { return format("smic_vis", "SMIC-VIS", "VIS", {"HS", "NIR"}, is_slow_clip); }
data::AnnotationFormat smic_nir_annotation() { return format("smic_nir", "SMIC-NIR", "NIR", {"HS", "VIS"}, is_slow_clip); }

}  // namespace mexbench::datasets
