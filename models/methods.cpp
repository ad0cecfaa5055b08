#include "models/methods.h"

#include <fmt/format.h>

#include <array>

#include "models/bi_woof/bi_woof.h"
#include "models/chance/chance.h"
#include "models/hog3d/hog3d.h"
#include "models/lbp_top/lbp_top.h"
#include "models/mdmo/mdmo.h"
#include "models/registry.h"

namespace mexbench::models {
namespace {

// `params` are all of them, checked.
struct Entry {
  std::string_view name;
  std::unique_ptr<model::Learner> (*make)(const nlohmann::json& params);
  core::Result<std::unique_ptr<model::FittedModel>> (*load)(const nlohmann::json& params, const model::StateDict& state,
                                                            std::string_view file);
};

// The list of methods: one entry for each card of models/registry.cpp whose kind is method.
constexpr std::array<Entry, 5> kMethods = {{
    {"bi_woof", make_bi_woof, load_bi_woof},
    {"chance", make_chance, load_chance},
    {"hog3d", make_hog3d, load_hog3d},
    {"lbp_top", make_lbp_top, load_lbp_top},
    {"mdmo", make_mdmo, load_mdmo},
}};

core::Result<const Entry*> entry_of(std::string_view name) {
  MEXBENCH_ASSIGN(const ModelCard* const card, model_by_name(name));
  for (const Entry& entry : kMethods) {
    if (entry.name == card->name) return &entry;
  }
  return core::Error(core::ErrorCode::kUsage, fmt::format("model '{}' is no method", name));
}

// All parameters: the plan has given those that depend on the range of the values.
core::Result<nlohmann::json> all_params(const ModelCard& card, const nlohmann::json& given) {
  MEXBENCH_ASSIGN(nlohmann::json params, resolve_params(card, given));
  for (const ParamDef& param : card.params) {
    if (params.contains(param.name)) continue;
    return core::Error(core::ErrorCode::kUsage,
                       fmt::format("parameter '{}' of {} is missing: it depends on the range of the values", param.name, card.name));
  }
  return params;
}

}  // namespace

core::Result<std::unique_ptr<model::Learner>> method(std::string_view name, const nlohmann::json& params) {
  MEXBENCH_ASSIGN(const Entry* const entry, entry_of(name));
  MEXBENCH_ASSIGN(const nlohmann::json resolved, all_params(*find_model(name), params));
  return entry->make(resolved);
}

core::Result<std::unique_ptr<model::FittedModel>> load_method(std::string_view name, const nlohmann::json& params,
                                                              const model::StateDict& state, std::string_view file) {
  MEXBENCH_ASSIGN(const Entry* const entry, entry_of(name));
  MEXBENCH_ASSIGN(const nlohmann::json resolved, all_params(*find_model(name), params));
  return entry->load(resolved, state, file);
}

}  // namespace mexbench::models
