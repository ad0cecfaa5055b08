#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <unordered_set>
#include <utility>

#include "harness/audit/rules.h"
#include "harness/core/text.h"
#include "harness/data/corpus_names.h"

namespace mexbench::audit {
namespace {

std::unordered_set<std::string_view> set_of(const std::vector<core::ClipId>& ids) {
  std::unordered_set<std::string_view> out;
  for (const core::ClipId& id : ids) out.insert(id.text());
  return out;
}

// Whether the fold kept the scores of all epochs of its last phase.
bool comparable(const FoldRecord& fold) { return fold.epochs && fold.epochs->whole; }

// "the scores of epoch 17, the one best on its own test clips, where the recipe gives epoch 800", of a fold that was sealed with another
// epoch than it was to take; else empty.
std::string other_epoch(const FoldRecord& fold, const Settings& settings) {
  const std::optional<EpochsRecord>& epochs = fold.epochs;
  const auto with_note = [&](std::int64_t epoch) {
    return fmt::format("epoch {}{}", epoch, epochs && epochs->best_on_test == epoch ? ", the one best on its own test clips" : "");
  };
  std::int64_t wanted = settings.epochs;
  if (settings.selects) {
    wanted = fold.epochs_trained;  // as far as is known without the scores on the clips held out
    if (epochs && epochs->selected_whole) wanted = settings.lowest ? epochs->lowest_selected : epochs->highest_selected;
  }
  const std::string where = fmt::format("where {} epoch {}", settings.selects ? "the clips held out give" : "the recipe gives", wanted);
  if (fold.epochs_trained != wanted) return fmt::format("{}, {}", with_note(fold.epochs_trained), where);
  if (!comparable(fold)) return {};
  const auto holds = [&](std::int64_t epoch) {
    return std::find(epochs->sealed.begin(), epochs->sealed.end(), epoch) != epochs->sealed.end();
  };
  if (holds(wanted)) return {};
  if (epochs->sealed.empty()) return fmt::format("scores of no recorded epoch, {}", where);
  return fmt::format("the scores of {}, {}", with_note(holds(epochs->best_on_test) ? epochs->best_on_test : epochs->sealed.front()), where);
}

}  // namespace

RuleResult augmented_clips(std::span<const FoldRecord> folds) {
  Finding found;
  std::size_t augmented = 0;
  for (const FoldRecord& fold : folds) {
    if (!fold.augmented.empty()) ++augmented;
    const auto train = set_of(fold.train);
    const auto validation = set_of(fold.validation);
    const auto test = set_of(fold.test);
    for (const AugmentedRecord& phase : fold.augmented) {
      for (const core::ClipId& parent : phase.parents) {
        const std::string_view id = parent.text();
        const char* what = test.contains(id)                                    ? "a test clip"
                           : phase.phase == "select" && validation.contains(id) ? "held out for the selection"
                           : train.contains(id) || validation.contains(id)      ? nullptr
                                                                                : "not a training clip";
        if (what != nullptr) found.add(fmt::format("'{}' ({}) in fold '{}'", id, what, fold.fold.text()));
      }
    }
  }
  return found.result("augmented-clips", "parent of augmented clips was not to be trained on",
                      "parents of augmented clips were not to be trained on",
                      augmented == 0 ? "no clip was made by augmentation"
                                     : fmt::format("all parents of augmented clips are training clips in {} folds", augmented));
}

RuleResult fitted_statistics(std::span<const FoldRecord> folds, const std::optional<Settings>& settings) {
  constexpr const char* kRule = "fitted-statistics";
  Finding found;
  std::map<std::pair<std::string, std::string>, const FoldRecord*> made_by;  // step and digest -> the first fold with these numbers
  std::size_t silent = 0;                                                    // folds that do not say what a step was fitted on
  std::size_t fitted = 0;
  for (const FoldRecord& fold : folds) {
    const auto train = set_of(fold.train);
    const auto validation = set_of(fold.validation);
    const auto test = set_of(fold.test);
    for (const FittedRecord& step : fold.fitted) {
      ++fitted;
      for (const core::ClipId& clip : step.clips) {
        const std::string_view id = clip.text();
        const char* what = test.contains(id)         ? "a test clip"
                           : validation.contains(id) ? "held out for the selection"
                           : train.contains(id)      ? nullptr
                                                     : "not a training clip";
        if (what != nullptr) found.add(fmt::format("'{}' ({}) by '{}' in fold '{}'", id, what, step.step, fold.fold.text()));
      }
      // The same numbers from other clips: they were not fitted on the clips that are told.
      const auto [first, added] = made_by.try_emplace({step.step, step.digest}, &fold);
      if (!added && set_of(first->second->train) != train) {
        found.add(fmt::format("'{}' learned the same numbers in folds '{}' and '{}', which train on other clips", step.step,
                              first->second->fold.text(), fold.fold.text()));
      }
    }
    if (!settings) continue;
    const bool all = std::all_of(settings->learning_steps.begin(), settings->learning_steps.end(), [&](const std::string& name) {
      return std::any_of(fold.fitted.begin(), fold.fitted.end(),
                         [&](const FittedRecord& step) { return step.step == name && !step.clips.empty(); });
    });
    if (!all) ++silent;
  }
  if (found.count() > 0) {
    return found.result(kRule, "time a step of the input was fitted on what was not to be trained on",
                        "times a step of the input was fitted on what was not to be trained on", "");
  }
  if (!settings) return not_checked(kRule, "whether a step of the input learns is not known without the run's settings");
  if (settings->learning_steps.empty()) return passed(kRule, "no step of the input learns: there is nothing to fit");
  const std::string steps = core::quoted_list(settings->learning_steps, "and");
  if (silent > 0)
    return not_checked(kRule, fmt::format("{} of {} folds do not say on which clips {} was fitted", silent, folds.size(), steps));
  return passed(kRule, fmt::format("{} fitted {} times, on training clips of the fold alone", steps, fitted));
}

RuleResult selected_on_test(std::span<const FoldRecord> folds, const ClipTable& clips, const std::optional<Settings>& settings) {
  constexpr const char* kRule = "selected-on-test";
  using Fitting = Settings::Fitting;
  Finding found;
  std::size_t recorded = 0;
  std::size_t loaded = 0;
  for (const FoldRecord& fold : folds) {
    const std::string in = fmt::format("in fold '{}'", fold.fold.text());
    std::unordered_set<std::string_view> tested;
    for (const core::ClipId& id : fold.test) {
      if (const auto clip = clips.find(id.text()); clip != clips.end()) tested.insert(clip->second->subject.text());
    }
    for (const core::ClipId& id : fold.validation) {
      const auto clip = clips.find(id.text());
      if (clip != clips.end() && tested.contains(clip->second->subject.text()))
        found.add(fmt::format("'{}', of a person that is tested, had a say {}", id.text(), in));
    }
    if (fold.start == "loaded") ++loaded;
    if (!settings || settings->fitting != Fitting::kEpochs || fold.start == "loaded") continue;

    if (comparable(fold)) ++recorded;
    if (settings->selects && fold.validation.empty()) found.add(fmt::format("no clip was held out to choose the epoch {}", in));
    if (const std::string seen = other_epoch(fold, *settings); !seen.empty()) found.add(fmt::format("{}, {}", seen, in));
  }
  if (found.count() > 0) {
    return found.result(kRule, "time an epoch was not chosen as the recipe says", "times an epoch was not chosen as the recipe says", "");
  }
  if (!settings) return not_checked(kRule, "how the epoch was to be chosen is not known without the run's settings");
  if (loaded > 0 || settings->fitting == Fitting::kLoaded) {
    return not_checked(kRule, "the weights were made elsewhere: on which clips their epoch and settings were chosen is not recorded");
  }
  if (settings->fitting == Fitting::kOwnRule) return passed(kRule, "the model is fitted by a rule of its own: there is no epoch to choose");
  const std::string rule = settings->selects ? "every fold's epoch was chosen on clips held out from its training side, of nobody it tests"
                                             : fmt::format("every fold took epoch {} of the recipe, whatever its scores", settings->epochs);
  if (recorded == folds.size())
    return passed(kRule, fmt::format("{}; the sealed scores are those of that epoch in all {} folds", rule, recorded));
  return passed(kRule, fmt::format("{}, as its worker counted; {} of {} folds kept the scores of all epochs to compare with", rule,
                                   recorded, folds.size()));
}

RuleResult pretraining_overlap(std::span<const FoldRecord> folds, const data::Manifest& manifest,
                               const std::optional<std::vector<std::string>>& declared) {
  RuleResult out{.rule = "pretraining-overlap", .status = RuleStatus::kNotChecked, .detail = {}};
  std::map<std::string_view, std::size_t> starts;
  for (const FoldRecord& fold : folds) ++starts[fold.start];
  const bool fresh = starts.size() == 1 && starts.contains("fresh");
  const std::string what = fresh ? "model" : starts.contains("loaded") ? "loaded weights" : "starting values";
  // What a card declares counts whatever the folds say of their start.
  if (declared) {
    std::vector<std::string> tested;
    for (const core::DatasetId& dataset : manifest.datasets()) tested.push_back(dataset.text());
    Finding seen;
    for (const std::string& dataset : tested) {
      for (const std::string& name : *declared) {
        const std::vector<std::string> known = data::datasets_named(name);
        if (!data::same_corpus_name(name, dataset) &&
            std::none_of(known.begin(), known.end(), [&](const std::string& id) { return data::share_recordings(id, dataset); }))
          continue;
        seen.add(name == dataset ? fmt::format("'{}'", dataset) : fmt::format("'{}' (declared as '{}')", dataset, name));
        break;
      }
    }
    if (seen.count() > 0) {
      return seen.result("pretraining-overlap", fmt::format("tested corpus was seen by the {}", what),
                         fmt::format("tested corpora were seen by the {}", what), "");
    }
    for (const std::string& name : *declared) {
      if (!data::datasets_named(name).empty()) continue;
      const std::optional<std::string> resembled = data::corpus_resembled(name, tested);
      if (!resembled) continue;
      out.detail = fmt::format(
          "what '{}' of the model's card stands for is not known: it looks like '{}', but is not exactly that; declare "
          "each corpus by its dataset id",
          name, *resembled);
      return out;
    }
  }
  if (fresh) {
    out.status = RuleStatus::kPassed;
    out.detail = fmt::format("all {} folds were fitted from random values, or from none", folds.size());
    return out;
  }
  if (starts.contains("")) {
    out.detail = fmt::format("{} of {} folds did not record what their fitting began with", starts.at(""), folds.size());
    return out;
  }
  if (!declared) {
    out.detail = fmt::format("what the {} were trained on is not known: the model's card does not declare 'pretraining'", what);
    return out;
  }
  out.status = RuleStatus::kPassed;
  out.detail =
      fmt::format("the {} have seen {}, as the model's card declares", what, declared->empty() ? "nothing" : core::join(*declared, ", "));
  return out;
}

}  // namespace mexbench::audit
