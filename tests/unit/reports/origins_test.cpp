// Every number of the page leads to the runs that it was computed from.
#include "reports/origins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <vector>

#include "reports/render.h"
#include "unit/reports/made_reports.h"

namespace mexbench::reports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::hostile_run;
using testing::load;
using testing::MadeRun;
using testing::megc_runs;
using testing::recorded;
using testing::times;
using testing::tiny;

TEST(Origins, AnchorNamesTheRunsAndReadsBack) {
  EXPECT_EQ(anchor_of({3}), "run-4");
  EXPECT_EQ(anchor_of({0, 1, 2}), "runs-1.3");
  EXPECT_EQ(anchor_of({0, 2, 3, 9}), "runs-1-3.4-10");
  for (const Runs& runs : {Runs{0, 1, 2}, Runs{0, 2, 3, 9}, Runs{4, 6}}) EXPECT_EQ(runs_at(anchor_of(runs)), runs);
  for (const char* other : {"run-4", "runs-", "runs-0", "runs-2.1", "runs-1-", "runs-1x", "runs-one", "notes"}) {
    EXPECT_EQ(runs_at(other), std::nullopt) << other;
  }
}

std::vector<std::string> numbers(std::string_view sentence) {
  std::vector<std::string> out;
  for (const NumberPlace& place : numbers_in(sentence)) out.emplace_back(sentence.substr(place.begin, place.end - place.begin));
  return out;
}

TEST(Origins, NumbersOfASentenceAreFiguresAndNoPartsOfWords) {
  EXPECT_THAT(numbers("ststnet reaches UF1 0.7209 [0.652, 0.768] and UAR 0.7250 on 442 clips of 68 subjects of casme2."),
              ElementsAre("0.7209 [0.652, 0.768]", "0.7250", "442", "68"));
  EXPECT_THAT(numbers("a mean UF1 of 0.7100 (0.7000 to 0.7200), p = 0.0300 (10,000 swaps)."),
              ElementsAre("0.7100", "0.7000", "0.7200", "0.0300", "10,000"));
  EXPECT_THAT(numbers("ststnet-25-epochs samm/006 2026-01-01 v1.2 3x"), ElementsAre());
  EXPECT_THAT(numbers("0.7801 (+0.0761), \xE2\x88\x92"
                      "0.02; 95 %"),
              ElementsAre("0.7801", "+0.0761",
                          "\xE2\x88\x92"
                          "0.02",
                          "95"));
  EXPECT_THAT(numbers(""), ElementsAre());
}

TEST(Origins, SentenceIsAboutTheModelsItNames) {
  const ReportView view = make_view(load({tiny("net"), tiny("net-wide", 0), tiny("net-wide", 1)}));
  EXPECT_EQ(runs_told(view, "net reaches 0.5."), Runs{0});
  EXPECT_EQ(runs_told(view, "net-wide reaches 0.5."), (Runs{1, 2})) << "net is part of the longer name";
  EXPECT_EQ(runs_told(view, "net-wide and net differ by 0.1."), (Runs{0, 1, 2}));
  EXPECT_EQ(runs_told(view, "The network reaches 0.5."), (Runs{0, 1, 2})) << "no name: all";
}

// A page as the test reads it: ids, cells of table bodies, and what each links to.
struct Cell {
  std::string tag;    // with its attributes
  std::string inner;  // markup
};
std::string without_tags(const std::string& markup) {
  std::string out;
  for (std::size_t at = 0; at < markup.size(); ++at) {
    if (markup[at] == '<')
      at = markup.find('>', at);
    else
      out += markup[at];
  }
  return out;
}
std::set<std::string> ids_of(const std::string& page) {
  std::set<std::string> ids;
  for (std::size_t at = 0; (at = page.find(" id=\"", at)) != std::string::npos;) {
    at += 5;
    EXPECT_TRUE(ids.insert(page.substr(at, page.find('"', at) - at)).second) << "an id twice: " << page.substr(at, 40);
  }
  return ids;
}
std::vector<std::string> targets_of(const std::string& markup) {
  std::vector<std::string> out;
  for (std::size_t at = 0; (at = markup.find("<a href=\"#", at)) != std::string::npos;) {
    at += 10;
    out.push_back(markup.substr(at, markup.find('"', at) - at));
  }
  return out;
}
std::vector<Cell> cells_of(const std::string& page) {
  std::vector<Cell> out;
  for (std::size_t at = 0; (at = page.find("<td", at)) != std::string::npos;) {
    const std::size_t begin = page.find('>', at) + 1, end = page.find("</td>", at);
    out.push_back({.tag = page.substr(at, begin - at), .inner = page.substr(begin, end - begin)});
    at = end;
  }
  return out;
}

