// One fold that fails, for whatever reason, is one fold: the others are done, the run says why, and `resume` computes that fold alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "cli/tiny_run.h"
#include "harness/core/random.h"

namespace mexbench::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// What a run at `folder` says of its failed folds.
json failed_folds(const fs::path& folder) { return json::parse(read(folder / "run.json")).at("folds").at("failed"); }

void expect_one_line(const std::string& reason) {
  EXPECT_EQ(reason.find('\n'), std::string::npos) << reason;
  EXPECT_THAT(reason, Not(HasSubstr("frame #")));  // of a stack trace
}

// Exceptions and allocations that fail, at exact moments of the second of four folds.
class DisturbedFold : public TinyRun {
 protected:
  // A fold has 2 batches in each of 3 epochs, and 5 predictions: the probe, one after each epoch, the last.
  void expect_second_fold_fails(const std::string& failpoint, const std::string& wanted) {
    const std::string out = folder / "run";
    const Outcome outcome = run({"--out", out, "--jobs", "1"}, {{"MEXBENCH_FAILPOINT", failpoint}});
    EXPECT_EQ(outcome.code, 1) << failpoint << "\n" << outcome.err;
    EXPECT_EQ(folds_computed(outcome), 3) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("error: ststnet seed 0: fold 'synth/s02' failed: "));
    const json failed = failed_folds(fs::path(out) / "tiny/ststnet/seed-0");
    ASSERT_EQ(failed.size(), 1U);
    EXPECT_EQ(failed.at(0).at("fold"), "synth/s02");
    const std::string reason = failed.at(0).at("reason");
    EXPECT_EQ(reason, wanted) << failpoint;
    expect_one_line(reason);
    const Outcome resumed = mexbench({"resume", out + "/tiny", "--jobs", "1"});
    EXPECT_EQ(resumed.code, 0) << resumed.err;
    EXPECT_EQ(folds_computed(resumed), 1) << resumed.err;
    expect_whole(out);
    fs::remove_all(out);
  }
};

TEST_F(DisturbedFold, ExceptionOfANetworkInTraining) {
  expect_second_fold_fails("train.step:9=throw", "epoch 2 (train), batch 1 of 8 clips: fail-point 'train.step'");
}

TEST_F(DisturbedFold, ExceptionOfANetworkInPrediction) {
  expect_second_fold_fails("predict.batch:10=throw", "the network fails on an input of shape (3, 3, 28, 28): fail-point 'predict.batch'");
}

TEST_F(DisturbedFold, MemoryThatRunsOutInTraining) {
  expect_second_fold_fails("train.step:9=bad_alloc", "epoch 2 (train), batch 1 of 8 clips: out of memory");
}

TEST_F(DisturbedFold, MemoryThatRunsOutInPrediction) { expect_second_fold_fails("predict.batch:10=bad_alloc", "out of memory"); }

TEST_F(DisturbedFold, MemoryThatRunsOutBeforeTheFirstStep) { expect_second_fold_fails("predict.batch:6=bad_alloc", "out of memory"); }

std::string big_endian(std::uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFU));
  return out;
}

std::string chunk(const std::string& type, const std::string& body) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : type + body) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? 0xEDB88320U ^ (crc >> 1U) : crc >> 1U;
  }
  return big_endian(static_cast<std::uint32_t>(body.size())) + type + body + big_endian(~crc);
}

