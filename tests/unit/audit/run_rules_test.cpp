#include "harness/audit/run_rules.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/audit/made_run.h"

namespace mexbench::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

data::Manifest manifest() { return made_manifest(); }
std::vector<FoldRecord> loso() { return loso_of(manifest()); }

TEST(RunRules, CleanRunIsValid) {
  const MadeRun run;
  const Audit audit = run.audit();
  EXPECT_EQ(audit.verdict, Verdict::kValid);
  EXPECT_THAT(audit.reasons, IsEmpty());
  std::vector<std::string> rules;
  for (const RuleResult& rule : audit.rules) rules.push_back(rule.rule);
  EXPECT_THAT(
      rules, ElementsAre("subject-overlap", "shared-recordings", "id-collision", "image-duplicates", "augmented-clips", "fitted-statistics",
                         "selected-on-test", "class-absent", "pretraining-overlap", "clip-missing", "clip-duplicate", "clip-extra",
                         "label-disagrees", "joined-by-order", "metrics-disagree", "manifest-hash"));
}

TEST(RunRules, WhatIsNotGivenIsNotChecked) {
  const Audit audit = audit_run(loso(), manifest());
  EXPECT_EQ(audit.verdict, Verdict::kUnaudited);
  EXPECT_THAT(unchecked(audit),
              ElementsAre("fitted-statistics", "selected-on-test", "joined-by-order", "metrics-disagree", "manifest-hash"));
  EXPECT_THAT(broken(audit), IsEmpty());
}

TEST(RunRules, RunThatLacksFoldsIsUnauditedWhateverTheRest) {
  MadeRun run;
  run.folds.pop_back();
  run.facts = facts_of(run.manifest, run.folds);
  run.facts.planned_tests = {run.folds[0].test[0], run.folds[0].test[1], run.folds[1].test[0], run.folds[1].test[1]};
  run.facts.planned_folds = 3;
  EXPECT_THAT(run.audit().reasons,
              ElementsAre("the run is not complete: 2 of 3 folds are sealed", "not every rule was checked: clip-missing"));
}

TEST(RunRules, PretrainingIsJudgedByWhatFoldsBeganWithAndTheCardDeclares) {
  const auto rule = [](const char* start, const std::optional<std::vector<std::string>>& declared) {
    std::vector<FoldRecord> folds = loso();
    folds[1].start = start;
    return rule_of(audit_run(folds, manifest(), {.pretraining = declared}), "pretraining-overlap");
  };
  EXPECT_EQ(rule("fresh", std::nullopt).status, RuleStatus::kPassed);
  for (const char* start : {"pretrained", "loaded"}) {
    EXPECT_EQ(rule(start, std::nullopt).status, RuleStatus::kNotChecked) << start;
    EXPECT_EQ(rule(start, std::vector<std::string>{}).status, RuleStatus::kPassed) << start;
    EXPECT_EQ(rule(start, std::vector<std::string>{"ImageNet", "SAMM"}).status, RuleStatus::kPassed) << start;
    EXPECT_EQ(rule(start, std::vector<std::string>{"ImageNet", "Synth"}).status, RuleStatus::kBroken) << start;
  }
  EXPECT_NE(rule("loaded", std::vector<std::string>{"synth"}).detail.find("'synth'"), std::string::npos);
}

RuleResult declared_of(const char* start, const char* dataset, const std::vector<std::string>& declared) {
  data::Manifest of = manifest();
  for (data::Clip& clip : of.clips) clip.dataset = core::DatasetId(dataset);
  std::vector<FoldRecord> folds = loso();
  for (FoldRecord& fold : folds) fold.start = start;
  return rule_of(audit_run(folds, of, {.pretraining = declared}), "pretraining-overlap");
}

TEST(RunRules, DeclaredPretrainingCountsWhateverTheFoldsBeganWith) {
  for (const char* start : {"fresh", "pretrained", "loaded", ""}) {
    EXPECT_EQ(declared_of(start, "casme2", {"ImageNet", "casme2"}).status, RuleStatus::kBroken) << start;
    EXPECT_EQ(declared_of(start, "casme2", {"casme2 cropped"}).status, RuleStatus::kNotChecked) << start;
  }
  EXPECT_EQ(declared_of("fresh", "casme2", {}).status, RuleStatus::kPassed);
  EXPECT_EQ(declared_of("fresh", "casme2", {"ImageNet"}).status, RuleStatus::kPassed);
  EXPECT_EQ(declared_of("", "casme2", {}).status, RuleStatus::kNotChecked);
}

