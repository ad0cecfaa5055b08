// CASME II (Yan et al., PLoS ONE 2014). Editions of 2014 and 2019 have the same 255 rows and frames and differ in three emotions and 57 AU
// strings; the later one has objective classes, which also exist as a file of their own, without frames.
#include "datasets/annotation_formats.h"

namespace mexbench::datasets {

data::AnnotationFormat casme2_annotation() {
  using data::Field;
  return {.dataset = "casme2",
          .title = "CASME II",
          .forms = {{.columns = {column(Field::kSubject, "Subject"), column(Field::kClip, "Filename"), column(Field::kOnset, "OnsetFrame"),
                                 column(Field::kApex, "ApexFrame"), column(Field::kOffset, "OffsetFrame"),
                                 column(Field::kEmotion, "Estimated Emotion"), optional_column(Field::kActionUnits, "Action Units"),
                                 optional_column(Field::kObjectiveClass, "Objective Classes")}},
                    {.columns = {column(Field::kSubject, "Subject"), column(Field::kClip, "Filename"),
                                 column(Field::kObjectiveClass, "Objective Classes"), optional_column(Field::kEmotion, "Estimated Emotion"),
                                 optional_column(Field::kActionUnits, "Action Units")},
                     .only = true}},
          .by_position = usual_positions(),
          .foreign_labels = {"tense", "contempt"},
          .unique_keys = true,
          .is_clip = [](std::string_view name) { return name.starts_with("EP"); }};
}

}  // namespace mexbench::datasets
