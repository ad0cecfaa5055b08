#include "harness/eval/best_epoch.h"

#include <fmt/format.h>

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

core::Result<BestEpoch> best_epoch(std::string_view csv, const std::string& file, std::span<const std::string> classes,
                                   const std::map<core::ClipId, data::Truth>& truths) {
  MEXBENCH_ASSIGN(const std::vector<core::CsvRow> rows, core::parse_csv(csv, file));
  if (rows.size() < 2) return Error::in_file(ErrorCode::kData, file, "has no epochs");
  std::vector<std::string> header{"phase", "epoch", "train_loss", "validation_score", "clip"};
  for (const std::string& name : classes) header.push_back("score:" + name);
  if (rows.front().fields != header) return wrong(file, 1, fmt::format("the columns are not {}", core::join(header, ",")));
  const std::string& phase = rows.back().fields.front();

  std::optional<BestEpoch> best;
  std::size_t best_right = 0;
  std::int64_t recorded = 0;
  BestEpoch current;
  const auto judge = [&](std::size_t line) -> core::Status {
    if (current.scores.empty()) return {};
    if (current.scores.size() != truths.size()) {
      return wrong(file, line,
                   fmt::format("epoch {} has {} clips, the fold tests {}", current.epoch, current.scores.size(), truths.size()));
    }
    ++recorded;
    std::size_t right = 0;
    for (const auto& [clip, scores] : current.scores) {
      if (agrees(truths.at(clip), argmax(scores))) ++right;
    }
    if (!best || right > best_right) {
      best_right = right;
      best = std::move(current);
    }
    current = {};
    return {};
  };
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const core::CsvRow& row = rows[i];
    if (row.fields.size() != header.size()) {
      return wrong(file, row.line, fmt::format("{} fields, {} are wanted", row.fields.size(), header.size()));
    }
    if (row.fields.front() != phase) continue;
    const auto epoch = core::parse_int(row.fields[1]);
    if (!epoch) return wrong(file, row.line, fmt::format("epoch '{}' is no whole number", row.fields[1]));
    if (*epoch != current.epoch) MEXBENCH_TRY(judge(row.line));
    current.epoch = *epoch;
    core::ClipId clip(row.fields[4]);
    if (!truths.contains(clip)) return wrong(file, row.line, fmt::format("clip '{}' is not one the fold tests", clip.text()));
    std::vector<float> scores;
    for (std::size_t c = kOwnColumns; c < row.fields.size(); ++c) {
      const auto score = core::parse_double(row.fields[c]);
      if (!score) return wrong(file, row.line, fmt::format("score '{}' is no number", row.fields[c]));
      scores.push_back(static_cast<float>(*score));
    }
    if (!current.scores.emplace(std::move(clip), std::move(scores)).second) {
      return wrong(file, row.line, fmt::format("clip '{}' is twice in epoch {}", row.fields[4], *epoch));
    }
  }
  MEXBENCH_TRY(judge(rows.back().line));
  best->recorded = recorded;
  return std::move(*best);
}

}  // namespace mexbench::eval