TEST(RunRules, DeclaredNamesStandForTheirDatasets) {
  using Status = RuleStatus;
  struct Case {
    const char* dataset;
    const char* declared;
    Status status;
  };
  for (const Case& one :
       {Case{"casme2", "CASME II", Status::kBroken}, Case{"casme2", "Casme-II", Status::kBroken},
        Case{"casme2", "MEGC2019", Status::kBroken}, Case{"samm", "megc2019-flow", Status::kBroken},
        Case{"smic", "SMIC-HS", Status::kBroken}, Case{"smic", "smic_hs", Status::kBroken}, Case{"smic", "SMIC-VIS", Status::kBroken},
        Case{"samm", "SAMM-LV", Status::kBroken}, Case{"casme_sq", "CAS(ME)^2", Status::kBroken},
        Case{"casme3", "CAS(ME)3", Status::kBroken}, Case{"ours", "OURS", Status::kBroken}, Case{"casme2", "CAS(ME)^2", Status::kPassed},
        Case{"casme2", "CASME", Status::kPassed}, Case{"mmew", "MEGC2019", Status::kPassed},
        Case{"casme2", "CASIA-WebFace", Status::kPassed}, Case{"casme2", "CASME-II-cropped", Status::kNotChecked},
        Case{"mmew", "samm2", Status::kNotChecked}, Case{"ours", "ours 2", Status::kNotChecked}}) {
    EXPECT_EQ(declared_of("loaded", one.dataset, {one.declared}).status, one.status) << one.dataset << " " << one.declared;
  }
  EXPECT_EQ(declared_of("loaded", "smic", {"ImageNet", "MEGC2019"}).detail,
            "1 tested corpus was seen by the loaded weights: 'smic' (declared as 'MEGC2019')");
  EXPECT_EQ(
      declared_of("pretrained", "smic", {"SMIC (our crops)"}).detail,
      "what 'SMIC (our crops)' of the model's card stands for is not known: it looks like 'smic', but is not exactly that; declare each "
      "corpus by its dataset id");
}

TEST(RunRules, SubjectOnBothSidesIsInvalidWhicheverSideSawIt) {
  MadeRun trained;
  trained.folds[1].train.emplace_back("synth/p2/a");
  EXPECT_EQ(trained.audit().reasons,
            std::vector<std::string>{"subject-overlap: 1 subject is on both sides of a fold: 'synth/p2' in fold 'synth/p2'"});
  MadeRun held_out;  // whose clips choose the epoch is seen too
  held_out.folds[1].validation.emplace_back("synth/p2/a");
  EXPECT_THAT(broken(held_out.audit()), ElementsAre("subject-overlap", "selected-on-test"));
}

TEST(RunRules, ChildOfAClipThatWasNotToBeTrainedOnIsInvalid) {
  EXPECT_EQ(rule_of(audit_run(loso(), manifest()), "augmented-clips").detail, "no clip was made by augmentation");
  std::vector<FoldRecord> folds = loso();
  folds[1].validation = {folds[1].train.back()};
  folds[1].train.pop_back();
  std::vector<core::ClipId> both = folds[1].train;
  both.push_back(folds[1].validation[0]);
  folds[1].augmented = {{.phase = "select", .parents = folds[1].train}, {.phase = "refit", .parents = both}};
  const Audit clean = audit_run(folds, manifest());
  EXPECT_EQ(rule_of(clean, "augmented-clips").status, RuleStatus::kPassed);
  EXPECT_EQ(rule_of(clean, "augmented-clips").detail, "all parents of augmented clips are training clips in 1 folds");

  const auto planted = [&](std::size_t phase, const core::ClipId& parent) {
    std::vector<FoldRecord> leaking = folds;
    leaking[1].augmented[phase].parents.push_back(parent);
    const Audit audit = audit_run(leaking, manifest());
    EXPECT_EQ(audit.verdict, Verdict::kInvalid);
    return rule_of(audit, "augmented-clips").detail;
  };
  const std::string told = "1 parent of augmented clips was not to be trained on: ";
  EXPECT_EQ(planted(1, core::ClipId("synth/p2/a")), told + "'synth/p2/a' (a test clip) in fold 'synth/p2'");
  EXPECT_EQ(planted(0, folds[1].validation[0]), told + "'synth/p3/b' (held out for the selection) in fold 'synth/p2'");
  EXPECT_EQ(planted(0, core::ClipId("synth/p9/a")), told + "'synth/p9/a' (not a training clip) in fold 'synth/p2'");
}

