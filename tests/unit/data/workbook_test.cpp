// What holds for workbooks of every format; .csv; and the real annotation tables in the folder of shared data.
#include "harness/data/workbook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <numeric>

#include "harness/core/files.h"
#include "unit/data/made_workbooks.h"
#include "unit/data/workbook_support.h"

namespace mexbench::data {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

SheetCell cell(std::string text) { return {.value = std::move(text)}; }

TEST(SheetCellTest, TextLosesTheBlanksOfEveryKindAtItsEnds) {
  EXPECT_EQ(cell(" \t\xC2\xA0\xE3\x80\x80 no blank \xE2\x80\x8B\xEF\xBB\xBF\r\n").text(), "no blank");
  EXPECT_EQ(cell("a\xC2\xA0\x62").text(), "a\xC2\xA0\x62") << "inside, a blank is a part of the text";
  EXPECT_EQ(cell("\xC3\xA0").text(), "\xC3\xA0") << "shares its last byte with the no-break space";
  EXPECT_EQ(cell("01").text(), "01");
}

TEST(SheetCellTest, BlanksAloneAreNothing) {
  EXPECT_TRUE(SheetCell{}.empty());
  EXPECT_TRUE(cell("").empty());
  EXPECT_TRUE(cell(" \xC2\xA0\xE3\x80\x80\n").empty());
  EXPECT_FALSE(cell("0").empty());
  EXPECT_FALSE((SheetCell{.value = 0.0}.empty()));
}

TEST(SheetCellTest, NumbersAreWrittenInTheShortestFormThatReadsBack) {
  EXPECT_EQ((SheetCell{.value = 12.0}.text()), "12");
  EXPECT_EQ((SheetCell{.value = 566.4}.text()), "566.4");
  EXPECT_EQ((SheetCell{.value = -0.25}.text()), "-0.25");
  EXPECT_EQ((SheetCell{.value = 1e15}.text()), "1000000000000000");
  EXPECT_EQ((SheetCell{.value = 0.1 + 0.2}.text()), "0.30000000000000004");
  EXPECT_TRUE((SheetCell{.value = 12.0}.is_number()));
  EXPECT_FALSE(cell("12").is_number());
}

TEST(Workbook, ColumnLettersCarryBehindZ) {
  EXPECT_EQ(column_letters(0), "A");
  EXPECT_EQ(column_letters(25), "Z");
  EXPECT_EQ(column_letters(26), "AA");
  EXPECT_EQ(column_letters(701), "ZZ");
  EXPECT_EQ(column_letters(702), "AAA");
  EXPECT_EQ(column_letters(16383), "XFD");
}

TEST(Workbook, CellsBeyondARowsEndAreEmpty) {
  const SheetRow row{.number = 1, .cells = {cell("a")}, .columns = {}};
  EXPECT_EQ(row.cell(0).text(), "a");
  EXPECT_TRUE(row.cell(1).empty());
  EXPECT_TRUE(row.cell(99999).empty());
}

TEST(Workbook, WhatItIsIsToldByItsBytesNotItsName) {
  const std::string xlsx = test::make_xlsx({{.name = "S", .rows = {{"a"}}}});
  EXPECT_EQ(parse_workbook(xlsx, "a.csv")->kind, WorkbookKind::kXlsx);
  EXPECT_EQ(parse_workbook("a,b\n", "a.xlsx")->kind, WorkbookKind::kCsv);
  EXPECT_EQ(parse_workbook("a,b\n", "folder/a.xls")->file, "folder/a.xls");
}

TEST(Workbook, WhatIsNoSpreadsheetSaysSo) {
  EXPECT_EQ(told(""), "book: error: is empty (0 bytes), a spreadsheet is wanted\n");
  EXPECT_THAT(told("\n <!DOCTYPE html><table>"), HasSubstr("book: error: is HTML or XML, a spreadsheet is wanted"));
  EXPECT_THAT(told("<?xml version=\"1.0\"?><Workbook/>"), HasSubstr("save it as .xlsx or .csv"));
  EXPECT_THAT(told(std::string("\x7F"
                               "ELF\0\0",
                               6)),
              HasSubstr("a NUL byte: this is not a text file"));
  EXPECT_THAT(told(std::string((std::size_t{64} << 20U) + 1, 'a')), HasSubstr("has 67108865 bytes, at most 67108864 are accepted"));
}

TEST(Workbook, LockFilesAreToldFromWorkbooks) {
  EXPECT_EQ(told("anything", "folder/~$coding.xlsx"),
            "folder/~$coding.xlsx: error: is a lock file that a spreadsheet program left, the workbook beside it is wanted\n"
            "      | note: did you mean 'coding.xlsx'?\n");
  EXPECT_THAT(told("anything", ".~lock.coding.xls#"), HasSubstr("did you mean 'coding.xls'?"));
  EXPECT_THAT(read_workbook("/nowhere/~$coding.xlsx").error().message(), HasSubstr("is a lock file")) << "told before it is opened";
  EXPECT_EQ(told("a,b\n", "folder.~lock.d/a.csv"), "accepted");
}

TEST(Workbook, FilesThatCannotBeReadAreNamed) {
  const auto missing = read_workbook("/nowhere/coding.xlsx");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), core::ErrorCode::kData);
  EXPECT_THAT(missing.error().render(), HasSubstr("/nowhere/coding.xlsx: error: can't open: No such file"));
  EXPECT_THAT(read_workbook("/tmp").error().render(), HasSubstr("is a folder, a file is wanted"));
}

