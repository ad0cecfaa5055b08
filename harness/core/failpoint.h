// Fail-points let a test kill the process at an exact moment: MEXBENCH_FAILPOINT=<name>[:<n>] sends SIGKILL to the process when
// the named point is reached for the n-th time (default 1). Unset, which is always outside tests, a point does nothing.
//
// MEXBENCH_FAILPOINT_LOG=<file> appends every name reached, so that a test can enumerate the points of a run.
#pragma once

#include <string_view>

namespace mexbench::core {

void failpoint(std::string_view name);

}  // namespace mexbench::core
