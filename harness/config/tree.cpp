#include "harness/config/tree.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "harness/config/problems.h"
#include "harness/core/files.h"
#include "harness/core/text.h"

namespace mexbench::config {
namespace fs = std::filesystem;
namespace {

// Byte offset of the first byte that is no text: not UTF-8, or NUL.
std::optional<std::size_t> first_bad_byte(std::string_view text) {
  const std::size_t nul = text.find('\0');
  if (const auto bad = core::invalid_utf8(text.substr(0, nul))) return bad;
  return nul == std::string_view::npos ? std::nullopt : std::optional(nul);
}

// Thrown through yaml-cpp where reading on makes no sense; caught in parse_yaml.
struct Stop {
  Place where;
  std::string message;
  std::string hint;
};

std::string tag_as_written(const std::string& tag) {
  constexpr std::string_view kCore = "tag:yaml.org,2002:";
  return tag.starts_with(kCore) ? "!!" + tag.substr(kCore.size()) : tag;
}

struct Extent {
  std::size_t nodes = 0;
  std::size_t depth = 0;
};
Extent extent_of(const Node& node) {
  Extent out{.nodes = 1, .depth = 1};
  for (const Node& child : node.children) {
    const Extent inner = extent_of(child);
    out.nodes += inner.nodes;
    out.depth = std::max(out.depth, inner.depth + 1);
  }
  return out;
}

constexpr const char* kUnclosedQuote = "not valid YAML: a quote is not closed";

class Builder final : public YAML::EventHandler {
 public:
  Builder(std::shared_ptr<const Source> source, Problems& problems, std::size_t column)
      : source_(std::move(source)), problems_(problems), column_(column) {}

  std::optional<Node> root;

  void report_unused_anchors() {
    for (const auto& [id, anchor] : anchors_) {
      if (!anchor.used) {
        problems_.add(anchor.where, fmt::format("anchor '&{}' is never used", shown(anchor.name)),
                      fmt::format("remove it, or use it as '*{}'", shown(anchor.name)));
      }
    }
  }

