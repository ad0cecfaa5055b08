// CapsuleNet (Quang, Chun, Tokuyama, FG 2019, doi 10.1109/FG.2019.8756544) as the authors' released code wires it: the first three stages
// of ResNet-18 without its max pooling (models/resnet; 224x224 images become 256 maps of 28x28), then the capsule head
// (models/capsulenet_head).
#pragma once

#include "models/capsulenet_head/capsulenet_head.h"
#include "models/resnet/trunk.h"

namespace mexbench::models {

struct CapsuleNetOptions {
  std::int64_t in_channels = 3;
  std::int64_t width = 64;     // maps of the backbone's first stage
  CapsuleNetHeadOptions head;  // in_channels is set from width
};

class CapsuleNet final : public train::Network {
 public:
  explicit CapsuleNet(const CapsuleNetOptions& options);
  // The lengths of the digit capsules (clips, classes), in [0, 1), instead of logits.
  [[nodiscard]] torch::Tensor forward(torch::Tensor input) override;

 private:
  std::shared_ptr<resnet::Trunk> backbone_;
  std::shared_ptr<CapsuleNetHead> head_;
};

}  // namespace mexbench::models
