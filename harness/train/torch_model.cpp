#include "harness/train/torch_model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "harness/core/failpoint.h"
#include "harness/core/memory.h"
#include "harness/model/fresh.h"
#include "harness/train/cause.h"
#include "harness/train/memory_format.h"
#include "harness/train/other_names.h"

namespace mexbench::train {
namespace {

std::optional<model::DType> to_dtype(torch::ScalarType type) {
  switch (type) {
    case torch::kFloat64:
      return model::DType::kFloat64;
    case torch::kFloat32:
      return model::DType::kFloat32;
    case torch::kFloat16:
      return model::DType::kFloat16;
    case torch::kBFloat16:
      return model::DType::kBFloat16;
    case torch::kInt64:
      return model::DType::kInt64;
    case torch::kInt32:
      return model::DType::kInt32;
    case torch::kInt16:
      return model::DType::kInt16;
    case torch::kInt8:
      return model::DType::kInt8;
    case torch::kUInt8:
      return model::DType::kUInt8;
    case torch::kBool:
      return model::DType::kBool;
    default:
      return std::nullopt;
  }
}

torch::ScalarType to_scalar_type(model::DType dtype) {
  switch (dtype) {
    case model::DType::kFloat64:
      return torch::kFloat64;
    case model::DType::kFloat32:
      return torch::kFloat32;
    case model::DType::kFloat16:
      return torch::kFloat16;
    case model::DType::kBFloat16:
      return torch::kBFloat16;
    case model::DType::kInt64:
      return torch::kInt64;
    case model::DType::kInt32:
      return torch::kInt32;
    case model::DType::kInt16:
      return torch::kInt16;
    case model::DType::kInt8:
      return torch::kInt8;
    case model::DType::kUInt8:
      return torch::kUInt8;
    case model::DType::kBool:
      return torch::kBool;
  }
  return torch::kFloat32;
}

void collect(const torch::nn::Module& module, const std::string& prefix, std::vector<StateTensor>& out) {
  for (const auto& parameter : module.named_parameters(/*recurse=*/false)) out.push_back({prefix + parameter.key(), parameter.value()});
  for (const auto& buffer : module.named_buffers(/*recurse=*/false)) {
    if (buffer.value().defined()) out.push_back({prefix + buffer.key(), buffer.value()});
  }
  for (const auto& child : module.named_children()) collect(*child.value(), prefix + child.key() + ".", out);
}

// Puts a network into evaluation mode for a while.
class EvaluationMode {
 public:
  explicit EvaluationMode(Network& network) : network_(network), was_training_(network.is_training()) {
    if (was_training_) network_.eval();
  }
  ~EvaluationMode() {
    if (was_training_) network_.train();
  }
  EvaluationMode(const EvaluationMode&) = delete;
  EvaluationMode& operator=(const EvaluationMode&) = delete;

