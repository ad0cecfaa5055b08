// Pieces every figure uses.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace mexbench::reports::svg {

inline constexpr std::string_view kInk = "#1d2733";
inline constexpr std::string_view kSoft = "#5b6674";
inline constexpr std::string_view kRule = "#d5dae0";
inline constexpr std::string_view kAccent = "#1b5e94";

// How the titles of the figures begin: scores, confusion, subjects, reliability, risk and coverage, training.
inline constexpr std::array<std::string_view, 6> kTitles{"UF1 and UAR of every model",      "Confusion of ",
                                                         "Accuracy of each subject under ", "Reliability of ",
                                                         "Risk and coverage of ",           "Training of "};

// A coordinate with at most two decimals and no trailing zeros.
[[nodiscard]] std::string number(double value);
// <svg ...> with its title for screen readers and a white ground; `title` is plain text. Close with </svg>.
[[nodiscard]] std::string open(double width, double height, std::string_view title);
// Text is plain and escaped here. `anchor` is start | middle | end; `extra` are further attributes.
[[nodiscard]] std::string text(double x, double y, double size, std::string_view anchor, std::string_view css_class, std::string_view fill,
                               std::string_view words, std::string_view extra = {});
[[nodiscard]] std::string line(double x1, double y1, double x2, double y2, std::string_view css_class, std::string_view stroke,
                               std::string_view extra = {});
// Room a text takes in pixels, near enough for layout.
[[nodiscard]] double width_of(std::string_view words, double size);

}  // namespace mexbench::reports::svg
