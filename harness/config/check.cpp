#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <regex>
#include <span>
#include <utility>

#include "harness/config/compose.h"
#include "harness/config/schema.h"
#include "harness/core/text.h"

namespace mexbench::config {
namespace fs = std::filesystem;
namespace {

enum class Shape { kScalar, kList, kMap };

bool takes(const Type& type, Shape shape) {
  switch (type.kind) {
    case TypeKind::kList:
      return shape == Shape::kList;
    case TypeKind::kMap:
    case TypeKind::kObject:
      return shape == Shape::kMap;
    case TypeKind::kUnion:
      return shape == Shape::kMap || (type.shorthand && shape == Shape::kScalar);
    case TypeKind::kAny:
      return true;
    case TypeKind::kEither:
      return std::any_of(type.inner.begin(), type.inner.end(), [&](const Type& inner) { return takes(inner, shape); });
    default:
      return shape == Shape::kScalar;
  }
}

Shape shape_of(const Node& node) {
  return node.kind == NodeKind::kList ? Shape::kList : node.kind == NodeKind::kMap ? Shape::kMap : Shape::kScalar;
}

// Whether `name` of a map is at the place of its value: the map was a lone text.
bool stood_alone(const Node& name) {
  return name.where.source != nullptr && name.key_where.source == name.where.source && name.key_where.line == name.where.line &&
         name.key_where.column == name.where.column;
}

// The regular expression matcher recurses per byte: matched texts are short by decree.
constexpr std::size_t kLongestMatched = 256;

bool matches(const std::string& text, const std::string& pattern) {
  thread_local std::map<std::string, std::regex> compiled;
  if (text.size() > kLongestMatched) return false;
  auto found = compiled.find(pattern);
  if (found == compiled.end()) found = compiled.emplace(pattern, std::regex(pattern, std::regex::ECMAScript)).first;
  return std::regex_match(text, found->second);
}

Node node_of(const nlohmann::json& value) {
  if (value.is_null()) return {};
  if (value.is_array()) {
    Node list = Node::list({});
    for (const auto& entry : value) list.children.push_back(node_of(entry));
    return list;
  }
  if (value.is_object()) {
    Node map = Node::map({});
    for (const auto& [key, entry] : value.items()) {
      map.children.push_back(node_of(entry));
      map.children.back().key = key;
    }
    return map;
  }
  if (value.is_string()) return Node::scalar(value.get<std::string>(), /*quoted=*/false, {});
  if (value.is_number_float()) return Node::scalar(core::format_double(value.get<double>()), /*quoted=*/false, {});
  return Node::scalar(value.dump(), /*quoted=*/false, {});
}

// `sgd` -> {name: sgd}, at the same place.
void name_to_map(Node& node, const Type& type) {
  if (node.kind != NodeKind::kScalar || !type.shorthand) return;
  Node map = Node::map(node.where);
  map.key = std::move(node.key);
  map.key_where = std::move(node.key_where);
  node.key = type.discriminator;
  node.key_where = node.where;
  map.children.push_back(std::move(node));
  node = std::move(map);
}

void spell_out_fields(Node& node, const ObjectSchema& schema) {
  for (const Field& field : schema.fields) {
    if (Node* child = node.find(field.name)) spell_out(*child, field.type);
  }
}

struct Checked {
  nlohmann::json value;
  Node node;
};

std::string seen_words(const Node& node) {
  switch (node.kind) {
    case NodeKind::kNull:
      return "has no value";
    case NodeKind::kList:
      return "is a list";
    case NodeKind::kMap:
      return "is a map";
    case NodeKind::kScalar:
      break;
  }
  return fmt::format("is {}'{}'", node.quoted ? "the text " : "", shown(node.text));
}

std::string in_quotes(const std::string& name) { return name.empty() ? "the file" : fmt::format("'{}'", name); }

class Checker {
 public:
  explicit Checker(Problems& problems) : problems_(problems) {}

