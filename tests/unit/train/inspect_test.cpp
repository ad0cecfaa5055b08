// What networks cost, worked out by hand, and what of them never trains.
#include "harness/train/inspect.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "harness/train/network.h"

namespace mexbench::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A network that is one function of its modules.
class Net final : public Network {
 public:
  using Forward = std::function<torch::Tensor(Net&, torch::Tensor)>;
  explicit Net(Forward forward) : forward_(std::move(forward)) {}
  torch::Tensor forward(torch::Tensor input) override { return forward_(*this, std::move(input)); }
  template <typename Holder>
  Holder add(const std::string& name, Holder module) {
    return register_module(name, module);
  }
  torch::Tensor add_parameter(const std::string& name, torch::Tensor value) { return register_parameter(name, std::move(value)); }

 private:
  Forward forward_;
};

NetworkFactory always(std::function<std::shared_ptr<Net>()> make) {
  return [make = std::move(make)]() -> core::Result<std::shared_ptr<Network>> { return std::shared_ptr<Network>(make()); };
}

// A network without parameters.
Cost cost_of_function(std::function<torch::Tensor(torch::Tensor)> function, const std::vector<std::int64_t>& clip) {
  const auto cost =
      cost_of(always([function] { return std::make_shared<Net>([function](Net&, torch::Tensor x) { return function(x); }); }), clip);
  EXPECT_TRUE(cost) << cost.error().render();
  return *cost;
}

std::int64_t flops_of_function(std::function<torch::Tensor(torch::Tensor)> function, const std::vector<std::int64_t>& clip) {
  const Cost cost = cost_of_function(std::move(function), clip);
  for (const Layer& layer : cost.layers) EXPECT_THAT(layer.not_counted, IsEmpty()) << layer.kind;
  return cost.flops;
}

TEST(CostOf, FollowsTheRulesOfTheHeader) {
  const std::vector<std::int64_t> clip{4, 9, 10};  // 360 numbers
  const struct {
    const char* what;
    std::function<torch::Tensor(torch::Tensor)> function;
    int flops;
  } cases[] = {
      {"3x3 in two groups, stride 2: 1x6x4x4, each from 2 * 9 products",
       [](torch::Tensor x) {
         return torch::convolution(x, torch::ones({6, 2, 3, 3}), torch::ones({6}), {2, 2}, {0, 0}, {1, 1}, false, {0, 0}, 2);
       },
       2 * 6 * 4 * 4 * 18},
      {"transposed: each of 360 numbers goes to 5 maps of 2x2",
       [](torch::Tensor x) {
         return torch::conv_transpose2d(x, torch::ones({4, 5, 2, 2}), {}, 2);
       },
       2 * 360 * 20},
      {"linear",
       [](torch::Tensor x) {
         return torch::linear(x, torch::ones({7, 10}), torch::ones({7}));
       },
       2 * 4 * 9 * 7 * 10},
      {"batches of products", [](torch::Tensor x) { return torch::matmul(x, x.transpose(-1, -2)); }, 2 * 4 * 9 * 9 * 10},
      {"einsum is such products",
       [](torch::Tensor x) {
         return torch::einsum("ncij,nckj->ncik", {x, x});
       },
       2 * 4 * 9 * 9 * 10},
      {"batch norm",
       [](torch::Tensor x) {
         return torch::batch_norm(x, torch::ones({4}), torch::ones({4}), torch::zeros({4}), torch::ones({4}), false, 0.1, 1e-5, false);
       },
       2 * 360},
      {"layer norm, weight and bias", [](torch::Tensor x) { return torch::layer_norm(x, {10}, torch::ones({10}), torch::ones({10})); },
       7 * 360},
      {"layer norm alone", [](torch::Tensor x) { return torch::layer_norm(x, {10}); }, 5 * 360},
      {"group norm", [](torch::Tensor x) { return torch::group_norm(x, 2); }, 5 * 360},
      {"softmax", [](torch::Tensor x) { return torch::softmax(x, -1); }, 5 * 360},
      {"pooling: 4x4x5 windows of 2x2", [](torch::Tensor x) { return torch::max_pool2d(x, 2, 2); }, 4 * 4 * 5 * 4},
      {"mean pooling, one side given for both", [](torch::Tensor x) { return torch::avg_pool2d(x, {3}, {3}); }, 4 * 3 * 3 * 9},
      // 9 rows into 2: 0-5 and 4-9, ten of them; 10 columns into 4: 0-3, 2-5, 5-8, 7-10, twelve.
      {"adaptive pooling",
       [](torch::Tensor x) {
         return torch::adaptive_avg_pool2d(x, {2, 4});
       },
       4 * 10 * 12},
      {"mean",
       [](torch::Tensor x) {
         return x.mean({2, 3});
       },
       360},
      {"norm", [](torch::Tensor x) { return x.norm(2, {-1}); }, 2 * 360},
      {"one each: add, scale, GELU, in place too", [](torch::Tensor x) { return torch::gelu((x + x).mul_(0.5)); }, 3 * 360},
      {"nothing: views, copies, padding, joining",
       [](torch::Tensor x) {
         return torch::cat({x, x}, 1).permute({0, 2, 3, 1}).contiguous().flatten(1).narrow(1, 0, 7).repeat({2, 1});
       },
       0},
  };
  for (const auto& one : cases) EXPECT_EQ(flops_of_function(one.function, clip), one.flops) << one.what;
}

