#include "reports/svg_selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "reports/svg_marks.h"
#include "reports/svg_text.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

constexpr std::array<double, 5> kTicks{0.0, 0.25, 0.5, 0.75, 1.0};

// A part of the figure; scores from 0 at `bottom` to 1 at `top`.
struct Frame {
  double left = 0.0;
  double right = 0.0;
  double top = 0.0;
  double bottom = 0.0;
  [[nodiscard]] double y(double score) const { return bottom - (bottom - top) * std::clamp(score, 0.0, 1.0); }
};

std::string grid(const Frame& frame) {
  std::string out;
  for (const double tick : kTicks) {
    out += svg::line(frame.left, frame.y(tick), frame.right, frame.y(tick), "rule-line", svg::kRule);
    out += svg::text(frame.left - 7, frame.y(tick) + 3.5, 10, "end", "soft", svg::kSoft, fmt::format("{}", tick));
  }
  return out + "\n";
}

// The epoch choice: a triangle that points up.
std::string triangle(double x, double y, std::string_view title) {
  return fmt::format(
      R"(<path class="open" d="M{} {}l5 9h-10z" fill="none" stroke="{}" stroke-width="1.5" pointer-events="all"><title>{}</title></path>)",
      svg::number(x), svg::number(y - 5), svg::kInk, escape_svg(title));
}

std::string box(double left, double right, double top, double bottom, std::string_view title) {
  return fmt::format(
      R"(<rect class="soft" x="{}" y="{}" width="{}" height="{}" fill="{}" fill-opacity="0.2" pointer-events="all"><title>{}</title></rect>)",
      svg::number(left), svg::number(top), svg::number(right - left), svg::number(bottom - top), svg::kSoft, escape_svg(title));
}

std::string guess_title(const GuessPoint& point) {
  return fmt::format("a guesser, best of {}: UF1 {}, 95 % of draws {} to {}", counted(point.epochs, "epoch"),
                     four_decimals(*point.uf1.mean.value), four_decimals(point.uf1.low), four_decimals(point.uf1.high));
}

std::string curve_part(const GuessCurve& curve, const Frame& frame) {
  std::vector<const GuessPoint*> points;
  for (const GuessPoint& point : curve.points) {
    if (point.uf1.mean.value) points.push_back(&point);
  }
  const double span = std::max(std::log10(static_cast<double>(points.back()->epochs)), 1e-9);
  const auto x = [&](const GuessPoint& point) {
    return frame.left + 8 + (frame.right - frame.left - 16) * std::log10(static_cast<double>(point.epochs)) / span;
  };
  std::string out = grid(frame), line, above, below;
  for (const GuessPoint* point : points) {
    const char* step = line.empty() ? "M" : "L";
    line += fmt::format("{}{} {}", step, svg::number(x(*point)), svg::number(frame.y(*point->uf1.mean.value)));
    above += fmt::format("{}{} {}", step, svg::number(x(*point)), svg::number(frame.y(point->uf1.high)));
    below = fmt::format("L{} {}", svg::number(x(*point)), svg::number(frame.y(point->uf1.low))) + below;
  }
  out += fmt::format(R"(<path class="soft" d="{}{}z" fill="{}" fill-opacity="0.2"/>)", above, below, svg::kSoft);
  out += fmt::format(R"(<path class="ink-line" d="{}" fill="none" stroke="{}" stroke-width="1.6"/>)", line, svg::kInk);
  out += '\n';
  double free = frame.left - 99;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const GuessPoint& point = *points[i];
    out += fmt::format(R"(<circle class="ink" cx="{}" cy="{}" r="2.6" fill="{}"><title>{}</title></circle>)", svg::number(x(point)),
                       svg::number(frame.y(*point.uf1.mean.value)), svg::kInk, guess_title(point));
    // The last number is the models' own, so it is written whatever stands before it.
    const std::string words = thousands(point.epochs);
    const double half = svg::width_of(words, 10) / 2;
    const double last = x(*points.back()) - svg::width_of(thousands(points.back()->epochs), 10) / 2;
    const bool fits = x(point) - half > free && (i + 1 == points.size() || x(point) + half + 6 < last);
    out += svg::line(x(point), frame.bottom, x(point), frame.bottom + (fits ? 5 : 3), "soft-line", svg::kSoft);
    if (!fits) continue;
    out += svg::text(x(point), frame.bottom + 17, 10, "middle", "soft", svg::kSoft, words);
    free = x(point) + half + 6;
  }
  out += svg::text((frame.left + frame.right) / 2, frame.bottom + 33, 11, "middle", "soft", svg::kSoft, "epochs kept from") + "\n";
  return out;
}

