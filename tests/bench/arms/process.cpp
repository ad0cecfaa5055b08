#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <set>
#include <string_view>

#include "arm.h"
#include "harness/core/text.h"

namespace mexbench::bench {
namespace {

using nlohmann::json;

// File names of the libraries in this process, without their folders.
std::set<std::string> libraries() {
  std::set<std::string> out;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const std::size_t slash = line.rfind('/');
    if (slash != std::string::npos && line.find(".so", slash) != std::string::npos) out.insert(line.substr(slash + 1));
  }
  return out;
}

}  // namespace

json kibibytes(const std::string& file, std::string_view beginning) {
  constexpr std::int64_t kKibi = 1024;
  std::ifstream source(file);
  std::int64_t sum = 0;
  bool found = false;
  for (std::string line; std::getline(source, line);) {
    if (!line.starts_with(beginning)) continue;
    const std::string_view rest = core::trim(std::string_view(line).substr(line.find(':') + 1));
    const auto number = core::parse_int(rest.substr(0, rest.find(' ')));
    if (!number) continue;
    sum += *number * kKibi;
    found = true;
  }
  return found ? json(sum) : json(nullptr);
}

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

core::Status wait_for_go() {
  fmt::print("ready\n");
  std::fflush(stdout);
  std::string line;
  if (std::getline(std::cin, line)) return {};
  return core::Error(core::ErrorCode::kFailed, "stdin was closed before the word to begin");
}

json process_facts() {
  json blas = json::array();
  std::string allocator = "glibc";
  for (const std::string& name : libraries()) {
    for (const std::string_view known : {"blas", "mkl_rt"}) {
      if (name.find(known) != std::string::npos) blas.push_back(name);
    }
    for (const std::string_view known : {"tcmalloc", "jemalloc", "mimalloc"}) {
      if (name.find(known) != std::string::npos) allocator = known;
    }
  }
  return {{"peak_bytes", kibibytes("/proc/self/status", "VmHWM:")},
          {"private_bytes", kibibytes("/proc/self/smaps_rollup", "Private_Dirty:")},
          {"blas", blas},
          {"allocator", allocator}};
}

}  // namespace mexbench::bench
