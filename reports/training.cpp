#include "reports/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/core/quantile.h"
#include "reports/report.h"
#include "reports/scopes.h"
#include "reports/svg_axes.h"
#include "reports/text.h"
#include "reports/view.h"

namespace mexbench::reports {
namespace {

TrainingPoint point_of(const eval::CurvePoint& from) {
  return {.epoch = from.epoch, .loss = from.train_loss, .low = from.loss_low, .high = from.loss_high, .uf1 = from.test_uf1.value};
}

std::vector<TrainingPoint> drawn(const std::vector<eval::CurvePoint>& epochs) {
  std::vector<TrainingPoint> out;
  for (const std::size_t place : svg::thinned(epochs.size(), kMostPoints)) out.push_back(point_of(epochs[place]));
  return out;
}

// How far the score moves while training goes on: what the choice of an epoch decides.
std::string late_sentence(const std::vector<eval::CurvePoint>& epochs) {
  const std::size_t from = epochs.size() - std::max<std::size_t>(1, epochs.size() / 4);
  std::optional<double> least, most;
  for (std::size_t i = from; i < epochs.size(); ++i) {
    const std::optional<double>& uf1 = epochs[i].test_uf1.value;
    if (!uf1) return "In the last quarter of the epochs the pooled test UF1 is not always defined.";
    least = std::min(least.value_or(*uf1), *uf1);
    most = std::max(most.value_or(*uf1), *uf1);
  }
  if (epochs.size() - from < 2) return {};
  return fmt::format("In the last quarter of the epochs ({} to {}) the pooled test UF1 lies between {} and {}.", epochs[from].epoch,
                     epochs.back().epoch, four_decimals(*least), four_decimals(*most));
}

std::string final_sentence(const TrainingView& of) {
  const std::string own = of.uf1 ? fmt::format("The run's own score, UF1 {},", four_decimals(*of.uf1)) : "The run's own predictions";
  const char* is = of.uf1 ? " is" : " are";
  if (of.final_least == of.final_most) return fmt::format("{}{} of epoch {} in every fold.", own, is, of.final_least);
  return fmt::format("{}{} of epochs {} to {}, chosen in each fold without its test subject (median {}).", own, is, of.final_least,
                     of.final_most, of.final_median);
}

TrainingView training_of(const Run& run, std::size_t place) {
  const eval::Curves& curves = *run.curves;
  TrainingView out{.run = place, .points = drawn(curves.epochs), .epochs = static_cast<std::int64_t>(curves.epochs.size())};
  std::vector<double> finals;
  for (const auto& [fold, epochs] : curves.epochs_trained) finals.push_back(static_cast<double>(epochs));
  const auto [least, most] = std::minmax_element(finals.begin(), finals.end());
  out.final_least = std::llround(*least);
  out.final_most = std::llround(*most);
  out.final_median = core::quantile(finals, 0.5);
  out.uf1 = run.metrics.scopes.at(kAll).uf1.value;
  out.sentence = final_sentence(out);
  if (const std::string late = late_sentence(curves.epochs); !late.empty()) out.sentence = late + " " + out.sentence;
  return out;
}

}  // namespace

void add_training(const std::vector<const Run*>& runs, ReportView& view) {
  TrainingSection& section = view.training;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs[i]->curves) {
      section.runs.push_back(training_of(*runs[i], i));
    } else if (runs[i]->trained) {
      section.without.push_back(i);
    }
  }
  if (runs.empty()) return;
  if (section.runs.empty()) {
    section.sentences.emplace_back(section.without.empty()
                                       ? "No run of this report trained a model: weights were loaded."
                                       : "No run of this report recorded its epochs; 'record_epochs: true' in an experiment keeps them.");
    return;
  }
  section.sentences.emplace_back(
      "Training loss after every epoch, mean over folds with the 2.5 to 97.5 percentile of the folds, and below it UF1 on the test clips "
      "of "
      "all folds pooled. Only the marked epoch gives a score of the run: to choose another by this curve would be to choose on the test "
      "subjects. A fold that had ended stands in the lower curve with its last epoch.");
  if (!section.without.empty()) {
    std::vector<std::string> names;
    for (const std::size_t run : section.without) names.push_back(fmt::format("{}, seed {}", view.runs[run].model, view.runs[run].seed));
    section.sentences.push_back(
        fmt::format("Nothing was recorded of {}.", names.size() > 4 ? counted(static_cast<std::int64_t>(names.size()), "further run")
                                                                    : fmt::format("{}", fmt::join(names, "; "))));
  }
}

}  // namespace mexbench::reports