TEST(WorkbookCsv, CellsAreTextsAsWritten) {
  const auto workbook = parse_workbook("\xEF\xBB\xBFsubject,onset\r\n01,046\r\n,\r\n\r\n\"a, b\", 5 ,,\r\n", "a.csv");
  ASSERT_TRUE(workbook) << workbook.error().render();
  ASSERT_EQ(workbook->sheets.size(), 1U);
  EXPECT_EQ(workbook->sheets[0].name, "");
  EXPECT_THAT(cells_of(workbook->sheets[0]), ElementsAre("A1 'subject'", "B1 'onset'", "A2 '01'", "B2 '046'", "A5 'a, b'", "B5 '5'"));
  EXPECT_EQ(workbook->sheets[0].rows[2].cells.size(), 2U) << "fields behind the last filled one are cut";
}

TEST(WorkbookCsv, AnEmptyTableHasOneSheetWithoutRows) {
  for (const char* content : {"\n", ",,,\n, ,\n", "\xEF\xBB\xBF"}) {
    const auto workbook = parse_workbook(content, "a.csv");
    ASSERT_TRUE(workbook) << workbook.error().render();
    ASSERT_EQ(workbook->sheets.size(), 1U);
    EXPECT_THAT(workbook->sheets[0].rows, IsEmpty());
  }
}

TEST(WorkbookCsv, PositionsAreLinesAndBytes) {
  const auto workbook = parse_workbook("a,b\n\n,\"q\",\"two\nlines\",x,\n", "a.csv");
  ASSERT_TRUE(workbook) << workbook.error().render();
  const Sheet& sheet = workbook->sheets[0];
  const SheetRow& row = sheet.rows[1];
  EXPECT_EQ(row.number, 3U);
  EXPECT_EQ(position_of(*workbook, row, 0), (core::SourcePosition{"a.csv", 3, 1}));
  EXPECT_EQ(position_of(*workbook, row, 1), (core::SourcePosition{"a.csv", 3, 3}));
  EXPECT_EQ(position_of(*workbook, row, 3), (core::SourcePosition{"a.csv", 3, 0})) << "in the line after";
  EXPECT_EQ(position_of(*workbook, row, 9), (core::SourcePosition{"a.csv", 3, 0})) << "not there";
  EXPECT_EQ(in_words(*workbook, sheet, row, 1), "field 2");
}

TEST(WorkbookCsv, PlacesOfEmptyFieldsAreKnownToo) {
  const auto workbook = parse_workbook("a,,\n", "a.csv");
  ASSERT_TRUE(workbook);
  EXPECT_EQ(position_of(*workbook, workbook->sheets[0].rows[0], 2), (core::SourcePosition{"a.csv", 1, 4}));
}

TEST(WorkbookCsv, TheFirstLineSaysWhatSeparates) {
  const std::vector<std::string> cells{"A1 'subject'", "B1 'onset'", "A2 '1'", "B2 '2,5'"};
  EXPECT_EQ(cells_of("subject,onset\n1,\"2,5\"\n"), cells);
  EXPECT_EQ(cells_of("\nsubject;onset\n1;2,5\n").size(), cells.size());
  EXPECT_EQ(cells_of("\xEF\xBB\xBFsubject;onset\r\n1;\"2,5\"\r\n"), cells);
  EXPECT_EQ(cells_of("subject\tonset\n1\t2,5\n"), cells);
  EXPECT_EQ(cells_of("a;b\n1;\"x;\"\"y\"\"\"\n"), (std::vector<std::string>{"A1 'a'", "B1 'b'", "A2 '1'", "B2 'x;\"y\"'"}));
  EXPECT_EQ(cells_of("subject,note\n1,a;b\n"), (std::vector<std::string>{"A1 'subject'", "B1 'note'", "A2 '1'", "B2 'a;b'"}));
  EXPECT_EQ(cells_of("\"a;b;c\",note\n1,2\n"), (std::vector<std::string>{"A1 'a;b;c'", "B1 'note'", "A2 '1'", "B2 '2'"}));
  EXPECT_EQ(cells_of("subject\n01\n"), (std::vector<std::string>{"A1 'subject'", "A2 '01'"})) << "one column";
}

