#include "harness/stats/best_of_epochs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <set>

#include "harness/core/quantile.h"
#include "harness/core/random.h"
#include "harness/stats/problem_list.h"

namespace mexbench::stats {
namespace {

// Probabilities of 0, 1 ... n.
using Distribution = std::vector<double>;

// By the recursion of one more clip, which stays exact for shares of 0 and 1.
Distribution binomial(std::int64_t clips, double share) {
  Distribution out{1.0};
  for (std::int64_t clip = 0; clip < clips; ++clip) {
    out.push_back(0.0);
    for (std::size_t m = out.size() - 1; m > 0; --m) out[m] = out[m] * (1.0 - share) + out[m - 1] * share;
    out[0] *= 1.0 - share;
  }
  return out;
}

Distribution convolved(const Distribution& a, const Distribution& b) {
  Distribution out(a.size() + b.size() - 1, 0.0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) out[i + j] += a[i] * b[j];
  }
  return out;
}

// One subject's guesses: how many are right, and which.
class Guesses {
 public:
  explicit Guesses(const GuessedSubject& subject) : clips_(subject.clips), shares_(subject.shares), left_(subject.clips.size() + 1) {
    const std::size_t classes = clips_.size();
    // Exactly 1, so that a class with the whole share is never wrong.
    const double sum = std::accumulate(shares_.begin(), shares_.end(), 0.0);
    for (double& share : shares_) share /= sum;
    for (std::size_t c = 0; c < classes; ++c) right_.push_back(binomial(clips_[c], shares_[c]));
    left_[classes] = {1.0};
    for (std::size_t c = classes; c-- > 0;) left_[c] = convolved(right_[c], left_[c + 1]);
    // 1 - F(m), summed from the far end: E epochs reach into the tail, where 1 minus a sum has no digits left.
    const Distribution& all = left_[0];
    above_.assign(all.size(), 0.0);
    for (std::size_t m = all.size() - 1; m-- > 0;) above_[m] = above_[m + 1] + all[m + 1];
  }

  // F(m)^E for every m, and the mean of what it is the distribution of.
  [[nodiscard]] Distribution best_below(std::int64_t epochs) const {
    Distribution out;
    for (const double above : above_) out.push_back(std::exp(logarithm(above, epochs)));
    return out;
  }
  [[nodiscard]] double best_mean(std::int64_t epochs) const {
    double mean = 0.0;
    for (const double above : above_) mean -= std::expm1(logarithm(above, epochs));
    return mean;
  }

  // Adds the answers of an epoch with `right` clips right. `hits` and `answers` have one place per class.
  void answer(std::size_t right, core::RandomStream& stream, std::span<std::int64_t> hits, std::span<std::int64_t> answers) const {
    for (std::size_t c = 0; c < right_.size(); ++c) {
      const std::size_t of_class = divide(c, right, stream);
      right -= of_class;
      hits[c] += static_cast<std::int64_t>(of_class);
      answers[c] += static_cast<std::int64_t>(of_class);
      for (auto wrong = static_cast<std::int64_t>(of_class); wrong < clips_[c]; ++wrong) ++answers[wrong_class(c, stream)];
    }
  }

 private:
  // Of F(m)^E.
  static double logarithm(double above, std::int64_t epochs) { return static_cast<double>(epochs) * std::log1p(-std::min(above, 1.0)); }

  // How many of the `right` clips that classes c, c + 1 ... got right are of class c.
  [[nodiscard]] std::size_t divide(std::size_t c, std::size_t right, core::RandomStream& stream) const {
    const std::size_t most = std::min(right, right_[c].size() - 1);
    if (most == 0 || c + 1 == right_.size()) return most;
    double rest = stream.uniform() * left_[c][right];
    std::size_t last = 0;
    for (std::size_t j = 0; j <= most; ++j) {
      const std::size_t others = right - j;
      if (others >= left_[c + 1].size()) continue;
      const double probability = right_[c][j] * left_[c + 1][others];
      if (probability == 0.0) continue;
      last = j;  // what rounding leaves over falls to the last that is possible
      rest -= probability;
      if (rest < 0.0) break;
    }
    return last;
  }

  [[nodiscard]] std::size_t wrong_class(std::size_t c, core::RandomStream& stream) const {
    double rest = stream.uniform() * (1.0 - shares_[c]);
    std::size_t last = c;
    for (std::size_t other = 0; other < shares_.size(); ++other) {
      if (other == c || shares_[other] == 0.0) continue;
      last = other;
      rest -= shares_[other];
      if (rest < 0.0) break;
    }
    assert(last != c);
    return last;
  }

  std::vector<std::int64_t> clips_;
  std::vector<double> shares_;
  std::vector<Distribution> right_;  // per class
  std::vector<Distribution> left_;   // of classes c, c + 1 ... together
  std::vector<double> above_;        // 1 - F(m)
};

// Pooled counts of all draws.
class Draws {
 public:
  Draws(std::size_t classes, std::size_t draws) : classes_(classes), hits_(classes * draws, 0), answers_(classes * draws, 0) {}

  std::span<std::int64_t> hits(std::size_t draw) { return std::span(hits_).subspan(draw * classes_, classes_); }
  std::span<std::int64_t> answers(std::size_t draw) { return std::span(answers_).subspan(draw * classes_, classes_); }

