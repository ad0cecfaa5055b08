#include "harness/preprocess/contact_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numbers>
#include <opencv2/core/utility.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "harness/core/files.h"
#include "harness/preprocess/flow.h"
#include "harness/preprocess/stage.h"

namespace mexbench::preprocess {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;

constexpr int kCell = 160;      // pixels of a side
constexpr int kGap = 4;         // between cells
constexpr int kLine = 18;       // height of a line of text
constexpr double kFull = 0.02;  // flow of full colour, as a share of the frame's width
constexpr std::array<const char*, 4> kHeadings{"onset", "apex", "offset", "flow"};

core::Result<cv::Mat> read_grey(const fs::path& path) {
  constexpr std::uint64_t kLimit = std::uint64_t{1} << 28U;
  MEXBENCH_ASSIGN(std::string bytes, core::read_file(path, kLimit));
  return decode({.role = "", .path = path.string(), .bytes = std::move(bytes)}, /*colour=*/false);
}

// Into a cell, its shape kept.
cv::Mat fitted(const cv::Mat& image) {
  const double scale = static_cast<double>(kCell) / std::max(image.cols, image.rows);
  cv::Mat small;
  cv::resize(image, small, {}, scale, scale, scale < 1.0 ? cv::INTER_AREA : cv::INTER_LINEAR);
  return small;
}

cv::Mat flow_picture(const cv::Mat& onset, const cv::Mat& apex) {
  const cv::Mat flow = flow_between(onset, apex, "farneback");
  cv::Mat hsv(flow.size(), CV_8UC3);
  const double full = kFull * flow.cols;
  for (int y = 0; y < flow.rows; ++y) {
    for (int x = 0; x < flow.cols; ++x) {
      const auto& w = flow.at<cv::Vec2f>(y, x);
      const double length = std::hypot(w[0], w[1]);
      const double degrees = std::fmod(std::atan2(w[1], w[0]) * 180.0 / std::numbers::pi + 360.0, 360.0);
      hsv.at<cv::Vec3b>(y, x) = {static_cast<uchar>(degrees / 2.0), static_cast<uchar>(std::min(1.0, length / full) * 255.0), 255};
    }
  }
  cv::Mat out;
  cv::cvtColor(hsv, out, cv::COLOR_HSV2BGR);
  return out;
}

void place(const cv::Mat& image, cv::Mat& page, int column, int top) {
  const cv::Mat small = fitted(image);
  cv::Mat colour = small;
  if (small.channels() == 1) cv::cvtColor(small, colour, cv::COLOR_GRAY2BGR);
  colour.copyTo(page(cv::Rect(column * (kCell + kGap), top, colour.cols, colour.rows)));
}

void write_text(cv::Mat& page, const std::string& text, int left, int baseline, const cv::Scalar& colour) {
  cv::putText(page, text, {left, baseline}, cv::FONT_HERSHEY_SIMPLEX, 0.42, colour, 1, cv::LINE_AA);
}

}  // namespace

core::Status write_contact_sheet(const std::string& corpus, const std::vector<SheetClip>& clips, const fs::path& file) {
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  const int columns = static_cast<int>(kHeadings.size());
  const int row = kLine + kCell + kGap;
  const int head = 3 * kLine;
  cv::Mat page(head + row * static_cast<int>(clips.size()), columns * (kCell + kGap), CV_8UC3, cv::Scalar::all(255));
  write_text(page, "NOT PUBLISHABLE: faces of " + corpus, kGap, kLine, {0, 0, 200});
  write_text(page, "look at it, do not pass it on", kGap, 2 * kLine - 4, {0, 0, 200});
  for (int i = 0; i < columns; ++i)
    write_text(page, kHeadings.at(static_cast<std::size_t>(i)), i * (kCell + kGap), head - 4, cv::Scalar::all(0));
  std::vector<core::Diagnostic> problems;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const int top = head + row * static_cast<int>(i) + kLine;
    write_text(page, clips[i].title, 0, top - 5, cv::Scalar::all(0));
    std::array<cv::Mat, 3> frames;
    for (std::size_t k = 0; k < frames.size(); ++k) {
      const fs::path& path = k == 0 ? clips[i].onset : k == 1 ? clips[i].apex : clips[i].offset;
      if (path.empty()) continue;
      auto image = read_grey(path);
      if (!image) {
        problems.insert(problems.end(), image.error().diagnostics().begin(), image.error().diagnostics().end());
        continue;
      }
      frames.at(k) = std::move(image).value();
      place(frames.at(k), page, static_cast<int>(k), top);
    }
    const bool large = frames[0].cols >= kLeastFlowSide && frames[0].rows >= kLeastFlowSide;
    if (large && frames[0].size() == frames[1].size()) place(flow_picture(frames[0], frames[1]), page, 3, top);
  }
  if (!problems.empty()) return Error(ErrorCode::kData, std::move(problems));
  std::vector<uchar> bytes;
  if (!cv::imencode(".png", page, bytes)) return Error(ErrorCode::kFailed, "the contact sheet can't be encoded");
  return core::write_file_atomic(file, std::string(bytes.begin(), bytes.end()), file.string());
}

}  // namespace mexbench::preprocess
