// `mexbench cache`: what it shows, removes and refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/support.h"

namespace mexbench::test {
namespace {
using ::testing::HasSubstr;

// The name of an entry; the verb does not look inside.
std::string entry(const TemporaryFolder& folder, char digit) {
  const std::string key(64, digit);
  return folder / (key.substr(0, 2) + "/" + key + ".blob");
}

TEST(CacheVerb, ShowsShrinksAndClears) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "aa");
  std::filesystem::create_directories(folder.path() / "bb");
  write(entry(folder, 'a'), std::string(1500, 'x'));
  write(entry(folder, 'b'), std::string(1500, 'x'));
  std::filesystem::last_write_time(entry(folder, 'b'), std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  const Environment here = {{"MEXBENCH_CACHE", folder.path().string()}};

  const Outcome info = mexbench({"cache", "--format", "json"}, here);
  EXPECT_EQ(info.code, 0) << info.err;
  const auto rows = nlohmann::json::parse(info.out);
  EXPECT_EQ(rows.at(0).at("entries"), 2);
  EXPECT_EQ(rows.at(0).at("bytes"), 3000);
  EXPECT_EQ(rows.at(0).at("folder"), folder.path().string());

  const Outcome shrunk = mexbench({"cache", "shrink", "--limit", "2KiB", "--format", "json"}, here);
  EXPECT_EQ(shrunk.code, 0) << shrunk.err;
  EXPECT_EQ(nlohmann::json::parse(shrunk.out).at(0).at("entries_removed"), 1);
  EXPECT_TRUE(std::filesystem::exists(entry(folder, 'a')));
  EXPECT_FALSE(std::filesystem::exists(entry(folder, 'b')));

  const Outcome cleared = mexbench({"cache", "clear", "--folder", folder.path().string()});
  EXPECT_EQ(cleared.code, 0) << cleared.err;
  EXPECT_FALSE(std::filesystem::exists(entry(folder, 'a')));
}

TEST(CacheVerb, RefusesALimitThatIsNone) {
  EXPECT_EQ(mexbench({"cache", "shrink"}).code, 2);
  const Outcome odd = mexbench({"cache", "shrink", "--limit", "much"});
  EXPECT_EQ(odd.code, 2);
  EXPECT_THAT(odd.err, HasSubstr("'--limit much' is no amount of memory"));
  EXPECT_THAT(mexbench({"cache", "clear", "--limit", "2GiB"}).err, HasSubstr("'cache clear' takes no '--limit'"));
  EXPECT_EQ(mexbench({"cache", "grow"}).code, 2);
}

}  // namespace
}  // namespace mexbench::test
