#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "harness/cli/common.h"
#include "harness/core/console.h"
#include "harness/run/experiments_folder.h"
#include "harness/run/reproduce.h"

namespace mexbench::cli {
namespace {

struct Arguments {
  std::string name;
  std::string out = "runs";
  std::size_t jobs = available_cores();
  std::vector<std::string> overrides;
  bool no_pins = false;
  bool fresh = false;
  std::string format = "text";
};

// Counts are whole, scores have four decimals.
core::Cell number_cell(const run::Figure& figure, const std::optional<double>& value) {
  if (!value) return core::Cell::undefined(figure.detail);
  return figure.is_count ? core::Cell::integer(std::llround(*value)) : core::Cell::number(*value, 4);
}

void print_figures(const run::Reproduction& reproduction, core::TableFormat format) {
  core::Table table;
  table.columns = {
      {"figure", core::Align::kLeft, "name"}, {"published", core::Align::kRight}, {"ours", core::Align::kRight}, {"status"}, {"source"}};
  for (const run::Figure& figure : reproduction.figures) {
    table.rows.push_back(
        {figure.name, number_cell(figure, figure.published), number_cell(figure, figure.ours), figure.status, figure.source});
  }
  fmt::print("{}", core::render(table, format));
  if (format != core::TableFormat::kText) return;
  for (const run::Figure& figure : reproduction.figures) {
    if (!figure.detail.empty()) fmt::print("{}: {}\n", figure.name, figure.detail);
  }
}

int reproduce_verb(const Arguments& arguments) {
  const auto entry = run::find_reproduction(arguments.name);
  if (!entry) return fail(entry.error());
  const auto spec = run::load_reproduction(entry->file);
  if (!spec) return fail(spec.error());
  run::ReproduceOptions options;
  options.out = arguments.out;
  options.jobs = arguments.jobs;
  options.pins = !arguments.no_pins;
  options.fresh = arguments.fresh;
  options.overrides = arguments.overrides;
  options.redo = "mexbench reproduce " + arguments.name;
  for (const std::string& setting : arguments.overrides) options.redo += " --set " + quoted(setting);
  if (arguments.no_pins) options.redo += " --no-pins";
  const auto reproduction = run::reproduce(*spec, vocabulary(), catalogue(), options);
  if (!reproduction) return fail(reproduction.error());
  print_warnings(reproduction->warnings);
  if (arguments.format == "json") {
    fmt::print("{}\n", run::to_json(*reproduction).dump(1));
  } else {
    print_figures(*reproduction, format_of(arguments.format));
  }
  if (arguments.format == "text") fmt::print("{}\n", (reproduction->folder / "reproduction.json").string());
  if (reproduction->all_confirmed()) return 0;
  core::tell(fmt::format("error: not every published figure was confirmed\n"));
  return static_cast<int>(core::ErrorCode::kFigure);
}

}  // namespace

void add_reproduce(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* reproduce = app.add_subcommand("reproduce", "check published figures; exit code 5 when one is not confirmed");
  reproduce->add_option("name", arguments->name, "a reproduction of 'mexbench list experiments'")->required();
  reproduce->add_option("--out", arguments->out, "folder of the runs")->capture_default_str();
  reproduce->add_option("--jobs,-j", arguments->jobs, "worker processes")->check(CLI::Range(1, 1024))->capture_default_str();
  reproduce->add_option("--set", arguments->overrides, "override a value of the experiment (repeatable)")
      ->take_all()
      ->allow_extra_args(false);
  reproduce->add_flag("--no-pins", arguments->no_pins, "do not look at the digests of weight files: let the figures speak");
  reproduce->add_flag("--fresh", arguments->fresh, "set an earlier run aside and begin anew");
  add_format(*reproduce, arguments->format);
  reproduce->footer(
      "\nExamples:\n"
      "  mexbench reproduce ststnet-released\n"
      "  mexbench reproduce ststnet-paper --format json\n"
      "  mexbench reproduce ststnet-released --out /data/runs --no-pins");
  reproduce->callback([arguments, &action] { action = [arguments] { return reproduce_verb(*arguments); }; });
}

}  // namespace mexbench::cli
