// Draws a look-alike corpus (harness/data/lookalike.h): people who move by action units (action_units.h) in front of a camera (actor.h).
//
// A person is a face and an asymmetry. A movement takes its action units from rest to their height and back (raised cosine from onset to
// apex to offset), each with a weight drawn for the clip. Beside it, over the whole footage: a slow movement of the head, a drift of the
// light, sensor noise, and now and then a blink of a fifth of a second, which never covers an onset or an apex frame. Every purpose has a
// random stream of its own, so one knob never shifts what another one draws. The release's kind of file then compresses the frame.
#pragma once

#include <filesystem>

#include "harness/core/result.h"
#include "harness/data/lookalike.h"
#include "harness/preprocess/recipe.h"

namespace mexbench::preprocess {

// Renders into `root`, which must be missing or empty; a root that holds this very corpus already is left as it is. The folder appears
// under its name only when it is complete. The bytes do not depend on `threads`. Progress counts folders of frames. Fails with kData when
// root holds something else, with kUsage when the plan is not sound (check_lookalike, an action unit that can't be drawn), with kFailed
// when a movement folds the face or root can't be written.
[[nodiscard]] core::Status render_lookalike(const data::Lookalike& corpus, const std::filesystem::path& root, const Progress& progress = {},
                                            int threads = 1);

}  // namespace mexbench::preprocess
