#include "harness/audit/join.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "harness/core/text.h"
#include "harness/data/subject_names.h"

namespace mexbench::audit {
namespace {

using core::Error;
using core::ErrorCode;
using eval::Prediction;

// Place in the label map of each class of the predictions.
core::Result<std::vector<std::size_t>> match_classes(const eval::PredictionSet& predictions, const data::LabelMap& labels,
                                                     const std::string& file) {
  const std::vector<std::string>& names = predictions.classes;
  const bool numbers = std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return core::parse_int(name).has_value() && !labels.class_index(name).has_value();
  });
  std::vector<std::size_t> places;
  for (const std::string& name : names) {
    std::optional<std::size_t> place = labels.class_index(name);
    if (numbers) {
      const std::int64_t number = *core::parse_int(name);
      if (number >= 0 && static_cast<std::uint64_t>(number) < labels.classes.size()) place = static_cast<std::size_t>(number);
    }
    if (!place) {
      return Error::in_file(ErrorCode::kData, file, fmt::format("class '{}' is not in the label map '{}'", name, labels.id))
          .hint(fmt::format("its classes are {}", core::quoted_list(labels.classes, "and")));
    }
    if (const auto before = std::find(places.begin(), places.end(), *place); before != places.end()) {
      return Error::in_file(ErrorCode::kData, file,
                            fmt::format("classes '{}' and '{}' both stand for '{}' of the label map '{}'",
                                        names[static_cast<std::size_t>(before - places.begin())], name, labels.classes[*place], labels.id))
          .hint("name every class once");
    }
    places.push_back(*place);
  }
  const bool scores = !predictions.rows.empty() && !predictions.rows.front().scores.empty();
  if (scores && places.size() != labels.classes.size()) {
    return Error::in_file(
        ErrorCode::kData, file,
        fmt::format("has scores for {} classes, the label map '{}' has {}", places.size(), labels.id, labels.classes.size()));
  }
  return places;
}

class Rule {
 public:
  explicit Rule(std::string name) { broken_.rule = std::move(name); }
  void add(const std::string& example) {
    if (broken_.count++ < kMostExamples) broken_.examples.push_back(example);
  }
  // "1 clip has .." or "3 clips have ..", when anything was added.
  void tell(std::string_view one, std::string_view many, std::string hint, std::vector<BrokenRule>& out) && {
    if (broken_.count == 0) return;
    broken_.detail = fmt::format("{} {}", broken_.count, broken_.count == 1 ? one : many);
    broken_.hint = std::move(hint);
    out.push_back(std::move(broken_));
  }

 private:
  BrokenRule broken_;
};

// A dataset the manifest does not know is the usual reason for surplus clips.
std::string unknown_dataset_hint(const std::vector<const Prediction*>& extra, const data::Manifest& manifest) {
  std::vector<std::string> known;
  for (const core::DatasetId& dataset : manifest.datasets()) known.push_back(dataset.text());
  for (const Prediction* row : extra) {
    if (std::find(known.begin(), known.end(), row->dataset.text()) == known.end()) {
      return fmt::format("the manifest has no dataset '{}', it has {}", row->dataset.text(), core::quoted_list(known, "and"));
    }
  }
  return {};
}

// The clips of the manifest that a prediction of an unknown dataset may be of: those whose subject and name it spells.
std::vector<std::string> clips_meant(const Prediction& row, const data::Manifest& manifest) {
  std::vector<std::string> out;
  for (const core::DatasetId& dataset : manifest.datasets()) {
    if (dataset == row.dataset) return {};
    const core::ClipId id = data::canonical_clip_id(dataset.text(), core::raw_subject(row.subject), row.clip_name);
    if (manifest.find(id) != nullptr) out.push_back(id.text());
  }
  return out;
}

// Class counts of each subject.
using Counts = std::map<core::SubjectId, std::vector<std::int64_t>>;

struct Told {
  core::SubjectId subject;
  data::Truth manifests = data::Truth::one_class(0);
  data::Truth files = data::Truth::one_class(0);
};

// Truths of the joined clips, the manifest's and the file's, by position in the manifest.
using Truths = std::map<std::size_t, Told>;

bool same_counts(const Truths& truths, std::size_t classes, bool per_subject) {
  Counts ours;
  Counts theirs;
  for (const auto& [position, told] : truths) {
    const core::SubjectId group = per_subject ? told.subject : core::SubjectId();
    for (Counts* counts : {&ours, &theirs}) (*counts)[group].resize(classes);
    eval::count_truth(told.manifests, ours[group]);
    eval::count_truth(told.files, theirs[group]);
  }
  return ours == theirs;
}

