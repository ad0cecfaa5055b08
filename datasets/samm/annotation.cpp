// SAMM (Davison et al., IEEE TAFFC 2018). The first edition has thirteen lines of legend above its header, the re-issue none. Clips are
// called after their subject: `006_1_2` is of 006.
#include "datasets/annotation_formats.h"
#include "datasets/samm/clip_names.h"

namespace mexbench::datasets {

data::AnnotationFormat samm_annotation() {
  using data::Field;
  return {.dataset = "samm",
          .title = "SAMM",
          .sheets = {"MICRO_ONLY"},
          .forms = {{.columns = {column(Field::kSubject, "Subject"), column(Field::kClip, "Filename"), column(Field::kOnset, "Onset Frame"),
                                 column(Field::kApex, "Apex Frame"), column(Field::kOffset, "Offset Frame"),
                                 column(Field::kEmotion, "Estimated Emotion"), optional_column(Field::kActionUnits, "Action Units"),
                                 optional_column(Field::kObjectiveClass, "Objective Classes"), optional_column(Field::kType, "Micro")}}},
          .by_position = usual_positions(),
          .key = {Field::kClip},
          .unique_keys = true,
          .is_clip = [](std::string_view name) { return is_like(name, "9_9_9"); },
          .check = samm::check_clip_name};
}

}  // namespace mexbench::datasets
