#include "reports/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "harness/core/csv.h"
#include "harness/core/version.h"
#include "reports/render.h"
#include "reports/svg.h"
#include "reports/text.h"
#include "unit/reports/markup.h"
#include "unit/reports/run_folders.h"

namespace mexbench::reports {
namespace {

namespace fs = std::filesystem;
using testing::balance_problem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::json;
using testing::MadeRun;
using testing::megc_run;
using ::testing::Not;
using testing::read_text;
using testing::ScratchFolder;
using testing::tiny_run;

const std::string kHostile = "<script>alert(1)</script>a&b_%$#\"'|`x`";

ReportData load(const std::vector<MadeRun>& runs) {
  const ScratchFolder out;
  std::vector<fs::path> folders;
  folders.reserve(runs.size());
  for (const MadeRun& run : runs) folders.push_back(run.write(out.path()));
  auto data = load_runs(folders);
  if (!data) {
    ADD_FAILURE() << data.error().render();
    return {};
  }
  return std::move(data).value();
}

// The names of the files a report of the runs has, each of which is there.
std::vector<std::string> written(const std::vector<MadeRun>& runs, const fs::path& out) {
  const auto report = write_report(load(runs), out);
  if (!report) {
    ADD_FAILURE() << report.error().render();
    return {};
  }
  std::vector<std::string> names;
  for (const fs::path& file : report->files) {
    EXPECT_TRUE(fs::is_regular_file(file)) << file;
    names.push_back(file.filename().string());
  }
  return names;
}

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
  return count;
}

std::vector<MadeRun> megc_runs() {
  std::vector<MadeRun> runs{megc_run("ststnet", 0, 0.72), megc_run("ststnet", 1, 0.70), megc_run("offapexnet", 0, 0.66),
                            megc_run("offapexnet", 1, 0.67)};
  for (MadeRun& run : runs) {
    run.run["published"] = {testing::published_result()};
    run.run["description"] = "Two published networks trained from scratch on the MEGC 2019 composite, evaluated leave-one-subject-out.";
  }
  runs[2].model["name"] = runs[3].model["name"] = "offapexnet";
  runs[2].model["verified"] = runs[3].model["verified"] = "shapes";
  runs[3].judge("INVALID", {"subject-overlap: samm/006 is on both sides of fold samm/006"});
  return runs;
}

// A run in which every name that comes from a file is hostile.
MadeRun hostile_run() {
  MadeRun run = tiny_run();
  run.label = "<b>&_%$#";  // a folder name here
  run.classes = {kHostile, "positive", "surprise"};
  for (auto& clip : run.clips) {
    if (clip.dataset == "smic") clip.dataset = "<i>smic&_";
    clip.subject += "<u>&|";
  }
  run.run["description"] = run.run["host"] = run.run["command_redo"] = kHostile;
  run.run["environment"] = {{kHostile, kHostile}};
  run.model["paper"] = run.model["name"] = kHostile;
  run.model["params"] = {{kHostile, kHostile}};
  run.run["dataset"]["notes"] = {kHostile};
  run.run["verdict_reasons"] = run.audit["reasons"] = {kHostile};
  run.audit["rules"] = {{{"rule", kHostile}, {"status", "not-checked"}, {"detail", kHostile}}};
  json published = testing::published_result();
  published["id"] = published["citation"] = published["where"] = published["note"] = published["selection_rule"] = kHostile;
  published["doi"] = "10.1000/\"><script>";
  published["scores"][kHostile] = {{"uf1", 0.5}};
  run.run["published"] = {published};
  return run;
}

TEST(WriteReport, NamesEveryFileItWrites) {
  const ScratchFolder out;
  EXPECT_THAT(written({tiny_run()}, out.path() / "report"),
              ElementsAre("index.html", "report.md", "table.tex", "summary.csv", "scores.svg", "subjects-ststnet.svg",
                          "confusion-ststnet@seed-0@all.svg", "confusion-ststnet@seed-0@casme2.svg", "confusion-ststnet@seed-0@smic.svg"));
}

TEST(WriteReport, ModelsWhoseNamesJoinAlikeKeepTheirFigures) {
  const ScratchFolder out;
  MadeRun one = tiny_run(), two = tiny_run();
  one.experiment = "ststnet";
  one.label = "scratch-x";
  two.experiment = "ststnet-scratch";
  two.label = "x";
  const std::vector<std::string> names = written({one, two}, out.path() / "report");
  EXPECT_EQ(names.size(), 13U);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 13U);
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
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 5U + 3 + 9);
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
  EXPECT_THAT(removed,
              ElementsAre("confusion-b@seed-0@all.svg", "confusion-b@seed-0@casme2.svg", "confusion-b@seed-0@smic.svg", "subjects-b.svg"));
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
    for (const MadeRun& run : megc_runs()) run.write(keep);
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
  for (const char* id : {"summary", "models", "datasets", "classes", "subjects", "published", "input", "provenance", "notes"}) {
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
    std::size_t links = 0;
    for (std::size_t at = 0; (at = page.find("href=\"#", at)) != std::string::npos; ++links) {
      at += 7;
      const std::string id = page.substr(at, page.find('"', at) - at);
      EXPECT_EQ(times(page, " id=\"" + id + "\""), 1U) << id;
    }
    EXPECT_GT(links, 10U);
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
    for (std::uint64_t seed = 0; seed < 2; ++seed) runs.push_back(megc_run("model-" + std::to_string(model), seed, 0.5 + 0.03 * model));
  }
  const std::string page = render_html(make_view(load(runs)));
  EXPECT_LT(page.size(), 2'000'000U);
  EXPECT_EQ(balance_problem(page), "");
}

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

