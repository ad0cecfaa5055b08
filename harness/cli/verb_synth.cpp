#include <fmt/format.h>

#include <memory>

#include "datasets/registry.h"
#include "harness/cli/common.h"
#include "harness/config/schema.h"
#include "harness/run/runner.h"

namespace mexbench::cli {
namespace {

struct Arguments {
  std::string out;
  std::vector<std::string> settings;
};

// `--set intensity=0.5` in the adapter's own terms, checked as an experiment's `dataset` keys are.
core::Result<nlohmann::json> options_of(const std::vector<std::string>& settings) {
  nlohmann::json given = nlohmann::json::object();
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos) {
      return core::Error(core::ErrorCode::kUsage, fmt::format("'--set {}' has no '='", setting)).hint("write --set intensity=0.5");
    }
    nlohmann::json value = nlohmann::json::parse(setting.substr(equals + 1), nullptr, /*allow_exceptions=*/false);
    if (value.is_discarded()) value = setting.substr(equals + 1);
    given[setting.substr(0, equals)] = std::move(value);
  }
  MEXBENCH_ASSIGN(const datasets::AdapterInfo* adapter, datasets::find_adapter("synth"));
  return datasets::complete_options(*adapter, given);
}

int synth_verb(const Arguments& arguments) {
  const auto options = options_of(arguments.settings);
  if (!options) return fail(options.error());
  if (arguments.out.empty()) return fail(core::Error(core::ErrorCode::kUsage, "'--out' is empty, a folder is wanted"));
  if (const core::Status status = run::render_corpus("synth", *options, arguments.out, available_cores()); !status)
    return fail(status.error());
  fmt::print("{}\n", arguments.out);
  return 0;
}

}  // namespace

void add_synth(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* synth = app.add_subcommand("synth", "render the synthetic corpus: frames on disk with a known signal");
  synth->add_option("--out", arguments->out, "folder to make")->required();
  synth
      ->add_option("--set", arguments->settings,
                   "a knob of the corpus: intensity=0.5 (repeatable; docs/experiment-reference.md lists them)")
      ->take_all()
      ->allow_extra_args(false);
  synth->footer(
      "\nExamples:\n"
      "  mexbench synth --out corpora/synth\n"
      "  mexbench synth --out corpora/null --set intensity=0\n"
      "  mexbench synth --out corpora/strong --set intensity=2 --set seed=7");
  synth->callback([arguments, &action] { action = [arguments] { return synth_verb(*arguments); }; });
}

}  // namespace mexbench::cli
