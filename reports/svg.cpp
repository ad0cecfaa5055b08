#include "reports/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "reports/svg_text.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace svg {

std::string number(double value) {
  std::string out = fmt::format("{:.2f}", value);
  while (out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
  return out == "-0" ? "0" : out;
}

std::string open(double width, double height, std::string_view title) {
  const std::string w = number(width), h = number(height), name = escape_svg(title);
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" role=\"img\" aria-label=\"{2}\" "
      "font-family=\"Helvetica, Arial, sans-serif\"><title>{2}</title>"
      "<rect class=\"paper\" width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n",
      w, h, name);
}

std::string text(double x, double y, double size, std::string_view anchor, std::string_view css_class, std::string_view fill,
                 std::string_view words, std::string_view extra) {
  return fmt::format(R"(<text class="{}" x="{}" y="{}" font-size="{}" text-anchor="{}" fill="{}"{}{}>{}</text>)", css_class, number(x),
                     number(y), number(size), anchor, fill, extra.empty() ? "" : " ", extra, escape_svg(words));
}

std::string line(double x1, double y1, double x2, double y2, std::string_view css_class, std::string_view stroke, std::string_view extra) {
  return fmt::format(R"(<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}"{}{}/>)", css_class, number(x1), number(y1), number(x2),
                     number(y2), stroke, extra.empty() ? "" : " ", extra);
}

double width_of(std::string_view words, double size) { return 0.56 * size * static_cast<double>(length_of(words)); }

}  // namespace svg

namespace {

using Rgb = std::array<double, 3>;

Rgb parse_rgb(std::string_view hex) {
  Rgb rgb{};
  for (std::size_t i = 0; i < 3; ++i) {
    unsigned value = 0;
    std::from_chars(hex.data() + 1 + 2 * i, hex.data() + 3 + 2 * i, value, 16);
    rgb[i] = value / 255.0;
  }
  return rgb;
}

double luminance(std::string_view hex) {
  const Rgb rgb = parse_rgb(hex);
  constexpr Rgb kWeights{0.2126, 0.7152, 0.0722};
  double sum = 0.0;
  for (std::size_t i = 0; i < 3; ++i) sum += kWeights[i] * (rgb[i] <= 0.04045 ? rgb[i] / 12.92 : std::pow((rgb[i] + 0.055) / 1.055, 2.4));
  return sum;
}

std::string mix(std::string_view from, std::string_view to, double share) {
  const Rgb a = parse_rgb(from), b = parse_rgb(to);
  std::string out = "#";
  for (std::size_t i = 0; i < 3; ++i) out += fmt::format("{:02x}", static_cast<int>(std::lround(255.0 * (a[i] + (b[i] - a[i]) * share))));
  return out;
}

std::array<Shade, kShades> ramp(std::string_view low, std::string_view middle, std::string_view high) {
  std::array<Shade, kShades> shades;
  for (std::size_t i = 0; i < kShades; ++i) {
    const double at = static_cast<double>(i) / static_cast<double>(kShades - 1);
    shades[i].fill = at <= 0.5 ? mix(low, middle, 2.0 * at) : mix(middle, high, 2.0 * at - 1.0);
    constexpr std::string_view kDark = "#05080b", kLight = "#ffffff";
    shades[i].text = std::string(contrast(shades[i].fill, kDark) >= contrast(shades[i].fill, kLight) ? kDark : kLight);
  }
  return shades;
}

}  // namespace

double contrast(std::string_view a, std::string_view b) {
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

std::array<Shade, kShades> light_shades() { return ramp("#f4f6f9", "#a9c6e2", "#0c3a66"); }
std::array<Shade, kShades> dark_shades() { return ramp("#1f2832", "#2f5f8c", "#a9d3f5"); }

bool is_report_figure(std::string_view svg) {
  constexpr std::size_t kHead = 4096;
  const std::string_view head = svg.substr(0, kHead);
  return head.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" ") &&
         std::any_of(svg::kTitles.begin(), svg::kTitles.end(),
                     [&](std::string_view title) { return head.find(fmt::format("<title>{}", title)) != std::string_view::npos; });
}