TEST(RunRules, ClipsTestedNeverOrTwiceAreInvalid) {
  std::vector<FoldRecord> folds = loso();
  folds[0].test.pop_back();
  folds[1].test.push_back(folds[1].test.front());
  const Audit audit = audit_run(folds, manifest());
  EXPECT_EQ(rule_of(audit, "clip-missing").detail, "1 clip was tested by no fold: 'synth/p1/b'");
  EXPECT_EQ(rule_of(audit, "clip-duplicate").detail, "1 clip was tested more than once: 'synth/p2/a' in folds 'synth/p2' and 'synth/p2'");
  EXPECT_EQ(audit.verdict, Verdict::kInvalid);
  EXPECT_EQ(audit.reasons.size(), 2U);
}

TEST(RunRules, UnknownClipsAreToldOnceWhateverTheNumberOfFolds) {
  std::vector<FoldRecord> folds = loso();
  for (FoldRecord& fold : folds) fold.train.emplace_back("synth/p9/a");
  EXPECT_EQ(rule_of(audit_run(folds, manifest()), "clip-extra").detail,
            "1 clip does not belong in the run: 'synth/p9/a' (not in the manifest)");
}

TEST(RunRules, HoldoutTestsOnlyWhatItPlanned) {
  const std::vector<FoldRecord> folds{loso()[2]};
  EXPECT_EQ(rule_of(audit_run(folds, manifest()), "clip-missing").detail,
            "4 clips were tested by no fold: 'synth/p1/a', 'synth/p1/b', 'synth/p2/a', 'synth/p2/b'");
  EXPECT_THAT(broken(audit_run(folds, manifest(), {.planned_tests = folds[0].test})), IsEmpty());
  const std::vector<core::ClipId> fewer{folds[0].test[0]};
  EXPECT_EQ(rule_of(audit_run(folds, manifest(), {.planned_tests = fewer}), "clip-extra").detail,
            "1 clip does not belong in the run: 'synth/p3/b' (not to be tested)");
}

TEST(RunRules, FoldsOfTwoExperimentsAreInvalid) {
  MadeRun run;
  run.folds[2].science_hash = "def";
  EXPECT_THAT(broken(run.audit()), ElementsAre("manifest-hash"));
  EXPECT_EQ(rule_of(run.audit(), "manifest-hash").detail, "folds were made under 2 science hashes: abc (2 folds), def (1 folds)");
  run.folds[2].science_hash = "";
  EXPECT_EQ(rule_of(run.audit(), "manifest-hash").detail, "1 of 3 folds carry no science hash");
  EXPECT_EQ(rule_of(audit_run({}, manifest()), "manifest-hash").status, RuleStatus::kBroken);
}

TEST(RunRules, ScienceHashIsThatOfTheSettingsAndTheManifestBesideTheFolds) {
  MadeRun other_settings;
  other_settings.facts.settings->science_hash = "abd";
  EXPECT_THAT(broken(other_settings.audit()), ElementsAre("manifest-hash"));
  EXPECT_EQ(rule_of(other_settings.audit(), "manifest-hash").detail,
            "the folds were made under the science hash abc, the settings beside them have abd");
  MadeRun other_manifest;
  other_manifest.manifest.clips[0].files[0].sha256 = "another picture";
  EXPECT_THAT(broken(other_manifest.audit()), ElementsAre("manifest-hash"));
  EXPECT_THAT(rule_of(other_manifest.audit(), "manifest-hash").detail, HasSubstr("covers the manifest"));
}

TEST(RunRules, SealedTruthIsTheManifests) {
  MadeRun run;
  run.folds[1].truths[0] = data::Truth::one_class(2);
  run.facts = facts_of(run.manifest, run.folds);
  EXPECT_THAT(broken(run.audit()), ElementsAre("label-disagrees"));
  EXPECT_EQ(rule_of(run.audit(), "label-disagrees").detail,
            "1 clip was sealed with a truth that is not the manifest's: 'synth/p2/a' (surprise, the manifest says negative)");
}

