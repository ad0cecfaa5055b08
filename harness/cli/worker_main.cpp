// mexbench-worker: does what needs torch or OpenCV, one task at a time, for the mexbench process that started it (harness/run/messages.h).
#include <fcntl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>

#include "harness/cli/worker_tasks.h"
#include "harness/core/memory.h"
#include "harness/core/text.h"
#include "harness/core/version.h"
#include "harness/run/channel.h"
#include "harness/run/messages.h"
#include "harness/train/learner.h"

namespace {

using mexbench::run::Channel;

// Dies with the parent; survives what a terminal (Ctrl-C) or `timeout` sends to the whole group: the parent decides what happens.
bool bind_to_parent(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_IGN);
  sigset_t blocked;  // by the parent, for the time until here
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGINT);
  ::sigaddset(&blocked, SIGTERM);
  ::sigprocmask(SIG_UNBLOCK, &blocked, nullptr);
  return ::getppid() == parent;
}

// Training allocates and frees the same tensors of a few megabytes over and over. Keeping glibc from giving them back to the system each
// time makes STSTNet's epochs 1.8 times as fast (1.9 in channels_last; medians of interleaved runs on a loaded two-core machine); tcmalloc
// does the same within 6 % and would be one more library. Not so under a memory limit: what one fold has freed must not count against the
// next.
void keep_memory() {
  ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

int serve() {
  Channel channel(mexbench::run::kChannelDescriptor);
  ::fcntl(mexbench::run::kChannelDescriptor, F_SETFD, FD_CLOEXEC);
  for (;;) {
    auto request = channel.receive();
    if (!request || !*request) return 0;  // the parent has closed its end
    const auto answer = mexbench::cli::handle_task(**request, channel);
    if (!channel.send(answer ? *answer : mexbench::run::error_message(answer.error()))) return 0;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view verb = argc > 1 ? argv[1] : "";
  if (verb == "--version") {
    std::printf("mexbench-worker %s\n", mexbench::core::kVersion);
    return 0;
  }
  const bool serve_verb = (argc == 3 || argc == 4) && verb == "--serve";  // --serve PARENT [MEMORY]
  const auto parent = serve_verb ? mexbench::core::parse_int(argv[2]) : std::nullopt;
  const auto memory = argc == 4 ? mexbench::core::parse_bytes(argv[3]) : std::nullopt;
  if (!parent || (argc == 4 && !memory)) {
    std::fprintf(stderr, "error: mexbench-worker is started by mexbench\n      | note: use 'mexbench run EXPERIMENT.yaml'\n");
    return 2;
  }
  if (!bind_to_parent(static_cast<pid_t>(*parent))) return 0;
  if (!memory) keep_memory();
  try {
    if (memory) {
      mexbench::train::reserve_work_memory();
      if (const auto limited = mexbench::core::limit_memory(*memory); !limited) {
        std::fprintf(stderr, "%s\n", limited.error().message().c_str());
        return 1;
      }
    }
    return serve();
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "unexpected: %s\n", problem.what());
    return 1;
  }
}