std::string confusion_svg(const RunView& run, const ScopeView& scope) {
  const std::vector<std::string>& classes = run.class_names;
  const std::size_t count = classes.size();
  const double cell_w = count <= 4 ? 76 : count <= 6 ? 62 : 50;
  const double cell_h = count <= 4 ? 54 : 44;
  const double size = 12;
  const std::vector<std::string> names = shorten_apart(classes, 16);
  double longest = 0;
  for (const std::string& name : names) longest = std::max(longest, svg::width_of(name, size));
  const bool invalid = run.verdict == "INVALID";
  const bool tilted = longest > cell_w - 6;  // column names lean when they don't fit side by side
  const double left = 24 + longest + 8;
  const double top = tilted ? 30 + 0.72 * longest : 44;
  const double right = tilted ? 0.6 * longest : 4;
  const double width = left + cell_w * static_cast<double>(count) + right;
  const double below = top + cell_h * static_cast<double>(count);
  const double height = below + (invalid ? 24 : 4);
  const auto shades = light_shades();

  std::string out =
      svg::open(width, height, fmt::format("{}{}, seed {}, {} ({})", svg::kConfusionTitle, run.model, run.seed, scope.scope, run.verdict));
  out += svg::text(left + cell_w * static_cast<double>(count) / 2, 14, 11, "middle", "soft", svg::kSoft, "prediction") + "\n";
  const double middle = top + cell_h * static_cast<double>(count) / 2;
  out +=
      svg::text(12, middle, 11, "middle", "soft", svg::kSoft, "truth", fmt::format("transform=\"rotate(-90 12 {})\"", svg::number(middle)));
  out += "\n";
  for (std::size_t i = 0; i < count; ++i) {
    const double x = left + cell_w * (static_cast<double>(i) + 0.5);
    const double y = top - 8;
    out += tilted ? svg::text(x, y, size, "start", "ink", svg::kInk, names[i],
                              fmt::format("transform=\"rotate(-42 {} {})\"", svg::number(x), svg::number(y)))
                  : svg::text(x, y, size, "middle", "ink", svg::kInk, names[i]);
    out += svg::text(left - 8, top + cell_h * (static_cast<double>(i) + 0.5) + 4, size, "end", "ink", svg::kInk, names[i]) + "\n";
  }
  for (std::size_t truth = 0; truth < count; ++truth) {
    std::int64_t row = 0;
    for (const std::int64_t clips : scope.confusion[truth]) row += clips;
    for (std::size_t predicted = 0; predicted < count; ++predicted) {
      const std::int64_t clips = scope.confusion[truth][predicted];
      const double share = row > 0 ? static_cast<double>(clips) / static_cast<double>(row) : 0.0;
      const auto shade = static_cast<std::size_t>(std::lround(share * static_cast<double>(kShades - 1)));
      const double x = left + cell_w * static_cast<double>(predicted);
      const double y = top + cell_h * static_cast<double>(truth);
      const std::string share_text = row > 0 ? percent(share) + " %" : "no clips";
      out += fmt::format(
          "<g><title>truth {}, prediction {}: {} of {}</title><rect class=\"q{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\" "
          "fill=\"{}\"/>",
          escape_svg(classes[truth]), escape_svg(classes[predicted]), clips, counted(row, "clip"), shade, svg::number(x + 1),
          svg::number(y + 1), svg::number(cell_w - 2), svg::number(cell_h - 2), shades[shade].fill);
      const std::string text_class = fmt::format("t{}", shade);
      out += svg::text(x + cell_w / 2, y + cell_h / 2 - 1, 15, "middle", text_class, shades[shade].text, fmt::format("{}", clips),
                       truth == predicted ? "font-weight=\"700\"" : "");
      out += svg::text(x + cell_w / 2, y + cell_h / 2 + 15, 11, "middle", text_class, shades[shade].text, share_text) + "</g>\n";
    }
  }
  if (invalid)
    out += svg::text(width - 4, below + 17, 11, "end", "ink", svg::kInk, "INVALID run: no evidence", "font-weight=\"700\"") + "\n";
  return out + "</svg>\n";
}

}  // namespace mexbench::reports
