// Clips of the user's own, which nobody has labelled: files that become a manifest, so that they go the way of every clip.
//
// A clip is what the input recipe makes one of. Where it takes one file (flow-image), a clip is an image; where it takes several
// (onset-apex-flow, frame-volume), it is a folder with one image for each, named after its role: onset.png, apex.png; t00.png, t01.png, ...
// Images are .png, .jpg or .bmp. Recipe `stages` makes none of loose images.
#pragma once

#include <span>
#include <string>

#include "harness/core/result.h"
#include "harness/data/manifest.h"

namespace mexbench::run {

// The clips at `given`, in this order; a folder that is no clip itself stands for the clips in it, sorted by name as bytes (names that
// begin with a dot are passed over). Recipe and label map are those of `like`. A clip's id is its path as given; all have truth 0, which
// means nothing.
//
// Fails with kData, all problems at once: a path that does not exist, a folder without clips or with other files, a clip that lacks an
// image, a clip that is given twice; with kUsage for recipe `stages`. What the images hold is looked at when they are decoded.
[[nodiscard]] core::Result<data::Manifest> own_clips(const data::Manifest& like, std::span<const std::string> given);

}  // namespace mexbench::run
