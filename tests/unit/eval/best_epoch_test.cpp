#include "harness/eval/best_epoch.h"

#include <gmock/gmock.h>

namespace mexbench::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> kClasses{"neg", "pos"};
const std::map<core::ClipId, data::Truth> kTruths{{core::ClipId("d/s/a"), data::Truth::one_class(0)},
                                                  {core::ClipId("d/s/b"), data::Truth::one_class(1)}};
constexpr const char* kHeader = "phase,epoch,train_loss,validation_score,clip,score:neg,score:pos\n";

core::Result<BestEpoch> best(const std::string& rows) {
  const auto epochs = read_epochs(kHeader + rows, "epochs.csv", kClasses, kTruths);
  if (!epochs) return epochs.error();
  return best_of(*epochs, kTruths);
}

TEST(BestEpoch, IsTheEarliestWithMostClipsRight) {
  const auto found = best(
      "train,1,0.9,,d/s/a,1,2\ntrain,1,0.9,,d/s/b,1,2\n"    // one right
      "train,2,0.8,,d/s/b,0,1\ntrain,2,0.8,,d/s/a,3,1\n"    // both, in another order
      "train,3,0.7,,d/s/a,9,1\ntrain,3,0.7,,d/s/b,1,9\n");  // both again
  ASSERT_TRUE(found) << found.error().render();
  EXPECT_EQ(found->epoch, 2);
  EXPECT_EQ(found->recorded, 3);
  EXPECT_THAT(found->scores.at(core::ClipId("d/s/a")), ElementsAre(3.0F, 1.0F));
}

TEST(BestEpoch, LooksAtTheLastPhaseOnly) {
  const auto found = best(
      "select,1,0.9,0.5,d/s/a,2,1\nselect,1,0.9,0.5,d/s/b,1,2\n"
      "refit,1,0.9,,d/s/a,1,2\nrefit,1,0.9,,d/s/b,1,2\n"
      "refit,2,0.9,,d/s/a,1,2\nrefit,2,0.9,,d/s/b,2,1\n");
  ASSERT_TRUE(found) << found.error().render();
  EXPECT_EQ(found->recorded, 2) << "of the refit";
  EXPECT_EQ(found->epoch, 1) << "of the refit: one right, against none in its second epoch";
  EXPECT_THAT(found->scores.at(core::ClipId("d/s/a")), ElementsAre(1.0F, 2.0F));
}

TEST(BestEpoch, FilesThatAreNoneAreRefusedWithTheLine) {
  const auto refusal = [](const std::string& rows) {
    const auto found = best(rows);
    return found ? "accepted" : found.error().render();
  };
  EXPECT_THAT(refusal(""), HasSubstr("has no epochs"));
  EXPECT_THAT(refusal("train,1,0.9,,d/s/a,1,2\n"), HasSubstr("epoch 1 has 1 clips, the fold tests 2"));
  EXPECT_THAT(refusal("train,1,0.9,,d/s/c,1,2\n"), HasSubstr("epochs.csv:2: error: clip 'd/s/c' is not one the fold tests"));
  EXPECT_THAT(refusal("train,1,0.9,,d/s/a,1,2\ntrain,1,0.9,,d/s/a,1,2\n"),
              HasSubstr("epochs.csv:3: error: clip 'd/s/a' is twice in epoch 1"));
  EXPECT_THAT(refusal("train,one,0.9,,d/s/a,1,2\n"), HasSubstr("epoch 'one' is no whole number"));
  EXPECT_THAT(refusal("train,1,0.9,,d/s/a,1,x\n"), HasSubstr("score 'x' is no number"));
  EXPECT_THAT(refusal("train,1,0.9,,d/s/a,1,nan\n"), HasSubstr("score 'nan' is no number"));
  EXPECT_THAT(refusal("select,1,0.9,much,d/s/a,1,2\n"), HasSubstr("score 'much' is no number"));
  EXPECT_THAT(refusal("train,1,0.9,,d/s/a,1\n"), HasSubstr("6 fields, 7 are wanted"));
  EXPECT_THAT(refusal("train,2,0.9,,d/s/a,1,2\ntrain,2,0.9,,d/s/b,1,2\ntrain,1,0.9,,d/s/a,1,2\n"),
              HasSubstr("epochs.csv:4: error: epoch 1 stands behind epoch 2"));
  EXPECT_THAT(refusal("train,1,low,,d/s/a,1,2\n"), HasSubstr("train_loss 'low' is no number"));
  EXPECT_FALSE(read_epochs("a,b\n1,2\n", "epochs.csv", kClasses, kTruths));
}

}  // namespace
}  // namespace mexbench::eval
