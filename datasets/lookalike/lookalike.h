// Layouts of released corpora, to be filled with drawn faces (harness/data/lookalike.h): folders, frame numbers and their padding, sheets
// cell by cell, and on request the slips that the releases are known for. A layout is one file beside this one and one line in
// lookalike.cpp.
//
//   id        folders                                              sheet
//   casme     CASME_raw_selected/sub01/EP01_12/EP01_12-1.jpg       CASME-coded-20190721.csv (the release's is an old .xls: see casme.cpp)
//   casme2    CASME2_RAW_selected/sub01/EP02_01f/img46.jpg         CASME2-coding-20140508.xlsx or -20190701
//   casme3    Part_A_ME_clip/frame/spNo.1_a_355/355.jpg            cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx
//   casme_sq  selectedpic/s15/anger1_1/img557.jpg, or rawpic       CAS(ME)^2code_final(Updated).xlsx
//   samm      SAMM/006/006_1_2/006_05562.jpg                       SAMM_Micro_FACS_Codes_v2.xlsx or the re-issue of 2018
//   samm_lv   SAMM_longvideos/006_1/006_1_0001.jpg                 SAMM_LongVideos_V2_Release.xlsx
//   smic      SMIC_all_raw/HS/s1/micro/negative/s1_ne_01/*.bmp     none
//             HS_long/SMIC-HS-E/s01/s1_ne_01/image000001.jpg       SMIC-HS-E_annotation.xlsx
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"
#include "harness/data/lookalike.h"
#include "harness/data/option.h"

namespace mexbench::datasets {

struct Layout {
  std::string id;       // the dataset's
  std::string summary;  // one line
  std::vector<data::OptionDef> options;
  // The whole corpus from complete options.
  std::function<data::Lookalike(const nlohmann::json& options)> plan;
};

// Sorted by id.
[[nodiscard]] std::span<const Layout> layouts();

// Fails with kUsage, suggesting the nearest id and listing all.
[[nodiscard]] core::Result<const Layout*> find_layout(std::string_view id);

// `given` with every default filled in, and `layout`. Fails with kUsage: unknown layout or key, wrong type, out of range.
[[nodiscard]] core::Result<nlohmann::json> complete_layout_options(std::string_view id, const nlohmann::json& given);

// The corpus that `options`, as completed above, ask for. Fails with kUsage when they are not complete.
[[nodiscard]] core::Result<data::Lookalike> plan_lookalike(const nlohmann::json& options);

}  // namespace mexbench::datasets
