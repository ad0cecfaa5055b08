// What the statistics cost that draw: the Bayesian signed-rank test, against drawing its weights alone.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/core/random.h"
#include "harness/stats/bayesian_signed_rank.h"

namespace mexbench::stats {
namespace {

void weights_reference(benchmark::State& state) {
  const auto pairs = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    core::RandomStream stream(1);
    double sum = 0.0;
    for (std::size_t draw = 0; draw < kPosteriorDraws; ++draw) {
      sum += stream.gamma(kPriorStrength);
      for (std::size_t i = 0; i < pairs; ++i) sum += stream.exponential();
    }
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(kPosteriorDraws));
}
BENCHMARK(weights_reference)->Arg(24)->Arg(68)->Arg(100)->Unit(benchmark::kMillisecond);

void bayesian(benchmark::State& state) {
  core::RandomStream stream(2);
  std::vector<double> differences(static_cast<std::size_t>(state.range(0)));
  for (double& difference : differences) difference = 0.01 + 0.05 * stream.normal();
  for (auto _ : state) benchmark::DoNotOptimize(bayesian_signed_rank(differences, 0.01, core::RandomStream(1)));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(kPosteriorDraws));
}
BENCHMARK(bayesian)->Arg(24)->Arg(68)->Arg(100)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mexbench::stats
