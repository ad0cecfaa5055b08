#include "harness/train/inspect.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/library.h>

#include <algorithm>
#include <array>
#include <exception>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "harness/core/text.h"
#include "harness/train/cause.h"
#include "harness/train/flops.h"
#include "harness/train/torch_model.h"

namespace mexbench::train {
namespace {

constexpr std::int64_t kMostFlops = 600'000'000'000;   // of a try's forward pass, where two clips are not more
constexpr std::int64_t kMostWork = 2'500'000'000'000;  // FLOPs of the forward passes of all tries: some minutes on one core
constexpr std::int64_t kLeastQuiet = 3;                // tries in a row without news that end the search
constexpr double kNoise = 0.02;  // on initial weights, since a head that begins at 0 passes no gradient before its first step

struct KnownTensor {
  std::string layer;
  std::int64_t learnable = 0;  // numbers; 0: a buffer
};

// Which parameters and buffers an operation uses, known by the memory that its inputs stand in. What is computed from parameters alone
// (a view, a copy, a normalised weight) stands for them.
class Ownership {
 public:
  explicit Ownership(const torch::nn::Module& network) { collect(network, ""); }

  // Indices into known(), ascending; empty: data.
  [[nodiscard]] std::set<std::size_t> of(const torch::Tensor& tensor) const {
    const auto found = tensor.has_storage() ? owners_.find(tensor.storage().unsafeGetStorageImpl()) : owners_.end();
    return found == owners_.end() ? std::set<std::size_t>() : found->second;
  }
  void derive(const torch::Tensor& tensor, const std::set<std::size_t>& owners) {
    if (!tensor.has_storage()) return;
    owners_[tensor.storage().unsafeGetStorageImpl()].insert(owners.begin(), owners.end());
    kept_.push_back(tensor);  // or its address would be used again, for something else
  }
  [[nodiscard]] const std::vector<KnownTensor>& known() const { return known_; }

 private:
  void collect(const torch::nn::Module& module, const std::string& prefix) {
    const bool leaf = module.children().empty();
    const auto add = [&](const std::string& name, const torch::Tensor& tensor, bool learnable) {
      if (!tensor.defined()) return;
      const std::string layer = leaf && !prefix.empty() ? prefix.substr(0, prefix.size() - 1) : prefix + name;
      owners_[tensor.storage().unsafeGetStorageImpl()].insert(known_.size());
      known_.push_back({.layer = layer, .learnable = learnable ? tensor.numel() : 0});
    };
    for (const auto& parameter : module.named_parameters(/*recurse=*/false)) add(parameter.key(), parameter.value(), true);
    for (const auto& buffer : module.named_buffers(/*recurse=*/false)) add(buffer.key(), buffer.value(), false);
    for (const auto& child : module.named_children()) collect(*child.value(), prefix + child.key() + ".");
  }

  std::vector<KnownTensor> known_;
  std::map<const c10::StorageImpl*, std::set<std::size_t>> owners_;
  std::vector<torch::Tensor> kept_;
};

// A key that LibTorch keeps for tests: what is registered for it sees every call before all others, and only where a thread includes it.
constexpr c10::DispatchKey kWatch = c10::DispatchKey::TESTING_ONLY_GenericMode;

// Writes down the operations of this thread as long as it lives. One at a time.
class Recorder {
 public:
  explicit Recorder(const torch::nn::Module& network)
      : ownership_(network), library_(torch::Library::IMPL, "_", kWatch, __FILE__, __LINE__) {
    library_.fallback(torch::CppFunction::makeFromBoxedFunction<&Recorder::watch>());
    current = this;
    included_.emplace(kWatch);
  }
  ~Recorder() {
    included_.reset();
    current = nullptr;
  }
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  [[nodiscard]] const std::vector<Layer>& layers() const { return layers_; }

 private:
  struct Call {
    std::string name;
    std::vector<c10::IValue> inputs;
    bool composite = false;                // without a kernel of its own: the calls inside are counted
    std::int64_t flops = 0;                // of the calls inside
    std::vector<std::string> not_counted;  // among them
  };

