#include "harness/eval/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <unordered_set>

#include "harness/core/text.h"
#include "harness/eval/figure_json.h"

namespace mexbench::eval {
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

// `why` makes the reason, which is rarely wanted: counts are scored by the ten thousand.
template <typename Why>
Figure ratio(std::int64_t numerator, std::int64_t denominator, const Why& why) {
  if (denominator == 0) return Figure::undefined(why());
  return Figure::of(static_cast<double>(numerator) / static_cast<double>(denominator));
}

struct ClassMeans {
  Figure all;      // undefined when any class is
  Figure defined;  // over the defined classes
};

ClassMeans mean_over_classes(std::span<const ClassMetrics> classes, Figure ClassMetrics::*figure, std::string_view what) {
  double sum = 0.0;
  std::int64_t defined = 0;
  std::vector<std::string> reasons;
  for (const ClassMetrics& one : classes) {
    const Figure& value = one.*figure;
    if (value.value) {
      sum += *value.value;
      ++defined;
    } else {
      reasons.push_back(value.reason);
    }
  }
  ClassMeans out;
  out.defined = defined == 0 ? Figure::undefined(fmt::format("{} is undefined for every class", what))
                             : Figure::of(sum / static_cast<double>(defined));
  out.all = reasons.empty() ? out.defined : Figure::undefined(core::join(reasons, "; "));
  return out;
}

struct ScopeCounts {
  Confusion confusion;
  std::unordered_set<std::string_view> subjects;
};

// What is wrong with the shape of a scope read from a file; empty: nothing.
std::string shape_problem(const ScopeMetrics& scope, const std::vector<std::string>& names) {
  const std::size_t classes = names.size();
  std::int64_t clips = 0;
  if (scope.confusion.size() != classes) return fmt::format("confusion has {} rows, {} are wanted", scope.confusion.size(), classes);
  for (const auto& row : scope.confusion) {
    if (row.size() != classes) return fmt::format("a row of confusion has {} columns, {} are wanted", row.size(), classes);
    for (const std::int64_t count : row) {
      if (count < 0) return fmt::format("confusion has the count {}, counts are never negative", count);
      clips += count;
    }
  }
  if (clips != scope.clips) return fmt::format("confusion counts {} clips, 'clips' is {}", clips, scope.clips);
  if (scope.per_class.size() != classes) return fmt::format("per_class has {} entries, {} are wanted", scope.per_class.size(), classes);
  for (std::size_t i = 0; i < classes; ++i) {
    if (scope.per_class[i].name == names[i]) continue;
    return fmt::format("per_class has '{}' where 'classes' has '{}', the same order is wanted", scope.per_class[i].name, names[i]);
  }
  return {};
}

}  // namespace

ScopeMetrics metrics_of(const Confusion& confusion, std::span<const std::string> classes, std::int64_t subjects) {
  assert(confusion.size() == classes.size());
  ScopeMetrics out;
  out.subjects = subjects;
  out.confusion = confusion;
  out.per_class.reserve(classes.size());
  std::int64_t correct = 0;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    assert(confusion[c].size() == classes.size());
    std::int64_t support = 0;
    std::int64_t predicted = 0;
    for (std::size_t other = 0; other < classes.size(); ++other) {
      support += confusion[c][other];
      predicted += confusion[other][c];
    }
    const std::int64_t hits = confusion[c][c];
    out.per_class.push_back({.name = classes[c],
                             .support = support,
                             .precision = ratio(hits, predicted, [&] { return fmt::format("class '{}' is never predicted", classes[c]); }),
                             .recall = ratio(hits, support, [&] { return fmt::format("class '{}' has no clips", classes[c]); }),
                             // 2TP + FP + FN = (TP + FP) + (TP + FN)
                             .f1 = ratio(2 * hits, support + predicted,
                                         [&] { return fmt::format("class '{}' has no clips and is never predicted", classes[c]); })});
    out.clips += support;
    correct += hits;
  }
  ClassMeans f1 = mean_over_classes(out.per_class, &ClassMetrics::f1, "F1");
  out.uf1 = std::move(f1.all);
  out.uf1_defined_classes = std::move(f1.defined);
  ClassMeans recall = mean_over_classes(out.per_class, &ClassMetrics::recall, "recall");
  out.uar = std::move(recall.all);
  out.uar_defined_classes = std::move(recall.defined);
  out.accuracy = ratio(correct, out.clips, [] { return std::string("there are no clips"); });
  return out;
}

bool same_figures(const ScopeMetrics& a, const ScopeMetrics& b) {
  constexpr double kRounding = 1e-12;
  const auto same = [](const Figure& one, const Figure& other) {
    return one.value.has_value() == other.value.has_value() && (!one.value || std::abs(*one.value - *other.value) <= kRounding);
  };
  const auto same_class = [&](const ClassMetrics& one, const ClassMetrics& other) {
    return one.name == other.name && one.support == other.support && same(one.precision, other.precision) &&
           same(one.recall, other.recall) && same(one.f1, other.f1);
  };
  return a.clips == b.clips && a.subjects == b.subjects && a.confusion == b.confusion && same(a.uf1, b.uf1) && same(a.uar, b.uar) &&
         same(a.uf1_defined_classes, b.uf1_defined_classes) && same(a.uar_defined_classes, b.uar_defined_classes) &&
         same(a.accuracy, b.accuracy) &&
         std::equal(a.per_class.begin(), a.per_class.end(), b.per_class.begin(), b.per_class.end(), same_class);
}

