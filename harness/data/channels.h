// What the names of channels say about their numbers: how an image may be mirrored, turned or scaled and still tell of a face's movement.
//
//   u       movement to the right: mirroring changes its sign      } components of the flow; its zero is taken to be the middle of the
//   v       movement downwards                                    } declared range
//   strain, magnitude  how much, without a direction; zero is the lower end of the range
//   t00, t01, ...  grey frames in the order of time; black is the lower end of the range
//
// The middle is the zero of flow that was brought to a fixed range. Where each image was stretched from its own least to its own greatest
// value, nothing says where its zero lies: mirroring, u -> low + high - u, is exact there too (it is the stretched image of -u), while
// turning and scaling u and v are approximations.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::data {

// The channels of an image and the range their values are declared to lie in.
struct ImageChannels {
  std::vector<std::string> names;
  double low = 0.0;
  double high = 0.0;
};

enum class ChannelKind { kHorizontal, kVertical, kMagnitude, kFrame, kUnknown };
[[nodiscard]] ChannelKind channel_kind(std::string_view name);

// The value that stands for no movement, or black.
[[nodiscard]] double zero_of(ChannelKind kind, const ImageChannels& images);

// Whether a step of augmentation, by its name in an experiment (flip, shift, rotate, noise, mixup, magnify, temporal_jitter), means
// something for such images; `fills_with_zero`: it puts zeros where nothing is known. Fails with kUsage, saying which channel is in the
// way.
[[nodiscard]] core::Status check_augmentation(std::string_view step, bool fills_with_zero, const ImageChannels& images);

}  // namespace mexbench::data
