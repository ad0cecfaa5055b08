#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <system_error>
#include <utility>

#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "reports/render.h"
#include "reports/report.h"
#include "reports/svg.h"
#include "reports/svg_selection.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kConfusion = "confusion-", kSubjects = "subjects-", kScores = "scores.svg", kPairs = "pairs", kRanks = "ranks";
constexpr std::string_view kSelection = "selection", kCalibration = "calibration-", kTraining = "training-", kLatency = "latency";

// `parts` behind the kind, with an '@' between them, which no part holds after its escape.
std::string figure_file(std::string_view kind, const std::vector<std::string>& parts) {
  constexpr std::size_t kLongest = 180, kDigest = 16;  // file systems take 255 bytes, some of which a temporary name needs
  std::string name;
  for (const std::string& part : parts) name += (name.empty() ? std::string(kind) : "@") + file_name_part(part);
  if (name.size() > kLongest) name = name.substr(0, kLongest - kDigest - 1) + "@" + core::sha256_hex(name).substr(0, kDigest);
  return name + ".svg";
}

// The label alone names a model only within one experiment.
std::vector<std::string> model_parts(const ReportView& view, const std::string& experiment, const std::string& label) {
  return view.experiments.size() > 1 ? std::vector<std::string>{experiment, label} : std::vector<std::string>{label};
}

std::string model_file(std::string_view kind, const ReportView& view, const ModelView& model) {
  std::vector<std::string> parts = model_parts(view, model.experiment, model.label);
  if (!model.differing.empty()) parts.push_back(fmt::format("seed-{}", view.runs[model.runs.front()].seed));
  return figure_file(kind, parts);
}

struct NamedFile {
  std::string name;
  std::string content;
};

void add_selection_figures(const ReportView& view, std::vector<NamedFile>& files) {
  const std::vector<std::string> names = selection_files(view);
  std::size_t at = 0;
  for (const SelectionGroup& group : view.selection.groups) {
    for (const GuessCurve& curve : group.curves) {
      if (group.drawn && curve.drawable()) files.push_back({names[at++], selection_svg(view, group, curve)});
    }
  }
}

void add_latency_files(const ReportView& view, std::vector<NamedFile>& files) {
  if (view.latency.runs.empty()) return;
  files.push_back({"latency.csv", render_latency_csv(view)});
  files.push_back({"latency.tex", render_latency_latex(view)});
  const std::vector<std::string> names = latency_files(view);
  std::size_t at = 0;
  for (const LatencyGroup& group : view.latency.groups) {
    if (!group.points.empty()) files.push_back({names[at++], latency_svg(view, group)});
  }
}

std::vector<NamedFile> files_of(const ReportView& view) {
  std::vector<NamedFile> files{{"index.html", render_html(view)},
                               {"report.md", render_markdown(view)},
                               {"table.tex", render_latex(view)},
                               {"summary.csv", render_csv(view)},
                               {"report.json", render_json(view)}};
  if (!view.runs.empty()) files.push_back({std::string(kScores), scores_svg(view)});
  for (std::size_t i = 0; i < view.comparisons.size(); ++i) {
    const std::string number = view.comparisons.size() > 1 ? fmt::format("-{}", i + 1) : std::string();
    files.push_back({fmt::format("{}{}.svg", kPairs, number), pairs_svg(view, view.comparisons[i])});
    if (view.comparisons[i].ranks) files.push_back({fmt::format("{}{}.svg", kRanks, number), ranks_svg(view, view.comparisons[i])});
  }
  add_selection_figures(view, files);
  for (std::size_t model = 0; model < view.models.size(); ++model) {
    files.push_back({subjects_file(view, view.models[model]), subjects_svg(view, model)});
  }
  add_latency_files(view, files);
  if (!view.calibration.models.empty()) files.push_back({kRiskCoverageFile, risk_coverage_svg(view)});
  for (const CalibrationView& model : view.calibration.models) {
    files.push_back({calibration_file(view, view.models[model.model]), reliability_svg(view, model)});
  }
  for (const TrainingView& run : view.training.runs) {
    files.push_back({training_file(view, view.runs[run.run]), training_svg(view, run)});
  }
  for (const RunView& run : view.runs) {
    for (const ScopeGroup& group : view.scopes) {
      if (const ScopeView* scope = run.in(group)) files.push_back({confusion_file(view, run, group.scope), confusion_svg(run, *scope)});
    }
  }
  return files;
}

