// Tables of a report as CSV, LaTeX and Markdown.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/csv.h"
#include "reports/render.h"
#include "unit/reports/made_reports.h"

namespace mexbench::reports {
namespace {

using ::testing::HasSubstr;
using testing::hostile_run;
using testing::json;
using testing::load;
using testing::MadeRun;
using testing::megc_runs;
using testing::times;
using testing::tiny_run;

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
\multicolumn{4}{@{}l}{\emph{all datasets} (6 clips, 3 subjects, apex annotated)} \\
b\_2, seed 0 (UNAUDITED) & 0.7222 & 0.7222 & 0.6667 \\
\quad 95\,\% interval over subjects &  &  & \scriptsize [0.667, 0.667] \\
\quad published, liong2019-table2 & 0.7500 &  &  \\
\quad ours $-$ published & $-$0.0278 &  &  \\
ststnet & 0.7222 & 0.7222 & 0.6667 \\
\quad 95\,\% interval over subjects &  &  & \scriptsize [0.667, 0.667] \\
\quad mean of 2 seeds (includes INVALID) & \scriptsize 0.7222--0.7222 & \scriptsize 0.7222--0.7222 & \scriptsize 0.6667--0.6667 \\
\addlinespace
floor: majority / prior & 0.2222 & 0.3333 & 0.5000 \\
floor: stratified random & 0.2278 & 0.2449 & 0.3290 \\
\quad mean of 1,000 draws, 2.5 to 97.5\,\% & \scriptsize 0.0000--0.4889 & \scriptsize 0.0000--0.5000 & \scriptsize 0.0000--0.6667 \\
\midrule
\multicolumn{4}{@{}l}{\emph{casme2} (4 clips, 2 subjects, apex annotated)} \\
b\_2, seed 0 (UNAUDITED) & 1.0000 & 1.0000 & 1.0000 \\
\quad 95\,\% interval over subjects &  &  & \scriptsize [1.000, 1.000] \\
\quad published, liong2019-table2 & 0.9000 &  & 0.9000 \\
\quad ours $-$ published & $+$0.1000 &  & $+$0.1000 \\
ststnet & 1.0000 & 1.0000 & 1.0000 \\
\quad 95\,\% interval over subjects &  &  & \scriptsize [1.000, 1.000] \\
\quad mean of 2 seeds (includes INVALID) & \scriptsize 1.0000--1.0000 & \scriptsize 1.0000--1.0000 & \scriptsize 1.0000--1.0000 \\
\addlinespace
floor: majority / prior & 0.2222 & 0.3333 & 0.5000 \\
floor: stratified random & 0.2048 & 0.2435 & 0.3075 \\
\quad mean of 1,000 draws, 2.5 to 97.5\,\% & \scriptsize 0.0000--0.6000 & \scriptsize 0.0000--0.6667 & \scriptsize 0.0000--0.7500 \\
\midrule
\multicolumn{4}{@{}l}{\emph{smic} (2 clips, 1 subject, apex annotated)} \\
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
  EXPECT_EQ(rows, 15U) << "the head, in each of three groups a model and three lines of its floor, in two an interval of accuracy";
  EXPECT_THAT(table, HasSubstr("\\textless{}b\\textgreater{}\\&\\_\\%\\$\\#"));
}

TEST(Markdown, SummaryTableIsTheExpectedOne) {
  const std::string text = render_markdown(make_view(load({tiny_run()})));
  EXPECT_THAT(text, HasSubstr(R"(# tiny

## Summary

ststnet reaches UF1 0.7222 and UAR 0.7222 on 6 clips of 3 subjects.
The floor, without a look at any image: the majority class of each fold's training clips gives UF1 0.2222, UAR 0.3333 and accuracy 0.5000; classes drawn with their shares give UF1 0.2278, 95 % of 1,000 draws within 0.0000 to 0.4889.
The run is UNAUDITED: not every rule was checked, so a leak is not excluded.

| Scope | Model | Seed | Clips | Subjects | Apex | UF1 | UAR | Accuracy | Verdict |
| --- | --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | --- |
| all datasets | [ststnet](#run-1) | 0 | 6 | 3 | annotated | 0.7222 | 0.7222 | 0.6667 [0.667, 0.667] | UNAUDITED |
| all datasets | floor: majority / prior |  | 6 | 3 |  | 0.2222 | 0.3333 | 0.5000 |  |
| all datasets | floor: stratified random, mean of 1,000 draws |  | 6 | 3 |  | 0.2278 (0.0000–0.4889) | 0.2449 (0.0000–0.5000) | 0.3290 (0.0000–0.6667) |  |

Counts are pooled over folds before the formulas. Behind a mean stands the range over seeds, of the random floor that from the 2.5 to the 97.5 percentile of its draws.

- UNAUDITED (the run): not every rule was checked
)"));
  EXPECT_THAT(text, HasSubstr("```\nmexbench run tiny.yaml --out runs\n```"));
  EXPECT_THAT(text, HasSubstr("| negative | 2 | 1 | 0 | 3 | 0.6667 | 0.6667 | 0.6667 [0.667, 0.667] |"));
}

TEST(Markdown, InvalidStandsInEveryScoreRowAndHeading) {
  const std::string text = render_markdown(make_view(load(megc_runs())));
  EXPECT_EQ(times(text, "| INVALID |"), 5U) << "the summary, all datasets and three datasets";
  EXPECT_EQ(times(text, "| includes INVALID |"), 10U) << "and in the table of selection's four groups and in that of seeds and subjects";
  EXPECT_EQ(times(text, "### [offapexnet](#run-2), seed 1: INVALID\n"), 1U);
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
