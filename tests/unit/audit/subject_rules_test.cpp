// Whose clips stand where: people, names and classes on the two sides of folds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "harness/audit/plan_rules.h"
#include "unit/audit/made_run.h"

namespace mexbench::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A manifest of these clips (dataset, raw subject, name), in turn negative and positive, and its folds.
MadeRun run_of(const std::vector<std::array<const char*, 3>>& clips) {
  MadeRun run;
  run.manifest.clips.clear();
  for (const auto& [dataset, subject, name] : clips) {
    data::Clip clip;
    clip.dataset = core::DatasetId(dataset);
    clip.subject = core::make_subject_id(clip.dataset, subject);
    clip.name = name;
    clip.id = core::make_clip_id(clip.subject, name);
    clip.truth = data::Truth::one_class(run.manifest.clips.size() % 2);
    clip.files = {{.role = "flow", .path = "x", .sha256 = clip.id.text()}};
    run.manifest.clips.push_back(std::move(clip));
  }
  run.folds = loso_of(run.manifest);
  run.facts = facts_of(run.manifest, run.folds);
  return run;
}

TEST(SharedRecordings, OnePersonBeforeTwoCamerasIsNotTwoPeople) {
  // SMIC's three cameras recorded the same people, SAMM's long videos those of SAMM.
  const MadeRun cameras = run_of({{"smic", "s11", "a"},
                                  {"smic", "s11", "b"},
                                  {"smic", "s12", "a"},
                                  {"smic", "s12", "b"},
                                  {"smic_vis", "s11", "a"},
                                  {"smic_vis", "s11", "b"}});
  EXPECT_THAT(broken(cameras.audit()), ElementsAre("shared-recordings"));
  EXPECT_EQ(
      rule_of(cameras.audit(), "shared-recordings").detail,
      "2 times a person of one dataset is tested and the same number of another trained on, which recorded the same people: 'smic/s11' "
      "is tested and 'smic_vis/s11' trained on in fold 'smic/s11', 'smic_vis/s11' is tested and 'smic/s11' trained on in fold "
      "'smic_vis/s11'");
  const MadeRun spelt = run_of({{"samm", "006", "006_1_2"}, {"samm", "006", "006_1_3"}, {"samm_lv", "6", "x"}, {"samm_lv", "6", "y"}});
  EXPECT_THAT(broken(spelt.audit()), ElementsAre("shared-recordings")) << "6 is 006 by SAMM's own rule";
}

TEST(SharedRecordings, OtherPeopleOrOneSideAreNoLeak) {
  const MadeRun others = run_of({{"smic", "s11", "a"}, {"smic", "s11", "b"}, {"smic_vis", "s12", "a"}, {"smic_vis", "s12", "b"}});
  EXPECT_THAT(broken(others.audit()), IsEmpty());
  const MadeRun strangers = run_of({{"casme2", "sub01", "a"}, {"casme2", "sub01", "b"}, {"casme", "sub01", "a"}, {"casme", "sub01", "b"}});
  EXPECT_THAT(broken(strangers.audit()), IsEmpty()) << "CASME and CASME II recorded other people";
  MadeRun together = run_of({{"smic", "s11", "a"},
                             {"smic", "s11", "b"},
                             {"smic_vis", "s11", "a"},
                             {"smic_vis", "s11", "b"},
                             {"smic", "s12", "a"},
                             {"smic", "s12", "b"}});
  FoldRecord both = together.folds[1];  // with sides exchanged: tests both s11, trains on s12
  std::swap(both.train, both.test);
  both.fold = core::FoldId("holdout");
  both.truths.clear();
  both.scores.clear();
  EXPECT_EQ(rule_of(audit_run(std::vector{both}, together.manifest), "shared-recordings").status, RuleStatus::kPassed);
}

TEST(IdCollision, OneNameOfPeopleOfTwoCorpora) {
  MadeRun run = run_of(
      {{"casme2", "1", "a"}, {"casme2", "1", "b"}, {"samm", "1", "a"}, {"samm", "1", "b"}, {"mmew", "S2", "a"}, {"mmew", "S2", "b"}});
  for (data::Clip& clip : run.manifest.clips) clip.subject = core::SubjectId(std::string(core::raw_subject(clip.subject)));
  run.folds = loso_of(run.manifest);
  run.facts = facts_of(run.manifest, run.folds);
  EXPECT_THAT(broken(run.audit()), ElementsAre("id-collision"));
  EXPECT_THAT(rule_of(run.audit(), "id-collision").detail, HasSubstr("'1' is a person of 'casme2' and 'samm'"));
}

TEST(IdCollision, OnePersonOrClipInTwoSpellings) {
  const MadeRun people = run_of({{"casme2", "sub01", "a"}, {"casme2", "sub01", "b"}, {"casme2", "1", "c"}, {"casme2", "1", "d"}});
  EXPECT_THAT(broken(people.audit()), ElementsAre("id-collision"));
  EXPECT_EQ(rule_of(people.audit(), "id-collision").detail,
            "1 name stands for several people, or one of several names for one: 'casme2/1' and 'casme2/sub01' are one person");
  const MadeRun clips =
      run_of({{"smic", "s01", "s1_ne_01"}, {"smic", "s01", "s01_ne_01"}, {"smic", "s02", "s02_ne_01"}, {"smic", "s02", "s02_ne_02"}});
  EXPECT_THAT(rule_of(clips.audit(), "id-collision").detail, HasSubstr("'smic/s01/s01_ne_01' and 'smic/s01/s1_ne_01' are one clip"));
  // What no rule of the dataset makes one stays two: names of a corpus of one's own.
  EXPECT_THAT(broken(run_of({{"ours", "1", "a"}, {"ours", "1", "b"}, {"ours", "01", "a"}, {"ours", "01", "b"}}).audit()), IsEmpty());
}

