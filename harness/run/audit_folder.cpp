#include "harness/run/audit_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <utility>

#include "harness/audit/run_rules.h"
#include "harness/core/files.h"
#include "harness/protocol/protocol.h"
#include "harness/run/derive.h"
#include "harness/store/fold_store.h"
#include "harness/store/json_file.h"

namespace mexbench::run {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

bool is_there(const fs::path& path) {
  std::error_code none;
  return fs::exists(path, none);
}

bool is_folder(const fs::path& path) {
  std::error_code none;
  return fs::is_directory(path, none);
}

// Every published fold; attempts and what was set aside begin with a dot.
core::Result<std::vector<store::SealedFold>> read_seals(const fs::path& folds, const std::vector<std::string>& classes) {
  MEXBENCH_ASSIGN(const std::vector<std::string> names, core::list_folder(folds));
  std::vector<store::SealedFold> out;
  std::vector<core::Diagnostic> problems;
  for (const std::string& name : names) {
    if (name.starts_with('.') || !is_folder(folds / name)) continue;
    auto fold = store::read_sealed(folds / name, classes);
    if (fold) {
      out.push_back(std::move(*fold));
    } else {
      problems.insert(problems.end(), fold.error().diagnostics().begin(), fold.error().diagnostics().end());
    }
  }
  if (!problems.empty()) return Error(ErrorCode::kData, std::move(problems));
  return out;
}

// The protocol's options, those that the science hash covers before those that only stand in run.json.
json protocol_options(const json& record) {
  json options = record.at("protocol").at("options");
  for (const auto& [key, value] : record.at("science").at("settings").at("protocol").items()) {
    if (key != "name") options[key] = value;
  }
  return options;
}

// What the protocol tests, dealt again from the locked manifest.
core::Status plan_again(const json& record, const data::Manifest& manifest, const std::vector<store::SealedFold>& seals,
                        const std::string& file, audit::RunFacts& facts) {
  const std::string protocol = record.at("science").at("settings").at("protocol").at("name");
  if (record.at("science").value("protocol_version", 1) != protocol::plan_version(protocol)) {
    facts.plan_known = false;
    return {};
  }
  const auto folds = protocol::plan_folds(manifest, protocol, protocol_options(record));
  if (!folds) return Error::in_file(ErrorCode::kData, file, fmt::format("can't be planned again: {}", folds.error().message()));
  // Of a run that was complete a fold that is not there is missing; of another one it is still to come.
  std::vector<protocol::FoldPlan> expected;
  for (const protocol::FoldPlan& fold : *folds) {
    const bool sealed = std::any_of(seals.begin(), seals.end(), [&](const store::SealedFold& seal) { return seal.fold == fold.id; });
    if (sealed || record.at("state") == "complete") expected.push_back(fold);
  }
  facts.planned_tests = protocol::tested_clips(expected, manifest);
  if (record.at("state") != "complete") facts.planned_folds = folds->size();
  return {};
}

core::Status read_derived(const fs::path& folder, const std::vector<std::string>& classes, audit::RunFacts& facts, AuditedRun& run) {
  const fs::path predictions = folder / "predictions.csv";
  if (is_there(predictions)) {
    MEXBENCH_ASSIGN(const std::string content, core::read_file(predictions));
    MEXBENCH_ASSIGN(facts.predictions,
                    eval::parse_predictions(content, predictions.string(), {.classes = classes, .keep_duplicates = true}));
  }
  const fs::path metrics = folder / "metrics.json";
  if (is_there(metrics)) {
    MEXBENCH_ASSIGN(const json content, store::read_json(metrics, "mexbench.metrics/1"));
    MEXBENCH_ASSIGN(facts.metrics, eval::metrics_from_json(content, metrics.string()));
  }
  const fs::path audit = folder / "audit.json";
  if (is_there(audit)) {
    MEXBENCH_ASSIGN(const json content, store::read_json(audit, "mexbench.audit/1"));
    MEXBENCH_ASSIGN(run.recorded, audit::audit_from_json(content, audit.string()));
  }
  return {};
}

core::Result<AuditedRun> audit_run_folder(const fs::path& folder) {
  const fs::path file = folder / "run.json";
  MEXBENCH_ASSIGN(const json record, store::read_json(file, "mexbench.run/1"));
  const fs::path lock = folder / "manifest.lock.json";
  MEXBENCH_ASSIGN(const json locked, store::read_json(lock, "mexbench.manifest/1"));
  MEXBENCH_ASSIGN(const data::Manifest manifest, data::manifest_from_json(locked, lock.string()));
  const std::vector<std::string>& classes = manifest.label_map.classes;
  try {
    AuditedRun run{.folder = folder,
                   .label = record.at("model").at("label"),
                   .seed = core::Seed{record.at("seed").get<std::uint64_t>()},
                   .audit = {},
                   .recorded = std::nullopt};
    MEXBENCH_ASSIGN(const std::vector<store::SealedFold> seals, read_seals(folder / "folds", classes));
    audit::RunFacts facts;
    MEXBENCH_ASSIGN(facts.settings, audit::settings_of(record.at("science"), file.string()));
    const json& pretraining = record.at("model").value("pretraining", json());
    if (!pretraining.is_null()) facts.pretraining = pretraining.get<std::vector<std::string>>();
    MEXBENCH_TRY(plan_again(record, manifest, seals, file.string(), facts));
    const bool whole = record.at("state") == "complete";
    MEXBENCH_TRY(read_derived(whole ? folder : folder / kPartial, classes, facts, run));
    MEXBENCH_ASSIGN(const std::vector<audit::FoldRecord> records, fold_records(folder, classes, seals));
    run.audit = audit::audit_run(records, manifest, facts);
    return run;
  } catch (const json::exception& problem) {
    return Error::in_file(ErrorCode::kData, file.string(), fmt::format("is not a run's record: {}", problem.what()));
  }
}

// <experiment>/<label>/seed-<n>
core::Result<std::vector<fs::path>> find_runs(const fs::path& folder) {
  if (is_there(folder / "run.json")) return std::vector<fs::path>{folder};
  MEXBENCH_ASSIGN(const std::vector<std::string> labels, core::list_folder(folder));
  std::vector<fs::path> out;
  for (const std::string& label : labels) {
    if (label.starts_with('.') || label == "aside" || label == "report" || !is_folder(folder / label)) continue;
    MEXBENCH_ASSIGN(const std::vector<std::string> seeds, core::list_folder(folder / label));
    for (const std::string& seed : seeds) {
      if (is_there(folder / label / seed / "run.json")) out.push_back(folder / label / seed);
    }
  }
  if (!out.empty()) return out;
  return Error::in_file(ErrorCode::kData, folder.string(), "has no run: neither it nor <label>/seed-<n> below it holds a run.json")
      .hint("give the folder that 'mexbench run' printed, such as runs/quickstart");
}

}  // namespace

