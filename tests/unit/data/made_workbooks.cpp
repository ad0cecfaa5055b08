#include "unit/data/made_workbooks.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace mexbench::test {

MadeCell MadeCell::rich(std::vector<std::string> runs) { return {Kind::kRich, std::move(runs)}; }
MadeCell MadeCell::inlined(std::string text) { return {Kind::kInline, {std::move(text)}}; }
MadeCell MadeCell::formula(std::string formula, double value) {
  MadeCell cell(Kind::kFormulaNumber, {}, value);
  cell.formula_ = std::move(formula);
  return cell;
}
MadeCell MadeCell::formula(std::string formula, std::string value) {
  MadeCell cell(Kind::kFormulaText, {std::move(value)});
  cell.formula_ = std::move(formula);
  return cell;
}
MadeCell MadeCell::truth(bool value) { return {Kind::kTruth, {value ? "1" : "0"}}; }
MadeCell MadeCell::error(std::string text) { return {Kind::kError, {std::move(text)}}; }
MadeCell MadeCell::date(std::string iso) { return {Kind::kDate, {std::move(iso)}}; }
MadeCell MadeCell::styled() { return {Kind::kStyled, {}}; }

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string letters(std::size_t column) {
  std::string out;
  for (++column; column > 0; column = (column - 1) / 26) out.insert(out.begin(), static_cast<char>('A' + (column - 1) % 26));
  return out;
}

constexpr const char* kPackage = "http://schemas.openxmlformats.org/package/2006/relationships";

}  // namespace

class XlsxWriter {
 public:
  explicit XlsxWriter(const MadeXlsx& how) : how_(how), p_(how.prefix.empty() ? "" : how.prefix + ":") {}

  Parts parts(const std::vector<MadeSheet>& sheets) {
    Parts parts;
    std::string list;
    std::string targets;
    for (std::size_t i = 0; i < sheets.size(); ++i) {
      const MadeSheet& sheet = sheets[i];
      const std::string kind = sheet.chart ? "chartsheet" : "worksheet";
      const std::string part = fmt::format("{}s/sheet{}.xml", kind, i + 1);
      list += fmt::format(R"(<{}sheet name="{}" sheetId="{}"{} r:id="rId{}"/>)", p_, escaped(sheet.name), 100 + i,
                          sheet.hidden ? R"( state="hidden")" : "", i + 1);
      targets += relationship(fmt::format("rId{}", i + 1), kind, part);
      parts[folder() + part] = sheet.chart ? element("chartsheet", "") : worksheet(sheet);
    }
    targets += relationship("rIdShared", "sharedStrings", "sharedStrings.xml");
    parts[folder() + "sharedStrings.xml"] = element("sst", shared_);
    parts[how_.workbook] = element("workbook", fmt::format("<{0}sheets>{1}</{0}sheets>", p_, list));
    parts[fmt::format("{}_rels/{}.rels", folder(), how_.workbook.substr(folder().size()))] = relationships(targets);
    parts["_rels/.rels"] =
        relationships(fmt::format(R"(<Relationship Id="rId1" Type="{}/officeDocument" Target="{}"/>)", types(), how_.workbook));
    parts["[Content_Types].xml"] = R"(<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>)";
    return parts;
  }

 private:
  using Kind = MadeCell::Kind;

  [[nodiscard]] std::string folder() const { return how_.workbook.substr(0, how_.workbook.rfind('/') + 1); }
  [[nodiscard]] std::string types() const {
    return how_.strict ? "http://purl.oclc.org/ooxml/officeDocument/relationships"
                       : "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  }
  [[nodiscard]] std::string element(const std::string& name, const std::string& body) const {
    const std::string main =
        how_.strict ? "http://purl.oclc.org/ooxml/spreadsheetml/main" : "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{0}{1} xmlns{2}=\"{3}\" xmlns:r=\"{4}\">{5}</{0}{1}>", p_, name,
                       how_.prefix.empty() ? "" : ":" + how_.prefix, main, types(), body);
  }
  [[nodiscard]] static std::string relationships(const std::string& body) {
    return fmt::format(R"(<Relationships xmlns="{}">{}</Relationships>)", kPackage, body);
  }
  [[nodiscard]] std::string relationship(const std::string& id, const std::string& kind, const std::string& part) const {
    return fmt::format(R"(<Relationship Id="{}" Type="{}/{}" Target="{}{}"/>)", id, types(), kind,
                       how_.absolute_targets ? "/" + folder() : "", part);
  }

