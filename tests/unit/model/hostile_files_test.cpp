// Files made to do harm. Pickles are put together by hand; the state dictionary around them is in the legacy format, because there the
// pickle is in plain sight. Nothing may be executed, allocated beyond what the file backs, or recursed into.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/model/archive.h"
#include "harness/model/pickle.h"
#include "unit/model/sample_files.h"

namespace mexbench::model {
namespace {

using testing::HasSubstr;
using testing_samples::as_bytes;
using testing_samples::refusal;
using namespace std::string_literals;

std::string little(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 0xffU);
  return out;
}
std::string text(std::string_view value) { return "X" + little(value.size(), 4) + std::string(value); }
std::string integer(std::int64_t value) { return "\x8a\x08"s + little(static_cast<std::uint64_t>(value), 8); }
std::string repeat(std::string_view piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

// A legacy file around an object pickle (without its protocol and STOP), a list of keys, and the bytes behind.
std::string legacy(const std::string& object, const std::string& keys = "", const std::string& storages = "") {
  const std::string magic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."s;
  const std::string version = "\x80\x02M\xe9\x03."s;
  const std::string machine = "\x80\x02}("s + text("little_endian") + "\x88u."s;
  return magic + version + machine + "\x80\x02"s + object + ".\x80\x02]("s + keys + "e." + storages;
}

// A storage of `numbers` float32 under key "k"; `view` is the sixth value of its id.
std::string storage(std::int64_t numbers, const std::string& view = "N", const std::string& type = "ctorch\nFloatStorage\n") {
  return "(" + text("storage") + type + text("k") + text("cuda:0") + integer(numbers) + view + "tQ";
}
std::string integers(const std::vector<std::int64_t>& values) {
  std::string out = "(";
  for (const std::int64_t value : values) out += integer(value);
  return out + "t";
}
std::string tensor(const std::string& on, std::int64_t offset, const std::vector<std::int64_t>& shape,
                   const std::vector<std::int64_t>& strides) {
  return "ctorch._utils\n_rebuild_tensor_v2\n(" + on + integer(offset) + integers(shape) + integers(strides) +
         "\x89"
         "ccollections\nOrderedDict\n)RtR";
}
// {name: tensor} on one storage of four float32: 1, 2, 3, 4.
std::string with_tensor(const std::string& described, const std::string& name = "w") {
  const std::string numbers = "\0\0\x80\x3f\0\0\0\x40\0\0\x40\x40\0\0\x80\x40"s;
  return legacy("}(" + text(name) + described + "u", text("k"), little(4, 8) + numbers);
}
std::vector<float> numbers_of(const std::string& file) {
  const auto state = testing_samples::parse(file);
  EXPECT_TRUE(state.ok()) << state.error().render();
  return state ? state->tensors.front().to_float32() : std::vector<float>{};
}

TEST(Globals, AreRefusedByNameAndNeverCalled) {
  EXPECT_THAT(refusal(legacy("cposix\nsystem\n(" + text("exit 1") + "tR")), HasSubstr("refuses 'posix.system'"));
  EXPECT_THAT(refusal(legacy("cos\nsystem\n")), HasSubstr("refuses 'os.system'"));
  EXPECT_THAT(refusal(legacy("cbuiltins\neval\n(" + text("1+1") + "tR")), HasSubstr("refuses 'builtins.eval'"));
  EXPECT_THAT(refusal(legacy("c__builtin__\neval\n")), HasSubstr("refuses '__builtin__.eval'"));
  EXPECT_THAT(refusal(legacy(text("subprocess") + text("Popen") + "\x93")), HasSubstr("refuses 'subprocess.Popen'"));
  EXPECT_THAT(refusal(legacy("ctorch\nload\n")), HasSubstr("refuses 'torch.load'"));
  EXPECT_THAT(refusal(legacy("ctorch._utils\n_rebuild_qtensor\n")), HasSubstr("refuses 'torch._utils._rebuild_qtensor'"));
  EXPECT_THAT(refusal(legacy("cnumpy.core.multiarray\nscalar\n")), HasSubstr("refuses 'numpy.core.multiarray.scalar'"));
  // Dots and line ends hidden in the parts do not turn into an allowed name.
  EXPECT_THAT(refusal(legacy(text("collections\nOrderedDict") + text("") + "\x93")), HasSubstr("refuses 'collections\\x0aOrderedDict.'"));
  EXPECT_THAT(refusal(legacy(text("collections.OrderedDict") + text("x") + "\x93")), HasSubstr("refuses"));
}

TEST(Globals, AreRefusedInsideIgnoredEntriesToo) {
  EXPECT_THAT(refusal(legacy("}(" + text("state_dict") + "}" + text("extra") + "cposix\nsystem\nu")), HasSubstr("refuses 'posix.system'"));
}

TEST(Globals, LongNamesAreCutInMessages) {
  const std::string message = refusal(legacy("c" + std::string(100'000, 'm') + "\n" + std::string(100'000, 'n') + "\n"));
  EXPECT_THAT(message, HasSubstr("refuses 'mmmm"));
  EXPECT_LT(message.size(), 300U);
}

TEST(Instructions, ThatMakeObjectsAreRefused) {
  EXPECT_THAT(refusal(legacy("(iposix\nsystem\n")), HasSubstr("refuses instruction 'INST'"));
  EXPECT_THAT(refusal(legacy("ccollections\nOrderedDict\n)\x81")), HasSubstr("refuses instruction 'NEWOBJ'"));
  EXPECT_THAT(refusal(legacy("\x82\x01")), HasSubstr("refuses instruction 'EXT1'"));
  EXPECT_THAT(refusal(legacy("(ccollections\nOrderedDict\no")), HasSubstr("refuses instruction 'OBJ'"));
  EXPECT_THAT(refusal(legacy("\xff")), HasSubstr("refuses instruction 0xff"));
}

TEST(Calls, OfValuesAndStorageTypesAreErrors) {
  EXPECT_THAT(refusal(legacy(text("posix.system") + ")R")), HasSubstr("calls text"));
  EXPECT_THAT(refusal(legacy("ctorch\nFloatStorage\n)R")), HasSubstr("calls a storage type"));
  EXPECT_THAT(refusal(legacy("ccollections\nOrderedDict\n]R")), HasSubstr("calls with a list for arguments"));
  EXPECT_THAT(refusal(legacy("]}b")), HasSubstr("sets attributes of a list"));
  EXPECT_THAT(refusal(legacy("(" + text("module") + "NtQ")), HasSubstr("refuses a persistent 'module'"));
}

TEST(Bounds, NestingIsLimitedAndCyclesAreHarmless) {
  EXPECT_THAT(refusal(legacy(")" + repeat("\x85", 100'000))), HasSubstr("nested more than 200 deep"));
  EXPECT_THAT(refusal(legacy(repeat("]", 100'000) + repeat("a", 99'999))), HasSubstr("nested more than 200 deep"));
  EXPECT_THAT(refusal(legacy(repeat("(", 100'000))), HasSubstr("nested more than 200 deep"));
  // A dictionary that holds itself, and a list that does.
  EXPECT_THAT(refusal(legacy("}q\x00"s + text("self") + "h\x00s"s)), HasSubstr("holds no tensors: 'self' is a dictionary"));
  EXPECT_THAT(refusal(legacy("]q\x00h\x00"s + "a")), HasSubstr("holds a list"));
  EXPECT_THAT(refusal(legacy("]q\x00"s + repeat("h\x00"s + "a", 100'000))), HasSubstr("nested more than 200 deep"));
  // Nested under `state_dict` without end: one step is taken, no more.
  EXPECT_THAT(refusal(legacy("}q\x00"s + text("state_dict") + "h\x00s"s)), HasSubstr("holds no tensors"));
}

TEST(Bounds, CopiesOutOfTheMemoAreCounted) {
  // One list of 4000 pairs, made into an OrderedDict again and again.
  const std::string pair = "(" + text("k") + "Nt";
  const std::string bomb = "ccollections\nOrderedDict\nq\x00]q\x01("s + repeat(pair, 4000) + "e\x85q\x02"s + repeat("h\x00h\x02R"s, 10'000);
  EXPECT_THAT(refusal(legacy(bomb)), HasSubstr("copies more than"));
  EXPECT_THAT(refusal(legacy(repeat("N\x94", pickle::kMaxMemo + 1))), HasSubstr("remembers more than"));
  EXPECT_THAT(refusal(legacy(repeat("N0", pickle::kMaxInstructions / 2 + 1))), HasSubstr("instructions"));
  // A memo index without the entries below it costs one entry.
  EXPECT_THAT(refusal(legacy("Nr\xff\xff\xff\xffj\xff\xff\xff\xff"s + "0")), HasSubstr("holds None"));
}

TEST(Bounds, LengthsAreCheckedBeforeAnythingIsTaken) {
  EXPECT_THAT(refusal(legacy("X\xff\xff\xff\xff")), HasSubstr("text of 4294967295 bytes"));
  EXPECT_THAT(refusal(legacy("X\xff\xff\x00\x00"s)), HasSubstr("truncated"));
  EXPECT_THAT(refusal(legacy("\x8d"s + repeat("\xff", 8))), HasSubstr("text of 18446744073709551615 bytes"));
  EXPECT_THAT(refusal(legacy("T\xff\xff\xff\xff")), HasSubstr("text of -1 bytes"));
  EXPECT_THAT(refusal(legacy("\x8b\xff\xff\xff\xff")), HasSubstr("an integer of -1 bytes"));
  EXPECT_THAT(refusal(legacy("\x8b\xff\xff\xff\x7f")), HasSubstr("an integer of 2147483647 bytes"));
  EXPECT_THAT(refusal(legacy("\x95"s + repeat("\xff", 8))), HasSubstr("truncated"));
  EXPECT_THAT(refusal(legacy("X\x02\0\0\0\xc3\x28"s)), HasSubstr("is not UTF-8"));
}

TEST(Stack, UnderflowAndLeftoversAreErrors) {
  EXPECT_THAT(refusal(legacy("")), HasSubstr("empty stack"));
  EXPECT_THAT(refusal(legacy("NN")), HasSubstr("ends with more than one value"));
  EXPECT_THAT(refusal(legacy("(N")), HasSubstr("ends with more than one value"));
  EXPECT_THAT(refusal(legacy("t")), HasSubstr("misses a mark"));
  EXPECT_THAT(refusal(legacy("N(R")), HasSubstr("empty stack"));
  EXPECT_THAT(refusal(legacy("}(Nu")), HasSubstr("a key without a value"));
  EXPECT_THAT(refusal(legacy("Na")), HasSubstr("empty stack"));
  EXPECT_THAT(refusal(legacy("h\x05")), HasSubstr("never remembered"));
}

TEST(Tensors, WithinTheirStorageAreRead) {
  using testing::ElementsAre;
  EXPECT_THAT(numbers_of(with_tensor(tensor(storage(4), 0, {2, 2}, {2, 1}))), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(numbers_of(with_tensor(tensor(storage(4), 3, {}, {}))), ElementsAre(4));
  // The stride of an extent of one is never used, so it may be anything.
  EXPECT_THAT(numbers_of(with_tensor(tensor(storage(4), 0, {1, 2, 1}, {INT64_MAX, 2, INT64_MAX}))), ElementsAre(1, 3));
  // A legacy view: two numbers from number 1 on, of which the tensor takes the second.
  const std::string view = "(" + text("v") + integer(1) + integer(2) + "t";
  EXPECT_THAT(numbers_of(with_tensor(tensor(storage(4, view), 1, {1}, {1}))), ElementsAre(3));
  // Before PyTorch 0.4 tensors had no gradient flag.
  EXPECT_THAT(numbers_of(with_tensor("ctorch._utils\n_rebuild_tensor\n(" + storage(4) + integer(1) + integers({3}) + integers({1}) + "tR")),
              ElementsAre(2, 3, 4));
}

TEST(Tensors, BeyondTheirStorageAreRefused) {
  const auto refused = [](std::int64_t offset, const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& strides) {
    return refusal(with_tensor(tensor(storage(4), offset, shape, strides)));
  };
  EXPECT_THAT(refused(1, {2, 2}, {2, 1}), HasSubstr("reaches number 4 of storage 'k', which has 4"));
  EXPECT_THAT(refused(4, {}, {}), HasSubstr("reaches number 4"));
  EXPECT_THAT(refused(5, {0}, {1}), HasSubstr("reaches"));
  EXPECT_THAT(refused(-1, {2}, {1}), HasSubstr("offset"));
  EXPECT_THAT(refused(3, {2}, {-1}), HasSubstr("strides holds -1"));
  EXPECT_THAT(refused(0, {-2}, {1}), HasSubstr("shape holds -2"));
  EXPECT_THAT(refused(0, {2, 2}, {1}), HasSubstr("2 extents but 1 strides"));
  EXPECT_THAT(refused(0, {INT64_MAX, INT64_MAX}, {0, 0}), HasSubstr("too large"));
  EXPECT_THAT(refused(0, {2, 2}, {INT64_MAX, INT64_MAX}), HasSubstr("too large"));
  EXPECT_THAT(refused(0, {INT64_MAX, 3, 0}, {1, 1, 1}), HasSubstr("too large"));
  EXPECT_THAT(refused(0, std::vector<std::int64_t>(65, 1), std::vector<std::int64_t>(65, 1)), HasSubstr("65 dimensions"));
  const std::string view = "(" + text("v") + integer(1) + integer(2) + "t";
  EXPECT_THAT(refusal(with_tensor(tensor(storage(4, view), 2, {1}, {1}))), HasSubstr("reaches number 2 of storage 'k', which has 2"));
  const std::string outside = "(" + text("v") + integer(3) + integer(2) + "t";
  EXPECT_THAT(refusal(with_tensor(tensor(storage(4, outside), 0, {1}, {1}))), HasSubstr("leaves storage 'k'"));
}

TEST(Tensors, ThatExpandAFileBeyondReasonAreRefusedBeforeAllocation) {
  EXPECT_THAT(refusal(with_tensor(tensor(storage(4), 0, {1 << 30, 1 << 20}, {0, 0}))), HasSubstr("expands the file beyond reason"));
  // Many smaller ones share the budget.
  std::string entries;
  for (int i = 0; i < 10; ++i) entries += text("w" + std::to_string(i)) + tensor(storage(4), 0, {1 << 20}, {0});
  EXPECT_THAT(refusal(legacy("}(" + entries + "u", text("k"), little(4, 8) + std::string(16, '\0'))), HasSubstr("tensor 'w4'"));
}

TEST(StoragesOfLegacyFiles, MustBeTheOnesDescribed) {
  const std::string one = "}(" + text("w") + tensor(storage(4), 0, {4}, {1}) + "u";
  const std::string numbers(16, '\0');
  EXPECT_EQ(refusal(legacy(one, text("k"), little(4, 8) + numbers)), "accepted");
  EXPECT_THAT(refusal(legacy(one)), HasSubstr("storage 'k' is missing"));
  EXPECT_THAT(refusal(legacy(one, text("k") + text("k"), repeat(little(4, 8) + numbers, 2))), HasSubstr("twice in the list of keys"));
  EXPECT_THAT(refusal(legacy(one, text("q"), little(4, 8) + numbers)), HasSubstr("storage 'q' belongs to no tensor"));
  EXPECT_THAT(refusal(legacy(one, text("k"), little(5, 8) + numbers + "1234")), HasSubstr("has 5 numbers, its tensors want 4"));
  EXPECT_THAT(refusal(legacy(one, text("k"), repeat("\xff", 8) + numbers)), HasSubstr("has -1 numbers"));
  EXPECT_THAT(refusal(legacy(one, text("k"), little(4, 8) + "1234")), HasSubstr("needs 16 bytes, 4 are left"));
  EXPECT_THAT(refusal(legacy(one, "K\x01")), HasSubstr("a storage key is an integer"));
  const std::string huge = "}(" + text("w") + tensor(storage(INT64_MAX / 8), 0, {4}, {1}) + "u";
  EXPECT_THAT(refusal(legacy(huge, text("k"), little(INT64_MAX / 8, 8))), HasSubstr("truncated"));
  const std::string other = "}(" + text("w") + tensor(storage(4), 0, {4}, {1}) + text("x") +
                            tensor(storage(2, "N", "ctorch\nDoubleStorage\n"), 0, {2}, {1}) + "u";
  EXPECT_THAT(refusal(legacy(other, text("k"), little(4, 8) + numbers)), HasSubstr("described twice"));
}

TEST(StateDicts, WithTheSameNameTwiceAreRefused) {
  const std::string w = text("w") + tensor(storage(4), 0, {4}, {1});
  EXPECT_THAT(refusal(legacy("}(" + w + w + "u", text("k"), little(4, 8) + std::string(16, '\0'))), HasSubstr("tensor 'w' stands twice"));
}

TEST(StateDicts, OfPython2AreRead) {
  // OrderedDict([["w", tensor]]) with byte-string names.
  const std::string pairs = "ccollections\nOrderedDict\n(]](U\x01w" + tensor(storage(4), 0, {4}, {1}) + "eatR";
  const std::string file = legacy(pairs, "U\x01k", little(4, 8) + std::string(16, '\0'));
  const auto state = testing_samples::parse(file);
  ASSERT_TRUE(state.ok()) << state.error().render();
  EXPECT_EQ(state->tensors.front().name, "w");
}

// --- zip archives

std::string zip(const std::vector<std::pair<std::string, std::string>>& files) {
  std::vector<ZipEntry> entries;
  for (const auto& [name, bytes] : files) entries.push_back({name, as_bytes(bytes)});
  auto out = make_zip(entries);
  EXPECT_TRUE(out.ok());
  return out ? std::move(out).value() : "";
}
std::string zip_object() {
  return "\x80\x02}("s + text("w") + "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\nFloatStorage\n" + text("0") +
         text("cuda:0") + integer(4) + "tQ" + integer(0) + integers({4}) + integers({1}) +
         "\x89"
         "ccollections\nOrderedDict\n)RtRu.";
}

TEST(Zip, EntriesThatDoNotAddUpAreErrors) {
  const std::string numbers(16, '\0');
  EXPECT_EQ(refusal(zip({{"a/data.pkl", zip_object()}, {"a/data/0", numbers}})), "accepted");
  EXPECT_THAT(refusal(zip({{"a/data.pkl", zip_object()}})), HasSubstr("storage 'a/data/0' is missing"));
  EXPECT_THAT(refusal(zip({{"a/data.pkl", zip_object()}, {"a/data/0", "1234"}})), HasSubstr("has 4 bytes, its tensors want 16"));
  EXPECT_THAT(refusal(zip({{"a/data.pkl", zip_object()}, {"b/data.pkl", zip_object()}, {"a/data/0", numbers}})),
              HasSubstr("two entries 'data.pkl'"));
  EXPECT_THAT(refusal(zip({{"a/data/0", numbers}})), HasSubstr("without 'data.pkl'"));
  EXPECT_THAT(refusal(zip({{"data.pkl", zip_object()}, {"data/0", numbers}})), HasSubstr("without 'data.pkl'"));
  EXPECT_THAT(refusal(zip({{"a/data.pkl", zip_object() + "x"}, {"a/data/0", numbers}})), HasSubstr("1 bytes too many"));
  EXPECT_THAT(refusal(zip({{"a/data.pkl", zip_object()}, {"a/data/0", numbers}, {"a/byteorder", "big"}})), HasSubstr("byte order 'big'"));
  EXPECT_THAT(refusal(zip({{"a/data.pkl", "\x80\x02"s + "cposix\nsystem\n(X\x02\0\0\0idtR."s}})), HasSubstr("refuses 'posix.system'"));
}

TEST(Zip, ClaimedSizesAreBoundedByTheFile) {
  // The size of `data/0` in the central directory, which alone says how much to allocate, raised to 2 GiB.
  std::string file = zip({{"a/data.pkl", zip_object()}, {"a/data/0", std::string(16, '\0')}});
  const std::size_t directory = file.rfind("PK\x01\x02");
  ASSERT_NE(directory, std::string::npos);
  file.replace(directory + 24, 4, "\0\0\0\x80"s);
  EXPECT_THAT(refusal(file), testing::AnyOf(HasSubstr("claim more than"), HasSubstr("not a readable zip archive")));
}

TEST(Budget, GrowsWithTheFileUpToTheLimit) {
  EXPECT_EQ(byte_budget(0), kSmallBytes);
  EXPECT_EQ(byte_budget(kSmallBytes), 16 * kSmallBytes);
  EXPECT_EQ(byte_budget(kMaxFileBytes), kMaxFileBytes);
}

TEST(Bounds, LongKeysAndNamesAreRefusedBeforeTheyAreComparedOftenEnoughToMatter) {
  const std::string long_key =
      "(" + text("storage") + "ctorch\nFloatStorage\n" + text(std::string(257, 'k')) + text("cpu") + integer(4) + "NtQ";
  EXPECT_THAT(refusal(legacy("}(" + text("w") + tensor(long_key, 0, {4}, {1}) + "u")), HasSubstr("a storage's key has 257 bytes"));
  const std::string name(1025, 'n');
  EXPECT_THAT(refusal(with_tensor(tensor(storage(4), 0, {4}, {1}), name)),
              HasSubstr("a tensor's name has 1025 bytes, at most 1024 are accepted"));
}

}  // namespace
}  // namespace mexbench::model
