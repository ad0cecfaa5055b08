// DFME (Zhao et al., IEEE TAFFC 2023), sheets of the public challenge. Frames count from 0; each clip has a frame rate of its own.
#include "datasets/annotation_formats.h"

namespace mexbench::datasets {

data::AnnotationFormat dfme_annotation() {
  using data::Field;
  return {
      .dataset = "dfme",
      .title = "DFME",
      .forms = {{.columns = {column(Field::kSubject, "Subject"), column(Field::kClip, "Filename"), column(Field::kOnset, "OnsetFrame"),
                             column(Field::kApex, "ApexFrame"), column(Field::kOffset, "OffsetFrame"), column(Field::kEmotion, "Emotion"),
                             optional_column(Field::kFps, "Fps"), optional_column(Field::kActionUnits, "AU")}},
                // Test clips before their labels were published.
                {.columns = {column(Field::kSubject, "Subject"), column(Field::kClip, "Filename"), column(Field::kOnset, "OnsetFrame"),
                             column(Field::kApex, "ApexFrame"), column(Field::kOffset, "OffsetFrame"), column(Field::kFps, "Fps")}}},
      .first_frame = 0,
      .is_clip = [](std::string_view name) { return is_like(name.substr(0, 7), "sub0000"); }};
}

}  // namespace mexbench::datasets