 private:
  Network& network_;
  bool was_training_;
};

model::Scores scores_by(const Network::Frozen& forward, const torch::Tensor& inputs) {
  const c10::InferenceMode inference;
  model::Scores scores;
  const std::int64_t clips = inputs.size(0);
  for (std::int64_t begin = 0; begin < clips; begin += kPredictBatch) {
    const std::int64_t count = std::min(kPredictBatch, clips - begin);
    core::failpoint("predict.batch");
    const torch::Tensor logits = forward(count == clips ? inputs : inputs.narrow(0, begin, count)).contiguous();
    TORCH_CHECK(logits.dim() == 2 && logits.size(0) == count && logits.scalar_type() == torch::kFloat32, "the network gives ",
                logits.toString(), " of shape ", logits.sizes(), " for ", count, " clips, not float logits (clips, classes)");
    scores.classes = logits.size(1);
    const float* numbers = logits.data_ptr<float>();
    scores.values.insert(scores.values.end(), numbers, numbers + logits.numel());
  }
  return scores;
}

void rename(model::StateDict& state, const OtherName& name) {
  const auto begins = [](const std::string& beginning) {
    return [&beginning](const model::TensorData& tensor) { return tensor.name.starts_with(beginning); };
  };
  if (std::any_of(state.tensors.begin(), state.tensors.end(), begins(name.ours))) return;
  for (model::TensorData& tensor : state.tensors) {
    if (begins(name.theirs)(tensor)) tensor.name.replace(0, name.theirs.size(), name.ours);
  }
}

}  // namespace

core::Error forward_error(const std::exception& problem, torch::IntArrayRef shape) {
  if (core::is_out_of_memory(problem)) return {core::ErrorCode::kFailed, core::out_of_memory()};
  return {core::ErrorCode::kUsage,
          fmt::format("the network fails on an input of shape ({}): {}", fmt::join(shape, ", "), cause_of(problem))};
}

torch::Tensor to_tensor(const model::TensorView& inputs) {
  // from_blob takes a mutable pointer; the view of the caller's memory is only read, and gone after the copy.
  return torch::from_blob(const_cast<float*>(inputs.data), inputs.shape, torch::kFloat32).clone(at::MemoryFormat::Contiguous);
}

torch::Tensor borrow(const model::TensorView& inputs) {
  constexpr std::uintptr_t kAlignment = 64;  // LibTorch's own
  if (reinterpret_cast<std::uintptr_t>(inputs.data) % kAlignment != 0) return to_tensor(inputs);
  return torch::from_blob(const_cast<float*>(inputs.data), inputs.shape, torch::kFloat32);
}

std::vector<StateTensor> state_tensors(const Network& network) {
  if (const auto* own = dynamic_cast<const OwnState*>(&network); own != nullptr) return own->state();
  std::vector<StateTensor> out;
  collect(network, "", out);
  return out;
}

void assign(Network& network, const StateTensor& entry, const torch::Tensor& values) {
  if (auto* own = dynamic_cast<OwnState*>(&network); own != nullptr) return own->assign(entry, values);
  torch::Tensor target = entry.tensor;
  target.copy_(values);
}

core::Result<model::StateDict> state_of(const Network& network) {
  model::StateDict state;
  for (const StateTensor& entry : state_tensors(network)) {
    const torch::Tensor tensor = entry.tensor.detach().contiguous();
    const std::optional<model::DType> dtype = to_dtype(tensor.scalar_type());
    if (!dtype) {
      return core::Error(core::ErrorCode::kFailed, fmt::format("tensor '{}' has type {}, which a weight file can't hold", entry.name,
                                                               c10::toString(tensor.scalar_type())));
    }
    model::TensorData data{.name = entry.name, .dtype = *dtype, .shape = tensor.sizes().vec(), .bytes = {}};
    data.bytes.resize(tensor.nbytes());
    if (!data.bytes.empty()) std::memcpy(data.bytes.data(), tensor.data_ptr(), data.bytes.size());
    state.tensors.push_back(std::move(data));
  }
  return state;
}

core::Status set_state(Network& network, const model::StateDict& given, std::string_view file, std::span<const std::string> fresh) {
  std::vector<StateTensor> targets = state_tensors(network);
  std::vector<std::string> names;
  for (const StateTensor& target : targets) names.push_back(target.name);
  MEXBENCH_TRY(model::check_fresh(names, fresh));
  model::StateDict state = given;
  if (const auto* const known = dynamic_cast<const OtherNames*>(&network)) {
    for (const OtherName& name : known->other_names()) rename(state, name);
  }
  std::erase_if(targets, [&](const StateTensor& target) { return model::is_fresh(target.name, fresh); });
  std::erase_if(state.tensors, [&](const model::TensorData& data) { return model::is_fresh(data.name, fresh); });
  std::vector<model::ExpectedTensor> expected;
  expected.reserve(targets.size());
  for (const StateTensor& target : targets) {
    const bool floating = target.tensor.is_floating_point();
    const model::TensorData* data = target.replaceable ? state.find(target.name) : nullptr;
    expected.push_back({.name = target.name,
                        .shape = data != nullptr ? data->shape : target.tensor.sizes().vec(),
                        .floating = floating,
                        .optional = !floating && target.name.ends_with("num_batches_tracked")});
  }
  MEXBENCH_TRY(model::check_state_dict(state, expected, file));
  for (const model::TensorData& data : state.tensors) {
    const std::size_t bytes = static_cast<std::size_t>(data.numbers()) * model::bytes_per_number(data.dtype);
    if (data.bytes.size() == bytes) continue;
    return core::Error::in_file(core::ErrorCode::kData, std::string(file),
                                fmt::format("tensor '{}' has {} bytes, need {}", data.name, data.bytes.size(), bytes));
  }
  const torch::NoGradGuard no_gradients;
  for (const StateTensor& target : targets) {
    const model::TensorData* data = state.find(target.name);
    if (data == nullptr) continue;
    assign(network, target,
           torch::from_blob(const_cast<std::byte*>(data->bytes.data()), data->shape,
                            torch::TensorOptions().dtype(to_scalar_type(data->dtype))));
  }
  return {};
}

model::Scores scores_of(Network& network, const torch::Tensor& inputs, Numerics numerics) {
  const EvaluationMode evaluation(network);
  return scores_by([&](const torch::Tensor& batch) { return network.forward(laid_out(batch, numerics)); }, inputs);
}

core::Result<model::Scores> TorchModel::predict(const model::TensorView& inputs) {
  if (inputs.clips() <= 0) return core::Error(core::ErrorCode::kUsage, "no clips to predict");
  try {
    return frozen_ ? scores_by(frozen_, borrow(inputs)) : scores_of(*network_, to_tensor(inputs), numerics_);
  } catch (const std::exception& problem) {
    return forward_error(problem, inputs.shape);
  }
}

void TorchModel::freeze() {
  network_->eval();
  frozen_ = network_->frozen();
}

core::Status TorchModel::save(const std::filesystem::path& path) const {
  MEXBENCH_ASSIGN(const model::StateDict state, state_of(*network_));
  return model::write_state_dict(path, state);
}

core::Result<std::string> TorchModel::weights_digest() const {
  MEXBENCH_ASSIGN(const model::StateDict state, state_of(*network_));
  return model::weights_digest(state);
}

model::Capabilities TorchModel::capabilities() const {
  std::int64_t parameters = 0;
  for (const torch::Tensor& parameter : network_->parameters()) parameters += parameter.numel();
  const model::Start start = !trainable_              ? model::Start::kLoaded
                             : network_->pretrained() ? model::Start::kPretrained
                                                      : model::Start::kFresh;
  const auto* own = dynamic_cast<const OwnState*>(network_.get());
  return {.trainable = trainable_,
          .parameters = parameters,
          .predict_batch = kPredictBatch,
          .start = start,
          .kept = own != nullptr ? own->kept() : std::vector<std::string>(),
          .epochs = epochs()};
}

namespace {

std::unique_ptr<model::FittedModel> evaluated(std::shared_ptr<Network> network, bool trainable) {
  network->eval();
  return std::make_unique<TorchModel>(std::move(network), trainable);
}

}  // namespace

core::Result<std::unique_ptr<model::FittedModel>> model_from_state(const NetworkFactory& make, const model::StateDict& state,
                                                                   std::string_view file) {
  prepare_process();
  try {
    MEXBENCH_ASSIGN(const std::shared_ptr<Network> network, make());
    MEXBENCH_TRY(set_state(*network, state, file));
    return evaluated(network, /*trainable=*/false);
  } catch (const std::exception& problem) {
    return core::Error::in_file(core::ErrorCode::kFailed, std::string(file), cause_of(problem));
  }
}

core::Result<std::unique_ptr<model::FittedModel>> model_as_is(const NetworkFactory& make) {
  prepare_process();
  MEXBENCH_ASSIGN(const std::shared_ptr<Network> network, make());
  return evaluated(network, /*trainable=*/false);
}

core::Result<std::unique_ptr<model::FittedModel>> untrained_model(const NetworkFactory& make) {
  prepare_process();
  MEXBENCH_ASSIGN(const std::shared_ptr<Network> network, make());
  const std::vector<torch::Tensor> parameters = network->parameters();
  if (parameters.empty()) {
    return core::Error(core::ErrorCode::kUsage, "the model has no parameters to train")
        .hint("a frozen module has none: save it before torch.jit.freeze");
  }
  if (std::none_of(parameters.begin(), parameters.end(), [](const torch::Tensor& parameter) { return parameter.requires_grad(); })) {
    return core::Error(core::ErrorCode::kUsage, "none of the model's parameters can be trained: all are frozen")
        .hint("set requires_grad of those to train before the model is saved, or evaluate it as it is: give the file as 'weights'");
  }
  return evaluated(network, /*trainable=*/true);
}

core::Result<NetworkFactory> with_start(NetworkFactory make, const std::filesystem::path& weights, std::vector<std::string> fresh) {
  MEXBENCH_ASSIGN(model::StateDict state, model::read_state_dict(weights));
  return NetworkFactory([make = std::move(make), state = std::move(state), file = weights.string(),
                         fresh = std::move(fresh)]() -> core::Result<std::shared_ptr<Network>> {
    MEXBENCH_ASSIGN(const std::shared_ptr<Network> network, make());
    MEXBENCH_TRY(set_state(*network, state, file, fresh));
    network->set_pretrained();
    return network;
  });
}

core::Result<std::unique_ptr<model::FittedModel>> load_model(const NetworkFactory& make, const std::filesystem::path& weights) {
  MEXBENCH_ASSIGN(const model::StateDict state, model::read_state_dict(weights));
  return model_from_state(make, state, weights.string());
}

void reserve_work_memory() {
  constexpr std::int64_t kSide = 256;  // products of small matrices need no memory
  const torch::NoGradGuard no_gradients;
  prepare_process();
  (void)torch::mm(torch::ones({kSide, kSide}), torch::ones({kSide, kSide}));
}

void prepare_process() {
  if (at::get_num_threads() != 1) at::set_num_threads(1);
  at::globalContext().setDeterministicAlgorithms(/*b=*/true, /*warn_only=*/false);
}

}  // namespace mexbench::train
