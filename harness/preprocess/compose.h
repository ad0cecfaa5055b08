// Stages that end in an image without flow, and the mosaic of an image.
//
//   frame-volume     N of n frames at equal steps: frame i is the one at i (n - 1) / (N - 1), to the nearest (halves to the later one); a
//                    short clip gives some twice
//   dynamic-image    Bilen, Fernando, Gavves, Vedaldi, Gould, "Dynamic Image Networks for Action Recognition", CVPR 2016: the hyperplane
//   that
//                    ranks the frames by their time, in its approximate form sum_t alpha_t I_t for t = 1 .. T and H_t = sum of 1/i
//                    to t
//                      alpha_t = 2 (T - t + 1) - (T + 1) (H_T - H_(t-1))
//                    resized, then its least value to 0, its greatest to 255. A clip of one frame has no order, and is 0
//   landmark-mosaic  data::Mosaic around this clip's own points: the means of the six landmarks of each eye, and the corners of the mouth
#pragma once

#include <cstddef>
#include <vector>

namespace mexbench::preprocess {

[[nodiscard]] std::vector<std::size_t> equal_steps(std::size_t frames, std::size_t wanted);

// alpha_1 .. alpha_T; their sum is 0.
[[nodiscard]] std::vector<double> rank_pooling_weights(std::size_t frames);

}  // namespace mexbench::preprocess
