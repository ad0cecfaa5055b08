#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "harness/core/text.h"
#include "harness/model/pickle.h"
#include "harness/model/state_dict.h"

namespace mexbench::model {
namespace {

using core::Diagnostic;

std::string shape_text(const std::vector<std::int64_t>& shape) {
  return shape.empty() ? "a scalar" : fmt::format("{}", fmt::join(shape, " x "));
}

bool is_floating(DType dtype) {
  return dtype == DType::kFloat64 || dtype == DType::kFloat32 || dtype == DType::kFloat16 || dtype == DType::kBFloat16;
}

}  // namespace

core::Status check_state_dict(const StateDict& state, std::span<const ExpectedTensor> expected, std::string_view file) {
  std::vector<Diagnostic> problems;
  const auto report = [&](std::string message, std::string hint = {}) {
    Diagnostic diagnostic;
    diagnostic.where.file = std::string(file);
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    problems.push_back(std::move(diagnostic));
  };

  std::unordered_map<std::string_view, const TensorData*> found;
  for (const TensorData& tensor : state.tensors) found.emplace(tensor.name, &tensor);
  std::unordered_set<std::string_view> wanted;
  for (const ExpectedTensor& want : expected) wanted.insert(want.name);
  std::vector<std::string> unexpected;
  for (const TensorData& tensor : state.tensors) {
    if (!wanted.contains(tensor.name)) unexpected.push_back(tensor.name);
  }

  for (const ExpectedTensor& want : expected) {
    const auto entry = found.find(want.name);
    if (entry == found.end()) {
      if (want.optional) continue;
      const std::optional<std::string> near = core::closest(want.name, unexpected);
      report(fmt::format("tensor {} ({}) is missing", pickle::shown(want.name), shape_text(want.shape)),
             near ? fmt::format("there is a tensor {}", pickle::shown(*near)) : "");
      continue;
    }
    const TensorData& tensor = *entry->second;
    if (tensor.shape != want.shape) {
      report(
          fmt::format("tensor {} is {}, the network wants {}", pickle::shown(want.name), shape_text(tensor.shape), shape_text(want.shape)));
    }
    if (is_floating(tensor.dtype) != want.floating) {
      report(fmt::format("tensor {} is {}, the network wants {}", pickle::shown(want.name), to_string(tensor.dtype),
                         want.floating ? "a floating-point type" : "an integer type"));
    }
  }
  // A file of a large network is told about whole; one made to flood the terminal is not.
  constexpr std::size_t kMostListed = 1000;
  for (std::size_t i = 0; i < unexpected.size(); ++i) {
    const std::string& name = unexpected[i];
    if (i == kMostListed) {
      report(fmt::format("{} further tensors are not part of the network", unexpected.size() - kMostListed));
      break;
    }
    report(fmt::format("tensor {} ({}) is not part of the network", pickle::shown(name), shape_text(found.at(name)->shape)));
  }
  if (problems.empty()) return {};
  return core::Error(core::ErrorCode::kData, std::move(problems));
}

}  // namespace mexbench::model
