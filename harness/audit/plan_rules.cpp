#include "harness/audit/plan_rules.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "harness/audit/rules.h"

namespace mexbench::audit {
namespace {

// How to mend it.
std::string_view way_out(std::string_view rule) {
  if (rule == "subject-overlap") return "a fold is to test people it does not train on";
  if (rule == "shared-recordings") return "leave out all but one of these datasets, or test them together: 'only' of the dataset";
  if (rule == "id-collision") return "give every person and every clip one name of its own in the corpus's table";
  if (rule == "image-duplicates") return "one of the two clips is not what its name says: mend or leave out its row";
  return "a fold is to train on every class that it has clips of";
}

}  // namespace

core::Status audit_plan(std::span<const FoldRecord> folds, const data::Manifest& manifest, bool refits) {
  const ClipTable clips = table_of(manifest);
  std::vector<core::Diagnostic> problems;
  for (const RuleResult& rule :
       {subject_overlap(folds, clips), shared_recordings(folds, manifest, clips), id_collision(folds, manifest, clips),
        image_duplicates(folds, manifest), class_absent(folds, manifest, clips, refits)}) {
    if (rule.status != RuleStatus::kBroken) continue;
    core::Diagnostic problem;
    problem.message = fmt::format("{}: {}", rule.rule, rule.detail);
    problem.hint = way_out(rule.rule);
    problems.push_back(std::move(problem));
  }
  if (problems.empty()) return {};
  return core::Error(core::ErrorCode::kAudit, std::move(problems));
}

}  // namespace mexbench::audit
