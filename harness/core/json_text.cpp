#include "harness/core/json_text.h"

namespace mexbench::core {

std::variant<nlohmann::json, JsonProblem> parse_json_text(std::string_view text, int deepest) {
  using nlohmann::json;
  bool too_deep = false;
  const auto keep = [&too_deep, deepest](int depth, json::parse_event_t event, const json&) {
    const bool refused = depth >= deepest && (event == json::parse_event_t::object_start || event == json::parse_event_t::array_start);
    too_deep = too_deep || refused;
    return !refused;
  };
  try {
    json value = json::parse(text, keep);
    if (too_deep) return JsonProblem{.kind = JsonProblem::Kind::kDepth};
    return value;
  } catch (const json::parse_error& error) {
    return JsonProblem{.kind = JsonProblem::Kind::kSyntax, .byte = error.byte};
  } catch (const json::exception& error) {
    const std::string reason = error.what();  // "[json.exception.out_of_range.406] number overflow parsing '1e999'"
    return JsonProblem{.kind = JsonProblem::Kind::kNumber, .reason = reason.substr(reason.find(']') + 2)};
  }
}

}  // namespace mexbench::core
