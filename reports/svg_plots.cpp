#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/svg.h"
#include "reports/svg_marks.h"
#include "reports/svg_text.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

using svg::diamond;
using svg::dot;
using svg::Legend;

constexpr std::array<double, 5> kTicks{0.0, 0.25, 0.5, 0.75, 1.0};

std::string tick_text(double tick) { return tick == 0.0 ? "0" : tick == 1.0 ? "1" : fmt::format("{}", tick).substr(1); }

// A run whose scores are no evidence: a ring with a cross.
std::string invalid_mark(double x, double y, std::string_view title) {
  return fmt::format(
      "<path class=\"open\" d=\"M{} {}m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0m1.5 -3l6 6m0 -6l-6 6\" fill=\"none\" stroke=\"{}\" "
      "stroke-width=\"1.2\"><title>{}</title></path>",
      svg::number(x), svg::number(y), svg::kInk, escape_svg(title));
}

// An interval: a line with ends.
std::string whiskers(double low, double high, double y, std::string_view title) {
  return fmt::format(
      R"(<path class="open" d="M{0} {2}v8m0 -4H{1}m0 -4v8" fill="none" stroke="{3}" stroke-width="1.2" pointer-events="all"><title>{4}</title></path>)",
      svg::number(low), svg::number(high), svg::number(y - 4), svg::kInk, escape_svg(title));
}

std::string group_title(const ScopeGroup& group) {
  std::string title = group.title;
  if (group.clips && group.subjects)
    title += fmt::format(" \xC2\xB7 {}, {}", counted(*group.clips, "clip"), counted(*group.subjects, "subject"));
  return title;
}

constexpr std::string_view kDashes = R"(stroke-dasharray="2 3" stroke-width="1.5")";
constexpr double kValueWidth = 146;  // beside a panel, for a number with its interval, or "undefined"

// A column of the score figure.
struct Panel {
  const char* metric;
  double left;
  double width;
  FigureCell ScoreCells::*of_run;
  SpreadCell ScopeSpread::*of_model;
  IntervalCell ScopeIntervals::*interval;
  [[nodiscard]] double x(double score) const { return left + width * std::clamp(score, 0.0, 1.0); }
};

// Where random draws fall.
std::string band(double left, double right, double top, double bottom, std::string_view title = {}) {
  return fmt::format(R"(<rect class="soft" x="{}" y="{}" width="{}" height="{}" fill="{}" fill-opacity="0.2">{}</rect>)", svg::number(left),
                     svg::number(top), svg::number(right - left), svg::number(bottom - top), svg::kSoft,
                     title.empty() ? std::string() : fmt::format("<title>{}</title>", escape_svg(title)));
}

// A floor behind the rows from `top` to `bottom`: a band of random draws, and a line where the majority is.
std::string floor_marks(const FloorView& floor, const Panel& panel, double top, double bottom) {
  std::string out;
  const SpreadCell& drawn = floor.random.*panel.of_model;
  if (drawn.mean.value) {
    out += band(panel.x(drawn.low), panel.x(drawn.high), top, bottom,
                fmt::format("floor, stratified random: {} {}, 95 % of draws {} to {}", panel.metric, four_decimals(*drawn.mean.value),
                            four_decimals(drawn.low), four_decimals(drawn.high)));
  }
  if (const std::optional<double>& score = (floor.majority.*panel.of_run).value) {
    out += svg::line(panel.x(*score), top, panel.x(*score), bottom, "soft-line", svg::kSoft, kDashes);
  }
  return out;
}