  // The innermost bracket or brace that is open where reading stopped and never closed; yaml-cpp stops somewhere behind it.
  std::optional<Place> unclosed_bracket() const {
    for (std::size_t i = stack_.size(); i-- > 0;) {
      const Place& where = stack_[i].node.where;
      const std::size_t at = begin_of_value(where);
      if (at == source_->text.size() || (source_->text[at] != '[' && source_->text[at] != '{')) continue;
      return is_closed(at) ? std::nullopt : std::optional(at_offset(where, at));
    }
    return std::nullopt;
  }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node;
    node.where = stack_.empty() || stack_.back().node.kind != NodeKind::kList ? place(mark) : dash_before(place(mark));
    finish(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end() || !found->second.node) {
      problems_.add(place(mark), "an anchor can't be used inside its own value");
      if (found != anchors_.end()) found->second.used = true;
      Node node;
      node.where = place(mark);
      finish(std::move(node), 0);
      return;
    }
    found->second.used = true;
    const Extent extent = extent_of(*found->second.node);
    count(extent.nodes, mark);
    check_depth(stack_.size() + extent.depth, mark);
    finish(Node(*found->second.node), 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    count(1, mark);
    const Place where = place(mark);
    check_tag(tag, where);
    if (value.find('\0') != std::string::npos) problems_.add(where, "text with a NUL character is not accepted");
    demand_closing_quote(where);
    Node node = Node::scalar(value, tag == "!", where);
    node.where.length = underline(node.where, value);
    finish(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    begin(Node::list(place(mark)), mark, tag, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    begin(Node::map(place(mark)), mark, tag, anchor);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapEnd() override { end(); }

  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    pending_anchor_ = name;
    pending_anchor_where_ = place(mark);
    pending_anchor_where_.length = name.size() + 1;
  }

 private:
  struct Frame {
    Node node;
    YAML::anchor_t anchor = 0;
    bool has_key = false;  // map: the next node is a value
    bool drop = false;     // map: of a key that was refused
    std::string key;
    Place key_where;
    std::unordered_map<std::string, Place> keys;
  };
  struct Anchor {
    std::string name;
    Place where;
    std::optional<Node> node;  // once complete
    bool used = false;
  };

  Place place(const YAML::Mark& mark) const {
    Place out{.source = source_};
    out.line = static_cast<std::size_t>(std::max(mark.line, 0)) + 1;
    out.column = static_cast<std::size_t>(std::max(mark.column, 0)) + 1 + (mark.line <= 0 ? column_ : 0);
    return out;
  }

  static constexpr std::string_view kBlank = " \t\r";
  static constexpr std::string_view kBlankOrEnd = " \t\r\n";

  // yaml-cpp places an entry without value where the next thing begins; this is the '-' it belongs to. A written `null` stays where it is.
  Place dash_before(Place where) const {
    const std::string_view here = source_->line(where.line);
    std::string_view before = here.substr(0, std::min(where.column - 1, here.size()));
    for (const char* written : {"~", "null", "Null", "NULL"}) {
      if (here.compare(before.size(), std::string_view(written).size(), written) == 0) return where;
    }
    for (std::size_t number = std::min(where.line, source_->line_starts.size()); number > 0; --number) {
      if (number < where.line) {
        before = source_->line(number);
        if (const std::size_t comment = before.find('#'); comment != std::string_view::npos) before = before.substr(0, comment);
      }
      const std::size_t last = before.find_last_not_of(kBlank);
      if (last == std::string_view::npos) continue;
      if (before[last] != '-') break;
      where.line = number;
      where.column = last + 1;
      break;
    }
    return where;
  }

  // At the end of a text, yaml-cpp takes a quote that is not closed: what follows it would be swallowed.
  void demand_closing_quote(Place where) const {
    const std::string& text = source_->text;
    const std::size_t at = begin_of_value(where);
    if (at >= text.size() || (text[at] != '"' && text[at] != '\'') || end_of_quoted(at) < text.size()) return;
    throw Stop{at_offset(std::move(where), at), kUnclosedQuote, {}};
  }

  // Offset of a value in the text; an anchor or tag may come before it. The size of the text when there is none.
  std::size_t begin_of_value(const Place& where) const {
    const std::string& text = source_->text;
    if (where.line == 0 || where.line > source_->line_starts.size()) return text.size();
    std::size_t at = source_->line_starts[where.line - 1] + where.column - 1;
    while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
      at = text.find_first_of(" \t\r\n", at);
      at = at == std::string::npos ? text.size() : std::min(text.find_first_not_of(" \t\r\n", at), text.size());
    }
    return std::min(at, text.size());
  }
  // Offset of the quote that closes the one at `begin`; the size of the text when there is none.
  std::size_t end_of_quoted(std::size_t begin) const {
    const std::string& text = source_->text;
    const char quote = text[begin];
    for (std::size_t i = begin + 1; i < text.size(); ++i) {
      const bool doubled = quote == '\'' && text.compare(i, 2, "''") == 0;
      if ((quote == '"' && text[i] == '\\') || doubled) {
        ++i;
      } else if (text[i] == quote) {
        return i;
      }
    }
    return text.size();
  }
  Place at_offset(Place where, std::size_t at) const {
    const auto line = std::upper_bound(source_->line_starts.begin(), source_->line_starts.end(), at);
    where.line = static_cast<std::size_t>(line - source_->line_starts.begin());
    where.column = at - *(line - 1) + 1;
    return where;
  }

  // Whether the bracket or brace at `begin` is closed before the text ends. A quote that is not closed is another problem.
  bool is_closed(std::size_t begin) const {
    const std::string& text = source_->text;
    std::size_t depth = 0;
    for (std::size_t i = begin; i < text.size(); ++i) {
      const char before = i == 0 ? '\n' : text[i - 1];
      if (text[i] == '#' && kBlankOrEnd.find(before) != std::string_view::npos) {
        i = std::min(text.find('\n', i), text.size() - 1);
      } else if ((text[i] == '"' || text[i] == '\'') && std::string_view(" \t\r\n[{,:").find(before) != std::string_view::npos) {
        i = end_of_quoted(i);
        if (i == text.size()) return true;
      } else if (text[i] == '[' || text[i] == '{') {
        ++depth;
      } else if ((text[i] == ']' || text[i] == '}') && --depth == 0) {
        return true;
      }
    }
    return false;
  }

  // Bytes a scalar takes in its first line.
  std::size_t underline(const Place& where, const std::string& value) const {
    if (where.line == 0 || where.line > source_->line_starts.size()) return 1;
    const std::string& text = source_->text;
    const std::size_t begin = source_->line_starts[where.line - 1] + where.column - 1;
    if (begin >= text.size()) return 1;
    if (text.compare(begin, value.size(), value) == 0) return std::max<std::size_t>(value.size(), 1);
    const char quote = text[begin];
    if (quote != '"' && quote != '\'') return 1;
    for (std::size_t i = begin + 1; i < text.size() && text[i] != '\n'; ++i) {
      if (quote == '"' && text[i] == '\\') {
        ++i;
      } else if (text[i] == quote) {
        return i - begin + 1;
      }
    }
    return 1;
  }

  void count(std::size_t nodes, const YAML::Mark& mark) {
    nodes_ += nodes;
    if (nodes_ > kMostNodes) {
      throw Stop{place(mark), fmt::format("more than {} values", kMostNodes), "aliases count as what they stand for"};
    }
  }
  void check_depth(std::size_t depth, const YAML::Mark& mark) const {
    if (depth > kMostDepth) throw Stop{place(mark), fmt::format("lists and maps nested more than {} deep", kMostDepth), {}};
  }
  void check_tag(const std::string& tag, const Place& where) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    problems_.add(where, fmt::format("tag '{}' is not accepted", shown(tag_as_written(tag))),
                  "remove it; text that looks like a number goes in quotes");
  }

