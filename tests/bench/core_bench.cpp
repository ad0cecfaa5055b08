// What the foundation costs: digests of corpus files and parsing of predictions. The reference arm reads the same bytes and does nothing
// else, so that a result can be told from the speed of the memory.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <string>
#include <string_view>

#include "harness/core/csv.h"
#include "harness/core/sha256.h"

namespace mexbench::core {
namespace {

std::string bytes_of(std::int64_t size) {
  std::string out(static_cast<std::size_t>(size), '\0');
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>('a' + i * 7 % 26);
  return out;
}

// predictions.csv as a run of three classes writes it.
std::string predictions_of(std::int64_t clips) {
  std::string out = "dataset,subject,clip,fold,truth,prediction,score:negative,score:positive,score:surprise\n";
  for (std::int64_t i = 0; i < clips; ++i) {
    const auto number = static_cast<double>(i);
    out += fmt::format("casme2,sub{:02},EP02_{:04}f,casme2/sub{:02},positive,negative,{:.9g},{:.9g},{:.9g}\n", i % 26, i, i % 26,
                       0.1 + number, -0.2 * number, 1.0 / (1.0 + number));
  }
  return out;
}

void count_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(bytes));
}

void read_reference(benchmark::State& state) {
  const std::string text = bytes_of(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(std::accumulate(text.begin(), text.end(), std::uint64_t{0}));
  count_bytes(state, text.size());
}
BENCHMARK(read_reference)->Arg(4 << 10)->Arg(1 << 20);

void sha256_text(benchmark::State& state) {
  const std::string text = bytes_of(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(sha256_hex(text));
  count_bytes(state, text.size());
}
BENCHMARK(sha256_text)->Arg(64)->Arg(4 << 10)->Arg(1 << 20);

void parse_predictions(benchmark::State& state) {
  const std::string text = predictions_of(state.range(0));
  for (auto _ : state) {
    auto rows = parse_csv(text, "predictions.csv");
    if (!rows || rows.value().size() != static_cast<std::size_t>(state.range(0)) + 1) {
      state.SkipWithError("the file was not parsed whole");
      break;
    }
    benchmark::DoNotOptimize(rows);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
  count_bytes(state, text.size());
}
BENCHMARK(parse_predictions)->Arg(442)->Arg(44200);

}  // namespace
}  // namespace mexbench::core
