// Calibration, selective prediction and training curves.
#include "reports/markdown_parts.h"
#include "reports/render.h"

namespace mexbench::reports::markdown {
namespace {

void paragraphs(const std::vector<std::string>& sentences, std::string& out) {
  for (const std::string& sentence : sentences) out += "\n" + md(sentence) + "\n";
}

std::string over_seeds(const OverSeeds& of, std::size_t seeds) {
  if (seeds == 1) return four_decimals(of.mean);
  return fmt::format("{} ({}\xE2\x80\x93{})", four_decimals(of.mean), four_decimals(of.low), four_decimals(of.high));
}

}  // namespace

void calibration(const ReportView& view, std::string& out) {
  out += "\n## Calibration\n";
  paragraphs(view.calibration.sentences, out);
  if (view.calibration.models.empty()) return;
  std::vector<std::string> columns{"Model", "Clips", "ECE", "ECE if calibrated", "Brier", "AURC", "E-AURC"};
  for (const double asked : kCoverages) columns.push_back(fmt::format("Accuracy at {:.0f} %", 100.0 * asked));
  columns.emplace_back("Verdict");
  out += "\n" + header(columns, "l" + std::string(columns.size() - 2, 'r') + "l");
  for (const CalibrationView& one : view.calibration.models) {
    const ModelView& model = view.models[one.model];
    std::vector<std::string> cells{model_name(view, one.model), fmt::format("{}", one.clips)};
    for (const OverSeeds* of : {&one.ece, &one.ece_if_calibrated, &one.brier, &one.aurc, &one.excess}) {
      cells.push_back(over_seeds(*of, one.seeds));
    }
    for (const SelectiveView& at : one.selective) cells.push_back(over_seeds(at.accuracy, one.seeds));
    cells.push_back(model.verdict);
    out += row(cells);
  }
  out += fmt::format("\n![risk and coverage]({})\n", kRiskCoverageFile);
  for (const CalibrationView& one : view.calibration.models) {
    const ModelView& model = view.models[one.model];
    for (const std::string& sentence : one.sentences) out += (&sentence == &one.sentences.front() ? "\n" : "") + md(sentence) + "\n";
    out +=
        fmt::format("\n![reliability of {}, seed {}]({})\n", md(model.name), one.drawn_seed, file_name_part(calibration_file(view, model)));
  }
}

void training(const ReportView& view, std::string& out) {
  out += "\n## Training curves\n";
  paragraphs(view.training.sentences, out);
  for (const TrainingView& one : view.training.runs) {
    const RunView& run = view.runs[one.run];
    out += fmt::format("\n### {}, seed {}: {}\n\n{}\n\n![training of {}, seed {}]({})\n", run_name(run), run.seed, run.verdict,
                       md(one.sentence), md(run.model), run.seed, file_name_part(training_file(view, run)));
  }
}

}  // namespace mexbench::reports::markdown
