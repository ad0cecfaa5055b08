// mexbench: parse, call, print, exit code. One file per verb.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "harness/cli/common.h"
#include "harness/core/text.h"
#include "harness/core/version.h"

namespace {

using mexbench::cli::Action;

constexpr const char* kFooter =
    "\nExit codes: 0 done; 1 failed, or some fold failed; 2 usage or configuration; 3 data missing or wrong;\n"
    "4 audit INVALID; 5 a published or required figure was not met; 130 interrupted and resumable.";

std::vector<std::string> verb_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) names.push_back(verb->get_name());
  return names;
}

int refuse_verb(const std::string& seen, const std::vector<std::string>& names) {
  using mexbench::core::Error;
  const auto near = mexbench::core::closest(seen, names);
  return mexbench::cli::fail(
      Error(mexbench::core::ErrorCode::kUsage, fmt::format("there is no verb '{}'", seen))
          .hint(near ? fmt::format("did you mean '{}'?", *near) : fmt::format("there are {}", mexbench::core::join(names, ", "))));
}

int run_program(int argc, char** argv) {
  CLI::App app("mexbench: evaluates facial micro-expression recognition, on people the model has never seen.", "mexbench");
  app.set_version_flag("--version", std::string("mexbench ") + mexbench::core::kVersion);
  app.require_subcommand(1);
  app.footer(kFooter);
  app.get_formatter()->column_width(34);
  Action action;
  mexbench::cli::add_run(app, action);
  mexbench::cli::add_plan(app, action);
  mexbench::cli::add_report(app, action);
  mexbench::cli::add_score(app, action);
  mexbench::cli::add_reproduce(app, action);
  mexbench::cli::add_parity(app, action);
  mexbench::cli::add_list(app, action);
  mexbench::cli::add_show(app, action);
  mexbench::cli::add_synth(app, action);
  // Before parsing: `mexbench no-such-verb --help` would print the main help and succeed.
  const std::vector<std::string> names = verb_names(app);
  const std::string first = argc > 1 ? argv[1] : "-";
  if (!first.starts_with('-') && std::find(names.begin(), names.end(), first) == names.end()) return refuse_verb(first, names);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {  // --help, --version
    return app.exit(request);
  } catch (const CLI::ParseError& problem) {
    const auto verbs = app.get_subcommands();
    fmt::print(stderr, "error: {}\n      | note: 'mexbench {}--help' shows what it takes\n", problem.what(),
               verbs.empty() ? "" : verbs.front()->get_name() + " ");
    return static_cast<int>(mexbench::core::ErrorCode::kUsage);
  }
  return action();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_program(argc, argv);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "error: unexpected: %s\n", problem.what());
    return static_cast<int>(mexbench::core::ErrorCode::kFailed);
  }
}
