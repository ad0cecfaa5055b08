#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <set>
#include <string>

#include "harness/audit/rules.h"
#include "harness/core/text.h"
#include "harness/data/corpus_names.h"
#include "harness/data/subject_names.h"

namespace mexbench::audit {
namespace {

std::set<core::SubjectId> subjects_of(std::initializer_list<const std::vector<core::ClipId>*> sides, const ClipTable& clips) {
  std::set<core::SubjectId> out;
  for (const auto* side : sides) {
    for (const core::ClipId& id : *side) {
      if (const auto clip = clips.find(id.text()); clip != clips.end()) out.insert(clip->second->subject);
    }
  }
  return out;
}

std::string dataset_of(const core::SubjectId& subject) { return subject.text().substr(0, subject.text().find('/')); }

// Whether two people of datasets that share recordings have one number, in the spelling of either.
bool same_person(const core::SubjectId& one, const core::SubjectId& other) {
  const std::string a = dataset_of(one);
  const std::string b = dataset_of(other);
  if (a == b || !data::share_recordings(a, b)) return false;
  const auto same_in = [&](const std::string& dataset) {
    return data::canonical_subject(dataset, core::raw_subject(one)) == data::canonical_subject(dataset, core::raw_subject(other));
  };
  return same_in(a) || same_in(b);
}

// Names that stand for one thing in its canonical spelling, when there are several.
class Spellings {
 public:
  void add(const std::string& canonical, const std::string& written) { written_[canonical].insert(written); }
  void tell(const char* what, Finding& found) const {
    for (const auto& [canonical, names] : written_) {
      if (names.size() > 1)
        found.add(fmt::format("{} are one {}", core::quoted_list(std::vector(names.begin(), names.end()), "and"), what));
    }
  }

