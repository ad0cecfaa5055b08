#include <fmt/format.h>

#include <memory>

#include "harness/cli/common.h"
#include "harness/cli/pdf_figures.h"
#include "harness/core/console.h"
#include "reports/report.h"

namespace mexbench::cli {
namespace fs = std::filesystem;
namespace {

struct Arguments {
  std::vector<std::string> folders;
  std::string out;
  bool pdf = false;
};

int report_verb(const Arguments& arguments) {
  const std::vector<fs::path> folders(arguments.folders.begin(), arguments.folders.end());
  const auto data = reports::load_runs(folders);
  if (!data) return fail(data.error());
  const fs::path out = arguments.out.empty() ? folders.front() / "report" : fs::path(arguments.out);
  const auto written = reports::write_report(*data, out);
  if (!written) return fail(written.error());
  core::tell(fmt::format("wrote {} files\n", written->files.size()));
  for (const fs::path& removed : written->removed) core::tell(fmt::format("removed {}, a figure of an earlier report\n", removed.string()));
  if (arguments.pdf) {
    const auto figures = write_pdf_figures(written->files);
    if (!figures) return fail(figures.error());
    core::tell(fmt::format("wrote {} figures as PDF\n", *figures));
  }
  fmt::print("{}\n", written->files.front().string());
  return 0;
}

}  // namespace

void add_report(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* report = app.add_subcommand("report", "write the report of one or several runs: HTML, Markdown, LaTeX, CSV, JSON, SVG");
  report->add_option("folders", arguments->folders, "folders of experiments, of models or of single runs")->required();
  report->add_option("--out", arguments->out, "folder of the report; default: 'report' in the first folder");
  report->add_flag("--pdf", arguments->pdf, "also write every figure as PDF beside its SVG; needs rsvg-convert (librsvg2-bin)");
  report->footer(
      "\nExamples:\n"
      "  mexbench report runs/quickstart\n"
      "  mexbench report runs/ststnet-scratch runs/ststnet-released --out comparison --pdf\n"
      "  mexbench report runs/quickstart/ststnet/seed-0 --out one-run");
  report->callback([arguments, &action] { action = [arguments] { return report_verb(*arguments); }; });
}

}  // namespace mexbench::cli