// A cell that holds a figure: declared as one, or with digits and signs alone. What is no number says so in words.
bool holds_number(const Cell& cell) {
  const std::string text = without_tags(cell.inner);
  const bool digit = std::any_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  const bool word = std::any_of(text.begin(), text.end(), [](unsigned char c) { return std::isalpha(c) != 0; });
  return digit && (!word || cell.tag.find("class=\"n") != std::string::npos);
}

// The problems of a page, and how many numbers it has.
std::size_t check(const std::string& page) {
  const std::set<std::string> ids = ids_of(page);
  for (const std::string& target : targets_of(page)) EXPECT_TRUE(ids.contains(target)) << "no place for a link to " << target;
  std::size_t numbers = 0;
  for (const Cell& cell : cells_of(page)) {
    if (!holds_number(cell)) continue;
    ++numbers;
    EXPECT_FALSE(targets_of(cell.inner).empty()) << "a number without its run: " << cell.tag << cell.inner;
  }
  return numbers;
}

TEST(Origins, EveryNumberOfEveryTableLeadsToAPlaceOnThePage) {
  std::vector<MadeRun> runs = megc_runs();
  for (MadeRun& run : runs) {
    testing::add_scores(run);
    testing::add_curves(run, 8);
  }
  MadeRun open = tiny("open");
  open.run["state"] = "incomplete";
  open.experiment = runs.front().experiment;
  runs.push_back(open);
  const std::string page = render_html(make_view(load(runs)));
  EXPECT_GT(check(page), 800U);
  // Of the mean over seeds, and of the pair of models.
  EXPECT_THAT(page, HasSubstr("<a href=\"#runs-3.4\">0."));
  EXPECT_THAT(page, HasSubstr(R"(<tr id="runs-1.4"><th scope="row">4 runs</th>)"));
  EXPECT_GT(check(render_html(make_view(load({recorded(tiny("a")), recorded(tiny("a", 1)), tiny("b")})))), 100U);
  EXPECT_GT(check(render_html(make_view(load({hostile_run()})))), 20U);
}

TEST(Origins, NumbersOfSentencesAreLinkedToo) {
  const std::string page = render_html(make_view(load(megc_runs())));
  const std::size_t begin = page.find("<div class=\"lead\">"), end = page.find("</div>", begin);
  const std::string lead = page.substr(begin, end - begin);
  std::string unlinked;
  for (std::size_t at = 0; at < lead.size(); ++at) {
    if (lead.compare(at, 3, "<a ") == 0) at = lead.find("</a>", at);
    unlinked += lead[at];
  }
  EXPECT_THAT(numbers(without_tags(unlinked)), ElementsAre());
  EXPECT_GT(targets_of(lead).size(), 5U);
}

TEST(Origins, NamesOfTheMarkdownLeadToModelsAndRuns) {
  const std::string text = render_markdown(make_view(load({tiny("a"), tiny("a", 1), tiny("b")})));
  for (const char* part : {"[a](#model-1)", "[a](#run-1)", "[b](#run-3)", "Runs: seed [0](#run-1), [1](#run-2)."}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  for (std::size_t at = 0; (at = text.find("](#", at)) != std::string::npos;) {
    at += 3;
    EXPECT_EQ(times(text, "<a id=\"" + text.substr(at, text.find(')', at) - at) + "\"></a>"), 1U);
  }
}

TEST(Origins, FiguresOfTheJsonNameTheirRuns) {
  const auto report = testing::json::parse(render_json(make_view(load({tiny("a"), tiny("a", 1), tiny("b")}))));
  EXPECT_EQ(report["runs"][2]["id"], "run-3");
  EXPECT_THAT(report["models"][0]["runs"], ElementsAre("run-1", "run-2"));
  EXPECT_THAT(report["comparisons"][0]["pairs"][0]["runs"], ElementsAre("run-1", "run-2", "run-3"));
  EXPECT_THAT(report["scopes"][0]["floors"][0]["runs"][0]["id"], "run-1");
}

}  // namespace
}  // namespace mexbench::reports
