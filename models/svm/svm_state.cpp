// A machine as a state dictionary, and back.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/model/plain_model.h"
#include "models/svm/svm.h"

namespace mexbench::models {
namespace {

using core::Error;
using core::ErrorCode;

std::string named(std::string_view name, std::string_view part) { return fmt::format("{}.{}", name, part); }

std::int64_t length_of(const model::TensorData* tensor, std::size_t axis) {
  return tensor != nullptr && tensor->shape.size() > axis ? tensor->shape[axis] : 1;
}

bool ascending_below(const std::vector<std::int64_t>& labels, std::int64_t limit) {
  return std::adjacent_find(labels.begin(), labels.end(), std::greater_equal<>()) == labels.end() && labels.front() >= 0 &&
         labels.back() < limit;
}

}  // namespace

model::StateDict to_state(const Svm& svm, std::string_view name) {
  const auto features = static_cast<std::int64_t>(svm.offset.size());
  const auto labels = static_cast<std::int64_t>(svm.labels.size());
  const std::array<std::int64_t, 2> integers{svm.classes, svm.point.degree};
  const std::array<double, 3> chosen{svm.point.c, svm.point.gamma, svm.point.coef0};
  const auto doubles = [&](std::string_view part, std::vector<std::int64_t> shape, const std::vector<double>& values) {
    return model::tensor_of(named(name, part), std::move(shape), std::span<const double>(values));
  };
  const auto whole = [&](std::string_view part, std::vector<std::int64_t> shape, std::span<const std::int64_t> values) {
    return model::tensor_of(named(name, part), std::move(shape), values);
  };
  model::StateDict out;
  out.tensors.push_back(doubles("scaler.offset", {features}, svm.offset));
  out.tensors.push_back(doubles("scaler.factor", {features}, svm.factor));
  out.tensors.push_back(doubles("svm.vectors", {svm.vectors.rows, features}, svm.vectors.values));
  out.tensors.push_back(doubles("svm.coefficients", {labels - 1, svm.vectors.rows}, svm.coefficients));
  out.tensors.push_back(doubles("svm.rho", {labels * (labels - 1) / 2}, svm.rho));
  out.tensors.push_back(whole("svm.labels", {labels}, svm.labels));
  out.tensors.push_back(whole("svm.counts", {labels}, svm.counts));
  out.tensors.push_back(whole("svm.classes", {}, std::span(integers).first(1)));
  out.tensors.push_back(model::tensor_of(named(name, "chosen.C"), {}, std::span(chosen).subspan(0, 1)));
  out.tensors.push_back(model::tensor_of(named(name, "chosen.gamma"), {}, std::span(chosen).subspan(1, 1)));
  out.tensors.push_back(model::tensor_of(named(name, "chosen.coef0"), {}, std::span(chosen).subspan(2, 1)));
  out.tensors.push_back(whole("chosen.degree", {}, std::span(integers).last(1)));
  out.tensors.push_back(doubles("inner_scores", {static_cast<std::int64_t>(svm.inner_scores.size())}, svm.inner_scores));
  return out;
}

core::Result<Svm> svm_from_state(const model::StateDict& state, std::string_view name, const SvmOptions& options, std::string_view file) {
  const auto find = [&](std::string_view part) { return state.find(named(name, part)); };
  const std::int64_t features = length_of(find("scaler.offset"), 0);
  const std::int64_t vectors = length_of(find("svm.vectors"), 0);
  const std::int64_t labels = length_of(find("svm.labels"), 0);
  const std::int64_t points = length_of(find("inner_scores"), 0);
  const auto expect = [&](std::string_view part, std::vector<std::int64_t> shape, bool floating) {
    return model::ExpectedTensor{.name = named(name, part), .shape = std::move(shape), .floating = floating, .optional = false};
  };
  const std::array<model::ExpectedTensor, 13> expected{expect("scaler.offset", {features}, true),
                                                       expect("scaler.factor", {features}, true),
                                                       expect("svm.vectors", {vectors, features}, true),
                                                       expect("svm.coefficients", {labels - 1, vectors}, true),
                                                       expect("svm.rho", {labels * (labels - 1) / 2}, true),
                                                       expect("svm.labels", {labels}, false),
                                                       expect("svm.counts", {labels}, false),
                                                       expect("svm.classes", {}, false),
                                                       expect("chosen.C", {}, true),
                                                       expect("chosen.gamma", {}, true),
                                                       expect("chosen.coef0", {}, true),
                                                       expect("chosen.degree", {}, false),
                                                       expect("inner_scores", {points}, true)};
  MEXBENCH_TRY(model::check_state_dict(state, expected, file));
  const auto damaged = [&](std::string_view what) {
    return Error::in_file(ErrorCode::kData, std::string(file), fmt::format("is no machine that model '{}' saved: {}", name, what));
  };
  for (const model::ExpectedTensor& one : expected) {
    const model::DType wanted = one.floating ? model::DType::kFloat64 : model::DType::kInt64;
    if (state.find(one.name)->dtype != wanted) return damaged(fmt::format("'{}' is not {}", one.name, model::to_string(wanted)));
  }
  const auto doubles = [&](std::string_view part) { return model::doubles_of(*find(part)); };
  const auto integers = [&](std::string_view part) { return model::integers_of(*find(part)); };
  Svm out;
  out.kernel = options.kernel;
  out.offset = doubles("scaler.offset");
  out.factor = doubles("scaler.factor");
  out.vectors = Matrix(vectors, features);
  out.vectors.values = doubles("svm.vectors");
  out.coefficients = doubles("svm.coefficients");
  out.rho = doubles("svm.rho");
  out.labels = integers("svm.labels");
  out.counts = integers("svm.counts");
  out.classes = integers("svm.classes").front();
  out.point = {.c = doubles("chosen.C").front(),
               .gamma = doubles("chosen.gamma").front(),
               .coef0 = doubles("chosen.coef0").front(),
               .degree = integers("chosen.degree").front()};
  out.inner_scores = doubles("inner_scores");
  constexpr std::int64_t kMostClasses = 1000;
  if (out.classes < 1 || out.classes > kMostClasses) return damaged("'svm.classes' is out of range");
  if (out.labels.empty() || !ascending_below(out.labels, out.classes)) return damaged("'svm.labels' are no ascending classes");
  std::int64_t left = vectors;
  for (const std::int64_t count : out.counts) {
    if (count < 0 || count > left) return damaged("'svm.counts' are not those of its vectors");
    left -= count;
  }
  if (left != 0) return damaged("'svm.counts' are not those of its vectors");
  return out;
}

}  // namespace mexbench::models
