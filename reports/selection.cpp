#include "reports/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "harness/stats/best_of_epochs.h"
#include "reports/scopes.h"
#include "reports/seeds.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

// A curve is drawn of fewer draws than floor.json has: each number of epochs draws anew.
constexpr std::int64_t kCurveDraws = 2'000;

using ScopeFigure = eval::Figure eval::ScopeMetrics::*;

SelectionFigure figure_of(const ModelRuns& runs, const std::string& scope, ScopeFigure metric, Notes& notes) {
  std::vector<eval::Figure> honest, chosen, gaps, all;
  for (const Run* run : runs) {
    const eval::Figure& own = run->metrics.scopes.at(scope).*metric;
    all.push_back(own);
    if (!run->best_epoch) continue;
    const eval::Figure& best = run->best_epoch->scopes.at(scope).*metric;
    honest.push_back(own);
    chosen.push_back(best);
    gaps.push_back(!own.value ? own : !best.value ? best : eval::Figure::of(*best.value - *own.value));
  }
  if (chosen.empty()) return {.honest = spread_of(all, notes), .chosen = std::nullopt, .gap = std::nullopt};
  return {.honest = spread_of(honest, notes), .chosen = spread_of(chosen, notes), .gap = spread_of(gaps, notes)};
}

// How many epochs a fold had to choose from, the fewest and the most; 0 when the model was not trained in epochs. The seeds of a model
// have one recipe.
struct Epochs {
  std::int64_t fewest = 0;
  std::int64_t most = 0;
};
Epochs epochs_of(const ModelRuns& runs) {
  std::vector<std::int64_t> found;
  for (const Run* run : runs) {
    for (const auto& [fold, recorded] : run->recorded_epochs) found.push_back(recorded);
  }
  const nlohmann::json& recipe = runs.front()->train;
  if (found.empty() && runs.front()->trained && recipe.is_object() && recipe.contains("epochs")) {
    const nlohmann::json& epochs = recipe["epochs"];
    if (epochs.is_number_integer() && epochs >= 1 && epochs <= kMostEpochs) found.push_back(epochs.get<std::int64_t>());
  }
  if (found.empty()) return {};
  const auto [fewest, most] = std::minmax_element(found.begin(), found.end());
  return {.fewest = *fewest, .most = *most};
}

// What a guesser needs to know of the folds that test clips of a scope: their clips, and the shares of the classes in their training.
struct Guessed {
  std::vector<std::string> classes;
  std::map<core::FoldId, std::vector<std::int64_t>> clips;
  std::map<core::FoldId, std::vector<std::int64_t>> train;
  friend auto operator<=>(const Guessed&, const Guessed&) = default;
};

// Nothing when a fold's training clips are not known, or there are none.
std::optional<Guessed> guessed_of(const Run& run, const std::string& scope) {
  if (!run.floor) return std::nullopt;
  Guessed out{.classes = run.metrics.classes, .clips = {}, .train = {}};
  for (const eval::Prediction& row : run.predictions) {
    if (scope != kAll && row.dataset.text() != scope) continue;
    std::vector<std::int64_t>& counts = out.clips[row.fold];
    counts.resize(out.classes.size());
    eval::count_truth(row.truth, counts);
  }
  for (const eval::FloorFold& fold : run.floor->folds) {
    if (!out.clips.contains(fold.fold)) continue;
    if (std::accumulate(fold.train.begin(), fold.train.end(), std::int64_t{0}) == 0) return std::nullopt;
    out.train[fold.fold] = fold.train;
  }
  return out;
}

