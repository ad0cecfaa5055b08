// What is kept comes back as it was or not at all; what was used last stays.
#include "harness/data/blob_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "harness/core/files.h"
#include "harness/core/sha256.h"

namespace mexbench::data {
namespace {
namespace fs = std::filesystem;
using Found = BlobCache::Found;

constexpr std::uint64_t kPlenty = std::uint64_t{1} << 20U;
constexpr std::uint64_t kHeader = 16 + 65;

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / core::unique_name("mexbench-test")) {}
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string key(int number) { return core::sha256_hex(std::to_string(number)); }
fs::path file_of(const fs::path& folder, const std::string& name) { return folder / name.substr(0, 2) / (name + ".blob"); }

// The entry, or "none".
std::string got(const BlobCache& cache, int number) {
  std::string bytes;
  return cache.get(key(number), bytes) == Found::kYes ? bytes : "none";
}

void age(const fs::path& folder, int number, int minutes) {
  fs::last_write_time(file_of(folder, key(number)), fs::file_time_type::clock::now() - std::chrono::minutes(minutes));
}

TEST(BlobCache, GivesBackWhatWasPutAndNothingElse) {
  const Folder folder;
  BlobCache cache(folder.path(), kPlenty);
  const std::string binary("a\0b\n\xFF", 5);
  EXPECT_EQ(got(cache, 1), "none");
  ASSERT_TRUE(cache.put(key(1), binary).ok());
  ASSERT_TRUE(cache.put(key(2), "").ok());
  EXPECT_EQ(got(cache, 1), binary);
  EXPECT_EQ(got(cache, 2), "");
  EXPECT_EQ(got(cache, 3), "none");
  ASSERT_TRUE(cache.put(key(1), "again").ok());
  EXPECT_EQ(got(BlobCache(folder.path(), kPlenty), 1), "again") << "another process's";
  EXPECT_EQ(*cache_usage(folder.path()), (CacheUsage{.entries = 2, .bytes = 2 * kHeader + 5}));
}

TEST(BlobCache, AnyChangedByteCutOrOtherNameIsFoundOutAndRemoved) {
  const Folder folder;
  BlobCache cache(folder.path(), kPlenty);
  const std::string bytes = "the numbers of a clip";
  ASSERT_TRUE(cache.put(key(1), bytes).ok());
  const fs::path file = file_of(folder.path(), key(1));
  const std::string whole = *core::read_file(file);
  std::string seen;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    std::ofstream(file, std::ios::binary) << changed;
    EXPECT_EQ(cache.get(key(1), seen), Found::kDamaged) << i;
    EXPECT_FALSE(fs::exists(file)) << i;
  }
  for (const std::size_t length : {std::size_t{0}, std::size_t{10}, whole.size() - 1}) {
    std::ofstream(file, std::ios::binary) << whole.substr(0, length);
    EXPECT_EQ(cache.get(key(1), seen), Found::kDamaged) << length;
  }
  std::ofstream(file, std::ios::binary) << whole << "x";
  EXPECT_EQ(cache.get(key(1), seen), Found::kDamaged);
  const fs::path other = file_of(folder.path(), key(2));
  fs::create_directories(other.parent_path());
  std::ofstream(other, std::ios::binary) << whole;
  EXPECT_EQ(cache.get(key(2), seen), Found::kDamaged) << "an entry under another's key";
  EXPECT_TRUE(seen.empty());
}

TEST(BlobCache, WhatWasNotUsedForLongestGoesFirst) {
  const Folder folder;
  const std::string kilobyte(1000 - kHeader, 'x');
  BlobCache cache(folder.path(), kPlenty);
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(cache.put(key(i), kilobyte).ok());
    age(folder.path(), i, 100 - i);
  }
  EXPECT_EQ(got(cache, 0), kilobyte);  // used now, so that 1 is the oldest
  EXPECT_EQ(*shrink_cache(folder.path(), 2500), (CacheUsage{.entries = 2, .bytes = 2000}));
  EXPECT_EQ(got(cache, 1), "none");
  EXPECT_EQ(got(cache, 2), "none");
  EXPECT_EQ(got(cache, 3), kilobyte);
  EXPECT_EQ(got(cache, 0), kilobyte);
}

TEST(BlobCache, StaysBelowItsLimitAndKeepsTheNewest) {
  const Folder folder;
  BlobCache cache(folder.path(), 5000);
  const std::string kilobyte(1000 - kHeader, 'x');
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(cache.put(key(i), kilobyte).ok());
    EXPECT_LE(cache_usage(folder.path())->bytes, 5000U) << i;
    EXPECT_EQ(got(cache, i), kilobyte) << i;
  }
  EXPECT_GE(cache_usage(folder.path())->entries, 3U);
  ASSERT_TRUE(cache.put(key(99), std::string(6000, 'x')).ok());
  EXPECT_EQ(got(cache, 99), "none") << "larger than everything";
  EXPECT_EQ(got(cache, 19), kilobyte) << "and nothing had to go for it";
}

