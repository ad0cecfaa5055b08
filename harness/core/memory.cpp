#include "harness/core/memory.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <new>
#include <system_error>

#include "harness/core/text.h"

namespace mexbench::core {
namespace {

constexpr std::uint64_t kKibi = 1024;
constexpr std::array<std::string_view, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};

}  // namespace

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 62U;
  const std::string_view digits = text.substr(0, text.find_first_not_of("0123456789"));
  const std::string_view unit = text.substr(digits.size());
  const auto number = parse_int(digits);
  if (!number || *number <= 0) return std::nullopt;
  auto bytes = static_cast<std::uint64_t>(*number);
  if (unit.empty()) return bytes <= kMost ? std::optional(bytes) : std::nullopt;
  for (const std::string_view known : kUnits) {
    if (bytes > kMost) return std::nullopt;
    if (unit == known) return bytes;
    bytes *= kKibi;
  }
  return std::nullopt;
}

std::string bytes_in_words(std::uint64_t bytes) {
  std::size_t unit = 0;
  auto amount = static_cast<double>(bytes);
  while (amount >= static_cast<double>(kKibi) && unit + 1 < kUnits.size()) {
    amount /= static_cast<double>(kKibi);
    ++unit;
  }
  std::string number = fmt::format("{:.1f}", amount);
  if (number.ends_with(".0")) number.resize(number.size() - 2);
  return fmt::format("{} {}", number, kUnits[unit]);
}

std::optional<std::uint64_t> private_memory() {
  constexpr std::string_view kField = "VmData:";
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(kField)) continue;
    const std::string_view rest = trim(std::string_view(line).substr(kField.size()));  // "131072 kB"
    const auto kibibytes = parse_int(rest.substr(0, rest.find(' ')));
    if (!kibibytes || *kibibytes < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*kibibytes) * kKibi;
  }
  return std::nullopt;
}

Status limit_memory(std::uint64_t bytes) {
  const rlimit limit{.rlim_cur = bytes, .rlim_max = bytes};
  if (::setrlimit(RLIMIT_DATA, &limit) == 0) return {};
  return Error(ErrorCode::kFailed, fmt::format("can't limit the memory: {}", std::generic_category().message(errno)));
}

std::optional<std::uint64_t> memory_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_DATA, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

bool is_out_of_memory(const std::exception& problem) {
  return dynamic_cast<const std::bad_alloc*>(&problem) != nullptr ||
         std::string_view(problem.what()).find("DefaultCPUAllocator") != std::string_view::npos;
}

std::string out_of_memory() {
  const auto limit = memory_limit();
  return limit ? fmt::format("out of memory: it needs more than the limit of {}", bytes_in_words(*limit)) : "out of memory";
}

}  // namespace mexbench::core
