// torch.save before PyTorch 1.6 (and with _use_new_zipfile_serialization=False): five pickles in a row (a magic number, the
// protocol version, facts about the machine, the object, the keys of the storages), then each storage as an int64 count and its numbers.
#include <fmt/format.h>

#include <unordered_map>

#include "harness/model/archive.h"

namespace mexbench::model {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;

constexpr std::string_view kMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
constexpr std::int64_t kProtocolVersion = 1001;

Error problem(std::string message) { return Error(ErrorCode::kData, std::move(message)); }

class LegacyStorages final : public Storages {
 public:
  void add(std::string_view key, std::span<const std::byte> bytes) { bytes_of_key_.emplace(key, bytes); }
  [[nodiscard]] bool has(std::string_view key) const { return bytes_of_key_.contains(key); }
  Result<std::span<const std::byte>> read(const pickle::Storage& storage) override { return bytes_of_key_.at(storage.key); }
  void release(const pickle::Storage&) override {}

 private:
  std::unordered_map<std::string_view, std::span<const std::byte>> bytes_of_key_;
};

class Cursor {
 public:
  explicit Cursor(std::span<const std::byte> rest) : rest_(rest) {}
  Result<pickle::Document> pickle() {
    MEXBENCH_ASSIGN(pickle::Document document, pickle::read(rest_));
    rest_ = rest_.subspan(document.size);
    return document;
  }
  Result<std::span<const std::byte>> take(std::uint64_t count, std::string_view key) {
    if (count > rest_.size()) {
      return problem(fmt::format("the file is truncated: storage {} needs {} bytes, {} are left", pickle::shown(key), count, rest_.size()));
    }
    const auto out = rest_.first(static_cast<std::size_t>(count));
    rest_ = rest_.subspan(static_cast<std::size_t>(count));
    return out;
  }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

 private:
  std::span<const std::byte> rest_;
};

Status check_preamble(Cursor& cursor) {
  MEXBENCH_ASSIGN(const pickle::Document magic, cursor.pickle());
  const auto* number = magic.as<pickle::BigInt>(magic.root);
  if (number == nullptr || number->little_endian != kMagic) {
    return problem(fmt::format("a pickle that torch.save did not write: it begins with {}, not with torch's magic number",
                               pickle::kind_of(magic[magic.root])));
  }
  MEXBENCH_ASSIGN(const pickle::Document version, cursor.pickle());
  const auto* protocol = version.as<std::int64_t>(version.root);
  if (protocol == nullptr || *protocol != kProtocolVersion) return problem("the legacy format's version is not 1001");
  MEXBENCH_ASSIGN(const pickle::Document machine, cursor.pickle());
  const auto* facts = machine.as<pickle::Dict>(machine.root);
  if (facts == nullptr) return problem(fmt::format("the facts about the saving machine are {}", pickle::kind_of(machine[machine.root])));
  for (const auto& [key, value] : facts->entries) {
    const auto* name = machine.as<pickle::Text>(key);
    const auto* flag = machine.as<bool>(value);
    if (name != nullptr && name->text == "little_endian" && (flag == nullptr || !*flag)) {
      return problem("saved on a big-endian machine, which is not read");
    }
  }
  return {};
}

}  // namespace

Result<Archive> open_legacy(std::span<const std::byte> content) {
  Cursor cursor(content);
  MEXBENCH_TRY(check_preamble(cursor));
  Archive archive;
  MEXBENCH_ASSIGN(archive.document, cursor.pickle());
  std::unordered_map<std::string_view, const pickle::Storage*> described;
  for (const pickle::Storage& storage : archive.document.storages) described.emplace(storage.key, &storage);

  MEXBENCH_ASSIGN(const pickle::Document keys, cursor.pickle());
  const auto* list = keys.as<pickle::List>(keys.root);
  if (list == nullptr) return problem(fmt::format("the storage keys are {}, not a list", pickle::kind_of(keys[keys.root])));
  auto storages = std::make_unique<LegacyStorages>();
  for (const pickle::Ref ref : list->items) {
    const auto* key = keys.as<pickle::Text>(ref);
    if (key == nullptr) return problem(fmt::format("a storage key is {}, not text", pickle::kind_of(keys[ref])));
    const auto found = described.find(key->text);
    if (found == described.end()) return problem(fmt::format("storage {} belongs to no tensor", pickle::shown(key->text)));
    if (storages->has(key->text)) return problem(fmt::format("storage {} stands twice in the list of keys", pickle::shown(key->text)));
    const pickle::Storage& storage = *found->second;
    MEXBENCH_ASSIGN(const auto count, cursor.take(sizeof(std::int64_t), key->text));
    std::uint64_t numbers = 0;
    for (std::size_t i = count.size(); i-- > 0;) numbers = (numbers << 8U) | std::to_integer<std::uint64_t>(count[i]);
    if (numbers != static_cast<std::uint64_t>(storage.numbers)) {
      return problem(fmt::format("storage {} has {} numbers, its tensors want {}", pickle::shown(key->text),
                                 static_cast<std::int64_t>(numbers), storage.numbers));
    }
    MEXBENCH_ASSIGN(const auto bytes, cursor.take(storage.bytes(), key->text));
    storages->add(storage.key, bytes);
  }
  for (const pickle::Storage& storage : archive.document.storages) {
    if (!storages->has(storage.key)) return problem(fmt::format("storage {} is missing", pickle::shown(storage.key)));
  }
  if (cursor.left() != 0) return problem(fmt::format("{} bytes too many behind the last storage", cursor.left()));
  archive.storages = std::move(storages);
  return archive;
}

}  // namespace mexbench::model
