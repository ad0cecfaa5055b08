// View models of what went in: settings, manifests, environments.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/data/manifest.h"
#include "reports/view.h"

namespace mexbench::reports {

// A JSON object as dotted keys and values ("optimizer.lr", "5e-05"); nothing for null and for the empty object.
[[nodiscard]] std::vector<Fact> settings_of(const nlohmann::json& object);

// What a run was told to do, by name: all that runs which differ in nothing but their seed have in common, except for their clips.
[[nodiscard]] std::map<std::string, std::string> run_settings(const Run& run);

// Where the apexes of a scope's clips are from: "annotated", "annotated 131, midpoint 2", "none".
[[nodiscard]] std::string apex_sources(const data::Manifest& manifest, const std::string& scope);

// Adds the run's manifest to the list, or its model to the users of an equal one. `place` is the run's in ReportView::runs.
void add_input(const Run& run, const std::string& model, std::size_t place, std::vector<InputView>& inputs);

// Likewise for its environment.
void add_environment(const Run& run, const std::string& name, std::vector<EnvironmentView>& environments);

}  // namespace mexbench::reports
