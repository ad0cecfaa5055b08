#include "datasets/samm/clip_names.h"

#include <fmt/format.h>

#include "datasets/annotation_formats.h"
#include "harness/data/subject_names.h"

namespace mexbench::datasets::samm {

void check_clip_name(data::AnnotationRow& row, std::vector<data::Irregularity>& irregular) {
  const auto named = data::subject_in_clip("samm", row.clip);
  if (named && *named == data::canonical_subject("samm", row.subject)) return;
  irregular.push_back(by_name("subject-disagrees", row.subject,
                              fmt::format("clip '{}' is not of subject '{}': its name begins with another", row.clip, row.subject)));
}

}  // namespace mexbench::datasets::samm
