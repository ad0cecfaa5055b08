// Calibration, selective prediction and training curves.
#include <fmt/format.h>

#include "reports/html_parts.h"
#include "reports/render.h"
#include "reports/svg.h"

namespace mexbench::reports::html {
namespace {

std::string head_cell(std::string_view words, std::string_view meaning) {
  return fmt::format(R"(<th scope="col" data-sort="number" class="n" title="{}">{}</th>)", h(meaning), h(words));
}

// A mean with its range over several seeds below it.
std::string cell(std::string_view to, const OverSeeds& of, std::size_t seeds) {
  const std::string range =
      seeds > 1 ? fmt::format("<span class=\"range\">{}\xE2\x80\x93{}</span>", four_decimals(of.low), four_decimals(of.high))
                : std::string();
  return number_cell(to, {.text = four_decimals(of.mean), .below = range, .value = of.mean});
}

std::string calibration_table(const ReportView& view) {
  std::string head = R"(<tr><th scope="col" data-sort="text">Model</th>)" + head_cell("Clips", "clips that the model predicted") +
                     head_cell("ECE", "expected calibration error over bins of equally many clips") +
                     head_cell("if calibrated", "the ECE that a calibrated model with these confidences would show on average") +
                     head_cell("Brier", "squared distance of the probabilities from the truth, 0 to 2") +
                     head_cell("AURC", "area under the risk-coverage curve") +
                     head_cell("E-AURC", "AURC above that of the best possible order of the same errors");
  for (const double asked : kCoverages) {
    head += head_cell(fmt::format("Acc. at {:.0f} %", 100.0 * asked),
                      fmt::format("accuracy on the {:.0f} % of clips that the model is surest of", 100.0 * asked));
  }
  head += "</tr>";
  std::string body = "<tbody>\n";
  for (const CalibrationView& one : view.calibration.models) {
    const ModelView& model = view.models[one.model];
    const std::string to = of_model(view, one.model);
    body += fmt::format("<tr><th scope=\"row\">{} {}</th>{}", h(model.name), badge(model.verdict),
                        count_cell(to, static_cast<std::int64_t>(one.clips)));
    for (const OverSeeds* of : {&one.ece, &one.ece_if_calibrated, &one.brier, &one.aurc, &one.excess}) body += cell(to, *of, one.seeds);
    for (const SelectiveView& at : one.selective) body += cell(to, at.accuracy, one.seeds);
    body += "</tr>\n";
  }
  return table("calibration", "Calibration and selective prediction of every model", head, body + "</tbody>\n");
}

}  // namespace

std::string calibration(const ReportView& view) {
  std::string out = paragraphs(view, view.calibration.sentences);
  if (view.calibration.models.empty()) return out;
  out += calibration_table(view);
  out +=
      figure(risk_coverage_svg(view), risk_coverage_svg(view, FigureWidth::kPhone),
             "Risk against coverage: the error rate among the clips that a model is surest of, mean over seeds. The lower, the better; a "
             "curve that does not rise belongs to a confidence that says nothing.");
  out += "<div class=\"panels\">\n";
  for (const CalibrationView& one : view.calibration.models) {
    const ModelView& model = view.models[one.model];
    const std::string drawn =
        one.seeds > 1 ? fmt::format("<span class=\"aside\">seed {}, the first of {}</span>", one.drawn_seed, one.seeds) : std::string();
    std::string sentences;
    for (const std::string& sentence : one.sentences) sentences += fmt::format("<p>{}</p>\n", prose(of_model(view, one.model), sentence));
    out += fmt::format("<article class=\"panel\">\n<h4>{}{} {}</h4>\n<div class=\"fit\">{}</div>\n{}</article>\n", h(model.name), drawn,
                       badge(model.verdict), reliability_svg(view, one), sentences);
  }
  return out + "</div>\n";
}

std::string training(const ReportView& view) {
  std::string out = paragraphs(view, view.training.sentences);
  if (view.training.runs.empty()) return out;
  out += "<div class=\"panels\">\n";
  for (const TrainingView& one : view.training.runs) {
    const RunView& run = view.runs[one.run];
    out += fmt::format(
        "<article class=\"panel\">\n<h4><a href=\"#{}\">{}</a><span class=\"aside\">seed {}</span> {}</h4>\n<div "
        "class=\"fit\">{}</div>\n<p>{}</p>\n</article>\n",
        run.anchor, h(run.model), run.seed, badge(run.verdict), training_svg(view, one), prose(run.anchor, one.sentence));
  }
  return out + "</div>\n";
}

}  // namespace mexbench::reports::html
