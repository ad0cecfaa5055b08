#include "harness/run/worker_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

#include "harness/core/memory.h"
#include "harness/core/text.h"
#include "harness/run/messages.h"

extern char** environ;

namespace mexbench::run {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;

Error failed(std::string_view doing) {
  return Error(ErrorCode::kFailed, fmt::format("can't {}: {}", doing, std::generic_category().message(errno)));
}

// Descriptors above those a worker gets, so that duplicating one never overwrites another.
int move_up(int descriptor) {
  const int moved = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 16);
  ::close(descriptor);
  return moved;
}

// The parent's environment with one thread for every library that would start more.
std::vector<std::string> worker_environment() {
  const std::array<std::string, 3> one_thread{"OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", "MKL_NUM_THREADS=1"};
  std::vector<std::string> out(one_thread.begin(), one_thread.end());
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    if (name != "OMP_NUM_THREADS" && name != "OPENBLAS_NUM_THREADS" && name != "MKL_NUM_THREADS") out.emplace_back(text);
  }
  return out;
}

}  // namespace

core::Result<MemoryFile> MemoryFile::create(const char* name, std::size_t bytes) {
  MemoryFile file;
  const int descriptor = ::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (descriptor < 0) return failed("create a memory file");
  file.descriptor_ = move_up(descriptor);
  if (file.descriptor_ < 0 || ::ftruncate(file.descriptor_, static_cast<off_t>(bytes)) != 0) return failed("size a memory file");
  return file;
}

