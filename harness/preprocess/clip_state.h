// A clip on its way through a list of stages (harness/data/stages.h): what one stage leaves for the next.
//
// Frames are grey float32, 0..255, as decoded until a stage changes them: no stage rounds but those that say so. Coordinates of points are
// those of pixel centres: the centre of the upper left pixel is (0, 0).
#pragma once

#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::preprocess {

struct ClipState {
  std::string first_file;              // of the first frame, for messages
  std::vector<cv::Mat> frames;         // CV_32FC1 of one size, at least one; the first is the onset
  std::optional<std::size_t> apex;     // its place in `frames`
  cv::Mat flow;                        // CV_32FC2, as large as a frame
  std::vector<cv::Mat> image;          // CV_32FC1 of one size, one for each channel
  cv::Size frame_size;                 // of the frames that the flow or the image was made of
  std::vector<cv::Point2d> landmarks;  // 68 of the first frame, or none; where they are in it now
};

// A stage's work. `options` are complete. Fails with kData naming the clip's first file; may throw cv::Exception.
using StageWork = core::Status (*)(const nlohmann::json& options, ClipState& state);

// Each in the file of its family.
[[nodiscard]] core::Status align_stage(const nlohmann::json& options, ClipState& state);                   // align.cpp
[[nodiscard]] core::Status landmarks_stage(const nlohmann::json& options, ClipState& state);               // align.cpp
[[nodiscard]] core::Status crop_stage(const nlohmann::json& options, ClipState& state);                    // geometry.cpp
[[nodiscard]] core::Status resize_stage(const nlohmann::json& options, ClipState& state);                  // geometry.cpp
[[nodiscard]] core::Status temporal_interpolation_stage(const nlohmann::json& options, ClipState& state);  // interpolate.cpp
[[nodiscard]] core::Status spot_apex_stage(const nlohmann::json& options, ClipState& state);               // spot.cpp
[[nodiscard]] core::Status magnify_stage(const nlohmann::json& options, ClipState& state);                 // magnify.cpp
[[nodiscard]] core::Status flow_stage(const nlohmann::json& options, ClipState& state);                    // flow_stages.cpp
[[nodiscard]] core::Status flow_image_stage(const nlohmann::json& options, ClipState& state);              // flow_stages.cpp
[[nodiscard]] core::Status frame_volume_stage(const nlohmann::json& options, ClipState& state);            // compose.cpp
[[nodiscard]] core::Status dynamic_image_stage(const nlohmann::json& options, ClipState& state);           // compose.cpp
[[nodiscard]] core::Status landmark_mosaic_stage(const nlohmann::json& options, ClipState& state);         // compose.cpp

}  // namespace mexbench::preprocess
