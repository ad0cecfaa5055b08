// The halves of `inspect`.
#pragma once

#include "harness/cli/common.h"

namespace mexbench::cli {

void add_inspect_dataset(CLI::App& inspect, Action& action);
void add_inspect_annotation(CLI::App& inspect, Action& action);
void add_inspect_model(CLI::App& inspect, Action& action);

}  // namespace mexbench::cli
