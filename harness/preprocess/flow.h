// Recipe `onset-apex-flow`: what moved between the onset and the apex frame, as an image of 28 x 28 (or the recipe's size).
//
//   1. Both frames as 8-bit grey; dense optical flow (u to the right, v downwards, in pixels) from onset to apex.
//        farneback  Farneback, "Two-Frame Motion Estimation Based on Polynomial Expansion", SCIA 2003
//        dis        Kroeger, Timofte, Dai, Van Gool, "Fast Optical Flow using Dense Inverse Search", ECCV 2016
//      Both frames are extended by 32 mirrored pixels on each side, and the flow is cut back: at the right and lower border OpenCV's
//      Farneback reports up to half a pixel of movement between two identical frames.
//   2. Optical strain magnitude (Shreve, Godavarthy, Goldgof, Sarkar, "Macro- and Micro-expression Spotting in Long Videos using
//      Spatio-temporal Strain", FG 2011): with the strain tensor e = (grad w + grad w^T) / 2 of the flow field w = (u, v),
//        strain = sqrt(e_xx^2 + e_yy^2 + e_xy^2 + e_yx^2),  e_xx = du/dx,  e_yy = dv/dy,  e_xy = e_yx = (du/dy + dv/dx) / 2
//      by central differences (one-sided at the border).
//   3. u, v and strain are each reduced to the recipe's size by area averaging.
//   4. Each channel is brought to 0..255, unrounded:
//        per-clip  its own minimum to 0, its maximum to 255, as the images STSTNet was trained on; a channel that varies by less than
//                  0.0001 is 0, so that the rounding errors of a clip without movement stay what they are
//        fixed     u and v from -2 % .. +2 % of the frame's width, strain from 0 .. 0.1, clamped: magnitude between clips is kept
//
// Options: flow (farneback | dis), stretch (per-clip | fixed). Channels: strain, v, u, any of them in any order.
#pragma once

#include <opencv2/core.hpp>
#include <string>

#include "harness/preprocess/stage.h"

namespace mexbench::preprocess {

// Strain magnitude of a flow field (CV_32FC2, at least 2 x 2): CV_32FC1 of the same size.
[[nodiscard]] cv::Mat optical_strain(const cv::Mat& flow);

[[nodiscard]] core::Status check_onset_apex_flow(const data::InputRecipe& recipe);
[[nodiscard]] core::Status run_onset_apex_flow(const data::InputRecipe& recipe, const std::vector<LoadedFile>& files, std::span<float> out);

}  // namespace mexbench::preprocess
