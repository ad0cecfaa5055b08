// A plot's ground: a rectangle with scales, grid lines and tick texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mexbench::reports::svg {

struct Axes {
  double left = 0.0;
  double top = 0.0;
  double width = 0.0;
  double height = 0.0;
  double x_low = 0.0;
  double x_high = 1.0;
  double y_low = 0.0;
  double y_high = 1.0;
  [[nodiscard]] double x(double value) const { return left + width * (value - x_low) / (x_high - x_low); }
  [[nodiscard]] double y(double value) const { return top + height * (y_high - value) / (y_high - y_low); }
  [[nodiscard]] double right() const { return left + width; }
  [[nodiscard]] double bottom() const { return top + height; }
};

struct Point {
  double x = 0.0;
  double y = 0.0;
};

// Grid lines at the ticks, their numbers below and to the left.
[[nodiscard]] std::string grid(const Axes& axes, const std::vector<double>& x_ticks, const std::vector<double>& y_ticks);
[[nodiscard]] std::string x_title(const Axes& axes, std::string_view words);  // below the numbers
[[nodiscard]] std::string y_title(const Axes& axes, std::string_view words);  // above the numbers, at the left

// Ticks from 0 to `high` at 1, 2 or 5 times a power of ten, at most `most` steps; the last is at or above `high` when `beyond`, else at or
// below it.
[[nodiscard]] std::vector<double> ticks_to(double high, int most, bool beyond);

// Path data through points in pixels.
[[nodiscard]] std::string path(const std::vector<Point>& points);
// A curve, not filled; `extra` are further attributes.
[[nodiscard]] std::string curve(const std::vector<Point>& points, std::string_view css_class, std::string_view stroke,
                                std::string_view extra = {});

// Places from 0 to count - 1, evenly spread, at most `most` of them (at least 2), the first and the last among them.
[[nodiscard]] std::vector<std::size_t> thinned(std::size_t count, std::size_t most);

}  // namespace mexbench::reports::svg
