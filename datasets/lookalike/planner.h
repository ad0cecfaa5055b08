// For datasets/lookalike/*.cpp: what the layouts share. Everything is drawn from the options' seed by streams named after what they are
// for, so a slip on request changes nothing but itself.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/lookalike/lookalike.h"
#include "harness/core/random.h"

namespace mexbench::datasets {

[[nodiscard]] Layout casme_layout();
[[nodiscard]] Layout casme2_layout();
[[nodiscard]] Layout casme3_layout();
[[nodiscard]] Layout casme_sq_layout();
[[nodiscard]] Layout samm_layout();
[[nodiscard]] Layout samm_lv_layout();
[[nodiscard]] Layout smic_layout();

namespace lookalike {

// An emotion as the release writes it, and one of the ways in which faces show it.
struct Expression {
  std::string_view label;
  std::string_view action_units;
};

// Frames of a movement, from onset to offset.
struct Span {
  std::int64_t onset = 0;
  std::int64_t apex = 0;
  std::int64_t offset = 0;
};

// The shape of frames, as released.
struct Camera {
  int width = 0;
  int height = 0;
  double fps = 0.0;
  bool colour = true;
};

// subjects (2 to `most_subjects`), clips_per_subject, max_frames, size, intensity, noise, illumination, head_motion, blinks, jpeg_quality
// (where the release is JPEG), quirks, seed.
[[nodiscard]] std::vector<data::OptionDef> common_options(std::size_t most_subjects, bool jpeg);

class Planner {
 public:
  Planner(std::string layout, const nlohmann::json& options);

  // Everything but footage and files. `size` is the height of a frame; the camera gives its proportions.
  [[nodiscard]] data::Lookalike start(const Camera& camera) const;

  [[nodiscard]] bool quirks() const { return quirks_; }
  [[nodiscard]] std::int64_t clips() const { return clips_; }
  [[nodiscard]] std::size_t subjects() const { return subjects_; }
  [[nodiscard]] std::int64_t max_frames() const { return max_frames_; }
  [[nodiscard]] std::string text(const char* option) const { return options_.at(option).get<std::string>(); }

  [[nodiscard]] core::RandomStream stream(const std::string& who, std::string_view purpose) const;
  [[nodiscard]] std::int64_t draw(const std::string& who, std::string_view purpose, std::int64_t low, std::int64_t high) const;

  // As many of the release's people as are asked for, ascending: those in `wanted` first, then evenly from the rest.
  [[nodiscard]] std::vector<int> people(const std::vector<int>& released, const std::vector<int>& wanted) const;

  // `count` expressions, every one of the table as often as the others up to one, in a drawn order: what is shown does not depend on whom.
  [[nodiscard]] std::vector<Expression> expressions(const std::vector<Expression>& table, std::size_t count) const;

  // A movement from `onset` on, as long as the release's are (`shortest` to `longest` frames), shortened in proportion when max_frames asks
  // for it. The apex lies in the middle third or so.
  [[nodiscard]] Span span(const std::string& who, std::int64_t onset, std::int64_t shortest, std::int64_t longest) const;

  // `EP02_01f`: episode and number, sometimes the mark of a face that was filmed again. Distinct, ascending, none of `taken`.
  [[nodiscard]] std::vector<std::string> episodes(const std::string& subject, std::size_t count, const std::set<std::string>& taken) const;

 private:
  std::string layout_;
  nlohmann::json options_;
  std::size_t subjects_;
  std::int64_t clips_;
  std::int64_t max_frames_;
  bool quirks_;
};

// The 29 people of SAMM, as the numbers of their folders.
[[nodiscard]] const std::vector<int>& samm_people();

[[nodiscard]] data::Movement movement(const std::string& clip, const Expression& expression, const Span& span);

// A number where the text is one, as a spreadsheet program makes of what is typed.
[[nodiscard]] data::WrittenCell typed(std::string_view text);
[[nodiscard]] data::WrittenCell number(std::int64_t value);

// The objective class of action units the layouts know to be well written.
[[nodiscard]] int objective_class_of(std::string_view action_units);

// What file managers and office programs leave behind: in a folder of frames, and beside a sheet.
void add_clutter(data::Lookalike& corpus, const std::string& folder);
void add_lock_file(data::Lookalike& corpus, const std::string& folder, const std::string& sheet);

}  // namespace lookalike
}  // namespace mexbench::datasets
