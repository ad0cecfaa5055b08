// CAS(ME)^3, part A, micro-expressions (Li et al., IEEE TPAMI 2023): a folder of a clip is called after subject, video and onset, `spNo`
// where the sheet has `spNO`, and frames by their number alone. Every cell of the sheet is text, frame numbers too; objective classes are
// Roman numerals. The colour frames are drawn, the depth images are not. On request: an offset before its onset (as in spNO.149 d), onset
// and apex 0, a capital `J` as a video's letter, `Others` beside `others`; Thumbs.db and .DS_Store.
#include <fmt/format.h>

#include <array>
#include <utility>

#include "datasets/lookalike/planner.h"

namespace mexbench::datasets {
namespace {

using data::Lookalike;
using data::Movement;
using lookalike::Expression;
using lookalike::Planner;
using nlohmann::json;

constexpr int kPeople = 100;
constexpr std::array<std::string_view, 7> kRoman = {"I", "II", "III", "IV", "V", "VI", "VII"};
constexpr std::string_view kLetters = "abcdefghijklm";

const std::vector<Expression>& expressions() {
  static const std::vector<Expression> kExpressions = {{"disgust", "9"}, {"disgust", "4+10"}, {"surprise", "1+2"}, {"surprise", "5"},
                                                       {"others", "14"}, {"others", "24"},    {"fear", "1+2+4"},   {"anger", "4+7"},
                                                       {"sad", "1+4"},   {"happy", "6+12"},   {"happy", "12"}};
  return kExpressions;
}

Lookalike plan(const json& options) {
  const Planner planner("casme3", options);
  Lookalike corpus = planner.start({.width = 1280, .height = 720, .fps = 30.0});
  std::vector<int> released(kPeople);
  for (int i = 0; i < kPeople; ++i) released[static_cast<std::size_t>(i)] = i + 1;
  const std::vector<int> people = planner.people(released, {1});
  const std::vector<Expression> shown = planner.expressions(expressions(), people.size() * static_cast<std::size_t>(planner.clips()));

  data::WrittenSheet sheet{.name = "label",
                           .rows = {{"Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class", "emotion"}}};
  std::size_t next = 0;
  for (const int person : people) {
    std::int64_t frame = planner.draw(std::to_string(person), "start", 20, 400);
    for (std::int64_t i = 0; i < planner.clips(); ++i) {
      const std::string who = fmt::format("{}/{}", person, i);
      // Several clips of one video share its letter: only their onsets tell them apart.
      std::string letter(1, kLetters[static_cast<std::size_t>(i / 2) % kLetters.size()]);
      const Expression& expression = shown[next++];
      if (planner.quirks() && next == 3) letter = "J";
      const Movement one = lookalike::movement(letter, expression, planner.span(who, frame, 7, 16));
      frame = one.offset + planner.draw(who, "pause", 30, 600);
      std::string onset = std::to_string(one.onset);
      std::string apex = std::to_string(one.apex);
      std::string offset = std::to_string(one.offset);
      std::string emotion = one.label;
      if (planner.quirks()) {
        if (next == 2) offset = std::to_string(one.onset - 5);
        if (next == 4) apex = "0";
        if (emotion == "others" && person == people.front()) emotion = "Others";
      }
      const auto roman = kRoman[static_cast<std::size_t>(lookalike::objective_class_of(expression.action_units)) - 1];
      sheet.rows.push_back({fmt::format("spNO.{}", person), letter, onset, apex, offset, one.action_units, std::string(roman), emotion});
      corpus.footage.push_back({.subject = fmt::format("spNO.{}", person),
                                .folder = fmt::format("Part_A_ME_clip/frame/spNo.{}_{}_{}", person, letter, one.onset),
                                .before = "",
                                .digits = 1,
                                .after = ".jpg",
                                .first = one.onset,
                                .last = one.offset,
                                .movements = {one}});
    }
  }
  corpus.files.push_back(
      {.path = "cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx",
       .content = std::vector<data::WrittenSheet>{std::move(sheet), {.name = "Sheet1", .rows = {}}, {.name = "Sheet3", .rows = {}}}});
  if (planner.quirks()) lookalike::add_clutter(corpus, corpus.footage.front().folder);
  return corpus;
}

}  // namespace

Layout casme3_layout() {
  return {.id = "casme3",
          .summary = "CAS(ME)^3 part A: micro-expression clips and the sheet JpgIndex v2",
          .options = lookalike::common_options(kPeople, /*jpeg=*/true),
          .plan = plan};
}

}  // namespace mexbench::datasets
