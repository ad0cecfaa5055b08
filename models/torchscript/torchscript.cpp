#include "models/torchscript/torchscript.h"

#include <fmt/format.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/script.h>
#include <torch/version.h>

#include <exception>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>

#include "harness/core/memory.h"
#include "harness/train/network.h"

namespace mexbench::models {
namespace {

using core::Error;
using core::ErrorCode;

constexpr const char* kReset = "reset_parameters";

// Registers the tensors of a scripted module, and of those inside it, under their names in modules of the same structure. Tensors are
// shared, not copied: what an optimiser changes here, the graph sees. Of tied tensors only the first counts, as in Python's parameters().
class Mirror final : public torch::nn::Module {
 public:
  static void fill(torch::nn::Module& to, const torch::jit::Module& from, std::unordered_set<const void*>& seen) {
    for (const auto& parameter : from.named_parameters(/*recurse=*/false)) {
      if (seen.insert(parameter.value.unsafeGetTensorImpl()).second) {
        to.register_parameter(parameter.name, parameter.value, parameter.value.requires_grad());
      }
    }
    for (const auto& buffer : from.named_buffers(/*recurse=*/false)) {
      if (seen.insert(buffer.value.unsafeGetTensorImpl()).second) to.register_buffer(buffer.name, buffer.value);
    }
    for (const auto& child : from.named_children()) {
      auto mirror = std::make_shared<Mirror>();
      fill(*mirror, child.value, seen);
      to.register_module(child.name, std::move(mirror));
    }
  }
};

class ScriptNetwork final : public train::Network {
 public:
  explicit ScriptNetwork(const torch::jit::Module& module) : module_(module) {  // a handle
    if (module_.find_method(kReset)) {
      const torch::NoGradGuard no_gradients;
      module_.get_method(kReset)({});
    } else {
      set_pretrained();
    }
    std::unordered_set<const void*> seen;
    Mirror::fill(*this, module_, seen);
    train(/*on=*/true);
  }

  torch::Tensor forward(torch::Tensor input) override {
    const torch::jit::IValue out = module_.forward({std::move(input)});
    TORCH_CHECK(out.isTensor(), "the TorchScript module gives ", out.tagKind(), ", not one tensor of logits (clips, classes)");
    return out.toTensor();
  }

  void train(bool on) override {
    torch::nn::Module::train(on);
    module_.train(on);
  }

 private:
  torch::jit::Module module_;
};

// "Unknown builtin op: aten::scaled_dot_product_attention." -> the operator; empty when that is not what it says.
std::string unknown_operator(const std::string& text) {
  constexpr std::string_view kSays = "Unknown builtin op: ";
  const std::size_t at = text.find(kSays);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + kSays.size();
  std::string name(text, begin, text.find_first_of(" \n", begin) - begin);
  while (name.ends_with('.')) name.pop_back();
  return name;
}

Error unreadable(const std::filesystem::path& file, const std::exception& problem) {
  if (core::is_out_of_memory(problem)) return Error(ErrorCode::kFailed, core::out_of_memory());
  const auto* torch_problem = dynamic_cast<const c10::Error*>(&problem);
  const std::string text = torch_problem != nullptr ? torch_problem->what_without_backtrace() : problem.what();
  const auto says = [&](const char* words) { return text.find(words) != std::string::npos; };
  const std::string again = fmt::format("save it with PyTorch {} or older, or export it as ONNX", TORCH_VERSION);
  if (const std::string name = unknown_operator(text); !name.empty()) {
    return Error::in_file(ErrorCode::kData, file.string(),
                          fmt::format("uses operator {}, which LibTorch {} does not have", name, TORCH_VERSION))
        .hint(again);
  }
  if (says("maximum supported version")) {
    return Error::in_file(ErrorCode::kData, file.string(),
                          fmt::format("was saved in a newer file format than LibTorch {} reads", TORCH_VERSION))
        .hint(again);
  }
  if (says("constants.pkl") || says("PytorchStreamReader") || says("not a ZIP archive") || says("failed finding central directory")) {
    return Error::in_file(ErrorCode::kData, file.string(), "is no TorchScript file")
        .hint(
            "make one in Python: torch.jit.script(model).save(\"mine.pt\"); a state dictionary is given as 'weights' of a model that "
            "mexbench has");
  }
  std::string line = text.substr(0, text.find('\n'));
  return Error::in_file(ErrorCode::kData, file.string(), fmt::format("LibTorch {} can't read it: {}", TORCH_VERSION, line)).hint(again);
}

}  // namespace

core::Result<train::NetworkFactory> script_factory(const std::filesystem::path& file) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(file, none)) return Error::in_file(ErrorCode::kData, file.string(), "there is no such file");
  torch::jit::setGraphExecutorOptimize(false);
  try {
    (void)torch::jit::load(file.string(), torch::kCPU);
  } catch (const std::exception& problem) {
    return unreadable(file, problem);
  }
  return train::NetworkFactory([file]() -> core::Result<std::shared_ptr<train::Network>> {
    try {
      return std::shared_ptr<train::Network>(std::make_shared<ScriptNetwork>(torch::jit::load(file.string(), torch::kCPU)));
    } catch (const std::exception& problem) {
      return unreadable(file, problem);
    }
  });
}

}  // namespace mexbench::models
