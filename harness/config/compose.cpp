#include "harness/config/compose.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include "harness/core/text.h"

namespace mexbench::config {
namespace fs = std::filesystem;
namespace {

const char* kind_words(const Node& node) {
  switch (node.kind) {
    case NodeKind::kNull:
      return "has no value";
    case NodeKind::kScalar:
      return "is text";
    case NodeKind::kList:
      return "is a list";
    case NodeKind::kMap:
      break;
  }
  return "is a map";
}

void erase_key(Node& map, std::string_view key) {
  std::erase_if(map.children, [&](const Node& child) { return child.key == key; });
}

// Another kind of thing: its keys do not fit the inherited ones.
bool names_another_kind(const Node& base, const Node& over) {
  for (const char* key : {"name", "adapter"}) {
    const Node* before = base.find(key);
    const Node* after = over.find(key);
    if (before != nullptr && after != nullptr && before->text != after->text) return true;
  }
  return false;
}

class Composer {
 public:
  Composer(const Type& type, Problems& problems) : type_(type), problems_(problems) {}

  [[nodiscard]] bool complete() const { return complete_; }

  std::optional<Node> load(const fs::path& path, std::string label, const Place* included_at) {
    constexpr std::size_t kMostFiles = 200;
    std::error_code failure;
    fs::path identity = fs::weakly_canonical(path, failure);
    if (failure) identity = path;
    const auto again = std::find_if(chain_.begin(), chain_.end(), [&](const Link& link) { return link.identity == identity; });
    if (again != chain_.end()) {
      std::string chain;
      for (auto link = again; link != chain_.end(); ++link) chain += link->name + " -> ";
      problems_.add(*included_at, fmt::format("include cycle: {}{}", chain, again->name), "remove one of the includes");
      return std::nullopt;
    }
    if (++files_ > kMostFiles) {
      problems_.add(*included_at, fmt::format("more than {} files are included", kMostFiles));
      return std::nullopt;
    }
    auto source = read_source(path, std::move(label));
    if (!source) {
      const core::Diagnostic& problem = source.error().diagnostics().front();
      if (included_at == nullptr || problem.where.line > 0) {
        problems_.add(source.error());
      } else {
        problems_.add(*included_at, fmt::format("include: {}: {}", path.string(), problem.message),
                      "paths of 'include' are relative to the file that holds them");
      }
      return std::nullopt;
    }
    if (top_ == nullptr) top_ = *source;
    std::optional<Node> node = parse_yaml(*source, problems_);
    if (!node) return std::nullopt;
    if (node->kind != NodeKind::kMap) {
      problems_.add(node->where, fmt::format("the file {}, a map of keys is wanted", kind_words(*node)));
      return std::nullopt;
    }
    spell_out(*node, type_);
    chain_.push_back({.identity = identity, .name = (*source)->file});
    Node merged = with_includes(std::move(*node));
    chain_.pop_back();
    return merged;
  }

 private:
  struct Link {
    fs::path identity;
    std::string name;
  };

  Node with_includes(Node node) {
    const Node* found = node.find("include");
    if (found == nullptr) return node;
    const Node include = *found;
    erase_key(node, "include");
    std::vector<Node> paths;
    if (include.kind == NodeKind::kScalar) paths.push_back(include);
    if (include.kind == NodeKind::kList) paths = include.children;
    if (paths.empty()) {
      complete_ = false;
      problems_.add(include.key_where, fmt::format("'include' {}, a path or a list of paths is wanted",
                                                   include.kind == NodeKind::kList ? "is an empty list" : kind_words(include)));
    }
    Node merged = Node::map(node.where);
    for (const Node& entry : paths) {
      if (entry.kind != NodeKind::kScalar) {
        complete_ = false;
        problems_.add(entry.where, fmt::format("an entry of 'include' {}, a path is wanted", kind_words(entry)));
        continue;
      }
      const auto path = resolve_path(entry, problems_);
      if (!path) {
        complete_ = false;
        continue;
      }
      const std::string label = path->lexically_relative(top_->folder).string();
      const fs::path as_named = fs::path(top_->file).parent_path() / label;
      if (auto part = load(label.empty() ? *path : as_named.lexically_normal(), label, &entry.where)) {
        merged = merge(std::move(merged), *part, /*top_level=*/true);
      } else {
        complete_ = false;
      }
    }
    return merge(std::move(merged), node, /*top_level=*/true);
  }

