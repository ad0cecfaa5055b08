// What one LibTorch operation costs, counted from its shapes. The rules are in inspect.h. Private to this room.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mexbench::train {

struct Operation {
  std::string_view name;            // see plain_name
  std::vector<c10::IValue> inputs;  // in the order of its schema
  std::vector<c10::IValue> outputs;
};

// "aten::relu_" is "relu": in place or not, it computes the same.
[[nodiscard]] std::string_view plain_name(std::string_view name);

// The tensors of a value that is one or a list of them; undefined ones are left out.
void append_tensors(const c10::IValue& value, std::vector<torch::Tensor>& out);

// Whether operations of this (plain) name are counted as a whole, whatever smaller ones they are made of.
[[nodiscard]] bool has_flops_rule(std::string_view name);
// Nothing when the inputs are not what the rule knows. Precondition: has_flops_rule(operation.name).
[[nodiscard]] std::optional<std::int64_t> flops_of(const Operation& operation);

}  // namespace mexbench::train