  std::string worksheet(const MadeSheet& sheet) {
    std::string rows;
    for (std::size_t i = 0; i < sheet.rows.size(); ++i) {
      const std::size_t number = sheet.first_row + i;
      std::string cells;
      for (std::size_t column = 0; column < sheet.rows[i].size(); ++column) {
        cells += cell(sheet.rows[i][column], sheet.references ? fmt::format(R"( r="{}{}")", letters(column), number) : "");
      }
      rows += fmt::format("<{0}row{1}>{2}</{0}row>", p_, sheet.references ? fmt::format(R"( r="{}")", number) : "", cells);
    }
    return element("worksheet", fmt::format("<{0}sheetData>{1}</{0}sheetData>", p_, rows));
  }

  [[nodiscard]] std::string text(const std::string& content) const {
    return fmt::format(R"(<{0}t xml:space="preserve">{1}</{0}t>)", p_, escaped(content));
  }

  std::size_t share(const std::string& item) {
    shared_ += fmt::format("<{0}si>{1}</{0}si>", p_, item);
    return shared_count_++;
  }

  std::string cell(const MadeCell& cell, const std::string& place) {
    const auto made = [&](const std::string& type, const std::string& value) {
      const std::string formula = cell.formula_.empty() ? "" : fmt::format("<{0}f>{1}</{0}f>", p_, escaped(cell.formula_));
      return fmt::format("<{0}c{1}{2}>{3}<{0}v>{4}</{0}v></{0}c>", p_, place, type.empty() ? "" : R"( t=")" + type + R"(")", formula,
                         value);
    };
    switch (cell.kind_) {
      case Kind::kNothing:
        return place.empty() ? fmt::format("<{}c/>", p_) : "";
      case Kind::kStyled:
        return fmt::format(R"(<{}c{} s="1"/>)", p_, place);
      case Kind::kShared:
        return made("s", std::to_string(share(text(cell.runs_.front()))));
      case Kind::kRich: {
        std::string runs;
        for (const std::string& run : cell.runs_) runs += fmt::format("<{0}r><{0}rPr><{0}b/></{0}rPr>{1}</{0}r>", p_, text(run));
        runs += fmt::format(R"(<{0}rPh sb="0" eb="1">{1}</{0}rPh><{0}phoneticPr fontId="1"/>)", p_, text("how it is said"));
        return made("s", std::to_string(share(runs)));
      }
      case Kind::kInline:
        return fmt::format(R"(<{0}c{1} t="inlineStr"><{0}is>{2}</{0}is></{0}c>)", p_, place, text(cell.runs_.front()));
      case Kind::kNumber:
      case Kind::kFormulaNumber:
        return made("", fmt::format("{}", cell.number_));
      case Kind::kFormulaText:
        return made("str", escaped(cell.runs_.front()));
      case Kind::kTruth:
        return made("b", cell.runs_.front());
      case Kind::kError:
        return made("e", escaped(cell.runs_.front()));
      case Kind::kDate:
        return made("d", cell.runs_.front());
    }
    return {};
  }

  const MadeXlsx& how_;
  std::string p_;
  std::string shared_;
  std::size_t shared_count_ = 0;
};

Parts xlsx_parts(const std::vector<MadeSheet>& sheets, const MadeXlsx& how) { return XlsxWriter(how).parts(sheets); }

std::string make_xlsx(const std::vector<MadeSheet>& sheets, const MadeXlsx& how) { return make_zip(xlsx_parts(sheets, how)); }

