#include "harness/eval/assemble.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>

#include "harness/core/text.h"
#include "harness/data/subject_names.h"

namespace mexbench::eval {
namespace {

bool is_class_number(std::string_view text) {
  const auto number = core::parse_int(text);
  return number && *number >= 0;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Numbers by value, so that class 10 stands behind class 2; names as bytes.
void sort_class_names(std::vector<std::string>& names) {
  if (std::all_of(names.begin(), names.end(), is_class_number)) {
    std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
      const std::int64_t x = *core::parse_int(a);
      const std::int64_t y = *core::parse_int(b);
      return x != y ? x < y : a < b;
    });
  } else {
    std::sort(names.begin(), names.end());
  }
}

// Finds the place of a class by its text: a handful of classes, so a list is faster than a map.
class ClassIndex {
 public:
  ClassIndex(std::vector<std::string> names, bool by_number) : names_(std::move(names)), by_number_(by_number) {}

  [[nodiscard]] std::optional<std::size_t> find(std::string_view text) const {
    if (by_number_) {
      const auto number = core::parse_int(text);
      if (number && *number >= 0 && static_cast<std::uint64_t>(*number) < names_.size()) return static_cast<std::size_t>(*number);
      return std::nullopt;
    }
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] == text) return i;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::string unknown(std::string_view column, std::string_view text) const {
    if (text.empty()) return fmt::format("'{}' is empty, {} is wanted", column, wanted());
    return fmt::format("{} '{}' is unknown, {} is wanted", column, text, wanted());
  }
  [[nodiscard]] std::string suggestion(std::string_view text) const {
    if (by_number_) return fmt::format("{} stand for {} in this order", wanted(), core::quoted_list(names_, "and"));
    if (text.size() < 2) return {};  // near to every other text of one character
    const auto near = core::closest(text, names_);
    return near ? fmt::format("did you mean '{}'?", *near) : std::string();
  }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  [[nodiscard]] std::string wanted() const {
    if (names_.empty()) return "the name of a class";
    return by_number_ ? fmt::format("0 to {}", names_.size() - 1) : core::quoted_list(names_, "or");
  }

  std::vector<std::string> names_;
  bool by_number_;
};

struct KnownClasses {
  std::vector<std::string> names;
  bool by_number = false;
  ClassSource source = ClassSource::kGiven;
};

// Whether labels are places in the given list: what most of them look like, so that one bad label is told and not the good ones.
bool labels_are_places(const std::vector<RawPrediction>& rows, const std::vector<RawField>& score_classes,
                       const std::vector<std::string>& given) {
  if (std::any_of(given.begin(), given.end(), is_class_number)) return false;
  std::size_t numbers = 0;
  std::size_t names = 0;
  const auto count = [&](const RawField& label) {
    if (is_class_number(label.text)) {
      ++numbers;
    } else if (contains(given, label.text)) {
      ++names;
    }
  };
  for (const RawField& column : score_classes) count(column);
  for (const RawPrediction& row : rows) {
    count(row.truth);
    count(row.prediction);
  }
  return numbers > names;
}

KnownClasses known_classes(const std::vector<RawPrediction>& rows, const std::vector<RawField>& score_classes,
                           const std::vector<std::string>& given) {
  KnownClasses known;
  if (!given.empty()) {
    known.names = given;
    known.by_number = labels_are_places(rows, score_classes, given);
    return known;
  }
  const auto see = [&](std::string_view text) {
    if (!text.empty() && !contains(known.names, text)) known.names.emplace_back(text);
  };
  if (!score_classes.empty()) {
    known.source = ClassSource::kScoreColumns;
    for (const RawField& column : score_classes) see(column.text);
    return known;
  }
  known.source = ClassSource::kSeen;
  for (const RawPrediction& row : rows) {
    see(row.truth.text);
    see(row.prediction.text);
    if (known.names.size() > 1000) break;  // not class names: the caller refuses the file
  }
  sort_class_names(known.names);
  return known;
}

