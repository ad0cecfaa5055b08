#include "datasets/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/core/text.h"

namespace mexbench::datasets {
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

std::optional<data::Field> field_from(std::string_view name) {
  if (name == "emotion") return data::Field::kEmotion;
  if (name == "objective_class") return data::Field::kObjectiveClass;
  if (name == "type") return data::Field::kType;
  return std::nullopt;
}

std::vector<std::string> texts(const json& source, const char* key) {
  const auto found = source.find(key);
  return found == source.end() ? std::vector<std::string>{} : found->get<std::vector<std::string>>();
}

}  // namespace

core::Result<CorpusLabels> labels_from_json(const json& source) {
  std::vector<core::Diagnostic> problems;
  CorpusLabels out;
  const auto problem = [&](std::string message) {
    core::Diagnostic one;
    one.message = fmt::format("label map '{}': {}", out.map.id, message);
    problems.push_back(std::move(one));
  };
  try {
    out.map.id = source.at("id").get<std::string>();
    out.map.version = 1;
    out.map.classes = texts(source, "classes");
    const std::string by = source.value("by", "emotion");
    if (const auto field = field_from(by)) {
      out.by = *field;
    } else {
      problem(fmt::format("'by' is '{}', 'emotion', 'objective_class' or 'type' is wanted", by));
    }
    for (const auto& [native, name] : source.at("rules").items()) out.map.rules.emplace_back(native, name.get<std::string>());
    for (const std::string& native : texts(source, "drop")) out.no_class.insert(native);
    for (const std::string& key : texts(source, "exclude")) out.excluded.insert(key);
  } catch (const json::exception& wrong) {
    problem(fmt::format("is not complete: {}", wrong.what()));
    return Error(ErrorCode::kUsage, std::move(problems));
  }
  if (out.map.classes.size() < 2) problem("has fewer than two classes");
  std::set<std::string> reached;
  for (const auto& [native, name] : out.map.rules) {
    reached.insert(name);
    if (!out.map.class_index(name))
      problem(fmt::format("'{}' becomes '{}', which is none of its classes {}", native, name, core::quoted_list(out.map.classes, "and")));
    if (out.no_class.contains(native)) problem(fmt::format("'{}' is both in 'rules' and in 'drop'", native));
  }
  std::set<std::string> seen;
  for (const std::string& name : out.map.classes) {
    if (!seen.insert(name).second) problem(fmt::format("class '{}' is listed twice", name));
    if (!reached.contains(name)) problem(fmt::format("no label becomes class '{}'", name));
  }
  if (!problems.empty()) return Error(ErrorCode::kUsage, std::move(problems));
  return out;
}

core::Status require_emotion(const CorpusLabels& labels, std::string_view corpus) {
  if (labels.by == data::Field::kEmotion) return {};
  return Error(ErrorCode::kUsage, fmt::format("label map '{}' is made of the {}, and '{}' tells emotions only", labels.map.id,
                                              data::to_string(labels.by), corpus))
      .hint("leave 'by' out");
}

const std::string& native_label(const data::AnnotationRow& row, data::Field by) {
  if (by == data::Field::kObjectiveClass) return row.objective_class;
  if (by == data::Field::kType) return row.type;
  return row.emotion;
}

}  // namespace mexbench::datasets
