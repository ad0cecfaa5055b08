// Training curves.
#include <fmt/format.h>

#include <algorithm>

#include "reports/svg.h"
#include "reports/svg_axes.h"
#include "reports/svg_text.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

using svg::Axes;
using svg::Point;

// Between the percentiles of the folds.
std::string loss_band(const std::vector<TrainingPoint>& points, const Axes& axes) {
  std::vector<Point> around;
  for (const TrainingPoint& point : points) around.push_back({.x = axes.x(static_cast<double>(point.epoch)), .y = axes.y(point.high)});
  for (std::size_t i = points.size(); i > 0; --i) {
    around.push_back({.x = axes.x(static_cast<double>(points[i - 1].epoch)), .y = axes.y(points[i - 1].low)});
  }
  return fmt::format(R"(<path class="soft" d="{}z" fill="{}" fill-opacity="0.2"><title>2.5 to 97.5 percentile of the folds</title></path>)",
                     svg::path(around), svg::kSoft);
}

// In pieces where it is undefined in between.
std::string uf1_curve(const std::vector<TrainingPoint>& points, const Axes& axes) {
  std::string out;
  std::vector<Point> piece;
  const auto finish = [&] {
    if (!piece.empty()) out += svg::curve(piece, "accent-line", svg::kAccent, "stroke-width=\"1.6\"");
    piece.clear();
  };
  for (const TrainingPoint& point : points) {
    if (point.uf1) {
      piece.push_back({.x = axes.x(static_cast<double>(point.epoch)), .y = axes.y(*point.uf1)});
    } else {
      finish();
    }
  }
  finish();
  return out;
}

// The epochs whose weights the run predicted with.
std::string final_marks(const TrainingView& training, const Axes& axes) {
  const double least = axes.x(static_cast<double>(training.final_least)), most = axes.x(static_cast<double>(training.final_most));
  const double middle = axes.x(training.final_median);
  std::string out;
  if (most > least) {
    out += fmt::format(R"(<rect class="soft" x="{}" y="{}" width="{}" height="{}" fill="{}" fill-opacity="0.12"/>)", svg::number(least),
                       svg::number(axes.top), svg::number(most - least), svg::number(axes.height), svg::kSoft);
  }
  return out + svg::line(middle, axes.top, middle, axes.bottom(), "ink-line", svg::kInk, "stroke-dasharray=\"4 3\"");
}

}  // namespace

std::string training_svg(const ReportView& view, const TrainingView& training) {
  const RunView& run = view.runs[training.run];
  double lowest = 0.0, highest = 0.0;
  for (const TrainingPoint& point : training.points) {
    lowest = std::min({lowest, point.low, point.loss});
    highest = std::max({highest, point.high, point.loss});
  }
  // A loss may be below zero when a plugin's is; its scale then begins where it does.
  const std::vector<double> losses = svg::ticks_to(highest > 0.0 ? highest : 1.0, 4, /*beyond=*/true);
  const auto last = static_cast<double>(std::max(training.points.back().epoch, training.final_most));
  const double first = std::min(static_cast<double>(training.points.front().epoch), static_cast<double>(training.final_least));
  std::vector<double> epochs = svg::ticks_to(std::max(last, 1.0), 4, /*beyond=*/false);
  const Axes loss{.left = 40,
                  .top = 26,
                  .width = 284,
                  .height = 110,
                  .x_low = std::min(first, last - 1.0),
                  .x_high = last,
                  .y_low = lowest,
                  .y_high = losses.back()};
  Axes score = loss;
  score.top = loss.bottom() + 52;
  score.height = 130;
  score.y_low = 0.0;
  score.y_high = 1.0;
  std::erase_if(epochs, [&](double tick) { return tick < loss.x_low; });

  std::string out = svg::grid(loss, epochs, losses) + svg::y_title(loss, "training loss") +
                    svg::grid(score, epochs, {0.0, 0.25, 0.5, 0.75, 1.0}) + svg::y_title(score, "pooled test UF1") +
                    svg::x_title(score, "epoch");
  out += final_marks(training, loss) + final_marks(training, score) + "\n" + loss_band(training.points, loss) + "\n";
  std::vector<Point> mean;
  for (const TrainingPoint& point : training.points)
    mean.push_back({.x = loss.x(static_cast<double>(point.epoch)), .y = loss.y(point.loss)});
  out += svg::curve(mean, "ink-line", svg::kInk, "stroke-width=\"1.6\"") + "\n" + uf1_curve(training.points, score) + "\n";
  if (training.uf1) {
    const double x = score.x(training.final_median), y = score.y(*training.uf1);
    out += fmt::format(R"(<circle class="accent" cx="{}" cy="{}" r="4.5" fill="{}"><title>the run's own score: UF1 {}</title></circle>)",
                       svg::number(x), svg::number(y), svg::kAccent, four_decimals(*training.uf1));
    // On the side where there is room.
    const bool left = x > score.left + score.width / 2;
    out += svg::text(left ? x - 8 : x + 8, y > score.top + 24 ? y - 9 : y + 18, 11, left ? "end" : "start", "ink", svg::kInk,
                     four_decimals(*training.uf1), "font-weight=\"700\"") +
           "\n";
  }
  if (run.verdict == "INVALID") {
    out +=
        svg::text(score.right() - 6, score.bottom() - 8, 11, "end", "ink", svg::kInk, "INVALID run: no evidence", "font-weight=\"700\"") +
        "\n";
  }
  const std::string title = fmt::format("{}{}, seed {} ({})", svg::kTrainingTitle, run.model, run.seed, run.verdict);
  return svg::open(loss.right() + 16, score.bottom() + 38, title) + out + "</svg>\n";
}

}  // namespace mexbench::reports
