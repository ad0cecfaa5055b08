#include "harness/stats/subject_counts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <numeric>
#include <set>

#include "harness/core/text.h"
#include "harness/stats/pooled.h"
#include "harness/stats/problem_list.h"

namespace mexbench::stats {
namespace {

void check_frame(std::span<const std::string> classes, std::span<const Subject> subjects, std::span<const ModelCounts> models,
                 ProblemList& problems) {
  if (classes.size() < 2) problems.add(fmt::format("there are {} classes, at least two are wanted", classes.size()));
  if (subjects.empty()) problems.add("there are no subjects");
  if (models.empty()) problems.add("there are no models");
  std::set<std::string_view> class_names;
  for (const std::string& name : classes) {
    if (!class_names.insert(name).second) problems.add(fmt::format("class '{}' occurs twice", name));
  }
  std::set<std::string_view> ids;
  for (const Subject& subject : subjects) {
    if (!ids.insert(subject.id.text()).second) problems.add(fmt::format("subject '{}' occurs twice", subject.id.text()));
  }
  std::set<std::string_view> names;
  const std::size_t of_a_seed = subjects.size() * classes.size() * classes.size();
  for (const ModelCounts& model : models) {
    if (!names.insert(model.name).second) problems.add(fmt::format("model '{}' occurs twice", model.name));
    if (model.seeds == 0) problems.add(fmt::format("model '{}' has no seeds", model.name));
    if (model.counts.size() != model.seeds * of_a_seed) {
      problems.add(fmt::format("model '{}' has {} counts, {} seeds of {} subjects and {} classes need {}", model.name, model.counts.size(),
                               model.seeds, subjects.size(), classes.size(), model.seeds * of_a_seed));
    } else if (!model.counts.empty() && *std::min_element(model.counts.begin(), model.counts.end()) < 0) {
      problems.add(fmt::format("model '{}' has a count below zero", model.name));
    }
  }
}

std::string clips_text(std::span<const std::string> classes, std::span<const std::int64_t> clips) {
  std::vector<std::string> parts;
  for (std::size_t c = 0; c < classes.size(); ++c) parts.push_back(fmt::format("{} {}", clips[c], classes[c]));
  return core::join(parts, ", ");
}

std::vector<std::int64_t> rows_of(const std::int32_t* table, std::size_t classes) {
  std::vector<std::int64_t> out(classes, 0);
  for (std::size_t t = 0; t < classes; ++t) {
    for (std::size_t p = 0; p < classes; ++p) out[t] += table[t * classes + p];
  }
  return out;
}

// The first subject of a model and seed that answered other clips than the first model did, and how many there are.
void check_truths(std::span<const std::string> classes, std::span<const Subject> subjects, std::span<const ModelCounts> models,
                  ProblemList& problems) {
  const std::size_t cells = classes.size() * classes.size();
  std::vector<std::vector<std::int64_t>> wanted;
  std::int64_t largest = 0;
  for (std::size_t s = 0; s < subjects.size(); ++s) {
    wanted.push_back(rows_of(models[0].counts.data() + s * cells, classes.size()));
    const std::int64_t clips = std::accumulate(wanted.back().begin(), wanted.back().end(), std::int64_t{0});
    largest = std::max(largest, clips);
    if (clips == 0) problems.add(fmt::format("subject '{}' has no clips", subjects[s].id.text()));
  }
  if (largest * static_cast<std::int64_t>(subjects.size()) > SubjectCounts::kMostClips) {
    problems.add(fmt::format("{} subjects of up to {} clips are more than can be summed exactly ({} clips)", subjects.size(), largest,
                             SubjectCounts::kMostClips));
  }
  for (const ModelCounts& model : models) {
    for (std::size_t seed = 0; seed < model.seeds; ++seed) {
      std::size_t different = 0;
      std::string first;
      for (std::size_t s = 0; s < subjects.size(); ++s) {
        const auto seen = rows_of(model.counts.data() + (seed * subjects.size() + s) * cells, classes.size());
        if (seen == wanted[s]) continue;
        if (different++ > 0) continue;
        first = fmt::format("model '{}', seed {} of {}: subject '{}' has {}, but {} in model '{}'", model.name, seed + 1, model.seeds,
                            subjects[s].id.text(), clips_text(classes, seen), clips_text(classes, wanted[s]), models[0].name);
      }
      if (different > 1) first += fmt::format(" (and {} more subjects)", different - 1);
      if (different > 0) problems.add(first + ": models that answered other clips can't be compared");
    }
  }
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 5;
  if (names.size() <= kShown) return core::quoted_list(names, "and");
  return fmt::format("{} and {} more", core::quoted_list(std::span(names).first(kShown), ","), names.size() - kShown);
}

Figure mean_of(std::span<const Scores> seeds, const auto& figure) {
  double sum = 0.0;
  for (std::size_t s = 0; s < seeds.size(); ++s) {
    const Figure& one = figure(seeds[s]);
    if (!one.value) return seeds.size() == 1 ? one : Figure::undefined(fmt::format("seed {}: {}", s + 1, one.reason));
    sum += *one.value;
  }
  return Figure::of(sum / static_cast<double>(seeds.size()));
}

Figure minus(const Figure& a, const Figure& b) {
  if (!a.value) return a;
  if (!b.value) return b;
  return Figure::of(*a.value - *b.value);
}

}  // namespace

core::Result<SubjectCounts> SubjectCounts::make(std::vector<std::string> classes, std::vector<Subject> subjects,
                                                std::vector<ModelCounts> models) {
  ProblemList problems;
  check_frame(classes, subjects, models, problems);
  if (problems.any()) return problems.take();
  check_truths(classes, subjects, models, problems);
  if (problems.any()) return problems.take();

  std::vector<std::size_t> order(subjects.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return subjects[a] < subjects[b]; });
  SubjectCounts out;
  const auto cells = static_cast<std::ptrdiff_t>(classes.size() * classes.size());
  for (ModelCounts& model : models) {
    ModelCounts sorted{.name = std::move(model.name), .seeds = model.seeds, .counts = {}};
    sorted.counts.reserve(model.counts.size());
    for (std::size_t seed = 0; seed < model.seeds; ++seed) {
      for (const std::size_t from : order) {
        const auto first = model.counts.begin() + static_cast<std::ptrdiff_t>(seed * subjects.size() + from) * cells;
        sorted.counts.insert(sorted.counts.end(), first, first + cells);
      }
    }
    out.models_.push_back(std::move(sorted));
  }
  std::sort(subjects.begin(), subjects.end());
  out.classes_ = std::move(classes);
  out.subjects_ = std::move(subjects);
  out.index_subjects();
  return out;
}

