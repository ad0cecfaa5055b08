#include <fmt/format.h>

#include <memory>

#include "datasets/registry.h"
#include "harness/cli/common.h"
#include "harness/core/text.h"
#include "harness/protocol/protocol.h"
#include "harness/run/experiments_folder.h"
#include "models/registry.h"

namespace mexbench::cli {
namespace {

struct Arguments {
  std::string what;
  std::string format = "text";
};

std::string input_of(const models::ModelCard& card) {
  const models::InputDef& input = card.input;
  if (card.least_frames != nullptr) {
    return fmt::format("frames (t00, t01, ...), at least {}", card.least_frames(*models::resolve_params(card, nullptr)));
  }
  if (input.channels.empty()) return "any channels";
  // A volume has a channel for each frame.
  const std::string names =
      input.channels.size() > 8 ? fmt::format("{} to {}", input.channels.front(), input.channels.back()) : core::join(input.channels, ", ");
  if (input.height == 0) return fmt::format("{} ({})", input.channels.size(), names);
  return fmt::format("{} x {} x {} ({})", input.channels.size(), input.height, input.width, names);
}

std::string sizes_of(const models::ModelCard& card) {
  if (card.sizes == nullptr) return "any";
  return card.sizes(*models::resolve_params(card, nullptr)).words;  // a card's defaults are legal
}

core::Table models_table() {
  core::Table table;
  table.columns = {{"model"},
                   {"title"},
                   {"input"},
                   {"image sizes", core::Align::kLeft, "image_sizes"},
                   {"parameters", core::Align::kRight},
                   {"FLOPs per clip", core::Align::kRight, "flops"},
                   {"verified"},
                   {"paper"}};
  for (const models::ModelCard& card : models::all_models()) {
    table.rows.push_back({card.name, card.title, input_of(card), sizes_of(card),
                          card.parameters > 0 ? core::Cell::integer(card.parameters) : core::Cell::undefined("it depends on the data"),
                          card.flops > 0 ? core::Cell::integer(card.flops) : core::Cell::undefined("counted for networks only"),
                          card.verified, card.paper});
  }
  return table;
}

core::Table datasets_table() {
  core::Table table;
  table.columns = {{"adapter"}, {"datasets"}, {"label maps", core::Align::kLeft, "label_maps"}, {"what"}};
  for (const datasets::AdapterInfo& adapter : datasets::registry()) {
    table.rows.push_back({adapter.id, core::join(adapter.datasets, ", "), core::join(adapter.label_maps, ", "), adapter.summary});
  }
  return table;
}

core::Table protocols_table() {
  core::Table table;
  table.columns = {{"protocol"}, {"what"}};
  for (const protocol::ProtocolInfo& protocol : protocol::protocols()) table.rows.push_back({protocol.name, protocol.description});
  return table;
}

core::Result<core::Table> experiments_table() {
  core::Table table;
  table.columns = {{"experiment"}, {"kind"}, {"what"}, {"file"}};
  MEXBENCH_ASSIGN(const auto entries, run::list_experiments());
  for (const run::ExperimentEntry& entry : entries) table.rows.push_back({entry.name, entry.kind, entry.description, entry.file.string()});
  return table;
}

int list_verb(const Arguments& arguments) {
  core::Result<core::Table> table = arguments.what == "models"      ? core::Result<core::Table>(models_table())
                                    : arguments.what == "datasets"  ? core::Result<core::Table>(datasets_table())
                                    : arguments.what == "protocols" ? core::Result<core::Table>(protocols_table())
                                                                    : experiments_table();
  if (!table) return fail(table.error());
  fmt::print("{}", core::render(*table, format_of(arguments.format)));
  return 0;
}

}  // namespace

void add_list(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* list = app.add_subcommand("list", "the models, datasets, protocols or experiments there are");
  list->add_option("what", arguments->what, "models, datasets, protocols or experiments")
      ->required()
      ->check(CLI::IsMember({"models", "datasets", "protocols", "experiments"}));
  add_format(*list, arguments->format);
  list->footer(
      "\nExamples:\n"
      "  mexbench list models\n"
      "  mexbench list datasets --format md\n"
      "  mexbench list experiments --format json");
  list->callback([arguments, &action] { action = [arguments] { return list_verb(*arguments); }; });
}

}  // namespace mexbench::cli
