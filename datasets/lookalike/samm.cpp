// SAMM (Davison et al., IEEE TAFFC 2018): grey frames from onset to offset under the numbers of the long videos, padded to four digits in
// some clips and to five in others. The sheet has thirteen lines of legend above its header (the re-issue of 2018 has none), and durations
// that are formulas. On request:
//
//   028_4_1   apex behind the offset            032_3_1   apex far before the onset, a slip of a digit
//   032_3_2   apex one frame behind the onset
//   a blank behind an action unit, sides and intensities, a remark; Thumbs.db, .DS_Store, a lock file
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "datasets/lookalike/planner.h"

namespace mexbench::datasets {
namespace {

using data::Formula;
using data::Lookalike;
using data::WrittenCell;
using data::WrittenRow;
using lookalike::Expression;
using lookalike::Planner;
using lookalike::Span;
using nlohmann::json;

const std::vector<Expression>& expressions() {
  static const std::vector<Expression> kExpressions = {
      {"Anger", "4+7"},      {"Anger", "4"},        {"Anger", "7+23"}, {"Contempt", "R14"},  {"Contempt", "L14"},
      {"Disgust", "9"},      {"Disgust", "4+10"},   {"Fear", "20"},    {"Fear", "1+2+4"},    {"Happiness", "12"},
      {"Happiness", "6+12"}, {"Happiness", "L12"},  {"Sadness", "15"}, {"Sadness", "15+17"}, {"Surprise", "1+2"},
      {"Surprise", "5"},     {"Surprise", "1+2+5"}, {"Other", "24"},   {"Other", "R4+17"}};
  return kExpressions;
}

// Clips whose frames are not plain in the release, by person.
const std::map<int, std::vector<std::string>>& known_clips() {
  static const std::map<int, std::vector<std::string>> kKnown = {{28, {"028_4_1"}}, {32, {"032_3_1", "032_3_2"}}};
  return kKnown;
}

// `006_1_2`: subject, inducement, running number, of which the release lacks some.
std::vector<std::string> clip_names(const Planner& planner, int person, const std::string& subject) {
  constexpr std::int64_t kInducements = 7;
  std::vector<std::string> names;
  const auto known = known_clips().find(person);
  if (planner.quirks() && known != known_clips().end()) names = known->second;
  std::map<std::int64_t, std::int64_t> last;
  core::RandomStream drawn = planner.stream(subject, "names");
  while (std::ssize(names) < planner.clips()) {
    const auto inducement = 1 + static_cast<std::int64_t>(drawn.below(static_cast<std::uint64_t>(kInducements)));
    last[inducement] += drawn.uniform() < 0.7 ? 1 : 2;
    std::string name = fmt::format("{}_{}_{}", subject, inducement, last[inducement]);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  names.resize(static_cast<std::size_t>(planner.clips()));
  std::sort(names.begin(), names.end());
  return names;
}

// Legend of the first edition, thirteen lines. The words are ours: the release's are its owners'.
std::vector<WrittenRow> legend() {
  std::vector<WrittenRow> rows(13);
  rows[0] = {"SAMM Dataset - look-alike of the FACS codes, drawn faces", {}, {}, {}, "(written by mexbench; no data of SAMM is in it)"};
  rows[1] = {data::StyledBlank{}};
  rows[2] = {"Emotional and objective classes as in the second version of the sheet"};
  rows[3] = {data::StyledBlank{}, {}, {}, {}, "(note to the users)"};
  rows[4] = {data::StyledBlank{}};
  rows[5] = {"Symbol Key:"};
  rows[6] = {"\"/\" = or"};
  rows[7] = {"\"?\" = the offset is unclear"};
  rows[9] = {"AU Help:"};
  rows[10] = {"\"L2 or R2\" = AU 2 on one side of the face only"};
  rows[11] = {"\"A2\" = AU 2 on both sides, stronger on one"};
  return rows;
}

// The sheet's frames where they are not those that are drawn.
std::int64_t sheet_apex(const Planner& planner, const std::string& clip, const Span& span) {
  if (!planner.quirks()) return span.apex;
  if (clip == "028_4_1") return span.offset + 9;
  if (clip == "032_3_1") return span.apex - 3000;
  if (clip == "032_3_2") return span.onset + 1;
  return span.apex;
}

std::string sheet_units(const Planner& planner, std::string_view units) {
  if (!planner.quirks()) return std::string(units);
  if (units == "15+17") return "15+17 ";
  if (units == "L12") return "L12A";
  return std::string(units);
}

Lookalike plan(const json& options) {
  const Planner planner("samm", options);
  Lookalike corpus = planner.start({.width = 960, .height = 650, .fps = 200.0, .colour = false});
  const bool again = planner.text("sheet") == "20181215";
  const std::vector<int> people = planner.people(lookalike::samm_people(), {28, 32, 6});
  const std::vector<Expression> shown = planner.expressions(expressions(), people.size() * static_cast<std::size_t>(planner.clips()));

  data::WrittenSheet sheet{.name = "MICRO_ONLY", .rows = again ? std::vector<WrittenRow>() : legend()};
  sheet.rows.push_back({"Subject", "Filename", "Inducement Code", "Onset Frame", "Apex Frame", "Offset Frame", "Duration", "Micro",
                        "Action Units", "Estimated Emotion", "Objective Classes", "Notes"});
  std::size_t next = 0;
  for (const int person : people) {
    const std::string subject = fmt::format("{:03}", person);
    for (const std::string& clip : clip_names(planner, person, subject)) {
      Expression expression = shown[next++];
      const bool listed = planner.quirks() && (clip == "028_4_1" || clip == "032_3_1");
      if (listed && expression.label == "Other") expression = {.label = "Anger", .action_units = "4+7"};  // both are of a class
      const Span span = planner.span(clip, planner.draw(clip, "onset", listed ? 3500 : 200, 9000), 30, 101);
      const int digits = span.offset > 999 && planner.draw(clip, "digits", 0, 1) == 1 ? 5 : 4;
      corpus.footage.push_back({.subject = subject,
                                .folder = fmt::format("SAMM/{}/{}", subject, clip),
                                .before = subject + "_",
                                .digits = digits,
                                .after = ".jpg",
                                .first = span.onset,
                                .last = span.offset,
                                .movements = {lookalike::movement(clip, expression, span)}});
      const std::size_t row = sheet.rows.size() + 1;
      WrittenCell notes = data::StyledBlank{};
      if (planner.quirks() && next == 2) notes = "While blinking";
      sheet.rows.push_back(
          {subject, clip, lookalike::number(clip[4] - '0'), lookalike::number(span.onset),
           lookalike::number(sheet_apex(planner, clip, span)), lookalike::number(span.offset),
           Formula{.text = fmt::format("=SUM(F{0}-D{0})+1", row), .value = static_cast<double>(span.offset - span.onset + 1)},
           "Micro - 1/2", lookalike::typed(sheet_units(planner, expression.action_units)), std::string(expression.label),
           lookalike::number(lookalike::objective_class_of(expression.action_units)), notes});
    }
  }

  const std::string name = again ? "SAMM_20181215_Micro_FACS_Codes_v2.xlsx" : "SAMM_Micro_FACS_Codes_v2.xlsx";
  corpus.files.push_back({.path = name, .content = std::vector<data::WrittenSheet>{std::move(sheet)}});
  if (planner.quirks()) {
    lookalike::add_clutter(corpus, corpus.footage.front().folder);
    lookalike::add_lock_file(corpus, "", name);
  }
  return corpus;
}

}  // namespace

const std::vector<int>& lookalike::samm_people() {
  static const std::vector<int> kReleased = {6,  7,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                             22, 23, 24, 25, 26, 28, 30, 31, 32, 33, 34, 35, 36, 37};
  return kReleased;
}

Layout samm_layout() {
  std::vector<data::OptionDef> options = lookalike::common_options(lookalike::samm_people().size(), /*jpeg=*/true);
  options.push_back(data::choice_option("sheet", {"v2", "20181215"}, "edition of the sheet; the re-issue has its header in row 1"));
  return {.id = "samm", .summary = "SAMM: frames from onset to offset and a sheet", .options = std::move(options), .plan = plan};
}

}  // namespace mexbench::datasets
