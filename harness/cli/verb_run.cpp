#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <memory>

#include "harness/cli/common.h"
#include "harness/core/console.h"
#include "harness/core/memory.h"
#include "harness/core/profile.h"
#include "harness/run/engines.h"

namespace mexbench::cli {
namespace fs = std::filesystem;
namespace {

// Of resume, `file` is the folder.
struct Arguments : ExperimentArguments {
  std::vector<std::string> folds;
  bool reverse = false;
  bool profile = false;
  std::string memory;  // empty: no limit
  CacheArguments cache;
  std::string format = "text";
};

void print_report(const run::RunReport& report, const std::string& format) {
  if (!report.results.empty()) fmt::print("{}", core::render(results_table(report.results), format_of(format)));
}

std::string figure_text(const eval::Figure& figure) { return figure.value ? fmt::format("{:.4f}", *figure.value) : "not defined"; }

// What the sealed folds of runs that lack folds give: never among the results, whatever reads them.
void tell_parts(const run::RunReport& report) {
  for (const run::RunResult& part : report.parts) {
    const eval::ScopeMetrics& all = part.metrics.scopes.at("all");
    core::tell(fmt::format("{} seed {}: {} of {} folds: UF1 {}, UAR {} of their {} clips of {} subjects; no score of the run, see {}\n",
                           part.label, part.seed.value, part.folds.sealed, part.folds.planned, figure_text(all.uf1), figure_text(all.uar),
                           all.clips, all.subjects,
                           (report.folder / part.label / fmt::format("seed-{}", part.seed.value) / "partial").string()));
  }
}

// Work of all workers together, on stderr: stdout is for results.
void tell_profile(const run::RunReport& report) {
  using Seconds = std::chrono::duration<double>;
  const double total = Seconds(report.profile.total()).count();
  std::fflush(stdout);  // the scores come first where both are one terminal
  core::Table table{.columns = {{"part"}, {"seconds", core::Align::kRight}, {"share", core::Align::kRight}, {"times", core::Align::kRight}},
                    .rows = {}};
  for (const core::Profile::Part& part : report.profile.parts()) {
    const double seconds = Seconds(part.total).count();
    table.rows.push_back(
        {part.name, fmt::format("{:.3f}", seconds), fmt::format("{:.1f} %", 100.0 * seconds / total), std::to_string(part.count)});
  }
  core::tell(fmt::format("{}{:.1f} s of work in {:.1f} s\n", core::render(table, core::TableFormat::kText), total, report.seconds));
}

// The last lines of a run, on stderr when stdout is for a program: where it is and what to type next.
void print_ending(const run::RunReport& report, const std::string& format) {
  std::FILE* out = format == "text" ? stdout : stderr;
  const std::string folder = quoted(report.folder.string());
  if (report.interrupted) {
    core::tell(fmt::format("interrupted: {} of {} folds are sealed\n", report.sealed, report.planned));
    fmt::print(out, "{}\nnext: mexbench resume {}\n", report.folder.string(), folder);
    return;
  }
  for (const run::FailedFold& fold : report.failed) {
    core::tell(
        fmt::format("error: {} seed {}: fold '{}' failed: {}\n", fold.label, fold.seed.value, fold.fold, core::escaped(fold.reason)));
  }
  if (!report.complete()) {
    core::tell(fmt::format("{} of {} folds are sealed\n", report.sealed, report.planned));
    fmt::print(out, "{}\nnext: mexbench resume {}\n", report.folder.string(), folder);
    return;
  }
  fmt::print(out, "{}\nnext: mexbench report {}\n", report.folder.string(), folder);
}

int exit_code(const run::RunReport& report) {
  if (report.interrupted) return static_cast<int>(core::ErrorCode::kInterrupted);
  if (!report.failed.empty()) return static_cast<int>(core::ErrorCode::kFailed);
  for (const auto* results : {&report.results, &report.parts}) {
    for (const run::RunResult& result : *results) {
      if (result.verdict == "INVALID") return static_cast<int>(core::ErrorCode::kAudit);
    }
  }
  return 0;
}

std::string redo_command(const Arguments& arguments) {
  std::string out = "mexbench run " + quoted(arguments.file);
  for (const std::string& setting : arguments.overrides) out += " --set " + quoted(setting);
  return out;
}

int execute(const Arguments& arguments, const config::LoadedExperiment& loaded, const fs::path& out, const std::string& redo,
            bool resuming) {
  run::RunOptions options;
  options.out = out;
  options.jobs = arguments.jobs;
  options.fresh = arguments.fresh;
  options.only_folds = arguments.folds;
  options.reverse = arguments.reverse;
  options.profile = arguments.profile;
  if (!arguments.memory.empty()) {
    options.memory = core::parse_bytes(arguments.memory);
    if (!options.memory) {
      return fail(core::Error(core::ErrorCode::kUsage, fmt::format("'--memory {}' is not an amount of memory", arguments.memory))
                      .hint("write a whole number of B, KiB, MiB, GiB or TiB, such as --memory 2GiB"));
    }
  }
  auto cache = cache_options(arguments.cache);
  if (!cache) return fail(cache.error());
  options.cache = *cache;
  options.redo = redo;
  options.resuming = resuming;
  const auto report = run::run_experiment(experiment_input(loaded, options.out / loaded.spec.name), catalogue(), options);
  if (!report) return fail(report.error());
  print_warnings(report->warnings);
  print_report(*report, arguments.format);
  tell_parts(*report);
  if (arguments.profile) tell_profile(*report);
  for (const auto* results : {&report->results, &report->parts}) {
    for (const run::RunResult& result : *results) {
      if (result.verdict != "INVALID") continue;
      for (const std::string& reason : result.reasons)
        core::tell(fmt::format("error: {} seed {} is INVALID: {}\n", result.label, result.seed.value, core::escaped(reason)));
    }
  }
  print_ending(*report, arguments.format);
  return exit_code(*report);
}

int run_verb(const Arguments& arguments) {
  const auto loaded = config::load_experiment(arguments.file, arguments.overrides, vocabulary());
  if (!loaded) return fail(loaded.error());
  return execute(arguments, *loaded, arguments.out, redo_command(arguments), /*resuming=*/false);
}

// A run folder says everything: its resolved.yaml is the experiment with its overrides, and it lies where it was made.
int resume_verb(const Arguments& arguments) {
  std::error_code failure;
  fs::path folder = fs::path(arguments.file).lexically_normal();
  if (folder.filename().empty()) folder = folder.parent_path();
  if (folder == "." || folder.filename() == "..") folder = fs::canonical(folder, failure);  // its name is wanted below
  // <out>/<experiment>/<label>/seed-<n> is accepted too.
  if (fs::exists(folder / "run.json", failure)) folder = fs::absolute(folder).parent_path().parent_path();
  if (!fs::exists(folder / "resolved.yaml", failure)) {
    return fail(core::Error::in_file(core::ErrorCode::kData, folder.string(), "is not an experiment's folder: it has no resolved.yaml")
                    .hint("give the folder that 'mexbench run' printed, such as runs/quickstart"));
  }
  auto loaded = config::load_experiment(folder / "resolved.yaml", {}, vocabulary());
  if (!loaded) return fail(loaded.error());
  if (loaded->spec.name != fs::absolute(folder).filename().string()) {
    return fail(core::Error::in_file(core::ErrorCode::kUsage, folder.string(),
                                     fmt::format("holds experiment '{}': the folder was renamed", loaded->spec.name))
                    .hint(fmt::format("name it '{}' again", loaded->spec.name)));
  }
  run::keep_engines(loaded->spec, folder);
  const fs::path out = folder.has_parent_path() ? folder.parent_path() : fs::path(".");
  return execute(arguments, *loaded, out, "mexbench run " + quoted((folder / "resolved.yaml").string()), /*resuming=*/true);
}

constexpr const char* kJobsHelp = "worker processes; each runs one thread";

void add_common(CLI::App& verb, Arguments& arguments) {
  verb.add_option("--fold", arguments.folds, "run only this fold, e.g. casme2/sub01 (repeatable)")->take_all()->allow_extra_args(false);
  verb.add_option("--memory", arguments.memory, "most memory of each worker, e.g. 2GiB: a fold that needs more fails, the others go on");
  add_cache_options(verb, arguments.cache);
  verb.add_flag("--profile", arguments.profile, "print where the time of all workers went, to stderr");
  verb.add_flag("--reverse", arguments.reverse, "begin with the last fold; results do not depend on it");
  add_format(verb, arguments.format);
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* run = app.add_subcommand("run", "run an experiment: train or load, evaluate, score; continues what is there");
  add_experiment_arguments(
      *run, *arguments,
      {.out = "folder of the runs", .jobs = kJobsHelp, .fresh = "set an existing run of other settings aside and begin anew"});
  add_common(*run, *arguments);
  run->footer(
      "\nExamples:\n"
      "  mexbench run experiments/quickstart/quickstart.yaml\n"
      "  mexbench run experiments/baselines/ststnet/scratch.yaml --jobs 2 --set train.epochs=3 --profile\n"
      "  mexbench run my.yaml --out /data/runs --fold casme2/sub01");
  run->callback([arguments, &action] { action = [arguments] { return run_verb(*arguments); }; });

  const auto resumed = std::make_shared<Arguments>();
  CLI::App* resume = app.add_subcommand("resume", "go on with an interrupted run; sealed folds are kept");
  resume->add_option("folder", resumed->file, "the experiment's folder, as 'run' printed it")->required();
  add_jobs(*resume, resumed->jobs, kJobsHelp);
  add_common(*resume, *resumed);
  resume->footer(
      "\nExamples:\n"
      "  mexbench resume runs/quickstart\n"
      "  mexbench resume runs/ststnet-scratch --jobs 1 --memory 4GiB\n"
      "  mexbench resume runs/ststnet-scratch/ststnet/seed-0");
  resume->callback([resumed, &action] { action = [resumed] { return resume_verb(*resumed); }; });
}

}  // namespace mexbench::cli
