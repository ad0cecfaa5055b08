#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <exception>
#include <string_view>

#include "arm.h"

namespace {

using mexbench::core::Result;
using nlohmann::json;

struct Arm {
  std::string_view name;
  Result<json> (*run)(const json& settings);
};

constexpr std::array<Arm, 6> kArms = {{
    {"inputs", mexbench::bench::write_inputs},
    {"weights", mexbench::bench::write_weights},
    {"train", mexbench::bench::train},
    {"predict", mexbench::bench::predict},
    {"flow", mexbench::bench::extract_flow},
    {"bootstrap", mexbench::bench::bootstrap_scores},
}};

int run(const Arm& arm, const char* text) {
  const json settings = json::parse(text);
  Result<json> result = arm.run(settings);
  if (!result) {
    fmt::print(stderr, "{}", result.error().render());
    return static_cast<int>(result.error().code());
  }
  (*result)["process"] = mexbench::bench::process_facts();
  fmt::print("{}\n", result->dump());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    for (const Arm& arm : kArms) {
      if (argc == 3 && arm.name == argv[1]) return run(arm, argv[2]);
    }
    fmt::print(stderr, "usage: bench_arms ARM SETTINGS    (settings are JSON; scripts/bench calls this). Arms:");
    for (const Arm& arm : kArms) fmt::print(stderr, " {}", arm.name);
    fmt::print(stderr, "\n");
    return 2;
  } catch (const std::exception& problem) {
    fmt::print(stderr, "error: {}\n", problem.what());
    return 1;
  }
}
