#include "models/torchscript/torchscript.h"

#include <ATen/CPUGeneratorImpl.h>
#include <fmt/format.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/script.h>
#include <torch/version.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "harness/core/memory.h"
#include "harness/train/cause.h"
#include "harness/train/network.h"
#include "harness/train/own_state.h"

namespace mexbench::models {
namespace {

using core::Error;
using core::ErrorCode;

constexpr const char* kReset = "reset_parameters";

// Where a tensor of a scripted module hangs: forward() of a script may put another one in its place at any time.
struct Slot {
  enum class Kind { kParameter, kBuffer, kPlain };  // plain: an attribute that nobody registered

  std::string name;  // "conv.weight"
  torch::jit::ObjectPtr owner;
  std::size_t index = 0;
  Kind kind = Kind::kPlain;
  bool replaceable = false;  // some method assigns another tensor to it

  // Undefined while an Optional[Tensor] is None.
  [[nodiscard]] torch::Tensor tensor() const {
    const c10::IValue& value = owner->getSlot(index);
    return value.isTensor() ? value.toTensor() : torch::Tensor();
  }
};

using Assigned = std::set<std::pair<const c10::ClassType*, std::string>>;

void find_assigned(const torch::jit::Block& block, Assigned& out) {
  for (const torch::jit::Node* node : block.nodes()) {
    if (node->kind() == c10::prim::SetAttr) {
      if (const auto type = node->input(0)->type()->cast<c10::ClassType>()) out.emplace(type.get(), node->s(c10::attr::name));
    }
    for (const torch::jit::Block* inner : node->blocks()) find_assigned(*inner, out);
  }
}

// The attributes that methods of the module, or of one inside it, assign to.
Assigned assigned_in(const torch::jit::Module& module) {
  Assigned out;
  for (const torch::jit::Module& part : module.modules()) {
    for (const torch::jit::Method& method : part.get_methods()) find_assigned(*method.graph()->block(), out);
  }
  return out;
}

// In the order of Python's state_dict(): parameters and buffers of a module, what else it holds, then its children's.
void collect(const torch::jit::Module& module, const std::string& prefix, const Assigned& assigned, std::vector<Slot>& out) {
  const torch::jit::ObjectPtr object = module._ivalue();
  const c10::ClassTypePtr type = object->type();
  for (const Slot::Kind kind : {Slot::Kind::kParameter, Slot::Kind::kBuffer, Slot::Kind::kPlain}) {
    for (std::size_t i = 0; i < type->numAttributes(); ++i) {
      const c10::IValue& value = object->getSlot(i);
      const Slot::Kind is = type->is_parameter(i) ? Slot::Kind::kParameter : type->is_buffer(i) ? Slot::Kind::kBuffer : Slot::Kind::kPlain;
      if (is != kind || !value.isTensor() || !value.toTensor().defined()) continue;
      const std::string& name = type->getAttributeName(i);
      out.push_back(
          {.name = prefix + name, .owner = object, .index = i, .kind = kind, .replaceable = assigned.contains({type.get(), name})});
    }
  }
  for (const auto& child : module.named_children()) collect(child.value, prefix + child.name + ".", assigned, out);
}

std::vector<Slot> slots_of(const torch::jit::Module& module) {
  std::vector<Slot> out;
  collect(module, "", assigned_in(module), out);
  return out;
}

bool same_bits(const torch::Tensor& one, const torch::Tensor& other) {
  if (one.sizes() != other.sizes() || one.scalar_type() != other.scalar_type()) return false;
  const torch::Tensor a = one.detach().contiguous();
  const torch::Tensor b = other.detach().contiguous();
  return a.nbytes() == 0 || std::memcmp(a.data_ptr(), b.data_ptr(), a.nbytes()) == 0;
}

// 0, 1, 2, ..: positions, which nobody learned.
bool counts_up(const torch::Tensor& tensor) {
  return at::isIntegralType(tensor.scalar_type(), /*includeBool=*/false) &&
         tensor.flatten().eq(torch::arange(tensor.numel())).all().item<bool>();
}

// Numbers that a file can have learned: weights, running values, masks.
bool can_be_learned(const Slot& slot) {
  const torch::Tensor tensor = slot.tensor();
  return tensor.defined() && tensor.numel() > 0 && (slot.name.ends_with("num_batches_tracked") || !counts_up(tensor));
}

// As every constructor leaves it, whatever was trained.
bool is_blank(const Slot& slot) {
  const torch::Tensor tensor = slot.tensor().detach();
  if (tensor.eq(0).all().item<bool>()) return true;
  return !slot.name.ends_with("num_batches_tracked") && tensor.eq(1).all().item<bool>();
}

// Other numbers than the file's.
void disturb(const Slot& slot) {
  constexpr std::array kOthers{7.0, 5.0};  // exact in every type
  torch::Tensor tensor = slot.tensor();
  if (tensor.scalar_type() == torch::kBool) {
    tensor.logical_not_();
    return;
  }
  tensor.fill_(tensor.eq(kOthers[0]).all().item<bool>() ? kOthers[1] : kOthers[0]);
}

bool is_blank(const torch::Tensor& tensor) { return tensor.eq(0).all().item<bool>() || tensor.eq(1).all().item<bool>(); }

// Whether a list, a tuple, a dictionary or a tensor has numbers that a file can have learned.
bool holds_numbers(const c10::IValue& value) {
  if (value.isTensor()) return value.toTensor().defined() && value.toTensor().numel() > 1 && !is_blank(value.toTensor().detach());
  if (value.isList()) {
    const auto entries = value.toListRef();
    return std::any_of(entries.begin(), entries.end(), holds_numbers);
  }
  if (value.isTuple()) {
    const auto& entries = value.toTupleRef().elements();
    return std::any_of(entries.begin(), entries.end(), holds_numbers);
  }
  if (value.isGenericDict()) {
    for (const auto& entry : value.toGenericDict()) {
      if (holds_numbers(entry.value())) return true;
    }
  }
  return false;
}

bool has_constants(const torch::jit::Block& block) {
  for (const torch::jit::Node* node : block.nodes()) {
    if (node->kind() == c10::prim::Constant && node->hasAttribute(c10::attr::value)) {
      const torch::jit::AttributeKind kind = node->kindOf(c10::attr::value);
      if (kind == torch::jit::AttributeKind::t && holds_numbers(node->t(c10::attr::value))) return true;
      if (kind == torch::jit::AttributeKind::ival && holds_numbers(node->ival(c10::attr::value))) return true;
    }
    for (const torch::jit::Block* inner : node->blocks()) {
      if (has_constants(*inner)) return true;
    }
  }
  return false;
}

// Where a module has numbers that no reset can be seen to change: in lists and the like, in objects of other classes (packed weights of a
// quantised layer), in constants of its class and of its methods (what freezing and tracing leave).
void find_hidden(const torch::jit::Module& module, const std::string& prefix, std::vector<std::string>& out) {
  const torch::jit::ObjectPtr object = module._ivalue();
  const c10::ClassTypePtr type = object->type();
  for (std::size_t i = 0; i < type->numAttributes(); ++i) {
    const c10::IValue& value = object->getSlot(i);
    if (value.isTensor() || (value.isObject() && value.toObjectRef().type()->is_module())) continue;
    if (value.isObject() || value.isCapsule() || holds_numbers(value)) out.push_back(prefix + type->getAttributeName(i));
  }
  for (std::size_t i = 0; i < type->numConstants(); ++i) {
    if (holds_numbers(type->getConstant(i))) out.push_back(prefix + type->getConstantName(i));
  }
  for (const torch::jit::Method& method : module.get_methods()) {
    if (has_constants(*method.graph()->block())) out.push_back(fmt::format("{}{}() (its constants)", prefix, method.name()));
  }
  for (const auto& child : module.named_children()) find_hidden(child.value, prefix + child.name + ".", out);
}

// Whether a method changes something in place that is no tensor: a list, a dictionary.
bool changes_containers(const torch::jit::Block& block) {
  for (const torch::jit::Node* node : block.nodes()) {
    if (const c10::FunctionSchema* schema = node->maybeSchema(); schema != nullptr && schema->is_mutable()) {
      for (std::size_t i = 0; i < schema->arguments().size() && i < node->inputs().size(); ++i) {
        const c10::AliasInfo* alias = schema->arguments()[i].alias_info();
        if (alias != nullptr && alias->isWrite() && node->input(i)->type()->kind() != c10::TypeKind::TensorType) return true;
      }
    }
    for (const torch::jit::Block* inner : node->blocks()) {
      if (changes_containers(*inner)) return true;
    }
  }
  return false;
}

// Whether forward() may leave traces elsewhere than in the tensors of `slots`.
bool leaves_traces(const torch::jit::Module& module, const std::vector<Slot>& slots) {
  for (const auto& [type, name] : assigned_in(module)) {
    const bool known = std::any_of(slots.begin(), slots.end(), [&, type = type, &name = name](const Slot& slot) {
      return slot.owner->type().get() == type && type->getAttributeName(slot.index) == name;
    });
    if (!known) return true;
  }
  for (const torch::jit::Module& part : module.modules()) {
    for (const torch::jit::Method& method : part.get_methods()) {
      if (changes_containers(*method.graph()->block())) return true;
    }
  }
  return false;
}

// Calls the module's reset, and finds out what it does not reset: it is called a second time, with the same random numbers, on a copy in
// which all tensors have other values, and what then differs comes from the file. Tensors that are blank anyway are not counted, nor is a
// tensor twice that has two names. Nothing of it shows in the module or the random numbers.
std::vector<std::string> reset(torch::jit::Module& module) {
  const torch::NoGradGuard no_gradients;
  torch::jit::Module disturbed = module.deepcopy();
  const std::vector<Slot> others = slots_of(disturbed);
  for (const Slot& slot : others) {
    if (can_be_learned(slot)) disturb(slot);
  }
  at::Generator generator = at::detail::getDefaultCPUGenerator();
  const auto state_of = [&] {
    const std::lock_guard<std::mutex> lock(generator.mutex());
    return generator.get_state();
  };
  const auto go_back_to = [&](const torch::Tensor& state) {
    const std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_state(state);
  };
  const torch::Tensor before = state_of();
  module.get_method(kReset)({});
  const torch::Tensor after = state_of();
  bool repeated = true;
  go_back_to(before);
  try {
    disturbed.get_method(kReset)({});
  } catch (const std::exception&) {
    repeated = false;  // it stumbles over other values: it depends on them
  }
  go_back_to(after);

  std::vector<std::string> kept;
  std::unordered_set<const void*> seen;
  const std::vector<Slot> slots = slots_of(module);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (!can_be_learned(slots[i]) || is_blank(slots[i]) || !seen.insert(slots[i].tensor().unsafeGetTensorImpl()).second) continue;
    const bool same = repeated && i < others.size() && others[i].name == slots[i].name && same_bits(slots[i].tensor(), others[i].tensor());
    if (!same) kept.push_back(slots[i].name);
  }
  find_hidden(module, "", kept);
  return kept;
}

// What a network starts with.
enum class Values { kFresh, kOfFile };

class ScriptNetwork final : public train::Network, public train::OwnState {
 public:
  // Throws what the script's own reset throws, and std::invalid_argument when nothing could train a parameter.
  ScriptNetwork(const torch::jit::Module& module, Values values) : module_(module) {  // a handle
    if (values == Values::kFresh) {
      const bool resets = module_.find_method(kReset).has_value();
      if (resets) kept_ = reset(module_);
      if (!resets || !kept_.empty()) set_pretrained();
    }
    slots_ = slots_of(module_);
    evaluate_copies_ = leaves_traces(module_, slots_);
    std::unordered_set<const void*> seen;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const Slot& slot = slots_[i];
      places_.emplace(slot.name, i);
      if (slot.kind != Slot::Kind::kParameter) continue;
      if (slot.replaceable && values == Values::kFresh) {
        throw std::invalid_argument(
            fmt::format("a method assigns another tensor to the parameter '{}', which no optimiser would see: change it in place, as "
                        "torch.nn.init.uniform_ does",
                        slot.name));
      }
      // Shared, not copied: what an optimiser changes here, the graph sees. Of tied ones only the first counts, as in Python's
      // parameters().
      const torch::Tensor tensor = slot.tensor();
      if (seen.insert(tensor.unsafeGetTensorImpl()).second) {
        register_parameter(fmt::format("parameter{}", seen.size()), tensor, tensor.requires_grad());
      }
    }
    train(/*on=*/true);
  }

