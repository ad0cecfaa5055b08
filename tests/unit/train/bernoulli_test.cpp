// The numbers and the generator's state are LibTorch's.
#include "harness/train/bernoulli.h"

#include <gtest/gtest.h>

namespace mexbench::train {
namespace {

// What the generator gives next.
torch::Tensor following() { return torch::cat({torch::rand({3}), torch::randn({3}), torch::randint(1 << 20, {3}).to(torch::kFloat32)}); }

TEST(Bernoulli, NumbersAndWhatFollowsAreLibTorchs) {
  for (const double p : {0.5, 0.3, 0.9, 1.0, 0.0, 1e-9}) {
    // 312 numbers use up a state of the generator; an odd number of words before them shifts where it ends.
    for (const std::int64_t rows : {1, 2, 3, 39, 311, 312, 313, 2000}) {
      for (const std::int64_t before : {0, 1, 2, 623}) {
        const auto begin = [before] {
          torch::manual_seed(7);
          if (before > 0) (void)torch::rand({before});
        };
        begin();
        const torch::Tensor wanted = torch::empty({rows, 2, 4}).bernoulli_(p);
        const torch::Tensor then = following();
        begin();
        const torch::Tensor seen = torch::full({rows, 2, 4}, 7.0F);
        draw_bernoulli(seen, p);
        EXPECT_TRUE(torch::equal(seen, wanted)) << p << ", " << rows << " rows, " << before << " before";
        EXPECT_TRUE(torch::equal(following(), then)) << p << ", " << rows << " rows, " << before << " before";
      }
    }
  }
}

TEST(Bernoulli, PartsOfATensorAreFilledRowByRow) {
  torch::manual_seed(3);
  const torch::Tensor wanted =
      torch::cat({torch::empty({5, 3, 2, 2}).bernoulli_(0.4), torch::empty({5, 4, 2, 2}).bernoulli_(0.4)}, /*dim=*/1);
  torch::manual_seed(3);
  const torch::Tensor seen = torch::empty({5, 7, 2, 2});
  draw_bernoulli(seen.narrow(1, 0, 3), 0.4);
  draw_bernoulli(seen.narrow(1, 3, 4), 0.4);
  EXPECT_TRUE(torch::equal(seen, wanted));
  // What does not lie together.
  torch::manual_seed(3);
  const torch::Tensor spread = torch::empty({6, 4}).t();
  draw_bernoulli(spread, 0.4);
  torch::manual_seed(3);
  EXPECT_TRUE(torch::equal(spread, torch::empty({6, 4}).t().bernoulli_(0.4)));
  draw_bernoulli(torch::empty({0, 3}), 0.5);
}

}  // namespace
}  // namespace mexbench::train
