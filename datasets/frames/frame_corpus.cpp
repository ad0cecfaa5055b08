#include "datasets/frames/frame_corpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>

#include "datasets/frames/frame_folder.h"
#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "harness/core/text.h"
#include "harness/data/image_file.h"
#include "harness/data/stages.h"

namespace mexbench::datasets::frames {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

constexpr std::uint64_t kMostFrameBytes = std::uint64_t{1} << 26U;
constexpr std::size_t kFew = 5;

std::string few(std::vector<std::string> names) {
  const std::size_t all = names.size();
  names.resize(std::min(kFew, all));
  return core::join(names, ", ") + (all > kFew ? fmt::format(" and {} more", all - kFew) : "");
}

// Adds the clips of one dataset to a manifest.
class Builder {
 public:
  Builder(const FrameCorpus& corpus, const InputPlan& plan, data::Manifest& out) : corpus_(corpus), plan_(plan), out_(out) {}

  // Problems are left for the caller.
  std::vector<core::Diagnostic> build() {
    for (DescribedClip clip : corpus_.clips) add(clip);
    tell_unmapped();
    tell_folders_without_row();
    tell_corrections();
    if (excluded_ > 0) {
      out_.notes.push_back(fmt::format("{} of {} clips of {} are of no class of label map '{}', or left out by it", excluded_,
                                       corpus_.clips.size(), corpus_.dataset, corpus_.labels.map.id));
    }
    for (const auto& [what, clips] : told_) warn(fmt::format("{}: {}", what, core::join(clips, ", ")));
    if (plan_.finds_apex) {
      out_.notes.emplace_back("apex: spotted by a stage");
    } else {
      out_.notes.push_back(fmt::format("apex: {}", apex_in_words()));
    }
    return std::move(problems_);
  }

 private:
  void problem(const DescribedClip& clip, std::string message, std::string hint = "") {
    core::Diagnostic one;
    one.where = clip.where;
    one.message = fmt::format("{}clip {}: {}", clip.place.empty() ? "" : clip.place + ", ", clip.key, message);
    one.hint = std::move(hint);
    problems_.push_back(std::move(one));
  }
  void problem(const Error& error) { problems_.insert(problems_.end(), error.diagnostics().begin(), error.diagnostics().end()); }
  void warn(std::string message) {
    core::Diagnostic one;
    one.severity = core::Severity::kWarning;
    one.where.file = corpus_.root.string();
    one.message = message;
    out_.notes.push_back(std::move(message));
    out_.warnings.push_back(std::move(one));
  }

  void add(DescribedClip& clip) {
    described_.insert(clip.folder);
    correct(clip);
    const auto label = corpus_.labels.map.index_of_native(clip.label);
    if (!label && !corpus_.labels.no_class.contains(clip.label)) return unknown_label(clip);
    if (!label || corpus_.labels.excluded.contains(clip.key)) {
      ++excluded_;
      return;
    }
    if (!corpus_.shared_folders) {
      const auto [other, added] = key_of_folder_.try_emplace(clip.folder, clip.key);
      if (!added)
        return problem(clip, fmt::format("its frames are those of clip {} already", other->second), "keep the row of the release");
    }
    data::Clip made;
    made.dataset = core::DatasetId(corpus_.dataset);
    made.subject = core::make_subject_id(made.dataset, clip.subject);
    made.name = clip.name;
    made.id = core::make_clip_id(made.subject, clip.name);
    made.truth = data::Truth::one_class(*label);
    made.fps = clip.fps;
    const bool filled = clip.first_of_video ? add_video(clip, made) : add_frames(clip, made);
    if (!filled) return;
    ++sources_[made.frames.apex_source];
    out_.clips.push_back(std::move(made));
  }

  void correct(DescribedClip& clip) {
    for (const Correction& one : corpus_.corrections) {
      if (one.clip != clip.key || (one.at && (!clip.onset || *one.at + clip.shift != *clip.onset))) continue;
      const std::optional<std::int64_t> as_given = clip.onset;
      if (one.onset) clip.onset = *one.onset + clip.shift;
      if (one.apex) clip.apex = *one.apex + clip.shift;
      if (one.offset) clip.offset = *one.offset + clip.shift;
      if (one.label) clip.label = *one.label;
      applied_.insert(one.in_words());
      if (one.at && as_given != clip.onset) break;  // its onset is no longer what tells it
    }
  }

