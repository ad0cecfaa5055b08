#include "harness/run/channel.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>

namespace mexbench::run {
namespace {

using nlohmann::json;

class ChannelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::array<int, 2> pair{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
    ours = Channel(pair[0]);
    theirs = Channel(pair[1]);
  }
  void put(const std::string& bytes) const {
    ASSERT_EQ(::send(theirs.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }

  Channel ours, theirs;
};

TEST_F(ChannelTest, MessagesArriveInOrderWhateverTheirSize) {
  // Larger than any socket buffer: sender and receiver must go on in turns.
  const json large = {{"scores", std::vector<double>(500'000, 0.125)}, {"text", "line\nbreak and \xC3\xA9"}};
  std::thread sender([&] {
    EXPECT_TRUE(theirs.send({{"type", "first"}}).ok());
    EXPECT_TRUE(theirs.send(large).ok());
    EXPECT_TRUE(theirs.send({{"type", "last"}}).ok());
  });
  const json wanted[] = {{{"type", "first"}}, large, {{"type", "last"}}};
  for (const json& message : wanted) {
    const auto got = ours.receive();
    ASSERT_TRUE(got.ok());
    ASSERT_TRUE(got->has_value());
    EXPECT_TRUE(**got == message);
  }
  sender.join();
}

TEST_F(ChannelTest, MessageIsThereOnlyWhenItsLineIsWhole) {
  put(R"({"type": "ep)");
  EXPECT_TRUE(ours.fill());
  auto got = ours.next_buffered();
  ASSERT_TRUE(got.ok());
  EXPECT_FALSE(got->has_value());
  put("och\"}\n{\"type\"");
  EXPECT_TRUE(ours.fill());
  got = ours.next_buffered();
  ASSERT_TRUE(got.ok() && got->has_value());
  EXPECT_EQ((*got)->at("type"), "epoch");
  EXPECT_FALSE(ours.next_buffered()->has_value());
}

TEST_F(ChannelTest, LineThatIsNoJsonIsAnErrorAndTheNextOneIsReadStill) {
  put("not json\n[1]\n");
  ASSERT_TRUE(ours.fill());
  const auto broken = ours.next_buffered();
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().code(), core::ErrorCode::kFailed);
  const auto next = ours.next_buffered();
  ASSERT_TRUE(next.ok() && next->has_value());
  EXPECT_EQ(**next, json::array({1}));
}

TEST_F(ChannelTest, EndOfStreamIsNoMessageAndHalfAMessageIsNone) {
  put(R"({"type": "done")");
  theirs.close();
  EXPECT_FALSE(ours.fill());
  EXPECT_FALSE(ours.next_buffered()->has_value());
  const auto got = ours.receive();
  ASSERT_TRUE(got.ok());
  EXPECT_FALSE(got->has_value());
}

TEST_F(ChannelTest, SendingToAGonePeerFailsWithoutASignal) {
  theirs.close();
  const auto status = ours.send({{"type", "fold"}});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), core::ErrorCode::kFailed);
}

}  // namespace
}  // namespace mexbench::run
