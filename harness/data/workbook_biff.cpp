// What FreeXL 1.0.6 leaves out of an .xls file, or changes on the way (seen in its source and by trial):
//
//   formulas             cells without a value: it skips FORMULA records, whatever their result
//   TRUE, FALSE          the numbers 1 and 0
//   errors (#REF!)       the number 1
//   rich text of BIFF 5  cells without a value
//   a file cut short     the cells up to there, without a complaint
//
// So the records are walked here too, from end to end, and these cells are taken from them. Layouts are those of [MS-XLS] and, for BIFF 2
// to 5, of OpenOffice's description of the format.
#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "harness/data/workbook_formats.h"
#include "harness/data/workbook_ole.h"

namespace mexbench::data {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;

namespace {

enum Record : std::uint16_t {
  kFormula2 = 0x0006,  // of BIFF 2, 5 and 8
  kFormula3 = 0x0206,
  kFormula4 = 0x0406,
  kString2 = 0x0007,  // the text of the formula before it
  kString3 = 0x0207,
  kBoolErr2 = 0x0005,
  kBoolErr3 = 0x0205,
  kRichText = 0x00D6,
  kBof2 = 0x0009,
  kBof3 = 0x0209,
  kBof4 = 0x0409,
  kBof5 = 0x0809,  // and 8
  kEof = 0x000A,
  kFilePass = 0x002F,
  kBoundSheet = 0x0085,
};

// FreeXL's buffer; what follows a longer record it drops in silence. BIFF 8 allows no more.
constexpr std::size_t kMaxRecordBytes = 8224;

SheetCell truth(bool value) { return {.value = value ? "TRUE" : "FALSE"}; }

SheetCell error_value(std::uint8_t code) {
  static const std::map<std::uint8_t, const char*> kNames{{0x00, "#NULL!"}, {0x07, "#DIV/0!"}, {0x0F, "#VALUE!"}, {0x17, "#REF!"},
                                                          {0x1D, "#NAME?"}, {0x24, "#NUM!"},   {0x2A, "#N/A"}};
  const auto found = kNames.find(code);
  return {.value = found == kNames.end() ? fmt::format("#ERROR {}", code) : found->second};
}

// Nothing when half a pair stands alone.
std::optional<std::string> utf8_of_utf16(std::string_view bytes) {
  std::string out;
  for (std::size_t at = 0; at + 2 <= bytes.size(); at += 2) {
    std::uint32_t point = little_endian<std::uint16_t>(bytes, at);
    if (point >= 0xD800 && point <= 0xDFFF) {
      at += 2;
      const std::uint32_t low = little_endian<std::uint16_t>(bytes, at);
      if (point > 0xDBFF || low < 0xDC00 || low > 0xDFFF) return std::nullopt;
      point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
    }
    append_utf8(out, point);
  }
  return out;
}

class BiffWalk {
 public:
  // `bare`: one sheet without a container, as in BIFF 2 to 4.
  BiffWalk(std::string_view stream, const std::string& file, bool bare) : stream_(stream), file_(file) {
    if (bare) sheets_.emplace_back();
  }

  Result<std::vector<BiffSheet>> sheets() {
    MEXBENCH_TRY(walk());
    if (!begins_.empty()) return damaged(fmt::format("sheet {} does not begin where it should", begins_.begin()->second + 1));
    return std::move(sheets_);
  }

 private:
  struct Place {
    std::size_t row = 0;
    std::size_t column = 0;
  };

  [[nodiscard]] Error unread(std::string message) const {
    return Error::in_file(ErrorCode::kData, file_, std::move(message))
        .hint("open it in a spreadsheet program and save it as .xlsx or .csv");
  }
  [[nodiscard]] Error damaged(std::string_view what) const { return unread(fmt::format("is damaged: {}", what)); }
  [[nodiscard]] Error unread(Place place, std::string_view what) const {
    return unread(fmt::format("sheet {}, cell {}: {}", current_ - sheets_.data() + 1, cell_name(place.row, place.column), what));
  }

