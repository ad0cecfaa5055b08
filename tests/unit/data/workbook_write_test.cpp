// What is written is what is read, by our own reader and by the bytes of the package.
#include "harness/data/workbook_write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "harness/core/files.h"
#include "unit/data/workbook_support.h"
#include "unit/preprocess/temporary_folder.h"

namespace mexbench::data {
namespace {
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<WrittenSheet> two_sheets() {
  return {{.name = "HS",
           .rows = {{"Subject", "Onset", "Offset", {}, "Length"},
                    {},
                    {"006", 46.0, 566.4000000000001, StyledBlank{}, Formula{.text = "=SUM(C3-B3)+1", .value = 41.0}},
                    {"4+7 ", "12", -1.0},
                    {StyledBlank{}, StyledBlank{}}}},
          {.name = "Sheet2", .rows = {}}};
}

TEST(WriteXlsx, CellsComeBackAsTheyWere) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "book.xlsx";
  const core::Status written = write_xlsx(file, two_sheets());
  ASSERT_TRUE(written.ok()) << written.error().render();
  const auto book = read_workbook(file);
  ASSERT_TRUE(book.ok()) << book.error().render();
  EXPECT_EQ(book->kind, WorkbookKind::kXlsx);
  ASSERT_EQ(book->sheets.size(), 2U);
  EXPECT_EQ(book->sheets[0].name, "HS");
  // A formula is its value; a styled blank is no cell; a number typed as text stays one.
  EXPECT_THAT(cells_of(book->sheets[0]), ElementsAre("A1 'Subject'", "B1 'Onset'", "C1 'Offset'", "E1 'Length'", "A3 '006'", "B3 46",
                                                     "C3 566.4000000000001", "E3 41", "A4 '4+7'", "B4 '12'", "C4 -1"));
  EXPECT_EQ(std::get<std::string>(book->sheets[0].rows[2].cell(0).value), "4+7 ") << "the blank is stored";
  EXPECT_EQ(book->sheets[1].name, "Sheet2");
  EXPECT_TRUE(book->sheets[1].rows.empty());
}

TEST(WriteXlsx, EqualSheetsGiveEqualBytesAtAnyTime) {
  const test::TemporaryFolder folder;
  ASSERT_TRUE(write_xlsx(folder.path() / "a.xlsx", two_sheets()).ok());
  std::this_thread::sleep_for(std::chrono::milliseconds(2100));  // the date in a zip file counts two seconds
  ASSERT_TRUE(write_xlsx(folder.path() / "b.xlsx", two_sheets()).ok());
  EXPECT_EQ(*core::read_file(folder.path() / "a.xlsx"), *core::read_file(folder.path() / "b.xlsx"));
}

TEST(WriteXlsx, WhatCannotBeWrittenIsTold) {
  const test::TemporaryFolder folder;
  const auto told = [&](const std::filesystem::path& file, const std::vector<WrittenSheet>& sheets) {
    const core::Status status = write_xlsx(file, sheets);
    if (status) return std::string("was written");
    EXPECT_EQ(status.error().code(), core::ErrorCode::kFailed);
    return status.error().render();
  };
  const auto file = folder.path() / "book.xlsx";
  EXPECT_THAT(told(file, {}), HasSubstr("book.xlsx: error: can't be written: a workbook without a sheet"));
  EXPECT_THAT(told(file, {{.name = "a/b", .rows = {}}}), HasSubstr("sheet name 'a/b'"));
  EXPECT_THAT(told(file, {{.name = "one", .rows = {}}, {.name = "ONE", .rows = {}}}), HasSubstr("sheet name 'ONE'"));
  EXPECT_THAT(told(file, {{.name = "long", .rows = {{std::string(40000, 'x')}}}}), HasSubstr("sheet 'long', row 1, column 1"));
  EXPECT_THAT(told(folder.path() / "missing" / "book.xlsx", two_sheets()), HasSubstr("can't be written"));
}

TEST(WriteCsv, HasTheSameCells) {
  const std::string csv = to_csv(two_sheets()[0]);
  EXPECT_EQ(csv, "Subject,Onset,Offset,,Length\n,,,,\n006,46,566.4000000000001,,41\n\"4+7 \",12,-1,,\n,,,,\n");
  const auto book = parse_workbook(csv, "book.csv");
  ASSERT_TRUE(book.ok());
  EXPECT_THAT(cells_of(book->sheets[0]), ElementsAre("A1 'Subject'", "B1 'Onset'", "C1 'Offset'", "E1 'Length'", "A3 '006'", "B3 '46'",
                                                     "C3 '566.4000000000001'", "E3 '41'", "A4 '4+7'", "B4 '12'", "C4 '-1'"));
}

}  // namespace
}  // namespace mexbench::data
