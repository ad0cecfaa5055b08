#include "models/hog3d/card.h"

#include <algorithm>

#include "models/svm/card_parts.h"

namespace mexbench::models {
namespace {

constexpr std::int64_t kLeastForGradient = 2;

InputSizes hog3d_sizes(const nlohmann::json& params) {
  const std::vector<std::int64_t> cells = params.at("cells");
  return at_least(std::max(cells[0], kLeastForGradient), std::max(cells[1], kLeastForGradient));
}

std::int64_t hog3d_frames(const nlohmann::json& params) {
  return std::max(params.at("cells").at(2).get<std::int64_t>(), kLeastForGradient);
}

std::vector<Conflict> hog3d_conflicts(const nlohmann::json& params) {
  std::vector<Conflict> out = svm_conflicts(params);
  const std::vector<std::int64_t> cells = params.at("cells");
  const std::int64_t block = params.at("block");
  if (block > std::min(cells[0], cells[1])) {
    out.push_back({.params = {"block", "cells"},
                   .message = fmt::format("block is {}, need at most the {}x{} cells of an image", block, cells[0], cells[1])});
  }
  return out;
}

}  // namespace

ModelCard hog3d_card() {
  using Type = ParamDef::Type;
  return {
      .kind = Kind::kMethod,
      .name = "hog3d",
      .title = "3D-HOG",
      .paper = "A. Klaeser, M. Marszalek, C. Schmid: A Spatio-Temporal Descriptor Based on 3D-Gradients. BMVC 2008, 99.1-99.10",
      .doi = "10.5244/C.22.99",
      .verified = "fixture",
      .input = {},
      .params = with_svm_params(
          {
              {.name = "cells",
               .type = Type::kIntegers,
               .default_value = {4, 4, 2},
               .min = 1,
               .max = 64,
               .least = 3,
               .most = 3,
               .doc = "cells: rows, columns and in time"},
              {.name = "orientations",
               .type = Type::kChoice,
               .default_value = "icosahedron",
               .choices = {"icosahedron", "dodecahedron", "planes"},
               .doc =
                   "bins of directions: the faces of a solid (Klaeser et al.), or angles in the planes XY, XT and YT (Polikovsky et al., "
                   "2009)"},
              {.name = "opposite",
               .type = Type::kChoice,
               .default_value = "separate",
               .choices = {"separate", "joined"},
               .doc = "whether opposite directions share a bin"},
              {.name = "bins",
               .type = Type::kInteger,
               .default_value = 8,
               .min = 2,
               .max = 72,
               .doc = "angles in each plane; a solid has as many as it has faces"},
              {.name = "block",
               .type = Type::kInteger,
               .default_value = 1,
               .min = 1,
               .max = 64,
               .doc = "cells a side of the blocks that are normalised; they overlap and reach over all time"},
              {.name = "clip",
               .type = Type::kNumber,
               .default_value = 0.25,
               .min = 0.01,
               .max = 1.0,
               .doc = "a block is brought to length 1, its numbers to at most this, and to length 1 again"},
          },
          "linear", "standardise"),
      .sizes = hog3d_sizes,
      .conflicts = hog3d_conflicts,
      .least_frames = hog3d_frames,
  };
}

}  // namespace mexbench::models
