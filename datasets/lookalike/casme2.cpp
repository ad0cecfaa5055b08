// CASME II (Yan et al., PLoS ONE 2014): one plan, of which an archive shows the whole episode (raw), the frames from onset to offset
// (selected), or the face alone (cropped). Frame numbers are the same in all three. On request:
//
//   04/EP12_01f         apex `/`
//   05/EP09_05f         apex equal to the onset
//   24/EP02_07          frames without a row
//   07/EP06_02_01, 09/EP09f, an action unit `?` (sheet of 2014)
//   the archive's folder once more in itself, Thumbs.db, .DS_Store, the lock file of an open sheet
//
// Which movement a drawn clip shows has nothing to do with what the clip of that name shows in the release.
#include <fmt/format.h>

#include <map>
#include <set>

#include "datasets/lookalike/planner.h"

namespace mexbench::datasets {
namespace {

using data::Lookalike;
using data::WrittenCell;
using data::WrittenRow;
using lookalike::Camera;
using lookalike::Expression;
using lookalike::Planner;
using lookalike::Span;
using nlohmann::json;

const std::vector<Expression>& expressions() {
  static const std::vector<Expression> kExpressions = {
      {"happiness", "12"}, {"happiness", "6+12"}, {"disgust", "4+9"},   {"disgust", "4+10"},     {"disgust", "4+7+9"},
      {"surprise", "1+2"}, {"surprise", "1+2+5"}, {"repression", "15"}, {"repression", "14+17"}, {"others", "4"},
      {"others", "4+7"},   {"others", "R14"},     {"sadness", "1+4"},   {"fear", "1+4+20"}};
  return kExpressions;
}

struct Archive {
  std::string_view folder;
  std::string_view before;
  Camera camera;
};
Archive archive_of(const std::string& release) {
  if (release == "raw") return {.folder = "CASME2-RAW", .before = "img", .camera = {.width = 640, .height = 480, .fps = 200.0}};
  if (release == "cropped") return {.folder = "Cropped", .before = "reg_img", .camera = {.width = 280, .height = 340, .fps = 200.0}};
  return {.folder = "CASME2_RAW_selected", .before = "img", .camera = {.width = 640, .height = 480, .fps = 200.0}};
}

// The clip names of a subject. Two names are those of clips that the usual label map leaves out: never drawn, only asked for.
std::vector<std::string> clip_names(const Planner& planner, int person, const std::string& subject) {
  static const std::map<int, std::string> kKnown = {{4, "EP12_01f"}, {5, "EP09_05f"}, {7, "EP06_02_01"}, {9, "EP09f"}};
  std::vector<std::string> names =
      planner.episodes(subject, static_cast<std::size_t>(planner.clips()), {"EP12_01f", "EP09_05f", "EP02_07"});
  const auto known = kKnown.find(person);
  if (planner.quirks() && known != kKnown.end()) names.front() = known->second;
  return names;
}

WrittenRow header(bool later) {
  WrittenRow row = {"Subject",     "Filename",          data::StyledBlank{}, "OnsetFrame",       "ApexFrame",
                    "OffsetFrame", data::StyledBlank{}, "Action Units",      "Estimated Emotion"};
  if (later) row.emplace_back("Objective Classes");
  return row;
}

Lookalike plan(const json& options) {
  const Planner planner("casme2", options);
  const bool later = planner.text("sheet") == "2019";
  const std::string release = planner.text("release");
  const Archive archive = archive_of(release);
  Lookalike corpus = planner.start(archive.camera);
  std::string root(archive.folder);
  if (planner.quirks()) root += "/" + root;

  std::vector<int> released(26);
  for (int i = 0; i < 26; ++i) released[static_cast<std::size_t>(i)] = i + 1;
  const std::vector<int> people = planner.people(released, {4, 5, 24, 7, 9});
  const std::vector<Expression> shown = planner.expressions(expressions(), people.size() * static_cast<std::size_t>(planner.clips()));
  const auto add_footage = [&](const std::string& subject, const std::string& clip, const Expression& expression) {
    const std::string who = subject + "/" + clip;
    const Span span = planner.span(who, planner.draw(who, "onset", 6, 20), 24, 141);
    const std::int64_t rest = planner.draw(who, "rest", 5, 12);  // frames after the offset
    const bool raw = release == "raw";
    corpus.footage.push_back({.subject = subject,
                              .folder = fmt::format("{}/{}/{}", root, subject, clip),
                              .before = std::string(archive.before),
                              .digits = 1,
                              .after = ".jpg",
                              .first = raw ? 1 : span.onset,
                              .last = raw ? span.offset + rest : span.offset,
                              .movements = {lookalike::movement(clip, expression, span)}});
    return span;
  };

  data::WrittenSheet sheet{.name = "Sheet1", .rows = {header(later)}};
  std::size_t next = 0;
  bool questioned = false;
  for (const int person : people) {
    const std::string number = fmt::format("{:02}", person);
    for (const std::string& clip : clip_names(planner, person, "sub" + number)) {
      const Expression& expression = shown[next++];
      const Span span = add_footage("sub" + number, clip, expression);
      WrittenCell apex = lookalike::number(span.apex);
      WrittenCell units = lookalike::typed(expression.action_units);
      if (planner.quirks() && clip == "EP12_01f") apex = "/";
      if (planner.quirks() && clip == "EP09_05f") apex = lookalike::number(span.onset);
      if (planner.quirks() && !later && !questioned && expression.label == "others") {
        units = "?";
        questioned = true;
      }
      WrittenRow row = {
          number, clip, {}, lookalike::number(span.onset), apex, lookalike::number(span.offset), {}, units, std::string(expression.label)};
      if (later) row.push_back(lookalike::number(lookalike::objective_class_of(expression.action_units)));
      sheet.rows.push_back(std::move(row));
    }
    if (planner.quirks() && person == 24) add_footage("sub24", "EP02_07", {.label = "disgust", .action_units = "4+9"});
  }

  const std::string name = later ? "CASME2-coding-20190701.xlsx" : "CASME2-coding-20140508.xlsx";
  corpus.files.push_back(
      {.path = name,
       .content = std::vector<data::WrittenSheet>{std::move(sheet), {.name = "Sheet2", .rows = {}}, {.name = "Sheet3", .rows = {}}}});
  if (planner.quirks()) {
    lookalike::add_clutter(corpus, corpus.footage.front().folder);
    lookalike::add_lock_file(corpus, "", name);
  }
  return corpus;
}

}  // namespace

Layout casme2_layout() {
  std::vector<data::OptionDef> options = lookalike::common_options(26, /*jpeg=*/true);
  options.push_back(data::choice_option("release", {"selected", "raw", "cropped"}, "which of the three archives"));
  options.push_back(data::choice_option("sheet", {"2014", "2019"}, "edition of the coding sheet; the later one has objective classes"));
  return {.id = "casme2", .summary = "CASME II: frames and a coding sheet", .options = std::move(options), .plan = plan};
}

}  // namespace mexbench::datasets
