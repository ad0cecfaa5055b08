#include "harness/config/problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace mexbench::config {

core::Diagnostic problem_at(const Place& where, std::string message, std::string hint, std::vector<std::string> notes) {
  core::Diagnostic problem;
  problem.where = where.position();
  problem.length = where.length;
  problem.message = std::move(message);
  problem.hint = std::move(hint);
  problem.notes = std::move(notes);
  if (where.source) {
    constexpr std::size_t kAround = 640;  // bytes on each side: more than a line of 160 characters takes
    const std::string_view line = where.source->line(where.line);
    std::size_t begin = where.column > kAround ? std::min(where.column - kAround, line.size()) : 0;
    while (begin > 0 && begin < line.size() && (static_cast<unsigned char>(line[begin]) & 0xC0U) == 0x80) ++begin;  // whole characters
    problem.source_line = line.substr(begin, 2 * kAround);
    problem.source_begin = begin;
  }
  return problem;
}

core::Error placed(const core::Error& error, const Place& where) {
  std::vector<core::Diagnostic> problems;
  for (const core::Diagnostic& problem : error.diagnostics()) {
    problems.push_back(problem.where.file.empty() ? problem_at(where, problem.message, problem.hint, problem.notes) : problem);
  }
  return core::Error(error.code(), std::move(problems));
}

void Problems::keep(Found found) {
  const core::SourcePosition& where = found.problem.where;
  if (seen_.emplace(where.file, where.line, where.column, found.problem.message).second) found_.push_back(std::move(found));
}

void Problems::add(const Place& where, std::string message, std::string hint, std::vector<std::string> notes) {
  Found found;
  found.problem.where = where.position();
  found.problem.message = std::move(message);
  found.problem.hint = std::move(hint);
  found.problem.notes = std::move(notes);
  found.where = where;
  keep(std::move(found));
}

void Problems::add(const core::Error& error) {
  for (const core::Diagnostic& problem : error.diagnostics()) keep({.problem = problem, .where = {}});
}

void Problems::add_elsewhere(const Problems& second) {
  std::set<std::tuple<std::string, std::size_t, std::size_t>> told;
  for (const auto& [file, line, column, message] : seen_) told.emplace(file, line, column);
  for (const Found& found : second.found_) {
    const core::SourcePosition& where = found.problem.where;
    if (where.line == 0 || !told.contains({where.file, where.line, where.column})) keep(found);
  }
}

core::Error Problems::error(core::ErrorCode code) const {
  constexpr std::size_t kMost = 100;
  std::map<std::string, std::size_t> file_order;
  for (const Found& found : found_) file_order.emplace(found.problem.where.file, file_order.size());
  std::vector<const Found*> sorted;
  for (const Found& found : found_) sorted.push_back(&found);
  const auto order = [&](const Found* found) {
    const core::SourcePosition& where = found->problem.where;
    return std::tuple(file_order.at(where.file), where.line, where.column);
  };
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Found* a, const Found* b) { return order(a) < order(b); });
  std::vector<core::Diagnostic> told;
  for (const Found* found : sorted) {
    if (told.size() == kMost) break;
    const core::Diagnostic& problem = found->problem;
    told.push_back(found->where.source ? problem_at(found->where, problem.message, problem.hint, problem.notes) : problem);
  }
  if (sorted.size() > kMost) {
    core::Diagnostic rest;
    rest.where.file = told.front().where.file;
    rest.message = fmt::format("and {} more problems", sorted.size() - kMost);
    told.push_back(std::move(rest));
  }
  return core::Error(code, std::move(told));
}

}  // namespace mexbench::config
