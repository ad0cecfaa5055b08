#include "harness/cli/verb_inspect.h"

namespace mexbench::cli {
namespace {

constexpr const char* kFooter =
    "\nExamples:\n"
    "  mexbench inspect dataset casme2 --root corpora/CASME2\n"
    "  mexbench inspect annotation CASME2-coding-20140508.xlsx --dataset casme2\n"
    "  mexbench inspect model rcn_a --set params.featuremaps=64 --format csv";

}  // namespace

void add_inspect(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("inspect", "look into a corpus, its annotation, or a model");
  verb->require_subcommand(1);
  verb->footer(kFooter);
  add_inspect_dataset(*verb, action);
  add_inspect_annotation(*verb, action);
  add_inspect_model(*verb, action);
}

}  // namespace mexbench::cli