  static void watch(const c10::OperatorHandle& called, c10::DispatchKeySet keys, torch::jit::Stack* stack) {
    const auto last = [stack](std::size_t count) {
      return std::vector<c10::IValue>(stack->end() - static_cast<std::ptrdiff_t>(count), stack->end());
    };
    const c10::FunctionSchema& schema = called.schema();
    current->calls_.push_back({.name = std::string(plain_name(schema.name())),
                               .inputs = last(schema.arguments().size()),
                               .composite = called.hasKernelForDispatchKey(c10::DispatchKey::CompositeImplicitAutograd),
                               .not_counted = {}});
    called.redispatchBoxed(keys & c10::DispatchKeySet(c10::DispatchKeySet::FULL_AFTER, kWatch), stack);
    current->finish(last(schema.returns().size()));
  }

  void finish(const std::vector<c10::IValue>& outputs) {
    Call call = std::move(calls_.back());
    calls_.pop_back();
    const Operation operation{.name = call.name, .inputs = std::move(call.inputs), .outputs = outputs};
    const std::optional<std::int64_t> whole = has_flops_rule(call.name) ? flops_of(operation) : std::nullopt;
    if (whole) {
      call.flops = *whole;
      call.not_counted.clear();
    } else if (!call.composite) {
      call.not_counted.push_back(call.name);
    }
    if (calls_.empty()) {
      add_layer(operation, call.flops, std::move(call.not_counted));
      return;
    }
    Call& outer = calls_.back();
    outer.flops += call.flops;
    outer.not_counted.insert(outer.not_counted.end(), call.not_counted.begin(), call.not_counted.end());
  }

  void add_layer(const Operation& operation, std::int64_t flops, std::vector<std::string> not_counted) {
    Layer layer{
        .name = {}, .kind = std::string(operation.name), .inputs = {}, .output = {}, .flops = flops, .not_counted = std::move(not_counted)};
    std::set<std::size_t> used;
    std::vector<torch::Tensor> read;
    for (const c10::IValue& value : operation.inputs) append_tensors(value, read);
    for (const torch::Tensor& tensor : read) {
      const std::set<std::size_t> owners = ownership_.of(tensor);
      used.insert(owners.begin(), owners.end());
      if (owners.empty() && tensor.dim() > 0) layer.inputs.push_back(tensor.sizes().vec());
    }
    std::vector<torch::Tensor> given;
    for (const c10::IValue& value : operation.outputs) append_tensors(value, given);
    if (!given.empty()) layer.output = given.front().sizes().vec();
    const bool reads_data = !layer.inputs.empty();
    if (!used.empty() && !reads_data) {
      for (const torch::Tensor& tensor : given) ownership_.derive(tensor, used);
    }
    constexpr std::array<std::string_view, 3> kProducts{"addmm", "mm", "matmul"};  // LibTorch calls linear itself for some shapes only
    if (!used.empty() && std::find(kProducts.begin(), kProducts.end(), layer.kind) != kProducts.end()) layer.kind = "linear";
    const bool computes = flops > 0 || !layer.not_counted.empty();
    if (!computes && (used.empty() || !reads_data)) return;
    std::vector<std::string> names;
    for (const std::size_t index : used) {
      const KnownTensor& tensor = ownership_.known()[index];
      if (std::find(names.begin(), names.end(), tensor.layer) == names.end()) names.push_back(tensor.layer);
      if (told_.insert(index).second) layer.parameters += tensor.learnable;
    }
    layer.name = core::join(names, ", ");
    layers_.push_back(std::move(layer));
  }

