// Fail-points let a test end or disturb the process at an exact moment: MEXBENCH_FAILPOINT=<name>[:<n>][=kill|throw|bad_alloc] does so when
// the named point is reached for the n-th time (default 1) in the process: SIGKILL (the default), an exception, an allocation that fails.
// Unset, which is always outside tests, a point does nothing.
//
// MEXBENCH_FAILPOINT_LOG=<file> appends every name reached, so that a test can enumerate the points of a run.
#pragma once

#include <string_view>

namespace mexbench::core {

// Throws std::runtime_error or std::bad_alloc if told so.
void failpoint(std::string_view name);

}  // namespace mexbench::core
