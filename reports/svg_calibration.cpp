// Reliability diagrams and risk-coverage curves.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "reports/svg.h"
#include "reports/svg_axes.h"
#include "reports/svg_text.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

using svg::Axes;
using svg::Point;

const std::vector<double> kShares{0.0, 0.25, 0.5, 0.75, 1.0};
const std::vector<double> kHalves{0.0, 0.5, 1.0};
constexpr std::size_t kMostDrawn = 160;      // points of a curve
constexpr std::size_t kFewestAccepted = 10;  // a rate of fewer clips is not drawn

std::string dashes(std::string_view pattern) { return pattern.empty() ? std::string() : fmt::format("stroke-dasharray=\"{}\"", pattern); }

std::string bin_marks(const Axes& axes, const Axes& bars, const stats::ReliabilityBin& bin, double most) {
  const double x = axes.x(bin.mean_confidence), y = axes.y(bin.accuracy);
  const auto right = static_cast<std::int64_t>(std::llround(bin.accuracy * static_cast<double>(bin.clips)));
  const std::string title = fmt::format("confidence {} to {}, mean {}: {} of {} right, accuracy {} [{}, {}]", four_decimals(bin.lowest),
                                        four_decimals(bin.highest), four_decimals(bin.mean_confidence), right,
                                        counted(static_cast<std::int64_t>(bin.clips), "clip"), four_decimals(bin.accuracy),
                                        four_decimals(bin.accuracy_interval.low), four_decimals(bin.accuracy_interval.high));
  std::string out =
      svg::line(x, axes.y(bin.accuracy_interval.low), x, axes.y(bin.accuracy_interval.high), "ink-line", svg::kInk, "stroke-width=\"1.2\"");
  out += fmt::format(R"(<circle class="accent" cx="{}" cy="{}" r="4" fill="{}"><title>{}</title></circle>)", svg::number(x), svg::number(y),
                     svg::kAccent, escape_svg(title));
  // A bin of one confidence is still seen.
  const double left = bars.x(bin.lowest), width = std::max(2.0, bars.x(bin.highest) - left);
  const double top = bars.bottom() - bars.height * static_cast<double>(bin.clips) / most;
  out += fmt::format(R"(<rect class="accent" x="{}" y="{}" width="{}" height="{}" fill="{}" fill-opacity="0.45"><title>{}</title></rect>)",
                     svg::number(std::min(left, bars.right() - width)), svg::number(top), svg::number(width),
                     svg::number(bars.bottom() - top), svg::kAccent, escape_svg(title));
  return out + "\n";
}

// The k surest clips at which a curve is drawn, from 1.
std::vector<std::size_t> drawn_places(std::size_t clips, std::size_t most) {
  const std::size_t first = std::min(kFewestAccepted, clips);
  std::vector<std::size_t> out = svg::thinned(clips - first + 1, most);
  for (std::size_t& place : out) place += first;
  return out;
}

std::vector<Point> risk_points(const CalibrationView& model, const Axes& axes, std::size_t most) {
  std::vector<Point> out;
  for (const std::size_t k : drawn_places(model.clips, most)) {
    out.push_back({.x = axes.x(static_cast<double>(k) / static_cast<double>(model.clips)), .y = axes.y(model.risk[k - 1])});
  }
  return out;
}

double highest_risk(const ReportView& view) {
  double highest = 0.0;
  for (const CalibrationView& model : view.calibration.models) {
    for (const std::size_t k : drawn_places(model.clips, kMostDrawn)) highest = std::max(highest, model.risk[k - 1]);
  }
  return highest;
}

struct Stroke {
  std::string_view css_class;
  std::string_view colour;
  std::string_view dashes;
};
// Dashes tell them apart without any colour.
constexpr std::array<Stroke, 6> kStrokes{{{"ink-line", svg::kInk, ""},
                                          {"accent-line", svg::kAccent, "7 3"},
                                          {"ink-line", svg::kInk, "2 2.5"},
                                          {"accent-line", svg::kAccent, "10 3 2 3"},
                                          {"ink-line", svg::kInk, "14 4"},
                                          {"accent-line", svg::kAccent, "4 2 1 2 1 2"}}};

struct Label {
  std::size_t model = 0;
  double from = 0.0;  // where the curve ends
  double y = 0.0;
};

