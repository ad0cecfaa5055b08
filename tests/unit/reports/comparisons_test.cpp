// Intervals and pairs as a report has them: those of the statistics room, for the right models, in words that claim no more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "harness/eval/intervals.h"
#include "harness/stats/permutation.h"
#include "reports/pair_sentences.h"
#include "reports/render.h"
#include "reports/svg.h"
#include "reports/view.h"
#include "unit/reports/made_reports.h"

namespace mexbench::reports {
namespace {

using ::testing::HasSubstr;
using testing::load;
using testing::MadeRun;
using testing::megc_run;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

MadeRun planned(MadeRun run, const std::vector<std::pair<std::string, std::string>>& pairs) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& [one, other] : pairs) list.push_back({one, other});
  run.run["statistics"] = {{"alpha", 0.05}, {"equivalence", 0.02}, {"family", {{"name", "the question"}, {"pairs", list}}}};
  return run;
}

ReportView three(bool with_family) {
  std::vector<MadeRun> runs{megc_run("poor", 0, 0.45), megc_run("good", 0, 0.75), megc_run("fair", 0, 0.7)};
  if (with_family) {
    for (MadeRun& run : runs) run = planned(run, {{"good", "poor"}});
  }
  return make_view(load(runs));
}

const ComparisonView& only(const ReportView& view) {
  EXPECT_THAT(view.comparisons, SizeIs(1));
  return view.comparisons.front();
}

std::size_t place(const ReportView& view, const std::string& name) {
  for (std::size_t i = 0; i < view.models.size(); ++i) {
    if (view.models[i].name == name) return i;
  }
  return view.models.size();
}

TEST(PairsOfModels, IntervalsAreTheBootstrapsOfTheSamePredictions) {
  const ReportData data = load({megc_run("a", 0, 0.6), megc_run("a", 1, 0.65)});
  const ReportView view = make_view(data);
  stats::SubjectCountsBuilder builder(data.runs[0].metrics.classes);
  for (const auto& run : data.runs) eval::add_run(builder, "a", run.seed, run.predictions);
  const auto counts = builder.build();
  ASSERT_TRUE(counts) << counts.error().render();
  const stats::Bootstrap whole = stats::bootstrap(*counts);
  const ScopeIntervals* all = view.models[0].intervals_on("all");
  ASSERT_NE(all, nullptr);
  EXPECT_EQ(all->uf1.low, whole.models[0].uf1.low);
  EXPECT_EQ(all->uar.high, whole.models[0].uar.high);
  EXPECT_THAT(all->f1, SizeIs(3));
  ASSERT_NE(view.models[0].intervals_on("smic"), nullptr);
  EXPECT_EQ(view.models[0].intervals_on("smic")->uf1.low, stats::bootstrap(counts->only(2)).models[0].uf1.low);
  // A run's own interval is that of its one seed.
  const auto single = eval::intervals_of({.classes = data.runs[1].metrics.classes, .rows = data.runs[1].predictions});
  ASSERT_TRUE(single);
  EXPECT_EQ(view.runs[1].intervals_on("samm")->accuracy.high, single->at("samm").accuracy.high);
  EXPECT_THAT(view.interval_method, HasSubstr("95 % intervals: percentile bootstrap of subjects"));
  EXPECT_THAT(view.interval_method, HasSubstr("10,000 draws"));
  EXPECT_TRUE(view.comparisons.empty()) << "one model";
}

