// What the reader knows by name: the globals it allows, the instructions it refuses, and how values are told to a person.
#include <fmt/format.h>

#include <array>

#include "harness/model/pickle.h"

namespace mexbench::model::pickle {
namespace {

struct KnownGlobal {
  std::string_view module;
  std::string_view name;
  Global global;
};

constexpr std::array kGlobals{
    KnownGlobal{"collections", "OrderedDict", {Callable::kOrderedDict, {}}},
    KnownGlobal{"builtins", "set", {Callable::kSet, {}}},
    KnownGlobal{"__builtin__", "set", {Callable::kSet, {}}},
    KnownGlobal{"torch", "Size", {Callable::kSize, {}}},
    KnownGlobal{"torch._utils", "_rebuild_tensor", {Callable::kRebuildTensor, {}}},
    KnownGlobal{"torch._utils", "_rebuild_tensor_v2", {Callable::kRebuildTensorV2, {}}},
    KnownGlobal{"torch._utils", "_rebuild_parameter", {Callable::kRebuildParameter, {}}},
    KnownGlobal{"torch.storage", "TypedStorage", {Callable::kStorage, {}}},
    KnownGlobal{"torch.storage", "_TypedStorage", {Callable::kStorage, {}}},
    KnownGlobal{"torch.storage", "UntypedStorage", {Callable::kStorage, {}}},
    KnownGlobal{"torch.storage", "_UntypedStorage", {Callable::kStorage, {}}},
};

struct StorageType {
  std::string_view name;
  DType dtype;
};

// In module `torch`, and in `torch.cuda` as very old files have it.
constexpr std::array kStorageTypes{
    StorageType{"DoubleStorage", DType::kFloat64}, StorageType{"FloatStorage", DType::kFloat32},
    StorageType{"HalfStorage", DType::kFloat16},   StorageType{"BFloat16Storage", DType::kBFloat16},
    StorageType{"LongStorage", DType::kInt64},     StorageType{"IntStorage", DType::kInt32},
    StorageType{"ShortStorage", DType::kInt16},    StorageType{"CharStorage", DType::kInt8},
    StorageType{"ByteStorage", DType::kUInt8},     StorageType{"BoolStorage", DType::kBool},
};

}  // namespace

std::optional<Global> find_global(std::string_view module, std::string_view name) {
  for (const KnownGlobal& known : kGlobals) {
    if (known.module == module && known.name == name) return known.global;
  }
  if (module == "torch" || module == "torch.cuda") {
    for (const StorageType& type : kStorageTypes) {
      if (type.name == name) return Global{Callable::kStorage, type.dtype};
    }
  }
  return std::nullopt;
}

// Instructions of the pickle language that this reader does not carry out, named in messages.
std::string instruction_name(std::uint8_t code) {
  struct Named {
    char code;
    std::string_view name;
  };
  static constexpr std::array kNamed{
      Named{'I', "INT"},
      Named{'L', "LONG"},
      Named{'F', "FLOAT"},
      Named{'S', "STRING"},
      Named{'V', "UNICODE"},
      Named{'P', "PERSID"},
      Named{'p', "PUT"},
      Named{'g', "GET"},
      Named{'i', "INST"},
      Named{'o', "OBJ"},
      Named{'d', "DICT"},
      Named{'l', "LIST"},
      Named{'\x81', "NEWOBJ"},
      Named{'\x82', "EXT1"},
      Named{'\x83', "EXT2"},
      Named{'\x84', "EXT4"},
      Named{'\x92', "NEWOBJ_EX"},
      Named{'\x96', "BYTEARRAY8"},
      Named{'\x97', "NEXT_BUFFER"},
      Named{'\x98', "READONLY_BUFFER"},
  };
  for (const Named& named : kNamed) {
    if (static_cast<std::uint8_t>(named.code) == code) return fmt::format("'{}'", named.name);
  }
  return fmt::format("0x{:02x}", code);
}

std::string_view kind_of(const Value& value) {
  static constexpr std::array<std::string_view, std::variant_size_v<Value>> kNames{
      "None",    "a truth value", "an integer", "a number",     "text",     "a byte string", "a large integer",
      "a tuple", "a list",        "a set",      "a dictionary", "a global", "a storage",     "a tensor"};
  return kNames[value.index()];
}

std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 80;
  std::string out = "'";
  for (const char c : text.substr(0, kMost)) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x20 || byte > 0x7e) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + (text.size() > kMost ? "...'" : "'");
}

}  // namespace mexbench::model::pickle
