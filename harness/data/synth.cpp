#include "harness/data/synth.h"

#include <fmt/format.h>

#include <utility>

#include "harness/core/csv.h"
#include "harness/core/files.h"
#include "harness/core/text.h"
#include "harness/core/text_problems.h"
#include "harness/data/corpus_marker.h"

namespace mexbench::data {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

const CorpusMarker& marker() {
  static const CorpusMarker kMarker{.file = "synth.json",
                                    .schema = "mexbench.synth/1",
                                    .title = "synthetic corpus",
                                    .version = kSynthVersion,
                                    .table = "annotations.csv",
                                    .digest = "annotations_sha256",
                                    .command = "mexbench synth --out ROOT"};
  return kMarker;
}

struct Reader {
  const json& source;
  std::vector<core::Diagnostic> problems;

  void problem(std::string message) {
    core::Diagnostic diagnostic;
    diagnostic.message = std::move(message);
    problems.push_back(std::move(diagnostic));
  }
  void whole(const char* name, std::int64_t low, std::int64_t high, std::int64_t& value) {
    const auto found = source.find(name);
    if (found == source.end()) return;
    if (!found->is_number_integer() || *found < low || *found > high) {
      return problem(fmt::format("option '{}' is {}, a whole number from {} to {} is wanted", name, found->dump(), low, high));
    }
    value = found->get<std::int64_t>();
  }
  void number(const char* name, double high, double& value) {
    const auto found = source.find(name);
    if (found == source.end()) return;
    if (!found->is_number() || !(found->get<double>() >= 0.0 && found->get<double>() <= high)) {
      return problem(fmt::format("option '{}' is {}, a number from 0 to {} is wanted", name, found->dump(), high));
    }
    value = found->get<double>();
  }
  void flag(const char* name, bool& value) {
    const auto found = source.find(name);
    if (found == source.end()) return;
    if (!found->is_boolean()) return problem(fmt::format("option '{}' is {}, true or false is wanted", name, found->dump()));
    value = found->get<bool>();
  }
};

}  // namespace

core::Result<SynthOptions> synth_options_from_json(const json& source) {
  SynthOptions options;
  if (source.is_null()) return options;
  if (!source.is_object()) return Error(ErrorCode::kUsage, fmt::format("options of 'synth' are {}, a mapping is wanted", source.dump()));
  Reader reader{.source = source, .problems = {}};
  reader.whole("subjects", 2, 500, options.subjects);
  reader.whole("clips_per_subject", 1, 200, options.clips_per_subject);
  reader.whole("frames", 3, 99, options.frames);
  reader.whole("size", 48, 512, options.size);
  reader.number("intensity", 10.0, options.intensity);
  reader.number("idiosyncrasy", 10.0, options.idiosyncrasy);
  reader.number("noise", 10.0, options.noise);
  reader.flag("permute_labels", options.permute_labels);
  reader.whole("seed", 0, INT64_MAX, options.seed);
  if (!reader.problems.empty()) return Error(ErrorCode::kUsage, std::move(reader.problems));
  return options;
}

json to_json(const SynthOptions& options) {
  return {{"subjects", options.subjects},
          {"clips_per_subject", options.clips_per_subject},
          {"frames", options.frames},
          {"size", options.size},
          {"intensity", options.intensity},
          {"idiosyncrasy", options.idiosyncrasy},
          {"noise", options.noise},
          {"permute_labels", options.permute_labels},
          {"seed", options.seed}};
}

LabelMap synth_label_map() {
  return {.id = "synth",
          .version = 1,
          .classes = {"negative", "positive", "surprise"},
          .rules = {{"negative", "negative"}, {"positive", "positive"}, {"surprise", "surprise"}}};
}

std::string synth_annotations_csv(const std::vector<SynthClip>& clips) {
  std::string out = "subject,clip,class,onset,apex,offset\n";
  for (const SynthClip& clip : clips) {
    out += fmt::format("{},{},{},{},{},{}\n", clip.subject, clip.clip, clip.label, clip.onset, clip.apex, clip.offset);
  }
  return out;
}

core::Result<std::vector<SynthClip>> read_synth_annotations(const fs::path& file) {
  MEXBENCH_ASSIGN(const std::string content, core::read_file(file));
  MEXBENCH_ASSIGN(const std::vector<core::CsvRow> rows, core::parse_csv(content, file.string()));
  const std::vector<std::string> header = {"subject", "clip", "class", "onset", "apex", "offset"};
  if (rows.empty() || rows.front().fields != header)
    return broken_corpus(marker(), file, "the header subject,clip,class,onset,apex,offset is wanted");
  const LabelMap labels = synth_label_map();
  std::vector<SynthClip> clips;
  core::TextProblems problems(file.string(), content);
  for (auto row = rows.begin() + 1; row != rows.end(); ++row) {
    const auto& f = row->fields;
    const auto frame = [&](std::size_t i) { return i < f.size() ? core::parse_int(f[i]) : std::nullopt; };
    const auto onset = frame(3), apex = frame(4), offset = frame(5);
    if (f.size() == header.size() && !f[0].empty() && !f[1].empty() && labels.index_of_native(f[2]) && onset && apex && offset &&
        *onset < *apex && *apex < *offset) {
      clips.push_back({.subject = f[0], .clip = f[1], .label = f[2], .onset = *onset, .apex = *apex, .offset = *offset});
      continue;
    }
    problems.add({.line = row->line}, "a malformed row", "subject, clip, a class and onset < apex < offset are wanted");
  }
  if (problems.any()) return std::move(problems).error();
  return clips;
}

std::string synth_json(const SynthOptions& options, std::string_view annotations_csv) {
  return marker_json(marker(), to_json(options), annotations_csv);
}

core::Result<bool> synth_is_rendered(const SynthOptions& options, const fs::path& root) {
  return is_rendered(marker(), to_json(options), root);
}

}  // namespace mexbench::data
