#include "harness/data/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

#include "harness/core/sha256.h"
#include "harness/core/text.h"

namespace mexbench::data {
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

json optional_number(const std::optional<std::int64_t>& value) { return value ? json(*value) : json(nullptr); }

std::optional<std::int64_t> number_or_nothing(const json& value) {
  if (value.is_null()) return std::nullopt;
  return value.get<std::int64_t>();
}

std::optional<ApexSource> apex_source_from(const std::string& text) {
  for (const ApexSource source : {ApexSource::kAnnotated, ApexSource::kSpotted, ApexSource::kMidpoint, ApexSource::kNone}) {
    if (to_string(source) == text) return source;
  }
  return std::nullopt;
}

json input_to_json(const InputRecipe& input) {
  return {{"recipe", input.recipe}, {"version", input.version}, {"channels", input.channels}, {"height", input.height},
          {"width", input.width},   {"low", input.low},         {"high", input.high},         {"options", input.options}};
}

json clip_to_json(const LabelMap& labels, const Clip& clip) {
  json files = json::array();
  for (const MediaFile& file : clip.files) files.push_back({{"role", file.role}, {"path", file.path}, {"sha256", file.sha256}});
  json out = {{"id", clip.id.text()},
              {"dataset", clip.dataset.text()},
              {"subject", clip.subject.text()},
              {"clip", clip.name},
              {"truth", clip.truth.text(labels.classes)},
              {"onset", optional_number(clip.frames.onset)},
              {"apex", optional_number(clip.frames.apex)},
              {"offset", optional_number(clip.frames.offset)},
              {"apex_source", to_string(clip.frames.apex_source)},
              {"files", std::move(files)}};
  if (clip.fps) out["fps"] = *clip.fps;
  return out;
}

}  // namespace

std::string_view to_string(ApexSource source) {
  switch (source) {
    case ApexSource::kAnnotated:
      return "annotated";
    case ApexSource::kSpotted:
      return "spotted";
    case ApexSource::kMidpoint:
      return "midpoint";
    case ApexSource::kNone:
      break;
  }
  return "none";
}

std::string volume_channel(std::size_t index) { return fmt::format("t{:02}", index); }

std::vector<core::DatasetId> Manifest::datasets() const {
  std::set<core::DatasetId> ids;
  for (const Clip& clip : clips) ids.insert(clip.dataset);
  return {ids.begin(), ids.end()};
}

std::vector<core::SubjectId> Manifest::subjects() const {
  std::set<core::SubjectId> ids;
  for (const Clip& clip : clips) ids.insert(clip.subject);
  return {ids.begin(), ids.end()};
}

const Clip* Manifest::find(const core::ClipId& id) const {
  const auto found = std::find_if(clips.begin(), clips.end(), [&](const Clip& clip) { return clip.id == id; });
  return found == clips.end() ? nullptr : &*found;
}

std::string manifest_hash(const Manifest& manifest) {
  json subject = to_json(manifest);
  subject.erase("sha256");
  subject.erase("notes");
  for (json& clip : subject["clips"]) {
    for (json& file : clip["files"]) file.erase("path");  // renaming a folder changes no number
  }
  return core::sha256_hex(subject.dump());
}

json to_json(const Manifest& manifest) {
  json rules = json::object();
  for (const auto& [from, to] : manifest.label_map.rules) rules[from] = to;
  json clips = json::array();
  for (const Clip& clip : manifest.clips) clips.push_back(clip_to_json(manifest.label_map, clip));
  return {
      {"schema", "mexbench.manifest/1"},
      {"adapter", manifest.adapter},
      {"label_map",
       {{"id", manifest.label_map.id}, {"version", manifest.label_map.version}, {"classes", manifest.label_map.classes}, {"rules", rules}}},
      {"input", input_to_json(manifest.input)},
      {"notes", manifest.notes},
      {"clips", std::move(clips)}};
}

