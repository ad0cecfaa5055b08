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

using core::Error;
using core::ErrorCode;

bool is_class_number(std::string_view text) {
  const auto number = core::parse_int(text);
  return number && *number >= 0;
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
    const auto near = core::closest(text, names_);
    return near ? fmt::format("did you mean '{}'?", *near) : std::string();
  }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  [[nodiscard]] std::string wanted() const {
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

KnownClasses known_classes(const std::vector<RawPrediction>& rows, const std::vector<std::string>& score_classes,
                           const std::vector<std::string>& given) {
  KnownClasses known;
  if (!given.empty()) {
    known.names = given;
    known.by_number = std::none_of(given.begin(), given.end(), is_class_number) &&
                      std::all_of(score_classes.begin(), score_classes.end(), is_class_number) &&
                      std::all_of(rows.begin(), rows.end(),
                                  [](const RawPrediction& row) { return is_class_number(row.truth) && is_class_number(row.prediction); });
    return known;
  }
  if (!score_classes.empty()) {
    known.names = score_classes;
    known.source = ClassSource::kScoreColumns;
    return known;
  }
  known.source = ClassSource::kSeen;
  const auto see = [&](std::string_view text) {
    if (!text.empty() && std::find(known.names.begin(), known.names.end(), text) == known.names.end()) known.names.emplace_back(text);
  };
  for (const RawPrediction& row : rows) {
    see(row.truth);
    see(row.prediction);
    if (known.names.size() > 1000) break;  // not class names: the caller refuses the file
  }
  sort_class_names(known.names);
  return known;
}

class Assembler {
 public:
  Assembler(Problems problems, const ReadOptions& options, KnownClasses known)
      : problems_(std::move(problems)), options_(options), index_(std::move(known.names), known.by_number) {
    out_.class_source = known.source;
  }

  core::Result<PredictionSet> run(const std::vector<RawPrediction>& rows, const std::vector<std::string>& score_classes) {
    check_class_list();
    match_score_columns(score_classes);
    if (rows.empty() && !problems_.any()) problems_.add(0, "has no predictions");
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
  void bad_classes(std::size_t line, std::string message, std::string hint = {}) {
    problems_.add(line, std::move(message), std::move(hint));
    bad_classes_ = true;
  }

  void check_class_list() {
    const std::vector<std::string>& names = index_.names();
    if (names.size() > 1000) {
      bad_classes(0, "has more than 1000 different labels, so truth or prediction are not class names");
      return;
    }
    if (names.size() < 2 && out_.class_source == ClassSource::kSeen && !names.empty()) {
      bad_classes(0, fmt::format("only the class '{}' occurs, at least two classes are wanted", names.front()),
                  "name every class, also absent ones: --classes a,b,c");
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
          names.begin() + static_cast<std::ptrdiff_t>(i)) {
        bad_classes(0, fmt::format("the class '{}' is named twice", names[i]));
      }
    }
  }

  void match_score_columns(const std::vector<std::string>& score_classes) {
    if (score_classes.empty()) return;
    std::vector<bool> covered(index_.names().size(), false);
    for (const std::string& name : score_classes) {
      const auto place = index_.find(name);
      if (!place) {
        bad_classes(1, fmt::format("column 'score:{}' is of no known class", name), index_.suggestion(name));
        continue;
      }
      covered[*place] = true;
      score_place_.push_back(*place);
    }
    for (std::size_t i = 0; i < covered.size(); ++i) {
      if (!covered[i])
        bad_classes(1, fmt::format("column 'score:{}' is missing, scores are given for every class or none", index_.names()[i]));
    }
  }

  void add(const RawPrediction& row) {
    Prediction out;
    bool good = identify(row, out);
    good = label(row, "truth", row.truth, [&](std::size_t place) { out.truth = data::Truth::one_class(place); }) && good;
    good = label(row, "prediction", row.prediction, [&](std::size_t place) { out.predicted = place; }) && good;
    good = read_scores(row, good, out) && good;
    if (good) out_.rows.push_back(std::move(out));
  }

  bool identify(const RawPrediction& row, Prediction& out) {
    const auto needs = [&](std::string_view column, std::string_view text) {
      if (text.empty()) problems_.add(row.line, fmt::format("'{}' is empty", column));
      return !text.empty();
    };
    const bool dataset = needs("dataset", row.dataset);
    const bool subject = needs("subject", row.subject);
    const bool clip = needs("clip", row.clip);
    if (!dataset || !subject || !clip) return false;
    if (row.dataset == "all" || row.dataset.find('/') != std::string_view::npos) {
      problems_.add(row.line,
                    row.dataset == "all" ? "dataset 'all' is a reserved name" : fmt::format("dataset '{}' has a slash", row.dataset));
      return false;
    }
    std::string raw = data::canonical_subject(row.dataset, row.subject);
    if (raw.find('/') != std::string::npos) {
      problems_.add(row.line, fmt::format("subject '{}' is not of dataset '{}'", row.subject, row.dataset));
      return false;
    }
    out.dataset = core::DatasetId(std::string(row.dataset));
    out.subject = core::make_subject_id(out.dataset, raw);
    out.clip_name = data::canonical_clip(row.dataset, row.clip);
    out.clip = core::make_clip_id(out.subject, out.clip_name);
    if (row.clip.find('/') != std::string_view::npos && !is_id_of(row, raw)) {
      problems_.add(row.line, fmt::format("clip '{}' is not of subject '{}'", row.clip, out.subject.text()));
      return false;
    }
    out.fold = core::FoldId(std::string(row.fold));
    if (options_.keep_duplicates) return true;
    const auto [first, fresh] = first_line_.try_emplace(out.clip.text(), row.line);
    if (!fresh) problems_.add(row.line, fmt::format("clip '{}' occurs twice, first in line {}", out.clip.text(), first->second));
    return fresh;
  }

  // A clip written as a whole id must name the row's own dataset and subject.
  static bool is_id_of(const RawPrediction& row, std::string_view raw) {
    const std::vector<std::string> parts = core::split(row.clip, '/');
    return parts.size() == 3 && parts[0] == row.dataset && data::canonical_subject(row.dataset, parts[1]) == raw && !parts[2].empty();
  }

  template <typename Store>
  bool label(const RawPrediction& row, std::string_view column, std::string_view text, Store store) {
    const auto place = index_.find(text);
    if (!place) {
      problems_.add(row.line, index_.unknown(column, text), text.empty() ? std::string() : index_.suggestion(text));
      return false;
    }
    store(*place);
    return true;
  }

  bool read_scores(const RawPrediction& row, bool labelled, Prediction& out) {
    if (score_place_.empty()) return true;
    out.scores.resize(score_place_.size());
    for (std::size_t i = 0; i < score_place_.size(); ++i) {
      const auto number = core::parse_double(row.scores[i]);
      const float value = number ? static_cast<float>(*number) : 0.0F;
      if (!number || !std::isfinite(value)) {
        problems_.add(row.line,
                      fmt::format("score '{}' of class '{}' is not a finite number", row.scores[i], index_.names()[score_place_[i]]));
        return false;
      }
      out.scores[score_place_[i]] = value;
    }
    const std::size_t best = argmax(out.scores);
    if (labelled && out.scores[out.predicted] < out.scores[best]) {
      problems_.add(row.line,
                    fmt::format("prediction is '{}', but the highest score is that of '{}'", row.prediction, index_.names()[best]));
      return false;
    }
    return true;
  }

  Problems problems_;
  bool bad_classes_ = false;  // without a list of classes no row can be read
  const ReadOptions& options_;
  ClassIndex index_;
  PredictionSet out_;
  std::vector<std::size_t> score_place_;  // class of each score column
  std::unordered_map<std::string, std::size_t> first_line_;
};

}  // namespace

void Problems::add(std::size_t line, std::string message, std::string hint) {
  if (told_.size() >= kMostTold) {
    ++untold_;
    return;
  }
  core::Diagnostic diagnostic;
  diagnostic.where = {.file = file_, .line = line, .column = 0};
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  told_.push_back(std::move(diagnostic));
}

core::Error Problems::error() && {
  if (untold_ > 0) told_.back().notes.push_back(fmt::format("{} further problems are not shown", untold_));
  return Error(ErrorCode::kData, std::move(told_));
}

core::Result<PredictionSet> assemble(const std::vector<RawPrediction>& rows, const std::vector<std::string>& score_classes,
                                     const ReadOptions& options, Problems problems) {
  return Assembler(std::move(problems), options, known_classes(rows, score_classes, options.classes)).run(rows, score_classes);
}

}  // namespace mexbench::eval
