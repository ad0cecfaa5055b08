#include <fmt/format.h>

#include "arm.h"
#include "harness/stats/bootstrap.h"
#include "harness/stats/subject_counts.h"

namespace mexbench::bench {
namespace {

using nlohmann::json;

json figures(const stats::Interval& interval) {
  if (!interval.estimate.value || !interval.low || !interval.high) return nullptr;
  return {*interval.estimate.value, *interval.low, *interval.high};
}

}  // namespace

core::Result<json> bootstrap_scores(const json& settings) {
  MEXBENCH_ASSIGN(const Inputs inputs, read_inputs(settings));
  std::vector<std::string> classes;
  for (std::size_t c = 0; c < inputs.classes; ++c) classes.push_back(fmt::format("class {}", c));
  stats::SubjectCountsBuilder builder(classes);
  for (std::size_t clip = 0; clip < inputs.labels.size(); ++clip) {
    const std::string& subject = inputs.subjects[clip];
    builder.add("model", {0}, {.stratum = core::DatasetId(subject.substr(0, subject.find('/'))), .id = core::SubjectId(subject)},
                inputs.labels[clip], inputs.answers[clip]);
  }
  MEXBENCH_ASSIGN(const stats::SubjectCounts counts, builder.build());
  const stats::BootstrapOptions options{.draws = settings.at("draws")};
  stats::Bootstrap last = stats::bootstrap(counts, options);
  std::vector<double> seconds(settings.at("repetitions").get<std::size_t>());
  MEXBENCH_TRY(wait_for_go());
  const double begin = now();
  for (double& of_one : seconds) {
    const double before = now();
    last = stats::bootstrap(counts, options);
    of_one = now() - before;
  }
  const stats::ScoreIntervals& scores = last.models.front();
  return json{{"begin", begin},
              {"end", now()},
              {"work", seconds.size()},
              {"seconds", seconds},
              {"uf1", figures(scores.uf1)},
              {"uar", figures(scores.uar)}};
}

}  // namespace mexbench::bench
