#include <fmt/format.h>

#include "harness/core/files.h"
#include "reports/render.h"
#include "reports/report.h"
#include "reports/svg.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace fs = std::filesystem;
namespace {

// The label alone names a model only within one experiment.
std::string model_part(const ReportView& view, const std::string& experiment, const std::string& label) {
  const std::string part = file_name_part(label);
  return view.experiments.size() > 1 ? file_name_part(experiment) + "-" + part : part;
}

}  // namespace

std::string confusion_file(const ReportView& view, const RunView& run, const std::string& scope) {
  return fmt::format("confusion-{}-seed-{}-{}.svg", model_part(view, run.experiment, run.label), run.seed, file_name_part(scope));
}

std::string subjects_file(const ReportView& view, const ModelView& model) {
  return fmt::format("subjects-{}.svg", model_part(view, model.experiment, model.label));
}

core::Result<std::vector<fs::path>> write_report(const ReportData& data, const fs::path& out) {
  const ReportView view = make_view(data);
  std::vector<fs::path> written;
  const auto write = [&](const std::string& name, const std::string& content) -> core::Status {
    MEXBENCH_TRY(core::write_file_atomic(out / name, content, "report"));
    written.push_back(out / name);
    return {};
  };
  MEXBENCH_TRY(write("index.html", render_html(view)));
  MEXBENCH_TRY(write("report.md", render_markdown(view)));
  MEXBENCH_TRY(write("table.tex", render_latex(view)));
  MEXBENCH_TRY(write("summary.csv", render_csv(view)));
  if (!view.runs.empty()) MEXBENCH_TRY(write("scores.svg", scores_svg(view)));
  for (std::size_t model = 0; model < view.models.size(); ++model) {
    MEXBENCH_TRY(write(subjects_file(view, view.models[model]), subjects_svg(view, model)));
  }
  for (const RunView& run : view.runs) {
    for (const ScopeView& scope : run.scopes) {
      const std::string title = fmt::format("Confusion of {}, seed {}, {}", run.model, run.seed, scope.scope);
      MEXBENCH_TRY(write(confusion_file(view, run, scope.scope), confusion_svg(scope, run.class_names, title)));
    }
  }
  return written;
}

}  // namespace mexbench::reports
