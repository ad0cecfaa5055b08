// What a person sees of a run on stderr. On a terminal: one live line per worker (model, fold, epoch) and one with the overall state
// and the time left. Elsewhere: one plain line per sealed fold. Clocks are used for the display only.
#pragma once

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace mexbench::run {

class Progress {
 public:
  // `work` units are clips x epochs over all open folds; `sealed` folds of `planned` are done already.
  Progress(std::FILE* out, std::size_t workers, std::size_t planned, std::size_t sealed, double work);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void started(std::size_t worker, std::string title, double work);        // title: "ststnet seed 0  casme2/sub01"
  void working(std::size_t worker, std::string state, double share_done);  // state: "epoch  12/800  loss 0.7"; share: of the fold's work
  void sealed(std::size_t worker, const std::string& detail);
  void failed(std::size_t worker, const std::string& reason);
  void note(const std::string& line);  // a line of its own, above the live lines
  // To be called often: redraws when something changed, at most ten times a second, and otherwise once a second for the clock's sake.
  void tick();

 private:
  struct Line {
    std::string title;
    std::string state;
    double work = 0.0;
    double share_done = 0.0;  // of this fold
    bool busy = false;
  };
  void print_line(const std::string& line);
  void erase();
  void put(const std::string& text);
  void draw();
  [[nodiscard]] std::string summary() const;

  std::FILE* out_;
  bool terminal_;
  std::vector<Line> lines_;
  std::size_t planned_;
  std::size_t sealed_;
  std::size_t failed_ = 0;
  double work_total_;
  double work_done_ = 0.0;
  std::size_t drawn_ = 0;
  bool changed_ = true;
  std::chrono::steady_clock::time_point begin_;
  std::chrono::steady_clock::time_point last_draw_;
};

// The tensors of a corpus while they are computed: on a terminal one line that is written over, elsewhere a line every ten seconds, so that
// what is quickly done says nothing.
class InputProgress {
 public:
  explicit InputProgress(std::FILE* out);
  ~InputProgress();
  InputProgress(const InputProgress&) = delete;
  InputProgress& operator=(const InputProgress&) = delete;

  void step(std::size_t done, std::size_t total);

 private:
  std::FILE* out_;
  bool terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point begin_;
  std::chrono::steady_clock::time_point last_;
};

// "1 h 02 min", "3 min 05 s", "12 s".
[[nodiscard]] std::string format_duration(double seconds);

}  // namespace mexbench::run