TEST(PairsOfModels, EveryPairStandsWithTheHigherUf1First) {
  const ReportView view = three(false);
  const ComparisonView& comparison = only(view);
  ASSERT_THAT(comparison.pairs, SizeIs(3));
  EXPECT_EQ(comparison.clips, 442);
  EXPECT_EQ(comparison.subjects, 68);
  EXPECT_EQ(comparison.family_size, 3U);
  for (const PairView& pair : comparison.pairs) {
    ASSERT_TRUE(pair.uf1.difference.value);
    EXPECT_GE(*pair.uf1.difference.value, 0.0);
    const double one = *view.models[pair.first].find("all")->uf1.mean.value, other = *view.models[pair.second].find("all")->uf1.mean.value;
    EXPECT_NEAR(*pair.uf1.difference.value, one - other, 1e-12);
    ASSERT_TRUE(pair.uf1.interval.there());
    EXPECT_LE(*pair.uf1.interval.low, *pair.uf1.difference.value);
    EXPECT_GE(*pair.uf1.interval.high, *pair.uf1.difference.value);
    EXPECT_GE(*pair.uf1.adjusted, *pair.uf1.p.value);
  }
  const PairView* wide = comparison.find(place(view, "poor"), place(view, "good"));
  ASSERT_NE(wide, nullptr);
  EXPECT_EQ(view.models[wide->first].name, "good");
  EXPECT_TRUE(wide->resolved);
  EXPECT_DOUBLE_EQ(*wide->uf1.p.value, 1.0 / 10'001.0) << "no swap differs as much";
  ASSERT_TRUE(wide->practice);
  EXPECT_GT(wide->practice->probability.right, 0.99) << "right is where the first is better, and good stands first";
  ASSERT_TRUE(wide->clips);
  EXPECT_GT(wide->clips->only_first, wide->clips->only_second);
}

TEST(PairsOfModels, AFamilyNamesWhatIsClaimedAndAdjusted) {
  const ReportView view = three(true);
  const ComparisonView& comparison = only(view);
  EXPECT_EQ(comparison.family, "the question");
  EXPECT_EQ(comparison.family_size, 1U);
  EXPECT_EQ(comparison.equivalence, 0.02);
  const PairView* in = comparison.find(place(view, "poor"), place(view, "good"));
  const PairView* out = comparison.find(place(view, "poor"), place(view, "fair"));
  ASSERT_TRUE(in != nullptr && out != nullptr);
  EXPECT_EQ(*in->uf1.adjusted, *in->uf1.p.value) << "one comparison needs no adjustment";
  EXPECT_FALSE(out->planned);
  EXPECT_FALSE(out->uf1.adjusted);
  EXPECT_FALSE(out->resolved) << "however small its p";
  EXPECT_THAT(pair_sentence(view, comparison, *out),
              StartsWith("fair and poor were not among the planned comparisons, so nothing is claimed"));
  EXPECT_THAT(family_sentence(comparison),
              StartsWith("Of 1 comparison planned for 'the question' on 442 clips of 68 subjects, 1 is resolved"));
}

TEST(PairsOfModels, ModelsOfAnotherQuestionOrAnInvalidRunAreLeftOut) {
  MadeRun other = megc_run("other", 0, 0.6);
  other.clips.pop_back();
  EXPECT_TRUE(make_view(load({megc_run("a", 0, 0.6), other})).comparisons.empty());
  MadeRun broken = megc_run("broken", 0, 0.9);
  broken.judge("INVALID", {"subject-overlap: a person is on both sides"});
  EXPECT_TRUE(make_view(load({megc_run("a", 0, 0.6), broken})).comparisons.empty());
}

TEST(PairSentences, ResolvedSaysByHowMuchAndHowSure) {
  const ReportView view = three(false);
  const ComparisonView& comparison = only(view);
  const std::string words = pair_sentence(view, comparison, *comparison.find(place(view, "poor"), place(view, "good")));
  EXPECT_THAT(words, StartsWith("good is better than poor: UF1 is 0."));
  EXPECT_THAT(words, HasSubstr(" higher, 95 % interval [0."));
  EXPECT_THAT(words, HasSubstr("p = 0.0003 after Holm's adjustment over 3 comparisons (p < 0.0001, 10,000 swaps of subjects)."))
      << "1/10001 times three";
}

TEST(PairSentences, NotResolvedSaysWhatCouldHaveBeenSeen) {
  const ReportView view = make_view(load({megc_run("a", 0, 0.62), megc_run("b", 0, 0.6)}));
  const ComparisonView& comparison = only(view);
  const PairView& pair = comparison.pairs.front();
  ASSERT_GT(*pair.uf1.p.value, 0.05);
  const std::string words = pair_sentence(view, comparison, pair);
  EXPECT_THAT(words, HasSubstr(" are not distinguishable: UF1 differs by 0."));
  EXPECT_THAT(words, HasSubstr("With 68 subjects this design finds differences from 0."));
  EXPECT_THAT(words, Not(HasSubstr("better")));
  EXPECT_THAT(family_sentence(comparison), StartsWith("Of 1 pair of models on 442 clips of 68 subjects, none is resolved"));
}

TEST(PairSentences, UndefinedScoresAreNotCompared) {
  MadeRun one = testing::tiny_run(), other = testing::tiny_run();
  other.label = "b";
  for (MadeRun* run : {&one, &other}) run->clips.erase(run->clips.begin() + 3);  // the only clip of surprise
  const ReportView view = make_view(load({one, other}));
  const ComparisonView& comparison = only(view);
  EXPECT_THAT(pair_sentence(view, comparison, comparison.pairs.front()), HasSubstr(" can't be compared by UF1: "));
  EXPECT_THAT(render_html(view), HasSubstr("undefined"));
}

TEST(RankSentences, NameTheBestAndWhoCantBeToldApart) {
  const ReportView view = three(false);
  const std::string words = rank_sentence(view, only(view));
  EXPECT_THAT(words, StartsWith("Over 68 subjects, by accuracy, "));
  EXPECT_THAT(words, HasSubstr("has the best average rank, 1."));
  const ReportView two = make_view(load({megc_run("a", 0, 0.62), megc_run("b", 0, 0.6)}));
  EXPECT_THAT(rank_sentence(two, only(two)), StartsWith("No ranks: "));
}

TEST(PairsOfModels, FiguresHaveEveryPairAndEveryModel) {
  const ReportView view = three(false);
  const std::string pairs = pairs_svg(view, only(view));
  for (const char* name : {"poor", "good", "fair"}) EXPECT_THAT(pairs, HasSubstr(name));
  EXPECT_THAT(pairs, HasSubstr("<title>good less poor: +0."));
  const std::string ranks = ranks_svg(view, only(view));
  for (const char* name : {"poor", "good", "fair"}) EXPECT_THAT(ranks, HasSubstr(name));
  EXPECT_TRUE(is_report_figure(pairs));
  EXPECT_TRUE(is_report_figure(ranks));
}

}  // namespace
}  // namespace mexbench::reports
