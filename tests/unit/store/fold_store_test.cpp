#include "harness/store/fold_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "harness/core/files.h"
#include "harness/store/json_file.h"

namespace mexbench::store {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const std::vector<std::string> kClasses{"negative", "positive", "surprise"};

class FoldStore : public ::testing::Test {
 protected:
  void SetUp() override {
    folds_ = fs::temp_directory_path() / core::unique_name("mexbench-folds");
    fs::create_directories(folds_);
  }
  void TearDown() override { fs::remove_all(folds_); }

  static SealedFold sample() {
    SealedFold fold;
    fold.fold = core::FoldId("casme2/sub01");
    fold.science_hash = "science";
    fold.environment_hash = "environment";
    fold.train = {core::ClipId("casme2/sub02/a"), core::ClipId("casme2/sub03/b")};
    fold.test = {{.clip = core::ClipId("casme2/sub01/x"), .truth = data::Truth::one_class(1), .scores = {0.1F, -2.5F, 3.0e-8F}}};
    fold.epochs_trained = 3;
    fold.parameters = 1683;
    fold.weights_digest = "digest";
    return fold;
  }
  Publication publish(SealedFold fold) {
    auto attempt = FoldAttempt::open(folds_, fold.fold);
    EXPECT_TRUE(attempt.ok());
    EXPECT_TRUE(attempt->add_file("epochs.csv", "epoch\n1\n").ok());
    auto publication = attempt->publish(fold, kClasses);
    EXPECT_TRUE(publication.ok());
    return *publication;
  }
  static std::string text_of(const fs::path& file) { return *core::read_file(file); }
  static void put(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }
  [[nodiscard]] std::vector<std::string> names() const { return *core::list_folder(folds_); }

  fs::path folds_;
};

TEST_F(FoldStore, SealReadsBackAsItWasWritten) {
  ASSERT_EQ(publish(sample()), Publication::kPublished);
  const auto read = read_sealed(folds_ / "casme2__sub01", kClasses);
  ASSERT_TRUE(read.ok()) << read.error().render();
  EXPECT_EQ(read->fold, sample().fold);
  EXPECT_EQ(read->parameters, sample().parameters);
  EXPECT_EQ(read->train, sample().train);
  ASSERT_EQ(read->test.size(), 1U);
  EXPECT_EQ(read->test[0].scores, sample().test[0].scores);  // %.9g restores every bit
  EXPECT_EQ(read->test[0].truth, data::Truth::one_class(1));
  EXPECT_EQ(read->files.count("epochs.csv"), 1U);
  EXPECT_EQ(names(), std::vector<std::string>{"casme2__sub01"});
}

TEST_F(FoldStore, LineageIsInTheSealOnlyWhenThereIsOneAndReadsBack) {
  EXPECT_EQ(sealed_text(sample(), kClasses).find("lineage"), std::string::npos);
  SealedFold augmented = sample();
  augmented.lineage = {{.phase = "select", .children = 12, .parents = {core::ClipId("casme2/sub02/a")}, .digest = "one"},
                       {.phase = "refit", .children = 34, .parents = augmented.train, .digest = "two"}};
  ASSERT_EQ(publish(augmented), Publication::kPublished);
  const auto read = read_sealed(folds_ / "casme2__sub01", kClasses);
  ASSERT_TRUE(read.ok()) << read.error().render();
  ASSERT_EQ(read->lineage.size(), 2U);
  EXPECT_EQ(read->lineage[0].phase, "select");
  EXPECT_EQ(read->lineage[0].children, 12);
  EXPECT_EQ(read->lineage[1].parents, augmented.train);
  EXPECT_EQ(read->lineage[1].digest, "two");
}

TEST_F(FoldStore, FittedStepsAreInTheSealOnlyWhenThereIsOneAndReadBack) {
  EXPECT_EQ(sealed_text(sample(), kClasses).find("fitted"), std::string::npos) << "bytes of seals without such steps stay what they were";
  SealedFold normalised = sample();
  normalised.fitted = {{.step = "normalise", .clips = normalised.train, .digest = "one"}, {.step = "pca", .clips = {}, .digest = "two"}};
  ASSERT_EQ(publish(normalised), Publication::kPublished);
  const auto read = read_sealed(folds_ / "casme2__sub01", kClasses);
  ASSERT_TRUE(read.ok()) << read.error().render();
  ASSERT_EQ(read->fitted.size(), 2U);
  EXPECT_EQ(read->fitted[0].step, "normalise");
  EXPECT_EQ(read->fitted[0].clips, normalised.train);
  EXPECT_EQ(read->fitted[1].digest, "two");
}

TEST_F(FoldStore, EveryChangedByteOfASealIsNoticed) {
  const std::string whole = sealed_text(sample(), kClasses);
  const fs::path folder = folds_ / "casme2__sub01";
  fs::create_directories(folder);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 0x01);
    put(folder / "sealed.json", changed);
    const auto read = read_sealed(folder, kClasses);
    // A changed blank between members is no change of the document.
    const bool blank = whole[i] == ' ' || whole[i] == '\n' || changed[i] == ' ';
    EXPECT_TRUE(!read.ok() || blank) << "byte " << i << ": " << changed.substr(i > 10 ? i - 10 : 0, 20);
  }
}

