#include "harness/train/loss.h"

#include <gmock/gmock.h>

#include <cmath>

#include "data/recipes/torch_cases.h"

namespace mexbench::train {
namespace {

using ::testing::HasSubstr;

const std::vector<std::int64_t> kLabels = {0, 2, 1, 1, 0, 2};
const std::vector<double> kWeights = {0.5, 1.0, 3.0};
const std::vector<float> kShares = {0.7F, 0.3F, 0.0F, 0.0F, 0.0F, 1.0F, 0.25F, 0.75F, 0.0F,
                                    0.0F, 0.6F, 0.4F, 1.0F, 0.0F, 0.0F, 0.1F,  0.0F,  0.9F};

torch::Tensor rows(std::span<const float> numbers) {
  return torch::tensor(std::vector<float>(numbers.begin(), numbers.end())).reshape({-1, 3});
}
torch::Tensor one_hot() { return torch::one_hot(torch::tensor(kLabels), 3).to(torch::kFloat32); }

struct Case {
  Loss loss;
  bool weighted = false;
  double wanted = 0.0;
};

TEST(LossFunction, GivesWhatTorchAndTheFormulasOfThePapersGive) {
  using Kind = Loss::Kind;
  const std::vector<Case> all = {
      {{}, false, cases::losses::kCrossEntropy},
      {{}, true, cases::losses::kWeighted},
      {{.kind = Kind::kCrossEntropy, .label_smoothing = 0.2}, false, cases::losses::kSmoothed},
      {{.kind = Kind::kCrossEntropy, .label_smoothing = 0.2}, true, cases::losses::kSmoothedWeighted},
      {{.kind = Kind::kFocal, .gamma = 2.0}, false, cases::losses::kFocal},
      {{.kind = Kind::kFocal, .gamma = 1.5}, true, cases::losses::kFocalWeighted},
      {{.kind = Kind::kFocal, .gamma = 0.0}, false, cases::losses::kCrossEntropy},
      {{.kind = Kind::kCapsuleMargin}, false, cases::losses::kMargin},
      {{.kind = Kind::kCapsuleMargin, .m_plus = 0.8, .m_minus = 0.2, .lambda = 0.25}, true, cases::losses::kMarginWeighted}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Case& one = all[i];
    const torch::Tensor scores = rows(one.loss.kind == Kind::kCapsuleMargin ? std::span<const float>(cases::kLengths) : cases::kScores);
    const LossFunction loss(one.loss, one.weighted ? std::optional(kWeights) : std::nullopt);
    EXPECT_NEAR(loss.of_labels(scores, torch::tensor(kLabels)).item<double>(), one.wanted, 1e-6) << "case " << i;
    EXPECT_NEAR(loss.of_shares(scores, one_hot()).item<double>(), one.wanted, 1e-6) << "case " << i << ", one-hot shares";
  }
}

TEST(LossFunction, SharesOfSeveralClassesAreTorchsClassProbabilities) {
  const torch::Tensor scores = rows(cases::kScores);
  EXPECT_NEAR(LossFunction({}, std::nullopt).of_shares(scores, rows(kShares)).item<double>(), cases::losses::kShares, 1e-6);
  EXPECT_NEAR(LossFunction({.label_smoothing = 0.2}, std::nullopt).of_shares(scores, rows(kShares)).item<double>(),
              cases::losses::kSharesSmoothed, 1e-6);
}

// The loss of shares is the mix of the losses of the labels: what mixup is defined by (Zhang et al., ICLR 2018).
TEST(LossFunction, SharesMixTheLossesOfTheirClasses) {
  const torch::Tensor lengths = torch::tensor({0.2F, 0.7F, 0.4F}).reshape({1, 3});
  for (const auto kind : {Loss::Kind::kCrossEntropy, Loss::Kind::kFocal, Loss::Kind::kCapsuleMargin}) {
    const LossFunction loss({.kind = kind}, std::nullopt);
    const auto of = [&](std::int64_t label) { return loss.of_labels(lengths, torch::tensor({label})).item<double>(); };
    EXPECT_NEAR(loss.of_shares(lengths, torch::tensor({0.3F, 0.0F, 0.7F}).reshape({1, 3})).item<double>(), 0.3 * of(0) + 0.7 * of(2), 1e-6);
  }
}

TEST(LossFunction, FocalLossOfACertainClipHasAFiniteGradient) {
  for (const double gamma : {0.5, 2.0}) {
    torch::Tensor scores = torch::tensor({60.0F, -60.0F}).reshape({1, 2}).requires_grad_(true);
    LossFunction({.kind = Loss::Kind::kFocal, .gamma = gamma}, std::nullopt).of_labels(scores, torch::tensor({std::int64_t{0}})).backward();
    EXPECT_TRUE(torch::isfinite(scores.grad()).all().item<bool>()) << gamma;
  }
}

TEST(LossFunction, MarginLossRefusesScoresThatAreNoLengths) {
  const LossFunction margin({.kind = Loss::Kind::kCapsuleMargin}, std::nullopt);
  EXPECT_FALSE(margin.refuses(torch::tensor({0.0F, 1.0F})));
  EXPECT_THAT(margin.refuses(torch::tensor({0.2F, -1.5F})).value_or(""),
              HasSubstr("wants lengths from 0 to 1, the network gives scores from -1.5"));
  EXPECT_TRUE(margin.refuses(torch::tensor({1.5F})));
  EXPECT_FALSE(LossFunction({}, std::nullopt).refuses(torch::tensor({-3.0F})));
}

}  // namespace
}  // namespace mexbench::train
