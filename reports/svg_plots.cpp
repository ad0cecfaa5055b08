#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/svg.h"
#include "reports/svg_text.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

constexpr std::array<double, 5> kTicks{0.0, 0.25, 0.5, 0.75, 1.0};

std::string tick_text(double tick) { return tick == 0.0 ? "0" : tick == 1.0 ? "1" : fmt::format("{}", tick).substr(1); }

std::string diamond(double x, double y, double radius) {
  return fmt::format("<path class=\"open\" d=\"M{} {}l{} {}l{} {}l{} {}z\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"/>",
                     svg::number(x), svg::number(y - radius), svg::number(radius), svg::number(radius), svg::number(-radius),
                     svg::number(radius), svg::number(-radius), svg::number(-radius), svg::kInk);
}

std::string dot(double x, double y, double radius, std::string_view title) {
  return fmt::format("<circle class=\"accent\" cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\" fill-opacity=\"0.75\"><title>{}</title></circle>",
                     svg::number(x), svg::number(y), svg::number(radius), svg::kAccent, escape_svg(title));
}

// A run whose scores are no evidence: a ring with a cross.
std::string invalid_mark(double x, double y, std::string_view title) {
  return fmt::format(
      "<path class=\"open\" d=\"M{} {}m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0m1.5 -3l6 6m0 -6l-6 6\" fill=\"none\" stroke=\"{}\" "
      "stroke-width=\"1.2\"><title>{}</title></path>",
      svg::number(x), svg::number(y), svg::kInk, escape_svg(title));
}

std::string group_title(const ScopeGroup& group) {
  std::string title = group.scope == "all" ? "all datasets" : group.scope;
  if (group.clips && group.subjects)
    title += fmt::format(" \xC2\xB7 {}, {}", counted(*group.clips, "clip"), counted(*group.subjects, "subject"));
  return title;
}

// One of the two columns of the score figure.
struct Panel {
  const char* metric;
  double left;
  double width;
  FigureCell ScoreCells::*of_run;
  SpreadCell ScopeSpread::*of_model;
  std::optional<double> ScopeGroup::*largest_class;
  [[nodiscard]] double x(double score) const { return left + width * std::clamp(score, 0.0, 1.0); }
};

std::optional<double> published_score(const ReportView& view, const ModelView& model, const std::string& scope, std::string_view metric) {
  for (const PublishedView& result : view.published) {
    if (result.beside != model.name) continue;
    for (const PublishedRow& row : result.rows) {
      if (row.scope == scope && row.metric == metric) return row.published;
    }
  }
  return std::nullopt;
}

std::string model_marks(const ReportView& view, const ModelView& model, const std::string& scope, const Panel& panel, double y) {
  const ScopeSpread* spread = model.find(scope);
  if (spread == nullptr) return {};
  std::string out;
  for (const std::size_t place : model.runs) {
    const ScopeView* scores = view.runs[place].find(scope);
    if (scores == nullptr || !(scores->scores.*panel.of_run).value) continue;
    const double value = *(scores->scores.*panel.of_run).value;
    const RunView& run = view.runs[place];
    const std::string title = fmt::format("{}, seed {}: {} {} ({})", model.name, run.seed, panel.metric, four_decimals(value), run.verdict);
    out += run.verdict == "INVALID" ? invalid_mark(panel.x(value), y, title) : dot(panel.x(value), y, 4.5, title);
  }
  const SpreadCell& cell = spread->*panel.of_model;
  if (cell.mean.value && model.runs.size() > 1) {
    const double x = panel.x(*cell.mean.value);
    out += svg::line(x, y - 8, x, y + 8, "ink-line", svg::kInk, "stroke-width=\"2\"");
  }
  if (const auto published = published_score(view, model, scope, panel.metric)) out += diamond(panel.x(*published), y, 6);
  out += svg::text(panel.left + panel.width + 58, y + 4, 12, "end", cell.mean.value ? "ink" : "soft",
                   cell.mean.value ? svg::kInk : svg::kSoft, cell.mean.value ? four_decimals(*cell.mean.value) : "undefined");
  return out + "\n";
}

