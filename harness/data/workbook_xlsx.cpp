// .xlsx: ECMA-376 part 1, and its strict variant, which differs in namespaces only. Elements are known by their local names.
//
// The depth of what is walked is fixed (sheetData, row, c, is, r, t): nothing here recurses, whatever the nesting of a part.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "harness/core/text.h"
#include "harness/data/workbook_formats.h"
#include "harness/data/workbook_package.h"

namespace mexbench::data {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;

namespace {

std::optional<std::uint32_t> hexadecimal(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char c : digits) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<std::uint32_t>(digit);
  }
  return value;
}

// `_x000D_` stands for a character XML can't hold (ST_Xstring, 22.9.2.19), `_x005F_` for an underscore that would begin one. Halves of a
// pair and NUL are no characters: they stay as written.
std::string without_escapes(std::string text) {
  constexpr std::size_t kLength = 7;
  std::string out;
  std::size_t from = 0;
  for (std::size_t at = text.find("_x"); at != std::string::npos; at = text.find("_x", at)) {
    const std::string_view escape = std::string_view(text).substr(at, kLength);
    const auto code = escape.size() == kLength && escape.back() == '_' ? hexadecimal(escape.substr(2, 4)) : std::nullopt;
    if (!code || *code == 0 || (*code >= 0xD800 && *code <= 0xDFFF)) {
      at += 2;
      continue;
    }
    out.append(text, from, at - from);
    append_utf8(out, *code);
    at += kLength;
    from = at;
  }
  if (from == 0) return text;
  return out.append(text, from);
}

// A shared or inline string: one text, or the texts of its runs; how it is pronounced (`rPh`) is left out. Blanks are kept whatever
// `xml:space` says: SheetCell::text() drops those at the ends.
std::string rich_text(const pugi::xml_node& node) {
  std::string text;
  for (const pugi::xml_node& part : node.children()) {
    const std::string_view name = local_name(part.name());
    if (name == "t") text += own_text(part);
    if (name == "r") text += own_text(child(part, "t"));
  }
  return without_escapes(std::move(text));
}

struct CellPlace {
  std::size_t row = 0;     // from 1
  std::size_t column = 0;  // from 0
};

std::optional<std::size_t> row_number(std::string_view text) {
  const auto number = core::parse_int(text);
  if (!number || *number < 1 || *number > static_cast<std::int64_t>(kMaxSheetRows)) return std::nullopt;
  return static_cast<std::size_t>(*number);
}

// `D17`; capitals only, as every program writes them.
std::optional<CellPlace> parse_reference(std::string_view text) {
  const std::size_t letters = std::min(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), text.size());
  if (letters < 1 || letters > 3) return std::nullopt;
  std::size_t column = 0;
  for (const char c : text.substr(0, letters)) column = column * 26 + static_cast<std::size_t>(c - 'A' + 1);
  const auto row = row_number(text.substr(letters));
  if (!row || column > kMaxSheetColumns) return std::nullopt;
  return CellPlace{.row = *row, .column = column - 1};
}

class XlsxReader {
 public:
  XlsxReader(XlsxPackage package, std::string file) : package_(std::move(package)), file_(std::move(file)) {}

  Result<std::vector<Sheet>> read() {
    MEXBENCH_ASSIGN(const std::string workbook, find_workbook());
    MEXBENCH_ASSIGN(const auto targets, package_.relationships(workbook));
    for (const auto& target : targets) {
      if (target.kind == "sharedStrings") MEXBENCH_TRY(read_shared_strings(target.part));
    }
    MEXBENCH_ASSIGN(const auto document, package_.xml(workbook, "workbook"));
    std::vector<Sheet> sheets;
    for (const pugi::xml_node& node : child(document->document_element(), "sheets").children()) {
      if (local_name(node.name()) != "sheet") continue;
      const std::string name = without_escapes(std::string(attribute(node, "name")));
      const std::string_view id = relationship_id(node);
      const auto target = std::find_if(targets.begin(), targets.end(), [&](const auto& one) { return one.id == id; });
      if (core::invalid_utf8(name)) return package_.damaged("the name of a sheet is not UTF-8 text");
      if (target == targets.end()) return package_.damaged(fmt::format("sheet '{}' has no part", name));
      if (target->kind != "worksheet") continue;  // a chart
      MEXBENCH_ASSIGN(Sheet sheet, read_sheet(name, target->part));
      sheets.push_back(std::move(sheet));
    }
    return sheets;
  }

 private:
  [[nodiscard]] Error refused(std::string what) const {
    return Error::in_file(ErrorCode::kData, file_, std::move(what)).hint("save it as .xlsx or .csv");
  }

  // Of `r:id`, whatever the prefix; `sheetId` is another thing.
  static std::string_view relationship_id(const pugi::xml_node& sheet) {
    for (const pugi::xml_attribute& one : sheet.attributes()) {
      const std::string_view name = one.name();
      if (name.ends_with(":id")) return one.value();
    }
    return {};
  }

