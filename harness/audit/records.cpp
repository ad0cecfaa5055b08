#include "harness/audit/records.h"

#include <fmt/format.h>

#include <utility>

#include "harness/data/adaptation.h"
#include "harness/store/json_file.h"

namespace mexbench::audit {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

EpochsRecord compare_epochs(const std::vector<eval::EpochScores>& epochs, const std::map<core::ClipId, std::vector<float>>& sealed,
                            const std::map<core::ClipId, data::Truth>& truths) {
  EpochsRecord out;
  if (epochs.empty()) return out;
  const std::string& last_phase = epochs.back().phase;
  std::int64_t count = 0;     // of epochs in the last phase
  std::int64_t selected = 0;  // of epochs in the phase `select`
  std::int64_t last_selected = 0;
  std::optional<double> highest;
  std::optional<double> lowest;
  for (const eval::EpochScores& epoch : epochs) {
    if (epoch.phase == "select" && epoch.validation) {
      ++selected;
      last_selected = epoch.epoch;
      if (!highest || *epoch.validation > *highest) {
        highest = epoch.validation;
        out.highest_selected = epoch.epoch;
      }
      if (!lowest || *epoch.validation < *lowest) {
        lowest = epoch.validation;
        out.lowest_selected = epoch.epoch;
      }
    }
    if (epoch.phase != last_phase) continue;
    ++count;
    out.last = epoch.epoch;
    if (epoch.scores == sealed) out.sealed.push_back(epoch.epoch);
  }
  out.whole = count == out.last;
  out.selected_whole = selected > 0 && selected == last_selected;
  out.best_on_test = eval::best_of(epochs, truths).epoch;
  return out;
}

core::Result<FoldRecord> record_of(const store::SealedFold& fold, const std::vector<std::string>& classes,
                                   const std::optional<std::string>& epochs_csv, const std::string& file) {
  FoldRecord out{.fold = fold.fold,
                 .science_hash = fold.science_hash,
                 .start = fold.start,
                 .train = fold.train,
                 .validation = fold.validation,
                 .test = {},
                 .augmented = {}};
  out.epochs_trained = fold.epochs_trained;
  for (const store::SealedLineage& made : fold.lineage) out.augmented.push_back({.phase = made.phase, .parents = made.parents});
  for (const store::SealedFitting& step : fold.fitted)
    out.fitted.push_back({.step = step.step, .clips = step.clips, .digest = step.digest});
  std::map<core::ClipId, std::vector<float>> scores;
  std::map<core::ClipId, data::Truth> truths;
  for (const store::SealedTest& test : fold.test) {
    out.test.push_back(test.clip);
    out.truths.push_back(test.truth);
    out.scores.push_back(test.scores);
    scores.emplace(test.clip, test.scores);
    truths.emplace(test.clip, test.truth);
  }
  if (!epochs_csv) return out;
  MEXBENCH_ASSIGN(const std::vector<eval::EpochScores> epochs, eval::read_epochs(*epochs_csv, file, classes, truths));
  out.epochs = compare_epochs(epochs, scores, truths);
  return out;
}

core::Result<Settings> settings_of(const json& science, const std::string& file) {
  try {
    Settings out;
    out.science_hash = store::hash_json(science);
    out.manifest_hash = science.at("manifest");
    out.learning_steps = data::learning_steps(science.value("adaptation_versions", json::object()));
    const json& train = science.at("settings").at("train");
    if (!science.at("weights").is_null()) {
      out.fitting = Settings::Fitting::kLoaded;
    } else if (train.is_null()) {
      out.fitting = Settings::Fitting::kOwnRule;
    } else {
      out.epochs = train.at("epochs");
      const json& selection = train.at("selection");
      out.selects = selection.at("name") == "inner_subjects";
      out.lowest = out.selects && selection.at("metric") == "loss";
      out.refits = out.selects && selection.at("refit").get<bool>();
    }
    return out;
  } catch (const json::exception& problem) {
    return Error::in_file(ErrorCode::kData, file, fmt::format("'science' is not that of a run: {}", problem.what()));
  }
}

}  // namespace mexbench::audit
