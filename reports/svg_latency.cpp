// Latency against score.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "reports/latency.h"
#include "reports/svg.h"
#include "reports/svg_axes.h"
#include "reports/svg_marks.h"
#include "reports/svg_text.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

using svg::Axes;
using svg::Point;

// Marks of the times that a reader has in mind, in milliseconds.
struct Landmark {
  double ms;
  const char* words;
};
constexpr std::array<Landmark, 3> kLandmarks{{{5.0, "200 fps"}, {10.0, "100 fps"}, {500.0, "500 ms"}}};

double log_ms(double ms) { return std::log10(ms); }

// From the fastest p50 to the slowest p99, with room on both sides, at least a tenfold step.
Axes axes_of(const LatencyGroup& group, bool page) {
  double low = group.points.front().p50, high = low;
  for (const LatencyPoint& point : group.points) {
    low = std::min(low, point.p50);
    high = std::max(high, point.p99.value_or(point.p50));
  }
  const double room = std::max(0.15 * (log_ms(high) - log_ms(low)), 0.5 * (1.0 - (log_ms(high) - log_ms(low))));
  return {.left = 40,
          .top = 44,
          .width = page ? 560.0 : 284.0,
          .height = page ? 280.0 : 240.0,
          .x_low = log_ms(low) - std::max(room, 0.1),
          .x_high = log_ms(high) + std::max(room, 0.1),
          .y_low = 0.0,
          .y_high = 1.0};
}

// Lines at 1, 2 and 5 times a power of ten; of many tenfold steps at the powers alone.
std::string x_grid(const Axes& axes) {
  std::string out;
  const bool many = axes.x_high - axes.x_low > 2.5;
  for (int power = static_cast<int>(std::floor(axes.x_low)); power <= static_cast<int>(std::ceil(axes.x_high)); ++power) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double ms = factor * std::pow(10.0, power), at = log_ms(ms);
      if (at < axes.x_low || at > axes.x_high || (many && factor > 1.0)) continue;
      out += svg::line(axes.x(at), axes.top, axes.x(at), axes.bottom(), "rule-line", svg::kRule);
      out += svg::text(axes.x(at), axes.bottom() + 14, 10, "middle", "soft", svg::kSoft, fmt::format("{:.10g}", ms));
    }
  }
  for (const Landmark& mark : kLandmarks) {
    const double at = log_ms(mark.ms);
    if (at < axes.x_low || at > axes.x_high) continue;
    out += svg::line(axes.x(at), axes.top - 4, axes.x(at), axes.bottom(), "soft-line", svg::kSoft, "stroke-dasharray=\"2 3\"");
    out += svg::text(axes.x(at), axes.top - 8, 10, "middle", "soft", svg::kSoft, mark.words);
  }
  return out + "\n";
}

// Down and to the right of this line every point is dominated: it goes on at a score until the next faster-or-better run begins.
std::string front_line(const LatencyGroup& group, const Axes& axes) {
  std::vector<Point> line;
  for (const LatencyPoint& point : group.points) {
    if (!point.front) continue;
    const double x = axes.x(log_ms(point.p50)), y = axes.y(point.uf1);
    if (!line.empty()) line.push_back({.x = x, .y = line.back().y});
    line.push_back({.x = x, .y = y});
  }
  if (line.empty()) return {};
  line.push_back({.x = axes.right(), .y = line.back().y});
  return svg::curve(line, "accent-line", svg::kAccent, R"(stroke-width="1.6" stroke-dasharray="6 3")") + "\n";
}

std::string front_mark(double x, double y, std::string_view title) {
  return fmt::format(R"(<circle class="accent" cx="{}" cy="{}" r="5" fill="{}"><title>{}</title></circle>)", svg::number(x), svg::number(y),
                     svg::kAccent, escape_svg(title));
}
std::string behind_mark(double x, double y, std::string_view title) {
  return fmt::format(R"(<path class="soft" d="M{} {}l5.5 9.5h-11z" fill="{}"><title>{}</title></path>)", svg::number(x), svg::number(y - 6),
                     svg::kSoft, escape_svg(title));
}
std::string invalid_mark(double x, double y, std::string_view title) {
  return fmt::format(
      R"(<circle class="open" cx="{}" cy="{}" r="5" fill="none" stroke="{}" stroke-width="1.6" pointer-events="all"><title>{}</title></circle>)",
      svg::number(x), svg::number(y), svg::kInk, escape_svg(title));
}

bool is_evidence(const ReportView& view, const LatencyPoint& point) {
  return point.valid && view.runs[view.latency.runs[point.timed].run].verdict != "INVALID";
}

