// Problems of configuration files: each at its place, all of them told at once.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "harness/config/tree.h"
#include "harness/core/diagnostic.h"
#include "harness/core/result.h"

namespace mexbench::config {

// A problem at a place, with the part of its line that is drawn.
[[nodiscard]] core::Diagnostic problem_at(const Place& where, std::string message, std::string hint = {},
                                          std::vector<std::string> notes = {});
// The error with every problem that names no file put at `where`: for checks that know what is wrong, but not where it was written.
[[nodiscard]] core::Error placed(const core::Error& error, const Place& where);

// Collects problems; the same complaint at the same place counts once. However long the lines they are in, a problem takes little room.
class Problems {
 public:
  void add(const Place& where, std::string message, std::string hint = {}, std::vector<std::string> notes = {});
  void add(const core::Error& error);
  // Those of a second look at the same text, at places that had no problem so far: one slip is told once.
  void add_elsewhere(const Problems& second);
  [[nodiscard]] bool empty() const { return found_.empty(); }
  // All problems in order of file and line; of more than 100, the rest is counted. Precondition: not empty.
  [[nodiscard]] core::Error error(core::ErrorCode code = core::ErrorCode::kUsage) const;

 private:
  struct Found {
    core::Diagnostic problem;  // without its excerpt
    Place where;
  };
  void keep(Found found);

  std::vector<Found> found_;
  std::set<std::tuple<std::string, std::size_t, std::size_t, std::string>> seen_;
};

}  // namespace mexbench::config
