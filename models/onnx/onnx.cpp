#include "models/onnx/onnx.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/sha256.h"

namespace mexbench::models {
namespace {

using core::Error;
using core::ErrorCode;

// What OpenCV says, without its file names and line numbers.
std::string reason(const cv::Exception& problem) {
  std::string text = problem.err;
  if (const std::size_t at = text.find("Node ["); at != std::string::npos) text.erase(0, at);
  std::replace(text.begin(), text.end(), '\n', ' ');
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

class OnnxModel final : public model::FittedModel {
 public:
  OnnxModel(cv::dnn::Net net, std::string digest) : net_(std::move(net)), digest_(std::move(digest)) {}

  core::Result<model::Scores> predict(const model::TensorView& inputs) override {
    if (inputs.clips() <= 0) return Error(ErrorCode::kUsage, "no clips to predict");
    std::vector<int> shape;
    std::transform(inputs.shape.begin(), inputs.shape.end(), std::back_inserter(shape),
                   [](std::int64_t extent) { return static_cast<int>(extent); });
    shape[0] = 1;
    const std::int64_t step = inputs.numbers() / inputs.clips();
    model::Scores scores;
    try {
      for (std::int64_t clip = 0; clip < inputs.clips(); ++clip) {
        // A header over the caller's memory: setInput copies.
        net_.setInput(cv::Mat(shape, CV_32F, const_cast<float*>(inputs.data) + clip * step));
        const cv::Mat out = net_.forward();
        const auto classes = static_cast<std::int64_t>(out.total());
        if (out.type() != CV_32F || !out.isContinuous() || (clip > 0 && classes != scores.classes)) {
          return Error(ErrorCode::kUsage, "the ONNX network's first output is not one float32 number per class");
        }
        scores.classes = classes;
        const auto* numbers = out.ptr<float>();
        scores.values.insert(scores.values.end(), numbers, numbers + classes);
      }
    } catch (const cv::Exception& problem) {
      return Error(ErrorCode::kUsage,
                   fmt::format("the ONNX network can't take an input of shape ({}): {}", fmt::join(shape, ", "), reason(problem)));
    }
    return scores;
  }

  core::Status save(const std::filesystem::path& path) const override {
    return Error::in_file(ErrorCode::kUsage, path.string(), "an ONNX network is not saved as a state dictionary");
  }
  core::Result<std::string> weights_digest() const override { return digest_; }
  model::Capabilities capabilities() const override {
    return {.trainable = false, .parameters = 0, .predict_batch = 1, .start = model::Start::kLoaded, .epochs = 0};
  }

 private:
  cv::dnn::Net net_;
  std::string digest_;  // of the file
};

}  // namespace

core::Result<std::unique_ptr<model::FittedModel>> load_onnx(const std::filesystem::path& file) {
  MEXBENCH_ASSIGN(std::string digest, core::sha256_of_file(file));
  cv::setNumThreads(1);
  // It prints what it then throws.
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  try {
    cv::dnn::Net net = cv::dnn::readNetFromONNX(file.string());
    if (net.empty()) return Error::in_file(ErrorCode::kData, file.string(), "is an ONNX file without layers");
    net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    return std::unique_ptr<model::FittedModel>(std::make_unique<OnnxModel>(std::move(net), std::move(digest)));
  } catch (const cv::Exception& problem) {
    return Error::in_file(ErrorCode::kData, file.string(), fmt::format("OpenCV {} can't read it as ONNX: {}", CV_VERSION, reason(problem)))
        .hint("torch.onnx.export(..., opset_version=11, do_constant_folding=True) gives files that it reads");
  }
}

}  // namespace mexbench::models
