#include "harness/core/memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <vector>

#include "harness/core/memory_ceiling.h"

namespace mexbench::core {
namespace {

TEST(ParseBytes, TakesWholeNumbersOfBinaryUnits) {
  EXPECT_EQ(parse_bytes("700"), 700U);
  EXPECT_EQ(parse_bytes("700B"), 700U);
  EXPECT_EQ(parse_bytes("3KiB"), 3072U);
  EXPECT_EQ(parse_bytes("512MiB"), 536870912U);
  EXPECT_EQ(parse_bytes("2GiB"), 2147483648U);
  EXPECT_EQ(parse_bytes("1TiB"), 1099511627776U);
  EXPECT_EQ(parse_bytes("4194304TiB"), std::uint64_t{1} << 62U);
}

TEST(ParseBytes, RefusesWhatCouldMeanSomethingElse) {
  for (const char* text : {"", "B", "0", "0GiB", "-1GiB", "+1GiB", "1.5GiB", "2GB", "2G", "2gib", "2 GiB", " 2GiB", "2GiB ", "0x10", "1e9",
                           "4194305TiB", "9223372036854775807", "9223372036854775807TiB", "18446744073709551616"}) {
    EXPECT_EQ(parse_bytes(text), std::nullopt) << text;
  }
}

TEST(BytesInWords, HasAtMostOneDecimal) {
  EXPECT_EQ(bytes_in_words(700), "700 B");
  EXPECT_EQ(bytes_in_words(1536), "1.5 KiB");
  EXPECT_EQ(bytes_in_words(450U << 20U), "450 MiB");
  EXPECT_EQ(bytes_in_words(std::uint64_t{2} << 30U), "2 GiB");
  EXPECT_EQ(bytes_in_words(std::uint64_t{5000} << 40U), "5000 TiB");
}

TEST(IsOutOfMemory, KnowsBothWaysToSayIt) {
  EXPECT_TRUE(is_out_of_memory(std::bad_alloc()));
  EXPECT_TRUE(is_out_of_memory(std::runtime_error("[enforce fail at alloc_cpu.cpp:66] . DefaultCPUAllocator: can't allocate memory")));
  EXPECT_FALSE(is_out_of_memory(std::runtime_error("mat1 and mat2 shapes cannot be multiplied")));
}

// In a process of its own: what is allocated beyond the limit fails, what was there stays, and what fits under it can still be had.
TEST(LimitMemory, FailsWhatGoesBeyondItAndNothingElse) {
  const auto have = private_memory();
  ASSERT_TRUE(have);
  EXPECT_EQ(out_of_memory(), "out of memory");
  const auto child = [&] {
    constexpr std::uint64_t kMebi = std::uint64_t{1} << 20U;
    const std::uint64_t limit = (*private_memory() / kMebi + 64) * kMebi;
    if (!limit_memory(limit) || memory_limit() != limit) std::_Exit(1);
    if (out_of_memory() != "out of memory: it needs more than the limit of " + bytes_in_words(limit)) std::_Exit(2);
    try {
      const std::vector<char> fits(16 * kMebi, 'x');
      const std::vector<char> beyond(fits.size() * 8, 'x');
      std::_Exit(beyond.empty() ? 3 : 4);
    } catch (const std::bad_alloc&) {
    }
    const std::vector<char> again(16 * kMebi, 'x');
    std::_Exit(again.back() == 'x' ? 0 : 5);
  };
  EXPECT_EXIT(child(), testing::ExitedWithCode(0), "");
}

TEST(MemoryCeiling, HoldsAsLongAsItLives) {
  const auto child = [] {
    constexpr std::uint64_t kMebi = std::uint64_t{1} << 20U;
    const auto before = memory_limit();
    const auto has_room_for = [](std::size_t bytes) {
      try {
        const std::vector<char> room(bytes, 'x');
        return room.back() == 'x';
      } catch (const std::bad_alloc&) {
        return false;
      }
    };
    {
      const MemoryCeiling ceiling(64 * kMebi);
      if (!has_room_for(16 * kMebi)) std::_Exit(1);
      if (has_room_for(256 * kMebi)) std::_Exit(2);
    }
    if (memory_limit() != before) std::_Exit(3);
    std::_Exit(has_room_for(256 * kMebi) ? 0 : 4);
  };
  EXPECT_EXIT(child(), testing::ExitedWithCode(0), "");
}

TEST(MachineMemory, IsMoreThanThisProcessHas) {
  ASSERT_TRUE(machine_memory());
  EXPECT_GT(*machine_memory(), std::uint64_t{1} << 28U);
}

}  // namespace
}  // namespace mexbench::core
