#include "reports/svg_marks.h"

#include <fmt/format.h>

#include "reports/text.h"

namespace mexbench::reports::svg {

std::string diamond(double x, double y, double radius, std::string_view title) {
  return fmt::format(
      "<path class=\"open\" d=\"M{} {}l{} {}l{} {}l{} {}z\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\" "
      "pointer-events=\"all\"><title>{}</title></path>",
      number(x), number(y - radius), number(radius), number(radius), number(-radius), number(radius), number(-radius), number(-radius),
      kInk, escape_svg(title));
}

std::string dot(double x, double y, double radius, std::string_view title) {
  return fmt::format(R"(<circle class="accent" cx="{}" cy="{}" r="{}" fill="{}" fill-opacity="0.75"><title>{}</title></circle>)", number(x),
                     number(y), number(radius), kAccent, escape_svg(title));
}

}  // namespace mexbench::reports::svg