 private:
  std::map<std::string, std::set<std::string>> written_;
};

// Whether a fold is called by this person's name alone, in any spelling.
bool is_named_by(const core::FoldId& fold, const core::SubjectId& subject) {
  return fold.text() == subject.text() || fold.text() == core::raw_subject(subject) ||
         data::canonical_subject(dataset_of(subject), fold.text()) == core::raw_subject(subject);
}

}  // namespace

ClipTable table_of(const data::Manifest& manifest) {
  ClipTable clips;
  clips.reserve(manifest.clips.size());
  for (const data::Clip& clip : manifest.clips) clips.emplace(clip.id.text(), &clip);
  return clips;
}

RuleResult subject_overlap(std::span<const FoldRecord> folds, const ClipTable& clips) {
  Finding found;
  for (const FoldRecord& fold : folds) {
    const std::set<core::SubjectId> seen = subjects_of({&fold.train, &fold.validation}, clips);
    for (const core::SubjectId& subject : subjects_of({&fold.test}, clips)) {
      if (seen.contains(subject)) found.add(fmt::format("'{}' in fold '{}'", subject.text(), fold.fold.text()));
    }
  }
  return found.result("subject-overlap", "subject is on both sides of a fold", "times a subject is on both sides of a fold",
                      fmt::format("no subject is on both sides of any of {} folds", folds.size()));
}

RuleResult shared_recordings(std::span<const FoldRecord> folds, const data::Manifest& manifest, const ClipTable& clips) {
  constexpr const char* kRule = "shared-recordings";
  const std::vector<core::DatasetId> datasets = manifest.datasets();
  const bool any = std::any_of(datasets.begin(), datasets.end(), [&](const core::DatasetId& one) {
    return std::any_of(datasets.begin(), datasets.end(),
                       [&](const core::DatasetId& other) { return one != other && data::share_recordings(one.text(), other.text()); });
  });
  if (!any) return passed(kRule, "no two datasets of the manifest recorded the same people");
  Finding found;
  for (const FoldRecord& fold : folds) {
    const std::set<core::SubjectId> seen = subjects_of({&fold.train, &fold.validation}, clips);
    for (const core::SubjectId& tested : subjects_of({&fold.test}, clips)) {
      const auto twin = std::find_if(seen.begin(), seen.end(), [&](const core::SubjectId& one) { return same_person(one, tested); });
      if (twin != seen.end())
        found.add(fmt::format("'{}' is tested and '{}' trained on in fold '{}'", tested.text(), twin->text(), fold.fold.text()));
    }
  }
  return found.result(kRule,
                      "time a person of one dataset is tested and the same number of another trained on, which recorded the same people",
                      "times a person of one dataset is tested and the same number of another trained on, which recorded the same people",
                      fmt::format("of datasets that recorded the same people no number is on both sides of any of {} folds", folds.size()));
}

RuleResult id_collision(std::span<const FoldRecord> folds, const data::Manifest& manifest, const ClipTable& clips) {
  Finding found;
  std::map<core::SubjectId, std::set<std::string>> corpora;
  Spellings people;
  Spellings names;
  for (const data::Clip& clip : manifest.clips) {
    corpora[clip.subject].insert(clip.dataset.text());
    people.add(data::canonical_subject_id(clip.dataset.text(), clip.subject.text()).text(), clip.subject.text());
    if (clip.name.find('/') != std::string::npos) continue;  // a path, not the name of one clip
    names.add(data::canonical_clip_id(clip.dataset.text(), clip.subject.text(), clip.name).text(), clip.id.text());
  }
  for (const auto& [subject, of] : corpora) {
    if (of.size() > 1)
      found.add(fmt::format("'{}' is a person of {}", subject.text(), core::quoted_list(std::vector(of.begin(), of.end()), "and")));
  }
  people.tell("person", found);
  names.tell("clip", found);
  for (const FoldRecord& fold : folds) {
    const std::set<core::SubjectId> tested = subjects_of({&fold.test}, clips);
    std::set<std::string> datasets;
    for (const core::SubjectId& subject : tested) datasets.insert(dataset_of(subject));
    if (datasets.size() < 2) continue;
    if (std::none_of(tested.begin(), tested.end(), [&](const core::SubjectId& one) { return is_named_by(fold.fold, one); })) continue;
    std::vector<std::string> both;
    for (const core::SubjectId& subject : tested) both.push_back(subject.text());
    found.add(fmt::format("fold '{}' tests {} under one name", fold.fold.text(), core::quoted_list(both, "and")));
  }
  return found.result("id-collision", "name stands for several people, or one of several names for one", "names collide",
                      "every subject and every clip has one name of its own");
}

RuleResult class_absent(std::span<const FoldRecord> folds, const data::Manifest& manifest, const ClipTable& clips, bool refits) {
  constexpr const char* kRule = "class-absent";
  const std::vector<std::string>& classes = manifest.label_map.classes;
  using Counts = std::vector<std::int64_t>;
  const auto count = [&](const auto& takes) {
    Counts out(classes.size(), 0);
    for (const data::Clip& clip : manifest.clips) {
      if (takes(clip)) eval::count_truth(clip.truth, out);
    }
    return out;
  };
  const Counts all = count([](const data::Clip&) { return true; });

  Finding dropped;
  Finding impossible;  // all clips of the class are of people that the fold leaves out
  std::size_t trained = 0;
  std::size_t tested_in_part = 0;
  for (const FoldRecord& fold : folds) {
    const auto set_of = [](const std::vector<core::ClipId>& ids) { return std::set<core::ClipId>(ids.begin(), ids.end()); };
    const std::set<core::ClipId> train = set_of(fold.train);
    const std::set<core::ClipId> held_out = set_of(fold.validation);
    const std::set<core::ClipId> test = set_of(fold.test);
    const std::set<core::SubjectId> tested = subjects_of({&fold.test}, clips);
    const Counts seen = count([&](const data::Clip& clip) { return test.contains(clip.id); });
    if (std::find(seen.begin(), seen.end(), 0) != seen.end()) ++tested_in_part;
    if (fold.start == "loaded") continue;
    ++trained;
    const Counts shown = count([&](const data::Clip& clip) { return train.contains(clip.id) || (refits && held_out.contains(clip.id)); });
    const Counts free =
        count([&](const data::Clip& clip) { return !tested.contains(clip.subject) && (refits || !held_out.contains(clip.id)); });
    for (std::size_t c = 0; c < classes.size(); ++c) {
      if (all[c] > 0 && shown[c] == 0)
        (free[c] > 0 ? dropped : impossible).add(fmt::format("'{}' in fold '{}'", classes[c], fold.fold.text()));
    }
  }
  if (trained == 0) return passed(kRule, "no fold was trained here: what the loaded weights were shown is not a matter of these clips");
  std::string detail = fmt::format("no fold of {} that were trained dropped a class", trained);
  if (impossible.count() > 0) {
    detail += "; " + impossible.told("time a class could not be trained, since all its clips are of people that the fold leaves out",
                                     "times a class could not be trained, since all its clips are of people that the fold leaves out");
  }
  if (tested_in_part > 0) {
    detail += fmt::format("; {} of {} folds test no clip of some class, so F1 averaged over folds would mean little", tested_in_part,
                          folds.size());
  }
  return dropped.result(kRule, "time a fold was trained without a clip of a class that it had clips of",
                        "times a fold was trained without a clip of a class that it had clips of", std::move(detail));
}

}  // namespace mexbench::audit
