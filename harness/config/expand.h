// From the form people write to the form that runs; internal to this room.
#pragma once

#include "harness/config/load.h"
#include "harness/config/problems.h"
#include "harness/config/schema.h"
#include "harness/config/tree.h"

namespace mexbench::config {

// Sweeps become models, `train` is merged into each model that is trained, seeds and published results are listed, pins are inlined. Parts
// that are malformed are left as they are, for the checker to name. A file of published results serves many experiments: the `model_label`
// of its entries is dropped when no model of this one has it.
[[nodiscard]] Node expand_tree(const Node& written, const Vocabulary& vocabulary, Problems& problems);

// What no single key can tell: labels that clash, pins without weights, unknown placeholders, scores of a dataset that is not there.
void check_meaning(const Node& expanded, const Vocabulary& vocabulary, Problems& problems);

[[nodiscard]] Type published_file_type();  // {published: [...]}

}  // namespace mexbench::config
