#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/core/text.h"
#include "harness/preprocess/stage.h"

namespace mexbench::preprocess {
namespace {

const std::vector<std::string>& planes() {  // in the order of the decoded image: B, G, R
  static const std::vector<std::string> kPlanes = {"strain", "v", "u"};
  return kPlanes;
}

}  // namespace

core::Status check_flow_image(const data::InputRecipe& recipe) {
  for (const std::string& channel : recipe.channels) {
    if (std::find(planes().begin(), planes().end(), channel) == planes().end()) {
      return core::Error(core::ErrorCode::kUsage,
                         fmt::format("recipe 'flow-image' has no channel '{}', {} is wanted", channel, core::quoted_list(planes())));
    }
  }
  return {};
}

core::Status run_flow_image(const ClipFiles& input, std::span<float> out) {
  const data::InputRecipe& recipe = input.recipe;
  const LoadedFile& file = input.files.front();
  core::Timed decoding(input.profile, "decode");
  MEXBENCH_ASSIGN(const cv::Mat image, decode(file, /*colour=*/true));
  decoding.stop();
  if (image.rows != recipe.height || image.cols != recipe.width) {
    return core::Error::in_file(
        core::ErrorCode::kData, file.path,
        fmt::format("is {} x {} pixels, {} x {} is wanted (width x height)", image.cols, image.rows, recipe.width, recipe.height));
  }
  const core::Timed composing(input.profile, "compose");
  float* to = out.data();
  for (const std::string& channel : recipe.channels) {
    const auto plane = static_cast<int>(std::find(planes().begin(), planes().end(), channel) - planes().begin());
    for (int y = 0; y < image.rows; ++y) {
      const auto* row = image.ptr<cv::Vec3b>(y);
      for (int x = 0; x < image.cols; ++x) *to++ = static_cast<float>(row[x][plane]);
    }
  }
  return {};
}

}  // namespace mexbench::preprocess
