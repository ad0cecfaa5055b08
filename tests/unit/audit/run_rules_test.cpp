#include "harness/audit/run_rules.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace mexbench::audit {
namespace {

// Three subjects with two clips each.
data::Manifest manifest() {
  data::Manifest out;
  out.label_map = data::megc2019_label_map();
  for (int subject = 1; subject <= 3; ++subject) {
    for (const char* name : {"a", "b"}) {
      data::Clip clip;
      clip.dataset = core::DatasetId("synth");
      clip.subject = core::SubjectId(fmt::format("synth/p{}", subject));
      clip.name = name;
      clip.id = core::make_clip_id(clip.subject, name);
      out.clips.push_back(std::move(clip));
    }
  }
  return out;
}

std::vector<FoldRecord> loso() {
  std::vector<FoldRecord> folds;
  const data::Manifest clips = manifest();
  for (const core::SubjectId& subject : clips.subjects()) {
    FoldRecord fold{
        .fold = core::FoldId(subject.text()), .science_hash = "abc", .train = {}, .validation = {}, .test = {}, .augmented = {}};
    for (const data::Clip& clip : clips.clips) (clip.subject == subject ? fold.test : fold.train).push_back(clip.id);
    folds.push_back(std::move(fold));
  }
  return folds;
}

RuleResult rule_of(const Audit& audit, const std::string& rule) {
  const auto found = std::find_if(audit.rules.begin(), audit.rules.end(), [&](const RuleResult& one) { return one.rule == rule; });
  EXPECT_NE(found, audit.rules.end()) << rule;
  return found == audit.rules.end() ? RuleResult{} : *found;
}

TEST(RunRules, CleanRunIsUnauditedAndSaysWhatWasNotChecked) {
  const Audit audit = audit_run(loso(), manifest());
  EXPECT_EQ(audit.verdict, Verdict::kUnaudited);
  EXPECT_EQ(audit.reasons, std::vector<std::string>{"not every rule was checked: fitted-statistics, image-duplicates"});
  for (const char* rule : {"subject-overlap", "augmented-clips", "clip-missing", "clip-duplicate", "clip-extra", "manifest-hash"}) {
    EXPECT_EQ(rule_of(audit, rule).status, RuleStatus::kPassed) << rule;
  }
  for (const char* rule : {"fitted-statistics", "image-duplicates"}) {
    EXPECT_EQ(rule_of(audit, rule).status, RuleStatus::kNotChecked) << rule;
  }
}

TEST(RunRules, PretrainingIsJudgedByWhatFoldsBeganWithAndTheCardDeclares) {
  const auto rule = [](const char* start, const std::optional<std::vector<std::string>>& declared) {
    std::vector<FoldRecord> folds = loso();
    folds[1].start = start;
    return rule_of(audit_run(folds, manifest(), {}, declared), "pretraining-overlap");
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
  return rule_of(audit_run(folds, of, {}, declared), "pretraining-overlap");
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
  for (const bool in_validation : {false, true}) {
    std::vector<FoldRecord> folds = loso();
    (in_validation ? folds[1].validation : folds[1].train).emplace_back("synth/p2/a");
    const Audit audit = audit_run(folds, manifest());
    EXPECT_EQ(audit.verdict, Verdict::kInvalid);
    EXPECT_EQ(audit.reasons,
              std::vector<std::string>{"subject-overlap: 1 subject is on both sides of a fold: 'synth/p2' in fold 'synth/p2'"});
  }
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
  const Audit planned = audit_run(folds, manifest(), folds[0].test);
  EXPECT_EQ(planned.verdict, Verdict::kUnaudited);
  const std::vector<core::ClipId> fewer{folds[0].test[0]};
  EXPECT_EQ(rule_of(audit_run(folds, manifest(), fewer), "clip-extra").detail,
            "1 clip does not belong in the run: 'synth/p3/b' (not to be tested)");
}

TEST(RunRules, FoldsOfTwoExperimentsAreInvalid) {
  std::vector<FoldRecord> folds = loso();
  folds[2].science_hash = "def";
  EXPECT_EQ(rule_of(audit_run(folds, manifest()), "manifest-hash").detail,
            "folds were made under 2 science hashes: abc (2 folds), def (1 folds)");
  folds[2].science_hash = "";
  EXPECT_EQ(rule_of(audit_run(folds, manifest()), "manifest-hash").detail, "1 of 3 folds carry no science hash");
  EXPECT_EQ(rule_of(audit_run({}, manifest()), "manifest-hash").status, RuleStatus::kBroken);
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
