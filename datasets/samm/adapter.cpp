#include "datasets/samm/adapter.h"

#include <algorithm>

#include "datasets/frames/sheet_corpus.h"
#include "harness/data/subject_names.h"

namespace mexbench::datasets::samm {
namespace {

bool is_subject(std::string_view folder) {
  return folder.size() == 3 && std::all_of(folder.begin(), folder.end(), [](char c) { return c >= '0' && c <= '9'; });
}

frames::CorpusLabels megc2019() {
  return {.map = {.id = "megc2019",
                  .version = 1,
                  .classes = {"negative", "positive", "surprise"},
                  .rules = {{"Anger", "negative"},
                            {"Contempt", "negative"},
                            {"Disgust", "negative"},
                            {"Fear", "negative"},
                            {"Happiness", "positive"},
                            {"Sadness", "negative"},
                            {"Surprise", "surprise"}}},
          .excluded = {},
          .no_class = {"Other"}};
}

frames::CorpusLabels five_classes() {
  return {
      .map = {.id = "samm-5",
              .version = 1,
              .classes = {"Anger", "Contempt", "Happiness", "Surprise", "Other"},
              .rules =
                  {{"Anger", "Anger"}, {"Contempt", "Contempt"}, {"Happiness", "Happiness"}, {"Other", "Other"}, {"Surprise", "Surprise"}}},
      .excluded = {},
      .no_class = {"Disgust", "Fear", "Sadness"}};
}

}  // namespace

AdapterInfo info() {
  return frames::adapter_info(
      {.id = "samm",
       .summary = "SAMM as distributed (frames from onset to offset and a coding sheet)",
       .layout = {.title = "SAMM",
                  .is_subject = is_subject,
                  .subject_example = "006",
                  .releases = {{.id = "full", .folders = {"SAMM"}}, {.id = "cropped", .folders = {"SAMM_CROP", "SAMM_cropped"}}}},
       .sheets = {"SAMM_Micro_FACS_Codes", "SAMM_20181215_Micro_FACS_Codes"},
       .subject = [](const data::AnnotationRow& row) { return data::canonical_subject("samm", row.subject); },
       .labels = {megc2019(), five_classes()}});
}

}  // namespace mexbench::datasets::samm