std::vector<GuessPoint> guess(const Guessed& guessed, const std::set<std::int64_t>& epochs, Notes& notes) {
  std::vector<stats::GuessedSubject> subjects;
  for (const auto& [fold, clips] : guessed.clips) {
    const std::vector<std::int64_t>& train = guessed.train.at(fold);
    const auto all = static_cast<double>(std::accumulate(train.begin(), train.end(), std::int64_t{0}));
    stats::GuessedSubject subject{.id = core::SubjectId(fold.text()), .clips = clips, .shares = {}};
    for (const std::int64_t count : train) subject.shares.push_back(static_cast<double>(count) / all);
    subjects.push_back(std::move(subject));
  }
  const std::vector<std::int64_t> wanted(epochs.begin(), epochs.end());
  const auto curve = stats::best_of_epochs(guessed.classes, subjects, wanted, {.draws = kCurveDraws});
  std::vector<GuessPoint> out;
  if (!curve) return out;  // counts of clips and of training clips are whole numbers of checked files: the shares add up
  const auto cell = [&](const stats::DrawnScore& score) {
    return SpreadCell{.mean = notes.cell(score.mean), .low = score.low, .high = score.high};
  };
  for (const stats::BestOfEpochs& point : *curve) out.push_back({.epochs = point.epochs, .uf1 = cell(point.uf1), .uar = cell(point.uar)});
  return out;
}

void add_curves(const std::vector<ModelRuns>& models, const std::string& scope, SelectionGroup& group, Notes& notes,
                const ReportView& view) {
  std::vector<Guessed> known;
  std::vector<std::set<std::int64_t>> epochs;
  for (const SelectionRow& row : group.rows) {
    const auto guessed = guessed_of(*models[row.model].front(), scope);
    if (!guessed) continue;
    const auto at = static_cast<std::size_t>(std::find(known.begin(), known.end(), *guessed) - known.begin());
    if (at == known.size()) {
      known.push_back(*guessed);
      epochs.emplace_back();
      group.curves.emplace_back();
    }
    group.curves[at].models.push_back(row.model);
    epochs[at].insert({1, row.epochs});
    if (!group.drawn) continue;
    for (const std::int64_t one : epoch_grid(row.epochs)) epochs[at].insert(one);
  }
  for (std::size_t i = 0; i < known.size(); ++i) {
    GuessCurve& curve = group.curves[i];
    curve.points = guess(known[i], epochs[i], notes);
    if (curve.models.size() == group.rows.size()) continue;
    std::vector<std::string> names;
    for (const std::size_t model : curve.models) names.push_back(view.models[model].name);
    curve.of = listed(names);
  }
}

// "choosing the epoch of ststnet on each test subject", as sentences begin.
std::string choice_words(const SelectionView& selection) {
  return selection.by_subject ? "on each test subject" : "on the test clips of each fold";
}

std::string epochs_words(const SelectionRow& row) { return fmt::format("{}{}", row.alike ? "" : "up to ", thousands(row.epochs)); }

// "a guesser that looks at nothing reaches 0.6600 when the best of 800 independent epochs is kept, 95 % of draws within 0.61 to 0.71";
// empty without one.
std::string guess_words(const SelectionRow& row, const GuessPoint* guess) {
  if (guess == nullptr || !guess->uf1.mean.value) return {};
  return fmt::format(
      "a guesser that looks at nothing reaches {} when the best of {} independent epochs is kept, 95 % of draws within {} to {}",
      four_decimals(*guess->uf1.mean.value), epochs_words(row), four_decimals(guess->uf1.low), four_decimals(guess->uf1.high));
}

