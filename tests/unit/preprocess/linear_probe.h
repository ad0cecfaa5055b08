// A small deterministic classifier for tests of corpora: ridge regression on the tensors, in its dual form, with balanced targets.
//
// Fold by fold, the scores of the test clips are H Y, H = K_test,train (K_train + lambda I)^-1, K the centred linear kernel. H does not
// depend on labels, so the null distribution under permuted labels costs one product per permutation.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "harness/core/random.h"

namespace mexbench::test {

inline constexpr std::size_t kClasses = 3;

// Mean over classes of 2TP / (2TP + FP + FN), counts pooled over all clips.
inline double uf1(std::span<const std::size_t> truth, std::span<const std::size_t> predicted) {
  double sum = 0.0;
  for (std::size_t c = 0; c < kClasses; ++c) {
    double hits = 0.0;
    double sizes = 0.0;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      hits += truth[i] == c && predicted[i] == c ? 1.0 : 0.0;
      sizes += (truth[i] == c ? 1.0 : 0.0) + (predicted[i] == c ? 1.0 : 0.0);
    }
    sum += sizes == 0.0 ? 0.0 : 2.0 * hits / sizes;
  }
  return sum / static_cast<double>(kClasses);
}

class LinearProbe {
 public:
  // `fold` names the fold each clip is tested in; it is trained on all other folds.
  LinearProbe(std::span<const float> tensors, std::size_t clips, std::span<const std::size_t> fold, double ridge = 0.3)
      : clips_(clips), kernel_(clips * clips) {
    const std::size_t numbers = tensors.size() / clips;
    std::vector<double> mean(numbers);
    for (std::size_t i = 0; i < tensors.size(); ++i) mean[i % numbers] += static_cast<double>(tensors[i]) / static_cast<double>(clips);
    std::vector<double> centred(tensors.size());
    for (std::size_t i = 0; i < tensors.size(); ++i) centred[i] = (static_cast<double>(tensors[i]) - mean[i % numbers]) / 255.0;
    double trace = 0.0;
    for (std::size_t a = 0; a < clips; ++a) {
      for (std::size_t b = 0; b <= a; ++b) {
        double sum = 0.0;
        for (std::size_t k = 0; k < numbers; ++k) sum += centred[a * numbers + k] * centred[b * numbers + k];
        kernel_[a * clips + b] = kernel_[b * clips + a] = sum;
      }
      trace += kernel_[a * clips + a];
    }
    lambda_ = ridge * trace / static_cast<double>(clips);
    std::size_t folds = 0;
    for (const std::size_t f : fold) folds = std::max(folds, f + 1);
    for (std::size_t f = 0; f < folds; ++f) add_fold(fold, f);
  }

  [[nodiscard]] std::vector<std::size_t> predict(std::span<const std::size_t> labels) const {
    std::vector<std::size_t> out(clips_);
    for (const Fold& fold : folds_) {
      std::vector<double> shares(kClasses);
      for (const std::size_t i : fold.train) shares[labels[i]] += 1.0 / static_cast<double>(fold.train.size());
      for (std::size_t t = 0; t < fold.test.size(); ++t) {
        std::vector<double> scores(kClasses);
        double total = 0.0;
        for (std::size_t k = 0; k < fold.train.size(); ++k) {
          const double h = fold.smoother[t * fold.train.size() + k];
          scores[labels[fold.train[k]]] += h / shares[labels[fold.train[k]]];
          total += h;
        }
        std::size_t best = 0;
        for (std::size_t c = 1; c < kClasses; ++c) best = scores[c] - total > scores[best] - total ? c : best;
        out[fold.test[t]] = best;
      }
    }
    return out;
  }

  [[nodiscard]] double score(std::span<const std::size_t> labels) const { return uf1(labels, predict(labels)); }

 private:
  struct Fold {
    std::vector<std::size_t> train;
    std::vector<std::size_t> test;
    std::vector<double> smoother;  // test x train
  };

  void add_fold(std::span<const std::size_t> fold, std::size_t wanted) {
    Fold out;
    for (std::size_t i = 0; i < clips_; ++i) (fold[i] == wanted ? out.test : out.train).push_back(i);
    const std::size_t n = out.train.size();
    // Cholesky factor of K_train + lambda I, then one forward and one backward substitution per test clip.
    std::vector<double> l(n * n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        double sum = kernel_[out.train[i] * clips_ + out.train[j]] + (i == j ? lambda_ : 0.0);
        for (std::size_t k = 0; k < j; ++k) sum -= l[i * n + k] * l[j * n + k];
        l[i * n + j] = i == j ? std::sqrt(sum) : sum / l[j * n + j];
      }
    }
    for (const std::size_t t : out.test) {
      std::vector<double> x(n);
      for (std::size_t i = 0; i < n; ++i) {
        double sum = kernel_[t * clips_ + out.train[i]];
        for (std::size_t k = 0; k < i; ++k) sum -= l[i * n + k] * x[k];
        x[i] = sum / l[i * n + i];
      }
      for (std::size_t i = n; i-- > 0;) {
        double sum = x[i];
        for (std::size_t k = i + 1; k < n; ++k) sum -= l[k * n + i] * x[k];
        x[i] = sum / l[i * n + i];
      }
      out.smoother.insert(out.smoother.end(), x.begin(), x.end());
    }
    folds_.push_back(std::move(out));
  }

  std::size_t clips_;
  std::vector<double> kernel_;
  double lambda_ = 0.0;
  std::vector<Fold> folds_;
};

}  // namespace mexbench::test
