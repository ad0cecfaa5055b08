// Stage `magnify`: linear Eulerian video magnification (Wu, Rubinstein, Shih, Guttag, Durand, Freeman, "Eulerian Video Magnification for
// Revealing Subtle Changes in the World", ACM Transactions on Graphics 31(4), SIGGRAPH 2012).
//
//   I'(x, t) = I(x, t) + sum over levels l of alpha_l L_l(B(x, t))                                                  (eq. 5)
//
//   B    each pixel's series of n frames through an ideal band-pass: of its discrete Fourier transform those frequencies f are kept for
//   which
//        low <= f <= high, in Hz, f = k fps / n. The mean over time never is. As with every ideal filter the clip counts as a period: its
//        last frame comes before its first, which suits a clip from neutral to neutral.
//   L_l  level l = 0, 1, ... of the Laplacian pyramid (pyrDown and pyrUp with the 5 x 5 kernel of Burt and Adelson 1983). The remainder
//        below the last level is not magnified, as in the authors' code.
//   alpha_l = min(alpha, (1 + alpha) lambda_l / lambda_c - 1), at least 0: the bound (1 + alpha) delta < lambda / 8 (eq. 14), with delta
//   set
//        so that it holds with equality at lambda_c, as in the authors' code. lambda_l = 3 * 2^l pixels stands for the wavelengths of a
//        level (a quarter to a half of the sampling rate there); the authors derive it from the diagonal of the frame instead.
//
// Filter and pyramid are both linear, the one over time, the other over space, so that their order does not matter: the filter comes first.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

namespace mexbench::preprocess {

// Response of the band-pass to one frame: h[d], d = 0 .. n - 1 frames later (cyclic). Empty: no frequency of n frames lies in the band.
[[nodiscard]] std::vector<double> band_pass(std::size_t frames, double low, double high, double fps);

// alpha_l of a level.
[[nodiscard]] double level_factor(int level, double alpha, double lambda_c);

}  // namespace mexbench::preprocess
