// torch.save since PyTorch 1.6: a zip archive with one folder that holds `data.pkl` and one entry `data/<key>` per storage.
#include <fmt/format.h>
#include <zip.h>

#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "harness/model/archive.h"

namespace mexbench::model {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;

Error problem(std::string message) { return Error(ErrorCode::kData, std::move(message)); }

struct ZipCloser {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using ZipHandle = std::unique_ptr<zip_t, ZipCloser>;
struct FileCloser {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

struct LibzipError {
  zip_error_t error{};
  LibzipError() { zip_error_init(&error); }
  LibzipError(const LibzipError&) = delete;
  LibzipError& operator=(const LibzipError&) = delete;
  ~LibzipError() { zip_error_fini(&error); }
  [[nodiscard]] std::string text() { return zip_error_strerror(&error); }
};

Result<ZipHandle> open(std::span<const std::byte> content) {
  LibzipError error;
  zip_source_t* source = zip_source_buffer_create(content.data(), content.size(), /*freep=*/0, &error.error);
  if (source == nullptr) return problem(fmt::format("not a readable zip archive: {}", error.text()));
  zip_t* archive = zip_open_from_source(source, ZIP_RDONLY, &error.error);
  if (archive == nullptr) {
    zip_source_free(source);
    return problem(fmt::format("not a readable zip archive, perhaps truncated: {}", error.text()));
  }
  return ZipHandle(archive);
}

// Entries by name, with their sizes.
class Entries {
 public:
  static Result<Entries> of(zip_t* archive, std::uint64_t budget) {
    Entries out;
    std::uint64_t total = 0;
    const zip_int64_t count = zip_get_num_entries(archive, 0);
    for (zip_int64_t i = 0; i < count; ++i) {
      zip_stat_t stat;
      zip_stat_init(&stat);
      if (zip_stat_index(archive, static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW, &stat) != 0) return problem("zip entry without a record");
      constexpr zip_uint64_t kWanted = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
      if ((stat.valid & kWanted) != kWanted) return problem("zip entry without name, size or method");
      const std::string name = stat.name;
      if (stat.encryption_method != ZIP_EM_NONE) return problem(fmt::format("zip entry {} is encrypted", pickle::shown(name)));
      if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) {
        return problem(fmt::format("zip entry {} is compressed by method {}; torch.save stores", pickle::shown(name), stat.comp_method));
      }
      // Inflation is bounded before it begins: the entries may not claim more than the file can back.
      if (stat.size > budget || total + stat.size > budget) {
        return problem(fmt::format("zip entries claim more than {} bytes, too many for a file of this size", budget));
      }
      total += stat.size;
      if (!out.entries_.emplace(name, Entry{static_cast<zip_uint64_t>(i), stat.size}).second) {
        return problem(fmt::format("zip entry {} stands twice", pickle::shown(name)));
      }
    }
    return out;
  }

  // The one folder that holds data.pkl, with its slash.
  Result<std::string> folder() const {
    std::string found;
    for (const auto& [name, entry] : entries_) {
      const std::size_t slash = name.find('/');
      if (slash == std::string::npos || name.substr(slash + 1) != "data.pkl") continue;
      if (!found.empty()) return problem("two entries 'data.pkl' in one zip archive");
      found = name.substr(0, slash + 1);
    }
    if (found.empty()) return problem("a zip archive without 'data.pkl': not written by torch.save");
    if (entries_.contains(found + "constants.pkl")) {
      return problem("a TorchScript archive, not a state dictionary; save model.state_dict() with Python's torch.save");
    }
    return found;
  }

  [[nodiscard]] bool has(const std::string& name) const { return entries_.contains(name); }

  Result<std::vector<std::byte>> read(zip_t* archive, const std::string& name) const {
    const auto found = entries_.find(name);
    if (found == entries_.end()) return problem(fmt::format("zip entry {} is missing", pickle::shown(name)));
    const std::unique_ptr<zip_file_t, FileCloser> file(zip_fopen_index(archive, found->second.index, 0));
    if (file == nullptr) return problem(fmt::format("zip entry {}: {}", pickle::shown(name), zip_strerror(archive)));
    std::vector<std::byte> out(found->second.size);
    std::size_t filled = 0;
    while (filled < out.size()) {
      const zip_int64_t got = zip_fread(file.get(), out.data() + filled, out.size() - filled);
      if (got < 0) return problem(fmt::format("zip entry {}: {}", pickle::shown(name), zip_error_strerror(zip_file_get_error(file.get()))));
      if (got == 0) return problem(fmt::format("zip entry {} ends after {} of {} bytes", pickle::shown(name), filled, out.size()));
      filled += static_cast<std::size_t>(got);
    }
    // The checksum is compared when the end is reached, and the end must be here.
    char beyond = 0;
    const zip_int64_t more = zip_fread(file.get(), &beyond, 1);
    if (more < 0) return problem(fmt::format("zip entry {}: {}", pickle::shown(name), zip_error_strerror(zip_file_get_error(file.get()))));
    if (more > 0) return problem(fmt::format("zip entry {} is longer than the {} bytes it claims", pickle::shown(name), out.size()));
    return out;
  }

  [[nodiscard]] std::uint64_t size(const std::string& name) const { return entries_.at(name).size; }

