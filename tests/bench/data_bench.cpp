// What a manifest costs that is read or digested: manifest.lock.json as a run folder holds it, with two frames a clip. The reference arm
// parses the same JSON and makes nothing of it.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "harness/data/label_map.h"
#include "harness/data/manifest.h"

namespace mexbench::data {
namespace {

// 28 subjects; two frames a clip.
Manifest manifest_of(std::int64_t clips) {
  Manifest out;
  out.adapter = "casme2";
  out.label_map = megc2019_label_map();
  out.input = {.recipe = "onset-apex-flow",
               .version = 1,
               .channels = {"strain", "v", "u"},
               .height = 28,
               .width = 28,
               .low = 0,
               .high = 255,
               .options = {{"flow", "farneback"}, {"stretch", "per-clip"}}};
  for (std::int64_t i = 0; i < clips; ++i) {
    Clip clip;
    clip.dataset = core::DatasetId("casme2");
    clip.subject = core::make_subject_id(clip.dataset, fmt::format("sub{:02}", i % 28));
    clip.name = fmt::format("EP02_{:05}f", i);
    clip.id = core::make_clip_id(clip.subject, clip.name);
    clip.truth = Truth::one_class(static_cast<std::size_t>(i % 3));
    clip.frames = {.onset = 40 + i, .apex = 60 + i, .offset = 90 + i, .apex_source = ApexSource::kAnnotated};
    clip.fps = 200.0;
    for (const char* role : {"onset", "apex"}) {
      clip.files.push_back({.role = role,
                            .path = fmt::format("CASME2_RAW_selected/sub{:02}/{}/img{}.jpg", i % 28, clip.name, i),
                            .sha256 = std::string(64, static_cast<char>('a' + i % 6))});
    }
    out.clips.push_back(std::move(clip));
  }
  return out;
}

void count(benchmark::State& state, std::size_t bytes) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(bytes));
}

void parse_json_reference(benchmark::State& state) {
  const std::string text = to_json(manifest_of(state.range(0))).dump(2);
  for (auto _ : state) benchmark::DoNotOptimize(nlohmann::json::parse(text));
  count(state, text.size());
}
BENCHMARK(parse_json_reference)->Arg(442)->Arg(4420)->Unit(benchmark::kMillisecond);

void read_manifest(benchmark::State& state) {
  const std::string text = to_json(manifest_of(state.range(0))).dump(2);
  for (auto _ : state) {
    auto manifest = manifest_from_json(nlohmann::json::parse(text), "manifest.lock.json");
    if (!manifest || static_cast<std::int64_t>(manifest->clips.size()) != state.range(0)) {
      state.SkipWithError("the manifest was not read whole");
      break;
    }
    benchmark::DoNotOptimize(manifest);
  }
  count(state, text.size());
}
BENCHMARK(read_manifest)->Arg(442)->Arg(4420)->Unit(benchmark::kMillisecond);

void digest_manifest(benchmark::State& state) {
  const Manifest manifest = manifest_of(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(manifest_hash(manifest));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
}
BENCHMARK(digest_manifest)->Arg(442)->Arg(4420)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mexbench::data
