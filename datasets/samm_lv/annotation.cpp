// SAMM Long Videos (Yap et al., FG 2020). Frame numbers of 178 rows have a fraction (566.4, stored with binary noise): the nearest frame is
// meant. Apex -1 is one that was not labelled. One clip name occurs twice, as macro and as micro.
#include "datasets/annotation_formats.h"
#include "datasets/samm/clip_names.h"

namespace mexbench::datasets {

data::AnnotationFormat samm_lv_annotation() {
  using data::Field;
  return {.dataset = "samm_lv",
          .title = "SAMM Long Videos",
          .sheets = {"FACS_Movement_Only"},
          .forms = {{.columns = {column(Field::kSubject, "Subject"), column(Field::kClip, "Filename"), column(Field::kOnset, "Onset"),
                                 column(Field::kApex, "Apex"), column(Field::kOffset, "Offset"), column(Field::kType, "Type"),
                                 optional_column(Field::kActionUnits, "Action Units")}}},
          .key = {Field::kClip, Field::kType},
          .fractions = true,
          .is_clip = [](std::string_view name) { return is_like(name, "9_9_9"); },
          .check = samm::check_clip_name};
}

}  // namespace mexbench::datasets
