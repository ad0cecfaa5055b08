// CAS(ME)^3 (Li et al., IEEE TPAMI 2023). Part A: the micro-expressions alone (JpgIndex, two versions) or with the macro-expressions, every
// cell text. A file name is only the letter of a video, so the onset is part of the key. Part C, the mock crime, numbers a subject's clips;
// an older sheet of it has no number either.
#include "datasets/annotation_formats.h"

namespace mexbench::datasets {

data::AnnotationFormat casme3_annotation() {
  using data::Field;
  return {.dataset = "casme3",
          .title = "CAS(ME)^3 part A",
          .sheets = {"label", "AU+Emotion"},
          .foreign_sheets = {"eye blink", "mockCrimeME", "organize"},
          .forms = {{.columns = {column(Field::kSubject, "Subject"), column(Field::kClip, "Filename"), column(Field::kOnset, "Onset"),
                                 column(Field::kApex, "Apex"), column(Field::kOffset, "Offset"), column(Field::kEmotion, "emotion"),
                                 optional_column(Field::kActionUnits, "AU"), optional_column(Field::kObjectiveClass, "Objective class"),
                                 optional_column(Field::kType, "Expression type")}}},
          .by_position = {{Field::kSubject, Field::kClip, Field::kOnset, Field::kApex, Field::kOffset, Field::kActionUnits,
                           Field::kObjectiveClass, Field::kEmotion}},
          .key = {Field::kSubject, Field::kClip, Field::kOnset},
          .is_clip = [](std::string_view name) { return name.size() == 1 && is_like(name, "A"); }};
}

data::AnnotationFormat casme3c_annotation() {
  using data::Field;
  return {.dataset = "casme3c",
          .title = "CAS(ME)^3 part C",
          .sheets = {"mockCrimeME", "organize"},
          .foreign_sheets = {"label", "AU+Emotion", "eye blink"},
          .forms = {{.columns = {column(Field::kSubject, "sub"), column(Field::kClip, "count"), column(Field::kOnset, "onset"),
                                 column(Field::kOffset, "offset"), column(Field::kEmotion, "emotion"),
                                 optional_column(Field::kActionUnits, "au")}},
                    {.columns = {column(Field::kSubject, "Subject"), column(Field::kOnset, "Onset"), column(Field::kOffset, "Offset"),
                                 column(Field::kType, "Exp_type")}}},
          .key = {Field::kSubject, Field::kClip, Field::kOnset},
          .apex_expected = false};
}

}  // namespace mexbench::datasets