  void tell_corrections() {
    for (const Correction& one : corpus_.corrections) {
      const std::string words = one.in_words();
      if (applied_.contains(words)) {
        out_.notes.push_back(words);
      } else {
        warn(words + " was not applied: there is no such clip");
      }
    }
  }

  // The native labels that the label map speaks of.
  [[nodiscard]] std::vector<std::string> known_labels() const {
    std::vector<std::string> known(corpus_.labels.no_class.begin(), corpus_.labels.no_class.end());
    for (const auto& [native, name] : corpus_.labels.map.rules) known.push_back(native);
    std::sort(known.begin(), known.end());
    return known;
  }

  void unknown_label(const DescribedClip& clip) {
    if (clip.label.empty() || corpus_.labels.own) {
      unmapped_[clip.label].push_back(clip);
      return;
    }
    const std::vector<std::string> known = known_labels();
    const auto near = core::closest(clip.label, known);
    problem(clip, fmt::format("its label is '{}', which the release has not", clip.label),
            near ? fmt::format("did you mean '{}'?", *near) : fmt::format("there are {}", core::quoted_list(known, "and")));
  }

  // Once for each label, at its first clip: a map may have forgotten one that hundreds of clips have, and a sheet may lack the column.
  void tell_unmapped() {
    for (const auto& [label, clips] : unmapped_) {
      const std::string what(to_string(corpus_.labels.by));
      const std::size_t more = clips.size() - 1;
      if (label.empty()) {
        problem(clips.front(),
                fmt::format("has no {}{}, and label map '{}' is made of it", what, more == 0 ? "" : fmt::format(", nor have {} more", more),
                            corpus_.labels.map.id),
                "choose another label map, or an edition of the sheet that has the column");
        continue;
      }
      problem(clips.front(),
              fmt::format("its {} is '{}'{}, which label map '{}' neither maps nor drops", what, label,
                          more == 0 ? "" : fmt::format(" (and that of {} more)", more), corpus_.labels.map.id),
              fmt::format("add it to 'rules' or to 'drop'; there are {}", core::quoted_list(known_labels(), "and")));
    }
  }

  bool add_frames(DescribedClip& clip, data::Clip& made) {
    const auto folder = read_frame_folder(corpus_.root / clip.folder);
    if (!folder) {
      problem(clip, fmt::format("its frames can't be had: {}", folder.error().message()),
              fmt::format("{} is wanted", (corpus_.root / clip.folder).string()));
      return false;
    }
    if (clip.whole_folder) {
      clip.onset = clip.onset.value_or(folder->first());
      clip.offset = clip.offset.value_or(folder->last());
    }
    if (!order_is_plain(clip)) return false;
    if (corpus_.policy.rebased && !rebase(clip, *folder)) return false;
    made.frames = {.onset = clip.onset, .apex = {}, .offset = clip.offset, .apex_source = data::ApexSource::kNone};
    if (!is_on_disk(clip, *folder)) return false;
    if (!choose_apex(clip, &*folder, made.frames)) return false;
    for (const auto& [role, number] : frames_of_input(plan_, made.frames)) {
      auto file = digest(corpus_.root / clip.folder / folder->names.at(number), role, /*image=*/true);
      if (file) {
        made.files.push_back(std::move(file).value());
      } else {
        problem(file.error());
      }
    }
    return true;
  }

  bool add_video(const DescribedClip& clip, data::Clip& made) {
    if (plan_.recipe.recipe != "stages") {
      problem(clip, "is a video, and only stages read videos", "list stages in 'preprocess'");
      return false;
    }
    if (!order_is_plain(clip)) return false;
    made.frames = {.onset = clip.onset, .apex = {}, .offset = clip.offset, .apex_source = data::ApexSource::kNone};
    if (!choose_apex(clip, nullptr, made.frames)) return false;
    auto file = digest(corpus_.root / clip.folder, data::video_role(*clip.first_of_video), /*image=*/false);
    if (!file) {
      problem(file.error());
      return false;
    }
    made.files.push_back(std::move(file).value());
    return true;
  }

