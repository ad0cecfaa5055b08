#include "models/onnx/card.h"

namespace mexbench::models {

ModelCard onnx_card() {
  return {
      .kind = Kind::kFile,
      .name = "onnx",
      .title = "ONNX file",
      .paper = "A network of the user's own, exported as ONNX; its experiment may name a paper in 'card'",
      .doi = "",
      .verified = "none",
      .input = {},
      .params = {},
  };
}

}  // namespace mexbench::models
