// One JSON document per line over a socket between mexbench and a worker.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "harness/core/result.h"

namespace mexbench::run {

// Owns the descriptor.
class Channel {
 public:
  Channel() = default;
  explicit Channel(int descriptor) : descriptor_(descriptor) {}
  ~Channel();
  Channel(Channel&& other) noexcept;
  Channel& operator=(Channel&& other) noexcept;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  void close();

  // Fails with kFailed when the peer is gone; never raises SIGPIPE.
  [[nodiscard]] core::Status send(const nlohmann::json& message);

  // Blocks for the next message; nothing at the end of the stream. Fails with kFailed on a line that is not JSON.
  [[nodiscard]] core::Result<std::optional<nlohmann::json>> receive();

  // For poll loops: reads what is there without blocking. False at the end of the stream.
  [[nodiscard]] bool fill();
  [[nodiscard]] core::Result<std::optional<nlohmann::json>> next_buffered();

 private:
  int descriptor_ = -1;
  std::string buffer_;
};

}  // namespace mexbench::run