MemoryFile::~MemoryFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}
MemoryFile::MemoryFile(MemoryFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
MemoryFile& MemoryFile::operator=(MemoryFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

core::Status MemoryFile::seal() {
  if (::fcntl(descriptor_, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0) return failed("seal the inputs");
  return {};
}

std::string MemoryFile::text() const {
  std::string out;
  std::array<char, 4096> chunk{};
  for (off_t at = 0;;) {
    const ssize_t got = ::pread(descriptor_, chunk.data(), chunk.size(), at);
    if (got <= 0) return out;
    out.append(chunk.data(), static_cast<std::size_t>(got));
    at += got;
  }
}

core::Result<WorkerProcess> WorkerProcess::start(const fs::path& program, const MemoryFile& tensor, std::optional<std::uint64_t> memory) {
  WorkerProcess worker;
  worker.memory_ = memory;
  MEXBENCH_ASSIGN(worker.output_, MemoryFile::create("mexbench-worker-output", 0));
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) return failed("create a socket");
  worker.channel_ = Channel(move_up(pair[0]));
  const int theirs = move_up(pair[1]);
  if (worker.channel_.descriptor() < 0 || theirs < 0) {
    if (theirs >= 0) ::close(theirs);
    return failed("create a socket");
  }

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, worker.output_.descriptor(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, worker.output_.descriptor(), STDERR_FILENO);
  posix_spawn_file_actions_adddup2(&actions, theirs, kChannelDescriptor);
  if (tensor.descriptor() >= 0) posix_spawn_file_actions_adddup2(&actions, tensor.descriptor(), kTensorDescriptor);

  std::string name = program.string();
  std::string parent = fmt::format("{}", ::getpid());
  std::string limit = memory ? fmt::format("{}", *memory) : std::string();
  std::array<char*, 5> arguments{name.data(), const_cast<char*>("--serve"), parent.data(), memory ? limit.data() : nullptr, nullptr};
  std::vector<std::string> environment = worker_environment();
  std::vector<char*> pointers;
  pointers.reserve(environment.size() + 1);
  for (std::string& entry : environment) pointers.push_back(entry.data());
  pointers.push_back(nullptr);
  // Ctrl-C reaches the whole group: blocked until the worker ignores it, or a worker that has only just begun would die of it.
  sigset_t stop_signals;
  ::sigemptyset(&stop_signals);
  ::sigaddset(&stop_signals, SIGINT);
  ::sigaddset(&stop_signals, SIGTERM);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  sigset_t ignored;  // by us, and it would stay so in the worker
  ::sigemptyset(&ignored);
  ::sigaddset(&ignored, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &ignored);
  posix_spawnattr_setsigmask(&attributes, &stop_signals);
  const int status = ::posix_spawn(&worker.pid_, name.c_str(), &actions, &attributes, arguments.data(), pointers.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  ::close(theirs);
  if (status != 0) {
    worker.pid_ = -1;
    return Error::in_file(ErrorCode::kFailed, name, fmt::format("can't be started: {}", std::generic_category().message(status)));
  }
  return worker;
}

WorkerProcess::WorkerProcess(WorkerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), channel_(std::move(other.channel_)), output_(std::move(other.output_)), memory_(other.memory_) {}

WorkerProcess& WorkerProcess::operator=(WorkerProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(channel_, other.channel_);
  std::swap(output_, other.output_);
  std::swap(memory_, other.memory_);
  return *this;
}

WorkerProcess::~WorkerProcess() { kill(); }

void WorkerProcess::kill() {
  channel_.close();
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

std::string WorkerProcess::ending() {
  if (pid_ <= 0) return "the worker had ended";
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0) {
    if (errno != EINTR) return "the worker ended";
  }
  pid_ = -1;
  std::string out;
  if (WIFSIGNALED(status)) {
    out = fmt::format("the worker was ended by signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)));
    if (WTERMSIG(status) == SIGKILL) out += "; if nobody sent it, the machine was out of memory";
  } else {
    out = fmt::format("the worker ended with exit code {}", WEXITSTATUS(status));
  }
  // The first line it printed says more than the signal (an assertion, an uncaught exception).
  const std::string printed = output_.text();
  const std::string first(core::trim(std::string_view(printed).substr(0, printed.find('\n'))));
  if (!first.empty()) out += fmt::format(": {}", first);
  if (memory_) out += fmt::format("; its memory was limited to {}", core::bytes_in_words(*memory_));
  return out;
}

core::Result<nlohmann::json> WorkerProcess::next_or_ending(const InterruptGuard& interrupt) {
  for (bool open = true;;) {
    MEXBENCH_ASSIGN(auto message, channel_.next_buffered());
    if (message && message->at("type") == "failed") return error_from_message(*message);
    if (message) return std::move(*message);
    if (!open) return Error(ErrorCode::kFailed, ending());
    std::array<pollfd, 2> watched{pollfd{.fd = channel_.descriptor(), .events = POLLIN, .revents = 0},
                                  pollfd{.fd = interrupt.descriptor(), .events = POLLIN, .revents = 0}};
    ::poll(watched.data(), watched.size(), -1);
    if (interrupt.requested()) return Error(ErrorCode::kInterrupted, "interrupted");
    if (watched[0].revents != 0) open = channel_.fill();
  }
}

core::Result<nlohmann::json> WorkerProcess::call(const nlohmann::json& request, const InterruptGuard& interrupt,
                                                 const std::function<void(std::size_t done, std::size_t total)>& told) {
  if (!channel_.send(request)) return Error(ErrorCode::kFailed, ending());
  for (;;) {
    MEXBENCH_ASSIGN(nlohmann::json message, next_or_ending(interrupt));
    if (message.at("type") == "done") return message;
    if (told && message.at("type") == "progress") told(message.at("done"), message.at("total"));
  }
}

core::Result<fs::path> find_worker_program() {
  std::error_code failure;
  const fs::path self = fs::read_symlink("/proc/self/exe", failure);
  const fs::path beside = self.parent_path() / "mexbench-worker";
  if (!failure && ::access(beside.c_str(), X_OK) == 0) return beside;
  return Error(ErrorCode::kFailed, fmt::format("'mexbench-worker' is not beside '{}'", self.string()))
      .hint("training, loading models and rendering corpora need it: build with MEXBENCH_WITH_TORCH=ON");
}

}  // namespace mexbench::run
