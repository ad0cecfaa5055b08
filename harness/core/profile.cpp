#include "harness/core/profile.h"

#include <algorithm>

namespace mexbench::core {

Profile::Part& Profile::part_of(std::string_view name) {
  const auto found = std::find_if(parts_.begin(), parts_.end(), [&](const Part& part) { return part.name == name; });
  if (found != parts_.end()) return *found;
  return parts_.emplace_back(Part{.name = std::string(name)});
}

void Profile::add(std::string_view part, std::chrono::nanoseconds duration, std::int64_t count) {
  Part& sum = part_of(part);
  sum.total += duration;
  sum.count += count;
}

void Profile::add(const Profile& other) {
  for (const Part& part : other.parts_) add(part.name, part.total, part.count);
}

std::chrono::nanoseconds Profile::total(std::string_view part) const {
  const auto found = std::find_if(parts_.begin(), parts_.end(), [&](const Part& entry) { return entry.name == part; });
  return found == parts_.end() ? std::chrono::nanoseconds(0) : found->total;
}

std::chrono::nanoseconds Profile::total() const {
  std::chrono::nanoseconds sum{0};
  for (const Part& part : parts_) sum += part.total;
  return sum;
}

}  // namespace mexbench::core