TEST(WorkbookCsv, PipesAndDevicesAreRefusedUnread) {
  const std::string pipe = ::testing::TempDir() + "sheet.csv";
  std::filesystem::remove(pipe);
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  for (const std::string& file : {pipe, std::string("/dev/zero")}) {
    const auto workbook = read_workbook(file);
    ASSERT_FALSE(workbook);
    EXPECT_EQ(workbook.error().render(),
              file + ": error: is a pipe or a device, a file is wanted\n      | note: save it to a file first\n");
  }
  std::filesystem::remove(pipe);
}

TEST(WorkbookCsv, TextThatIsNotUtf8IsNamedByItsByte) {
  // "惊讶" in GBK, "Übel" in Latin-1.
  EXPECT_EQ(told("a,b\n1,\xBE\xAA\xD1\xC8\n", "a.csv"),
            "a.csv:2:3: error: byte 0xBE is not UTF-8 text\n      | note: save the file as UTF-8\n");
  EXPECT_THAT(told("\xDC"
                   "bel,b\n"),
              HasSubstr("byte 0xDC is not UTF-8 text"));
  EXPECT_THAT(told(std::string("\xFF\xFE"
                               "a\0,\0",
                               6)),
              HasSubstr("is UTF-16 text, UTF-8 is wanted\n      | note: save it as UTF-8"));
  EXPECT_THAT(told(std::string("a\0,\0b\0", 6)), HasSubstr("if it is UTF-16, save it as UTF-8"));
  EXPECT_THAT(told("a,b\r1,2\r"), HasSubstr("carriage return alone"));
  EXPECT_THAT(told("a,\"b\n"), HasSubstr("book:1:3: error: a quoted field is not closed"));
}

TEST(WorkbookCsv, SizesAreBoundedBeforeFieldsAreMade) {
  EXPECT_THAT(told(std::string(4'100'000, ',')), HasSubstr("holds more than 4000000 fields, more than any annotation has"));
  std::string filled;
  for (int i = 0; i < 1'000'001; ++i) filled += "1\n";
  EXPECT_THAT(told(filled), HasSubstr("holds more than 1000000 filled cells"));
  filled.resize(filled.size() - 2);
  EXPECT_EQ(told(filled), "accepted");
}

// --- Real tables.
//
// Numbers of rows and cells, and the cells, by openpyxl 3.0.9 with data_only: cells whose value is not None and not blank.

class RealAnnotations : public testing::Test {
 protected:
  void SetUp() override {
    const char* root = std::getenv("MEXBENCH_DATA");
    if (root == nullptr || *root == '\0') GTEST_SKIP() << "MEXBENCH_DATA is not set; it names the folder of shared data";
    folder_ = fs::path(root) / "datasets" / "annotations";
  }
  [[nodiscard]] Workbook read(const char* name) const {
    auto workbook = read_workbook(folder_ / name);
    EXPECT_TRUE(workbook) << workbook.error().render();
    return workbook ? std::move(workbook).value() : Workbook{};
  }
  fs::path folder_;
};

std::vector<std::string> names(const Workbook& workbook) {
  std::vector<std::string> out;
  for (const Sheet& sheet : workbook.sheets) out.push_back(sheet.name);
  return out;
}

// Filled cells, in rows.
std::pair<std::size_t, std::size_t> size_of(const Sheet& sheet) { return {cells_of(sheet).size(), sheet.rows.size()}; }

double sum(const Sheet& sheet, std::size_t column) {
  return std::accumulate(sheet.rows.begin(), sheet.rows.end(), 0.0, [&](double total, const SheetRow& row) {
    const auto* number = std::get_if<double>(&row.cell(column).value);
    return number == nullptr ? total : total + *number;
  });
}

std::vector<std::string> row_texts(const SheetRow& row) {
  std::vector<std::string> out;
  for (const SheetCell& one : row.cells) out.push_back(one.text());
  return out;
}

TEST_F(RealAnnotations, Casme2Of2014) {
  const Workbook workbook = read("CASME2-coding-20140508.xlsx");
  ASSERT_THAT(names(workbook), ElementsAre("Sheet1", "Sheet2", "Sheet3"));
  const Sheet& sheet = workbook.sheets[0];
  EXPECT_EQ(size_of(sheet), (std::pair<std::size_t, std::size_t>(1792, 256)));
  EXPECT_EQ(size_of(workbook.sheets[1]), (std::pair<std::size_t, std::size_t>(0, 0)));
  EXPECT_THAT(row_texts(sheet.rows.front()),
              ElementsAre("Subject", "Filename", "", "OnsetFrame", "ApexFrame", "OffsetFrame", "", "Action Units", "Estimated Emotion"));
  EXPECT_THAT(row_texts(sheet.rows.back()), ElementsAre("26", "EP18_51", "", "21", "64", "81", "", "4", "disgust"));
  EXPECT_FALSE(sheet.rows.back().cell(0).is_number()) << "subjects are texts";
  EXPECT_EQ(sheet.rows[1].cell(0).text(), "01");
  EXPECT_EQ(sum(sheet, 3), 15704);
  EXPECT_EQ(sum(sheet, 4), 23914) << "of 254; one apex is '/'";
  EXPECT_EQ(sum(sheet, 5), 32587);
}

