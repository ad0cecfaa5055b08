// From the form people write to the form that runs; internal to this room.
#pragma once

#include <memory>
#include <set>

#include "harness/config/schema.h"
#include "harness/config/tree.h"

namespace mexbench::config {

struct ExpandedTree {
  Node tree;                                                // see Form::kExpanded
  std::set<std::shared_ptr<const Source>> published_files;  // sources that entries of `published` were read from
};

// Sweeps become models, `train` is merged into each model that is trained, seeds and published results are listed, pins are inlined. Parts
// that are malformed are left as they are, for the checker to name.
[[nodiscard]] ExpandedTree expand_tree(const Node& written, Problems& problems);

// What no single key can tell: labels that clash, pins without weights, unknown placeholders, and the like.
void check_meaning(const ExpandedTree& expanded, Problems& problems);

[[nodiscard]] Type published_file_type();  // {published: [...]}

}  // namespace mexbench::config
