// .xls: files by xlwt (tests/data/workbooks/make_xls.py says what is in them), and records made by hand for what xlwt does not write.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <fstream>
#include <random>

#include "harness/core/files.h"
#include "harness/data/workbook.h"
#include "unit/data/made_workbooks.h"
#include "unit/data/workbook_support.h"

namespace mexbench::data {
namespace {

using test::biff_record;
using test::make_ole;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

std::string sample(const std::string& name) {
  const auto content = core::read_file(std::filesystem::path(MEXBENCH_SOURCE_DIR) / "tests" / "data" / "workbooks" / name);
  EXPECT_TRUE(content) << content.error().render();
  return content ? *content : "";
}

// --- Records. Numbers of rows and columns from 0, as in the file.

std::string u8(std::uint64_t value) { return test::little_endian_bytes(value, 1); }
std::string u16(std::uint64_t value) { return test::little_endian_bytes(value, 2); }
std::string u32(std::uint64_t value) { return test::little_endian_bytes(value, 4); }
std::string f64(double value) { return test::little_endian_bytes(std::bit_cast<std::uint64_t>(value), 8); }
// A formula's value that is no number.
std::string other(std::uint64_t kind, std::uint64_t value = 0) { return u8(kind) + u8(0) + u8(value) + u8(0) + u16(0) + u16(0xFFFF); }

constexpr std::uint16_t kBof = 0x0809;
constexpr std::uint16_t kFormula = 0x0006;
const std::string kEof = biff_record(0x000A, "");

std::string begin(std::uint64_t version, std::uint64_t kind) { return biff_record(kBof, u16(version) + u16(kind) + std::string(12, '\0')); }
std::string formula(std::uint64_t row, std::uint64_t column, const std::string& value) {
  return biff_record(kFormula, u16(row) + u16(column) + u16(0) + value + std::string(8, '\0'));
}

struct MadeBiff {
  std::uint64_t version = 0x0600;
  std::string globals;            // more records about the workbook
  std::uint64_t kind = 0;         // of the sheet: 0 worksheet, 2 chart
  std::uint64_t begins_late = 0;  // bytes by which the list of sheets is wrong
  bool ended = true;
};

// The stream of a workbook with one sheet 'S', five rows by five columns.
std::string stream_of(const std::string& cells, const MadeBiff& how = {}) {
  const std::string name = how.version == 0x0600 ? u8(1) + u8(0) + "S" : u8(1) + "S";
  const auto globals = [&](std::uint64_t sheet_begins) {
    return begin(how.version, 0x0005) + biff_record(0x0042, u16(how.version == 0x0600 ? 0x04B0 : 0x04E4)) + how.globals +
           biff_record(0x0085, u32(sheet_begins) + u8(0) + u8(how.kind) + name) + kEof;
  };
  const std::string before = globals(globals(0).size() + how.begins_late);
  const std::string size = how.version == 0x0600 ? u32(0) + u32(5) + u16(0) + u16(5) + u16(0) : u16(0) + u16(5) + u16(0) + u16(5) + u16(0);
  return before + begin(how.version, 0x0010) + biff_record(0x0200, size) + cells + (how.ended ? kEof : "");
}
std::string xls(const std::string& cells, const MadeBiff& how = {}) {
  return make_ole(how.version == 0x0600 ? "Workbook" : "Book", stream_of(cells, how));
}

// --- Files by xlwt.

TEST(Xls, FormulasTruthValuesAndErrorsThatFreexlLosesAreThere) {
  const auto workbook = parse_workbook(sample("coded.xls"), "coded.xls");
  ASSERT_TRUE(workbook) << workbook.error().render();
  EXPECT_EQ(workbook->kind, WorkbookKind::kXls);
  ASSERT_THAT(workbook->sheets, SizeIs(3));
  EXPECT_EQ(workbook->sheets[0].name, "HS");
  EXPECT_THAT(
      cells_of(workbook->sheets[0]),
      ElementsAre("A3 'Subject'", "B3 'Filename'", "C3 'Onset'", "D3 'Offset'", "E3 'Length'", "F3 'Emotion'", "G3 'Sure'",
                  "H3 'Coded'",                                                                                        //
                  "A4 '01'", "B4 'ne_01'", "C4 46", "D4 86", "E4 40", "F4 'disgust'", "G4 'TRUE'", "H4 '2014-05-08'",  //
                  "A5 '02'", "B5 'sur_02'", "C5 566.4", "D5 600", "E5 33.60000000000002", "F5 '\xE6\x83\x8A\xE8\xAE\xB6'", "G5 'FALSE'",
                  "H5 '2014-05-08'",  //
                  "A7 'ne_01 \xE4\xB8\xAD'", "B7 'FALSE'", "C7 '#DIV/0!'", "E7 '#REF!'", "F7 'last'"));
  EXPECT_EQ(workbook->sheets[1].name, "Empty");
  EXPECT_THAT(workbook->sheets[1].rows, SizeIs(0));
  EXPECT_EQ(workbook->sheets[2].name, "Old \xE8\xA1\xA8") << "hidden";
  EXPECT_THAT(cells_of(workbook->sheets[2]), ElementsAre("B1 -1"));
  EXPECT_EQ(in_words(*workbook, workbook->sheets[0], workbook->sheets[0].rows[1], 2), "sheet 'HS', cell C4");
}

TEST(Xls, TextsThatGoOnInTheNextRecordAreWhole) {
  const auto workbook = parse_workbook(sample("long.xls"), "long.xls");
  ASSERT_TRUE(workbook) << workbook.error().render();
  const Sheet& sheet = workbook->sheets[0];
  ASSERT_THAT(sheet.rows, SizeIs(60));
  for (std::size_t i = 0; i < sheet.rows.size(); ++i) {
    std::string text = fmt::format("clip {:02}", i);
    for (int k = 0; k < 6; ++k) text += " of a corpus that nobody has";
    if (i % 3 == 0) text += " \xE8\xA1\xA8";
    EXPECT_EQ(sheet.rows[i].cell(0).text(), text);
    EXPECT_EQ(std::get<double>(sheet.rows[i].cell(1).value), static_cast<double>(i));
  }
  EXPECT_THAT(cells_of(workbook->sheets[1]), ElementsAre("IV65536 'end'"));
}

TEST(Xls, AFileCutShortIsDamagedWhereverItEnds) {
  const std::string whole = sample("coded.xls");
  for (std::size_t length = 8; length < whole.size(); length += 128) {
    EXPECT_THAT(told(whole.substr(0, length)), HasSubstr("book: error: is damaged: ")) << length;
  }
}

// FreeXL crashes on some of these; nothing of that reaches this process.
TEST(Xls, WhateverIsWrongInItTheFileIsReadOrNamed) {
  const std::string whole = sample("coded.xls");
  std::mt19937 random(20240501);  // NOLINT(cert-msc51-cpp): a fixed seed
  std::size_t refused = 0;
  for (int round = 0; round < 300; ++round) {
    std::string mutated = whole;
    for (int k = 0; k < 8; ++k) mutated[8 + random() % (mutated.size() - 8)] = static_cast<char>(random());
    const auto workbook = parse_workbook(mutated, "book");
    if (workbook) continue;
    ++refused;
    EXPECT_THAT(workbook.error().render(), HasSubstr("book: error: "));
  }
  EXPECT_GT(refused, 20U);
}

// --- Made by hand.

TEST(Xls, FormulaValuesInBiff8) {
  EXPECT_THAT(cells_of(xls(formula(0, 0, f64(1.5)) + formula(0, 1, other(0)) + biff_record(0x0207, u16(2) + u8(0) + "a\xE9") +
                           formula(1, 0, other(1, 1)) + formula(1, 1, other(2, 0x2A)) + formula(1, 2, other(3)) +
                           // Other records may stand between a formula and its text; the text may be in UTF-16, with a pair.
                           formula(2, 0, other(0)) + biff_record(0x04BC, "shared") +
                           biff_record(0x0207, u16(3) + u8(1) + u16(0x60CA) + u16(0xD83D) + u16(0xDE00)))),
              ElementsAre("A1 1.5", "B1 'a\xC3\xA9'", "A2 'TRUE'", "B2 '#N/A'", "A3 '\xE6\x83\x8A\xF0\x9F\x98\x80'"));
}

TEST(Xls, Biff5WithFormulasAndRichText) {
  const std::string place = u16(0) + u16(3) + u16(0);
  EXPECT_THAT(
      cells_of(xls(biff_record(0x0203, u16(0) + u16(0) + u16(0) + f64(7)) + biff_record(0x0204, u16(0) + u16(1) + u16(0) + u16(2) + "ab") +
                       formula(0, 2, other(0)) + biff_record(0x0207, u16(1) + "x") + biff_record(0x00D6, place + u16(4) + "rich" + u8(0)),
                   {.version = 0x0500})),
      ElementsAre("A1 7", "B1 'ab'", "C1 'x'", "D1 'rich'"));
  EXPECT_THAT(
      told(xls(formula(3, 2, other(0)) + biff_record(0x0207, u16(1) + "\xE9"), {.version = 0x0500})),
      AllOf(HasSubstr("book: error: sheet 1, cell C4: text in an old character set can't be read"), HasSubstr("save it as .xlsx or .csv")));
}

TEST(Xls, Biff2To4HaveNoContainer) {
  const std::string codes = biff_record(0x0042, u16(0x04E4));
  const std::string size = u16(0) + u16(3) + u16(0) + u16(4);
  const std::string end = kEof + "what follows is nobody's";
  EXPECT_THAT(cells_of(biff_record(0x0009, u16(2) + u16(0x10)) + codes + biff_record(0x0000, size) +
                       biff_record(0x0002, u16(0) + u16(0) + std::string(3, '\0') + u16(46)) +
                       biff_record(0x0004, u16(0) + u16(1) + std::string(3, '\0') + u8(2) + "ab") +
                       biff_record(0x0006, u16(1) + u16(0) + std::string(3, '\0') + f64(2.5) + u8(0)) +
                       biff_record(0x0006, u16(1) + u16(1) + std::string(3, '\0') + other(0) + u8(0)) + biff_record(0x0007, u8(2) + "cd") +
                       biff_record(0x0005, u16(1) + u16(2) + std::string(3, '\0') + u8(1) + u8(0)) + end),
              ElementsAre("A1 46", "B1 'ab'", "A2 2.5", "B2 'cd'", "C2 'TRUE'"));
  for (const std::uint16_t version : {3, 4}) {
    const std::uint16_t kind = version == 3 ? 0x0200 : 0x0400;
    EXPECT_THAT(cells_of(biff_record(kind | 0x0009, u16(0) + u16(0x10) + u16(0)) + codes + biff_record(0x0200, size + u16(0)) +
                         biff_record(0x0204, u16(0) + u16(0) + u16(0) + u16(2) + "ab") +
                         biff_record(kind | 0x0006, u16(1) + u16(0) + u16(0) + f64(2.5)) +
                         biff_record(0x0205, u16(1) + u16(1) + u16(0) + u8(0x17) + u8(1)) + end),
                ElementsAre("A1 'ab'", "A2 2.5", "B2 '#REF!'"))
        << version;
  }
}

TEST(Xls, EncryptedFilesSaySo) {
  const std::string wanted = "book: error: is encrypted\n      | note: save it without a password\n";
  EXPECT_EQ(told(xls("", {.globals = biff_record(0x002F, std::string(54, '\1'))})), wanted);
  EXPECT_EQ(told(make_ole("EncryptedPackage", "an .xlsx in an OLE container")), wanted);
}

TEST(Xls, WhatHasNoWorkbookSaysSo) {
  EXPECT_THAT(told(make_ole("WordDocument", "")),
              HasSubstr("book: error: is an OLE file without a workbook in it, a spreadsheet is wanted"));
  EXPECT_THAT(told(stream_of("")), HasSubstr("is an .xls file without its OLE container"));
}

TEST(Xls, ChartSheetsAreLeftOutButAChartInASheetStopsFreexl) {
  EXPECT_EQ(told(xls("", {.kind = 2})), "book: error: has no sheet with cells, one is wanted\n");
  EXPECT_THAT(told(xls(begin(0x0600, 0x0020) + kEof)), HasSubstr("a sheet holds a chart, FreeXL can't read behind it"));
}

TEST(Xls, DamagedRecordsAreToldBeforeFreexlSeesThem) {
  EXPECT_THAT(told(xls("", {.ended = false})), HasSubstr("is damaged: it is cut short: a sheet has no end"));
  EXPECT_THAT(told(xls("", {.begins_late = 1})), HasSubstr("is damaged: sheet 1 does not begin where it should"));
  EXPECT_THAT(told(xls(biff_record(0x0001, std::string(9000, '\0')))), HasSubstr("has 9000 bytes, no record has"));
  EXPECT_THAT(told(xls(formula(0, 0, f64(std::numeric_limits<double>::infinity())))),
              HasSubstr("sheet 1, cell A1: is damaged: its value is no number"));
  EXPECT_THAT(told(xls(formula(0, 0, other(7)))), HasSubstr("sheet 1, cell A1: is damaged: its value is of no known type"));
  EXPECT_THAT(told(xls(biff_record(kFormula, u16(0) + u16(0)))), HasSubstr("cell A1: is damaged: its formula has no end"));
  EXPECT_THAT(told(xls(formula(0, 0, other(0)) + biff_record(0x0207, u16(9) + u8(0) + "a"))),
              HasSubstr("cell A1: a text longer than one record of the file can't be read"));
  EXPECT_THAT(told(xls(formula(0, 0, other(0)) + biff_record(0x0207, u16(1) + u8(1) + u16(0xD83D)))),
              HasSubstr("cell A1: is damaged: its text is not UTF-16"));
  EXPECT_THAT(told(xls(formula(0, 0, f64(1)) + formula(0, 0, f64(2)))), HasSubstr("sheet 'S', cell A1: stands twice"));
}

TEST(Xls, ContainersThatRunInCirclesAreDamaged) {
  std::string circle = make_ole("Workbook", stream_of(""));
  circle.replace(512 + 4 * 5, 4, u32(3));  // the sector behind 5 is 3
  EXPECT_THAT(told(circle), HasSubstr("is damaged: a chain of sectors runs in circles"));
  std::string away = make_ole("Workbook", stream_of(""));
  away.replace(512 + 4 * 5, 4, u32(100'000));
  EXPECT_THAT(told(away), HasSubstr("is damaged: a chain of sectors leaves the file"));
  std::string lists = make_ole("Workbook", stream_of(""));
  lists.replace(68, 8, u32(1) + u32(0xFFFFFFFF));  // sector 1 is a list of sectors, one of four billion,
  lists.replace(3 * 512 - 4, 4, u32(1));           // and the next one is sector 1
  EXPECT_THAT(told(lists), HasSubstr("is damaged: its list of sectors runs in circles"));
}

// What FreeXL does with a sheet whose size is stated twice: it frees what lies behind the smaller one.
TEST(Xls, WhatKillsFreexlIsADamagedFile) {
  const std::string twice = biff_record(0x0200, u32(0) + u32(60'000) + u16(0) + u16(60'000) + u16(0));
  EXPECT_THAT(told(xls(twice)), HasSubstr("book: error: FreeXL can't read it: it is damaged\n"));
}

}  // namespace
}  // namespace mexbench::data
