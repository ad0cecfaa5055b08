// Runs the real programs and looks at what they leave: exit code, stdout, stderr, files.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mexbench::test {

struct Outcome {
  int code = -1;  // exit code, or 128 + signal
  std::string out;
  std::string err;
};

using Environment = std::map<std::string, std::string>;

// A started mexbench, leader of a process group of its own; its output goes to files in a folder of its own.
class Program {
 public:
  // `program`: another file than the built one.
  explicit Program(const std::vector<std::string>& arguments, const Environment& extra = {}, const std::string& program = {});
  ~Program();  // kills it when nobody waited
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool ended();
  void signal(int number) const;
  void signal_all(int number) const;  // to it and its workers, as a terminal's Ctrl-C does
  [[nodiscard]] Outcome wait();
  [[nodiscard]] std::vector<pid_t> children() const;  // its workers

 private:
  pid_t pid_ = -1;
  std::filesystem::path folder_;
};

[[nodiscard]] Outcome mexbench(const std::vector<std::string>& arguments, const Environment& extra = {});

// An empty folder, removed with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

[[nodiscard]] std::string read(const std::filesystem::path& file);
void write(const std::filesystem::path& file, const std::string& content);

// Relative path -> content of everything that must be equal between equal runs: seals, epochs, weights, derived files, summary, and
// run.json but for when, where and by which command line.
[[nodiscard]] std::map<std::string, std::string> results_of(const std::filesystem::path& experiment_folder);
// Files and folders whose name begins with a dot: attempts, temporary and set-aside ones.
[[nodiscard]] std::vector<std::string> hidden_names(const std::filesystem::path& folder);

// The corpora of MEXBENCH_DATA, or nothing (the test should skip).
[[nodiscard]] std::filesystem::path data_folder();

}  // namespace mexbench::test
