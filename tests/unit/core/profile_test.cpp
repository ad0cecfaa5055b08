#include "harness/core/profile.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace mexbench::core {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> names(const Profile& profile) {
  std::vector<std::string> out;
  for (const Profile::Part& part : profile.parts()) out.push_back(part.name);
  return out;
}

TEST(Profile, SumsUpEachPartInTheOrderOfTheFirst) {
  Profile profile;
  profile.add("flow", 5ns);
  profile.add("decode", 1ns);
  profile.add("flow", 2ns);
  EXPECT_EQ(names(profile), (std::vector<std::string>{"flow", "decode"}));
  EXPECT_EQ(profile.total("flow"), 7ns);
  EXPECT_EQ(profile.parts().front().count, 2);
  EXPECT_EQ(profile.total(), 8ns);
  EXPECT_EQ(profile.total("forward"), 0ns);
}

TEST(Profile, AddsAnotherOne) {
  Profile one;
  one.add("decode", 1ns);
  Profile two;
  two.add("flow", 3ns, 4);
  two.add("decode", 2ns);
  one.add(two);
  EXPECT_EQ(names(one), (std::vector<std::string>{"decode", "flow"}));
  EXPECT_EQ(one.total("decode"), 3ns);
  EXPECT_EQ(one.parts().back().count, 4);
}

TEST(Timed, AddsTheTimeOfItsBlockOnce) {
  Profile profile;
  {
    Timed timed(&profile, "sleep");
    std::this_thread::sleep_for(2ms);
    timed.stop();
    std::this_thread::sleep_for(20ms);  // not of this part
  }
  ASSERT_EQ(profile.parts().size(), 1U);
  EXPECT_EQ(profile.parts().front().count, 1);
  EXPECT_GE(profile.total("sleep"), 2ms);
}

TEST(Timed, WithoutAProfileDoesNothing) {
  Timed timed(nullptr, "sleep");
  timed.stop();
}

}  // namespace
}  // namespace mexbench::core
