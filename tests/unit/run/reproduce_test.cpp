#include "harness/run/reproduce.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace mexbench::run {
namespace {

using ::testing::HasSubstr;

// Confusion [[2, 1], [0, 1]]: recall 2/3 and 1, precision 1 and 1/2.
eval::PredictionSet sample() {
  eval::PredictionSet set;
  set.classes = {"x", "y"};
  const std::vector<std::pair<std::size_t, std::size_t>> rows{{0, 0}, {0, 0}, {0, 1}, {1, 1}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    eval::Prediction row;
    row.dataset = core::DatasetId("d");
    row.subject = core::SubjectId(i < 2 ? "d/s1" : "d/s2");
    row.clip_name = "c" + std::to_string(i);
    row.clip = core::make_clip_id(row.subject, row.clip_name);
    row.truth = data::Truth::one_class(rows[i].first);
    row.predicted = rows[i].second;
    set.rows.push_back(row);
  }
  return set;
}

std::vector<Figure> check(const PublishedFigure& figure) { return check_figures(std::vector<PublishedFigure>{figure}, sample()); }

TEST(Figures, AgreeingToThePrintedDecimalsIsConfirmed) {
  // UAR = (2/3 + 1) / 2 = 0.8333...
  EXPECT_EQ(check({.scope = "all", .metric = "uar", .published = 0.8333, .decimals = 4, .source = ""})[0].status, "confirmed");
  EXPECT_EQ(check({.scope = "all", .metric = "uar", .published = 0.83, .decimals = 2, .source = ""})[0].status, "confirmed");
  EXPECT_EQ(check({.scope = "all", .metric = "uar", .published = 0.8334, .decimals = 4, .source = ""})[0].status, "not_confirmed");
}

TEST(Figures, MeanPrecisionPrintedAsRecallIsExplained) {
  // Mean precision = (1 + 1/2) / 2 = 0.75.
  const Figure figure = check({.scope = "all", .metric = "uar", .published = 0.75, .decimals = 4, .source = ""})[0];
  EXPECT_EQ(figure.status, "not_confirmed");
  EXPECT_THAT(figure.detail, HasSubstr("truth and prediction are exchanged"));
  EXPECT_THAT(check({.scope = "all", .metric = "uar", .published = 0.7, .decimals = 4, .source = ""})[0].detail,
              HasSubstr("differs by +0.1333"));
}

TEST(Figures, ScopeWithoutClipsIsNotCheckable) {
  const Figure figure = check({.scope = "samm", .metric = "uf1", .published = 0.5, .decimals = 4, .source = ""})[0];
  EXPECT_EQ(figure.status, "not_checkable");
  EXPECT_FALSE(figure.ours.has_value());
}

TEST(Figures, OneFigureThatIsNotConfirmedDeniesTheWhole) {
  Reproduction reproduction;
  reproduction.figures = check({.scope = "all", .metric = "uar", .published = 0.8333, .decimals = 4, .source = ""});
  EXPECT_TRUE(reproduction.all_confirmed());
  for (Figure& figure : check({.scope = "samm", .metric = "uf1", .published = 0.5, .decimals = 4, .source = ""}))
    reproduction.figures.push_back(figure);
  EXPECT_FALSE(reproduction.all_confirmed());
}

TEST(FoldLogCheck, CountsPositionsAndRunningFigures) {
  const eval::PredictionSet predictions = sample();
  data::Manifest manifest;
  manifest.label_map.classes = predictions.classes;
  for (const eval::Prediction& row : predictions.rows) {
    data::Clip clip;
    clip.id = row.clip;
    clip.dataset = row.dataset;
    clip.subject = row.subject;
    clip.name = row.clip_name;
    clip.truth = row.truth;
    manifest.clips.push_back(clip);
  }
  // After s1 class y has no clip and no prediction: neither figure is defined. After s2: UF1 = (4/5 + 2/3) / 2, UAR = 0.8333.
  std::vector<eval::FoldLog> log(2);
  log[0] = {
      .line = 1, .subject = "s1", .truth = {"0", "0"}, .predicted = {"0", "0"}, .uf1_so_far = std::nan(""), .uar_so_far = std::nan("")};
  log[1] = {.line = 5, .subject = "s2", .truth = {"0", "1"}, .predicted = {"1", "1"}, .uf1_so_far = 0.7333, .uar_so_far = 0.8333};
  for (const Figure& figure : check_log(log, predictions, manifest)) EXPECT_EQ(figure.status, "confirmed") << figure.name << figure.detail;
  log[1].predicted = {"0", "1"};
  log[1].uar_so_far = 0.9;
  const std::vector<Figure> changed = check_log(log, predictions, manifest);
  EXPECT_EQ(changed[0].ours, 3.0);
  EXPECT_THAT(changed[0].detail, HasSubstr("d/s2/c2"));
  EXPECT_EQ(changed[1].status, "confirmed");
  EXPECT_EQ(changed[2].status, "not_confirmed");
}

TEST(FoldLogCheck, WhatTheLogLacksIsNotConfirmed) {
  const eval::PredictionSet predictions = sample();
  data::Manifest manifest;
  manifest.label_map.classes = predictions.classes;
  for (const eval::Prediction& row : predictions.rows) {
    manifest.clips.emplace_back();
    manifest.clips.back().id = row.clip;
    manifest.clips.back().subject = row.subject;
  }
  std::vector<eval::FoldLog> log(1);  // s1's second clip and all of s2 are cut off
  log[0] = {.line = 1, .subject = "s1", .truth = {"0"}, .predicted = {"0"}, .uf1_so_far = std::nullopt, .uar_so_far = std::nullopt};
  const Figure figure = check_log(log, predictions, manifest)[0];
  EXPECT_EQ(figure.published, 4.0);
  EXPECT_EQ(figure.ours, 1.0);
  EXPECT_EQ(figure.status, "not_confirmed");
  EXPECT_THAT(figure.detail, HasSubstr("subject 's2' is not in the log"));
}

TEST(WeightsPattern, PlaceholdersAreOfTheFold) {
  EXPECT_EQ(expand_weights_pattern("/w/{dataset}/{subject}-{seed}.pth", core::FoldId("casme2/sub01"), core::Seed{7}),
            "/w/casme2/sub01-7.pth");
  EXPECT_EQ(expand_weights_pattern("/w/{fold}.pth", core::FoldId("casme2/sub01"), core::Seed{0}), "/w/casme2__sub01.pth");
  EXPECT_EQ(expand_weights_pattern("/w/one.pth", core::FoldId("casme2"), core::Seed{0}), "/w/one.pth");
}

}  // namespace
}  // namespace mexbench::run
