// ELRCN (Khor, See, Phan, Lin, FG 2018, arXiv 1805.08417): a convolutional network encodes each frame, a recurrent network reads the codes.
// Input (clips, frames * channels_per_frame, height, width), the channels of the first frame first.
//
// Each frame: VGG-16 (Simonyan, Zisserman, ICLR 2015, configuration D) up to its second linear layer. The codes in order of time -> LSTM,
// state after the last frame -> dense -> ReLU -> classes.
#pragma once

#include <vector>

#include "harness/train/network.h"

namespace mexbench::models {

struct ElrcnOptions {
  std::int64_t num_classes = 3;
  std::int64_t frames = 10;
  std::int64_t channels_per_frame = 1;
  std::int64_t image_size = 224;
  std::vector<std::int64_t> filters = {64, 128, 256, 512, 512};
  std::vector<std::int64_t> convolutions = {2, 2, 3, 3, 3};  // one for each of filters
  std::vector<std::int64_t> units = {4096, 4096};
  std::vector<std::int64_t> lstm = {3000};
  std::int64_t dense = 128;
  double dropout = 0.5;
};

class Elrcn final : public train::Network {
 public:
  explicit Elrcn(const ElrcnOptions& options);
  [[nodiscard]] torch::Tensor forward(torch::Tensor input) override;

 private:
  std::int64_t frames_, channels_per_frame_;
  std::int64_t side_;  // of the maps that the linear layers take
  torch::nn::Sequential features_, classifier_;
  std::vector<torch::nn::LSTM> lstm_;
  torch::nn::Linear dense_, fc_;
};

}  // namespace mexbench::models
