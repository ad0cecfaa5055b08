#include "harness/eval/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/core/text.h"
#include "harness/data/subject_names.h"
#include "harness/eval/assemble.h"

namespace mexbench::eval {
namespace {

using core::Error;
using core::ErrorCode;

struct Line {
  std::size_t number = 0;  // 1-based
  std::string_view text;   // trimmed, not empty
};

std::vector<Line> lines_of(std::string_view content) {
  if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
  std::vector<Line> lines;
  std::size_t number = 0;
  while (!content.empty()) {
    const std::size_t end = content.find('\n');
    const std::string_view text = core::trim(content.substr(0, end));
    ++number;
    if (!text.empty()) lines.push_back({.number = number, .text = text});
    content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
  }
  return lines;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (text = core::trim(text); !text.empty(); text = core::trim(text)) {
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

// A line that may hold anything, made fit for a message.
std::string excerpt(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string out(text.substr(0, kLongest));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  }
  return text.size() > kLongest ? out + "..." : out;
}

core::Result<PredictionSet> parse_clip_log(const std::string& content, const std::string& file, const ReadOptions& options) {
  Problems problems(file);
  std::vector<RawPrediction> rows;
  std::vector<std::string> folds;  // one text per section, kept in place for the views of its rows
  std::vector<std::pair<std::size_t, std::size_t>> fold_of_row;
  const std::vector<Line> lines = lines_of(content);
  std::string_view dataset;
  std::string_view subject;
  std::size_t section_line = 0;
  std::size_t section_clips = 0;
  const auto end_section = [&] {
    if (section_line > 0 && section_clips == 0) {
      problems.add(section_line, fmt::format("subject '{} {}' has no clips", dataset, subject));
    }
  };
  for (const Line& line : lines) {
    const std::vector<std::string_view> words = words_of(line.text);
    if (words.size() == 2) {
      end_section();
      dataset = words[0];
      subject = words[1];
      section_line = line.number;
      section_clips = 0;
      folds.push_back(data::canonical_subject_id(dataset, subject).text());
    } else if (words.size() == 3 && section_line > 0) {
      ++section_clips;
      fold_of_row.emplace_back(rows.size(), folds.size() - 1);
      rows.push_back({.line = line.number,
                      .dataset = dataset,
                      .subject = subject,
                      .clip = words[0],
                      .fold = {},
                      .truth = words[1],
                      .prediction = words[2],
                      .scores = {}});
    } else if (words.size() == 3) {
      problems.add(line.number, fmt::format("clip '{}' stands before the first line '<dataset> <subject>'", excerpt(words[0])));
    } else {
      problems.add(line.number, fmt::format("'{}' is neither '<dataset> <subject>' nor '<clip> <truth> <prediction>'", excerpt(line.text)));
    }
  }
  end_section();
  for (const auto& [row, fold] : fold_of_row) rows[row].fold = folds[fold];  // the log has one section per held-out subject
  return assemble(rows, {}, options, std::move(problems));
}

// The text behind `<key>:` with any blanks before the colon, or nothing.
std::optional<std::string_view> value_of(std::string_view line, std::string_view key) {
  if (!line.starts_with(key)) return std::nullopt;
  line = core::trim(line.substr(key.size()));
  if (!line.starts_with(':')) return std::nullopt;
  return core::trim(line.substr(1));
}

// `[0, 2, 1]`
std::optional<std::vector<std::string>> list_from(std::string_view text) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return std::nullopt;
  text = core::trim(text.substr(1, text.size() - 2));
  std::vector<std::string> out;
  if (text.empty()) return out;
  for (const std::string& part : core::split(text, ',')) {
    const std::string_view item = core::trim(part);
    if (!core::parse_int(item)) return std::nullopt;
    out.emplace_back(item);
  }
  return out;
}

class FoldLogParser {
 public:
  explicit FoldLogParser(const std::string& file) : problems_(file) {}

  core::Result<std::vector<FoldLog>> parse(std::string_view content) {
    for (const Line& line : lines_of(content)) read(line);
    end_fold();
    if (folds_.empty() && !problems_.any()) problems_.add(0, "has no line 'Subject: <name>'");
    if (problems_.any()) return std::move(problems_).error();
    return std::move(folds_);
  }

