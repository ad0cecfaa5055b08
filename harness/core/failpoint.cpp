#include "harness/core/failpoint.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>

namespace mexbench::core {
namespace {

struct Plan {
  std::string target;
  int hits_left = 0;
  std::string action = "kill";
  std::string log;
  Plan() {
    if (const char* value = std::getenv("MEXBENCH_FAILPOINT"); value != nullptr && *value != '\0') {
      target = value;
      hits_left = 1;
      if (const std::size_t equals = target.rfind('='); equals != std::string::npos) {
        action = target.substr(equals + 1);
        target.resize(equals);
      }
      if (const std::size_t colon = target.rfind(':'); colon != std::string::npos) {
        std::from_chars(target.data() + colon + 1, target.data() + target.size(), hits_left);
        target.resize(colon);
      }
    }
    if (const char* value = std::getenv("MEXBENCH_FAILPOINT_LOG"); value != nullptr) log = value;
  }
};

}  // namespace

void failpoint(std::string_view name) {
  static Plan plan;
  if (plan.hits_left == 0 && plan.log.empty()) return;
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  if (!plan.log.empty()) {
    const int fd = ::open(plan.log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (fd >= 0) {
      const std::string line = std::string(name) + "\n";
      if (::write(fd, line.data(), line.size()) < 0) std::abort();  // a test relies on this list
      ::close(fd);
    }
  }
  if (plan.hits_left == 0 || name != plan.target || --plan.hits_left > 0) return;
  if (plan.action == "kill") ::raise(SIGKILL);
  if (plan.action == "bad_alloc") throw std::bad_alloc();
  if (plan.action == "throw") throw std::runtime_error("fail-point '" + plan.target + "'");
  std::abort();  // a test relies on being understood
}

}  // namespace mexbench::core
