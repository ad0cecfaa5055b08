#include <fmt/format.h>

#include <memory>

#include "harness/cli/common.h"

namespace mexbench::cli {
namespace {

struct Arguments {
  std::string folder;
  std::string format = "text";
};

int parity_verb(const Arguments& arguments) {
  const auto answer = ask_worker({{"type", "parity"}, {"folder", arguments.folder}});
  if (!answer) return fail(answer.error());
  const nlohmann::json& results = answer->at("results");
  bool missed = false;
  bool broken = false;
  core::Table table;
  table.columns = {
      {"fixture"}, {"model"}, {"largest difference", core::Align::kRight, "max_abs_diff"}, {"tolerance", core::Align::kRight}, {"result"}};
  for (const nlohmann::json& entry : results) {
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
    fmt::print("{}\n", results.dump(1));  // the documented shape, docs/file-formats.md
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
