#include "harness/eval/best_epoch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

#include "harness/core/csv.h"
#include "harness/core/text.h"
#include "harness/eval/metrics.h"

namespace mexbench::eval {
namespace {

using core::Error;
using core::ErrorCode;

// phase, epoch, train_loss, validation_score, clip, then the scores.
constexpr std::size_t kOwnColumns = 5;

Error wrong(const std::string& file, std::size_t line, std::string message) {
  Error error = Error::in_file(ErrorCode::kData, file, std::move(message));
  core::Diagnostic diagnostic = error.diagnostics().front();
  diagnostic.where.line = line;
  return {ErrorCode::kData, std::move(diagnostic)};
}

}  // namespace

core::Result<std::vector<EpochScores>> read_epochs(std::string_view csv, const std::string& file, std::span<const std::string> classes,
                                                   const std::map<core::ClipId, data::Truth>& truths) {
  MEXBENCH_ASSIGN(const std::vector<core::CsvRow> rows, core::parse_csv(csv, file));
  if (rows.size() < 2) return Error::in_file(ErrorCode::kData, file, "has no epochs");
  std::vector<std::string> header{"phase", "epoch", "train_loss", "validation_score", "clip"};
  for (const std::string& name : classes) header.push_back("score:" + name);
  if (rows.front().fields != header) return wrong(file, 1, fmt::format("the columns are not {}", core::join(header, ",")));

  std::vector<EpochScores> out;
  const auto whole = [&](std::size_t line) -> core::Status {
    if (out.empty() || out.back().scores.size() == truths.size()) return {};
    return wrong(file, line,
                 fmt::format("epoch {} has {} clips, the fold tests {}", out.back().epoch, out.back().scores.size(), truths.size()));
  };
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const core::CsvRow& row = rows[i];
    if (row.fields.size() != header.size()) {
      return wrong(file, row.line, fmt::format("{} fields, {} are wanted", row.fields.size(), header.size()));
    }
    const auto epoch = core::parse_int(row.fields[1]);
    if (!epoch) return wrong(file, row.line, fmt::format("epoch '{}' is no whole number", row.fields[1]));
    if (out.empty() || row.fields[0] != out.back().phase || *epoch != out.back().epoch) {
      MEXBENCH_TRY(whole(row.line));
      if (!out.empty() && row.fields[0] == out.back().phase && *epoch < out.back().epoch) {
        return wrong(file, row.line, fmt::format("epoch {} stands behind epoch {}", *epoch, out.back().epoch));
      }
      const auto loss = core::parse_double(row.fields[2]);
      if (!loss) return wrong(file, row.line, fmt::format("train_loss '{}' is no number", row.fields[2]));
      const auto validation = core::parse_double(row.fields[3]);
      if (!validation && !row.fields[3].empty()) return wrong(file, row.line, fmt::format("score '{}' is no number", row.fields[3]));
      out.push_back({.phase = row.fields[0], .epoch = *epoch, .train_loss = *loss, .validation = validation, .scores = {}});
    }
    core::ClipId clip(row.fields[4]);
    if (!truths.contains(clip)) return wrong(file, row.line, fmt::format("clip '{}' is not one the fold tests", clip.text()));
    std::vector<float> scores;
    for (std::size_t c = kOwnColumns; c < row.fields.size(); ++c) {
      const auto score = core::parse_double(row.fields[c]);
      if (!score || !std::isfinite(*score)) return wrong(file, row.line, fmt::format("score '{}' is no number", row.fields[c]));
      scores.push_back(static_cast<float>(*score));
    }
    if (!out.back().scores.emplace(std::move(clip), std::move(scores)).second) {
      return wrong(file, row.line, fmt::format("clip '{}' is twice in epoch {}", row.fields[4], *epoch));
    }
  }
  MEXBENCH_TRY(whole(rows.back().line));
  return out;
}

BestEpoch best_of(const std::vector<EpochScores>& epochs, const std::map<core::ClipId, data::Truth>& truths) {
  assert(!epochs.empty());
  const EpochScores* best = nullptr;
  std::size_t best_right = 0;
  std::int64_t recorded = 0;
  for (const EpochScores& epoch : epochs) {
    if (epoch.phase != epochs.back().phase) continue;
    ++recorded;
    const auto right = static_cast<std::size_t>(std::count_if(
        epoch.scores.begin(), epoch.scores.end(), [&](const auto& clip) { return agrees(truths.at(clip.first), argmax(clip.second)); }));
    if (best != nullptr && right <= best_right) continue;
    best = &epoch;
    best_right = right;
  }
  return {.epoch = best->epoch, .recorded = recorded, .scores = best->scores};
}

}  // namespace mexbench::eval
