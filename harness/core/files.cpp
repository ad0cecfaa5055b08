#include "harness/core/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <random>
#include <system_error>
#include <vector>

#include "harness/core/failpoint.h"
#include "harness/core/sha256.h"
#include "harness/core/text.h"

namespace mexbench::core {
namespace fs = std::filesystem;
namespace {

Error system_error(ErrorCode code, const fs::path& path, std::string_view doing) {
  return Error::in_file(code, path.string(), fmt::format("can't {}: {}", doing, std::generic_category().message(errno)));
}
// What can't be read is missing data; what can't be written is a failure of this machine.
Error read_error(const fs::path& path, std::string_view doing) { return system_error(ErrorCode::kData, path, doing); }
Error write_error(const fs::path& path, std::string_view doing) { return system_error(ErrorCode::kFailed, path, doing); }

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

// Where a process number means something: this host, since it was started, in this container. Equal names of hosts that share a file
// system, and containers with their host's name, must not take each other's processes for dead ones.
const std::string& process_space() {
  static const std::string kSpace = [] {
    std::string name(256, '\0');
    if (::gethostname(name.data(), name.size() - 1) != 0) name.clear();
    const auto boot = read_file("/proc/sys/kernel/random/boot_id");
    std::error_code none;
    Sha256 hash;
    hash.field(name.c_str()).field(boot ? *boot : "").field(fs::read_symlink("/proc/self/ns/pid", none).string());
    return hash.hex().substr(0, 8);
  }();
  return kSpace;
}

constexpr std::size_t kSaltDigits = 16;

std::string point(std::string_view prefix, std::string_view step) { return fmt::format("{}.{}", prefix, step); }

Status check_readable(const Descriptor& file, const fs::path& path, struct stat& info) {
  if (!file.ok()) return read_error(path, "open");
  if (::fstat(file.get(), &info) != 0) return read_error(path, "read");
  if (S_ISDIR(info.st_mode)) return Error::in_file(ErrorCode::kData, path.string(), "is a folder, a file is wanted");
  return {};
}

}  // namespace

Result<std::string> read_file(const fs::path& path, std::uint64_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  MEXBENCH_TRY(check_readable(file, path, info));
  if (static_cast<std::uint64_t>(info.st_size) > limit) {
    return Error::in_file(ErrorCode::kData, path.string(), fmt::format("has {} bytes, at most {} are accepted", info.st_size, limit));
  }
  std::string content;
  content.resize(static_cast<std::size_t>(info.st_size));
  std::size_t filled = 0;
  for (;;) {  // reads on past st_size: pipes and /proc report 0
    if (filled == content.size()) content.resize(content.size() + 4096);
    const ssize_t got = ::read(file.get(), content.data() + filled, content.size() - filled);
    if (got < 0) {
      if (errno == EINTR) continue;
      return read_error(path, "read");
    }
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    if (filled > limit) return Error::in_file(ErrorCode::kData, path.string(), fmt::format("has more than {} bytes", limit));
  }
  content.resize(filled);
  return content;
}

Status read_chunks(const fs::path& path, const std::function<void(std::string_view)>& take) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  MEXBENCH_TRY(check_readable(file, path, info));
  std::vector<char> chunk(std::size_t{1} << 20U);
  for (;;) {
    const ssize_t got = ::read(file.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return read_error(path, "read");
    if (got == 0) return {};
    take(std::string_view(chunk.data(), static_cast<std::size_t>(got)));
  }
}

Status write_file_durable(const fs::path& path, std::string_view content, std::string_view prefix) {
  failpoint(point(prefix, "before-write"));
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file.ok()) return write_error(path, "create");
  std::size_t written = 0;
  bool halved = false;
  while (written < content.size()) {
    // Two writes, so that a fail-point can leave a half-written file behind.
    std::size_t chunk = content.size() - written;
    if (!halved && chunk > 1) {
      chunk /= 2;
      halved = true;
    }
    const ssize_t put = ::write(file.get(), content.data() + written, chunk);
    if (put < 0) {
      if (errno == EINTR) continue;
      return write_error(path, "write");
    }
    written += static_cast<std::size_t>(put);
    if (written < content.size()) failpoint(point(prefix, "mid-write"));
  }
  failpoint(point(prefix, "before-fsync"));
  if (::fsync(file.get()) != 0) return write_error(path, "write to disk");
  failpoint(point(prefix, "after-fsync"));
  return {};
}

Status sync_folder(const fs::path& folder) {
  const Descriptor file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.ok()) return write_error(folder, "open");
  if (::fsync(file.get()) != 0 && errno != EINVAL) return write_error(folder, "write to disk");
  return {};
}

