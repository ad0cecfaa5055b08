#include <fmt/format.h>

#include <span>
#include <vector>

#include "harness/preprocess/adapt.h"
#include "harness/preprocess/stage.h"

namespace mexbench::preprocess {

using core::Error;
using core::ErrorCode;

core::Status check_frame_volume(const data::InputRecipe& recipe) {
  for (std::size_t i = 0; i < recipe.channels.size(); ++i) {
    if (recipe.channels[i] == data::volume_channel(i)) continue;
    return Error(ErrorCode::kUsage, fmt::format("channel {} of recipe 'frame-volume' is called '{}', '{}' is wanted", i + 1,
                                                recipe.channels[i], data::volume_channel(i)));
  }
  return {};
}

core::Status run_frame_volume(const ClipFiles& input, std::span<float> out) {
  const data::InputRecipe& recipe = input.recipe;
  const std::vector<LoadedFile>& files = input.files;
  const data::ImageSize wanted{.height = recipe.height, .width = recipe.width};
  const data::Adaptation shrink{.mosaic = {}, .resize = data::Resize{.size = wanted, .interpolation = data::Interpolation::kArea}};
  cv::Size first;
  for (std::size_t i = 0; i < files.size(); ++i) {
    core::Timed decoding(input.profile, "decode");
    MEXBENCH_ASSIGN(const cv::Mat frame, decode(files[i], /*colour=*/false));
    decoding.stop();
    if (i == 0) first = frame.size();
    if (frame.size() != first) {
      return Error::in_file(ErrorCode::kData, files[i].path,
                            fmt::format("is {} x {} pixels, the first frame of its clip {} x {}; equal sizes are wanted", frame.cols,
                                        frame.rows, first.width, first.height));
    }
    const core::Timed composing(input.profile, "compose");
    cv::Mat grey;
    frame.convertTo(grey, CV_32FC1);  // before shrinking, which would round
    adapt_plane(shrink, {.height = grey.rows, .width = grey.cols}, {grey.ptr<float>(), grey.total()},
                out.subspan(i * static_cast<std::size_t>(wanted.pixels()), static_cast<std::size_t>(wanted.pixels())));
  }
  return {};
}

}  // namespace mexbench::preprocess