  Status walk() {
    constexpr std::size_t kHead = 4;  // type and size
    std::size_t depth = 0;
    for (std::size_t at = 0; stream_.size() - at >= kHead;) {
      const auto type = little_endian<std::uint16_t>(stream_, at);
      const auto size = little_endian<std::uint16_t>(stream_, at + 2);
      if (type == 0 && size == 0) break;  // filled up with zeros
      if (size > kMaxRecordBytes) return damaged(fmt::format("the record at byte {} has {} bytes, no record has", at, size));
      if (size > stream_.size() - at - kHead) return damaged(fmt::format("it is cut short: the record at byte {} has no end", at));
      const std::string_view body = stream_.substr(at + kHead, size);
      if (type == kBof2 || type == kBof3 || type == kBof4 || type == kBof5) {
        if (++depth > 1 && version_ < 5) return unread("has several sheets in BIFF 4, FreeXL can't read it");
        if (depth > 1) return unread("a sheet holds a chart, FreeXL can't read behind it");
        begin_sheet(at, type, body);
      } else if (depth == 0) {
        return damaged(fmt::format("the record at byte {} is in no sheet", at));
      } else if (type == kEof) {
        --depth;
        if (version_ < 5) return {};  // one sheet, whatever follows
      } else {
        MEXBENCH_TRY(record(type, body));
      }
      at += kHead + size;
    }
    if (depth > 0 || version_ == 0) return damaged("it is cut short: a sheet has no end");
    return {};
  }

  // The first part of BIFF 5 and 8 is about the workbook and lists the sheets.
  void begin_sheet(std::size_t at, std::uint16_t type, std::string_view body) {
    if (version_ == 0) {
      version_ = type == kBof2 ? 2 : type == kBof3 ? 3 : type == kBof4 ? 4 : little_endian<std::uint16_t>(body, 0) >= 0x0600 ? 8 : 5;
    }
    pending_.reset();
    current_ = nullptr;
    if (version_ < 5) current_ = sheets_.empty() ? nullptr : sheets_.data();
    if (const auto sheet = begins_.find(at); sheet != begins_.end()) {
      current_ = &sheets_[sheet->second];
      begins_.erase(sheet);
    }
  }

  Status record(std::uint16_t type, std::string_view body) {
    if (type == kFilePass) return Error::in_file(ErrorCode::kData, file_, "is encrypted").hint("save it without a password");
    if (type == kBoundSheet && current_ == nullptr) return add_sheet(body);
    if (current_ == nullptr) return {};
    switch (type) {
      case kFormula2:
      case kFormula3:
      case kFormula4:
        return formula(body);
      case kString2:
      case kString3:
        return formula_text(body);
      case kBoolErr2:
      case kBoolErr3:
        return truth_or_error(body);
      case kRichText:
        return rich_text(body);
      default:
        return {};
    }
  }

  Status add_sheet(std::string_view body) {
    const auto begin = little_endian<std::uint32_t>(body, 0);
    if (body.size() < 8 || !begins_.emplace(begin, sheets_.size()).second) return damaged("its list of sheets is wrong");
    sheets_.push_back({.worksheet = body[5] == 0, .cells = {}});
    return {};
  }

  // Row, column, format, and what is told by the record's type. The format has two bytes, three in BIFF 2.
  [[nodiscard]] std::size_t value_at() const { return version_ == 2 ? 7 : 6; }
  [[nodiscard]] static Place place_of(std::string_view body) {
    return {.row = std::size_t{little_endian<std::uint16_t>(body, 0)} + 1, .column = little_endian<std::uint16_t>(body, 2)};
  }
  void add(Place place, SheetCell value) {
    current_->cells.push_back({.row = place.row, .column = place.column, .value = std::move(value)});
  }

  // Eight bytes: a double, or, where the last two are FFFF, which other thing the formula came to.
  Status formula(std::string_view body) {
    constexpr std::size_t kValueBytes = 8;
    const std::size_t at = value_at();
    const Place place = place_of(body);
    pending_.reset();
    if (body.size() < at + kValueBytes) return unread(place, "is damaged: its formula has no end");
    if (little_endian<std::uint16_t>(body, at + 6) != 0xFFFF) {
      const auto number = std::bit_cast<double>(little_endian<std::uint64_t>(body, at));
      if (!std::isfinite(number)) return unread(place, "is damaged: its value is no number");
      add(place, {.value = number});
      return {};
    }
    enum Kind : char { kText = 0, kTruth = 1, kError = 2, kEmptyText = 3 };
    const char kind = body[at];
    if (kind == kText) pending_ = place;  // which the next STRING record holds
    if (kind == kTruth) add(place, truth(body[at + 2] != 0));
    if (kind == kError) add(place, error_value(static_cast<std::uint8_t>(body[at + 2])));
    if (kind < kText || kind > kEmptyText) return unread(place, "is damaged: its value is of no known type");
    return {};
  }

