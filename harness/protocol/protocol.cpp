#include "harness/protocol/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "harness/core/random.h"
#include "harness/core/text.h"
#include "harness/data/subject_names.h"

namespace mexbench::protocol {
namespace {

using core::Error;
using core::ErrorCode;
using core::FoldId;
using core::SubjectId;

// Subjects of each dataset with their clip counts, sorted by id.
using SubjectCounts = std::map<core::DatasetId, std::map<SubjectId, std::size_t>>;

SubjectCounts count_subjects(const data::Manifest& manifest) {
  SubjectCounts counts;
  for (const data::Clip& clip : manifest.clips) ++counts[clip.dataset][clip.subject];
  return counts;
}

// The fold whose test clips are those that `is_test` accepts.
template <typename Predicate>
FoldPlan split(const data::Manifest& manifest, FoldId id, Predicate is_test) {
  FoldPlan fold{.id = std::move(id), .train = {}, .validation = {}, .test = {}};
  for (std::size_t i = 0; i < manifest.clips.size(); ++i) (is_test(manifest.clips[i]) ? fold.test : fold.train).push_back(i);
  return fold;
}

core::Result<std::vector<FoldPlan>> plan_loso(const data::Manifest& manifest) {
  std::vector<FoldPlan> folds;
  const std::vector<SubjectId> subjects = manifest.subjects();
  folds.reserve(subjects.size());
  for (const SubjectId& subject : subjects) {
    folds.push_back(split(manifest, FoldId(subject.text()), [&](const data::Clip& clip) { return clip.subject == subject; }));
  }
  return folds;
}

core::Result<std::vector<FoldPlan>> plan_lodo(const data::Manifest& manifest) {
  const std::vector<core::DatasetId> datasets = manifest.datasets();
  if (datasets.size() < 2) {
    return Error(ErrorCode::kUsage, fmt::format("protocol 'lodo' leaves one dataset out, but there is only '{}'", datasets.front().text()))
        .hint("name a composite dataset, or use 'loso'");
  }
  std::vector<FoldPlan> folds;
  folds.reserve(datasets.size());
  for (const core::DatasetId& dataset : datasets) {
    folds.push_back(split(manifest, FoldId(dataset.text()), [&](const data::Clip& clip) { return clip.dataset == dataset; }));
  }
  return folds;
}

// Each dataset's subjects are shuffled by a fixed stream, then dealt, the largest first, to the group with the fewest clips of this
// dataset, and of those the one with the fewest clips: with as many subjects as groups no group lacks the dataset.
core::Result<std::vector<FoldPlan>> plan_kfold(const data::Manifest& manifest, const nlohmann::json& options) {
  const auto groups = options.at("folds").get<std::size_t>();
  const std::size_t subjects = manifest.subjects().size();
  if (groups > subjects) {
    return Error(ErrorCode::kUsage,
                 fmt::format("protocol 'subject_kfold' asks for {} folds, but there are only {} subjects", groups, subjects))
        .hint(fmt::format("use at most {}", subjects));
  }
  core::RandomStream stream = core::RandomStream::derive(core::Seed{0}, FoldId(), "subject_kfold");
  std::vector<std::size_t> in_group(groups, 0);  // clips
  std::map<SubjectId, std::size_t> group_of;
  for (const auto& [dataset, counts] : count_subjects(manifest)) {
    std::vector<std::pair<SubjectId, std::size_t>> order(counts.begin(), counts.end());
    stream.shuffle(std::span(order));
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    std::vector<std::size_t> of_dataset(groups, 0);
    for (const auto& [subject, clips] : order) {
      std::size_t smallest = 0;
      for (std::size_t group = 1; group < groups; ++group) {
        if (std::tie(of_dataset[group], in_group[group]) < std::tie(of_dataset[smallest], in_group[smallest])) smallest = group;
      }
      of_dataset[smallest] += clips;
      in_group[smallest] += clips;
      group_of[subject] = smallest;
    }
  }
  std::vector<FoldPlan> folds;
  for (std::size_t group = 0; group < groups; ++group) {
    folds.push_back(split(manifest, FoldId(fmt::format("fold-{:02}", group + 1)),
                          [&](const data::Clip& clip) { return group_of.at(clip.subject) == group; }));
  }
  return folds;
}

core::Result<std::vector<FoldPlan>> plan_holdout(const data::Manifest& manifest, const nlohmann::json& options) {
  std::set<SubjectId> test;
  if (const auto named = options.find("test_subjects"); named != options.end() && !named->empty()) {
    const std::vector<SubjectId> subjects = manifest.subjects();
    std::vector<std::string> known;
    known.reserve(subjects.size());
    for (const SubjectId& subject : subjects) known.push_back(subject.text());
    std::vector<core::Diagnostic> problems;
    for (const nlohmann::json& entry : *named) {
      const auto name = entry.get<std::string>();
      auto subject = std::find(subjects.begin(), subjects.end(), SubjectId(name));
      if (subject == subjects.end()) subject = std::find(subjects.begin(), subjects.end(), data::canonical_subject_id(name));
      if (subject != subjects.end()) {
        test.insert(*subject);
        continue;
      }
      core::Diagnostic problem;
      problem.message = fmt::format("test subject '{}' is not in the dataset", name);
      const auto near = core::closest(name, known);
      problem.hint = near ? fmt::format("did you mean '{}'?", *near) : fmt::format("subjects are written like '{}'", known.front());
      problems.push_back(std::move(problem));
    }
    if (!problems.empty()) return Error(ErrorCode::kUsage, std::move(problems));
  } else {
    const double share = options.at("test_share").get<double>();
    core::RandomStream stream = core::RandomStream::derive(core::Seed{0}, FoldId(), "holdout");
    for (const auto& [dataset, counts] : count_subjects(manifest)) {
      std::vector<SubjectId> order;
      for (const auto& [subject, clips] : counts) order.push_back(subject);
      stream.shuffle(std::span(order));
      const auto wanted = static_cast<std::size_t>(std::lround(share * static_cast<double>(order.size())));
      for (std::size_t i = 0; i < std::clamp<std::size_t>(wanted, 1, order.size()); ++i) test.insert(order[i]);
    }
  }
  std::vector<FoldPlan> folds;
  folds.push_back(split(manifest, FoldId("holdout"), [&](const data::Clip& clip) { return test.contains(clip.subject); }));
  return folds;
}

constexpr std::string_view kLoso = "loso";
constexpr std::string_view kLodo = "lodo";
constexpr std::string_view kKfold = "subject_kfold";
constexpr std::string_view kHoldout = "holdout";

core::Result<std::vector<FoldPlan>> plan_by_name(const data::Manifest& manifest, std::string_view protocol, const nlohmann::json& options) {
  if (protocol == kLoso) return plan_loso(manifest);
  if (protocol == kLodo) return plan_lodo(manifest);
  if (protocol == kKfold) return plan_kfold(manifest, options);
  if (protocol == kHoldout) return plan_holdout(manifest, options);
  return Error(ErrorCode::kUsage, fmt::format("unknown protocol '{}'", protocol));
}

}  // namespace

std::span<const ProtocolInfo> protocols() {
  static const std::array<ProtocolInfo, 4> kProtocols{{
      {std::string(kLoso), "leave one subject out: one fold per person"},
      {std::string(kLodo), "leave one dataset out: one fold per corpus of a composite"},
      {std::string(kKfold), "groups of subjects, each corpus spread over all of them"},
      {std::string(kHoldout), "one fold: named test subjects, or a share of each corpus's subjects"},
  }};
  return kProtocols;
}

core::Result<std::vector<FoldPlan>> plan_folds(const data::Manifest& manifest, std::string_view protocol, const nlohmann::json& options) {
  MEXBENCH_ASSIGN(std::vector<FoldPlan> folds, plan_by_name(manifest, protocol, options));
  for (const FoldPlan& fold : folds) {
    if (fold.train.empty()) {
      return Error(ErrorCode::kUsage, fmt::format("fold '{}' of protocol '{}' would have no training clips", fold.id.text(), protocol))
          .hint("at least two subjects are needed, and not all may be test subjects");
    }
  }
  return folds;
}

int plan_version(std::string_view protocol) {
  return protocol == kKfold ? 2 : 1;  // 1 dealt to the group with the fewest clips of all datasets
}

std::vector<core::ClipId> tested_clips(std::span<const FoldPlan> folds, const data::Manifest& manifest) {
  std::vector<core::ClipId> ids;
  for (const FoldPlan& fold : folds) {
    for (const std::size_t index : fold.test) ids.push_back(manifest.clips[index].id);
  }
  return ids;
}

std::map<core::ClipId, core::FoldId> test_folds(std::span<const FoldPlan> folds, const data::Manifest& manifest) {
  std::map<core::ClipId, core::FoldId> out;
  for (const FoldPlan& fold : folds) {
    for (const std::size_t clip : fold.test) out.emplace(manifest.clips[clip].id, fold.id);
  }
  return out;
}

core::Status hold_out_validation(FoldPlan& fold, const data::Manifest& manifest, double share, core::Seed seed) {
  SubjectCounts counts;
  std::size_t subjects = 0;
  for (const std::size_t index : fold.train) {
    const data::Clip& clip = manifest.clips[index];
    if (++counts[clip.dataset][clip.subject] == 1) ++subjects;
  }
  if (subjects < 2) {
    return Error(ErrorCode::kUsage,
                 fmt::format("fold '{}' has {} training subject, selection 'inner_subjects' needs at least 2", fold.id.text(), subjects));
  }
  core::RandomStream stream = core::RandomStream::derive(seed, fold.id, "validation");
  std::vector<SubjectId> chosen;
  std::vector<SubjectId> left;
  for (const auto& [dataset, of_dataset] : counts) {
    std::vector<SubjectId> order;
    for (const auto& [subject, clips] : of_dataset) order.push_back(subject);
    stream.shuffle(std::span(order));
    const auto wanted = static_cast<std::size_t>(std::lround(share * static_cast<double>(order.size())));
    for (std::size_t i = 0; i < order.size(); ++i) (i < wanted ? chosen : left).push_back(order[i]);
  }
  if (chosen.empty()) {
    chosen.push_back(left.back());
    left.pop_back();
  }
  if (left.empty()) {
    left.push_back(chosen.back());
    chosen.pop_back();
  }
  const std::set<SubjectId> held_out(chosen.begin(), chosen.end());
  std::vector<std::size_t> train;
  for (const std::size_t index : fold.train) {
    (held_out.contains(manifest.clips[index].subject) ? fold.validation : train).push_back(index);
  }
  fold.train = std::move(train);
  return {};
}

nlohmann::json folds_to_json(std::span<const FoldPlan> folds, const data::Manifest& manifest, std::string_view experiment,
                             std::string_view protocol, const nlohmann::json& options) {
  const auto ids = [&](const std::vector<std::size_t>& indexes) {
    nlohmann::json out = nlohmann::json::array();
    for (const std::size_t index : indexes) out.push_back(manifest.clips[index].id.text());
    return out;
  };
  nlohmann::json list = nlohmann::json::array();
  for (const FoldPlan& fold : folds) {
    list.push_back({{"fold", fold.id.text()}, {"train", ids(fold.train)}, {"validation", ids(fold.validation)}, {"test", ids(fold.test)}});
  }
  const nlohmann::json whole = data::to_json(manifest);
  return {{"schema", "mexbench.folds/1"},
          {"experiment", experiment},
          {"manifest_sha256", data::manifest_hash(manifest)},
          {"protocol", {{"name", protocol}, {"options", options}}},
          {"classes", manifest.label_map.classes},
          {"input", whole.at("input")},
          {"clips", whole.at("clips")},
          {"folds", std::move(list)}};
}

}  // namespace mexbench::protocol
