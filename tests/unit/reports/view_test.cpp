#include "reports/view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(View, LargestClassReferenceIsItsFormula) {
  const ReportView view = view_of({tiny("a", 0)});
  ASSERT_EQ(view.scopes[0].scope, "all");
  EXPECT_EQ(view.scopes[0].largest_class, "negative");
  // 3 of 6 clips: F1 = 2*3/(6+3) = 2/3 for one of three classes.
  EXPECT_NEAR(*view.scopes[0].largest_class_uf1, 2.0 / 9.0, 1e-12);
  EXPECT_NEAR(*view.scopes[0].largest_class_uar, 1.0 / 3.0, 1e-12);
  EXPECT_NEAR(*view.scopes[0].largest_class_accuracy, 0.5, 1e-12);
  EXPECT_FALSE(view.scopes[2].largest_class_uf1.has_value()) << "smic has no clip of surprise";
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

TEST(View, PublishedDifferenceIsOursMinusPublished) {
  MadeRun run = tiny("ststnet", 0);
  run.run["published"] = {testing::published_result()};
  const ReportView view = view_of({run});
  ASSERT_THAT(view.published, SizeIs(1));
  EXPECT_EQ(view.published[0].beside, "ststnet");
  EXPECT_EQ(view.published[0].selection, "fixed_epoch");
  EXPECT_THAT(view.published[0].cautions, IsEmpty());
  ASSERT_THAT(view.published[0].rows, SizeIs(8)) << "four scopes, UF1 and UAR; no accuracy was published";
  EXPECT_EQ(view.published[0].rows[0].scope, "all");
  EXPECT_NEAR(*view.published[0].rows[0].difference, kTiny - 0.7353, 1e-12);
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
            "Of 2 models, b has the highest UF1, 1.0000, before a with 0.7222; no interval is computed yet, so no claim which is better.");
}

TEST(Sentences, SeveralModelsWithSeedsCompareMeansAndNameTheWidestSpread) {
  const ReportView view = view_of({tiny("a", 0), perfect("a", 1), perfect("b", 0)});
  EXPECT_THAT(view.sentences[0], HasSubstr("b has the highest mean UF1 over seeds, 1.0000, before a with 0.8611;"));
  EXPECT_EQ(view.sentences[1], "Between seeds, UF1 varies most for a: 0.7222 to 1.0000 over 2 seeds.");
}

TEST(Sentences, EqualModelsShareThePlace) {
  EXPECT_EQ(view_of({tiny("a", 0), tiny("b", 0)}).sentences.front(),
            "Of 2 models, a and b share the highest UF1, 0.7222; no interval is computed yet, so no claim which is better.");
}

TEST(Sentences, DifferentClipsAreNotRanked) {
  MadeRun other = perfect("b", 0);
  other.clips.pop_back();
  EXPECT_EQ(view_of({tiny("a", 0), other}).sentences.front(),
            "The 2 models were evaluated on different clips, classes or protocols, so they are not ranked.");
}

TEST(Sentences, InvalidModelIsNotRanked) {
  MadeRun leaking = perfect("b", 0);
  leaking.run["verdict"] = leaking.audit["verdict"] = "INVALID";
  const ReportView view = view_of({tiny("a", 0), tiny("c", 0), leaking});
  EXPECT_THAT(view.sentences, Contains("b is not ranked: the audit found it INVALID."));
  EXPECT_THAT(view.sentences, Contains("1 of 3 runs is INVALID: its scores are not evidence, whatever their size."));
  EXPECT_THAT(view.sentences, Contains("2 of 3 runs are UNAUDITED: not every rule was checked, so a leak is not excluded."));
  EXPECT_THAT(view.sentences.front(), Not(HasSubstr("1.0000")));
}

TEST(Sentences, OneModelLeftToRankIsDescribedAlone) {
  MadeRun leaking = perfect("b", 0);
  leaking.run["verdict"] = leaking.audit["verdict"] = "INVALID";
  EXPECT_EQ(view_of({tiny("a", 0), leaking}).sentences.front(), "a reaches UF1 0.7222 and UAR 0.7222 on 6 clips of 3 subjects.");
}

TEST(View, PublishedBesideAnInvalidRunIsACaution) {
  MadeRun run = tiny("ststnet", 0);
  run.run["published"] = {testing::published_result()};
  run.run["verdict"] = run.audit["verdict"] = "INVALID";
  EXPECT_THAT(view_of({run}).published[0].cautions, ElementsAre("a run of ststnet is INVALID, so the difference is not evidence"));
}

TEST(Sentences, LargestClassGivesTheScale) {
  EXPECT_THAT(
      view_of({tiny("a", 0)}).sentences,
      Contains("For scale: always answering 'negative', the largest class, would give UF1 0.2222, UAR 0.3333 and accuracy 0.5000."));
}

TEST(Sentences, PublishedFigureOfAOneModelReport) {
  MadeRun run = tiny("ststnet", 0);
  run.run["published"] = {testing::published_result()};
  EXPECT_THAT(view_of({run}).sentences, Contains("The published UF1 (liong2019-table2) is 0.7353; ours is 0.0131 below it."));
  run.run["published"][0]["scores"]["all"]["uf1"] = 0.72222;
  EXPECT_THAT(view_of({run}).sentences, Contains("The published UF1 (liong2019-table2) is 0.7222; ours is equal to four decimals."));
}

TEST(Sentences, ValidRunsAndIncompleteRuns) {
  MadeRun valid = tiny("a", 0), open = tiny("a", 1);
  valid.run["verdict"] = valid.audit["verdict"] = "VALID";
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