// The marks of a model in one panel, in the row whose middle is `y`.
std::string model_marks(const ReportView& view, std::size_t model, const ScopeGroup& group, const Panel& panel, double y) {
  const ModelView& shown = view.models[model];
  const SpreadCell& cell = shown.in(group)->*panel.of_model;
  const ScopeIntervals* intervals = shown.intervals_on(group.scope);
  const IntervalCell interval = intervals == nullptr ? IntervalCell{} : intervals->*panel.interval;
  std::string out;
  if (interval.there()) {
    out += whiskers(panel.x(*interval.low), panel.x(*interval.high), y,
                    fmt::format("{}: 95 % interval of {}, {}", shown.name, panel.metric, bounds(*interval.low, *interval.high)));
  }
  for (const std::size_t place : shown.runs) {
    const RunView& run = view.runs[place];
    const FigureCell& score = run.in(group)->scores.*panel.of_run;
    if (!score.value) continue;
    const std::string title =
        fmt::format("{}, seed {}: {} {} ({})", run.model, run.seed, panel.metric, four_decimals(*score.value), run.verdict);
    out += run.verdict == "INVALID" ? invalid_mark(panel.x(*score.value), y, title) : dot(panel.x(*score.value), y, 4.5, title);
  }
  if (cell.mean.value && shown.runs.size() > 1) {
    const double x = panel.x(*cell.mean.value);
    out += svg::line(x, y - 8, x, y + 8, "ink-line", svg::kInk, "stroke-width=\"2\"");
  }
  for (const PublishedView* result : view.published_beside(model)) {
    const PublishedRow* row = result->find(group.scope, panel.metric);
    if (row == nullptr || !row->ours) continue;
    out += diamond(panel.x(row->published), y, 6,
                   fmt::format("{}: published {} {}", result->source.id, row->metric, four_decimals(row->published)));
  }
  std::string words = cell.mean.value ? four_decimals(*cell.mean.value) : "undefined";
  if (interval.there()) words += " " + bounds(*interval.low, *interval.high);
  out += svg::text(panel.left + panel.width + 12, y + 4, 12, "start", cell.mean.value ? "ink" : "soft",
                   cell.mean.value ? svg::kInk : svg::kSoft, words);
  return out + "\n";
}

// Rows of models that have one floor.
struct Stretch {
  const FloorView* floor = nullptr;
  double top = 0.0;
  double bottom = 0.0;
};

Legend legend_of(const ReportView& view, double top, double width) {
  Legend legend(18, top, width);
  legend.item("one run", [](double x, double y) { return dot(x, y, 4.5, "one run"); });
  if (!view.interval_method.empty()) {
    legend.item("95 % interval over subjects", [](double x, double y) { return whiskers(x - 7, x + 7, y, "95 % interval over subjects"); });
  }
  if (std::any_of(view.models.begin(), view.models.end(), [](const ModelView& model) { return model.invalid; })) {
    legend.item("INVALID run", [](double x, double y) { return invalid_mark(x, y, "INVALID run"); });
  }
  if (view.several_seeds()) {
    legend.item("mean over seeds",
                [](double x, double y) { return svg::line(x, y - 7, x, y + 7, "ink-line", svg::kInk, "stroke-width=\"2\""); });
  }
  const auto drawn = [](const PublishedView& result) {
    return std::any_of(result.rows.begin(), result.rows.end(), [](const PublishedRow& row) { return row.ours.has_value(); });
  };
  if (std::any_of(view.published.begin(), view.published.end(), drawn)) {
    legend.item("published", [](double x, double y) { return diamond(x, y, 6, "published"); });
  }
  if (std::any_of(view.scopes.begin(), view.scopes.end(), [](const ScopeGroup& group) { return !group.floors.empty(); })) {
    legend.item("floor: majority / prior",
                [](double x, double y) { return svg::line(x, y - 7, x, y + 7, "soft-line", svg::kSoft, kDashes); });
    legend.item("floor: 95 % of random draws", [](double x, double y) { return band(x - 6, x + 6, y - 7, y + 7); });
  }
  return legend;
}

struct Placed {
  double x, y, radius;
};

// Offsets from the strip's middle line at which no two dots overlap: big dots first, each at the free place nearest to the line.
std::vector<Placed> swarm(const std::vector<Placed>& dots) {
  std::vector<std::size_t> order(dots.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return dots[a].radius > dots[b].radius; });
  std::vector<Placed> out = dots;
  std::vector<std::size_t> done;
  for (const std::size_t i : order) {
    const auto is_free = [&](double y) {
      return std::all_of(done.begin(), done.end(), [&](std::size_t other) {
        return std::hypot(out[other].x - dots[i].x, out[other].y - y) >= out[other].radius + dots[i].radius + 0.8;
      });
    };
    for (double distance = 0.0;; distance += 1.0) {
      if (is_free(-distance)) {
        out[i].y = -distance;
        break;
      }
      if (is_free(distance)) {
        out[i].y = distance;
        break;
      }
    }
    done.push_back(i);
  }
  return out;
}

