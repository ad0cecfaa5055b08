#include "models/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <variant>

#include "harness/core/embedded.h"
#include "harness/core/text.h"
#include "models/alexnet/card.h"
#include "models/bi_woof/card.h"
#include "models/capsulenet/card.h"
#include "models/capsulenet_head/card.h"
#include "models/chance/card.h"
#include "models/dual_inception/card.h"
#include "models/elrcn/card.h"
#include "models/fill_params.h"
#include "models/hog3d/card.h"
#include "models/htnet/card.h"
#include "models/lbp_top/card.h"
#include "models/mdmo/card.h"
#include "models/microexpstcnn/card.h"
#include "models/offapexnet/card.h"
#include "models/offapexnet_two_stream/card.h"
#include "models/onnx/card.h"
#include "models/plugin/card.h"
#include "models/rcn_a/card.h"
#include "models/rcn_f/card.h"
#include "models/rcn_s/card.h"
#include "models/rcn_w/card.h"
#include "models/resnet18/card.h"
#include "models/sssnet/card.h"
#include "models/ststnet/card.h"
#include "models/torchscript/card.h"
#include "models/vit/card.h"

namespace mexbench::models {
namespace {

std::string range(const ParamDef& param) {
  const bool ranged = param.type != ParamDef::Type::kBoolean && param.type != ParamDef::Type::kChoice;
  if (ranged && param.min == param.max) return fmt::format("{}", param.min);
  const std::string bounds = fmt::format("from {} to {}", param.min, param.max);
  switch (param.type) {
    case ParamDef::Type::kInteger:
      return "an integer " + bounds;
    case ParamDef::Type::kNumber:
      return "a number " + bounds;
    case ParamDef::Type::kBoolean:
      return "true or false";
    case ParamDef::Type::kChoice:
      return core::quoted_list(param.choices);
    case ParamDef::Type::kIntegers:
    case ParamDef::Type::kNumbers:
      break;
  }
  const std::string count = param.least == param.most ? fmt::format("{}", param.most) : fmt::format("{} to {}", param.least, param.most);
  const bool whole = param.type == ParamDef::Type::kIntegers;
  return fmt::format("{}a list of {} {} {}",
                     !param.lone ? ""
                     : whole     ? "an integer, or "
                                 : "a number, or ",
                     count, whole ? "integers" : "numbers", bounds);
}

bool in_range(const ParamDef& param, const nlohmann::json& value) {
  const auto number = value.get<double>();
  return std::isfinite(number) && number >= param.min && number <= param.max;
}

bool fits(const ParamDef& param, const nlohmann::json& value) {
  const bool whole = param.type == ParamDef::Type::kInteger || param.type == ParamDef::Type::kIntegers;
  const auto is_one = [&](const nlohmann::json& entry) {
    return (whole ? entry.is_number_integer() : entry.is_number()) && in_range(param, entry);
  };
  switch (param.type) {
    case ParamDef::Type::kInteger:
    case ParamDef::Type::kNumber:
      return is_one(value);
    case ParamDef::Type::kBoolean:
      return value.is_boolean();
    case ParamDef::Type::kChoice:
      return value.is_string() && std::find(param.choices.begin(), param.choices.end(), value.get<std::string>()) != param.choices.end();
    case ParamDef::Type::kIntegers:
    case ParamDef::Type::kNumbers:
      break;
  }
  if (!value.is_array()) return param.lone && is_one(value);
  return value.size() >= param.least && value.size() <= param.most && std::all_of(value.begin(), value.end(), is_one);
}

}  // namespace

std::string_view to_string(ParamDef::Type type) {
  switch (type) {
    case ParamDef::Type::kInteger:
      return "integer";
    case ParamDef::Type::kNumber:
      return "number";
    case ParamDef::Type::kBoolean:
      return "boolean";
    case ParamDef::Type::kIntegers:
      return "integers";
    case ParamDef::Type::kNumbers:
      return "numbers";
    case ParamDef::Type::kChoice:
      break;
  }
  return "choice";
}

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::kNetwork:
      return "network";
    case Kind::kMethod:
      return "method";
    case Kind::kFile:
      break;
  }
  return "file";
}

InputSizes sides(std::int64_t least, std::int64_t most) {
  const auto fit = [least, most](std::int64_t side) { return side >= least && side <= most; };
  return {.words = least == most ? fmt::format("{}x{}", least, most) : fmt::format("{} to {} pixels a side", least, most),
          .take = [fit](std::int64_t height, std::int64_t width) { return fit(height) && fit(width); }};
}

InputSizes sides_from(std::int64_t least) {
  return {.words = fmt::format("at least {} pixels a side", least),
          .take = [least](std::int64_t height, std::int64_t width) { return height >= least && width >= least; }};
}

InputSizes any_size() {
  return {.words = "any", .take = [](std::int64_t height, std::int64_t width) { return height > 0 && width > 0; }};
}

