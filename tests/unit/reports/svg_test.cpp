#include "reports/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <set>

#include "unit/reports/made_reports.h"
#include "unit/reports/markup.h"

namespace mexbench::reports {
namespace {

using testing::balance_problem;
using ::testing::HasSubstr;
using testing::hostile_run;
using testing::json;
using testing::load;
using testing::MadeRun;
using testing::megc_run;
using ::testing::Not;
using testing::times;
using testing::tiny_run;

TEST(Svg, TextReadsOnEveryShadeInBothThemes) {
  EXPECT_NEAR(contrast("#000000", "#ffffff"), 21.0, 1e-9);
  for (const auto& shades : {light_shades(), dark_shades()}) {
    for (const Shade& shade : shades) EXPECT_GE(contrast(shade.fill, shade.text), 4.5) << shade.fill << " " << shade.text;
  }
}

TEST(Svg, ConfusionCellHasCountAndRowShare) {
  const ReportView view = make_view(load({tiny_run()}));
  const std::string figure = confusion_svg(view.runs[0], view.runs[0].scopes[0]);
  EXPECT_EQ(balance_problem(figure), "");
  EXPECT_THAT(figure, HasSubstr("<title>truth negative, prediction negative: 2 of 3 clips</title><rect class=\"q7\""));
  EXPECT_THAT(figure, HasSubstr(">66.7 %</text>"));
  EXPECT_THAT(figure, HasSubstr("<title>truth negative, prediction positive: 1 of 3 clips</title><rect class=\"q3\""));
}

TEST(Svg, ClassWithoutClipsHasNoShare) {
  const ReportView view = make_view(load({tiny_run()}));
  const ScopeView* smic = view.runs[0].find("smic");
  EXPECT_THAT(confusion_svg(view.runs[0], *smic), HasSubstr(">no clips</text>"));
}

TEST(Svg, FilesOfTheirOwnAreWellFormedWithHostileNames) {
  const ReportView view = make_view(load({hostile_run()}));
  for (const std::string& figure : {confusion_svg(view.runs[0], view.runs[0].scopes[0]), scores_svg(view), subjects_svg(view, 0)}) {
    EXPECT_EQ(balance_problem(figure), "");
    EXPECT_TRUE(is_report_figure(figure));
    EXPECT_THAT(figure, Not(HasSubstr("<script")));
    EXPECT_THAT(figure, HasSubstr("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  }
}

TEST(Svg, ConfusionOfAnInvalidRunSaysSo) {
  MadeRun run = tiny_run();
  const auto figure = [&] {
    const ReportView view = make_view(load({run}));
    return confusion_svg(view.runs[0], view.runs[0].scopes[0]);
  };
  EXPECT_THAT(figure(), Not(HasSubstr("INVALID")));
  run.judge("INVALID");
  EXPECT_THAT(figure(), HasSubstr(">INVALID run: no evidence</text>"));
}

TEST(Svg, EveryPublishedResultHasItsDiamondWithATitle) {
  MadeRun run = tiny_run();
  json second = testing::published_result();
  second["id"] = "second-paper";
  second["scores"] = {{"casme2", {{"uf1", 0.5}}}, {"smic", {{"uf1", 0.25}}}, {"all", {{"uf1", 0.75}}}};
  run.run["published"] = {testing::published_result(), second};  // the first is about samm too, so its 'all' is no counterpart
  const std::string figure = scores_svg(make_view(load({run})));
  EXPECT_THAT(figure, HasSubstr("<title>second-paper: published UF1 0.7500</title>"));
  EXPECT_THAT(figure, HasSubstr("<title>second-paper: published UF1 0.2500</title>"));
  EXPECT_THAT(figure, HasSubstr("<title>liong2019-table2: published UAR 0.7013</title>"));
  EXPECT_THAT(figure, Not(HasSubstr("published UF1 0.7353")));
  EXPECT_EQ(times(figure, "<title>published</title>"), 1U) << "the legend's";
}

TEST(Svg, ModelsOfLongNamesAreToldApart) {
  std::vector<MadeRun> runs(2, tiny_run());
  runs[0].label = "megc2019-composite-scratch-lr-low-ststnet";
  runs[1].label = "megc2019-composite-scratch-lr-high-ststnet";
  const std::string figure = scores_svg(make_view(load(runs)));
  std::set<std::string> names;
  for (std::size_t at = 0; (at = figure.find(">megc2019", at)) != std::string::npos; ++at) {
    const std::size_t end = figure.find('<', at);
    if (figure.compare(end, 7, "</text>") == 0) names.insert(figure.substr(at, end - at));
  }
  EXPECT_EQ(names.size(), 2U);
}

TEST(Svg, NothingIsDrawnOverAnotherPart) {
  const std::string figure = scores_svg(make_view(load({tiny_run()})));  // smic has no UF1
  double title = 0;                                                      // grid lines begin below the title of their group
  for (std::size_t at = 0; (at = figure.find('<', at)) != std::string::npos; ++at) {
    const auto attribute = [&](const std::string& name) {
      return std::stod(figure.substr(figure.find(" " + name + "=\"", at) + name.size() + 3));
    };
    const std::string element = figure.substr(at, figure.find('>', at) - at);
    if (element.find("x=\"0\"") != std::string::npos && element.find("font-weight") != std::string::npos) title = attribute("y");
    if (element.starts_with("<line") && element.find("rule-line") != std::string::npos) {
      EXPECT_GT(attribute("y1"), title);
    }
  }
  EXPECT_GT(title, 0);
}

TEST(Svg, SubjectsFigureNamesItsAxis) {
  EXPECT_THAT(subjects_svg(make_view(load({tiny_run()})), 0), HasSubstr(">accuracy under ststnet</text>"));
}

TEST(Svg, SubjectDotsAreOnePerSubjectAndDoNotOverlap) {
  const ReportView view = make_view(load({megc_run("a", 0, 0.7)}));
  const std::string figure = subjects_svg(view, 0);
  struct Dot {
    double x, y, r;
  };
  std::vector<Dot> dots;
  for (std::size_t at = 0; (at = figure.find("<circle", at)) != std::string::npos; ++at) {
    const auto attribute = [&](const std::string& name) {
      const std::size_t from = figure.find(" " + name + "=\"", at) + name.size() + 3;
      return std::stod(figure.substr(from));
    };
    if (figure.find(" correct, accuracy", at) < figure.find("</circle>", at))
      dots.push_back({attribute("cx"), attribute("cy"), attribute("r")});
  }
  ASSERT_EQ(dots.size(), 68U);
  for (std::size_t i = 0; i < dots.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      EXPECT_GE(std::hypot(dots[i].x - dots[k].x, dots[i].y - dots[k].y), dots[i].r + dots[k].r) << i << " and " << k;
    }
  }
}

}  // namespace
}  // namespace mexbench::reports
