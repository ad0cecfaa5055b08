// Turns folds of a plan into tasks for workers, and what workers answer back into the plan's order.
//
// Labels stay with the parent, and so does everything that would tell them: a manifest's order may (the composite's files lie in class
// folders), so clips lie in the shared tensor in the order of digests of their ids, and test clips are listed in the tensor's order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "harness/core/ids.h"
#include "harness/core/result.h"
#include "harness/data/manifest.h"
#include "harness/protocol/protocol.h"
#include "harness/run/messages.h"
#include "harness/run/run_plan.h"
#include "harness/store/fold_store.h"

namespace mexbench::run {

class FoldTasks {
 public:
  // `manifest` must outlive this.
  explicit FoldTasks(const data::Manifest& manifest);

  [[nodiscard]] TensorShape shape() const;
  // The manifest with its clips in the tensor's order.
  [[nodiscard]] data::Manifest arranged() const;
  // For the worker that fills the tensor: that manifest, and its root, which the lock file leaves out.
  [[nodiscard]] nlohmann::json prepare_request(std::size_t threads) const;

  // The task of fold `index`; the caller sets what is kept (record_epochs, save_weights).
  [[nodiscard]] FoldTask make(const RunPlan& run, std::size_t index) const;
  // A task that applies the model of fold `index`, with the weights of a file, to the test clips of `clips`. They and the manifest need not
  // be the run's.
  [[nodiscard]] FoldTask make_prediction(const RunPlan& run, std::size_t index, const std::filesystem::path& weights,
                                         const protocol::FoldPlan& clips) const;
  // The rows a worker says it used are those it was given, or its scores are not those of these clips.
  [[nodiscard]] core::Status check_rows(const protocol::FoldPlan& fold, const nlohmann::json& answer) const;
  // Scores as a worker gave them, row by row, in the order of fold.test.
  [[nodiscard]] core::Result<std::vector<float>> in_plan_order(const protocol::FoldPlan& fold, const std::vector<float>& scores) const;

  // What a worker says it made by augmentation, its rows as clips: whichever they are, for the audit to judge. Fails with kFailed when the
  // recipe augments and nothing is said, or the other way round.
  [[nodiscard]] core::Result<std::vector<store::SealedLineage>> lineage(const RunPlan& run, const nlohmann::json& answer) const;

  // What the steps of the input that learn were fitted on, in the same way. Fails with kFailed when such a step is not among them, or
  // another one is.
  [[nodiscard]] core::Result<std::vector<store::SealedFitting>> fittings(const RunPlan& run, const nlohmann::json& answer) const;

  [[nodiscard]] std::vector<core::ClipId> ids(const std::vector<std::size_t>& clips) const;

  // Positions in the manifest of a fold's test clips, in the order that a worker is shown them.
  [[nodiscard]] std::vector<std::size_t> shown_tests(const protocol::FoldPlan& fold) const;

 private:
  [[nodiscard]] FoldTask of_model(const RunPlan& run, std::size_t index) const;
  [[nodiscard]] std::size_t classes() const { return manifest_.label_map.classes.size(); }
  // The clips of these rows, in the manifest's order. Fails with kFailed when there is no such row; `does` for the message: "augmented".
  [[nodiscard]] core::Result<std::vector<core::ClipId>> clips_of(const nlohmann::json& rows, const char* does) const;
  [[nodiscard]] std::vector<std::int64_t> rows(const std::vector<std::size_t>& clips) const;
  [[nodiscard]] std::vector<std::int64_t> test_rows(const protocol::FoldPlan& fold) const;
  [[nodiscard]] std::vector<float> targets(const std::vector<std::size_t>& clips) const;

  const data::Manifest& manifest_;
  std::vector<std::int64_t> rows_;  // of the tensor, for each clip of the manifest
};

}  // namespace mexbench::run
