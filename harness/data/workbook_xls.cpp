// .xls: what FreeXL reads, mended with what our own walk over the file finds (workbook_biff.cpp).
#include <fmt/format.h>
#include <freexl.h>

#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "harness/core/text.h"
#include "harness/data/workbook_formats.h"
#include "harness/data/workbook_freexl.h"

namespace mexbench::data {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;
using Mark = FreexlMark;

namespace {

class Receiver {
 public:
  explicit Receiver(std::string_view bytes) : bytes_(bytes) {}

  // Nothing when the bytes end before the value does.
  template <typename T>
  std::optional<T> raw() {
    if (bytes_.size() < sizeof(T)) return std::nullopt;
    T value{};
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }
  std::optional<std::string> text() {
    const auto size = raw<std::uint32_t>();
    if (!size || bytes_.size() < *size) return std::nullopt;
    std::string out(bytes_.substr(0, *size));
    bytes_.remove_prefix(*size);
    return out;
  }

 private:
  std::string_view bytes_;
};

Error unread(const std::string& file, std::string_view why) {
  return Error::in_file(ErrorCode::kData, file, fmt::format("FreeXL can't read it: {}", why))
      .hint("open it in a spreadsheet program and save it as .xlsx or .csv");
}

std::string reason(int code) {
  switch (code) {
    case kFreexlRefused:
    case FREEXL_CRAFTED_FILE:
      return "a record is damaged or holds what it does not know";
    case FREEXL_BIFF_WORKBOOK_NOT_FOUND:
      return "the workbook is not among the first entries of its container";
    case FREEXL_INVALID_CHARACTER:
    case FREEXL_UNSUPPORTED_CHARSET:
      return "its character set is not known";
    case FREEXL_INSUFFICIENT_MEMORY:
      return "a sheet is too large";
    default:
      return fmt::format("it is damaged (FreeXL's error {})", code);
  }
}

class Merge {
 public:
  Merge(std::string_view sent, std::vector<BiffSheet> ours, const std::string& file) : in_(sent), ours_(std::move(ours)), file_(file) {}

  Result<std::vector<Sheet>> sheets() {
    for (;;) {
      const auto mark = in_.raw<Mark>();
      if (!mark) return unread(file_, "it is damaged");  // the child died
      switch (*mark) {
        case Mark::kSheet:
          MEXBENCH_TRY(begin_sheet());
          break;
        case Mark::kNumber:
        case Mark::kText:
          MEXBENCH_TRY(take_cell(*mark));
          break;
        case Mark::kFailed:
          return unread(file_, reason(in_.raw<int>().value_or(0)));
        case Mark::kEnd:
          end_sheet();
          if (begun_ != ours_.size()) return unread(file_, "its sheets are not those it lists");
          return std::move(sheets_);
        default:
          return unread(file_, "it is damaged");
      }
    }
  }

 private:
  Status begin_sheet() {
    end_sheet();
    auto name = in_.text();
    if (!name || core::invalid_utf8(*name) || begun_ == ours_.size()) return unread(file_, "its sheets are not those it lists");
    rows_.emplace(file_, std::move(*name), totals_);
    BiffSheet& sheet = ours_[begun_++];
    kept_ = sheet.worksheet;
    for (BiffCell& cell : sheet.cells) MEXBENCH_TRY(rows_->put(cell.row, cell.column, std::move(cell.value)));
    return {};
  }

  void end_sheet() {
    if (rows_ && kept_) sheets_.push_back(std::move(*rows_).take());
    rows_.reset();
  }

  Status take_cell(Mark mark) {
    const auto row = in_.raw<std::uint32_t>();
    const auto column = in_.raw<std::uint16_t>();
    SheetCell cell;
    if (mark == Mark::kNumber) {
      if (const auto number = in_.raw<double>()) cell.value = *number;
    } else if (auto text = in_.text()) {
      cell.value = std::move(*text);
    }
    if (!rows_ || !row || !column) return unread(file_, "it is damaged");
    const std::size_t number = std::size_t{*row} + 1;
    if (rows_->has(number, *column)) return {};  // ours is the better one
    if (cell.is_number() && !std::isfinite(std::get<double>(cell.value))) return rows_->problem(number, *column, "is damaged: no number");
    return rows_->put(number, *column, std::move(cell));
  }

  Receiver in_;
  std::vector<BiffSheet> ours_;
  const std::string& file_;
  SheetTotals totals_;
  std::size_t begun_ = 0;
  bool kept_ = true;
  std::optional<SheetRows> rows_;
  std::vector<Sheet> sheets_;
};

}  // namespace

Result<std::vector<Sheet>> read_xls(std::string_view content, const std::string& file) {
  MEXBENCH_ASSIGN(std::vector<BiffSheet> ours, walk_biff(content, file));
  MEXBENCH_ASSIGN(const std::string sent, ask_freexl(content, file));
  return Merge(sent, std::move(ours), file).sheets();
}

}  // namespace mexbench::data
