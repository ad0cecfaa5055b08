// The parameters that every method with a support vector machine has. Torch-free; models/svm/svm.h says what they do.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "models/registry.h"

namespace mexbench::models {

// `own` first, then those of the machine.
inline std::vector<ParamDef> with_svm_params(std::vector<ParamDef> own, const char* kernel, const char* scaling) {
  using Type = ParamDef::Type;
  constexpr std::size_t kMostValues = 32;
  std::vector<ParamDef> machine = {
      {.name = "kernel",
       .type = Type::kChoice,
       .default_value = kernel,
       .choices = {"linear", "polynomial", "rbf"},
       .doc = "of the support vector machine: x.y, (gamma x.y + coef0)^degree, exp(-gamma |x - y|^2)"},
      {.name = "C",
       .type = Type::kNumbers,
       .default_value = 1.0,
       .min = 1e-6,
       .max = 1e9,
       .least = 1,
       .most = kMostValues,
       .lone = true,
       .doc = "cost of a training clip on the wrong side; several values: chosen on inner subjects"},
      {.name = "gamma",
       .type = Type::kNumbers,
       .default_value = 0.0,
       .min = 0.0,
       .max = 1e6,
       .least = 1,
       .most = kMostValues,
       .lone = true,
       .doc = "of the polynomial and rbf kernels; 0 is 1 / (features * variance of the scaled features); several values: chosen on inner "
              "subjects"},
      {.name = "degree",
       .type = Type::kIntegers,
       .default_value = 3,
       .min = 1,
       .max = 16,
       .least = 1,
       .most = kMostValues,
       .lone = true,
       .doc = "of the polynomial kernel; several values: chosen on inner subjects"},
      {.name = "coef0",
       .type = Type::kNumbers,
       .default_value = 0.0,
       .min = -1e6,
       .max = 1e6,
       .least = 1,
       .most = kMostValues,
       .lone = true,
       .doc = "of the polynomial kernel; several values: chosen on inner subjects"},
      {.name = "class_weights",
       .type = Type::kChoice,
       .default_value = "none",
       .choices = {"none", "balanced"},
       .doc = "balanced: C of a class is multiplied by clips / (classes * clips of the class)"},
      {.name = "scaling",
       .type = Type::kChoice,
       .default_value = scaling,
       .choices = {"none", "standardise", "minmax"},
       .doc = "of each feature by the training clips: to mean 0 and standard deviation 1, or to 0..1"},
      {.name = "select_by",
       .type = Type::kChoice,
       .default_value = "uf1",
       .choices = {"uf1", "uar"},
       .doc = "the pooled score of the inner folds that decides among several values; of equal ones the first wins"},
      {.name = "inner_folds",
       .type = Type::kInteger,
       .default_value = 5,
       .min = 2,
       .max = 1000,
       .doc = "into which the training subjects are dealt to choose among several values; at most one per subject"},
      {.name = "tolerance", .type = Type::kNumber, .default_value = 1e-3, .min = 1e-9, .max = 0.1, .doc = "at which libsvm stops"},
  };
  own.insert(own.end(), std::make_move_iterator(machine.begin()), std::make_move_iterator(machine.end()));
  return own;
}

// Values to choose from that the kernel does not look at.
inline std::vector<Conflict> svm_conflicts(const nlohmann::json& params) {
  const std::string kernel = params.at("kernel");
  std::vector<Conflict> out;
  const auto unused = [&](const char* name) {
    const nlohmann::json& value = params.at(name);
    if (!value.is_array() || value.size() < 2) return;
    out.push_back({.params = {name, "kernel"},
                   .message = fmt::format("{} has {} values to choose from, kernel '{}' uses none", name, value.size(), kernel)});
  };
  if (kernel == "linear") unused("gamma");
  if (kernel != "polynomial") {
    unused("degree");
    unused("coef0");
  }
  return out;
}

// A parameter that is a list, or one number for all of it.
inline std::vector<std::int64_t> integers_of_param(const nlohmann::json& value, std::size_t count) {
  return value.is_array() ? value.get<std::vector<std::int64_t>>() : std::vector<std::int64_t>(count, value.get<std::int64_t>());
}

// Images of at least `rows` x `columns` pixels.
inline InputSizes at_least(std::int64_t rows, std::int64_t columns) {
  return {.words = fmt::format("at least {}x{}", rows, columns),
          .take = [rows, columns](std::int64_t height, std::int64_t width) { return height >= rows && width >= columns; }};
}

}  // namespace mexbench::models
