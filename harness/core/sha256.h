// SHA-256 (FIPS 180-4, computed by OpenSSL) as lower-case hexadecimal: the digest of every file, manifest and sealed fold.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "harness/core/result.h"

namespace mexbench::core {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  Sha256& update(std::span<const std::byte> bytes);
  Sha256& update(std::string_view text);
  // Adds a text with its length in front, so that ("ab","c") and ("a","bc") differ.
  Sha256& field(std::string_view text);
  [[nodiscard]] std::array<std::uint8_t, 32> digest();  // ends the object's use
  [[nodiscard]] std::string hex();                      // ends the object's use

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] std::string sha256_hex(std::string_view text);
[[nodiscard]] Result<std::string> sha256_of_file(const std::filesystem::path& path);

}  // namespace mexbench::core
