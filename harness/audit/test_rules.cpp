#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "harness/audit/rules.h"
#include "harness/core/text.h"
#include "harness/data/subject_names.h"

namespace mexbench::audit {
namespace {

// What folds sealed, to be compared with predictions one by one. By ids in the spelling of data/subject_names.h, which is what a file of
// predictions is read with.
class SealedScores {
 public:
  explicit SealedScores(const ClipTable& clips) : clips_(clips) {}

  struct Entry {
    const FoldRecord* fold = nullptr;
    std::size_t place = 0;
    bool taken = false;
    [[nodiscard]] const std::vector<float>& scores() const { return fold->scores[place]; }
    [[nodiscard]] const data::Truth& truth() const { return fold->truths[place]; }
  };

  // False when the fold does not say what it scored.
  bool add(const FoldRecord& fold) {
    if (fold.scores.size() != fold.test.size() || fold.truths.size() != fold.test.size()) return false;
    for (std::size_t i = 0; i < fold.test.size(); ++i) {
      const auto clip = clips_.find(fold.test[i].text());
      const std::string id =
          clip == clips_.end() ? fold.test[i].text() : spelt(clip->second->dataset, clip->second->subject, clip->second->name).text();
      entries_[id].push_back({.fold = &fold, .place = i});
      owners_.try_emplace(fold.scores[i], fold.test[i].text());
    }
    return true;
  }
  // What was sealed of a clip, once: of this fold, or of any when it tested none; null when there is no more of it.
  const Entry* take(const eval::Prediction& row) {
    const auto found = entries_.find(spelt(row.dataset, row.subject, row.clip_name).text());
    if (found == entries_.end()) return nullptr;
    std::vector<Entry>& of = found->second;
    auto entry = std::find_if(of.begin(), of.end(), [&](const Entry& one) { return !one.taken && same_fold(one.fold->fold, row.fold); });
    if (entry == of.end()) entry = std::find_if(of.begin(), of.end(), [](const Entry& one) { return !one.taken; });
    if (entry == of.end()) return nullptr;
    entry->taken = true;
    return &*entry;
  }
  // The clip that was sealed with these scores.
  [[nodiscard]] std::optional<std::string_view> owner(const std::vector<float>& scores) const {
    const auto found = owners_.find(scores);
    if (found == owners_.end()) return std::nullopt;
    return found->second;
  }
  // Clips that were not taken as often as they were sealed.
  [[nodiscard]] std::vector<std::string_view> left() const {
    std::vector<std::string_view> out;
    for (const auto& [id, of] : entries_) {
      if (std::any_of(of.begin(), of.end(), [](const Entry& one) { return !one.taken; })) out.push_back(id);
    }
    return out;
  }

  static bool same_fold(const core::FoldId& one, const core::FoldId& other) {
    return data::canonical_fold_id(one.text()) == data::canonical_fold_id(other.text());
  }

 private:
  static core::ClipId spelt(const core::DatasetId& dataset, const core::SubjectId& subject, const std::string& name) {
    return data::canonical_clip_id(dataset.text(), core::raw_subject(subject), name);
  }