 private:
  void read(const Line& line) {
    if (const auto subject = value_of(line.text, "Subject")) {
      end_fold();
      if (final_) problems_.add(line.number, "a fold stands behind 'Final Evaluation:'");
      if (subject->empty()) problems_.add(line.number, "'Subject' names no subject");
      if (!subject->empty() && !subjects_.emplace(*subject).second) {
        problems_.add(line.number, fmt::format("subject '{}' occurs twice", excerpt(*subject)));
      }
      folds_.push_back(
          {.line = line.number, .subject = std::string(*subject), .truth = {}, .predicted = {}, .uf1_so_far = {}, .uar_so_far = {}});
      seen_truth_ = seen_predicted_ = false;
      open_ = true;
    } else if (const auto predicted = value_of(line.text, "Predicted")) {
      read_list(line, "Predicted", *predicted, seen_predicted_, &FoldLog::predicted);
    } else if (const auto truth = value_of(line.text, "Ground Truth")) {
      read_list(line, "Ground Truth", *truth, seen_truth_, &FoldLog::truth);
    } else if (line.text.starts_with("UF1")) {
      read_figures(line);
    } else if (line.text == "Final Evaluation:") {
      end_fold();
      final_ = true;
    } else {
      problems_.add(line.number, fmt::format("'{}' is not a line of a fold log", excerpt(line.text)),
                    "wanted are lines that begin with 'Subject:', 'Predicted', 'Ground Truth' or 'UF1'");
    }
  }

  void read_list(const Line& line, std::string_view key, std::string_view text, bool& seen, std::vector<std::string> FoldLog::*member) {
    if (!open_ || seen) {
      problems_.add(line.number,
                    open_ ? fmt::format("'{}' occurs twice in one fold", key) : fmt::format("'{}' stands outside a fold", key));
      return;
    }
    seen = true;
    auto list = list_from(text);
    if (!list) {
      problems_.add(line.number, fmt::format("'{}' is '{}', a list of whole numbers like [0, 2, 1] is wanted", key, excerpt(text)));
      broken_list_ = true;
      return;
    }
    folds_.back().*member = std::move(*list);
  }

  void read_figures(const Line& line) {
    const std::size_t bar = line.text.find('|');
    const auto uf1 = value_of(core::trim(line.text.substr(0, bar)), "UF1");
    const auto uar = bar == std::string_view::npos ? std::nullopt : value_of(core::trim(line.text.substr(bar + 1)), "UAR");
    const auto f = uf1 ? core::parse_double(*uf1) : std::nullopt;
    const auto r = uar ? core::parse_double(*uar) : std::nullopt;
    if (!f || !r) {
      problems_.add(line.number, fmt::format("'{}' is not 'UF1: <number> | UAR: <number>'", excerpt(line.text)));
    } else if (open_) {
      folds_.back().uf1_so_far = f;
      folds_.back().uar_so_far = r;
    } else if (!final_) {
      problems_.add(line.number, "figures stand before the first fold");
    }
  }

  void end_fold() {
    if (!open_) return;
    const FoldLog& fold = folds_.back();
    if (!seen_predicted_ || !seen_truth_) {
      problems_.add(fold.line,
                    fmt::format("fold '{}' has no list '{}'", excerpt(fold.subject), seen_predicted_ ? "Ground Truth" : "Predicted"));
    } else if (!broken_list_ && fold.truth.size() != fold.predicted.size()) {
      problems_.add(fold.line, fmt::format("fold '{}' has {} predictions for {} truths", excerpt(fold.subject), fold.predicted.size(),
                                           fold.truth.size()));
    } else if (!broken_list_ && fold.truth.empty()) {
      problems_.add(fold.line, fmt::format("fold '{}' has no clips", excerpt(fold.subject)));
    }
    open_ = false;
    broken_list_ = false;
  }