TEST(RunRules, PredictionsAreTheSealsScoresOfTheirClip) {
  MadeRun run;
  std::vector<eval::Prediction>& rows = run.facts.predictions->rows;
  std::swap(rows[2].scores, rows[4].scores);
  std::swap(rows[2].predicted, rows[4].predicted);
  run.facts.metrics = eval::evaluate(*run.facts.predictions);
  EXPECT_THAT(broken(run.audit()), ElementsAre("joined-by-order"));
  EXPECT_EQ(rule_of(run.audit(), "joined-by-order").detail,
            "2 predictions are not what their clips' folds sealed: 'synth/p2/a' (the scores of 'synth/p3/a'), 'synth/p3/a' (the scores of "
            "'synth/p2/a'); 2 have the scores of other clips: they were joined by the order of rows");

  const auto told = [](const auto& spoil) {
    MadeRun spoilt;
    spoil(spoilt.facts.predictions->rows);
    spoilt.facts.metrics = eval::evaluate(*spoilt.facts.predictions);
    EXPECT_THAT(broken(spoilt.audit()), ElementsAre("joined-by-order"));
    return rule_of(spoilt.audit(), "joined-by-order").detail;
  };
  EXPECT_THAT(told([](auto& all) { all[0].scores[2] = 0.25F; }), HasSubstr("'synth/p1/a' (other scores)"));
  EXPECT_THAT(told([](auto& all) { all[0].truth = data::Truth::one_class(1); }), HasSubstr("'synth/p1/a' (another truth)"));
  EXPECT_THAT(told([](auto& all) { all[0].fold = core::FoldId("synth/p2"); }), HasSubstr("'synth/p1/a' (another fold)"));
  EXPECT_THAT(told([](auto& all) { all.pop_back(); }), HasSubstr("'synth/p3/b' (no prediction)"));
  EXPECT_THAT(told([](auto& all) { all.push_back(all.back()); }), HasSubstr("'synth/p3/b' (more often than it was sealed)"));
  EXPECT_THAT(told([](auto& all) {
                all.back().clip = core::ClipId("synth/p9/x");
                all.back().clip_name = "x";
              }),
              HasSubstr("'synth/p9/x' (more often than it was sealed)"));
}

TEST(RunRules, MetricsAreThoseOfThePredictions) {
  MadeRun run;
  run.facts.metrics->scopes.at("synth").confusion[0][0] += 1;
  EXPECT_THAT(broken(run.audit()), ElementsAre("metrics-disagree"));
  EXPECT_EQ(rule_of(run.audit(), "metrics-disagree").detail, "1 scope of metrics.json is not what the predictions give: 'synth'");
  run.facts.metrics = eval::evaluate(*run.facts.predictions);
  run.facts.metrics->scopes.erase("synth");
  EXPECT_THAT(broken(run.audit()), ElementsAre("metrics-disagree"));
}

TEST(Verdict, FollowsFromTheRules) {
  const auto verdict = [](std::vector<RuleStatus> all) {
    std::vector<RuleResult> rules;
    for (const RuleStatus status : all) rules.push_back({.rule = "r", .status = status, .detail = "d"});
    return verdict_of(std::move(rules)).verdict;
  };
  EXPECT_EQ(verdict({RuleStatus::kPassed, RuleStatus::kPassed}), Verdict::kValid);
  EXPECT_EQ(verdict({RuleStatus::kPassed, RuleStatus::kNotChecked}), Verdict::kUnaudited);
  EXPECT_EQ(verdict({RuleStatus::kBroken, RuleStatus::kNotChecked}), Verdict::kInvalid);
  EXPECT_EQ(verdict({}), Verdict::kUnaudited) << "nothing checked is nothing shown";
}

TEST(AuditJson, RoundTripAndRefusals) {
  std::vector<FoldRecord> folds = loso();
  folds[0].test.pop_back();
  const nlohmann::json written = to_json(audit_run(folds, manifest()));
  EXPECT_EQ(written["schema"], "mexbench.audit/1");
  EXPECT_EQ(written["verdict"], "INVALID");
  EXPECT_EQ(written["rules"][0].dump(),
            R"({"detail":"no subject is on both sides of any of 3 folds","rule":"subject-overlap","status":"passed"})");
  const auto read = audit_from_json(written, "audit.json");
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_EQ(to_json(*read).dump(), written.dump());

  nlohmann::json forged = written;
  forged["verdict"] = "VALID";
  EXPECT_EQ(audit_from_json(forged, "audit.json").error().render(),
            "audit.json: error: verdict is \"VALID\", its rules give \"INVALID\"\n");
  forged = written;
  forged["rules"][0]["status"] = "fine";
  EXPECT_EQ(audit_from_json(forged, "audit.json").error().render(),
            "audit.json: error: rule 'subject-overlap' has the unknown status 'fine'\n");
  EXPECT_FALSE(audit_from_json({{"schema", "x"}}, "audit.json"));
  EXPECT_FALSE(audit_from_json(nlohmann::json::object(), "audit.json"));
}

}  // namespace
}  // namespace mexbench::audit
