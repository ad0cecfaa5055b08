// Problems with an input, collected so that all are told at once. For the sources of harness/stats.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "harness/core/result.h"

namespace mexbench::stats {

class ProblemList {
 public:
  void add(std::string message) {
    core::Error one(core::ErrorCode::kData, std::move(message));
    if (error_) {
      error_->append(std::move(one));
    } else {
      error_ = std::move(one);
    }
  }
  [[nodiscard]] bool any() const { return error_.has_value(); }
  [[nodiscard]] core::Error take() { return std::move(error_).value(); }

 private:
  std::optional<core::Error> error_;
};

}  // namespace mexbench::stats
