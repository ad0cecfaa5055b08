// The verdict on predictions of elsewhere.
#include "harness/audit/import_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/audit/run_rules.h"
#include "unit/audit/made_run.h"

namespace mexbench::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Audit audited(const eval::PredictionSet& set, const data::Manifest& manifest) {
  std::map<core::ClipId, core::FoldId> folds;
  for (const data::Clip& clip : manifest.clips) folds.emplace(clip.id, core::FoldId(clip.subject.text()));
  const auto joined = check_join(set, manifest, "p.csv", {}, folds);
  EXPECT_TRUE(joined) << joined.error().render();
  return audit_import(set, *joined, manifest);
}

TEST(ImportRules, FaultlessPredictionsAreUnauditedWithWhatCouldBeChecked) {
  const MadeRun run;
  const Audit audit = audited(*run.facts.predictions, run.manifest);
  EXPECT_EQ(audit.verdict, Verdict::kUnaudited);
  EXPECT_THAT(broken(audit), IsEmpty());
  EXPECT_THAT(rules_with(audit, RuleStatus::kPassed),
              ElementsAre("id-collision", "image-duplicates", "clip-missing", "clip-duplicate", "clip-extra", "fold-disagrees",
                          "label-disagrees", "truth-prediction-exchanged", "joined-by-order"));
  EXPECT_EQ(rule_of(audit, "selected-on-test").detail,
            "the predictions were made elsewhere: on which clips their epochs and settings were chosen is not recorded");
}

TEST(ImportRules, RulesOfRunsAndOfImportsStandInOneOrder) {
  const MadeRun run;
  for (const Audit& audit : {run.audit(), audited(*run.facts.predictions, run.manifest)}) {
    auto place = kRuleOrder.begin();
    for (const RuleResult& rule : audit.rules) {
      place = std::find(place, kRuleOrder.end(), rule.rule);
      ASSERT_NE(place, kRuleOrder.end()) << rule.rule << " is not in the order, or stands before its place";
    }
  }
}

TEST(ImportRules, FileThatNamesNoClipsOrFoldsLeavesItsRulesOpen) {
  const MadeRun run;
  eval::PredictionSet set = *run.facts.predictions;
  set.by_order = true;
  set.rows[0].fold = core::FoldId();
  const Audit audit = audited(set, run.manifest);
  EXPECT_EQ(rule_of(audit, "joined-by-order").status, RuleStatus::kNotChecked);
  EXPECT_THAT(rule_of(audit, "joined-by-order").detail, HasSubstr("the file names no clips"));
  EXPECT_EQ(rule_of(audit, "fold-disagrees").detail, "1 of 6 predictions name no fold");
}

TEST(ImportRules, EachFaultOfAFileIsItsRule) {
  const MadeRun run;
  const auto rules = [&](const auto& spoil) {
    eval::PredictionSet set = *run.facts.predictions;
    spoil(set.rows);
    const Audit audit = audited(set, run.manifest);
    EXPECT_EQ(audit.verdict, Verdict::kInvalid);
    return broken(audit);
  };
  EXPECT_THAT(rules([](auto& rows) { rows.pop_back(); }), ElementsAre("clip-missing"));
  EXPECT_THAT(rules([](auto& rows) { rows.push_back(rows[0]); }), ElementsAre("clip-duplicate"));
  EXPECT_THAT(rules([](auto& rows) {
                rows.push_back(rows[0]);
                rows.back().clip = core::ClipId("synth/p9/z");
              }),
              ElementsAre("clip-extra"));
  EXPECT_THAT(rules([](auto& rows) { rows[0].fold = core::FoldId("synth/p3"); }), ElementsAre("fold-disagrees"));
  EXPECT_THAT(rules([](auto& rows) { rows[0].truth = data::Truth::one_class(2); }), ElementsAre("label-disagrees"));
  EXPECT_THAT(rules([](auto& rows) {
                for (std::size_t i = 0; i < rows.size(); ++i) {  // the manifest's labels stand under `prediction`
                  rows[i].predicted = rows[i].truth.single_class().value();
                  if (i < 2) rows[i].truth = data::Truth::one_class(2);
                  rows[i].scores.clear();
                }
              }),
              ElementsAre("truth-prediction-exchanged"));
}

TEST(ImportRules, FaultOfTheCorpusCountsToo) {
  MadeRun run;
  run.manifest.clips[5].files = run.manifest.clips[0].files;
  EXPECT_THAT(broken(audited(*run.facts.predictions, run.manifest)), ElementsAre("image-duplicates"));
}

}  // namespace
}  // namespace mexbench::audit
