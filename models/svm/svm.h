// Support vector machines on feature vectors: libsvm's C-SVC (C.-C. Chang, C.-J. Lin: LIBSVM: A library for support vector machines. ACM
// Transactions on Intelligent Systems and Technology 2(3), 2011), one machine for each pair of classes, without any random number.
//
// Features are scaled first, by what the training clips say. Hyper-parameters that are given as lists are chosen on the training clips
// alone: their subjects are dealt into inner folds, every combination predicts each inner fold after being trained on the others (scaling
// included), and the pooled score over all training clips decides; of equal ones the first wins. The machine is then fitted anew on all
// training clips. Combinations are tried in the order of the lists, C varying slowest, then gamma, degree and coef0.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"
#include "harness/model/state_dict.h"

namespace mexbench::models {

// Feature vectors of clips, one row each.
struct Matrix {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<double> values;  // row-major

  Matrix() = default;
  Matrix(std::int64_t row_count, std::int64_t column_count)
      : rows(row_count), columns(column_count), values(static_cast<std::size_t>(row_count * column_count)) {}

  [[nodiscard]] std::span<const double> row(std::int64_t index) const {
    return std::span(values).subspan(static_cast<std::size_t>(index * columns), static_cast<std::size_t>(columns));
  }
  [[nodiscard]] std::span<double> row(std::int64_t index) {
    return std::span(values).subspan(static_cast<std::size_t>(index * columns), static_cast<std::size_t>(columns));
  }
};

enum class Kernel {
  kLinear,      // x.y
  kPolynomial,  // (gamma x.y + coef0)^degree
  kRbf,         // exp(-gamma |x - y|^2)
};

enum class Scaling {
  kNone,
  kStandardise,  // minus the mean, by the standard deviation (of n, not n - 1)
  kMinMax,       // the least to 0, the greatest to 1
};               // a feature that does not vary is only shifted

struct SvmPoint {
  double c = 1.0;
  double gamma = 0.0;  // 0: 1 / (features * variance of all numbers of the scaled features); 1 where they do not vary
  double coef0 = 0.0;
  std::int64_t degree = 3;
  friend bool operator==(const SvmPoint&, const SvmPoint&) = default;
};

struct SvmOptions {
  enum class Metric { kUf1, kUar };
  Kernel kernel = Kernel::kLinear;
  Scaling scaling = Scaling::kStandardise;
  bool balanced = false;         // C of a class is C * clips / (classes that have clips * clips of the class)
  std::vector<SvmPoint> points;  // one: fixed; more: chosen among them
  Metric metric = Metric::kUf1;  // over the classes for which it is defined
  std::int64_t inner_folds = 5;  // at most; never more than there are subjects
  double tolerance = 1e-3;       // of libsvm's stopping rule
};

// From the parameters of models/svm/card_parts.h, which are complete and checked.
[[nodiscard]] SvmOptions svm_options(const nlohmann::json& params);

struct Svm {
  Kernel kernel = Kernel::kLinear;
  SvmPoint point;                    // the one used, gamma resolved
  std::vector<double> inner_scores;  // of each of SvmOptions::points, pooled over the inner folds; empty: there was nothing to choose
  std::int64_t classes = 0;          // of the data
  std::vector<std::int64_t> labels;  // the classes that had training clips, ascending

  // Feature f is scaled to (x - offset[f]) * factor[f].
  std::vector<double> offset;
  std::vector<double> factor;

  Matrix vectors;                    // support vectors, scaled, those of labels[0] first
  std::vector<std::int64_t> counts;  // support vectors of each label
  // libsvm's sv_coef, row-major (labels - 1) x vectors: between labels i < j, row j - 1 has the coefficients of those of i, row i of j.
  std::vector<double> coefficients;
  std::vector<double> rho;  // of the pairs 01, 02, .. 12, ..

  // Of one clip, for the pairs in the order of `rho`: above 0 speaks for the pair's first class. scikit-learn's
  // SVC.decision_function(shape='ovo') has the sign the other way when there are two classes, and the same otherwise.
  [[nodiscard]] std::vector<double> decisions(std::span<const double> features) const;

  // Of one clip, one for each of `classes`: the pairs the class wins plus s / (3 (|s| + 1)), where s is the sum of its decisions, as in
  // scikit-learn's decision_function_shape='ovr' for three classes and more. The highest is the prediction: most pairs won, and of equal
  // classes the one with the greater s (SVC.predict with break_ties=True). A class without training clips has -1, below all others.
  [[nodiscard]] std::vector<double> scores(std::span<const double> features) const;
};

// One row of `features`, one class and one subject per clip; equal numbers are one subject. `subjects` may be empty when there is nothing
// to choose. Fails with kUsage when choosing is not possible (fewer than two subjects, or none known), kFailed on features that are not
// finite.
[[nodiscard]] core::Result<Svm> fit_svm(const SvmOptions& options, const Matrix& features, std::span<const std::int64_t> classes_of_clips,
                                        std::int64_t classes, std::span<const std::int32_t> subjects);

// The inner fold of each clip, at most `folds` of them: subjects with most clips first (of equal ones the first to appear), each into
// the fold with the fewest clips so far (of equal ones the first).
[[nodiscard]] std::vector<std::int64_t> inner_fold_of_clips(std::span<const std::int32_t> subjects, std::int64_t folds);

// The machine as tensors whose names begin with "<name>.", and back. kData when `state`, read from `file`, is not such a machine.
[[nodiscard]] model::StateDict to_state(const Svm& svm, std::string_view name);
[[nodiscard]] core::Result<Svm> svm_from_state(const model::StateDict& state, std::string_view name, const SvmOptions& options,
                                               std::string_view file);

}  // namespace mexbench::models
