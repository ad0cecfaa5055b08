#include "datasets/frames/frame_corpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <system_error>

#include "datasets/frame_options.h"
#include "datasets/frames/frame_folder.h"
#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "harness/core/text.h"
#include "harness/data/image_file.h"

namespace mexbench::datasets::frames {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

constexpr std::uint64_t kMostFrameBytes = std::uint64_t{1} << 26U;

class Builder {
 public:
  explicit Builder(const FrameCorpus& corpus) : corpus_(corpus) {
    out_.adapter = corpus.adapter;
    out_.root = corpus.root;
    out_.label_map = corpus.labels.map;
    out_.input = corpus.input;
    out_.notes = corpus.notes;
  }

  core::Result<data::Manifest> build() {
    for (const DescribedClip& clip : corpus_.clips) add(clip);
    tell_folders_without_row();
    if (!problems_.empty()) return Error(ErrorCode::kData, std::move(problems_));
    if (excluded_ > 0) {
      out_.notes.push_back(fmt::format("{} of {} clips are of no class of label map '{}', or left out by it", excluded_,
                                       corpus_.clips.size(), out_.label_map.id));
    }
    for (const auto& [what, clips] : told_) {
      warn(fmt::format("{}: {}", what, core::join(clips, ", ")));
    }
    out_.notes.push_back(fmt::format("apex: {}", apex_in_words()));
    MEXBENCH_TRY(data::check_manifest(out_));
    return std::move(out_);
  }

