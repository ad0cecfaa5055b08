#include "harness/eval/figure_json.h"

#include <fmt/format.h>

namespace mexbench::eval {

using nlohmann::json;

json to_json(const Figure& figure) {
  if (figure.value) return *figure.value;
  return {{"value", nullptr}, {"reason", figure.reason}};
}

Figure figure_from_json(const json& owner, const char* key, std::string& problem) {
  const json& source = owner.at(key);
  if (source.is_number()) return Figure::of(source.get<double>());
  if (source.is_object() && source.contains("value") && source["value"].is_null() && source.contains("reason") &&
      source["reason"].is_string() && !source["reason"].get_ref<const std::string&>().empty()) {
    return Figure::undefined(source["reason"].get<std::string>());
  }
  if (problem.empty()) {
    problem = fmt::format(R"('{}' is {}, a number or {{"value": null, "reason": "..."}} is wanted)", key,
                          source.dump(-1, ' ', true, json::error_handler_t::replace));
  }
  return Figure::undefined("unreadable");
}

}  // namespace mexbench::eval