  void begin(Node node, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    count(1, mark);
    check_depth(stack_.size() + 1, mark);
    check_tag(tag, node.where);
    register_anchor(anchor);
    Frame frame;
    frame.node = std::move(node);
    frame.anchor = anchor;
    stack_.push_back(std::move(frame));
  }
  void end() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    if (frame.anchor != 0) anchors_[frame.anchor].node = frame.node;
    accept(std::move(frame.node));
  }
  void finish(Node node, YAML::anchor_t anchor) {
    register_anchor(anchor);
    if (anchor != 0) anchors_[anchor].node = node;
    accept(std::move(node));
  }
  void register_anchor(YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = Anchor{.name = pending_anchor_, .where = pending_anchor_where_, .node = {}};
  }

  void accept(Node node) {
    if (stack_.empty()) {
      root = std::move(node);
      return;
    }
    Frame& parent = stack_.back();
    if (parent.node.kind == NodeKind::kList) {
      node.key.clear();
      node.key_where = {};
      parent.node.children.push_back(std::move(node));
    } else if (!parent.has_key) {
      accept_key(parent, std::move(node));
    } else {
      parent.has_key = false;
      if (parent.drop) return;
      node.key = std::move(parent.key);
      node.key_where = parent.key_where;
      parent.node.children.push_back(std::move(node));
    }
  }

  void accept_key(Frame& parent, Node node) {
    constexpr std::size_t kLongestKey = 256;
    const bool incomplete = parent.node.incomplete;
    parent.node.incomplete = true;
    parent.has_key = true;
    parent.drop = true;
    parent.key_where = node.where;
    if (node.kind != NodeKind::kScalar) {
      problems_.add(node.where, node.kind == NodeKind::kNull ? "a key is missing" : "a key must be text, not a list or map");
    } else if (node.text.size() > kLongestKey) {
      problems_.add(node.where, fmt::format("a key of {} bytes, at most {} are accepted", node.text.size(), kLongestKey));
    } else if (node.text == "<<" && !node.quoted) {
      problems_.add(node.where, "merge key '<<' is not accepted", "use 'include', or write the keys out");
    } else if (const auto [first, fresh] = parent.keys.try_emplace(node.text, node.where); !fresh) {
      problems_.add(node.where, fmt::format("key '{}' is given twice", shown(node.text)), "keep one of them",
                    {fmt::format("first given at {}", first->second.named())});
      parent.node.incomplete = incomplete;
    } else {
      parent.node.incomplete = incomplete;
      parent.drop = false;
      parent.key = std::move(node.text);
    }
  }

