#include "harness/train/flops.h"

#include <array>
#include <map>

namespace mexbench::train {
namespace {

using Flops = std::optional<std::int64_t>;
using Rule = Flops (*)(const Operation&);

const torch::Tensor* tensor_of(const std::vector<c10::IValue>& values, std::size_t index) {
  if (index >= values.size() || !values[index].isTensor()) return nullptr;
  const torch::Tensor& tensor = values[index].toTensor();
  return tensor.defined() ? &tensor : nullptr;
}
const torch::Tensor* input(const Operation& op, std::size_t index) { return tensor_of(op.inputs, index); }
const torch::Tensor* output(const Operation& op) { return tensor_of(op.outputs, 0); }

Flops nothing(const Operation&) { return 0; }

template <std::int64_t kEach>
Flops per_number_given(const Operation& op) {
  const torch::Tensor* given = output(op);
  if (given == nullptr) return std::nullopt;
  return kEach * given->numel();
}

template <std::int64_t kEach>
Flops per_number_read(const Operation& op) {
  const torch::Tensor* read = input(op, 0);
  if (read == nullptr) return std::nullopt;
  return kEach * read->numel();
}

// Each number given is a sum of as many products as dimension `dim` of the tensor at `index` is long.
Flops products(const Operation& op, std::size_t index, std::int64_t dim) {
  const torch::Tensor* given = output(op);
  const torch::Tensor* factor = input(op, index);
  if (given == nullptr || factor == nullptr || factor->dim() == 0) return std::nullopt;
  return 2 * given->numel() * factor->size(dim);
}
Flops first_factor(const Operation& op) { return products(op, 0, -1); }
Flops second_factor(const Operation& op) { return products(op, 1, -1); }  // the first is what the products are added to

// Sums over the first factor's batches too.
Flops summed_batches(const Operation& op) {
  const torch::Tensor* factor = input(op, 1);
  const Flops one = second_factor(op);
  if (factor == nullptr || !one) return std::nullopt;
  return *one * factor->size(0);
}

// convolution(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups). The numbers of weight[0] are what one
// output is summed from; of a transposed one, what one input is spread to.
Flops convolution(const Operation& op) {
  constexpr std::size_t kTransposed = 6;
  const torch::Tensor* in = input(op, 0);
  const torch::Tensor* weight = input(op, 1);
  const torch::Tensor* out = output(op);
  if (in == nullptr || weight == nullptr || out == nullptr || op.inputs.size() <= kTransposed || !op.inputs[kTransposed].isBool())
    return std::nullopt;
  return 2 * (op.inputs[kTransposed].toBool() ? in : out)->numel() * weight->select(0, 0).numel();
}

// Mean 1, difference 1, square and sum 2, quotient 1, then weight and bias, which stand one behind the other.
template <std::size_t kWeight>
Flops norm_with_statistics(const Operation& op) {
  const torch::Tensor* in = input(op, 0);
  if (in == nullptr) return std::nullopt;
  const std::int64_t affine = (input(op, kWeight) != nullptr ? 1 : 0) + (input(op, kWeight + 1) != nullptr ? 1 : 0);
  return (5 + affine) * in->numel();
}

// The second argument is the window; one number may stand for all of its sides.
template <std::int64_t kSides>
Flops pooling(const Operation& op) {
  const torch::Tensor* given = output(op);
  if (given == nullptr || op.inputs.size() < 2 || !op.inputs[1].isIntList()) return std::nullopt;
  const std::vector<std::int64_t> window = op.inputs[1].toIntVector();
  if (window.empty()) return std::nullopt;
  std::int64_t numbers = given->numel();
  for (std::int64_t side = 0; side < kSides; ++side) numbers *= window[window.size() == 1 ? 0 : static_cast<std::size_t>(side)];
  return numbers;
}

// Windows of a grid: the i-th of `out` covers floor(i * in / out) to ceil((i + 1) * in / out).
template <std::int64_t kSides>
Flops adaptive_pooling(const Operation& op) {
  const torch::Tensor* read = input(op, 0);
  const torch::Tensor* given = output(op);
  if (read == nullptr || given == nullptr || read->dim() != given->dim() || read->dim() < kSides) return std::nullopt;
  std::int64_t numbers = 1;
  for (std::int64_t dim = 0; dim < read->dim(); ++dim) {
    const std::int64_t in = read->size(dim);
    const std::int64_t out = given->size(dim);
    if (dim < read->dim() - kSides) {
      numbers *= in;
      continue;
    }
    std::int64_t covered = 0;
    for (std::int64_t i = 0; i < out; ++i) covered += ((i + 1) * in + out - 1) / out - i * in / out;
    numbers *= covered;
  }
  return numbers;
}

std::map<std::string_view, Rule> make_rules() {
  std::map<std::string_view, Rule> rules{
      {"convolution", convolution},
      {"linear", first_factor},
      {"mm", first_factor},
      {"bmm", first_factor},
      {"mv", first_factor},
      {"dot", per_number_read<2>},
      {"addmm", second_factor},
      {"addmv", second_factor},
      {"baddbmm", second_factor},
      {"addbmm", summed_batches},
      {"batch_norm", per_number_given<2>},
      {"layer_norm", norm_with_statistics<2>},     // (input, normalized_shape, weight, bias, ...)
      {"group_norm", norm_with_statistics<2>},     // (input, num_groups, weight, bias, ...)
      {"instance_norm", norm_with_statistics<1>},  // (input, weight, bias, ...)
      {"softmax", per_number_given<5>},
      {"log_softmax", per_number_given<5>},
      {"max_pool1d", pooling<1>},
      {"max_pool2d", pooling<2>},
      {"max_pool3d", pooling<3>},
      {"avg_pool1d", pooling<1>},
      {"avg_pool2d", pooling<2>},
      {"avg_pool3d", pooling<3>},
      {"adaptive_avg_pool1d", adaptive_pooling<1>},
      {"adaptive_avg_pool2d", adaptive_pooling<2>},
      {"adaptive_avg_pool3d", adaptive_pooling<3>},
      {"adaptive_max_pool1d", adaptive_pooling<1>},
      {"adaptive_max_pool2d", adaptive_pooling<2>},
      {"adaptive_max_pool3d", adaptive_pooling<3>},
      {"addcmul", per_number_given<3>},
      {"addcdiv", per_number_given<3>},
      {"lerp", per_number_given<3>},
  };
  for (const char* name :
       {"add",  "sub",       "rsub",      "mul",     "div",      "neg",         "abs",       "reciprocal",  "square",
        "pow",  "sqrt",      "rsqrt",     "exp",     "expm1",    "log",         "log1p",     "sin",         "cos",
        "tanh", "erf",       "sigmoid",   "relu",    "relu6",    "leaky_relu",  "prelu",     "elu",         "selu",
        "celu", "gelu",      "silu",      "mish",    "softplus", "hardtanh",    "hardswish", "hardsigmoid", "clamp",
        "clip", "clamp_min", "clamp_max", "maximum", "minimum",  "log_sigmoid", "floor",     "ceil",        "round",
        "sign", "eq",        "ne",        "lt",      "le",       "gt",          "ge",        "cumsum",      "true_divide"}) {
    rules[name] = per_number_given<1>;
  }
  for (const char* name : {"sum", "mean", "max", "min", "amax", "amin", "argmax", "argmin", "prod", "logsumexp"})
    rules[name] = per_number_read<1>;
  for (const char* name : {"norm", "linalg_vector_norm", "frobenius_norm"}) rules[name] = per_number_read<2>;
  for (const char* name : {"var", "std"}) rules[name] = per_number_read<4>;
  rules["logsumexp"] = per_number_read<4>;  // maximum, difference, exponential, sum
  // What makes, moves or picks numbers.
  for (const char* name : {"view",
                           "_unsafe_view",
                           "unsafe_chunk",
                           "unsafe_split",
                           "unsafe_split_with_sizes",
                           "reshape",
                           "_reshape_alias",
                           "permute",
                           "transpose",
                           "t",
                           "numpy_T",
                           "flatten",
                           "unflatten",
                           "contiguous",
                           "clone",
                           "copy",
                           "to",
                           "_to_copy",
                           "cat",
                           "concat",
                           "stack",
                           "narrow",
                           "slice",
                           "select",
                           "split",
                           "split_with_sizes",
                           "chunk",
                           "unbind",
                           "squeeze",
                           "unsqueeze",
                           "expand",
                           "expand_as",
                           "repeat",
                           "repeat_interleave",
                           "tile",
                           "as_strided",
                           "movedim",
                           "swapaxes",
                           "empty",
                           "empty_like",
                           "empty_strided",
                           "zeros",
                           "zeros_like",
                           "ones",
                           "ones_like",
                           "full",
                           "full_like",
                           "new_zeros",
                           "new_ones",
                           "new_empty",
                           "new_full",
                           "fill",
                           "zero",
                           "arange",
                           "scalar_tensor",
                           "lift",
                           "lift_fresh",
                           "detach",
                           "alias",
                           "resize",
                           "index",
                           "index_select",
                           "gather",
                           "embedding",
                           "one_hot",
                           "masked_fill",
                           "where",
                           "dropout",
                           "feature_dropout",
                           "alpha_dropout",
                           "pad",
                           "constant_pad_nd",
                           "reflection_pad2d",
                           "replication_pad2d",
                           "roll",
                           "flip",
                           "unfold",
                           "im2col",
                           "pixel_shuffle",
                           "pixel_unshuffle",
                           "upsample_nearest1d",
                           "upsample_nearest2d",
                           "upsample_nearest3d",
                           "item",
                           "_local_scalar_dense",
                           "is_nonzero",
                           "tril",
                           "triu",
                           "diagonal",
                           "result_type"}) {
    rules[name] = nothing;
  }
  return rules;
}

const std::map<std::string_view, Rule>& rules() {
  static const std::map<std::string_view, Rule> kRules = make_rules();
  return kRules;
}

}  // namespace

std::string_view plain_name(std::string_view name) {
  constexpr std::string_view kNamespace = "aten::";
  if (name.starts_with(kNamespace)) name.remove_prefix(kNamespace.size());
  if (name.size() > 1 && name.ends_with('_') && !name.ends_with("__")) name.remove_suffix(1);
  return name;
}

void append_tensors(const c10::IValue& value, std::vector<torch::Tensor>& out) {
  if (value.isTensor()) {
    if (value.toTensor().defined()) out.push_back(value.toTensor());
  } else if (value.isList()) {
    for (const c10::IValue& entry : value.toListRef()) append_tensors(entry, out);
  }
}

bool has_flops_rule(std::string_view name) { return rules().contains(name); }

Flops flops_of(const Operation& operation) { return rules().at(operation.name)(operation); }

}  // namespace mexbench::train
