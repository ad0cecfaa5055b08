// CAS(ME)^2 (Qu et al., IEEE TAFFC 2018): macro- and micro-expressions in long videos, which one archive shows whole (rawpic) and another
// from onset to offset of each (selectedpic), with the numbers of the video. The sheet has no header, and two more sheets say that a
// subject's number is not its folder's and which video a name belongs to: (1, `anger1_1`) is in `s15/15_0401*`. On request:
//
//   offset 0 of macro-expressions, an apex of 0 and one behind its offset, `NULL` and `null` for action units, `happyiness`,
//   blanks behind a name; Thumbs.db and .DS_Store
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "datasets/lookalike/planner.h"

namespace mexbench::datasets {
namespace {

using data::Footage;
using data::Lookalike;
using data::Movement;
using data::WrittenCell;
using data::WrittenRow;
using lookalike::Expression;
using lookalike::Planner;
using nlohmann::json;

// Subject 1 is in folder s15, subject 22 in s40.
constexpr std::array<int, 22> kFolders = {15, 16, 19, 20, 21, 22, 23, 24, 25, 26, 27, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 40};

struct Video {
  std::string_view code;  // of the file: "0401"
  std::string_view name;  // in the sheet: "anger1"
  std::string_view feeling;
};
constexpr std::array<Video, 9> kVideos = {{{"0101", "disgust1", "disgust"},
                                           {"0102", "disgust2", "disgust"},
                                           {"0401", "anger1", "anger"},
                                           {"0402", "anger2", "anger"},
                                           {"0502", "happy1", "happiness"},
                                           {"0503", "happy2", "happiness"},
                                           {"0505", "happy3", "happiness"},
                                           {"0507", "happy4", "happiness"},
                                           {"0508", "happy5", "happiness"}}};

const std::vector<Expression>& expressions() {
  static const std::vector<Expression> kExpressions = {{"negative", "4+7"}, {"negative", "9+10"}, {"positive", "6+12"},
                                                       {"positive", "12"},  {"surprise", "1+2"},  {"others", "14"}};
  return kExpressions;
}

// A row of the sheet from a movement, and the slips a release of this size would have.
WrittenRow row_of(const Planner& planner, int id, const Video& video, const Movement& one, bool macro, std::size_t nth) {
  std::string clip = one.clip;
  WrittenCell apex = lookalike::number(one.apex);
  WrittenCell offset = lookalike::number(one.offset);
  WrittenCell units = lookalike::typed(one.action_units);
  std::string feeling(video.feeling);
  if (planner.quirks()) {
    if (nth == 1) clip += " ";
    if (nth == 2) units = "NULL";
    if (nth == 3) units = "null";
    if (macro && nth % 4 == 0) offset = lookalike::number(0);
    if (nth == 5) apex = lookalike::number(0);
    if (nth == 6) apex = lookalike::number(one.offset + 2);
    if (nth == 7 && feeling == "happiness") feeling = "happyiness";
  }
  return {lookalike::number(id),
          clip,
          lookalike::number(one.onset),
          apex,
          offset,
          units,
          one.label,
          std::string(macro ? "macro-expression" : "micro-expression"),
          feeling};
}

Lookalike plan(const json& options) {
  const Planner planner("casme_sq", options);
  const bool whole = planner.text("release") == "rawpic";
  Lookalike corpus = planner.start({.width = 640, .height = 480, .fps = 30.0});
  std::vector<int> released(kFolders.size());
  for (std::size_t i = 0; i < kFolders.size(); ++i) released[i] = static_cast<int>(i) + 1;
  const std::vector<int> people = planner.people(released, {1});
  const std::vector<Expression> shown = planner.expressions(expressions(), people.size() * static_cast<std::size_t>(planner.clips()));

  data::WrittenSheet codes{.name = "CASFEcode_final", .rows = {}};
  data::WrittenSheet folders{.name = "naming rule1", .rows = {}};
  std::size_t next = 0;
  for (const int id : people) {
    const int folder = kFolders[static_cast<std::size_t>(id) - 1];
    const std::string subject = fmt::format("s{}", folder);
    // Two videos of each person, as far as there are movements for them.
    const auto first = static_cast<std::size_t>(planner.draw(subject, "video", 0, static_cast<std::int64_t>(kVideos.size()) - 1));
    for (std::size_t v = 0; v < 2; ++v) {
      const Video& video = kVideos[(first + 4 * v) % kVideos.size()];
      const std::int64_t count = v == 0 ? (planner.clips() + 1) / 2 : planner.clips() / 2;
      Footage footage{.subject = subject,
                      .folder = fmt::format("rawpic/{}/{}_{}lookalike", subject, folder, video.code),
                      .before = "img",
                      .digits = 3,
                      .after = ".jpg",
                      .first = 1,
                      .last = 1,
                      .movements = {}};
      for (std::int64_t i = 1; i <= count; ++i) {
        const std::string clip = fmt::format("{}_{}", video.name, i);
        const std::string who = subject + "/" + clip;
        const std::int64_t onset = footage.last + planner.draw(who, "pause", 8, 20);
        const bool macro = planner.draw(who, "macro", 0, 1) == 1;
        // At most half a second, or at most four.
        Movement one = lookalike::movement(clip, shown[next++], macro ? planner.span(who, onset, 17, 60) : planner.span(who, onset, 7, 15));
        one.strength = macro ? 1.6 : 1.0;
        footage.last = one.offset;
        codes.rows.push_back(row_of(planner, id, video, one, macro, next));
        folders.rows.push_back({lookalike::number(folder), subject, lookalike::number(id)});
        footage.movements.push_back(std::move(one));
      }
      if (footage.movements.empty()) continue;
      footage.last += planner.draw(footage.folder, "rest", 5, 15);
      if (whole) {
        corpus.footage.push_back(std::move(footage));
        continue;
      }
      for (const Movement& one : footage.movements) {
        corpus.footage.push_back({.subject = subject,
                                  .folder = fmt::format("selectedpic/{}/{}", subject, one.clip),
                                  .before = "img",
                                  .digits = 1,
                                  .after = ".jpg",
                                  .first = one.onset,
                                  .last = one.offset,
                                  .movements = {one}});
      }
    }
  }
  data::WrittenSheet names{.name = "naming rule2", .rows = {}};
  for (const Video& video : kVideos) names.rows.push_back({std::string(video.code), std::string(video.name)});
  corpus.files.push_back({.path = "CAS(ME)^2code_final(Updated).xlsx",
                          .content = std::vector<data::WrittenSheet>{std::move(codes), std::move(folders), std::move(names)}});
  if (planner.quirks()) lookalike::add_clutter(corpus, corpus.footage.front().folder);
  return corpus;
}

}  // namespace

Layout casme_sq_layout() {
  std::vector<data::OptionDef> options = lookalike::common_options(kFolders.size(), /*jpeg=*/true);
  options.push_back(data::choice_option("release", {"selectedpic", "rawpic"}, "each movement alone, or whole videos"));
  return {.id = "casme_sq",
          .summary = "CAS(ME)^2: movements or whole videos, a sheet without a header",
          .options = std::move(options),
          .plan = plan};
}

}  // namespace mexbench::datasets
