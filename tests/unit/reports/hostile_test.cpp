// Names that come from files are text in every format, whatever they hold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>

#include "harness/core/csv.h"
#include "reports/render.h"
#include "reports/text.h"
#include "unit/reports/made_latency.h"
#include "unit/reports/made_reports.h"
#include "unit/reports/markup.h"

// NOLINTBEGIN(misc-misleading-bidirectional): such characters are what is tested
namespace mexbench::reports {
namespace {

namespace fs = std::filesystem;
using testing::add_scores;
using testing::balance_problem;
using ::testing::HasSubstr;
using testing::json;
using testing::MadeRun;
using ::testing::Not;
using testing::read_text;
using testing::ScratchFolder;

// Markup, quotes, LaTeX specials, a character that turns text, scripts that are read the other way or have no letters in LaTeX, length.
const std::string kName = "<script>alert(1)</script>\"'&amp; \\input{x} %$#_^~{}[*]`` --- |a| \u202Eabc \u05D0\u4E2D\U0001F600 \u00E9";
const std::string kLong = kName + std::string(300, 'x');

// Everything that is a name in a run folder is hostile; the label is the name of a folder here, where there is no room for '/' and 300.
MadeRun worst_run() {
  MadeRun run = testing::hostile_run();
  run.classes = {kLong, kName + " b", kName + " c"};
  run.label = "<b>&_%$#\"'\\{}^~\u202E\u4E2D";
  for (auto& clip : run.clips) {
    std::string part = kName;
    for (std::size_t at = 0; (at = part.find('/', at)) != std::string::npos;) part.replace(at, 1, "|");
    if (clip.dataset != "casme2") clip.dataset = "d" + part;
    clip.subject += part;
    clip.clip += part + std::string(300, 'y');
  }
  add_scores(run);
  return run;
}

struct Rendered {
  std::vector<fs::path> files;
  [[nodiscard]] std::string text_of(const std::string& name) const {
    for (const fs::path& file : files) {
      if (file.filename() == name) return read_text(file);
    }
    return {};
  }
};

class HostileNames : public ::testing::Test {
 protected:
  void SetUp() override {
    MadeRun other = worst_run();
    other.label += "2";
    const auto written = write_report(testing::load({testing::timed(worst_run(), 1.0), testing::timed(other, 2.0)}), out.path() / "report");
    ASSERT_TRUE(written) << written.error().render();
    report.files = written->files;
  }
  ScratchFolder out;
  Rendered report;
};

TEST_F(HostileNames, PageAndFiguresHoldThemEscaped) {
  std::size_t seen = 0;
  for (const fs::path& file : report.files) {
    if (file.extension() != ".svg" && file.extension() != ".html") continue;
    ++seen;
    const std::string text = read_text(file);
    EXPECT_EQ(balance_problem(text), "") << file;
    for (const char* markup : {"<script>alert", "alert(1)</script>", "<b>&", "&amp; \\input", "\"'&", "\u202E"}) {
      EXPECT_THAT(text, Not(HasSubstr(markup))) << file;
    }
  }
  EXPECT_GE(seen, 10U);
  const std::string page = report.text_of("index.html");
  EXPECT_THAT(page, HasSubstr(escape_html(kLong)));
  EXPECT_THAT(page, HasSubstr("&amp;amp; \\input{x} %$#_^~{}[*]`` --- |a| \uFFFDabc \u05D0\u4E2D"));
}

TEST_F(HostileNames, MarkdownHasNoMarkupOfThem) {
  std::string text = report.text_of("report.md");
  EXPECT_THAT(text, HasSubstr(escape_markdown(kLong)));
  // In a block of code, as commands are in, nothing has a meaning but the fence.
  const std::string fence = "\n```\n";
  for (std::size_t at = 0; (at = text.find(fence, at)) != std::string::npos;) text.erase(at, text.find(fence, at + 1) + fence.size() - at);
  for (const char* markup : {"<script", "</script", "<b>", "\u202E"}) {
    for (std::size_t at = 0; (at = text.find(markup, at)) != std::string::npos; ++at) {
      EXPECT_EQ(text[at - 1], '\\') << text.substr(at - 1, 40);
    }
  }
}

TEST_F(HostileNames, CsvAndJsonReadBackUnchanged) {
  const auto rows = core::parse_csv(report.text_of("summary.csv"), "summary.csv");
  ASSERT_TRUE(rows) << rows.error().render();
  EXPECT_EQ((*rows)[1].fields[0], worst_run().label);
  const json read = json::parse(report.text_of("report.json"));
  EXPECT_EQ(read.at("schema"), "mexbench.report/1");
  EXPECT_EQ(read.at("runs")[0].at("classes")[0], kLong);
  EXPECT_EQ(read.at("runs")[0].at("label"), worst_run().label);
}

TEST_F(HostileNames, LatexCompiles) {
  const std::string table = report.text_of("table.tex");
  EXPECT_THAT(table, Not(HasSubstr("\\input{")));
  EXPECT_THAT(table, Not(HasSubstr("\u4E2D")));
  if (std::system("pdflatex --version > /dev/null 2>&1") != 0)
    GTEST_SKIP() << "pdflatex (Debian: texlive-latex-recommended) is not installed";
  testing::write_text(out.path() / "paper.tex",
                      "\\documentclass{article}\\usepackage{booktabs}\\begin{document}\\input{report/table.tex}\\input{report/"
                      "latency.tex}\\end{document}\n");
  const std::string command =
      "cd '" + out.path().string() + "' && pdflatex -interaction=nonstopmode -halt-on-error -no-shell-escape paper.tex > log.txt";
  EXPECT_EQ(std::system(command.c_str()), 0) << read_text(out.path() / "log.txt");
  EXPECT_TRUE(fs::exists(out.path() / "paper.pdf"));
}

}  // namespace
}  // namespace mexbench::reports
// NOLINTEND(misc-misleading-bidirectional)
