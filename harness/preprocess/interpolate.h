// Stage `temporal-interpolation`: n frames of a clip become N frames at equal steps along a curve through them, from the first to the last.
//
//   tim     The temporal interpolation model (Zhou, Zhao, Pietikainen, "Towards a Practical Lipreading System", CVPR 2011). The
//   frames
//           are the vertices of a path graph, whose Laplacian has the eigenvectors y_k, k = 1 .. n - 1; they lie on the curve
//             F(t) = (f_1(t), ..., f_(n-1)(t)),  f_k(t) = sin(pi k t + pi (n - k) / (2 n)),  t in [1/n, 1],  y_k(i) = f_k(i / n)
//           The paper maps frames to the curve linearly, by a singular value decomposition of the frames without their mean m, and goes
//           back: x(t) = m + B F(t), where B takes F(i / n) to x_i - m. Frames that depend on each other linearly (two equal ones) have no
//           such way there and back, so B is found directly, as the least squares solution of B Y = X, with Y = (F(1/n) .. F(1)), X = (x_i
//           - m):
//             B = X Y^T (Y Y^T)^-1 = (2 / n) X Y^T,  for f_k(i / n) = cos(pi k (2 i - 1) / (2 n)) are the rows of the DCT-II, orthogonal to
//           each other and to the mean, of length n / 2 squared. Where the paper's B exists, this is it (a test compares the two). So
//             x(t) = sum_i w_i(t) x_i,  w_i(t) = 1/n + (2/n) sum_k f_k(i / n) f_k(t)
//           The curve goes through every frame, and may leave 0..255 between two: it is cut off there.
//   linear  Between the two frames next in time, pixel by pixel.
//
// The apex goes to the nearest place of the new frames (halves to the later one).
#pragma once

#include <string_view>
#include <vector>

namespace mexbench::preprocess {

// weights[m][i]: how much of frame i is in new frame m. `frames` and `wanted` at least 1; one frame is repeated.
[[nodiscard]] std::vector<std::vector<double>> interpolation_weights(std::size_t frames, std::size_t wanted, std::string_view method);

}  // namespace mexbench::preprocess