TEST_F(FoldStore, EveryTruncationOfASealIsNoticed) {
  const std::string whole = sealed_text(sample(), kClasses);
  const fs::path folder = folds_ / "casme2__sub01";
  fs::create_directories(folder);
  for (std::size_t length = 0; length + 2 < whole.size(); ++length) {
    put(folder / "sealed.json", whole.substr(0, length));
    EXPECT_FALSE(read_sealed(folder, kClasses).ok()) << length;
  }
}

TEST_F(FoldStore, ChangedFileOfAFoldIsNoticedBySealDigest) {
  ASSERT_EQ(publish(sample()), Publication::kPublished);
  put(folds_ / "casme2__sub01" / "epochs.csv", "epoch\n2\n");
  std::vector<core::Diagnostic> warnings;
  const auto found = find_sealed(folds_, sample().fold, kClasses, warnings);
  ASSERT_TRUE(found.ok());
  EXPECT_FALSE(found->has_value());
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(core::render(warnings[0]), HasSubstr("the fold runs again"));
  EXPECT_THAT(names().at(0), HasSubstr(".damaged-casme2__sub01"));
}

TEST_F(FoldStore, SecondEqualWriterAgrees) {
  ASSERT_EQ(publish(sample()), Publication::kPublished);
  EXPECT_EQ(publish(sample()), Publication::kAgreed);
  EXPECT_EQ(names(), std::vector<std::string>{"casme2__sub01"});
}

TEST_F(FoldStore, SecondWriterThatKeepsOtherFilesAgreesAllTheSame) {
  ASSERT_EQ(publish(sample()), Publication::kPublished);
  auto attempt = FoldAttempt::open(folds_, sample().fold);
  ASSERT_TRUE(attempt.ok());
  ASSERT_TRUE(attempt->add_file("weights.pth", "weights").ok());  // and no epochs.csv
  SealedFold ours = sample();
  EXPECT_EQ(*attempt->publish(ours, kClasses), Publication::kAgreed);
  // But a file that both keep must be equal.
  auto other = FoldAttempt::open(folds_, sample().fold);
  ASSERT_TRUE(other.ok());
  ASSERT_TRUE(other->add_file("epochs.csv", "epoch\n9\n").ok());
  EXPECT_EQ(*other->publish(ours, kClasses), Publication::kDisagreed);
}

TEST_F(FoldStore, FileThatCanNotBeReadIsNoDamage) {
  ASSERT_EQ(publish(sample()), Publication::kPublished);
  const fs::path file = folds_ / "casme2__sub01" / "epochs.csv";
  fs::remove(file);
  fs::create_symlink("/proc/self/mem", file);  // opens, and fails to be read, for root too
  std::vector<core::Diagnostic> warnings;
  const auto found = find_sealed(folds_, sample().fold, kClasses, warnings);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code(), core::ErrorCode::kFailed);
  EXPECT_THAT(found.error().render(), HasSubstr("epochs.csv: error: can't read"));
  EXPECT_EQ(names(), std::vector<std::string>{"casme2__sub01"});
}

