#include "harness/run/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace mexbench::run {
namespace {

using Clock = std::chrono::steady_clock;

bool is_terminal(std::FILE* out) {
  const char* term = std::getenv("TERM");
  return ::isatty(::fileno(out)) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

std::size_t terminal_width(std::FILE* out) {
  struct winsize size {};
  if (::ioctl(::fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 20) return size.ws_col;
  return 80;
}

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

}  // namespace

std::string format_duration(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(std::max(0.0, seconds)));
  if (whole >= 3600) return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
  if (whole >= 60) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} s", whole);
}

InputProgress::InputProgress(std::FILE* out) : out_(out), terminal_(is_terminal(out)), begin_(Clock::now()), last_(begin_) {}

InputProgress::~InputProgress() {
  if (drawn_) fmt::print(out_, "\r\033[K");
}

void InputProgress::step(std::size_t done, std::size_t total) {
  constexpr double kRedraw = 0.1;  // seconds
  constexpr double kTell = 10.0;
  if (seconds_since(last_) < (terminal_ ? kRedraw : kTell)) return;
  last_ = Clock::now();
  const double left = done == 0 ? 0.0 : seconds_since(begin_) * static_cast<double>(total - done) / static_cast<double>(done);
  const std::string line = fmt::format("computing inputs: {} of {} clips, {} left", done, total, format_duration(left));
  try {
    fmt::print(out_, "{}{}{}", terminal_ ? "\r\033[K" : "", line, terminal_ ? "" : "\n");
    std::fflush(out_);
    drawn_ = terminal_;
  } catch (const std::system_error&) {  // a closed stderr decides nothing
  }
}

Progress::Progress(std::FILE* out, std::size_t workers, std::size_t planned, std::size_t sealed, double work)
    : out_(out),
      terminal_(is_terminal(out)),
      lines_(workers),
      planned_(planned),
      sealed_(sealed),
      work_total_(work),
      begin_(Clock::now()) {}

Progress::~Progress() { erase(); }

void Progress::started(std::size_t worker, std::string title, double work) {
  lines_.at(worker) = {.title = std::move(title), .state = "starting", .work = work, .share_done = 0.0, .busy = true};
  changed_ = true;
}

void Progress::working(std::size_t worker, std::string state, double share_done) {
  Line& line = lines_.at(worker);
  line.state = std::move(state);
  line.share_done = share_done;
  changed_ = true;
}

void Progress::sealed(std::size_t worker, const std::string& detail) {
  Line& line = lines_.at(worker);
  ++sealed_;
  work_done_ += line.work;
  if (!terminal_) print_line(fmt::format("[{:>{}}/{}] {}  {}", sealed_, fmt::formatted_size("{}", planned_), planned_, line.title, detail));
  line = {};
  changed_ = true;
}

void Progress::failed(std::size_t worker, const std::string& reason) {
  Line& line = lines_.at(worker);
  ++failed_;
  work_done_ += line.work;
  print_line(fmt::format("failed: {}: {}", line.title, reason));
  line = {};
  changed_ = true;
}

void Progress::note(const std::string& line) { print_line(line); }

void Progress::tick() {
  if (!terminal_ || seconds_since(last_draw_) < (changed_ ? 0.1 : 1.0)) return;
  erase();
  draw();
}

void Progress::print_line(const std::string& line) {
  erase();
  put(line + "\n");
  changed_ = true;
}

// A closed or full stderr is no reason to stop.
void Progress::put(const std::string& text) {
  (void)std::fputs(text.c_str(), out_);
  (void)std::fflush(out_);
}

void Progress::erase() {
  for (; drawn_ > 0; --drawn_) put("\x1b[1A\x1b[2K");
}

std::string Progress::summary() const {
  double done = work_done_;
  for (const Line& line : lines_) done += line.work * line.share_done;
  const double elapsed = seconds_since(begin_);
  std::string out = fmt::format("{}/{} folds sealed", sealed_, planned_);
  if (failed_ > 0) out += fmt::format(", {} failed", failed_);
  out += fmt::format("  {} elapsed", format_duration(elapsed));
  if (done > 0.0) out += fmt::format(", about {} left", format_duration(elapsed * (work_total_ - done) / done));
  return out;
}

void Progress::draw() {
  const std::size_t width = terminal_width(out_);
  const auto put_row = [&](std::string text) {
    if (text.size() >= width) text.resize(width - 1);
    put(text + "\n");
    ++drawn_;
  };
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const Line& line = lines_[i];
    put_row(line.busy ? fmt::format("  worker {}  {}  {}", i + 1, line.title, line.state) : fmt::format("  worker {}  idle", i + 1));
  }
  put_row(summary());
  last_draw_ = Clock::now();
  changed_ = false;
}

}  // namespace mexbench::run
