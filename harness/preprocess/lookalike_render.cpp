#include "harness/preprocess/lookalike_render.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/files.h"
#include "harness/preprocess/action_units.h"
#include "harness/preprocess/actor.h"
#include "harness/preprocess/corpus_folder.h"

namespace mexbench::preprocess {
namespace fs = std::filesystem;
namespace {

using core::RandomStream;
using data::Footage;
using data::Lookalike;
using data::Movement;

constexpr double kStrength = 1.2;      // of a movement at intensity 1
constexpr double kNoise = 1.5;         // grey levels, at noise 1
constexpr double kDrift = 0.004;       // of the head over the footage, in units of the face's side
constexpr double kSway = 0.002;        // likewise
constexpr double kTurn = 0.004;        // radians
constexpr double kLight = 0.015;       // share of the light, over the footage
constexpr double kBlinkSeconds = 0.2;  // Stern, Walrath, Goldstein: The endogenous eyeblink. Psychophysiology 21, 1984
constexpr double kBlinkShare = 0.4;    // of footage with a blink, and one more for each kBlinkFrames frames
constexpr std::int64_t kBlinkFrames = 120;
// Of the grey level, in blue, green, red: the tint of skin, which turns back into about the same grey level.
constexpr std::array<double, 3> kTint = {0.78, 0.97, 1.16};

RandomStream stream_of(const Lookalike& corpus, const std::string& who, std::string_view purpose) {
  return RandomStream::derive(core::Seed{corpus.seed}, core::FoldId(who), purpose);
}

core::Result<Actor> make_actor(const Lookalike& corpus, const Footage& footage) {
  RandomStream appearance = stream_of(corpus, footage.subject, "appearance");
  Face face = draw_face(corpus.height, appearance);
  RandomStream habits = stream_of(corpus, footage.subject, "asymmetry");
  const double asymmetry = std::clamp(0.15 * habits.normal(), -0.4, 0.4);
  std::vector<std::vector<Bump>> movements;
  for (const Movement& movement : footage.movements) {
    RandomStream weights = stream_of(corpus, data::flow_path(footage, movement), "weights");
    MEXBENCH_ASSIGN(const std::vector<data::ActionUnit> units, data::parse_action_units(movement.action_units));
    std::vector<Bump> bumps;
    for (const data::ActionUnit& unit : units) {
      const double strength = kStrength * corpus.intensity * movement.strength * weights.uniform(0.7, 1.2);
      MEXBENCH_ASSIGN(const std::vector<Bump> pushes, unit_bumps(face, unit, strength, asymmetry));
      bumps.insert(bumps.end(), pushes.begin(), pushes.end());
    }
    movements.push_back(std::move(bumps));
  }
  return Actor(std::move(face), {.width = corpus.width, .height = corpus.height}, std::move(movements));
}

// 0 up to the onset, 1 at the apex, 0 from the offset on.
double course(const Movement& movement, std::int64_t frame) {
  if (frame <= movement.onset || frame >= movement.offset) return 0.0;
  const bool rising = frame <= movement.apex;
  const auto whole = static_cast<double>(rising ? movement.apex - movement.onset : movement.offset - movement.apex);
  const auto part = static_cast<double>(rising ? frame - movement.onset : movement.offset - frame);
  return 0.5 - 0.5 * std::cos(std::numbers::pi * part / whole);
}

struct Blink {
  std::int64_t first = 0;
  std::int64_t length = 0;
};

// A slow swing that begins at 0.
class Swing {
 public:
  Swing(double size, RandomStream& stream)
      : size_(size * stream.normal()), turns_(stream.uniform(0.4, 1.2)), phase_(stream.uniform(0.0, 2.0 * std::numbers::pi)) {}
  // `along` the footage: 0 to 1.
  [[nodiscard]] double at(double along) const {
    return size_ * (std::sin(2.0 * std::numbers::pi * turns_ * along + phase_) - std::sin(phase_));
  }

 private:
  double size_, turns_, phase_;
};

// The poses of one folder of frames.
class Take {
 public:
  Take(const Lookalike& corpus, const Footage& footage) : footage_(footage) {
    const double size = corpus.head_motion;
    RandomStream head = stream_of(corpus, footage.folder, "head");
    drift_ = {size * kDrift * head.normal(), size * kDrift * head.normal()};
    turn_ = size * kTurn * head.normal();
    sway_.emplace_back(size * kSway, head);
    sway_.emplace_back(size * kSway, head);
    RandomStream light = stream_of(corpus, footage.folder, "light");
    light_ = corpus.illumination * kLight * light.normal();
    sway_.emplace_back(corpus.illumination * 0.3 * kLight, light);
    if (corpus.blinks) plan_blinks(corpus);
  }

  [[nodiscard]] Pose at(std::int64_t frame) const {
    const double whole = static_cast<double>(std::max<std::int64_t>(1, footage_.last - footage_.first));
    const double along = static_cast<double>(frame - footage_.first) / whole;
    Pose pose;
    for (const Movement& movement : footage_.movements) pose.courses.push_back(course(movement, frame));
    pose.shift = {drift_.x * along + sway_[0].at(along), drift_.y * along + sway_[1].at(along)};
    pose.turn = turn_ * along;
    pose.gain = 1.0 + light_ * along + sway_[2].at(along);
    for (const Blink& blink : blinks_) {
      if (frame < blink.first || frame >= blink.first + blink.length) continue;
      const double part = static_cast<double>(frame - blink.first + 1) / static_cast<double>(blink.length + 1);
      pose.lids = std::max(pose.lids, std::sin(std::numbers::pi * part));
    }
    return pose;
  }