  const Type& type_;
  Problems& problems_;
  bool complete_ = true;
  std::shared_ptr<const Source> top_;
  std::vector<Link> chain_;
  std::size_t files_ = 0;
};

struct Part {
  std::string key;
  std::size_t column = 0;  // 0-based
};

// `a.b\.c` -> a, b.c
std::vector<Part> split_path(std::string_view path) {
  std::vector<Part> parts(1);
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '\\' && i + 1 < path.size() && path[i + 1] == '.') {
      parts.back().key += path[++i];
    } else if (path[i] == '.') {
      parts.push_back({.key = {}, .column = i + 1});
    } else {
      parts.back().key += path[i];
    }
  }
  return parts;
}

void apply_override(Node& root, const std::string& text, Problems& problems) {
  auto source = make_source(text, "--set");
  if (!source) {
    problems.add(source.error());
    return;
  }
  auto set = std::make_shared<Source>(**source);
  set->command_line = true;
  const std::shared_ptr<const Source> shared = std::move(set);
  const std::size_t equals = shared->text.find('=');
  Place where{.source = shared, .line = 1, .column = 1, .length = shared->text.size()};
  if (equals == std::string::npos || equals == 0) {
    problems.add(where, fmt::format("'{}' is not an override, key.path=value is wanted", shown(text)));
    return;
  }
  const std::string path = shared->text.substr(0, equals);
  if (path == "include" || path.starts_with("include.")) {
    problems.add(where, "'include' can't be set from the command line", "write a file that includes both");
    return;
  }
  std::optional<Node> value = parse_yaml(shared, problems, equals + 1);
  where.length = equals;
  if (value) assign(root, path, std::move(*value), where, problems);
}

bool is_name_start(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }

// `${NAME}` or `${NAME:-default}` at the beginning of a text.
struct Variable {
  std::string name;
  std::optional<std::string> fallback;
  std::size_t length = 0;  // in the text
};
std::optional<Variable> parse_variable(std::string_view text) {
  const std::size_t close = text.find('}');
  if (!text.starts_with("${") || close == std::string_view::npos) return std::nullopt;
  const std::string_view inside = text.substr(2, close - 2);
  const std::size_t divider = inside.find(":-");
  Variable out;
  out.name = std::string(inside.substr(0, divider));
  out.length = close + 1;
  if (divider != std::string_view::npos) out.fallback = std::string(inside.substr(divider + 2));
  const bool named = !out.name.empty() && is_name_start(out.name[0]) &&
                     std::all_of(out.name.begin(), out.name.end(), [](char c) { return is_name_start(c) || (c >= '0' && c <= '9'); });
  if (!named || (out.fallback && out.fallback->find("${") != std::string::npos)) return std::nullopt;
  return out;
}

std::string escaped_folder(const fs::path& folder) {
  std::string out;
  for (const char c : folder.string()) {
    if (c == '{' && out.ends_with('$'))
      out += "${";
    else
      out += c;
  }
  return out;
}

}  // namespace

Node merge(Node base, const Node& over, bool top_level) {
  if (base.kind != NodeKind::kMap || over.kind != NodeKind::kMap || (!top_level && names_another_kind(base, over))) {
    return over;
  }
  for (const Node& child : over.children) {
    Node* inherited = base.find(child.key);
    if (inherited == nullptr) {
      base.children.push_back(child);
    } else if (child.kind == NodeKind::kNull) {
      erase_key(base, child.key);
    } else {
      Node merged = merge(std::move(*inherited), child);
      merged.key = child.key;
      merged.key_where = child.key_where;
      *inherited = std::move(merged);
    }
  }
  base.where = over.where;
  base.incomplete = base.incomplete || over.incomplete;
  return base;
}

void assign(Node& root, std::string_view path, Node value, const Place& where, Problems& problems) {
  Node* node = &root;
  std::string walked;
  const std::vector<Part> parts = split_path(path);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string& key = parts[i].key;
    const bool last = i + 1 == parts.size();
    Place part_where = where;
    if (where.length == path.size()) {  // the path as it was written
      part_where.column = where.column + parts[i].column;
      part_where.length = std::max<std::size_t>(key.size(), 1);
    }
    if (key.empty()) {
      problems.add(part_where, fmt::format("'{}' has an empty part", shown(path)), "write key.path=value");
      return;
    }
    if (node->kind == NodeKind::kList) {
      const auto index = core::parse_int(key);
      if (!index || *index < 0 || static_cast<std::size_t>(*index) >= node->children.size()) {
        problems.add(part_where,
                     fmt::format("'{}' has {} {}, there is no '{}'", shown(walked), node->children.size(),
                                 node->children.size() == 1 ? "entry" : "entries", shown(key)),
                     "entries are numbered from 0");
        return;
      }
      node = &node->children[static_cast<std::size_t>(*index)];
    } else if (node->kind == NodeKind::kScalar) {
      problems.add(part_where, fmt::format("'{}' is text and has no key '{}'", shown(walked), shown(key)));
      return;
    } else {
      node->kind = NodeKind::kMap;
      Node* child = node->find(key);
      if (last && value.kind == NodeKind::kNull && child != nullptr) {
        erase_key(*node, key);
        return;
      }
      if (child == nullptr) {
        Node fresh = Node::map(part_where);
        fresh.key = key;
        fresh.key_where = part_where;
        node->children.push_back(std::move(fresh));
        child = &node->children.back();
      } else if (last) {
        child->key_where = part_where;
      }
      node = child;
    }
    walked += (walked.empty() ? "" : ".") + key;
  }
  value.key = node->key;
  value.key_where = node->key_where;
  if (!value.where.source) value.where = where;
  *node = std::move(value);
}

