#include "harness/data/synth.h"

#include <fmt/format.h>

#include <set>
#include <system_error>

#include "harness/core/csv.h"
#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "harness/core/text.h"
#include "harness/core/text_problems.h"

namespace mexbench::data {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

constexpr std::string_view kSchema = "mexbench.synth/1";

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

Error broken(const fs::path& file, std::string message) {
  return Error::in_file(ErrorCode::kData, file.string(), std::move(message))
      .hint("remove the folder and render it again with `mexbench synth --out ROOT`");
}

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
  if (rows.empty() || rows.front().fields != header) return broken(file, "the header subject,clip,class,onset,apex,offset is wanted");
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
  const json out = {{"schema", kSchema},
                    {"version", kSynthVersion},
                    {"options", to_json(options)},
                    {"annotations_sha256", core::sha256_hex(annotations_csv)}};
  return out.dump(2) + "\n";
}

core::Result<bool> synth_is_rendered(const SynthOptions& options, const fs::path& root) {
  std::error_code failure;
  if (!fs::exists(root, failure)) return false;
  MEXBENCH_ASSIGN(const std::vector<std::string> names, core::list_folder(root));
  if (names.empty()) return false;
  const fs::path file = root / "synth.json";
  if (!fs::exists(file, failure)) {
    return Error::in_file(ErrorCode::kData, root.string(), "has files but no synth.json: it is no synthetic corpus")
        .hint("name an empty or a new folder as 'root'");
  }
  MEXBENCH_ASSIGN(const std::string content, core::read_file(file));
  const json found = json::parse(content, nullptr, /*allow_exceptions=*/false);
  if (!found.is_object() || !found.contains("schema") || found["schema"] != kSchema || !found.contains("options") ||
      !found["options"].is_object() || !found.contains("annotations_sha256") || !found.contains("version")) {
    return broken(file, fmt::format("is no description of a synthetic corpus ({})", kSchema));
  }
  std::vector<std::string> differences;
  if (found["version"] != kSynthVersion) {
    differences.push_back(fmt::format("its renderer is of version {}, this is version {}", found["version"].dump(), kSynthVersion));
  }
  const json wanted = to_json(options);
  for (const auto& [name, value] : wanted.items()) {
    const json seen = found["options"].value(name, json());
    if (seen != value) differences.push_back(fmt::format("its {} is {}, {} is asked for", name, seen.dump(), value.dump()));
  }
  if (!differences.empty()) {
    return Error::in_file(ErrorCode::kData, file.string(), fmt::format("is another corpus: {}", core::join(differences, "; ")))
        .hint("name another 'root', or remove the folder and render it again with `mexbench synth --out ROOT`");
  }
  MEXBENCH_ASSIGN(const std::string annotations, core::read_file(root / "annotations.csv"));
  if (found["annotations_sha256"] != core::sha256_hex(annotations)) return broken(root / "annotations.csv", "was changed after rendering");
  return true;
}

}  // namespace mexbench::data
