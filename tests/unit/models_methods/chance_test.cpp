#include <gmock/gmock.h>

#include <array>
#include <filesystem>
#include <numeric>

#include "harness/core/random.h"
#include "models/methods.h"

namespace mexbench::models {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::HasSubstr;

class Silent final : public model::EpochObserver {
  core::Status on_epoch(const model::EpochReport&, model::FittedModel&) override { return {}; }
};

// Ten clips of classes 0 (3), 1 (5) and 2 (2).
std::unique_ptr<model::FittedModel> fitted(const char* strategy, const char* fold = "casme2/sub01") {
  const std::array<int, 10> classes{1, 0, 2, 1, 1, 0, 1, 2, 0, 1};
  std::vector<float> targets(30);
  for (std::size_t i = 0; i < classes.size(); ++i) targets[3 * i + static_cast<std::size_t>(classes[i])] = 1.0F;
  const std::vector<float> images(10);
  const auto learner = method("chance", {{"strategy", strategy}});
  EXPECT_TRUE(learner) << learner.error().render();
  Silent observer;
  auto model = (*learner)->fit({.inputs = {.data = images.data(), .shape = {10, 1, 1, 1}}, .targets = {.values = targets, .classes = 3}},
                               {}, {.seed = core::Seed{7}, .fold = core::FoldId(fold)}, observer);
  EXPECT_TRUE(model) << model.error().render();
  return std::move(*model);
}

model::Scores scores(model::FittedModel& model, std::int64_t clips) {
  const std::vector<float> images(static_cast<std::size_t>(clips));
  auto out = model.predict({.data = images.data(), .shape = {clips, 1, 1, 1}});
  EXPECT_TRUE(out);
  return *out;
}

TEST(Chance, MajorityAndPriorAreThoseOfScikitLearn) {
  // sklearn 1.2: DummyClassifier("most_frequent" | "prior").fit(X, [1,0,2,1,1,0,1,2,0,1]).predict_proba(X[:1])
  EXPECT_THAT(scores(*fitted("majority"), 1).values, ElementsAre(0.0F, 1.0F, 0.0F));
  EXPECT_THAT(scores(*fitted("prior"), 1).values, ElementsAre(FloatEq(0.3F), FloatEq(0.5F), FloatEq(0.2F)));
}

TEST(Chance, StratifiedDrawsClassesWithTheTrainingShares) {
  constexpr std::int64_t kClips = 20000;
  const model::Scores drawn = scores(*fitted("stratified"), kClips);
  std::array<double, 3> shares{};
  for (std::size_t i = 0; i < drawn.values.size(); ++i) shares[i % 3] += static_cast<double>(drawn.values[i]) / kClips;
  // Five standard errors: sqrt(0.25 / 20000) = 0.0035 at most.
  EXPECT_NEAR(shares[0], 0.3, 0.018);
  EXPECT_NEAR(shares[1], 0.5, 0.018);
  EXPECT_NEAR(shares[2], 0.2, 0.018);
  EXPECT_EQ(scores(*fitted("stratified"), 50).values, scores(*fitted("stratified"), 50).values);
  EXPECT_NE(scores(*fitted("stratified"), 50).values, scores(*fitted("stratified", "casme2/sub02"), 50).values);
}

TEST(Chance, SavedModelsPredictTheSame) {
  const auto path = std::filesystem::temp_directory_path() / "mexbench-chance-test.pth";
  const auto model = fitted("stratified");
  ASSERT_TRUE(model->save(path));
  const auto state = model::read_state_dict(path);
  ASSERT_TRUE(state) << state.error().render();
  const auto loaded = load_method("chance", {{"strategy", "stratified"}}, *state, path.string());
  ASSERT_TRUE(loaded) << loaded.error().render();
  EXPECT_EQ(scores(**loaded, 40).values, scores(*model, 40).values);
  EXPECT_EQ(*(*loaded)->weights_digest(), *model->weights_digest());
  std::filesystem::remove(path);

  const auto foreign = load_method("chance", {}, {}, "other.pth");
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code(), core::ErrorCode::kData);
  EXPECT_THAT(foreign.error().render(), HasSubstr("shares"));
}

TEST(Methods, OthersAreRefusedByName) {
  EXPECT_THAT(method("ststnet", {}).error().render(), HasSubstr("model 'ststnet' is no method"));
  EXPECT_THAT(method("chance", {{"strategy", "best"}}).error().render(), HasSubstr("need 'majority'"));
}

}  // namespace
}  // namespace mexbench::models
