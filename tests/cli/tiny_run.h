// A tiny experiment for tests of runs: four synthetic people, dropout on, weights and epochs kept.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "cli/support.h"
#include "harness/core/sha256.h"

namespace mexbench::test {

// The corpus is rendered, and the experiment run once without disturbance, for all tests of a process.
class TinyRun : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    corpus = new TemporaryFolder();
    const Outcome rendered = mexbench({"synth", "--out", *corpus / "synth", "--set", "subjects=4", "--set", "clips_per_subject=3", "--set",
                                       "frames=5", "--set", "size=48"});
    ::setenv("TINY_CORPUS", corpus->path().c_str(), 1);
    ASSERT_EQ(rendered.code, 0) << rendered.err;
    write(corpus->path() / "tiny.yaml", R"(schema_version: 1
name: tiny
dataset: {adapter: synth, root: "${TINY_CORPUS}/synth", subjects: 4, clips_per_subject: 3, frames: 5, size: 48}
protocol: loso
models: [{name: ststnet}]
train: {epochs: 3, batch_size: 8, optimizer: {name: adam, lr: 1.0e-3}}
seeds: [0]
record_epochs: true
save_weights: true
)");
    const Outcome whole = run({"--out", *corpus / "whole", "--jobs", "1"});
    ASSERT_EQ(whole.code, 0) << whole.err;
  }
  static void TearDownTestSuite() {
    delete corpus;
    corpus = nullptr;
  }

  static std::vector<std::string> command(std::vector<std::string> more) {
    std::vector<std::string> words{"run", *corpus / "tiny.yaml"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  static Outcome run(std::vector<std::string> more, const Environment& environment = {}) {
    return mexbench(command(std::move(more)), environment);
  }
  [[nodiscard]] static std::map<std::string, std::string> reference() { return results_of(corpus->path() / "whole/tiny"); }
  // One line tells of each fold that a run computed.
  static int folds_computed(const Outcome& outcome) {
    int count = 0;
    for (std::size_t at = outcome.err.find("clips right"); at != std::string::npos; at = outcome.err.find("clips right", at + 1)) ++count;
    return count;
  }
  // The run at `out` left the same bytes as the undisturbed one.
  static void expect_whole(const std::string& out) {
    const auto seen = results_of(std::filesystem::path(out) / "tiny");
    const auto wanted = reference();
    EXPECT_EQ(seen.size(), wanted.size());
    for (const auto& [name, content] : wanted) {
      ASSERT_TRUE(seen.contains(name)) << name;
      EXPECT_EQ(seen.at(name), content) << name;
    }
  }

  // Changes a seal and makes its digest hold again, as a foreign writer's would.
  static void reseal(const std::filesystem::path& fold, const std::function<void(nlohmann::json&)>& edit) {
    nlohmann::json seal = nlohmann::json::parse(read(fold / "sealed.json"));
    seal.erase("digest");
    edit(seal);
    seal["digest"] = core::sha256_hex(seal.dump());
    write(fold / "sealed.json", seal.dump(1) + "\n");
  }

  static inline TemporaryFolder* corpus = nullptr;
  TemporaryFolder folder;
};

// Waits until the program works on a fold, or has ended.
inline void wait_for_attempt(Program& program, const std::filesystem::path& folds) {
  for (int i = 0; i < 1000 && !program.ended(); ++i) {
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folds, none)) {
      if (entry.path().filename().string().starts_with('.')) return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

// Waits until a worker runs, or the program has ended.
inline std::vector<pid_t> wait_for_workers(Program& program) {
  for (int i = 0; i < 1000 && !program.ended(); ++i) {
    if (std::vector<pid_t> workers = program.children(); !workers.empty()) return workers;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return {};
}

}  // namespace mexbench::test