TEST(BlobCache, ALimitOfZeroIsOff) {
  const Folder folder;
  BlobCache full(folder.path(), kPlenty);
  ASSERT_TRUE(full.put(key(1), "kept").ok());
  BlobCache off(folder.path(), 0);
  EXPECT_EQ(got(off, 1), "none");
  ASSERT_TRUE(off.put(key(2), "").ok());
  EXPECT_EQ(cache_usage(folder.path())->entries, 1U);
}

TEST(BlobCache, ClearingRemovesEntriesAndNothingElse) {
  const Folder folder;
  BlobCache cache(folder.path(), kPlenty);
  ASSERT_TRUE(cache.put(key(1), "one").ok());
  fs::create_directories(folder.path() / "notes");
  std::ofstream(folder.path() / "notes" / (key(3) + ".blob")) << "mine";
  std::ofstream(folder.path() / key(1).substr(0, 2) / "mine.txt") << "mine";
  EXPECT_EQ(clear_cache(folder.path())->entries, 1U);
  EXPECT_EQ(*cache_usage(folder.path()), CacheUsage{});
  EXPECT_TRUE(fs::exists(folder.path() / "notes" / (key(3) + ".blob")));
  EXPECT_TRUE(fs::exists(folder.path() / key(1).substr(0, 2) / "mine.txt"));
  EXPECT_TRUE(fs::exists(folder.path() / "CACHEDIR.TAG"));
  EXPECT_EQ(*cache_usage(folder.path() / "absent"), CacheUsage{});
  EXPECT_EQ(*clear_cache(folder.path() / "absent"), CacheUsage{});
}

TEST(BlobCache, AFolderThatCantBeWrittenIsAnError) {
  const Folder folder;
  std::ofstream(folder.path()) << "a file";
  BlobCache cache(folder.path(), kPlenty);
  const core::Status status = cache.put(key(1), "x");
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().render(), ::testing::HasSubstr(folder.path().string()));
}

// Writers of the same keys, readers and an evicting process at once: whatever is read is whole.
TEST(BlobCache, ProcessesThatWriteReadAndEvictAtOnceNeverSeeAPart) {
  const Folder folder;
  const auto content = [](int i) { return std::string(static_cast<std::size_t>(2000 + i), static_cast<char>('a' + i % 26)); };
  std::vector<pid_t> children;
  for (int child = 0; child < 3; ++child) {
    const pid_t pid = ::fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
      bool good = true;
      BlobCache cache(folder.path(), 40000);
      for (int round = 0; round < 15 && good; ++round) {
        for (int i = 0; i < 10 && good; ++i) {
          good = cache.put(key(i), content(i)).ok();
          std::string bytes;
          const Found found = cache.get(key((i + child) % 10), bytes);
          good = good && found != Found::kDamaged && (found == Found::kNo || bytes == content((i + child) % 10));
        }
        if (child == 2) good = good && shrink_cache(folder.path(), 8000).ok();
      }
      ::_exit(good ? 0 : 1);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = -1;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    EXPECT_EQ(status, 0);
  }
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    EXPECT_FALSE(entry.path().filename().string().starts_with('.')) << "a temporary file stayed: " << entry.path();
  }
}

TEST(BlobCache, ThreadsMayShareOne) {
  const Folder folder;
  BlobCache cache(folder.path(), 30000);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&cache] {
      for (int i = 0; i < 60; ++i) {
        EXPECT_TRUE(cache.put(key(i % 20), std::string(2000, 'x')).ok());
        std::string bytes;
        EXPECT_NE(cache.get(key(i % 20), bytes), Found::kDamaged);
      }
    });
  }
}

class CacheFolder : public ::testing::Test {
 protected:
  static void set(const char* name, const char* value) {
    if (value == nullptr)
      ::unsetenv(name);
    else
      ::setenv(name, value, 1);
  }
  void SetUp() override {
    for (const char* name : kNames) {
      const char* value = std::getenv(name);
      saved_.push_back(value == nullptr ? std::nullopt : std::optional<std::string>(value));
      ::unsetenv(name);
    }
  }
  void TearDown() override {
    for (std::size_t i = 0; i < kNames.size(); ++i) set(kNames[i], saved_[i] ? saved_[i]->c_str() : nullptr);
  }
  static constexpr std::array<const char*, 3> kNames = {"MEXBENCH_CACHE", "XDG_CACHE_HOME", "HOME"};

 private:
  std::vector<std::optional<std::string>> saved_;
};

TEST_F(CacheFolder, IsNamedByTheFirstVariableThatIsSet) {
  EXPECT_FALSE(default_cache_folder().ok());
  set("HOME", "/h");
  EXPECT_EQ(*default_cache_folder(), fs::path("/h/.cache/mexbench"));
  set("XDG_CACHE_HOME", "relative");
  EXPECT_EQ(*default_cache_folder(), fs::path("/h/.cache/mexbench"));
  set("XDG_CACHE_HOME", "/x");
  EXPECT_EQ(*default_cache_folder(), fs::path("/x/mexbench"));
  set("MEXBENCH_CACHE", "");
  EXPECT_EQ(*default_cache_folder(), fs::path("/x/mexbench"));
  set("MEXBENCH_CACHE", "here");
  EXPECT_EQ(*default_cache_folder(), fs::path("here"));
}

}  // namespace
}  // namespace mexbench::data