  Result<std::string> find_workbook() {
    std::string usual = "xl/workbook.xml";
    if (package_.has(usual)) return usual;
    MEXBENCH_ASSIGN(const auto targets, package_.relationships(""));
    for (const auto& target : targets) {
      if (target.kind == "officeDocument" && target.part.ends_with(".bin")) return refused("is a binary workbook (.xlsb)");
      if (target.kind == "officeDocument") return target.part;
    }
    if (package_.peek("mimetype", 64).starts_with("application/vnd.oasis.opendocument")) return refused("is an OpenDocument file");
    if (package_.has("xl/_rels/workbook.xml.rels") || package_.has("[Content_Types].xml")) {
      return package_.damaged("part 'xl/workbook.xml' is missing");
    }
    return refused("is a zip archive without a workbook in it");
  }

  Status read_shared_strings(const std::string& part) {
    MEXBENCH_ASSIGN(const auto document, package_.xml(part, "sst"));
    shared_.clear();
    for (const pugi::xml_node& item : document->document_element().children()) {
      if (local_name(item.name()) == "si") shared_.push_back(rich_text(item));
    }
    return {};
  }

  Result<Sheet> read_sheet(const std::string& name, const std::string& part) {
    MEXBENCH_ASSIGN(const auto document, package_.xml(part, "worksheet"));
    SheetRows rows(file_, name, totals_);
    std::size_t number = 0;
    for (const pugi::xml_node& row : child(document->document_element(), "sheetData").children()) {
      if (local_name(row.name()) != "row") continue;
      const std::string_view written = attribute(row, "r");
      const auto stated = written.empty() ? std::optional(number + 1) : row_number(written);
      if (!stated) return package_.damaged(fmt::format("sheet '{}' has a row '{}'", name, written));
      number = *stated;
      MEXBENCH_TRY(read_row(row, number, rows));
    }
    return std::move(rows).take();
  }

  Status read_row(const pugi::xml_node& row, std::size_t number, SheetRows& rows) {
    std::size_t next = 0;
    for (const pugi::xml_node& cell : row.children()) {
      if (local_name(cell.name()) != "c") continue;
      const std::string_view written = attribute(cell, "r");
      const auto place = written.empty() ? std::optional(CellPlace{.row = number, .column = next}) : parse_reference(written);
      if (!place || place->row != number) return rows.problem(number, next, fmt::format("is damaged: it is called '{}'", written));
      next = place->column + 1;
      MEXBENCH_TRY(read_cell(cell, *place, rows));
    }
    return {};
  }

  Status read_cell(const pugi::xml_node& cell, CellPlace place, SheetRows& rows) {
    const std::string_view type = attribute(cell, "t");
    if (type == "inlineStr") return rows.put(place.row, place.column, {.value = rich_text(child(cell, "is"))});
    const pugi::xml_node stored = child(cell, "v");
    const std::string value = own_text(stored);
    // Programs that don't calculate write none. Where a number is wanted, whoever reads the cell says what stands there instead.
    if (!stored && child(cell, "f")) {
      return rows.put(place.row, place.column, {.value = fmt::format("={}", own_text(child(cell, "f")))});
    }
    const std::string_view digits = core::trim(value);
    const auto bad = [&](std::string_view wanted) {
      return rows.problem(place.row, place.column, fmt::format("is damaged: '{}' is no {}", value, wanted));
    };
    if (type == "str" || type == "e" || type == "d") return rows.put(place.row, place.column, {.value = without_escapes(value)});
    if (digits.empty()) return {};
    if (type == "s") {
      const auto index = core::parse_int(digits);
      if (!index || *index < 0 || static_cast<std::uint64_t>(*index) >= shared_.size()) {
        return bad(fmt::format("number of a shared text, there are {}", shared_.size()));
      }
      return rows.put(place.row, place.column, {.value = shared_[static_cast<std::size_t>(*index)]});
    }
    if (type == "b") {
      if (digits != "0" && digits != "1" && digits != "false" && digits != "true") return bad("truth value, 0 or 1 is wanted");
      return rows.put(place.row, place.column, {.value = digits == "1" || digits == "true" ? "TRUE" : "FALSE"});
    }
    if (!type.empty() && type != "n") return rows.problem(place.row, place.column, fmt::format("is of the unknown type '{}'", type));
    const auto number = core::parse_double(digits);
    if (!number || !std::isfinite(*number)) return bad("number");
    return rows.put(place.row, place.column, {.value = *number});
  }

  XlsxPackage package_;
  std::string file_;
  std::vector<std::string> shared_;
  SheetTotals totals_;
};

}  // namespace

Result<std::vector<Sheet>> read_xlsx(std::string_view content, const std::string& file) {
  MEXBENCH_ASSIGN(XlsxPackage package, XlsxPackage::open(content, file));
  return XlsxReader(std::move(package), file).read();
}

}  // namespace mexbench::data