TEST(Csv, KeepsTheContractsColumnsAndFullPrecision) {
  EXPECT_EQ(render_csv(make_view(load({tiny_run()}))),
            "model,seed,scope,clips,subjects,uf1,uf1_low,uf1_high,uar,uar_low,uar_high,accuracy,verdict,experiment\n"
            "ststnet,0,all,6,3,0.7222222222222222,,,0.7222222222222222,,,0.6666666666666666,UNAUDITED,tiny\n"
            "ststnet,0,casme2,4,2,1,,,1,,,1,UNAUDITED,tiny\n"
            "ststnet,0,smic,2,1,,,,,,,0,UNAUDITED,tiny\n");
}

TEST(Csv, RunOnOneDatasetKeepsItsRow) {
  MadeRun run = tiny_run();
  run.clips.resize(4);
  EXPECT_EQ(render_csv(make_view(load({run}))),
            "model,seed,scope,clips,subjects,uf1,uf1_low,uf1_high,uar,uar_low,uar_high,accuracy,verdict,experiment\n"
            "ststnet,0,all,4,2,1,,,1,,,1,UNAUDITED,tiny\n"
            "ststnet,0,casme2,4,2,1,,,1,,,1,UNAUDITED,tiny\n");
}

TEST(Csv, HostileNamesReadBackUnchanged) {
  const auto rows = core::parse_csv(render_csv(make_view(load({hostile_run()}))), "summary.csv");
  ASSERT_TRUE(rows) << rows.error().render();
  EXPECT_EQ((*rows)[1].fields[0], "<b>&_%$#");
  for (const auto& row : *rows) EXPECT_EQ(row.fields.size(), 14U);
}

