// What an exception of LibTorch says is wrong, in one line. Torch-free to include.
#pragma once

#include <exception>
#include <string>

namespace mexbench::train {

// The line that names the cause: of a failure inside a TorchScript network the one behind its traceback, else the first one, without the
// stack trace that LibTorch puts behind it. An allocation that failed is told in our words.
[[nodiscard]] std::string cause_of(const std::exception& problem);

}  // namespace mexbench::train
