#include "harness/audit/join.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

#include "unit/eval/sample.h"

namespace mexbench::audit {
namespace {

using eval::PredictionSet;
using eval::testing::row;

// Ten clips of two subjects, labels 0 1 2 0 1 2 .., in no sorted order.
data::Manifest manifest() {
  data::Manifest out;
  out.label_map = data::megc2019_label_map();
  for (std::size_t i = 10; i-- > 0;) {
    data::Clip clip;
    clip.dataset = core::DatasetId("samm");
    clip.subject = core::SubjectId(i % 2 == 0 ? "samm/006" : "samm/007");
    clip.name = fmt::format("c{}", i);
    clip.id = core::make_clip_id(clip.subject, clip.name);
    clip.truth = data::Truth::one_class(i % 3);
    out.clips.push_back(std::move(clip));
  }
  return out;
}

// One prediction per clip, three of them wrong.
PredictionSet predictions() {
  PredictionSet out{.classes = {"negative", "positive", "surprise"}, .rows = {}};
  for (std::size_t i = 0; i < 10; ++i) {
    out.rows.push_back(row("samm", i % 2 == 0 ? "006" : "007", fmt::format("c{}", i), i % 3, i < 3 ? (i + 1) % 3 : i % 3));
  }
  return out;
}

std::string problems_of(const PredictionSet& set, const std::vector<core::ClipId>& planned_tests = {}) {
  const auto joined = join_manifest(set, manifest(), "p.csv", planned_tests);
  if (joined) return "joined";
  EXPECT_EQ(joined.error().code(), core::ErrorCode::kAudit);
  return joined.error().render();
}

TEST(Join, CompletePredictionsTakeTheManifestsOrderAndTruth) {
  PredictionSet set = predictions();
  std::reverse(set.rows.begin(), set.rows.end());
  const auto joined = join_manifest(set, manifest(), "p.csv");
  ASSERT_TRUE(joined) << joined.error().render();
  ASSERT_EQ(joined->rows.size(), 10U);
  EXPECT_EQ(joined->classes, manifest().label_map.classes);
  EXPECT_EQ(joined->rows.front().clip.text(), "samm/006/c0");
  EXPECT_EQ(joined->rows.back().clip.text(), "samm/007/c9");
  EXPECT_TRUE(std::is_sorted(joined->rows.begin(), joined->rows.end(), [](const auto& a, const auto& b) { return a.clip < b.clip; }));
  EXPECT_DOUBLE_EQ(*eval::evaluate(*joined).scopes.at("all").accuracy.value, 0.7);
}

TEST(Join, EveryBrokenRuleIsToldWithItsClips) {
  PredictionSet set = predictions();
  set.rows.erase(set.rows.begin() + 4);
  set.rows.push_back(set.rows.front());
  set.rows.push_back(row("smic", "s01", "s01_ne_01", 0, 0));
  set.rows[5].truth = data::Truth::one_class(1);
  EXPECT_EQ(problems_of(set),
            "p.csv: error: clip-missing: 1 clip of the manifest has no prediction\n"
            "      | note: samm/006/c4\n"
            "p.csv: error: clip-duplicate: 1 clip has several predictions\n"
            "      | note: samm/006/c0\n"
            "p.csv: error: clip-extra: 1 clip is not in the manifest\n"
            "      | note: the manifest has no dataset 'smic', it has 'samm'\n"
            "      | note: smic/s01/s01_ne_01\n"
            "p.csv: error: label-disagrees: 1 clip has a truth that is not the manifest's\n"
            "      | note: samm/006/c6\n");
}

TEST(Join, FirstFewClipsAreNamedAndTheRestCounted) {
  PredictionSet set = predictions();
  set.rows.resize(3);
  EXPECT_EQ(problems_of(set),
            "p.csv: error: clip-missing: 7 clips of the manifest have no prediction\n"
            "      | note: samm/006/c4, samm/006/c6, samm/006/c8, samm/007/c3, samm/007/c5 and 2 more\n");
}

TEST(Join, ExchangedColumnsAreRecognised) {
  PredictionSet set = predictions();
  for (eval::Prediction& one : set.rows) {
    const std::size_t truth = one.truth.single_class().value();
    one.truth = data::Truth::one_class(one.predicted);
    one.predicted = truth;
  }
  EXPECT_EQ(problems_of(set),
            "p.csv: error: truth-prediction-exchanged: 3 clips have a truth that is not the manifest's, while every prediction is the "
            "manifest's label\n"
            "      | note: exchange the columns 'truth' and 'prediction'\n"
            "      | note: samm/006/c0, samm/006/c2, samm/007/c1\n");
  // One prediction that is not the manifest's label, and the columns are not simply exchanged.
  set.rows[0].predicted = 2;
  const auto checked = check_join(set, manifest(), "p.csv");
  ASSERT_TRUE(checked);
  ASSERT_EQ(checked->broken.size(), 1U);
  EXPECT_EQ(checked->broken[0].rule, "label-disagrees");
  EXPECT_EQ(checked->broken[0].count, 3U);
  EXPECT_TRUE(checked->predictions.rows.empty());
}

TEST(Join, PerfectPredictionsAreNotTakenForExchangedColumns) {
  PredictionSet set = predictions();
  for (eval::Prediction& one : set.rows) one.predicted = one.truth.single_class().value();
  EXPECT_EQ(problems_of(set), "joined");
}

TEST(Join, ClassesMatchByNameOrAllByNumber) {
  PredictionSet set = predictions();
  set.classes = {"0", "1", "2"};
  EXPECT_EQ(problems_of(set), "joined");
  set.classes = {"0", "1", "surprise"};
  const auto mixed = join_manifest(set, manifest(), "p.csv");
  ASSERT_FALSE(mixed);
  EXPECT_EQ(mixed.error().code(), core::ErrorCode::kData);
  EXPECT_EQ(mixed.error().render(),
            "p.csv: error: class '0' is not in the label map 'megc2019'\n"
            "      | note: its classes are 'negative', 'positive' and 'surprise'\n");
}

TEST(Join, TwoSpellingsOfOneClassAreRefused) {
  PredictionSet set = predictions();
  set.classes = {"0", "00", "2"};
  const auto joined = join_manifest(set, manifest(), "p.csv");
  ASSERT_FALSE(joined);
  EXPECT_EQ(joined.error().code(), core::ErrorCode::kData);
  EXPECT_EQ(joined.error().render(),
            "p.csv: error: classes '0' and '00' both stand for 'negative' of the label map 'megc2019'\n"
            "      | note: name every class once\n");
}

// A protocol that tests a part of the corpus wants predictions of that part and of nothing else.
TEST(Join, OnlyTheClipsTheProtocolTestsAreWanted) {
  const std::vector<core::ClipId> tested{core::ClipId("samm/007/c1"), core::ClipId("samm/007/c3"), core::ClipId("samm/007/c5")};
  PredictionSet set = predictions();
  std::erase_if(set.rows, [&](const eval::Prediction& one) { return std::find(tested.begin(), tested.end(), one.clip) == tested.end(); });
  const auto joined = join_manifest(set, manifest(), "p.csv", tested);
  ASSERT_TRUE(joined) << joined.error().render();
  EXPECT_EQ(joined->rows.size(), 3U);
  set.rows.pop_back();
  EXPECT_EQ(problems_of(set, tested),
            "p.csv: error: clip-missing: 1 clip of the manifest has no prediction\n"
            "      | note: samm/007/c5\n");
  set = predictions();
  set.rows.push_back(row("samm", "009", "c1", 0, 0));
  EXPECT_EQ(problems_of(set, tested),
            "p.csv: error: clip-extra: 7 clips are not tested by the protocol\n"
            "      | note: 'mexbench plan EXPERIMENT.yaml --export folds.json' names the clips to predict\n"
            "      | note: samm/006/c0, samm/006/c2, samm/006/c4, samm/006/c6, samm/006/c8 and 2 more\n"
            "p.csv: error: clip-extra: 1 clip is not in the manifest\n"
            "      | note: samm/009/c1\n");
}

TEST(Join, ScoresFollowTheirClass) {
  PredictionSet set = predictions();
  set.classes = {"surprise", "negative", "positive"};
  for (eval::Prediction& one : set.rows) {
    one.truth = data::Truth::one_class((one.truth.single_class().value() + 1) % 3);
    one.predicted = (one.predicted + 1) % 3;
    one.scores = {0.0F, 0.0F, 0.0F};
    one.scores[one.predicted] = 1.0F;
  }
  const auto joined = join_manifest(set, manifest(), "p.csv");
  ASSERT_TRUE(joined) << joined.error().render();
  for (const eval::Prediction& one : joined->rows) EXPECT_EQ(eval::argmax(one.scores), one.predicted);
}

std::map<core::ClipId, core::FoldId> folds_by_subject() {
  std::map<core::ClipId, core::FoldId> out;
  for (const data::Clip& clip : manifest().clips) out.emplace(clip.id, core::FoldId(clip.subject.text()));
  return out;
}

TEST(Join, PredictionsOfAnotherFoldThanTheOneThatTestsTheirClipAreNamed) {
  PredictionSet set = predictions();
  EXPECT_TRUE(join_manifest(set, manifest(), "p.csv", {}, folds_by_subject()));
  set.rows[2].fold = core::FoldId("samm/007");
  set.rows[3].fold = core::FoldId("fold-01");
  EXPECT_TRUE(join_manifest(set, manifest(), "p.csv")) << "without folds there is nothing to compare with";
  const auto joined = join_manifest(set, manifest(), "p.csv", {}, folds_by_subject());
  ASSERT_FALSE(joined);
  EXPECT_EQ(joined.error().code(), core::ErrorCode::kAudit);
  EXPECT_EQ(
      joined.error().render(),
      "p.csv: error: fold-disagrees: 2 clips were predicted by other folds than those that test them\n"
      "      | note: 'mexbench plan EXPERIMENT.yaml --export folds.json' says which fold tests which clips\n"
      "      | note: samm/006/c2 (of fold 'samm/007', tested by 'samm/006'), samm/007/c3 (of fold 'fold-01', tested by 'samm/007')\n");
}

TEST(Join, FoldOfOneSubjectMayBeCalledByTheSubjectAndAMissingFoldAgrees) {
  PredictionSet set = predictions();
  set.rows[0].fold = core::FoldId("6");
  set.rows[1].fold = core::FoldId("007");
  set.rows[2].fold = core::FoldId("");
  const auto joined = join_manifest(set, manifest(), "p.csv", {}, folds_by_subject());
  ASSERT_TRUE(joined) << joined.error().render();
  const auto fold_of = [&](const char* clip) {
    for (const eval::Prediction& one : joined->rows) {
      if (one.clip.text() == clip) return one.fold.text();
    }
    return std::string("none");
  };
  EXPECT_EQ(fold_of("samm/006/c0"), "samm/006");
  EXPECT_EQ(fold_of("samm/007/c1"), "samm/007");
  EXPECT_EQ(fold_of("samm/006/c2"), "") << "what is not said is not made up";
  // Folds of groups are called by their own names only.
  std::map<core::ClipId, core::FoldId> groups;
  for (const data::Clip& clip : manifest().clips) groups.emplace(clip.id, core::FoldId("fold-01"));
  EXPECT_FALSE(join_manifest(set, manifest(), "p.csv", {}, groups));
}

// The rules that a file breaks, and the hint of the last.
std::pair<std::vector<std::string>, std::string> broken_rules(const PredictionSet& set, const data::Manifest& of) {
  const auto joined = check_join(set, of, "p.csv");
  EXPECT_TRUE(joined) << joined.error().render();
  std::pair<std::vector<std::string>, std::string> out;
  for (const BrokenRule& rule : joined->broken) {
    out.first.push_back(rule.rule);
    out.second = rule.hint;
  }
  return out;
}

// The manifest has its clips from c9 down to c0; sorted by id they are c0 c2 c4 .. of 006, then c1 c3 .. of 007.
TEST(Join, TruthsInTheOrderOfTheManifestBesideSortedIdsAreKnownForWhatTheyAre) {
  data::Manifest of = manifest();  // with labels that are not the same in both orders
  for (std::size_t i = 0; i < 10; ++i) of.clips[9 - i].truth = data::Truth::one_class(i < 4 ? 0 : i < 7 ? 1 : 2);
  const std::vector<std::size_t> sorted = data::canonical_order(of);
  PredictionSet set = predictions();
  eval::sort_predictions(set);
  for (std::size_t i = 0; i < set.rows.size(); ++i) set.rows[i].truth = of.clips[i].truth;
  const auto told = broken_rules(set, of);
  EXPECT_EQ(told.first, std::vector<std::string>{"label-disagrees"});
  EXPECT_EQ(told.second, "the truths are the manifest's in its own order: the file was joined by the order of rows");

  for (eval::Prediction& row : set.rows) {
    const auto place = std::find_if(of.clips.begin(), of.clips.end(), [&](const data::Clip& clip) { return clip.id == row.clip; });
    row.truth = of.clips[sorted[static_cast<std::size_t>(place - of.clips.begin())]].truth;
  }
  EXPECT_EQ(broken_rules(set, of).second, "the truths are the manifest's in its ids' order: the file was joined by the order of rows");
}

TEST(Join, TruthsOfOtherClipsOrOfOtherCountsAreToldApart) {
  PredictionSet set = predictions();
  std::swap(set.rows[0].truth, set.rows[1].truth);
  EXPECT_EQ(
      broken_rules(set, manifest()).second,
      "there are as many clips of each class as in the manifest: its truths in another order, if the file was joined by the order of rows");
  set = predictions();
  set.rows[0].truth = data::Truth::one_class(1);
  EXPECT_EQ(broken_rules(set, manifest()).second, "");
}

TEST(Join, FileWithoutClipNamesInAnotherOrderIsJoinedByOrder) {
  PredictionSet set = predictions();
  set.by_order = true;
  EXPECT_TRUE(broken_rules(set, manifest()).first.empty());
  std::swap(set.rows[0].truth, set.rows[2].truth);  // both of 006
  EXPECT_EQ(broken_rules(set, manifest()).first, std::vector<std::string>{"joined-by-order"});
  set = predictions();
  set.by_order = true;
  std::swap(set.rows[0].truth, set.rows[1].truth);  // of two people: no order within a subject gives that
  EXPECT_EQ(broken_rules(set, manifest()).first, std::vector<std::string>{"label-disagrees"});
}

TEST(Join, IdsThatFitSeveralDatasetsCollide) {
  data::Manifest of = manifest();
  for (data::Clip& clip : of.clips) {
    if (clip.subject.text() != "samm/007") continue;
    clip.dataset = core::DatasetId("casme2");  // now c1 c3 .. are of casme2/sub07
    clip.subject = core::SubjectId("casme2/sub07");
    clip.id = core::make_clip_id(clip.subject, clip.name);
  }
  for (std::size_t i = 0; i < 2; ++i) {  // and both have a person 7 with a clip x
    data::Clip twin = of.clips[i];
    twin.subject = core::SubjectId(twin.dataset.text() == "samm" ? "samm/007" : "casme2/sub07");
    twin.name = "x";
    twin.id = core::make_clip_id(twin.subject, twin.name);
    of.clips.push_back(std::move(twin));
  }
  PredictionSet set{.classes = of.label_map.classes, .rows = {}};
  for (const data::Clip& clip : of.clips) {
    set.rows.push_back(row(clip.dataset.text(), core::raw_subject(clip.subject), clip.name, clip.truth.single_class().value(), 0));
  }
  EXPECT_TRUE(broken_rules(set, of).first.empty());
  set.rows.back() = row("both", "7", "x", set.rows.back().truth.single_class().value(), 0);
  const auto joined = check_join(set, of, "p.csv");
  ASSERT_TRUE(joined) << joined.error().render();
  ASSERT_EQ(joined->broken.size(), 2U);
  EXPECT_EQ(joined->broken[0].rule, "clip-missing");
  EXPECT_EQ(joined->broken[1].rule, "id-collision");
  EXPECT_EQ(joined->broken[1].examples, std::vector<std::string>{"both/7/x (may be 'casme2/sub07/x' or 'samm/007/x')"});
}

}  // namespace
}  // namespace mexbench::audit
