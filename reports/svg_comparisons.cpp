#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/comparisons.h"
#include "reports/svg.h"
#include "reports/svg_text.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

// A filled triangle for a resolved difference, an open ring for one that is not.
std::string pair_mark(double x, double y, bool resolved) {
  if (resolved) {
    return fmt::format(R"(<path class="accent" d="M{} {}l5 9h-10z" fill="{}"/>)", svg::number(x), svg::number(y - 5), svg::kAccent);
  }
  return fmt::format(R"(<circle class="open" cx="{}" cy="{}" r="4" fill="none" stroke="{}" stroke-width="1.3"/>)", svg::number(x),
                     svg::number(y), svg::kInk);
}

}  // namespace

std::string pairs_svg(const ReportView& view, const ComparisonView& comparison) {
  const std::vector<std::size_t> order = by_uf1(view, comparison);
  std::vector<std::string> full;
  for (const std::size_t model : order) full.push_back(view.models[model].name);
  const std::vector<std::string> names = shorten_apart(full, 22);
  double longest = 0;
  for (const std::string& name : names) longest = std::max(longest, svg::width_of(name, 12));
  const double cell_w = 92, cell_h = 46, size = 12;
  const double left = 1.12 * longest + 14, top = 30 + 0.72 * longest;
  const std::size_t count = order.size();
  const double width = left + cell_w * static_cast<double>(count - 1) + 0.72 * longest;
  const double below = top + cell_h * static_cast<double>(count - 1);
  std::string out = svg::open(width, below + 30, fmt::format("{}: UF1 of the row less UF1 of the column", svg::kPairsTitle));
  for (std::size_t column = 1; column < count; ++column) {
    const double x = left + cell_w * (static_cast<double>(column) - 0.5), y = top - 8;
    out += svg::text(x, y, size, "start", "ink", svg::kInk, names[column],
                     fmt::format("transform=\"rotate(-42 {} {})\"", svg::number(x), svg::number(y))) +
           "\n";
  }
  for (std::size_t row = 0; row + 1 < count; ++row) {
    const double middle = top + cell_h * (static_cast<double>(row) + 0.5);
    out += svg::text(left - 8, middle + 4, size, "end", "ink", svg::kInk, names[row]) + "\n";
    for (std::size_t column = row + 1; column < count; ++column) {
      const PairView* pair = comparison.find(order[row], order[column]);
      const double x = left + cell_w * (static_cast<double>(column) - 1.0), y = top + cell_h * static_cast<double>(row);
      out += fmt::format(R"(<rect class="rule-box" x="{}" y="{}" width="{}" height="{}" rx="3" fill="none" stroke="{}"/>)",
                         svg::number(x + 1), svg::number(y + 1), svg::number(cell_w - 2), svg::number(cell_h - 2), svg::kRule);
      if (pair == nullptr || !pair->uf1.difference.value) {
        out += svg::text(x + cell_w / 2, middle + 4, size, "middle", "soft", svg::kSoft, "undefined") + "\n";
        continue;
      }
      const double difference = pair->first == order[row] ? *pair->uf1.difference.value : -*pair->uf1.difference.value;
      const std::optional<double> p = pair->uf1.adjusted ? pair->uf1.adjusted : pair->uf1.p.value;
      out += fmt::format("<g><title>{} less {}: {}{}</title>", escape_svg(view.models[order[row]].name),
                         escape_svg(view.models[order[column]].name), signed_four_decimals(difference),
                         pair->planned ? "" : ", not among the planned comparisons");
      if (pair->planned) out += pair_mark(x + 13, middle, pair->resolved);
      out += svg::text(x + cell_w - 9, middle - 2, 13, "end", "ink", svg::kInk, signed_four_decimals(difference),
                       pair->resolved ? "font-weight=\"700\"" : "");
      out += svg::text(x + cell_w - 9, middle + 14, 11, "end", "soft", svg::kSoft,
                       p ? fmt::format("p {}{}", p_value(*p), pair->planned ? "" : " raw") : std::string("no p")) +
             "</g>\n";
    }
  }
  out += pair_mark(8, below + 16, true) + svg::text(18, below + 20, 11, "start", "soft", svg::kSoft, "resolved");
  out += pair_mark(84, below + 16, false) + svg::text(94, below + 20, 11, "start", "soft", svg::kSoft, "not distinguishable") + "\n";
  return out + "</svg>\n";
}

std::string ranks_svg(const ReportView& view, const ComparisonView& comparison) {
  const RankView& ranks = *comparison.ranks;
  const std::vector<std::size_t>& order = ranks.ranks.order;
  std::vector<std::string> full;
  for (const std::size_t place : order) full.push_back(view.models[ranks.models[place]].name);
  const std::vector<std::string> names = shorten_apart(full, 24);
  const std::size_t count = order.size(), half = (count + 1) / 2;
  double longest = 0;
  for (const std::string& name : names) longest = std::max(longest, svg::width_of(name, 12));
  const double left = longest + 46, plot = 320, row = 20, axis = 34, bar = 8;
  const double width = 2 * left + plot;
  const auto x = [&](double rank) { return left + plot * (rank - 1.0) / static_cast<double>(count - 1); };
  const double bars = axis + 14 + bar * static_cast<double>(ranks.ranks.groups.size());
  const double height = bars + row * static_cast<double>(half) + 12;
  std::string out = svg::open(width, height, fmt::format("{}: average ranks over {}", svg::kRanksTitle, ranks.blocks));
  out += svg::line(x(1), axis, x(static_cast<double>(count)), axis, "ink-line", svg::kInk) + "\n";
  for (std::size_t rank = 1; rank <= count; ++rank) {
    const double at = x(static_cast<double>(rank));
    out += svg::line(at, axis - 5, at, axis, "ink-line", svg::kInk);
    out += svg::text(at, axis - 9, 10, "middle", "soft", svg::kSoft, fmt::format("{}", rank)) + "\n";
  }
  out += svg::text(x(1), 10, 11, "start", "soft", svg::kSoft, "average rank, 1 is best") + "\n";
  for (std::size_t i = 0; i < count; ++i) {
    const double rank = ranks.ranks.friedman.average_ranks[order[i]], at = x(rank);
    const bool to_left = i < half;
    const double y = bars + row * static_cast<double>(to_left ? i : count - 1 - i) + row / 2;
    const double end = to_left ? left - 8 : left + plot + 8;
    out += fmt::format(R"(<path class="open" d="M{0} {1}V{2}H{3}" fill="none" stroke="{4}" stroke-width="1"/>)", svg::number(at),
                       svg::number(axis), svg::number(y), svg::number(end), svg::kInk);
    out += svg::text(to_left ? end - 5 : end + 5, y + 4, 12, to_left ? "end" : "start", "ink", svg::kInk,
                     to_left ? fmt::format("{}  {:.2f}", names[i], rank) : fmt::format("{:.2f}  {}", rank, names[i])) +
           "\n";
  }
  for (std::size_t g = 0; g < ranks.ranks.groups.size(); ++g) {
    const std::vector<std::size_t>& group = ranks.ranks.groups[g];
    const double y = axis + 9 + bar * static_cast<double>(g);
    const double from = x(ranks.ranks.friedman.average_ranks[group.front()]), to = x(ranks.ranks.friedman.average_ranks[group.back()]);
    out += svg::line(from - 3, y, to + 3, y, "ink-line", svg::kInk, "stroke-width=\"4\"") + "\n";
  }
  return out + "</svg>\n";
}

}  // namespace mexbench::reports
