// A network of the user's own, saved by torch.jit.save: trained here like any other, or evaluated as it is. Torch-free to include.
//
// Its parameters and buffers keep the names they have in Python, so that the weights of a fold load into the same model there. A method
// `reset_parameters` that the file exports is called for every fold; without one, each fold starts from the file's values, and the model
// counts as pretrained. The graph is run as it is written, without profiling and fusion: those change last bits between the first runs and
// later ones.
#pragma once

#include <filesystem>

#include "harness/core/result.h"
#include "harness/train/learner.h"

namespace mexbench::models {

// Opens the file once to see whether it can be read; each network is read from it again. Fails with kData: no TorchScript, or made by a
// newer PyTorch than the installed LibTorch (file format, operators).
[[nodiscard]] core::Result<train::NetworkFactory> script_factory(const std::filesystem::path& file);

}  // namespace mexbench::models