// A 28x28 colour image in PNG, not compressed, of random values below `bright`.
std::string png(core::RandomStream& stream, std::uint64_t bright) {
  constexpr std::size_t kSide = 28;
  std::string rows;
  for (std::size_t row = 0; row < kSide; ++row) {
    rows.push_back('\0');  // no filter
    for (std::size_t i = 0; i < 3 * kSide; ++i) rows.push_back(static_cast<char>(stream.below(bright)));
  }
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char c : rows) {
    a = (a + static_cast<unsigned char>(c)) % 65521U;
    b = (b + a) % 65521U;
  }
  const auto length = static_cast<std::uint32_t>(rows.size());
  std::string body("\x78\x01\x01", 3);
  for (const std::uint32_t half : {length, ~length}) {
    body.push_back(static_cast<char>(half & 0xFFU));
    body.push_back(static_cast<char>((half >> 8U) & 0xFFU));
  }
  body += rows;
  body += big_endian((b << 16U) | a);
  const std::string header = big_endian(kSide) + big_endian(kSide) + std::string("\x08\x02\x00\x00\x00", 5);
  return std::string("\x89PNG\r\n\x1a\n", 8) + chunk("IHDR", header) + chunk("IDAT", body) + chunk("IEND", "");
}

// Two corpora, each left out in turn: what trains on the 160 bright clips of smic is left-out casme2, and has 6 dark clips to test.
class TwoCorpora : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    corpus = new TemporaryFolder();
    core::RandomStream stream(7);
    std::string truth;
    const auto add = [&](const std::string& dataset, const std::string& subject, const std::string& clip, int label, std::uint64_t bright) {
      std::string path = "flow/" + subject + "/u_test/" + std::to_string(label) + "/";
      path += subject + "_" + clip + " .png";
      write(corpus->path() / path, png(stream, bright));
      truth += dataset + "," + subject + "," + clip + "," + std::to_string(label) + "\n";
    };
    for (int i = 0; i < 160; ++i) add("smic", "s01", "s01_ne_" + std::to_string(100 + i), i % 3, 256);
    for (int i = 0; i < 6; ++i) add("casme2", "sub01", "EP01_" + std::to_string(10 + i), i % 3, 2);
    write(corpus->path() / "flow/combined_3class_gt.csv", truth);
  }
  static void TearDownTestSuite() {
    delete corpus;
    corpus = nullptr;
  }

  void write_experiment(const std::string& model, const std::string& train) const {
    write(folder / "two.yaml", "schema_version: 1\nname: two\ndataset: {adapter: megc2019-flow, root: " + *corpus / "flow" +
                                   ", label_map: megc2019, only: [casme2, smic]}\nprotocol: lodo\nmodels: [" + model +
                                   "]\ntrain: " + train + "\nseeds: [0]\n");
  }
  Outcome run(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"run", folder / "two.yaml", "--out", folder / "runs", "--jobs", "1"});
    return mexbench(more);
  }
  Outcome resume(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"resume", folder / "runs/two", "--jobs", "1"});
    return mexbench(more);
  }
  // The one fold without casme2 has failed, the other is sealed.
  [[nodiscard]] std::string reason(const std::string& label) const {
    const fs::path place = folder.path() / "runs/two" / label / "seed-0";
    const json state = json::parse(read(place / "run.json")).at("folds");
    EXPECT_EQ(state.at("planned"), 2);
    EXPECT_EQ(state.at("sealed"), 1);
    EXPECT_TRUE(fs::exists(place / "folds/smic/sealed.json"));
    EXPECT_FALSE(fs::exists(place / "folds/casme2"));
    EXPECT_EQ(state.at("failed").size(), 1U);
    EXPECT_EQ(state.at("failed").at(0).at("fold"), "casme2");
    std::string text = state.at("failed").at(0).at("reason");
    expect_one_line(text);
    return text;
  }
  static int count(const std::string& text, const std::string& what) {
    int out = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++out;
    return out;
  }

  static inline TemporaryFolder* corpus = nullptr;
  TemporaryFolder folder;
};