std::int64_t largest_subject(const ReportView& view) {
  std::int64_t largest = 1;
  for (const SubjectRow& row : view.subjects) largest = std::max(largest, row.clips);
  return largest;
}

// Radius of a dot per square root of a clip, so that areas are in proportion and the largest subject still fits its strip.
double dot_scale(const ReportView& view) { return std::min(2.1, 14.0 / std::sqrt(static_cast<double>(largest_subject(view)))); }

}  // namespace

std::string scores_svg(const ReportView& view, ScorePanels which) {
  const bool both = which == ScorePanels::kBoth;
  std::vector<std::string> names;
  for (const ModelView& model : view.models) names.push_back(model.name);
  names = shorten_apart(names, both ? 26 : 18);
  double label = both ? 90 : 60;
  for (const std::string& name : names) label = std::max(label, svg::width_of(name, 12));
  const double panel_width = both ? 200 : 150, gap = 20, row_height = 24, head_height = 30, top = 34;
  std::vector<Panel> panels;
  if (which != ScorePanels::kUar) panels.push_back({"UF1", 0, 0, &ScoreCells::uf1, &ScopeSpread::uf1, &ScopeIntervals::uf1});
  if (which != ScorePanels::kUf1) panels.push_back({"UAR", 0, 0, &ScoreCells::uar, &ScopeSpread::uar, &ScopeIntervals::uar});
  double right = label + 26;
  for (Panel& panel : panels) {
    panel.left = right;
    panel.width = panel_width;
    right += panel_width + kValueWidth + gap;
  }
  const double width = right - gap;

  std::string body;
  for (const Panel& panel : panels) {
    body += svg::text(panel.left, 12, 12, "start", "ink", svg::kInk, panel.metric, "font-weight=\"700\"");
    for (const double tick : kTicks) body += svg::text(panel.x(tick), top - 5, 10, "middle", "soft", svg::kSoft, tick_text(tick));
  }
  body += "\n";
  double y = top;
  for (const ScopeGroup& group : view.scopes) {
    body += svg::text(0, y + 20, 12, "start", "ink", svg::kInk, group_title(group), "font-weight=\"700\"") + "\n";
    y += head_height;
    const double first = y;
    std::string lines, marks;
    std::vector<Stretch> stretches;
    for (std::size_t model = 0; model < view.models.size(); ++model) {
      if (view.models[model].in(group) == nullptr) continue;
      if (const FloorView* floor = group.floor_of(view.models[model].runs.front())) {
        if (stretches.empty() || stretches.back().floor != floor || stretches.back().bottom != y) {
          stretches.push_back({.floor = floor, .top = y, .bottom = y});
        }
        stretches.back().bottom = y + row_height;
      }
      const double middle = y + row_height / 2;
      marks += svg::text(14, middle + 4, 12, "start", "soft", svg::kSoft, names[model]);
      for (const Panel& panel : panels) {
        lines += svg::line(panel.left, middle, panel.left + panel.width, middle, "rule-line", svg::kRule);
        marks += model_marks(view, model, group, panel, middle);
      }
      y += row_height;
    }
    for (const Panel& panel : panels) {
      for (const double tick : kTicks) lines += svg::line(panel.x(tick), first, panel.x(tick), y, "rule-line", svg::kRule);
      for (const Stretch& stretch : stretches) lines += floor_marks(*stretch.floor, panel, stretch.top, stretch.bottom);
    }
    body += lines;
    body += '\n';
    body += marks;
    y += 6;
  }
  const Legend legend = legend_of(view, y, width);
  return svg::open(width, legend.bottom(),
                   fmt::format("{}, for all clips and per dataset{}", svg::kScoresTitle,
                               both ? "" : fmt::format(": {}", panels.front().metric))) +
         body + legend.text() + "</svg>\n";
}

