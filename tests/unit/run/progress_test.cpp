#include "harness/run/progress.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

namespace mexbench::run {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Progress, DurationsReadAsPeopleSayThem) {
  EXPECT_EQ(format_duration(12.4), "12 s");
  EXPECT_EQ(format_duration(185), "3 min 05 s");
  EXPECT_EQ(format_duration(3720), "1 h 02 min");
  EXPECT_EQ(format_duration(-1), "0 s");
}

struct CloseFile {
  void operator()(std::FILE* file) const { (void)std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

TEST(Progress, ElsewhereThanOnATerminalItIsOneLineForEachFold) {
  const File file(std::tmpfile());
  ASSERT_NE(file, nullptr);
  {
    Progress progress(file.get(), 1, 12, 3, 100.0);
    progress.started(0, "ststnet seed 0  samm/006", 50.0);
    progress.working(0, "epoch   1/800  loss 1.1000", 0.1);
    progress.tick();
    progress.sealed(0, "clips right: 3 of 4");
    progress.started(0, "ststnet seed 0  samm/007", 50.0);
    progress.failed(0, "epoch 3: the loss is nan");
  }
  std::rewind(file.get());
  std::array<char, 1024> text{};
  const std::size_t length = std::fread(text.data(), 1, text.size(), file.get());
  EXPECT_EQ(std::string(text.data(), length),
            "[ 4/12] ststnet seed 0  samm/006  clips right: 3 of 4\n"
            "failed: ststnet seed 0  samm/007: epoch 3: the loss is nan\n");
}

// A pseudo-terminal: what is written to one end is read from the other.
class Terminal {
 public:
  Terminal() : reader_(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)) {
    ::setenv("TERM", "xterm", 1);
    if (reader_ < 0 || ::grantpt(reader_) != 0 || ::unlockpt(reader_) != 0) return;
    writer_.reset(std::fopen(::ptsname(reader_), "w"));
  }
  ~Terminal() { ::close(reader_); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  [[nodiscard]] std::FILE* out() const { return writer_.get(); }
  // What was written since the last call.
  [[nodiscard]] std::string shown() const {
    std::string text;
    std::array<char, 4096> chunk{};
    for (ssize_t got = 0; (got = ::read(reader_, chunk.data(), chunk.size())) > 0;)
      text.append(chunk.data(), static_cast<std::size_t>(got));
    return text;
  }

 private:
  int reader_;
  File writer_;
};

TEST(Progress, OnATerminalItShowsEachWorkerAndTheTimeLeft) {
  const Terminal terminal;
  ASSERT_NE(terminal.out(), nullptr);
  Progress progress(terminal.out(), 2, 68, 2, 300.0);
  progress.started(0, "ststnet seed 0  casme2/sub01", 100.0);
  progress.working(0, "epoch 200/800  loss 0.9000", 0.25);
  progress.tick();
  EXPECT_THAT(terminal.shown(), AllOf(HasSubstr("worker 1  ststnet seed 0  casme2/sub01  epoch 200/800  loss 0.9000"),
                                      HasSubstr("worker 2  idle"), HasSubstr("2/68 folds sealed"), HasSubstr(" left")));
  progress.tick();
  EXPECT_EQ(terminal.shown(), "");  // nothing new, and less than a second ago
  progress.sealed(0, "clips right: 3 of 3");
  std::this_thread::sleep_for(std::chrono::milliseconds(110));
  progress.tick();
  // The three lines are drawn anew in their place; a sealed fold needs no line of its own.
  EXPECT_THAT(terminal.shown(), AllOf(HasSubstr("\x1b[1A\x1b[2K\x1b[1A\x1b[2K\x1b[1A\x1b[2K"), HasSubstr("worker 1  idle"),
                                      HasSubstr("3/68 folds sealed"), Not(HasSubstr("clips right"))));
}

TEST(Progress, ClockOfALongEpochGoesOn) {
  const Terminal terminal;
  ASSERT_NE(terminal.out(), nullptr);
  Progress progress(terminal.out(), 1, 1, 0, 1.0);
  progress.started(0, "a", 1.0);
  progress.tick();
  EXPECT_THAT(terminal.shown(), HasSubstr("  0 s elapsed"));
  std::this_thread::sleep_for(std::chrono::milliseconds(1010));
  progress.tick();
  EXPECT_THAT(terminal.shown(), HasSubstr("  1 s elapsed"));
}

}  // namespace
}  // namespace mexbench::run