  static inline thread_local Recorder* current = nullptr;
  Ownership ownership_;
  torch::Library library_;
  std::optional<c10::impl::IncludeDispatchKeyGuard> included_;
  std::vector<Call> calls_;  // open ones, the outermost first
  std::vector<Layer> layers_;
  std::set<std::size_t> told_;  // tensors that an earlier layer counts
};

std::vector<std::int64_t> batch_of(std::int64_t clips, const std::vector<std::int64_t>& clip) {
  std::vector<std::int64_t> shape{clips};
  shape.insert(shape.end(), clip.begin(), clip.end());
  return shape;
}

core::Result<std::vector<Layer>> layers_of(Network& network, const std::vector<std::int64_t>& clip) {
  const c10::InferenceMode inference;
  network.eval();
  const torch::Tensor input = torch::randn(batch_of(1, clip));
  try {
    const Recorder recorder(network);
    (void)network.forward(input);
    return recorder.layers();
  } catch (const std::exception& problem) {
    return core::Error(core::ErrorCode::kUsage,
                       fmt::format("the network can't take clips of shape ({}): {}", fmt::join(clip, ", "), cause_of(problem)));
  }
}

// The numbers of one parameter that had no gradient so far.
struct Suspect {
  std::string name;
  std::int64_t numbers = 0;
  bool defined = false;  // a gradient was, in some try
  torch::Tensor zero;    // bool, of the parameter's shape; undefined: none is left
};

// One training step on random clips and targets, from fresh weights. Nothing when a gradient is not finite.
std::optional<std::vector<torch::Tensor>> gradients(Network& network, const std::vector<std::int64_t>& clip, std::int64_t clips) {
  network.train();
  {
    const torch::NoGradGuard no_gradients;
    for (torch::Tensor& parameter : network.parameters()) parameter.add_(torch::randn_like(parameter), kNoise);
  }
  const torch::Tensor logits = network.forward(torch::randn(batch_of(clips, clip)));
  TORCH_CHECK(logits.dim() == 2 && logits.size(0) == clips, "the network gives ", logits.toString(), " of shape ", logits.sizes(),
              ", not logits (clips, classes)");
  const torch::Tensor targets = torch::randint(logits.size(1), {clips}, torch::kInt64);
  torch::nn::functional::cross_entropy(logits, targets).backward();
  std::vector<torch::Tensor> out;
  for (const torch::Tensor& parameter : network.parameters()) {
    out.push_back(parameter.grad());
    if (parameter.grad().defined() && !torch::isfinite(parameter.grad()).all().item<bool>()) return std::nullopt;
  }
  return out;
}

// Removes what trained from the suspects; whether that was any.
bool clear(std::vector<Suspect>& suspects, const std::vector<torch::Tensor>& gradients) {
  bool news = false;
  for (std::size_t i = 0; i < suspects.size(); ++i) {
    Suspect& suspect = suspects[i];
    if (!gradients[i].defined() || !suspect.zero.defined()) continue;
    news = news || !suspect.defined;
    suspect.defined = true;
    const torch::Tensor left = suspect.zero.logical_and(gradients[i] == 0);
    const auto count = left.sum().item<std::int64_t>();
    news = news || count < suspect.zero.sum().item<std::int64_t>();
    suspect.zero = count > 0 ? left : torch::Tensor();
  }
  return news;
}

std::string where_of(const torch::Tensor& zero) {
  if (zero.all().item<bool>()) return "all";
  std::vector<std::int64_t> telling;  // dimensions that decide
  for (std::int64_t dim = 0; dim < zero.dim(); ++dim) {
    if (!zero.eq(zero.narrow(dim, 0, 1)).all().item<bool>()) telling.push_back(dim);
  }
  if (telling.size() != 1) return {};
  torch::Tensor line = zero;
  for (std::int64_t dim = zero.dim() - 1; dim >= 0; --dim) {
    if (dim != telling.front()) line = line.select(dim, 0);
  }
  const torch::Tensor places = line.nonzero().flatten();
  const auto first = places[0].item<std::int64_t>();
  const auto last = places[-1].item<std::int64_t>();
  if (last - first + 1 != places.numel()) return {};
  return first == last ? fmt::format("{} of dimension {}", first, telling.front())
                       : fmt::format("{} to {} of dimension {}", first, last, telling.front());
}

core::Result<Untrained> try_training(const NetworkFactory& make, const std::vector<std::int64_t>& clip, const StepSize& step) {
  Untrained out;
  std::vector<Suspect> suspects;
  // Dropout and ReLU hide a share of the numbers in each try, so that those not seen yet become fewer geometrically. Waiting half as long
  // again as it took so far leaves one of N numbers out with a probability of about 1 / sqrt(N).
  std::int64_t last_news = 0;
  std::int64_t finite = 0;
  while (finite - last_news < std::max(kLeastQuiet, last_news / 2)) {
    if (out.tries == step.most_tries) {
      out.complete = false;
      break;
    }
    ++out.tries;
    torch::manual_seed(static_cast<std::uint64_t>(out.tries));
    MEXBENCH_ASSIGN(const std::shared_ptr<Network> network, make());
    if (suspects.empty()) {
      for (const auto& parameter : network->named_parameters()) {
        suspects.push_back({.name = parameter.key(),
                            .numbers = parameter.value().numel(),
                            .defined = false,
                            .zero = torch::ones(parameter.value().sizes(), torch::kBool)});
      }
    }
    const auto found = gradients(*network, clip, step.clips);
    if (!found) continue;
    ++finite;
    if (clear(suspects, *found)) last_news = finite;
    if (std::none_of(suspects.begin(), suspects.end(), [](const Suspect& suspect) { return suspect.zero.defined(); })) break;
  }
  if (finite == 0)
    return core::Error(core::ErrorCode::kFailed, fmt::format("{} training steps on random clips had no finite gradients", out.tries));
  for (const Suspect& suspect : suspects) {
    if (!suspect.zero.defined()) continue;
    (suspect.defined ? out.no_gradient : out.unused)
        .push_back({.parameter = suspect.name,
                    .numbers = suspect.zero.sum().item<std::int64_t>(),
                    .of = suspect.numbers,
                    .where = where_of(suspect.zero)});
  }
  return out;
}

}  // namespace

core::Result<Cost> cost_of(const NetworkFactory& make, const std::vector<std::int64_t>& clip) {
  prepare_process();
  try {
    torch::manual_seed(0);
    MEXBENCH_ASSIGN(const std::shared_ptr<Network> network, make());
    Cost out;
    for (const torch::Tensor& parameter : network->parameters()) out.parameters += parameter.numel();
    MEXBENCH_ASSIGN(out.layers, layers_of(*network, clip));
    for (const Layer& layer : out.layers) out.flops += layer.flops;
    return out;
  } catch (const std::exception& problem) {
    return core::Error(core::ErrorCode::kFailed, cause_of(problem));
  }
}

StepSize step_size(std::int64_t flops) {
  const std::int64_t of_clip = std::max<std::int64_t>(flops, 1);
  StepSize out;
  out.clips = std::clamp(kMostFlops / of_clip, std::int64_t{2}, out.clips);
  out.most_tries = std::clamp(kMostWork / (of_clip * out.clips), kLeastQuiet + 1, out.most_tries);
  return out;
}

core::Result<Untrained> find_untrained(const NetworkFactory& make, const std::vector<std::int64_t>& clip, const StepSize& step) {
  prepare_process();
  try {
    return try_training(make, clip, step);
  } catch (const std::exception& problem) {
    return core::Error(core::ErrorCode::kFailed, cause_of(problem));
  }
}

nlohmann::json to_json(const Cost& cost, const Untrained& untrained) {
  const auto list_of = [](const std::vector<NoGradient>& list) {
    nlohmann::json out = nlohmann::json::array();
    for (const NoGradient& entry : list)
      out.push_back({{"parameter", entry.parameter}, {"numbers", entry.numbers}, {"of", entry.of}, {"where", entry.where}});
    return out;
  };
  nlohmann::json layers = nlohmann::json::array();
  std::map<std::string, std::int64_t> not_counted;
  for (const Layer& layer : cost.layers) {
    layers.push_back({{"layer", layer.name},
                      {"kind", layer.kind},
                      {"inputs", layer.inputs},
                      {"output", layer.output},
                      {"parameters", layer.parameters},
                      {"flops", layer.flops},
                      {"not_counted", layer.not_counted}});
    for (const std::string& operation : layer.not_counted) ++not_counted[operation];
  }
  return {{"parameters", cost.parameters},
          {"flops", cost.flops},
          {"layers", std::move(layers)},
          {"not_counted", not_counted},
          {"unused", list_of(untrained.unused)},
          {"no_gradient", list_of(untrained.no_gradient)},
          {"tries", untrained.tries},
          {"complete", untrained.complete}};
}

}  // namespace mexbench::train
