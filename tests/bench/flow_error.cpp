// How far optical flow is from the true motion of look-alike corpora, and what it costs: for each method of the stage `flow` the mean
// end-point error (Baker et al., IJCV 2011) over all pixels of all clips, and milliseconds for a pair of frames on one thread.
//
//   build/release/tests/bench/flow_error ROOT...      ROOT as `mexbench synth --layout ... --out ROOT` wrote it
//
// Prints CSV: corpus,method,clips,end_point_error,motion,ms_per_pair. `motion` is the mean length of the true vectors: the error of an
// answer that nothing moves.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <map>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "datasets/frames/frame_folder.h"
#include "harness/core/csv.h"
#include "harness/core/files.h"
#include "harness/core/text.h"
#include "harness/preprocess/flow.h"
#include "harness/preprocess/flow_file.h"

namespace mexbench {
namespace {
namespace fs = std::filesystem;

struct Pair {
  cv::Mat onset, apex;
  preprocess::FlowField truth;
};

core::Result<std::vector<Pair>> pairs_of(const fs::path& root) {
  const fs::path truth = root / "truth";
  constexpr std::uint64_t kLimit = std::uint64_t{1} << 28U;
  MEXBENCH_ASSIGN(const std::string text, core::read_file(truth / "truth.csv", kLimit));
  MEXBENCH_ASSIGN(const std::vector<core::CsvRow> rows, core::parse_csv(text, (truth / "truth.csv").string()));
  std::map<std::string, std::size_t> column;
  for (std::size_t i = 0; i < rows.front().fields.size(); ++i) column[rows.front().fields[i]] = i;
  std::vector<Pair> out;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto field = [&](const char* name) { return rows[i].fields.at(column.at(name)); };
    const fs::path folder = root / field("frames");
    MEXBENCH_ASSIGN(const std::string bytes, core::read_file(truth / fs::path(field("flow")).filename(), kLimit));
    MEXBENCH_ASSIGN(preprocess::FlowField field_of, preprocess::parse_flo(bytes, field("flow")));
    MEXBENCH_ASSIGN(const datasets::frames::FrameFolder images, datasets::frames::read_frame_folder(folder));
    const auto frame = [&](const char* which) {
      const auto name = images.names.find(*core::parse_int(field(which)));
      return name == images.names.end() ? cv::Mat() : cv::imread((folder / name->second).string(), cv::IMREAD_GRAYSCALE);
    };
    Pair pair{.onset = frame("onset"), .apex = frame("apex"), .truth = std::move(field_of)};
    if (pair.onset.empty() || pair.apex.empty())
      return core::Error::in_file(core::ErrorCode::kData, folder.string(), "has not the frames that truth.csv names");
    out.push_back(std::move(pair));
  }
  return out;
}

void measure(const std::string& corpus, const std::vector<Pair>& pairs, const char* method) {
  double error = 0.0, motion = 0.0, pixels = 0.0;
  std::vector<double> milliseconds;
  for (const Pair& pair : pairs) {
    const auto begin = std::chrono::steady_clock::now();
    const cv::Mat flow = preprocess::flow_between(pair.onset, pair.apex, method);
    milliseconds.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    for (int y = 0; y < flow.rows; ++y) {
      for (int x = 0; x < flow.cols; ++x) {
        const std::size_t at = static_cast<std::size_t>(y) * static_cast<std::size_t>(flow.cols) + static_cast<std::size_t>(x);
        const cv::Vec2f w = flow.at<cv::Vec2f>(y, x);
        error += std::hypot(static_cast<double>(w[0] - pair.truth.u[at]), static_cast<double>(w[1] - pair.truth.v[at]));
        motion += std::hypot(static_cast<double>(pair.truth.u[at]), static_cast<double>(pair.truth.v[at]));
      }
    }
    pixels += static_cast<double>(flow.total());
  }
  std::nth_element(milliseconds.begin(), milliseconds.begin() + static_cast<std::ptrdiff_t>(milliseconds.size() / 2), milliseconds.end());
  fmt::print("{},{},{},{:.4f},{:.4f},{:.2f}\n", corpus, method, pairs.size(), error / pixels, motion / pixels,
             milliseconds[milliseconds.size() / 2]);
}

int run(const std::vector<std::string>& roots) {
  if (roots.empty()) {
    fmt::print(stderr, "usage: flow_error ROOT...\n");
    return 2;
  }
  cv::setNumThreads(1);
  fmt::print("corpus,method,clips,end_point_error,motion,ms_per_pair\n");
  for (const std::string& root : roots) {
    const auto pairs = pairs_of(root);
    if (!pairs || pairs->empty()) {
      fmt::print(stderr, "{}", pairs ? "no clip in " + root + "\n" : pairs.error().render());
      return 3;
    }
    for (const char* method : {"farneback", "dis", "tvl1"}) measure(fs::path(root).filename().string(), *pairs, method);
  }
  return 0;
}

}  // namespace
}  // namespace mexbench

int main(int argc, char** argv) {
  try {
    return mexbench::run({argv + 1, argv + argc});
  } catch (const std::exception& problem) {
    fmt::print(stderr, "error: {}\n", problem.what());
    return 1;
  }
}
