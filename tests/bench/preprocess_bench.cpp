// What making the tensor of a clip costs: decoding, planes that are adapted to a model, each optical flow on one pair of frames, and one
// clip of a look-alike corpus through lists of stages, files and digests included. One thread; frames are textures that move by parts of a
// pixel. The reference arms copy a frame and a plane.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "datasets/lookalike/lookalike.h"
#include "datasets/registry.h"
#include "harness/data/adaptation.h"
#include "harness/preprocess/adapt.h"
#include "harness/preprocess/flow.h"
#include "harness/preprocess/lookalike_render.h"
#include "harness/preprocess/recipe.h"
#include "harness/preprocess/stage.h"

namespace mexbench::preprocess {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const cv::Size kFrame(140, 170);

cv::Mat texture(double dx, double dy) {
  cv::Mat image(kFrame, CV_8UC1);
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      const double a = x - dx, b = y - dy;
      image.at<std::uint8_t>(y, x) =
          cv::saturate_cast<std::uint8_t>(128 + 50 * std::sin(a * 0.35) * std::cos(b * 0.3) + 40 * std::sin(a * 0.11 + b * 0.17));
    }
  }
  return image;
}

void count(benchmark::State& state) { state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations())); }

void copy_frame_reference(benchmark::State& state) {
  const cv::Mat image = texture(0, 0);
  for (auto _ : state) benchmark::DoNotOptimize(image.clone().data);
  count(state);
}
BENCHMARK(copy_frame_reference)->Unit(benchmark::kMicrosecond);

void decode_file(benchmark::State& state, const char* ending, bool colour) {
  std::vector<std::uint8_t> bytes;
  cv::imencode(ending, texture(0, 0), bytes);
  const LoadedFile file{.role = "onset", .path = "frame", .bytes = {bytes.begin(), bytes.end()}};
  for (auto _ : state) {
    auto image = decode(file, colour);
    if (!image || image->size() != kFrame) {
      state.SkipWithError("the frame was not decoded");
      break;
    }
    benchmark::DoNotOptimize(image->data);
  }
  count(state);
}
BENCHMARK_CAPTURE(decode_file, png_grey, ".png", false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(decode_file, png_colour, ".png", true)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(decode_file, jpeg_grey, ".jpg", false)->Unit(benchmark::kMicrosecond);

void adapt(benchmark::State& state, const data::Adaptation& adaptation) {
  const data::ImageSize size{.height = 28, .width = 28};
  std::vector<float> plane(static_cast<std::size_t>(size.pixels()));
  for (std::size_t i = 0; i < plane.size(); ++i) plane[i] = static_cast<float>(i * 37 % 256);
  std::vector<float> out(static_cast<std::size_t>(adaptation.size_after(size).pixels()));
  for (auto _ : state) {
    adapt_plane(adaptation, size, plane, out);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  count(state);
}
BENCHMARK_CAPTURE(adapt, copy_plane_reference, {});
BENCHMARK_CAPTURE(adapt, rescale, {.rescale = data::Rescale{.from_low = 0, .from_high = 255, .low = 0, .high = 1}});
BENCHMARK_CAPTURE(adapt, resize_to_64, {.resize = data::Resize{.size = {.height = 64, .width = 64}}});

void flow(benchmark::State& state, const char* method) {
  cv::setNumThreads(1);
  const cv::Mat onset = texture(0, 0);
  const cv::Mat apex = texture(0.7, -0.4);
  for (auto _ : state) benchmark::DoNotOptimize(flow_between(onset, apex, method).data);
  count(state);
}
BENCHMARK_CAPTURE(flow, tvl1, "tvl1")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(flow, farneback, "farneback")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(flow, dis, "dis")->Unit(benchmark::kMillisecond);

// A corpus that is drawn once and goes away with the program.
class Corpus {
 public:
  static const Corpus& one() {
    static const Corpus kCorpus;
    return kCorpus;
  }
  ~Corpus() {
    std::error_code failure;
    fs::remove_all(root_, failure);
  }
  Corpus(const Corpus&) = delete;
  Corpus& operator=(const Corpus&) = delete;

  // Its first clip, to be read with these stages.
  [[nodiscard]] core::Result<data::Manifest> clip(const json& stages) const {
    MEXBENCH_TRY(drawn_);
    MEXBENCH_ASSIGN(const datasets::AdapterInfo* const adapter, datasets::find_adapter("casme2"));
    MEXBENCH_ASSIGN(json options, datasets::complete_options(*adapter, {{"preprocess", stages}}));
    MEXBENCH_ASSIGN(data::Manifest manifest,
                    adapter->create()->manifest(
                        {.root = root_, .label_map = "megc2019", .only = {}, .labels = nullptr, .options = std::move(options)}));
    manifest.clips.resize(1);
    return manifest;
  }

 private:
  Corpus() : root_(fs::temp_directory_path() / fmt::format("mexbench-bench-casme2-{}", ::getpid())), drawn_(draw()) {}

  [[nodiscard]] core::Status draw() const {
    const json given = {{"subjects", 2}, {"clips_per_subject", 2}, {"size", 128}, {"max_frames", 16}, {"release", "selected"}};
    MEXBENCH_ASSIGN(const json options, datasets::complete_layout_options("casme2", given));
    MEXBENCH_ASSIGN(const data::Lookalike plan, datasets::plan_lookalike(options));
    return render_lookalike(plan, root_);
  }

  fs::path root_;
  core::Status drawn_;
};

void stages_of_a_clip(benchmark::State& state, const json& stages) {
  const auto manifest = Corpus::one().clip(stages);
  if (!manifest) {
    state.SkipWithError(manifest.error().message().c_str());
    return;
  }
  std::vector<float> out(input_numbers(*manifest));
  for (auto _ : state) {
    if (!compute_inputs(*manifest, manifest->root, out)) {
      state.SkipWithError("the clip was not computed");
      break;
    }
    benchmark::DoNotOptimize(out.data());
  }
  count(state);
}
const json kFlowImage = {{"stage", "flow-image"}, {"size", 28}};
const json kFarneback = {{"stage", "flow"}, {"method", "farneback"}};
BENCHMARK_CAPTURE(stages_of_a_clip, farneback, json::array({kFarneback, kFlowImage}))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(stages_of_a_clip, spotted_apex_farneback,
                  json::array({json{{"stage", "spot-apex"}, {"method", "optical-strain"}}, kFarneback, kFlowImage}))
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(stages_of_a_clip, haar_alignment_farneback,
                  json::array({json{{"stage", "align"}, {"detector", "haar"}, {"size", 128}}, kFarneback, kFlowImage}))
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mexbench::preprocess