  Status formula_text(std::string_view body) {
    if (!pending_) return {};
    return text(*std::exchange(pending_, std::nullopt), body, /*short_length=*/version_ == 2);
  }

  Status truth_or_error(std::string_view body) {
    const std::size_t at = value_at();
    if (body.size() < at + 2) return unread(place_of(body), "is damaged: its value has no end");
    const bool is_error = body[at + 1] != 0;
    add(place_of(body), is_error ? error_value(static_cast<std::uint8_t>(body[at])) : truth(body[at] != 0));
    return {};
  }

  Status rich_text(std::string_view body) {
    if (body.size() < value_at()) return unread(place_of(body), "is damaged: its text has no end");
    return text(place_of(body), body.substr(value_at()), /*short_length=*/false);
  }

  // Length and characters. BIFF 8 has UTF-16, without its upper bytes where they are all 0; formats that may stand before the characters
  // are announced in bits. Older text is in the code page of the computer that wrote it.
  Status text(Place place, std::string_view body, bool short_length) {
    std::size_t length = short_length ? little_endian<std::uint8_t>(body, 0) : little_endian<std::uint16_t>(body, 0);
    std::size_t at = short_length ? 1 : 2;
    bool wide = false;
    if (version_ == 8) {
      const auto bits = little_endian<std::uint8_t>(body, at);
      wide = (bits & 0x01U) != 0;
      at += 1 + ((bits & 0x08U) != 0 ? 2 : 0) + ((bits & 0x04U) != 0 ? 4 : 0);
    }
    if (wide) length *= 2;
    if (body.size() < at || body.size() - at < length) return unread(place, "a text longer than one record of the file can't be read");
    const std::string_view characters = body.substr(at, length);
    std::optional<std::string> value;
    if (wide) {
      value = utf8_of_utf16(characters);
    } else {
      value.emplace();
      for (const char c : characters) append_utf8(*value, static_cast<unsigned char>(c));
      if (version_ < 8 && value->size() > characters.size()) return unread(place, "text in an old character set can't be read");
    }
    if (!value) return unread(place, "is damaged: its text is not UTF-16");
    add(place, {.value = std::move(*value)});
    return {};
  }

  std::string_view stream_;
  const std::string& file_;
  int version_ = 0;
  std::vector<BiffSheet> sheets_;
  std::map<std::size_t, std::size_t> begins_;  // where sheets begin that were not reached yet: byte -> index
  BiffSheet* current_ = nullptr;
  std::optional<Place> pending_;  // a formula whose value is a text
};

}  // namespace

Result<std::vector<BiffSheet>> walk_biff(std::string_view content, const std::string& file) {
  if (!content.starts_with(kOleSignature)) {
    if (little_endian<std::uint16_t>(content, 0) == kBof5) {
      return Error::in_file(ErrorCode::kData, file, "is an .xls file without its OLE container, FreeXL can't read it")
          .hint("open it in a spreadsheet program and save it as .xlsx or .csv");
    }
    return BiffWalk(content, file, /*bare=*/true).sheets();
  }
  MEXBENCH_ASSIGN(const OleContainer container, OleContainer::open(content, file));
  if (container.find("EncryptedPackage") != nullptr) {
    return Error::in_file(ErrorCode::kData, file, "is encrypted").hint("save it without a password");
  }
  const OleContainer::Entry* stream = container.find("Workbook", "Book");
  if (stream == nullptr) {
    return Error::in_file(ErrorCode::kData, file, "is an OLE file without a workbook in it, a spreadsheet is wanted")
        .hint("save it as .xlsx or .csv");
  }
  MEXBENCH_ASSIGN(const std::string bytes, container.read(*stream));
  return BiffWalk(bytes, file, /*bare=*/false).sheets();
}

}  // namespace mexbench::data
