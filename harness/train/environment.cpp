#include "harness/train/environment.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <torch/torch.h>

#include <string>
#include <string_view>
#include <vector>

namespace mexbench::train {
namespace {

constexpr std::string_view kUnknown = "unknown";

// A function of a library LibTorch was linked with, if the loaded one has it.
template <typename Function>
Function* loaded_symbol(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

// What follows `label` in LibTorch's description of itself, up to a comma or the end of the line.
std::string described(std::string_view config, std::string_view label) {
  const std::size_t at = config.find(label);
  if (at == std::string_view::npos) return std::string(kUnknown);
  const std::string_view rest = config.substr(at + label.size());
  const std::string_view value = rest.substr(0, rest.find_first_of(",\n"));
  return value.empty() ? std::string(kUnknown) : std::string(value);
}

std::string blas(std::string_view config) {
  auto* const describe = loaded_symbol<char*()>("openblas_get_config");
  auto* const core_name = loaded_symbol<char*()>("openblas_get_corename");
  if (describe != nullptr && core_name != nullptr) return fmt::format("{}; kernels {}", describe(), core_name());
  return described(config, "BLAS_INFO=");
}

std::string onednn() {
  std::string out = at::get_mkldnn_version();
  if (auto* const isa = loaded_symbol<int()>("dnnl_get_effective_cpu_isa"); isa != nullptr)
    out += fmt::format("; instruction set {:#x}", isa());
  return out;
}

std::string instruction_set() {
#if defined(__x86_64__)
  std::string out = "x86-64";
  __builtin_cpu_init();
  if (__builtin_cpu_supports("sse4.2")) out += " sse4.2";
  if (__builtin_cpu_supports("avx")) out += " avx";
  if (__builtin_cpu_supports("avx2")) out += " avx2";
  if (__builtin_cpu_supports("fma")) out += " fma";
  if (__builtin_cpu_supports("avx512f")) out += " avx512f";
  if (__builtin_cpu_supports("avx512bw")) out += " avx512bw";
  if (__builtin_cpu_supports("avx512dq")) out += " avx512dq";
  if (__builtin_cpu_supports("avx512vl")) out += " avx512vl";
  if (__builtin_cpu_supports("avx512vnni")) out += " avx512vnni";
  return out;
#elif defined(__aarch64__)
  return "aarch64";
#else
  return std::string(kUnknown);
#endif
}

}  // namespace

nlohmann::json environment() {
  const std::string config = at::show_config();
  return {
      {"torch", TORCH_VERSION},  {"torch_runtime", described(config, "TORCH_VERSION=")},          {"blas", blas(config)},
      {"onednn", onednn()},      {"cpu_capability", described(config, "CPU capability usage: ")}, {"instruction_set", instruction_set()},
      {"compiler", __VERSION__},
  };
}

}  // namespace mexbench::train
