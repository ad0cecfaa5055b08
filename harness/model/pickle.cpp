#include "harness/model/pickle.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <unordered_map>

#include "harness/core/text.h"

namespace mexbench::model::pickle {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::Status;

class Machine {
 public:
  explicit Machine(std::span<const std::byte> bytes) : bytes_(bytes) {}

  Result<Document> run() {
    MEXBENCH_TRY(begin());
    for (std::size_t count = 0;; ++count) {
      start_ = at_;
      if (count >= kMaxInstructions) return fail(fmt::format("more than {} instructions", kMaxInstructions));
      MEXBENCH_ASSIGN(const std::uint8_t code, number<std::uint8_t>());
      if (code == '.') break;
      MEXBENCH_TRY(step(code));
    }
    MEXBENCH_ASSIGN(document_.root, pop());
    if (!stack_.empty() || !marks_.empty()) return fail("ends with more than one value");
    document_.size = at_;
    return std::move(document_);
  }

 private:
  // --- input

  [[nodiscard]] Error fail(std::string_view message) const {
    return Error(ErrorCode::kData, fmt::format("pickle, byte {}: {}", start_, message));
  }
  [[nodiscard]] Error truncated() const { return fail("the file is truncated"); }

  Result<std::string_view> take(std::uint64_t count) {
    if (count > bytes_.size() - at_) return truncated();
    const std::string_view out(reinterpret_cast<const char*>(bytes_.data()) + at_, static_cast<std::size_t>(count));
    at_ += static_cast<std::size_t>(count);
    return out;
  }
  // Little-endian.
  template <typename T>
  Result<T> number() {
    MEXBENCH_ASSIGN(const std::string_view raw, take(sizeof(T)));
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) out |= std::uint64_t{static_cast<std::uint8_t>(raw[i])} << (8 * i);
    return static_cast<T>(out);
  }
  Result<std::string_view> line() {
    const std::string_view rest(reinterpret_cast<const char*>(bytes_.data()) + at_, bytes_.size() - at_);
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return truncated();
    at_ += end + 1;
    return rest.substr(0, end);
  }

  // --- stack and arena

