#include "harness/engine/kernels.h"

// Two sets of instructions that would only repeat others' speed are left out, and those whose registers have no fixed size.
#define HWY_DISABLED_TARGETS (HWY_AVX3_DL | HWY_SSSE3 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "harness/engine/kernels.cpp"
#include <hwy/foreach_target.h>  // includes this file once for each
// After it:
#include <hwy/highway.h>

#include "harness/engine/convolution-inl.h"
#include "harness/engine/dense-inl.h"
#include "harness/engine/maps-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mexbench::engine {
namespace HWY_NAMESPACE {

const Kernels* table() {
  static constexpr Kernels kKernels{.name = HWY_TARGET == HWY_AVX3   ? "avx512"
                                            : HWY_TARGET == HWY_AVX2 ? "avx2"
                                            : HWY_TARGET == HWY_SSE4 ? "sse4"
                                            : HWY_TARGET == HWY_NEON ? "neon"
                                                                     : "portable",
                                    .lanes = kLanes,
                                    .convolve = convolve,
                                    .convolve_weights = convolve_weights,
                                    .relu = relu,
                                    .relu_backward = relu_backward,
                                    .apply_mask = apply_mask,
                                    .moments = moments,
                                    .affine = affine,
                                    .norm_sums = norm_sums,
                                    .norm_input = norm_input,
                                    .lane_sums = lane_sums,
                                    .max_pool = max_pool,
                                    .max_pool_backward = max_pool_backward,
                                    .average_pool = average_pool,
                                    .average_pool_backward = average_pool_backward,
                                    .to_planes = to_planes,
                                    .to_maps = to_maps,
                                    .mask_to_maps = mask_to_maps,
                                    .product = product,
                                    .linear_rows = linear_rows,
                                    .next = next_word,
                                    .draw = draw};
  return &kKernels;
}

}  // namespace HWY_NAMESPACE
}  // namespace mexbench::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "harness/core/text.h"
#include "harness/engine/instruction_set.h"

namespace mexbench::engine {
namespace {

HWY_EXPORT(table);

struct Target {
  std::string_view name;
  std::int64_t flag;
};
constexpr std::array<Target, 5> kTargets = {
    {{"avx512", HWY_AVX3}, {"avx2", HWY_AVX2}, {"sse4", HWY_SSE4}, {"neon", HWY_NEON}, {"portable", HWY_STATIC_TARGET}}};

struct Choice {
  const Kernels* kernels = nullptr;
  core::Status status;
};

Choice choose() {
  Choice out{.kernels = HWY_DYNAMIC_DISPATCH(table)(), .status = {}};
  const char* const wanted = std::getenv("MEXBENCH_ENGINE_TARGET");
  if (wanted == nullptr || *wanted == '\0') return out;
  std::vector<std::string> offered;
  for (const Target& target : kTargets) {
    if ((HWY_TARGETS & target.flag) == 0 || (hwy::SupportedTargets() & target.flag) == 0) continue;
    if (target.name == wanted) {
      hwy::SetSupportedTargetsForTest(target.flag);
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      out.kernels = HWY_DYNAMIC_DISPATCH(table)();
      hwy::SetSupportedTargetsForTest(0);
      return out;
    }
    offered.emplace_back(target.name);
  }
  out.status = core::Error(core::ErrorCode::kUsage, fmt::format("MEXBENCH_ENGINE_TARGET is '{}', this processor and build offer {}", wanted,
                                                                core::join(offered, ", ")));
  return out;
}

const Choice& choice() {
  static const Choice kChoice = choose();
  return kChoice;
}

}  // namespace

const Kernels& kernels() { return *choice().kernels; }
std::string_view instruction_set() { return kernels().name; }
core::Status check_instruction_set() { return choice().status; }

}  // namespace mexbench::engine
#endif
