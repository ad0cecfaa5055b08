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
  std::size_t column = 0;  // of the text
  std::string_view text;   // trimmed, not empty

  [[nodiscard]] core::TextSpan span() const { return {.line = number, .column = column, .length = text.size()}; }
  // A piece of the text.
  [[nodiscard]] RawField field(std::string_view part) const {
    return {.text = part, .line = number, .column = column + static_cast<std::size_t>(part.data() - text.data())};
  }
};

std::vector<Line> lines_of(std::string_view content) {
  if (content.starts_with(core::kByteOrderMark)) content.remove_prefix(core::kByteOrderMark.size());
  std::vector<Line> lines;
  std::size_t number = 0;
  while (!content.empty()) {
    const std::size_t end = content.find('\n');
    const std::string_view text = core::trim(content.substr(0, end));
    ++number;
    if (!text.empty()) {
      lines.push_back({.number = number, .column = static_cast<std::size_t>(text.data() - content.data()) + 1, .text = text});
    }
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

constexpr const char* kClipLogLines =
    "wanted are a line '<dataset> <subject>' for each subject and '<clip> <truth> <prediction>' for each clip";

core::Result<PredictionSet> parse_clip_log(const std::string& content, const std::string& file, const ReadOptions& options) {
  core::TextProblems problems(file, content);
  std::vector<RawPrediction> rows;
  std::vector<std::string> folds;  // one text per section, kept in place for the views of its rows
  std::vector<std::size_t> fold_of_row;
  RawField dataset;
  RawField subject;
  core::TextSpan section;
  std::size_t section_clips = 0;
  const auto end_section = [&] {
    if (section.line == 0 || section_clips > 0) return;
    problems.add(section, fmt::format("subject '{} {}' has no clips", dataset.text, subject.text), kClipLogLines);
  };
  for (const Line& line : lines_of(content)) {
    const std::vector<std::string_view> words = words_of(line.text);
    if (words.size() == 2) {
      end_section();
      dataset = line.field(words[0]);
      subject = line.field(words[1]);
      section = line.span();
      section_clips = 0;
      folds.push_back(data::canonical_subject_id(dataset.text, subject.text).text());
    } else if (words.size() == 3 && section.line > 0) {
      ++section_clips;
      fold_of_row.push_back(folds.size() - 1);
      rows.push_back({.dataset = dataset,
                      .subject = subject,
                      .clip = line.field(words[0]),
                      .fold = {},
                      .truth = line.field(words[1]),
                      .prediction = line.field(words[2]),
                      .scores = {}});
    } else if (words.size() == 3) {
      problems.add(line.span(), fmt::format("clip '{}' stands before the first line '<dataset> <subject>'", excerpt(words[0])),
                   kClipLogLines);
    } else {
      problems.add(line.span(), fmt::format("'{}' is neither '<dataset> <subject>' nor '<clip> <truth> <prediction>'", excerpt(line.text)),
                   "fields are separated by blanks and have none inside");
    }
  }
  end_section();
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].fold = {.text = folds[fold_of_row[i]]};  // one section per held-out subject
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
std::optional<std::vector<std::string_view>> list_from(std::string_view text) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return std::nullopt;
  text = core::trim(text.substr(1, text.size() - 2));
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    out.push_back(core::trim(text.substr(0, comma)));
    if (!core::parse_int(out.back())) return std::nullopt;
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
    if (text.empty()) return std::nullopt;
  }
  return out;
}

class FoldLogParser {
 public:
  FoldLogParser(const std::string& file, std::string_view content) : content_(content), problems_(file, content) {}

  core::Result<FoldLogFile> parse() {
    for (const Line& line : lines_of(content_)) read(line);
    end_fold();
    if (final_.line > 0 && !log_.final_uf1) {
      problems_.add(final_, "'Final Evaluation:' has no figures behind it", "the log's last line is 'UF1: <number> | UAR: <number>'");
    }
    if (log_.folds.empty() && !problems_.any()) problems_.add({}, "has no line 'Subject: <name>'", "each fold begins with one");
    if (problems_.any()) return std::move(problems_).error();
    return std::move(log_);
  }

 private:
  void read(const Line& line) {
    if (const auto subject = value_of(line.text, "Subject")) {
      begin_fold(line, *subject);
    } else if (const auto predicted = value_of(line.text, "Predicted")) {
      read_list(line, "Predicted", *predicted, seen_predicted_, &FoldLog::predicted, &FoldLog::predicted_spans);
    } else if (const auto truth = value_of(line.text, "Ground Truth")) {
      read_list(line, "Ground Truth", *truth, seen_truth_, &FoldLog::truth, &FoldLog::truth_spans);
    } else if (line.text.starts_with("UF1")) {
      read_figures(line);
    } else if (line.text == "Final Evaluation:") {
      end_fold();
      if (final_.line > 0)
        problems_.add(line.span(), fmt::format("'{}' occurs twice, first in line {}", line.text, final_.line), kLastLines);
      if (final_.line == 0) final_ = line.span();
    } else {
      problems_.add(line.span(), fmt::format("'{}' is not a line of a fold log", excerpt(line.text)),
                    "wanted are lines that begin with 'Subject:', 'Predicted', 'Ground Truth' or 'UF1'");
    }
  }