std::string subjects_svg(const ReportView& view, std::size_t model, FigureWidth fits) {
  const bool page = fits == FigureWidth::kPage;
  std::vector<std::string> datasets;
  for (const SubjectRow& row : view.subjects) {
    if (row.models[model] && (datasets.empty() || datasets.back() != row.dataset)) datasets.push_back(row.dataset);
  }
  const std::vector<std::string> names = shorten_apart(datasets, page ? 20 : 10);
  double label = page ? 60 : 44;
  for (const std::string& name : names) label = std::max(label, svg::width_of(name, 12));
  const double scale = dot_scale(view);
  const double left = label + 28, plot = page ? 560 : 262, top = 40;
  const double width = left + plot + 22;

  std::string strips;
  double y = top + 6;
  for (std::size_t d = 0; d < datasets.size(); ++d) {
    const std::string& dataset = datasets[d];
    std::vector<Placed> dots;
    std::vector<const SubjectRow*> rows;
    for (const SubjectRow& row : view.subjects) {
      if (row.dataset != dataset || !row.models[model]) continue;
      dots.push_back({.x = left + plot * row.models[model]->accuracy,
                      .y = 0.0,
                      .radius = scale * std::sqrt(static_cast<double>(row.models[model]->clips))});
      rows.push_back(&row);
    }
    dots = swarm(dots);
    double above = 14, below = 14;
    for (const Placed& placed : dots) {
      above = std::max(above, placed.radius - placed.y);
      below = std::max(below, placed.radius + placed.y);
    }
    const double middle = y + above + 3;
    strips += svg::text(0, middle + 4, 12, "start", "ink", svg::kInk, names[d]);
    strips += svg::line(left, middle, left + plot, middle, "rule-line", svg::kRule) + "\n";
    for (std::size_t i = 0; i < dots.size(); ++i) {
      const SubjectCell& cell = *rows[i]->models[model];
      strips += dot(dots[i].x, middle + dots[i].y, dots[i].radius,
                    fmt::format("{}/{}: {} of {} correct, accuracy {}", dataset, rows[i]->subject, svg::number(cell.correct),
                                counted(cell.clips, "clip"), four_decimals(cell.accuracy)));
      strips += '\n';
    }
    y = middle + below + 9;
  }
  const ModelView& shown = view.models[model];
  std::string under = page ? "accuracy under " + shorten(shown.name, 48) : std::string("accuracy");  // a phone's caption has the name
  if (shown.runs.size() > 1) under += fmt::format(", mean of {} seeds", shown.runs.size());
  if (shown.invalid) under += ", " + shown.verdict;
  std::string axes = svg::text(page ? left : 0, 12, 12, "start", "ink", svg::kInk, under) + "\n";
  for (const double tick : kTicks) {
    const double x = left + plot * tick;
    axes += svg::line(x, top, x, y, "rule-line", svg::kRule);
    axes += svg::text(x, top - 7, 10, "middle", "soft", svg::kSoft, tick_text(tick));
  }
  std::string sizes = svg::text(0, y + 24, 11, "start", "soft", svg::kSoft, "clips");
  double x = left;
  for (const std::int64_t clips : {1, 2, 5, 10, 20, 50, 100}) {
    if (clips > largest_subject(view)) break;
    const double radius = scale * std::sqrt(static_cast<double>(clips));
    sizes += dot(x + radius, y + 20, radius, counted(clips, "clip"));
    sizes += svg::text(x + 2 * radius + 5, y + 24, 11, "start", "soft", svg::kSoft, fmt::format("{}", clips));
    x += 2 * radius + (page ? 36 : 26);
  }
  return svg::open(width, y + 40, fmt::format("{}{} ({})", svg::kSubjectsTitle, shown.name, shown.verdict)) + axes + "\n" + strips + sizes +
         "\n</svg>\n";
}

}  // namespace mexbench::reports
