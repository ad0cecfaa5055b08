// A face in front of a camera: what it looks like at a moment, and how every pixel of one moment moved until another.
//
// A frame is the face seen through a pose. The pixel p of frame t shows the point of the face
//   f = H_t^-1(p) - sum_k c_k(t) m_k(p),
// H the movement of the head, m_k the field of movement k (displacement() of its bumps) and c_k its course, 0 at rest and 1 at its height.
// All of that is smooth and known exactly, so the motion between two frames is too: the pixel q of frame b that shows what p of frame a
// showed is the solution of q = H_b(f + sum_k c_k(b) m_k(q)).
//
// The face is a square as high as the frame, in its middle; coordinates are in units of that side (synth_face.h). What lies beside it
// mirrors a strip of its edge and moves with it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/core/random.h"
#include "harness/core/result.h"
#include "harness/preprocess/flow_file.h"
#include "harness/preprocess/synth_face.h"

namespace mexbench::preprocess {

struct FrameSize {
  int width = 0;
  int height = 0;
};

struct Pose {
  std::vector<double> courses;  // of each movement
  Point shift;                  // of the head
  double turn = 0.0;            // of the head, radians, in the image plane around the face's middle
  double lids = 0.0;            // 0 open, 1 closed: a blink, which covers and is no displacement
  double gain = 1.0;            // of the light
};

class Actor {
 public:
  Actor(Face face, FrameSize size, std::vector<std::vector<Bump>> movements);

  // 8-bit grey pixels, row-major. `noise` is the sensor's, standard deviation in grey levels.
  [[nodiscard]] std::vector<std::uint8_t> draw(const Pose& pose, double noise, core::RandomStream& stream) const;

  // For every pixel of the frame with pose `from`, how far what it shows has moved in the frame with pose `to`. Lids don't count. Fails
  // with kFailed when movements are so strong that the face folds over itself, so that no field describes them.
  [[nodiscard]] core::Result<FlowField> motion(const Pose& from, const Pose& to) const;

 private:
  struct Field {
    std::vector<float> x, y;
  };
  [[nodiscard]] Point on_face(int column, int row) const;
  [[nodiscard]] Point seen(const Pose& pose, int column, int row) const;
  [[nodiscard]] Point lidded(const Pose& pose, Point at) const;
  // Where a point of the face is seen in a pose, in units of the face; nothing where it folds.
  [[nodiscard]] std::optional<Point> seen_again(const Pose& to, Point face) const;

  Face face_;
  FrameSize size_;
  std::vector<std::vector<Bump>> movements_;
  std::vector<Field> fields_;  // of each movement, on the pixels
};

}  // namespace mexbench::preprocess
