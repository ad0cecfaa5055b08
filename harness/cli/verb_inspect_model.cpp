#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <optional>
#include <string_view>

#include "harness/cli/common.h"
#include "harness/cli/verb_inspect.h"
#include "harness/config/compose.h"
#include "harness/core/text.h"
#include "models/registry.h"

namespace mexbench::cli {
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

struct Arguments {
  std::string name;
  std::vector<std::string> overrides;
  std::string size;   // "28x28"; empty: the card's
  std::string table;  // empty: all as text and json, else the layers
  std::string format = "text";
};

struct Size {
  std::int64_t height = 0;
  std::int64_t width = 0;
};

// What training steps on larger images would take is minutes and gigabytes, for nothing that smaller ones don't show.
constexpr std::int64_t kMostPixels = std::int64_t{1} << 18U;

std::optional<Size> parse_size(std::string_view text) {
  const std::size_t cross = text.find('x');
  if (cross == std::string_view::npos) return std::nullopt;
  const auto height = core::parse_int(text.substr(0, cross));
  const auto width = core::parse_int(text.substr(cross + 1));
  if (!height || !width || *height < 1 || *width < 1) return std::nullopt;
  return Size{.height = *height, .width = *width};
}

// All parameters, as an experiment file's `params` would be read.
core::Result<json> params_of(const models::ModelCard& card, const std::vector<std::string>& overrides) {
  config::ObjectSchema whole;
  whole.fields.push_back(
      config::defaulted("params", config::object(vocabulary().models.at(card.name).params), json::object(), "the model's parameters"));
  MEXBENCH_ASSIGN(const config::CheckedTree checked, config::check_overrides(overrides, config::object(std::move(whole))));
  return checked.value.at("params");
}

core::Result<Size> size_of(const models::ModelCard& card, const json& params, const std::string& given) {
  const std::optional<Size> size = given.empty() ? Size{.height = card.input.height, .width = card.input.width} : parse_size(given);
  if (!size) return Error(ErrorCode::kUsage, fmt::format("'--size {}' is not HEIGHTxWIDTH", given)).hint("write it like --size 28x28");
  const auto largest = static_cast<std::int64_t>(std::sqrt(static_cast<double>(kMostPixels)));
  if (size->height > kMostPixels / size->width) {
    return Error(ErrorCode::kUsage, fmt::format("images of {}x{} are too large to inspect: at most {} pixels, like {}x{}", size->height,
                                                size->width, kMostPixels, largest, largest))
        .hint("layers and parameters that never train are the same at smaller sizes");
  }
  const models::InputSizes sizes = card.sizes(params);
  if (sizes.take(size->height, size->width)) return *size;
  Error error(ErrorCode::kUsage, fmt::format("{} takes images of {}, {} is {}x{}", card.name, sizes.words,
                                             given.empty() ? "its default" : "--size", size->height, size->width));
  if (given.empty()) return std::move(error).hint("say which with --size HEIGHTxWIDTH");
  std::string changes;
  const json wanted = models::params_for_size(card, params, size->height, size->width);
  for (const auto& [name, value] : wanted.items())
    changes += fmt::format(" --set {}", quoted(fmt::format("params.{}={}", name, value.dump())));
  return std::move(error).hint(changes.empty() ? "'mexbench list models' shows what each takes" : "add" + changes);
}

std::string shape_text(const json& shape) {
  std::string out;
  for (const json& extent : shape) out += (out.empty() ? "" : "x") + extent.dump();
  return out.empty() ? "1" : out;
}

std::string shapes_text(const json& shapes) {
  std::vector<std::string> out;
  for (const json& shape : shapes) out.push_back(shape_text(shape));
  return core::join(out, ", ");
}

core::Table layers_table(const json& inspection) {
  core::Table table;
  table.columns = {{"layer"},
                   {"kind"},
                   {"input"},
                   {"output"},
                   {"parameters", core::Align::kRight},
                   {"FLOPs", core::Align::kRight, "flops"},
                   {"not counted", core::Align::kLeft, "not_counted"}};
  for (const json& layer : inspection.at("layers")) {
    const auto not_counted = layer.at("not_counted").get<std::vector<std::string>>();
    table.rows.push_back({layer.at("layer").get<std::string>(), layer.at("kind").get<std::string>(), shapes_text(layer.at("inputs")),
                          shape_text(layer.at("output")), core::Cell::integer(layer.at("parameters")),
                          core::Cell::integer(layer.at("flops")), core::join(not_counted, ", ")});
  }
  return table;
}

core::Table totals_table(const json& inspection) {
  core::Table table;
  table.columns = {{"total"}, {"value", core::Align::kRight}};
  const auto add = [&](const char* what, const json& value) { table.rows.push_back({what, core::Cell::integer(value)}); };
  std::int64_t unused = 0;
  std::int64_t no_gradient = 0;
  for (const json& entry : inspection.at("unused")) unused += entry.at("numbers").get<std::int64_t>();
  for (const json& entry : inspection.at("no_gradient")) no_gradient += entry.at("numbers").get<std::int64_t>();
  add("parameters", inspection.at("parameters"));
  add("parameters unused", unused);
  add("parameters without gradient", no_gradient);
  add("FLOPs per clip", inspection.at("flops"));
  return table;
}

core::Table untrained_table(const json& inspection) {
  core::Table table;
  table.columns = {{"parameter"}, {"state"}, {"numbers", core::Align::kRight}, {"of", core::Align::kRight}, {"which"}};
  for (const auto& [list, state] : {std::pair("unused", "unused"), std::pair("no_gradient", "no gradient")}) {
    for (const json& entry : inspection.at(list)) {
      const std::string where = entry.at("where");
      table.rows.push_back({entry.at("parameter").get<std::string>(), state, core::Cell::integer(entry.at("numbers")),
                            core::Cell::integer(entry.at("of")),
                            where.empty() ? core::Cell::undefined("no simple range") : core::Cell(where)});
    }
  }
  return table;
}

void print_all(const models::ModelCard& card, const json& report) {
  const json& inspection = report.at("inspection");
  fmt::print("{}: {}, one clip of {}\nparams: {}\n\n", card.name, card.title, shape_text(report.at("clip")), report.at("params").dump());
  core::Table layers = layers_table(inspection);
  if (inspection.at("not_counted").empty()) {
    layers.columns.pop_back();
    for (auto& row : layers.rows) row.pop_back();
  }
  fmt::print("{}\n{}", core::render(layers, core::TableFormat::kText), core::render(totals_table(inspection), core::TableFormat::kText));
  for (const auto& [operation, times] : inspection.at("not_counted").items())
    fmt::print("not counted: {}, {} times: the FLOPs are without it\n", operation, times.dump());
  const core::Table untrained = untrained_table(inspection);
  const auto tries = inspection.at("tries").get<std::int64_t>();
  const std::string steps = fmt::format("{} training {} on random clips", tries, tries == 1 ? "step" : "steps");
  if (untrained.rows.empty()) {
    fmt::print("\nevery parameter gets a gradient ({})\n", steps);
  } else {
    const bool complete = inspection.at("complete");
    fmt::print("\n{}, in {}:\n{}", complete ? "never trained" : "not seen to train yet, the search was cut short", steps,
               core::render(untrained, core::TableFormat::kText));
  }
}

void print_report(const models::ModelCard& card, const json& report, const Arguments& arguments) {
  const core::TableFormat format = format_of(arguments.format);
  if (arguments.table.empty() && format == core::TableFormat::kText) {
    print_all(card, report);
  } else if (arguments.table.empty() && format == core::TableFormat::kJson) {
    fmt::print("{}\n", report.dump(1));  // the documented shape, docs/file-formats.md
  } else {
    const json& inspection = report.at("inspection");
    fmt::print("{}", core::render(arguments.table == "totals"      ? totals_table(inspection)
                                  : arguments.table == "untrained" ? untrained_table(inspection)
                                                                   : layers_table(inspection),
                                  format));
  }
}

core::Result<json> inspect(const models::ModelCard& card, const Arguments& arguments) {
  MEXBENCH_ASSIGN(const json params, params_of(card, arguments.overrides));
  MEXBENCH_ASSIGN(const Size size, size_of(card, params, arguments.size));
  const std::int64_t channels = models::channel_count(card, params);
  const json clip = {channels, size.height, size.width};
  MEXBENCH_ASSIGN(const json answer, ask_worker({{"type", "inspect"}, {"model", card.name}, {"params", params}, {"clip", clip}}));
  return json{{"schema", "mexbench.inspection/1"},
              {"model", card.name},
              {"params", params},
              {"clip", clip},
              {"inspection", answer.at("inspection")}};
}

int inspect_model(const Arguments& arguments) {
  const auto card = models::model_by_name(arguments.name);
  if (!card) return fail(card.error());
  if ((*card)->kind != models::Kind::kNetwork) {
    return fail(
        Error(ErrorCode::kUsage, fmt::format("{} is a {}: it has no layers to inspect", arguments.name, models::to_string((*card)->kind)))
            .hint("'mexbench list models' shows what it takes"));
  }
  const auto report = inspect(**card, arguments);
  if (!report) return fail(report.error());
  print_report(**card, *report, arguments);
  return 0;
}

constexpr const char* kFooter =
    "\nFLOPs: a multiplication and an addition are two; of one clip, forward. docs/inspect-a-model.md says what counts.\n"
    "\nExamples:\n"
    "  mexbench inspect model htnet\n"
    "  mexbench inspect model htnet --set params.image_size=56 --size 56x56 --table untrained\n"
    "  mexbench inspect model rcn_a --set params.featuremaps=64 --format csv";

}  // namespace

void add_inspect_model(CLI::App& inspect, Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* model = inspect.add_subcommand("model", "its layers, parameters, FLOPs, and the parameters that never train");
  model->add_option("name", arguments->name, "a model of 'mexbench list models'")->required();
  model->add_option("--set", arguments->overrides, "set a parameter: params.key=value (repeatable)")->take_all()->allow_extra_args(false);
  model->add_option("--size", arguments->size, "HEIGHTxWIDTH of the image in pixels; the card's by default");
  model->add_option("--table", arguments->table, "layers, totals or untrained; without it all as text or json, layers in other formats")
      ->check(CLI::IsMember({"layers", "totals", "untrained"}));
  add_format(*model, arguments->format);
  model->footer(kFooter);
  model->callback([arguments, &action] { action = [arguments] { return inspect_model(*arguments); }; });
}

}  // namespace mexbench::cli
