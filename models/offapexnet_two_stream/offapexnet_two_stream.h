// OFF-ApexNet with its two streams (Gan et al., Signal Processing: Image Communication 74, 2019, doi 10.1016/j.image.2019.02.005; the
// single-stream form of the MEB toolbox is models/offapexnet). Input (clips, 2, 28, 28): horizontal flow, vertical flow.
//
// Each channel by itself: conv1 5x5 -> ReLU -> max pooling 2x2 -> conv2 5x5 -> ReLU -> max pooling 2x2 -> 7x7 maps. Both streams side by
// side -> 1024 units -> ReLU -> dropout -> 1024 units -> ReLU -> dropout -> classes.
#pragma once

#include <array>

#include "harness/train/network.h"

namespace mexbench::models {

struct OffApexNetTwoStreamOptions {
  std::int64_t num_classes = 3;
  std::array<std::int64_t, 2> filters = {6, 16};
  std::array<std::int64_t, 2> units = {1024, 1024};
  bool conv_relu = true;
  double dropout = 0.5;
};

class OffApexNetTwoStream final : public train::Network {
 public:
  explicit OffApexNetTwoStream(const OffApexNetTwoStreamOptions& options);
  [[nodiscard]] torch::Tensor forward(torch::Tensor input) override;

 private:
  torch::nn::Sequential stream_u_, stream_v_, dense_;
};

}  // namespace mexbench::models
