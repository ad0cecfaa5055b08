// The composite of MEGC 2019 (See et al., FG 2019): ground truth of 442 clips of CASME II, SMIC and SAMM, with or without header. It has
// classes, 0 negative, 1 positive, 2 surprise. Copies that were joined with the sheets have frames too, in front of the class or behind it.
#include "datasets/annotation_formats.h"

namespace mexbench::datasets {

namespace {

using data::Field;

data::AnnotationForm form(std::string_view dataset) {
  return {.columns = {column(Field::kDataset, dataset), column(Field::kSubject, "subject"), column(Field::kClip, "clip"),
                      column(Field::kEmotion, "label"), optional_column(Field::kOnset, "onset"), optional_column(Field::kApex, "apex"),
                      optional_column(Field::kOffset, "offset")}};
}

}  // namespace

data::AnnotationFormat megc2019_annotation() {
  return {.dataset = "megc2019",
          .title = "the MEGC 2019 composite",
          .forms = {form("dataset"), form("data")},
          .headerless = {{Field::kDataset, Field::kSubject, Field::kClip, Field::kEmotion},
                         {Field::kDataset, Field::kSubject, Field::kClip, Field::kOnset, Field::kApex, Field::kOffset, Field::kEmotion},
                         {Field::kDataset, Field::kSubject, Field::kClip, Field::kEmotion, Field::kOnset, Field::kApex, Field::kOffset}},
          .labels = {"0", "1", "2"},
          .key = {Field::kDataset, Field::kSubject, Field::kClip},
          .unique_keys = true,
          .apex_expected = false};
}

}  // namespace mexbench::datasets