 private:
  void problem(const DescribedClip& clip, std::string message, std::string hint = "") {
    core::Diagnostic one;
    one.where = clip.where;
    one.message = fmt::format("{}clip {}: {}", clip.place.empty() ? "" : clip.place + ", ", clip.key(), message);
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

  [[nodiscard]] bool wants_apex() const { return volume_of(corpus_.options) == 0; }
  [[nodiscard]] std::string option(const char* name) const { return corpus_.options.at(name).get<std::string>(); }

  void add(const DescribedClip& clip) {
    described_.insert(clip.folder);
    const auto label = out_.label_map.index_of_native(clip.label);
    if (!label && !corpus_.labels.no_class.contains(clip.label)) return unknown_label(clip);
    if (!label || corpus_.labels.excluded.contains(clip.key())) {
      ++excluded_;
      return;
    }
    const auto [other, added] = key_of_folder_.try_emplace(clip.folder, clip.key());
    if (!added) return problem(clip, fmt::format("its frames are those of clip {} already", other->second), "keep the row of the release");
    const auto folder = read_frame_folder(corpus_.root / clip.folder);
    if (!folder) {
      problem(clip, fmt::format("its frames can't be had: {}", folder.error().message()),
              fmt::format("{} is wanted", (corpus_.root / clip.folder).string()));
      return;
    }
    data::FrameSpan span{.onset = clip.onset.value_or(folder->first()),
                         .apex = {},
                         .offset = clip.offset.value_or(folder->last()),
                         .apex_source = data::ApexSource::kNone};
    if (!check_span(clip, *folder, span)) return;
    if (wants_apex() && !choose_apex(clip, *folder, span)) return;
    ++sources_[span.apex_source];
    data::Clip made;
    made.dataset = core::DatasetId(corpus_.dataset);
    made.subject = core::make_subject_id(made.dataset, clip.subject);
    made.name = clip.name;
    made.id = core::make_clip_id(made.subject, clip.name);
    made.truth = data::Truth::one_class(*label);
    made.frames = span;
    for (const auto& [role, number] : frames_of_input(corpus_.options, *span.onset, span.apex.value_or(*span.onset), *span.offset)) {
      auto file = digest(clip, *folder, role, number);
      if (file) {
        made.files.push_back(std::move(file).value());
      } else {
        problem(file.error());
      }
    }
    out_.clips.push_back(std::move(made));
  }

  void unknown_label(const DescribedClip& clip) {
    std::vector<std::string> known(corpus_.labels.no_class.begin(), corpus_.labels.no_class.end());
    for (const auto& [native, name] : out_.label_map.rules) known.push_back(native);
    std::sort(known.begin(), known.end());
    const auto near = core::closest(clip.label, known);
    problem(clip, fmt::format("its label is '{}', which the release has not", clip.label),
            near ? fmt::format("did you mean '{}'?", *near) : fmt::format("there are {}", core::quoted_list(known, "and")));
  }

  // Onset and offset in order and on disk, and every frame between them.
  bool check_span(const DescribedClip& clip, const FrameFolder& folder, const data::FrameSpan& span) {
    if (*span.offset < *span.onset) {
      problem(clip, fmt::format("offset {} is before onset {}", *span.offset, *span.onset));
      return false;
    }
    const std::string has = fmt::format("its folder has {} frames, {} to {}", folder.names.size(), folder.first(), folder.last());
    for (const auto& [name, number] : {std::pair("onset", *span.onset), std::pair("offset", *span.offset)}) {
      if (folder.names.contains(number)) continue;
      problem(clip, fmt::format("{} frame {} is not on disk", name, number), has + "; is the sheet of another release?");
      return false;
    }
    const auto missing = folder.missing(*span.onset, *span.offset);
    if (missing.empty()) return true;
    problem(clip,
            fmt::format("{} {} between onset {} and offset {} {} not on disk", missing.size() == 1 ? "frame" : "frames", in_words(missing),
                        *span.onset, *span.offset, missing.size() == 1 ? "is" : "are"),
            "unpack the clip again");
    return false;
  }

  // False: the clip is dropped, or is a problem.
  bool choose_apex(const DescribedClip& clip, const FrameFolder& folder, data::FrameSpan& span) {
    const std::int64_t middle = (*span.onset + *span.offset) / 2;
    if (option("apex") == "midpoint") return use_apex(span, middle, data::ApexSource::kMidpoint);
    const bool outside = clip.apex && (*clip.apex < *span.onset || *clip.apex > *span.offset);
    if (clip.apex && !outside) {
      if (*clip.apex == *span.onset) told_["apex is the onset frame, so nothing moves"].push_back(clip.key());
      return use_apex(span, *clip.apex, data::ApexSource::kAnnotated);
    }
    const std::string rule = clip.apex ? "apex-outside" : "apex-missing";
    const std::string what = clip.apex ? fmt::format("apex {} lies outside onset {} to offset {}", *clip.apex, *span.onset, *span.offset)
                                       : std::string("has no apex");
    const std::string policy = option("apex_policy");
    if (!corpus_.listed.contains({clip.key(), rule})) {
      problem(clip, what, "the release has no such clip: is the sheet changed? 'apex: midpoint' needs no apexes");
      return false;
    }
    if (policy == "fail") {
      problem(clip, what,
              fmt::format("known of this release: choose 'apex_policy: drop' or 'midpoint'{}",
                          clip.apex && folder.names.contains(*clip.apex) ? ", or 'keep', since the frame is on disk" : ""));
      return false;
    }
    if (policy == "drop") {
      told_["dropped, apex not usable (apex_policy: drop)"].push_back(clip.key());
      return false;
    }
    if (policy == "keep") {
      if (!clip.apex || !folder.names.contains(*clip.apex)) {
        problem(clip, what, "there is nothing to keep: choose 'apex_policy: drop' or 'midpoint'");
        return false;
      }
      told_["apex outside onset..offset is kept (apex_policy: keep)"].push_back(clip.key());
      return use_apex(span, *clip.apex, data::ApexSource::kAnnotated);
    }
    told_["apex not usable, the middle frame is taken (apex_policy: midpoint)"].push_back(clip.key());
    return use_apex(span, middle, data::ApexSource::kMidpoint);
  }

  static bool use_apex(data::FrameSpan& span, std::int64_t apex, data::ApexSource source) {
    span.apex = apex;
    span.apex_source = source;
    return true;
  }

  core::Result<data::MediaFile> digest(const DescribedClip& clip, const FrameFolder& folder, const std::string& role, std::int64_t number) {
    const std::string& name = folder.names.at(number);
    const fs::path path = folder.folder / name;
    std::error_code none;
    if (!fs::is_regular_file(path, none)) return Error::in_file(ErrorCode::kData, path.string(), "is no file, an image is wanted");
    MEXBENCH_ASSIGN(const std::string content, core::read_file(path, kMostFrameBytes));
    MEXBENCH_ASSIGN([[maybe_unused]] const data::ImageHeader header, data::inspect_image(content, path.string()));
    return data::MediaFile{.role = role, .path = clip.folder + "/" + name, .sha256 = core::sha256_hex(content)};
  }

  // Frames without a row: the release has one such clip, and a wrong sheet has many.
  void tell_folders_without_row() {
    std::vector<std::string> without;
    for (const std::string& folder : corpus_.folders) {
      if (!described_.contains(folder)) without.push_back(folder);
    }
    if (without.empty()) return;
    constexpr std::size_t kMost = 5;
    const std::size_t all = without.size();
    without.resize(std::min(kMost, all));
    warn(fmt::format("{} clip {} no row in the sheet: {}{}", all, all == 1 ? "folder has" : "folders have", core::join(without, ", "),
                     all > kMost ? fmt::format(" and {} more", all - kMost) : ""));
  }

  std::string apex_in_words() const {
    if (!wants_apex()) return "not used, the frames are those from onset to offset";
    std::vector<std::string> parts;
    for (const auto& [source, count] : sources_) parts.push_back(fmt::format("{} for {} clips", data::to_string(source), count));
    return core::join(parts, ", ");
  }

  const FrameCorpus& corpus_;
  data::Manifest out_;
  std::vector<core::Diagnostic> problems_;
  std::map<std::string, std::vector<std::string>> told_;  // what -> clips
  std::map<data::ApexSource, std::size_t> sources_;
  std::set<std::string> described_;
  std::map<std::string, std::string> key_of_folder_;
  std::size_t excluded_ = 0;
};

}  // namespace

std::vector<OptionDef> frame_options(bool annotated) {
  std::vector<OptionDef> out;
  if (annotated) {
    out.push_back(
        choice_option("apex", {"annotated", "midpoint"}, "frame the flow leads to: the sheet's apex, or the middle of onset and offset"));
    out.push_back(choice_option("apex_policy", {"fail", "drop", "midpoint", "keep"},
                                "what becomes of the clips whose annotated apex is known to be missing or outside onset..offset"));
  } else {
    out.push_back(
        choice_option("apex", {"none", "midpoint"}, "frame the flow leads to: the release has no apexes, so flow needs 'midpoint'"));
  }
  for (OptionDef& option : input_options()) out.push_back(std::move(option));
  return out;
}

core::Status check_frame_options(const json& options, std::string_view title) {
  MEXBENCH_TRY(check_input_options(options));
  if (volume_of(options) > 0 || options.at("apex") != "none") return {};
  return Error(ErrorCode::kUsage, fmt::format("{} has no annotated apex, and optical flow needs one", title))
      .hint("add 'apex: midpoint', or 'volume' for frames instead of flow");
}

core::Result<data::Manifest> build_manifest(const FrameCorpus& corpus) { return Builder(corpus).build(); }

}  // namespace mexbench::datasets::frames