std::string legend(double x, double y, bool invalid, bool seeds, bool published, bool largest) {
  std::string out;
  const auto item = [&](const std::string& mark, std::string_view words) {
    out += mark + svg::text(x + 11, y + 4, 11, "start", "soft", svg::kSoft, words);
    x += 11 + svg::width_of(words, 11) + 22;
  };
  item(dot(x, y, 4.5, "one run"), "one run");
  if (invalid) item(invalid_mark(x, y, "INVALID run"), "INVALID run");
  if (seeds) item(svg::line(x, y - 7, x, y + 7, "ink-line", svg::kInk, "stroke-width=\"2\""), "mean over seeds");
  if (published) item(diamond(x, y, 6), "published");
  if (largest) {
    item(svg::line(x, y - 7, x, y + 7, "soft-line", svg::kSoft, "stroke-dasharray=\"2 3\" stroke-width=\"1.5\""),
         "always the largest class");
  }
  return out + "\n";
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

std::string scores_svg(const ReportView& view) {
  const std::size_t most = 26;
  double label = 90;
  for (const ModelView& model : view.models) label = std::max(label, svg::width_of(shorten(model.name, most), 12));
  const double left = label + 26;
  const double panel_width = 236, value_width = 66, gap = 28;
  const std::array<Panel, 2> panels{Panel{"UF1", left, panel_width, &ScoreCells::uf1, &ScopeSpread::uf1, &ScopeGroup::largest_class_uf1},
                                    Panel{"UAR", left + panel_width + value_width + gap, panel_width, &ScoreCells::uar, &ScopeSpread::uar,
                                          &ScopeGroup::largest_class_uar}};
  const double width = left + 2 * (panel_width + value_width) + gap;
  const double row_height = 24, head_height = 30, top = 34;
  const bool published =
      std::any_of(view.published.begin(), view.published.end(), [](const PublishedView& p) { return !p.beside.empty(); });
  const bool largest =
      std::any_of(view.scopes.begin(), view.scopes.end(), [](const ScopeGroup& group) { return group.largest_class_uf1.has_value(); });
  const bool invalid = std::any_of(view.models.begin(), view.models.end(), [](const ModelView& model) { return model.invalid; });

  std::string body;
  double y = top;
  for (const ScopeGroup& group : view.scopes) {
    body += svg::text(0, y + 20, 12, "start", "ink", svg::kInk, group_title(group), "font-weight=\"700\"") + "\n";
    y += head_height;
    const double first = y;
    double bottom = y;
    std::string marks;
    for (const ModelView& model : view.models) {
      if (model.find(group.scope) == nullptr) continue;
      const double middle = y + row_height / 2;
      marks += svg::text(14, middle + 4, 12, "start", "soft", svg::kSoft, shorten(model.name, most));
      for (const Panel& panel : panels) {
        body += svg::line(panel.left, middle, panel.left + panel.width, middle, "rule-line", svg::kRule);
        marks += model_marks(view, model, group.scope, panel, middle);
      }
      y += row_height;
      bottom = y;
    }
    for (const Panel& panel : panels) {
      const std::optional<double>& share = group.*panel.largest_class;
      if (!share) continue;
      body += svg::line(panel.x(*share), first, panel.x(*share), bottom, "soft-line", svg::kSoft,
                        "stroke-dasharray=\"2 3\" stroke-width=\"1.5\"");
    }
    body += "\n" + marks;
    y += 6;
  }
  std::string axes;
  for (const Panel& panel : panels) {
    axes += svg::text(panel.left, 12, 12, "start", "ink", svg::kInk, panel.metric, "font-weight=\"700\"");
    for (const double tick : kTicks) {
      axes += svg::line(panel.x(tick), top, panel.x(tick), y, "rule-line", svg::kRule);
      axes += svg::text(panel.x(tick), top - 5, 10, "middle", "soft", svg::kSoft, tick_text(tick));
    }
  }
  const double height = y + 30;
  return svg::open(width, height, "UF1 and UAR of every model, for all clips and per dataset") + axes + "\n" + body +
         legend(18, y + 16, invalid, view.several_seeds(), published, largest) + "</svg>\n";
}

std::string subjects_svg(const ReportView& view, std::size_t model) {
  std::vector<std::string> datasets;
  for (const SubjectRow& row : view.subjects) {
    if (row.models[model] && (datasets.empty() || datasets.back() != row.dataset)) datasets.push_back(row.dataset);
  }
  const std::size_t most = 20;
  double label = 60;
  for (const std::string& dataset : datasets) label = std::max(label, svg::width_of(shorten(dataset, most), 12));
  const double scale = dot_scale(view);
  const double left = label + 28, plot = 560, top = 22;
  const double width = left + plot + 22;

  std::string strips;
  double y = top + 6;
  for (const std::string& dataset : datasets) {
    std::vector<Placed> dots;
    std::vector<const SubjectRow*> rows;
    for (const SubjectRow& row : view.subjects) {
      if (row.dataset != dataset || !row.models[model]) continue;
      dots.push_back(
          {.x = left + plot * row.models[model]->accuracy, .y = 0.0, .radius = scale * std::sqrt(static_cast<double>(row.clips))});
      rows.push_back(&row);
    }
    dots = swarm(dots);
    double above = 14, below = 14;
    for (const Placed& placed : dots) {
      above = std::max(above, placed.radius - placed.y);
      below = std::max(below, placed.radius + placed.y);
    }
    const double middle = y + above + 3;
    strips += svg::text(0, middle + 4, 12, "start", "ink", svg::kInk, shorten(dataset, most));
    strips += svg::line(left, middle, left + plot, middle, "rule-line", svg::kRule) + "\n";
    for (std::size_t i = 0; i < dots.size(); ++i) {
      const SubjectCell& cell = *rows[i]->models[model];
      strips += dot(dots[i].x, middle + dots[i].y, dots[i].radius,
                    fmt::format("{}/{}: {} of {} correct, accuracy {}", dataset, rows[i]->subject, svg::number(cell.correct),
                                counted(rows[i]->clips, "clip"), four_decimals(cell.accuracy)));
      strips += '\n';
    }
    y = middle + below + 9;
  }
  std::string axes;
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
    x += 2 * radius + 36;
  }
  return svg::open(width, y + 40, fmt::format("Accuracy of each subject under {}", view.models[model].name)) + axes + "\n" + strips +
         sizes + "\n</svg>\n";
}

}  // namespace mexbench::reports