  Problems problems_;
  std::vector<FoldLog> folds_;
  std::set<std::string, std::less<>> subjects_;
  bool open_ = false;
  bool seen_predicted_ = false;
  bool seen_truth_ = false;
  bool broken_list_ = false;
  bool final_ = false;
};

using ClipsOfSubject = std::map<core::SubjectId, std::vector<const data::Clip*>>;

// The manifest's subjects a bare spelling can mean: those whose folder form it is, else those it becomes by their dataset's rule.
std::vector<core::SubjectId> subjects_meant(const ClipsOfSubject& subjects, const std::string& text) {
  std::vector<core::SubjectId> exact;
  std::vector<core::SubjectId> by_rule;
  for (const auto& [id, clips] : subjects) {
    if (core::raw_subject(id) == text || id.text() == text) exact.push_back(id);
    if (data::canonical_subject_id(clips.front()->dataset.text(), text) == id) by_rule.push_back(id);
  }
  return exact.empty() ? by_rule : exact;
}

core::Result<PredictionSet> attach(const std::vector<FoldLog>& folds, const data::Manifest& manifest, const std::string& file,
                                   const ReadOptions& options) {
  ClipsOfSubject subjects;
  for (const data::Clip& clip : manifest.clips) subjects[clip.subject].push_back(&clip);
  Problems problems(file);
  std::vector<RawPrediction> rows;
  for (const FoldLog& fold : folds) {
    const std::vector<core::SubjectId> meant = subjects_meant(subjects, fold.subject);
    if (meant.size() != 1) {
      problems.add(fold.line, meant.empty()
                                  ? fmt::format("subject '{}' is not in the manifest", excerpt(fold.subject))
                                  : fmt::format("subject '{}' may be '{}' or '{}'", fold.subject, meant[0].text(), meant[1].text()));
      continue;
    }
    const std::vector<const data::Clip*>& clips = subjects.at(meant.front());
    if (clips.size() != fold.truth.size()) {
      problems.add(fold.line, fmt::format("fold '{}' has {} clips, the manifest has {} of '{}'", fold.subject, fold.truth.size(),
                                          clips.size(), meant.front().text()));
      continue;
    }
    for (std::size_t i = 0; i < clips.size(); ++i) {
      rows.push_back({.line = fold.line,
                      .dataset = clips[i]->dataset.text(),
                      .subject = core::raw_subject(clips[i]->subject),
                      .clip = clips[i]->name,
                      .fold = clips[i]->subject.text(),
                      .truth = fold.truth[i],
                      .prediction = fold.predicted[i],
                      .scores = {}});
    }
  }
  return assemble(rows, {}, options, std::move(problems));
}

}  // namespace

std::string_view describe(PredictionFormat format) {
  switch (format) {
    case PredictionFormat::kClipLog:
      return "a log with one line per clip";
    case PredictionFormat::kFoldLog:
      return "a log with one list per fold";
    case PredictionFormat::kTable:
      break;
  }
  return "a table with a header";
}

core::Result<PredictionFormat> detect_format(std::string_view content, const std::string& file) {
  if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
  const std::size_t begin = content.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return Error::in_file(ErrorCode::kData, file, "is empty, predictions are wanted");
  content.remove_prefix(begin);
  const std::string_view first = core::trim(content.substr(0, content.find('\n')));
  if (value_of(first, "Subject")) return PredictionFormat::kFoldLog;
  if (first.find(',') != std::string_view::npos) return PredictionFormat::kTable;
  for (const char separator : {';', '\t'}) {
    if (first.find(separator) != std::string_view::npos && first.find("truth") != std::string_view::npos) {
      return Error::in_file(ErrorCode::kData, file,
                            fmt::format("columns are separated by {}, commas are wanted", separator == ';' ? "semicolons" : "tabs"));
    }
  }
  const std::size_t words = words_of(first).size();
  if (words == 2 || words == 3) return PredictionFormat::kClipLog;
  return Error::in_file(ErrorCode::kData, file, fmt::format("begins with '{}', which is no prediction file", excerpt(first)))
      .hint(
          "wanted is a table with the columns 'dataset', 'subject', 'clip', 'truth' and 'prediction', or one of the logs of "
          "docs/file-formats.md");
}

core::Result<std::vector<FoldLog>> parse_fold_log(std::string_view content, const std::string& file) {
  return FoldLogParser(file).parse(content);
}

core::Result<ImportedPredictions> import_predictions(const std::string& content, const std::string& file, const ReadOptions& options,
                                                     const data::Manifest* manifest) {
  ImportedPredictions out;
  MEXBENCH_ASSIGN(out.format, detect_format(content, file));
  ReadOptions effective = options;
  if (manifest != nullptr && effective.classes.empty()) effective.classes = manifest->label_map.classes;
  switch (out.format) {
    case PredictionFormat::kTable: {
      MEXBENCH_ASSIGN(out.predictions, parse_predictions(content, file, effective));
      break;
    }
    case PredictionFormat::kClipLog: {
      MEXBENCH_ASSIGN(out.predictions, parse_clip_log(content, file, effective));
      break;
    }
    case PredictionFormat::kFoldLog: {
      MEXBENCH_ASSIGN(const std::vector<FoldLog> folds, parse_fold_log(content, file));
      if (manifest == nullptr) {
        return Error::in_file(ErrorCode::kUsage, file, "is a log that names no clips, a manifest is wanted to attach them")
            .hint("add --manifest EXPERIMENT.yaml");
      }
      MEXBENCH_ASSIGN(out.predictions, attach(folds, *manifest, file, effective));
      break;
    }
  }
  return out;
}

}  // namespace mexbench::eval
