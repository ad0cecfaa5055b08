#include "models/htnet/htnet.h"

#include <cmath>
#include <string>
#include <utility>

#include "models/requirements.h"

namespace mexbench::models {
namespace {

namespace F = torch::nn::functional;

torch::nn::Conv2d pointwise(std::int64_t in, std::int64_t out, bool bias = true) {
  return torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, 1).bias(bias));
}

// A 1x1 convolution of channels that stand last.
torch::Tensor project(const torch::nn::Conv2d& pointwise, const torch::Tensor& maps) {
  return torch::linear(maps, pointwise->weight.flatten(1), pointwise->bias);
}

const HtNetOptions& checked(const HtNetOptions& options) {
  constexpr std::int64_t kMostLevels = 16;  // each is twice as wide as the one before
  require_between("the number of levels", static_cast<std::int64_t>(options.block_repeats.size()), 1, kMostLevels);
  require_from("image_size", options.image_size, 1);
  require_from("patch_size", options.patch_size, 1);
  require(options.image_size % options.patch_size == 0,
          fmt::format("image_size is {}, need a multiple of patch_size, which is {}", options.image_size, options.patch_size));
  require_from("num_classes", options.num_classes, 1);
  require_from("dim", options.dim, 1);
  require_between("heads", options.heads, 1, options.dim);
  constexpr std::int64_t kMostRepeats = 256;
  for (const std::int64_t repeats : options.block_repeats) require_between("block_repeats", repeats, 0, kMostRepeats);
  require_from("mlp_mult", options.mlp_mult, 1);
  require_from("channels", options.channels, 1);
  require_probability("dropout", options.dropout);
  return options;
}

// A module that only holds others, under the index that they have in the published Sequential.
std::shared_ptr<torch::nn::Module> numbered(std::vector<std::pair<std::string, std::shared_ptr<torch::nn::Module>>> modules) {
  auto holder = std::make_shared<torch::nn::Module>();
  for (auto& [index, module] : modules) holder->register_module(index, std::move(module));
  return holder;
}

}  // namespace

// Over the channels of each position.
class HtNet::LayerNorm final : public torch::nn::Module {
 public:
  explicit LayerNorm(std::int64_t channels)
      : g_(register_parameter("g", torch::ones({1, channels, 1, 1}))), b_(register_parameter("b", torch::zeros({1, channels, 1, 1}))) {}
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& maps) const {
    return torch::layer_norm(maps, {g_.numel()}, g_.flatten(), b_.flatten(), /*eps=*/1e-5);
  }

 private:
  torch::Tensor g_, b_;
};

// Between all positions of a block. Takes (blocks, positions, channels).
class HtNet::Attention final : public torch::nn::Module {
 public:
  Attention(std::int64_t dim, std::int64_t heads, double dropout)
      : heads_(heads),
        head_size_(dim / heads),
        to_qkv_(pointwise(dim, 3 * heads_ * head_size_, /*bias=*/false)),
        out_(pointwise(heads_ * head_size_, dim)),
        dropout_(dropout) {
    register_module("to_qkv", to_qkv_);
    register_module("to_out", numbered({{"0", out_.ptr()}, {"1", dropout_.ptr()}}));
  }
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) {
    const std::int64_t blocks = x.size(0);
    const std::int64_t positions = x.size(1);
    if (positions == 1) return dropout_->forward(project(out_, values(x)));
    // (3, blocks, heads, positions, head size)
    const torch::Tensor qkv = project(to_qkv_, x).view({blocks, positions, 3, heads_, head_size_}).permute({2, 0, 3, 1, 4});
    const torch::Tensor similar = torch::matmul(qkv[0], qkv[1].transpose(-1, -2)) * (1.0 / std::sqrt(static_cast<double>(head_size_)));
    const torch::Tensor found = torch::matmul(torch::softmax(similar, /*dim=*/-1), qkv[2]);
    return dropout_->forward(project(out_, found.transpose(1, 2).reshape({blocks, positions, heads_ * head_size_})));
  }

 private:
  // What attention finds for a position alone in its block: softmax over one number is 1, whatever query and key are. Their gradient is 0
  // then, and defined, so that weight decay and momentum act on them as they do in the published code.
  [[nodiscard]] torch::Tensor values(const torch::Tensor& x) const {
    const std::int64_t width = heads_ * head_size_;
    return torch::linear(x, to_qkv_->weight.flatten(1).narrow(/*dim=*/0, 2 * width, width));
  }

  std::int64_t heads_, head_size_;
  torch::nn::Conv2d to_qkv_, out_;
  torch::nn::Dropout dropout_;
};

class HtNet::FeedForward final : public torch::nn::Module {
 public:
  FeedForward(std::int64_t dim, std::int64_t mlp_mult, double dropout)
      : widen_(pointwise(dim, mlp_mult * dim)), narrow_(pointwise(mlp_mult * dim, dim)), dropout_(dropout) {
    register_module("net", numbered({{"0", widen_.ptr()}, {"3", narrow_.ptr()}, {"4", dropout_.ptr()}}));
  }
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) {
    return dropout_->forward(project(narrow_, dropout_->forward(F::gelu(project(widen_, x)))));
  }

 private:
  torch::nn::Conv2d widen_, narrow_;
  torch::nn::Dropout dropout_;
};

