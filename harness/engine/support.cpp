#include "harness/engine/support.h"

#include <fmt/format.h>

namespace mexbench::engine {

std::string_view to_string(Engine engine) { return engine == Engine::kFused ? "fused" : "libtorch"; }

Wish wish_from(std::string_view word) { return word == "fused" ? Wish::kFused : word == "libtorch" ? Wish::kLibTorch : Wish::kAuto; }

std::string obstacle_of(const Candidate& candidate) {
  if (!candidate.obstacle.empty()) return candidate.obstacle;
  if (candidate.train.is_null()) return {};
  if (const std::string loss = candidate.train.at("loss").at("name"); loss != "cross_entropy") return fmt::format("loss '{}'", loss);
  if (const std::string numerics = candidate.train.at("numerics"); numerics != "contiguous") {
    return fmt::format("numerics '{}' is a setting of LibTorch's", numerics);
  }
  return {};
}

core::Result<Choice> choose(Wish wish, const Candidate& candidate) {
  if (wish == Wish::kLibTorch) return Choice{.engine = Engine::kLibTorch, .reason = "as set"};
  const bool wished = wish == Wish::kFused;
  if (std::string obstacle = obstacle_of(candidate); !obstacle.empty()) {
    if (!wished) return Choice{.engine = Engine::kLibTorch, .reason = std::move(obstacle)};
    return core::Error(core::ErrorCode::kUsage, fmt::format("'engine: fused' does not go with it: {}", obstacle))
        .hint("use 'engine: auto'");
  }
  if (wished) return Choice{.engine = Engine::kFused, .reason = "as set"};
  if (candidate.train.is_null()) {
    return Choice{.engine = Engine::kLibTorch,
                  .reason = "loaded weights are evaluated on LibTorch, as published; 'engine: fused' answers faster"};
  }
  return Choice{.engine = Engine::kFused, .reason = {}};
}

std::string in_words(const Choice& choice) {
  return fmt::format("engine {}{}{}", to_string(choice.engine), choice.reason.empty() ? "" : ": ", choice.reason);
}

}  // namespace mexbench::engine
