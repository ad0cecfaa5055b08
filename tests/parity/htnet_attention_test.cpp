// Attention of a position that is alone in its block: HTNet's value path against softmax over one number, written out.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "harness/core/random.h"
#include "harness/train/learner.h"
#include "models/htnet/htnet.h"

namespace mexbench {
namespace {

using Tensors = std::map<std::string, torch::Tensor>;

constexpr std::int64_t kDim = 24, kHeads = 3, kHeadSize = 8, kWidth = kHeads * kHeadSize;

// One level, one layer, one patch: one position.
models::HtNetOptions single() {
  return {.image_size = 7, .patch_size = 7, .num_classes = 3, .dim = kDim, .heads = kHeads, .block_repeats = {1}, .mlp_mult = 2};
}

Tensors parameters_of(const train::Network& network) {
  Tensors out;
  for (const auto& parameter : network.named_parameters()) out[parameter.key()] = parameter.value();
  return out;
}

torch::Tensor norm(const Tensors& of, const std::string& name, const torch::Tensor& x) {
  return torch::layer_norm(x, {kDim}, of.at(name + ".g").flatten(), of.at(name + ".b").flatten());
}
torch::Tensor product(const Tensors& of, const std::string& name, const torch::Tensor& x) {
  const auto bias = of.find(name + ".bias");
  return torch::linear(x, of.at(name + ".weight").flatten(1), bias == of.end() ? torch::Tensor() : bias->second);
}

// Queries, keys and softmax as the published code has them.
torch::Tensor written_out(const Tensors& of, const torch::Tensor& images) {
  const std::int64_t clips = images.size(0);
  torch::Tensor x = product(of, "to_patch_embedding.1", images.permute({0, 2, 3, 1}).reshape({clips, 1, -1}));
  x = x + of.at("layers.0.0.pos_emb").view({1, 1, 1});
  const std::string attention = "layers.0.0.layers.0.0", feed_forward = "layers.0.0.layers.0.1";
  const auto parts = product(of, attention + ".fn.to_qkv", norm(of, attention + ".norm", x)).chunk(3, /*dim=*/-1);
  const auto heads = [&](const torch::Tensor& part) { return part.view({clips, 1, kHeads, kHeadSize}).transpose(1, 2); };
  const torch::Tensor similar = torch::matmul(heads(parts[0]), heads(parts[1]).transpose(-1, -2)) / std::sqrt(double{kHeadSize});
  const torch::Tensor found = torch::matmul(torch::softmax(similar, -1), heads(parts[2])).transpose(1, 2).reshape({clips, 1, kWidth});
  x = x + product(of, attention + ".fn.to_out.0", found);
  const torch::Tensor wide = torch::gelu(product(of, feed_forward + ".fn.net.0", norm(of, feed_forward + ".norm", x)));
  x = x + product(of, feed_forward + ".fn.net.3", wide);
  return product(of, "mlp_head.2", norm(of, "mlp_head.0", x).mean(1));
}

bool is_query_weight(const std::string& name) { return name.ends_with("to_qkv.weight"); }

TEST(HtNetSinglePosition, ScoresAndGradientsAreThoseOfSoftmaxOverOneNumber) {
  torch::manual_seed(4);
  models::HtNet network(single());
  const Tensors parameters = parameters_of(network);
  Tensors copies;
  for (const auto& [name, tensor] : parameters) copies[name] = tensor.detach().clone().requires_grad_();
  const torch::Tensor images = torch::randn({5, 3, 7, 7});
  const torch::Tensor ours = network.forward(images);
  const torch::Tensor theirs = written_out(copies, images);
  EXPECT_LE((ours - theirs).abs().max().item<double>(), 2e-6);
  const torch::Tensor weights = torch::randn(ours.sizes());
  (ours * weights).sum().backward();
  (theirs * weights).sum().backward();
  for (const auto& [name, tensor] : parameters) {
    ASSERT_TRUE(tensor.grad().defined()) << name;
    const torch::Tensor wanted = copies.at(name).grad();
    EXPECT_LE((tensor.grad() - wanted).abs().max().item<double>(), 1e-5 * (1.0 + wanted.abs().max().item<double>())) << name;
  }
}

TEST(HtNetSinglePosition, QueriesAndKeysHaveADefinedGradientOfZero) {
  torch::manual_seed(4);
  models::HtNet network({.dim = kDim, .heads = kHeads, .block_repeats = {1, 1, 2}, .mlp_mult = 2});
  torch::nn::functional::cross_entropy(network.forward(torch::randn({4, 3, 28, 28})), torch::tensor({0, 1, 2, 0}, torch::kInt64))
      .backward();
  int layers = 0;
  for (const auto& [name, weight] : parameters_of(network)) {
    if (!is_query_weight(name)) continue;
    ++layers;
    ASSERT_TRUE(weight.grad().defined()) << name;
    const std::int64_t third = weight.size(0) / 3;
    EXPECT_EQ(weight.grad().narrow(0, 0, 2 * third).count_nonzero().item<std::int64_t>(), 0) << name;
    EXPECT_GT(weight.grad().narrow(0, 2 * third, third).count_nonzero().item<std::int64_t>(), third) << name;
  }
  EXPECT_EQ(layers, 4);
}

class Nothing final : public model::EpochObserver {
 public:
  core::Status on_epoch(const model::EpochReport&, model::FittedModel&) override { return {}; }
};

// With a gradient of 0, Adam's weight decay still shrinks them.
TEST(HtNetSinglePosition, QueriesAndKeysAreDecayedAsInThePublishedCode) {
  std::shared_ptr<models::HtNet> network;
  torch::Tensor wanted;
  const std::string name = "layers.0.0.layers.0.0.fn.to_qkv.weight";
  const auto make = [&]() -> core::Result<std::shared_ptr<train::Network>> {
    network = std::make_shared<models::HtNet>(single());
    wanted = network->named_parameters()[name].detach().clone().requires_grad_();
    return std::shared_ptr<train::Network>(network);
  };
  train::Recipe recipe;
  recipe.epochs = 5;
  recipe.batch_size = 6;
  recipe.optimizer.weight_decay = 0.1;
  std::vector<float> pixels, targets;
  core::RandomStream stream(1);
  for (int clip = 0; clip < 6; ++clip) {
    for (int pixel = 0; pixel < 3 * 7 * 7; ++pixel) pixels.push_back(static_cast<float>(stream.normal()));
    for (int label = 0; label < 3; ++label) targets.push_back(label == clip % 3 ? 1.0F : 0.0F);
  }
  Nothing nothing;
  train::LibTorchLearner learner(make, recipe);
  ASSERT_TRUE(learner.fit({.inputs = {.data = pixels.data(), .shape = {6, 3, 7, 7}}, .targets = {.values = targets, .classes = 3}}, {},
                          {.seed = {1}, .fold = core::FoldId("a/b")}, nothing));
  const torch::Tensor initial = wanted.detach().clone();
  torch::optim::Adam published({wanted}, torch::optim::AdamOptions(recipe.optimizer.lr).weight_decay(0.1));
  wanted.mutable_grad() = torch::zeros_like(wanted);
  for (std::int64_t step = 0; step < recipe.epochs; ++step) (void)published.step();
  const auto queries_and_keys = [](const torch::Tensor& weight) { return weight.narrow(0, 0, 2 * kWidth); };
  const torch::Tensor seen = network->named_parameters()[name];
  EXPECT_TRUE(torch::equal(queries_and_keys(seen), queries_and_keys(wanted)));
  EXPECT_FALSE(torch::equal(queries_and_keys(seen), queries_and_keys(initial)));
}

}  // namespace
}  // namespace mexbench