// Why truths may disagree throughout: the column was written in another order than the ids beside it.
std::string order_hint(const Truths& truths, const data::Manifest& manifest) {
  if (!same_counts(truths, manifest.label_map.classes.size(), /*per_subject=*/false)) return {};
  std::vector<std::size_t> sorted;  // positions of the joined clips in the order of ids; `truths` has them in the manifest's
  for (const std::size_t position : data::canonical_order(manifest)) {
    if (truths.contains(position)) sorted.push_back(position);
  }
  bool ids_sorted = true;     // the manifest's truths stand beside sorted ids
  bool truths_sorted = true;  // truths sorted by id stand beside the manifest's ids
  std::size_t place = 0;
  for (const auto& [position, told] : truths) {
    ids_sorted = ids_sorted && truths.at(sorted[place]).files == told.manifests;
    truths_sorted = truths_sorted && told.files == truths.at(sorted[place]).manifests;
    ++place;
  }
  if (ids_sorted || truths_sorted) {
    return fmt::format("the truths are the manifest's in {} order: the file was joined by the order of rows",
                       ids_sorted ? "its own" : "its ids'");
  }
  return "there are as many clips of each class as in the manifest: its truths in another order, if the file was joined by the order of "
         "rows";
}

// Whether a prediction's fold is `planned`, by its id or, of a fold that leaves out one subject, by the subject's name.
bool is_fold(const core::FoldId& seen, const core::FoldId& planned, const data::Clip& clip) {
  if (seen.text().empty() || seen == planned) return true;
  return planned.text() == clip.subject.text() && data::canonical_subject_id(clip.dataset.text(), seen.text()) == clip.subject;
}

}  // namespace

