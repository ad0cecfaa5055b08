#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/config/tree.h"

namespace mexbench::config {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter_or_digit(char c) { return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// `.9` and `-.9`: numbers to us, so that quotes would make texts of them.
bool begins_with_point_and_digit(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return text.size() > 1 && text[0] == '.' && digit(text[1]);
}

// Text that every YAML reader takes as this plain scalar, inside brackets too.
bool is_plain(std::string_view text) {
  if (text.empty() || text == "null" || text == "Null" || text == "NULL") return false;
  const bool signed_number = text.size() > 1 && (text[0] == '-' || text[0] == '+') && letter_or_digit(text[1]);
  if (!letter_or_digit(text[0]) && text[0] != '_' && text[0] != '/' && !signed_number && !begins_with_point_and_digit(text)) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return letter_or_digit(c) || std::string_view("_./+-=").find(c) != std::string_view::npos; });
}

std::string in_quotes(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string scalar_text(const Node& node) {
  if (node.kind == NodeKind::kNull) return "null";
  return !node.quoted && is_plain(node.text) ? node.text : in_quotes(node.text);
}

bool is_leaf(const Node& node) { return node.kind == NodeKind::kNull || node.kind == NodeKind::kScalar || node.children.empty(); }

class Emitter {
 public:
  explicit Emitter(bool origins) : origins_(origins) {}

  // Lines of a map or list, each beginning at `indent` blanks.
  std::string block(const Node& node, std::size_t indent) const {
    std::string out;
    const std::string blanks(indent, ' ');
    for (const Node& child : node.children) {
      if (node.kind == NodeKind::kMap) {
        out += blanks + (is_plain(child.key) ? child.key : in_quotes(child.key)) + ":";
        if (const auto line = one_line(child)) {
          out += " " + *line + "\n";
        } else {
          out += "\n" + block(child, indent + 2);
        }
      } else if (const auto line = one_line(child)) {
        out += blanks + "- " + *line + "\n";
      } else {
        std::string inner = block(child, indent + 2);
        inner[indent] = '-';
        out += inner;
      }
    }
    return out;
  }

  std::string comment(const Node& node) const { return origins_ ? "  # " + in_comment(node.where.origin()) : std::string(); }

  // The value when it fits in one line: a scalar, something empty, or a list of scalars from one place.
  std::optional<std::string> one_line(const Node& node) const {
    if (node.kind == NodeKind::kList && !node.children.empty()) {
      const std::string origin = node.children.front().where.origin();
      std::string out;
      for (const Node& child : node.children) {
        if (!is_leaf(child) || child.kind == NodeKind::kList || child.kind == NodeKind::kMap || child.where.origin() != origin)
          return std::nullopt;
        out += (out.empty() ? "[" : ", ") + scalar_text(child);
      }
      constexpr std::size_t kWidest = 100;
      if (out.size() > kWidest) return std::nullopt;
      return out + "]" + comment(node.children.front());
    }
    if (!is_leaf(node)) return std::nullopt;
    if (node.kind == NodeKind::kList) return "[]" + comment(node);
    if (node.kind == NodeKind::kMap) return "{}" + comment(node);
    return scalar_text(node) + comment(node);
  }

 private:
  bool origins_;
};

}  // namespace

std::string in_comment(const std::string& text) {
  const std::string quoted = in_quotes(text);
  return quoted.size() == text.size() + 2 && quoted.compare(1, text.size(), text) == 0 ? text : quoted;
}

std::string emit_yaml(const Node& node, bool origins) {
  const Emitter emitter(origins);
  if (const auto line = emitter.one_line(node)) return *line + "\n";
  return emitter.block(node, 0);
}

}  // namespace mexbench::config
