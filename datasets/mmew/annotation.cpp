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
          .unique_keys = true,
          .is_clip = [](std::string_view name) { return name.size() == 10 && name[0] == 'S' && name[3] == '-' && name[6] == '-'; }};
}

}  // namespace mexbench::datasets
