// From files and the command line to one tree: `include:`, deep merge, `--set`, and `${NAME}`.
//
// A lone name that stands for a map (`optimizer: sgd`) is that map before anything is merged into it, set in it or merged over it.
//
// Merge: maps merge key by key, anything else replaces; later wins. Two exceptions, both visible in the file: a key set to `null`
// removes the inherited one, and below the top level a map that names another kind (`name` or `adapter` differs, as in
// `optimizer: {name: sgd}` over `{name: adam, betas: ...}`) replaces the inherited map whole, because the old kind's keys do not fit.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/config/problems.h"
#include "harness/config/schema.h"
#include "harness/config/tree.h"
#include "harness/core/result.h"

namespace mexbench::config {

// Reads the file and what it includes, then applies the overrides in order. `include` is a path or a list of paths, relative to the file
// that holds it: first the included files in their order, then the file's own keys. A cycle is a problem that prints the chain.
// `path.to.key=value` overrides: the value is YAML; list entries by number (`models.0.params.dropout=0`); `\.` is a dot in a key.
// `type` is that of the whole.
struct Composed {
  Node tree;
  bool complete = true;  // every include could be read: what is missing is missing
};
[[nodiscard]] std::optional<Composed> compose(const std::filesystem::path& path, std::span<const std::string> overrides, const Type& type,
                                              Problems& problems);

// The overrides alone, for commands that have no file; kUsage with all problems.
[[nodiscard]] core::Result<CheckedTree> check_overrides(std::span<const std::string> overrides, const Type& type);

[[nodiscard]] Node merge(Node base, const Node& over, bool top_level = false);

// Puts `value` at the dotted path, making maps on the way. Adds a problem when the path leads through a scalar or beyond a list.
void assign(Node& root, std::string_view path, Node value, const Place& where, Problems& problems);

struct Expansion {
  std::string text;
  bool leads_with_variable = false;  // begins with the value of an environment variable
};
// `${NAME}` and `${NAME:-default}` replaced; `$${` stands for `${`. An unset variable without default and an unclosed `${` are problems.
[[nodiscard]] std::optional<Expansion> expand_variables(std::string_view text, const Place& where, Problems& problems);

// The path a scalar means: expanded, absolute, normalised. Relative paths resolve against the file that holds them; those that begin with
// an environment variable, or come from the command line, against the working directory.
[[nodiscard]] std::optional<std::filesystem::path> resolve_path(const Node& scalar, Problems& problems);

// The text to write for the same path in a file of another folder, `${NAME}` kept as written; an empty folder makes it absolute.
[[nodiscard]] std::string path_as_written_for(const Node& scalar, const std::filesystem::path& folder);

}  // namespace mexbench::config