  void begin_fold(const Line& line, std::string_view subject) {
    end_fold();
    if (final_.line > 0) problems_.add(line.span(), "a fold stands behind 'Final Evaluation:'", kLastLines);
    if (subject.empty()) problems_.add(line.span(), "'Subject' names no subject", "write the held-out person: 'Subject: sub01'");
    if (!subject.empty() && !subjects_.emplace(subject).second) {
      problems_.add(line.field(subject).span(), fmt::format("subject '{}' occurs twice", excerpt(subject)),
                    "one fold per subject is wanted");
    }
    log_.folds.push_back(
        {.line = line.number, .subject = std::string(subject), .truth = {}, .predicted = {}, .uf1_so_far = {}, .uar_so_far = {}});
    fold_ = line.span();
    seen_truth_ = seen_predicted_ = false;
    open_ = true;
  }

  void read_list(const Line& line, std::string_view key, std::string_view text, bool& seen, std::vector<std::string> FoldLog::*entries,
                 std::vector<core::TextSpan> FoldLog::*spans) {
    if (!open_ || seen) {
      problems_.add(line.span(), open_ ? fmt::format("'{}' occurs twice in one fold", key) : fmt::format("'{}' stands outside a fold", key),
                    "a fold is 'Subject:', one list 'Predicted' and one list 'Ground Truth'");
      return;
    }
    seen = true;
    const auto list = list_from(text);
    if (!list) {
      problems_.add(text.empty() ? line.span() : line.field(text).span(),
                    fmt::format("'{}' is '{}', which is no list of whole numbers", key, excerpt(text)),
                    "write it like [0, 2, 1], in one line");
      broken_list_ = true;
      return;
    }
    for (const std::string_view entry : *list) {
      (log_.folds.back().*entries).emplace_back(entry);
      (log_.folds.back().*spans).push_back(line.field(entry).span());
    }
  }

  void read_figures(const Line& line) {
    const std::size_t bar = line.text.find('|');
    const auto uf1 = value_of(core::trim(line.text.substr(0, bar)), "UF1");
    const auto uar = bar == std::string_view::npos ? std::nullopt : value_of(core::trim(line.text.substr(bar + 1)), "UAR");
    const auto f = uf1 ? core::parse_double(*uf1) : std::nullopt;
    const auto r = uar ? core::parse_double(*uar) : std::nullopt;
    if (!f || !r) {
      problems_.add(line.span(), fmt::format("'{}' is no line of figures", excerpt(line.text)),
                    "wanted is 'UF1: <number> | UAR: <number>', nan where there is none");
      return;
    }
    if (!open_ && final_.line == 0) {
      return problems_.add(line.span(), "figures stand outside a fold",
                           "they stand behind the lists of a fold, or behind 'Final Evaluation:'");
    }
    std::optional<double>& uf1_slot = open_ ? log_.folds.back().uf1_so_far : log_.final_uf1;
    std::optional<double>& uar_slot = open_ ? log_.folds.back().uar_so_far : log_.final_uar;
    if (uf1_slot) {
      return problems_.add(line.span(), open_ ? "figures occur twice in one fold" : "figures stand behind the final ones",
                           "keep one line of them");
    }
    uf1_slot = f;
    uar_slot = r;
  }

  void end_fold() {
    if (!open_) return;
    const FoldLog& fold = log_.folds.back();
    const std::string name = excerpt(fold.subject);
    if (!seen_predicted_ || !seen_truth_) {
      problems_.add(fold_, fmt::format("fold '{}' has no list '{}'", name, seen_predicted_ ? "Ground Truth" : "Predicted"),
                    "each fold has both, one number per clip");
    } else if (!broken_list_ && fold.truth.size() != fold.predicted.size()) {
      problems_.add(fold_, fmt::format("fold '{}' has {} predictions for {} truths", name, fold.predicted.size(), fold.truth.size()),
                    "both lists have one number per clip");
    } else if (!broken_list_ && fold.truth.empty()) {
      problems_.add(fold_, fmt::format("fold '{}' has no clips", name), "remove it, or write its lists");
    }
    open_ = false;
    broken_list_ = false;
  }

  static constexpr const char* kLastLines = "'Final Evaluation:' and one line of figures end the log";

