// What a command costs as a whole process: time from its start to its end and its largest resident set. A small program, because a child
// is charged with the memory of the process it was started from.
//
//   measure_process COMMAND [ARGUMENT...]       prints {"seconds", "peak_bytes"}; the command's output is thrown away
//   measure_process --worker mexbench-worker    from the start of a worker to its answer to `hello`; also private_bytes (memory that it
//                                               wrote and shares with nobody) and the environment that it tells
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <string_view>

#include "arm.h"
#include "harness/core/result.h"
#include "harness/run/worker_process.h"

namespace mexbench::bench {
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kKibi = 1024;
constexpr int kNotStarted = 127;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

core::Result<json> measure_command(char** command) {
  const auto begin = Clock::now();
  const pid_t child = ::fork();
  if (child < 0) return Error(ErrorCode::kFailed, "no process can be started");
  if (child == 0) {
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(nowhere, STDOUT_FILENO);
    ::execvp(command[0], command);
    ::_exit(kNotStarted);
  }
  int status = 0;
  rusage usage{};
  if (::wait4(child, &status, 0, &usage) != child) return Error(ErrorCode::kFailed, "the command can't be waited for");
  const double seconds = seconds_since(begin);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error(ErrorCode::kFailed, WIFEXITED(status) && WEXITSTATUS(status) == kNotStarted
                                         ? fmt::format("'{}' can't be started", command[0])
                                         : fmt::format("'{}' did not end well", command[0]));
  }
  return json{{"seconds", seconds}, {"peak_bytes", usage.ru_maxrss * kKibi}};
}

core::Result<json> measure_worker(const char* program) {
  const auto begin = Clock::now();
  MEXBENCH_ASSIGN(run::WorkerProcess worker, run::WorkerProcess::start(program, {}));
  MEXBENCH_TRY(worker.channel().send({{"type", "hello"}}));
  MEXBENCH_ASSIGN(const auto answer, worker.channel().receive());
  const double seconds = seconds_since(begin);
  if (!answer || answer->at("type") != "done")
    return Error(ErrorCode::kFailed, fmt::format("the worker gave no answer: {}", worker.ending()));
  const json own = kibibytes(fmt::format("/proc/{}/smaps_rollup", worker.pid()), "Private_Dirty:");
  worker.channel().close();
  const std::string how = worker.ending();
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  return json{
      {"seconds", seconds}, {"peak_bytes", usage.ru_maxrss * kKibi}, {"private_bytes", own}, {"environment", answer->at("environment")}};
}

int run(int argc, char** argv) {
  if (argc < 2 || (std::string_view(argv[1]) == "--worker" && argc != 3)) {
    fmt::print(stderr, "usage: measure_process COMMAND [ARGUMENT...] | --worker PROGRAM\n");
    return 2;
  }
  const auto result = std::string_view(argv[1]) == "--worker" ? measure_worker(argv[2]) : measure_command(argv + 1);
  if (!result) {
    fmt::print(stderr, "{}", result.error().render());
    return static_cast<int>(result.error().code());
  }
  fmt::print("{}\n", result->dump());
  return 0;
}

}  // namespace
}  // namespace mexbench::bench

int main(int argc, char** argv) {
  try {
    return mexbench::bench::run(argc, argv);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "error: %s\n", problem.what());
    return 1;
  }
}
