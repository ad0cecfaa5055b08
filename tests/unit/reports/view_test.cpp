#include "reports/view.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "unit/reports/run_folders.h"

namespace mexbench::reports {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MadeRun;
using ::testing::Not;
using testing::ScratchFolder;
using ::testing::SizeIs;
using testing::tiny_run;

ReportView view_of(const std::vector<MadeRun>& runs) {
  const ScratchFolder out;
  std::vector<std::filesystem::path> folders;
  folders.reserve(runs.size());
  for (const MadeRun& run : runs) folders.push_back(run.write(out.path()));
  const auto data = load_runs(folders);
  if (!data) {
    ADD_FAILURE() << data.error().render();
    return {};
  }
  return make_view(*data);
}

MadeRun tiny(const std::string& label, std::uint64_t seed) {
  MadeRun run = tiny_run();
  run.label = label;
  run.seed = seed;
  return run;
}

// Every clip right.
MadeRun perfect(const std::string& label, std::uint64_t seed) {
  MadeRun run = tiny(label, seed);
  for (auto& clip : run.clips) clip.predicted = clip.truth;
  return run;
}

// Worked by hand: F1 negative 2*2/(4+1+1) = 2/3, positive 2*1/(2+1+1) = 1/2, surprise 1; UF1 = 13/18. UAR = (2/3 + 1/2 + 1)/3 = 13/18.
constexpr double kTiny = 13.0 / 18.0;

TEST(View, ScoresStandByScopeWithAllFirst) {
  const ReportView view = view_of({tiny("a", 0)});
  ASSERT_THAT(view.runs, SizeIs(1));
  ASSERT_THAT(view.runs[0].scopes, SizeIs(3));
  EXPECT_EQ(view.runs[0].scopes[0].scope, "all");
  EXPECT_EQ(view.runs[0].scopes[1].scope, "casme2");
  EXPECT_NEAR(*view.runs[0].scopes[0].scores.uf1.value, kTiny, 1e-12);
  EXPECT_NEAR(*view.runs[0].scopes[0].scores.uar.value, kTiny, 1e-12);
  EXPECT_EQ(view.title, "tiny");
}

TEST(View, WhatChoosingTheEpochOnTestSubjectsWouldGiveIsAFactOfTheRun) {
  const auto facts_of = [](bool recorded) {
    const ScratchFolder out;
    const std::filesystem::path folder = tiny("a", 0).write(out.path());
    if (recorded) {
      const ScratchFolder other;
      const std::filesystem::path better = perfect("a", 0).write(other.path());
      nlohmann::json best = {{"schema", "mexbench.best-epoch/1"}, {"rule", "..."}, {"epochs", nlohmann::json::object()}};
      best["metrics"] = nlohmann::json::parse(testing::read_text(better / "metrics.json"));
      testing::write_text(folder / "best_epoch.json", best.dump());
    }
    const auto data = load_runs(std::vector{folder});
    EXPECT_TRUE(data) << data.error().render();
    const ReportView view = make_view(*data);
    std::string found;
    for (const Fact& fact : view.runs[0].facts) {
      if (fact.key == "if the epoch were chosen on each test subject") found = fact.value;
    }
    return found;
  };
  EXPECT_EQ(facts_of(true), "UF1 1.0000 (+0.2778), UAR 1.0000 (+0.2778); not a score of this run");
  EXPECT_EQ(facts_of(false), "");
}

TEST(View, UndefinedFigureCarriesItsReasonAsAFootnoteOncePerReason) {
  const ReportView view = view_of({tiny("a", 0), tiny("b", 0)});
  const ScopeView* smic = view.runs[0].find("smic");
  ASSERT_NE(smic, nullptr);
  EXPECT_FALSE(smic->scores.uf1.value.has_value());
  ASSERT_GE(smic->scores.uf1.note, 1U);
  EXPECT_EQ(view.notes[smic->scores.uf1.note - 1], "class 'surprise' has no clips and is never predicted");
  EXPECT_EQ(view.runs[1].find("smic")->scores.uf1.note, smic->scores.uf1.note);
  EXPECT_EQ(std::count(view.notes.begin(), view.notes.end(), "class 'surprise' has no clips and is never predicted"), 1);
}

TEST(View, SeedsOfAModelGiveMeanAndRange) {
  const ReportView view = view_of({tiny("a", 0), perfect("a", 1)});
  ASSERT_THAT(view.models, SizeIs(1));
  const ScopeSpread* all = view.models[0].find("all");
  ASSERT_NE(all, nullptr);
  EXPECT_NEAR(*all->uf1.mean.value, (kTiny + 1.0) / 2.0, 1e-12);
  EXPECT_NEAR(all->uf1.low, kTiny, 1e-12);
  EXPECT_NEAR(all->uf1.high, 1.0, 1e-12);
  EXPECT_TRUE(view.several_seeds());
}

TEST(View, MeanOverSeedsIsUndefinedWhenASeedIs) {
  const ReportView view = view_of({tiny("a", 0), perfect("a", 1)});
  EXPECT_FALSE(view.models[0].find("smic")->uf1.mean.value.has_value());
}

TEST(View, SeedsSortAsNumbers) {
  const ReportView view = view_of({tiny("a", 10), tiny("a", 9), tiny("a", 2)});
  ASSERT_THAT(view.runs, SizeIs(3));
  EXPECT_EQ(view.runs[0].seed, 2U);
  EXPECT_EQ(view.runs[2].seed, 10U);
}

TEST(View, FloorStandsOnceForTheRunsOfAGroup) {
  const ReportView view = view_of({tiny("a", 0), tiny("a", 1), tiny("b", 0)});
  ASSERT_THAT(view.scopes, SizeIs(3));
  for (const ScopeGroup& group : view.scopes) {
    ASSERT_THAT(group.floors, SizeIs(1)) << group.scope;
    EXPECT_THAT(group.floors[0].runs, ElementsAre(0, 1, 2));
    EXPECT_EQ(group.floors[0].of, "");
    EXPECT_EQ(group.floors[0].answers, group.scope == "smic" ? "'negative' in the only fold" : "'negative' in every fold");
  }
  const FloorView& all = view.scopes[0].floors[0];
  // 'negative' for each of 6 clips, right for 3: F1 = 2*3/(6+3) = 2/3 for one of three classes.
  EXPECT_NEAR(*all.majority.uf1.value, 2.0 / 9.0, 1e-12);
  EXPECT_NEAR(*all.majority.uar.value, 1.0 / 3.0, 1e-12);
  EXPECT_NEAR(*all.majority.accuracy.value, 0.5, 1e-12);
  EXPECT_LT(all.random.uf1.low, *all.random.uf1.mean.value);
  EXPECT_LT(*all.random.uf1.mean.value, all.random.uf1.high);
  const FloorView& smic = view.scopes[2].floors[0];
  ASSERT_GE(smic.majority.uf1.note, 1U) << "smic has no clip of surprise";
  EXPECT_EQ(view.notes[smic.majority.uf1.note - 1], "class 'surprise' has no clips and is never predicted");
  EXPECT_THAT(view.notes[smic.random.uf1.mean.note - 1], ::testing::HasSubstr("of 1000 random draws class 'surprise' has no clips"));
  EXPECT_THAT(view.floorless, IsEmpty());
}

// On casme2 alone, its folds train on other clips than casme2's folds of the composite.
TEST(View, ExperimentsHaveFloorsOfTheirOwn) {
  MadeRun one = tiny("a", 0);
  one.experiment = "casme2";
  one.clips.resize(4);
  const ReportView view = view_of({tiny("a", 0), tiny("b", 0), one});
  const auto casme2 = std::find_if(view.scopes.begin(), view.scopes.end(), [](const ScopeGroup& group) { return group.scope == "casme2"; });
  ASSERT_NE(casme2, view.scopes.end());
  ASSERT_THAT(casme2->floors, SizeIs(2));
  std::vector<std::string> owners{casme2->floors[0].of, casme2->floors[1].of};
  EXPECT_THAT(owners, ElementsAre("casme2", "tiny"));
  EXPECT_EQ(casme2->floor_of(casme2->floors[1].runs.front()), &casme2->floors[1]);
  EXPECT_EQ(view.scopes[0].floors[0].of, "");
}

TEST(View, RunsWithoutAFloorAreNamedAndTakeNoOthers) {
  MadeRun old = tiny("b", 0);
  old.has_floor = false;
  const ReportView view = view_of({tiny("a", 0), old});
  EXPECT_THAT(view.floorless, ElementsAre("b"));
  ASSERT_THAT(view.scopes[0].floors, SizeIs(1));
  EXPECT_EQ(view.scopes[0].floors[0].of, "a");
  EXPECT_EQ(view.scopes[0].floor_of(1), nullptr);
  EXPECT_THAT(view.sentences,
              Contains("The floor of b is not known: the folder of a run has no floor.json. 'mexbench resume' with the experiment's "
                       "folder writes it from the sealed folds and computes none anew."));
}

TEST(View, SubjectClipsAreThoseOfOneRun) {
  MadeRun fewer = tiny("b", 0);
  fewer.clips.pop_back();
  const ReportView view = view_of({tiny("a", 0), tiny("a", 1), fewer});
  EXPECT_EQ(view.subjects[2].clips, 2);
  EXPECT_EQ(view.subjects[2].models[0]->clips, 2);
  EXPECT_EQ(view.subjects[2].models[1]->clips, 1);
}

TEST(View, SubjectsAverageOverSeedsAndKeepClipCounts) {
  const ReportView view = view_of({tiny("a", 0), perfect("a", 1), perfect("b", 0)});
  ASSERT_THAT(view.subjects, SizeIs(3));
  EXPECT_EQ(view.subjects[2].subject, "s01");
  EXPECT_EQ(view.subjects[2].clips, 2);
  ASSERT_TRUE(view.subjects[2].models[0].has_value());
  EXPECT_DOUBLE_EQ(view.subjects[2].models[0]->accuracy, 0.5);
  EXPECT_DOUBLE_EQ(view.subjects[2].models[1]->accuracy, 1.0);
}

// Of the datasets of tiny_run, by the rule our runs use.
testing::json published_of_tiny() {
  testing::json published = testing::published_result();
  published["scores"].erase("samm");
  published["selection_rule"] = "last epoch (500 epochs)";
  return published;
}

TEST(View, PublishedDifferenceIsOursMinusPublished) {
  MadeRun run = tiny("ststnet", 0);
  run.run["published"] = {published_of_tiny()};
  const ReportView view = view_of({run});
  ASSERT_THAT(view.published, SizeIs(1));
  EXPECT_EQ(view.published[0].model, 0U);
  EXPECT_THAT(view.published[0].cautions, IsEmpty());
  ASSERT_THAT(view.published[0].rows, SizeIs(6)) << "three scopes, UF1 and UAR; no accuracy was published";
  EXPECT_EQ(view.published[0].rows[0].scope, "all");
  EXPECT_NEAR(*view.published[0].rows[0].difference, kTiny - 0.7353, 1e-12);
}

TEST(View, PublishedUnderAnotherSelectionRuleIsACaution) {
  MadeRun run = tiny("ststnet", 0);
  run.run["published"] = {published_of_tiny()};
  const auto cautions = [&](const char* theirs) {
    run.run["published"][0]["selection_rule"] = theirs;
    return view_of({run}).published[0].cautions;
  };
  EXPECT_THAT(
      cautions("best epoch per test subject"),
      ElementsAre("selected by another rule, theirs 'best epoch per test subject', ours 'fixed_epoch': part of the difference may be "
                  "the selection"));
  EXPECT_THAT(cautions("Last epoch, 800 epochs"), IsEmpty());
  EXPECT_THAT(cautions(""), ElementsAre(HasSubstr("the source's selection rule is not recorded")));
  run.run["train"]["selection"] = {{"name", "inner_subjects"}, {"validation_share", 0.2}};
  EXPECT_THAT(cautions("fixed_epoch"), ElementsAre(HasSubstr("theirs 'fixed_epoch', ours 'inner_subjects'")));
  EXPECT_THAT(cautions("inner subjects, one in five"), IsEmpty());
  run.run["train"] = nullptr;
  run.model["trained"] = false;
  run.model["weights"] = "{subject}.pth";
  EXPECT_THAT(cautions("last epoch"), IsEmpty());
  EXPECT_THAT(cautions("best epoch per test subject"), ElementsAre(HasSubstr("ours 'loaded weights'")));
}

// One dataset of the composite: its counterpart is the published row of that dataset, never the composite's.
TEST(View, RunOnOneDatasetIsComparedWithThatDatasetAlone) {
  MadeRun run = tiny("ststnet", 0);
  run.clips.resize(4);  // casme2
  run.run["published"] = {testing::published_result()};
  const ReportView view = view_of({run});
  ASSERT_THAT(view.scopes, SizeIs(1));
  EXPECT_EQ(view.scopes[0].title, "casme2");
  EXPECT_NE(view.runs[0].find("casme2"), nullptr);
  const PublishedView& published = view.published[0];
  EXPECT_EQ(published.find("all", "UF1")->absent, "not comparable");
  EXPECT_FALSE(published.find("all", "UF1")->difference.has_value());
  EXPECT_NEAR(*published.find("casme2", "UF1")->difference, 1.0 - 0.8382, 1e-12);
  EXPECT_EQ(published.cautions.front(),
            "the source's 'all' covers samm and smic, which are not in this run: no difference is formed for it");
  EXPECT_EQ(view.sentences.front(), "ststnet reaches UF1 1.0000 and UAR 1.0000 on 4 clips of 2 subjects of casme2.");
  EXPECT_THAT(
      view.sentences,
      Contains(HasSubstr("The published UF1 (liong2019-table2) is 0.8382; ours is 0.1618 above it. Caution: selected by another rule")));
  EXPECT_THAT(view.sentences, Not(Contains(HasSubstr("0.7353"))));
}

TEST(View, PublishedAllOfMoreDatasetsIsNoCounterpart) {
  MadeRun run = tiny("ststnet", 0);
  run.run["published"] = {testing::published_result()};  // with samm
  const ReportView view = view_of({run});
  EXPECT_FALSE(view.published[0].find("all", "UF1")->difference.has_value());
  EXPECT_TRUE(view.published[0].find("smic", "UAR")->ours.has_value());
  EXPECT_THAT(view.sentences, Contains(HasSubstr("The published UF1 (liong2019-table2) is 0.7353; it is no counterpart of ours. Caution: "
                                                 "the source's 'all' covers samm, which is not in this run")));
}

TEST(View, PublishedAllWithoutDatasetsTakesThoseOfItsNeighboursOrSaysSo) {
  testing::json whole = published_of_tiny(), bare = published_of_tiny();
  bare["id"] = "bare";
  bare["scores"] = {{"all", {{"uf1", 0.5}}}};
  MadeRun both = tiny("ststnet", 0), one = tiny("ststnet", 0);
  one.clips.resize(4);
  both.run["published"] = {bare};
  EXPECT_THAT(view_of({both}).published[0].cautions,
              ElementsAre("the source has no scores of casme2 and smic alone: that its 'all' covers them is taken for granted"));
  both.run["published"] = one.run["published"] = {whole, bare};
  EXPECT_THAT(view_of({both}).published[1].cautions, IsEmpty());
  EXPECT_THAT(view_of({one}).published[1].cautions, ElementsAre(HasSubstr("covers smic, which is not in this run")));
  one.run["published"] = {bare};
  EXPECT_THAT(view_of({one}).published[0].cautions, ElementsAre(HasSubstr("names no dataset")));
  EXPECT_FALSE(view_of({one}).published[0].rows[0].difference.has_value());
}

TEST(View, ExperimentsOnOtherDatasetsStandInGroupsOfTheirOwn) {
  MadeRun one = tiny("a", 0), two = tiny("a", 0);
  one.experiment = "casme2-only";
  one.clips.resize(4);
  const ReportView view = view_of({one, two});
  ASSERT_THAT(view.scopes, SizeIs(3));
  EXPECT_EQ(view.scopes[0].title, "all datasets");
  EXPECT_EQ(view.runs[0].in(view.scopes[0]), nullptr) << "its 'all' is casme2";
  EXPECT_NE(view.runs[1].in(view.scopes[0]), nullptr);
  EXPECT_NE(view.runs[0].in(view.scopes[1]), nullptr);
  EXPECT_TRUE(view.scopes[1].is_whole(view.runs[0].datasets));
  EXPECT_FALSE(view.scopes[1].is_whole(view.runs[1].datasets));
}

TEST(View, RunsOnOtherPairsOfDatasetsAreNamedByThem) {
  MadeRun one = tiny("a", 0), two = tiny("a", 0);
  one.experiment = "first";
  for (auto& clip : one.clips) {
    if (clip.dataset == "smic") clip.dataset = "samm";
  }
  const ReportView view = view_of({one, two});
  ASSERT_GE(view.scopes.size(), 2U);
  EXPECT_EQ(view.scopes[0].title, "casme2 + samm");
  EXPECT_EQ(view.scopes[1].title, "casme2 + smic");
}

TEST(View, RunsWithOtherSettingsAreNoSeedsOfOneModel) {
  MadeRun one = tiny("a", 0), two = perfect("a", 1);
  one.run["train"]["epochs"] = 3;
  two.run["train"]["epochs"] = 1;
  one.model["params"] = {{"dropout", 0.5}};
  const ReportView view = view_of({one, two});
  ASSERT_THAT(view.models, SizeIs(2));
  EXPECT_EQ(view.models[0].name, "a, seed 0");
  EXPECT_THAT(view.models[0].differing, ElementsAre("params.dropout (0.5, absent)", "train.epochs (3, 1)"));
  EXPECT_FALSE(view.several_seeds());
  EXPECT_EQ(view.sentences.front(),
            "The runs of a differ in params.dropout (0.5, absent) and train.epochs (3, 1), so each stands by itself: there is no mean over "
            "them, and they are not ranked.");
  EXPECT_THAT(view.sentences, Not(Contains(HasSubstr("mean UF1"))));
  EXPECT_THAT(view.sentences, Not(Contains(HasSubstr("highest"))));
}

TEST(View, EverySettingButTheSeedTellsRunsApart) {
  const std::vector<std::function<void(MadeRun&)>> edits = {[](MadeRun& run) { run.model["name"] = "offapexnet"; },
                                                            [](MadeRun& run) {
                                                              run.model["params"] = {{"dropout", 0.1}};
                                                            },
                                                            [](MadeRun& run) {
                                                              run.model["input_channels"] = {"u", "v"};
                                                            },
                                                            [](MadeRun& run) {
                                                              run.model["adaptation"] = {{"resize", {{"height", 64}}}};
                                                            },
                                                            [](MadeRun& run) { run.model["trained"] = false; },
                                                            [](MadeRun& run) { run.model["weights"] = "other.pth"; },
                                                            [](MadeRun& run) { run.run["train"]["optimizer"]["lr"] = 0.1; },
                                                            [](MadeRun& run) { run.run["train"] = nullptr; },
                                                            [](MadeRun& run) { run.run["protocol"]["name"] = "lodo"; },
                                                            [](MadeRun& run) {
                                                              run.run["protocol"]["options"] = {{"folds", 3}};
                                                            },
                                                            [](MadeRun& run) { run.apex_source = "spotted"; },  // another manifest
                                                            [](MadeRun& run) { run.clips.pop_back(); }};
  EXPECT_THAT(view_of({tiny("a", 0), tiny("a", 1)}).models, SizeIs(1));
  for (std::size_t i = 0; i < edits.size(); ++i) {
    MadeRun other = tiny("a", 1);
    edits[i](other);
    EXPECT_THAT(view_of({tiny("a", 0), other}).models, SizeIs(2)) << i;
  }
}

TEST(View, ReasonsStandOnceWithTheirRuns) {
  MadeRun leaking = tiny("b", 1);
  leaking.judge("INVALID", {"subject-overlap: x"});
  const ReportView view = view_of({tiny("a", 0), tiny("a", 1), tiny("b", 0), leaking});
  ASSERT_THAT(view.reasons, SizeIs(2));
  EXPECT_EQ(view.reasons[0].verdict, "INVALID");
  EXPECT_EQ(view.reasons[0].runs, "b, seed 1");
  EXPECT_EQ(view.reasons[1].reason, "not every rule was checked");
  EXPECT_EQ(view.reasons[1].runs, "a, seeds 0 and 1; b, seed 0");
  EXPECT_EQ(view_of({tiny("a", 0), tiny("a", 1)}).reasons[0].runs, "all 2 runs");
}

TEST(View, VerdictOfAModelIsThatOfItsRuns) {
  MadeRun valid = tiny("a", 0), leaking = tiny("a", 1);
  valid.judge("VALID");
  leaking.judge("INVALID");
  EXPECT_EQ(view_of({valid}).models[0].verdict, "VALID");
  EXPECT_EQ(view_of({leaking}).models[0].verdict, "INVALID");
  EXPECT_EQ(view_of({valid, leaking}).models[0].verdict, "includes INVALID");
  EXPECT_EQ(view_of({valid, tiny("a", 1)}).models[0].verdict, "includes UNAUDITED");
}

TEST(View, PublishedResultIsListedOnceForAllRunsOfAnExperiment) {
  MadeRun one = tiny("ststnet", 0), two = tiny("ststnet", 1);
  one.run["published"] = two.run["published"] = {testing::published_result()};
  EXPECT_THAT(view_of({one, two}).published, SizeIs(1));
}

TEST(View, PublishedConventionAndReadingAreCautions) {
  MadeRun run = tiny("other", 0);
  testing::json published = testing::published_result();
  published["metric_convention"] = "fold_averaged";
  published["read_in_full"] = false;
  run.run["published"] = {published};
  const ReportView view = view_of({run});
  EXPECT_FALSE(view.published[0].model.has_value());
  EXPECT_THAT(view.published[0].cautions,
              ElementsAre("no complete run of model 'ststnet' is here, so no difference is formed",
                          "published as a mean over folds, ours is pooled over folds: part of the difference is the convention",
                          "the source was not read in full"));
  EXPECT_FALSE(view.published[0].rows[0].difference.has_value());
}

TEST(View, InputCountsClipsSubjectsClassesAndApexSources) {
  const ReportView view = view_of({tiny("a", 0), tiny("b", 0)});
  ASSERT_THAT(view.inputs, SizeIs(1)) << "one manifest for both models";
  EXPECT_THAT(view.inputs[0].used_by, ElementsAre("a", "b"));
  ASSERT_THAT(view.inputs[0].counts, SizeIs(3));
  EXPECT_EQ(view.inputs[0].counts[2].dataset, "all");
  EXPECT_THAT(view.inputs[0].counts[2].per_class, ElementsAre(3, 2, 1));
  EXPECT_EQ(view.inputs[0].counts[0].apex, "annotated 4");
  EXPECT_EQ(view.inputs[0].counts[0].subjects, 2);
}

TEST(View, IncompleteRunIsListedAndItsScoresAreNot) {
  MadeRun open = tiny("a", 0);
  open.run["state"] = "interrupted";
  open.run["folds"] = {{"planned", 3}, {"sealed", 2}, {"failed", {{{"fold", "smic/s01"}, {"reason", "loss is not finite"}}}}};
  const ReportView view = view_of({open, tiny("b", 0)});
  ASSERT_THAT(view.incomplete, SizeIs(1));
  EXPECT_EQ(view.incomplete[0].sealed, 2);
  EXPECT_EQ(view.incomplete[0].failed[0].reason, "loss is not finite");
  ASSERT_THAT(view.runs, SizeIs(1));
  EXPECT_EQ(view.runs[0].model, "b");
  EXPECT_THAT(view.models, SizeIs(1));
}

TEST(View, SeveralExperimentsTellModelsOfOneLabelApart) {
  MadeRun other = tiny("a", 0);
  other.experiment = "second";
  const ReportView view = view_of({tiny("a", 0), other});
  ASSERT_THAT(view.models, SizeIs(2));
  EXPECT_EQ(view.models[0].name, "second / a");
  EXPECT_EQ(view.models[1].name, "tiny / a");
}

TEST(Sentences, OneModelOneSeed) {
  EXPECT_EQ(view_of({tiny("a", 0)}).sentences.front(), "a reaches UF1 0.7222 and UAR 0.7222 on 6 clips of 3 subjects.");
}

TEST(Sentences, OneModelUndefinedSaysWhy) {
  MadeRun run = tiny("a", 0);
  run.clips.erase(run.clips.begin() + 3);  // the only clip of surprise
  EXPECT_EQ(
      view_of({run}).sentences.front(),
      "a reaches no UF1 (class 'surprise' has no clips and is never predicted) and no UAR (class 'surprise' has no clips) on 5 clips of 3 "
      "subjects.");
}

TEST(Sentences, OneModelSeveralSeedsGivesMeanAndRange) {
  EXPECT_EQ(view_of({tiny("a", 0), perfect("a", 1)}).sentences.front(),
            "Over 2 seeds, a reaches a mean UF1 of 0.8611 (0.7222 to 1.0000) and a mean UAR of 0.8611 (0.7222 to 1.0000) on 6 clips of 3 "
            "subjects.");
}

TEST(Sentences, SeveralModelsNameTheHighestWithoutClaimingItIsBetter) {
  EXPECT_EQ(view_of({tiny("a", 0), perfect("b", 0)}).sentences.front(),
            "Of 2 models, b has the highest UF1, 1.0000, before a with 0.7222.");
}

TEST(Sentences, SeveralModelsWithSeedsCompareMeansAndNameTheWidestSpread) {
  const ReportView view = view_of({tiny("a", 0), perfect("a", 1), perfect("b", 0)});
  EXPECT_THAT(view.sentences[0], HasSubstr("b has the highest mean UF1 over seeds, 1.0000, before a with 0.8611."));
  EXPECT_THAT(view.sentences[1], HasSubstr("b and a are not distinguishable: UF1 differs by 0.1389; p = 1.000 (all 8 swaps of subjects)"));
  EXPECT_EQ(view.sentences[2], "Between seeds, UF1 varies most for a: 0.7222 to 1.0000 over 2 seeds.");
}

TEST(Sentences, EqualModelsShareThePlace) {
  EXPECT_EQ(view_of({tiny("a", 0), tiny("b", 0)}).sentences.front(), "Of 2 models, a and b share the highest UF1, 0.7222.");
}

TEST(Sentences, DifferentClipsAreNotRanked) {
  MadeRun other = perfect("b", 0);
  other.clips.pop_back();
  EXPECT_EQ(view_of({tiny("a", 0), other}).sentences.front(),
            "The 2 models were evaluated on different clips, classes or protocols, so they are not ranked.");
}

TEST(Sentences, InvalidModelIsNotRanked) {
  MadeRun leaking = perfect("b", 0);
  leaking.judge("INVALID");
  const ReportView view = view_of({tiny("a", 0), tiny("c", 0), leaking});
  EXPECT_THAT(view.sentences, Contains("b is not ranked: the audit found it INVALID."));
  EXPECT_THAT(view.sentences, Contains("1 of 3 runs is INVALID: its scores are not evidence, whatever their size."));
  EXPECT_THAT(view.sentences, Contains("2 of 3 runs are UNAUDITED: not every rule was checked, so a leak is not excluded."));
  EXPECT_THAT(view.sentences.front(), HasSubstr("Of the 2 ranked models, a and c share"));
  EXPECT_THAT(view.sentences.front(), Not(HasSubstr("1.0000")));
}

TEST(Sentences, OneModelLeftToRankIsDescribedAlone) {
  MadeRun leaking = perfect("b", 0);
  leaking.judge("INVALID");
  EXPECT_EQ(view_of({tiny("a", 0), leaking}).sentences.front(), "a reaches UF1 0.7222 and UAR 0.7222 on 6 clips of 3 subjects.");
}

TEST(Sentences, InvalidRunOfOneModelIsCalledSoBeforeItsScores) {
  MadeRun run = tiny("ststnet", 0);
  run.run["published"] = {published_of_tiny()};
  run.judge("INVALID", {"subject-overlap: casme2/sub01"});
  const ReportView view = view_of({run});
  EXPECT_EQ(view.sentences[0], "The run of ststnet is INVALID: its scores are not evidence, whatever their size.");
  EXPECT_EQ(view.sentences[1], "The audit found: subject-overlap: casme2/sub01.");
  EXPECT_EQ(view.sentences[2], "What it computed is UF1 0.7222 and UAR 0.7222 on 6 clips of 3 subjects.");
  EXPECT_THAT(view.sentences, Not(Contains(HasSubstr("published"))));
  EXPECT_EQ(std::count_if(view.sentences.begin(), view.sentences.end(), [](const std::string& s) { return s.find("INVALID") != s.npos; }),
            1);
}

TEST(Sentences, InvalidSeedOfOneModelIsCalledSoBeforeTheMean) {
  MadeRun leaking = perfect("a", 1);
  leaking.judge("INVALID");
  const ReportView view = view_of({tiny("a", 0), leaking});
  EXPECT_EQ(view.sentences[0], "1 of 2 runs of a is INVALID: its scores are not evidence, whatever their size.");
  EXPECT_THAT(view.sentences[1], HasSubstr("Over 2 seeds, what they computed is a mean UF1 of 0.8611"));
}

TEST(Sentences, OneRankedModelBesideADifferingOneIsDescribed) {
  MadeRun other = tiny("a", 1);
  other.run["train"]["epochs"] = 1;
  const ReportView view = view_of({tiny("a", 0), other, perfect("b", 0)});
  EXPECT_EQ(view.sentences[0], "b reaches UF1 1.0000 and UAR 1.0000 on 6 clips of 3 subjects.");
  EXPECT_THAT(view.sentences[1], HasSubstr("The runs of a differ in train.epochs (800, 1)"));
  EXPECT_THAT(view.sentences, Not(Contains(HasSubstr("different clips"))));
}

TEST(Sentences, PublishedFigureCarriesItsFirstCaution) {
  MadeRun run = tiny("ststnet", 0);
  run.run["published"] = {published_of_tiny()};
  run.run["published"][0]["read_in_full"] = false;
  EXPECT_THAT(view_of({run}).sentences, Contains("The published UF1 (liong2019-table2) is 0.7353; ours is 0.0131 below it. Caution: the "
                                                 "source was not read in full."));
}

TEST(View, PublishedBesideAnInvalidRunIsACaution) {
  MadeRun run = tiny("ststnet", 0);
  run.run["published"] = {published_of_tiny()};
  run.judge("INVALID");
  EXPECT_THAT(view_of({run}).published[0].cautions, ElementsAre("a run of ststnet is INVALID, so the difference is not evidence"));
}

// All 729 outcomes of the six clips, each with its chance, counted out in Python: mean UF1 0.23251, standard deviation 0.13297,
// 2.5 percentile 0; 96.9 % of it lies at 0.4889 or below and 97.7 % at 0.5 or below, so that 1000 draws may end at either.
TEST(Sentences, FloorIsWhatAnswersWithoutALookGive) {
  const ReportView view = view_of({tiny("a", 0)});
  const double mean = view.scopes[0].floors[0].random.uf1.mean.value.value();
  EXPECT_NEAR(mean, 0.23251, 4.0 * 0.13297 / std::sqrt(1000.0));
  EXPECT_THAT(
      view.sentences,
      Contains(fmt::format("The floor, without a look at any image: the majority class of each fold's training clips gives UF1 0.2222, "
                           "UAR 0.3333 and accuracy 0.5000; classes drawn with their shares give UF1 {:.4f}, 95 % of 1,000 draws "
                           "within 0.0000 to 0.4889.",
                           mean)));
}

TEST(Sentences, ModelsThatAGuessEqualsAreNotAboveChance) {
  MadeRun guess = tiny("guess", 0), again = tiny("guess", 1), invalid = tiny("invalid", 0);
  for (MadeRun* run : {&guess, &again, &invalid}) {
    for (auto& clip : run->clips) clip.predicted = 0;
  }
  invalid.judge("INVALID");
  const std::vector<std::string> sentences = view_of({guess, again, perfect("b", 0), invalid}).sentences;
  EXPECT_THAT(sentences, Contains("guess is not above chance: mean UF1 0.2222, and the floor reaches 0.4889."));
  EXPECT_EQ(
      std::count_if(sentences.begin(), sentences.end(), [](const std::string& s) { return s.find("above chance") != std::string::npos; }),
      1);
}

TEST(Sentences, PublishedFigureOfAOneModelReport) {
  MadeRun run = tiny("ststnet", 0);
  run.run["published"] = {published_of_tiny()};
  EXPECT_THAT(view_of({run}).sentences, Contains("The published UF1 (liong2019-table2) is 0.7353; ours is 0.0131 below it."));
  run.run["published"][0]["scores"]["all"]["uf1"] = 0.72222;
  EXPECT_THAT(view_of({run}).sentences, Contains("The published UF1 (liong2019-table2) is 0.7222; ours is equal to four decimals."));
}

TEST(Sentences, ValidRunsAndIncompleteRuns) {
  MadeRun valid = tiny("a", 0), open = tiny("a", 1);
  valid.judge("VALID");
  open.run["state"] = "incomplete";
  const ReportView view = view_of({valid, open});
  EXPECT_THAT(view.sentences, Contains("The run is VALID."));
  EXPECT_THAT(view.sentences, Contains("1 run is incomplete; no score of it is shown."));
}

TEST(Sentences, NothingComplete) {
  MadeRun open = tiny("a", 1);
  open.run["state"] = "incomplete";
  EXPECT_THAT(view_of({open}).sentences,
              ElementsAre("No run is complete, so there is no score to report.", "1 run is incomplete; no score of it is shown."));
}

}  // namespace
}  // namespace mexbench::reports
