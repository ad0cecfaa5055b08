// A network of the user's own, saved by torch.jit.save: trained here like any other, or evaluated as it is. Torch-free to include.
//
// Its parameters and buffers keep the names they have in Python, so that the weights of a fold load into the same model there. The graph
// is run as it is written, without profiling and fusion: those change last bits between the first runs and later ones.
#pragma once

#include <filesystem>

#include "harness/core/result.h"
#include "harness/train/learner.h"

namespace mexbench::models {

// Networks to train. A method `reset_parameters` that the file exports is called for each of them; what it leaves with values of the file
// is told as Capabilities::kept, and the network counts as pretrained, as does every network of a file without one.
//
// Opens the file once to see whether it can be read; each network is read from it again. Fails with kData: no TorchScript, damaged, or made
// by a newer PyTorch than the installed LibTorch (file format, operators). Making a network fails with kUsage when its reset throws, or
// when it replaces a parameter by another tensor.
[[nodiscard]] core::Result<train::NetworkFactory> script_factory(const std::filesystem::path& file);

// Networks with the file's values, to be evaluated: nothing is reset. Fails with kData likewise.
[[nodiscard]] core::Result<train::NetworkFactory> script_as_is(const std::filesystem::path& file);

}  // namespace mexbench::models