std::string recorded_sentence(const ReportView& view, const SelectionGroup& group, const SelectionRow& row, const std::string& where) {
  const ModelView& model = view.models[row.model];
  const SelectionFigure& uf1 = row.uf1;
  if (!uf1.gap->mean.value) {
    return fmt::format("The inflation gap of {}{} is undefined: {}.", model.name, where, view.notes[uf1.gap->mean.note - 1]);
  }
  const GuessPoint* guess = group.guess_of(row);
  std::string out;
  if (row.seeds == 1) {
    out = fmt::format("Choosing the epoch of {} {} would have reported UF1 {} instead of {} ({}){} from the same training", model.name,
                      choice_words(view.selection), four_decimals(*uf1.chosen->mean.value), four_decimals(*uf1.honest.mean.value),
                      signed_four_decimals(*uf1.gap->mean.value), where);
  } else {
    out = fmt::format(
        "Over {} seeds, choosing the epoch of {} {} would have reported a mean UF1 of {} instead of {} ({}, by seed {} to {}){} from the "
        "same training",
        row.seeds, model.name, choice_words(view.selection), four_decimals(*uf1.chosen->mean.value), four_decimals(*uf1.honest.mean.value),
        signed_four_decimals(*uf1.gap->mean.value), signed_four_decimals(uf1.gap->low), signed_four_decimals(uf1.gap->high), where);
  }
  if (row.seeds < model.runs.size() && row.seeds == 1)
    out += fmt::format(", in the one of its {} seeds that recorded its epochs", model.runs.size());
  const std::string reach = guess_words(row, guess);
  if (reach.empty()) return out + ".";
  out += "; " + reach + ".";
  out += *uf1.chosen->mean.value <= guess->uf1.high
             ? " So a guess could have reported as much: by that choice the score would be no evidence of recognition."
             : " The chosen score lies above what 97.5 % of those draws reach.";
  return out;
}

// Models whose epochs were not recorded, by what a guesser makes of as many.
void unrecorded_sentences(const ReportView& view, const SelectionGroup& group, const std::string& where, std::vector<std::string>& out) {
  std::vector<std::pair<std::string, std::vector<std::string>>> found;  // guesser's words -> names
  for (const SelectionRow& row : group.rows) {
    const std::string words = guess_words(row, group.guess_of(row));
    if (row.seeds > 0 || words.empty() || !view.scopes[group.scope].is_whole(view.models[row.model].datasets)) continue;
    auto at = std::find_if(found.begin(), found.end(), [&](const auto& entry) { return entry.first == words; });
    if (at == found.end()) at = found.insert(found.end(), {words, {}});
    at->second.push_back(view.models[row.model].name);
  }
  for (const auto& [words, names] : found) {
    out.push_back(fmt::format("As many epochs as the recipe of {}{} has: {}.", listed(names), where, words));
  }
}

void published_sentences(const ReportView& view, const SelectionRow& row, std::vector<std::string>& out) {
  for (const PublishedChoice& published : row.published) {
    std::string sentence =
        fmt::format("The published UF1 {} ({}) was chosen on the test data: ", four_decimals(published.uf1), published.id);
    if (row.uf1.gap && row.uf1.gap->mean.value) {
      sentence += fmt::format("what it stands beside is the {} of that choice, not the honest {}.",
                              four_decimals(*row.uf1.chosen->mean.value), four_decimals(*row.uf1.honest.mean.value));
    } else {
      sentence += fmt::format("part of its difference from {} is that choice.", view.models[row.model].name);
    }
    out.push_back(std::move(sentence));
  }
}

}  // namespace

const GuessPoint* GuessCurve::at(std::int64_t epochs) const {
  const auto found = std::find_if(points.begin(), points.end(), [&](const GuessPoint& point) { return point.epochs == epochs; });
  return found == points.end() ? nullptr : &*found;
}

bool GuessCurve::drawable() const {
  return std::any_of(points.begin(), points.end(), [](const GuessPoint& point) { return point.uf1.mean.value.has_value(); });
}

const GuessPoint* SelectionGroup::guess_of(const SelectionRow& row) const {
  for (const GuessCurve& curve : curves) {
    if (std::find(curve.models.begin(), curve.models.end(), row.model) != curve.models.end()) return curve.at(row.epochs);
  }
  return nullptr;
}

bool chosen_on_test(std::string_view rule) {
  std::string text(rule);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return c == '_' ? ' ' : static_cast<char>(std::tolower(c)); });
  return text.starts_with("best epoch") || text.find("selection on the test data") != std::string::npos;
}

std::vector<std::int64_t> epoch_grid(std::int64_t most) {
  std::vector<std::int64_t> out;
  for (std::int64_t decade = 1; decade < most; decade *= 10) {
    for (const std::int64_t step : {1, 2, 5}) {
      if (decade * step < most) out.push_back(decade * step);
    }
  }
  out.push_back(most);
  return out;
}

