// The drawing behind synth_render.h: a subject's face as an image, a clip's motion as a field, a frame as one seen through the other.
// Plain arithmetic, no OpenCV: its remapping rounds positions to 1/32 pixel, which is what micro-motion is made of.
//
// Coordinates run from 0 to 1 over the frame, x to the right, y downwards.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "harness/core/random.h"

namespace mexbench::preprocess {

struct Point {
  double x = 0.0;
  double y = 0.0;
};

// Places of a face that move. L is the left of the image.
enum class Landmark : std::size_t {
  kBrowInnerL,
  kBrowInnerR,
  kBrowOuterL,
  kBrowOuterR,
  kCheekL,
  kCheekR,
  kMouthL,
  kMouthR,
  kLowerLip,
  kChin,
  kNose,
  kForehead,
  kEyeL,
  kEyeR,
  kCount
};
inline constexpr std::size_t kLandmarks = static_cast<std::size_t>(Landmark::kCount);

// A smooth push: displacement `move` at `centre`, fading as a Gaussian of deviation `radius`.
struct Bump {
  Point centre;
  Point move;
  double radius = 0.0;
};

// A raster of float grey levels, 0..255.
struct Raster {
  int side = 0;
  std::vector<float> grey;
};

// Bicubic (Catmull and Rom) lookup, `x` and `y` in pixels from the middle of the first one; what lies outside repeats the edge.
[[nodiscard]] double sample(const Raster& image, double x, double y);

struct Face {
  std::array<Point, kLandmarks> landmarks;
  Raster image;  // twice the frame's side
  [[nodiscard]] Point at(Landmark landmark) const { return landmarks[static_cast<std::size_t>(landmark)]; }
};

// Proportions, tone and texture all come from the stream.
[[nodiscard]] Face draw_face(int side, core::RandomStream& stream);

// Sum of bumps on the pixel grid of a frame.
struct MotionField {
  int side = 0;
  std::vector<float> x;
  std::vector<float> y;
};
[[nodiscard]] MotionField rasterise(const std::vector<Bump>& bumps, int side);

// What happens to a frame beside the expression.
struct Viewing {
  double course = 0.0;  // factor of the motion field
  Point shift;          // of the head
  double turn = 0.0;    // radians, in the image plane, around the middle
  double gain = 1.0;    // of the light
  double noise = 0.0;   // standard deviation in grey levels
};

// 8-bit grey pixels, row-major. Bicubic (Catmull and Rom) lookup in the face's image; noise comes from the stream.
[[nodiscard]] std::vector<std::uint8_t> draw_frame(const Face& face, const MotionField& motion, const Viewing& viewing,
                                                   core::RandomStream& stream);

}  // namespace mexbench::preprocess
