#include "datasets/casme2/adapter.h"

#include <fmt/format.h>

#include "datasets/frames/sheet_corpus.h"
#include "harness/data/subject_names.h"

namespace mexbench::datasets::casme2 {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_subject(std::string_view folder) {
  return folder.size() == 5 && folder.starts_with("sub") && is_digit(folder[3]) && is_digit(folder[4]);
}

// MEGC 2019 leaves out a clip without apex and one whose apex is its onset; with the sheet of 2014 the rest are the composite's 145.
frames::CorpusLabels megc2019() {
  return {.map = {.id = "megc2019",
                  .version = 1,
                  .classes = {"negative", "positive", "surprise"},
                  .rules = {{"disgust", "negative"}, {"happiness", "positive"}, {"repression", "negative"}, {"surprise", "surprise"}}},
          .excluded = {"sub04/EP12_01f", "sub05/EP09_05f"},
          .no_class = {"fear", "others", "sadness"}};
}

frames::CorpusLabels five_classes() {
  return {.map = {.id = "casme2-5",
                  .version = 1,
                  .classes = {"happiness", "disgust", "repression", "surprise", "others"},
                  .rules = {{"disgust", "disgust"},
                            {"happiness", "happiness"},
                            {"others", "others"},
                            {"repression", "repression"},
                            {"surprise", "surprise"}}},
          .excluded = {},
          .no_class = {"fear", "sadness"}};
}

}  // namespace

AdapterInfo info() {
  return frames::adapter_info({.id = "casme2",
                               .summary = "CASME II as distributed (raw, selected or cropped frames and a coding sheet)",
                               .layout = {.title = "CASME II",
                                          .is_subject = is_subject,
                                          .subject_example = "sub01",
                                          .releases = {{.id = "raw", .folders = {"CASME2-RAW", "CASME2_RAW"}},
                                                       {.id = "selected", .folders = {"CASME2_RAW_selected"}},
                                                       {.id = "cropped", .folders = {"Cropped"}}}},
                               .sheets = {"CASME2-coding", "CASME2_label"},
                               .subject = [](const data::AnnotationRow& row) { return data::canonical_subject("casme2", row.subject); },
                               .labels = {megc2019(), five_classes()}});
}

}  // namespace mexbench::datasets::casme2
