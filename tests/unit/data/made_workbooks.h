// Workbooks made in memory, for tests: whole ones from tables of cells, and odd or damaged ones from their parts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mexbench::test {

// `{"01", 46, MadeCell::formula("D2-C2", 12)}`: a text goes through the shared strings unless it says otherwise.
class MadeCell {
 public:
  MadeCell() = default;                                                         // nothing
  MadeCell(const char* text) : MadeCell(std::string(text)) {}                   // NOLINT(google-explicit-constructor): tables of cells
  MadeCell(std::string text) : kind_(Kind::kShared), runs_{std::move(text)} {}  // NOLINT(google-explicit-constructor)
  MadeCell(double number) : kind_(Kind::kNumber), number_(number) {}            // NOLINT(google-explicit-constructor)
  MadeCell(int number) : MadeCell(static_cast<double>(number)) {}               // NOLINT(google-explicit-constructor)

  // Runs of rich text, each with a format of its own.
  static MadeCell rich(std::vector<std::string> runs);
  static MadeCell inlined(std::string text);
  static MadeCell formula(std::string formula, double value);
  static MadeCell formula(std::string formula, std::string value);
  static MadeCell truth(bool value);
  static MadeCell error(std::string text);
  static MadeCell date(std::string iso);
  static MadeCell styled();  // a format, and nothing in it

 private:
  friend class XlsxWriter;
  enum class Kind { kNothing, kShared, kRich, kInline, kNumber, kFormulaNumber, kFormulaText, kTruth, kError, kDate, kStyled };
  MadeCell(Kind kind, std::vector<std::string> runs, double number = 0.0) : kind_(kind), runs_(std::move(runs)), number_(number) {}

  Kind kind_ = Kind::kNothing;
  std::vector<std::string> runs_;  // one text unless rich
  double number_ = 0.0;
  std::string formula_;
};

struct MadeSheet {
  std::string name;
  std::vector<std::vector<MadeCell>> rows;
  std::size_t first_row = 1;  // of the table: a header in row 14 is 14
  bool references = true;     // rows and cells say where they are
  bool hidden = false;
  bool chart = false;  // a chart sheet; its rows are left out
};

struct MadeXlsx {
  std::string prefix;             // of the namespace: `x` writes <x:row>
  bool strict = false;            // the namespaces of ISO 29500 strict
  bool absolute_targets = false;  // `/xl/worksheets/sheet1.xml` instead of `worksheets/sheet1.xml`
  std::string workbook = "xl/workbook.xml";
};

// By name, to be changed before make_zip().
using Parts = std::map<std::string, std::string>;
[[nodiscard]] Parts xlsx_parts(const std::vector<MadeSheet>& sheets, const MadeXlsx& how = {});
// In the order given, deflated. Equal entries give equal bytes.
[[nodiscard]] std::string make_zip(const std::vector<std::pair<std::string, std::string>>& entries);
[[nodiscard]] std::string make_zip(const Parts& parts);
[[nodiscard]] std::string make_xlsx(const std::vector<MadeSheet>& sheets, const MadeXlsx& how = {});

// A record of an .xls file: type, size, body.
[[nodiscard]] std::string biff_record(std::uint16_t type, std::string_view body);
// `number` in `bytes` bytes, as old Microsoft files have it.
[[nodiscard]] std::string little_endian_bytes(std::uint64_t number, std::size_t bytes);
// An OLE container with one stream, filled up with zeros to at least 4096 bytes.
[[nodiscard]] std::string make_ole(std::string_view stream_name, std::string stream);

}  // namespace mexbench::test
