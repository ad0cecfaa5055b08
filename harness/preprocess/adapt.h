// Executes a declared adaptation (harness/data/adaptation.h, where each step is defined) on one channel of one clip, so that a whole
// dataset needs no second copy. Knows nothing of torch, and shows nothing of OpenCV.
#pragma once

#include <span>

#include "harness/data/adaptation.h"

namespace mexbench::preprocess {

// `plane`: the pixels of one channel, row-major, size.pixels() of them; `out`: adaptation.size_after(size).pixels(), elsewhere in memory.
// A mosaic's crops are no larger than the image. Throws a std::exception (cv::Exception, std::bad_alloc) when memory runs out.
void adapt_plane(const data::Adaptation& adaptation, data::ImageSize size, std::span<const float> plane, std::span<float> out);

}  // namespace mexbench::preprocess
