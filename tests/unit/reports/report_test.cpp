#include "reports/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "harness/core/csv.h"
#include "reports/render.h"
#include "reports/svg.h"
#include "reports/text.h"
#include "unit/reports/markup.h"
#include "unit/reports/run_folders.h"

namespace mexbench::reports {
namespace {

namespace fs = std::filesystem;
using testing::balance_problem;
using ::testing::Each;
using ::testing::EndsWith;
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
  for (const MadeRun& run : runs) folders.push_back(run.write(out.path()));
  auto data = load_runs(folders);
  if (!data) {
    ADD_FAILURE() << data.error().render();
    return {};
  }
  return std::move(data).value();
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
  runs[3].run["verdict"] = runs[3].audit["verdict"] = "INVALID";
  runs[3].run["verdict_reasons"] = runs[3].audit["reasons"] = {"subject-overlap: samm/006 is on both sides of fold samm/006"};
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
  const auto files = write_report(load({tiny_run()}), out.path() / "report");
  ASSERT_TRUE(files) << files.error().render();
  std::vector<std::string> names;
  for (const fs::path& file : *files) {
    EXPECT_TRUE(fs::exists(file)) << file;
    names.push_back(file.filename().string());
  }
  EXPECT_THAT(names, ::testing::ElementsAre("index.html", "report.md", "table.tex", "summary.csv", "scores.svg", "subjects-ststnet.svg",
                                            "confusion-ststnet-seed-0-all.svg", "confusion-ststnet-seed-0-casme2.svg",
                                            "confusion-ststnet-seed-0-smic.svg"));
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
  ASSERT_EQ(first->size(), second->size());
  for (std::size_t i = 0; i < first->size(); ++i) {
    EXPECT_EQ((*first)[i].filename(), (*second)[i].filename());
    EXPECT_EQ(read_text((*first)[i]), read_text((*second)[i])) << (*first)[i];
  }
  // MEXBENCH_REPORT_OUT=<folder> keeps the report of this experiment, to look at.
  if (const char* keep = std::getenv("MEXBENCH_REPORT_OUT")) {
    ASSERT_TRUE(write_report(*one, keep).ok());
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
  EXPECT_EQ(balance_problem("<!doctype html><p>a<br></p><script>if (a < b) {}</script>"), "");
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
  const std::string page = render_html(make_view(load(megc_runs())));
  std::size_t links = 0;
  for (std::size_t at = 0; (at = page.find("href=\"#", at)) != std::string::npos; ++links) {
    at += 7;
    const std::string id = page.substr(at, page.find('"', at) - at);
    EXPECT_THAT(page, HasSubstr(" id=\"" + id + "\"")) << id;
  }
  EXPECT_GT(links, 10U);
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
  const std::string figure = confusion_svg(view.runs[0].scopes[0], view.runs[0].class_names, "tiny");
  EXPECT_EQ(balance_problem(figure), "");
  EXPECT_THAT(figure, HasSubstr("<title>truth negative, prediction negative: 2 of 3 clips</title><rect class=\"q7\""));
  EXPECT_THAT(figure, HasSubstr(">66.7 %</text>"));
  EXPECT_THAT(figure, HasSubstr("<title>truth negative, prediction positive: 1 of 3 clips</title><rect class=\"q3\""));
}

TEST(Svg, ClassWithoutClipsHasNoShare) {
  const ReportView view = make_view(load({tiny_run()}));
  const ScopeView* smic = view.runs[0].find("smic");
  EXPECT_THAT(confusion_svg(*smic, view.runs[0].class_names, "smic"), HasSubstr(">no clips</text>"));
}

TEST(Svg, FilesOfTheirOwnAreWellFormedWithHostileNames) {
  const ReportView view = make_view(load({hostile_run()}));
  const std::string title = "Confusion of " + view.runs[0].model;
  for (const std::string& figure :
       {confusion_svg(view.runs[0].scopes[0], view.runs[0].class_names, title), scores_svg(view), subjects_svg(view, 0)}) {
    EXPECT_EQ(balance_problem(figure), "");
    EXPECT_THAT(figure, Not(HasSubstr("<script")));
    EXPECT_THAT(figure, HasSubstr("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  }
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

TEST(Csv, HostileNamesReadBackUnchanged) {
  const auto rows = core::parse_csv(render_csv(make_view(load({hostile_run()}))), "summary.csv");
  ASSERT_TRUE(rows) << rows.error().render();
  EXPECT_EQ((*rows)[1].fields[0], "<b>&_%$#");
  for (const auto& row : *rows) EXPECT_EQ(row.fields.size(), 14U);
}

TEST(Latex, TableIsTheExpectedOne) {
  MadeRun second = tiny_run();
  second.seed = 1;
  EXPECT_EQ(render_latex(make_view(load({tiny_run(), second}))),
            R"(% Needs \usepackage{booktabs}. Scores are pooled: counts summed over folds before the formula.
\begin{table}
\centering
\caption{UF1, UAR and accuracy of tiny, counts pooled over folds.}
\begin{tabular}{llrrrrrl}
\toprule
Model & Seed & Clips & Subjects & UF1 & UAR & Accuracy & Verdict \\
\midrule
\multicolumn{8}{l}{\emph{all datasets}} \\
ststnet & 0 & 6 & 3 & 0.7222 & 0.7222 & 0.6667 & UNAUDITED \\
ststnet & 1 & 6 & 3 & 0.7222 & 0.7222 & 0.6667 & UNAUDITED \\
ststnet & mean &  &  & 0.7222 & 0.7222 & 0.6667 &  \\
\midrule
\multicolumn{8}{l}{\emph{casme2}} \\
ststnet & 0 & 4 & 2 & 1.0000 & 1.0000 & 1.0000 & UNAUDITED \\
ststnet & 1 & 4 & 2 & 1.0000 & 1.0000 & 1.0000 & UNAUDITED \\
ststnet & mean &  &  & 1.0000 & 1.0000 & 1.0000 &  \\
\midrule
\multicolumn{8}{l}{\emph{smic}} \\
ststnet & 0 & 2 & 1 & undefined\textsuperscript{1} & undefined\textsuperscript{2} & 0.0000 & UNAUDITED \\
ststnet & 1 & 2 & 1 & undefined\textsuperscript{1} & undefined\textsuperscript{2} & 0.0000 & UNAUDITED \\
ststnet & mean &  &  & undefined\textsuperscript{1} & undefined\textsuperscript{2} & 0.0000 &  \\
\bottomrule
\end{tabular}

\smallskip\footnotesize\textsuperscript{1} class 'surprise' has no clips and is never predicted

\smallskip\footnotesize\textsuperscript{2} class 'surprise' has no clips
\end{table}
)");
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
    EXPECT_EQ(columns, 8U) << line;
  }
  EXPECT_EQ(rows, 4U);
  EXPECT_THAT(table, HasSubstr("\\textless{}b\\textgreater{}\\&\\_\\%\\$\\#"));
}

TEST(Markdown, SummaryTableIsTheExpectedOne) {
  const std::string text = render_markdown(make_view(load({tiny_run()})));
  EXPECT_THAT(text, HasSubstr(R"(# tiny

## Summary

ststnet reaches UF1 0.7222 and UAR 0.7222 on 6 clips of 3 subjects.
For scale: always answering 'negative', the largest class, would give UF1 0.2222, UAR 0.3333 and accuracy 0.5000.
The run is UNAUDITED: not every rule was checked, so a leak is not excluded.

| Model | Seed | Clips | Subjects | UF1 | UAR | Accuracy | Verdict | Reasons |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |
| ststnet | 0 | 6 | 3 | 0.7222 | 0.7222 | 0.6667 | UNAUDITED | not every rule was checked |
)"));
  EXPECT_THAT(text, HasSubstr("```\nmexbench run tiny.yaml --out runs\n```"));
  EXPECT_THAT(text, HasSubstr("| negative | 2 | 1 | 0 | 3 | 0.6667 | 0.6667 | 0.6667 |"));
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
