#include "harness/preprocess/clip_frames.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

namespace mexbench::preprocess {
namespace {

using core::Error;
using core::ErrorCode;
using data::FramesWanted;

Error clip_error(const data::Clip& clip, std::string_view what) {
  return {ErrorCode::kData, fmt::format("clip '{}' {}", clip.id.text(), what)};
}

const data::MediaFile* video_of(const data::Clip& clip) {
  const auto found = std::find_if(clip.files.begin(), clip.files.end(), [](const data::MediaFile& file) {
    const auto role = data::frame_role_from(file.role);
    return role && role->video;
  });
  return found == clip.files.end() ? nullptr : &*found;
}

// Numbers of the clip's files that lie in its span, in order.
std::vector<std::int64_t> numbers_on_disk(const data::Clip& clip) {
  std::vector<std::int64_t> out;
  for (const data::MediaFile& file : clip.files) {
    const auto role = data::frame_role_from(file.role);
    if (!role || role->video) continue;
    if (clip.frames.onset && role->number < *clip.frames.onset) continue;
    if (clip.frames.offset && role->number > *clip.frames.offset) continue;
    out.push_back(role->number);
  }
  std::sort(out.begin(), out.end());
  return out;
}

struct Wanted {
  std::vector<std::int64_t> numbers;
  std::optional<std::size_t> apex;  // place in `numbers`
};

core::Result<Wanted> wanted_frames(const data::StageList& stages, const data::Clip& clip) {
  const data::FrameSpan& span = clip.frames;
  if (stages.needs_apex && !span.apex) {
    return clip_error(clip, "has no apex, and a stage wants one").hint("put {stage: spot-apex} before the flow");
  }
  Wanted out;
  if (stages.frames == FramesWanted::kOnsetAndApex) {
    if (!span.onset) return clip_error(clip, "has no onset, and the flow begins there");
    out.numbers = {*span.onset};
    if (span.apex && *span.apex != *span.onset) out.numbers.push_back(*span.apex);
    if (span.apex) out.apex = out.numbers.size() - 1;
    if (out.numbers.back() < out.numbers.front()) {
      return clip_error(clip, fmt::format("has its apex at frame {}, before its onset at {}", *span.apex, *span.onset));
    }
    return out;
  }
  if (video_of(clip) == nullptr) {
    out.numbers = numbers_on_disk(clip);
  } else {
    if (!span.onset || !span.offset) return clip_error(clip, "is a video and has no onset or no offset: which of its frames are meant?");
    for (std::int64_t number = *span.onset; number <= *span.offset; ++number) out.numbers.push_back(number);
  }
  if (out.numbers.empty()) return clip_error(clip, "has no frame in its span");
  if (span.apex) {
    const auto found = std::find(out.numbers.begin(), out.numbers.end(), *span.apex);
    if (found != out.numbers.end()) {
      out.apex = static_cast<std::size_t>(found - out.numbers.begin());
    } else if (stages.needs_apex) {
      return clip_error(clip, fmt::format("has its apex at frame {}, which is none of its frames {} to {}", *span.apex, out.numbers.front(),
                                          out.numbers.back()));
    }
  }
  return out;
}

// Grey 8-bit frames of these numbers, ascending.
core::Result<std::vector<cv::Mat>> decode_video(const LoadedFile& file, std::int64_t first, const std::vector<std::int64_t>& numbers) {
  const auto error = [&](std::string message) { return Error::in_file(ErrorCode::kData, file.path, std::move(message)); };
  if (numbers.front() < first) return error(fmt::format("begins with frame {}, frame {} is wanted", first, numbers.front()));
  // An absolute path is no address of the network.
  cv::VideoCapture video(std::filesystem::absolute(file.path).string(), cv::CAP_FFMPEG);
  if (!video.isOpened()) return error("can't be opened as a video: damaged, or in a format that OpenCV's FFmpeg does not read");
  std::vector<cv::Mat> out;
  for (std::int64_t number = first; out.size() < numbers.size(); ++number) {
    if (!video.grab()) return error(fmt::format("ends after {} frames, frame {} is wanted", number - first, numbers[out.size()]));
    if (number != numbers[out.size()]) continue;
    cv::Mat frame;
    if (!video.retrieve(frame)) return error(fmt::format("can't be decoded at frame {}", number));
    cv::Mat grey;
    if (frame.channels() == 1)
      frame.copyTo(grey);
    else
      cv::cvtColor(frame, grey, cv::COLOR_BGR2GRAY);
    out.push_back(grey);
  }
  return out;
}

core::Result<std::vector<cv::Mat>> decode_files(const std::vector<LoadedFile>& files) {
  std::vector<cv::Mat> out;
  for (const LoadedFile& file : files) {
    MEXBENCH_ASSIGN(cv::Mat frame, decode(file, /*colour=*/false));
    if (!out.empty() && frame.size() != out.front().size()) {
      return Error::in_file(ErrorCode::kData, file.path,
                            fmt::format("is {} x {} pixels, the first frame of its clip {} x {}; equal sizes are wanted", frame.cols,
                                        frame.rows, out.front().cols, out.front().rows));
    }
    out.push_back(std::move(frame));
  }
  return out;
}

}  // namespace

core::Result<std::vector<std::string>> frame_roles(const data::InputRecipe& recipe, const data::Clip& clip) {
  MEXBENCH_ASSIGN(const data::StageList stages, data::planned_stages(recipe));
  MEXBENCH_ASSIGN(const Wanted wanted, wanted_frames(stages, clip));
  if (const data::MediaFile* video = video_of(clip)) return std::vector<std::string>{video->role};
  std::vector<std::string> out;
  for (const std::int64_t number : wanted.numbers) out.push_back(data::frame_role(number));
  return out;
}

core::Result<ClipState> decode_frames(const data::StageList& stages, const ClipFiles& input) {
  MEXBENCH_ASSIGN(const Wanted wanted, wanted_frames(stages, input.clip));
  const LoadedFile& first = input.files.front();
  const auto role = data::frame_role_from(first.role);
  auto frames = role && role->video ? decode_video(first, role->number, wanted.numbers) : decode_files(input.files);
  if (!frames) return std::move(frames).error();
  ClipState state;
  state.first_file = first.path;
  for (const cv::Mat& frame : *frames) {
    cv::Mat grey;
    frame.convertTo(grey, CV_32FC1);
    state.frames.push_back(grey);
  }
  state.frame_size = state.frames.front().size();
  state.apex = wanted.apex;
  return state;
}

}  // namespace mexbench::preprocess