  // `name` is the key the value belongs to; empty at the top of a file. `entry`: the value is one entry of that key's list.
  // `needed`: the key must be there, so that leaving it out is no way to mend it.
  Checked visit(const Node& node, const Type& type, const std::string& name, bool partial, bool entry = false, bool needed = false) {
    const std::string called = entry ? fmt::format("an entry of '{}'", shown(name)) : in_quotes(shown(name));
    partial = partial || type.partial;
    if (type.kind == TypeKind::kAny) return {plain_json(node, type.core_schema), node};
    if (type.kind == TypeKind::kEither && node.kind != NodeKind::kNull) {
      for (const Type& inner : type.inner) {
        if (takes(inner, shape_of(node))) return visit(node, inner, name, partial, entry, needed);
      }
    }
    if (node.kind == NodeKind::kNull || !takes(type, shape_of(node))) {
      problems_.add(node.kind == NodeKind::kNull ? node.key_or_value() : node.where,
                    fmt::format("{} {}, {} is wanted", called, seen_words(node), in_words(type)));
      return {nullptr, node};
    }
    switch (type.kind) {
      case TypeKind::kText:
        return text(node, type, called);
      case TypeKind::kPath:
        return path(node);
      case TypeKind::kInteger:
        return integer(node, type, called);
      case TypeKind::kNumber:
        return number(node, type, called);
      case TypeKind::kBoolean:
        return boolean(node, called);
      case TypeKind::kList:
        return list(node, type, name, called, needed);
      case TypeKind::kMap:
        return map(node, type, name, called, needed);
      case TypeKind::kObject:
        if (type.object.any_key && node.children.empty() && !node.incomplete && !partial) empty_map(node, type, called, needed);
        return object(node, type.object, name, partial);
      default:
        return choose(node, type, name, partial);
    }
  }

 private:
  // A scalar as YAML 1.2's core schema reads it, but for its octal and hexadecimal numbers, which stay text.
  static nlohmann::json core_scalar(const Node& node) {
    if (node.quoted) return node.text;
    if (node.text == "true" || node.text == "false") return node.text == "true";
    if (const auto whole = core::parse_int(node.text); whole && !has_leading_zero(node.text)) return *whole;
    if (const auto number = core::parse_double(node.text); number && std::isfinite(*number) && !has_leading_zero(node.text)) return *number;
    return node.text;
  }

  static nlohmann::json plain_json(const Node& node, bool core_schema) {
    nlohmann::json out;
    if (node.kind == NodeKind::kScalar) out = core_schema ? core_scalar(node) : nlohmann::json(node.text);
    if (node.kind == NodeKind::kList) {
      out = nlohmann::json::array();
      for (const Node& child : node.children) out.push_back(plain_json(child, core_schema));
    }
    if (node.kind == NodeKind::kMap) {
      out = nlohmann::json::object();
      for (const Node& child : node.children) out[child.key] = plain_json(child, core_schema);
    }
    return out;
  }

  void unlisted(const Place& where, const std::string& called, const std::string& seen, std::span<const std::string> known,
                bool expandable) {
    std::string hint;
    if (expandable && seen.find("${") != std::string::npos) {
      hint = "'${NAME}' is expanded in paths and free text only";
    } else if (const auto near = core::closest(seen, known)) {
      hint = fmt::format("did you mean '{}'?", *near);
    }
    problems_.add(where, fmt::format("{} is '{}', {} is wanted", called, shown(seen), known.empty() ? "nothing" : core::quoted_list(known)),
                  std::move(hint));
  }

