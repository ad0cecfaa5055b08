#include "datasets/fourd/adapter.h"

#include <array>
#include <string>

#include "datasets/frames/folder_names.h"
#include "datasets/frames/sheet_corpus.h"

namespace mexbench::datasets::fourd {
namespace {

// An emotion may name several classes; then it is `several`.
std::string label_of(const data::AnnotationRow& row) {
  constexpr std::array<std::string_view, 5> kClasses{"Positive", "Negative", "Surprise", "Repression", "Others"};
  int named = 0;
  for (const std::string_view name : kClasses) named += row.emotion.find(name) != std::string::npos ? 1 : 0;
  return named > 1 ? "several" : row.emotion;
}

}  // namespace

AdapterInfo info() {
  return frames::adapter_info({.id = "fourd",
                               .summary = "4DME, micro-expressions of the grey camera (documented, unverified)",
                               .layout = {.title = "4DME",
                                          .is_subject = [](std::string_view folder) { return !frames::number_in(folder).empty(); },
                                          .subject_example = "<sub_ID>",
                                          .releases = {{.id = "grey", .folders = {"gray_micro", "grey_micro"}}}},
                               .sheets = {"4DME_Labelling_Micro"},
                               .names = frames::plain_names([](const data::AnnotationRow& row) { return row.subject; }),
                               .fps = 60,
                               .label = label_of});
}

}  // namespace mexbench::datasets::fourd
