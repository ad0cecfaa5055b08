#include "reports/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "harness/core/version.h"
#include "reports/render.h"
#include "reports/svg.h"
#include "reports/text.h"
#include "unit/reports/made_latency.h"
#include "unit/reports/made_reports.h"
#include "unit/reports/markup.h"

namespace mexbench::reports {
namespace {

namespace fs = std::filesystem;
using testing::balance_problem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::hostile_run;
using testing::json;
using testing::kHostile;
using testing::load;
using testing::MadeRun;
using testing::megc_run;
using testing::megc_runs;
using ::testing::Not;
using testing::read_text;
using testing::ScratchFolder;
using testing::times;
using testing::tiny_run;
using testing::written;

TEST(WriteReport, NamesEveryFileItWrites) {
  const ScratchFolder out;
  EXPECT_THAT(written({tiny_run()}, out.path() / "report"),
              ElementsAre("index.html", "report.md", "table.tex", "summary.csv", "report.json", "scores.svg", "selection.svg",
                          "subjects-ststnet.svg", "confusion-ststnet@seed-0@all.svg", "confusion-ststnet@seed-0@casme2.svg",
                          "confusion-ststnet@seed-0@smic.svg"));
}

TEST(WriteReport, ModelsWhoseNamesJoinAlikeKeepTheirFigures) {
  const ScratchFolder out;
  MadeRun one = tiny_run(), two = tiny_run();
  one.experiment = "ststnet";
  one.label = "scratch-x";
  two.experiment = "ststnet-scratch";
  two.label = "x";
  const std::vector<std::string> names = written({one, two}, out.path() / "report");
  EXPECT_EQ(names.size(), 16U);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 16U);
  EXPECT_THAT(names, ::testing::Contains("subjects-ststnet@scratch-x.svg"));
}

TEST(WriteReport, SeedsThatStandAloneHaveFiguresOfTheirOwn) {
  const ScratchFolder out;
  MadeRun other = tiny_run();
  other.seed = 1;
  other.run["train"]["epochs"] = 1;
  const std::vector<std::string> names = written({tiny_run(), other}, out.path() / "report");
  EXPECT_THAT(names, ::testing::Contains("subjects-ststnet@seed-0.svg"));
  EXPECT_THAT(names, ::testing::Contains("subjects-ststnet@seed-1.svg"));
}

TEST(WriteReport, LongNamesBecomeShortDistinctFileNames) {
  const ScratchFolder out;
  MadeRun one = tiny_run(), two = tiny_run();
  one.label = std::string(120, 'a') + std::string(7, 'b');
  two.label = std::string(120, 'a') + std::string(7, 'c');
  one.experiment = two.experiment = std::string(128, 'e');
  MadeRun third = two;
  third.experiment = std::string(127, 'e');
  const std::vector<std::string> names = written({one, two, third}, out.path() / "report");
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 7U + 1 + 3 + 9);
  for (const std::string& name : names) EXPECT_LE(name.size(), 184U);
}

TEST(WriteReport, RemovesFiguresOfAnEarlierReportAndNothingElse) {
  const ScratchFolder out;
  const fs::path folder = out.path() / "report";
  MadeRun second = tiny_run();
  second.label = "b";
  written({tiny_run(), second}, folder);
  testing::write_text(folder / "subjects-notes.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><title>mine</title></svg>");
  testing::write_text(folder / "confusion-mine.svg.txt",
                      confusion_svg(make_view(load({second})).runs[0], *make_view(load({second})).runs[0].find("all")));
  fs::create_directory(folder / "subjects-folder.svg");
  const auto report = write_report(load({tiny_run()}), folder);
  ASSERT_TRUE(report) << report.error().render();
  std::vector<std::string> removed;
  for (const fs::path& file : report->removed) removed.push_back(file.filename().string());
  EXPECT_THAT(removed, ElementsAre("confusion-b@seed-0@all.svg", "confusion-b@seed-0@casme2.svg", "confusion-b@seed-0@smic.svg",
                                   "pairs.svg", "subjects-b.svg"));
  for (const fs::path& file : report->removed) EXPECT_FALSE(fs::exists(file));
  for (const char* kept : {"subjects-notes.svg", "confusion-mine.svg.txt", "subjects-folder.svg", "subjects-ststnet.svg", "scores.svg"}) {
    EXPECT_TRUE(fs::exists(folder / kept)) << kept;
  }
  MadeRun open = tiny_run();
  open.run["state"] = "incomplete";
  ASSERT_TRUE(write_report(load({open}), folder));
  EXPECT_FALSE(fs::exists(folder / "scores.svg"));
}

