#include "harness/core/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "harness/core/failpoint.h"

namespace mexbench::core {
namespace {

namespace fs = std::filesystem;

class Files : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  std::string content(const std::string& name) const { return *read_file(folder_ / name); }

  fs::path folder_ = fs::path(::testing::TempDir()) / unique_name("mexbench_files");
};

TEST_F(Files, WrittenContentReadsBackAndParentsAreMade) {
  const std::string bytes("a\0b\r\n", 5);
  ASSERT_TRUE(write_file_atomic(folder_ / "new/deep/file", bytes));
  EXPECT_EQ(content("new/deep/file"), bytes);
  ASSERT_TRUE(write_file_atomic(folder_ / "new/deep/file", ""));
  EXPECT_EQ(content("new/deep/file"), "");
  EXPECT_EQ(*list_folder(folder_ / "new/deep"), std::vector<std::string>{"file"}) << "no temporary file is left";
}

TEST_F(Files, ReadingFailsWithTheFileAndTheReason) {
  EXPECT_EQ(read_file("/nowhere/file").error().render(), "/nowhere/file: error: can't open: No such file or directory\n");
  EXPECT_EQ(read_file(folder_).error().message(), "is a folder, a file is wanted");
  std::ofstream(folder_ / "large") << std::string(100, 'x');
  EXPECT_EQ(read_file(folder_ / "large", 99).error().message(), "has 100 bytes, at most 99 are accepted");
  EXPECT_TRUE(read_file(folder_ / "large", 100));
}

TEST_F(Files, FailedAtomicWriteLeavesTheOldContent) {
  fs::create_directories(folder_ / "target/occupied");  // a rename of a file over a folder fails
  const Status failed = write_file_atomic(folder_ / "target", "new");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), ErrorCode::kFailed);
  EXPECT_TRUE(fs::is_directory(folder_ / "target/occupied"));
  EXPECT_EQ(*list_folder(folder_), std::vector<std::string>{"target"});
}

TEST_F(Files, LinksAreFollowedAndPipesAreNeverReplaced) {
  std::ofstream(folder_ / "target") << "old";
  fs::create_symlink("target", folder_ / "link");
  ASSERT_TRUE(write_file_atomic(folder_ / "link", "new"));
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(content("target"), "new");
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  const int reader = ::open((folder_ / "pipe").c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  EXPECT_TRUE(write_file_atomic(folder_ / "pipe", "bytes"));
  std::string got(5, ' ');
  EXPECT_EQ(::read(reader, got.data(), got.size()), 5);
  EXPECT_EQ(got, "bytes");
  ::close(reader);
  EXPECT_TRUE(fs::is_fifo(folder_ / "pipe"));
}

TEST_F(Files, OnlyDeadProcessesOfThisProcessSpaceAreAbandoned) {
  const std::string ours = unique_name(".fold");
  EXPECT_FALSE(is_abandoned(ours));
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  const auto with_pid = [&](const std::string& name) {
    const std::string mine = "-" + std::to_string(::getpid()) + "-";
    std::string other = name;
    return other.replace(other.find(mine), mine.size(), "-" + std::to_string(child) + "-");
  };
  std::string dead = with_pid(ours);
  EXPECT_TRUE(is_abandoned(dead));
  // The same process number on another host, before a restart, or in another container means nothing here.
  dead[dead.rfind('.') + 1] = dead[dead.rfind('.') + 1] == '0' ? '1' : '0';
  EXPECT_FALSE(is_abandoned(dead));
}

TEST_F(Files, FoldersArePublishedOnceAndNeverOverwritten) {
  for (const char* name : {"first", "second"}) {
    fs::create_directories(folder_ / name);
    std::ofstream(folder_ / name / "who") << name;
  }
  EXPECT_TRUE(*publish_folder(folder_ / "first", folder_ / "final", "test"));
  EXPECT_FALSE(*publish_folder(folder_ / "second", folder_ / "final", "test"));
  EXPECT_EQ(content("final/who"), "first");
  EXPECT_EQ(content("second/who"), "second") << "the later attempt is still there to be compared";
  fs::create_directories(folder_ / "empty");
  EXPECT_FALSE(*publish_folder(folder_ / "second", folder_ / "empty", "test")) << "an empty folder is not overwritten either";
  EXPECT_FALSE(publish_folder(folder_ / "missing", folder_ / "other", "test"));
}

TEST_F(Files, ListingIsSortedAsBytes) {
  for (const char* name : {"b", "a", "B", "_", "10", "9"}) std::ofstream(folder_ / name).put('x');
  EXPECT_EQ(*list_folder(folder_), (std::vector<std::string>{"10", "9", "B", "_", "a", "b"}));
  EXPECT_FALSE(list_folder(folder_ / "missing"));
}

TEST_F(Files, UniqueNamesDiffer) { EXPECT_NE(unique_name("x"), unique_name("x")); }

// Fail-points are read from the environment once per process, so each case runs in a fresh one (a "threadsafe" death test starts this
// program again and runs the test up to the statement).
class Failpoints : public ::testing::Test {
 protected:
  void SetUp() override {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    if (const char* inherited = std::getenv("MEXBENCH_TEST_FOLDER"); inherited != nullptr) {
      folder_ = inherited;
    } else {
      folder_ = fs::path(::testing::TempDir()) / unique_name("mexbench_failpoints");
      fs::create_directories(folder_);
      ::setenv("MEXBENCH_TEST_FOLDER", folder_.c_str(), 1);
      ::setenv("MEXBENCH_FAILPOINT_LOG", (folder_ / "log").c_str(), 1);
    }
  }
  void TearDown() override {
    for (const char* name : {"MEXBENCH_TEST_FOLDER", "MEXBENCH_FAILPOINT_LOG", "MEXBENCH_FAILPOINT"}) ::unsetenv(name);
    fs::remove_all(folder_);
  }
  fs::path folder_;
};

TEST_F(Failpoints, KilledWriteLeavesOldOrNewContentNeverAPart) {
  const fs::path file = folder_ / "sealed.json";
  for (const auto& [point, expected] : {std::pair{"seal.before-write", "old content"}, std::pair{"seal.mid-write", "old content"},
                                        std::pair{"seal.before-fsync", "old content"}, std::pair{"seal.after-fsync", "old content"},
                                        std::pair{"seal.before-rename", "old content"}, std::pair{"seal.after-rename", "new content"}}) {
    std::ofstream(file) << "old content";
    ::setenv("MEXBENCH_FAILPOINT", point, 1);
    EXPECT_EXIT(static_cast<void>(write_file_atomic(file, "new content", "seal")), ::testing::KilledBySignal(SIGKILL), "") << point;
    EXPECT_EQ(*read_file(file), expected) << point;
  }
}

TEST_F(Failpoints, NthHitKillsAndEveryPointIsLogged) {
  ::setenv("MEXBENCH_FAILPOINT", "tick:3", 1);
  EXPECT_EXIT(
      {
        for (int i = 0; i < 10; ++i) {
          failpoint("tick");
          failpoint("other");
        }
      },
      ::testing::KilledBySignal(SIGKILL), "");
  EXPECT_EQ(*read_file(folder_ / "log"), "tick\nother\ntick\nother\ntick\n");
}

TEST_F(Failpoints, UnsetPointsDoNothing) {
  EXPECT_EXIT(
      {
        failpoint("tick");
        std::exit(0);
      },
      ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace mexbench::core
