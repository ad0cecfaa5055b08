#include "reports/json_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/core/text.h"

namespace mexbench::reports {
namespace {

using nlohmann::json;

std::string excerpt(const json& value) {
  std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > 60) {
    text.resize(57);
    text += "...";
  }
  return text;
}

}  // namespace

JsonFields::JsonFields(const json& object, std::string file, std::string prefix, std::vector<core::Diagnostic>& problems)
    : object_(object), file_(std::move(file)), prefix_(std::move(prefix)), problems_(problems) {
  if (!object_.is_object()) mistyped("", object_, "an object");
}

std::string JsonFields::full(std::string_view path) const {
  if (prefix_.empty()) return std::string(path);
  return path.empty() ? prefix_ : fmt::format("{}.{}", prefix_, path);
}

const json* JsonFields::find(std::string_view path) const {
  const json* at = &object_;
  for (const std::string& part : core::split(path, '.')) {
    if (!at->is_object()) return nullptr;
    const auto member = at->find(part);
    if (member == at->end()) return nullptr;
    at = &*member;
  }
  return at;
}

void JsonFields::problem(std::string message) {
  core::Diagnostic diagnostic;
  diagnostic.where.file = file_;
  diagnostic.message = std::move(message);
  problems_.push_back(std::move(diagnostic));
}

void JsonFields::mistyped(std::string_view path, const json& value, std::string_view wanted) {
  problem(fmt::format("'{}' is {}, {} is wanted", full(path), excerpt(value), wanted));
}

const json* JsonFields::demand(std::string_view path, std::string_view wanted) {
  const json* value = find(path);
  // What is no object has been told about already.
  if (value == nullptr && object_.is_object()) problem(fmt::format("'{}' is missing, {} is wanted", full(path), wanted));
  return value;
}

std::string JsonFields::text(std::string_view path) {
  const json* value = demand(path, "a text");
  if (value == nullptr) return {};
  if (!value->is_string() || value->get_ref<const std::string&>().empty()) {
    mistyped(path, *value, "a text that is not empty");
    return {};
  }
  return value->get<std::string>();
}

std::string JsonFields::optional_text(std::string_view path) {
  const json* value = find(path);
  if (value == nullptr || value->is_null()) return {};
  if (!value->is_string()) {
    mistyped(path, *value, "a text or null");
    return {};
  }
  return value->get<std::string>();
}

std::string JsonFields::one_of(std::string_view path, const std::vector<std::string>& allowed) {
  const std::string wanted = core::quoted_list(allowed);
  const json* value = demand(path, wanted);
  if (value == nullptr) return {};
  if (!value->is_string() || std::find(allowed.begin(), allowed.end(), value->get_ref<const std::string&>()) == allowed.end()) {
    mistyped(path, *value, wanted);
    return {};
  }
  return value->get<std::string>();
}

std::int64_t JsonFields::count(std::string_view path) {
  const json* value = demand(path, "a count");
  if (value == nullptr) return 0;
  if (value->is_null()) mistyped(path, *value, "a count");
  return optional_count(path).value_or(0);
}

std::optional<std::int64_t> JsonFields::optional_count(std::string_view path) {
  const json* value = find(path);
  if (value == nullptr || value->is_null()) return std::nullopt;
  // An unsigned number beyond the signed range reads as a negative one.
  if (!value->is_number_integer() || value->get<std::int64_t>() < 0) {
    mistyped(path, *value, "a count (a whole number, 0 or more)");
    return std::nullopt;
  }
  return value->get<std::int64_t>();
}

std::uint64_t JsonFields::seed(std::string_view path) {
  const json* value = demand(path, "a seed");
  if (value == nullptr) return 0;
  if (!value->is_number_integer() || (!value->is_number_unsigned() && value->get<std::int64_t>() < 0)) {
    mistyped(path, *value, "a seed (a whole number, 0 or more)");
    return 0;
  }
  return value->get<std::uint64_t>();
}

std::optional<double> JsonFields::optional_number(std::string_view path, double low, double high) {
  const json* value = find(path);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (!value->is_number() || value->get<double>() < low || value->get<double>() > high) {
    mistyped(path, *value, fmt::format("a number from {} to {} or null", core::format_double(low), core::format_double(high)));
    return std::nullopt;
  }
  return value->get<double>();
}

bool JsonFields::flag(std::string_view path) {
  const json* value = demand(path, "true or false");
  if (value == nullptr) return false;
  if (!value->is_boolean()) {
    mistyped(path, *value, "true or false");
    return false;
  }
  return value->get<bool>();
}

std::vector<std::string> JsonFields::optional_texts(std::string_view path) {
  std::vector<std::string> texts;
  for (const json& item : optional_array(path)) {
    if (!item.is_string()) {
      mistyped(path, item, "a list of texts");
      break;
    }
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

json JsonFields::object(std::string_view path) {
  const json* value = demand(path, "an object");
  if (value == nullptr) return json::object();
  if (!value->is_object()) {
    mistyped(path, *value, "an object");
    return json::object();
  }
  return *value;
}

json JsonFields::object_or_null(std::string_view path) {
  const json* value = demand(path, "an object or null");
  if (value == nullptr || value->is_null()) return nullptr;
  return object(path);
}

json JsonFields::optional_object(std::string_view path) {
  const json* value = find(path);
  return value == nullptr || value->is_null() ? json::object() : object(path);
}

json JsonFields::array(std::string_view path) {
  const json* value = demand(path, "a list");
  if (value == nullptr) return json::array();
  if (!value->is_array()) {
    mistyped(path, *value, "a list");
    return json::array();
  }
  return *value;
}

json JsonFields::optional_array(std::string_view path) {
  const json* value = find(path);
  return value == nullptr || value->is_null() ? json::array() : array(path);
}

}  // namespace mexbench::reports
