// Small prediction sets for tests of harness/eval and harness/audit.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/random.h"
#include "harness/eval/metrics.h"

namespace mexbench::eval::testing {

inline Prediction row(std::string_view dataset, std::string_view subject, std::string_view clip, std::size_t truth, std::size_t predicted) {
  Prediction out;
  out.dataset = core::DatasetId(std::string(dataset));
  out.subject = core::make_subject_id(out.dataset, subject);
  out.clip = core::make_clip_id(out.subject, clip);
  out.clip_name = std::string(clip);
  out.fold = core::FoldId(out.subject.text());
  out.truth = data::Truth::one_class(truth);
  out.predicted = predicted;
  return out;
}

// One line per problem: `line:column: message | hint | notes`.
inline std::string briefly(const core::Error& error) {
  std::string out;
  for (const core::Diagnostic& problem : error.diagnostics()) {
    out += problem.where.line == 0 ? "file: " : fmt::format("{}:{}: ", problem.where.line, problem.where.column);
    out += problem.message;
    if (!problem.hint.empty()) out += " | " + problem.hint;
    for (const std::string& note : problem.notes) out += " | " + note;
    out += '\n';
  }
  return out;
}

// `clips` clips of two datasets and subjects of uneven size; about 60 % are right.
inline PredictionSet random_set(std::uint64_t seed, std::size_t clips,
                                std::vector<std::string> classes = {"negative", "positive", "surprise"}) {
  core::RandomStream draw(seed);
  PredictionSet out;
  out.classes = std::move(classes);
  for (std::size_t i = 0; i < clips; ++i) {
    const std::size_t truth = draw.below(out.classes.size());
    const std::size_t predicted = draw.uniform() < 0.4 ? draw.below(out.classes.size()) : truth;
    const std::uint64_t subject = draw.below(4) * draw.below(5);
    const bool casme2 = draw.below(3) == 0;
    out.rows.push_back(row(casme2 ? "casme2" : "samm", casme2 ? fmt::format("sub{:02}", subject) : fmt::format("{:03}", subject),
                           fmt::format("c{:06}", i), truth, predicted));
  }
  return out;
}

}  // namespace mexbench::eval::testing
