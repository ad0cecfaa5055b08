// report.json: what the page shows, in full precision.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/render.h"
#include "unit/reports/made_reports.h"

namespace mexbench::reports {
namespace {

using testing::add_scores;
using testing::json;
using testing::load;
using testing::MadeRun;
using testing::megc_runs;
using testing::tiny_run;

TEST(ReportJson, NumbersAreThoseOfTheViewToTheLastDigit) {
  const ReportView view = make_view(load({tiny_run()}));
  const json read = json::parse(render_json(view));
  EXPECT_EQ(read.at("schema"), "mexbench.report/1");
  const json& all = read.at("runs")[0].at("scopes").at("all");
  EXPECT_EQ(all.at("uf1").get<double>(), *view.runs[0].find("all")->scores.uf1.value);
  EXPECT_EQ(all.at("confusion"), (json{{2, 1, 0}, {1, 1, 0}, {0, 0, 1}}));
  EXPECT_EQ(read.at("models")[0].at("scopes").at("all").at("uf1").at("mean").get<double>(), *view.models[0].find("all")->uf1.mean.value);
  EXPECT_EQ(read.at("without_scores"), json::array({"ststnet"}));
}

TEST(ReportJson, UndefinedIsNullWithItsReason) {
  const json read = json::parse(render_json(make_view(load({tiny_run()}))));
  EXPECT_EQ(read.at("runs")[0].at("scopes").at("smic").at("uf1"),
            (json{{"value", nullptr}, {"reason", "class 'surprise' has no clips and is never predicted"}}));
  // So few subjects have no interval, and the reason stands in its place.
  EXPECT_TRUE(read.at("runs")[0].at("scopes").at("all").at("uf1_interval").at("value").is_null());
}

TEST(ReportJson, HoldsEveryPartOfAComparison) {
  std::vector<MadeRun> runs = megc_runs();
  runs[3].judge("UNAUDITED", {"not every rule was checked"});
  for (MadeRun& run : runs) add_scores(run);
  const ReportView view = make_view(load(runs));
  const json read = json::parse(render_json(view));
  const json& comparison = read.at("comparisons").at(0);
  const PairView& pair = view.comparisons[0].pairs[0];
  EXPECT_EQ(comparison.at("pairs")[0].at("first"), view.models[pair.first].name);
  EXPECT_EQ(comparison.at("pairs")[0].at("uf1").at("difference").get<double>(), *pair.uf1.difference.value);
  EXPECT_EQ(comparison.at("pairs")[0].at("uf1").at("interval")[0].get<double>(), *pair.uf1.interval.low);
  EXPECT_EQ(comparison.at("pairs")[0].at("uf1").at("p").get<double>(), *pair.uf1.p.value);
  EXPECT_EQ(comparison.at("influences").size(), 68U);
  EXPECT_FALSE(comparison.at("ranks").at("reason").get<std::string>().empty()) << "two models are not ranked";
  EXPECT_EQ(read.at("subjects").size(), 68U);
  EXPECT_EQ(read.at("calibration").size(), 2U);
  EXPECT_EQ(read.at("calibration")[0].at("ece").at("mean").get<double>(), view.calibration.models[0].ece.mean);
  EXPECT_EQ(read.at("published").size(), view.published.size());
  EXPECT_TRUE(read.at("scopes")[0].at("floors")[0].at("random").at("uf1").contains("mean"));
  EXPECT_EQ(read.at("models")[1].at("seeds"), (json{0, 1}));
}

}  // namespace
}  // namespace mexbench::reports
