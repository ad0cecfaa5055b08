#include "models/onnx/onnx.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "harness/core/text.h"
#include "models/onnx/graph.h"

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
  OnnxModel(const cv::dnn::Net& net, const OnnxGraph& graph, std::string digest)
      : net_(net), input_(graph.inputs.front()), output_(graph.outputs.front().name), digest_(std::move(digest)) {}

  core::Result<model::Scores> predict(const model::TensorView& inputs) override {
    if (inputs.clips() <= 0) return Error(ErrorCode::kUsage, "no clips to predict");
    std::vector<int> shape;
    std::transform(inputs.shape.begin(), inputs.shape.end(), std::back_inserter(shape),
                   [](std::int64_t extent) { return static_cast<int>(extent); });
    shape[0] = 1;
    MEXBENCH_TRY(check_input(shape));
    const std::int64_t step = inputs.numbers() / inputs.clips();
    model::Scores scores;
    try {
      for (std::int64_t clip = 0; clip < inputs.clips(); ++clip) {
        // A header over the caller's memory: setInput copies.
        net_.setInput(cv::Mat(shape, CV_32F, const_cast<float*>(inputs.data) + clip * step));
        const cv::Mat out = net_.forward(output_);
        const auto classes = static_cast<std::int64_t>(out.total());
        if (out.type() != CV_32F || !out.isContinuous() || (clip > 0 && classes != scores.classes)) {
          return Error(ErrorCode::kUsage, fmt::format("output '{}' of the ONNX network is not one float32 number per class", output_));
        }
        scores.classes = classes;
        const auto* numbers = out.ptr<float>();
        scores.values.insert(scores.values.end(), numbers, numbers + classes);
      }
    } catch (const cv::Exception& problem) {
      return Error(ErrorCode::kUsage,
                   fmt::format("the ONNX network fails on an input of shape ({}): {}", fmt::join(shape, ", "), reason(problem)));
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
  // OpenCV would take another size than the file declares, and give something for it.
  [[nodiscard]] core::Status check_input(const std::vector<int>& shape) const {
    if (!input_.shape) return {};
    const std::vector<std::int64_t>& wanted = *input_.shape;
    const auto fits = [](std::int64_t declared, int given) { return declared < 0 || declared == given; };
    if (wanted.size() == shape.size() && std::equal(wanted.begin(), wanted.end(), shape.begin(), fits)) return {};
    std::vector<std::string> extents;
    for (const std::int64_t extent : wanted) extents.push_back(extent < 0 ? "any" : fmt::format("{}", extent));
    return Error(ErrorCode::kUsage, fmt::format("the ONNX network takes an input of shape ({}), it is given ({})",
                                                core::join(extents, ", "), fmt::join(shape, ", ")))
        .hint(wanted.size() == 4 && fits(wanted[0], 1) && fits(wanted[1], shape[1])
                  ? fmt::format("declare the adaptation: input: {{size: [{}, {}]}}", extents[2], extents[3])
                  : "clips go through it one by one, as (1, channels, height, width)");
  }

  cv::dnn::Net net_;
  OnnxValue input_;
  std::string output_;  // the first that the file declares
  std::string digest_;  // of the file
};

}  // namespace

core::Result<std::unique_ptr<model::FittedModel>> load_onnx(const std::filesystem::path& file) {
  MEXBENCH_ASSIGN(const std::string content, core::read_file(file));
  std::string digest = core::sha256_hex(content);
  const std::optional<OnnxGraph> graph = read_onnx_graph(content);
  cv::setNumThreads(1);
  // It prints what it then throws.
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  try {
    cv::dnn::Net net = cv::dnn::readNetFromONNX(file.string());
    if (net.empty()) return Error::in_file(ErrorCode::kData, file.string(), "is an ONNX file without layers");
    if (!graph || graph->outputs.empty()) return Error::in_file(ErrorCode::kData, file.string(), "is an ONNX file without outputs");
    if (graph->inputs.size() != 1) {
      std::vector<std::string> names;
      for (const OnnxValue& input : graph->inputs) names.push_back(input.name);
      return Error::in_file(
          ErrorCode::kUsage, file.string(),
          fmt::format("has {} inputs{}{}, one is wanted", names.size(), names.empty() ? "" : ": ", core::quoted_list(names, "and")));
    }
    net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    return std::unique_ptr<model::FittedModel>(std::make_unique<OnnxModel>(std::move(net), *graph, std::move(digest)));
  } catch (const cv::Exception& problem) {
    return Error::in_file(ErrorCode::kData, file.string(), fmt::format("OpenCV {} can't read it as ONNX: {}", CV_VERSION, reason(problem)))
        .hint("torch.onnx.export(..., opset_version=11, do_constant_folding=True) gives files that it reads");
  }
}

}  // namespace mexbench::models
