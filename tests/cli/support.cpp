#include "cli/support.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

extern char** environ;

namespace mexbench::test {
namespace fs = std::filesystem;
namespace {

constexpr const char* kProgram = MEXBENCH_BUILD_DIR "/mexbench";

fs::path new_folder() {
  std::string pattern = (fs::temp_directory_path() / "mexbench-cli-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  return pattern;
}

int code_of(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

}  // namespace

Program::Program(const std::vector<std::string>& arguments, const Environment& extra, const std::string& program) : folder_(new_folder()) {
  std::vector<std::string> words;
  words.emplace_back(program.empty() ? kProgram : program);
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::vector<std::string> settings;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    if (!extra.contains(name) && name != "MEXBENCH_CACHE") settings.push_back(text);
  }
  for (const auto& [name, value] : extra) settings.push_back(fmt::format("{}={}", name, value));
  // What an earlier build computed is no test of this one.
  if (!extra.contains("MEXBENCH_CACHE")) settings.emplace_back("MEXBENCH_CACHE=off");
  std::vector<char*> envp;
  envp.reserve(settings.size() + 1);
  for (std::string& setting : settings) envp.push_back(setting.data());
  envp.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const std::string out = (folder_ / "out").string();
  const std::string err = (folder_ / "err").string();
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  if (::posix_spawn(&pid_, argv[0], &actions, &attributes, argv.data(), envp.data()) != 0) pid_ = -1;
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
}

Program::~Program() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

bool Program::ended() {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_;
}

void Program::signal(int number) const { ::kill(pid_, number); }
void Program::signal_all(int number) const { ::kill(-pid_, number); }

Outcome Program::wait() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return {.code = code_of(status), .out = read(folder_ / "out"), .err = read(folder_ / "err")};
}

std::vector<pid_t> Program::children() const {
  std::istringstream text(read(fmt::format("/proc/{0}/task/{0}/children", pid_)));
  std::vector<pid_t> out;
  for (pid_t child = 0; text >> child;) out.push_back(child);
  return out;
}

Outcome mexbench(const std::vector<std::string>& arguments, const Environment& extra) { return Program(arguments, extra).wait(); }

TemporaryFolder::TemporaryFolder() : path_(new_folder()) {}
TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void write(const fs::path& file, const std::string& content) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
}

namespace {

// What equal runs may differ in: when, where and by which command line they were made.
std::string without_occasion(const std::string& run_json) {
  nlohmann::json run = nlohmann::json::parse(run_json);
  for (const char* key : {"started", "ended", "wall_seconds", "host", "jobs", "command_redo"}) run.erase(key);
  return run.dump(1);
}

}  // namespace

std::map<std::string, std::string> results_of(const fs::path& folder) {
  std::map<std::string, std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const std::string relative = fs::relative(entry.path(), folder).string();
    const bool hidden = relative.find("/.") != std::string::npos || relative.starts_with('.');
    if (!entry.is_regular_file() || hidden || relative.starts_with("aside")) continue;
    out[relative] = name == "run.json" ? without_occasion(read(entry.path())) : read(entry.path());
  }
  return out;
}

std::vector<std::string> hidden_names(const fs::path& folder) {
  std::vector<std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with('.')) out.push_back(fs::relative(entry.path(), folder).string());
  }
  return out;
}

fs::path data_folder() {
  const char* data = std::getenv("MEXBENCH_DATA");
  return data == nullptr ? "" : data;
}

}  // namespace mexbench::test
