// .xlsx: what its cells become, the shapes other programs give it, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "harness/core/text.h"
#include "harness/data/workbook.h"
#include "unit/data/made_workbooks.h"
#include "unit/data/workbook_support.h"

namespace mexbench::data {
namespace {

using test::MadeCell;
using test::make_xlsx;
using test::make_zip;
using test::Parts;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A workbook of one sheet 'S', whose sheetData is this XML.
std::string with_rows(const std::string& rows, const std::string& shared = "") {
  Parts parts = test::xlsx_parts({{.name = "S", .rows = {}}});
  parts["xl/worksheets/sheet1.xml"] = "<worksheet><sheetData>" + rows + "</sheetData></worksheet>";
  parts["xl/sharedStrings.xml"] = "<sst>" + shared + "</sst>";
  return make_zip(parts);
}
std::string with_cells(const std::string& cells, const std::string& shared = "") {
  return with_rows(R"(<row r="1">)" + cells + "</row>", shared);
}

std::string without(const std::string& part) {
  Parts parts = test::xlsx_parts({{.name = "S", .rows = {{"a"}}}});
  parts.erase(part);
  return make_zip(parts);
}
std::string with(const std::string& part, const std::string& content) {
  Parts parts = test::xlsx_parts({{.name = "S", .rows = {{"a"}}}});
  parts[part] = content;
  return make_zip(parts);
}

TEST(Xlsx, EveryTypeOfCell) {
  const std::string content =
      make_xlsx({{.name = "S",
                  .rows = {{"01", 46, 566.4, MadeCell::formula("B1*2", 92), MadeCell::formula(R"(A1&"x")", "01x")},
                           {MadeCell::truth(true), MadeCell::truth(false), MadeCell::error("#REF!"), MadeCell::date("2014-05-08"),
                            MadeCell::inlined("in & out"), MadeCell::rich({"Micro", " ", "- 1/2"})}}}});
  EXPECT_THAT(cells_of(content), ElementsAre("A1 '01'", "B1 46", "C1 566.4", "D1 92", "E1 '01x'", "A2 'TRUE'", "B2 'FALSE'", "C2 '#REF!'",
                                             "D2 '2014-05-08'", "E2 'in & out'", "F2 'Micro - 1/2'"));
}

TEST(Xlsx, HowATextIsSaidIsNoPartOfIt) {
  EXPECT_THAT(cells_of(with_cells(R"(<c r="A1" t="s"><v>0</v></c>)",
                                  "<si><t>\xE6\x9D\xB1</t><rPh sb=\"0\" eb=\"1\"><t>higashi</t></rPh><phoneticPr/></si>")),
              ElementsAre("A1 '\xE6\x9D\xB1'"));
}

TEST(Xlsx, BlanksInsideATextAreKept) {
  const auto workbook = parse_workbook(with_cells(R"(<c t="s"><v>0</v></c><c t="s"><v>1</v></c>)",
                                                  "<si><t xml:space=\"preserve\"> a  b\n</t></si>"
                                                  "<si><r><t>one</t></r><r><t> </t></r><r><t><![CDATA[<two>]]></t></r></si>"),
                                       "book");
  ASSERT_TRUE(workbook) << workbook.error().render();
  const SheetRow& row = workbook->sheets[0].rows[0];
  EXPECT_EQ(std::get<std::string>(row.cell(0).value), " a  b\n");
  EXPECT_EQ(row.cell(0).text(), "a  b");
  EXPECT_EQ(row.cell(1).text(), "one <two>");
}

TEST(Xlsx, EscapedCharactersAreDecoded) {
  const auto text = [](const std::string& written) {
    return cells_of(with_cells(R"(<c t="inlineStr"><is><t>)" + written + "</t></is></c>"))[0];
  };
  EXPECT_EQ(text("a_x000D_b"), "A1 'a\rb'");
  EXPECT_EQ(text("_x60CA_"), "A1 '\xE6\x83\x8A'");
  EXPECT_EQ(text("s_x005F_x000D_y"), "A1 's_x000D_y'") << "an escaped underscore begins no escape";
  EXPECT_EQ(text("s1_xne_01 _x00 _x00g1_ _x0000_ _xD800_"), "A1 's1_xne_01 _x00 _x00g1_ _x0000_ _xD800_'") << "these are no escapes";
  EXPECT_EQ(text("_x0041__x0042_"), "A1 'AB'");
}

TEST(Xlsx, CellsAndRowsWithoutReferencesStandWhereTheyComeInOrder) {
  EXPECT_THAT(cells_of(make_xlsx({{.name = "S", .rows = {{"a", {}, 2}, {}, {{}, "b"}}, .references = false}})),
              ElementsAre("A1 'a'", "C1 2", "B3 'b'"));
  EXPECT_THAT(cells_of(with_rows(R"(<row r="4"><c><v>1</v></c><c r="D4"><v>2</v></c><c><v>3</v></c></row><row><c><v>4</v></c></row>)")),
              ElementsAre("A4 1", "D4 2", "E4 3", "A5 4"));
}

TEST(Xlsx, RowsComeByNumber) {
  EXPECT_THAT(cells_of(with_rows(R"(<row r="7"><c r="A7"><v>7</v></c></row><row r="2"><c r="B2"><v>2</v></c></row>)")),
              ElementsAre("B2 2", "A7 7"));
}

TEST(Xlsx, WhatHoldsNothingIsLeftOut) {
  const std::string content = make_xlsx({{.name = "S",
                                          .rows = {{MadeCell::styled(), "a", {}, MadeCell::styled(), " \xC2\xA0"},
                                                   {MadeCell::styled(), MadeCell::styled()},
                                                   {MadeCell::formula("A1", "")},
                                                   {{}, {}, 3}},
                                          .first_row = 14}});
  const auto workbook = parse_workbook(content, "book");
  ASSERT_TRUE(workbook) << workbook.error().render();
  const Sheet& sheet = workbook->sheets[0];
  ASSERT_EQ(sheet.rows.size(), 2U);
  EXPECT_EQ(sheet.rows[0].number, 14U);
  EXPECT_EQ(sheet.rows[0].cells.size(), 2U);
  EXPECT_EQ(sheet.rows[1].number, 17U);
  EXPECT_EQ(in_words(*workbook, sheet, sheet.rows[1], 2), "sheet 'S', cell C17");
  EXPECT_EQ(position_of(*workbook, sheet.rows[1], 2), (core::SourcePosition{"book", 0, 0}));
}

TEST(Xlsx, SheetsComeInTheWorkbooksOrderChartsAreNoneHiddenOnesAre) {
  const auto workbook = parse_workbook(make_xlsx({{.name = "HS", .rows = {{1}}},
                                                  {.name = "Chart", .rows = {}, .chart = true},
                                                  {.name = "Old & <hidden>", .rows = {{2}}, .hidden = true},
                                                  {.name = "Empty", .rows = {}}}),
                                       "book");
  ASSERT_TRUE(workbook) << workbook.error().render();
  std::vector<std::string> names;
  for (const Sheet& sheet : workbook->sheets) names.push_back(sheet.name);
  EXPECT_THAT(names, ElementsAre("HS", "Old & <hidden>", "Empty"));
  EXPECT_THAT(workbook->sheets[2].rows, IsEmpty());
}

TEST(Xlsx, ShapesThatOtherProgramsGiveIt) {
  const std::vector<test::MadeSheet> sheets{{.name = "S", .rows = {{"a", 1}, {MadeCell::rich({"b", "c"}), MadeCell::inlined("d")}}}};
  const auto wanted = ElementsAre("A1 'a'", "B1 1", "A2 'bc'", "B2 'd'");
  EXPECT_THAT(cells_of(make_xlsx(sheets)), wanted);
  EXPECT_THAT(cells_of(make_xlsx(sheets, {.prefix = "x"})), wanted) << "<x:row>";
  EXPECT_THAT(cells_of(make_xlsx(sheets, {.prefix = "", .strict = true})), wanted) << "strict";
  EXPECT_THAT(cells_of(make_xlsx(sheets, {.prefix = "x", .strict = true, .absolute_targets = true})), wanted) << "absolute targets";
  EXPECT_THAT(cells_of(make_xlsx(sheets, {.prefix = "", .workbook = "deep/er/book.xml"})), wanted) << "found through _rels/.rels";
}

TEST(Xlsx, NamesOfPartsDoNotTellCapitalsNorSlashes) {
  Parts parts = test::xlsx_parts({{.name = "S", .rows = {{"a"}}}});
  const std::string sheet = parts.extract("xl/worksheets/sheet1.xml").mapped();
  parts["XL\\Worksheets\\Sheet1.xml"] = sheet;
  parts["xl/worksheets/"] = "";
  EXPECT_THAT(cells_of(make_zip(parts)), ElementsAre("A1 'a'"));
}

TEST(Xlsx, Utf16PartsAreRead) {
  std::string utf16 = "\xFF\xFE";
  for (const char c : std::string("<worksheet><sheetData><row><c><v>5</v></c></row></sheetData></worksheet>")) utf16 += {c, '\0'};
  EXPECT_THAT(cells_of(with("xl/worksheets/sheet1.xml", utf16)), ElementsAre("A1 5"));
}

TEST(Xlsx, FormulasWithoutAStoredValueAreTheirText) {
  EXPECT_THAT(cells_of(with_cells(R"(<c r="A1"><v>1</v></c><c r="B1"><f>A1+1</f></c>)")), ElementsAre("A1 1", "B1 '=A1+1'"));
}

TEST(Xlsx, DamagedCellsAreNamed) {
  EXPECT_THAT(told(with_cells(R"(<c r="A1" t="s"><v>2</v></c>)", "<si><t>a</t></si>")),
              HasSubstr("book: error: sheet 'S', cell A1: is damaged: '2' is no number of a shared text, there are 1"));
  EXPECT_THAT(told(with_cells(R"(<c r="A1" t="s"><v>-1</v></c>)", "<si><t>a</t></si>")), HasSubstr("'-1' is no number of a shared text"));
  EXPECT_THAT(told(with_cells(R"(<c r="B1"><v>12a</v></c>)")), HasSubstr("sheet 'S', cell B1: is damaged: '12a' is no number"));
  EXPECT_THAT(told(with_cells(R"(<c r="B1"><v>1e999</v></c>)")), HasSubstr("'1e999' is no number"));
  EXPECT_THAT(told(with_cells(R"(<c r="B1"><v>nan</v></c>)")), HasSubstr("'nan' is no number"));
  EXPECT_THAT(told(with_cells(R"(<c r="A1" t="b"><v>2</v></c>)")), HasSubstr("'2' is no truth value, 0 or 1 is wanted"));
  EXPECT_THAT(told(with_cells(R"(<c r="A1" t="z"><v>2</v></c>)")), HasSubstr("cell A1: is of the unknown type 'z'"));
  EXPECT_THAT(told(with_cells(R"(<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>)")), HasSubstr("cell A1: stands twice"));
  EXPECT_THAT(told(with_cells(R"(<c r="A1" t="str"><v>&#xD800;</v></c>)")), HasSubstr("cell A1: holds text that is not UTF-8"));
}

TEST(Xlsx, BadReferencesAreErrors) {
  for (const char* reference : {"A2", "1", "A", "a1", "A0", "A01x", "A-1", "AAAA1", "XFE1", "A1048577", "$A$1", "A99999999999999999999"}) {
    EXPECT_THAT(told(with_cells(std::string(R"(<c r=")") + reference + R"("><v>1</v></c>)")),
                HasSubstr(std::string("is damaged: it is called '") + reference + "'"))
        << reference;
  }
  for (const char* number : {"0", "-1", "1048577", "x"}) {
    EXPECT_THAT(told(with_rows(std::string(R"(<row r=")") + number + R"("/>)")),
                HasSubstr(std::string("is damaged: sheet 'S' has a row '") + number + "'"));
  }
}

TEST(Xlsx, ACellFarOutMakesNoTableOfThatSize) {
  const auto workbook = parse_workbook(with_rows(R"(<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>)"), "book");
  ASSERT_TRUE(workbook) << workbook.error().render();
  ASSERT_EQ(workbook->sheets[0].rows.size(), 1U);
  EXPECT_EQ(workbook->sheets[0].rows[0].number, 1048576U);
  EXPECT_EQ(workbook->sheets[0].rows[0].cells.size(), 16384U);
}

TEST(Xlsx, ManyCellsFarOutAreRefused) {
  std::string rows;
  for (int row = 1; row <= 400; ++row) rows += fmt::format(R"(<row r="{0}"><c r="XFD{0}"><v>1</v></c></row>)", row);
  EXPECT_THAT(told(with_rows(rows)), HasSubstr("lies too far out: with the empty cells before it the rows hold more than 4000000"));
}

TEST(Xlsx, ALongTextInManyCellsIsRefused) {
  std::string cells;
  for (int i = 0; i < 10'000; ++i) cells += R"(<c t="s"><v>0</v></c>)";
  EXPECT_THAT(told(with_cells(cells, "<si><t>" + std::string(32'767, 'a') + "</t></si>")),
              HasSubstr("holds more than 268435456 bytes of text"));
}

TEST(Xlsx, MoreCellsThanAnAnnotationHasAreRefused) {
  std::string rows;
  for (int row = 0; row < 1001; ++row) {
    rows += "<row>";
    for (int column = 0; column < 1000; ++column) rows += "<c><v>1</v></c>";
    rows += "</row>";
  }
  EXPECT_THAT(told(with_rows(rows)), HasSubstr("holds more than 1000000 filled cells"));
}

TEST(Xlsx, WhatUnpacksToFarMoreThanTheFileIsRefused) {
  EXPECT_THAT(told(with("xl/worksheets/sheet1.xml", std::string(std::size_t{40} << 20U, ' '))),
              HasSubstr("part 'xl/worksheets/sheet1.xml' unpacks to 41943040 bytes, far more than a file of this size needs"));
}

TEST(Xlsx, AllPartsTogetherAreBounded) {
  // Thirty sheets that are the same part of 2 MiB.
  Parts parts = test::xlsx_parts({{.name = "S", .rows = {}}});
  std::string list;
  for (int i = 0; i < 30; ++i) list += fmt::format(R"(<sheet name="s{}" sheetId="{}" r:id="rId1"/>)", i, i);
  parts["xl/workbook.xml"] = "<workbook><sheets>" + list + "</sheets></workbook>";
  parts["xl/worksheets/sheet1.xml"] = "<worksheet>" + std::string(std::size_t{2} << 20U, ' ') + "<sheetData/></worksheet>";
  EXPECT_THAT(told(make_zip(parts)), HasSubstr("far more than a file of this size needs"));
}

TEST(Xlsx, ElementsBeyondMeasureAreRefusedBeforeTheyAreMade) {
  std::string rows;
  for (int i = 0; i < 6'100'000; ++i) rows += "<a/>x";
  // Incompressible enough to unpack, so the tags are what is refused.
  Parts parts = test::xlsx_parts({{.name = "S", .rows = {}}});
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): a fixed seed
  std::string noise(std::size_t{1} << 20U, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  parts["xl/media/noise.bin"] = noise;
  parts["xl/worksheets/sheet1.xml"] = "<worksheet>" + rows + rows + "</worksheet>";
  EXPECT_THAT(told(make_zip(parts)), HasSubstr("part 'xl/worksheets/sheet1.xml' has more than 12000000 tags and attributes"));
}

TEST(Xlsx, DeepNestingIsNoProblem) {
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += "<r>";
  for (int i = 0; i < 200'000; ++i) deep += "</r>";
  EXPECT_THAT(cells_of(with_cells("<c><v>1</v></c>" + deep, "<si>" + deep + "</si>")), ElementsAre("A1 1"));
}

TEST(Xlsx, MissingPartsAreNamed) {
  EXPECT_THAT(told(without("xl/worksheets/sheet1.xml")),
              AllOf(HasSubstr("book: error: is damaged: part 'xl/worksheets/sheet1.xml' is missing"), HasSubstr("save it again")));
  EXPECT_THAT(told(without("xl/workbook.xml")), HasSubstr("is damaged: part 'xl/workbook.xml' is missing"));
  EXPECT_THAT(told(without("xl/_rels/workbook.xml.rels")), HasSubstr("is damaged: sheet 'S' has no part"));
  EXPECT_THAT(told(without("xl/sharedStrings.xml")), HasSubstr("is damaged: part 'xl/sharedStrings.xml' is missing"));
  EXPECT_THAT(told(with("xl/workbook.xml", "<workbook/>")), HasSubstr("has no sheet with cells, one is wanted"));
}

TEST(Xlsx, PartsThatAreNoXmlAreNamed) {
  const std::string sheet = "xl/worksheets/sheet1.xml";
  EXPECT_THAT(told(with(sheet, "<worksheet><sheetData></worksheet>")), HasSubstr("is damaged: part 'xl/worksheets/sheet1.xml', byte "));
  EXPECT_THAT(told(with(sheet, "")), HasSubstr("No document element found"));
  EXPECT_THAT(told(with(sheet, "<html/>")), HasSubstr("part 'xl/worksheets/sheet1.xml' is a 'html', a 'worksheet' is wanted"));
  EXPECT_THAT(told(with(sheet, "<worksheet>\xBE\xAA</worksheet>")), HasSubstr("part 'xl/worksheets/sheet1.xml' is not UTF-8 text"));
  EXPECT_THAT(told(with(sheet, std::string("<worksheet>\0</worksheet>", 24))), HasSubstr("is not UTF-8 text"));
  EXPECT_THAT(
      told(with(sheet, R"(<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c t="str"><v>&b;</v></c>)"
                       "</row></sheetData></worksheet>")),
      HasSubstr("has a document type, which no workbook has"));
}

TEST(Xlsx, OtherZipArchivesSaySo) {
  EXPECT_THAT(told(make_zip(Parts{{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"content.xml", "<a/>"}})),
              AllOf(HasSubstr("book: error: is an OpenDocument file"), HasSubstr("save it as .xlsx or .csv")));
  EXPECT_THAT(
      told(make_zip(Parts{{"_rels/.rels", R"(<Relationships><Relationship Id="a" Type="x/officeDocument" Target="xl/workbook.bin"/>)"
                                          "</Relationships>"},
                          {"xl/workbook.bin", "x"}})),
      HasSubstr("is a binary workbook (.xlsb)"));
  EXPECT_THAT(told(make_zip(Parts{{"weights/data.pkl", "x"}})), HasSubstr("is a zip archive without a workbook in it"));
  EXPECT_THAT(told(std::string("PK\x05\x06") + std::string(18, '\0')), HasSubstr("book: error: is"));
}

TEST(Xlsx, DamagedArchivesAreErrors) {
  const std::string whole = make_xlsx({{.name = "S", .rows = {{"a", 1}, {"b", 2}}}});
  EXPECT_THAT(told(whole.substr(0, whole.size() / 2)), HasSubstr("is damaged: it begins as a zip archive, but the end does not fit"));
  // Two parts under one name: `b.xml` becomes `a.xml`, in the list of entries too.
  Parts parts = test::xlsx_parts({{.name = "S", .rows = {{"a"}}}});
  parts["xl/a.xml"] = "<a/>";
  parts["xl/b.xml"] = "<b/>";
  std::string doubled = make_zip(parts);
  for (std::size_t at = 0; (at = doubled.find("xl/b.xml", at)) != std::string::npos;) doubled[at + 3] = 'a';
  EXPECT_THAT(told(doubled), HasSubstr("is damaged: zip entry 'xl/a.xml' stands twice"));
  // Bit 0 of an entry's flags, in its local and its central header, says that it is encrypted.
  std::string locked = whole;
  for (std::size_t at = 0; (at = locked.find("PK\x03\x04", at)) != std::string::npos; at += 4) locked[at + 6] |= 1;
  for (std::size_t at = 0; (at = locked.find("PK\x01\x02", at)) != std::string::npos; at += 4) locked[at + 8] |= 1;
  EXPECT_EQ(told(locked), "book: error: is encrypted\n      | note: save it without a password\n");
}

// Whatever byte is wrong, the file is read as it was or refused with a message that names it: never anything else.
TEST(Xlsx, EveryFlippedByteIsToldOrHarmless) {
  const std::string whole = make_xlsx({{.name = "S", .rows = {{"a", 1}, {MadeCell::rich({"b", "c"}), 566.4}}}});
  const auto wanted = cells_of(whole);
  std::size_t refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x11);
    const auto workbook = parse_workbook(flipped, "book");
    if (!workbook) {
      ++refused;
      EXPECT_THAT(workbook.error().render(), HasSubstr("book:"));
      continue;
    }
    // A name or checksum of a part that is not read may be wrong without harm.
    EXPECT_EQ(cells_of(workbook->sheets.front()), wanted) << "byte " << at;
  }
  EXPECT_GT(refused, whole.size() / 3);
  for (std::size_t length = 4; length < whole.size(); length += 7) EXPECT_FALSE(parse_workbook(whole.substr(0, length), "book")) << length;
}

}  // namespace
}  // namespace mexbench::data