// Takes (blocks, positions, channels).
class HtNet::Transformer final : public torch::nn::Module {
 public:
  Transformer(const HtNetOptions& options, std::int64_t level, std::int64_t positions)
      : positions_(register_parameter("pos_emb", torch::randn({positions}))) {
    const std::int64_t dim = options.dim << level;
    torch::nn::ModuleList layers;
    for (std::int64_t layer = 0; layer < options.block_repeats.at(static_cast<std::size_t>(level)); ++layer) {
      Parts parts;
      parts.attention = std::make_shared<Attention>(dim, options.heads << level, options.dropout);
      parts.attention_norm = std::make_shared<LayerNorm>(dim);
      parts.feed_forward = std::make_shared<FeedForward>(dim, options.mlp_mult, options.dropout);
      parts.feed_forward_norm = std::make_shared<LayerNorm>(dim);
      layers->push_back(
          numbered({{"0", after(parts.attention_norm, parts.attention)}, {"1", after(parts.feed_forward_norm, parts.feed_forward)}}));
      parts_.push_back(std::move(parts));
    }
    register_module("layers", layers);
  }
  [[nodiscard]] torch::Tensor forward(torch::Tensor x) {
    const std::int64_t count = x.size(1);
    TORCH_CHECK(count <= positions_.numel(), "the blocks have ", count, " positions, image_size allows ", positions_.numel());
    x = x + positions_.narrow(0, 0, count).unsqueeze(-1);
    for (const Parts& parts : parts_) {
      x = x + parts.attention->forward(parts.attention_norm->forward(x));
      x = x + parts.feed_forward->forward(parts.feed_forward_norm->forward(x));
    }
    return x;
  }

 private:
  struct Parts {
    std::shared_ptr<LayerNorm> attention_norm, feed_forward_norm;
    std::shared_ptr<Attention> attention;
    std::shared_ptr<FeedForward> feed_forward;
  };
  static std::shared_ptr<torch::nn::Module> after(const std::shared_ptr<LayerNorm>& norm, const std::shared_ptr<torch::nn::Module>& part) {
    return numbered({{"norm", norm}, {"fn", part}});
  }

  torch::Tensor positions_;
  std::vector<Parts> parts_;
};

// Half the size, twice the channels.
class HtNet::Aggregate final : public torch::nn::Module {
 public:
  explicit Aggregate(std::int64_t dim)
      : convolution_(torch::nn::Conv2dOptions(dim, 2 * dim, 3).padding(1)), norm_(std::make_shared<LayerNorm>(2 * dim)) {
    register_module("0", convolution_);
    register_module("1", norm_);
  }
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& maps) {
    const torch::Tensor wide = convolution_->forward(maps.permute({0, 3, 1, 2}).contiguous());
    const torch::Tensor normed = norm_->forward(wide.permute({0, 2, 3, 1})).permute({0, 3, 1, 2}).contiguous();
    return torch::max_pool2d(normed, /*kernel_size=*/3, /*stride=*/2, /*padding=*/1).permute({0, 2, 3, 1});
  }

 private:
  torch::nn::Conv2d convolution_;
  std::shared_ptr<LayerNorm> norm_;
};

HtNet::HtNet(const HtNetOptions& options)
    : patch_size_(checked(options).patch_size),
      embedding_(pointwise(options.patch_size * options.patch_size * options.channels, options.dim)) {
  register_module("to_patch_embedding", numbered({{"1", embedding_.ptr()}}));
  const auto count = static_cast<std::int64_t>(options.block_repeats.size());
  const std::int64_t block_side = (options.image_size / options.patch_size) >> (count - 1);
  torch::nn::ModuleList layers;
  for (std::int64_t level = 0; level < count; ++level) {
    Level made;
    made.blocks = std::int64_t{1} << (count - 1 - level);
    made.transformer = std::make_shared<Transformer>(options, level, block_side * block_side);
    torch::nn::ModuleList pair;
    pair->push_back(made.transformer);
    if (level + 1 < count) {
      made.aggregate = std::make_shared<Aggregate>(options.dim << level);
      pair->push_back(made.aggregate);
    }
    layers->push_back(pair);
    levels_.push_back(std::move(made));
  }
  register_module("layers", layers);
  const std::int64_t last = options.dim << (count - 1);
  norm_ = std::make_shared<LayerNorm>(last);
  linear_ = torch::nn::Linear(last, options.num_classes);
  register_module("mlp_head", numbered({{"0", norm_}, {"2", linear_.ptr()}}));
}

torch::Tensor HtNet::to_patches(const torch::Tensor& images) const {
  const std::int64_t unit = patch_size_ * levels_.front().blocks;
  TORCH_CHECK(images.dim() == 4 && images.size(2) % unit == 0 && images.size(3) % unit == 0,
              "height and width must be multiples of patch_size * 2^(num_hierarchies - 1) = ", unit);
  const std::int64_t rows = images.size(2) / patch_size_;
  const std::int64_t columns = images.size(3) / patch_size_;
  return images.reshape({images.size(0), images.size(1), rows, patch_size_, columns, patch_size_})
      .permute({0, 2, 4, 3, 5, 1})
      .reshape({images.size(0), rows, columns, -1});
}

torch::Tensor HtNet::forward(torch::Tensor input) {
  torch::Tensor maps = project(embedding_, to_patches(input));
  for (const Level& level : levels_) {
    const std::int64_t clips = maps.size(0);
    const std::int64_t side = level.blocks;
    const std::int64_t rows = maps.size(1) / side;
    const std::int64_t columns = maps.size(2) / side;
    const torch::Tensor blocks =
        maps.reshape({clips, side, rows, side, columns, -1}).transpose(2, 3).reshape({clips * side * side, rows * columns, -1});
    maps = level.transformer->forward(blocks)
               .view({clips, side, side, rows, columns, -1})
               .transpose(2, 3)
               .reshape({clips, side * rows, side * columns, -1});
    if (level.aggregate) maps = level.aggregate->forward(maps);
  }
  return linear_->forward(norm_->forward(maps).mean({1, 2}));
}

}  // namespace mexbench::models