TEST(Latex, TableIsTheExpectedOne) {
  MadeRun second = tiny_run(), other = tiny_run();
  second.seed = 1;
  second.judge("INVALID");
  other.label = "b_2";
  json published = testing::published_result();
  published["model_label"] = "b_2";
  published["scores"] = {{"all", {{"uf1", 0.75}}}, {"casme2", {{"uf1", 0.9}, {"accuracy", 0.9}}}, {"smic", json::object()}};
  other.run["published"] = {published};
  EXPECT_EQ(render_latex(make_view(load({tiny_run(), second, other}))),
            R"(% Needs \usepackage{booktabs}. Scores are pooled: counts summed over folds before the formula.
\begin{table}
\centering
\caption{UF1, UAR and accuracy of tiny, counts pooled over folds; means over seeds with their range.}
\label{tab:tiny}
\footnotesize
\begin{tabular}{@{}p{0.45\linewidth}rrr@{}}
\toprule
Model & UF1 & UAR & Accuracy \\
\midrule
\multicolumn{4}{@{}l}{\emph{all datasets} (6 clips, 3 subjects)} \\
b\_2, seed 0 (UNAUDITED) & 0.7222 & 0.7222 & 0.6667 \\
\quad published, liong2019-table2 & 0.7500 &  &  \\
\quad ours $-$ published & $-$0.0278 &  &  \\
ststnet & 0.7222 & 0.7222 & 0.6667 \\
\quad mean of 2 seeds (includes INVALID) & \scriptsize 0.7222--0.7222 & \scriptsize 0.7222--0.7222 & \scriptsize 0.6667--0.6667 \\
\addlinespace
floor: majority / prior & 0.2222 & 0.3333 & 0.5000 \\
floor: stratified random & 0.2278 & 0.2449 & 0.3290 \\
\quad mean of 1,000 draws, 2.5 to 97.5\,\% & \scriptsize 0.0000--0.4889 & \scriptsize 0.0000--0.5000 & \scriptsize 0.0000--0.6667 \\
\midrule
\multicolumn{4}{@{}l}{\emph{casme2} (4 clips, 2 subjects)} \\
b\_2, seed 0 (UNAUDITED) & 1.0000 & 1.0000 & 1.0000 \\
\quad published, liong2019-table2 & 0.9000 &  & 0.9000 \\
\quad ours $-$ published & $+$0.1000 &  & $+$0.1000 \\
ststnet & 1.0000 & 1.0000 & 1.0000 \\
\quad mean of 2 seeds (includes INVALID) & \scriptsize 1.0000--1.0000 & \scriptsize 1.0000--1.0000 & \scriptsize 1.0000--1.0000 \\
\addlinespace
floor: majority / prior & 0.2222 & 0.3333 & 0.5000 \\
floor: stratified random & 0.2048 & 0.2435 & 0.3075 \\
\quad mean of 1,000 draws, 2.5 to 97.5\,\% & \scriptsize 0.0000--0.6000 & \scriptsize 0.0000--0.6667 & \scriptsize 0.0000--0.7500 \\
\midrule
\multicolumn{4}{@{}l}{\emph{smic} (2 clips, 1 subject)} \\
b\_2, seed 0 (UNAUDITED) & undefined\textsuperscript{1} & undefined\textsuperscript{2} & 0.0000 \\
ststnet & undefined\textsuperscript{1} & undefined\textsuperscript{2} & 0.0000 \\
\quad mean of 2 seeds (includes INVALID) &  &  & \scriptsize 0.0000--0.0000 \\
\addlinespace
floor: majority / prior & undefined\textsuperscript{1} & undefined\textsuperscript{2} & 0.5000 \\
floor: stratified random & undefined\textsuperscript{3} & undefined\textsuperscript{2} & 0.3720 \\
\quad mean of 1,000 draws, 2.5 to 97.5\,\% &  &  & \scriptsize 0.0000--1.0000 \\
\bottomrule
\end{tabular}

\smallskip\footnotesize\textsuperscript{1} class 'surprise' has no clips and is never predicted

\smallskip\footnotesize\textsuperscript{2} class 'surprise' has no clips

\smallskip\footnotesize\textsuperscript{3} in 567 of 1000 random draws class 'surprise' has no clips and is never predicted
\end{table}
)");
}

TEST(Latex, LabelHasNothingThatAPackageMakesActive) {
  MadeRun run = tiny_run();
  run.experiment = "a_b:c~1";
  EXPECT_THAT(render_latex(make_view(load({run}))), HasSubstr("\\label{tab:a-b-c-1}\n"));
}

