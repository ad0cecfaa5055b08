// The parameters of a plugin, read by name: each with its default and range, and none that nobody asked for. Header only, because a plugin
// is a shared library and the rooms are not. What does not fit throws std::invalid_argument, whose message the person sees (exit 2).
//
//   explicit MyNet(const nlohmann::json& given) {
//     Params params(given);
//     const auto width = params.integer("width", /*otherwise=*/8, /*least=*/1, /*most=*/512);
//     params.finish();
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace mexbench::train {

class Params {
 public:
  explicit Params(nlohmann::json given) : given_(std::move(given)) {}

  // `otherwise` when it is not given.
  [[nodiscard]] std::int64_t integer(const std::string& name, std::int64_t otherwise, std::int64_t least, std::int64_t most) {
    const nlohmann::json value = take(name, otherwise);
    if (value.is_number_integer() && value >= least && value <= most) return value.get<std::int64_t>();
    throw refused(name, value, fmt::format("a whole number from {} to {}", least, most));
  }
  [[nodiscard]] double number(const std::string& name, double otherwise, double least, double most) {
    const nlohmann::json value = take(name, otherwise);
    if (value.is_number() && value >= least && value <= most) return value.get<double>();
    throw refused(name, value, fmt::format("a number from {} to {}", least, most));
  }
  [[nodiscard]] bool boolean(const std::string& name, bool otherwise) {
    const nlohmann::json value = take(name, otherwise);
    if (value.is_boolean()) return value.get<bool>();
    throw refused(name, value, "true or false");
  }
  [[nodiscard]] std::string choice(const std::string& name, const std::string& otherwise, const std::vector<std::string>& words) {
    const nlohmann::json value = take(name, otherwise);
    if (value.is_string() && std::find(words.begin(), words.end(), value.get<std::string>()) != words.end()) return value;
    throw refused(name, value, "one of " + listed(words));
  }

  // To be called when all are read: refuses what is left.
  void finish() const {
    for (const auto& [name, value] : given_.items()) {
      if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
      throw std::invalid_argument(fmt::format("there is no parameter '{}', there are {}", name, listed(known_)));
    }
  }

 private:
  [[nodiscard]] nlohmann::json take(const std::string& name, nlohmann::json otherwise) {
    known_.push_back(name);
    const auto found = given_.find(name);
    return found == given_.end() ? std::move(otherwise) : *found;
  }
  [[nodiscard]] static std::string listed(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) {
      if (!out.empty()) out += ", ";
      out += word;
    }
    return out;
  }
  [[nodiscard]] static std::invalid_argument refused(const std::string& name, const nlohmann::json& value, const std::string& wanted) {
    return std::invalid_argument(fmt::format("'{}' is {}, {} is wanted", name, value.dump(), wanted));
  }

  nlohmann::json given_;
  std::vector<std::string> known_;
};

}  // namespace mexbench::train