TEST(WriteReport, SameRunFoldersGiveTheSameBytesWhereverTheyAre) {
  const ScratchFolder a, b, c;
  for (const MadeRun& run : megc_runs()) {
    run.write(a.path());
    run.write(b.path() / "deeper");
  }
  const auto one = load_runs(std::vector<fs::path>{a.path() / "megc2019-loso"});
  const auto two = load_runs(std::vector<fs::path>{b.path() / "deeper/megc2019-loso/offapexnet/seed-1", b.path() / "deeper/megc2019-loso"});
  ASSERT_TRUE(one && two);
  const auto first = write_report(*one, c.path() / "one"), second = write_report(*two, c.path() / "two");
  ASSERT_TRUE(first && second);
  ASSERT_EQ(first->files.size(), second->files.size());
  for (std::size_t i = 0; i < first->files.size(); ++i) {
    EXPECT_EQ(first->files[i].filename(), second->files[i].filename());
    EXPECT_EQ(read_text(first->files[i]), read_text(second->files[i])) << first->files[i];
  }
  // MEXBENCH_KEEP_RUNS=<folder> keeps the run folders, for the browser's test and to look at.
  if (const char* keep = std::getenv("MEXBENCH_KEEP_RUNS")) {
    double p50_ms = 0.8;  // each run four times as slow as the one before
    for (MadeRun run : megc_runs()) {
      testing::add_scores(run);
      testing::add_curves(run, 800);
      testing::timed(run, p50_ms, /*tail=*/2.5).write(keep);
      p50_ms *= 4.0;
    }
  }
}

TEST(Html, TagsBalanceInEveryKindOfReport) {
  MadeRun open = tiny_run();
  open.run["state"] = "incomplete";
  for (const auto& runs : std::vector<std::vector<MadeRun>>{{tiny_run()}, megc_runs(), {hostile_run()}, {open}}) {
    EXPECT_EQ(balance_problem(render_html(make_view(load(runs)))), "");
  }
}

TEST(Html, BalanceCheckItselfSeesBrokenMarkup) {
  EXPECT_NE(balance_problem("<p><b>x</p></b>"), "");
  EXPECT_NE(balance_problem("<p>"), "");
  EXPECT_EQ(balance_problem("<!doctype html><p>a<br></p><script>if (a < b && c) {}</script>"), "");
  EXPECT_NE(balance_problem("<p>a & b</p>"), "");
  EXPECT_NE(balance_problem("<p title=\"a&b\">x</p>"), "");
  EXPECT_NE(balance_problem("<p>&nbsp;</p>"), "") << "SVG files know no such entity";
  EXPECT_EQ(balance_problem("<p title=\"&quot;&#39;\">&amp;&lt;&gt;</p>"), "");
}

TEST(Html, HasEverySection) {
  const std::string page = render_html(make_view(load(megc_runs())));
  for (const char* id : {"summary", "models", "datasets", "classes", "subjects", "calibration", "training", "latency", "published", "input",
                         "provenance", "notes"}) {
    if (std::string(id) == "notes") continue;  // nothing is undefined in this experiment
    EXPECT_THAT(page, HasSubstr(std::string("<section id=\"") + id + "\">"));
    EXPECT_THAT(page, HasSubstr(std::string("href=\"#") + id + "\""));
  }
  EXPECT_THAT(render_html(make_view(load({tiny_run()}))), HasSubstr("<section id=\"notes\">"));
}

TEST(Html, RefersToNothingOutsideButDois) {
  std::string page = render_html(make_view(load(megc_runs())));
  for (const std::string& allowed :
       {std::string("href=\"https://doi.org/10.1109/FG.2019.8756567\""), std::string("xmlns=\"http://www.w3.org/2000/svg\"")}) {
    ASSERT_THAT(page, HasSubstr(allowed));
    for (std::size_t at = 0; (at = page.find(allowed, at)) != std::string::npos;) page.erase(at, allowed.size());
  }
  for (const char* address : {"http://", "https://", "//cdn", "src=", "@import", "url(", "<link"})
    EXPECT_THAT(page, Not(HasSubstr(address)));
}

TEST(Html, EveryInternalLinkHasItsPlace) {
  for (const auto& runs : std::vector<std::vector<MadeRun>>{megc_runs(), {tiny_run()}}) {  // the second has footnotes
    const std::string page = render_html(make_view(load(runs)));
    std::set<std::string> targets;
    for (std::size_t at = 0; (at = page.find("href=\"#", at)) != std::string::npos;) {
      at += 7;
      targets.insert(page.substr(at, page.find('"', at) - at));
    }
    for (const std::string& id : targets) EXPECT_EQ(times(page, " id=\"" + id + "\""), 1U) << id;
    EXPECT_GT(targets.size(), 10U);
  }
}

// Wherever a score of a run stands, its verdict does.
TEST(Html, InvalidStandsBesideTheNameInEverySection) {
  const std::string page = render_html(make_view(load(megc_runs())));
  for (const char* id : {"summary", "datasets", "classes", "subjects", "provenance"}) {
    const std::size_t from = page.find(std::string("<section id=\"") + id + "\">");
    const std::string section = page.substr(from, page.find("</section>", from) - from);
    EXPECT_THAT(section, HasSubstr("INVALID</span>")) << id;
    EXPECT_THAT(section, HasSubstr("UNAUDITED</span>")) << id;
  }
  const std::size_t datasets = page.find("<section id=\"datasets\">");
  const std::string section = page.substr(datasets, page.find("</section>", datasets) - datasets);
  EXPECT_EQ(times(section, "</svg>INVALID</span>"), 4U) << "the one INVALID run, on all datasets and on each";
  EXPECT_EQ(times(section, "</svg>includes INVALID</span>"), 4U);
  EXPECT_EQ(times(section, "</svg>UNAUDITED</span>"), 12U);
}