TEST(CostOf, LargerOperationsAreCountedByTheirPartsAndBelongToOneRow) {
  const auto make = [] {
    torch::nn::LSTM lstm(torch::nn::LSTMOptions(6, 5).batch_first(true));
    auto net =
        std::make_shared<Net>([lstm](Net&, torch::Tensor x) mutable { return std::get<0>(lstm->forward(x.flatten(2))).select(1, -1); });
    net->add("lstm", lstm);
    return net;
  };
  const auto cost = cost_of(always(make), {3, 2, 3});
  ASSERT_TRUE(cost) << cost.error().render();
  ASSERT_EQ(cost->layers.size(), 1U);
  const Layer& layer = cost->layers.front();
  EXPECT_EQ(layer.name, "lstm");
  EXPECT_EQ(layer.kind, "lstm");
  EXPECT_EQ(layer.parameters, 4 * 5 * (6 + 5 + 2));
  EXPECT_THAT(layer.output, ElementsAre(1, 3, 5));
  EXPECT_THAT(layer.not_counted, IsEmpty());
  // Three steps: two products into four gates of 5, their sum, three sigmoids and two tanh of 5, three products and a sum of 5.
  EXPECT_EQ(layer.flops, 3 * (2 * 20 * 6 + 2 * 20 * 5 + 20 + 5 * 5 + 4 * 5));
}

TEST(CostOf, WhatHasNoRuleIsNamedAndNotTakenForNothing) {
  const Cost cost = cost_of_function([](torch::Tensor x) { return torch::relu(torch::fft_fft(x, {}, -1).abs()); }, {2, 4, 4});
  ASSERT_FALSE(cost.layers.empty());
  EXPECT_THAT(cost.layers.front().not_counted, ::testing::Contains(HasSubstr("fft")));
  EXPECT_EQ(cost.flops, 2 * 32);  // abs and ReLU
}

TEST(CostOf, LayersAreNamedByTheMemoryOfTheirParameters) {
  const auto make = [] {
    torch::nn::Linear shared(4, 4), head(4, 2);
    auto net = std::make_shared<Net>([](Net&, torch::Tensor) { return torch::Tensor(); });
    const torch::Tensor token = net->add_parameter("token", torch::randn({4}));
    net = std::make_shared<Net>([=](Net&, torch::Tensor x) mutable {
      x = shared->forward(torch::relu(shared->forward(x.flatten(1)))) + token.view({1, 4});
      const torch::Tensor normed = head->weight / head->weight.norm();  // computed from parameters alone
      return torch::mm(x, normed.t().contiguous());
    });
    net->add_parameter("token", token);
    net->add("body", shared);
    net->add("head", head);
    return net;
  };
  const auto cost = cost_of(always(make), {1, 2, 2});
  ASSERT_TRUE(cost) << cost.error().render();
  std::vector<std::string> rows;
  std::int64_t counted = 0;
  for (const Layer& layer : cost->layers) {
    rows.push_back(layer.name + " " + layer.kind + " " + std::to_string(layer.parameters));
    counted += layer.parameters;
  }
  EXPECT_THAT(rows, ElementsAre("body linear 20", " relu 0", "body linear 0", "token add 4", "head norm 8", "head div 0", "head linear 0"));
  EXPECT_EQ(cost->parameters, counted + 2);  // head's bias is never read
}

std::vector<std::string> words(const std::vector<NoGradient>& list) {
  std::vector<std::string> out;
  for (const NoGradient& entry : list)
    out.push_back(entry.parameter + " " + std::to_string(entry.numbers) + "/" + std::to_string(entry.of) + " " + entry.where);
  return out;
}