  // Whether a row that is not plain is known to be so. Told: what it is and what becomes of it.
  void not_plain(const DescribedClip& clip, const std::string& rule, const std::string& what) {
    if (!corpus_.listed.contains(clip.key, rule)) return problem(clip, what, "the release has no such clip: is the sheet changed?");
    if (corpus_.policy.apex_policy == "drop") {
      told_["dropped, frames not usable (apex_policy: drop)"].push_back(clip.key);
      return;
    }
    const bool known =
        std::any_of(corpus_.corrections.begin(), corpus_.corrections.end(), [&](const Correction& one) { return one.clip == clip.key; });
    problem(clip, what,
            fmt::format("known of this release: choose 'apex_policy: drop', or a correction of the clip{}", known ? " that mends it" : ""));
  }

  // Onset and offset are there, and in order.
  bool order_is_plain(const DescribedClip& clip) {
    if (!clip.onset) {
      not_plain(clip, "onset-missing", "has no onset");
      return false;
    }
    if (!clip.offset) {
      not_plain(clip, "offset-missing", "has no offset");
      return false;
    }
    if (*clip.offset < *clip.onset) {
      not_plain(clip, "offset-before-onset", fmt::format("offset {} is before onset {}", *clip.offset, *clip.onset));
      return false;
    }
    return true;
  }

  // The folder's first frame becomes the onset, when it has as many frames as the row.
  bool rebase(DescribedClip& clip, const FrameFolder& folder) {
    const std::int64_t shift = folder.first() - *clip.onset;
    if (shift == 0) return true;
    const std::int64_t frames = *clip.offset - *clip.onset + 1;
    if (static_cast<std::int64_t>(folder.names.size()) != frames) {
      if (folder.names.contains(*clip.onset)) return true;  // not numbered anew
      problem(clip, fmt::format("can't be rebased: its row has {} frames, its folder {}", frames, folder.names.size()),
              "a folder with exactly the frames from onset to offset can");
      return false;
    }
    *clip.onset += shift;
    *clip.offset += shift;
    if (clip.apex) *clip.apex += shift;
    told_["frame numbers moved to those of the folder (frame_numbers: rebased)"].push_back(clip.key);
    return true;
  }

  // Frames that are known to be missing somewhere in the release may be dropped with their clip.
  void not_on_disk(const DescribedClip& clip, std::string what, std::string hint) {
    const bool known = corpus_.listed.contains(clip.key, "frames-missing");
    if (known && corpus_.policy.apex_policy == "drop") {
      told_["dropped, frames not on disk (apex_policy: drop)"].push_back(clip.key);
      return;
    }
    problem(clip, std::move(what), std::move(hint) + (known ? "; known of this release: 'apex_policy: drop' leaves such clips out" : ""));
  }

  // Onset and offset on disk, and every frame between them.
  bool is_on_disk(const DescribedClip& clip, const FrameFolder& folder) {
    const std::string has = fmt::format("its folder has {} frames, {} to {}", folder.names.size(), folder.first(), folder.last());
    for (const auto& [name, number] : {std::pair("onset", *clip.onset), std::pair("offset", *clip.offset)}) {
      if (folder.names.contains(number)) continue;
      const bool same_count = static_cast<std::int64_t>(folder.names.size()) == *clip.offset - *clip.onset + 1;
      not_on_disk(clip, fmt::format("{} frame {} is not on disk", name, number),
                  has + (same_count ? ", as many as the row: if they were numbered anew, set 'frame_numbers: rebased'"
                                    : "; is the sheet of another release?"));
      return false;
    }
    const auto missing = folder.missing(*clip.onset, *clip.offset);
    if (missing.empty()) return true;
    not_on_disk(clip,
                fmt::format("{} {} between onset {} and offset {} {} not on disk", missing.size() == 1 ? "frame" : "frames",
                            in_words(missing), *clip.onset, *clip.offset, missing.size() == 1 ? "is" : "are"),
                "unpack the clip again");
    return false;
  }

