#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "datasets/lookalike/lookalike.h"
#include "datasets/registry.h"
#include "harness/cli/common.h"
#include "harness/config/schema.h"
#include "harness/core/console.h"
#include "harness/core/text.h"
#include "harness/run/runner.h"

namespace mexbench::cli {
namespace {

struct Arguments {
  std::string out;
  std::string layout;
  std::vector<std::string> settings;
};

// In the corpus's own terms, checked as an experiment's `dataset` keys are.
core::Result<nlohmann::json> options_of(const Arguments& arguments) {
  constexpr std::string_view kExample = "intensity=0.5";
  if (!arguments.layout.empty()) {
    MEXBENCH_ASSIGN(const datasets::Layout* layout, datasets::find_layout(arguments.layout));
    MEXBENCH_ASSIGN(const nlohmann::json given, parse_settings(arguments.settings, layout->options, kExample));
    return datasets::complete_layout_options(arguments.layout, given);
  }
  MEXBENCH_ASSIGN(const datasets::AdapterInfo* adapter, datasets::find_adapter("synth"));
  MEXBENCH_ASSIGN(const nlohmann::json given, parse_settings(arguments.settings, adapter->options, kExample));
  return datasets::complete_options(*adapter, given);
}

int synth_verb(const Arguments& arguments) {
  const auto options = options_of(arguments);
  if (!options) return fail(options.error());
  if (arguments.out.empty()) return fail(core::Error(core::ErrorCode::kUsage, "'--out' is empty, a folder is wanted"));
  const char* const kind = arguments.layout.empty() ? "synth" : "lookalike";
  if (const core::Status status = run::render_corpus(kind, *options, arguments.out, available_cores()); !status)
    return fail(status.error());
  if (arguments.layout == "casme")
    core::tell("note: the sheet is written as csv; the release's is an old .xls with the same cells (docs/corpora.md)\n");
  fmt::print("{}\n", arguments.out);
  return 0;
}

}  // namespace

void add_synth(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* synth = app.add_subcommand("synth", "render a corpus of drawn faces: frames on disk with a known signal");
  synth->add_option("--out", arguments->out, "folder to make")->required();
  std::vector<std::string> ids;
  for (const datasets::Layout& layout : datasets::layouts()) ids.push_back(layout.id);
  synth->add_option(
      "--layout", arguments->layout,
      fmt::format("look like a release, folders, names and sheet: {}; without it, the corpus 'synth'", core::join(ids, ", ")));
  synth
      ->add_option("--set", arguments->settings,
                   "a knob of the corpus: intensity=0.5 (repeatable; docs/experiment-reference.md lists those of 'synth', docs/corpora.md "
                   "those of layouts)")
      ->take_all()
      ->allow_extra_args(false);
  synth->footer(
      "\nExamples:\n"
      "  mexbench synth --out corpora/synth\n"
      "  mexbench synth --out corpora/null --set intensity=0\n"
      "  mexbench synth --layout samm --out corpora/samm --set subjects=12 --set quirks=true");
  synth->callback([arguments, &action] { action = [arguments] { return synth_verb(*arguments); }; });
}

}  // namespace mexbench::cli
