#include "harness/latency/sampler.h"

#include <sys/resource.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cmath>
#include <ctime>
#include <numeric>

namespace mexbench::latency {
namespace {

constexpr double kSecond = 1e9;
// 16 MiB of samples: more than a minute of answers that take 30 microseconds.
constexpr std::int64_t kMostSamples = 2'000'000;

double thread_cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / kSecond;
}

std::int64_t preemptions() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nivcsw;
}

// How many samples may come, from the fastest of the warm-up.
std::int64_t room_for(std::int64_t fastest_ns, const SamplerOptions& options) {
  const double most = options.max_seconds * kSecond / static_cast<double>(std::max<std::int64_t>(fastest_ns, 1));
  const double wanted = std::max(static_cast<double>(options.min_samples), std::ceil(most) + 1.0);
  return static_cast<std::int64_t>(std::min(wanted, static_cast<double>(kMostSamples)));
}

}  // namespace

std::int64_t monotonic_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double Sampled::seconds() const {
  return std::accumulate(passes.begin(), passes.end(), 0.0, [](double sum, const Pass& pass) { return sum + pass.seconds; });
}

double Sampled::cpu_seconds() const {
  return std::accumulate(passes.begin(), passes.end(), 0.0, [](double sum, const Pass& pass) { return sum + pass.cpu_seconds; });
}

core::Result<Sampled> take_samples(const Answer& answer, const SamplerOptions& options) {
  assert(options.passes >= 1 && options.max_seconds > 0.0);
  Sampled out;
  std::int64_t index = 0;
  const std::int64_t warmup_begin = monotonic_ns();
  std::int64_t fastest = 0;
  for (std::int64_t end = warmup_begin; index == 0 || static_cast<double>(end - warmup_begin) < options.warmup_seconds * kSecond;) {
    const std::int64_t begin = monotonic_ns();
    MEXBENCH_TRY(answer(index));
    end = monotonic_ns();
    fastest = index == 0 ? end - begin : std::min(fastest, end - begin);
    ++index;
    out.warmup_seconds = static_cast<double>(end - warmup_begin) / kSecond;
  }
  out.warmup_count = index;

  const std::int64_t room = room_for(fastest, options);
  out.ns.assign(static_cast<std::size_t>(room), 0);  // written once, so that no page is missing later
  std::int64_t count = 0;
  const std::int64_t switches = preemptions();
  const std::int64_t first = monotonic_ns();
  for (std::int64_t pass = 1; pass <= options.passes && count < room; ++pass) {
    const double part = static_cast<double>(pass) / static_cast<double>(options.passes);
    const auto least_ns = static_cast<std::int64_t>(options.min_seconds * kSecond * part);
    const auto most_ns = static_cast<std::int64_t>(options.max_seconds * kSecond * part);
    const auto least_count = static_cast<std::int64_t>(std::ceil(static_cast<double>(options.min_samples) * part));
    const std::int64_t before = count;
    const double cpu = thread_cpu_seconds();
    const std::int64_t pass_begin = monotonic_ns();
    std::int64_t end = pass_begin;
    do {
      const std::int64_t begin = monotonic_ns();
      core::Status status = answer(index);
      end = monotonic_ns();
      if (!status) return std::move(status).error();
      out.ns[static_cast<std::size_t>(count)] = end - begin;
      ++count;
      ++index;
    } while (count < room && end - first < most_ns && (end - first < least_ns || count < least_count));
    out.passes.push_back(
        {.count = count - before, .seconds = static_cast<double>(end - pass_begin) / kSecond, .cpu_seconds = thread_cpu_seconds() - cpu});
  }
  out.preemptions = preemptions() - switches;
  out.ns.resize(static_cast<std::size_t>(count));
  return out;
}

std::int64_t clock_resolution_ns() {
  constexpr std::size_t kReadings = 10'001;
  std::vector<std::int64_t> readings(kReadings);
  for (std::int64_t& reading : readings) reading = monotonic_ns();
  std::vector<std::int64_t> steps;
  for (std::size_t i = 1; i < readings.size(); ++i) steps.push_back(readings[i] - readings[i - 1]);
  std::sort(steps.begin(), steps.end());
  const auto moved = std::upper_bound(steps.begin(), steps.end(), 0);
  return std::max(moved == steps.end() ? 0 : *moved, steps[steps.size() / 2]);
}

}  // namespace mexbench::latency