  // False: the clip is dropped, or is a problem. `folder`: nothing for a video.
  bool choose_apex(const DescribedClip& clip, const FrameFolder* folder, data::FrameSpan& span) {
    if (plan_.finds_apex) return use_apex(span, std::nullopt, data::ApexSource::kSpotted);
    if (!plan_.needs_apex) return true;
    const std::int64_t middle = (*span.onset + *span.offset) / 2;
    if (corpus_.policy.apex == "midpoint") return use_apex(span, middle, data::ApexSource::kMidpoint);
    const bool outside = clip.apex && (*clip.apex < *span.onset || *clip.apex > *span.offset);
    if (clip.apex && !outside) {
      if (*clip.apex == *span.onset) told_["apex is the onset frame, so nothing moves"].push_back(clip.key);
      return use_apex(span, *clip.apex, data::ApexSource::kAnnotated);
    }
    const std::string rule = clip.apex ? "apex-outside" : "apex-missing";
    const std::string what = clip.apex ? fmt::format("apex {} lies outside onset {} to offset {}", *clip.apex, *span.onset, *span.offset)
                                       : std::string("has no apex");
    const std::string& policy = corpus_.policy.apex_policy;
    const bool there = clip.apex && (folder == nullptr || folder->names.contains(*clip.apex));
    if (!corpus_.listed.contains(clip.key, rule)) {
      problem(clip, what, "the release has no such clip: is the sheet changed? 'apex: midpoint' needs no apexes");
      return false;
    }
    if (policy == "fail") {
      problem(clip, what,
              fmt::format("known of this release: choose 'apex_policy: drop' or 'midpoint'{}",
                          there ? ", or 'keep', since the frame is on disk" : ""));
      return false;
    }
    if (policy == "drop") {
      told_["dropped, apex not usable (apex_policy: drop)"].push_back(clip.key);
      return false;
    }
    if (policy == "keep") {
      if (!there) {
        problem(clip, what, "there is nothing to keep: choose 'apex_policy: drop' or 'midpoint'");
        return false;
      }
      if (plan_.frames == InputPlan::Frames::kSpan) {
        problem(clip, what, "the stages take the frames from onset to offset: choose 'apex_policy: drop' or 'midpoint'");
        return false;
      }
      told_["apex outside onset..offset is kept (apex_policy: keep)"].push_back(clip.key);
      return use_apex(span, *clip.apex, data::ApexSource::kAnnotated);
    }
    told_["apex not usable, the middle frame is taken (apex_policy: midpoint)"].push_back(clip.key);
    return use_apex(span, middle, data::ApexSource::kMidpoint);
  }

  static bool use_apex(data::FrameSpan& span, std::optional<std::int64_t> apex, data::ApexSource source) {
    span.apex = apex;
    span.apex_source = source;
    return true;
  }

  static core::Result<std::string> digest_of_image(const fs::path& path) {
    MEXBENCH_ASSIGN(const std::string content, core::read_file(path, kMostFrameBytes));
    MEXBENCH_ASSIGN([[maybe_unused]] const data::ImageHeader header, data::inspect_image(content, path.string()));
    return core::sha256_hex(content);
  }

  // A video is not looked into: stages decode it.
  core::Result<data::MediaFile> digest(const fs::path& path, const std::string& role, bool image) {
    std::error_code none;
    if (!fs::is_regular_file(path, none)) return Error::in_file(ErrorCode::kData, path.string(), "is no file, an image or video is wanted");
    auto known = digests_.find(path);
    if (known == digests_.end()) {
      MEXBENCH_ASSIGN(std::string sha256, image ? digest_of_image(path) : core::sha256_of_file(path));
      known = digests_.emplace(path, std::move(sha256)).first;
    }
    return data::MediaFile{.role = role, .path = path.lexically_relative(out_.root).generic_string(), .sha256 = known->second};
  }

  // Frames without a row: a row is missing, or the sheet is another's. Those that the card lists are known to have none.
  void tell_folders_without_row() {
    std::vector<std::string> known, missing;
    for (const std::string& folder : corpus_.folders) {
      if (described_.contains(folder)) continue;
      (corpus_.listed.contains(folder, "row-missing") ? known : missing).push_back(folder);
    }
    const auto words = [](const std::vector<std::string>& folders) {
      return fmt::format("{} clip {} no row in the sheet: {}", folders.size(), folders.size() == 1 ? "folder has" : "folders have",
                         few(folders));
    };
    if (!known.empty()) warn(words(known));
    if (missing.empty()) return;
    core::Diagnostic one;
    one.where.file = corpus_.root.string();
    one.message = words(missing);
    one.hint = "take the release's own sheet, or move folders that are not the release's elsewhere";
    problems_.push_back(std::move(one));
  }