  Checked text(const Node& node, const Type& type, const std::string& called) {
    if (!type.choices.empty()) {
      std::vector<std::string> known;
      for (const Choice& choice : type.choices) known.push_back(choice.value);
      const auto refused = std::find_if(type.refused.begin(), type.refused.end(), [&](const auto& r) { return r.first == node.text; });
      if (refused != type.refused.end()) {
        problems_.add(node.where, fmt::format("'{}' {}", node.text, refused->second));
      } else if (std::find(known.begin(), known.end(), node.text) == known.end()) {
        unlisted(node.where, called, node.text, known, /*expandable=*/true);
      }
      return {node.text, node};
    }
    if (!type.pattern.empty()) {
      const auto refused = std::find_if(type.refused.begin(), type.refused.end(), [&](const auto& r) { return r.first == node.text; });
      if (refused != type.refused.end()) {
        problems_.add(node.where, fmt::format("{} is '{}', which {}", called, node.text, refused->second), "choose another");
      } else if (!matches(node.text, type.pattern)) {
        problems_.add(node.where, fmt::format("{} is '{}', {} is wanted", called, shown(node.text), type.pattern_words),
                      node.text.find("${") != std::string::npos ? "'${NAME}' is expanded in paths and free text only" : "");
      }
      return {node.text, node};
    }
    const auto expanded = expand_variables(node.text, node.where, problems_);
    return {expanded ? expanded->text : node.text, node};
  }

  Checked path(const Node& node) {
    Node out = node;
    out.is_path = true;
    const auto resolved = resolve_path(node, problems_);
    return {resolved ? resolved->string() : node.text, std::move(out)};
  }

  // The complaint about a scalar that is no number, with the slip it probably is.
  void not_a_number(const Node& node, const Type& type, const std::string& called) {
    std::string hint;
    const auto bare = core::parse_double(node.text);
    const bool number = bare && std::isfinite(*bare);
    if (node.quoted && number) {
      hint = "remove the quotes";
    } else if (node.text.find("${") != std::string::npos) {
      hint = "'${NAME}' is expanded in paths and free text only; '--set key=value' sets numbers";
    } else if (node.text.size() > 1 && node.text.find_first_not_of("0123456789") == std::string::npos && node.text[0] == '0') {
      const std::string digits = node.text.substr(std::min(node.text.find_first_not_of('0'), node.text.size() - 1));
      hint = fmt::format("write {}; a leading zero means octal to some readers of YAML", shown(digits));
    } else if (type.kind == TypeKind::kInteger && number && std::abs(*bare) < 1e15 && *bare == std::floor(*bare)) {
      hint = fmt::format("write {}", static_cast<std::int64_t>(*bare));
    }
    problems_.add(node.where, fmt::format("{} {}, {} is wanted", called, seen_words(node), in_words(type)), std::move(hint));
  }

  static bool has_leading_zero(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    return text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
  }

  void out_of_range(const Node& node, const Type& type, const std::string& called) {
    problems_.add(node.where, fmt::format("{} is {}, {} is wanted", called, shown(node.text), in_words(type)));
  }

  // Whole numbers are compared as such: a double has no 2^53 + 1.
  static bool below(std::int64_t value, double bound, bool open) {
    constexpr double kEnd = 9223372036854775808.0;  // 2^63
    if (bound < -kEnd || bound >= kEnd) return bound > 0;
    const auto whole = static_cast<std::int64_t>(std::ceil(bound));
    return value < whole || (open && static_cast<double>(whole) == bound && value == whole);
  }
  static bool above(std::int64_t value, double bound, bool open) {
    constexpr double kEnd = 9223372036854775808.0;
    if (bound < -kEnd || bound >= kEnd) return bound < 0;
    const auto whole = static_cast<std::int64_t>(std::floor(bound));
    return value > whole || (open && static_cast<double>(whole) == bound && value == whole);
  }
  static bool below(double value, double bound, bool open) { return open ? value <= bound : value < bound; }
  static bool above(double value, double bound, bool open) { return open ? value >= bound : value > bound; }

  template <typename T>
  void check_range(const Node& node, const Type& type, const std::string& called, T value) {
    const Range& range = type.range;
    const bool low = range.minimum && below(value, *range.minimum, range.open_minimum);
    const bool high = range.maximum && above(value, *range.maximum, range.open_maximum);
    if (low || high) out_of_range(node, type, called);
  }

