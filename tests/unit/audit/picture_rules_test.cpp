// One picture in two places.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "unit/audit/made_run.h"

namespace mexbench::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The run with other files, and a science hash that covers them.
Audit with_files(const std::function<void(std::vector<data::Clip>&)>& spoil, MadeRun run = {}) {
  spoil(run.manifest.clips);
  run.facts = facts_of(run.manifest, run.folds);
  return run.audit();
}

TEST(ImageDuplicates, OnePictureUnderTwoSubjectsIsBroken) {
  const Audit audit = with_files([](auto& clips) {
    clips[4].files[0].sha256 = clips[1].files[1].sha256;  // an onset that is another person's apex
  });
  EXPECT_THAT(broken(audit), ElementsAre("image-duplicates"));
  EXPECT_EQ(
      rule_of(audit, "image-duplicates").detail,
      "1 pair of clips of two subjects, or on both sides of a fold, has files of the same bytes: 'synth/p1/b' and 'synth/p3/a' (1 file)");
}

TEST(ImageDuplicates, AWholeCopiedClipIsToldOnce) {
  const Audit audit = with_files([](auto& clips) { clips[5].files = clips[0].files; });
  EXPECT_EQ(
      rule_of(audit, "image-duplicates").detail,
      "1 pair of clips of two subjects, or on both sides of a fold, has files of the same bytes: 'synth/p1/a' and 'synth/p3/b' (2 files)");
}

TEST(ImageDuplicates, OnePersonsPictureTwiceIsOnlyAWord) {
  const Audit audit = with_files([](auto& clips) { clips[1].files[0].sha256 = clips[0].files[1].sha256; });
  EXPECT_THAT(broken(audit), IsEmpty());
  EXPECT_EQ(rule_of(audit, "image-duplicates").detail,
            "none of 11 different files is under two subjects, or on both sides of a fold; 1 is in several clips of one subject");
  EXPECT_EQ(audit.verdict, Verdict::kValid);
}

TEST(ImageDuplicates, OnePersonsPictureOnBothSidesOfAFoldIsBroken) {
  MadeRun run;
  run.folds[0].train.push_back(run.folds[0].test.back());  // synth/p1/b
  run.folds[0].test.pop_back();
  const Audit audit = with_files([](auto& clips) { clips[1].files[0].sha256 = clips[0].files[1].sha256; }, run);
  EXPECT_EQ(
      rule_of(audit, "image-duplicates").detail,
      "1 pair of clips of two subjects, or on both sides of a fold, has files of the same bytes: 'synth/p1/b' and 'synth/p1/a' on both "
      "sides of fold 'synth/p1' (1 file)");
}

TEST(ImageDuplicates, WithoutDigestsNothingIsSaid) {
  EXPECT_THAT(unchecked(with_files([](auto& clips) { clips[2].files.clear(); })), ElementsAre("image-duplicates"));
  const Audit audit = with_files([](auto& clips) { clips[2].files[1].sha256.clear(); });
  EXPECT_EQ(rule_of(audit, "image-duplicates").detail, "the manifest has no digests of the files of 1 of 6 clips");
  EXPECT_EQ(audit.verdict, Verdict::kUnaudited);
}

}  // namespace
}  // namespace mexbench::audit