  const ClipTable& clips_;
  std::map<std::string, std::vector<Entry>> entries_;
  std::map<std::vector<float>, std::string_view> owners_;
};

}  // namespace

void test_rules(std::span<const FoldRecord> folds, const data::Manifest& manifest, const ClipTable& clips, const RunFacts& facts,
                std::vector<RuleResult>& out) {
  std::vector<std::string_view> planned;
  if (facts.planned_tests.empty()) {
    for (const std::size_t position : data::canonical_order(manifest)) planned.push_back(manifest.clips[position].id.text());
  } else {
    for (const core::ClipId& id : facts.planned_tests) planned.push_back(id.text());
  }
  const std::unordered_set<std::string_view> wanted(planned.begin(), planned.end());

  std::map<std::string_view, std::vector<std::string_view>> tested_by;  // clip -> folds
  std::set<std::string> strangers;                                      // each told once, whatever the number of folds
  for (const FoldRecord& fold : folds) {
    for (const core::ClipId& id : fold.test) {
      tested_by[id.text()].push_back(fold.fold.text());
      if (facts.plan_known && clips.contains(id.text()) && !wanted.contains(id.text()))
        strangers.insert(fmt::format("'{}' (not to be tested)", id.text()));
    }
    for (const auto* side : {&fold.train, &fold.validation, &fold.test}) {
      for (const core::ClipId& id : *side) {
        if (!clips.contains(id.text())) strangers.insert(fmt::format("'{}' (not in the manifest)", id.text()));
      }
    }
  }

  Finding missing;
  for (const std::string_view id : planned) {
    if (!tested_by.contains(id)) missing.add(fmt::format("'{}'", id));
  }
  if (!facts.plan_known) {
    out.push_back(not_checked("clip-missing", "this version deals the protocol's folds otherwise: what the run was to test is not known"));
  } else if (missing.count() == 0 && facts.planned_folds > folds.size()) {
    out.push_back(not_checked("clip-missing", fmt::format("{} of {} folds are sealed: the clips of the others are not tested yet",
                                                          folds.size(), facts.planned_folds)));
  } else {
    out.push_back(missing.result("clip-missing", "clip was tested by no fold", "clips were tested by no fold",
                                 fmt::format("all {} clips were tested", planned.size())));
  }
  Finding duplicate;
  for (const auto& [id, testers] : tested_by) {
    if (testers.size() > 1) duplicate.add(fmt::format("'{}' in folds '{}' and '{}'", id, testers[0], testers[1]));
  }
  out.push_back(duplicate.result("clip-duplicate", "clip was tested more than once", "clips were tested more than once",
                                 "no clip was tested more than once"));
  Finding extra;
  for (const std::string& stranger : strangers) extra.add(stranger);
  out.push_back(extra.result("clip-extra", "clip does not belong in the run", "clips do not belong in the run",
                             "every clip of every fold belongs in the run"));
}

RuleResult sealed_labels(std::span<const FoldRecord> folds, const data::Manifest& manifest, const ClipTable& clips) {
  constexpr const char* kRule = "label-disagrees";
  Finding found;
  std::size_t compared = 0;
  for (const FoldRecord& fold : folds) {
    if (fold.truths.size() != fold.test.size())
      return not_checked(kRule, fmt::format("fold '{}' does not say with which truths it was sealed", fold.fold.text()));
    for (std::size_t i = 0; i < fold.test.size(); ++i) {
      const auto clip = clips.find(fold.test[i].text());
      if (clip == clips.end()) continue;
      ++compared;
      if (clip->second->truth == fold.truths[i]) continue;
      const std::vector<std::string>& classes = manifest.label_map.classes;
      found.add(
          fmt::format("'{}' ({}, the manifest says {})", clip->first, fold.truths[i].text(classes), clip->second->truth.text(classes)));
    }
  }
  return found.result(kRule, "clip was sealed with a truth that is not the manifest's",
                      "clips were sealed with truths that are not the manifest's",
                      fmt::format("all {} clips were sealed with the manifest's truth", compared));
}

RuleResult joined_by_order(std::span<const FoldRecord> folds, const ClipTable& clips,
                           const std::optional<eval::PredictionSet>& predictions) {
  constexpr const char* kRule = "joined-by-order";
  if (!predictions) return not_checked(kRule, "there is no predictions.csv to compare with the seals");
  SealedScores sealed(clips);
  for (const FoldRecord& fold : folds) {
    if (!sealed.add(fold)) return not_checked(kRule, fmt::format("fold '{}' does not say what it scored", fold.fold.text()));
  }
  Finding found;
  std::size_t foreign = 0;  // predictions with the scores of another clip
  for (const eval::Prediction& row : predictions->rows) {
    const SealedScores::Entry* entry = sealed.take(row);
    const auto tell = [&](const std::string& what) { found.add(fmt::format("'{}' ({})", row.clip.text(), what)); };
    if (entry == nullptr) {
      tell("more often than it was sealed");
    } else if (row.scores != entry->scores()) {
      const std::optional<std::string_view> owner = sealed.owner(row.scores);
      if (owner) ++foreign;
      tell(owner ? fmt::format("the scores of '{}'", *owner) : "other scores");
    } else if (row.predicted != eval::argmax(entry->scores())) {
      tell("another prediction");
    } else if (row.truth != entry->truth()) {
      tell("another truth");
    } else if (!SealedScores::same_fold(row.fold, entry->fold->fold)) {
      tell("another fold");
    }
  }
  for (const std::string_view id : sealed.left()) found.add(fmt::format("'{}' (no prediction)", id));
  RuleResult out =
      found.result(kRule, "prediction is not what the clip's fold sealed", "predictions are not what their clips' folds sealed",
                   fmt::format("all {} predictions are their clips' sealed scores, found by clip id", predictions->rows.size()));
  if (foreign > 1) out.detail += fmt::format("; {} have the scores of other clips: they were joined by the order of rows", foreign);
  return out;
}

RuleResult metrics_disagree(const std::optional<eval::PredictionSet>& predictions, const std::optional<eval::Metrics>& metrics) {
  constexpr const char* kRule = "metrics-disagree";
  if (!predictions || !metrics) return not_checked(kRule, "there are no predictions.csv and metrics.json to compare");
  const eval::Metrics given = eval::evaluate(*predictions);
  std::set<std::string> scopes;
  for (const eval::Metrics* one : {&given, &*metrics}) {
    for (const auto& [scope, unused] : one->scopes) scopes.insert(scope);
  }
  Finding found;
  for (const std::string& scope : scopes) {
    const auto ours = given.scopes.find(scope);
    const auto theirs = metrics->scopes.find(scope);
    if (ours == given.scopes.end() || theirs == metrics->scopes.end() || !eval::same_figures(ours->second, theirs->second))
      found.add(fmt::format("'{}'", scope));
  }
  return found.result(kRule, "scope of metrics.json is not what the predictions give",
                      "scopes of metrics.json are not what the predictions give",
                      fmt::format("the figures of all {} scopes are those of the predictions", scopes.size()));
}

RuleResult manifest_hash_rule(std::span<const FoldRecord> folds, const data::Manifest& manifest, const std::optional<Settings>& settings) {
  RuleResult out{.rule = "manifest-hash", .status = RuleStatus::kBroken, .detail = {}};
  std::map<std::string_view, std::size_t> folds_of;
  for (const FoldRecord& fold : folds) ++folds_of[fold.science_hash];
  if (folds.empty()) {
    out.detail = "no fold was sealed";
  } else if (folds_of.contains("")) {
    out.detail = fmt::format("{} of {} folds carry no science hash", folds_of.at(""), folds.size());
  } else if (folds_of.size() > 1) {
    std::vector<std::string> parts;
    parts.reserve(folds_of.size());
    for (const auto& [hash, count] : folds_of) parts.push_back(fmt::format("{} ({} folds)", hash.substr(0, 12), count));
    out.detail = fmt::format("folds were made under {} science hashes: {}", folds_of.size(), core::join(parts, ", "));
  } else if (!settings) {
    return not_checked(out.rule, "whether the folds' science hash covers this manifest is not known without the run's settings");
  } else if (const std::string_view hash = folds_of.begin()->first; hash != settings->science_hash) {
    out.detail = fmt::format("the folds were made under the science hash {}, the settings beside them have {}", hash.substr(0, 12),
                             settings->science_hash.substr(0, 12));
  } else if (const std::string seen = data::manifest_hash(manifest); seen != settings->manifest_hash) {
    out.detail = fmt::format("the folds' science hash covers the manifest {}, the one beside them is {}",
                             settings->manifest_hash.substr(0, 12), seen.substr(0, 12));
  } else {
    out.status = RuleStatus::kPassed;
    out.detail =
        fmt::format("all {} folds were made under one science hash, which covers the settings and the manifest beside them", folds.size());
  }
  return out;
}

}  // namespace mexbench::audit
