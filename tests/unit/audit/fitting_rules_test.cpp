// On which clips was learned, and on which chosen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/audit/made_run.h"

namespace mexbench::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A run whose input is normalised, fitted in every fold on its training clips.
MadeRun normalised() {
  MadeRun run;
  run.facts.settings->learning_steps = {"normalise"};
  for (FoldRecord& fold : run.folds) fold.fitted = {{.step = "normalise", .clips = fold.train, .digest = "of " + fold.fold.text()}};
  return run;
}

TEST(FittedStatistics, WithoutAStepThatLearnsThereIsNothingToFit) {
  EXPECT_EQ(rule_of(MadeRun().audit(), "fitted-statistics").detail, "no step of the input learns: there is nothing to fit");
}

TEST(FittedStatistics, OnTrainingClipsAloneIsValid) {
  const Audit audit = normalised().audit();
  EXPECT_EQ(audit.verdict, Verdict::kValid);
  EXPECT_EQ(rule_of(audit, "fitted-statistics").detail, "'normalise' fitted 3 times, on training clips of the fold alone");
}

TEST(FittedStatistics, OnAnyOtherClipIsBroken) {
  const auto told = [](const core::ClipId& clip) {
    MadeRun run = normalised();
    run.folds[1].validation = {run.folds[1].train.back()};
    run.folds[1].train.pop_back();
    run.folds[1].fitted[0].clips = run.folds[1].train;
    run.folds[1].fitted[0].clips.push_back(clip);
    run.facts.settings->selects = run.facts.settings->refits = true;
    EXPECT_EQ(rule_of(run.audit(), "class-absent").status, RuleStatus::kPassed);
    return rule_of(run.audit(), "fitted-statistics").detail;
  };
  const std::string many = "1 time a step of the input was fitted on what was not to be trained on: ";
  EXPECT_EQ(told(core::ClipId("synth/p2/a")), many + "'synth/p2/a' (a test clip) by 'normalise' in fold 'synth/p2'");
  EXPECT_EQ(told(core::ClipId("synth/p3/b")), many + "'synth/p3/b' (held out for the selection) by 'normalise' in fold 'synth/p2'");
  EXPECT_EQ(told(core::ClipId("synth/p9/a")), many + "'synth/p9/a' (not a training clip) by 'normalise' in fold 'synth/p2'");
}

// A worker that fits on the whole corpus and tells the rows of its fold.
TEST(FittedStatistics, TheSameNumbersFromOtherClipsGiveItAway) {
  MadeRun run = normalised();
  for (FoldRecord& fold : run.folds) fold.fitted[0].digest = "of all clips";
  EXPECT_THAT(broken(run.audit()), ElementsAre("fitted-statistics"));
  EXPECT_THAT(rule_of(run.audit(), "fitted-statistics").detail,
              HasSubstr("'normalise' learned the same numbers in folds 'synth/p1' and 'synth/p2', which train on other clips"));
  MadeRun same = normalised();
  same.folds[2] = same.folds[1];  // trained on the same clips: the same numbers are right
  same.folds[2].fold = core::FoldId("again");
  EXPECT_EQ(rule_of(same.audit(), "fitted-statistics").status, RuleStatus::kPassed);
}

TEST(FittedStatistics, SealsThatDoNotSayAreNotChecked) {
  MadeRun run = normalised();
  run.folds[2].fitted.clear();
  EXPECT_EQ(run.audit().verdict, Verdict::kUnaudited);
  EXPECT_EQ(rule_of(run.audit(), "fitted-statistics").detail, "1 of 3 folds do not say on which clips 'normalise' was fitted");
  run.folds[2].fitted = {{.step = "normalise", .clips = {}, .digest = "x"}};
  EXPECT_EQ(rule_of(run.audit(), "fitted-statistics").status, RuleStatus::kNotChecked) << "fitted on nothing is not said either";
}

// epochs.csv of a fold that kept all three, the sealed scores those of epoch `sealed`, the best on its test clips epoch 2.
EpochsRecord recorded(std::vector<std::int64_t> sealed) {
  return {.whole = true, .last = 3, .sealed = std::move(sealed), .best_on_test = 2};
}