TEST(Html, SharedReasonStandsOnce) {
  const std::string page = render_html(make_view(load(megc_runs())));
  const std::string summary = page.substr(0, page.find("<section id=\"models\">"));
  EXPECT_EQ(times(summary, ">not every rule was checked<"), 1U);
}

TEST(Html, PublishedFiguresAndDifferencesStandInTheSummaryOfSeveralModels) {
  std::vector<MadeRun> runs = megc_runs();
  json second = testing::published_result();
  second["id"] = "second-paper";
  second["scores"]["all"]["uf1"] = 0.8;
  for (MadeRun& run : runs) run.run["published"].push_back(second);
  const ReportView view = make_view(load(runs));
  const std::string page = render_html(view);
  const std::string summary = page.substr(0, page.find("<section id=\"models\">"));
  EXPECT_THAT(summary, HasSubstr(">liong2019-table2</a>"));
  EXPECT_THAT(summary, HasSubstr(">second-paper</a>"));
  for (const PublishedView& result : view.published) {
    const std::string difference = signed_four_decimals(*result.find("all", "UF1")->difference);
    EXPECT_THAT(summary, HasSubstr("<span class=\"range\">ours " + difference + "</span>"));
  }
}

TEST(Html, LoneDatasetIsCalledByItsName) {
  MadeRun run = tiny_run();
  run.clips.resize(4);
  const ReportView view = make_view(load({run}));
  const std::string page = render_html(view);
  for (const std::string& text : {page, scores_svg(view), render_latex(view)}) {
    EXPECT_THAT(text, Not(HasSubstr("all datasets")));
    EXPECT_THAT(text, HasSubstr("casme2"));
  }
}

TEST(Html, FooterTellsTheReportsVersionFromTheRuns) {
  MadeRun run = tiny_run();
  run.run["mexbench_version"] = "0.0.7";
  EXPECT_THAT(render_html(make_view(load({run}))), HasSubstr(std::string("Written by mexbench ") + core::kVersion +
                                                             " from one run folder and nothing else; runs by mexbench 0.0.7."));
}

TEST(Html, HostileNamesAreText) {
  const std::string page = render_html(make_view(load({hostile_run()})));
  EXPECT_THAT(page, HasSubstr(escape_html(kHostile)));
  for (const char* markup : {"<script>alert", "<b>&", "<i>smic", "<u>&", "a&b_", "\"><script>"}) EXPECT_THAT(page, Not(HasSubstr(markup)));
}

TEST(Html, UndefinedShowsItsReasonAsTooltipAndAsNote) {
  const std::string page = render_html(make_view(load({tiny_run()})));
  EXPECT_THAT(page, HasSubstr("title=\"class &#39;surprise&#39; has no clips and is never predicted\">undefined<sup><a href=\"#note-"));
  EXPECT_THAT(page, HasSubstr("\">class &#39;surprise&#39; has no clips and is never predicted</li>"));
}

TEST(Html, IncompleteRunsShowWhatIsMissingAndNoScore) {
  MadeRun open = tiny_run();
  open.label = "halted";
  open.run["state"] = "interrupted";
  open.run["folds"] = {{"planned", 3}, {"sealed", 2}, {"failed", {{{"fold", "smic/s01"}, {"reason", "loss is not finite"}}}}};
  const std::string page = render_html(make_view(load({open})));
  EXPECT_THAT(page, HasSubstr("2 of 3"));
  EXPECT_THAT(page, HasSubstr("loss is not finite"));
  EXPECT_THAT(page, Not(HasSubstr("0.7222")));
}

TEST(Html, TwentyRunsStayUnderTwoMegabytes) {
  std::vector<MadeRun> runs;
  for (int model = 0; model < 10; ++model) {
    for (std::uint64_t seed = 0; seed < 2; ++seed) {
      runs.push_back(megc_run("model-" + std::to_string(model), seed, 0.5 + 0.03 * model));
      testing::add_scores(runs.back());
      testing::add_curves(runs.back(), 800);
      runs.back() = testing::timed(runs.back(), 0.5 + model);
    }
  }
  if (const char* keep = std::getenv("MEXBENCH_KEEP_RUNS")) {
    for (const MadeRun& run : runs) run.write(keep);
  }
  const std::string page = render_html(make_view(load(runs)));
  EXPECT_LT(page.size(), 2'000'000U);
  EXPECT_EQ(balance_problem(page), "");
}

}  // namespace
}  // namespace mexbench::reports
