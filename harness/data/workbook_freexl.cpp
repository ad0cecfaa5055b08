// FreeXL is not safe on a damaged file: three minutes of libFuzzer with AddressSanitizer over its own test files gave reads behind the
// stack's end in parse_dir_entry (a name's length is believed), reads behind the heap's in parse_unicode_string, and a free() of whatever
// lies behind a sheet whose size is stated twice (destroy_cell). A chain of sectors that bites its tail it follows for ever. So a child
// reads the file and sends the cells through a pipe; one that dies, stalls or sends nonsense makes the file a damaged one.
//
// Other things it does, which are told here because its manual doesn't:
//   - freexl_open returns FREEXL_OK with a null handle when a record is refused;
//   - it refuses a workbook with an empty shared text, and finds the workbook only among the container's first four entries;
//   - what is formatted as a date comes as text, "2014-05-08";
//   - workbook_biff.cpp lists what it loses.
#include "harness/data/workbook_freexl.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <freexl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include "harness/data/workbook_formats.h"

namespace mexbench::data {

using core::Error;
using core::ErrorCode;
using core::Result;
using Mark = FreexlMark;

namespace {

constexpr std::size_t kMaxXlsRows = 65'536;
constexpr std::size_t kMaxXlsColumns = 256;
constexpr rlim_t kChildSeconds = 30;
constexpr rlim_t kChildBytes = rlim_t{1} << 30U;  // on top of what the process has already; FreeXL takes up to 256 MiB for a sheet

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno != EINTR) return false;
    if (put > 0) bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

// --- In the child.

class Sender {
 public:
  explicit Sender(int fd) : fd_(fd) {}

  void mark(Mark mark) {
    if (buffer_.size() >= kFlushAt) flush();
    raw(mark);
  }
  template <typename T>
  void raw(T value) {
    static_assert(std::is_trivially_copyable_v<T>);
    buffer_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(const char* text) {
    const std::string_view bytes = text == nullptr ? std::string_view() : std::string_view(text);
    raw(static_cast<std::uint32_t>(bytes.size()));
    buffer_ += bytes;
  }
  void flush() {
    if (!write_all(fd_, buffer_)) ::_exit(EXIT_FAILURE);
    buffer_.clear();
  }

 private:
  static constexpr std::size_t kFlushAt = std::size_t{1} << 16U;
  int fd_;
  std::string buffer_;
};

void send_cell(Sender& out, std::uint32_t row, std::uint16_t column, const FreeXL_CellValue& cell) {
  const auto place = [&](Mark mark) {
    out.mark(mark);
    out.raw(row);
    out.raw(column);
  };
  switch (cell.type) {
    case FREEXL_CELL_INT:
      place(Mark::kNumber);
      return out.raw(static_cast<double>(cell.value.int_value));
    case FREEXL_CELL_DOUBLE:
      place(Mark::kNumber);
      return out.raw(cell.value.double_value);
    case FREEXL_CELL_TEXT:
    case FREEXL_CELL_SST_TEXT:
    case FREEXL_CELL_DATE:
    case FREEXL_CELL_DATETIME:
    case FREEXL_CELL_TIME:
      place(Mark::kText);
      return out.text(cell.value.text_value);
    default:
      return;
  }
}

// FREEXL_OK, or its error code.
int send_sheet(Sender& out, const void* workbook, std::uint16_t index) {
  const char* name = nullptr;
  std::uint32_t rows = 0;
  std::uint16_t columns = 0;
  if (const int code = freexl_get_worksheet_name(workbook, index, &name); code != FREEXL_OK) return code;
  if (const int code = freexl_select_active_worksheet(workbook, index); code != FREEXL_OK) return code;
  if (const int code = freexl_worksheet_dimensions(workbook, &rows, &columns); code != FREEXL_OK) return code;
  out.mark(Mark::kSheet);
  out.text(name);
  if (rows > kMaxXlsRows || columns > kMaxXlsColumns) return FREEXL_CRAFTED_FILE;
  for (std::uint32_t row = 0; row < rows; ++row) {
    for (std::uint16_t column = 0; column < columns; ++column) {
      FreeXL_CellValue cell{};
      const int code = freexl_get_cell_value(workbook, row, column, &cell);
      if (code != FREEXL_OK) return code;
      send_cell(out, row, column, cell);
    }
  }
  return FREEXL_OK;
}

int send_workbook(Sender& out, const std::string& path) {
  const void* workbook = nullptr;
  const int code = freexl_open(path.c_str(), &workbook);
  if (code != FREEXL_OK) return code;
  if (workbook == nullptr) return kFreexlRefused;
  unsigned int sheets = 0;
  if (const int told = freexl_get_info(workbook, FREEXL_BIFF_SHEET_COUNT, &sheets); told != FREEXL_OK) return told;
  for (unsigned int i = 0; i < sheets; ++i) {
    if (const int sent = send_sheet(out, workbook, static_cast<std::uint16_t>(i)); sent != FREEXL_OK) return sent;
  }
  return FREEXL_OK;  // never closed: the process ends
}

std::size_t address_space() {
  std::ifstream statm("/proc/self/statm");
  std::size_t pages = 0;
  statm >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

void limit(int what, rlim_t most) {
  const rlimit value{.rlim_cur = most, .rlim_max = most};
  ::setrlimit(what, &value);
}

// noexcept: an exception must not reach what the parent would do next.
[[noreturn]] void run_child(std::string_view content, int fd) noexcept {
  // The C library's last words on a broken heap are nobody's business.
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) ::dup2(nowhere, STDERR_FILENO);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, kChildSeconds);
  limit(RLIMIT_AS, address_space() + kChildBytes);
  const int file = ::memfd_create("workbook.xls", MFD_CLOEXEC);
  if (file < 0 || !write_all(file, content)) ::_exit(EXIT_FAILURE);
  Sender out(fd);
  const int code = send_workbook(out, fmt::format("/proc/self/fd/{}", file));
  out.mark(code == FREEXL_OK ? Mark::kEnd : Mark::kFailed);
  out.raw(code);
  out.flush();
  ::_exit(EXIT_SUCCESS);
}

// All that comes out of the pipe until the child ends; less when it sends more than a workbook may hold.
std::string receive(int fd) {
  constexpr std::size_t kMost = 2 * kMaxTextBytes;
  std::string out;
  std::vector<char> chunk(std::size_t{1} << 16U);
  while (out.size() <= kMost) {
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    out.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return out;
}

}  // namespace

Result<std::string> ask_freexl(std::string_view content, const std::string& file) {
  const auto failed = [&](std::string_view what) {
    return Error::in_file(ErrorCode::kFailed, file, fmt::format("can't {}: {}", what, std::generic_category().message(errno)));
  };
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed("make a pipe");
  Descriptor from(ends[0]);
  Descriptor into(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return failed("start a process to read it in");
  if (child == 0) run_child(content, into.get());
  into.close();
  std::string sent = receive(from.get());
  from.close();  // a child that still sends ends here
  // How it ended doesn't matter: what it sent is whole or it is not.
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return sent;
}

}  // namespace mexbench::data
