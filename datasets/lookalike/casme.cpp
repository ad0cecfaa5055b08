// CASME (Yan et al., FG 2013): clips from their first frame, numbers without padding up to 07/EP17_1 and of three digits from 07/EP17_2 on.
// The release's sheet is an old .xls, which no library of Debian 12 writes from C++: the rows are written as CASME-coded-20190721.csv,
// cell by cell as they stand in the .xls, and tests make a real one of them. The sheet gives frames, and in milliseconds the time from
// onset to apex and from onset to offset; `\` stands for what there is none of, mostly a second apex. On request: two rows of one subject
// and clip, which only their onsets tell apart; Thumbs.db and .DS_Store.
#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "datasets/lookalike/planner.h"

namespace mexbench::datasets {
namespace {

using data::Lookalike;
using data::Movement;
using data::WrittenRow;
using lookalike::Expression;
using lookalike::Planner;
using nlohmann::json;

constexpr double kFps = 60.0;
constexpr int kPeople = 18;

const std::vector<Expression>& expressions() {
  static const std::vector<Expression> kExpressions = {{"tense", "4"},      {"tense", "4+7"},     {"tense", "14"},      {"disgust", "9"},
                                                       {"disgust", "4+9"},  {"repression", "15"}, {"repression", "17"}, {"surprise", "1+2"},
                                                       {"happiness", "12"}, {"sadness", "1+4"},   {"contempt", "R14"},  {"fear", "1+2+4"}};
  return kExpressions;
}

// `EP01_12`, `EP17_2`: here the second part has no zeros in front.
std::string clip_name(const std::string& episode) {
  const std::size_t at = episode.find('_') + 1;
  return episode.substr(0, at) + (episode[at] == '0' ? episode.substr(at + 1) : episode.substr(at));
}

bool is_padded(int person, const std::string& clip) {
  if (person != 7) return person > 7;
  const int episode = std::stoi(clip.substr(2, 2));
  return episode > 17 || (episode == 17 && clip[5] != '1') || (episode == 17 && clip.size() > 6 && clip[6] != 'f');
}

data::WrittenCell milliseconds(std::int64_t frames) { return std::round(1000.0 * static_cast<double>(frames) / kFps); }

WrittenRow row_of(int person, const Movement& one) {
  return {lookalike::number(person),
          one.clip,
          {},
          lookalike::number(one.onset),
          lookalike::number(one.apex),
          "\\",
          lookalike::number(one.offset),
          {},
          milliseconds(one.apex - one.onset),
          milliseconds(one.offset - one.onset),
          lookalike::typed(one.action_units),
          one.label};
}

Lookalike plan(const json& options) {
  const Planner planner("casme", options);
  Lookalike corpus = planner.start({.width = 640, .height = 480, .fps = kFps});
  std::vector<int> released(kPeople);
  for (int i = 0; i < kPeople; ++i) released[static_cast<std::size_t>(i)] = i + 1;
  const std::vector<int> people = planner.people(released, {1, 7, 8});
  const std::vector<Expression> shown = planner.expressions(expressions(), people.size() * static_cast<std::size_t>(planner.clips()));

  data::WrittenSheet sheet{
      .name = "Sheet1",
      .rows = {{"Subject", "Filename", {}, "OnsetF", "ApexF1", "ApexF2", "OffsetF", {}, "Onset", "Total", "AU", "Emotion"}}};
  std::size_t next = 0;
  for (const int person : people) {
    const std::string subject = fmt::format("sub{:02}", person);
    for (const std::string& episode : planner.episodes(subject, static_cast<std::size_t>(planner.clips()), {})) {
      const std::string clip = clip_name(episode);
      const std::string who = subject + "/" + clip;
      std::vector<Movement> movements = {
          lookalike::movement(clip, shown[next++], planner.span(who, planner.draw(who, "onset", 5, 14), 8, 30))};
      if (planner.quirks() && next == 1) {
        const Expression& second = shown.back();
        movements.push_back(lookalike::movement(clip, second, planner.span(who + "/second", movements[0].offset + 6, 8, 30)));
      }
      const std::int64_t last = movements.back().offset + planner.draw(who, "rest", 3, 8);
      for (const Movement& one : movements) sheet.rows.push_back(row_of(person, one));
      corpus.footage.push_back({.subject = subject,
                                .folder = fmt::format("CASME_raw_selected/{}/{}", subject, clip),
                                .before = clip + "-",
                                .digits = is_padded(person, clip) ? 3 : 1,
                                .after = ".jpg",
                                .first = 1,
                                .last = last,
                                .movements = std::move(movements)});
    }
  }
  corpus.files.push_back({.path = "CASME-coded-20190721.csv", .content = data::to_csv(sheet)});
  if (planner.quirks()) lookalike::add_clutter(corpus, corpus.footage.front().folder);
  return corpus;
}

}  // namespace

Layout casme_layout() {
  return {.id = "casme",
          .summary = "CASME: selected frames; the rows of its .xls as csv",
          .options = lookalike::common_options(kPeople, /*jpeg=*/true),
          .plan = plan};
}

}  // namespace mexbench::datasets
