#include "reports/svg_axes.h"

#include <fmt/format.h>

#include <cassert>
#include <cmath>
#include <cstddef>

#include "reports/svg_text.h"

namespace mexbench::reports::svg {
namespace {

// A leading zero says nothing between 0 and 1; thousands of epochs stay as they are.
std::string tick_text(double tick) {
  std::string text = fmt::format("{:.6g}", tick);
  return text.starts_with("0.") ? text.substr(1) : text;
}

}  // namespace

std::string grid(const Axes& axes, const std::vector<double>& x_ticks, const std::vector<double>& y_ticks) {
  std::string out;
  for (const double tick : x_ticks) {
    out += line(axes.x(tick), axes.top, axes.x(tick), axes.bottom(), "rule-line", kRule);
    out += text(axes.x(tick), axes.bottom() + 14, 10, "middle", "soft", kSoft, tick_text(tick));
  }
  for (const double tick : y_ticks) {
    out += line(axes.left, axes.y(tick), axes.right(), axes.y(tick), "rule-line", kRule);
    out += text(axes.left - 6, axes.y(tick) + 3.5, 10, "end", "soft", kSoft, tick_text(tick));
  }
  return out + "\n";
}

std::string x_title(const Axes& axes, std::string_view words) {
  return text(axes.left + axes.width / 2, axes.bottom() + 30, 11, "middle", "soft", kSoft, words) + "\n";
}

std::string y_title(const Axes& axes, std::string_view words) {
  return text(axes.left, axes.top - 8, 11, "start", "ink", kInk, words, "font-weight=\"700\"") + "\n";
}

std::vector<double> ticks_to(double high, int most, bool beyond) {
  assert(high > 0.0 && most > 0);
  double step = std::pow(10.0, std::floor(std::log10(high / most)));
  for (const double factor : {2.0, 2.5, 2.0, 2.0}) {  // 1, 2, 5, 10, 20
    if (high / step <= most * (1.0 + 1e-9)) break;
    step *= factor;
  }
  std::vector<double> out{0.0};
  const double end = high * (1.0 - 1e-9);
  while (beyond ? out.back() < end : (static_cast<double>(out.size()) * step <= high * (1.0 + 1e-9))) {
    out.push_back(static_cast<double>(out.size()) * step);
  }
  return out;
}

std::string path(const std::vector<Point>& points) {
  // Pairs behind the first are lines to there; a tenth of a pixel is as fine as anyone sees, and pages hold thousands of points.
  std::string out = "M";
  for (const Point& point : points) {
    if (out.size() > 1) out += ' ';
    out += number(std::round(10.0 * point.x) / 10.0) + ' ' + number(std::round(10.0 * point.y) / 10.0);
  }
  return out;
}

std::string curve(const std::vector<Point>& points, std::string_view css_class, std::string_view stroke, std::string_view extra) {
  return fmt::format(R"(<path class="{}" d="{}" fill="none" stroke="{}" stroke-linejoin="round"{}{}/>)", css_class, path(points), stroke,
                     extra.empty() ? "" : " ", extra);
}

std::vector<std::size_t> thinned(std::size_t count, std::size_t most) {
  assert(most >= 2);
  std::vector<std::size_t> out;
  const std::size_t wanted = count < most ? count : most;
  for (std::size_t i = 0; i < wanted; ++i) {
    out.push_back(wanted == 1 ? 0 : (i * (count - 1) + (wanted - 1) / 2) / (wanted - 1));
  }
  return out;
}

}  // namespace mexbench::reports::svg
