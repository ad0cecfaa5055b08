#include <fmt/format.h>

#include <memory>

#include "harness/cli/common.h"
#include "harness/run/worker_process.h"

namespace mexbench::cli {
namespace {

struct Arguments {
  std::string folder;
  std::string format = "text";
};

core::Result<nlohmann::json> ask_worker(const std::string& folder) {
  MEXBENCH_ASSIGN(const std::filesystem::path program, run::find_worker_program());
  MEXBENCH_ASSIGN(run::WorkerProcess worker, run::WorkerProcess::start(program, run::MemoryFile()));
  const run::InterruptGuard interrupt;
  MEXBENCH_ASSIGN(const nlohmann::json done, worker.call({{"type", "parity"}, {"folder", folder}}, interrupt));
  return done.at("results");
}

int parity_verb(const Arguments& arguments) {
  const auto results = ask_worker(arguments.folder);
  if (!results) return fail(results.error());
  bool missed = false;
  bool broken = false;
  core::Table table;
  table.columns = {
      {"fixture"}, {"model"}, {"largest difference", core::Align::kRight, "max_abs_diff"}, {"tolerance", core::Align::kRight}, {"result"}};
  for (const nlohmann::json& entry : *results) {
    const std::string fixture = entry.at("fixture");
    const std::string model = entry.at("model");
    if (entry.contains("broken") || entry.contains("skipped")) {
      const char* what = entry.contains("broken") ? "broken" : "skipped";
      broken = broken || entry.contains("broken");
      const std::string why = entry.at(what);
      table.rows.push_back({fixture, model, core::Cell::undefined(why), core::Cell::undefined(why), fmt::format("{}: {}", what, why)});
      continue;
    }
    const bool pass = entry.at("pass");
    missed = missed || !pass;
    table.rows.push_back({fixture, model, core::Cell::scientific(entry.at("max_abs_diff").get<double>()),
                          core::Cell::scientific(entry.at("tolerance").get<double>()), pass ? "pass" : "MISSED"});
  }
  if (arguments.format == "json") {
    fmt::print("{}\n", results->dump(1));  // the documented shape, docs/file-formats.md
  } else {
    fmt::print("{}", core::render(table, format_of(arguments.format)));
  }
  if (broken) return static_cast<int>(core::ErrorCode::kData);
  return missed ? static_cast<int>(core::ErrorCode::kFigure) : 0;
}

}  // namespace

void add_parity(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* parity = app.add_subcommand("parity", "check networks against fixtures of the published implementations");
  parity->add_option("folder", arguments->folder, "a fixture (a folder with fixture.json), or a folder of fixtures")->required();
  add_format(*parity, arguments->format);
  parity->footer(
      "\nExamples:\n"
      "  mexbench parity $MEXBENCH_DATA/parity\n"
      "  mexbench parity $MEXBENCH_DATA/parity/ststnet\n"
      "  mexbench parity fixtures --format json");
  parity->callback([arguments, &action] { action = [arguments] { return parity_verb(*arguments); }; });
}

}  // namespace mexbench::cli
