// The models of a worker's fold tasks, whatever kind they are of: networks of models/, TorchScript, ONNX, plugins, classical methods.
#pragma once

#include <memory>

#include "harness/core/result.h"
#include "harness/model/learner.h"
#include "harness/run/messages.h"
#include "harness/train/learner.h"
#include "models/registry.h"

namespace mexbench::cli {

[[nodiscard]] core::Result<models::Kind> kind_of(const run::FoldTask& task);
// Makes the network of a task that is not of a method or an ONNX file.
[[nodiscard]] core::Result<train::NetworkFactory> network_of(const run::FoldTask& task);
// With the weights of the task's file.
[[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> loaded_model(const run::FoldTask& task);
// Not fitted yet: what learns it, and the network with its starting values.
[[nodiscard]] core::Result<std::unique_ptr<model::Learner>> learner_of(const run::FoldTask& task);
[[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> untrained_model(const run::FoldTask& task);

}  // namespace mexbench::cli
