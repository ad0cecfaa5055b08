#include "harness/audit/import_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "harness/audit/rules.h"
#include "harness/core/text.h"

namespace mexbench::audit {
namespace {

std::string told(const BrokenRule& rule) {
  const std::size_t untold = rule.count - rule.examples.size();
  return fmt::format("{}: {}{}{}", rule.detail, core::join(rule.examples, ", "), untold > 0 ? fmt::format(" and {} more", untold) : "",
                     rule.hint.empty() ? "" : fmt::format(" ({})", rule.hint));
}

}  // namespace

Audit audit_import(const eval::PredictionSet& predictions, const Joined& joined, const data::Manifest& manifest) {
  const ClipTable clips = table_of(manifest);
  const std::size_t rows = predictions.rows.size();
  // What join.h says of a rule, or else `otherwise`. It may name a rule twice.
  const auto of_join = [&](RuleResult otherwise) {
    RuleResult out = std::move(otherwise);
    std::vector<std::string> details;
    for (const BrokenRule& rule : joined.broken) {
      if (rule.rule == out.rule) details.push_back(told(rule));
    }
    if (details.empty()) return out;
    out.status = RuleStatus::kBroken;
    out.detail = core::join(details, "; ");
    return out;
  };
  const auto unnamed = static_cast<std::size_t>(
      std::count_if(predictions.rows.begin(), predictions.rows.end(), [](const eval::Prediction& row) { return row.fold.empty(); }));
  constexpr const char* kElsewhere = "the predictions were made elsewhere: ";

  std::vector<RuleResult> rules;
  const auto unknown = [&](const char* rule, const char* what) { rules.push_back(not_checked(rule, std::string(kElsewhere) + what)); };
  unknown("subject-overlap", "whom their models were trained on is not recorded");
  unknown("shared-recordings", "whom their models were trained on is not recorded");
  rules.push_back(of_join(id_collision({}, manifest, clips)));
  rules.push_back(image_duplicates({}, manifest));
  unknown("augmented-clips", "what augmentation made of which clips is not recorded");
  unknown("fitted-statistics", "on which clips their input was fitted is not recorded");
  unknown("selected-on-test", "on which clips their epochs and settings were chosen is not recorded");
  unknown("class-absent", "what their models were trained on is not recorded");
  unknown("pretraining-overlap", "what their models had seen before is not recorded");
  rules.push_back(of_join(passed("clip-missing", "every clip that is tested has a prediction")));
  rules.push_back(of_join(passed("clip-duplicate", "no clip has several predictions")));
  rules.push_back(of_join(passed("clip-extra", fmt::format("all {} predictions are of clips that are tested", rows))));
  rules.push_back(of_join(unnamed == 0 ? passed("fold-disagrees", "every prediction is of the fold that tests its clip")
                                       : not_checked("fold-disagrees", fmt::format("{} of {} predictions name no fold", unnamed, rows))));
  rules.push_back(of_join(passed("label-disagrees", fmt::format("all {} predictions have the manifest's truth beside them", rows))));
  rules.push_back(of_join(passed("truth-prediction-exchanged", "the truths are not those of exchanged columns")));
  rules.push_back(
      of_join(predictions.by_order
                  ? not_checked("joined-by-order",
                                "the file names no clips: its numbers were attached to each subject's clips by their order; that the "
                                "truths agree shows it but for clips of one class")
                  : passed("joined-by-order", "every prediction names its clip")));
  return verdict_of(std::move(rules));
}

}  // namespace mexbench::audit