core::Result<Joined> check_join(const eval::PredictionSet& predictions, const data::Manifest& manifest, const std::string& file,
                                std::span<const core::ClipId> planned_tests, const std::map<core::ClipId, core::FoldId>& test_folds) {
  MEXBENCH_ASSIGN(const std::vector<std::size_t> places, match_classes(predictions, manifest.label_map, file));

  std::unordered_map<std::string_view, std::vector<const Prediction*>> rows_of;
  rows_of.reserve(predictions.rows.size());
  for (const Prediction& row : predictions.rows) rows_of[row.clip.text()].push_back(&row);
  std::unordered_set<std::string_view> planned;
  for (const core::ClipId& id : planned_tests) planned.insert(id.text());

  Rule missing("clip-missing");
  Rule duplicate("clip-duplicate");
  Rule untested("clip-extra");
  Rule extra("clip-extra");
  Rule collision("id-collision");
  Rule folds("fold-disagrees");
  bool exchanged = true;  // as long as every prediction is the manifest's label
  std::vector<std::string> disagreeing;
  Truths truths;
  Joined out;
  out.predictions.classes = manifest.label_map.classes;
  out.predictions.rows.reserve(manifest.clips.size());
  for (const std::size_t position : data::canonical_order(manifest)) {
    const data::Clip& clip = manifest.clips[position];
    const auto found = rows_of.find(clip.id.text());
    if (!planned_tests.empty() && !planned.contains(clip.id.text())) {
      if (found != rows_of.end()) {
        untested.add(clip.id.text());
        rows_of.erase(found);
      }
      continue;
    }
    if (found == rows_of.end()) {
      missing.add(clip.id.text());
      continue;
    }
    if (found->second.size() > 1) duplicate.add(clip.id.text());
    const auto fold = test_folds.find(clip.id);
    if (fold != test_folds.end()) {
      const auto foreign = std::find_if(found->second.begin(), found->second.end(),
                                        [&](const Prediction* row) { return !is_fold(row->fold, fold->second, clip); });
      if (foreign != found->second.end()) {
        folds.add(fmt::format("{} (of fold '{}', tested by '{}')", clip.id.text(), (*foreign)->fold.text(), fold->second.text()));
      }
    }
    bool same = true;
    for (const Prediction* row : found->second) {
      same = same && eval::with_places(row->truth, places) == clip.truth;
      exchanged = exchanged && eval::agrees(clip.truth, places[row->predicted]);
    }
    if (!same) disagreeing.push_back(clip.id.text());
    truths.emplace(
        position, Told{.subject = clip.subject, .manifests = clip.truth, .files = eval::with_places(found->second.front()->truth, places)});

    const Prediction& row = *found->second.front();
    Prediction joined{.dataset = clip.dataset,
                      .subject = clip.subject,
                      .clip = clip.id,
                      .clip_name = clip.name,
                      .fold = row.fold.text().empty() || fold == test_folds.end() ? row.fold : fold->second,
                      .truth = clip.truth,
                      .predicted = places[row.predicted],
                      .scores = std::vector<float>(row.scores.size())};
    for (std::size_t i = 0; i < row.scores.size(); ++i) joined.scores[places[i]] = row.scores[i];
    out.predictions.rows.push_back(std::move(joined));
    rows_of.erase(found);
  }
  std::vector<const Prediction*> surplus;
  surplus.reserve(rows_of.size());
  for (const auto& [id, rows] : rows_of) surplus.push_back(rows.front());
  std::sort(surplus.begin(), surplus.end(), [](const Prediction* a, const Prediction* b) { return a->clip < b->clip; });
  for (const Prediction* row : surplus) {
    const std::vector<std::string> meant = clips_meant(*row, manifest);
    if (meant.size() > 1) {
      collision.add(fmt::format("{} (may be {})", row->clip.text(), core::quoted_list(meant)));
    } else {
      extra.add(row->clip.text());
    }
  }

  std::move(missing).tell("clip of the manifest has no prediction", "clips of the manifest have no prediction", {}, out.broken);
  std::move(duplicate).tell("clip has several predictions", "clips have several predictions", {}, out.broken);
  std::move(untested).tell("clip is not tested by the protocol", "clips are not tested by the protocol",
                           "'mexbench plan EXPERIMENT.yaml --export folds.json' names the clips to predict", out.broken);
  std::move(extra).tell("clip is not in the manifest", "clips are not in the manifest", unknown_dataset_hint(surplus, manifest),
                        out.broken);
  std::move(collision).tell("id fits clips of several datasets of the manifest", "ids fit clips of several datasets of the manifest",
                            "write the dataset of each prediction", out.broken);
  std::move(folds).tell("clip was predicted by another fold than the one that tests it",
                        "clips were predicted by other folds than those that test them",
                        "'mexbench plan EXPERIMENT.yaml --export folds.json' says which fold tests which clips", out.broken);
  const bool reordered = predictions.by_order && same_counts(truths, manifest.label_map.classes.size(), /*per_subject=*/true);
  Rule labels(exchanged ? "truth-prediction-exchanged" : reordered ? "joined-by-order" : "label-disagrees");
  for (const std::string& id : disagreeing) labels.add(id);
  if (exchanged) {
    std::move(labels).tell("clip has a truth that is not the manifest's, while every prediction is the manifest's label",
                           "clips have a truth that is not the manifest's, while every prediction is the manifest's label",
                           "exchange the columns 'truth' and 'prediction'", out.broken);
  } else if (reordered) {
    std::move(labels).tell("clip has a truth that is not the manifest's, while every subject has as many clips of each class",
                           "clips have a truth that is not the manifest's, while every subject has as many clips of each class",
                           "the file names no clips, so it must list those of a subject in the manifest's order", out.broken);
  } else {
    std::move(labels).tell("clip has a truth that is not the manifest's", "clips have a truth that is not the manifest's",
                           disagreeing.empty() ? "" : order_hint(truths, manifest), out.broken);
  }
  if (!out.broken.empty()) out.predictions = {};
  return out;
}

core::Status check_unbroken(const Joined& joined, const std::string& file) {
  if (joined.broken.empty()) return {};
  std::vector<core::Diagnostic> told;
  for (const BrokenRule& rule : joined.broken) {
    core::Diagnostic diagnostic;
    diagnostic.where.file = file;
    diagnostic.message = fmt::format("{}: {}", rule.rule, rule.detail);
    diagnostic.hint = rule.hint;
    const std::size_t untold = rule.count - rule.examples.size();
    diagnostic.notes.push_back(core::join(rule.examples, ", ") + (untold > 0 ? fmt::format(" and {} more", untold) : ""));
    told.push_back(std::move(diagnostic));
  }
  return Error(ErrorCode::kAudit, std::move(told));
}

core::Result<eval::PredictionSet> join_manifest(const eval::PredictionSet& predictions, const data::Manifest& manifest,
                                                const std::string& file, std::span<const core::ClipId> planned_tests,
                                                const std::map<core::ClipId, core::FoldId>& test_folds) {
  MEXBENCH_ASSIGN(Joined joined, check_join(predictions, manifest, file, planned_tests, test_folds));
  MEXBENCH_TRY(check_unbroken(joined, file));
  return std::move(joined.predictions);
}

}  // namespace mexbench::audit
