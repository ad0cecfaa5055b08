// The machine a latency was measured on: what Google Benchmark's context block has, and what explains a figure that does not repeat.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mexbench::latency {

struct Cache {
  std::string type;        // Data, Instruction, Unified
  std::int64_t level = 0;  // 1 is nearest to the core
  std::int64_t bytes = 0;
  std::int64_t shared_by = 0;  // logical processors
  friend bool operator==(const Cache&, const Cache&) = default;
};

// What the system does not tell is absent.
struct Machine {
  std::string host;
  std::string cpu;              // "Intel(R) Xeon(R) Processor"
  std::int64_t cores = 0;       // logical processors that this process may use
  std::optional<double> mhz{};  // clock of the first, as the system says it when asked
  std::vector<Cache> caches{};
  std::vector<double> load_average{};     // of 1, 5 and 15 minutes, when the measurement began
  std::optional<std::string> governor{};  // frequency scaling governor: "performance", "powersave"
  std::optional<bool> aslr{};             // whether addresses are randomised: it moves timings between runs
  std::string system;                     // "Linux 6.1.0-18-amd64"
  std::string build_type;                 // of mexbench: "release", "debug"
  std::string version;                    // of mexbench
  friend bool operator==(const Machine&, const Machine&) = default;
};

[[nodiscard]] nlohmann::json to_json(const Machine& machine);
[[nodiscard]] Machine machine_from_json(const nlohmann::json& source);  // throws nlohmann::json::exception

// This one, now.
[[nodiscard]] Machine this_machine();

}  // namespace mexbench::latency