  std::string apex_in_words() const {
    if (!plan_.needs_apex) return "not used, the frames are those from onset to offset";
    std::vector<std::string> parts;
    for (const auto& [source, count] : sources_) parts.push_back(fmt::format("{} for {} clips", data::to_string(source), count));
    return core::join(parts, ", ");
  }

  const FrameCorpus& corpus_;
  const InputPlan& plan_;
  data::Manifest& out_;
  std::vector<core::Diagnostic> problems_;
  std::map<std::string, std::vector<std::string>> told_;  // what -> clips
  std::map<data::ApexSource, std::size_t> sources_;
  std::map<fs::path, std::string> digests_;
  std::set<std::string> described_;
  std::set<std::string> applied_;
  std::map<std::string, std::string> key_of_folder_;
  std::map<std::string, std::vector<DescribedClip>> unmapped_;  // label of the experiment's own map -> clips
  std::size_t excluded_ = 0;
};

}  // namespace

std::vector<OptionDef> frame_options(bool annotated, std::string_view dataset) {
  std::vector<OptionDef> out;
  if (annotated) {
    out.push_back(
        choice_option("apex", {"annotated", "midpoint"}, "frame the flow leads to: the sheet's apex, or the middle of onset and offset"));
    out.push_back(choice_option("apex_policy", {"fail", "drop", "midpoint", "keep"},
                                "what becomes of the clips whose annotated frames are known to be missing or out of order"));
  } else {
    out.push_back(
        choice_option("apex", {"none", "midpoint"}, "frame the flow leads to: the release has no apexes, so flow needs 'midpoint'"));
  }
  OptionDef numbers = choice_option("frame_numbers", {"as_released", "rebased"},
                                    "rebased: where a folder holds exactly a clip's frames under other numbers, its first is the onset");
  numbers.since = 2;
  out.push_back(std::move(numbers));
  OptionDef corrections =
      data::list_option("corrections", data::OptionType::kCorrections, "corrections of frames and labels to apply (docs/corpora.md)");
  corrections.since = 2;
  corrections.choices = correction_names(dataset);
  out.push_back(std::move(corrections));
  for (OptionDef& option : input_options()) out.push_back(std::move(option));
  return out;
}

FramePolicy policy_of(const json& options) {
  return {
      .apex = options.at("apex"), .apex_policy = options.value("apex_policy", "fail"), .rebased = options.at("frame_numbers") == "rebased"};
}

core::Result<InputPlan> plan_frames(const json& options, std::string_view title) {
  MEXBENCH_ASSIGN(InputPlan plan, plan_input(options));
  if (plan.finds_apex && options.at("apex") == "midpoint") {
    return Error(ErrorCode::kUsage, "'apex: midpoint' stands beside a stage that looks for the apex").hint("remove one of them");
  }
  if (!plan.needs_apex || plan.finds_apex || options.at("apex") != "none") return plan;
  return Error(ErrorCode::kUsage, fmt::format("{} has no annotated apex, and optical flow needs one", title))
      .hint("add 'apex: midpoint', a stage that looks for it, or 'volume' for frames instead of flow");
}

core::Result<data::Manifest> build_manifest(std::string adapter, const fs::path& root, const InputPlan& plan,
                                            const std::vector<FrameCorpus>& corpora) {
  data::Manifest out;
  out.adapter = std::move(adapter);
  out.root = root;
  out.label_map = corpora.front().labels.map;
  out.input = plan.recipe;
  std::vector<core::Diagnostic> problems;
  for (const FrameCorpus& corpus : corpora) {
    for (const std::string& note : corpus.notes) out.notes.push_back(corpora.size() > 1 ? corpus.dataset + ": " + note : note);
    problems.insert(problems.end(), corpus.problems.begin(), corpus.problems.end());
    std::vector<core::Diagnostic> found = Builder(corpus, plan, out).build();
    problems.insert(problems.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  }
  if (!problems.empty()) return Error(ErrorCode::kData, std::move(problems));
  if (out.clips.empty()) {
    return Error::in_file(ErrorCode::kData, root.string(), fmt::format("no clip is of a class of label map '{}'", out.label_map.id))
        .hint("choose another label map, or another sheet");
  }
  MEXBENCH_TRY(data::check_manifest(out));
  return out;
}

}  // namespace mexbench::datasets::frames
