#include "harness/data/channels.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/text.h"

namespace mexbench::data {
namespace {

using core::Error;
using core::ErrorCode;

bool has(const ImageChannels& images, ChannelKind kind) {
  return std::any_of(images.names.begin(), images.names.end(), [&](const std::string& name) { return channel_kind(name) == kind; });
}

bool is_flow(ChannelKind kind) { return kind != ChannelKind::kFrame && kind != ChannelKind::kUnknown; }

Error refusal(std::string_view step, const std::string& why, const ImageChannels& images) {
  return {ErrorCode::kUsage, fmt::format("'{}' {}; the channels are {}", step, why, core::join(images.names, ", "))};
}

core::Status check_known(std::string_view step, const ImageChannels& images) {
  for (const std::string& name : images.names) {
    if (channel_kind(name) == ChannelKind::kUnknown) {
      return refusal(step, fmt::format("does not know what channel '{}' means", name), images);
    }
  }
  return {};
}

core::Status check_frames(std::string_view step, const ImageChannels& images) {
  const bool frames = std::all_of(images.names.begin(), images.names.end(),
                                  [](const std::string& name) { return channel_kind(name) == ChannelKind::kFrame; });
  const bool in_time = std::adjacent_find(images.names.begin(), images.names.end(), [](const std::string& a, const std::string& b) {
                         return a.size() > b.size() || (a.size() == b.size() && a >= b);
                       }) == images.names.end();
  if (frames && in_time && images.names.size() >= 2) return {};
  return refusal(step, "shifts frames in time (t00, t01, ... in this order)", images);
}

}  // namespace

ChannelKind channel_kind(std::string_view name) {
  if (name == "u") return ChannelKind::kHorizontal;
  if (name == "v") return ChannelKind::kVertical;
  if (name == "strain" || name == "magnitude") return ChannelKind::kMagnitude;
  const bool frame = name.size() >= 3 && name[0] == 't' && name.find_first_not_of("0123456789", 1) == std::string_view::npos;
  return frame ? ChannelKind::kFrame : ChannelKind::kUnknown;
}

double zero_of(ChannelKind kind, const ImageChannels& images) {
  const bool component = kind == ChannelKind::kHorizontal || kind == ChannelKind::kVertical;
  return component ? (images.low + images.high) / 2.0 : images.low;
}

core::Status check_augmentation(std::string_view step, bool fills_with_zero, const ImageChannels& images) {
  const bool ranged = images.high > images.low;
  const bool horizontal = has(images, ChannelKind::kHorizontal);
  const bool vertical = has(images, ChannelKind::kVertical);
  bool needs_range = fills_with_zero;
  if (step == "temporal_jitter") return check_frames(step, images);
  if (step == "flip" || step == "rotate" || step == "magnify" || fills_with_zero) MEXBENCH_TRY(check_known(step, images));
  if (step == "flip") needs_range = horizontal;
  if (step == "rotate") {
    if (horizontal != vertical) {
      return refusal(step, fmt::format("turns the flow, and needs '{}' beside '{}'", horizontal ? "v" : "u", horizontal ? "u" : "v"),
                     images);
    }
    needs_range = needs_range || horizontal;
  }
  if (step == "magnify") {
    needs_range = true;
    if (!std::all_of(images.names.begin(), images.names.end(), [](const std::string& name) { return is_flow(channel_kind(name)); })) {
      return refusal(step, "scales the flow (u, v, strain)", images);
    }
  }
  if (step == "noise") needs_range = true;
  if (needs_range && !ranged) return refusal(step, "needs the range of the values, and the data declare none", images);
  return {};
}

}  // namespace mexbench::data
