// The models mexbench knows, without their code: cards that plan, validate, list and report. Torch-free; modules.h makes the networks.
//
// A card's numbers live here, where they are used; the prose (what was published and how it was selected, quirks) is in
// models/<name>/card.yaml, compiled into the program. A test holds the two together.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"
#include "harness/engine/description.h"

namespace mexbench::models {

struct ParamDef {
  enum class Type { kInteger, kNumber, kBoolean, kIntegers, kNumbers, kChoice };
  std::string name;  // as in the published constructor
  Type type = Type::kNumber;
  nlohmann::json default_value;
  double min = 0.0;  // inclusive; of every entry of a list; booleans and choices have none
  double max = 0.0;  // inclusive
  // kIntegers, kNumbers
  std::size_t least = 0;  // entries
  std::size_t most = 0;
  bool lone = false;                 // one number may stand for a list of it
  std::vector<std::string> choices;  // kChoice: the words it may be
  int since = 1;                     // later than 1: came after runs were made, and is no part of a run's identity while at its default
  std::string doc;
  // kNumber, at most one of a model: a value of the input. It has no default of its own: it is the middle of the range of the values that
  // the model is given, and a given one lies in that range.
  bool middle = false;
};
[[nodiscard]] std::string_view to_string(ParamDef::Type type);  // integer | number | boolean | integers | numbers | choice

// Parameters that are right one by one and wrong together.
struct Conflict {
  std::vector<std::string> params;  // those that are, the one to change first
  std::string message;              // "image_size is 30, need a multiple of 28 = ..."
};

// The image sizes a network takes.
struct InputSizes {
  std::string words;  // "28x28", "64 to 69 pixels a side"
  std::function<bool(std::int64_t height, std::int64_t width)> take;
};
[[nodiscard]] InputSizes sides(std::int64_t least, std::int64_t most);  // height and width, each on its own
[[nodiscard]] InputSizes sides_from(std::int64_t least);
[[nodiscard]] InputSizes any_size();

// What the network takes: the channels by name, in tensor order, the size at default parameters, and the range of the values.
struct InputDef {
  std::vector<std::string> channels;
  std::int64_t height = 0;
  std::int64_t width = 0;
  // Of the published input. Others are taken too, and noted at the plan. Equal: not known, or without meaning to the model.
  double low = 0.0;
  double high = 0.0;
  // What is worked out from a channel depends on what it is: u and v are a vector. No others are taken, and in no other order.
  bool by_meaning = false;
};

// Where a model's numbers come from.
enum class Kind {
  kNetwork,  // a LibTorch network of models/: trained by the experiment's `train`, or its weights are loaded
  kMethod,   // learns from the training clips by a rule of its own, so that `train` does not apply to it; or is loaded
  kFile,     // brought by the user as a file: what it takes is known when it is opened
};
[[nodiscard]] std::string_view to_string(Kind kind);  // network | method | file

struct ModelCard {
  Kind kind = Kind::kNetwork;
  std::string name;      // "ststnet": in YAML, files, messages
  std::string title;     // "STSTNet"
  std::string paper;     // full citation
  std::string doi;       // without the https://doi.org/
  std::string verified;  // fixture | shapes | none: how far the network is checked against the published code
  InputDef input;
  std::vector<ParamDef> params;
  std::string classes_param;    // the parameter that is the number of classes; empty: as many as the data have
  std::string channels_param;   // the parameter that input channels follow; empty: their number is fixed, any when `input` names none
  std::int64_t parameters = 0;  // learnable numbers at default parameters; 0 when they depend on the data
  int numeric_version = 1;      // raised when the same weights or the same training give other last bits; part of a run's identity above 1
  std::int64_t flops = 0;       // of a network: one clip's forward pass at default parameters and size (harness/train/inspect.h)
  // All of these take parameters that are complete and each in its range.
  // Empty: images of any size.
  InputSizes (*sizes)(const nlohmann::json& params) = nullptr;
  // Empty: any values go together.
  std::vector<Conflict> (*conflicts)(const nlohmann::json& params) = nullptr;
  // The least number of frames of a volume: the model takes any number of them, channels t00, t01, .. in order of time. Empty: its
  // channels are no frames.
  std::int64_t (*least_frames)(const nlohmann::json& params) = nullptr;
  // The parameters to set for images of another size; empty, or an empty object: there are none.
  nlohmann::json (*params_for_size)(const nlohmann::json& params, std::int64_t height, std::int64_t width) = nullptr;
  // Input channels, in proportion to channels_param; empty: as many as it says.
  std::int64_t (*channels)(const nlohmann::json& params) = nullptr;
  // The network as the fused engine takes it, for images of a size that `sizes` takes; fails with kUsage and the reason in words ("softmax
  // at the end") when the parameters leave what the engine can express. Empty: they always do.
  core::Result<engine::Description> (*describe)(const nlohmann::json& params, std::int64_t height, std::int64_t width) = nullptr;
};

// All cards, sorted by name.
[[nodiscard]] std::span<const ModelCard> all_models();
// Those of one kind.
[[nodiscard]] std::vector<const ModelCard*> models_of(Kind kind);
[[nodiscard]] const ModelCard* find_model(std::string_view name);
// find_model with kUsage, a suggestion and the list of known names.
[[nodiscard]] core::Result<const ModelCard*> model_by_name(std::string_view name);

// The model's card.yaml.
[[nodiscard]] std::string_view card_text(std::string_view name);

// The parameters with defaults filled in, in the table's order of names; a `middle` one that is not given is left out. Fails with kUsage
// and one diagnostic per unknown name, wrong type, value out of range or conflict.
[[nodiscard]] core::Result<nlohmann::json> resolve_params(const ModelCard& card, const nlohmann::json& given);

// The card's conflicts; none while a parameter is missing, of the wrong type or out of its range.
[[nodiscard]] std::vector<Conflict> conflicts_of(const ModelCard& card, const nlohmann::json& params);

// Input channels with these parameters.
[[nodiscard]] std::int64_t channel_count(const ModelCard& card, const nlohmann::json& params);

// The value of channels_param that makes the network take `channels`, as an object to put over `params`; empty: there is none.
[[nodiscard]] nlohmann::json params_for_channels(const ModelCard& card, const nlohmann::json& params, std::int64_t channels);

// The card's params_for_size, where it has them and they conflict with nothing.
[[nodiscard]] nlohmann::json params_for_size(const ModelCard& card, const nlohmann::json& params, std::int64_t height, std::int64_t width);

// The card's `describe`, and kUsage with the reason for models that have none.
[[nodiscard]] core::Result<engine::Description> describe(const ModelCard& card, const nlohmann::json& params, std::int64_t height,
                                                         std::int64_t width);

}  // namespace mexbench::models
