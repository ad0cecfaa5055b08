#include "models/torchscript/card.h"

namespace mexbench::models {

ModelCard torchscript_card() {
  return {
      .kind = Kind::kFile,
      .name = "torchscript",
      .title = "TorchScript file",
      .paper = "A network of the user's own, scripted or traced with PyTorch; its experiment may name a paper in 'card'",
      .doi = "",
      .verified = "none",
      .input = {},
      .params = {},
  };
}

}  // namespace mexbench::models
