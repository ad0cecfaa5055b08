// A run without a fault: three synthetic people with two clips each, left out one by one, trained for three epochs. Tests spoil one thing
// of it and look which rule notices.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/audit/run_rules.h"

namespace mexbench::audit {

// Clip `a` of each person is negative, `b` positive; nobody is surprised.
inline data::Manifest made_manifest() {
  data::Manifest out;
  out.label_map = data::megc2019_label_map();
  for (int subject = 1; subject <= 3; ++subject) {
    for (const char* name : {"a", "b"}) {
      data::Clip clip;
      clip.dataset = core::DatasetId("synth");
      clip.subject = core::SubjectId(fmt::format("synth/p{}", subject));
      clip.name = name;
      clip.id = core::make_clip_id(clip.subject, name);
      clip.truth = data::Truth::one_class(clip.name == "a" ? 0 : 1);
      clip.files = {{.role = "onset", .path = "x", .sha256 = fmt::format("{}{}-onset", subject, name)},
                    {.role = "apex", .path = "y", .sha256 = fmt::format("{}{}-apex", subject, name)}};
      out.clips.push_back(std::move(clip));
    }
  }
  return out;
}

// Scores that no two clips share.
inline std::vector<float> made_scores(const data::Manifest& manifest, const core::ClipId& id) {
  const auto place = std::find_if(manifest.clips.begin(), manifest.clips.end(), [&](const data::Clip& clip) { return clip.id == id; });
  return {1.0F, static_cast<float>(place - manifest.clips.begin()), 0.5F};
}

inline std::vector<FoldRecord> loso_of(const data::Manifest& manifest) {
  std::vector<FoldRecord> folds;
  for (const core::SubjectId& subject : manifest.subjects()) {
    FoldRecord fold{
        .fold = core::FoldId(subject.text()), .science_hash = "abc", .train = {}, .validation = {}, .test = {}, .augmented = {}};
    fold.epochs_trained = 3;
    for (const data::Clip& clip : manifest.clips) {
      if (clip.subject != subject) {
        fold.train.push_back(clip.id);
        continue;
      }
      fold.test.push_back(clip.id);
      fold.truths.push_back(clip.truth);
      fold.scores.push_back(made_scores(manifest, clip.id));
    }
    folds.push_back(std::move(fold));
  }
  return folds;
}

inline RunFacts facts_of(const data::Manifest& manifest, const std::vector<FoldRecord>& folds) {
  RunFacts facts;
  facts.settings = Settings{.science_hash = "abc", .manifest_hash = data::manifest_hash(manifest), .learning_steps = {}, .epochs = 3};
  facts.predictions = eval::PredictionSet{.classes = manifest.label_map.classes, .rows = {}};
  for (const FoldRecord& fold : folds) {
    for (std::size_t i = 0; i < fold.test.size(); ++i) {
      const data::Clip* clip = manifest.find(fold.test[i]);
      facts.predictions->rows.push_back({.dataset = clip->dataset,
                                         .subject = clip->subject,
                                         .clip = clip->id,
                                         .clip_name = clip->name,
                                         .fold = fold.fold,
                                         .truth = fold.truths[i],
                                         .predicted = eval::argmax(fold.scores[i]),
                                         .scores = fold.scores[i]});
    }
  }
  facts.metrics = eval::evaluate(*facts.predictions);
  return facts;
}

// Manifest, folds and facts of the faultless run, to be spoilt.
struct MadeRun {
  data::Manifest manifest = made_manifest();
  std::vector<FoldRecord> folds = loso_of(manifest);
  RunFacts facts = facts_of(manifest, folds);

  [[nodiscard]] Audit audit() const { return audit_run(folds, manifest, facts); }
};

inline RuleResult rule_of(const Audit& audit, const std::string& rule) {
  const auto found = std::find_if(audit.rules.begin(), audit.rules.end(), [&](const RuleResult& one) { return one.rule == rule; });
  EXPECT_NE(found, audit.rules.end()) << rule;
  return found == audit.rules.end() ? RuleResult{} : *found;
}

inline std::vector<std::string> rules_with(const Audit& audit, RuleStatus status) {
  std::vector<std::string> out;
  for (const RuleResult& rule : audit.rules) {
    if (rule.status == status) out.push_back(rule.rule);
  }
  return out;
}
inline std::vector<std::string> broken(const Audit& audit) { return rules_with(audit, RuleStatus::kBroken); }
inline std::vector<std::string> unchecked(const Audit& audit) { return rules_with(audit, RuleStatus::kNotChecked); }

}  // namespace mexbench::audit