// Each step multiplies the weights by about the learning rate. The fold of 160 clips has five of them and overflows, that of 6 clips one.
TEST_F(TwoCorpora, DivergingFoldFailsAloneAndIsAllThatResumeRetries) {
  write_experiment("{name: ststnet}", "{epochs: 1, batch_size: 32, optimizer: {name: sgd, lr: 1.0e+8}}");
  const Outcome outcome = run();
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  EXPECT_EQ(count(outcome.err, "clips right"), 1) << outcome.err;
  const std::string why = reason("ststnet");
  EXPECT_THAT(why, AllOf(HasSubstr("epoch "), HasSubstr("the loss is "), HasSubstr("no longer a finite number"), Not(HasSubstr("-nan"))));
  EXPECT_THAT(outcome.err, HasSubstr("fold 'casme2' failed: " + why));
  EXPECT_THAT(outcome.out, HasSubstr("next: mexbench resume"));
  const fs::path seal = folder.path() / "runs/two/ststnet/seed-0/folds/smic/sealed.json";
  const auto sealed_at = fs::last_write_time(seal);
  const Outcome resumed = resume();  // the same bits diverge again
  EXPECT_EQ(resumed.code, 1) << resumed.err;
  EXPECT_EQ(count(resumed.err, "clips right"), 0) << resumed.err;
  EXPECT_EQ(count(resumed.err, "failed: ststnet"), 1) << resumed.err;
  EXPECT_EQ(reason("ststnet"), why);
  EXPECT_EQ(fs::last_write_time(seal), sealed_at);
}

// Training on 160 clips in one batch keeps the activations of 18 transformer layers for all of them, about 330 MiB; on 6 clips it needs
// little, and predicting the 160 keeps those of one layer at a time.
TEST_F(TwoCorpora, FoldBeyondTheMemoryLimitFailsAloneAndResumesWithMore) {
  write_experiment("{name: htnet, params: {dim: 64, block_repeats: [16, 1, 1], mlp_mult: 8}}",
                   "{epochs: 1, batch_size: 256, optimizer: {name: sgd, lr: 1.0e-3}}");
  const std::string refused = run({"--memory", "1MiB"}).err;  // says what a worker has before its first fold
  const std::string before = "is below the ";
  ASSERT_THAT(refused, HasSubstr(before));
  const std::int64_t idle = std::stoll(refused.substr(refused.find(before) + before.size()));
  const std::string limit = std::to_string(idle + 190);
  const Outcome outcome = run({"--memory", limit + "MiB"});
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  EXPECT_EQ(count(outcome.err, "clips right"), 1) << outcome.err;
  EXPECT_EQ(reason("htnet"), "epoch 1 (train), batch 1 of 160 clips: out of memory: it needs more than the limit of " + limit + " MiB");
  const Outcome resumed = resume();
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_EQ(count(resumed.err, "clips right"), 1) << resumed.err;
  // The limit is no setting: the results are those of a run without it.
  const auto limited = results_of(folder.path() / "runs/two");
  fs::rename(folder.path() / "runs", folder.path() / "limited");
  ASSERT_EQ(run().code, 0);
  EXPECT_EQ(results_of(folder.path() / "runs/two"), limited);
}

TEST_F(TwoCorpora, LimitsThatCanNotBeMeantAreRefusedBeforeAnyFold) {
  write_experiment("{name: offapexnet, input: {channels: [u, v]}}", "{epochs: 1, batch_size: 32}");
  for (const char* wrong : {"2", "lots", "2 GiB", "2GB", "0MiB", "-1GiB", "1.5GiB", "99999999999GiB"}) {
    const Outcome refused = run({"--memory", wrong});
    EXPECT_EQ(refused.code, 2) << wrong << refused.err;
    EXPECT_THAT(refused.err, testing::AnyOf(HasSubstr(std::string("'--memory ") + wrong + "' is not an amount of memory"),
                                            HasSubstr("a memory limit of 2 B is below the ")));
  }
  const Outcome low = run({"--memory", "16MiB"});
  EXPECT_EQ(low.code, 2) << low.err;
  EXPECT_THAT(low.err, HasSubstr("a memory limit of 16 MiB is below the "));
  EXPECT_FALSE(fs::exists(folder.path() / "runs/two/offapexnet/seed-0/folds/smic"));
}

}  // namespace
}  // namespace mexbench::test
