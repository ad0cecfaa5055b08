#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "harness/audit/rules.h"

namespace mexbench::audit {
namespace {

// The clips a file's bytes are in: positions in the manifest, ascending, each once.
using Uses = std::unordered_map<std::string_view, std::vector<std::size_t>>;

// Two clips and how many pictures they have in common. Told once, whatever the number of frames.
class Pairs {
 public:
  void add(std::size_t one, std::size_t other, const std::string& where = {}) { ++count_[{one, other, where}]; }
  [[nodiscard]] Finding finding(const data::Manifest& manifest) const {
    Finding out;
    for (const auto& [pair, pictures] : count_) {
      const auto& [one, other, where] = pair;
      out.add(fmt::format("'{}' and '{}'{} ({} {})", manifest.clips[one].id.text(), manifest.clips[other].id.text(), where, pictures,
                          pictures == 1 ? "file" : "files"));
    }
    return out;
  }

 private:
  std::map<std::tuple<std::size_t, std::size_t, std::string>, std::size_t> count_;
};

// Pictures of one person in two clips of which a fold trains on one and tests the other.
void find_crossing(std::span<const FoldRecord> folds, const data::Manifest& manifest,
                   const std::vector<const std::vector<std::size_t>*>& repeated, Pairs& pairs) {
  enum Side : char { kNone, kTrained, kTested };
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < manifest.clips.size(); ++i) places.emplace(manifest.clips[i].id.text(), i);
  for (const FoldRecord& fold : folds) {
    std::vector<Side> side(manifest.clips.size(), kNone);
    const auto mark = [&](const std::vector<core::ClipId>& ids, Side as) {
      for (const core::ClipId& id : ids) {
        if (const auto place = places.find(id.text()); place != places.end()) side[place->second] = as;
      }
    };
    mark(fold.train, kTrained);
    mark(fold.validation, kTrained);
    mark(fold.test, kTested);
    for (const std::vector<std::size_t>* clips : repeated) {
      const auto on = [&](Side wanted) {
        return std::find_if(clips->begin(), clips->end(), [&](std::size_t clip) { return side[clip] == wanted; });
      };
      const auto trained = on(kTrained);
      const auto tested = on(kTested);
      if (trained != clips->end() && tested != clips->end())
        pairs.add(*trained, *tested, fmt::format(" on both sides of fold '{}'", fold.fold.text()));
    }
  }
}

}  // namespace

RuleResult image_duplicates(std::span<const FoldRecord> folds, const data::Manifest& manifest) {
  constexpr const char* kRule = "image-duplicates";
  Uses uses;
  std::size_t without = 0;  // clips with a file, or all of them, of unknown bytes
  for (std::size_t i = 0; i < manifest.clips.size(); ++i) {
    const std::vector<data::MediaFile>& files = manifest.clips[i].files;
    if (files.empty() || std::any_of(files.begin(), files.end(), [](const data::MediaFile& file) { return file.sha256.empty(); }))
      ++without;
    for (const data::MediaFile& file : files) {
      if (file.sha256.empty()) continue;
      std::vector<std::size_t>& clips = uses[file.sha256];
      if (clips.empty() || clips.back() != i) clips.push_back(i);
    }
  }

  Pairs pairs;
  std::vector<const std::vector<std::size_t>*> repeated;  // within one person
  for (const auto& [digest, clips] : uses) {
    if (clips.size() < 2) continue;
    const core::SubjectId& first = manifest.clips[clips.front()].subject;
    const auto foreign = std::find_if(clips.begin(), clips.end(), [&](std::size_t clip) { return manifest.clips[clip].subject != first; });
    if (foreign != clips.end()) {
      pairs.add(clips.front(), *foreign);
    } else {
      repeated.push_back(&clips);
    }
  }
  if (!repeated.empty()) find_crossing(folds, manifest, repeated, pairs);
  if (const Finding found = pairs.finding(manifest); found.count() > 0) {
    return found.result(kRule, "pair of clips of two subjects, or on both sides of a fold, has files of the same bytes",
                        "pairs of clips of two subjects, or on both sides of a fold, have files of the same bytes", "");
  }
  if (without > 0) {
    return not_checked(kRule, fmt::format("the manifest has no digests of the files of {} of {} clips", without, manifest.clips.size()));
  }
  std::string detail = fmt::format("none of {} different files is under two subjects, or on both sides of a fold", uses.size());
  if (!repeated.empty())
    detail += fmt::format("; {} {} in several clips of one subject", repeated.size(), repeated.size() == 1 ? "is" : "are");
  return passed(kRule, std::move(detail));
}

}  // namespace mexbench::audit
