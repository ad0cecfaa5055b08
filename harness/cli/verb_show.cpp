#include <fmt/format.h>

#include <memory>

#include "harness/cli/common.h"

namespace mexbench::cli {
namespace {

struct Arguments {
  std::string file;
  std::vector<std::string> overrides;
  bool resolved = false;
  bool markdown = false;
};

int show_verb(const Arguments& arguments) {
  if (!arguments.resolved && !arguments.overrides.empty()) {
    return fail(core::Error(core::ErrorCode::kUsage, "'--set' needs '--resolved': without it the file is printed as given")
                    .hint("add '--resolved', or remove '--set'"));
  }
  const auto loaded = config::load_experiment(arguments.file, arguments.overrides, vocabulary());
  if (!loaded) return fail(loaded.error());
  fmt::print("{}", arguments.resolved ? loaded->resolved_yaml() : loaded->text);
  return 0;
}

int schema_verb(const Arguments& arguments) {
  if (arguments.markdown) {
    fmt::print("{}", config::reference_markdown(vocabulary()));
  } else {
    fmt::print("{}\n", config::json_schema(vocabulary()).dump(2));
  }
  return 0;
}

}  // namespace

void add_show(CLI::App& app, Action& action) {
  const auto shown = std::make_shared<Arguments>();
  CLI::App* show = app.add_subcommand("show", "print an experiment file, as given or with every default and its origin");
  show->add_option("experiment", shown->file, "experiment file (YAML)")->required();
  show->add_flag("--resolved", shown->resolved, "includes merged, defaults filled in, each value with where it came from");
  add_overrides(*show, shown->overrides);
  show->footer(
      "\nExamples:\n"
      "  mexbench show --resolved experiments/quickstart/quickstart.yaml\n"
      "  mexbench show --resolved my.yaml --set train.epochs=3\n"
      "  mexbench show my.yaml");
  show->callback([shown, &action] { action = [shown] { return show_verb(*shown); }; });

  const auto schema_arguments = std::make_shared<Arguments>();
  CLI::App* schema = app.add_subcommand("schema", "the JSON Schema of experiment files, so that editors complete and check them");
  schema->add_flag("--markdown", schema_arguments->markdown, "the reference page (docs/experiment-reference.md) instead");
  schema->footer(
      "\nExamples:\n"
      "  mexbench schema > experiment.schema.json\n"
      "  mexbench schema --markdown > docs/experiment-reference.md\n"
      "  mexbench schema | jq .properties.protocol");
  schema->callback([schema_arguments, &action] { action = [schema_arguments] { return schema_verb(*schema_arguments); }; });
}

}  // namespace mexbench::cli