  void score(std::span<const std::string> classes, std::span<const std::int64_t> clips, BestOfEpochs& out) {
    std::vector<double> uf1, uar, accuracy;
    std::vector<std::int64_t> undefined(classes_, 0);
    const auto all = static_cast<double>(std::accumulate(clips.begin(), clips.end(), std::int64_t{0}));
    const std::size_t draws = hits_.size() / classes_;
    for (std::size_t draw = 0; draw < draws; ++draw) {
      double f1_sum = 0.0;
      double recall_sum = 0.0;
      double right = 0.0;
      for (std::size_t c = 0; c < classes_; ++c) {
        const auto hit = static_cast<double>(hits(draw)[c]);
        const std::int64_t both = clips[c] + answers(draw)[c];
        undefined[c] += both == 0 ? 1 : 0;
        f1_sum += both == 0 ? 0.0 : 2.0 * hit / static_cast<double>(both);
        recall_sum += clips[c] == 0 ? 0.0 : hit / static_cast<double>(clips[c]);
        right += hit;
      }
      uf1.push_back(f1_sum / static_cast<double>(classes_));
      uar.push_back(recall_sum / static_cast<double>(classes_));
      accuracy.push_back(right / all);
    }
    out.uf1 = summary(uf1);
    out.uar = summary(uar);
    out.drawn_accuracy = summary(accuracy);
    for (std::size_t c = 0; c < classes_; ++c) {
      if (undefined[c] > 0) {
        out.uf1 = {.mean = Figure::undefined(
                       fmt::format("in {} of {} draws class '{}' has no clips and is never predicted", undefined[c], draws, classes[c]))};
      }
      if (clips[c] == 0) out.uar = {.mean = Figure::undefined(fmt::format("class '{}' has no clips", classes[c]))};
    }
  }

 private:
  static DrawnScore summary(std::vector<double>& values) {
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    // Rounding must not put the mean of equal draws beside them.
    const double mean = std::clamp(sum / static_cast<double>(values.size()), *least, *most);
    return {.mean = Figure::of(mean), .low = core::quantile(values, 0.025), .high = core::quantile(values, 0.975)};
  }

  std::size_t classes_;
  std::vector<std::int64_t> hits_, answers_;  // [draw][class]
};

void check(std::span<const std::string> classes, std::span<const GuessedSubject> subjects, std::span<const std::int64_t> epochs,
           ProblemList& problems) {
  constexpr double kRounding = 1e-9;
  if (classes.size() < 2) problems.add(fmt::format("there are {} classes, at least two are wanted", classes.size()));
  for (const std::int64_t one : epochs) {
    if (one < 1) problems.add(fmt::format("{} epochs were asked for, at least 1 is wanted", one));
  }
  std::set<core::SubjectId> ids;
  std::int64_t clips = 0;
  for (const GuessedSubject& subject : subjects) {
    const std::string& id = subject.id.text();
    if (!ids.insert(subject.id).second) problems.add(fmt::format("subject '{}' occurs twice", id));
    if (subject.clips.size() != classes.size() || subject.shares.size() != classes.size()) {
      problems.add(fmt::format("subject '{}' has {} counts and {} shares, {} of each are wanted", id, subject.clips.size(),
                               subject.shares.size(), classes.size()));
      continue;
    }
    double shares = 0.0;
    for (std::size_t c = 0; c < classes.size(); ++c) {
      if (subject.clips[c] < 0) problems.add(fmt::format("subject '{}' has {} clips of class '{}'", id, subject.clips[c], classes[c]));
      if (!(subject.shares[c] >= 0.0)) {
        problems.add(fmt::format("subject '{}': the share of class '{}' is {}", id, classes[c], subject.shares[c]));
      }
      clips += subject.clips[c];
      shares += subject.shares[c];
    }
    if (!(std::abs(shares - 1.0) <= kRounding)) problems.add(fmt::format("subject '{}': the shares add up to {}, not to 1", id, shares));
  }
  if (!problems.any() && clips == 0) problems.add("there are no clips to guess");
}

}  // namespace

core::Result<std::vector<BestOfEpochs>> best_of_epochs(std::span<const std::string> classes, std::span<const GuessedSubject> subjects,
                                                       std::span<const std::int64_t> epochs, const BestOfEpochsOptions& options) {
  assert(options.draws >= 1);
  ProblemList problems;
  check(classes, subjects, epochs, problems);
  if (problems.any()) return problems.take();

  std::vector<GuessedSubject> sorted(subjects.begin(), subjects.end());
  std::sort(sorted.begin(), sorted.end(), [](const GuessedSubject& a, const GuessedSubject& b) { return a.id < b.id; });
  std::vector<std::int64_t> clips(classes.size(), 0);
  std::vector<Guesses> guesses;
  for (const GuessedSubject& subject : sorted) {
    guesses.emplace_back(subject);
    for (std::size_t c = 0; c < classes.size(); ++c) clips[c] += subject.clips[c];
  }
  const auto all = static_cast<double>(std::accumulate(clips.begin(), clips.end(), std::int64_t{0}));
  std::vector<BestOfEpochs> out;
  for (const std::int64_t of : epochs) {
    BestOfEpochs entry{.epochs = of};
    Draws draws(classes.size(), static_cast<std::size_t>(options.draws));
    double right = 0.0;
    for (std::size_t s = 0; s < sorted.size(); ++s) {
      const Distribution below = guesses[s].best_below(of);
      right += guesses[s].best_mean(of);
      auto stream = core::RandomStream::derive(options.seed, core::FoldId(sorted[s].id.text()), "best of epochs");
      for (std::size_t draw = 0; draw < static_cast<std::size_t>(options.draws); ++draw) {
        // The first m with F(m)^E above u; the last entry is 1, which no u reaches.
        const auto m = std::upper_bound(below.begin(), below.end(), stream.uniform()) - below.begin();
        guesses[s].answer(static_cast<std::size_t>(m), stream, draws.hits(draw), draws.answers(draw));
      }
    }
    entry.accuracy = right / all;
    draws.score(classes, clips, entry);
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace mexbench::stats
