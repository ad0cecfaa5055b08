#include "harness/preprocess/compose.h"

#include "harness/data/adaptation.h"
#include "harness/preprocess/adapt.h"
#include "harness/preprocess/clip_state.h"
#include "harness/preprocess/face.h"
#include "harness/preprocess/plane.h"

namespace mexbench::preprocess {

std::vector<std::size_t> equal_steps(std::size_t frames, std::size_t wanted) {
  std::vector<std::size_t> out;
  const std::size_t steps = wanted - 1;
  for (std::size_t i = 0; i < wanted; ++i) out.push_back(steps == 0 ? 0 : (2 * i * (frames - 1) + steps) / (2 * steps));
  return out;
}

std::vector<double> rank_pooling_weights(std::size_t frames) {
  std::vector<double> out(frames);
  double tail = 0.0;  // H_T - H_(t-1) = 1/t + ... + 1/T
  const auto count = static_cast<double>(frames);
  for (std::size_t t = frames; t >= 1; --t) {
    tail += 1.0 / static_cast<double>(t);
    out[t - 1] = 2.0 * (count - static_cast<double>(t) + 1.0) - (count + 1.0) * tail;
  }
  return out;
}

core::Status frame_volume_stage(const nlohmann::json& options, ClipState& state) {
  for (const std::size_t place : equal_steps(state.frames.size(), options.at("frames").get<std::size_t>())) {
    cv::Mat plane = resized_plane(state.frames[place], options);
    clamp_plane(plane);
    state.image.push_back(plane);
  }
  state.frames.clear();
  return {};
}

core::Status dynamic_image_stage(const nlohmann::json& options, ClipState& state) {
  const std::vector<double> weights = rank_pooling_weights(state.frames.size());
  cv::Mat sum = cv::Mat::zeros(state.frame_size, CV_64FC1);
  for (std::size_t i = 0; i < weights.size(); ++i) add_scaled(state.frames[i], weights[i], sum);
  cv::Mat pooled;
  sum.convertTo(pooled, CV_32FC1);
  const cv::Mat plane = resized_plane(pooled, options);
  double low = 0.0;
  double high = 0.0;
  cv::minMaxLoc(plane, &low, &high);
  state.image = {stretched_plane(plane, low, high)};
  state.frames.clear();
  return {};
}

core::Status landmark_mosaic_stage(const nlohmann::json& options, ClipState& state) {
  const FacePoints points = face_points(state.landmarks);
  const cv::Size size = state.image.front().size();
  const auto place = [&](const cv::Point2d& point) {
    return data::ImagePoint{.x = (point.x + 0.5) * size.width / state.frame_size.width,
                            .y = (point.y + 0.5) * size.height / state.frame_size.height};
  };
  const std::int64_t crop = options.at("crop");
  const data::Adaptation mosaic{.mosaic = data::Mosaic{.left_eye = place(points.left_eye),
                                                       .right_eye = place(points.right_eye),
                                                       .left_mouth = place(points.left_mouth),
                                                       .right_mouth = place(points.right_mouth),
                                                       .crop = {.height = crop, .width = crop},
                                                       .swap_axes = options.at("swap_axes")},
                                .resize = {},
                                .rescale = {}};
  for (cv::Mat& plane : state.image) {
    cv::Mat out(static_cast<int>(2 * crop), static_cast<int>(2 * crop), CV_32FC1);
    adapt_plane(mosaic, {.height = size.height, .width = size.width}, {plane.ptr<float>(), plane.total()}, {out.ptr<float>(), out.total()});
    plane = out;
  }
  return {};
}

}  // namespace mexbench::preprocess
