#include "harness/audit/run_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "harness/audit/join.h"
#include "harness/core/text.h"
#include "harness/data/corpus_names.h"

namespace mexbench::audit {
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

// Counts what breaks a rule and keeps the first few to name.
class Finding {
 public:
  void add(std::string example) {
    if (count_++ < kMostExamples) examples_.push_back(std::move(example));
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  // `passed` when nothing was found; else "3 clips were ..: example, example".
  [[nodiscard]] RuleResult result(std::string rule, std::string_view one, std::string_view many, std::string passed) const {
    if (count_ == 0) return {.rule = std::move(rule), .status = RuleStatus::kPassed, .detail = std::move(passed)};
    std::string detail = fmt::format("{} {}: {}", count_, count_ == 1 ? one : many, core::join(examples_, ", "));
    if (count_ > examples_.size()) detail += fmt::format(" and {} more", count_ - examples_.size());
    return {.rule = std::move(rule), .status = RuleStatus::kBroken, .detail = std::move(detail)};
  }

 private:
  std::size_t count_ = 0;
  std::vector<std::string> examples_;
};

using ClipTable = std::unordered_map<std::string_view, const data::Clip*>;

RuleResult subject_overlap(std::span<const FoldRecord> folds, const ClipTable& clips) {
  Finding found;
  for (const FoldRecord& fold : folds) {
    std::unordered_set<std::string_view> seen_in_training;
    for (const auto* side : {&fold.train, &fold.validation}) {
      for (const core::ClipId& id : *side) {
        if (const auto clip = clips.find(id.text()); clip != clips.end()) seen_in_training.insert(clip->second->subject.text());
      }
    }
    std::set<std::string_view> overlapping;
    for (const core::ClipId& id : fold.test) {
      const auto clip = clips.find(id.text());
      if (clip != clips.end() && seen_in_training.contains(clip->second->subject.text())) overlapping.insert(clip->second->subject.text());
    }
    for (const std::string_view subject : overlapping) found.add(fmt::format("'{}' in fold '{}'", subject, fold.fold.text()));
  }
  return found.result("subject-overlap", "subject is on both sides of a fold", "times a subject is on both sides of a fold",
                      fmt::format("no subject is on both sides of any of {} folds", folds.size()));
}

RuleResult augmented_clips(std::span<const FoldRecord> folds) {
  Finding found;
  std::size_t augmented = 0;
  const auto holds = [](const std::vector<core::ClipId>& ids) {
    std::unordered_set<std::string_view> out;
    for (const core::ClipId& id : ids) out.insert(id.text());
    return out;
  };
  for (const FoldRecord& fold : folds) {
    if (!fold.augmented.empty()) ++augmented;
    const auto train = holds(fold.train);
    const auto validation = holds(fold.validation);
    const auto test = holds(fold.test);
    for (const AugmentedRecord& phase : fold.augmented) {
      for (const core::ClipId& parent : phase.parents) {
        const std::string_view id = parent.text();
        const char* what = test.contains(id)                                    ? "a test clip"
                           : phase.phase == "select" && validation.contains(id) ? "held out for the selection"
                           : train.contains(id) || validation.contains(id)      ? nullptr
                                                                                : "not a training clip";
        if (what != nullptr) found.add(fmt::format("'{}' ({}) in fold '{}'", id, what, fold.fold.text()));
      }
    }
  }
  return found.result("augmented-clips", "parent of augmented clips was not to be trained on",
                      "parents of augmented clips were not to be trained on",
                      augmented == 0 ? "no clip was made by augmentation"
                                     : fmt::format("all parents of augmented clips are training clips in {} folds", augmented));
}

void test_rules(std::span<const FoldRecord> folds, const data::Manifest& manifest, const ClipTable& clips,
                std::span<const core::ClipId> planned_tests, std::vector<RuleResult>& out) {
  std::vector<std::string_view> planned;
  if (planned_tests.empty()) {
    for (const std::size_t position : data::canonical_order(manifest)) planned.push_back(manifest.clips[position].id.text());
  } else {
    for (const core::ClipId& id : planned_tests) planned.push_back(id.text());
  }
  const std::unordered_set<std::string_view> wanted(planned.begin(), planned.end());

  std::map<std::string_view, std::vector<std::string_view>> tested_by;  // clip -> folds
  std::set<std::string> strangers;                                      // each told once, whatever the number of folds
  for (const FoldRecord& fold : folds) {
    for (const core::ClipId& id : fold.test) {
      tested_by[id.text()].push_back(fold.fold.text());
      if (clips.contains(id.text()) && !wanted.contains(id.text())) strangers.insert(fmt::format("'{}' (not to be tested)", id.text()));
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
  out.push_back(missing.result("clip-missing", "clip was tested by no fold", "clips were tested by no fold",
                               fmt::format("all {} clips were tested", planned.size())));
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

RuleResult one_science_hash(std::span<const FoldRecord> folds) {
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
  } else {
    out.status = RuleStatus::kPassed;
    out.detail = fmt::format("all {} folds were made under one science hash", folds.size());
  }
  return out;
}

RuleResult pretraining_overlap(std::span<const FoldRecord> folds, const data::Manifest& manifest,
                               const std::optional<std::vector<std::string>>& declared) {
  RuleResult out{.rule = "pretraining-overlap", .status = RuleStatus::kNotChecked, .detail = {}};
  std::map<std::string_view, std::size_t> starts;
  for (const FoldRecord& fold : folds) ++starts[fold.start];
  const bool fresh = starts.size() == 1 && starts.contains("fresh");
  const std::string what = fresh ? "model" : starts.contains("loaded") ? "loaded weights" : "starting values";
  // What a card declares counts whatever the folds say of their start.
  if (declared) {
    std::vector<std::string> tested;
    for (const core::DatasetId& dataset : manifest.datasets()) tested.push_back(dataset.text());
    Finding seen;
    for (const std::string& dataset : tested) {
      for (const std::string& name : *declared) {
        const std::vector<std::string> known = data::datasets_named(name);
        if (!data::same_corpus_name(name, dataset) &&
            std::none_of(known.begin(), known.end(), [&](const std::string& id) { return data::share_recordings(id, dataset); }))
          continue;
        seen.add(name == dataset ? fmt::format("'{}'", dataset) : fmt::format("'{}' (declared as '{}')", dataset, name));
        break;
      }
    }
    if (seen.count() > 0) {
      return seen.result("pretraining-overlap", fmt::format("tested corpus was seen by the {}", what),
                         fmt::format("tested corpora were seen by the {}", what), "");
    }
    for (const std::string& name : *declared) {
      if (!data::datasets_named(name).empty()) continue;
      const std::optional<std::string> resembled = data::corpus_resembled(name, tested);
      if (!resembled) continue;
      out.detail = fmt::format(
          "what '{}' of the model's card stands for is not known: it looks like '{}', but is not exactly that; declare "
          "each corpus by its dataset id",
          name, *resembled);
      return out;
    }
  }
  if (fresh) {
    out.status = RuleStatus::kPassed;
    out.detail = fmt::format("all {} folds were fitted from random values, or from none", folds.size());
    return out;
  }
  if (starts.contains("")) {
    out.detail = fmt::format("{} of {} folds did not record what their fitting began with", starts.at(""), folds.size());
    return out;
  }
  if (!declared) {
    out.detail = fmt::format("what the {} were trained on is not known: the model's card does not declare 'pretraining'", what);
    return out;
  }
  out.status = RuleStatus::kPassed;
  out.detail =
      fmt::format("the {} have seen {}, as the model's card declares", what, declared->empty() ? "nothing" : core::join(*declared, ", "));
  return out;
}

RuleResult not_checked(std::string_view rule, std::string_view why) {
  return {.rule = std::string(rule), .status = RuleStatus::kNotChecked, .detail = std::string(why)};
}

}  // namespace

std::string_view to_string(RuleStatus status) {
  switch (status) {
    case RuleStatus::kPassed:
      return "passed";
    case RuleStatus::kBroken:
      return "broken";
    case RuleStatus::kNotChecked:
      break;
  }
  return "not-checked";
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kValid:
      return "VALID";
    case Verdict::kInvalid:
      return "INVALID";
    case Verdict::kUnaudited:
      break;
  }
  return "UNAUDITED";
}

Audit verdict_of(std::vector<RuleResult> rules) {
  Audit out;
  std::vector<std::string> unchecked;
  for (const RuleResult& rule : rules) {
    if (rule.status == RuleStatus::kBroken) out.reasons.push_back(fmt::format("{}: {}", rule.rule, rule.detail));
    if (rule.status == RuleStatus::kNotChecked) unchecked.push_back(rule.rule);
  }
  if (!out.reasons.empty()) {
    out.verdict = Verdict::kInvalid;
  } else if (!unchecked.empty()) {
    out.reasons.push_back(fmt::format("not every rule was checked: {}", core::join(unchecked, ", ")));
  } else if (rules.empty()) {
    out.reasons.emplace_back("no rule was checked");
  } else {
    out.verdict = Verdict::kValid;
  }
  out.rules = std::move(rules);
  return out;
}

Audit audit_run(std::span<const FoldRecord> folds, const data::Manifest& manifest, std::span<const core::ClipId> planned_tests,
                const std::optional<std::vector<std::string>>& pretraining) {
  ClipTable clips;
  clips.reserve(manifest.clips.size());
  for (const data::Clip& clip : manifest.clips) clips.emplace(clip.id.text(), &clip);
  std::vector<RuleResult> rules;
  rules.push_back(subject_overlap(folds, clips));
  rules.push_back(augmented_clips(folds));
  test_rules(folds, manifest, clips, planned_tests, rules);
  rules.push_back(one_science_hash(folds));
  rules.push_back(not_checked("fitted-statistics", "this version does not check whether preprocessing was fitted on training clips only"));
  rules.push_back(pretraining_overlap(folds, manifest, pretraining));
  rules.push_back(not_checked("image-duplicates", "this version does not check whether one picture occurs under two subjects"));
  return verdict_of(std::move(rules));
}

json to_json(const Audit& audit) {
  json rules = json::array();
  for (const RuleResult& rule : audit.rules) {
    rules.push_back({{"rule", rule.rule}, {"status", to_string(rule.status)}, {"detail", rule.detail}});
  }
  return {{"schema", "mexbench.audit/1"}, {"verdict", to_string(audit.verdict)}, {"reasons", audit.reasons}, {"rules", std::move(rules)}};
}

core::Result<Audit> audit_from_json(const json& source, const std::string& file) {
  try {
    if (const json& schema = source.at("schema"); schema != "mexbench.audit/1") {
      return Error::in_file(ErrorCode::kData, file, fmt::format("schema is {}, \"mexbench.audit/1\" is wanted", schema.dump()));
    }
    std::vector<RuleResult> rules;
    for (const json& entry : source.at("rules")) {
      RuleResult rule{.rule = entry.at("rule"), .status = RuleStatus::kNotChecked, .detail = entry.at("detail")};
      const std::string status = entry.at("status");
      if (status == to_string(RuleStatus::kPassed)) {
        rule.status = RuleStatus::kPassed;
      } else if (status == to_string(RuleStatus::kBroken)) {
        rule.status = RuleStatus::kBroken;
      } else if (status != to_string(RuleStatus::kNotChecked)) {
        return Error::in_file(ErrorCode::kData, file, fmt::format("rule '{}' has the unknown status '{}'", rule.rule, status));
      }
      rules.push_back(std::move(rule));
    }
    Audit audit = verdict_of(std::move(rules));
    if (source.at("verdict") != to_string(audit.verdict)) {
      return Error::in_file(ErrorCode::kData, file,
                            fmt::format("verdict is {}, its rules give \"{}\"", source.at("verdict").dump(), to_string(audit.verdict)));
    }
    audit.reasons = source.at("reasons").get<std::vector<std::string>>();
    return audit;
  } catch (const json::exception& problem) {
    return Error::in_file(ErrorCode::kData, file, fmt::format("is not an audit file: {}", problem.what()));
  }
}

}  // namespace mexbench::audit
