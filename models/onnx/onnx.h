// A network of the user's own as an ONNX file, evaluated as it is by OpenCV's dnn module.
//
// Each clip is one forward pass: exported networks often fix the batch at 1. The file takes float32 (1, channels, height, width) and its
// first output that the file declares has one number per class, which are the scores; whether a softmax is inside is the file's own
// business. Clips of another size than it declares are refused.
#pragma once

#include <filesystem>
#include <memory>

#include "harness/core/result.h"
#include "harness/model/learner.h"

namespace mexbench::models {

// Fails with kData when OpenCV can't read the file, naming the operator, and with kUsage when it has not one input.
[[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> load_onnx(const std::filesystem::path& file);

}  // namespace mexbench::models