std::vector<std::string> selection_sentences(const ReportView& view) {
  const SelectionView& selection = view.selection;
  std::vector<std::string> out;
  const auto drawn =
      std::count_if(selection.groups.begin(), selection.groups.end(), [](const SelectionGroup& group) { return group.drawn; });
  bool guessed = false;
  for (const SelectionGroup& group : selection.groups) {
    if (!group.drawn) continue;
    const std::string where = drawn > 1 ? " on " + view.scopes[group.scope].title : std::string();
    for (const SelectionRow& row : group.rows) {
      // Of a dataset that is a part of a model's clips alone, the table tells.
      if (!view.scopes[group.scope].is_whole(view.models[row.model].datasets)) continue;
      guessed = guessed || group.guess_of(row) != nullptr;
      if (view.models[row.model].invalid) continue;
      if (row.seeds > 0) out.push_back(recorded_sentence(view, group, row, where));
      published_sentences(view, row, out);
    }
    unrecorded_sentences(view, group, where, out);
  }
  if (!selection.unrecorded.empty()) {
    out.push_back(
        fmt::format("The epochs of {} were not recorded, so what such a choice would have added is not known: 'record_epochs: true' in the "
                    "experiment records the test scores of every epoch and changes no training.",
                    listed(selection.unrecorded)));
  }
  if (guessed) {
    out.emplace_back(
        "Independent epochs are the upper curve: the epochs of one training resemble each other, so fewer of them count as independent, "
        "and "
        "scores alone do not tell how many.");
  }
  return out;
}

void add_selection(const std::vector<ModelRuns>& models, Notes& notes, ReportView& view) {
  SelectionView& selection = view.selection;
  selection.draws = kCurveDraws;
  std::vector<Epochs> epochs;
  for (std::size_t m = 0; m < models.size(); ++m) {
    epochs.push_back(epochs_of(models[m]));
    const bool recorded = std::any_of(models[m].begin(), models[m].end(), [](const Run* run) { return run->best_epoch.has_value(); });
    if (epochs.back().most > 0 && !recorded) selection.unrecorded.push_back(view.models[m].name);
    std::map<core::FoldId, core::SubjectId> tested;
    for (const eval::Prediction& row : models[m].front()->predictions) {
      if (tested.try_emplace(row.fold, row.subject).first->second != row.subject) selection.by_subject = false;
    }
  }
  for (std::size_t g = 0; g < view.scopes.size(); ++g) {
    const ScopeGroup& scope = view.scopes[g];
    SelectionGroup group{.scope = g, .drawn = false, .rows = {}, .curves = {}};
    for (std::size_t m = 0; m < models.size(); ++m) {
      if (epochs[m].most == 0 || !scope.has(view.models[m].datasets)) continue;
      group.drawn = group.drawn || scope.is_whole(view.models[m].datasets);
      SelectionRow row{.model = m, .seeds = 0, .epochs = epochs[m].most, .alike = epochs[m].fewest == epochs[m].most};
      for (const Run* run : models[m]) row.seeds += run->best_epoch ? 1 : 0;
      row.uf1 = figure_of(models[m], scope.scope, &eval::ScopeMetrics::uf1, notes);
      row.uar = figure_of(models[m], scope.scope, &eval::ScopeMetrics::uar, notes);
      for (const PublishedView* result : view.published_beside(m)) {
        const PublishedRow* published = result->find(scope.scope, "UF1");
        if (published == nullptr || !published->ours || !chosen_on_test(result->source.selection_rule)) continue;
        row.published.push_back({.id = result->source.id, .uf1 = published->published});
      }
      group.rows.push_back(std::move(row));
    }
    if (group.rows.empty()) continue;
    add_curves(models, scope.scope, group, notes, view);
    selection.groups.push_back(std::move(group));
  }
  selection.sentences = selection_sentences(view);
}

}  // namespace mexbench::reports