void SubjectCounts::index_subjects() {
  strata_.clear();
  truth_.clear();
  for (std::size_t s = 0; s < subjects_.size(); ++s) {
    if (strata_.empty() || strata_.back().id != subjects_[s].stratum) strata_.push_back({.id = subjects_[s].stratum, .first = s});
    ++strata_.back().count;
    const auto of_subject = table(0, 0, s);
    for (std::size_t t = 0; t < classes_.size(); ++t) {
      const auto row = of_subject.subspan(t * classes_.size(), classes_.size());
      truth_.push_back(std::accumulate(row.begin(), row.end(), std::int32_t{0}));
    }
  }
}

std::span<const std::int32_t> SubjectCounts::truth(std::size_t subject) const {
  assert(subject < subjects_.size());
  return std::span(truth_).subspan(subject * classes_.size(), classes_.size());
}

std::span<const std::int32_t> SubjectCounts::table(std::size_t model, std::size_t seed, std::size_t subject) const {
  assert(model < models_.size() && seed < models_[model].seeds && subject < subjects_.size());
  const std::size_t cells = classes_.size() * classes_.size();
  return std::span(models_[model].counts).subspan((seed * subjects_.size() + subject) * cells, cells);
}

SubjectCounts SubjectCounts::only(std::size_t stratum) const {
  assert(stratum < strata_.size());
  const Stratum& wanted = strata_[stratum];
  SubjectCounts out;
  out.classes_ = classes_;
  for (std::size_t s = 0; s < wanted.count; ++s) out.subjects_.push_back(subjects_[wanted.first + s]);
  for (std::size_t m = 0; m < models_.size(); ++m) {
    ModelCounts model{.name = models_[m].name, .seeds = models_[m].seeds, .counts = {}};
    for (std::size_t seed = 0; seed < model.seeds; ++seed) {
      for (std::size_t s = 0; s < wanted.count; ++s) {
        const auto one = table(m, seed, wanted.first + s);
        model.counts.insert(model.counts.end(), one.begin(), one.end());
      }
    }
    out.models_.push_back(std::move(model));
  }
  out.index_subjects();
  return out;
}