TEST_F(FoldStore, SecondWriterWithOtherResultsIsReportedAndNeverOverwrites) {
  ASSERT_EQ(publish(sample()), Publication::kPublished);
  const std::string first = text_of(folds_ / "casme2__sub01" / "sealed.json");
  SealedFold other = sample();
  other.test[0].scores[0] = 0.2F;
  EXPECT_EQ(publish(other), Publication::kDisagreed);
  EXPECT_EQ(text_of(folds_ / "casme2__sub01" / "sealed.json"), first);
  ASSERT_EQ(names().size(), 2U);
  EXPECT_THAT(names().at(0), HasSubstr(".disagrees-casme2__sub01"));
}

TEST_F(FoldStore, DroppedAttemptLeavesNothing) {
  {
    auto attempt = FoldAttempt::open(folds_, sample().fold);
    ASSERT_TRUE(attempt.ok());
    ASSERT_TRUE(attempt->add_file("epochs.csv", "x").ok());
    EXPECT_EQ(names().size(), 1U);
  }
  EXPECT_TRUE(names().empty());
}

TEST_F(FoldStore, AttemptsOfDeadProcessesAreRemovedLiveOnesAndKeptOnesStay) {
  auto live = FoldAttempt::open(folds_, sample().fold);
  ASSERT_TRUE(live.ok());
  const std::string name = live->folder().filename().string();
  // The same name with a process number that can't be running (above the kernel's largest).
  const std::string pid = std::to_string(::getpid());
  std::string dead = name;
  dead.replace(dead.find("-" + pid + "-"), pid.size() + 2, "-999999999-");
  fs::create_directories(folds_ / dead);
  fs::create_directories(folds_ / (dead + ".kept"));
  core::remove_abandoned(folds_);
  std::vector<std::string> left{name, dead + ".kept"};
  std::sort(left.begin(), left.end());
  EXPECT_EQ(names(), left);
}

TEST(JsonFile, DifferencesNameEachLeafWithBothValues) {
  const nlohmann::json before = {{"train", {{"epochs", 3}, {"lr", 0.1}}}, {"model", "a"}};
  const nlohmann::json now = {{"train", {{"epochs", 4}, {"lr", 0.1}}}, {"seed", 1}};
  EXPECT_EQ(differences(before, now), (std::vector<std::string>{R"(model: "a" -> absent)", "seed: absent -> 1", "train.epochs: 3 -> 4"}));
}

TEST(JsonFile, ManyDifferencesAreCounted) {
  nlohmann::json before = nlohmann::json::object();
  for (int i = 0; i < 20; ++i) before["key" + std::to_string(i)] = i;
  const auto lines = differences(before, nlohmann::json::object({{"x", 1}}), 5);
  EXPECT_EQ(lines.size(), 6U);
  EXPECT_EQ(lines.back(), "and 16 more");
}

TEST(JsonFile, HashDoesNotDependOnTheOrderOfMembers) {
  EXPECT_EQ(hash_json(nlohmann::json::parse(R"({"a": 1, "b": 2})")), hash_json(nlohmann::json::parse(R"({"b": 2, "a": 1})")));
  EXPECT_NE(hash_json({{"a", 1}}), hash_json({{"a", 2}}));
}

TEST(JsonFile, OtherSchemaAndNoJsonAreRefusedNamingTheFile) {
  const fs::path file = fs::temp_directory_path() / core::unique_name("mexbench-json");
  ASSERT_TRUE(write_json(file, {{"schema", "mexbench.run/1"}}).ok());
  EXPECT_TRUE(read_json(file, "mexbench.run/1").ok());
  const auto other = read_json(file, "mexbench.run/2");
  ASSERT_FALSE(other.ok());
  EXPECT_THAT(other.error().render(), HasSubstr("\"mexbench.run/2\" is wanted"));
  std::ofstream(file) << "{";
  EXPECT_THAT(read_json(file, "mexbench.run/1").error().render(), HasSubstr(file.string() + ": error: is not JSON at byte 2"));
  // Walking through it would overflow the stack.
  const std::string deep(300'000, '[');
  std::ofstream(file) << R"({"schema": "mexbench.run/1", "params": )" << deep << std::string(deep.size(), ']') << "}";
  EXPECT_THAT(read_json(file, "mexbench.run/1").error().render(), HasSubstr(file.string() + ": error: is nested deeper than 64 levels"));
  fs::remove(file);
}

}  // namespace
}  // namespace mexbench::store
