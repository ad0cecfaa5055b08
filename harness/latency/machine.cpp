#include "harness/latency/machine.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#include "harness/core/memory.h"
#include "harness/core/text.h"
#include "harness/core/version.h"

namespace mexbench::latency {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

// The first line of a file of the system's, which may not be there.
std::optional<std::string> first_line(const fs::path& path) {
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line)) return std::nullopt;
  return std::string(core::trim(line));
}

// "model name : Intel(R) Xeon(R)" of /proc/cpuinfo, of the first processor.
std::optional<std::string> cpu_info(std::string_view key) {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos && core::trim(std::string_view(line).substr(0, colon)) == key) {
      return std::string(core::trim(std::string_view(line).substr(colon + 1)));
    }
  }
  return std::nullopt;
}

// "32K" or "2048K" as bytes.
std::int64_t cache_bytes(std::string text) {
  if (text.ends_with('K') || text.ends_with('M')) text += "iB";
  return static_cast<std::int64_t>(core::parse_bytes(text).value_or(0));
}

// Processors of a list such as "0-1,4".
std::int64_t listed(std::string_view list) {
  std::int64_t out = 0;
  for (const std::string& part : core::split(list, ',')) {
    const std::size_t dash = part.find('-');
    const auto first = core::parse_int(part.substr(0, dash));
    const auto last = dash == std::string::npos ? first : core::parse_int(part.substr(dash + 1));
    if (first && last && *last >= *first) out += *last - *first + 1;
  }
  return out;
}

std::vector<Cache> caches() {
  std::vector<Cache> out;
  for (int index = 0;; ++index) {
    const fs::path folder = fs::path("/sys/devices/system/cpu/cpu0/cache") / fmt::format("index{}", index);
    const auto type = first_line(folder / "type");
    const auto level = first_line(folder / "level");
    const auto size = first_line(folder / "size");
    if (!type || !level || !size) return out;
    out.push_back({.type = *type,
                   .level = core::parse_int(*level).value_or(0),
                   .bytes = cache_bytes(*size),
                   .shared_by = listed(first_line(folder / "shared_cpu_list").value_or(""))});
  }
}

template <typename T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

template <typename T>
std::optional<T> if_given(const json& value) {
  return value.is_null() ? std::nullopt : std::optional<T>(value.get<T>());
}

}  // namespace

Machine this_machine() {
  Machine out;
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) == 0) out.host = host.data();
  out.cpu = cpu_info("model name").value_or("unknown");
  cpu_set_t set;
  CPU_ZERO(&set);
  out.cores = ::sched_getaffinity(0, sizeof(set), &set) == 0 ? std::max(1, CPU_COUNT(&set)) : 1;
  if (const auto mhz = cpu_info("cpu MHz")) out.mhz = core::parse_double(*mhz);
  out.caches = caches();
  std::array<double, 3> load{};
  if (::getloadavg(load.data(), 3) == 3) out.load_average.assign(load.begin(), load.end());
  out.governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  if (const auto aslr = first_line("/proc/sys/kernel/randomize_va_space")) out.aslr = *aslr != "0";
  utsname system{};
  if (::uname(&system) == 0) out.system = fmt::format("{} {}", system.sysname, system.release);
#ifdef NDEBUG
  out.build_type = "release";
#else
  out.build_type = "debug";
#endif
  out.version = core::kVersion;
  return out;
}

json to_json(const Machine& machine) {
  json caches = json::array();
  for (const Cache& cache : machine.caches) {
    caches.push_back({{"type", cache.type}, {"level", cache.level}, {"bytes", cache.bytes}, {"shared_by", cache.shared_by}});
  }
  return {{"host", machine.host},
          {"cpu", machine.cpu},
          {"cores", machine.cores},
          {"mhz", or_null(machine.mhz)},
          {"caches", std::move(caches)},
          {"load_average", machine.load_average},
          {"governor", or_null(machine.governor)},
          {"aslr", or_null(machine.aslr)},
          {"system", machine.system},
          {"build_type", machine.build_type},
          {"mexbench_version", machine.version}};
}

Machine machine_from_json(const json& source) {
  Machine out;
  out.host = source.at("host");
  out.cpu = source.at("cpu");
  out.cores = source.at("cores");
  out.mhz = if_given<double>(source.at("mhz"));
  for (const json& entry : source.at("caches")) {
    out.caches.push_back(
        {.type = entry.at("type"), .level = entry.at("level"), .bytes = entry.at("bytes"), .shared_by = entry.at("shared_by")});
  }
  out.load_average = source.at("load_average").get<std::vector<double>>();
  out.governor = if_given<std::string>(source.at("governor"));
  out.aslr = if_given<bool>(source.at("aslr"));
  out.system = source.at("system");
  out.build_type = source.at("build_type");
  out.version = source.at("mexbench_version");
  return out;
}

}  // namespace mexbench::latency
