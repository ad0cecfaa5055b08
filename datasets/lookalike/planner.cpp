#include "datasets/lookalike/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "harness/core/text.h"

namespace mexbench::datasets::lookalike {

using data::Lookalike;
using data::OptionDef;
using nlohmann::json;

std::vector<OptionDef> common_options(std::size_t most_subjects, bool jpeg) {
  std::vector<OptionDef> out = {
      data::whole_option("subjects", 6, 2, static_cast<double>(most_subjects), "people, of those the release has"),
      data::whole_option("clips_per_subject", 4, 1, 40, "movements of each"),
      data::whole_option("max_frames", 24, 7, 400,
                         "frames from onset to offset at most; longer ones of the release are shortened in proportion"),
      data::whole_option("size", 120, 48, 1088, "height of a frame in pixels; its proportions are the release's"),
      data::number_option("intensity", 1.0, 0, 2, "strength of the movements; 1: about 1 % of the face's height"),
      data::number_option("noise", 1.0, 0, 10, "sensor noise in units of 1.5 grey levels (standard deviation)"),
      data::number_option("illumination", 1.0, 0, 10, "drift of the light"),
      data::number_option("head_motion", 1.0, 0, 5, "slow movement of the head"),
      data::bool_option("blinks", true, "blinks, never on an onset or apex frame")};
  if (jpeg) out.push_back(data::whole_option("jpeg_quality", 95, 1, 100, "of the frames"));
  out.push_back(data::bool_option("quirks", false, "the slips the release is known for, and what programs leave behind in folders"));
  out.push_back(data::whole_option("seed", 1, 0, {}, "of everything that is drawn"));
  return out;
}

Planner::Planner(std::string layout, const json& options)
    : layout_(std::move(layout)),
      options_(options),
      subjects_(options.at("subjects").get<std::size_t>()),
      clips_(options.at("clips_per_subject").get<std::int64_t>()),
      max_frames_(options.at("max_frames").get<std::int64_t>()),
      quirks_(options.at("quirks").get<bool>()) {}

Lookalike Planner::start(const Camera& camera) const {
  Lookalike corpus;
  corpus.layout = layout_;
  corpus.options = options_;
  corpus.height = options_.at("size").get<int>();
  corpus.width = static_cast<int>(std::lround(static_cast<double>(corpus.height) * camera.width / camera.height));
  corpus.fps = camera.fps;
  corpus.colour = camera.colour;
  if (options_.contains("jpeg_quality")) corpus.jpeg_quality = options_.at("jpeg_quality").get<int>();
  corpus.intensity = options_.at("intensity").get<double>();
  corpus.noise = options_.at("noise").get<double>();
  corpus.illumination = options_.at("illumination").get<double>();
  corpus.head_motion = options_.at("head_motion").get<double>();
  corpus.blinks = options_.at("blinks").get<bool>();
  corpus.seed = options_.at("seed").get<std::uint64_t>();
  return corpus;
}

core::RandomStream Planner::stream(const std::string& who, std::string_view purpose) const {
  return core::RandomStream::derive(core::Seed{options_.at("seed").get<std::uint64_t>()}, core::FoldId(layout_ + "/" + who), purpose);
}

std::int64_t Planner::draw(const std::string& who, std::string_view purpose, std::int64_t low, std::int64_t high) const {
  return low + static_cast<std::int64_t>(stream(who, purpose).below(static_cast<std::uint64_t>(high - low + 1)));
}

std::vector<int> Planner::people(const std::vector<int>& released, const std::vector<int>& wanted) const {
  std::vector<int> out(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(std::min(wanted.size(), subjects_)));
  std::vector<int> rest;
  for (const int one : released) {
    if (std::find(wanted.begin(), wanted.end(), one) == wanted.end()) rest.push_back(one);
  }
  const std::size_t further = subjects_ - out.size();
  for (std::size_t i = 0; i < further; ++i) out.push_back(rest[i * rest.size() / further]);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<Expression> Planner::expressions(const std::vector<Expression>& table, std::size_t count) const {
  std::vector<Expression> order = table;
  core::RandomStream drawn = stream("corpus", "expressions");
  drawn.shuffle(std::span(order));
  std::vector<Expression> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(order[i % order.size()]);
  drawn.shuffle(std::span(out));
  return out;
}

Span Planner::span(const std::string& who, std::int64_t onset, std::int64_t shortest, std::int64_t longest) const {
  constexpr std::int64_t kLeast = 7;
  std::int64_t length = draw(who, "length", shortest, longest);
  if (longest > max_frames_) length = std::llround(static_cast<double>(length * max_frames_) / static_cast<double>(longest));
  length = std::max(kLeast, length);
  const std::int64_t steps = length - 1;
  return {.onset = onset, .apex = onset + draw(who, "apex", (2 * steps + 4) / 5, 3 * steps / 5), .offset = onset + steps};
}

std::vector<std::string> Planner::episodes(const std::string& subject, std::size_t count, const std::set<std::string>& taken) const {
  constexpr std::uint64_t kEpisodes = 19;
  constexpr std::uint64_t kNumbers = 12;
  constexpr double kMarked = 0.28;
  core::RandomStream drawn = stream(subject, "names");
  std::set<std::string> names;
  while (names.size() < count) {
    const std::uint64_t episode = 1 + drawn.below(kEpisodes);
    const std::uint64_t one = 1 + drawn.below(kNumbers);
    std::string name = fmt::format("EP{:02}_{:02}{}", episode, one, drawn.uniform() < kMarked ? "f" : "");
    if (!taken.contains(name)) names.insert(std::move(name));
  }
  return {names.begin(), names.end()};
}

data::Movement movement(const std::string& clip, const Expression& expression, const Span& span) {
  return {.clip = clip,
          .label = std::string(expression.label),
          .action_units = std::string(expression.action_units),
          .onset = span.onset,
          .apex = span.apex,
          .offset = span.offset};
}

data::WrittenCell typed(std::string_view text) {
  if (const auto value = core::parse_int(text)) return number(*value);
  return std::string(text);
}

data::WrittenCell number(std::int64_t value) { return static_cast<double>(value); }

int objective_class_of(std::string_view action_units) {
  const auto units = data::parse_action_units(action_units);
  assert(units);
  return data::objective_class(*units);
}

void add_clutter(Lookalike& corpus, const std::string& folder) {
  corpus.files.push_back({.path = folder + "/Thumbs.db", .content = std::string("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8)});
  corpus.files.push_back({.path = folder + "/.DS_Store", .content = std::string("\0\0\0\1Bud1", 8)});
}

void add_lock_file(Lookalike& corpus, const std::string& folder, const std::string& sheet) {
  constexpr std::size_t kBytes = 165;
  std::string content(kBytes, ' ');
  content.front() = '\4';  // length of the user's name, blanks here
  corpus.files.push_back({.path = fmt::format("{}{}~${}", folder, folder.empty() ? "" : "/", sheet), .content = std::move(content)});
}

}  // namespace mexbench::datasets::lookalike
