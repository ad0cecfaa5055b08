// From a model's scores to what calibration and selective prediction look at: probabilities, and for each clip how sure the model was of
// its answer and whether it was right.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::stats {

// kProbabilities: the scores were probabilities and are taken as they are. kSoftmax: they were not, and the softmax of each row is taken
// for its probabilities. That is what a network trained with cross entropy means by its outputs; for margins of an SVM, or distances, it is
// a convention that has never been fitted to anything, and a report has to say so.
enum class ProbabilitySource { kProbabilities, kSoftmax };

struct Probabilities {
  std::size_t clips = 0;
  std::size_t classes = 0;
  std::vector<double> values;          // clips x classes, row-major
  std::vector<std::size_t> predicted;  // place of the highest score of each clip, the first of equals, as eval::argmax has it
  ProbabilitySource source = ProbabilitySource::kProbabilities;

  [[nodiscard]] std::span<const double> row(std::size_t clip) const { return std::span(values).subspan(clip * classes, classes); }
};

inline constexpr double kSumTolerance = 1e-3;

// `scores` are clips x classes, row-major. They are probabilities when all of them are at or above 0 and every row sums to 1 within
// kSumTolerance; this is decided for all rows together, so that one table never mixes two kinds. Fails with kData, naming the clip's row
// (from 1), when a score is not finite, and when there are no clips. At least two classes, and a whole number of rows.
[[nodiscard]] core::Result<Probabilities> probabilities_of(std::span<const float> scores, std::size_t classes);

struct Decision {
  double confidence = 0.0;  // probability of the predicted class
  bool correct = false;
};

// One per clip; `truth` holds places of classes. Confidences compare as they are: equal scores, in any order of the classes, give equal
// doubles.
[[nodiscard]] std::vector<Decision> decisions_of(const Probabilities& probabilities, std::span<const std::size_t> truth);

}  // namespace mexbench::stats