  Checked integer(const Node& node, const Type& type, const std::string& called) {
    const auto value = core::parse_int(node.text);
    if (!value || node.quoted || has_leading_zero(node.text)) {
      not_a_number(node, type, called);
      return {nullptr, node};
    }
    check_range(node, type, called, *value);
    return {*value, node};
  }

  Checked number(const Node& node, const Type& type, const std::string& called) {
    const auto value = core::parse_double(node.text);
    if (!value || !std::isfinite(*value) || node.quoted || has_leading_zero(node.text)) {
      not_a_number(node, type, called);
      return {nullptr, node};
    }
    check_range(node, type, called, *value);
    return {*value, node};
  }

  Checked boolean(const Node& node, const std::string& called) {
    if (!node.quoted && (node.text == "true" || node.text == "false")) return {node.text == "true", node};
    std::string lower = node.text;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c); });
    std::string hint;
    for (const char* yes : {"true", "yes", "on", "y", "1"}) {
      if (lower == yes) hint = "write true";
    }
    for (const char* no : {"false", "no", "off", "n", "0"}) {
      if (lower == no) hint = "write false";
    }
    if (!hint.empty() && node.quoted) hint += " without quotes";
    problems_.add(node.where, fmt::format("{} {}, 'true' or 'false' is wanted", called, seen_words(node)), std::move(hint));
    return {nullptr, node};
  }

  Checked list(const Node& node, const Type& type, const std::string& name, const std::string& called, bool needed) {
    Checked out{nlohmann::json::array(), node};
    out.node.children.clear();
    if (node.children.empty() && type.list.least > 0) {
      problems_.add(node.where,
                    fmt::format("{} is an empty list, at least {} is wanted", called,
                                type.list.least == 1 ? "one entry" : fmt::format("{} entries", type.list.least)),
                    needed ? fmt::format("an entry is {}", in_words(type.inner.front())) : "remove the key, or fill the list");
    } else if (node.children.size() < type.list.least || (type.list.most && node.children.size() > *type.list.most)) {
      const bool exact = type.list.most == type.list.least;
      const bool few = node.children.size() < type.list.least;
      problems_.add(node.where, fmt::format("{} has {} {}, {} {} are wanted", called, node.children.size(),
                                            node.children.size() == 1 ? "entry" : "entries",
                                            exact ? "exactly"
                                            : few ? "at least"
                                                  : "at most",
                                            few ? type.list.least : *type.list.most));
    }
    std::map<std::string, Place> seen;
    for (const Node& child : node.children) {
      Checked entry = visit(child, type.inner.front(), name, /*partial=*/false, /*entry=*/true);
      if (type.list.unique && !entry.value.is_null()) {
        const auto [first, fresh] = seen.try_emplace(entry.value.dump(), child.where);
        if (!fresh) {
          problems_.add(child.where, fmt::format("'{}' is twice in {}", shown(child.text), called), {},
                        {"first given at " + first->second.named()});
        }
      }
      out.value.push_back(std::move(entry.value));
      out.node.children.push_back(std::move(entry.node));
    }
    return out;
  }

  void empty_map(const Node& node, const Type& type, const std::string& called, bool needed) {
    problems_.add(node.where, fmt::format("{} is an empty map, at least one key is wanted", called),
                  !needed                      ? "remove the key, or fill the map"
                  : type.pattern_words.empty() ? ""
                                               : "a key is " + type.pattern_words);
  }

  Checked map(const Node& node, const Type& type, const std::string& name, const std::string& called, bool needed) {
    Checked out{nlohmann::json::object(), node};
    out.node.children.clear();
    if (node.children.empty() && !node.incomplete && type.list.least > 0) empty_map(node, type, called, needed);
    for (const Node& child : node.children) {
      if (!type.pattern.empty() && !matches(child.key, type.pattern)) {
        problems_.add(child.key_where, fmt::format("key '{}' in {}: {} is wanted", shown(child.key), called, type.pattern_words));
      }
      keep(out, child, visit(child, type.inner.front(), child.key.empty() ? name : child.key, /*partial=*/false));
    }
    return out;
  }

  static void keep(Checked& parent, const Node& from, Checked child) {
    child.node.key = from.key;
    child.node.key_where = from.key_where;
    parent.value[from.key] = std::move(child.value);
    parent.node.children.push_back(std::move(child.node));
  }

  void unknown_key(const Node& child, const std::string& name, std::vector<std::string> known, std::string hint = {}) {
    if (hint.empty()) {
      if (const auto near = core::closest(child.key, known)) {
        hint = fmt::format("did you mean '{}'?", *near);
      } else {
        hint = known.empty() ? "no keys are known here" : fmt::format("known: {}", core::quoted_list(known, "and"));
      }
    }
    problems_.add(child.key_where, fmt::format("unknown key '{}' in {}", shown(child.key), in_quotes(shown(name))), std::move(hint));
  }

  Checked object(const Node& node, const ObjectSchema& schema, const std::string& name, bool partial) {
    Checked out{nlohmann::json::object(), node};
    out.node.children.clear();
    std::vector<std::string> known;
    for (const Field& field : schema.fields) known.push_back(field.name);
    fields(out, node, schema.fields, known, name, partial);
    groups(node, schema, name, partial);
    for (const Node& child : node.children) {
      if (std::find(known.begin(), known.end(), child.key) == known.end()) unknown_key(child, name, known);
    }
    if (schema.conflicts && !partial) conflicts(out, schema);
    return out;
  }

  // Told at the first of the keys that was written.
  void conflicts(const Checked& checked, const ObjectSchema& schema) {
    for (const Conflict& conflict : schema.conflicts(checked.value)) {
      Place where = checked.node.key_or_value();
      for (const std::string& key : conflict.keys) {
        const Node* child = checked.node.find(key);
        if (child == nullptr || !child->where.source) continue;
        where = child->where;
        break;
      }
      problems_.add(where, conflict.message);
    }
  }

  void fields(Checked& out, const Node& node, const std::vector<Field>& wanted, std::span<const std::string> known, const std::string& name,
              bool partial) {
    for (const Field& field : wanted) {
      if (const Node* child = node.find(field.name)) {
        // The kind of a part may be named elsewhere.
        const Node given = partial || field.type.partial ? *child : with_default_kind(*child, field);
        keep(out, *child, visit(given, field.type, field.name, partial, /*entry=*/false, field.required));
      } else if (field.fallback && !partial) {
        Node fallback = node_of(*field.fallback);
        fallback.key = field.name;
        keep(out, fallback, visit(fallback, field.type, field.name, /*partial=*/false));
      } else if (field.required && !partial && !is_misspelt(node, field.name, known)) {
        missing(node, name, field);
      }
    }
  }

  // One complaint per slip: an unknown key that is near the missing one tells of both.
  static bool is_misspelt(const Node& node, const std::string& missing, std::span<const std::string> known) {
    return std::any_of(node.children.begin(), node.children.end(), [&](const Node& child) {
      return std::find(known.begin(), known.end(), child.key) == known.end() && core::closest(child.key, known) == missing;
    });
  }

  // `optimizer: {lr: 0.01}` leaves the kind to the default of `optimizer`.
  static Node with_default_kind(const Node& node, const Field& field) {
    const std::string& key = field.type.discriminator;
    if (field.type.kind != TypeKind::kUnion || node.kind != NodeKind::kMap || node.find(key) != nullptr) return node;
    if (!field.fallback || !field.fallback->is_object()) return node;
    Node out = node;
    out.children.push_back(node_of(field.fallback->at(key)));
    out.children.back().key = key;
    return out;
  }

  void missing(const Node& node, const std::string& name, const Field& field) {
    if (node.incomplete) return;
    problems_.add(node.key_or_value(), fmt::format("key '{}' is missing in {}", field.name, in_quotes(shown(name))),
                  fmt::format("add '{}: ...', {}", field.name, in_words(field.type)));
  }

  void groups(const Node& node, const ObjectSchema& schema, const std::string& name, bool partial) {
    for (const std::vector<std::string>& group : schema.exactly_one_of) {
      const Node* given = nullptr;
      for (const std::string& key : group) {
        const Node* child = node.find(key);
        if (child == nullptr) continue;
        if (given != nullptr) {
          problems_.add(child->key_where, fmt::format("'{}' and '{}' exclude each other in {}", given->key, key, in_quotes(shown(name))),
                        "keep one of them");
        }
        given = child;
      }
      if (given == nullptr && !partial && !node.incomplete) {
        problems_.add(node.key_or_value(), fmt::format("one of {} is missing in {}", core::quoted_list(group), in_quotes(shown(name))));
      }
    }
  }

  Checked choose(const Node& given, const Type& type, const std::string& name, bool partial) {
    Node node = given;
    name_to_map(node, type);
    const Node* picked = node.find(type.discriminator);
    std::vector<std::string> names;
    for (const Variant& variant : type.variants) names.push_back(variant.name);
    const Variant* variant = nullptr;
    if (picked != nullptr && picked->kind == NodeKind::kScalar) {
      const auto found = std::find(names.begin(), names.end(), picked->text);
      if (found != names.end()) variant = &type.variants[static_cast<std::size_t>(found - names.begin())];
    }
    const std::vector<std::string> known = known_in_union(type, variant);
    Checked out{nlohmann::json::object(), node};
    out.node.children.clear();
    if (variant != nullptr) {
      Checked discriminator{picked->text, *picked};
      keep(out, *picked, std::move(discriminator));
      fields(out, node, variant->schema.fields, known, name, partial);
      groups(node, variant->schema, name, partial);
    } else if (picked != nullptr && picked->kind == NodeKind::kScalar) {
      const std::string called =
          stood_alone(*picked) ? in_quotes(shown(name)) : fmt::format("'{}' of {}", type.discriminator, in_quotes(shown(name)));
      unlisted(picked->where, called, picked->text, names, /*expandable=*/true);
    } else if (picked != nullptr) {
      problems_.add(picked->key_or_value(),
                    fmt::format("'{}' {}, {} is wanted", type.discriminator, seen_words(*picked), core::quoted_list(names)));
    } else if (!partial && !node.incomplete && !is_misspelt(node, type.discriminator, known)) {
      problems_.add(node.key_or_value(), fmt::format("key '{}' is missing in {}", type.discriminator, in_quotes(shown(name))),
                    fmt::format("add '{}: ...', {}", type.discriminator, core::quoted_list(names)));
    }
    fields(out, node, type.object.fields, known, name, partial);
    groups(node, type.object, name, partial);
    unknown_in_union(node, type, known, name);
    return out;
  }

  // Keys of the picked variant; of all of them when none is.
  static std::vector<std::string> known_in_union(const Type& type, const Variant* picked) {
    std::vector<std::string> known = {type.discriminator};
    const auto add = [&](const ObjectSchema& schema) {
      for (const Field& field : schema.fields) {
        if (std::find(known.begin(), known.end(), field.name) == known.end()) known.push_back(field.name);
      }
    };
    for (const Variant& variant : type.variants) {
      if (picked == nullptr || picked == &variant) add(variant.schema);
    }
    add(type.object);
    return known;
  }

  void unknown_in_union(const Node& node, const Type& type, const std::vector<std::string>& known, const std::string& name) {
    for (const Node& child : node.children) {
      if (std::find(known.begin(), known.end(), child.key) != known.end()) continue;
      std::vector<std::string> owners;
      for (const Variant& other : type.variants) {
        const auto& theirs = other.schema.fields;
        if (std::any_of(theirs.begin(), theirs.end(), [&](const Field& field) { return field.name == child.key; }))
          owners.push_back(other.name);
      }
      unknown_key(child, name, known,
                  owners.empty() ? "" : fmt::format("'{}' belongs to {}: {}", child.key, type.discriminator, core::quoted_list(owners)));
    }
  }

  Problems& problems_;
};

}  // namespace