TEST_F(RealAnnotations, Casme2Of2019HasDataDescriptors) {
  const Workbook workbook = read("CASME2-coding-20190701.xlsx");
  ASSERT_THAT(names(workbook), ElementsAre("Sheet1", "Sheet2", "Sheet3"));
  const Sheet& sheet = workbook.sheets[0];
  EXPECT_EQ(size_of(sheet), (std::pair<std::size_t, std::size_t>(2048, 256)));
  EXPECT_THAT(row_texts(sheet.rows.back()), ElementsAre("26", "EP18_51", "", "21", "64", "81", "", "4+16", "disgust", "7"));
  EXPECT_EQ(sum(sheet, 3), 15704);
  EXPECT_EQ(sum(sheet, 5), 32587);
}

TEST_F(RealAnnotations, SammHasItsHeaderInRow14AndSharedFormulas) {
  const Workbook workbook = read("SAMM_Micro_FACS_Codes_v2.xlsx");
  ASSERT_THAT(names(workbook), ElementsAre("MICRO_ONLY"));
  const Sheet& sheet = workbook.sheets[0];
  EXPECT_EQ(size_of(sheet), (std::pair<std::size_t, std::size_t>(1833, 169)));
  const auto header = std::find_if(sheet.rows.begin(), sheet.rows.end(), [](const SheetRow& row) { return row.number == 14; });
  ASSERT_NE(header, sheet.rows.end());
  EXPECT_EQ(header->cell(0).text(), "Subject");
  EXPECT_EQ(sheet.rows.front().cell(0).text(), "SAMM Dataset - Master FACS Codes");
  EXPECT_THAT(row_texts(sheet.rows.back()),
              ElementsAre("037", "037_4_1", "4", "1488", "1529", "1577", "90", "Micro - 1/2", "24", "Other", "7"));
  EXPECT_EQ(sheet.rows.back().number, 173U);
  EXPECT_TRUE(sheet.rows.back().cell(6).is_number()) << "the stored value of a shared formula";
}

TEST_F(RealAnnotations, SmicHasTwoSheetsOfFilms) {
  const Workbook workbook = read("SMIC-HS-E_annotation.xlsx");
  ASSERT_THAT(names(workbook), ElementsAre("HS", "VIS", "Sheet2", "Sheet3"));
  EXPECT_EQ(size_of(workbook.sheets[0]), (std::pair<std::size_t, std::size_t>(1473, 158)));
  EXPECT_EQ(size_of(workbook.sheets[1]), (std::pair<std::size_t, std::size_t>(594, 72)));
  EXPECT_EQ(sum(workbook.sheets[0], 3), 581198729);
  EXPECT_EQ(sum(workbook.sheets[0], 4), 581203911);
  EXPECT_EQ(sum(workbook.sheets[1], 3), 2498703);
  const SheetRow& last = workbook.sheets[0].rows.back();
  EXPECT_EQ(last.number, 158U);
  EXPECT_THAT(row_texts(last),
              ElementsAre("9", "s9_sur_03", "", "91099", "91137", "", "", "", "", "", "90800", "91299", "39", "", "", "500", "surprise"));
  EXPECT_EQ(in_words(workbook, workbook.sheets[0], last, 3), "sheet 'HS', cell D158");
}

TEST_F(RealAnnotations, Megc2019HasTheSameRowsWithAndWithoutAHeader) {
  const Workbook plain = read("combined_3class_gt.csv");
  const Workbook headed = read("combined_3_class_gt.csv");
  ASSERT_EQ(plain.sheets.size(), 1U);
  ASSERT_EQ(plain.sheets[0].rows.size(), 442U);
  ASSERT_EQ(headed.sheets[0].rows.size(), 443U);
  EXPECT_THAT(row_texts(headed.sheets[0].rows[0]), ElementsAre("data", "subject", "clip", "label"));
  EXPECT_THAT(row_texts(plain.sheets[0].rows.back()), ElementsAre("samm", "37", "037_3_2", "0"));
  for (std::size_t i = 0; i < 442; ++i) EXPECT_EQ(row_texts(plain.sheets[0].rows[i]), row_texts(headed.sheets[0].rows[i + 1]));
}

}  // namespace
}  // namespace mexbench::data