  torch::Tensor forward(torch::Tensor input) override {
    if (is_training()) return logits(module_, std::move(input));
    // Evaluation changes nothing, whatever the script does: test clips leave no trace in a network that is trained on.
    if (evaluate_copies_) {
      torch::jit::Module copy = module_.deepcopy();
      return logits(copy, std::move(input));
    }
    struct Before {
      const Slot* slot;
      c10::IValue value;
      torch::Tensor numbers;
    };
    std::vector<Before> before;
    for (const Slot& slot : slots_) {
      if (slot.kind == Slot::Kind::kParameter && !slot.replaceable) continue;
      const torch::Tensor tensor = slot.tensor();
      before.push_back({&slot, slot.owner->getSlot(slot.index), tensor.defined() ? tensor.detach().clone() : torch::Tensor()});
    }
    const auto go_back = [&before] {
      for (const Before& was : before) {
        if (was.numbers.defined() && !same_bits(was.value.toTensor(), was.numbers)) was.value.toTensor().copy_(was.numbers);
        was.slot->owner->setSlot(was.slot->index, was.value);
      }
    };
    torch::Tensor out;
    try {
      out = logits(module_, std::move(input));
    } catch (...) {
      go_back();
      throw;
    }
    go_back();
    return out;
  }

  // Plain tensors are part of it where a method assigns to them: a fold may have changed them.
  [[nodiscard]] std::vector<train::StateTensor> state() const override {
    std::vector<train::StateTensor> out;
    for (const Slot& slot : slots_) {
      if (slot.kind == Slot::Kind::kPlain && !slot.replaceable) continue;
      if (const torch::Tensor tensor = slot.tensor(); tensor.defined()) {
        out.push_back({.name = slot.name, .tensor = tensor, .replaceable = slot.replaceable});
      }
    }
    return out;
  }

