// SMIC, camera HS, first release (Li et al., FG 2013): no sheet. A clip's folder is exactly onset to offset, its class the folder above and
// part of its name; frame numbers are the camera's counter, of six digits, of seven for subjects 5, 12 and 18 and of eight for 19 and 20.
// There is no apex and no action unit: what is drawn stands in truth/. Beside `micro`, people have `non_micro` folders of ordinary
// movements (how those clips are called is not known: the names are ours). On request: somebody who has no micro-expression at all,
// Thumbs.db and .DS_Store.
#include <fmt/format.h>

#include <map>
#include <utility>

#include "datasets/lookalike/planner.h"

namespace mexbench::datasets {
namespace {

using data::Footage;
using data::Lookalike;
using lookalike::Camera;
using lookalike::Expression;
using lookalike::Planner;
using lookalike::Span;
using nlohmann::json;

const std::vector<Expression>& expressions() {
  static const std::vector<Expression> kExpressions = {{"negative", "4"},     {"negative", "4+7"},     {"negative", "9+10"},
                                                       {"negative", "15+17"}, {"positive", "12"},      {"positive", "6+12"},
                                                       {"surprise", "1+2"},   {"surprise", "1+2+5+26"}};
  return kExpressions;
}

const std::vector<int>& released() {
  static const std::vector<int> kReleased = {1, 2, 3, 4, 5, 6, 8, 9, 11, 12, 13, 14, 15, 18, 19, 20};
  return kReleased;
}

// Where the counter stands when a person is filmed.
std::pair<std::int64_t, std::int64_t> counter_range(int person) {
  if (person >= 19) return {10'000'000, 19'000'000};
  if (person == 5 || person == 12 || person == 18) return {1'000'000, 9'000'000};
  return {60'000, 900'000};
}

std::string_view short_class(std::string_view label) { return label == "surprise" ? label.substr(0, 3) : label.substr(0, 2); }

Lookalike plan(const json& options) {
  const Planner planner("smic", options);
  const bool cropped = planner.text("release") == "cropped";
  Lookalike corpus = planner.start({.width = cropped ? 140 : 640, .height = cropped ? 170 : 480, .fps = 100.0});
  const std::string root = cropped ? "SMIC_all_cropped/HS" : "SMIC_all_raw/HS";
  const auto add = [&](const std::string& subject, const std::string& folder, Span span, std::vector<data::Movement> movements) {
    corpus.footage.push_back({.subject = subject,
                              .folder = fmt::format("{}/{}", root, folder),
                              .before = cropped ? "reg_image" : "image",
                              .digits = 6,
                              .after = ".bmp",
                              .first = span.onset,
                              .last = span.offset,
                              .movements = std::move(movements)});
  };

  const std::vector<int> people = planner.people(released(), {1, 5, 20});
  const std::vector<Expression> shown = planner.expressions(expressions(), people.size() * static_cast<std::size_t>(planner.clips()));
  std::size_t next = 0;
  for (const int person : people) {
    const std::string in_release = fmt::format("s{}", person);
    const std::string subject = fmt::format("s{:02}", person);
    const auto [low, high] = counter_range(person);
    std::int64_t counter = planner.draw(in_release, "counter", low, high);
    std::map<std::string_view, int> running;
    for (std::int64_t i = 0; i < planner.clips(); ++i) {
      const Expression& expression = shown[next++];
      const std::string rest = fmt::format("{}_{:02}", short_class(expression.label), ++running[expression.label]);
      const std::string clip = in_release + "_" + rest;
      const Span span = planner.span(clip, counter, 11, 58);
      counter = span.offset + planner.draw(clip, "pause", 400, 2500);
      add(subject, fmt::format("{}/micro/{}/{}", in_release, expression.label, clip), span,
          {lookalike::movement(subject + "_" + rest, expression, span)});
    }
    const Span idle = planner.span(in_release + "/non_micro", counter, 11, 58);
    add(subject, fmt::format("{0}/non_micro/{0}_non_01", in_release), idle, {});
  }
  if (planner.quirks()) {
    lookalike::add_clutter(corpus, corpus.footage.front().folder);
    add("s07", "s7/non_micro/s7_non_01", {.onset = 400'001, .apex = 400'005, .offset = 400'009}, {});  // 7 is nobody of the release's 16
  }
  return corpus;
}

}  // namespace

Layout smic_layout() {
  std::vector<data::OptionDef> options = lookalike::common_options(released().size(), /*jpeg=*/false);
  options.push_back(data::choice_option("release", {"raw", "cropped"}, "which of the two archives"));
  return {.id = "smic",
          .summary = "SMIC-HS, first release: folders of subjects and classes, no sheet",
          .options = std::move(options),
          .plan = plan};
}

}  // namespace mexbench::datasets
