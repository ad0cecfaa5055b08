#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <memory>

#include "harness/cli/common.h"
#include "harness/core/console.h"
#include "harness/core/text.h"
#include "reports/compare.h"
#include "reports/pair_sentences.h"

namespace mexbench::cli {
namespace fs = std::filesystem;
namespace {

struct Arguments {
  std::string a;
  std::string b;
  std::string format = "text";
};

void print_in_words(const reports::Compared& compared, core::TableFormat format) {
  fmt::print("{}", core::render(reports::scores_of(compared), format));
  for (const reports::ComparedModels& models : compared.models) {
    fmt::print("\n{}\n{}\n", models.finding, reports::changes_sentence(compared.view, models.changes));
    if (!models.changes.settings.empty()) fmt::print("\n{}", core::render(reports::settings_of(compared.view, models), format));
  }
}

int compare_verb(const Arguments& arguments) {
  const std::array<fs::path, 1> first{fs::path(arguments.a)}, second{fs::path(arguments.b)};
  auto a = reports::load_runs(first);
  if (!a) return fail(a.error());
  auto b = reports::load_runs(second);
  if (!b) return fail(b.error());
  const auto compared = reports::compare(std::move(a).value(), std::move(b).value());
  if (!compared) return fail(compared.error());
  for (const reports::ComparedModels& models : compared->models) {
    if (!models.changes.other_environment) continue;
    core::tell(fmt::format("warning: {} and {} ran in different environments: equal settings need not give equal bits\n",
                           compared->view.models[models.first].name, compared->view.models[models.second].name));
  }
  if (!compared->alone.empty()) core::tell(fmt::format("not compared, on one side only: {}\n", core::join(compared->alone, ", ")));
  if (arguments.format == "json") {
    fmt::print("{}\n", reports::to_json(*compared).dump(1));
  } else if (arguments.format == "csv") {
    fmt::print("{}", core::render(reports::scores_of(*compared), format_of(arguments.format)));
  } else {
    print_in_words(*compared, format_of(arguments.format));
  }
  return 0;
}

}  // namespace

void add_compare(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* compare =
      app.add_subcommand("compare", "hold two runs or experiments against each other: what changed, which is better, can anyone tell");
  compare->add_option("A", arguments->a, "folder of a run, of a model or of an experiment")->required();
  compare->add_option("B", arguments->b, "the other")->required();
  add_format(*compare, arguments->format);
  compare->footer(
      "\nOne model on each side is compared whatever it is called, several by their labels. Scores are compared when both predicted the "
      "same\n"
      "clips; csv has the scores alone, json all of it with the clips that are called differently.\n"
      "\nExamples:\n"
      "  mexbench compare runs/ststnet-released runs/ststnet-scratch\n"
      "  mexbench compare runs/zoo/ststnet/seed-0 runs/zoo/offapexnet/seed-0 --format md\n"
      "  mexbench compare old/quickstart new/quickstart --format json");
  compare->callback([arguments, &action] { action = [arguments] { return compare_verb(*arguments); }; });
}

}  // namespace mexbench::cli