namespace {

// A pipe or a device takes bytes and is never replaced.
Status write_stream(const fs::path& path, std::string_view content) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.ok()) return write_error(path, "open");
  while (!content.empty()) {
    const ssize_t put = ::write(file.get(), content.data(), content.size());
    if (put < 0 && errno != EINTR) return write_error(path, "write");
    if (put > 0) content.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

}  // namespace

Status write_file_atomic(const fs::path& path, std::string_view content, std::string_view prefix) {
  std::error_code unresolved;
  fs::path target = path;
  if (fs::is_symlink(path, unresolved)) {  // the link stays, its target is written
    target = fs::weakly_canonical(path, unresolved);
    if (unresolved)
      return Error::in_file(ErrorCode::kFailed, path.string(), fmt::format("can't follow the link: {}", unresolved.message()));
  }
  if (const auto kind = fs::status(target, unresolved).type();
      kind == fs::file_type::character || kind == fs::file_type::fifo || kind == fs::file_type::block || kind == fs::file_type::socket) {
    return write_stream(target, content);
  }
  const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) return Error::in_file(ErrorCode::kFailed, folder.string(), fmt::format("can't create the folder: {}", failure.message()));
  const fs::path temporary = folder / unique_name("." + target.filename().string());
  if (Status status = write_file_durable(temporary, content, prefix); !status) {
    fs::remove(temporary, failure);
    // The caller knows the file's name, not that of the temporary one.
    return Error::in_file(ErrorCode::kFailed, target.string(), status.error().message());
  }
  failpoint(point(prefix, "before-rename"));
  if (::rename(temporary.c_str(), target.c_str()) != 0) {
    Error error = write_error(target, "put into place");
    fs::remove(temporary, failure);
    return error;
  }
  failpoint(point(prefix, "after-rename"));
  return sync_folder(folder);
}

Status sync_file_system(const fs::path& folder) {
  const Descriptor file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.ok()) return write_error(folder, "open");
  failpoint("file-system.before-sync");
  if (::syncfs(file.get()) != 0) return write_error(folder, "write to disk");
  failpoint("file-system.after-sync");
  return {};
}

Result<bool> publish_folder(const fs::path& from, const fs::path& to, std::string_view prefix) {
  MEXBENCH_TRY(sync_folder(from));
  failpoint(point(prefix, "before-publish"));
#ifndef RENAME_NOREPLACE
  constexpr unsigned kNoReplace = 1U;
#else
  constexpr unsigned kNoReplace = RENAME_NOREPLACE;
#endif
  if (::syscall(SYS_renameat2, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), kNoReplace) != 0) {
    if (errno == EEXIST || errno == ENOTEMPTY) return false;
    if (errno != EINVAL && errno != ENOSYS) return write_error(to, "publish");
    // This file system has no exclusive rename. A plain rename still never replaces a folder that has files in it.
    if (::rename(from.c_str(), to.c_str()) != 0) {
      if (errno == EEXIST || errno == ENOTEMPTY) return false;
      return write_error(to, "publish");
    }
  }
  failpoint(point(prefix, "after-publish"));
  MEXBENCH_TRY(sync_folder(to.parent_path()));
  return true;
}

Result<std::vector<std::string>> list_folder(const fs::path& folder) {
  std::error_code failure;
  fs::directory_iterator entries(folder, failure);
  if (failure) return Error::in_file(ErrorCode::kData, folder.string(), fmt::format("can't list the folder: {}", failure.message()));
  std::vector<std::string> names;
  for (const fs::directory_iterator end; entries != end; entries.increment(failure)) names.push_back(entries->path().filename().string());
  // A failed increment ends the loop like the last entry does.
  if (failure) return Error::in_file(ErrorCode::kData, folder.string(), fmt::format("can't list the folder: {}", failure.message()));
  std::sort(names.begin(), names.end());
  return names;
}

std::string unique_name(std::string_view prefix) {
  std::random_device device;  // names of temporary files only; never a result
  const std::uint64_t salt = (static_cast<std::uint64_t>(device()) << 32U) | device();
  return fmt::format("{}.{}-{}-{:016x}", prefix, process_space(), ::getpid(), salt);
}

bool is_abandoned(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  const std::vector<std::string> parts = split(name.substr(dot + 1), '-');
  if (parts.size() != 3 || parts[0] != process_space() || parts[2].size() != kSaltDigits) return false;
  const auto pid = parse_int(parts[1]);
  return pid && *pid > 0 && ::kill(static_cast<pid_t>(*pid), 0) != 0 && errno == ESRCH;
}

void remove_abandoned(const fs::path& folder) {
  const auto names = list_folder(folder);
  if (!names) return;  // nothing there yet
  for (const std::string& name : *names) {
    std::error_code ignored;
    if (name.starts_with('.') && is_abandoned(name)) fs::remove_all(folder / name, ignored);
  }
}

}  // namespace mexbench::core
