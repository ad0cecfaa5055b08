// Checked reading of a JSON object: every missing or mistyped member becomes one diagnostic, and reading goes on, so that a broken file
// is told about in one go.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/diagnostic.h"
#include "harness/core/result.h"

namespace mexbench::reports {

class JsonFields {
 public:
  // `prefix` is where `object` stands in the file ("published[0]"), for messages. Both references must outlive the reader. What is no
  // object is one problem, and has no members.
  JsonFields(const nlohmann::json& object, std::string file, std::string prefix, std::vector<core::Diagnostic>& problems);

  // Paths are dotted: "model.label". The plain readers demand the member; the optional ones take an absent or null one as nothing.
  [[nodiscard]] std::string text(std::string_view path);
  [[nodiscard]] std::string optional_text(std::string_view path);
  [[nodiscard]] std::string one_of(std::string_view path, const std::vector<std::string>& allowed);
  [[nodiscard]] std::int64_t count(std::string_view path);  // not negative
  [[nodiscard]] std::optional<std::int64_t> optional_count(std::string_view path);
  [[nodiscard]] std::uint64_t seed(std::string_view path);
  [[nodiscard]] std::optional<double> optional_number(std::string_view path, double low, double high);  // both included
  [[nodiscard]] bool flag(std::string_view path);
  [[nodiscard]] std::vector<std::string> optional_texts(std::string_view path);
  [[nodiscard]] nlohmann::json object(std::string_view path);           // demanded
  [[nodiscard]] nlohmann::json object_or_null(std::string_view path);   // demanded, null accepted
  [[nodiscard]] nlohmann::json optional_array(std::string_view path);   // absent: []
  [[nodiscard]] nlohmann::json array(std::string_view path);            // demanded
  [[nodiscard]] nlohmann::json optional_object(std::string_view path);  // absent: {}

  // The member at the dotted path, or nothing.
  [[nodiscard]] const nlohmann::json* find(std::string_view path) const;
  void problem(std::string message);

 private:
  const nlohmann::json* demand(std::string_view path, std::string_view wanted);
  void mistyped(std::string_view path, const nlohmann::json& value, std::string_view wanted);
  [[nodiscard]] std::string full(std::string_view path) const;

  const nlohmann::json& object_;
  std::string file_;
  std::string prefix_;
  std::vector<core::Diagnostic>& problems_;
};

}  // namespace mexbench::reports
