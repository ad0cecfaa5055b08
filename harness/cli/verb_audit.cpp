#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/cli/common.h"
#include "harness/core/console.h"
#include "harness/run/audit_folder.h"

namespace mexbench::cli {
namespace {

struct Arguments {
  std::string folder;
  std::string format = "text";
};

core::Table rules_table(const std::vector<run::AuditedRun>& runs) {
  core::Table table;
  table.columns = {{"model"}, {"seed", core::Align::kRight}, {"verdict"}, {"rule"}, {"status"}, {"detail"}};
  for (const run::AuditedRun& run : runs) {
    for (const audit::RuleResult& rule : run.audit.rules) {
      table.rows.push_back({run.label, core::Cell::integer(static_cast<std::int64_t>(run.seed.value)),
                            std::string(audit::to_string(run.audit.verdict)), rule.rule, std::string(audit::to_string(rule.status)),
                            rule.detail});
    }
  }
  return table;
}

// audit.json of each run, with whose it is and what stands recorded.
nlohmann::json to_json(const std::vector<run::AuditedRun>& runs) {
  nlohmann::json out = nlohmann::json::array();
  for (const run::AuditedRun& run : runs) {
    nlohmann::json one = audit::to_json(run.audit);
    one["model"] = run.label;
    one["seed"] = run.seed.value;
    one["recorded"] = run.recorded ? nlohmann::json(audit::to_string(run.recorded->verdict)) : nlohmann::json(nullptr);
    out.push_back(std::move(one));
  }
  return out;
}

void print_text(const std::vector<run::AuditedRun>& runs) {
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const run::AuditedRun& run = runs[i];
    fmt::print("{}{} seed {}: {}\n", i == 0 ? "" : "\n", run.label, run.seed.value, audit::to_string(run.audit.verdict));
    core::Table table;
    table.columns = {{"rule"}, {"status"}, {"detail"}};
    for (const audit::RuleResult& rule : run.audit.rules) {
      table.rows.push_back({rule.rule, std::string(audit::to_string(rule.status)), core::escaped(rule.detail)});
    }
    fmt::print("{}", core::render(table, core::TableFormat::kText));
  }
}

int audit_verb(const Arguments& arguments) {
  const auto runs = run::audit_folder(arguments.folder);
  if (!runs) return fail(runs.error());
  for (const run::AuditedRun& run : *runs) {
    for (const std::string& told : run::contradictions(run))
      core::tell(fmt::format("warning: {} seed {}: {}\n", run.label, run.seed.value, core::escaped(told)));
  }
  if (arguments.format == "json") {
    fmt::print("{}\n", to_json(*runs).dump(1));
  } else if (arguments.format == "text") {
    print_text(*runs);
  } else {
    fmt::print("{}", core::render(rules_table(*runs), format_of(arguments.format)));
  }
  const bool invalid =
      std::any_of(runs->begin(), runs->end(), [](const run::AuditedRun& run) { return run.audit.verdict == audit::Verdict::kInvalid; });
  return invalid ? static_cast<int>(core::ErrorCode::kAudit) : 0;
}

}  // namespace

void add_audit(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* audit = app.add_subcommand("audit", "hold a run to every rule again, from what its folds recorded; needs no corpus");
  audit->add_option("folder", arguments->folder, "experiment folder, or the folder of one run")->required();
  add_format(*audit, arguments->format);
  audit->footer(
      "\nExit code: 4 when a run is INVALID; 0 when each is VALID or UNAUDITED; 3 when a folder is damaged.\n"
      "\nExamples:\n"
      "  mexbench audit runs/quickstart\n"
      "  mexbench audit runs/quickstart/ststnet/seed-0\n"
      "  mexbench audit runs/quickstart --format json");
  audit->callback([arguments, &action] { action = [arguments] { return audit_verb(*arguments); }; });
}

}  // namespace mexbench::cli