std::string model_column(const ReportView& view, const SelectionGroup& group, const SelectionRow& row, const Frame& frame, double x) {
  const std::string& name = view.models[row.model].name;
  const std::string note = view.models[row.model].invalid ? ", INVALID" : "";
  std::string out;
  if (const GuessPoint* guess = group.guess_of(row); guess != nullptr && guess->uf1.mean.value) {
    const double mean = frame.y(*guess->uf1.mean.value);
    out += box(x - 11, x + 11, frame.y(guess->uf1.high), frame.y(guess->uf1.low), guess_title(*guess));
    out += svg::line(x - 11, mean, x + 11, mean, "ink-line", svg::kInk, "stroke-width=\"1.6\"");
  }
  const bool chosen = row.uf1.chosen && row.uf1.chosen->mean.value;
  if (row.uf1.honest.mean.value) {
    const double honest = frame.y(*row.uf1.honest.mean.value);
    if (chosen) out += svg::line(x, honest, x, frame.y(*row.uf1.chosen->mean.value), "ink-line", svg::kInk);
    out += svg::dot(x, honest, 4.5, fmt::format("{}{}: honest UF1 {}", name, note, four_decimals(*row.uf1.honest.mean.value)));
  }
  if (chosen) {
    out += triangle(
        x, frame.y(*row.uf1.chosen->mean.value),
        fmt::format("{}{}: UF1 {} if the epoch were chosen on the test clips", name, note, four_decimals(*row.uf1.chosen->mean.value)));
  }
  for (const PublishedChoice& published : row.published) {
    out += svg::diamond(x, frame.y(published.uf1), 6, fmt::format("{}: published UF1 {}", published.id, four_decimals(published.uf1)));
  }
  return out + "\n";
}

}  // namespace

std::string selection_svg(const ReportView& view, const SelectionGroup& group, const GuessCurve& curve, FigureWidth fits) {
  const bool page = fits == FigureWidth::kPage;
  std::vector<const SelectionRow*> rows;
  std::vector<std::string> names;
  for (const SelectionRow& row : group.rows) {
    if (std::find(curve.models.begin(), curve.models.end(), row.model) == curve.models.end()) continue;
    rows.push_back(&row);
    names.push_back(view.models[row.model].name);
  }
  names = shorten_apart(names, page ? 20 : 14);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (view.models[rows[i]->model].invalid) names[i] += ", INVALID";
  }
  double longest = 0;
  for (const std::string& name : names) longest = std::max(longest, svg::width_of(name, 11));
  const double tilt = 0.72 * longest;  // width and height of a name that leans
  const double height = page ? 250 : 200, left = 40, top = 28;
  const double step = std::clamp((page ? 330.0 : 260.0) / static_cast<double>(rows.size()), 26.0, 60.0);
  const Frame first{.left = left, .right = left + (page ? 380 : 270), .top = top, .bottom = top + height};
  Frame second = first;
  second.left = page ? first.right + std::max(44.0, tilt - step / 2 + 14) : std::max(left, tilt - step / 2 + 8);
  second.right = second.left + step * static_cast<double>(rows.size());
  if (!page) {
    second.top = first.bottom + 80;
    second.bottom = second.top + height;
  }

  std::string body = svg::text(first.left, 12, 12, "start", "ink", svg::kInk, "UF1 of a guesser", "font-weight=\"700\"");
  body += svg::text(second.left, second.top - 16, 12, "start", "ink", svg::kInk, "UF1 of the models", "font-weight=\"700\"") + "\n";
  body += curve_part(curve, first) + grid(second);
  bool any_chosen = false, any_published = false;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double x = second.left + step * (static_cast<double>(i) + 0.5), below = second.bottom + 14;
    body += model_column(view, group, *rows[i], second, x);
    body += svg::text(x + 4, below, 11, "end", "ink", svg::kInk, names[i],
                      fmt::format("transform=\"rotate(-42 {} {})\"", svg::number(x + 4), svg::number(below)));
    any_chosen = any_chosen || (rows[i]->uf1.chosen && rows[i]->uf1.chosen->mean.value);
    any_published = any_published || !rows[i]->published.empty();
  }
  const double width = std::max({first.right, second.right, page ? 0.0 : 330.0}) + 8;
  svg::Legend legend(18, std::max(first.bottom + 36, second.bottom + tilt + 18), width);
  legend.item("honest", [](double x, double y) { return svg::dot(x, y, 4.5, "honest"); });
  if (any_chosen) {
    legend.item(view.selection.by_subject ? "best epoch per test subject" : "best epoch per fold",
                [](double x, double y) { return triangle(x, y, "best epoch chosen on the test clips"); });
  }
  if (any_published) legend.item("published, chosen so", [](double x, double y) { return svg::diamond(x, y, 6, "published"); });
  legend.item("a guesser: mean",
              [](double x, double y) { return svg::line(x - 7, y, x + 7, y, "ink-line", svg::kInk, "stroke-width=\"1.6\""); });
  legend.item("95 % of its draws", [](double x, double y) { return box(x - 6, x + 6, y - 7, y + 7, "95 % of its draws"); });
  const std::string title = fmt::format("{}a guesser and {}, {}", svg::kSelectionTitle, curve.of.empty() ? "the models" : curve.of,
                                        view.scopes[group.scope].title);
  return svg::open(width, legend.bottom(), title) + body + legend.text() + "</svg>\n";
}

}  // namespace mexbench::reports
