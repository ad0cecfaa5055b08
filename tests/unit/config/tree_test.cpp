#include "harness/config/tree.h"

#include <sys/resource.h>

#include <ctime>

#include "harness/config/compose.h"
#include "harness/core/random.h"
#include "harness/core/text.h"
#include "unit/config/support.h"

namespace mexbench::config {
namespace {

std::string problems_of_file(const Folder& folder, const std::string& name) {
  const auto loaded = load_experiment(folder.path() / name, {}, vocabulary());
  return loaded ? "" : folder.without(loaded.error().render());
}

TEST(Include, CyclePrintsTheChain) {
  const Folder folder;
  folder.write("a.yaml", std::string(kGood) + "include: sub/b.yaml\n");
  folder.write("sub/b.yaml", "include: ../c.yaml\n");
  folder.write("c.yaml", "include: [a.yaml]\n");
  EXPECT_EQ(problems_of_file(folder, "a.yaml"), R"(c.yaml:1:11: error: include cycle: a.yaml -> sub/b.yaml -> c.yaml -> a.yaml
    1 | include: [a.yaml]
      |           ^~~~~~ remove one of the includes
)");
}

TEST(Include, MissingFileIsNamedWhereItIsIncluded) {
  const Folder folder;
  folder.write("a.yaml", std::string(kGood) + "include: b.yaml\n");
  EXPECT_EQ(problems_of_file(folder, "a.yaml"), R"(a.yaml:11:10: error: include: b.yaml: can't open: No such file or directory
   11 | include: b.yaml
      |          ^~~~~~ paths of 'include' are relative to the file that holds them
)");
  EXPECT_EQ(problems_of_file(folder, "none.yaml"), "none.yaml: error: can't open: No such file or directory\n");
}

TEST(Include, ProblemsOfAllFilesAreReportedAtTheirOwnPlaces) {
  const Folder folder;
  folder.write("a.yaml", "include: [b.yaml, 3: 4]\n" + good_with("epochs: 3", "epochs: x"));
  folder.write("b.yaml", "seeds: [0]\ntrain: {shufle: true}\nname: b\nname: c\n");
  EXPECT_EQ(problems_of_file(folder, "a.yaml"), R"(b.yaml:2:9: error: unknown key 'shufle' in 'train'
    2 | train: {shufle: true}
      |         ^~~~~~ did you mean 'shuffle'?
b.yaml:4:1: error: key 'name' is given twice
    4 | name: c
      | ^~~~ keep one of them
      | note: first given at b.yaml:3:1
a.yaml:1:19: error: an entry of 'include' is a map, a path is wanted
    1 | include: [b.yaml, 3: 4]
      |                   ^
a.yaml:9:11: error: 'epochs' is 'x', a whole number of at least 1 and at most 1000000 is wanted
    9 |   epochs: x
      |           ^
)");
}

TEST(Include, ThatCannotBeReadIsTheOnlyProblemButNotOfTheRest) {
  const Folder folder;
  folder.write("c.yaml", "include: d.yaml\n");
  folder.write("d.yaml", "include: c.yaml\n");
  folder.write("bad.yaml", "name: [\n");
  folder.write("bytes.yaml", "name: \xFF\n");
  folder.write("empty.yaml", "");
  for (const char* include : {"c.yaml", "bad.yaml", "bytes.yaml", "empty.yaml", "nowhere.yaml", "${UNSET_THING}", "[]"}) {
    folder.write("a.yaml", fmt::format("include: {}\nname: leaf\ntrain: {{optimizer: {{momentum: 0.9}}}}\n", include));
    const std::string seen = problems_of_file(folder, "a.yaml");
    EXPECT_NE(seen, "") << include;
    EXPECT_EQ(seen.find("error:"), seen.rfind("error:")) << seen;
  }
  folder.write("a.yaml", "include: nowhere.yaml\nsedes: [0]\n");
  EXPECT_NE(problems_of_file(folder, "a.yaml").find("unknown key 'sedes' in the file"), std::string::npos);
}

TEST(Include, DiamondIsFine) {
  const Folder folder;
  folder.write("base.yaml", kGood);
  folder.write("l.yaml", "include: base.yaml\n");
  folder.write("r.yaml", "include: base.yaml\n");
  folder.write("a.yaml", "include: [l.yaml, r.yaml]\nname: a\n");
  EXPECT_EQ(problems_of_file(folder, "a.yaml"), "");
}

TEST(Include, ExponentialDiamondsStop) {
  const Folder folder;
  for (int i = 0; i < 40; ++i) folder.write(fmt::format("f{}.yaml", i), fmt::format("include: [f{0}.yaml, f{0}.yaml]\n", i + 1));
  folder.write("f40.yaml", kGood);
  EXPECT_NE(problems_of_file(folder, "f0.yaml").find("more than 200 files are included"), std::string::npos);
}

std::string problems_of_text(std::string_view text) {
  const auto checked = check_text(text, "t.yaml", anything());
  return checked ? "" : checked.error().render();
}

TEST(Limits, DeepNestingIsRefusedBeforeTheStackIs) {
  for (const std::string& text : {std::string(100'000, '['), [] {
                                    std::string out;
                                    for (int i = 0; i < 100'000; ++i) out += "- ";
                                    return out + "a";
                                  }()}) {
    EXPECT_NE(problems_of_text(text).find("lists and maps nested more than 64 deep"), std::string::npos);
  }
}

TEST(Limits, DepthByAliasesIsRefused) {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 100; ++i) text += fmt::format("a{0}: &a{0} [*a{1}]\n", i, i - 1);
  EXPECT_NE(problems_of_text(text).find("nested more than 64 deep"), std::string::npos);
}

TEST(Limits, AliasesCountAsWhatTheyStandFor) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) text += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i, i - 1);
  EXPECT_NE(problems_of_text(text).find("more than 100000 values"), std::string::npos);
}