TEST(Latex, HostileNamesLeaveTheColumnsAlone) {
  const std::string table = render_latex(make_view(load({hostile_run()})));
  std::istringstream lines(table);
  std::size_t rows = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.ends_with("\\\\") || line.starts_with("\\multicolumn")) continue;
    ++rows;
    std::size_t columns = 1;
    for (std::size_t i = 0; i < line.size(); ++i) columns += line[i] == '&' && (i == 0 || line[i - 1] != '\\') ? 1 : 0;
    EXPECT_EQ(columns, 4U) << line;
  }
  EXPECT_EQ(rows, 13U) << "the head, and in each of three groups a model and three lines of its floor";
  EXPECT_THAT(table, HasSubstr("\\textless{}b\\textgreater{}\\&\\_\\%\\$\\#"));
}

TEST(Markdown, SummaryTableIsTheExpectedOne) {
  const std::string text = render_markdown(make_view(load({tiny_run()})));
  EXPECT_THAT(text, HasSubstr(R"(# tiny

## Summary

ststnet reaches UF1 0.7222 and UAR 0.7222 on 6 clips of 3 subjects.
The floor, without a look at any image: the majority class of each fold's training clips gives UF1 0.2222, UAR 0.3333 and accuracy 0.5000; classes drawn with their shares give UF1 0.2278, 95 % of 1,000 draws within 0.0000 to 0.4889.
The run is UNAUDITED: not every rule was checked, so a leak is not excluded.

| Scope | Model | Seed | Clips | Subjects | UF1 | UAR | Accuracy | Verdict |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |
| all datasets | ststnet | 0 | 6 | 3 | 0.7222 | 0.7222 | 0.6667 | UNAUDITED |
| all datasets | floor: majority / prior |  | 6 | 3 | 0.2222 | 0.3333 | 0.5000 |  |
| all datasets | floor: stratified random, mean of 1,000 draws |  | 6 | 3 | 0.2278 (0.0000–0.4889) | 0.2449 (0.0000–0.5000) | 0.3290 (0.0000–0.6667) |  |

Counts are pooled over folds before the formulas. Behind a mean stands the range over seeds, of the random floor that from the 2.5 to the 97.5 percentile of its draws.

- UNAUDITED (the run): not every rule was checked
)"));
  EXPECT_THAT(text, HasSubstr("```\nmexbench run tiny.yaml --out runs\n```"));
  EXPECT_THAT(text, HasSubstr("| negative | 2 | 1 | 0 | 3 | 0.6667 | 0.6667 | 0.6667 |"));
}

TEST(Markdown, InvalidStandsInEveryScoreRowAndHeading) {
  const std::string text = render_markdown(make_view(load(megc_runs())));
  EXPECT_EQ(times(text, "| INVALID |"), 5U) << "the summary, all datasets and three datasets";
  EXPECT_EQ(times(text, "| includes INVALID |"), 5U);
  EXPECT_EQ(times(text, "### offapexnet, seed 1: INVALID\n"), 1U);
}

TEST(Markdown, EveryTableRowHasItsHeadersColumns) {
  for (const auto& runs : std::vector<std::vector<MadeRun>>{{hostile_run()}, megc_runs()}) {
    std::istringstream lines(render_markdown(make_view(load(runs))));
    std::size_t expected = 0, rows = 0;
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("| ")) {
        expected = 0;
        continue;
      }
      std::size_t bars = 0;
      for (std::size_t i = 0; i < line.size(); ++i) bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1 : 0;
      if (expected == 0) expected = bars;
      EXPECT_EQ(bars, expected) << line;
      ++rows;
    }
    EXPECT_GT(rows, 20U);
  }
}

TEST(Markdown, CommandWithBackticksStaysInItsBlock) {
  MadeRun run = tiny_run();
  run.run["command_redo"] = "mexbench run a.yaml ```` x";
  EXPECT_THAT(render_markdown(make_view(load({run}))), HasSubstr("`````\nmexbench run a.yaml ```` x\n`````\n"));
}

}  // namespace
}  // namespace mexbench::reports
