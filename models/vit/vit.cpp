#include "models/vit/vit.h"

#include <cmath>
#include <string>
#include <vector>

namespace mexbench::models {
namespace {

torch::nn::LayerNorm make_norm(std::int64_t dim) { return torch::nn::LayerNorm(torch::nn::LayerNormOptions({dim}).eps(1e-6)); }

// A linear layer of the feed-forward part, with the initial values of the authors' code.
torch::nn::Linear feed_forward(std::int64_t in, std::int64_t out) {
  torch::nn::Linear layer(in, out);
  torch::nn::init::xavier_uniform_(layer->weight);
  torch::nn::init::normal_(layer->bias, /*mean=*/0, /*std=*/1e-6);
  return layer;
}

}  // namespace

// Between all tokens of a clip. Takes (clips, tokens, dim).
class Vit::Attention final : public torch::nn::Module {
 public:
  explicit Attention(const VitOptions& options)
      : heads_(options.heads),
        weight_(register_parameter("in_proj_weight", torch::empty({3 * options.dim, options.dim}))),
        bias_(register_parameter("in_proj_bias", torch::zeros({3 * options.dim}))),
        out_(register_module("out_proj", torch::nn::Linear(options.dim, options.dim))) {
    torch::nn::init::xavier_uniform_(weight_);
    torch::nn::init::zeros_(out_->bias);
  }
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& tokens) {
    const std::int64_t clips = tokens.size(0);
    const std::int64_t count = tokens.size(1);
    const std::int64_t head_size = tokens.size(2) / heads_;
    // (3, clips, heads, tokens, head size): queries, keys, values
    const torch::Tensor qkv = torch::linear(tokens, weight_, bias_).view({clips, count, 3, heads_, head_size}).permute({2, 0, 3, 1, 4});
    const torch::Tensor similar = torch::matmul(qkv[0], qkv[1].transpose(-1, -2)) / std::sqrt(static_cast<double>(head_size));
    const torch::Tensor found = torch::matmul(torch::softmax(similar, /*dim=*/-1), qkv[2]);
    return out_->forward(found.transpose(1, 2).reshape(tokens.sizes()));
  }

 private:
  std::int64_t heads_;
  torch::Tensor weight_, bias_;
  torch::nn::Linear out_;
};

class Vit::Layer final : public torch::nn::Module {
 public:
  explicit Layer(const VitOptions& options)
      : norm1_(register_module("ln_1", make_norm(options.dim))),
        attention_(register_module("self_attention", std::make_shared<Attention>(options))),
        norm2_(register_module("ln_2", make_norm(options.dim))),
        widen_(feed_forward(options.dim, options.mlp)),
        narrow_(feed_forward(options.mlp, options.dim)),
        dropout_(register_module("dropout", torch::nn::Dropout(options.dropout))) {
    auto mlp = std::make_shared<torch::nn::Module>();
    mlp->register_module("linear_1", widen_);
    mlp->register_module("linear_2", narrow_);
    register_module("mlp", mlp);
  }
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& tokens) {
    const torch::Tensor seen = tokens + dropout_->forward(attention_->forward(norm1_->forward(tokens)));
    const torch::Tensor wide = dropout_->forward(torch::gelu(widen_->forward(norm2_->forward(seen))));
    return seen + dropout_->forward(narrow_->forward(wide));
  }

 private:
  torch::nn::LayerNorm norm1_;
  std::shared_ptr<Attention> attention_;
  torch::nn::LayerNorm norm2_;
  torch::nn::Linear widen_, narrow_;
  torch::nn::Dropout dropout_;
};

class Vit::Encoder final : public torch::nn::Module {
 public:
  explicit Encoder(const VitOptions& options)
      : positions_(register_parameter("pos_embedding", torch::empty({1, positions_of(options), options.dim}))),
        dropout_(register_module("dropout", torch::nn::Dropout(options.dropout))) {
    torch::nn::init::normal_(positions_, /*mean=*/0, /*std=*/0.02);
    auto layers = register_module("layers", std::make_shared<torch::nn::Module>());
    for (std::int64_t index = 0; index < options.depth; ++index) {
      layers_.push_back(layers->register_module("encoder_layer_" + std::to_string(index), std::make_shared<Layer>(options)));
    }
    norm_ = register_module("ln", make_norm(options.dim));
  }
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& tokens) {
    torch::Tensor state = dropout_->forward(tokens + positions_);
    for (const auto& layer : layers_) state = layer->forward(state);
    return norm_->forward(state);
  }

 private:
  // One for each patch, and the class token's.
  static std::int64_t positions_of(const VitOptions& options) {
    const std::int64_t side = options.image_size / options.patch_size;
    return side * side + 1;
  }

  torch::Tensor positions_;
  torch::nn::Dropout dropout_;
  std::vector<std::shared_ptr<Layer>> layers_;
  torch::nn::LayerNorm norm_{nullptr};
};

Vit::Vit(const VitOptions& options)
    : image_size_(options.image_size),
      class_token_(register_parameter("class_token", torch::zeros({1, 1, options.dim}))),
      patches_(torch::nn::Conv2dOptions(options.in_channels, options.dim, options.patch_size).stride(options.patch_size)),
      encoder_(std::make_shared<Encoder>(options)),
      head_(options.dim, options.num_classes) {
  register_module("conv_proj", patches_);
  register_module("encoder", encoder_);
  auto heads = register_module("heads", std::make_shared<torch::nn::Module>());
  heads->register_module("head", head_);
}

torch::Tensor Vit::forward(torch::Tensor input) {
  TORCH_CHECK(input.size(2) == image_size_ && input.size(3) == image_size_, "images of ", input.size(2), "x", input.size(3),
              " are not of image_size, which is ", image_size_);
  const torch::Tensor patches = patches_->forward(input).flatten(2).transpose(1, 2);
  const torch::Tensor tokens = torch::cat({class_token_.expand({input.size(0), -1, -1}), patches}, /*dim=*/1);
  return head_->forward(encoder_->forward(tokens).select(/*dim=*/1, /*index=*/0));
}

}  // namespace mexbench::models