  std::string_view content_;
  core::TextProblems problems_;
  FoldLogFile log_;
  std::set<std::string, std::less<>> subjects_;
  core::TextSpan fold_;
  core::TextSpan final_;
  bool open_ = false;
  bool seen_predicted_ = false;
  bool seen_truth_ = false;
  bool broken_list_ = false;
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

RawField entry_of(const std::string& text, const core::TextSpan& span) { return {.text = text, .line = span.line, .column = span.column}; }

core::Result<PredictionSet> attach(const std::vector<FoldLog>& folds, const data::Manifest& manifest, core::TextProblems problems,
                                   const ReadOptions& options) {
  ClipsOfSubject subjects;
  for (const data::Clip& clip : manifest.clips) subjects[clip.subject].push_back(&clip);
  std::vector<RawPrediction> rows;
  for (const FoldLog& fold : folds) {
    const core::TextSpan line{.line = fold.line};
    const std::vector<core::SubjectId> meant = subjects_meant(subjects, fold.subject);
    if (meant.size() != 1) {
      problems.add(line,
                   meant.empty() ? fmt::format("subject '{}' is not in the manifest", excerpt(fold.subject))
                                 : fmt::format("subject '{}' may be '{}' or '{}'", fold.subject, meant[0].text(), meant[1].text()),
                   meant.empty() ? fmt::format("subjects are written like '{}'", core::raw_subject(subjects.begin()->first))
                                 : "write one of them in full");
      continue;
    }
    const std::vector<const data::Clip*>& clips = subjects.at(meant.front());
    if (clips.size() != fold.truth.size()) {
      problems.add(line,
                   fmt::format("fold '{}' has {} {}, the manifest has {} of '{}'", fold.subject, fold.truth.size(),
                               fold.truth.size() == 1 ? "clip" : "clips", clips.size(), meant.front().text()),
                   "a log without clip names can be attached only when it has every clip of a subject");
      continue;
    }
    const auto known = [&](std::string_view text) { return RawField{.text = text, .line = fold.line}; };
    for (std::size_t i = 0; i < clips.size(); ++i) {
      rows.push_back({.dataset = known(clips[i]->dataset.text()),
                      .subject = known(core::raw_subject(clips[i]->subject)),
                      .clip = known(clips[i]->name),
                      .fold = known(clips[i]->subject.text()),
                      .truth = entry_of(fold.truth[i], fold.truth_spans[i]),
                      .prediction = entry_of(fold.predicted[i], fold.predicted_spans[i]),
                      .scores = {}});
    }
  }
  MEXBENCH_ASSIGN(PredictionSet out, assemble(rows, {}, options, std::move(problems)));
  out.by_order = true;
  return out;
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
  if (content.starts_with(core::kByteOrderMark)) content.remove_prefix(core::kByteOrderMark.size());
  const std::size_t begin = content.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return Error::in_file(ErrorCode::kData, file, "is empty, predictions are wanted");
  content.remove_prefix(begin);
  const std::string_view first = core::trim(content.substr(0, content.find('\n')));
  if (value_of(first, "Subject")) return PredictionFormat::kFoldLog;
  if (first.find(',') != std::string_view::npos) return PredictionFormat::kTable;
  for (const char separator : {';', '\t'}) {
    if (first.find(separator) != std::string_view::npos && first.find("truth") != std::string_view::npos) {
      return Error::in_file(ErrorCode::kData, file,
                            fmt::format("columns are separated by {}, commas are wanted", separator == ';' ? "semicolons" : "tabs"))
          .hint("save the table as CSV with commas");
    }
  }
  const std::size_t words = words_of(first).size();
  if (words == 2 || words == 3) return PredictionFormat::kClipLog;
  return Error::in_file(ErrorCode::kData, file, fmt::format("begins with '{}', which is no prediction file", excerpt(first)))
      .hint(
          "wanted is a table with the columns 'dataset', 'subject', 'clip', 'truth' and 'prediction', or one of the logs of "
          "docs/file-formats.md");
}

core::Result<FoldLogFile> parse_fold_log(std::string_view content, const std::string& file) {
  MEXBENCH_TRY(core::check_text(content, file));
  return FoldLogParser(file, content).parse();
}

core::Result<ImportedPredictions> import_predictions(const std::string& content, const std::string& file, const ReadOptions& options,
                                                     const data::Manifest* manifest) {
  MEXBENCH_TRY(core::check_text(content, file));
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
      MEXBENCH_ASSIGN(const FoldLogFile log, parse_fold_log(content, file));
      if (manifest == nullptr) {
        return Error::in_file(ErrorCode::kUsage, file, "is a log that names no clips, a manifest is wanted to attach them")
            .hint("add --manifest EXPERIMENT.yaml");
      }
      MEXBENCH_ASSIGN(out.predictions, attach(log.folds, *manifest, core::TextProblems(file, content), effective));
      break;
    }
  }
  return out;
}

}  // namespace mexbench::eval