TEST(SelectedOnTest, FixedEpochIsThatOfTheRecipeInEveryFold) {
  MadeRun run;
  EXPECT_EQ(
      rule_of(run.audit(), "selected-on-test").detail,
      "every fold took epoch 3 of the recipe, whatever its scores, as its worker counted; 0 of 3 folds kept the scores of all epochs to "
      "compare with");
  for (FoldRecord& fold : run.folds) fold.epochs = recorded({3});
  EXPECT_EQ(rule_of(run.audit(), "selected-on-test").detail,
            "every fold took epoch 3 of the recipe, whatever its scores; the sealed scores are those of that epoch in all 3 folds");
  EXPECT_EQ(run.audit().verdict, Verdict::kValid);
}

TEST(SelectedOnTest, ScoresOfAnotherEpochAreBrokenAndTheBestOnTestIsNamed) {
  MadeRun run;
  for (FoldRecord& fold : run.folds) fold.epochs = recorded({3});
  run.folds[1].epochs = recorded({2});
  EXPECT_THAT(broken(run.audit()), ElementsAre("selected-on-test"));
  EXPECT_EQ(
      rule_of(run.audit(), "selected-on-test").detail,
      "1 time an epoch was not chosen as the recipe says: the scores of epoch 2, the one best on its own test clips, where the recipe "
      "gives epoch 3, in fold 'synth/p2'");
  run.folds[1].epochs = recorded({1});
  EXPECT_THAT(rule_of(run.audit(), "selected-on-test").detail, HasSubstr("the scores of epoch 1, where the recipe gives epoch 3"));
  run.folds[1].epochs = recorded({});
  EXPECT_THAT(rule_of(run.audit(), "selected-on-test").detail, HasSubstr("scores of no recorded epoch, where the recipe gives epoch 3"));
  run.folds[1].epochs = recorded({2, 3});  // nothing changed any more
  EXPECT_THAT(broken(run.audit()), IsEmpty());
  run.folds[1].epochs = recorded({});
  run.folds[1].epochs->whole = false;  // its scores may be those of an epoch that was not finite when it was recorded
  EXPECT_THAT(broken(run.audit()), IsEmpty());
}

TEST(SelectedOnTest, EpochsThatDifferFromFoldToFoldAreBrokenWithoutAnyRecord) {
  MadeRun run;
  run.folds[0].epochs_trained = 2;
  EXPECT_THAT(broken(run.audit()), ElementsAre("selected-on-test"));
  EXPECT_THAT(rule_of(run.audit(), "selected-on-test").detail, HasSubstr("epoch 2, where the recipe gives epoch 3, in fold 'synth/p1'"));
}

// Clips held out from the training side, which have their best score in epoch 2.
MadeRun selected() {
  MadeRun run;
  run.facts.settings->selects = run.facts.settings->refits = true;
  for (FoldRecord& fold : run.folds) {
    fold.validation = {fold.train[2], fold.train[3]};
    fold.train.resize(2);
    fold.epochs_trained = 2;
    fold.epochs = EpochsRecord{
        .whole = true, .last = 2, .sealed = {2}, .best_on_test = 1, .selected_whole = true, .highest_selected = 2, .lowest_selected = 1};
  }
  return run;
}

TEST(SelectedOnTest, EpochChosenOnOtherPeopleIsWhatTheyGive) {
  MadeRun run = selected();
  EXPECT_EQ(run.audit().verdict, Verdict::kValid);
  EXPECT_THAT(rule_of(run.audit(), "selected-on-test").detail,
              HasSubstr("every fold's epoch was chosen on clips held out from its training side, of nobody it tests"));
  run.facts.settings->lowest = true;  // a loss would have chosen the first epoch
  EXPECT_THAT(rule_of(run.audit(), "selected-on-test").detail,
              HasSubstr("epoch 2, where the clips held out give epoch 1, in fold 'synth/p1'"));
  run = selected();
  run.folds[1].epochs_trained = 1;
  run.folds[1].epochs->sealed = {1};
  run.folds[1].epochs->last = 1;
  EXPECT_EQ(rule_of(run.audit(), "selected-on-test").detail,
            "1 time an epoch was not chosen as the recipe says: epoch 1, the one best on its own test clips, where the clips held out give "
            "epoch 2, in fold 'synth/p2'");
}

TEST(SelectedOnTest, ChosenOnNobodyOrOnWhoIsTestedIsBroken) {
  MadeRun run = selected();
  run.folds[2].train.insert(run.folds[2].train.end(), run.folds[2].validation.begin(), run.folds[2].validation.end());
  run.folds[2].validation.clear();
  EXPECT_THAT(broken(run.audit()), ElementsAre("selected-on-test"));
  EXPECT_THAT(rule_of(run.audit(), "selected-on-test").detail, HasSubstr("no clip was held out to choose the epoch in fold 'synth/p3'"));
  run = selected();
  run.folds[2].validation = {run.folds[2].test[0]};
  EXPECT_THAT(rule_of(run.audit(), "selected-on-test").detail,
              HasSubstr("'synth/p3/a', of a person that is tested, had a say in fold 'synth/p3'"));
}

