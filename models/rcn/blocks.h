// Parts of the RCN networks (Xia, Peng, Khor, Feng, Zhao, IEEE Transactions on Image Processing 29, 2020, doi
// 10.1109/TIP.2020.3018222). Tensors are (clips, maps, height, width).
#pragma once

#include <vector>

#include "harness/train/network.h"
#include "harness/train/other_names.h"

namespace mexbench::models::rcn {

struct Options {
  std::int64_t num_input = 3;
  std::int64_t featuremaps = 32;
  std::int64_t num_classes = 3;
  std::int64_t num_layers = 1;
  std::int64_t pool_size = 5;
  double dropout = 0.5;
};

// The options, if a network can be made of them; std::invalid_argument names the first that it can't.
[[nodiscard]] const Options& checked(const Options& options);
// The same for RCN-W and RCN-F, whose streams have a half and twice a quarter of the width.
[[nodiscard]] const Options& checked_streams(const Options& options);

// First layer of RCN-A and RCN-S: 5x5 convolution without padding, batch norm, ReLU, 2x2 max pooling, dropout.
[[nodiscard]] torch::nn::Sequential make_stem(const Options& options);

// First layers of RCN-W and RCN-F: 3x3 convolution of stride 3, ReLU, batch norm, dropout.
[[nodiscard]] torch::nn::Sequential make_stream(const Options& options, std::int64_t maps, std::int64_t dilation);

// Convolution that keeps height and width, batch norm, ReLU.
[[nodiscard]] torch::nn::Sequential make_unit(std::int64_t maps, std::int64_t kernel);

// End of every block: 2x2 max pooling, dropout.
[[nodiscard]] torch::Tensor pool_and_drop(const torch::Tensor& maps, double dropout, bool training);

// D(x + y), D(x + y + z), D(x + y + z + e) with one D: the end of RCN-S's and RCN-F's block.
[[nodiscard]] torch::Tensor apply_densely(torch::nn::Sequential& unit, const torch::Tensor& x, const torch::Tensor& y);

// f = the 1x1 unit of x; r = R(x + f); R(x + r), with one R; pooling, dropout.
class RecurrentBlock final : public torch::nn::Module {
 public:
  explicit RecurrentBlock(const Options& options);
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x);

 private:
  double dropout_;
  torch::nn::Sequential ffconv_, rrconv_;
};

// One after another; none at all change nothing.
[[nodiscard]] torch::Tensor apply_blocks(torch::nn::Sequential& blocks, const torch::Tensor& x);

// num_layers of them.
[[nodiscard]] torch::nn::Sequential make_recurrent_blocks(const Options& options);

// The head has one name in the authors' release and another in the MEB toolbox; weights of either are read.
[[nodiscard]] inline std::vector<train::OtherName> head_called(const char* theirs, const char* ours) {
  return {{.theirs = theirs, .ours = ours}};
}

[[nodiscard]] torch::nn::Linear make_head(const Options& options);
// Adaptive average pooling to the head's grid.
[[nodiscard]] torch::Tensor pool_to_grid(const torch::Tensor& maps, std::int64_t pool_size);

// The attention map (clips, 1, pool_size, pool_size), values in [0, 1]: the mean over classes of the evidence that the head's own weights
// find in the pooled features, each class's map shifted to minimum 0 and divided by its maximum. A constant map gives 0/0.
[[nodiscard]] torch::Tensor attention_map(const torch::Tensor& features, const torch::nn::Linear& head, std::int64_t pool_size);

// The authors' initial values: convolution weights Kaiming-normal (fan out), linear weights normal with deviation 0.01, linear biases 0.
void initialise(torch::nn::Module& network);

}  // namespace mexbench::models::rcn
