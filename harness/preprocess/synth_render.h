// Draws the synthetic corpus: faces that move, frame by frame, as a function of the options alone.
//
// A subject is an appearance (proportions, skin tone, contrast, skin texture) and habits: an asymmetry, a private motion that comes with
// every clip whatever its class, and for each class a private way of showing it. Idiosyncrasy scales the habits.
//
// A clip is one motion field in the face's plane, a sum of smooth bumps around landmarks:
//   negative   brows down and together, corners of the lips down        (action units 4, 15)
//   positive   corners of the lips out and up, cheeks up                (12, 6)
//   surprise   brows up, lower lip and jaw down                         (1, 2, 26)
// with the action units' weights drawn anew for each clip, the subject's habits, and two bumps that mean nothing. Intensity scales what
// depends on the class, so at intensity 0 nothing does. A frame is the subject's face seen through the field times the course (raised
// cosine, 0 at onset, 1 at apex, 0 at offset), a small head movement, a small change of light, and sensor noise.
//
// Classes are drawn independently of subject, appearance, number of frames, apex position and light: motion is the only signal.
// Displacements scale with the frame's side; one unit of motion is 1 % of it.
#pragma once

#include <filesystem>

#include "harness/core/result.h"
#include "harness/data/synth.h"
#include "harness/preprocess/recipe.h"

namespace mexbench::preprocess {

// Renders into `root`, which must be missing or empty; a root that holds this very corpus already is left as it is. The folder appears
// under its name only when it is complete. The bytes do not depend on `threads`. Fails with kData when root holds something else,
// with kFailed when it can't be written.
[[nodiscard]] core::Status render_synth(const data::SynthOptions& options, const std::filesystem::path& root, const Progress& progress = {},
                                        int threads = 1);

}  // namespace mexbench::preprocess
