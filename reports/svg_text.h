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

// How the titles of the figures begin, by which a file is told to be one of them.
inline constexpr std::string_view kScoresTitle = "UF1 and UAR of every model";
inline constexpr std::string_view kConfusionTitle = "Confusion of ";
inline constexpr std::string_view kSubjectsTitle = "Accuracy of each subject under ";
inline constexpr std::string_view kPairsTitle = "Pairs of models";
inline constexpr std::string_view kRanksTitle = "Critical differences";
inline constexpr std::string_view kSelectionTitle = "Best of so many epochs: ";
inline constexpr std::string_view kReliabilityTitle = "Reliability of ";
inline constexpr std::string_view kRiskTitle = "Risk and coverage of ";
inline constexpr std::string_view kTrainingTitle = "Training of ";
inline constexpr std::string_view kLatencyTitle = "Latency and UF1 of ";
inline constexpr std::array kTitles{kScoresTitle,    kConfusionTitle,   kSubjectsTitle, kPairsTitle,    kRanksTitle,
                                    kSelectionTitle, kReliabilityTitle, kRiskTitle,     kTrainingTitle, kLatencyTitle};

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
