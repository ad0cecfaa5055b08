// Counts for tests of harness/stats: small ones written by hand, and simulated models on the clip counts of MEGC 2019.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "data/statistics/reference_cases.h"
#include "harness/core/random.h"
#include "harness/stats/subject_counts.h"

namespace mexbench::stats::testing {

inline const std::vector<std::string>& three_classes() {
  static const std::vector<std::string> kClasses{"negative", "positive", "surprise"};
  return kClasses;
}

inline Subject subject_of(const std::string& stratum, const std::string& id) {
  return {.stratum = core::DatasetId(stratum), .id = core::SubjectId(id)};
}

inline SubjectCounts must_make(std::vector<std::string> classes, std::vector<Subject> subjects, std::vector<ModelCounts> models) {
  auto out = SubjectCounts::make(std::move(classes), std::move(subjects), std::move(models));
  if (!out) throw std::runtime_error(out.error().render());
  return std::move(out).value();
}

// The counts of a reference case; models are called m0, m1 ...
inline SubjectCounts counts_of(const ReferenceCase& known) {
  std::vector<std::string> classes;
  for (std::size_t c = 0; c < known.classes; ++c) classes.push_back("class" + std::to_string(c));
  std::vector<Subject> subjects;
  for (const auto& [stratum, id] : known.subjects) subjects.push_back(subject_of(stratum, id));
  std::vector<ModelCounts> models;
  for (const ReferenceModel& model : known.models) {
    models.push_back({.name = "m" + std::to_string(models.size()), .seeds = model.seeds, .counts = model.counts});
  }
  return must_make(std::move(classes), std::move(subjects), std::move(models));
}

using Clips = std::array<std::int32_t, 3>;  // negative, positive, surprise

// Clips per class of every subject of the MEGC 2019 composite (See et al. 2019; the organisers' list of 442 clips), by dataset and
// subject: casme2 24 subjects with 145 clips, samm 28 with 133, smic 16 with 164.
struct Corpus {
  std::string stratum;
  std::vector<Clips> subjects;
};
inline const std::vector<Corpus>& megc2019() {
  static const std::vector<Corpus> kCorpora{
      {"casme2", {{2, 1, 0}, {5, 1, 3}, {4, 0, 1}, {2, 0, 0}, {0, 1, 5}, {1, 1, 2}, {5, 0, 0}, {1, 0, 0},
                  {5, 5, 0}, {4, 0, 0}, {5, 2, 4}, {0, 2, 0}, {0, 3, 0}, {1, 1, 1}, {1, 2, 0}, {23, 7, 1},
                  {3, 3, 5}, {2, 0, 0}, {1, 0, 0}, {2, 0, 0}, {7, 1, 0}, {2, 0, 1}, {3, 0, 2}, {9, 2, 0}}},
      {"samm", {{4, 0, 0}, {13, 7, 0}, {2, 0, 1}, {6, 0, 0}, {2, 7, 1}, {2, 0, 1}, {2, 1, 2}, {3, 0, 1}, {2, 0, 1}, {0, 1, 0},
                {2, 2, 0}, {2, 0, 0},  {3, 2, 0}, {1, 0, 0}, {1, 0, 0}, {9, 0, 0}, {1, 0, 2}, {3, 0, 0}, {1, 0, 0}, {4, 0, 0},
                {4, 1, 0}, {3, 0, 0},  {7, 0, 1}, {1, 0, 0}, {1, 0, 0}, {9, 0, 2}, {1, 5, 2}, {3, 0, 1}}},
      {"smic",
       {{3, 2, 1},
        {0, 1, 5},
        {22, 11, 6},
        {10, 4, 5},
        {1, 0, 1},
        {2, 0, 2},
        {9, 4, 0},
        {0, 1, 3},
        {3, 3, 1},
        {0, 8, 1},
        {0, 10, 0},
        {3, 2, 5},
        {1, 1, 2},
        {2, 0, 5},
        {0, 1, 1},
        {14, 3, 5}}}};
  return kCorpora;
}

// A person who is tested: how many clips, and how hard to read.
struct Person {
  std::string stratum;
  Clips clips{};
  double effect = 0.0;
};

inline constexpr double kSubjectSpread = 1.0;  // standard deviation of the effects, in logits

// Everybody of the corpora as they are, with fresh effects.
inline std::vector<Person> the_same_people(const std::vector<Corpus>& corpora, core::RandomStream& draw) {
  std::vector<Person> out;
  for (const Corpus& corpus : corpora) {
    for (const Clips& clips : corpus.subjects) out.push_back({corpus.stratum, clips, kSubjectSpread * draw.normal()});
  }
  return out;
}

// Other people of the same kind: in each corpus as many, their clip counts drawn from those there.
inline std::vector<Person> other_people(const std::vector<Corpus>& corpora, core::RandomStream& draw) {
  std::vector<Person> out;
  for (const Corpus& corpus : corpora) {
    for (std::size_t i = 0; i < corpus.subjects.size(); ++i) {
      out.push_back({corpus.stratum, corpus.subjects[draw.below(corpus.subjects.size())], kSubjectSpread * draw.normal()});
    }
  }
  return out;
}

inline std::vector<Subject> subjects_of(const std::vector<Person>& people) {
  std::vector<Subject> out;
  for (std::size_t i = 0; i < people.size(); ++i) {
    const std::string number = std::to_string(1000 + i);
    out.push_back(subject_of(people[i].stratum, people[i].stratum + "/" + number));
  }
  return out;
}

// How well a model reads a class of an average person, in logits.
using Skill = std::array<double, 3>;

// P(right) of a clip is logistic(skill of its class + effect of the person); a wrong clip is called either other class alike. The effect
// is common to all models, which makes their clips depend on each other twice: within a person, and between models.
inline ModelCounts simulated(std::string name, const std::vector<Person>& people, const Skill& skill, core::RandomStream& draw) {
  ModelCounts out{.name = std::move(name), .seeds = 1, .counts = std::vector<std::int32_t>(people.size() * 9, 0)};
  for (std::size_t i = 0; i < people.size(); ++i) {
    for (std::size_t truth = 0; truth < 3; ++truth) {
      const double right = 1.0 / (1.0 + std::exp(-skill.at(truth) - people[i].effect));
      for (std::int32_t clip = 0; clip < people[i].clips.at(truth); ++clip) {
        const double u = draw.uniform();
        const std::size_t prediction = u < right ? truth : (truth + (u < right + (1.0 - right) / 2.0 ? 1 : 2)) % 3;
        ++out.counts[i * 9 + truth * 3 + prediction];
      }
    }
  }
  return out;
}

// UF1 of a model over all people there could be: expected counts of other_people(), then the formula.
inline double true_uf1(const std::vector<Corpus>& corpora, const Skill& skill) {
  std::array<double, 3> clips{};
  for (const Corpus& corpus : corpora) {
    for (const Clips& one : corpus.subjects) {
      for (std::size_t c = 0; c < 3; ++c) clips.at(c) += one.at(c);
    }
  }
  std::array<double, 3> hits{};
  std::array<double, 3> answers{};
  for (std::size_t c = 0; c < 3; ++c) {
    // Mean of logistic(skill + effect) over the normal effect, by the trapezium rule, which is exact to 1e-12 for such an integrand.
    double mean = 0.0;
    double weight = 0.0;
    for (double z = -8.0; z <= 8.0; z += 0.125) {
      const double density = std::exp(-0.5 * z * z);
      mean += density / (1.0 + std::exp(-skill.at(c) - kSubjectSpread * z));
      weight += density;
    }
    hits.at(c) = clips.at(c) * mean / weight;
    answers.at(c) += hits.at(c);
    for (std::size_t other = 1; other < 3; ++other) answers.at((c + other) % 3) += (clips.at(c) - hits.at(c)) / 2.0;
  }
  double sum = 0.0;
  for (std::size_t c = 0; c < 3; ++c) sum += 2.0 * hits.at(c) / (clips.at(c) + answers.at(c));
  return sum / 3.0;
}

}  // namespace mexbench::stats::testing
