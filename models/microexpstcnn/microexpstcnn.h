// MicroExpSTCNN (Reddy, Karri, Dubey, Mukherjee, IJCNN 2019, doi 10.1109/IJCNN.2019.8852419), as the authors' released Keras code computes
// it. Input (clips, frames, height, width): grey frames in order of time.
//
// Convolution over 3x3 pixels and 15 frames -> ReLU -> max pooling by 3 in space and time -> dropout -> hidden layer -> ReLU -> dropout ->
// classes. Volumes stand as (rows, columns, frames) inside, as in the released code, so that its weights keep their order.
#pragma once

#include "harness/train/network.h"

namespace mexbench::models {

struct MicroExpStcnnOptions {
  std::int64_t num_classes = 3;
  std::int64_t frames = 18;
  std::int64_t image_size = 64;
  std::int64_t filters = 32;
  std::int64_t kernel_frames = 15;
  std::int64_t units = 128;
  double dropout = 0.5;
};

class MicroExpStcnn final : public train::Network {
 public:
  explicit MicroExpStcnn(const MicroExpStcnnOptions& options);
  [[nodiscard]] torch::Tensor forward(torch::Tensor input) override;

 private:
  std::int64_t frames_;
  std::int64_t side_;  // of the pooled maps
  double dropout_;
  torch::nn::Conv3d conv_;
  torch::nn::Linear fc1_, fc_;
};

}  // namespace mexbench::models
