#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <tuple>

#include "harness/core/csv.h"
#include "harness/core/text.h"
#include "harness/eval/assemble.h"
#include "harness/eval/metrics.h"

namespace mexbench::eval {
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::string_view kScorePrefix = "score:";

bool before(const Prediction& a, const Prediction& b) {
  return std::tie(a.dataset, a.subject, a.clip_name) < std::tie(b.dataset, b.subject, b.clip_name);
}

struct Columns {
  std::size_t dataset = 0;
  std::size_t subject = 0;
  std::size_t clip = 0;
  std::size_t truth = 0;
  std::size_t prediction = 0;
  std::optional<std::size_t> fold;
  std::vector<std::size_t> scores;
  std::vector<std::string> score_classes;
};

Columns find_columns(const core::CsvRow& header, Problems& problems) {
  std::vector<std::string> names;
  for (const std::string& field : header.fields) {
    names.emplace_back(core::trim(field));
    if (std::count(names.begin(), names.end(), names.back()) == 2) {
      problems.add(header.line, fmt::format("column '{}' occurs twice", names.back()));
    }
  }
  const auto place = [&](std::string_view name) -> std::optional<std::size_t> {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
  };
  const auto required = [&](std::string_view name) {
    const auto found = place(name);
    if (!found) {
      const auto near = core::closest(name, names);
      problems.add(header.line, fmt::format("column '{}' is missing", name),
                   near ? fmt::format("did you mean '{}'?", *near)
                        : "wanted are 'dataset', 'subject', 'clip', 'truth' and 'prediction', in any order");
    }
    return found.value_or(0);
  };
  Columns out;
  out.dataset = required("dataset");
  out.subject = required("subject");
  out.clip = required("clip");
  out.truth = required("truth");
  out.prediction = required("prediction");
  out.fold = place("fold");
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].starts_with(kScorePrefix)) {
      out.scores.push_back(i);
      out.score_classes.push_back(names[i].substr(kScorePrefix.size()));
    }
  }
  return out;
}

}  // namespace

void sort_predictions(PredictionSet& predictions) { std::stable_sort(predictions.rows.begin(), predictions.rows.end(), before); }

std::size_t argmax(std::span<const float> scores) {
  std::size_t best = scores.size();
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (std::isnan(scores[i])) continue;
    if (best == scores.size() || scores[i] > scores[best]) best = i;
  }
  assert(best < scores.size());
  return best;
}

std::vector<float> encode_targets(std::span<const data::Truth> truths, std::size_t classes) {
  std::vector<float> out(truths.size() * classes, 0.0F);
  for (std::size_t i = 0; i < truths.size(); ++i) {
    const auto index = truths[i].single_class();
    assert(index && *index < classes);
    out[i * classes + *index] = 1.0F;
  }
  return out;
}

std::string truth_text(std::span<const std::string> classes, const data::Truth& truth) {
  const auto index = truth.single_class();
  assert(index && *index < classes.size());
  return classes[*index];
}

core::Result<data::Truth> parse_truth(std::span<const std::string> classes, const std::string& text) {
  const auto found = std::find(classes.begin(), classes.end(), text);
  if (found == classes.end()) {
    return Error(ErrorCode::kData, fmt::format("class '{}' is unknown, {} is wanted", text, core::quoted_list(classes)));
  }
  return data::Truth::one_class(static_cast<std::size_t>(found - classes.begin()));
}

std::string to_csv(const PredictionSet& predictions) {
  std::vector<const Prediction*> order;
  order.reserve(predictions.rows.size());
  for (const Prediction& row : predictions.rows) order.push_back(&row);
  std::stable_sort(order.begin(), order.end(), [](const Prediction* a, const Prediction* b) { return before(*a, *b); });
  const bool scores = !order.empty() && !order.front()->scores.empty();

  std::string out = "dataset,subject,clip,fold,truth,prediction";
  std::vector<std::string> classes;
  for (const std::string& name : predictions.classes) {
    classes.push_back(core::csv_field(name));
    if (scores) out += "," + core::csv_field(std::string(kScorePrefix) + name);
  }
  out += '\n';
  for (const Prediction* row : order) {
    assert(row->scores.size() == (scores ? classes.size() : 0));
    out += core::csv_field(row->dataset.text());
    out += ',';
    out += core::csv_field(core::raw_subject(row->subject));
    out += ',';
    out += core::csv_field(row->clip_name);
    out += ',';
    out += core::csv_field(row->fold.text());
    out += ',';
    out += core::csv_field(truth_text(predictions.classes, row->truth));
    out += ',';
    out += classes[row->predicted];
    for (const float score : row->scores) {
      out += ',';
      out += core::format_score(score);
    }
    out += '\n';
  }
  return out;
}

core::Result<PredictionSet> parse_predictions(const std::string& csv, const std::string& file, const ReadOptions& options) {
  MEXBENCH_ASSIGN(const std::vector<core::CsvRow> table, core::parse_csv(csv, file));
  if (table.empty()) return Error::in_file(ErrorCode::kData, file, "is empty, a header line and one row per clip are wanted");
  Problems problems(file);
  const core::CsvRow& header = table.front();
  const Columns columns = find_columns(header, problems);
  if (problems.any()) return std::move(problems).error();

  std::vector<RawPrediction> rows;
  rows.reserve(table.size() - 1);
  for (std::size_t i = 1; i < table.size(); ++i) {
    const std::vector<std::string>& fields = table[i].fields;
    if (fields.size() != header.fields.size()) {
      problems.add(table[i].line, fmt::format("has {} fields, the header has {}", fields.size(), header.fields.size()));
      continue;
    }
    RawPrediction row{.line = table[i].line,
                      .dataset = core::trim(fields[columns.dataset]),
                      .subject = core::trim(fields[columns.subject]),
                      .clip = core::trim(fields[columns.clip]),
                      .fold = columns.fold ? core::trim(fields[*columns.fold]) : std::string_view(),
                      .truth = core::trim(fields[columns.truth]),
                      .prediction = core::trim(fields[columns.prediction]),
                      .scores = {}};
    row.scores.reserve(columns.scores.size());
    for (const std::size_t place : columns.scores) row.scores.push_back(core::trim(fields[place]));
    rows.push_back(std::move(row));
  }
  return assemble(rows, columns.score_classes, options, std::move(problems));
}

}  // namespace mexbench::eval
