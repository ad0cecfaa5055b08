// MMEW (Ben et al., IEEE TPAMI 2022). Documented, unverified: the columns are those that published loaders read; no copy of the sheet could
// be had.
#include "datasets/annotation_formats.h"

namespace mexbench::datasets {

data::AnnotationFormat mmew_annotation() {
  using data::Field;
  return {.dataset = "mmew",
          .title = "MMEW",
          .forms = {{.columns = {column(Field::kSubject, "Subject"), column(Field::kClip, "Filename"), column(Field::kOnset, "OnsetFrame"),
                                 column(Field::kApex, "ApexFrame"), column(Field::kOffset, "OffsetFrame"),
                                 column(Field::kEmotion, "Estimated Emotion"), optional_column(Field::kActionUnits, "Action Units")}}},
          .by_position = usual_positions(),
          .unique_keys = true,
          .is_clip = [](std::string_view name) { return is_like(name, "s00-00-000"); }};
}

}  // namespace mexbench::datasets