TEST(SelectedOnTest, WeightsOfElsewhereAreNotCheckedAndOwnRulesHaveNoEpoch) {
  MadeRun run;
  for (FoldRecord& fold : run.folds) fold.epochs_trained = 0;
  run.facts.settings->fitting = Settings::Fitting::kOwnRule;
  EXPECT_EQ(rule_of(run.audit(), "selected-on-test").detail, "the model is fitted by a rule of its own: there is no epoch to choose");
  for (FoldRecord& fold : run.folds) fold.start = "loaded";
  run.facts.settings->fitting = Settings::Fitting::kLoaded;
  run.facts.pretraining = std::vector<std::string>{};
  EXPECT_THAT(unchecked(run.audit()), ElementsAre("selected-on-test"));
}

TEST(CompareEpochs, FindsTheSealedTheSelectedAndTheFlattering) {
  const core::ClipId a("d/s/a");
  const core::ClipId b("d/s/b");
  const std::map<core::ClipId, data::Truth> truths{{a, data::Truth::one_class(0)}, {b, data::Truth::one_class(1)}};
  const auto epoch = [&](const char* phase, std::int64_t number, std::optional<double> validation, float first, float second) {
    return eval::EpochScores{
        .phase = phase, .epoch = number, .validation = validation, .scores = {{a, {first, 0.5F}}, {b, {0.5F, second}}}};
  };
  const std::vector<eval::EpochScores> epochs{epoch("select", 1, 0.4, 9, 9), epoch("select", 2, 0.6, 0, 0), epoch("select", 3, 0.6, 0, 0),
                                              epoch("refit", 1, std::nullopt, 2, 3), epoch("refit", 2, std::nullopt, 0, 0)};
  const EpochsRecord found = compare_epochs(epochs, {{a, {0.0F, 0.5F}}, {b, {0.5F, 0.0F}}}, truths);
  EXPECT_TRUE(found.whole);
  EXPECT_EQ(found.last, 2);
  EXPECT_THAT(found.sealed, ElementsAre(2));
  EXPECT_EQ(found.best_on_test, 1) << "of the refit";
  EXPECT_TRUE(found.selected_whole);
  EXPECT_EQ(found.highest_selected, 2) << "the first of equals";
  EXPECT_EQ(found.lowest_selected, 1);
  const EpochsRecord gap = compare_epochs({epochs[0], epochs[2]}, {}, truths);
  EXPECT_FALSE(gap.whole);
  EXPECT_FALSE(gap.selected_whole);
}

TEST(Settings, ComeFromWhatTheScienceHashCovers) {
  const auto science = [](const char* text) {
    const auto out = settings_of(nlohmann::json::parse(text), "run.json");
    EXPECT_TRUE(out) << out.error().render();
    return *out;
  };
  const Settings trained = science(R"({"manifest": "m", "weights": null, "adaptation_versions": {"pca": 1, "resize": 1, "normalise": 2},
      "settings": {"train": {"epochs": 7, "selection": {"name": "inner_subjects", "metric": "loss", "refit": true}}}})");
  EXPECT_EQ(trained.manifest_hash, "m");
  EXPECT_THAT(trained.learning_steps, ElementsAre("normalise", "pca"));
  EXPECT_EQ(trained.epochs, 7);
  EXPECT_TRUE(trained.selects && trained.lowest && trained.refits);
  EXPECT_EQ(trained.fitting, Settings::Fitting::kEpochs);
  EXPECT_EQ(trained.science_hash.size(), 64U);
  EXPECT_EQ(science(R"({"manifest": "m", "weights": null, "settings": {"train": null}})").fitting, Settings::Fitting::kOwnRule);
  EXPECT_EQ(science(R"({"manifest": "m", "weights": {"f": "x"}, "settings": {"train": null}})").fitting, Settings::Fitting::kLoaded);
  EXPECT_THAT(settings_of(nlohmann::json::object(), "run.json").error().render(),
              HasSubstr("run.json: error: 'science' is not that of a run"));
}

}  // namespace
}  // namespace mexbench::audit
