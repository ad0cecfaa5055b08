// The extended release of SMIC-HS (SMIC-HS-E): long clips with the frames before and behind a movement, and a sheet that says where it is.
//
//   HS_long/SMIC-HS-E/s01/s1_ne_01/image000001.jpg ...        HS_long/SMIC-HS-E/SMIC-HS-E_annotation.xlsx
//
// The sheet counts frames as the camera did: FirstF is the clip's first. A folder is read either way: numbered like that, or from a first
// number of its own when it holds exactly as many images as FirstF to LastF; anything else is an error with both counts, for then nobody
// can tell which frame is meant.
//
// One row's movement lies outside its own video (s1_ne_03); a named correction mends it.
//
// A clip's class is that in its name, where the sheet says another too. A second or third movement is a clip of its own when the running
// number it would have stands in no row and a later one of the same subject and class does: s3_ne_02 has s3_ne_03 in it, s4_ne_04 has
// s4_ne_05 and s4_ne_06, s9_sur_01 has s9_sur_02. So the 157 rows are 161 clips; three of the first release's 164 are lost.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "datasets/frames/frame_corpus.h"
#include "datasets/frames/release.h"
#include "harness/core/result.h"
#include "harness/data/annotation.h"

namespace mexbench::datasets::smic {

// The folder SMIC-HS-E: `root` itself, in it, or in its folder HS_long. `named`: only one that is called so; else whatever holds subjects.
[[nodiscard]] core::Result<frames::FoundRelease> find_long_release(const std::filesystem::path& root, bool named);

// The further movements of a row that are clips, by name (`s3_ne_03`). `names`: canonical names of all rows.
struct FurtherClip {
  std::string name;
  data::Interval span;
};
[[nodiscard]] std::vector<FurtherClip> further_clips(const data::AnnotationRow& row, const std::vector<std::string>& names);

// Where the camera's frame numbers lie in a folder: the number on disk is the camera's plus this. Nothing when it can't be told.
[[nodiscard]] std::optional<std::int64_t> shift_of(std::int64_t first_on_disk, std::int64_t last_on_disk, std::int64_t first,
                                                   std::int64_t last);

// `options` as the adapter `smic` has them.
[[nodiscard]] core::Result<frames::FrameCorpus> find_long_corpus(const frames::FoundRelease& release, const std::filesystem::path& root,
                                                                 const nlohmann::json& options, CorpusLabels labels);

}  // namespace mexbench::datasets::smic
