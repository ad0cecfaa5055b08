#include "harness/core/sha256.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace mexbench::core {
namespace {

// The example messages of NIST's "SHA-256" example document (FIPS 180-4), and the empty one.
TEST(Sha256, NistVectors) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesEqualTheWhole) { EXPECT_EQ(Sha256().update("a").update("").update("bc").hex(), sha256_hex("abc")); }

TEST(Sha256, FieldsKeepTheirBorders) {
  EXPECT_NE(Sha256().field("ab").field("c").hex(), Sha256().field("a").field("bc").hex());
  EXPECT_EQ(Sha256().field("ab").hex(), sha256_hex("2:ab"));
}

TEST(Sha256, OfAFileIsThatOfItsBytes) {
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / "mexbench_sha256_test.bin";
  std::ofstream(path, std::ios::binary) << std::string("a\0b\r\n", 5);
  EXPECT_EQ(*sha256_of_file(path), sha256_hex(std::string("a\0b\r\n", 5)));
  std::filesystem::remove(path);
  const std::string large(2'500'000, 'x');  // several pieces
  std::ofstream(path, std::ios::binary) << large;
  EXPECT_EQ(*sha256_of_file(path), sha256_hex(large));
  std::filesystem::remove(path);
  const auto missing = sha256_of_file(path);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::kData);
}

}  // namespace
}  // namespace mexbench::core