void spell_out(Node& node, const Type& type) {
  switch (type.kind) {
    case TypeKind::kObject:
      spell_out_fields(node, type.object);
      break;
    case TypeKind::kUnion: {
      name_to_map(node, type);
      spell_out_fields(node, type.object);
      const Node* picked = node.find(type.discriminator);
      for (const Variant& variant : type.variants) {
        if (picked != nullptr && picked->text == variant.name) spell_out_fields(node, variant.schema);
      }
      break;
    }
    case TypeKind::kList:
    case TypeKind::kMap:
      if (!takes(type, shape_of(node))) break;
      for (Node& child : node.children) spell_out(child, type.inner.front());
      break;
    case TypeKind::kEither:
      for (const Type& inner : type.inner) {
        if (takes(inner, shape_of(node))) return spell_out(node, inner);
      }
      break;
    default:
      break;
  }
}

CheckedTree check(const Node& node, const Type& type, Problems& problems) {
  Checked out = Checker(problems).visit(node, type, node.key, /*partial=*/false);
  return {std::move(out.value), std::move(out.node)};
}

Place CheckedTree::place(std::string_view pointer) const {
  for (;;) {
    const Node* node = tree.at(pointer);
    if (node != nullptr && node->where.source) return node->where;
    if (pointer.empty()) return tree.where;
    pointer = pointer.substr(0, pointer.rfind('/'));
  }
}