// Labels in the order of their curves' ends, none nearer to the next than `gap`, pushed down and then up again from the bottom.
void spread(std::vector<Label>& labels, double gap, double bottom) {
  std::stable_sort(labels.begin(), labels.end(), [](const Label& a, const Label& b) { return a.from < b.from; });
  for (std::size_t i = 1; i < labels.size(); ++i) labels[i].y = std::max(labels[i].y, labels[i - 1].y + gap);
  double limit = bottom;
  for (std::size_t i = labels.size(); i-- > 0;) {
    labels[i].y = std::min(labels[i].y, limit);
    limit = labels[i].y - gap;
  }
}

std::vector<std::string> names_of(const ReportView& view, std::size_t most) {
  std::vector<std::string> names;
  for (const CalibrationView& model : view.calibration.models) names.push_back(view.models[model.model].name);
  return shorten_apart(names, most);
}

std::string figure_title(const ReportView& view) {
  const auto& models = view.calibration.models;
  return std::string(svg::kRiskTitle) +
         (models.size() == 1 ? view.models[models.front().model].name : counted(static_cast<std::int64_t>(models.size()), "model"));
}

std::string together(const ReportView& view, bool page) {
  const auto& models = view.calibration.models;
  const std::vector<std::string> names = names_of(view, page ? 24 : 12);
  double label = 40;
  for (std::size_t i = 0; i < names.size(); ++i) {
    label = std::max(label, svg::width_of(names[i] + (view.models[models[i].model].invalid ? " (INVALID)" : ""), 11));
  }
  const std::vector<double> risks = svg::ticks_to(std::max(highest_risk(view), 0.05), 5, /*beyond=*/true);
  const Axes axes{.left = 40, .top = 30, .width = page ? 460.0 : 190.0, .height = page ? 260.0 : 200.0, .y_high = risks.back()};
  std::string out = svg::grid(axes, kShares, risks) + svg::y_title(axes, "risk (error rate of the answered clips)") +
                    svg::x_title(axes, page ? "coverage (share of clips that is answered, the surest first)" : "coverage");
  std::vector<Label> labels;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const Stroke& stroke = kStrokes[i % kStrokes.size()];
    out += svg::curve(risk_points(models[i], axes, kMostDrawn), stroke.css_class, stroke.colour,
                      "stroke-width=\"1.8\"" + (stroke.dashes.empty() ? "" : " " + dashes(stroke.dashes)));
    out += '\n';
    const double end = axes.y(models[i].risk.back());
    labels.push_back({.model = i, .from = end, .y = end});
  }
  spread(labels, 14, axes.bottom());
  for (const Label& one : labels) {
    const Stroke& stroke = kStrokes[one.model % kStrokes.size()];
    const double x = axes.right();
    out += svg::line(x + 2, one.from, x + 10, one.y, "soft-line", svg::kSoft, "stroke-width=\"0.8\"");
    out += svg::line(x + 12, one.y, x + 34, one.y, stroke.css_class, stroke.colour,
                     "stroke-width=\"1.8\"" + (stroke.dashes.empty() ? "" : " " + dashes(stroke.dashes)));
    const bool invalid = view.models[models[one.model].model].invalid;
    out += svg::text(x + 39, one.y + 4, 11, "start", "ink", svg::kInk, names[one.model] + (invalid ? " (INVALID)" : "")) + "\n";
  }
  return svg::open(axes.right() + 43 + label, axes.bottom() + 38, figure_title(view)) + out + "</svg>\n";
}

// One model: its curve, the error rate of a confidence of no use, and the best order.
std::string panel(const ReportView& view, const CalibrationView& model, const std::string& name, const Axes& axes,
                  const std::vector<double>& risks) {
  const double errors = model.risk.back() * static_cast<double>(model.clips);
  std::string out = svg::grid(axes, kHalves, risks);
  out += svg::text(axes.left, axes.top - 8, 11, "start", "ink", svg::kInk, name, "font-weight=\"700\"");
  out += svg::line(axes.left, axes.y(model.risk.back()), axes.right(), axes.y(model.risk.back()), "soft-line", svg::kSoft, dashes("5 3"));
  std::vector<Point> best;
  for (const std::size_t k : drawn_places(model.clips, 40)) {
    const auto clips = static_cast<double>(model.clips), accepted = static_cast<double>(k);
    best.push_back({.x = axes.x(accepted / clips), .y = axes.y(std::max(0.0, accepted - (clips - errors)) / accepted)});
  }
  out += svg::curve(best, "soft-line", svg::kSoft, dashes("1.5 2.5"));
  out += svg::curve(risk_points(model, axes, 80), "accent-line", svg::kAccent, "stroke-width=\"1.8\"");
  if (view.models[model.model].invalid) {
    out += svg::text(axes.right() - 4, axes.bottom() - 6, 10, "end", "ink", svg::kInk, "INVALID", "font-weight=\"700\"");
  }
  return out + "\n";
}

