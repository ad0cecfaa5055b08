#include "harness/train/memory_format.h"

#include <gmock/gmock.h>

#include "harness/train/own_state.h"

namespace mexbench::train {
namespace {

using ::testing::HasSubstr;

class Convolutions final : public Network {
 public:
  Convolutions(std::int64_t channels, std::int64_t kernel, std::int64_t stride)
      : first_(register_module("first", torch::nn::Conv2d(3, channels, 3))),
        second_(register_module("second", torch::nn::Conv2d(torch::nn::Conv2dOptions(channels, 32, kernel).stride(stride)))) {}
  torch::Tensor forward(torch::Tensor input) override { return second_->forward(first_->forward(input)).mean({2, 3}); }

 private:
  torch::nn::Conv2d first_, second_;
};

class Scripted final : public Network, public OwnState {
 public:
  torch::Tensor forward(torch::Tensor input) override { return input; }
  [[nodiscard]] std::vector<StateTensor> state() const override { return {}; }
  void assign(const StateTensor&, const torch::Tensor&) override {}
  [[nodiscard]] const std::vector<std::string>& kept() const override { return kept_; }

 private:
  std::vector<std::string> kept_;
};

TEST(MemoryFormat, ChannelsLastMovesNumbersInMemoryOnly) {
  torch::manual_seed(1);
  Convolutions network(16, 3, 2);
  const torch::Tensor before = network.named_parameters()["second.weight"].detach().clone();
  ASSERT_TRUE(lay_out(network, Numerics::kContiguous));
  EXPECT_TRUE(network.named_parameters()["second.weight"].is_contiguous());
  ASSERT_TRUE(lay_out(network, Numerics::kChannelsLast));
  const torch::Tensor after = network.named_parameters()["second.weight"];
  EXPECT_TRUE(after.is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_FALSE(after.is_contiguous());
  EXPECT_TRUE(after.requires_grad());
  EXPECT_TRUE(torch::equal(after, before));
  const torch::Tensor images = torch::rand({2, 3, 8, 8});
  EXPECT_TRUE(laid_out(images, Numerics::kContiguous).is_same(images));
  EXPECT_TRUE(laid_out(images, Numerics::kChannelsLast).is_contiguous(at::MemoryFormat::ChannelsLast));
  const torch::Tensor volume = torch::rand({2, 3, 4});
  EXPECT_TRUE(laid_out(volume, Numerics::kChannelsLast).is_same(volume));
}

TEST(MemoryFormat, WhatLibTorchDoesNotComputeSafelyIsRefused) {
  Convolutions narrow(8, 1, 2);
  EXPECT_TRUE(lay_out(narrow, Numerics::kContiguous));
  const core::Status refused = lay_out(narrow, Numerics::kChannelsLast);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), core::ErrorCode::kUsage);
  EXPECT_THAT(refused.error().render(), HasSubstr("convolution 'second' is 1x1 with a stride and has 8 and 32 channels"));
  EXPECT_THAT(refused.error().render(), HasSubstr("use 'numerics: contiguous'"));
  Convolutions wide(16, 1, 2), without_stride(8, 1, 1);
  EXPECT_TRUE(lay_out(wide, Numerics::kChannelsLast));
  EXPECT_TRUE(lay_out(without_stride, Numerics::kChannelsLast));
  Scripted scripted;
  EXPECT_TRUE(lay_out(scripted, Numerics::kContiguous));
  EXPECT_THAT(lay_out(scripted, Numerics::kChannelsLast).error().render(), HasSubstr("not offered for scripted modules"));
}

}  // namespace
}  // namespace mexbench::train
