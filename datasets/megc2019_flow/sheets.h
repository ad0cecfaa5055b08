// Onset, apex, offset and frame rate of the composite's clips, from the sheets of the three corpora where they are given. The images have
// none of it.
//
// SMIC's sheet is that of the long clips (SMIC-HS-E): it has 157 of the 164, four of the others are second and third movements of its rows,
// and three are lost. Its frames are the camera's numbers. No apex is in it.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "datasets/registry.h"
#include "harness/core/result.h"
#include "harness/data/manifest.h"

namespace mexbench::datasets::megc2019_flow {

// casme2_annotation, samm_annotation, smic_annotation.
[[nodiscard]] std::vector<OptionDef> sheet_options();

// Fills in what the given sheets say. A clip that its corpus's sheet has not is a note for SMIC's lost ones and an error for others. Fails
// with kData.
[[nodiscard]] core::Status join_sheets(const nlohmann::json& options, data::Manifest& manifest);

}  // namespace mexbench::datasets::megc2019_flow
