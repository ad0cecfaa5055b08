#include "harness/audit/run_rules.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "harness/audit/rules.h"

namespace mexbench::audit {

Audit audit_run(std::span<const FoldRecord> folds, const data::Manifest& manifest, const RunFacts& facts) {
  const ClipTable clips = table_of(manifest);
  std::vector<RuleResult> rules;
  rules.push_back(subject_overlap(folds, clips));
  rules.push_back(shared_recordings(folds, manifest, clips));
  rules.push_back(id_collision(folds, manifest, clips));
  rules.push_back(image_duplicates(folds, manifest));
  rules.push_back(augmented_clips(folds));
  rules.push_back(fitted_statistics(folds, facts.settings));
  rules.push_back(selected_on_test(folds, clips, facts.settings));
  rules.push_back(class_absent(folds, manifest, clips, facts.settings && facts.settings->refits));
  rules.push_back(pretraining_overlap(folds, manifest, facts.pretraining));
  test_rules(folds, manifest, clips, facts, rules);
  rules.push_back(sealed_labels(folds, manifest, clips));
  rules.push_back(joined_by_order(folds, clips, facts.predictions));
  rules.push_back(metrics_disagree(facts.predictions, facts.metrics));
  rules.push_back(manifest_hash_rule(folds, manifest, facts.settings));
  Audit out = verdict_of(std::move(rules));
  if (facts.planned_folds > folds.size()) {
    out.reasons.insert(out.reasons.begin(),
                       fmt::format("the run is not complete: {} of {} folds are sealed", folds.size(), facts.planned_folds));
  }
  return out;
}

}  // namespace mexbench::audit
