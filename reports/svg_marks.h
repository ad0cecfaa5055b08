// Marks that several figures draw, and the legend that explains them.
#pragma once

#include <string>
#include <string_view>

#include "reports/svg_text.h"

namespace mexbench::reports::svg {

// Titles are plain text, shown as tooltips. A run is a dot, a published figure a diamond.
[[nodiscard]] std::string diamond(double x, double y, double radius, std::string_view title);
[[nodiscard]] std::string dot(double x, double y, double radius, std::string_view title);

// What the marks mean, in as many lines as it takes.
class Legend {
 public:
  Legend(double left, double top, double width) : left_(left), width_(width), x_(left), y_(top + 16) {}
  // `draw` makes the mark at its place.
  template <typename Draw>
  void item(std::string_view words, const Draw& draw) {
    const double room = 11 + width_of(words, 11);
    if (x_ > left_ && x_ + room > width_) {
      x_ = left_;
      y_ += 20;
    }
    out_ += draw(x_, y_) + svg::text(x_ + 11, y_ + 4, 11, "start", "soft", kSoft, words);
    x_ += room + 22;
  }
  [[nodiscard]] double bottom() const { return y_ + 14; }
  [[nodiscard]] std::string text() const { return out_ + "\n"; }

 private:
  double left_, width_, x_, y_;
  std::string out_;
};

}  // namespace mexbench::reports::svg
