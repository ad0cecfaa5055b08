#include "harness/protocol/protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace mexbench::protocol {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

// Three datasets with 5, 4 and 3 subjects; subject k of a dataset has k + 1 clips.
data::Manifest sample_manifest() {
  data::Manifest manifest;
  manifest.label_map = data::megc2019_label_map();
  const std::vector<std::pair<std::string, int>> datasets{{"casme2", 5}, {"samm", 4}, {"smic", 3}};
  for (int clip = 0; clip < 5; ++clip) {  // clip-major, so that subjects interleave as in a class-major release
    for (const auto& [name, subjects] : datasets) {
      for (int subject = clip; subject < subjects; ++subject) {
        data::Clip entry;
        entry.dataset = core::DatasetId(name);
        entry.subject = core::make_subject_id(entry.dataset, "s" + std::to_string(subject));
        entry.name = "clip" + std::to_string(clip);
        entry.id = core::make_clip_id(entry.subject, entry.name);
        manifest.clips.push_back(entry);
      }
    }
  }
  return manifest;
}

std::set<std::string> subjects_of(const data::Manifest& manifest, const std::vector<std::size_t>& indexes) {
  std::set<std::string> out;
  for (const std::size_t index : indexes) out.insert(manifest.clips[index].subject.text());
  return out;
}

// Every clip is tested exactly once, and no subject stands on two sides.
void expect_partition(const data::Manifest& manifest, const std::vector<FoldPlan>& folds) {
  std::vector<int> tested(manifest.clips.size(), 0);
  for (const FoldPlan& fold : folds) {
    EXPECT_EQ(fold.train.size() + fold.test.size(), manifest.clips.size());
    EXPECT_TRUE(std::is_sorted(fold.train.begin(), fold.train.end()));
    EXPECT_TRUE(std::is_sorted(fold.test.begin(), fold.test.end()));
    const auto train = subjects_of(manifest, fold.train);
    for (const std::string& subject : subjects_of(manifest, fold.test)) EXPECT_FALSE(train.contains(subject)) << subject;
    for (const std::size_t index : fold.test) ++tested[index];
  }
  for (const int times : tested) EXPECT_EQ(times, 1);
}

TEST(Loso, OneFoldPerSubjectNamedByIt) {
  const data::Manifest manifest = sample_manifest();
  const auto folds = plan_folds(manifest, "loso", json::object());
  ASSERT_TRUE(folds.ok());
  ASSERT_EQ(folds->size(), 12U);
  EXPECT_EQ(folds->front().id.text(), "casme2/s0");
  EXPECT_EQ(core::folder_name(folds->front().id), "casme2__s0");
  expect_partition(manifest, *folds);
}

TEST(Loso, OneSubjectAloneIsRefused) {
  data::Manifest manifest = sample_manifest();
  manifest.clips.resize(1);
  const auto folds = plan_folds(manifest, "loso", json::object());
  ASSERT_FALSE(folds.ok());
  EXPECT_EQ(folds.error().code(), core::ErrorCode::kUsage);
  EXPECT_THAT(folds.error().message(), HasSubstr("no training clips"));
}

TEST(Lodo, OneFoldPerDataset) {
  const data::Manifest manifest = sample_manifest();
  const auto folds = plan_folds(manifest, "lodo", json::object());
  ASSERT_TRUE(folds.ok());
  ASSERT_EQ(folds->size(), 3U);
  EXPECT_EQ((*folds)[1].id.text(), "samm");
  expect_partition(manifest, *folds);
}

TEST(Lodo, OneDatasetIsRefused) {
  data::Manifest manifest = sample_manifest();
  std::erase_if(manifest.clips, [](const data::Clip& clip) { return clip.dataset.text() != "samm"; });
  const auto folds = plan_folds(manifest, "lodo", json::object());
  ASSERT_FALSE(folds.ok());
  EXPECT_THAT(folds.error().message(), HasSubstr("there is only 'samm'"));
}

TEST(SubjectKfold, GroupsAreBalancedAndPartitionThePeople) {
  const data::Manifest manifest = sample_manifest();
  const auto folds = plan_folds(manifest, "subject_kfold", {{"folds", 3}});
  ASSERT_TRUE(folds.ok());
  ASSERT_EQ(folds->size(), 3U);
  expect_partition(manifest, *folds);
  for (const FoldPlan& fold : *folds) EXPECT_NEAR(static_cast<double>(fold.test.size()), 31.0 / 3.0, 2.0);
}

// What the groups already hold of other datasets must not keep a dataset out of one: casme2 fills a group, samm's three subjects are
// to be spread all the same.
TEST(SubjectKfold, EveryDatasetIsInEveryGroupWhenItHasTheSubjects) {
  data::Manifest manifest;
  manifest.label_map = data::megc2019_label_map();
  const auto add = [&](const char* dataset, const char* subject, int clips) {
    for (int i = 0; i < clips; ++i) {
      data::Clip clip;
      clip.dataset = core::DatasetId(dataset);
      clip.subject = core::make_subject_id(clip.dataset, subject);
      clip.name = "clip" + std::to_string(i);
      clip.id = core::make_clip_id(clip.subject, clip.name);
      manifest.clips.push_back(std::move(clip));
    }
  };
  add("casme2", "s1", 50);
  add("casme2", "s2", 1);
  add("casme2", "s3", 1);
  for (const char* subject : {"s1", "s2", "s3"}) add("samm", subject, 5);
  const auto folds = plan_folds(manifest, "subject_kfold", {{"folds", 3}});
  ASSERT_TRUE(folds.ok());
  expect_partition(manifest, *folds);
  for (const FoldPlan& fold : *folds) {
    std::set<std::string> datasets;
    for (const std::size_t index : fold.test) datasets.insert(manifest.clips[index].dataset.text());
    EXPECT_EQ(datasets.size(), 2U) << fold.id;
  }
  EXPECT_EQ(plan_version("subject_kfold"), 2) << "raise it when this version deals other folds";
  EXPECT_EQ(plan_version("loso"), 1);
}