std::optional<Composed> compose(const fs::path& path, std::span<const std::string> overrides, const Type& type, Problems& problems) {
  Composer composer(type, problems);
  std::optional<Node> root = composer.load(path, path.filename().string(), nullptr);
  if (!root) return std::nullopt;
  for (const std::string& text : overrides) {
    apply_override(*root, text, problems);
    spell_out(*root, type);
  }
  return Composed{.tree = std::move(*root), .complete = composer.complete()};
}

core::Result<CheckedTree> check_overrides(std::span<const std::string> overrides, const Type& type) {
  Problems problems;
  Node root = Node::map({});
  for (const std::string& text : overrides) {
    apply_override(root, text, problems);
    spell_out(root, type);
  }
  CheckedTree checked = check(root, type, problems);
  if (!problems.empty()) return problems.error();
  return checked;
}

std::optional<Expansion> expand_variables(std::string_view text, const Place& where, Problems& problems) {
  Expansion out;
  bool fine = true;
  for (std::size_t i = 0; i < text.size();) {
    if (text.substr(i).starts_with("$${")) {
      out.text += "${";
      i += 3;
    } else if (!text.substr(i).starts_with("${")) {
      out.text += text[i++];
    } else if (const auto variable = parse_variable(text.substr(i))) {
      const char* value = std::getenv(variable->name.c_str());
      if (value != nullptr && (*value != '\0' || !variable->fallback)) {
        out.text += value;
        if (i == 0) out.leads_with_variable = true;
      } else if (variable->fallback) {
        out.text += *variable->fallback;
      } else {
        problems.add(where, fmt::format("environment variable '{}' is not set", shown(variable->name)),
                     fmt::format("set it ('export {0}=...'), or give a default: '${{{0}:-default}}'", shown(variable->name)));
        fine = false;
      }
      i += variable->length;
    } else {
      const bool closed = text.find('}', i) != std::string_view::npos;
      problems.add(where,
                   closed ? fmt::format("'{}' is not a variable", shown(text.substr(i, text.find('}', i) + 1 - i)))
                          : fmt::format("'${{' without its '}}' in '{}'", shown(text)),
                   "'${NAME}' and '${NAME:-default}' are expanded; '$${' stands for '${'");
      return std::nullopt;
    }
  }
  if (!fine) return std::nullopt;
  return out;
}

std::optional<fs::path> resolve_path(const Node& scalar, Problems& problems) {
  const auto expanded = expand_variables(scalar.text, scalar.where, problems);
  if (!expanded) return std::nullopt;
  if (expanded->text.empty()) {
    problems.add(scalar.where, "the path is empty");
    return std::nullopt;
  }
  fs::path path(expanded->text);
  if (path.is_relative()) {
    std::error_code failure;
    const bool from_file = scalar.where.source && !expanded->leads_with_variable;
    path = (from_file ? scalar.where.source->folder : fs::current_path(failure)) / path;
  }
  path = path.lexically_normal();
  return path.has_filename() || !path.has_relative_path() ? path : path.parent_path();
}

std::string path_as_written_for(const Node& scalar, const fs::path& folder) {
  if (!scalar.where.source || scalar.text.starts_with('/')) return scalar.text;
  const auto rebased = [&](const std::string& relative) {
    fs::path base = scalar.where.source->folder;
    if (!folder.empty()) {
      std::error_code failure;
      base = base.lexically_relative(fs::absolute(folder, failure).lexically_normal());
    }
    const fs::path joined = fs::path(escaped_folder(base)) / relative;
    return relative.find("${") == std::string::npos ? joined.lexically_normal().string() : joined.string();
  };
  const auto variable = parse_variable(scalar.text);
  if (!variable) return rebased(scalar.text);
  if (!variable->fallback || variable->fallback->empty() || variable->fallback->starts_with('/')) return scalar.text;
  return fmt::format("${{{}:-{}}}{}", variable->name, rebased(*variable->fallback), scalar.text.substr(variable->length));
}

}  // namespace mexbench::config