TEST(Limits, HugeFilesAreRefused) {
  EXPECT_NE(problems_of_text("a: " + std::string(kMostBytes, 'x')).find("at most 1048576 are accepted"), std::string::npos);
}

TEST(Limits, ManyProblemsAreCounted) {
  std::string text;
  for (int i = 0; i < 250; ++i) text += fmt::format("k{}: 1\n", i);
  const auto checked = check_text(text, "t.yaml", object({}));
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().diagnostics().size(), 101U);
  EXPECT_EQ(checked.error().diagnostics().back().message, "and 150 more problems");
}

// Each problem once kept its whole line: 20,000 of them in a line of 60 KB were 1.6 GB.
TEST(Limits, ManyProblemsInOneLongLineTakeLittleRoom) {
  const auto peak_kilobytes = [] {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  std::string list;
  for (int i = 0; i < 20'000; ++i) list += i == 0 ? "a" : ", a";
  const std::string text = good_with("seeds: [0]", "seeds: [" + list + "]");
  const Folder folder;
  const long before = peak_kilobytes();
  const auto loaded = load(folder, text);
  const long after = peak_kilobytes();
  ASSERT_FALSE(loaded.ok());
  EXPECT_LT(after - before, 200L * 1024);
  EXPECT_EQ(loaded.error().diagnostics().size(), 101U);
  const core::Diagnostic& last = loaded.error().diagnostics().at(99);
  EXPECT_EQ(last.where.column, 9U + 3 * 99);
  EXPECT_LT(last.source_line.size(), 2000U);
  const std::vector<std::string> lines = core::split(core::render(last), '\n');
  ASSERT_GE(lines.size(), 3U);
  EXPECT_EQ(lines[1][lines[2].find('^')], 'a') << "the caret is under an entry";
}

TEST(Limits, CaretsBehindAThousandCharactersStandUnderTheirWord) {
  for (const std::string letter : {"x", "\u00e9", "\U0001F600"}) {
    std::string text = "{k: '";
    for (int i = 0; i < 1000; ++i) text += letter;
    text += "', wrong: 1, ";
    for (int i = 0; i < 1000; ++i) text += fmt::format("k{}: 1, ", i);
    const auto checked = check_text(text + "}", "t.yaml", object({"", {optional("k", config::text(), "")}, {}}));
    ASSERT_FALSE(checked.ok());
    const std::string drawn = core::render(checked.error().diagnostics().front());
    const std::size_t word = drawn.find("wrong", drawn.find('\n'));
    const std::size_t caret = drawn.find('^');
    ASSERT_NE(word, std::string::npos) << drawn;
    const auto column = [&](std::size_t at) {  // characters from the beginning of its line
      const std::size_t begin = drawn.rfind('\n', at) + 1;
      return std::count_if(drawn.begin() + static_cast<std::ptrdiff_t>(begin), drawn.begin() + static_cast<std::ptrdiff_t>(at),
                           [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; });
    };
    EXPECT_EQ(column(word), column(caret)) << drawn;
    EXPECT_EQ(core::invalid_utf8(drawn), std::nullopt) << "no character is cut";
  }
}

TEST(Text, BytesThatAreNoUtf8AreRefusedWithTheirLine) {
  EXPECT_EQ(problems_of_text("a: 1\nb: \xff\n"), "t.yaml:2: error: is not UTF-8 text: byte 0xFF\n      | note: save the file as UTF-8\n");
  EXPECT_NE(problems_of_text(std::string("a: \0b", 5)).find("byte 0x00"), std::string::npos);
  EXPECT_EQ(problems_of_text("\xEF\xBB\xBFname: caf\xC3\xA9\n"), "");
}

TEST(Text, WindowsLineEndsKeepLineNumbersAndCarets) {
  EXPECT_EQ(
      problems_of_text("a: 1\r\na: 2\r\n"),
      "t.yaml:2:1: error: key 'a' is given twice\n    2 | a: 2\n      | ^ keep one of them\n      | note: first given at t.yaml:1:1\n");
}

TEST(Text, AliasesAreValuesAndCountAsUse) {
  const auto checked = check_text("a: &x {p: 1}\nb: *x\n", "t", anything());
  ASSERT_TRUE(checked.ok());
  EXPECT_EQ(checked->value.at("b"), (nlohmann::json{{"p", "1"}}));
}

TEST(Emit, WhatIsEmittedParsesToTheSameTree) {
  const char* text =
      "a: 'null'\nb: [1, '2', [], {}, ~]\n\"odd: key #\": |\n  two\n  lines\nc: - not a list\n"
      "d: {e: {f: [[x, y], {g: \"tab\\t \\u2028 \\x01\"}]}}\nh: ''\ni: -5\nj: ...\nk: ../x y\n";
  const auto first = check_text(replaced(text, "c: - not", "c: -not"), "t", anything());
  ASSERT_TRUE(first.ok()) << first.error().render();
  for (const bool origins : {false, true}) {
    const std::string emitted = emit_yaml(first->tree, origins);
    const auto second = check_text(emitted, "t", anything());
    ASSERT_TRUE(second.ok()) << second.error().render() << emitted;
    EXPECT_EQ(second->value, first->value) << emitted;
  }
}

TEST(Pointer, FindsNodesAndPlaces) {
  const auto checked = check_text("a:\n  - {b/c: 1}\n", "t", anything());
  ASSERT_TRUE(checked.ok());
  EXPECT_EQ(checked->tree.at("/a/0/b~1c")->text, "1");
  EXPECT_EQ(checked->tree.at("/a/1"), nullptr);
  EXPECT_EQ(checked->place("/a/0/b~1c").line, 2U);
  EXPECT_EQ(checked->place("/a/0/nothing").line, 2U) << "the nearest ancestor";
}

// Mutations of a valid file: each loads or is told what is wrong, within the limits, and what loads survives the round trip.
TEST(Robustness, RandomMutationsLoadOrAreExplained) {
  const Folder folder;
  const std::string valid =
      good_with("  - name: ststnet\n",
                "  - {name: ststnet, params: {dropout: 0.25}, sweep: {params.classes: [2, 3]}}\n"
                "  - {name: mlp, label: 'x', params: {width: 8}, train: {optimizer: {name: sgd, lr: 1e-2}}, input: {channels: [u, v]}}\n");
  const std::vector<std::string> pieces = {"{",   "}",    "[",     "]",      ": ",    "- ",           "\n",
                                           "  ",  "\t",   "#",     "&a ",    "*a",    "*m",           "!!",
                                           "|",   ">",    "'",     "\"",     "\\x",   "${X",          "${X}",
                                           "010", "null", "<<: ",  "---\n",  "...\n", "? ",           "%a",
                                           "@",   "`",    "-1",    "1e999",  "\xC3",  "\xEF\xBB\xBF", "include: e.yaml\n",
                                           "0x1", "~",    "train", "include"};
  core::RandomStream random(20240607);
  int loaded_files = 0;
  int refused_files = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = valid;
    const std::uint64_t edits = 1 + random.below(3);
    for (std::uint64_t e = 0; e < edits && !text.empty(); ++e) {
      const std::size_t at = random.below(text.size());
      switch (random.below(5)) {
        case 0:
          text.erase(at, 1 + random.below(8));
          break;
        case 1:
          text.insert(at, pieces[random.below(pieces.size())]);
          break;
        case 2:
          text[at] = static_cast<char>(random.below(256));
          break;
        case 3:  // gentle: another digit
          if (const std::size_t digit = text.find_first_of("0123456789", at); digit != std::string::npos) {
            text[digit] = static_cast<char>('0' + random.below(10));
          }
          break;
        default:
          text.insert(random.below(text.size()), text.substr(at, random.below(40)));
      }
    }
    const auto file = folder.write("e.yaml", text);
    const auto loaded = load_experiment(file, {}, vocabulary());
    if (loaded) {
      ++loaded_files;
      const auto again = load_experiment(folder.write("resolved.yaml", loaded->resolved_yaml(folder.path())), {}, vocabulary());
      ASSERT_TRUE(again.ok()) << text << "\n----\n" << loaded->resolved_yaml(folder.path()) << again.error().render();
      ASSERT_EQ(again->checked.value, loaded->checked.value) << text;
    } else {
      ++refused_files;
      ASSERT_EQ(loaded.error().code(), core::ErrorCode::kUsage);
      ASSERT_FALSE(loaded.error().render().empty());
      for (const auto& problem : loaded.error().diagnostics()) ASSERT_FALSE(problem.message.empty());
    }
  }
  EXPECT_GT(loaded_files, 100);
  EXPECT_GT(refused_files, 1000);
}

TEST(Robustness, LargeFilesWithinTheLimitsAreQuick) {
  const std::clock_t start = std::clock();  // of this process: other work on the machine does not count
  std::string map = "{";
  for (int i = 0; i < 40'000; ++i) map += fmt::format("k{}: {}, ", i, i);
  EXPECT_EQ(problems_of_text(map + "}"), "");
  std::string repeated;
  for (int i = 0; i < 90'000; ++i) repeated += "a: 1\n";
  EXPECT_NE(problems_of_text(repeated), "");
  EXPECT_NE(problems_of_text(std::string(kMostBytes - 10, '{')), "");
  EXPECT_NE(problems_of_text(std::string(kMostBytes - 10, '"')), "");
  EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 30.0);
}

}  // namespace
}  // namespace mexbench::config