Metrics evaluate(const PredictionSet& predictions) {
  const std::size_t classes = predictions.classes.size();
  const Confusion zeros(classes, std::vector<std::int64_t>(classes, 0));
  ScopeCounts all{.confusion = zeros, .subjects = {}};
  std::map<std::string_view, ScopeCounts> per_dataset;
  ScopeCounts* current = nullptr;  // rows of one dataset usually stand together
  const std::string* current_dataset = nullptr;
  for (const Prediction& row : predictions.rows) {
    const auto truth = row.truth.single_class();
    assert(truth && *truth < classes && row.predicted < classes && row.dataset.text() != "all");
    if (current_dataset == nullptr || *current_dataset != row.dataset.text()) {
      current = &per_dataset.try_emplace(row.dataset.text(), ScopeCounts{.confusion = zeros, .subjects = {}}).first->second;
      current_dataset = &row.dataset.text();
    }
    ++all.confusion[*truth][row.predicted];
    ++current->confusion[*truth][row.predicted];
    all.subjects.insert(row.subject.text());
    current->subjects.insert(row.subject.text());
  }
  Metrics out;
  out.classes = predictions.classes;
  const auto add = [&](std::string_view scope, const ScopeCounts& counts) {
    out.scopes.emplace(scope, metrics_of(counts.confusion, predictions.classes, static_cast<std::int64_t>(counts.subjects.size())));
  };
  add("all", all);
  for (const auto& [dataset, counts] : per_dataset) add(dataset, counts);
  return out;
}

json to_json(const Metrics& metrics) {
  json scopes = json::object();
  for (const auto& [name, scope] : metrics.scopes) {
    json per_class = json::array();
    for (const ClassMetrics& one : scope.per_class) {
      per_class.push_back({{"class", one.name},
                           {"support", one.support},
                           {"precision", to_json(one.precision)},
                           {"recall", to_json(one.recall)},
                           {"f1", to_json(one.f1)}});
    }
    scopes[name] = {{"clips", scope.clips},
                    {"subjects", scope.subjects},
                    {"uf1", to_json(scope.uf1)},
                    {"uar", to_json(scope.uar)},
                    {"uf1_defined_classes", to_json(scope.uf1_defined_classes)},
                    {"uar_defined_classes", to_json(scope.uar_defined_classes)},
                    {"accuracy", to_json(scope.accuracy)},
                    {"confusion", scope.confusion},
                    {"per_class", std::move(per_class)}};
  }
  return {{"schema", "mexbench.metrics/1"}, {"classes", metrics.classes}, {"scopes", std::move(scopes)}};
}

core::Result<Metrics> metrics_from_json(const json& source, const std::string& file) {
  try {
    if (const json& schema = source.at("schema"); schema != "mexbench.metrics/1") {
      return Error::in_file(ErrorCode::kData, file, fmt::format("schema is {}, \"mexbench.metrics/1\" is wanted", schema.dump()));
    }
    Metrics out;
    out.classes = source.at("classes").get<std::vector<std::string>>();
    for (const auto& [name, entry] : source.at("scopes").items()) {
      ScopeMetrics scope;
      std::string problem;
      scope.clips = entry.at("clips");
      scope.subjects = entry.at("subjects");
      scope.uf1 = figure_from_json(entry, "uf1", problem);
      scope.uar = figure_from_json(entry, "uar", problem);
      scope.uf1_defined_classes = figure_from_json(entry, "uf1_defined_classes", problem);
      scope.uar_defined_classes = figure_from_json(entry, "uar_defined_classes", problem);
      scope.accuracy = figure_from_json(entry, "accuracy", problem);
      scope.confusion = entry.at("confusion").get<Confusion>();
      for (const json& one : entry.at("per_class")) {
        scope.per_class.push_back({.name = one.at("class"),
                                   .support = one.at("support"),
                                   .precision = figure_from_json(one, "precision", problem),
                                   .recall = figure_from_json(one, "recall", problem),
                                   .f1 = figure_from_json(one, "f1", problem)});
      }
      if (problem.empty()) problem = shape_problem(scope, out.classes);
      if (!problem.empty()) {
        return Error::in_file(ErrorCode::kData, file, fmt::format("scope '{}': {}", name, problem));
      }
      out.scopes.emplace(name, std::move(scope));
    }
    if (!out.scopes.contains("all")) return Error::in_file(ErrorCode::kData, file, "has no scope 'all'");
    return out;
  } catch (const json::exception& problem) {
    return Error::in_file(ErrorCode::kData, file, fmt::format("is not a metrics file: {}", problem.what()));
  }
}

}  // namespace mexbench::eval
