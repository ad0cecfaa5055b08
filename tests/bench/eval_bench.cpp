// What scoring costs: predictions.csv written and read, and pooled metrics of its rows, on as many clips as the MEGC 2019 composite has and
// on a hundred times as many. The reference arm counts one confusion matrix, which no way of scoring can avoid.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/random.h"
#include "harness/eval/intervals.h"
#include "harness/eval/metrics.h"

namespace mexbench::eval {
namespace {

constexpr std::size_t kClasses = 3;

// Three datasets and 68 subjects; six answers of ten are right.
PredictionSet predictions_of(std::int64_t clips) {
  core::RandomStream draw(19);
  PredictionSet out;
  out.classes = {"negative", "positive", "surprise"};
  constexpr std::array<const char*, 3> kDatasets{"casme2", "samm", "smic"};
  for (std::int64_t i = 0; i < clips; ++i) {
    Prediction row;
    const std::uint64_t subject = draw.below(68);
    row.dataset = core::DatasetId(kDatasets.at(subject % kDatasets.size()));
    row.subject = core::make_subject_id(row.dataset, fmt::format("s{:02}", subject));
    row.clip_name = fmt::format("clip{:06}", i);
    row.clip = core::make_clip_id(row.subject, row.clip_name);
    row.fold = core::FoldId(row.subject.text());
    const std::size_t truth = draw.below(kClasses);
    row.truth = data::Truth::one_class(truth);
    row.predicted = draw.uniform() < 0.4 ? draw.below(kClasses) : truth;
    for (std::size_t c = 0; c < kClasses; ++c) row.scores.push_back(static_cast<float>(draw.uniform() + (c == row.predicted ? 1.0 : 0.0)));
    out.rows.push_back(std::move(row));
  }
  sort_predictions(out);
  return out;
}

void count_clips(benchmark::State& state) { state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0)); }

void confusion_reference(benchmark::State& state) {
  const PredictionSet predictions = predictions_of(state.range(0));
  for (auto _ : state) {
    std::array<std::int64_t, kClasses * kClasses> counts{};
    for (const Prediction& row : predictions.rows) ++counts.at(*row.truth.single_class() * kClasses + row.predicted);
    benchmark::DoNotOptimize(counts);
  }
  count_clips(state);
}
BENCHMARK(confusion_reference)->Arg(442)->Arg(44200)->Unit(benchmark::kMicrosecond);

void pooled_metrics(benchmark::State& state) {
  const PredictionSet predictions = predictions_of(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(evaluate(predictions));
  count_clips(state);
}
BENCHMARK(pooled_metrics)->Arg(442)->Arg(44200)->Unit(benchmark::kMicrosecond);

void write_predictions(benchmark::State& state) {
  const PredictionSet predictions = predictions_of(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(to_csv(predictions));
  count_clips(state);
}
BENCHMARK(write_predictions)->Arg(442)->Arg(44200)->Unit(benchmark::kMicrosecond);

void read_predictions(benchmark::State& state) {
  const std::string text = to_csv(predictions_of(state.range(0)));
  for (auto _ : state) {
    auto read = parse_predictions(text, "predictions.csv", {});
    if (!read || static_cast<std::int64_t>(read->rows.size()) != state.range(0)) {
      state.SkipWithError("the file was not read whole");
      break;
    }
    benchmark::DoNotOptimize(read);
  }
  count_clips(state);
}
BENCHMARK(read_predictions)->Arg(442)->Arg(44200)->Unit(benchmark::kMicrosecond);

// What a run's summary asks for: 10,000 draws for all clips and for each dataset.
void intervals_of_a_run(benchmark::State& state) {
  const PredictionSet predictions = predictions_of(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(intervals_of(predictions));
  count_clips(state);
}
BENCHMARK(intervals_of_a_run)->Arg(442)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mexbench::eval
