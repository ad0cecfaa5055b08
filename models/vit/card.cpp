#include "models/vit/card.h"

#include <fmt/format.h>

#include "models/param_defs.h"

namespace mexbench::models {
namespace {

std::vector<Conflict> conflicts(const nlohmann::json& params) {
  std::vector<Conflict> out;
  const std::int64_t image = params.at("image_size");
  const std::int64_t patch = params.at("patch_size");
  if (image % patch != 0) {
    out.push_back({.params = {"image_size", "patch_size"},
                   .message = fmt::format("image_size is {}, need a multiple of patch_size, which is {}", image, patch)});
  }
  const std::int64_t dim = params.at("dim");
  const std::int64_t heads = params.at("heads");
  if (dim % heads != 0) {
    out.push_back({.params = {"dim", "heads"}, .message = fmt::format("dim is {}, need a multiple of heads, which is {}", dim, heads)});
  }
  return out;
}

InputSizes sizes(const nlohmann::json& params) {
  const std::int64_t image = params.at("image_size");
  return sides(image, image);
}

nlohmann::json params_for(const nlohmann::json&, std::int64_t height, std::int64_t width) {
  return height == width ? nlohmann::json::object({{"image_size", height}}) : nlohmann::json::object();
}

}  // namespace

ModelCard vit_card() {
  return {
      .name = "vit",
      .title = "Vision transformer (compact)",
      .paper =
          "A. Dosovitskiy, L. Beyer, A. Kolesnikov, D. Weissenborn, X. Zhai, T. Unterthiner, M. Dehghani, M. Minderer, G. Heigold, S. "
          "Gelly, J. Uszkoreit, N. Houlsby: An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale. ICLR 2021; arXiv "
          "2010.11929",
      .doi = "10.48550/arXiv.2010.11929",
      .verified = "shapes",
      .input = {.channels = {"u", "v", "strain"}, .height = 28, .width = 28},
      .params =
          {
              classes_param_def("num_classes"),
              integer_param("in_channels", 3, 1, 4096, "input channels"),
              integer_param("image_size", 28, 1, 4096, "side of the image; a multiple of patch_size"),
              integer_param("patch_size", 4, 1, 1024, "side of a patch"),
              integer_param("dim", 128, 1, 8192, "numbers of a token; a multiple of heads"),
              integer_param("depth", 2, 1, 64, "transformer layers"),
              integer_param("heads", 2, 1, 1024, "attention heads"),
              integer_param("mlp", 128, 1, 65536, "units of the feed-forward part"),
              number_param(
                  "dropout", 0.1, 0, 0.99,
                  "probability that an activation is dropped in training, after every linear layer but queries, keys and values, and "
                  "after the positions are added"),
          },
      .classes_param = "num_classes",
      .channels_param = "in_channels",
      .parameters = 212611,
      .flops = 23190880,
      .sizes = sizes,
      .conflicts = conflicts,
      .params_for_size = params_for,
  };
}

}  // namespace mexbench::models
