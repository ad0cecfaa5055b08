// The models mexbench knows, without their code: cards that plan, validate, list and report. Torch-free; modules.h makes the networks.
//
// A card's numbers live here, where they are used; the prose (what was published and how it was selected, quirks) is in
// models/<name>/card.yaml, compiled into the program. A test holds the two together.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::models {

struct ParamDef {
  enum class Type { kInteger, kNumber };
  std::string name;  // as in the published constructor
  Type type = Type::kNumber;
  nlohmann::json default_value;
  double min = 0.0;  // inclusive
  double max = 0.0;  // inclusive
  std::string doc;
};
[[nodiscard]] std::string_view to_string(ParamDef::Type type);  // integer | number

// What the network takes: the channels by name, in tensor order.
struct InputDef {
  std::vector<std::string> channels;
  std::int64_t height = 0;  // pixels; fixed
  std::int64_t width = 0;
};

struct ModelCard {
  std::string name;      // "ststnet": in YAML, files, messages
  std::string title;     // "STSTNet"
  std::string paper;     // full citation
  std::string doi;       // without the https://doi.org/
  std::string verified;  // fixture | shapes | none: how far the network is checked against the published code
  InputDef input;        // at default parameters
  std::vector<ParamDef> params;
  std::string classes_param;    // the parameter that is the number of classes
  std::string channels_param;   // the parameter that is the number of input channels; empty: fixed
  std::int64_t parameters = 0;  // learnable numbers at default parameters
};

// All cards, sorted by name.
[[nodiscard]] std::span<const ModelCard> all_models();
[[nodiscard]] const ModelCard* find_model(std::string_view name);
// find_model with kUsage, a suggestion and the list of known names.
[[nodiscard]] core::Result<const ModelCard*> model_by_name(std::string_view name);

// The model's card.yaml.
[[nodiscard]] std::string_view card_text(std::string_view name);

// The parameters with defaults filled in, in the table's order of names. Fails with kUsage and one diagnostic per unknown name, wrong
// type or value out of range.
[[nodiscard]] core::Result<nlohmann::json> resolve_params(const ModelCard& card, const nlohmann::json& given);

}  // namespace mexbench::models
