// What every verb needs: the lists of floor 3 as harness/config and harness/run want them, and how results and errors reach a person.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/config/load.h"
#include "harness/core/result.h"
#include "harness/core/table.h"
#include "harness/data/blob_cache.h"
#include "harness/data/option.h"
#include "harness/run/catalogue.h"
#include "harness/run/runner.h"
#include "harness/stats/bootstrap.h"

namespace mexbench::cli {

// What main() runs after parsing; its value is the exit code.
using Action = std::function<int()>;

// One per verb, defined in verb_<name>.cpp. Sets `action` when the verb was given.
void add_run(CLI::App& app, Action& action);   // run, resume
void add_plan(CLI::App& app, Action& action);  // plan, validate
void add_report(CLI::App& app, Action& action);
void add_compare(CLI::App& app, Action& action);
void add_audit(CLI::App& app, Action& action);
void add_score(CLI::App& app, Action& action);
void add_bench(CLI::App& app, Action& action);
void add_predict(CLI::App& app, Action& action);
void add_reproduce(CLI::App& app, Action& action);
void add_parity(CLI::App& app, Action& action);
void add_inspect(CLI::App& app, Action& action);
void add_list(CLI::App& app, Action& action);
void add_show(CLI::App& app, Action& action);  // show, schema
void add_synth(CLI::App& app, Action& action);
void add_cache(CLI::App& app, Action& action);
void add_doctor(CLI::App& app, Action& action);

// Processors this process may use, at least 1.
[[nodiscard]] std::size_t available_cores();

[[nodiscard]] config::Vocabulary vocabulary();
[[nodiscard]] run::Catalogue catalogue();

// The experiment as harness/run takes it; resolved.yaml is written for `folder`.
[[nodiscard]] run::ExperimentInput experiment_input(const config::LoadedExperiment& loaded, const std::filesystem::path& folder);

// Prints the diagnostics to stderr and gives the exit code.
[[nodiscard]] int fail(const core::Error& error);
void print_warnings(const std::vector<core::Diagnostic>& warnings);

// What `run`, `plan` and `validate` take alike, so that the command line of a run can be tried before it.
struct ExperimentArguments {
  std::string file;
  std::string out = "runs";
  std::size_t jobs = available_cores();
  std::vector<std::string> overrides;
  bool fresh = false;
};
// What --out, --jobs and --fresh mean to the verb.
struct ExperimentHelp {
  const char* out;
  const char* jobs;
  const char* fresh;
};
void add_experiment_arguments(CLI::App& verb, ExperimentArguments& arguments, const ExperimentHelp& help);
void add_jobs(CLI::App& verb, std::size_t& jobs, const char* help);
void add_overrides(CLI::App& verb, std::vector<std::string>& overrides);

// The cache of tensors that a verb may use: `--cache` and `--cache-limit`.
struct CacheArguments {
  std::string folder;  // empty: the usual one; "off": none
  std::string limit = fmt::format("{}GiB", data::kDefaultCacheLimit >> 30U);
};
void add_cache_options(CLI::App& verb, CacheArguments& arguments);
// Without a place for one there is none. Fails with kUsage when the limit is no amount of memory.
[[nodiscard]] core::Result<std::optional<run::CacheOptions>> cache_options(const CacheArguments& arguments);

// `--set name=value` of verbs that take options of an adapter or a layout: the JSON a value is, but a text where `known` wants one
// (`sheet=2014`). `example` for messages. Fails with kUsage.
[[nodiscard]] core::Result<nlohmann::json> parse_settings(const std::vector<std::string>& settings,
                                                          const std::vector<data::OptionDef>& known, std::string_view example);

// Adds `--format text|json|md|csv`.
void add_format(CLI::App& verb, std::string& format);
[[nodiscard]] core::TableFormat format_of(const std::string& text);

// The answer of a worker that is started for this one request. Fails as its task does, and with kInterrupted.
[[nodiscard]] core::Result<nlohmann::json> ask_worker(const nlohmann::json& request);

// A shell word.
[[nodiscard]] std::string quoted(const std::string& word);

// model, seed, scope, clips, subjects, UF1, UAR, accuracy, verdict; behind them the bounds of UF1 and UAR.
[[nodiscard]] core::Table results_table(const std::vector<run::RunResult>& results);
// A figure for a table cell: four decimals, or "-" with its reason.
[[nodiscard]] core::Cell figure_cell(const eval::Figure& figure);
// Columns for the bounds of UF1 and UAR, 95 % over subjects (stats/bootstrap.h), behind those that a table has, and the cells of a row:
// "-" with the reason where a score has no interval.
void add_interval_columns(core::Table& table);
void add_interval_cells(const stats::ScoreIntervals& intervals, std::vector<core::Cell>& row);

}  // namespace mexbench::cli