namespace {

core::Result<CheckedTree> check_source(const std::shared_ptr<const Source>& source, const Type& type) {
  Problems problems;
  const std::optional<Node> node = parse_yaml(source, problems);
  CheckedTree out;
  if (node) out = check(*node, type, problems);
  if (!problems.empty()) return problems.error();
  return out;
}

nlohmann::json filled_default(const Field& field) {
  Problems problems;
  return check(node_of(*field.fallback), field.type, problems).value;
}

void science_fields(nlohmann::json& out, const nlohmann::json& value, const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    const auto found = value.find(field.name);
    if (found == value.end() || !field.science || field.type.kind == TypeKind::kPath) continue;
    if (field.since > 1 && field.fallback && *found == filled_default(field)) continue;
    out[field.name] = science_of(*found, field.type);
  }
}

bool json_fits(const nlohmann::json& value, const Type& type) {
  return takes(type, value.is_array() ? Shape::kList : value.is_object() ? Shape::kMap : Shape::kScalar);
}

}  // namespace

core::Result<CheckedTree> check_file(const fs::path& path, const Type& type) {
  MEXBENCH_ASSIGN(const std::shared_ptr<const Source> source, read_source(path, path.filename().string()));
  return check_source(source, type);
}
core::Result<CheckedTree> check_text(std::string_view text, std::string name, const Type& type, const fs::path& folder) {
  MEXBENCH_ASSIGN(const std::shared_ptr<const Source> source, make_source(text, std::move(name), folder));
  return check_source(source, type);
}

nlohmann::json science_of(const nlohmann::json& value, const Type& type) {
  nlohmann::json out = value;
  switch (type.kind) {
    case TypeKind::kObject:
      out = nlohmann::json::object();
      science_fields(out, value, type.object.fields);
      break;
    case TypeKind::kUnion:
      out = nlohmann::json::object();
      out[type.discriminator] = value.at(type.discriminator);
      for (const Variant& variant : type.variants) {
        if (value.at(type.discriminator) == variant.name) science_fields(out, value, variant.schema.fields);
      }
      science_fields(out, value, type.object.fields);
      break;
    case TypeKind::kList:
      for (auto& entry : out) entry = science_of(entry, type.inner.front());
      break;
    case TypeKind::kMap:
      for (const auto& [key, entry] : out.items()) entry = science_of(entry, type.inner.front());
      break;
    case TypeKind::kEither:
      for (const Type& inner : type.inner) {
        if (json_fits(value, inner)) return science_of(value, inner);
      }
      break;
    case TypeKind::kPath:
      return nullptr;
    default:
      break;
  }
  return out;
}

}  // namespace mexbench::config
