// Adapters `smic`, `smic_vis` and `smic_nir`: the first release of SMIC (Li et al., FG 2013), three cameras that share clip names and are
// three datasets. There is no sheet: folders say subject, class and clip, and the images of a clip are exactly those from onset to offset.
//
//   SMIC_all_raw/HS/s1/micro/negative/s1_ne_01/image559740.bmp ...       SMIC_all_cropped/HS/s1/micro/negative/s1_ne_01/reg_image559740.bmp
//   ...
//
// Of camera HS the extended release is read too, `release: long` (long_clips.h).
//
// No apex is annotated. Subjects and clips are called as the MEGC 2019 composite calls them: smic/s01/s01_ne_01.
#pragma once

#include <filesystem>

#include "datasets/frames/frame_corpus.h"
#include "datasets/registry.h"

namespace mexbench::datasets::smic {

[[nodiscard]] AdapterInfo info();
[[nodiscard]] AdapterInfo vis_info();
[[nodiscard]] AdapterInfo nir_info();

// The clips of SMIC-HS, with the options of its adapter.
[[nodiscard]] core::Result<frames::FrameCorpus> find_corpus(const std::filesystem::path& root, const nlohmann::json& options,
                                                            CorpusLabels labels);

}  // namespace mexbench::datasets::smic