// The list of models: one entry each, sorted by name. models/modules.cpp makes the networks among them, models/methods.cpp the
// methods.
std::span<const ModelCard> all_models() {
  static const auto kCards = std::to_array<ModelCard>({
      alexnet_card(),    bi_woof_card(),
      capsulenet_card(), capsulenet_head_card(),
      chance_card(),     dual_inception_card(),
      elrcn_card(),      hog3d_card(),
      htnet_card(),      lbp_top_card(),
      mdmo_card(),       microexpstcnn_card(),
      offapexnet_card(), offapexnet_two_stream_card(),
      onnx_card(),       plugin_card(),
      rcn_a_card(),      rcn_f_card(),
      rcn_s_card(),      rcn_w_card(),
      resnet18_card(),   sssnet_card(),
      ststnet_card(),    torchscript_card(),
      vit_card(),
  });
  return kCards;
}

std::vector<const ModelCard*> models_of(Kind kind) {
  std::vector<const ModelCard*> out;
  for (const ModelCard& card : all_models()) {
    if (card.kind == kind) out.push_back(&card);
  }
  return out;
}

const ModelCard* find_model(std::string_view name) {
  for (const ModelCard& card : all_models()) {
    if (card.name == name) return &card;
  }
  return nullptr;
}

core::Result<const ModelCard*> model_by_name(std::string_view name) {
  if (const ModelCard* card = find_model(name)) return card;
  std::vector<std::string> known;
  for (const ModelCard& card : all_models()) known.push_back(card.name);
  return core::Error(core::ErrorCode::kUsage, fmt::format("no model is called '{}'", name)).hint(suggestion(name, known));
}

std::string_view card_text(std::string_view name) {
  const std::string path = fmt::format("{}/card.yaml", name);
  for (const core::EmbeddedFile& file : embedded::model_cards()) {
    if (file.path == path) return file.content;
  }
  return {};
}

core::Result<nlohmann::json> resolve_params(const ModelCard& card, const nlohmann::json& given) {
  MEXBENCH_ASSIGN(
      nlohmann::json out,
      fill_params(card, given, [](const ParamDef& param, const nlohmann::json& value) -> std::variant<nlohmann::json, std::string> {
        if (!fits(param, value)) return range(param);
        return value;
      }));
  std::vector<core::Diagnostic> problems;
  for (const Conflict& conflict : conflicts_of(card, out)) {
    core::Diagnostic problem;
    problem.message = fmt::format("the parameters of {} do not go together: {}", card.name, conflict.message);
    problems.push_back(std::move(problem));
  }
  if (!problems.empty()) return core::Error(core::ErrorCode::kUsage, std::move(problems));
  return out;
}

std::vector<Conflict> conflicts_of(const ModelCard& card, const nlohmann::json& params) {
  const bool whole = std::all_of(card.params.begin(), card.params.end(), [&](const ParamDef& param) {
    const auto value = params.find(param.name);
    return value == params.end() ? param.middle : fits(param, *value);
  });
  return card.conflicts == nullptr || !whole ? std::vector<Conflict>{} : card.conflicts(params);
}

std::int64_t channel_count(const ModelCard& card, const nlohmann::json& params) {
  if (card.channels != nullptr) return card.channels(params);
  return card.channels_param.empty() ? static_cast<std::int64_t>(card.input.channels.size())
                                     : params.at(card.channels_param).get<std::int64_t>();
}

nlohmann::json params_for_channels(const ModelCard& card, const nlohmann::json& params, std::int64_t channels) {
  if (card.channels_param.empty()) return nlohmann::json::object();
  const std::int64_t value = params.at(card.channels_param);
  const std::int64_t each = channel_count(card, params) / value;
  if (channels % each != 0) return nlohmann::json::object();
  nlohmann::json changes = nlohmann::json::object({{card.channels_param, channels / each}});
  nlohmann::json changed = params;
  changed.update(changes);
  return resolve_params(card, changed) ? changes : nlohmann::json::object();
}

nlohmann::json params_for_size(const ModelCard& card, const nlohmann::json& params, std::int64_t height, std::int64_t width) {
  if (card.params_for_size == nullptr) return nlohmann::json::object();
  nlohmann::json changes = card.params_for_size(params, height, width);
  nlohmann::json changed = params;
  changed.update(changes);
  return resolve_params(card, changed) ? changes : nlohmann::json::object();
}

core::Result<engine::Description> describe(const ModelCard& card, const nlohmann::json& params, std::int64_t height, std::int64_t width) {
  if (card.describe != nullptr) return card.describe(params, height, width);
  return core::Error(core::ErrorCode::kUsage,
                     card.kind == Kind::kNetwork ? "the fused engine has no description of it" : "not a network of ours");
}

}  // namespace mexbench::models