  std::shared_ptr<const Source> source_;
  Problems& problems_;
  std::size_t column_;
  std::vector<Frame> stack_;
  std::map<YAML::anchor_t, Anchor> anchors_;
  std::string pending_anchor_;
  Place pending_anchor_where_;
  std::size_t nodes_ = 0;
};

// Sees whether there is anything behind the first document.
class SecondDocument final : public YAML::EventHandler {
 public:
  std::optional<YAML::Mark> mark;
  void OnDocumentStart(const YAML::Mark& start) override { mark = start; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

// What yaml-cpp found, in our words, with how it usually comes about.
std::pair<std::string, std::string> explain(const std::string& problem) {
  static const std::array<std::array<const char*, 3>, 8> kKnown = {{
      {"end of map not found", "not valid YAML: the map ends here unexpectedly", "check the indentation and the quotes of this line"},
      {"end of sequence not found", "not valid YAML: the list ends here unexpectedly", "check the indentation and the brackets"},
      {"end of map flow not found", "not valid YAML: ',' or '}' is wanted here", ""},
      {"end of sequence flow not found", "not valid YAML: ',' or ']' is wanted here", ""},
      {"illegal map value", "not valid YAML: ':' is not expected here", "text with ': ' in it goes in quotes"},
      {"the referenced anchor is not defined", "alias of an anchor that is not defined",
       "an anchor '&name' stands before its alias '*name'"},
      {"illegal EOF in scalar", kUnclosedQuote, ""},
      {"illegal block entry", "not valid YAML: '-' is not expected here", "check the indentation"},
  }};
  for (const auto& [seen, message, hint] : kKnown) {
    if (problem.starts_with(seen)) return {message, hint};
  }
  return {fmt::format("not valid YAML: {}", problem), ""};
}

}  // namespace

std::string_view Source::line(std::size_t number) const {
  if (number == 0 || number > line_starts.size()) return {};
  const std::size_t begin = line_starts[number - 1];
  const std::size_t end = number < line_starts.size() ? line_starts[number] - 1 : text.size();
  std::string_view out = std::string_view(text).substr(begin, end - begin);
  if (out.ends_with('\r')) out.remove_suffix(1);
  return out;
}

core::Result<std::shared_ptr<const Source>> make_source(std::string_view text, std::string name, const fs::path& folder) {
  if (text.size() > kMostBytes) {
    return core::Error::in_file(core::ErrorCode::kUsage, std::move(name),
                                fmt::format("has {} bytes, at most {} are accepted", text.size(), kMostBytes));
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (const auto bad = first_bad_byte(text)) {
    core::Diagnostic problem;
    problem.where = {
        .file = std::move(name),
        .line = 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(*bad), '\n'))};
    problem.message = fmt::format("is not UTF-8 text: byte 0x{:02X}", static_cast<unsigned char>(text[*bad]));
    problem.hint = "save the file as UTF-8";
    return core::Error(core::ErrorCode::kUsage, std::move(problem));
  }
  auto source = std::make_shared<Source>();
  source->label = name;
  source->file = std::move(name);
  std::error_code failure;
  source->folder = fs::absolute(folder.empty() ? fs::path(".") : folder, failure).lexically_normal();
  source->text = text;
  source->line_starts.push_back(0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') source->line_starts.push_back(i + 1);
  }
  return std::shared_ptr<const Source>(std::move(source));
}

core::Result<std::shared_ptr<const Source>> read_source(const fs::path& path, std::string label) {
  auto content = core::read_file(path, kMostBytes);
  if (!content) return core::Error(core::ErrorCode::kUsage, content.error().diagnostics());
  auto source = make_source(*content, path.string(), path.parent_path());
  if (!source || label.empty()) return source;
  auto labelled = std::make_shared<Source>(**source);
  labelled->label = std::move(label);
  return std::shared_ptr<const Source>(std::move(labelled));
}

core::SourcePosition Place::position() const {
  if (!source) return {};
  return {.file = source->file, .line = line, .column = column};
}
std::string Place::origin() const {
  if (!source) return "default";
  return source->command_line ? "--set" : fmt::format("{}:{}", source->label, line);
}
std::string Place::named() const {
  if (!source) return "default";
  return fmt::format("{}:{}:{}", source->file, line, column);
}

const Node* Node::find(std::string_view wanted) const {
  if (kind != NodeKind::kMap) return nullptr;
  const auto found = std::find_if(children.begin(), children.end(), [&](const Node& child) { return child.key == wanted; });
  return found == children.end() ? nullptr : &*found;
}
Node* Node::find(std::string_view wanted) { return const_cast<Node*>(std::as_const(*this).find(wanted)); }

const Node* Node::at(std::string_view pointer) const {
  const Node* node = this;
  while (node != nullptr && !pointer.empty()) {
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    std::string part(pointer.substr(0, end));
    pointer.remove_prefix(end);
    for (std::size_t i = part.find('~'); i != std::string::npos && i + 1 < part.size(); i = part.find('~', i + 1)) {
      part.replace(i, 2, part[i + 1] == '1' ? "/" : "~");  // RFC 6901
    }
    if (node->kind == NodeKind::kList) {
      const auto index = core::parse_int(part);
      node = index && *index >= 0 && static_cast<std::size_t>(*index) < node->children.size()
                 ? &node->children[static_cast<std::size_t>(*index)]
                 : nullptr;
    } else {
      node = node->find(part);
    }
  }
  return node;
}

Node Node::scalar(std::string text, bool quoted, Place where) {
  Node node;
  node.kind = NodeKind::kScalar;
  node.text = std::move(text);
  node.quoted = quoted;
  node.where = std::move(where);
  return node;
}
Node Node::list(Place where) {
  Node node;
  node.kind = NodeKind::kList;
  node.where = std::move(where);
  return node;
}
Node Node::map(Place where) {
  Node node;
  node.kind = NodeKind::kMap;
  node.where = std::move(where);
  return node;
}

std::string shown(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string out(text.substr(0, kLongest));
  if (text.size() > kLongest) {
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0U) == 0x80) out.pop_back();  // whole characters only
    if (!out.empty() && static_cast<unsigned char>(out.back()) >= 0x80) out.pop_back();
    out += "...";
  }
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return out;
}