  void assign(const train::StateTensor& entry, const torch::Tensor& values) override {
    const Slot& slot = slots_[places_.at(entry.name)];
    if (slot.replaceable) {
      slot.owner->setSlot(slot.index, values.detach().clone());
    } else {
      slot.tensor().copy_(values);
    }
  }

  [[nodiscard]] const std::vector<std::string>& kept() const override { return kept_; }

  void train(bool on) override {
    torch::nn::Module::train(on);
    module_.train(on);
  }

 private:
  static torch::Tensor logits(torch::jit::Module& module, torch::Tensor input) {
    const torch::jit::IValue out = module.forward({std::move(input)});
    TORCH_CHECK(out.isTensor(), "the TorchScript module gives ", out.tagKind(), ", not one tensor of logits (clips, classes)");
    return out.toTensor();
  }

  torch::jit::Module module_;
  std::vector<std::string> kept_;
  bool evaluate_copies_ = false;  // what evaluation would change can't be put back
  std::vector<Slot> slots_;
  std::map<std::string, std::size_t> places_;  // of names in slots_
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

// "aten::mean.dim(Tensor self, int[1]? dim, ..) -> Tensor: Keyword argument foo unknown. .. The original call is: .." -> aten::mean, called
// in a way that no known form of the operator takes; empty likewise.
std::string unknown_signature(const std::string& text) {
  const std::size_t call = text.find("The original call is:");
  const std::size_t at = text.find("::");
  if (call == std::string::npos || at == std::string::npos || at > call) return {};
  const std::size_t begin = text.find_last_of(" \n", at) + 1;
  return text.substr(begin, text.find_first_of(".( \n", at) - begin);
}

// The file as somebody may have damaged it, or nothing.
std::optional<Error> damage(const std::filesystem::path& file, const std::string& text) {
  std::error_code none;
  if (std::filesystem::file_size(file, none) == 0) {
    return Error::in_file(ErrorCode::kData, file.string(), "is empty").hint("save it again, or copy it again");
  }
  constexpr std::string_view kZip = "PK\x03\x04";
  std::array<char, kZip.size()> begin{};
  std::ifstream(file, std::ios::binary).read(begin.data(), begin.size());
  if (text.find("failed finding central directory") != std::string::npos && std::string_view(begin.data(), begin.size()) == kZip) {
    return Error::in_file(ErrorCode::kData, file.string(), "is cut short: it begins as a zip archive, and its end is missing")
        .hint("copy it again, and compare the sizes");
  }
  return std::nullopt;
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
  if (const std::string name = unknown_signature(text); !name.empty()) {
    return Error::in_file(ErrorCode::kData, file.string(),
                          fmt::format("calls operator {} in a way that LibTorch {} does not know", name, TORCH_VERSION))
        .hint(again);
  }
  if (says("maximum supported version")) {
    return Error::in_file(ErrorCode::kData, file.string(),
                          fmt::format("was saved in a newer file format than LibTorch {} reads", TORCH_VERSION))
        .hint(again);
  }
  if (auto damaged = damage(file, text)) return *std::move(damaged);
  if (says("constants.pkl") || says("PytorchStreamReader") || says("not a ZIP archive") || says("failed finding central directory")) {
    return Error::in_file(ErrorCode::kData, file.string(), "is no TorchScript file")
        .hint(
            "make one in Python: torch.jit.script(model).save(\"mine.pt\"); a state dictionary is given as 'weights' of a model that "
            "mexbench has");
  }
  return Error::in_file(ErrorCode::kData, file.string(),
                        fmt::format("LibTorch {} can't read it: {}", TORCH_VERSION, train::cause_of(problem)))
      .hint(again);
}

core::Result<torch::jit::Module> open_script(const std::filesystem::path& file) {
  try {
    return torch::jit::load(file.string(), torch::kCPU);
  } catch (const std::exception& problem) {
    return unreadable(file, problem);
  }
}

core::Result<train::NetworkFactory> factory_of(const std::filesystem::path& file, Values values) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(file, none)) return Error::in_file(ErrorCode::kData, file.string(), "there is no such file");
  torch::jit::setGraphExecutorOptimize(false);
  MEXBENCH_TRY(open_script(file));
  return train::NetworkFactory([file, values]() -> core::Result<std::shared_ptr<train::Network>> {
    MEXBENCH_ASSIGN(const torch::jit::Module module, open_script(file));
    try {
      return std::shared_ptr<train::Network>(std::make_shared<ScriptNetwork>(module, values));
    } catch (const std::invalid_argument& problem) {
      return Error::in_file(ErrorCode::kUsage, file.string(), problem.what());
    } catch (const std::exception& problem) {
      if (core::is_out_of_memory(problem)) return Error(ErrorCode::kFailed, core::out_of_memory());
      return Error::in_file(ErrorCode::kUsage, file.string(), fmt::format("its {} fails: {}", kReset, train::cause_of(problem)));
    }
  });
}

}  // namespace

core::Result<train::NetworkFactory> script_factory(const std::filesystem::path& file) { return factory_of(file, Values::kFresh); }

core::Result<train::NetworkFactory> script_as_is(const std::filesystem::path& file) { return factory_of(file, Values::kOfFile); }

}  // namespace mexbench::models
