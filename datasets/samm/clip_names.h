// Clips of SAMM and of its long videos are called after their subject: `006_1_2` is of 006.
#pragma once

#include <vector>

#include "harness/data/annotation.h"

namespace mexbench::datasets::samm {

// Adds `subject-disagrees` when the row is of somebody else.
void check_clip_name(data::AnnotationRow& row, std::vector<data::Irregularity>& irregular);

}  // namespace mexbench::datasets::samm
