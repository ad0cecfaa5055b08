#include "harness/eval/intervals.h"

#include <optional>

namespace mexbench::eval {

void add_run(stats::SubjectCountsBuilder& counts, std::string_view model, core::Seed seed, std::span<const Prediction> clips) {
  for (const Prediction& clip : clips) {
    const std::optional<std::size_t> truth = clip.truth.single_class();
    if (truth) counts.add(model, seed, {.stratum = clip.dataset, .id = clip.subject}, *truth, clip.predicted);
  }
}

std::map<std::string, stats::Bootstrap> bootstraps(const stats::SubjectCounts& counts, const stats::BootstrapOptions& options) {
  std::map<std::string, stats::Bootstrap> out;
  out.emplace("all", stats::bootstrap(counts, options));
  for (std::size_t i = 0; i < counts.strata().size(); ++i) {
    const std::string dataset = counts.strata()[i].id.text();
    out.emplace(dataset, counts.strata().size() == 1 ? out.at("all") : stats::bootstrap(counts.only(i), options));
  }
  return out;
}

core::Result<std::map<std::string, stats::ScoreIntervals>> intervals_of(const PredictionSet& predictions) {
  stats::SubjectCountsBuilder builder(predictions.classes);
  add_run(builder, "run", core::Seed{0}, predictions.rows);
  MEXBENCH_ASSIGN(const stats::SubjectCounts counts, builder.build());
  std::map<std::string, stats::ScoreIntervals> out;
  for (auto& [scope, bootstrap] : bootstraps(counts, {.pairs = false})) out.emplace(scope, bootstrap.models.front());
  return out;
}

}  // namespace mexbench::eval