 private:
  void plan_blinks(const Lookalike& corpus) {
    RandomStream stream = stream_of(corpus, footage_.folder, "blinks");
    const std::int64_t frames = footage_.last - footage_.first + 1;
    const std::int64_t count = frames / kBlinkFrames + (stream.uniform() < kBlinkShare ? 1 : 0);
    const auto length = std::clamp<std::int64_t>(std::llround(kBlinkSeconds * corpus.fps), 3, std::max<std::int64_t>(3, frames / 4));
    constexpr int kMostTries = 30;
    for (std::int64_t i = 0; i < count; ++i) {
      for (int tries = 0; tries < kMostTries && frames > length; ++tries) {
        const Blink blink{.first = footage_.first + static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(frames - length))),
                          .length = length};
        if (covers_a_landmark(blink)) continue;
        blinks_.push_back(blink);
        break;
      }
    }
  }
  // Motion fields lead from onset to apex, where eyes must be open.
  [[nodiscard]] bool covers_a_landmark(const Blink& blink) const {
    const auto in = [&](std::int64_t frame) { return frame >= blink.first && frame < blink.first + blink.length; };
    return std::any_of(footage_.movements.begin(), footage_.movements.end(),
                       [&](const Movement& one) { return in(one.onset) || in(one.apex); });
  }

  const Footage& footage_;
  Point drift_;
  double turn_ = 0.0;
  double light_ = 0.0;
  std::vector<Swing> sway_;  // to the right, downwards, of the light
  std::vector<Blink> blinks_;
};

std::vector<std::uint8_t> tinted(const std::vector<std::uint8_t>& grey) {
  std::vector<std::uint8_t> out;
  out.reserve(3 * grey.size());
  for (const std::uint8_t level : grey) {
    for (const double share : kTint) out.push_back(static_cast<std::uint8_t>(std::min(255L, std::lround(share * level))));
  }
  return out;
}

core::Status render_footage(const Lookalike& corpus, const Footage& footage, const fs::path& root) {
  MEXBENCH_TRY(make_folders(root / footage.folder));
  MEXBENCH_ASSIGN(const Actor actor, make_actor(corpus, footage));
  const Take take(corpus, footage);
  RandomStream noise = stream_of(corpus, footage.folder, "noise");
  for (std::int64_t frame = footage.first; frame <= footage.last; ++frame) {
    std::vector<std::uint8_t> pixels = actor.draw(take.at(frame), kNoise * corpus.noise, noise);
    if (corpus.colour) pixels = tinted(pixels);
    const FramePixels image{.pixels = pixels, .width = corpus.width, .height = corpus.height, .channels = corpus.colour ? 3 : 1};
    MEXBENCH_TRY(write_frame(root / footage.folder / footage.frame_name(frame), image, corpus.jpeg_quality));
  }
  for (const Movement& movement : footage.movements) {
    MEXBENCH_ASSIGN(const FlowField field, actor.motion(take.at(movement.onset), take.at(movement.apex)));
    MEXBENCH_TRY(write_bytes(root / data::flow_path(footage, movement), flo_bytes(field)));
  }
  return {};
}

core::Status write_files(const Lookalike& corpus, const fs::path& root) {
  for (const data::PlannedFile& file : corpus.files) {
    const fs::path path = root / file.path;
    MEXBENCH_TRY(make_folders(path.parent_path()));
    if (const auto* bytes = std::get_if<std::string>(&file.content)) {
      MEXBENCH_TRY(write_bytes(path, *bytes));
    } else {
      MEXBENCH_TRY(data::write_xlsx(path, std::get<std::vector<data::WrittenSheet>>(file.content)));
    }
  }
  return {};
}

core::Status render_all(const Lookalike& corpus, const fs::path& folder, const Progress& progress, int threads) {
  MEXBENCH_TRY(data::check_lookalike(corpus));
  MEXBENCH_TRY(make_folders(folder / "truth"));
  std::mutex telling;
  std::size_t done = 0;
  core::Status drawn = in_parallel(corpus.footage.size(), threads, [&](std::size_t i) -> core::Status {
    MEXBENCH_TRY(render_footage(corpus, corpus.footage[i], folder));
    const std::lock_guard<std::mutex> lock(telling);
    ++done;
    if (progress) progress(done, corpus.footage.size());
    return {};
  });
  if (!drawn) return drawn;
  MEXBENCH_TRY(write_files(corpus, folder));
  MEXBENCH_TRY(core::write_file_durable(folder / "truth/truth.csv", data::truth_csv(corpus), "lookalike.truth"));
  return core::write_file_durable(folder / "lookalike.json", data::lookalike_json(corpus), "lookalike.json");
}

}  // namespace

core::Status render_lookalike(const Lookalike& corpus, const fs::path& root, const Progress& progress, int threads) {
  return publish_corpus(
      root, [&](const fs::path& folder) { return data::lookalike_is_rendered(corpus, folder); },
      [&](const fs::path& folder) { return render_all(corpus, folder, progress, threads); });
}

}  // namespace mexbench::preprocess