void SubjectCountsBuilder::add(std::string_view model, core::Seed seed, const Subject& subject, std::size_t truth, std::size_t prediction) {
  const std::size_t classes = classes_.size();
  assert(truth < classes && prediction < classes);
  auto place = std::find_if(models_.begin(), models_.end(), [&](const Model& one) { return one.name == model; });
  if (place == models_.end()) place = models_.insert(models_.end(), {.name = std::string(model), .seeds = {}});
  Table& table = place->seeds[seed][subject];
  table.resize(classes * classes, 0);
  ++table[truth * classes + prediction];
}

core::Result<SubjectCounts> SubjectCountsBuilder::build() const {
  ProblemList problems;
  std::set<Subject> all;
  for (const Model& model : models_) {
    for (const auto& [seed, tables] : model.seeds) {
      for (const auto& [subject, table] : tables) all.insert(subject);
    }
  }
  std::map<core::SubjectId, core::DatasetId> stratum_of;
  for (const Subject& subject : all) {
    const auto [known, fresh] = stratum_of.emplace(subject.id, subject.stratum);
    if (fresh) continue;
    problems.add(fmt::format("subject '{}' is in stratum '{}' and in stratum '{}', a person has one", subject.id.text(),
                             known->second.text(), subject.stratum.text()));
  }
  if (problems.any()) return problems.take();

  const std::vector<Subject> subjects(all.begin(), all.end());
  std::vector<ModelCounts> models;
  for (const Model& from : models_) {
    ModelCounts model{.name = from.name, .seeds = from.seeds.size(), .counts = {}};
    for (const auto& [seed, tables] : from.seeds) {
      std::vector<std::string> missing;
      for (const Subject& subject : subjects) {
        const auto table = tables.find(subject);
        if (table == tables.end()) {
          missing.push_back(subject.id.text());
        } else {
          model.counts.insert(model.counts.end(), table->second.begin(), table->second.end());
        }
      }
      if (missing.empty()) continue;
      problems.add(fmt::format("model '{}', seed {}: has {} of {} subjects, {} {} missing", from.name, seed.value,
                               subjects.size() - missing.size(), subjects.size(), listed(missing), missing.size() == 1 ? "is" : "are"));
    }
    models.push_back(std::move(model));
  }
  if (problems.any()) return problems.take();
  return SubjectCounts::make(classes_, subjects, std::move(models));
}

std::string_view name_of(Metric metric) {
  switch (metric) {
    case Metric::kUf1:
      return "UF1";
    case Metric::kUar:
      return "UAR";
    case Metric::kAccuracy:
      return "accuracy";
  }
  return {};
}

const Figure& Scores::of(Metric metric) const { return chosen(metric, uf1, uar, accuracy); }

std::vector<Scores> scores_per_seed(const SubjectCounts& counts, std::size_t model) {
  std::vector<Scores> out;
  for (std::size_t seed = 0; seed < counts.models()[model].seeds; ++seed) {
    PooledSums sums(counts.classes().size());
    for (std::size_t s = 0; s < counts.subjects().size(); ++s) sums.add(counts.table(model, seed, s), 1.0);
    out.push_back(sums.scores(counts.classes()));
  }
  return out;
}

Scores mean_scores(const SubjectCounts& counts, std::size_t model) { return mean_over_seeds(scores_per_seed(counts, model)); }

Scores mean_over_seeds(std::span<const Scores> seeds) {
  assert(!seeds.empty());
  Scores out{.uf1 = mean_of(seeds, [](const Scores& one) -> const Figure& { return one.uf1; }),
             .uar = mean_of(seeds, [](const Scores& one) -> const Figure& { return one.uar; }),
             .accuracy = mean_of(seeds, [](const Scores& one) -> const Figure& { return one.accuracy; }),
             .f1 = {}};
  for (std::size_t c = 0; c < seeds[0].f1.size(); ++c) {
    out.f1.push_back(mean_of(seeds, [c](const Scores& one) -> const Figure& { return one.f1[c]; }));
  }
  return out;
}

Scores difference(const Scores& a, const Scores& b) {
  Scores out{.uf1 = minus(a.uf1, b.uf1), .uar = minus(a.uar, b.uar), .accuracy = minus(a.accuracy, b.accuracy), .f1 = {}};
  for (std::size_t c = 0; c < a.f1.size(); ++c) out.f1.push_back(minus(a.f1[c], b.f1[c]));
  return out;
}

}  // namespace mexbench::stats
