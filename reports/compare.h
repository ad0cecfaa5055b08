// Two run folders against each other, for the verb `compare`: what changed, which is better, by how much, and can anyone tell.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/core/table.h"
#include "reports/report.h"
#include "reports/view.h"

namespace mexbench::reports {

struct ComparedModels {
  std::size_t first = 0;  // of A, place in the view's models
  std::size_t second = 0;
  std::optional<PairView> pair;  // first is A's and differences are A less B; nothing when their scores can't be held against each other
  std::string finding;           // the sentence about it
  ChangesView changes;
};

struct Compared {
  ReportView view;
  std::vector<ComparedModels> models;
  std::vector<std::string> alone;  // labels that only one side has
};

// Runs of `a` and `b` as load_runs() gives them; runs that both sides hold under one name are told apart by " (A)" and " (B)". One model on
// each side is compared whatever its label; several by their labels. Fails with kUsage when no label stands on both sides, with kData when
// a side has no complete run.
[[nodiscard]] core::Result<Compared> compare(ReportData a, ReportData b);

// One row per pair of models, then per pair a table of the settings that differ.
[[nodiscard]] core::Table scores_of(const Compared& compared);
[[nodiscard]] core::Table settings_of(const ReportView& view, const ComparedModels& models);
// All of it, schema "mexbench.compare/1" (docs/file-formats.md).
[[nodiscard]] nlohmann::json to_json(const Compared& compared);

}  // namespace mexbench::reports
