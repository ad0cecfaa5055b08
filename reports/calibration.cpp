#include "reports/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "harness/core/random.h"
#include "harness/stats/probabilities.h"
#include "harness/stats/selective.h"
#include "reports/report.h"
#include "reports/text.h"
#include "reports/view.h"

namespace mexbench::reports {
namespace {

// Of one run.
struct RunFigures {
  bool softmax = false;
  double accuracy = 0.0;
  double confidence = 0.0;
  double brier = 0.0;
  double ece_limit = 0.0;
  stats::Calibration calibration;
  stats::RiskCoverage selective;
};

constexpr std::size_t kLimitDraws = 1000;

bool has_scores(const Run& run) {
  return std::none_of(run.predictions.begin(), run.predictions.end(), [](const eval::Prediction& clip) { return clip.scores.empty(); });
}

RunFigures figures_of(const Run& run) {
  std::vector<float> scores;
  std::vector<std::size_t> truth;
  for (const eval::Prediction& clip : run.predictions) {
    scores.insert(scores.end(), clip.scores.begin(), clip.scores.end());
    truth.push_back(clip.truth.single_class().value());
  }
  const auto probabilities = stats::probabilities_of(scores, run.metrics.classes.size());
  assert(probabilities);  // parse_predictions() takes finite scores alone, and a complete run has clips
  const std::vector<stats::Decision> decisions = stats::decisions_of(*probabilities, truth);
  RunFigures out{.softmax = probabilities->source == stats::ProbabilitySource::kSoftmax,
                 .brier = stats::brier_score(*probabilities, truth),
                 .ece_limit = stats::ece_limit(decisions, run.evidence.calibration_level, kLimitDraws,
                                               core::RandomStream::derive(core::Seed{0}, core::FoldId("evidence"), "ece limit")),
                 .calibration = stats::calibration_of(decisions),
                 .selective = stats::risk_coverage(decisions)};
  std::size_t right = 0;
  for (const stats::Decision& decision : decisions) {
    out.confidence += decision.confidence;
    right += decision.correct ? 1 : 0;
  }
  out.confidence /= static_cast<double>(decisions.size());
  out.accuracy = static_cast<double>(right) / static_cast<double>(decisions.size());
  return out;
}

// From counts, so that equal shares are equal numbers.
double accuracy_at(const RunFigures& run, double coverage) {
  const stats::RiskPoint& point = stats::at_coverage(run.selective, coverage);
  return static_cast<double>(point.clips - point.errors) / static_cast<double>(point.clips);
}

template <typename Of>
OverSeeds over(const std::vector<RunFigures>& runs, const Of& of) {
  OverSeeds out{.low = of(runs.front()), .high = of(runs.front())};
  for (const RunFigures& run : runs) {
    const double value = of(run);
    out.mean += value / static_cast<double>(runs.size());
    out.low = std::min(out.low, value);
    out.high = std::max(out.high, value);
  }
  return out;
}

void add_risk(const stats::RiskCoverage& curve, double weight, std::vector<double>& risk) {
  std::size_t clips = 0, errors = 0;
  for (const stats::RiskPoint& point : curve.points) {
    const double share = static_cast<double>(point.errors - errors) / static_cast<double>(point.clips - clips);
    for (std::size_t k = clips + 1; k <= point.clips; ++k) {
      risk[k - 1] += weight * (static_cast<double>(errors) + share * static_cast<double>(k - clips)) / static_cast<double>(k);
    }
    clips = point.clips;
    errors = point.errors;
  }
}

std::string calibration_sentence(const std::string& name, const CalibrationView& of) {
  const std::string ece = fmt::format("{}{} shows an ECE of {}", of.seeds > 1 ? fmt::format("Over {} seeds, ", of.seeds) : "", name,
                                      four_decimals(of.ece.mean));
  if (of.ece.mean <= of.ece_if_calibrated.mean) {
    return fmt::format(
        "{}, no more than the {} that a calibrated model with these confidences would show on average: on {} no miscalibration is seen.",
        ece, four_decimals(of.ece_if_calibrated.mean), counted(static_cast<std::int64_t>(of.clips), "clip"));
  }
  const double above = of.confidence.mean - of.accuracy.mean;
  const char* verdict = std::abs(above) < 0.5 * of.ece.mean ? "too sure of some clips and not sure enough of others"
                        : above > 0.0                       ? "too sure"
                                                            : "not sure enough";
  return fmt::format(
      "{}, where a calibrated model with these confidences would show {} on average: its mean confidence is {}, its accuracy {}, so it is "
      "{}.",
      ece, four_decimals(of.ece_if_calibrated.mean), four_decimals(of.confidence.mean), four_decimals(of.accuracy.mean), verdict);
}

std::string selective_sentence(const CalibrationView& of) {
  const SelectiveView& half = of.selective.front();
  const std::string surest = fmt::format("Of the {} % of clips it is surest of, ", percent(half.coverage.mean));
  if (half.accuracy.mean > of.accuracy.mean) {
    return fmt::format("{}{} are right, of all {}.", surest, four_decimals(half.accuracy.mean), four_decimals(of.accuracy.mean));
  }
  return fmt::format("{}{} are right, no more than of all ({}): its confidence does not tell its errors.", surest,
                     four_decimals(half.accuracy.mean), four_decimals(of.accuracy.mean));
}

std::string names_of(const ReportView& view, const std::vector<std::size_t>& models) {
  std::vector<std::string> names;
  for (const std::size_t model : models) names.push_back(view.models[model].name);
  return listed(names);
}

void add_sentences(ReportView& view) {
  CalibrationSection& section = view.calibration;
  std::vector<std::size_t> softmaxed;
  for (const CalibrationView& model : section.models) {
    if (model.softmaxed > 0) softmaxed.push_back(model.model);
  }
  if (section.models.empty()) {
    section.sentences.emplace_back("No model of this report gives scores with its answers, so nothing can be said of how sure it is.");
    return;
  }
  section.sentences.emplace_back(
      "Confidence is the probability that a model gives the class it answers. ECE is the mean distance between confidence and accuracy "
      "over bins of equally many clips, Brier the squared distance of all probabilities from the truth (0 to 2), AURC the mean error rate "
      "when only the surest clips are answered, and E-AURC what of it is owed to the order of confidence rather than to the number of "
      "errors.");
  if (!softmaxed.empty()) {
    const bool all = softmaxed.size() == section.models.size();
    section.sentences.push_back(fmt::format(
        "The scores of {} were no probabilities, and their softmax is taken for them: what a network trained with cross entropy means by "
        "its outputs, and no more than a convention for any other.",
        !all                         ? names_of(view, softmaxed)
        : section.models.size() == 1 ? view.models[softmaxed.front()].name
                                     : "every model"));
  }
  if (!section.without.empty()) {
    section.sentences.push_back(fmt::format("{} {} answers without scores, so nothing can be said of how sure {}.",
                                            names_of(view, section.without), section.without.size() == 1 ? "gives" : "give",
                                            section.without.size() == 1 ? "it is" : "they are"));
  }
  section.sentences.emplace_back(
      "All of this is over clips. Those of one person are not independent, so the 95 % intervals in the diagrams (Wilson, clip-level) are "
      "narrower than they should be, and two models are not compared here.");
}

}  // namespace

void add_calibration(const std::vector<std::vector<const Run*>>& runs, ReportView& view) {
  for (std::size_t m = 0; m < runs.size(); ++m) {
    const std::vector<const Run*>& seeds = runs[m];
    if (!std::all_of(seeds.begin(), seeds.end(), [](const Run* run) { return has_scores(*run); })) {
      view.calibration.without.push_back(m);
      continue;
    }
    std::vector<RunFigures> figures;
    for (const Run* run : seeds) figures.push_back(figures_of(*run));
    CalibrationView out{.model = m, .seeds = seeds.size(), .clips = seeds.front()->predictions.size()};
    out.softmaxed = static_cast<std::size_t>(std::count_if(figures.begin(), figures.end(), [](const auto& run) { return run.softmax; }));
    out.accuracy = over(figures, [](const RunFigures& run) { return run.accuracy; });
    out.confidence = over(figures, [](const RunFigures& run) { return run.confidence; });
    out.ece = over(figures, [](const RunFigures& run) { return run.calibration.ece; });
    out.ece_if_calibrated = over(figures, [](const RunFigures& run) { return run.calibration.ece_if_calibrated; });
    out.ece_limit = over(figures, [](const RunFigures& run) { return run.ece_limit; });
    out.brier = over(figures, [](const RunFigures& run) { return run.brier; });
    out.aurc = over(figures, [](const RunFigures& run) { return run.selective.aurc; });
    out.excess = over(figures, [](const RunFigures& run) { return run.selective.excess; });
    for (std::size_t i = 0; i < kCoverages.size(); ++i) {
      const double asked = kCoverages[i];
      out.selective[i] = {
          .asked = asked,
          .coverage = over(figures, [&](const RunFigures& run) { return stats::at_coverage(run.selective, asked).coverage; }),
          .accuracy = over(figures, [&](const RunFigures& run) { return accuracy_at(run, asked); })};
    }
    out.drawn_seed = seeds.front()->seed.value;
    out.bins = figures.front().calibration.bins;
    out.risk.assign(out.clips, 0.0);
    for (const RunFigures& run : figures) add_risk(run.selective, 1.0 / static_cast<double>(figures.size()), out.risk);
    out.sentences = {calibration_sentence(view.models[m].name, out), selective_sentence(out)};
    view.calibration.models.push_back(std::move(out));
  }
  if (!view.models.empty()) add_sentences(view);
}

}  // namespace mexbench::reports
