#include "harness/train/cause.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/memory.h"
#include "harness/core/text.h"

namespace mexbench::train {
namespace {

// Of "..Traceback of TorchScript (most recent call last): .. <--- HERE .. RuntimeError: sizes differ" what stands behind the traceback.
// An exception that the script raises is told as "builtins.ValueError: its text".
std::string_view behind_traceback(const std::vector<std::string>& lines) {
  constexpr std::string_view kError = "RuntimeError: ";
  constexpr std::string_view kRaised = "builtins.";
  const auto error = std::find_if(lines.rbegin(), lines.rend(), [&](const std::string& line) { return line.starts_with(kError); });
  if (error != lines.rend()) return std::string_view(*error).substr(kError.size());
  const auto last = std::find_if(lines.rbegin(), lines.rend(), [](const std::string& line) { return !core::trim(line).empty(); });
  if (last == lines.rend()) return {};
  const std::string_view text = core::trim(*last);
  return text.starts_with(kRaised) ? text.substr(kRaised.size()) : text;
}

}  // namespace

std::string cause_of(const std::exception& problem) {
  if (core::is_out_of_memory(problem)) return core::out_of_memory();
  const auto* torch_problem = dynamic_cast<const c10::Error*>(&problem);
  const std::string text = torch_problem != nullptr ? torch_problem->what_without_backtrace() : problem.what();
  const std::vector<std::string> lines = core::split(text, '\n');
  if (text.find("Traceback of TorchScript") != std::string::npos) return std::string(behind_traceback(lines));
  for (const std::string& line : lines) {
    if (const std::string_view told = core::trim(line); !told.empty()) return std::string(told);
  }
  return "an exception without words";
}

}  // namespace mexbench::train