TEST(SubjectKfold, MoreFoldsThanSubjectsIsRefused) {
  const auto folds = plan_folds(sample_manifest(), "subject_kfold", {{"folds", 13}});
  ASSERT_FALSE(folds.ok());
  EXPECT_THAT(folds.error().render(), HasSubstr("use at most 12"));
}

TEST(Holdout, NamedSubjectsAreTheTestSide) {
  const data::Manifest manifest = sample_manifest();
  const auto folds = plan_folds(manifest, "holdout", {{"test_subjects", {"samm/s1", "smic/s2"}}});
  ASSERT_TRUE(folds.ok());
  ASSERT_EQ(folds->size(), 1U);
  EXPECT_EQ(subjects_of(manifest, folds->front().test), (std::set<std::string>{"samm/s1", "smic/s2"}));
}

TEST(Holdout, SubjectsMayBeSpeltAsInImports) {
  data::Manifest manifest = sample_manifest();
  for (data::Clip& clip : manifest.clips) {
    if (clip.subject.text() == "samm/s1") clip.subject = core::SubjectId("samm/006");
  }
  const auto folds = plan_folds(manifest, "holdout", {{"test_subjects", {"SAMM/6"}}});
  ASSERT_TRUE(folds.ok()) << folds.error().render();
  EXPECT_EQ(subjects_of(manifest, folds->front().test), (std::set<std::string>{"samm/006"}));
  const std::vector<core::ClipId> tested = tested_clips(*folds, manifest);
  ASSERT_EQ(tested.size(), folds->front().test.size());
  EXPECT_EQ(tested.front(), manifest.clips[folds->front().test.front()].id);
}

TEST(Holdout, UnknownSubjectsAreAllNamedWithSuggestions) {
  const auto folds = plan_folds(sample_manifest(), "holdout", {{"test_subjects", {"samm/s11", "nobody"}}});
  ASSERT_FALSE(folds.ok());
  EXPECT_EQ(folds.error().diagnostics().size(), 2U);
  EXPECT_THAT(folds.error().render(), HasSubstr("did you mean 'samm/s1'?"));
}

TEST(Holdout, ShareTakesSubjectsOfEveryDataset) {
  const data::Manifest manifest = sample_manifest();
  const auto folds = plan_folds(manifest, "holdout", {{"test_share", 0.4}});
  ASSERT_TRUE(folds.ok());
  EXPECT_EQ(subjects_of(manifest, folds->front().test).size(), 2U + 2U + 1U);  // lround of 2.0, 1.6, 1.2
}

TEST(Validation, WholeSubjectsMoveFromTheTrainingSideOnly) {
  const data::Manifest manifest = sample_manifest();
  auto folds = plan_folds(manifest, "loso", json::object());
  ASSERT_TRUE(folds.ok());
  for (FoldPlan& fold : *folds) {
    const std::vector<std::size_t> before = fold.train;
    ASSERT_TRUE(hold_out_validation(fold, manifest, 0.25, core::Seed{3}).ok());
    EXPECT_FALSE(fold.validation.empty());
    EXPECT_EQ(fold.train.size() + fold.validation.size(), before.size());
    const auto train = subjects_of(manifest, fold.train);
    const auto test = subjects_of(manifest, fold.test);
    for (const std::string& subject : subjects_of(manifest, fold.validation)) {
      EXPECT_FALSE(train.contains(subject));
      EXPECT_FALSE(test.contains(subject));
    }
  }
}

TEST(Validation, SameSeedSameSubjectsOtherSeedOthers) {
  const data::Manifest manifest = sample_manifest();
  const auto chosen = [&](std::uint64_t seed) {
    auto folds = plan_folds(manifest, "loso", json::object());
    std::vector<std::size_t> all;
    for (FoldPlan& fold : *folds) {
      EXPECT_TRUE(hold_out_validation(fold, manifest, 0.3, core::Seed{seed}).ok());
      all.insert(all.end(), fold.validation.begin(), fold.validation.end());
    }
    return all;
  };
  EXPECT_EQ(chosen(1), chosen(1));
  EXPECT_NE(chosen(1), chosen(2));
}

TEST(FoldsJson, NamesClipsNotPositions) {
  const data::Manifest manifest = sample_manifest();
  const auto folds = plan_folds(manifest, "loso", json::object());
  const json out = folds_to_json(*folds, manifest, "demo", "loso", json::object());
  EXPECT_EQ(out.at("schema"), "mexbench.folds/1");
  EXPECT_EQ(out.at("folds").at(0).at("test"), json({"casme2/s0/clip0"}));
  EXPECT_EQ(out.at("manifest_sha256"), data::manifest_hash(manifest));
  // What a trainer elsewhere needs: classes and files of the clips, as the lock file of a run has them.
  EXPECT_EQ(out.at("clips"), data::to_json(manifest).at("clips"));
  EXPECT_EQ(out.at("input"), data::to_json(manifest).at("input"));
}

}  // namespace
}  // namespace mexbench::protocol