class Assembler {
 public:
  Assembler(core::TextProblems problems, const ReadOptions& options, KnownClasses known)
      : problems_(std::move(problems)), options_(options), index_(std::move(known.names), known.by_number) {
    out_.class_source = known.source;
  }

  core::Result<PredictionSet> run(const std::vector<RawPrediction>& rows, const std::vector<RawField>& score_classes) {
    check_class_list();
    match_score_columns(score_classes);
    if (rows.empty() && !problems_.any()) problems_.add({}, "has no predictions", "one row per tested clip is wanted");
    if (rows.empty() || bad_classes_) return std::move(problems_).error();

    out_.classes = index_.names();
    out_.rows.reserve(rows.size());
    first_line_.reserve(rows.size());
    for (const RawPrediction& row : rows) add(row);
    if (problems_.any()) return std::move(problems_).error();
    sort_predictions(out_);
    return std::move(out_);
  }

 private:
  void bad_classes(core::TextSpan where, std::string message, std::string hint) {
    problems_.add(where, std::move(message), std::move(hint));
    bad_classes_ = true;
  }

  void check_class_list() {
    const std::vector<std::string>& names = index_.names();
    if (names.size() > 1000) {
      return bad_classes({}, "has more than 1000 different labels", "'truth' and 'prediction' hold one class name per clip");
    }
    if (const core::Status checked = check_class_names(names); !checked) {
      for (const core::Diagnostic& problem : checked.error().diagnostics()) bad_classes({}, problem.message, problem.hint);
    }
  }

  // One score column for every class.
  void match_score_columns(const std::vector<RawField>& score_classes) {
    if (score_classes.empty() || bad_classes_) return;
    const std::vector<std::string>& names = index_.names();
    std::vector<bool> covered(names.size(), false);
    for (const RawField& column : score_classes) {
      const auto place = index_.find(column.text);
      if (!place) {
        bad_classes(column.span(), fmt::format("column 'score:{}' is of no known class", column.text), index_.suggestion(column.text));
        continue;
      }
      if (covered[*place]) bad_classes(column.span(), fmt::format("two score columns for class '{}'", names[*place]), "keep one of them");
      covered[*place] = true;
      score_place_.push_back(*place);
    }
    for (std::size_t i = 0; i < covered.size(); ++i) {
      if (covered[i]) continue;
      bad_classes({.line = score_classes.front().line}, fmt::format("column 'score:{}' is missing", names[i]),
                  "scores are given for every class or for none");
    }
  }

  void add(const RawPrediction& row) {
    Prediction out;
    bool good = identify(row, out);
    good = label("truth", row.truth, [&](std::size_t place) { out.truth = data::Truth::one_class(place); }) && good;
    good = label("prediction", row.prediction, [&](std::size_t place) { out.predicted = place; }) && good;
    good = read_scores(row, good, out) && good;
    if (good) out_.rows.push_back(std::move(out));
  }

  bool wrong(const RawField& field, std::string message, std::string hint) {
    problems_.add(field.span(), std::move(message), std::move(hint));
    return false;
  }

