// Stage `spot-apex`: which frame differs most from the first one.
//
// After Liong, See, Wong, Le Ngo, Oh, Phan, "Automatic Apex Frame Spotting in Micro-expression Database", ACPR 2015, who sum optical strain
// (among others) over regions around eyes and mouth and search by halving. Here the whole frame counts: align or crop it first.
//
//   optical-strain    mean strain magnitude (flow.h) of Farneback's flow from the first frame
//   flow-magnitude    mean length of its vectors
//   frame-difference  mean |frame - first| + mean |frame - last|: no paper, for comparison. A frame has to differ from both, so that
//                     lighting that drifts over the clip does not make the last frame the apex
//
//   maximum  the frame with the greatest value; of equal ones the first
//   halving  the paper's divide and conquer: the half with the greater sum is kept until one frame is left; of an odd number the middle
//            frame belongs to both halves; of equal halves the first
//
// The first frame is never the apex.
#pragma once

#include <span>
#include <string_view>

namespace mexbench::preprocess {

// Place of the apex among the values of the frames; the first is left out. At least two values.
[[nodiscard]] std::size_t apex_of(std::span<const double> values, std::string_view search);

}  // namespace mexbench::preprocess
