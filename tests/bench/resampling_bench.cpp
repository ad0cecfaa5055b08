// What intervals and tests cost, on the shape of the MEGC 2019 composite: 68 subjects with 442 clips in three datasets, three classes. The
// arguments are numbers of models and seeds. The reference arm only draws the subjects of all draws, which no way of scoring them can
// avoid. Before timing, two seeds of the generator must give two answers: a benchmark of nothing would be fast.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/random.h"
#include "harness/stats/best_of_epochs.h"
#include "harness/stats/bootstrap.h"
#include "harness/stats/jackknife.h"
#include "harness/stats/permutation.h"

namespace mexbench::stats {
namespace {

constexpr std::size_t kClasses = 3;
constexpr std::array<std::size_t, 3> kSubjects{24, 28, 16};

// About 6.5 clips a subject, as many as there; models are right in 60 %.
SubjectCounts counts_of(std::int64_t models, std::int64_t seeds) {
  core::RandomStream draw(17);
  std::vector<Subject> subjects;
  std::vector<std::size_t> truths;  // of all clips, with their subject
  std::vector<std::size_t> owners;
  for (std::size_t dataset = 0; dataset < kSubjects.size(); ++dataset) {
    for (std::size_t s = 0; s < kSubjects.at(dataset); ++s) {
      const std::uint64_t clips = 1 + draw.below(12);
      for (std::uint64_t clip = 0; clip < clips; ++clip) {
        truths.push_back(draw.below(kClasses));
        owners.push_back(subjects.size());
      }
      const std::string stratum = fmt::format("d{}", dataset);
      subjects.push_back({.stratum = core::DatasetId(stratum), .id = core::SubjectId(fmt::format("{}/{:02}", stratum, s))});
    }
  }
  std::vector<ModelCounts> all;
  for (std::int64_t m = 0; m < models; ++m) {
    const auto of_seed = subjects.size() * kClasses * kClasses;
    ModelCounts model{.name = fmt::format("m{}", m),
                      .seeds = static_cast<std::size_t>(seeds),
                      .counts = std::vector<std::int32_t>(static_cast<std::size_t>(seeds) * of_seed, 0)};
    for (std::size_t seed = 0; seed < model.seeds; ++seed) {
      for (std::size_t clip = 0; clip < truths.size(); ++clip) {
        const std::size_t predicted = draw.uniform() < 0.4 ? draw.below(kClasses) : truths[clip];
        ++model.counts[seed * of_seed + (owners[clip] * kClasses + truths[clip]) * kClasses + predicted];
      }
    }
    all.push_back(std::move(model));
  }
  return std::move(SubjectCounts::make({"negative", "positive", "surprise"}, std::move(subjects), std::move(all))).value();
}

void draw_subjects_reference(benchmark::State& state) {
  for (auto _ : state) {
    core::RandomStream stream(1);
    std::uint64_t sum = 0;
    for (std::int64_t draw = 0; draw < kDraws; ++draw) {
      for (const std::size_t of : kSubjects) {
        for (std::size_t i = 0; i < of; ++i) sum += stream.below(of);
      }
    }
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * kDraws);
}
BENCHMARK(draw_subjects_reference)->Unit(benchmark::kMillisecond);

void subject_bootstrap(benchmark::State& state) {
  const SubjectCounts counts = counts_of(state.range(0), state.range(1));
  if (bootstrap(counts).models[0] == bootstrap(counts, {.seed = core::Seed{1}}).models[0]) {
    state.SkipWithError("two seeds gave the same draws");
    return;
  }
  for (auto _ : state) benchmark::DoNotOptimize(bootstrap(counts));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * kDraws);
}
BENCHMARK(subject_bootstrap)->Args({1, 1})->Args({2, 1})->Args({2, 5})->Args({20, 1})->Args({20, 5})->Unit(benchmark::kMillisecond);

// All pairs.
void subject_swaps(benchmark::State& state) {
  const SubjectCounts counts = counts_of(state.range(0), state.range(1));
  const auto tests = permutation_tests(counts);
  if (!tests || tests->size() != static_cast<std::size_t>(state.range(0) * (state.range(0) - 1) / 2)) {
    state.SkipWithError("not every pair was tested");
    return;
  }
  for (auto _ : state) benchmark::DoNotOptimize(permutation_tests(counts));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * 10'000 * static_cast<std::int64_t>(tests->size()));
}
BENCHMARK(subject_swaps)->Args({2, 1})->Args({2, 5})->Args({20, 1})->Unit(benchmark::kMillisecond);

void jackknife_of_one(benchmark::State& state) {
  const SubjectCounts counts = counts_of(1, 1);
  for (auto _ : state) benchmark::DoNotOptimize(jackknife(counts, 0));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(jackknife_of_one)->Unit(benchmark::kMillisecond);

// The time must not depend on the number of epochs.
void best_of_guessed_epochs(benchmark::State& state) {
  const SubjectCounts counts = counts_of(1, 1);
  std::vector<GuessedSubject> subjects;
  for (std::size_t s = 0; s < counts.subjects().size(); ++s) {
    const auto truth = counts.truth(s);
    subjects.push_back({.id = counts.subjects()[s].id, .clips = {truth.begin(), truth.end()}, .shares = {0.5, 0.25, 0.25}});
  }
  const std::array<std::int64_t, 1> epochs{state.range(0)};
  for (auto _ : state) benchmark::DoNotOptimize(best_of_epochs(counts.classes(), subjects, epochs));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(best_of_guessed_epochs)->Arg(1)->Arg(800)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mexbench::stats
