// SMIC, camera HS (Li et al., FG 2013). First release (raw, cropped): no sheet. A clip's folder is exactly onset to offset, its class the
// folder above and part of its name; frame numbers are the camera's counter, of six digits, of seven for subjects 5, 12 and 18 and of eight
// for 19 and 20. There is no apex and no action unit: what is drawn stands in truth/. Beside `micro`, people have `non_micro` folders of
// ordinary movements (how those clips are called is not known: the names are ours). On request: somebody who has no micro-expression at
// all, Thumbs.db and .DS_Store.
//
// Extended release: long clips as JPEG, their frames numbered from 1, and a sheet in which they are the camera's, so that FirstF is
// frame 1. Sheet HS has formulas that refer to sheet VIS, and rows of styled blanks behind its data. On request: a second movement in a
// clip, which is a clip of its own without a row, and the same as third; an emotion that is not the name's; a lock file.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "datasets/lookalike/planner.h"

namespace mexbench::datasets {
namespace {

using data::Formula;
using data::Lookalike;
using data::Movement;
using data::WrittenRow;
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

// A person of the extended release was filmed by camera VIS too, a quarter as fast.
bool has_vis(int person) { return (person >= 11 && person <= 15) || person >= 18; }

Formula formula(std::string text, std::int64_t value) { return {.text = std::move(text), .value = static_cast<double>(value)}; }

// A long clip: numbers of the camera, and of the movements in it.
struct LongClip {
  std::string name;
  std::string emotion;
  int person = 0;
  std::int64_t first = 0;  // of the camera
  std::int64_t frames = 0;
  std::vector<Movement> movements;  // numbered from frame 1
};

// The row of a clip in sheet HS, `row` being its number, and in sheet VIS where the same row is of the same clip.
WrittenRow hs_row(const LongClip& clip, std::size_t row) {
  const Movement& one = clip.movements.front();
  const std::int64_t onset = clip.first + one.onset - 1;
  const std::int64_t length = one.offset - one.onset + 1;
  const std::int64_t last = clip.first + clip.frames - 1;
  WrittenRow cells(17);
  cells[0] = lookalike::number(clip.person);
  cells[1] = clip.name;
  cells[2] = data::StyledBlank{};
  cells[3] = lookalike::number(onset);
  cells[4] = formula(fmt::format("=D{0}+M{0}-1", row), onset + length - 1);
  if (has_vis(clip.person)) {
    cells[10] = formula(fmt::format("=D{0}-100*(VIS!D{0}-VIS!I{0})/25", row), clip.first);
    cells[11] = formula(fmt::format("=K{0}+100*(VIS!L{0})/25-1", row), last);
    cells[15] = formula(fmt::format("=L{0}-K{0}+1", row), clip.frames);
  } else {
    cells[10] = lookalike::number(clip.first);
    cells[11] = formula(fmt::format("=K{0}+P{0}-1", row), last);
    cells[15] = lookalike::number(clip.frames);
  }
  cells[12] = lookalike::number(length);
  if (clip.movements.size() > 1) {
    const Movement& second = clip.movements[1];
    for (const std::size_t at : {5U, 7U}) {  // and once more as the third
      cells[at] = lookalike::number(clip.first + second.onset - 1);
      cells[at + 1] = lookalike::number(clip.first + second.offset - 1);
      cells[at == 5U ? 13 : 14] = lookalike::number(second.offset - second.onset + 1);
    }
  }
  cells[16] = clip.emotion;
  return cells;
}

WrittenRow vis_row(const LongClip& clip, std::size_t row) {
  const Movement& one = clip.movements.front();
  // Frame 4 n + 1 of camera HS is frame n of VIS, whose counter is its own.
  const std::int64_t first = clip.first / 4;
  const std::int64_t onset = first + (one.onset - 1) / 4;
  const std::int64_t offset = onset + (one.offset - one.onset) / 4;
  WrittenRow cells(13);
  cells[0] = lookalike::number(clip.person);
  cells[1] = clip.name;
  cells[3] = lookalike::number(onset);
  cells[4] = lookalike::number(offset);
  cells[8] = lookalike::number(first);
  cells[9] = formula(fmt::format("=E{0}-D{0}+1", row), offset - onset + 1);
  cells[11] = lookalike::number(clip.frames / 4);
  cells[12] = clip.emotion;
  return cells;
}

// Those with VIS first, from 20 down, so that both sheets begin with the same rows; then the others.
std::vector<int> in_sheet_order(std::vector<int> people) {
  std::sort(people.begin(), people.end(),
            [](int a, int b) { return has_vis(a) != has_vis(b) ? has_vis(a) : (has_vis(a) ? a > b : a < b); });
  return people;
}

std::vector<LongClip> long_clips(const Planner& planner) {
  const std::vector<int> people = in_sheet_order(planner.people(released(), {1, 5, 20}));
  const std::vector<Expression> shown = planner.expressions(expressions(), people.size() * static_cast<std::size_t>(planner.clips()));
  std::vector<LongClip> clips;
  bool doubled = false;
  for (const int person : people) {
    const std::string in_release = fmt::format("s{}", person);
    const auto [low, high] = counter_range(person);
    std::int64_t counter = planner.draw(in_release, "counter", low, high);
    std::map<std::string_view, int> running;
    for (std::int64_t i = 0; i < planner.clips(); ++i) {
      const Expression& expression = shown[clips.size()];
      const auto next_name = [&] { return fmt::format("{}_{:02}", short_class(expression.label), ++running[expression.label]); };
      const std::string rest = next_name();
      LongClip clip{.name = in_release + "_" + rest, .emotion = std::string(expression.label), .person = person, .first = counter};
      const std::string canonical = fmt::format("s{:02}_", person);
      // The first movement begins a whole number of VIS's frames behind the clip's beginning.
      const Span span = planner.span(clip.name, 1 + 4 * planner.draw(clip.name, "rest", 2, 5), 16, 58);
      clip.movements = {lookalike::movement(canonical + rest, expression, span)};
      // A movement of its own only tells itself by the gap it leaves in the running numbers, so one more clip of its class must follow.
      const auto rest_of_person = shown.begin() + static_cast<std::ptrdiff_t>(clips.size());
      const bool comes_again = std::any_of(rest_of_person + 1, rest_of_person + (planner.clips() - i),
                                           [&](const Expression& later) { return later.label == expression.label; });
      if (planner.quirks() && !doubled && comes_again) {
        doubled = true;
        const Span second = planner.span(clip.name + "/second", span.offset + 9, 16, 58);
        clip.movements.push_back(lookalike::movement(canonical + next_name(), expression, second));
      }
      clip.frames = 4 * (clip.movements.back().offset / 4 + planner.draw(clip.name, "end", 2, 5));
      counter += clip.frames + planner.draw(clip.name, "pause", 400, 2500);
      clips.push_back(std::move(clip));
    }
  }
  return clips;
}

Lookalike plan_extended(const Planner& planner) {
  Lookalike corpus = planner.start({.width = 640, .height = 480, .fps = 100.0});
  std::vector<LongClip> clips = long_clips(planner);
  if (planner.quirks()) {
    const auto surprise = std::find_if(clips.begin(), clips.end(), [](const LongClip& clip) { return clip.emotion == "surprise"; });
    if (surprise != clips.end()) surprise->emotion = "negative";
  }
  data::WrittenSheet hs{
      .name = "HS",
      .rows = {{"Subject", "Filename", data::StyledBlank{}, "OnsetF", "OffsetF", "Onset2F", "Offset2F", "Onset3F", "Offset3F",
                data::StyledBlank{}, "FirstF", "LastF", "TotalMF1", "TotalMF2", "TotalMF3", "TotalVL", "Emotion"}}};
  data::WrittenSheet vis{.name = "VIS",
                         .rows = {{"Subject", "Filename", data::StyledBlank{}, "OnsetF", "OffsetF", "Onset2F", "Offset2F",
                                   data::StyledBlank{}, "FirstF", "TotalMF1", "TotalMF2", "TotalVL", "Emotion"}}};
  const std::string root = "HS_long/SMIC-HS-E";
  for (const LongClip& clip : clips) {
    const std::size_t row = hs.rows.size() + 1;
    hs.rows.push_back(hs_row(clip, row));
    if (has_vis(clip.person)) vis.rows.push_back(vis_row(clip, row));
    const std::string subject = fmt::format("s{:02}", clip.person);
    corpus.footage.push_back({.subject = subject,
                              .folder = fmt::format("{}/{}/{}", root, subject, clip.name),
                              .before = "image",
                              .digits = 6,
                              .after = ".jpg",
                              .first = 1,
                              .last = clip.frames,
                              .movements = clip.movements});
  }
  constexpr std::size_t kStyledRows = 300;
  for (data::WrittenSheet* sheet : {&hs, &vis}) sheet->rows.insert(sheet->rows.end(), kStyledRows, WrittenRow(3, data::StyledBlank{}));
  const std::string file = "SMIC-HS-E_annotation.xlsx";
  corpus.files.push_back({.path = root + "/" + file,
                          .content = std::vector<data::WrittenSheet>{
                              std::move(hs), std::move(vis), {.name = "Sheet2", .rows = {}}, {.name = "Sheet3", .rows = {}}}});
  if (planner.quirks()) lookalike::add_lock_file(corpus, root, file);
  return corpus;
}

Lookalike plan(const json& options) {
  const Planner planner("smic", options);
  if (planner.text("release") == "extended") return plan_extended(planner);
  const bool cropped = planner.text("release") == "cropped";
  Lookalike corpus = planner.start({.width = cropped ? 140 : 640, .height = cropped ? 170 : 480, .fps = 100.0});
  const std::string root = cropped ? "SMIC_all_cropped/HS" : "SMIC_all_raw/HS";
  const auto add = [&](const std::string& subject, const std::string& folder, Span span, std::vector<Movement> movements) {
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
  options.push_back(data::choice_option("release", {"raw", "cropped", "extended"},
                                        "first release, whole frames or faces; or the extended one with its sheet"));
  return {.id = "smic",
          .summary = "SMIC-HS: folders of subjects and classes, or long clips and a sheet",
          .options = std::move(options),
          .plan = plan};
}

}  // namespace mexbench::datasets
