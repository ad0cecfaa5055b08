// Damaged files: every truncation is an error, every flipped bit is an error or harmless, and nothing crashes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/random.h"
#include "unit/model/sample_files.h"

namespace mexbench::model {
namespace {

using testing_samples::content;
using testing_samples::parse;

class Damaged : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Samples, Damaged,
                         testing::Values("every_type.zip.pth", "every_type.legacy.pth", "every_view.zip.pth", "every_view.legacy.pth",
                                         "net.zip.pth", "net.legacy.pth", "protocol_4.legacy.pth"),
                         [](const auto& sample) {
                           std::string name = sample.param;
                           for (char& c : name) {
                             if (c == '.') c = '_';
                           }
                           return name;
                         });

TEST_P(Damaged, EveryTruncationIsAnError) {
  const std::string whole = content(GetParam());
  ASSERT_TRUE(parse(whole).ok());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    // A copy of its own, so that a sanitizer sees one byte too far.
    const std::vector<char> prefix(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    const auto state = parse({prefix.data(), prefix.size()});
    ASSERT_FALSE(state.ok()) << length << " of " << whole.size() << " bytes were taken for the whole file";
    EXPECT_EQ(state.error().code(), core::ErrorCode::kData);
    EXPECT_FALSE(state.error().message().empty());
  }
}

TEST_P(Damaged, EveryFlippedBitIsAnErrorOrLeavesAWellFormedState) {
  const std::string whole = content(GetParam());
  std::size_t refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
    const auto state = parse(flipped);
    if (!state) {
      ++refused;
      continue;
    }
    for (const TensorData& tensor : state->tensors) {
      ASSERT_EQ(tensor.bytes.size(), static_cast<std::size_t>(tensor.numbers()) * bytes_per_number(tensor.dtype)) << "byte " << at;
    }
  }
  EXPECT_GT(refused, whole.size() / 10);
}

TEST(DamagedZip, AFlippedNumberIsCaughtByItsChecksum) {
  const std::string whole = content("every_view.zip.pth");
  // Numbers 1.0f and 2.0f of `base`, which stand in the file once.
  const std::string_view pattern("\0\0\x80\x3f\0\0\0\x40", 8);
  const std::size_t at = whole.find(pattern);
  ASSERT_NE(at, std::string::npos);
  std::string flipped = whole;
  flipped[at + 2] = static_cast<char>(flipped[at + 2] ^ 1);
  EXPECT_THAT(testing_samples::refusal(flipped), testing::HasSubstr("CRC error"));
}

TEST(DamagedLegacy, BytesBehindTheLastStorageAreAnError) {
  EXPECT_THAT(testing_samples::refusal(content("net.legacy.pth") + "x"), testing::HasSubstr("1 bytes too many"));
}

TEST(DamagedAtRandom, OverwritesOfSeveralBytesNeverCrash) {
  core::RandomStream random(20190514);
  for (const char* name : {"every_view.zip.pth", "every_view.legacy.pth"}) {
    const std::string whole = content(name);
    std::size_t refused = 0;
    for (int trial = 0; trial < 4000; ++trial) {
      std::string damaged = whole;
      const std::uint64_t bytes = 1 + random.below(8);
      for (std::uint64_t i = 0; i < bytes; ++i) damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
      refused += parse(damaged).ok() ? 0 : 1;
    }
    EXPECT_GT(refused, 1000U) << name;
  }
}

}  // namespace
}  // namespace mexbench::model