 private:
  struct Entry {
    zip_uint64_t index = 0;
    std::uint64_t size = 0;
  };
  std::unordered_map<std::string, Entry> entries_;
};

class ZipStorages final : public Storages {
 public:
  ZipStorages(ZipHandle archive, Entries entries, std::string folder)
      : archive_(std::move(archive)), entries_(std::move(entries)), folder_(std::move(folder)) {}

  Status check(const pickle::Storage& storage) const {
    const std::string name = name_of(storage);
    if (!entries_.has(name)) return problem(fmt::format("storage {} is missing", pickle::shown(name)));
    if (entries_.size(name) != storage.bytes()) {
      return problem(
          fmt::format("storage {} has {} bytes, its tensors want {}", pickle::shown(name), entries_.size(name), storage.bytes()));
    }
    return {};
  }
  Result<std::span<const std::byte>> read(const pickle::Storage& storage) override {
    const auto cached = cache_.find(storage.key);
    if (cached != cache_.end()) return std::span<const std::byte>(cached->second);
    MEXBENCH_ASSIGN(std::vector<std::byte> bytes, entries_.read(archive_.get(), name_of(storage)));
    return std::span<const std::byte>(cache_.emplace(storage.key, std::move(bytes)).first->second);
  }
  void release(const pickle::Storage& storage) override { cache_.erase(storage.key); }

 private:
  [[nodiscard]] std::string name_of(const pickle::Storage& storage) const { return folder_ + "data/" + std::string(storage.key); }

  ZipHandle archive_;
  Entries entries_;
  std::string folder_;
  std::unordered_map<std::string_view, std::vector<std::byte>> cache_;
};

}  // namespace

Result<Archive> open_zip(std::span<const std::byte> content) {
  MEXBENCH_ASSIGN(ZipHandle handle, open(content));
  MEXBENCH_ASSIGN(Entries entries, Entries::of(handle.get(), byte_budget(content.size())));
  MEXBENCH_ASSIGN(const std::string folder, entries.folder());
  if (entries.has(folder + "byteorder")) {
    MEXBENCH_ASSIGN(const auto order, entries.read(handle.get(), folder + "byteorder"));
    const std::string_view text(reinterpret_cast<const char*>(order.data()), order.size());
    if (text != "little") return problem(fmt::format("byte order {} is not read, only 'little'", pickle::shown(text)));
  }
  Archive archive;
  MEXBENCH_ASSIGN(archive.pickle, entries.read(handle.get(), folder + "data.pkl"));
  MEXBENCH_ASSIGN(archive.document, pickle::read(archive.pickle));
  if (archive.document.size != archive.pickle.size()) {
    return problem(fmt::format("{} bytes too many behind the pickle", archive.pickle.size() - archive.document.size));
  }
  auto storages = std::make_unique<ZipStorages>(std::move(handle), std::move(entries), folder);
  for (const pickle::Storage& storage : archive.document.storages) MEXBENCH_TRY(storages->check(storage));
  archive.storages = std::move(storages);
  return archive;
}

Result<std::string> make_zip(std::span<const ZipEntry> entries) {
  const auto failed = [](const std::string& why) { return Error(ErrorCode::kFailed, fmt::format("cannot write a zip archive: {}", why)); };
  LibzipError error;
  zip_source_t* sink = zip_source_buffer_create(nullptr, 0, /*freep=*/0, &error.error);
  if (sink == nullptr) return failed(error.text());
  const std::unique_ptr<zip_source_t, void (*)(zip_source_t*)> sink_owner(sink, zip_source_free);
  zip_source_keep(sink);
  zip_t* opened = zip_open_from_source(sink, ZIP_CREATE | ZIP_TRUNCATE, &error.error);
  if (opened == nullptr) {
    zip_source_free(sink);
    return failed(error.text());
  }
  ZipHandle archive(opened);
  for (const ZipEntry& entry : entries) {
    zip_source_t* source = zip_source_buffer(archive.get(), entry.bytes.data(), entry.bytes.size(), /*freep=*/0);
    if (source == nullptr) return failed(zip_strerror(archive.get()));
    const zip_int64_t index = zip_file_add(archive.get(), entry.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
      return failed(zip_strerror(archive.get()));
    }
    // 1980-01-01, the first day a zip archive knows.
    const auto at = static_cast<zip_uint64_t>(index);
    if (zip_set_file_compression(archive.get(), at, ZIP_CM_STORE, 0) != 0 || zip_file_set_dostime(archive.get(), at, 0, 0x21, 0) != 0) {
      return failed(zip_strerror(archive.get()));
    }
  }
  zip_t* closing = archive.release();
  if (zip_close(closing) != 0) {
    const std::string why = zip_strerror(closing);
    zip_discard(closing);
    return failed(why);
  }
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_source_stat(sink, &stat) != 0 || (stat.valid & ZIP_STAT_SIZE) == 0) return failed("no size");
  std::string out(stat.size, '\0');
  if (zip_source_open(sink) != 0) return failed("cannot read it back");
  const zip_int64_t got = zip_source_read(sink, out.data(), out.size());
  zip_source_close(sink);
  if (got < 0 || static_cast<std::uint64_t>(got) != out.size()) return failed("cannot read it back whole");
  return out;
}

}  // namespace mexbench::model
