#include "datasets/registry.h"

#include <fmt/format.h>

#include <algorithm>

#include "datasets/casme/adapter.h"
#include "datasets/casme2/adapter.h"
#include "datasets/casme3/adapter.h"
#include "datasets/casme_sq/adapter.h"
#include "datasets/dfme/adapter.h"
#include "datasets/fourd/adapter.h"
#include "datasets/megc2019/adapter.h"
#include "datasets/megc2019_flow/adapter.h"
#include "datasets/mmew/adapter.h"
#include "datasets/own/adapters.h"
#include "datasets/samm/adapter.h"
#include "datasets/samm_lv/adapter.h"
#include "datasets/smic/adapter.h"
#include "datasets/synth/adapter.h"
#include "harness/core/text.h"

namespace mexbench::datasets {
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

core::Diagnostic problem(std::string message, std::string hint = "") {
  core::Diagnostic diagnostic;
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  return diagnostic;
}

}  // namespace

std::span<const AdapterInfo> registry() {
  static const std::vector<AdapterInfo> kAdapters = {
      casme::info(),   casme2::info(),     casme3::info(),   casme3::part_c_info(), casme_sq::info(),   dfme::info(), own::flow_info(),
      fourd::info(),   own::frames_info(), megc2019::info(), megc2019_flow::info(), own::meview_info(), mmew::info(), samm::info(),
      samm_lv::info(), smic::info(),       smic::nir_info(), smic::vis_info(),      synth::info()};
  return kAdapters;
}

core::Result<const AdapterInfo*> find_adapter(std::string_view id) {
  std::vector<std::string> known;
  for (const AdapterInfo& adapter : registry()) {
    if (adapter.id == id) return &adapter;
    known.push_back(adapter.id);
  }
  return Error(ErrorCode::kUsage, fmt::format("unknown dataset adapter '{}'", id)).hint(data::suggestion(id, known));
}

core::Result<json> complete_options(const AdapterInfo& adapter, const json& given) {
  return data::complete_options(fmt::format("dataset adapter '{}'", adapter.id), adapter.options, given);
}

core::Status check_request(const AdapterInfo& adapter, const data::AdapterRequest& request) {
  std::vector<core::Diagnostic> problems;
  const auto check = [&](std::string_view what, const std::string& seen, const std::vector<std::string>& known) {
    if (std::find(known.begin(), known.end(), seen) != known.end()) return;
    problems.push_back(
        problem(fmt::format("unknown {} '{}' of dataset adapter '{}'", what, seen, adapter.id), data::suggestion(seen, known)));
  };
  if (request.labels.is_null()) {
    check("label map", request.label_map, adapter.label_maps);
  } else if (!adapter.own_label_maps) {
    problems.push_back(problem(fmt::format("dataset adapter '{}' takes no label map of the experiment's own", adapter.id),
                               data::suggestion(request.label_map, adapter.label_maps)));
  }
  if (!adapter.datasets.empty()) {  // else whatever the user's table says
    for (const std::string& dataset : request.only) check("dataset", dataset, adapter.datasets);
  }
  if (!problems.empty()) return Error(ErrorCode::kUsage, std::move(problems));
  return {};
}

}  // namespace mexbench::datasets
