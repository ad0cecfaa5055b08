#include "harness/run/channel.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace mexbench::run {
namespace {

using core::Error;
using core::ErrorCode;

Error broken(const char* doing) {
  return Error(ErrorCode::kFailed, fmt::format("can't {} a worker: {}", doing, std::generic_category().message(errno)));
}

}  // namespace

Channel::~Channel() { close(); }

Channel::Channel(Channel&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), buffer_(std::move(other.buffer_)) {}

Channel& Channel::operator=(Channel&& other) noexcept {
  if (this != &other) {
    close();
    descriptor_ = std::exchange(other.descriptor_, -1);
    buffer_ = std::move(other.buffer_);
  }
  return *this;
}

void Channel::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

core::Status Channel::send(const nlohmann::json& message) {
  // What a library says in an error may be any bytes.
  const std::string line = message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  std::size_t sent = 0;
  while (sent < line.size()) {
    const ssize_t put = ::send(descriptor_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (put < 0) {
      if (errno == EINTR) continue;
      return broken("write to");
    }
    sent += static_cast<std::size_t>(put);
  }
  return {};
}

bool Channel::fill() {
  std::array<char, 65536> chunk{};
  for (;;) {
    const ssize_t got = ::recv(descriptor_, chunk.data(), chunk.size(), MSG_DONTWAIT);
    if (got > 0) {
      buffer_.append(chunk.data(), static_cast<std::size_t>(got));
      continue;
    }
    if (got < 0 && errno == EINTR) continue;
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }
}

core::Result<std::optional<nlohmann::json>> Channel::next_buffered() {
  const std::size_t end = buffer_.find('\n');
  if (end == std::string::npos) return std::optional<nlohmann::json>();
  nlohmann::json message = nlohmann::json::parse(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
  buffer_.erase(0, end + 1);
  if (message.is_discarded()) return Error(ErrorCode::kFailed, "a worker sent a line that is not JSON");
  return std::optional<nlohmann::json>(std::move(message));
}

core::Result<std::optional<nlohmann::json>> Channel::receive() {
  for (;;) {
    MEXBENCH_ASSIGN(auto message, next_buffered());
    if (message) return message;
    std::array<char, 65536> chunk{};
    const ssize_t got = ::recv(descriptor_, chunk.data(), chunk.size(), 0);
    if (got == 0) return std::optional<nlohmann::json>();
    if (got < 0) {
      if (errno == EINTR) continue;
      return broken("read from");
    }
    buffer_.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace mexbench::run
