// The floor of every report: what answers score that look at no image, only at the classes of a fold's training clips. A model that is
// not above them has learned nothing. The strategies are those of scikit-learn's DummyClassifier (Pedregosa et al., "Scikit-learn:
// machine learning in Python", JMLR 12, 2011), fitted fold by fold and pooled as every other score is (metrics.h):
//
//   majority    the class with most training clips, the first of several (most_frequent)
//   prior       the same answers; only its scores, the classes' shares, differ, and no pooled figure depends on them: one floor with
//   majority stratified  classes drawn at random with the shares of the training clips, one draw for each test clip. The pooled scores of
//   many such
//               draws are given as their mean and the range from the 2.5 to the 97.5 percentile
//
// models/chance runs the same strategies as models, once for each seed.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/ids.h"
#include "harness/core/result.h"
#include "harness/eval/metrics.h"

namespace mexbench::eval {

inline constexpr std::int64_t kFloorDraws = 10'000;

struct FloorFold {
  core::FoldId fold;
  std::vector<std::int64_t> train;  // clips per class, as the worker was given them: those set apart for validation are among them
  friend bool operator==(const FloorFold&, const FloorFold&) = default;
};

// Place of the class that majority answers; nothing when the fold has no training clips.
[[nodiscard]] std::optional<std::size_t> majority_class(const FloorFold& fold);

struct FloorFigures {
  Figure uf1;
  Figure uar;
  Figure accuracy;
  friend bool operator==(const FloorFigures&, const FloorFigures&) = default;
};

// Over the draws. Undefined when it is in any draw, as a mean over seeds is when a seed is.
struct DrawnFigure {
  Figure mean;
  double low = 0.0;   // 2.5 percentile
  double high = 0.0;  // 97.5 percentile, both interpolated linearly between draws (type 7 of Hyndman and Fan 1996); 0 without a mean
  friend bool operator==(const DrawnFigure&, const DrawnFigure&) = default;
};

struct FloorScope {
  std::int64_t clips = 0;
  std::int64_t subjects = 0;
  FloorFigures majority;
  DrawnFigure uf1;  // of the stratified draws
  DrawnFigure uar;
  DrawnFigure accuracy;
  friend bool operator==(const FloorScope&, const FloorScope&) = default;
};

struct Floor {
  std::vector<std::string> classes;
  std::int64_t draws = 0;
  std::vector<FloorFold> folds;              // sorted by id
  std::map<std::string, FloorScope> scopes;  // "all" and each dataset id
};

// `tested` says which clips a fold tests and their truths; what it predicts is not looked at. Each fold draws from a stream of its own
// (seed 0, the fold, "floor"), so equal folds have equal floors whatever model ran on them, and the order of clips changes nothing.
// Fails with kData when a tested fold is not among `folds`, or stands there twice. A fold without training clips has no answer: every
// figure of a scope with its clips is undefined then.
[[nodiscard]] core::Result<Floor> floor_of(const PredictionSet& tested, std::vector<FloorFold> folds, std::int64_t draws = kFloorDraws);

// floor.json, schema "mexbench.floor/1" (docs/file-formats.md). Reading fails with kData: another schema, a member that is missing or
// mistyped, a fold's answer that its counts do not give, a range without its mean, counts below zero.
[[nodiscard]] nlohmann::json to_json(const Floor& floor);
[[nodiscard]] core::Result<Floor> floor_from_json(const nlohmann::json& source, const std::string& file);

}  // namespace mexbench::eval
