// While one of these lives, SIGINT and SIGTERM ask the run to stop in order instead of ending the process; a signal that comes a second
// or more after the first ends it at once. Guards may be nested: the outermost one counts.
#pragma once

namespace mexbench::run {

class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  [[nodiscard]] bool requested() const;
  // Becomes readable when a stop is requested; for poll loops.
  [[nodiscard]] int descriptor() const;
};

}  // namespace mexbench::run
