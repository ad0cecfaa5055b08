#include "reports/latency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/core/csv.h"
#include "reports/latency_rows.h"
#include "reports/render.h"
#include "reports/svg.h"
#include "unit/reports/made_latency.h"
#include "unit/reports/made_reports.h"
#include "unit/reports/markup.h"

namespace mexbench::reports {
namespace {

using testing::balance_problem;
using ::testing::Contains;
using testing::drifting;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::hostile_run;
using ::testing::IsEmpty;
using testing::load;
using testing::made_record;
using testing::made_series;
using testing::MadeRun;
using ::testing::Not;
using testing::ScratchFolder;
using testing::timed;
using testing::tiny;
using testing::written;

// Every clip right.
MadeRun perfect(const std::string& label) {
  MadeRun run = tiny(label);
  for (auto& clip : run.clips) clip.predicted = clip.truth;
  return run;
}

ReportView view_of(const std::vector<MadeRun>& runs) { return make_view(load(runs)); }

TEST(ParetoFront, KeepsWhatNoOtherDominates) {
  EXPECT_THAT(pareto_front({}), IsEmpty());
  const std::vector<SpeedAndScore> one{{.ms = 1, .uf1 = 0.5}};
  EXPECT_THAT(pareto_front(one), ElementsAre(true));
  // Slower and worse; slower and better; as fast and worse.
  const std::vector<SpeedAndScore> several{{.ms = 1, .uf1 = 0.5}, {.ms = 2, .uf1 = 0.4}, {.ms = 2, .uf1 = 0.7}, {.ms = 1, .uf1 = 0.3}};
  EXPECT_THAT(pareto_front(several), ElementsAre(true, false, true, false));
  const std::vector<SpeedAndScore> equal{{.ms = 1, .uf1 = 0.5}, {.ms = 1, .uf1 = 0.5}, {.ms = 3, .uf1 = 0.5}};
  EXPECT_THAT(pareto_front(equal), ElementsAre(true, true, false)) << "equal points do not dominate each other";
}

TEST(Latency, MillisecondsHaveThreeDigits) {
  EXPECT_EQ(milliseconds(0.0461), "0.0461");
  EXPECT_EQ(milliseconds(1.0), "1.00");
  EXPECT_EQ(milliseconds(0.99998), "1.00");
  EXPECT_EQ(milliseconds(999.9), "1,000");
  EXPECT_EQ(milliseconds(12.345), "12.3");
  EXPECT_EQ(milliseconds(123.45), "123");
  EXPECT_EQ(milliseconds(12345.6), "12,346");
  EXPECT_EQ(milliseconds(0.0), "0.00");
  EXPECT_EQ(in_thousands(1683), "1.68 k");
  EXPECT_EQ(in_thousands(139.6e6), "140 M");
  EXPECT_EQ(in_thousands(12), "12");
}

TEST(Latency, ReportWithoutATimingSaysSo) {
  const ReportView view = view_of({tiny("a")});
  EXPECT_THAT(
      view.latency.sentences,
      ElementsAre("No run of this report was timed: 'mexbench bench EXPERIMENT.yaml' writes the latency.json that this section reads."));
  EXPECT_THAT(latency_tables(view), IsEmpty());
  const ScratchFolder out;
  EXPECT_THAT(written({tiny("a")}, out.path() / "report"), Not(Contains(HasSubstr("latency"))));
}

TEST(Latency, FrontAndFramesAreSaidInSentences) {
  // slow is perfect; fast is not; worse is as good as fast and slower.
  const ReportView view = view_of({timed(tiny("fast"), 1.0), timed(perfect("slow"), 8.0), timed(tiny("worse"), 20.0)});
  ASSERT_EQ(view.latency.groups.size(), 1U);
  EXPECT_EQ(view.latency.groups[0].series, "end-to-end");
  EXPECT_THAT(
      view.latency.sentences,
      ElementsAre("On the Pareto front of latency (end to end, p50) and UF1 are fast (1.00 ms, UF1 0.7222) and slow (8.00 ms, UF1 "
                  "1.0000): no other is as fast and as good and better in one.",
                  "worse (20.0 ms, UF1 0.7222) lies behind it: another is at least as fast and scores at least as high.",
                  "At 100 frames per second a frame lasts 10.0 ms: fast and slow answer 99 % of clips within it (end to end), worse "
                  "takes longer.",
                  "At 200 frames per second a frame lasts 5.00 ms: fast answers 99 % of clips within it (end to end), slow and worse "
                  "take longer."));
}

TEST(Latency, OneTimedRunIsComparedWithNothing) {
  const ReportView view = view_of({timed(tiny("a"), 1.0), tiny("b")});
  EXPECT_THAT(
      view.latency.sentences,
      Contains("a (1.00 ms, UF1 0.7222) is the only one here with a valid latency (end to end, p50), so there is nothing to compare "
               "it with."));
  EXPECT_THAT(view.latency.sentences, Contains("1 of 2 runs was not timed: no latency.json lies in its folder."));
}

TEST(Latency, SingleStreamStandsInWhereEndToEndIsMissing) {
  MadeRun b = tiny("b");
  b.latency = latency::to_json(made_record(b, {made_series(latency::Scenario::kSingleStream, 0.05)}));
  MadeRun a = tiny("a");
  a.latency = latency::to_json(
      made_record(a, {made_series(latency::Scenario::kSingleStream, 0.04), made_series(latency::Scenario::kEndToEnd, 30.0)}));
  const ReportView view = view_of({a, b});
  EXPECT_EQ(view.latency.groups[0].series, "single-stream");
  ASSERT_EQ(view.latency.groups[0].points.size(), 2U);
  EXPECT_NEAR(view.latency.groups[0].points[0].p50, 0.04, 0.001);
}

TEST(Latency, MachinesAreNotCompared) {
  MadeRun other = timed(perfect("b"), 0.5);
  other.latency["machine"]["cpu"] = "another processor";
  const ReportView view = view_of({timed(tiny("a"), 1.0), other});
  ASSERT_EQ(view.latency.groups.size(), 2U);
  EXPECT_TRUE(view.latency.groups[0].points[0].front) << "b is faster and better, on another machine";
  EXPECT_THAT(view.latency.sentences,
              Contains("The runs were timed on 2 machines or in environments that differ, so latencies are compared "
                       "only among those of one."));
  EXPECT_THAT(latency_files(view), ElementsAre("latency.svg", "latency-2.svg"));
  MadeRun busy = timed(tiny("b"), 0.5);
  busy.latency["machine"]["load_average"] = {7.0, 7.0, 7.0};
  EXPECT_EQ(view_of({timed(tiny("a"), 1.0), busy}).latency.machines.size(), 1U) << "load is no property of a machine";
}

TEST(Latency, InvalidTimingIsOnNoFrontAndIsCalledSo) {
  const ReportView view = view_of({timed(tiny("a"), 1.0), drifting(tiny("b"), 0.1)});
  ASSERT_EQ(view.latency.groups[0].points.size(), 2U);
  const LatencyPoint& fastest = view.latency.groups[0].points[0];
  EXPECT_FALSE(fastest.valid);
  EXPECT_FALSE(fastest.front);
  EXPECT_TRUE(view.latency.groups[0].points[1].front);
  const std::string svg = latency_svg(view, view.latency.groups[0]);
  EXPECT_THAT(svg, HasSubstr(">b, INVALID<"));
  const std::string rule = "drift is 12.5 %, at most 5 % is valid: let the machine cool down";
  EXPECT_THAT(render_markdown(view), HasSubstr(rule));
  ASSERT_EQ(broken_rules(view.latency.runs[1].record).size(), 1U);
  EXPECT_EQ(broken_rules(view.latency.runs[1].record)[0].words, rule);
  EXPECT_THAT(render_latency_latex(view), HasSubstr("b (INVALID) & end to end"));
}

TEST(Latency, TablesHaveEveryMeasurement) {
  const ReportView view = view_of({timed(tiny("a"), 2.0, /*tail=*/3.0)});
  const std::vector<LatencyTable> tables = latency_tables(view);
  ASSERT_EQ(tables.size(), 6U);
  const LatencyRow& series = tables[0].rows.at(0);
  EXPECT_EQ(series.name, "end-to-end");
  EXPECT_EQ(series.cells[0].text, "10,000");
  EXPECT_EQ(series.cells[1].text, "2.00");
  EXPECT_EQ(series.cells[1].below, "[2.00, 2.00]");
  EXPECT_EQ(series.cells[4].text, "6.59") << "p99 is in the tail: 2 ms * (0.9 + 0.2 * 0.99) * 3";
  EXPECT_EQ(series.cells[7].text, "6.2 %");
  EXPECT_EQ(tables[1].rows.at(0).cells[0].text, "1.68 k");
  EXPECT_EQ(tables[1].rows.at(0).cells[2].reason, "not kept");
  EXPECT_EQ(tables[1].rows.at(0).cells[3].text, "100 MiB");
  EXPECT_EQ(tables[2].rows.at(1).name, "flow (align, tvl1)");
  EXPECT_EQ(tables[3].rows.at(0).cells[4].text, "28.0");
  EXPECT_EQ(tables[5].rows.at(0).cells[0].text, "1 of 6");
  EXPECT_EQ(tables[5].rows.at(0).cells[1].text, "87.5 %");
}

TEST(Latency, CsvHasARowPerSeries) {
  MadeRun run = tiny("a");
  run.latency = latency::to_json(
      made_record(run, {made_series(latency::Scenario::kSingleStream, 0.5, 100), made_series(latency::Scenario::kEndToEnd, 2.0)}));
  const auto rows = core::parse_csv(render_latency_csv(view_of({run})), "latency.csv");
  ASSERT_TRUE(rows) << rows.error().render();
  ASSERT_EQ(rows->size(), 3U);
  const auto at = [&](std::size_t row, const std::string& name) {
    const auto& head = rows->front().fields;
    return (*rows)[row].fields.at(static_cast<std::size_t>(std::find(head.begin(), head.end(), name) - head.begin()));
  };
  EXPECT_EQ(at(1, "series"), "single-stream");
  EXPECT_EQ(at(1, "p99_ms"), "") << "100 samples have no interval of p99";
  EXPECT_NE(at(1, "p50_ms_low"), "");
  EXPECT_EQ(at(1, "pareto_front"), "");
  EXPECT_EQ(at(2, "pareto_front"), "yes");
  EXPECT_EQ(at(2, "verdict"), "VALID");
  EXPECT_EQ(at(2, "parameters"), "1683");
}

TEST(Latency, OtherScienceAndMalformedFilesAreRefused) {
  MadeRun foreign = timed(tiny("a"), 1.0), broken = timed(tiny("b"), 1.0);
  foreign.latency["science_hash"] = std::string(64, '0');
  broken.latency["series"][0]["verdict"] = "INVALID";
  const ScratchFolder out;
  const std::vector<testing::fs::path> folders{foreign.write(out.path()), broken.write(out.path())};
  const auto data = load_runs(folders);
  ASSERT_FALSE(data);
  EXPECT_EQ(data.error().code(), core::ErrorCode::kData);
  EXPECT_THAT(data.error().render(),
              HasSubstr("was measured of a run with the science hash 000000000000, the run beside it has 5c1e00000000"));
  EXPECT_THAT(data.error().render(), HasSubstr("the verdict of series 'end-to-end' is \"INVALID\""));
}

TEST(Latency, HostileNamesStandAsTextInEveryFormat) {
  MadeRun run = hostile_run();
  latency::Series named = made_series(latency::Scenario::kOffline, 3.0);
  named.name = testing::kHostile;
  run.latency = latency::to_json(made_record(run, {made_series(latency::Scenario::kEndToEnd, 1.0), named}));
  run.latency["machine"]["cpu"] = run.latency["timed_region"] = testing::kHostile;
  run.latency["stages"][0]["name"] = run.latency["mer"]["apex_words"] = testing::kHostile;
  MadeRun second = timed(hostile_run(), 2.0);
  second.seed = 1;
  const ReportView view = view_of({run, second});
  for (const std::string& page : {render_html(view), latency_svg(view, view.latency.groups[0])}) {
    EXPECT_EQ(balance_problem(page), "");
    EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  }
  EXPECT_THAT(render_latency_latex(view), HasSubstr("\\textless{}b\\textgreater{}\\&\\_\\%\\$\\#"));
  EXPECT_TRUE(core::parse_csv(render_latency_csv(view), "latency.csv"));
}

TEST(Latency, FigureIsTheSameInEveryOrderAndIsKnownAsOurs) {
  const std::vector<MadeRun> runs{timed(tiny("a"), 1.0), timed(perfect("b"), 8.0), timed(tiny("c"), 700.0)};
  const ReportView view = view_of(runs), turned = view_of({runs[2], runs[0], runs[1]});
  for (const FigureWidth width : {FigureWidth::kPage, FigureWidth::kPhone}) {
    const std::string svg = latency_svg(view, view.latency.groups[0], width);
    EXPECT_EQ(svg, latency_svg(turned, turned.latency.groups[0], width));
    EXPECT_EQ(balance_problem(svg), "");
    EXPECT_TRUE(is_report_figure(svg));
    EXPECT_THAT(svg, HasSubstr(">500 ms<"));
  }
  EXPECT_EQ(render_html(view), render_html(turned));
}

TEST(Latency, JsonHasTheMeasurementsAndTheFront) {
  const auto report = testing::json::parse(render_json(view_of({timed(tiny("a"), 1.0), tiny("b")})));
  const auto& latency = report.at("latency");
  EXPECT_THAT(latency["runs"][0]["runs"], ElementsAre("run-1"));
  EXPECT_EQ(latency["runs"][0]["series"][0]["summary"]["count"], 10'000);
  EXPECT_EQ(latency["groups"][0]["points"][0]["pareto_front"], true);
  EXPECT_THAT(latency["not_timed"], ElementsAre("run-2"));
}

}  // namespace
}  // namespace mexbench::reports
