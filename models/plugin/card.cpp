#include "models/plugin/card.h"

namespace mexbench::models {

ModelCard plugin_card() {
  return {
      .kind = Kind::kFile,
      .name = "plugin",
      .title = "C++ plugin",
      .paper = "A network of the user's own in C++; its experiment may name a paper in 'card'",
      .doi = "",
      .verified = "none",
      .input = {},
      .params = {},
  };
}

}  // namespace mexbench::models
