// 4DME (Li et al., IEEE TAFFC 2023). Documented, unverified: the columns are those that published loaders read; no copy of the sheet could
// be had. An emotion may name several classes; a column for each AU follows.
#include "datasets/annotation_formats.h"

namespace mexbench::datasets {

data::AnnotationFormat fourd_annotation() {
  using data::Field;
  return {.dataset = "fourd",
          .title = "4DME",
          .forms = {{.columns = {column(Field::kSubject, "sub_ID"), column(Field::kClip, "fold_name"), column(Field::kOnset, "Onset"),
                                 column(Field::kApex, "Apex"), column(Field::kOffset, "Offset"), column(Field::kEmotion, "Emotion"),
                                 optional_column(Field::kActionUnits, "AUs")}}}};
}

}  // namespace mexbench::datasets