  bool identify(const RawPrediction& row, Prediction& out) {
    const auto there = [&](std::string_view column, const RawField& field) {
      return !field.text.empty() || wrong(field, fmt::format("'{}' is empty", column), "every row names its dataset, subject and clip");
    };
    const bool dataset_there = there("dataset", row.dataset);
    const bool subject_there = there("subject", row.subject);
    const bool clip_there = there("clip", row.clip);
    if (!dataset_there || !subject_there || !clip_there) return false;

    const std::string dataset = data::canonical_dataset(row.dataset.text);
    if (dataset == "all")
      return wrong(row.dataset, "dataset 'all' is a reserved name", "it stands for all datasets together: rename yours");
    if (dataset.find('/') != std::string::npos) {
      return wrong(row.dataset, fmt::format("dataset '{}' has a slash", dataset), "write the subject in its own column");
    }
    const std::string subject = data::canonical_subject(dataset, row.subject.text);
    if (subject.find('/') != std::string::npos) {
      return wrong(row.subject, fmt::format("subject '{}' is not of dataset '{}'", row.subject.text, dataset), "correct one of the two");
    }
    if (subject.empty()) {
      return wrong(row.subject, fmt::format("subject '{}' names nobody", row.subject.text), "write the person behind the slash");
    }
    out.dataset = core::DatasetId(dataset);
    out.subject = core::make_subject_id(out.dataset, subject);
    out.clip_name = data::canonical_clip(dataset, row.clip.text);
    out.clip = core::make_clip_id(out.subject, out.clip_name);
    if (!is_clip_of(row.clip.text, out)) {
      return wrong(row.clip, fmt::format("clip '{}' is not of subject '{}'", row.clip.text, out.subject.text()), "correct one of the two");
    }
    out.fold = data::canonical_fold_id(row.fold.text);
    if (options_.keep_duplicates) return true;
    const auto [first, fresh] = first_line_.try_emplace(out.clip.text(), row.clip.line);
    if (fresh) return true;
    return wrong(row.clip, fmt::format("clip '{}' occurs twice, first in line {}", out.clip.text(), first->second),
                 "keep one prediction per clip");
  }

  // A clip written as a whole id, or with its subject in its name, must be of the row's own dataset and subject.
  static bool is_clip_of(std::string_view written, const Prediction& row) {
    const std::string& dataset = row.dataset.text();
    const std::string_view subject = core::raw_subject(row.subject);
    if (written.find('/') != std::string_view::npos) {
      const std::vector<std::string> parts = core::split(written, '/');
      const bool own = parts.size() == 3 && data::canonical_dataset(parts[0]) == dataset &&
                       data::canonical_subject(dataset, parts[1]) == subject && !parts[2].empty();
      if (!own) return false;
    }
    return data::subject_in_clip(dataset, row.clip_name).value_or(std::string(subject)) == subject;
  }

  template <typename Store>
  bool label(std::string_view column, const RawField& field, Store store) {
    const auto place = index_.find(field.text);
    if (!place) {
      return wrong(field, index_.unknown(column, field.text),
                   field.text.empty() ? "every row has a truth and a prediction" : index_.suggestion(field.text));
    }
    store(*place);
    return true;
  }

  bool read_scores(const RawPrediction& row, bool labelled, Prediction& out) {
    if (score_place_.empty()) return true;
    out.scores.resize(index_.names().size());
    for (std::size_t i = 0; i < score_place_.size(); ++i) {
      const RawField& field = row.scores[i];
      const auto number = core::parse_double(field.text);
      const float value = number ? static_cast<float>(*number) : 0.0F;
      if (!number || !std::isfinite(value)) {
        return wrong(field, fmt::format("score '{}' of class '{}' is not a finite number", field.text, index_.names()[score_place_[i]]),
                     "a score is a number like -0.12 or 1.5e-3");
      }
      out.scores[score_place_[i]] = value;
    }
    const std::size_t best = argmax(out.scores);
    if (labelled && out.scores[out.predicted] < out.scores[best]) {
      return wrong(row.prediction,
                   fmt::format("prediction is '{}', but the highest score is that of '{}'", row.prediction.text, index_.names()[best]),
                   "predict the class of the highest score, or leave the score columns out");
    }
    return true;
  }

  core::TextProblems problems_;
  bool bad_classes_ = false;  // without a list of classes no row can be read
  const ReadOptions& options_;
  ClassIndex index_;
  PredictionSet out_;
  std::vector<std::size_t> score_place_;  // class of each score column
  std::unordered_map<std::string, std::size_t> first_line_;
};

}  // namespace

core::Result<PredictionSet> assemble(const std::vector<RawPrediction>& rows, const std::vector<RawField>& score_classes,
                                     const ReadOptions& options, core::TextProblems problems) {
  return Assembler(std::move(problems), options, known_classes(rows, score_classes, options.classes)).run(rows, score_classes);
}

}  // namespace mexbench::eval
