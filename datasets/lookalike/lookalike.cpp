#include "datasets/lookalike/lookalike.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "datasets/lookalike/planner.h"

namespace mexbench::datasets {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

std::span<const Layout> layouts() {
  static const std::array<Layout, 7> kLayouts = {casme_layout(), casme2_layout(),  casme3_layout(), casme_sq_layout(),
                                                 samm_layout(),  samm_lv_layout(), smic_layout()};
  return kLayouts;
}

core::Result<const Layout*> find_layout(std::string_view id) {
  std::vector<std::string> known;
  for (const Layout& layout : layouts()) {
    if (layout.id == id) return &layout;
    known.push_back(layout.id);
  }
  return Error(ErrorCode::kUsage, fmt::format("unknown layout '{}'", id)).hint(data::suggestion(id, known));
}

core::Result<json> complete_layout_options(std::string_view id, const json& given) {
  MEXBENCH_ASSIGN(const Layout* const layout, find_layout(id));
  MEXBENCH_ASSIGN(json options, data::complete_options(fmt::format("layout '{}'", id), layout->options, given));
  // 1 and 1.0 are one corpus: the options are written down, and equal ones are equal bytes.
  for (const data::OptionDef& option : layout->options) {
    if (option.type == data::OptionType::kNumber) options[option.name] = options[option.name].get<double>();
  }
  options["layout"] = layout->id;
  return options;
}

core::Result<data::Lookalike> plan_lookalike(const json& options) {
  if (!options.is_object() || !options.contains("layout") || !options["layout"].is_string())
    return Error(ErrorCode::kUsage, "the options name no layout");
  json given = options;
  given.erase("layout");
  const std::string id = options["layout"];
  MEXBENCH_ASSIGN(const json complete, complete_layout_options(id, given));
  if (complete != options) return Error(ErrorCode::kUsage, fmt::format("the options of layout '{}' are not complete", id));
  MEXBENCH_ASSIGN(const Layout* const layout, find_layout(id));
  data::Lookalike corpus = layout->plan(options);
  std::sort(corpus.footage.begin(), corpus.footage.end(),
            [](const data::Footage& a, const data::Footage& b) { return a.folder < b.folder; });
  return corpus;
}

}  // namespace mexbench::datasets
