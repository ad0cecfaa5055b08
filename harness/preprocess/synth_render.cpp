#include "harness/preprocess/synth_render.h"

#include <fmt/format.h>

#include <cmath>
#include <mutex>
#include <numbers>

#include "harness/core/files.h"
#include "harness/preprocess/corpus_folder.h"
#include "harness/preprocess/synth_face.h"

namespace mexbench::preprocess {
namespace fs = std::filesystem;
namespace {

using core::RandomStream;
using data::SynthClip;
using data::SynthOptions;

constexpr std::size_t kClasses = 3;
constexpr std::array<double, kClasses> kClassShares = {0.40, 0.32, 0.28};
constexpr double kUnit = 0.01;          // one unit of motion, as a share of the frame's side
constexpr double kClassMotion = 0.8;    // units, at intensity 1
constexpr double kPrivateMotion = 1.1;  // units, at intensity 1 and idiosyncrasy 1
constexpr double kHabitMotion = 0.9;    // units, at idiosyncrasy 1
constexpr double kIdleMotion = 1.0;     // units
constexpr double kNoise = 1.5;          // grey levels, at noise 1

// One push of an action unit; `move` in units of motion.
struct Push {
  Landmark where;
  Point move;
  double radius;
};
using ActionUnit = std::vector<Push>;

// The action units of each class, in the order of synth_label_map().
const std::array<std::vector<ActionUnit>, kClasses>& class_motion() {
  using L = Landmark;
  static const std::array<std::vector<ActionUnit>, kClasses> kMotion = {{
      {// 4: brows down and together
       {{L::kBrowInnerL, {0.5, 1.0}, 0.07},
        {L::kBrowInnerR, {-0.5, 1.0}, 0.07},
        {L::kBrowOuterL, {0.2, 0.4}, 0.07},
        {L::kBrowOuterR, {-0.2, 0.4}, 0.07}},
       // 15: corners of the lips down
       {{L::kMouthL, {0.0, 0.9}, 0.06}, {L::kMouthR, {0.0, 0.9}, 0.06}}},
      {// 12: corners of the lips out and up
       {{L::kMouthL, {-0.8, -0.7}, 0.07}, {L::kMouthR, {0.8, -0.7}, 0.07}},
       // 6: cheeks up
       {{L::kCheekL, {0.0, -0.8}, 0.08}, {L::kCheekR, {0.0, -0.8}, 0.08}}},
      {// 1 and 2: inner and outer brows up
       {{L::kBrowInnerL, {0.0, -1.0}, 0.07}, {L::kBrowInnerR, {0.0, -1.0}, 0.07}},
       {{L::kBrowOuterL, {0.0, -0.9}, 0.07}, {L::kBrowOuterR, {0.0, -0.9}, 0.07}},
       // 26: jaw down
       {{L::kLowerLip, {0.0, 0.6}, 0.07}, {L::kChin, {0.0, 1.0}, 0.09}}},
  }};
  return kMotion;
}

std::string subject_name(std::int64_t index) { return fmt::format("s{:02}", index + 1); }
std::string clip_name(std::int64_t index) { return fmt::format("c{:02}", index + 1); }

// A stream of its own for each purpose: one knob never shifts the numbers another one draws.
RandomStream stream_of(const SynthOptions& options, const std::string& who, std::string_view purpose) {
  return RandomStream::derive(core::Seed{static_cast<std::uint64_t>(options.seed)}, core::FoldId(who), purpose);
}

struct PlannedClip {
  std::size_t subject = 0;
  std::size_t shown = 0;  // class whose motion is drawn
  SynthClip annotation;
};

std::vector<PlannedClip> plan(const SynthOptions& options) {
  std::vector<PlannedClip> clips;
  const auto labels = data::synth_label_map().classes;
  for (std::int64_t s = 0; s < options.subjects; ++s) {
    const std::string subject = subject_name(s);
    const std::int64_t half = options.clips_per_subject / 2;
    const auto count = options.clips_per_subject - half +
                       static_cast<std::int64_t>(stream_of(options, subject, "clips").below(static_cast<std::uint64_t>(2 * half + 1)));
    for (std::int64_t c = 0; c < count; ++c) {
      PlannedClip clip;
      clip.subject = static_cast<std::size_t>(s);
      clip.annotation.subject = subject;
      clip.annotation.clip = clip_name(c);
      const std::string who = subject + "/" + clip.annotation.clip;
      double draw = stream_of(options, who, "class").uniform();
      while (clip.shown + 1 < kClasses && draw >= kClassShares[clip.shown]) draw -= kClassShares[clip.shown++];
      clip.annotation.label = labels[clip.shown];
      // The apex lies in the middle third or so.
      const auto last = static_cast<double>(options.frames - 1);
      const auto earliest = static_cast<std::int64_t>(std::ceil(0.35 * last));
      const auto latest = std::max(earliest, static_cast<std::int64_t>(std::floor(0.65 * last)));
      clip.annotation.onset = 1;
      clip.annotation.apex =
          1 + earliest +
          static_cast<std::int64_t>(stream_of(options, who, "apex").below(static_cast<std::uint64_t>(latest - earliest + 1)));
      clip.annotation.offset = options.frames;
      clips.push_back(std::move(clip));
    }
  }
  if (options.permute_labels) {
    std::vector<std::string> shuffled;
    for (const PlannedClip& clip : clips) shuffled.push_back(clip.annotation.label);
    RandomStream stream = stream_of(options, "corpus", "permute");
    stream.shuffle(std::span(shuffled));
    for (std::size_t i = 0; i < clips.size(); ++i) clips[i].annotation.label = shuffled[i];
  }
  return clips;
}

struct Subject {
  Face face;
  double asymmetry = 0.0;  // left side 1 + a, right side 1 - a
  std::vector<Bump> habit;
  std::array<std::vector<Bump>, kClasses> private_way;  // of showing each class
};

// `count` pushes at random landmarks in random directions, each of length `motion` units on average.
std::vector<Bump> random_bumps(const Face& face, int count, double motion, RandomStream& stream) {
  std::vector<Bump> bumps;
  for (int i = 0; i < count; ++i) {
    const std::size_t where = stream.below(kLandmarks);
    const double angle = stream.uniform(0.0, 2.0 * std::numbers::pi);
    const double length = kUnit * motion * stream.uniform(0.5, 1.5);
    const double radius = stream.uniform(0.05, 0.09);
    bumps.push_back({.centre = face.landmarks[where], .move = {length * std::cos(angle), length * std::sin(angle)}, .radius = radius});
  }
  return bumps;
}

Subject make_subject(const SynthOptions& options, std::size_t index) {
  const std::string name = subject_name(static_cast<std::int64_t>(index));
  Subject subject;
  RandomStream appearance = stream_of(options, name, "appearance");
  subject.face = draw_face(static_cast<int>(options.size), appearance);
  RandomStream habits = stream_of(options, name, "habits");
  subject.asymmetry = std::clamp(0.3 * options.idiosyncrasy * habits.normal(), -0.9, 0.9);
  subject.habit = random_bumps(subject.face, 3, kHabitMotion * options.idiosyncrasy, habits);
  for (auto& way : subject.private_way) way = random_bumps(subject.face, 3, kPrivateMotion * options.idiosyncrasy, habits);
  return subject;
}

void append_scaled(std::vector<Bump>& to, const std::vector<Bump>& bumps, double factor) {
  for (Bump bump : bumps) {
    bump.move = {bump.move.x * factor, bump.move.y * factor};
    to.push_back(bump);
  }
}

double log_normal(RandomStream& stream, double spread) { return std::exp(spread * stream.normal()); }

// Every class draws as many numbers from the stream, so what follows does not depend on the class either.
MotionField clip_motion(const SynthOptions& options, const Subject& subject, const PlannedClip& clip, RandomStream& stream) {
  std::vector<Bump> bumps;
  const double amplitude = options.intensity * log_normal(stream, 0.3);
  std::array<double, 3> weights{};
  for (double& weight : weights) weight = stream.uniform(0.1, 1.2);
  const auto& units = class_motion()[clip.shown];
  for (std::size_t u = 0; u < units.size(); ++u) {
    for (const Push& push : units[u]) {
      const Point centre = subject.face.at(push.where);
      const double side = centre.x < 0.48 ? 1.0 : centre.x > 0.52 ? -1.0 : 0.0;
      const double length = kUnit * kClassMotion * amplitude * weights[u] * (1.0 + side * subject.asymmetry);
      bumps.push_back({.centre = centre, .move = {length * push.move.x, length * push.move.y}, .radius = push.radius});
    }
  }
  append_scaled(bumps, subject.private_way[clip.shown], amplitude);
  append_scaled(bumps, subject.habit, log_normal(stream, 0.3));
  append_scaled(bumps, random_bumps(subject.face, 2, kIdleMotion, stream), 1.0);
  return rasterise(bumps, static_cast<int>(options.size));
}

// 0 at onset, 1 at apex, 0 at offset.
double course(const SynthClip& clip, std::int64_t frame) {
  const auto whole = static_cast<double>(frame <= clip.apex ? clip.apex - clip.onset : clip.offset - clip.apex);
  const auto part = static_cast<double>(frame <= clip.apex ? frame - clip.onset : clip.offset - frame);
  return 0.5 - 0.5 * std::cos(std::numbers::pi * part / whole);
}

core::Status render_clip(const SynthOptions& options, const Subject& subject, const PlannedClip& clip, const fs::path& root) {
  const SynthClip& row = clip.annotation;
  const std::string who = row.subject + "/" + row.clip;
  const fs::path folder = root / row.subject / row.clip;
  MEXBENCH_TRY(make_folders(folder));
  RandomStream motion_stream = stream_of(options, who, "motion");
  const MotionField motion = clip_motion(options, subject, clip, motion_stream);
  RandomStream head = stream_of(options, who, "head");
  const Point drift = {0.0025 * head.normal(), 0.0025 * head.normal()};
  const double turn = 0.003 * head.normal();
  const double light = 0.01 * head.normal();
  RandomStream noise = stream_of(options, who, "noise");
  for (std::int64_t frame = row.onset; frame <= row.offset; ++frame) {
    const double along = static_cast<double>(frame - row.onset) / static_cast<double>(row.offset - row.onset);
    const Viewing viewing{.course = course(row, frame),
                          .shift = {drift.x * along, drift.y * along},
                          .turn = turn * along,
                          .gain = 1.0 + light * along,
                          .noise = kNoise * options.noise};
    const std::vector<std::uint8_t> pixels = draw_frame(subject.face, motion, viewing, noise);
    MEXBENCH_TRY(write_frame(folder / fmt::format("img{}.png", frame),
                             {.pixels = pixels, .width = motion.side, .height = motion.side, .channels = 1}));
  }
  return {};
}

core::Status render_all(const SynthOptions& options, const fs::path& folder, const Progress& progress, int threads) {
  const std::vector<PlannedClip> clips = plan(options);
  std::vector<std::size_t> first;  // clips of one subject stand together; the subject is the unit of work
  for (std::size_t i = 0; i < clips.size(); ++i) {
    if (i == 0 || clips[i].subject != clips[i - 1].subject) first.push_back(i);
  }
  first.push_back(clips.size());

  std::mutex telling;
  std::size_t done = 0;
  core::Status drawn = in_parallel(first.size() - 1, threads, [&](std::size_t s) -> core::Status {
    const Subject subject = make_subject(options, clips[first[s]].subject);
    for (std::size_t i = first[s]; i < first[s + 1]; ++i) {
      MEXBENCH_TRY(render_clip(options, subject, clips[i], folder));
      const std::lock_guard<std::mutex> lock(telling);
      ++done;
      if (progress) progress(done, clips.size());
    }
    return {};
  });
  if (!drawn) return drawn;

  std::vector<SynthClip> rows;
  for (const PlannedClip& clip : clips) rows.push_back(clip.annotation);
  const std::string annotations = data::synth_annotations_csv(rows);
  MEXBENCH_TRY(core::write_file_durable(folder / "annotations.csv", annotations, "synth.annotations"));
  return core::write_file_durable(folder / "synth.json", data::synth_json(options, annotations), "synth.json");
}

}  // namespace

core::Status render_synth(const SynthOptions& options, const fs::path& root, const Progress& progress, int threads) {
  return publish_corpus(
      root, [&](const fs::path& folder) { return data::synth_is_rendered(options, folder); },
      [&](const fs::path& folder) { return render_all(options, folder, progress, threads); });
}

}  // namespace mexbench::preprocess
