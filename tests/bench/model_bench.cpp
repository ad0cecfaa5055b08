// What a weight file costs that is read, written or digested, at the size of STSTNet (1,900 numbers) and of a network of ten million. With
// MEXBENCH_DATA also one of STSTNet's released files, which is of the legacy format. The reference arm copies the bytes.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "harness/core/files.h"
#include "harness/model/state_dict.h"

namespace mexbench::model {
namespace {

// Ten tensors of equal size.
StateDict state_of(std::int64_t numbers) {
  StateDict state;
  constexpr std::int64_t kTensors = 10;
  for (std::int64_t t = 0; t < kTensors; ++t) {
    TensorData tensor{.name = fmt::format("layer{}.weight", t), .dtype = DType::kFloat32, .shape = {numbers / kTensors}, .bytes = {}};
    tensor.bytes.resize(static_cast<std::size_t>(numbers / kTensors) * bytes_per_number(tensor.dtype));
    for (std::size_t i = 0; i < tensor.bytes.size(); ++i) tensor.bytes[i] = static_cast<std::byte>(i * 31 % 251);
    state.tensors.push_back(std::move(tensor));
  }
  return state;
}

void count(benchmark::State& state, std::size_t bytes) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(bytes));
}

void copy_reference(benchmark::State& state) {
  const std::string file = encode_state_dict(state_of(state.range(0))).value();
  for (auto _ : state) benchmark::DoNotOptimize(std::string(file));
  count(state, file.size());
}
BENCHMARK(copy_reference)->Arg(1'900)->Arg(10'000'000)->Unit(benchmark::kMicrosecond);

void parse(benchmark::State& state, const std::string& file) {
  for (auto _ : state) {
    auto read = parse_state_dict(std::as_bytes(std::span(file)), "weights.pth");
    if (!read || read->tensors.empty()) {
      state.SkipWithError("the file was not read");
      break;
    }
    benchmark::DoNotOptimize(read);
  }
  count(state, file.size());
}

void read_zip_format(benchmark::State& state) { parse(state, encode_state_dict(state_of(state.range(0))).value()); }
BENCHMARK(read_zip_format)->Arg(1'900)->Arg(10'000'000)->Unit(benchmark::kMicrosecond);

void read_released_weights(benchmark::State& state) {
  const char* data = std::getenv("MEXBENCH_DATA");
  if (data == nullptr || *data == '\0') {
    state.SkipWithError("MEXBENCH_DATA is not set: it names the folder with ststnet-released");
    return;
  }
  const auto file = core::read_file(std::filesystem::path(data) / "ststnet-released/weights/sub17.pth");
  if (!file) {
    state.SkipWithError(file.error().message().c_str());
    return;
  }
  parse(state, *file);
}
BENCHMARK(read_released_weights)->Unit(benchmark::kMicrosecond);

void write_zip_format(benchmark::State& state) {
  const StateDict weights = state_of(state.range(0));
  std::size_t bytes = 0;
  for (auto _ : state) {
    auto file = encode_state_dict(weights);
    bytes = file->size();
    benchmark::DoNotOptimize(file);
  }
  count(state, bytes);
}
BENCHMARK(write_zip_format)->Arg(1'900)->Arg(10'000'000)->Unit(benchmark::kMicrosecond);

void digest_weights(benchmark::State& state) {
  const StateDict weights = state_of(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(weights_digest(weights));
  count(state, static_cast<std::size_t>(state.range(0)) * sizeof(float));
}
BENCHMARK(digest_weights)->Arg(1'900)->Arg(10'000'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace mexbench::model
