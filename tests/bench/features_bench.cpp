// What the features of one clip cost: the flow images of 28 x 28, and volumes of frames at that size and at 128 x 128.
#include <benchmark/benchmark.h>

#include <vector>

#include "harness/core/random.h"
#include "models/bi_woof/bi_woof.h"
#include "models/hog3d/hog3d.h"
#include "models/lbp_top/lbp_top.h"
#include "models/mdmo/mdmo.h"

namespace mexbench::models {
namespace {

void extract(benchmark::State& state, const FeatureExtractor& extractor, const ClipShape& shape) {
  core::RandomStream stream(1);
  std::vector<float> clip(static_cast<std::size_t>(shape.numbers()));
  for (float& value : clip) value = static_cast<float>(255.0 * stream.uniform());
  std::vector<double> out(static_cast<std::size_t>(*extractor.count(shape)));
  for (auto _ : state) {
    extractor.extract(clip, shape, out);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void bi_woof(benchmark::State& state) { extract(state, BiWoof({}), {.channels = 3, .height = 28, .width = 28}); }
void mdmo(benchmark::State& state) { extract(state, Mdmo({}), {.channels = 2, .height = 28, .width = 28}); }

ClipShape volume(const benchmark::State& state) { return {.channels = 16, .height = state.range(0), .width = state.range(0)}; }
void lbp_top(benchmark::State& state) { extract(state, LbpTop({}), volume(state)); }
void hog3d_icosahedron(benchmark::State& state) { extract(state, Hog3d({}), volume(state)); }
void hog3d_planes(benchmark::State& state) { extract(state, Hog3d({.orientations = Hog3dOptions::Orientations::kPlanes}), volume(state)); }

BENCHMARK(bi_woof);
BENCHMARK(mdmo);
BENCHMARK(lbp_top)->Arg(28)->Arg(128);
BENCHMARK(hog3d_icosahedron)->Arg(28)->Arg(128);
BENCHMARK(hog3d_planes)->Arg(28)->Arg(128);

}  // namespace
}  // namespace mexbench::models
