// Where time goes: durations summed up under the names of parts. Nothing that is computed depends on one.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mexbench::core {

// Not to be shared between threads: each fills one of its own, and they are added up.
class Profile {
 public:
  struct Part {
    std::string name;
    std::chrono::nanoseconds total{0};
    std::int64_t count = 0;  // how many durations
  };

  void add(std::string_view part, std::chrono::nanoseconds duration, std::int64_t count = 1);
  void add(const Profile& other);
  void clear() { parts_.clear(); }

  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }     // in the order of their first duration
  [[nodiscard]] std::chrono::nanoseconds total(std::string_view part) const;  // 0 for one that is not there
  [[nodiscard]] std::chrono::nanoseconds total() const;                       // of all parts

 private:
  Part& part_of(std::string_view name);
  std::vector<Part> parts_;  // a handful: looking through them is quicker than a map
};

// Adds the time of a block to a part. Without a profile it does not even look at the clock.
class Timed {
 public:
  Timed(Profile* profile, std::string_view part) : profile_(profile), part_(part) {
    if (profile_ != nullptr) begin_ = Clock::now();
  }
  ~Timed() { stop(); }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

  // Ends the part before the block does.
  void stop() {
    if (profile_ != nullptr) profile_->add(part_, Clock::now() - begin_);
    profile_ = nullptr;
  }

 private:
  using Clock = std::chrono::steady_clock;
  Profile* profile_;
  std::string_view part_;  // a literal, or outlives this
  Clock::time_point begin_;
};

}  // namespace mexbench::core