TEST(IdCollision, FoldThatLeavesOutTwoPeopleOfOneNumber) {
  MadeRun run = run_of({{"casme2", "sub01", "a"},
                        {"casme2", "sub01", "b"},
                        {"smic", "s01", "a"},
                        {"smic", "s01", "b"},
                        {"samm", "006", "a"},
                        {"samm", "006", "b"}});
  // As code does that leaves out "subject 1" of a table of several corpora.
  FoldRecord& first = run.folds[0];
  FoldRecord& second = run.folds[2];
  ASSERT_EQ(second.fold.text(), "smic/s01");
  first.fold = core::FoldId("1");
  for (std::size_t i = 0; i < 2; ++i) {
    first.test.push_back(second.test[i]);
    first.truths.push_back(second.truths[i]);
    first.scores.push_back(second.scores[i]);
    std::erase(first.train, second.test[i]);
  }
  run.folds.erase(run.folds.begin() + 2);
  run.facts = facts_of(run.manifest, run.folds);
  EXPECT_THAT(broken(run.audit()), ElementsAre("id-collision"));
  EXPECT_THAT(rule_of(run.audit(), "id-collision").detail, HasSubstr("fold '1' tests 'casme2/sub01' and 'smic/s01' under one name"));
  run.folds[0].fold = core::FoldId("fold-01");  // a group of people is no such name
  run.facts = facts_of(run.manifest, run.folds);
  EXPECT_THAT(broken(run.audit()), IsEmpty());
}

TEST(ClassAbsent, FoldThatDropsAClassIsAnotherTask) {
  MadeRun run;
  std::erase(run.folds[1].train, core::ClipId("synth/p1/b"));
  EXPECT_THAT(broken(run.audit()), IsEmpty()) << "one clip of the class is left";
  std::erase(run.folds[1].train, core::ClipId("synth/p3/b"));
  EXPECT_THAT(broken(run.audit()), ElementsAre("class-absent"));
  EXPECT_EQ(rule_of(run.audit(), "class-absent").detail,
            "1 time a fold was trained without a clip of a class that it had clips of: 'positive' in fold 'synth/p2'");
  for (FoldRecord& fold : run.folds) fold.start = "loaded";
  EXPECT_EQ(rule_of(run.audit(), "class-absent").detail,
            "no fold was trained here: what the loaded weights were shown is not a matter of these clips");
}

TEST(ClassAbsent, ClassOfOnePersonAloneIsToldAndNoFault) {
  MadeRun run;
  run.manifest.clips[3].truth = data::Truth::one_class(2);  // synth/p2/b
  run.folds = loso_of(run.manifest);
  run.facts = facts_of(run.manifest, run.folds);
  EXPECT_EQ(run.audit().verdict, Verdict::kValid);
  EXPECT_EQ(
      rule_of(run.audit(), "class-absent").detail,
      "no fold of 3 that were trained dropped a class; 1 time a class could not be trained, since all its clips are of people that the "
      "fold leaves out: 'surprise' in fold 'synth/p2'; 3 of 3 folds test no clip of some class, so F1 averaged over folds would mean "
      "little");
}

TEST(ClassAbsent, ClipsHeldOutCountWhenTheModelIsFittedAgainOnThem) {
  MadeRun run;
  FoldRecord& fold = run.folds[0];
  fold.validation = {fold.train[1]};  // synth/p2/b
  fold.train = {fold.train[0], fold.train[2]};
  run.facts.settings->selects = true;
  EXPECT_EQ(rule_of(run.audit(), "class-absent").detail,
            "1 time a fold was trained without a clip of a class that it had clips of: 'positive' in fold 'synth/p1'")
      << "synth/p3/b was neither held out nor trained on";
  run.facts.settings->refits = true;
  EXPECT_EQ(rule_of(run.audit(), "class-absent").status, RuleStatus::kPassed);
}

TEST(PlanRules, LeakIsToldBeforeAnythingIsTrained) {
  const MadeRun clean;
  EXPECT_TRUE(audit_plan(clean.folds, clean.manifest, /*refits=*/false));
  MadeRun leaking;
  leaking.folds[0].train.emplace_back("synth/p1/b");
  leaking.manifest.clips[5].files[1].sha256 = leaking.manifest.clips[2].files[0].sha256;
  const core::Status stopped = audit_plan(leaking.folds, leaking.manifest, /*refits=*/false);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code(), core::ErrorCode::kAudit);
  EXPECT_EQ(
      stopped.error().render(),
      "error: subject-overlap: 1 subject is on both sides of a fold: 'synth/p1' in fold 'synth/p1'\n"
      "      | note: a fold is to test people it does not train on\n"
      "error: image-duplicates: 1 pair of clips of two subjects, or on both sides of a fold, has files of the same bytes: 'synth/p2/a' and "
      "'synth/p3/b' (1 file)\n"
      "      | note: one of the two clips is not what its name says: mend or leave out its row\n");
}

}  // namespace
}  // namespace mexbench::audit
