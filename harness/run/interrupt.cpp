#include "harness/run/interrupt.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace mexbench::run {
namespace {

// A signal handler can reach nothing but globals; there is one guard at a time.
std::atomic<bool> stop_requested{false};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
std::array<int, 2> pipe_ends{-1, -1};     // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
int guards = 0;                           // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
struct sigaction before_int {};           // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
struct sigaction before_term {};          // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

timespec first_signal{};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

// Whether it is a second since the first signal. One request often comes as several signals: coreutils' timeout sends its own to the
// child and then to the child's group.
bool some_time_ago() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec - first_signal.tv_sec > 1 || (now.tv_sec - first_signal.tv_sec == 1 && now.tv_nsec >= first_signal.tv_nsec);
}

// Runs with both signals blocked, and calls only what is safe in a handler.
void on_signal(int number) {
  if (stop_requested.load()) {
    if (!some_time_ago()) return;
    std::signal(number, SIG_DFL);  // somebody is in a hurry
    ::raise(number);               // delivered when this handler returns
    return;
  }
  ::clock_gettime(CLOCK_MONOTONIC, &first_signal);
  stop_requested.store(true);
  const int before = errno;
  const char byte = 1;
  (void)!::write(pipe_ends[1], &byte, 1);
  errno = before;
}

}  // namespace

InterruptGuard::InterruptGuard() {
  if (guards++ > 0) return;
  stop_requested.store(false);
  if (::pipe2(pipe_ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) pipe_ends = {-1, -1};
  struct sigaction action {};
  action.sa_handler = on_signal;
  ::sigemptyset(&action.sa_mask);
  ::sigaddset(&action.sa_mask, SIGINT);
  ::sigaddset(&action.sa_mask, SIGTERM);
  ::sigaction(SIGINT, &action, &before_int);
  ::sigaction(SIGTERM, &action, &before_term);
}

InterruptGuard::~InterruptGuard() {
  if (--guards > 0) return;
  ::sigaction(SIGINT, &before_int, nullptr);
  ::sigaction(SIGTERM, &before_term, nullptr);
  for (int& end : pipe_ends) {
    if (end >= 0) ::close(end);
    end = -1;
  }
}

bool InterruptGuard::requested() const { return stop_requested.load(); }
int InterruptGuard::descriptor() const { return pipe_ends[0]; }

}  // namespace mexbench::run
