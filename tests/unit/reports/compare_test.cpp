// Two folders against each other: which models are paired, what is claimed, what changed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "reports/compare.h"
#include "unit/reports/made_reports.h"

namespace mexbench::reports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::load;
using testing::MadeRun;
using testing::megc_run;
using ::testing::SizeIs;
using ::testing::StartsWith;

Compared good(const std::vector<MadeRun>& a, const std::vector<MadeRun>& b) {
  auto out = compare(load(a), load(b));
  if (!out) {
    ADD_FAILURE() << out.error().render();
    return {};
  }
  return std::move(out).value();
}

TEST(Compare, OneModelOnEachSideIsComparedWhateverItsLabel) {
  const Compared compared = good({megc_run("poor", 0, 0.45)}, {megc_run("good", 0, 0.75)});
  ASSERT_THAT(compared.models, SizeIs(1));
  const ComparedModels& models = compared.models.front();
  ASSERT_TRUE(models.pair);
  EXPECT_THAT(models.finding, StartsWith("good is better than poor: UF1 is 0."));
  const double a = *compared.view.models[models.first].find("all")->uf1.mean.value;
  const double b = *compared.view.models[models.second].find("all")->uf1.mean.value;
  EXPECT_EQ(compared.view.models[models.first].name, "poor");
  EXPECT_NEAR(*models.pair->uf1.difference.value, a - b, 1e-12) << "A less B, whichever is better";
  EXPECT_LT(*models.pair->uf1.interval.low, *models.pair->uf1.difference.value);
  EXPECT_GT(*models.pair->uf1.interval.high, *models.pair->uf1.difference.value);
  EXPECT_LT(*models.pair->uf1.interval.high, 0.0);
  const ChangesView& changes = models.changes;
  EXPECT_EQ(changes.both_right + changes.first_right + changes.second_right + changes.both_wrong, 442);
  EXPECT_GT(changes.second_right, changes.first_right);
}

TEST(Compare, CopiesOfOneExperimentAreToldApartAndDoNotDiffer) {
  const Compared compared = good({megc_run("a", 0, 0.6), megc_run("b", 0, 0.5)}, {megc_run("a", 0, 0.6), megc_run("c", 0, 0.5)});
  ASSERT_THAT(compared.models, SizeIs(1));
  EXPECT_THAT(compared.alone, ElementsAre("b", "c"));
  const ComparedModels& models = compared.models.front();
  EXPECT_EQ(compared.view.models[models.first].name, "megc2019-loso (A) / a");
  EXPECT_EQ(*models.pair->uf1.difference.value, 0.0);
  EXPECT_EQ(*models.pair->uf1.p.value, 1.0);
  EXPECT_TRUE(models.changes.settings.empty());
  EXPECT_TRUE(models.changes.clips.empty());
  EXPECT_FALSE(models.changes.other_environment);
}

TEST(Compare, WhatChangedIsNamedWithBothValues) {
  MadeRun before = megc_run("a", 0, 0.6), after = megc_run("a", 0, 0.6);
  after.run["train"]["epochs"] = 100;
  after.run["environment"]["torch"] = "2.1.0";
  after.run["environment_hash"] = "00";
  after.clips.front().predicted = (after.clips.front().predicted + 1) % 3;
  const Compared compared = good({before}, {after});
  const ChangesView& changes = compared.models.front().changes;
  ASSERT_THAT(changes.settings, SizeIs(2));
  EXPECT_EQ(changes.settings[0].key, "environment.torch");
  EXPECT_EQ(changes.settings[1].key, "train.epochs");
  EXPECT_EQ(changes.settings[1].first, "800");
  EXPECT_EQ(changes.settings[1].second, "100");
  EXPECT_TRUE(changes.other_environment);
  ASSERT_THAT(changes.clips, SizeIs(1));
  const nlohmann::json told = to_json(compared);
  EXPECT_EQ(told.at("pairs").at(0).at("clips").size(), 1U);
  EXPECT_EQ(told.at("pairs").at(0).at("settings").at(1).at("a"), "800");
}

TEST(Compare, TheFusedEngineIsASettingAndLibTorchIsWhatRunsHadBeforeItWasRecorded) {
  const auto with = [](const nlohmann::json& engine) {
    MadeRun run = megc_run("a", 0, 0.6);
    run.run["engine"] = engine;
    return run;
  };
  const MadeRun libtorch = with({{"name", "libtorch"}, {"reason", "loss 'focal'"}});
  EXPECT_TRUE(good({megc_run("a", 0, 0.6)}, {libtorch}).models.front().changes.settings.empty());
  EXPECT_TRUE(good({with(nullptr)}, {libtorch}).models.front().changes.settings.empty());
  const Compared compared = good({libtorch}, {with({{"name", "fused"}, {"reason", ""}})});
  const ChangesView& changes = compared.models.front().changes;
  ASSERT_THAT(changes.settings, SizeIs(1));
  EXPECT_EQ(changes.settings[0].key, "engine");
  EXPECT_EQ(changes.settings[0].second, "fused");
  const auto told = [&](std::size_t model) {
    std::string out;
    for (const Fact& fact : compared.view.models[model].facts) {
      if (fact.key == "engine") out += fact.value;
    }
    return out;
  };
  EXPECT_EQ(told(compared.models.front().first), "libtorch (loss 'focal')");
  EXPECT_EQ(told(compared.models.front().second), "fused");
}

TEST(Compare, ScoresOfOtherClipsOrOfInvalidRunsAreNotCompared) {
  MadeRun other = megc_run("b", 0, 0.6), broken = megc_run("c", 0, 0.9);
  other.clips.pop_back();
  broken.judge("INVALID", {"subject-overlap: a person is on both sides"});
  const Compared clips = good({megc_run("a", 0, 0.6)}, {other});
  EXPECT_FALSE(clips.models.front().pair);
  EXPECT_THAT(clips.models.front().finding, HasSubstr("on different clips, classes or protocols"));
  EXPECT_EQ(clips.models.front().changes.only_in_first, 1);
  EXPECT_EQ(clips.models.front().changes.only_in_second, 0);
  EXPECT_THAT(good({megc_run("a", 0, 0.6)}, {broken}).models.front().finding, StartsWith("c is INVALID: its scores are no evidence"));
}

TEST(Compare, NothingInCommonAndNothingCompleteAreErrors) {
  const auto none = compare(load({megc_run("a", 0, 0.6), megc_run("b", 0, 0.6)}), load({megc_run("c", 0, 0.6)}));
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().render(), HasSubstr("no model stands on both sides: the first has 'a' and 'b', the second 'c'"));
  MadeRun open = megc_run("a", 0, 0.6);
  open.run["state"] = "incomplete";
  const auto empty = compare(load({open}), load({megc_run("c", 0, 0.6)}));
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code(), core::ErrorCode::kData);
}

}  // namespace
}  // namespace mexbench::reports
