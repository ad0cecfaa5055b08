// YAML text as a tree in which every key and value knows where it was written, so that every later complaint can point at it.
//
// The reading is stricter than YAML: duplicate keys, anchors nobody uses, tags, `<<` merge keys, keys that are not text and a second
// document are problems, because each of them silently changes what an experiment means. Scalars stay text here; what a text means
// (`010`, `yes`, `1e3`) is decided by the type that a schema asks for, never by its looks.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/diagnostic.h"
#include "harness/core/result.h"

namespace mexbench::config {

// Limits of one file: they bound time, memory and stack on hostile input, far above any real experiment.
inline constexpr std::size_t kMostBytes = 1U << 20U;
inline constexpr std::size_t kMostNodes = 100'000;  // aliases count as what they stand for
inline constexpr std::size_t kMostDepth = 64;       // nested lists and maps

// A text that was read: a file, or one `--set` of the command line.
struct Source {
  std::string file;              // as the user named it, for messages
  std::string label;             // as provenance names it: relative to the experiment's folder, the same on every machine
  std::filesystem::path folder;  // absolute; relative paths in the text resolve against it
  std::string text;
  bool command_line = false;
  std::vector<std::size_t> line_starts;  // filled by make_source

  [[nodiscard]] std::string_view line(std::size_t number) const;  // 1-based, without its newline
};

// Reads a file of at most kMostBytes that is UTF-8 text (a byte order mark is dropped). kUsage on failure.
[[nodiscard]] core::Result<std::shared_ptr<const Source>> read_source(const std::filesystem::path& path, std::string label = {});
// The same for text that is already in memory, such as a card compiled into the program.
[[nodiscard]] core::Result<std::shared_ptr<const Source>> make_source(std::string_view text, std::string name,
                                                                      const std::filesystem::path& folder = {});

// Where a key or value was written. Without a source, it is a default of the schema.
struct Place {
  std::shared_ptr<const Source> source;
  std::size_t line = 0;    // 1-based
  std::size_t column = 0;  // 1-based, in bytes
  std::size_t length = 1;  // bytes to underline

  [[nodiscard]] core::SourcePosition position() const;
  [[nodiscard]] std::string origin() const;  // "loso.yaml:12", "--set" or "default"
  [[nodiscard]] std::string named() const;   // "dir/loso.yaml:12:3", for notes
};

enum class NodeKind { kNull, kScalar, kList, kMap };

struct Node {
  NodeKind kind = NodeKind::kNull;
  std::string text;            // scalar: as written, before ${NAME} is expanded
  bool quoted = false;         // scalar: written in quotes or as a block, so never a number, true or null
  std::vector<Node> children;  // list: its entries; map: its values, each with `key`
  std::string key;             // when the parent is a map
  Place key_where;
  Place where;
  bool is_path = false;     // set by the checker: the text is a path
  bool incomplete = false;  // map: a key was refused, so that what seems to be missing may stand there

  [[nodiscard]] const Node* find(std::string_view wanted) const;  // value of a map's key, or nullptr
  [[nodiscard]] Node* find(std::string_view wanted);
  // The node at a JSON pointer such as "/models/0/label", or nullptr; "" is the node itself.
  [[nodiscard]] const Node* at(std::string_view pointer) const;
  // Key place when the parent is a map, else the value's place.
  [[nodiscard]] const Place& key_or_value() const { return key_where.source ? key_where : where; }

  static Node scalar(std::string text, bool quoted, Place where);
  static Node list(Place where);
  static Node map(Place where);
};

// A text as a message quotes it: shortened in the middle of a line, without line ends.
[[nodiscard]] std::string shown(std::string_view text);

class Problems;  // problems.h

// Parses the one document of `source`; `column` is where the YAML begins in the first line (a `--set` has its key path before it).
// Nothing when the text could not be read at all; problems that leave a tree behind (a duplicate key) are added beside it.
[[nodiscard]] std::optional<Node> parse_yaml(const std::shared_ptr<const Source>& source, Problems& problems, std::size_t column = 0);

// A name as a comment holds it: quoted when it has line ends, control characters or bytes that are not UTF-8.
[[nodiscard]] std::string in_comment(const std::string& text);

// Block-style YAML that parses to the same tree; with `origins`, each scalar is followed by `# <origin>`.
[[nodiscard]] std::string emit_yaml(const Node& node, bool origins);

}  // namespace mexbench::config