core::Result<Manifest> manifest_from_json(const json& source, std::string_view file) {
  try {
    if (source.at("schema") != "mexbench.manifest/1") {
      return Error::in_file(ErrorCode::kData, std::string(file),
                            fmt::format("schema is '{}', 'mexbench.manifest/1' is wanted", source.at("schema").get<std::string>()));
    }
    Manifest manifest;
    manifest.adapter = source.at("adapter");
    const json& labels = source.at("label_map");
    manifest.label_map.id = labels.at("id");
    manifest.label_map.version = labels.at("version");
    manifest.label_map.classes = labels.at("classes").get<std::vector<std::string>>();
    for (const auto& [from, to] : labels.at("rules").items()) manifest.label_map.rules.emplace_back(from, to.get<std::string>());
    const json& input = source.at("input");
    manifest.input = {.recipe = input.at("recipe"),
                      .version = input.at("version"),
                      .channels = input.at("channels").get<std::vector<std::string>>(),
                      .height = input.at("height"),
                      .width = input.at("width"),
                      .low = input.at("low"),
                      .high = input.at("high"),
                      .options = input.at("options")};
    manifest.notes = source.at("notes").get<std::vector<std::string>>();
    for (const json& entry : source.at("clips")) {
      Clip clip;
      clip.id = core::ClipId(entry.at("id"));
      clip.dataset = core::DatasetId(entry.at("dataset"));
      clip.subject = core::SubjectId(entry.at("subject"));
      clip.name = entry.at("clip");
      const auto truth = Truth::parse(manifest.label_map.classes, entry.at("truth").get_ref<const std::string&>());
      if (!truth) {
        return Error::in_file(
            ErrorCode::kData, std::string(file),
            fmt::format("clip '{}' has truth {}, which is no class of the label map", clip.id.text(), entry.at("truth").dump()));
      }
      clip.truth = *truth;
      clip.frames.onset = number_or_nothing(entry.at("onset"));
      clip.frames.apex = number_or_nothing(entry.at("apex"));
      clip.frames.offset = number_or_nothing(entry.at("offset"));
      const auto source_of_apex = apex_source_from(entry.at("apex_source"));
      if (!source_of_apex) {
        return Error::in_file(ErrorCode::kData, std::string(file),
                              fmt::format("clip '{}' has the unknown apex_source {}", clip.id.text(), entry.at("apex_source").dump()));
      }
      clip.frames.apex_source = *source_of_apex;
      if (entry.contains("fps")) clip.fps = entry.at("fps").get<double>();
      for (const json& media : entry.at("files")) {
        clip.files.push_back({.role = media.at("role"), .path = media.at("path"), .sha256 = media.at("sha256")});
      }
      manifest.clips.push_back(std::move(clip));
    }
    if (const core::Status checked = check_manifest(manifest); !checked) {
      std::vector<core::Diagnostic> problems = checked.error().diagnostics();
      for (core::Diagnostic& problem : problems) problem.where.file = file;
      return Error(ErrorCode::kData, std::move(problems));
    }
    return manifest;
  } catch (const json::exception& problem) {
    return Error::in_file(ErrorCode::kData, std::string(file), fmt::format("is not a manifest: {}", problem.what()));
  }
}

std::vector<std::size_t> canonical_order(const Manifest& manifest) {
  std::vector<std::size_t> order(manifest.clips.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const Clip& x = manifest.clips[a];
    const Clip& y = manifest.clips[b];
    return std::tie(x.dataset, x.subject, x.name) < std::tie(y.dataset, y.subject, y.name);
  });
  return order;
}

core::Status check_manifest(const Manifest& manifest) {
  std::vector<core::Diagnostic> problems;
  const auto problem = [&](std::string message) {
    core::Diagnostic diagnostic;
    diagnostic.message = std::move(message);
    problems.push_back(std::move(diagnostic));
  };
  if (manifest.clips.empty()) problem("the manifest has no clips");
  if (manifest.label_map.classes.size() < 2) problem("the label map has fewer than two classes");
  std::set<core::ClipId> seen;
  for (const Clip& clip : manifest.clips) {
    if (clip.name.empty() || clip.dataset.empty() || clip.subject.empty())
      problem(fmt::format("clip '{}' lacks a name, dataset or subject", clip.id.text()));
    const auto bad_text = [](const std::string& text) { return core::invalid_utf8(text).has_value(); };
    if (bad_text(clip.id.text()) ||
        std::any_of(clip.files.begin(), clip.files.end(), [&](const MediaFile& file) { return bad_text(file.path); })) {
      problem(fmt::format("clip '{}' has a name or a file name that is not UTF-8: rename it", clip.id.text()));
    }
    if (!clip.truth.fits(manifest.label_map.classes.size())) {
      problem(fmt::format("clip '{}' has a truth outside the label map", clip.id.text()));
    }
    if (clip.dataset.text() == "all") problem(fmt::format("clip '{}' is in dataset 'all', a reserved name", clip.id.text()));
    if (!seen.insert(clip.id).second) problem(fmt::format("clip '{}' occurs twice", clip.id.text()));
  }
  if (!problems.empty()) return Error(ErrorCode::kData, std::move(problems));
  return {};
}

}  // namespace mexbench::data
