// The frames of a clip whose recipe is "stages": which ones it needs, and how they come out of its files.
//
// A frame is a file of its own, whose role is its number, or lies in a video of role "video:<first>", whose first frame has that number. A
// gap in the numbers is not looked at here: which frames a clip has is for its adapter to check. A video is decoded from its beginning by
// the FFmpeg that OpenCV was built with: seeking is not exact in all formats.
#pragma once

#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/data/stages.h"
#include "harness/preprocess/clip_state.h"
#include "harness/preprocess/stage.h"

namespace mexbench::preprocess {

// Roles of the files that the clip's stages need: each frame's number in the order of time, or one video. Without a span every numbered
// file is taken. Fails with kData naming the clip: no onset, apex or offset where one is needed, an apex outside the span, no frame at all.
[[nodiscard]] core::Result<std::vector<std::string>> frame_roles(const data::InputRecipe& recipe, const data::Clip& clip);

// The decoded frames, as frame_roles() asked for them. Fails with kData: not decodable, sizes differ, a video too short.
[[nodiscard]] core::Result<ClipState> decode_frames(const data::StageList& stages, const ClipFiles& input);

}  // namespace mexbench::preprocess
