// mexbench: parse, call, print, exit code. One file per verb.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "harness/cli/common.h"
#include "harness/core/console.h"
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
  mexbench::cli::add_compare(app, action);
  mexbench::cli::add_audit(app, action);
  mexbench::cli::add_score(app, action);
  mexbench::cli::add_predict(app, action);
  mexbench::cli::add_bench(app, action);
  mexbench::cli::add_reproduce(app, action);
  mexbench::cli::add_parity(app, action);
  mexbench::cli::add_inspect(app, action);
  mexbench::cli::add_list(app, action);
  mexbench::cli::add_show(app, action);
  mexbench::cli::add_synth(app, action);
  mexbench::cli::add_cache(app, action);
  mexbench::cli::add_doctor(app, action);
  // Before parsing: `mexbench no-such-verb --help` would print the main help and succeed.
  const std::vector<std::string> names = verb_names(app);
  const std::string first = argc > 1 ? argv[1] : "-";
  for (int i = 1; i < argc; ++i) {
    if (!mexbench::core::invalid_utf8(argv[i])) continue;
    return mexbench::cli::fail(mexbench::core::Error(mexbench::core::ErrorCode::kUsage, fmt::format("argument {} is not UTF-8 text", i))
                                   .hint("rename files and folders whose names are not UTF-8"));
  }
  if (!first.starts_with('-') && std::find(names.begin(), names.end(), first) == names.end()) return refuse_verb(first, names);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {  // --help, --version
    return app.exit(request);
  } catch (const CLI::ParseError& problem) {
    const auto verbs = app.get_subcommands();
    mexbench::core::tell(fmt::format("error: {}\n      | note: 'mexbench {}--help' shows what it takes\n", problem.what(),
                                     verbs.empty() ? "" : verbs.front()->get_name() + " "));
    return static_cast<int>(mexbench::core::ErrorCode::kUsage);
  }
  return action();
}

// Output that did not arrive is not done, whatever the verb thinks.
int with_flushed_stdout(int code) {
  if (mexbench::core::flush_stdout()) return code;
  mexbench::core::tell("error: can't write to stdout: it is full or closed\n");
  return code == 0 ? static_cast<int>(mexbench::core::ErrorCode::kFailed) : code;
}

}  // namespace

int main(int argc, char** argv) {
  mexbench::core::open_standard_streams();
  try {
    return with_flushed_stdout(run_program(argc, argv));
  } catch (const std::exception& problem) {
    // fmt throws when stdout takes nothing.
    if (std::ferror(stdout) != 0) return with_flushed_stdout(0);
    mexbench::core::tell(fmt::format("error: unexpected: {}\n", problem.what()));
    return static_cast<int>(mexbench::core::ErrorCode::kFailed);
  }
}
