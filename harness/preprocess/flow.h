// Optical flow between two frames and the image that is made of it: recipe `onset-apex-flow`, and the stages `flow` and `flow-image`, which
// give the same numbers. What moved between the onset and the apex frame, as an image of 28 x 28 (or the recipe's size).
//
//   1. Both frames as grey; dense optical flow (u to the right, v downwards, in pixels) from onset to apex.
//        farneback  Farneback, "Two-Frame Motion Estimation Based on Polynomial Expansion", SCIA 2003
//        dis        Kroeger, Timofte, Dai, Van Gool, "Fast Optical Flow using Dense Inverse Search", ECCV 2016; of 8-bit frames
//        tvl1       Zach, Pock, Bischof, "A Duality Based Approach for Realtime TV-L1 Optical Flow", DAGM 2007, with the settings that
//                   OpenCV has: tau 0.25, lambda 0.15, theta 0.3, 5 scales, 5 warps
//      Both frames are extended by 32 mirrored pixels on each side, and the flow is cut back: at the right and lower border OpenCV's
//      Farneback reports up to half a pixel of movement between two identical frames.
//   2. Optical strain magnitude (Shreve, Godavarthy, Goldgof, Sarkar, "Macro- and Micro-expression Spotting in Long Videos using
//      Spatio-temporal Strain", FG 2011): with the strain tensor e = (grad w + grad w^T) / 2 of the flow field w = (u, v),
//        strain = sqrt(e_xx^2 + e_yy^2 + e_xy^2 + e_yx^2),  e_xx = du/dx,  e_yy = dv/dy,  e_xy = e_yx = (du/dy + dv/dx) / 2
//      by central differences (one-sided at the border). Magnitude is sqrt(u^2 + v^2).
//   3. u, v, strain and magnitude are each reduced to the recipe's size by area averaging.
//   4. Each channel is brought to 0..255, unrounded:
//        per-clip  its own minimum to 0, its maximum to 255, as the images STSTNet was trained on; a channel that varies by less than
//                  0.0001 is 0, so that the rounding errors of a clip without movement stay what they are
//        fixed     u and v from -2 % .. +2 % of the frame's width, magnitude from 0 .. 2 %, strain from 0 .. 0.1, clamped: magnitude
//                  between clips is kept
//
// Options of the recipe: flow (farneback | dis), stretch (per-clip | fixed). Channels: strain, v, u, any of them in any order.
#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "harness/preprocess/stage.h"

namespace mexbench::preprocess {

inline constexpr int kLeastFlowSide = 16;  // pixels of a frame

// Both frames CV_8UC1, or both CV_32FC1 with 0..255, of one size with sides of at least kLeastFlowSide. Method: farneback | dis | tvl1.
// CV_32FC2 of the same size.
[[nodiscard]] cv::Mat flow_between(const cv::Mat& onset_frame, const cv::Mat& apex_frame, std::string_view method);

// Strain magnitude of a flow field (CV_32FC2, at least 2 x 2): CV_32FC1 of the same size.
[[nodiscard]] cv::Mat optical_strain(const cv::Mat& flow);

// Length of the vectors of a flow field: CV_32FC1.
[[nodiscard]] cv::Mat flow_magnitude(const cv::Mat& flow);

// Steps 2 to 4: CV_32FC1 of `size` for each channel (strain, v, u, magnitude).
[[nodiscard]] std::vector<cv::Mat> flow_planes(const cv::Mat& flow, const std::vector<std::string>& channels, cv::Size size, bool per_clip);

[[nodiscard]] core::Status check_onset_apex_flow(const data::InputRecipe& recipe);
[[nodiscard]] core::Status run_onset_apex_flow(const ClipFiles& input, std::span<float> out);

}  // namespace mexbench::preprocess