std::optional<Node> parse_yaml(const std::shared_ptr<const Source>& source, Problems& problems, std::size_t column) {
  std::optional<Builder> builder;
  builder.emplace(source, problems, column);
  const auto place_of = [&](const YAML::Mark& mark) {
    Place where{.source = source};
    where.line = std::clamp<std::size_t>(static_cast<std::size_t>(std::max(mark.line, 0)) + 1, 1, source->line_starts.size());
    where.column = static_cast<std::size_t>(std::max(mark.column, 0)) + 1 + (mark.line <= 0 ? column : 0);
    return where;
  };
  const auto read = [&](const std::string& text) -> bool {
    std::istringstream in(text);
    YAML::Parser parser(in);
    const bool found = parser.HandleNextDocument(*builder);
    if (!found || !builder->root || (builder->root->kind == NodeKind::kNull && !source->command_line)) {
      if (source->command_line) {
        builder->root = Node{};
        return true;
      }
      problems.add(core::Error::in_file(core::ErrorCode::kUsage, source->file, "is empty, a map of keys is wanted"));
      return false;
    }
    builder->report_unused_anchors();
    SecondDocument second;
    if (parser.HandleNextDocument(second) && second.mark) {
      problems.add(place_of(*second.mark), "a second document begins here, one per file is accepted",
                   "remove it, or move it to a file of its own");
    }
    return true;
  };
  const std::string text = source->text.substr(std::min(column, source->text.size()));
  try {
    try {
      if (!read(text)) return std::nullopt;
    } catch (const YAML::Exception& failure) {
      if (!failure.msg.starts_with("illegal EOF in scalar")) {
        if (const auto open = builder->unclosed_bracket()) {
          const char* message = source->line(open->line)[open->column - 1] == '[' ? "not valid YAML: '[' without its ']'"
                                                                                  : "not valid YAML: '{' without its '}'";
          throw Stop{*open, message, {}};
        }
        throw;
      }
      // With a line end behind it the scalar reaches the builder, which knows where it begins.
      builder.emplace(source, problems, column);
      if (!read(text + "\n")) return std::nullopt;
      throw;
    }
  } catch (const Stop& stop) {
    problems.add(stop.where, stop.message, stop.hint);
    return std::nullopt;
  } catch (const YAML::Exception& failure) {
    const Place where = place_of(failure.mark);
    auto [message, hint] = explain(failure.msg);
    const std::string_view line = source->line(where.line);
    const std::size_t indent = line.find_first_not_of(" \t");
    if (line.substr(0, indent).find('\t') != std::string_view::npos) {
      message = "not valid YAML: a tab in the indentation";
      hint = "indent with blanks";
    }
    problems.add(where, message, hint);
    return std::nullopt;
  }
  return std::move(builder->root);
}

}  // namespace mexbench::config