std::string mark_of(const ReportView& view, const LatencyPoint& point, const Axes& axes) {
  const double x = axes.x(log_ms(point.p50)), y = axes.y(point.uf1);
  const std::string title = fmt::format(
      "{}: UF1 {}{}, p50 {} ms{}{}", timed_name(view, view.latency.runs[point.timed]), four_decimals(point.uf1),
      point.interval.there() ? " " + bounds(*point.interval.low, *point.interval.high) : std::string(), milliseconds(point.p50),
      point.p99 ? fmt::format(", p99 {} ms", milliseconds(*point.p99)) : std::string(), is_evidence(view, point) ? "" : ", INVALID");
  std::string out;
  if (point.p99) {
    const double end = axes.x(log_ms(*point.p99));
    out += svg::line(x, y, end, y, "soft-line", svg::kSoft, "stroke-width=\"1.4\"");
    out += svg::line(end, y - 4, end, y + 4, "soft-line", svg::kSoft, "stroke-width=\"1.4\"");
  }
  if (point.interval.there()) {
    out += svg::line(x, axes.y(*point.interval.low), x, axes.y(*point.interval.high), "soft-line", svg::kSoft, "stroke-width=\"1.4\"");
  }
  if (!is_evidence(view, point)) return out + invalid_mark(x, y, title) + "\n";
  return out + (point.front ? front_mark(x, y, title) : behind_mark(x, y, title)) + "\n";
}

struct Label {
  double x = 0.0, y = 0.0;  // where the words begin or end
  double mark = 0.0;        // height of the mark, and of its whisker
  double width = 0.0;
  std::string words;
  bool before = false;  // stands to the left of its mark
};

// Names above the marks, from top to bottom; one that would cover another moves below its own mark, or further down.
std::string labels(const ReportView& view, const LatencyGroup& group, const Axes& axes, std::size_t most) {
  std::vector<std::string> names;
  for (const LatencyPoint& point : group.points) names.push_back(timed_name(view, view.latency.runs[point.timed]));
  names = shorten_apart(names, most);
  std::vector<Label> list;
  for (std::size_t i = 0; i < group.points.size(); ++i) {
    const LatencyPoint& point = group.points[i];
    const double mark = axes.y(point.uf1);
    Label label{
        .x = axes.x(log_ms(point.p50)), .y = mark - 8, .mark = mark, .words = is_evidence(view, point) ? names[i] : names[i] + ", INVALID"};
    label.width = svg::width_of(label.words, 11);
    label.before = label.x + 9 + label.width > axes.right();
    list.push_back(std::move(label));
  }
  std::stable_sort(list.begin(), list.end(), [](const Label& a, const Label& b) { return a.y < b.y; });
  const auto left = [](const Label& label) { return label.before ? label.x - 9 - label.width : label.x + 9; };
  std::string out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool beside = left(list[i]) > left(list[j]) + list[j].width || left(list[j]) > left(list[i]) + list[i].width;
      if (!beside && std::fabs(list[i].y - list[j].y) < 13) list[i].y = std::max(list[j].y + 13, list[i].mark + 14);
    }
    out += svg::text(list[i].before ? list[i].x - 9 : list[i].x + 9, list[i].y, 11, list[i].before ? "end" : "start", "ink", svg::kInk,
                     list[i].words);
  }
  return out + "\n";
}

}  // namespace

std::string latency_svg(const ReportView& view, const LatencyGroup& group, FigureWidth fits) {
  const bool page = fits == FigureWidth::kPage;
  const Axes axes = axes_of(group, page);
  std::string body = svg::text(axes.left, 14, 11, "start", "ink", svg::kInk, "UF1", "font-weight=\"700\"");
  body += x_grid(axes) + svg::grid(axes, {}, {0.0, 0.25, 0.5, 0.75, 1.0});
  body += svg::x_title(axes, fmt::format("latency {}, ms (p50, whisker to p99)", series_in_words(group.series)));
  body += front_line(group, axes);
  bool behind = false, invalid = false;
  for (const LatencyPoint& point : group.points) {
    body += mark_of(view, point, axes);
    invalid = invalid || !is_evidence(view, point);
    behind = behind || (is_evidence(view, point) && !point.front);
  }
  body += labels(view, group, axes, page ? 28 : 16);
  const double width = axes.right() + 16;
  svg::Legend legend(18, axes.bottom() + 36, width);
  legend.item("on the Pareto front", [](double x, double y) { return front_mark(x, y, "on the Pareto front"); });
  if (behind) legend.item("behind it", [](double x, double y) { return behind_mark(x, y, "behind the front"); });
  if (invalid) legend.item("INVALID", [](double x, double y) { return invalid_mark(x, y, "INVALID"); });
  legend.item("95 % interval of UF1",
              [](double x, double y) { return svg::line(x, y - 7, x, y + 7, "soft-line", svg::kSoft, "stroke-width=\"1.4\""); });
  const std::string title = fmt::format("{}{} ({})", svg::kLatencyTitle, counted(static_cast<std::int64_t>(group.points.size()), "run"),
                                        series_in_words(group.series));
  return svg::open(width, legend.bottom(), title) + body + legend.text() + "</svg>\n";
}

}  // namespace mexbench::reports
