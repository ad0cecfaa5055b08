#include "datasets/megc2019_flow/sheets.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <set>
#include <string>

#include "datasets/annotations.h"
#include "harness/core/text.h"
#include "harness/data/subject_names.h"

namespace mexbench::datasets::megc2019_flow {
namespace {

using core::Error;
using core::ErrorCode;

struct Corpus {
  std::string_view id;
  double fps;
};
constexpr std::array<Corpus, 3> kCorpora{{{"casme2", 200}, {"samm", 200}, {"smic", 100}}};

// Clips of the first release that the long clips have as second and third movements.
const std::map<std::string, std::vector<std::string>> kFurtherClips = {
    {"s03_ne_02", {"s03_ne_03"}}, {"s04_ne_04", {"s04_ne_05", "s04_ne_06"}}, {"s09_sur_01", {"s09_sur_02"}}};
const std::set<std::string> kLostClips = {"s01_ne_02", "s02_sur_05", "s03_ne_20"};

std::string option_of(std::string_view corpus) { return fmt::format("{}_annotation", corpus); }

std::map<core::ClipId, data::FrameSpan> spans_of(const data::Annotation& sheet, std::string_view corpus) {
  std::map<core::ClipId, data::FrameSpan> out;
  for (const data::AnnotationRow& row : sheet.rows) {
    const core::ClipId id = data::canonical_clip_id(corpus, row.subject, row.clip);
    out[id] = {.onset = row.onset, .apex = row.apex, .offset = row.offset, .apex_source = data::ApexSource::kNone};
    const auto further = kFurtherClips.find(data::canonical_clip(corpus, row.clip));
    if (corpus != "smic" || further == kFurtherClips.end()) continue;
    for (std::size_t i = 0; i < further->second.size() && i < row.further.size(); ++i) {
      out[data::canonical_clip_id(corpus, row.subject, further->second[i])] = {
          .onset = row.further[i].onset, .apex = {}, .offset = row.further[i].offset, .apex_source = data::ApexSource::kNone};
    }
  }
  return out;
}

}  // namespace

std::vector<OptionDef> sheet_options() {
  std::vector<OptionDef> out;
  for (const Corpus& corpus : kCorpora) {
    out.push_back(data::path_option(option_of(corpus.id),
                                    fmt::format("sheet of {}, for onset, apex, offset and frame rate of its clips", corpus.id)));
  }
  return out;
}

core::Status join_sheets(const nlohmann::json& options, data::Manifest& manifest) {
  std::vector<core::Diagnostic> problems;
  for (const Corpus& corpus : kCorpora) {
    const std::string file = options.at(option_of(corpus.id)).get<std::string>();
    if (file.empty()) continue;
    MEXBENCH_ASSIGN(const data::Annotation sheet, read_annotation_of(file, corpus.id));
    const std::map<core::ClipId, data::FrameSpan> spans = spans_of(sheet, corpus.id);
    std::vector<std::string> lost;
    std::size_t joined = 0;
    for (data::Clip& clip : manifest.clips) {
      if (clip.dataset.text() != corpus.id) continue;
      clip.fps = corpus.fps;
      const auto found = spans.find(clip.id);
      if (found != spans.end()) {
        const data::ApexSource source = clip.frames.apex_source;  // of the images, whatever the sheet has
        clip.frames = found->second;
        clip.frames.apex_source = source;
        ++joined;
      } else if (corpus.id == "smic" && kLostClips.contains(clip.name)) {
        lost.push_back(clip.name);
      } else {
        core::Diagnostic one;
        one.where.file = file;
        one.message = fmt::format("has no clip '{}', which is in the composite", clip.id.text());
        one.hint = "is it the sheet of another release?";
        problems.push_back(std::move(one));
      }
    }
    if (joined + lost.size() == 0) continue;
    manifest.notes.push_back(fmt::format("{}: frames of {} clips from the sheet{}", corpus.id, joined,
                                         lost.empty() ? "" : fmt::format("; it has no {}", core::join(lost, ", "))));
  }
  if (!problems.empty()) return Error(ErrorCode::kData, std::move(problems));
  return {};
}

}  // namespace mexbench::datasets::megc2019_flow