TEST(FindUntrained, TellsUnusedFromWithoutGradientNumberByNumber) {
  const auto make = [] {
    torch::nn::Conv2d border(torch::nn::Conv2dOptions(3, 2, 3).padding(1));  // on maps of one position
    torch::nn::Linear qkv(2, 6), head(2, 3), spare(2, 2);
    const torch::NoGradGuard no_gradients;
    head->weight.zero_();  // passes nothing on before its first step; that is no reason to call the rest untrained
    auto net = std::make_shared<Net>([=](Net&, torch::Tensor x) mutable {
      const torch::Tensor token = border->forward(x).flatten(1).unsqueeze(1);
      const auto parts = qkv->forward(token).chunk(3, -1);
      const torch::Tensor shares = torch::softmax(torch::matmul(parts[0], parts[1].transpose(1, 2)), -1);  // of one token: 1
      return head->forward(torch::matmul(shares, parts[2]).squeeze(1));
    });
    net->add("border", border);
    net->add("qkv", qkv);
    net->add("spare", spare);
    net->add("head", head);
    return net;
  };
  const auto untrained = find_untrained(always(make), {3, 1, 1});
  ASSERT_TRUE(untrained) << untrained.error().render();
  EXPECT_THAT(words(untrained->unused), ElementsAre("spare.weight 4/4 all", "spare.bias 2/2 all"));
  EXPECT_THAT(words(untrained->no_gradient),
              ElementsAre("border.weight 48/54 ", "qkv.weight 8/12 0 to 3 of dimension 0", "qkv.bias 4/6 0 to 3 of dimension 0"));
}

TEST(FindUntrained, DropoutAndRelusHideNothingForGood) {
  const auto make = [] {
    torch::nn::Linear wide(12, 300), head(300, 2);
    auto net = std::make_shared<Net>([=](Net& self, torch::Tensor x) mutable {
      const torch::Tensor hidden = torch::dropout(torch::relu(wide->forward(x.flatten(1))), 0.9, self.is_training());
      return head->forward(hidden);
    });
    net->add("wide", wide);
    net->add("head", head);
    return net;
  };
  const auto untrained = find_untrained(always(make), {3, 2, 2});
  ASSERT_TRUE(untrained) << untrained.error().render();
  EXPECT_GT(untrained->tries, 1);
  EXPECT_TRUE(untrained->complete);
  EXPECT_THAT(untrained->unused, IsEmpty());
  EXPECT_THAT(untrained->no_gradient, IsEmpty());
  const auto cut_short = find_untrained(always(make), {3, 2, 2}, {.clips = 2, .most_tries = 1});
  ASSERT_TRUE(cut_short) << cut_short.error().render();
  EXPECT_FALSE(cut_short->complete);
  EXPECT_EQ(cut_short->tries, 1);
}

TEST(FindUntrained, GradientsThatAreNeverFiniteProveNothing) {
  const auto make = [] {
    torch::nn::Linear head(4, 2);
    auto net = std::make_shared<Net>([=](Net&, torch::Tensor x) mutable { return head->forward(x.flatten(1)) / 0.0; });
    net->add("head", head);
    return net;
  };
  const auto untrained = find_untrained(always(make), {1, 2, 2});
  ASSERT_FALSE(untrained);
  EXPECT_EQ(untrained.error().code(), core::ErrorCode::kFailed);
  EXPECT_THAT(untrained.error().render(), HasSubstr("training steps on random clips had no finite gradients"));
}

TEST(Inspect, ClipsThatTheNetworkDoesNotTakeAreToldInOneLine) {
  const auto make = [] {
    torch::nn::Linear head(4, 2);
    auto net = std::make_shared<Net>([=](Net&, torch::Tensor x) mutable { return head->forward(x.flatten(1)); });
    net->add("head", head);
    return net;
  };
  const core::Error refused = cost_of(always(make), {1, 3, 3}).error();
  EXPECT_EQ(refused.code(), core::ErrorCode::kUsage);
  EXPECT_THAT(refused.message(), HasSubstr("the network can't take clips of shape (1, 3, 3): "));
  const core::Error failed = find_untrained(always(make), {1, 3, 3}).error();
  EXPECT_EQ(failed.code(), core::ErrorCode::kFailed);
  for (const core::Error& error : {refused, failed}) EXPECT_EQ(error.message().find('\n'), std::string::npos);
}

TEST(StepSizes, FewerClipsAndTriesWhereAClipCostsMore) {
  EXPECT_EQ(step_size(0).clips, 16);
  EXPECT_EQ(step_size(0).most_tries, 200);
  EXPECT_EQ(step_size(15'165'925'949).clips, 16) << "CapsuleNet";
  EXPECT_EQ(step_size(100'000'000'000).clips, 6);
  EXPECT_EQ(step_size(310'068'282'096).clips, 2) << "ELRCN; batch norm needs two";
  EXPECT_EQ(step_size(310'068'282'096).most_tries, 4);
  EXPECT_EQ(step_size(5'000'000'000'000).most_tries, 4);
}

}  // namespace
}  // namespace mexbench::train