std::string make_zip(const Parts& parts) { return make_zip(std::vector<std::pair<std::string, std::string>>(parts.begin(), parts.end())); }

std::string make_zip(const std::vector<std::pair<std::string, std::string>>& entries) {
  const auto require = [](bool condition) {
    if (!condition) throw std::runtime_error("libzip can't write a zip archive");
  };
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* sink = zip_source_buffer_create(nullptr, 0, /*freep=*/0, &error);
  require(sink != nullptr);
  const std::unique_ptr<zip_source_t, void (*)(zip_source_t*)> owner(sink, zip_source_free);
  zip_source_keep(sink);
  zip_t* archive = zip_open_from_source(sink, ZIP_CREATE | ZIP_TRUNCATE, &error);
  require(archive != nullptr);
  for (const auto& [name, content] : entries) {
    zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), /*freep=*/0);
    const zip_int64_t index = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    require(index >= 0);
    // 1980-01-01, the first day a zip archive knows.
    require(zip_file_set_dostime(archive, static_cast<zip_uint64_t>(index), 0, 0x21, 0) == 0);
  }
  require(zip_close(archive) == 0);
  zip_stat_t stat;
  zip_stat_init(&stat);
  require(zip_source_stat(sink, &stat) == 0 && (stat.valid & ZIP_STAT_SIZE) != 0);
  std::string out(stat.size, '\0');
  require(zip_source_open(sink) == 0);
  require(zip_source_read(sink, out.data(), out.size()) == static_cast<zip_int64_t>(out.size()));
  zip_source_close(sink);
  return out;
}

std::string little_endian_bytes(std::uint64_t number, std::size_t bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(number >> (8 * i) & 0xFFU);
  return out;
}

std::string biff_record(std::uint16_t type, std::string_view body) {
  return little_endian_bytes(type, 2) + little_endian_bytes(body.size(), 2) + std::string(body);
}

// Sector 0: the table of sectors; 1: the directory; the stream from 2 on.
std::string make_ole(std::string_view stream_name, std::string stream) {
  constexpr std::size_t kSector = 512;
  const auto number = [](std::uint64_t value) { return little_endian_bytes(value, 4); };
  const std::string free = number(0xFFFFFFFF);
  stream.resize((std::max<std::size_t>(stream.size(), 4096) + kSector - 1) / kSector * kSector);
  const std::size_t sectors = stream.size() / kSector;
  std::string header = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(16, '\0') + little_endian_bytes(0x3E, 2) +
                       little_endian_bytes(3, 2) + "\xFE\xFF" + little_endian_bytes(9, 2) + little_endian_bytes(6, 2) +
                       std::string(10, '\0') + number(1) + number(1) + number(0) + number(4096) + number(0xFFFFFFFE) + number(0) +
                       number(0xFFFFFFFE) + number(0) + number(0);
  while (header.size() < kSector) header += free;
  std::string table = number(0xFFFFFFFD) + number(0xFFFFFFFE);
  for (std::size_t i = 0; i < sectors; ++i) table += number(i + 1 == sectors ? 0xFFFFFFFE : i + 3);
  if (table.size() > kSector) throw std::runtime_error("the stream is too long for one table");
  while (table.size() < kSector) table += free;
  const auto entry = [&](std::string_view name, char type, std::uint64_t start, std::uint64_t size) {
    std::string out;
    for (const char c : name) out += {c, '\0'};
    out.resize(64);
    out += little_endian_bytes(2 * (name.size() + 1), 2) + type + '\1' + free + free + (type == 5 ? number(1) : free);
    out.resize(116);
    return out + number(start) + number(size) + number(0);
  };
  std::string directory = entry("Root Entry", 5, 0xFFFFFFFE, 0) + entry(stream_name, 2, 2, stream.size());
  directory.resize(kSector);
  return header + table + directory + stream;
}

}  // namespace mexbench::test
