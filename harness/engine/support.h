// Which engine computes a network, LibTorch or the fused one, and why: known from its description and its recipe before anything runs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "harness/core/result.h"

namespace mexbench::engine {

// Of the fused engine: raised when the same training gives other last bits. Part of the science of every run that it computes.
inline constexpr int kNumericVersion = 1;

enum class Engine { kLibTorch, kFused };
[[nodiscard]] std::string_view to_string(Engine engine);  // libtorch | fused

// The setting `engine`.
enum class Wish { kAuto, kLibTorch, kFused };
[[nodiscard]] Wish wish_from(std::string_view word);  // auto | libtorch | fused

struct Candidate {
  std::string obstacle;            // why there is no description of the network; empty: there is one
  nlohmann::json train = nullptr;  // `train` of the experiment, complete; null: its weights are loaded
};

struct Choice {
  Engine engine = Engine::kLibTorch;
  std::string reason;  // for people; empty: none has to be given
};

// Why the fused engine can't compute it: what is in the way of the network, else of its recipe; empty: it can.
[[nodiscard]] std::string obstacle_of(const Candidate& candidate);

// `auto` is the fused engine wherever it can be, but for loaded weights: what was published is evaluated on the library that it was
// published with. Fails with kUsage when the fused engine is wished for and can't be had.
[[nodiscard]] core::Result<Choice> choose(Wish wish, const Candidate& candidate);

// "engine fused", "engine libtorch: loss 'focal'"
[[nodiscard]] std::string in_words(const Choice& choice);

}  // namespace mexbench::engine
