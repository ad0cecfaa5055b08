// CAS(ME)^2 (Qu et al., IEEE TAFFC 2018). The sheet has no header: subject id, name, onset, apex, offset, AU, class, type, self-report.
// Offset 0 in 44 rows is one that was not found, apex 0 in one likewise. The subject's number is not the folder's (sheet `naming rule1`).
#include "datasets/annotation_formats.h"

namespace mexbench::datasets {

data::AnnotationFormat casme_sq_annotation() {
  using data::Field;
  return {.dataset = "casme_sq",
          .title = "CAS(ME)^2",
          .sheets = {"CASFEcode_final"},
          .foreign_sheets = {"naming rule1", "naming rule2"},
          .forms = {{.columns = {column(Field::kSubject, "Subject"), column(Field::kClip, "Filename"), column(Field::kOnset, "Onset"),
                                 column(Field::kApex, "Apex"), column(Field::kOffset, "Offset"), column(Field::kEmotion, "Emotion class"),
                                 column(Field::kType, "Type"), optional_column(Field::kActionUnits, "AU")}}},
          .headerless = {{Field::kSubject, Field::kClip, Field::kOnset, Field::kApex, Field::kOffset, Field::kActionUnits, Field::kEmotion,
                          Field::kType, Field::kSelfReport}},
          .unique_keys = true,
          .is_clip = [](std::string_view name) {
            return is_like(name, "anger9_9") || is_like(name, "disgust9_9") || is_like(name, "happy9_9");
          }};
}

}  // namespace mexbench::datasets