  Status push(Ref ref) {
    stack_.push_back(ref);
    return {};
  }
  Status add(Value value, std::size_t depth = 0) {
    if (depth > kMaxNesting) return fail(fmt::format("containers are nested more than {} deep", kMaxNesting));
    document_.values.push_back(std::move(value));
    depths_.push_back(static_cast<std::uint16_t>(depth));
    return push(static_cast<Ref>(document_.values.size() - 1));
  }
  [[nodiscard]] std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }
  Result<Ref> top() {
    if (stack_.size() <= floor()) return fail("takes a value from an empty stack");
    return stack_.back();
  }
  Result<Ref> pop() {
    MEXBENCH_ASSIGN(const Ref ref, top());
    stack_.pop_back();
    return ref;
  }
  Result<std::vector<Ref>> pop_mark() {
    if (marks_.empty()) return fail("misses a mark");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<Ref> out(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return out;
  }
  Result<std::vector<Ref>> pop_items(std::size_t count) {
    std::vector<Ref> out(count);
    for (std::size_t i = count; i-- > 0;) {
      MEXBENCH_ASSIGN(out[i], pop());
    }
    return out;
  }
  [[nodiscard]] std::size_t depth_over(std::span<const Ref> items) const {
    std::size_t depth = 0;
    for (const Ref item : items) depth = std::max<std::size_t>(depth, depths_[item]);
    return depth + 1;
  }
  // The container below received these items.
  Status deepen(Ref container, std::span<const Ref> items) {
    const std::size_t depth = std::max<std::size_t>(depths_[container], depth_over(items));
    // A container put into itself grows by one each time, so this also ends such loops.
    if (depth > kMaxNesting) return fail(fmt::format("containers are nested more than {} deep", kMaxNesting));
    depths_[container] = static_cast<std::uint16_t>(depth);
    return {};
  }
  Status spend(std::size_t items) {
    copied_ += items;
    if (copied_ > kMaxCopiedItems) return fail(fmt::format("copies more than {} items of containers", kMaxCopiedItems));
    return {};
  }
  template <typename T>
  [[nodiscard]] const T* as(Ref ref) const {
    return document_.as<T>(ref);
  }
  [[nodiscard]] std::string_view kind(Ref ref) const { return kind_of(document_[ref]); }
  [[nodiscard]] const std::vector<Ref>* sequence(Ref ref) const {
    if (const auto* tuple = as<Tuple>(ref)) return &tuple->items;
    if (const auto* list = as<List>(ref)) return &list->items;
    return nullptr;
  }

  // --- instructions

  Status begin() {
    MEXBENCH_ASSIGN(const std::uint8_t code, number<std::uint8_t>());
    if (code != 0x80) return fail(fmt::format("begins with 0x{:02x}, not with a protocol number", code));
    return protocol();
  }
  Status protocol() {
    MEXBENCH_ASSIGN(const std::uint8_t version, number<std::uint8_t>());
    if (version < 2 || version > 5) return fail(fmt::format("protocol {} is not read; save with protocol 2 to 5", version));
    return {};
  }

  Status step(std::uint8_t code) {
    switch (code) {
      case 0x80:
        return protocol();
      case 0x95:
        return frame();
      // Scalars.
      case 'N':
        return add(None{});
      case 0x88:
        return add(true);
      case 0x89:
        return add(false);
      case 'J':
        return integer<std::int32_t>();
      case 'K':
        return integer<std::uint8_t>();
      case 'M':
        return integer<std::uint16_t>();
      case 0x8a:
        return long_integer<std::uint8_t>();
      case 0x8b:
        return long_integer<std::int32_t>();
      case 'G':
        return real();
      // Texts; Python 2 wrote the first two for what is text today.
      case 'U':
        return text<std::uint8_t>();
      case 'T':
        return text<std::int32_t>();
      case 0x8c:
        return text<std::uint8_t>();
      case 'X':
        return text<std::uint32_t>();
      case 0x8d:
        return text<std::uint64_t>();
      case 'C':
        return raw_bytes<std::uint8_t>();
      case 'B':
        return raw_bytes<std::uint32_t>();
      case 0x8e:
        return raw_bytes<std::uint64_t>();
      // Containers.
      case ')':
        return add(Tuple{}, 1);
      case ']':
        return add(List{}, 1);
      case '}':
        return add(Dict{}, 1);
      case 0x8f:
        return add(Set{}, 1);
      case 0x85:
        return tuple(pop_items(1));
      case 0x86:
        return tuple(pop_items(2));
      case 0x87:
        return tuple(pop_items(3));
      case 't':
        return tuple(pop_mark());
      case 0x91:
        return frozen_set();
      case 'a':
        return append(pop_items(1));
      case 'e':
        return append(pop_mark());
      case 0x90:
        return add_items();
      case 's':
        return set_items(pop_items(2));
      case 'u':
        return set_items(pop_mark());
      // Stack and memo.
      case '(':
        return mark();
      case '0':
        return drop();
      case '1':
        return drop_to_mark();
      case '2':
        return duplicate();
      case 'q':
        return put<std::uint8_t>();
      case 'r':
        return put<std::uint32_t>();
      case 0x94:
        return memoize();
      case 'h':
        return get<std::uint8_t>();
      case 'j':
        return get<std::uint32_t>();
      // Objects.
      case 'c':
        return global_in_line();
      case 0x93:
        return global_on_stack();
      case 'R':
        return reduce();
      case 'b':
        return build();
      case 'Q':
        return persistent();
      default:
        return fail(
            fmt::format("refuses instruction {}: a weight file may hold tensors and plain containers only", instruction_name(code)));
    }
  }

  Status frame() {
    MEXBENCH_ASSIGN(const auto length, number<std::uint64_t>());
    if (length > bytes_.size() - at_) return truncated();
    return {};
  }

  template <typename T>
  Status integer() {
    MEXBENCH_ASSIGN(const T value, number<T>());
    return add(std::int64_t{value});
  }
  template <typename Length>
  Result<std::string_view> counted(std::string_view what) {
    MEXBENCH_ASSIGN(const Length length, number<Length>());
    if constexpr (std::is_signed_v<Length>) {
      if (length < 0) return fail(fmt::format("{} of {} bytes", what, length));
    }
    if (static_cast<std::uint64_t>(length) > kMaxTextBytes) {
      return fail(fmt::format("{} of {} bytes, more than {}", what, length, kMaxTextBytes));
    }
    return take(static_cast<std::uint64_t>(length));
  }
  template <typename Length>
  Status long_integer() {
    MEXBENCH_ASSIGN(const std::string_view raw, counted<Length>("an integer"));
    if (raw.size() > sizeof(std::int64_t)) return add(BigInt{raw});
    std::uint64_t value = !raw.empty() && static_cast<std::uint8_t>(raw.back()) >= 0x80 ? ~std::uint64_t{0} : 0;
    for (std::size_t i = raw.size(); i-- > 0;) value = (value << 8U) | static_cast<std::uint8_t>(raw[i]);
    return add(static_cast<std::int64_t>(value));
  }
  Status real() {
    MEXBENCH_ASSIGN(const std::string_view raw, take(8));
    std::uint64_t bits = 0;  // big-endian, alone among pickle's numbers
    for (const char c : raw) bits = (bits << 8U) | static_cast<std::uint8_t>(c);
    return add(std::bit_cast<double>(bits));
  }
  template <typename Length>
  Status text() {
    MEXBENCH_ASSIGN(const std::string_view raw, counted<Length>("text"));
    if (core::invalid_utf8(raw)) return fail(fmt::format("text {} is not UTF-8", shown(raw)));
    return add(Text{raw});
  }
  template <typename Length>
  Status raw_bytes() {
    MEXBENCH_ASSIGN(const std::string_view raw, counted<Length>("a byte string"));
    return add(Bytes{raw});
  }

  Status tuple(Result<std::vector<Ref>> items) {
    if (!items) return std::move(items).error();
    const std::size_t depth = depth_over(*items);
    return add(Tuple{std::move(items).value()}, depth);
  }
  Status frozen_set() {
    MEXBENCH_ASSIGN(std::vector<Ref> items, pop_mark());
    const std::size_t depth = depth_over(items);
    return add(Set{std::move(items)}, depth);
  }
  Status append(Result<std::vector<Ref>> items) {
    if (!items) return std::move(items).error();
    MEXBENCH_ASSIGN(const Ref target, top());
    auto* list = std::get_if<List>(&document_.values[target]);
    if (list == nullptr) return fail(fmt::format("appends to {}", kind(target)));
    list->items.insert(list->items.end(), items->begin(), items->end());
    return deepen(target, *items);
  }
  Status add_items() {
    MEXBENCH_ASSIGN(const std::vector<Ref> items, pop_mark());
    MEXBENCH_ASSIGN(const Ref target, top());
    auto* set = std::get_if<Set>(&document_.values[target]);
    if (set == nullptr) return fail(fmt::format("adds items to {}", kind(target)));
    set->items.insert(set->items.end(), items.begin(), items.end());
    return deepen(target, items);
  }
  Status set_items(Result<std::vector<Ref>> items) {
    if (!items) return std::move(items).error();
    MEXBENCH_ASSIGN(const Ref target, top());
    auto* dict = std::get_if<Dict>(&document_.values[target]);
    if (dict == nullptr) return fail(fmt::format("sets items of {}", kind(target)));
    if (items->size() % 2 != 0) return fail("sets a key without a value");
    for (std::size_t i = 0; i < items->size(); i += 2) dict->entries.emplace_back((*items)[i], (*items)[i + 1]);
    return deepen(target, *items);
  }

  Status mark() {
    if (marks_.size() >= kMaxNesting) return fail(fmt::format("containers are nested more than {} deep", kMaxNesting));
    marks_.push_back(stack_.size());
    return {};
  }
  Status drop() {
    if (!marks_.empty() && stack_.size() == marks_.back()) {
      marks_.pop_back();
      return {};
    }
    MEXBENCH_TRY(pop());
    return {};
  }
  Status drop_to_mark() {
    MEXBENCH_TRY(pop_mark());
    return {};
  }
  Status duplicate() {
    MEXBENCH_ASSIGN(const Ref ref, top());
    return push(ref);
  }
  Status remember(std::uint32_t index) {
    MEXBENCH_ASSIGN(const Ref ref, top());
    memo_.insert_or_assign(index, ref);
    if (memo_.size() > kMaxMemo) return fail(fmt::format("remembers more than {} values", kMaxMemo));
    return {};
  }
  template <typename Index>
  Status put() {
    MEXBENCH_ASSIGN(const Index index, number<Index>());
    return remember(index);
  }
  Status memoize() { return remember(static_cast<std::uint32_t>(memo_.size())); }
  template <typename Index>
  Status get() {
    MEXBENCH_ASSIGN(const Index index, number<Index>());
    const auto found = memo_.find(index);
    if (found == memo_.end()) return fail(fmt::format("recalls value {}, which was never remembered", index));
    return push(found->second);
  }

  Status add_global(std::string_view module, std::string_view name) {
    if (const std::optional<Global> known = find_global(module, name)) return add(*known);
    const std::string full = std::string(module.substr(0, kMaxShown)) + "." + std::string(name.substr(0, kMaxShown));
    return fail(fmt::format("refuses {}: a weight file may hold tensors and plain containers only", shown(full)));
  }
  Status global_in_line() {
    MEXBENCH_ASSIGN(const std::string_view module, line());
    MEXBENCH_ASSIGN(const std::string_view name, line());
    return add_global(module, name);
  }
  Status global_on_stack() {
    MEXBENCH_ASSIGN(const Ref name, pop());
    MEXBENCH_ASSIGN(const Ref module, pop());
    const auto* module_text = as<Text>(module);
    const auto* name_text = as<Text>(name);
    if (module_text == nullptr || name_text == nullptr) {
      return fail(fmt::format("looks up a global by {} and {}, not by two texts", kind(module), kind(name)));
    }
    return add_global(module_text->text, name_text->text);
  }

  Status reduce() {
    MEXBENCH_ASSIGN(const Ref arguments_ref, pop());
    MEXBENCH_ASSIGN(const Ref callable, pop());
    const auto* global = as<Global>(callable);
    if (global == nullptr) return fail(fmt::format("calls {}", kind(callable)));
    const auto* arguments = as<Tuple>(arguments_ref);
    if (arguments == nullptr) return fail(fmt::format("calls with {} for arguments", kind(arguments_ref)));
    const std::span<const Ref> items = arguments->items;
    switch (global->callable) {
      case Callable::kOrderedDict:
        return ordered_dict(items);
      case Callable::kSet:
        return make_set(items);
      case Callable::kSize:
        if (items.size() != 1 || as<Tuple>(items[0]) == nullptr) return fail("torch.Size wants one tuple");
        return push(items[0]);
      case Callable::kRebuildTensor:
        if (items.size() != 4) return fail(fmt::format("_rebuild_tensor with {} arguments, not 4", items.size()));
        return rebuild(items);
      case Callable::kRebuildTensorV2:
        // requires_grad and hooks say nothing about numbers; the seventh may (conjugated, negated), so it must be absent.
        if (items.size() != 6 && items.size() != 7)
          return fail(fmt::format("_rebuild_tensor_v2 with {} arguments, not 6 or 7", items.size()));
        if (items.size() == 7 && as<None>(items[6]) == nullptr) return fail("a tensor with metadata (conjugated or negated) is not read");
        return rebuild(items.first(4));
      case Callable::kRebuildParameter:
        if (items.size() != 3 || as<TensorRef>(items[0]) == nullptr)
          return fail("_rebuild_parameter wants a tensor and two more arguments");
        return push(items[0]);
      case Callable::kStorage:
        return fail("calls a storage type");
    }
    return fail("calls an unknown global");
  }

  Status ordered_dict(std::span<const Ref> arguments) {
    if (arguments.empty()) return add(Dict{}, 1);
    // Python 2: OrderedDict([[key, value], ...]).
    const std::vector<Ref>* pairs = arguments.size() == 1 ? sequence(arguments[0]) : nullptr;
    if (pairs == nullptr) return fail("an OrderedDict is made of nothing or of one list of pairs");
    MEXBENCH_TRY(spend(pairs->size()));
    Dict dict;
    for (const Ref ref : *pairs) {
      const std::vector<Ref>* pair = sequence(ref);
      if (pair == nullptr || pair->size() != 2) return fail(fmt::format("an OrderedDict is made of pairs, not of {}", kind(ref)));
      dict.entries.emplace_back((*pair)[0], (*pair)[1]);
    }
    const std::size_t depth = depths_[arguments[0]];
    return add(std::move(dict), depth);
  }
  Status make_set(std::span<const Ref> arguments) {
    if (arguments.empty()) return add(Set{}, 1);
    const std::vector<Ref>* items = arguments.size() == 1 ? sequence(arguments[0]) : nullptr;
    if (items == nullptr) return fail("a set is made of nothing or of one list");
    MEXBENCH_TRY(spend(items->size()));
    const std::size_t depth = depths_[arguments[0]];
    return add(Set{*items}, depth);
  }

  Result<std::vector<std::int64_t>> extents(Ref ref, std::string_view what) {
    const auto* tuple = as<Tuple>(ref);
    if (tuple == nullptr) return fail(fmt::format("a tensor's {} is {}, not a tuple", what, kind(ref)));
    if (tuple->items.size() > kMaxDimensions) return fail(fmt::format("a tensor of {} dimensions", tuple->items.size()));
    MEXBENCH_TRY(spend(2 * tuple->items.size()));
    std::vector<std::int64_t> out;
    for (const Ref item : tuple->items) {
      const auto* value = as<std::int64_t>(item);
      if (value == nullptr) return fail(fmt::format("a tensor's {} holds {}, not an integer", what, kind(item)));
      if (*value < 0) return fail(fmt::format("a tensor's {} holds {}", what, *value));
      out.push_back(*value);
    }
    return out;
  }

  Status rebuild(std::span<const Ref> arguments) {
    const auto* storage_ref = as<StorageRef>(arguments[0]);
    if (storage_ref == nullptr) return fail(fmt::format("a tensor's storage is {}", kind(arguments[0])));
    const auto* offset = as<std::int64_t>(arguments[1]);
    if (offset == nullptr || *offset < 0) return fail("a tensor's offset is not an integer from 0 on");
    const Storage& storage = document_.storages[storage_ref->index];
    if (!storage.dtype) return fail("a tensor on an untyped storage is not read");
    MEXBENCH_ASSIGN(auto shape, extents(arguments[2], "shape"));
    MEXBENCH_ASSIGN(auto strides, extents(arguments[3], "strides"));
    if (shape.size() != strides.size()) return fail(fmt::format("a tensor has {} extents but {} strides", shape.size(), strides.size()));

    const bool empty = std::find(shape.begin(), shape.end(), 0) != shape.end();
    std::int64_t product = 1;
    std::int64_t last = *offset;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      std::int64_t reach = 0;
      if (shape[i] <= 1) strides[i] = 0;  // never stepped along; torch puts anything there
      if (shape[i] == 0) continue;
      if (__builtin_mul_overflow(product, shape[i], &product) || __builtin_mul_overflow(shape[i] - 1, strides[i], &reach) ||
          __builtin_add_overflow(last, reach, &last)) {
        return fail("a tensor's shape and strides are too large");
      }
    }
    if (product > std::numeric_limits<std::int64_t>::max() / 8) return fail("a tensor's shape is too large");
    if (*offset > storage.view_numbers || (!empty && last >= storage.view_numbers)) {
      return fail(fmt::format("a tensor reaches number {} of storage {}, which has {}", last, shown(storage.key), storage.view_numbers));
    }
    document_.tensors.push_back(Tensor{storage_ref->index, storage.view_offset + *offset, std::move(shape), std::move(strides)});
    return add(TensorRef{static_cast<std::uint32_t>(document_.tensors.size() - 1)});
  }

  // ('storage', type, key, location, numbers) and, in the legacy format, None or (view key, offset, numbers). Where the numbers
  // were when they were saved (`cuda:0`) is of no interest: they are read to memory.
  Status persistent() {
    MEXBENCH_ASSIGN(const Ref ref, pop());
    const auto* tuple = as<Tuple>(ref);
    if (tuple == nullptr || tuple->items.empty()) return fail(fmt::format("a persistent id is {}, not a filled tuple", kind(ref)));
    const std::vector<Ref>& items = tuple->items;
    const auto* what = as<Text>(items[0]);
    if (what == nullptr || what->text != "storage") {
      return fail(fmt::format("refuses a persistent {}: only storages are read",
                              what == nullptr ? std::string(kind(items[0])) : shown(what->text)));
    }
    if (items.size() != 5 && items.size() != 6)
      return fail(fmt::format("a storage is described by {} values, not by 5 or 6", items.size()));
    const auto* type = as<Global>(items[1]);
    const auto* key = as<Text>(items[2]);
    const auto* numbers = as<std::int64_t>(items[4]);
    if (type == nullptr || type->callable != Callable::kStorage) return fail(fmt::format("a storage's type is {}", kind(items[1])));
    if (key == nullptr || as<Text>(items[3]) == nullptr) return fail("a storage's key and location are not text");
    if (key->text.size() > kMaxKeyBytes) {
      return fail(fmt::format("a storage's key has {} bytes, at most {} are accepted", key->text.size(), kMaxKeyBytes));
    }
    if (numbers == nullptr || *numbers < 0 || *numbers > std::numeric_limits<std::int64_t>::max() / 8) {
      return fail(fmt::format("storage {} has no sensible length", shown(key->text)));
    }
    Storage storage{key->text, type->dtype, *numbers, 0, *numbers};
    if (items.size() == 6 && as<None>(items[5]) == nullptr) MEXBENCH_TRY(view(items[5], storage));

    const auto [known, first] = storage_of_key_.try_emplace(storage.key, document_.storages.size());
    if (!first) {
      const Storage& other = document_.storages[known->second];
      if (other.dtype != storage.dtype || other.numbers != storage.numbers) {
        return fail(fmt::format("storage {} is described twice, with different types or lengths", shown(storage.key)));
      }
    }
    document_.storages.push_back(storage);
    return add(StorageRef{static_cast<std::uint32_t>(document_.storages.size() - 1)});
  }
  Status view(Ref ref, Storage& storage) {
    const auto* tuple = as<Tuple>(ref);
    if (tuple == nullptr || tuple->items.size() != 3) return fail("a storage view is not a tuple of key, offset and length");
    const auto* offset = as<std::int64_t>(tuple->items[1]);
    const auto* length = as<std::int64_t>(tuple->items[2]);
    if (offset == nullptr || length == nullptr) return fail("a storage view's offset and length are not integers");
    if (*offset < 0 || *length < 0 || *offset > storage.numbers || *length > storage.numbers - *offset) {
      return fail(fmt::format("a view of {} numbers from number {} on leaves storage {}, which has {}", *length, *offset,
                              shown(storage.key), storage.numbers));
    }
    storage.view_offset = *offset;
    storage.view_numbers = *length;
    return {};
  }

  // An object's attributes, which torch.save writes for the _metadata of an OrderedDict: read past, never set.
  Status build() {
    MEXBENCH_ASSIGN(const Ref state, pop());
    MEXBENCH_ASSIGN(const Ref target, top());
    if (as<Dict>(target) == nullptr) return fail(fmt::format("sets attributes of {}", kind(target)));
    if (as<Dict>(state) == nullptr) return fail(fmt::format("sets attributes from {}", kind(state)));
    return {};
  }

  static constexpr std::size_t kMaxShown = 80;

  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;  // of the instruction being carried out
  Document document_;
  std::vector<std::uint16_t> depths_;  // of document_.values
  std::vector<Ref> stack_;
  std::vector<std::size_t> marks_;  // heights of the stack
  std::unordered_map<std::uint32_t, Ref> memo_;
  std::unordered_map<std::string_view, std::size_t> storage_of_key_;
  std::size_t copied_ = 0;
};

}  // namespace

Result<Document> read(std::span<const std::byte> bytes) { return Machine(bytes).run(); }

}  // namespace mexbench::model::pickle
