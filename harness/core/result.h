// Expected failures are values: a function that can fail for reasons outside the program returns Result<T> or Status.
// Programmer errors assert. Exceptions of third-party libraries are caught where the library is called and turned into these.
//
// An Error carries the exit code it leads to (DESIGN: exit codes) and one diagnostic per problem, so that a checker can report
// everything it found in one go.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "harness/core/diagnostic.h"

namespace mexbench::core {

// The numeric values are the documented process exit codes.
enum class ErrorCode : int {
  kFailed = 1,         // the work itself failed, or some fold did
  kUsage = 2,          // command line or configuration
  kData = 3,           // data missing or wrong
  kAudit = 4,          // an audit rule was broken: INVALID
  kFigure = 5,         // a published or required figure was not met
  kInterrupted = 130,  // stopped by a signal; resumable
};

class [[nodiscard]] Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code) {
    diagnostics_.push_back(Diagnostic{
        .severity = Severity::kError, .where = {}, .message = std::move(message), .source_line = {}, .length = 1, .hint = {}, .notes = {}});
  }
  Error(ErrorCode code, Diagnostic diagnostic) : code_(code) { diagnostics_.push_back(std::move(diagnostic)); }
  Error(ErrorCode code, std::vector<Diagnostic> diagnostics) : code_(code), diagnostics_(std::move(diagnostics)) {
    assert(!diagnostics_.empty());
  }

  // `file: error: message`, for problems with a file as a whole.
  static Error in_file(ErrorCode code, std::string file, std::string message) {
    Error error(code, std::move(message));
    error.diagnostics_.front().where.file = std::move(file);
    return error;
  }

  [[nodiscard]] ErrorCode code() const { return code_; }
  [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  [[nodiscard]] const std::string& message() const { return diagnostics_.front().message; }
  [[nodiscard]] std::string render() const {
    std::string out;
    for (const Diagnostic& diagnostic : diagnostics_) out += core::render(diagnostic);
    return out;
  }

  Error& hint(std::string text) & {
    diagnostics_.back().hint = std::move(text);
    return *this;
  }
  Error&& hint(std::string text) && {
    diagnostics_.back().hint = std::move(text);
    return std::move(*this);
  }
  // Adds the other error's diagnostics behind ours; the code stays.
  void append(Error other) {
    for (Diagnostic& diagnostic : other.diagnostics_) diagnostics_.push_back(std::move(diagnostic));
  }

 private:
  ErrorCode code_;
  std::vector<Diagnostic> diagnostics_;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  [[nodiscard]] T& value() & {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  [[nodiscard]] const T& value() const& {
    assert(ok());
    return *std::get_if<0>(&state_);
  }
  // By value, so that `for (auto& x : *f())` iterates over something that is still alive.
  [[nodiscard]] T value() && {
    assert(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] const Error& error() const& {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }
  [[nodiscard]] Error&& error() && {
    assert(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] const Error& error() const& {
    assert(!ok());
    return *error_;
  }
  [[nodiscard]] Error&& error() && {
    assert(!ok());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

}  // namespace mexbench::core

// Returns from the enclosing function when `expression` (a Result or Status) failed.
#define MEXBENCH_TRY(expression)                                                                          \
  do {                                                                                                    \
    if (auto mexbench_status = (expression); !mexbench_status) return std::move(mexbench_status).error(); \
  } while (false)

// `MEXBENCH_ASSIGN(auto manifest, adapter.manifest(options));`
#define MEXBENCH_ASSIGN(declaration, expression) \
  MEXBENCH_ASSIGN_IMPL_(MEXBENCH_CONCAT_(mexbench_result_, __LINE__), declaration, expression)
#define MEXBENCH_CONCAT_IMPL_(a, b) a##b
#define MEXBENCH_CONCAT_(a, b) MEXBENCH_CONCAT_IMPL_(a, b)
// NOLINTBEGIN(bugprone-macro-parentheses): these are declarations
#define MEXBENCH_ASSIGN_IMPL_(name, declaration, expression) \
  auto name = (expression);                                  \
  if (!name) return std::move(name).error();                 \
  declaration = std::move(name).value()
// NOLINTEND(bugprone-macro-parentheses)
