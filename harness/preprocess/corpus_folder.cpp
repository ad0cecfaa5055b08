#include "harness/preprocess/corpus_folder.h"

#include <fmt/format.h>

#include <atomic>
#include <fstream>
#include <mutex>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "harness/core/failpoint.h"
#include "harness/core/files.h"
#include "harness/preprocess/opencv_threads.h"

namespace mexbench::preprocess {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;

}  // namespace

core::Status make_folders(const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) return Error::in_file(ErrorCode::kFailed, folder.string(), fmt::format("can't create the folder: {}", failure.message()));
  return {};
}

core::Status publish_corpus(const fs::path& root, const std::function<core::Result<bool>(const fs::path&)>& is_rendered,
                            const std::function<core::Status(const fs::path&)>& render) {
  MEXBENCH_ASSIGN(const bool rendered, is_rendered(root));
  if (rendered) return {};
  fs::path target = fs::absolute(root).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();
  MEXBENCH_TRY(make_folders(target.parent_path()));
  core::remove_abandoned(target.parent_path());
  const fs::path temporary = target.parent_path() / core::unique_name("." + target.filename().string());
  core::Status status = render(temporary);
  if (status) status = core::sync_file_system(temporary);  // thousands of frames: one call for all
  std::error_code failure;
  if (status) {
    fs::remove(target, failure);  // an empty folder; anything else stays
    const auto published = core::publish_folder(temporary, target, "synth");
    if (!published) {
      status = published.error();
    } else if (!*published) {  // someone else was faster: fine if it is the same corpus
      const auto theirs = is_rendered(target);
      if (!theirs) status = theirs.error();
    }
  }
  fs::remove_all(temporary, failure);
  return status;
}

core::Status in_parallel(std::size_t units, int threads, const std::function<core::Status(std::size_t)>& work) {
  use_one_opencv_thread();
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  std::mutex telling;
  core::Status worst;
  const auto take_units = [&] {
    for (std::size_t unit = next++; unit < units && !stop; unit = next++) {
      core::Status status = work(unit);
      if (status) continue;
      stop = true;
      const std::lock_guard<std::mutex> lock(telling);
      if (worst) worst = std::move(status);
    }
  };
  {
    std::vector<std::jthread> helpers;  // joined at the end of the block
    try {
      for (int t = 1; t < threads; ++t) helpers.emplace_back(take_units);
    } catch (const std::system_error&) {  // no further thread to be had: fewer give the same numbers
    }
    take_units();
  }
  return worst;
}

core::Status write_bytes(const fs::path& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return Error::in_file(ErrorCode::kFailed, path.string(), "can't be written");
  return {};
}

core::Status write_frame(const fs::path& path, const FramePixels& frame, int jpeg_quality) {
  const std::string ending = path.extension().string();
  std::vector<int> how;
  if (ending == ".png") how = {cv::IMWRITE_PNG_COMPRESSION, 1};
  if (ending == ".jpg") how = {cv::IMWRITE_JPEG_QUALITY, jpeg_quality};
  // The matrix only borrows the pixels, and imencode only reads them.
  const cv::Mat image(frame.height, frame.width, CV_8UC(frame.channels), const_cast<std::uint8_t*>(frame.pixels.data()));
  std::vector<std::uint8_t> encoded;
  try {
    if (!cv::imencode(ending, image, encoded, how))
      return Error::in_file(ErrorCode::kFailed, path.string(), fmt::format("can't be encoded as {}", ending));
  } catch (const std::exception& problem) {
    return Error::in_file(ErrorCode::kFailed, path.string(), fmt::format("can't be encoded as {}: {}", ending, problem.what()));
  }
  core::failpoint("synth.frame.before-write");
  return write_bytes(path, {reinterpret_cast<const char*>(encoded.data()), encoded.size()});
}

}  // namespace mexbench::preprocess
