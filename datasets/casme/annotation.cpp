// CASME (Yan et al., FG 2013). The sheet is an old .xls; `\` stands for what there is none of, and a clip may have a second apex. Fourteen
// pairs of rows of the older edition share subject and clip, so the onset is part of the key.
#include "datasets/annotation_formats.h"

namespace mexbench::datasets {

data::AnnotationFormat casme_annotation() {
  using data::Field;
  return {.dataset = "casme",
          .title = "CASME",
          .forms = {{.columns = {column(Field::kSubject, "Subject"), column(Field::kClip, "Filename"), column(Field::kOnset, "OnsetF"),
                                 column(Field::kApex, "ApexF1"), column(Field::kOffset, "OffsetF"), column(Field::kEmotion, "Emotion"),
                                 optional_column(Field::kActionUnits, "AU")}}},
          .by_position = usual_positions(),
          .foreign_labels = {"others", "other"},
          .key = {Field::kSubject, Field::kClip, Field::kOnset},
          .is_clip = [](std::string_view name) { return name.starts_with("EP"); }};
}

}  // namespace mexbench::datasets