std::string apart(const ReportView& view, bool page) {
  const auto& models = view.calibration.models;
  const std::size_t columns = page ? 4 : 2;
  const std::vector<std::string> names = names_of(view, 20);
  const std::vector<double> risks = svg::ticks_to(std::max(highest_risk(view), 0.05), 3, /*beyond=*/true);
  const double wide = 128, high = 96, across = 168, down = 148;
  std::string out = svg::text(0, 12, 11, "start", "soft", svg::kSoft,
                              page ? "risk against coverage: the model, dashed its error rate, dotted the best order"
                                   : "dashed: error rate; dotted: best order") +
                    "\n";
  for (std::size_t i = 0; i < models.size(); ++i) {
    const std::size_t row = i / columns;
    const Axes axes{.left = 30 + across * static_cast<double>(i % columns),
                    .top = 40 + down * static_cast<double>(row),
                    .width = wide,
                    .height = high,
                    .y_high = risks.back()};
    out += panel(view, models[i], names[i], axes, risks);
  }
  const double rows = std::ceil(static_cast<double>(models.size()) / static_cast<double>(columns));
  return svg::open(across * static_cast<double>(columns), 30 + down * rows, figure_title(view)) + out + "</svg>\n";
}

}  // namespace

std::string reliability_svg(const ReportView& view, const CalibrationView& calibration) {
  const ModelView& model = view.models[calibration.model];
  const Axes axes{.left = 40, .top = 26, .width = 280, .height = 280};
  const Axes bars{.left = axes.left, .top = axes.bottom() + 38, .width = axes.width, .height = 36};
  std::size_t most = 1;
  for (const stats::ReliabilityBin& bin : calibration.bins) most = std::max(most, bin.clips);
  std::string out = svg::grid(axes, kShares, kShares) + svg::y_title(axes, "accuracy");
  out += svg::line(axes.x(0), axes.y(0), axes.x(1), axes.y(1), "soft-line", svg::kSoft, "stroke-dasharray=\"5 3\"");
  out += svg::text(axes.x(0.17), axes.y(0.17) - 6, 10, "middle", "soft", svg::kSoft, "calibrated",
                   fmt::format("transform=\"rotate(-45 {} {})\"", svg::number(axes.x(0.17)), svg::number(axes.y(0.17) - 6)));
  out += svg::text(axes.left + axes.width / 2, axes.bottom() + 28, 11, "middle", "soft", svg::kSoft,
                   "confidence, and below it the clips of each bin");
  out += svg::line(bars.left, bars.bottom(), bars.right(), bars.bottom(), "rule-line", svg::kRule);
  out += svg::text(bars.left - 6, bars.top + 8, 10, "end", "soft", svg::kSoft, fmt::format("{}", most));
  out += svg::text(bars.left - 6, bars.bottom() + 2, 10, "end", "soft", svg::kSoft, "0") + "\n";
  for (const stats::ReliabilityBin& bin : calibration.bins) out += bin_marks(axes, bars, bin, static_cast<double>(most));
  if (model.invalid) {
    out += svg::text(axes.right() - 6, axes.bottom() - 8, 11, "end", "ink", svg::kInk,
                     model.runs.size() == 1 ? "INVALID run: no evidence" : model.verdict, "font-weight=\"700\"") +
           "\n";
  }
  const std::string title = fmt::format("{}{}, seed {} ({})", svg::kReliabilityTitle, model.name, calibration.drawn_seed, model.verdict);
  return svg::open(axes.right() + 12, bars.bottom() + 8, title) + out + "</svg>\n";
}

std::string risk_coverage_svg(const ReportView& view, FigureWidth fits) {
  const bool page = fits == FigureWidth::kPage;
  const std::size_t most = page ? kStrokes.size() : 4;
  return view.calibration.models.size() <= most ? together(view, page) : apart(view, page);
}

}  // namespace mexbench::reports