// A figure of an earlier report beside a new page would be taken for one of it. By its name alone a file could be anyone's, so it must
// also begin as ours do.
bool is_stale_figure(const fs::path& file) {
  const std::string name = file.filename().string();
  constexpr std::array kKinds{kConfusion, kSubjects, kPairs, kRanks, kSelection, kCalibration, kTraining, kLatency};
  const bool called_so =
      name.ends_with(".svg") && std::any_of(kKinds.begin(), kKinds.end(), [&](std::string_view kind) { return name.starts_with(kind); });
  if (name != kScores && name != kRiskCoverageFile && !called_so) return false;
  std::error_code failure;
  if (fs::symlink_status(file, failure).type() != fs::file_type::regular) return false;
  const auto content = core::read_file(file);
  return content && is_report_figure(*content);
}

}  // namespace

std::string confusion_file(const ReportView& view, const RunView& run, const std::string& scope) {
  std::vector<std::string> parts = model_parts(view, run.experiment, run.label);
  parts.push_back(fmt::format("seed-{}", run.seed));
  parts.push_back(scope);
  return figure_file(kConfusion, parts);
}

std::string subjects_file(const ReportView& view, const ModelView& model) { return model_file(kSubjects, view, model); }
std::string calibration_file(const ReportView& view, const ModelView& model) { return model_file(kCalibration, view, model); }

std::string training_file(const ReportView& view, const RunView& run) {
  std::vector<std::string> parts = model_parts(view, run.experiment, run.label);
  parts.push_back(fmt::format("seed-{}", run.seed));
  return figure_file(kTraining, parts);
}

std::vector<std::string> selection_files(const ReportView& view) {
  std::vector<std::string> out;
  for (const SelectionGroup& group : view.selection.groups) {
    for (const GuessCurve& curve : group.curves) {
      if (!group.drawn || !curve.drawable()) continue;
      out.push_back(out.empty() ? fmt::format("{}.svg", kSelection) : fmt::format("{}-{}.svg", kSelection, out.size() + 1));
    }
  }
  return out;
}

std::vector<std::string> latency_files(const ReportView& view) {
  std::vector<std::string> out;
  for (const LatencyGroup& group : view.latency.groups) {
    if (group.points.empty()) continue;
    out.push_back(out.empty() ? fmt::format("{}.svg", kLatency) : fmt::format("{}-{}.svg", kLatency, out.size() + 1));
  }
  return out;
}

core::Result<WrittenReport> write_report(const ReportData& data, const fs::path& out) {
  const std::vector<NamedFile> files = files_of(make_view(data));
  std::set<std::string> names;
  for (const NamedFile& file : files) {
    if (!names.insert(file.name).second) {
      return core::Error(core::ErrorCode::kFailed, fmt::format("two files of the report would be called '{}'", file.name))
          .hint("report the runs in two reports");
    }
  }
  WrittenReport report;
  for (const NamedFile& file : files) {
    MEXBENCH_TRY(core::write_file_atomic(out / file.name, file.content, "report"));
    report.files.push_back(out / file.name);
  }
  MEXBENCH_ASSIGN(const std::vector<std::string> present, core::list_folder(out));
  for (const std::string& name : present) {
    if (names.contains(name) || !is_stale_figure(out / name)) continue;
    std::error_code failure;
    if (!fs::remove(out / name, failure)) {
      return core::Error::in_file(core::ErrorCode::kFailed, (out / name).string(),
                                  fmt::format("is of an earlier report and can't be removed: {}", failure.message()));
    }
    report.removed.push_back(out / name);
  }
  return report;
}

}  // namespace mexbench::reports