core::Result<std::vector<AuditedRun>> audit_folder(const fs::path& folder) {
  MEXBENCH_ASSIGN(const std::vector<fs::path> runs, find_runs(folder));
  std::vector<AuditedRun> out;
  std::vector<core::Diagnostic> problems;
  for (const fs::path& run : runs) {
    auto audited = audit_run_folder(run);
    if (audited) {
      out.push_back(std::move(*audited));
    } else {
      problems.insert(problems.end(), audited.error().diagnostics().begin(), audited.error().diagnostics().end());
    }
  }
  if (!problems.empty()) return Error(ErrorCode::kData, std::move(problems));
  return out;
}

std::vector<std::string> contradictions(const AuditedRun& run) {
  std::vector<std::string> out;
  if (!run.recorded) return out;
  const auto status = [](const audit::Audit& of, const std::string& rule) -> std::string {
    const auto found = std::find_if(of.rules.begin(), of.rules.end(), [&](const audit::RuleResult& one) { return one.rule == rule; });
    return found == of.rules.end() ? "not listed" : std::string(audit::to_string(found->status));
  };
  std::vector<std::string> rules;
  for (const audit::Audit* one : {&run.audit, &*run.recorded}) {
    for (const audit::RuleResult& rule : one->rules) {
      if (std::find(rules.begin(), rules.end(), rule.rule) == rules.end()) rules.push_back(rule.rule);
    }
  }
  for (const std::string& rule : rules) {
    const std::string now = status(run.audit, rule);
    const std::string then = status(*run.recorded, rule);
    if (now != then) out.push_back(fmt::format("'{}' is {}, audit.json says {}", rule, now, then));
  }
  return out;
}

}  // namespace mexbench::run
