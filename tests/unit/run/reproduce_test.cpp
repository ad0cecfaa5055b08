#include "harness/run/reproduce.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

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

data::Manifest manifest_of(const eval::PredictionSet& predictions) {
  data::Manifest manifest;
  manifest.label_map.classes = predictions.classes;
  for (const eval::Prediction& row : predictions.rows) {
    data::Clip clip;
    clip.id = row.clip;
    clip.dataset = row.dataset;
    clip.subject = row.subject;
    clip.name = row.clip_name;
    clip.truth = row.truth;
    manifest.clips.push_back(std::move(clip));
  }
  return manifest;
}

// A log of sample(). After s1 class y has no clip and no prediction: neither figure is defined. After s2: UF1 = (4/5 + 2/3) / 2, UAR =
// 0.8333.
eval::FoldLogFile sample_log() {
  eval::FoldLogFile log;
  log.folds.resize(2);
  log.folds[0] = {
      .line = 1, .subject = "s1", .truth = {"0", "0"}, .predicted = {"0", "0"}, .uf1_so_far = std::nan(""), .uar_so_far = std::nan("")};
  log.folds[1] = {.line = 5, .subject = "s2", .truth = {"0", "1"}, .predicted = {"1", "1"}, .uf1_so_far = 0.7333, .uar_so_far = 0.8333};
  log.final_uf1 = 0.7333;
  log.final_uar = 0.8333;
  return log;
}

std::map<std::string, Figure> check(const eval::FoldLogFile& log) {
  std::map<std::string, Figure> out;
  for (const Figure& figure : check_log(log, sample(), manifest_of(sample()))) out[figure.name] = figure;
  return out;
}

TEST(FoldLogCheck, EverythingTheLogSaysIsCompared) {
  const auto figures = check(sample_log());
  EXPECT_EQ(figures.size(), 6U);
  for (const auto& [name, figure] : figures) EXPECT_EQ(figure.status, "confirmed") << name << figure.detail;
  EXPECT_EQ(figures.at("log.predictions").ours, 4.0);
  EXPECT_EQ(figures.at("log.uf1").ours, 2.0);
  EXPECT_EQ(figures.at("log.final_uar").published, 0.8333);
}

// Each line of the log changed by itself: the figure of that line, and no other, is not confirmed.
TEST(FoldLogCheck, AnythingFalsifiedIsNoticed) {
  const auto expect_only = [](const eval::FoldLogFile& log, const std::string& broken, const char* detail) {
    for (const auto& [name, figure] : check(log)) {
      EXPECT_EQ(figure.status, name == broken ? "not_confirmed" : "confirmed") << name;
      if (name == broken) {
        EXPECT_THAT(figure.detail, HasSubstr(detail));
      }
    }
  };
  eval::FoldLogFile log = sample_log();
  log.folds[1].predicted = {"0", "1"};
  expect_only(log, "log.predictions", "differ: d/s2/c2");
  log = sample_log();
  log.folds[0].truth = {"0", "1"};
  expect_only(log, "log.truth", "differ: d/s1/c1");
  log = sample_log();
  log.folds[1].uf1_so_far = 0.9;
  expect_only(log, "log.uf1", "differ: after fold 's2'");
  log = sample_log();
  log.folds[0].uar_so_far = 0.5;
  expect_only(log, "log.uar", "differ: after fold 's1'");
  log = sample_log();
  log.final_uf1 = 0.9999;
  expect_only(log, "log.final_uf1", "differs by -0.2666");
  log = sample_log();
  log.final_uar = std::nan("");
  expect_only(log, "log.final_uar", "undefined in the log");
}

TEST(FoldLogCheck, WhatTheLogDoesNotPrintIsNotCheckable) {
  eval::FoldLogFile log = sample_log();
  for (eval::FoldLog& fold : log.folds) fold.uf1_so_far = fold.uar_so_far = std::nullopt;
  log.final_uf1 = log.final_uar = std::nullopt;
  for (const auto& [name, figure] : check(log)) {
    const bool printed = name == "log.predictions" || name == "log.truth";
    EXPECT_EQ(figure.status, printed ? "confirmed" : "not_checkable") << name;
    EXPECT_EQ(figure.published.has_value(), printed) << name;
    EXPECT_EQ(figure.detail.empty(), printed) << name;
  }
}

TEST(FoldLogCheck, WhatTheLogLacksIsNotConfirmed) {
  eval::FoldLogFile log;
  log.folds.resize(1);  // s1's second clip and all of s2 are cut off
  log.folds[0] = {.line = 1, .subject = "s1", .truth = {"0"}, .predicted = {"0"}, .uf1_so_far = std::nullopt, .uar_so_far = std::nullopt};
  for (const char* name : {"log.predictions", "log.truth"}) {
    const Figure figure = check(log).at(name);
    EXPECT_EQ(figure.published, 4.0);
    EXPECT_EQ(figure.ours, 1.0);
    EXPECT_EQ(figure.status, "not_confirmed");
    EXPECT_THAT(figure.detail, HasSubstr("d/s1/c1 is not in the log, d/s2/c2 is not in the log"));
  }
}

TEST(FoldLogCheck, WhatOnlyTheLogHasIsNotConfirmed) {
  eval::FoldLogFile log = sample_log();
  log.folds[0].truth.emplace_back("0");
  log.folds[0].predicted.emplace_back("0");
  const Figure figure = check(log).at("log.predictions");
  EXPECT_EQ(figure.published, 5.0);
  EXPECT_EQ(figure.ours, 4.0);
  EXPECT_THAT(figure.detail, HasSubstr("position 3 of fold 's1'"));
}

TEST(ReproductionJson, ANumberThatIsNotThereHasItsReason) {
  Reproduction reproduction;
  reproduction.name = "r";
  reproduction.figures = check({.scope = "samm", .metric = "uf1", .published = 0.5, .decimals = 4, .source = "Table II"});
  const nlohmann::json figure = to_json(reproduction).at("figures").at(0);
  EXPECT_EQ(figure.at("published"), 0.5);
  EXPECT_EQ(figure.at("ours"), nlohmann::json({{"value", nullptr}, {"reason", "there are no clips of 'samm'"}}));
  EXPECT_EQ(figure.at("source"), "Table II");
}

TEST(WeightsPattern, PlaceholdersAreOfTheFold) {
  EXPECT_EQ(expand_weights_pattern("/w/{dataset}/{subject}-{seed}.pth", core::FoldId("casme2/sub01"), core::Seed{7}),
            "/w/casme2/sub01-7.pth");
  EXPECT_EQ(expand_weights_pattern("/w/{fold}.pth", core::FoldId("casme2/sub01"), core::Seed{0}), "/w/casme2__sub01.pth");
  EXPECT_EQ(expand_weights_pattern("/w/one.pth", core::FoldId("casme2"), core::Seed{0}), "/w/one.pth");
}

}  // namespace
}  // namespace mexbench::run
