// SAMM Long Videos (Yap et al., FG 2020): grey frames from 0001 on, several movements in one video, macro and micro. The sheet has its
// header in row 10 and no emotions. The people are SAMM's 29; who the thirtieth is, is not known here. On request: frame numbers with a
// fraction, also with binary noise; onset 0 of a macro-expression; apex -1 (not labelled); one name for a macro- and a micro-expression;
// blanks behind action units; Thumbs.db and .DS_Store.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "datasets/lookalike/planner.h"

namespace mexbench::datasets {
namespace {

using data::Footage;
using data::Formula;
using data::Lookalike;
using data::Movement;
using data::WrittenCell;
using data::WrittenRow;
using lookalike::Expression;
using lookalike::Planner;
using nlohmann::json;

const std::vector<Expression>& expressions() {
  static const std::vector<Expression> kExpressions = {{"", "4+7"}, {"", "12"},    {"", "6+12"}, {"", "1+2"},
                                                       {"", "14"},  {"", "15+17"}, {"", "9"}};
  return kExpressions;
}

// Nine lines above the header; the words are ours.
std::vector<WrittenRow> legend() {
  std::vector<WrittenRow> rows(9);
  rows[0] = {"SAMM Long Videos - look-alike of the FACS codes, drawn faces", {}, {}, {}, "(written by mexbench; no data of SAMM is in it)"};
  rows[2] = {"Symbol Key:"};
  rows[3] = {"\"/\" = or"};
  rows[4] = {"\"?\" = the offset is unclear"};
  rows[6] = {"AU Help:"};
  rows[7] = {"\"L2 or R2\" = AU 2 on one side of the face only"};
  return rows;
}

WrittenRow row_of(const Planner& planner, const std::string& subject, std::int64_t inducement, const Movement& one, bool macro,
                  std::size_t nth, std::size_t row) {
  WrittenCell onset = lookalike::number(one.onset);
  WrittenCell apex = lookalike::number(one.apex);
  WrittenCell offset = lookalike::number(one.offset);
  std::string units = one.action_units;
  if (planner.quirks()) {
    if (nth == 1) onset = static_cast<double>(one.onset) + 0.4;
    if (nth == 1) offset = static_cast<double>(one.offset) + 0.4000000000001;
    if (macro && nth == 3) onset = lookalike::number(0);
    if (nth == 4) apex = lookalike::number(-1);
    if (nth == 5) units += " ";
  }
  return {subject,
          one.clip,
          lookalike::number(inducement),
          onset,
          apex,
          offset,
          Formula{.text = fmt::format("=SUM(F{0}-D{0})+1", row), .value = static_cast<double>(one.offset - one.onset + 1)},
          std::string(macro ? "Macro" : "Micro - 1/2"),
          lookalike::typed(units),
          {}};
}

Lookalike plan(const json& options) {
  const Planner planner("samm_lv", options);
  Lookalike corpus = planner.start({.width = 960, .height = 650, .fps = 200.0, .colour = false});
  const std::vector<int> people = planner.people(lookalike::samm_people(), {6, 37});
  const std::vector<Expression> shown = planner.expressions(expressions(), people.size() * static_cast<std::size_t>(planner.clips()));

  data::WrittenSheet sheet{.name = "FACS_Movement_Only", .rows = legend()};
  sheet.rows.push_back({"Subject", "Filename", "Inducement Code", "Onset", "Apex", "Offset", "Duration", "Type", "Action Units", "Notes"});
  std::size_t next = 0;
  for (const int person : people) {
    const std::string subject = fmt::format("{:03}", person);
    // One video of each person, the one the doubled name is in for 037.
    const std::int64_t inducement = person == 37 ? 4 : planner.draw(subject, "inducement", 1, 7);
    const std::string video = fmt::format("{}_{}", subject, inducement);
    Footage footage{.subject = subject,
                    .folder = "SAMM_longvideos/" + video,
                    .before = video + "_",
                    .digits = 4,
                    .after = ".jpg",
                    .first = 1,
                    .last = 1,
                    .movements = {}};
    for (std::int64_t i = 1; i <= planner.clips(); ++i) {
      const std::string who = fmt::format("{}_{}", video, i);
      bool macro = planner.draw(who, "macro", 0, 2) < 2;
      std::string clip = who;
      if (planner.quirks() && person == 37 && i <= 2) {
        macro = i == 1;
        clip = video + "_1";
      }
      const std::int64_t onset = footage.last + planner.draw(who, "pause", 8, 20);
      Movement one =
          lookalike::movement(clip, shown[next++], macro ? planner.span(who, onset, 101, 300) : planner.span(who, onset, 30, 100));
      one.strength = macro ? 1.6 : 1.0;
      footage.last = one.offset;
      sheet.rows.push_back(row_of(planner, subject, inducement, one, macro, next, sheet.rows.size() + 1));
      footage.movements.push_back(std::move(one));
    }
    footage.last += planner.draw(video, "rest", 5, 15);
    corpus.footage.push_back(std::move(footage));
  }
  corpus.files.push_back({.path = "SAMM_LongVideos_V2_Release.xlsx", .content = std::vector<data::WrittenSheet>{std::move(sheet)}});
  if (planner.quirks()) lookalike::add_clutter(corpus, corpus.footage.front().folder);
  return corpus;
}

}  // namespace

Layout samm_lv_layout() {
  return {.id = "samm_lv",
          .summary = "SAMM Long Videos: whole videos with several movements and a sheet",
          .options = lookalike::common_options(lookalike::samm_people().size(), /*jpeg=*/true),
          .plan = plan};
}

}  // namespace mexbench::datasets
