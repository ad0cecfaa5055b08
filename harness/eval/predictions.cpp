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
  std::vector<RawField> score_classes;
};

RawField field_of(const core::CsvRow& row, std::size_t index) {
  const std::string& field = row.fields[index];
  const std::string_view text = core::trim(field);
  const std::size_t blanks = text.empty() ? 0 : static_cast<std::size_t>(text.data() - field.data());
  return {.text = text, .line = row.places[index].line, .column = row.places[index].column + blanks};
}

Columns find_columns(const core::CsvRow& header, core::TextProblems& problems) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < header.fields.size(); ++i) {
    const RawField field = field_of(header, i);
    names.emplace_back(field.text);
    if (std::count(names.begin(), names.end(), names.back()) == 2) {
      problems.add(field.span(), fmt::format("column '{}' occurs twice", names.back()), "keep one of them");
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
      problems.add(near ? field_of(header, *place(*near)).span() : core::TextSpan{.line = header.line},
                   fmt::format("column '{}' is missing", name),
                   near ? fmt::format("if it is this one, rename it to '{}'", name)
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
    if (!names[i].starts_with(kScorePrefix)) continue;
    RawField column = field_of(header, i);
    const std::string_view name = core::trim(column.text.substr(kScorePrefix.size()));
    if (name.empty()) problems.add(column.span(), "column 'score:' names no class", "write the class behind it: score:negative");
    if (!name.empty()) column.column += static_cast<std::size_t>(name.data() - column.text.data());
    column.text = name;
    out.scores.push_back(i);
    out.score_classes.push_back(column);
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

bool agrees(const data::Truth& truth, std::size_t predicted) { return truth == data::Truth::one_class(predicted); }

data::Truth with_places(const data::Truth& truth, std::span<const std::size_t> places) {
  const auto index = truth.single_class();
  assert(index && *index < places.size());
  return data::Truth::one_class(places[*index]);
}

void count_truth(const data::Truth& truth, std::span<std::int64_t> per_class) {
  const auto index = truth.single_class();
  assert(index && *index < per_class.size());
  ++per_class[*index];
}

std::optional<PredictionSet> exchanged(const PredictionSet& predictions) {
  PredictionSet out = predictions;
  for (Prediction& row : out.rows) {
    const auto truth = row.truth.single_class();
    if (!truth) return std::nullopt;
    row.truth = data::Truth::one_class(row.predicted);
    row.predicted = *truth;
    row.scores.clear();
  }
  return out;
}

core::Status check_class_names(std::span<const std::string> names) {
  std::vector<core::Diagnostic> problems;
  const auto problem = [&](std::string message, std::string hint) {
    core::Diagnostic diagnostic;
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    problems.push_back(std::move(diagnostic));
  };
  if (names.size() == 1) {
    problem(fmt::format("there is only the class '{}', at least two classes are wanted", names.front()),
            "name every class, also absent ones: --classes a,b,c");
  }
  std::vector<std::optional<double>> numbers;
  for (std::size_t i = 0; i < names.size(); ++i) {
    numbers.push_back(core::parse_double(names[i]));
    if (names[i].empty()) problem("a class has no name", "name every class");
    for (std::size_t j = 0; j < i; ++j) {
      if (names[i] == names[j]) {
        problem(fmt::format("the class '{}' is named twice", names[i]), "name every class once");
        break;
      }
      if (numbers[i] && std::isfinite(*numbers[i]) && numbers[i] == numbers[j]) {
        problem(fmt::format("classes '{}' and '{}' are one number in two spellings", names[j], names[i]),
                "write it the same way everywhere (pandas writes 1.0 for 1 where a column lacks values: use .astype(int))");
        break;
      }
    }
  }
  if (!problems.empty()) return Error(ErrorCode::kUsage, std::move(problems));
  return {};
}

std::string truth_text(std::span<const std::string> classes, const data::Truth& truth) { return truth.text(classes); }

core::Result<data::Truth> parse_truth(std::span<const std::string> classes, const std::string& text) {
  if (const auto truth = data::Truth::parse(classes, text)) return *truth;
  return Error(ErrorCode::kData, fmt::format("class '{}' is unknown, {} is wanted", text, core::quoted_list(classes)));
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
  core::TextProblems problems(file, csv);
  const core::CsvRow& header = table.front();
  const Columns columns = find_columns(header, problems);
  if (problems.any()) return std::move(problems).error();

  std::vector<RawPrediction> rows;
  rows.reserve(table.size() - 1);
  for (std::size_t i = 1; i < table.size(); ++i) {
    const core::CsvRow& fields = table[i];
    const std::size_t count = fields.fields.size();
    const std::size_t wanted = header.fields.size();
    if (count != wanted) {
      // A missing field may be any of them; the first surplus one has its place.
      problems.add(count > wanted ? field_of(fields, wanted).span() : core::TextSpan{.line = fields.line},
                   fmt::format("has {} {}, the header has {}", count, count == 1 ? "field" : "fields", wanted),
                   count > wanted ? "a field with a comma in it stands in quotes: \"a,b\"" : "write one value per column, also empty ones");
      continue;
    }
    RawPrediction row{.dataset = field_of(fields, columns.dataset),
                      .subject = field_of(fields, columns.subject),
                      .clip = field_of(fields, columns.clip),
                      .fold = columns.fold ? field_of(fields, *columns.fold) : RawField{},
                      .truth = field_of(fields, columns.truth),
                      .prediction = field_of(fields, columns.prediction),
                      .scores = {}};
    row.scores.reserve(columns.scores.size());
    for (const std::size_t place : columns.scores) row.scores.push_back(field_of(fields, place));
    rows.push_back(std::move(row));
  }
  return assemble(rows, columns.score_classes, options, std::move(problems));
}

}  // namespace mexbench::eval
