#include "harness/eval/epochs.h"

#include <fmt/format.h>

#include <utility>

#include "harness/core/csv.h"
#include "harness/core/text.h"

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

core::Result<std::vector<RecordedEpoch>> read_epochs(std::string_view csv, const std::string& file, std::span<const std::string> classes,
                                                     const std::map<core::ClipId, data::Truth>& truths) {
  MEXBENCH_ASSIGN(const std::vector<core::CsvRow> rows, core::parse_csv(csv, file));
  if (rows.size() < 2) return Error::in_file(ErrorCode::kData, file, "has no epochs");
  std::vector<std::string> header{"phase", "epoch", "train_loss", "validation_score", "clip"};
  for (const std::string& name : classes) header.push_back("score:" + name);
  if (rows.front().fields != header) return wrong(file, 1, fmt::format("the columns are not {}", core::join(header, ",")));
  const std::string& phase = rows.back().fields.front();

  std::vector<RecordedEpoch> epochs;
  const auto check = [&](std::size_t line) -> core::Status {
    if (epochs.empty() || epochs.back().scores.size() == truths.size()) return {};
    return wrong(file, line,
                 fmt::format("epoch {} has {} clips, the fold tests {}", epochs.back().epoch, epochs.back().scores.size(), truths.size()));
  };
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const core::CsvRow& row = rows[i];
    if (row.fields.size() != header.size()) {
      return wrong(file, row.line, fmt::format("{} fields, {} are wanted", row.fields.size(), header.size()));
    }
    if (row.fields.front() != phase) continue;
    const auto epoch = core::parse_int(row.fields[1]);
    if (!epoch) return wrong(file, row.line, fmt::format("epoch '{}' is no whole number", row.fields[1]));
    const auto loss = core::parse_double(row.fields[2]);
    if (!loss) return wrong(file, row.line, fmt::format("train_loss '{}' is no number", row.fields[2]));
    if (epochs.empty() || epochs.back().epoch != *epoch) {
      MEXBENCH_TRY(check(row.line));
      if (!epochs.empty() && *epoch < epochs.back().epoch) {
        return wrong(file, row.line, fmt::format("epoch {} stands behind epoch {}", *epoch, epochs.back().epoch));
      }
      epochs.push_back({.epoch = *epoch, .train_loss = *loss, .scores = {}});
    }
    core::ClipId clip(row.fields[4]);
    if (!truths.contains(clip)) return wrong(file, row.line, fmt::format("clip '{}' is not one the fold tests", clip.text()));
    std::vector<float> scores;
    for (std::size_t c = kOwnColumns; c < row.fields.size(); ++c) {
      const auto score = core::parse_double(row.fields[c]);
      if (!score) return wrong(file, row.line, fmt::format("score '{}' is no number", row.fields[c]));
      scores.push_back(static_cast<float>(*score));
    }
    if (!epochs.back().scores.emplace(std::move(clip), std::move(scores)).second) {
      return wrong(file, row.line, fmt::format("clip '{}' is twice in epoch {}", row.fields[4], *epoch));
    }
  }
  MEXBENCH_TRY(check(rows.back().line));
  return epochs;
}

}  // namespace mexbench::eval
