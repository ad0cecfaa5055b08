#include "harness/core/sha256.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <stdexcept>

#include "harness/core/files.h"

namespace mexbench::core {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() {
    if (context == nullptr || EVP_DigestInit_ex(context, EVP_sha256(), nullptr) != 1) throw std::runtime_error("SHA-256 is not available");
  }
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;

Sha256& Sha256::update(std::span<const std::byte> bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
  return *this;
}

Sha256& Sha256::update(std::string_view text) {
  EVP_DigestUpdate(state_->context, text.data(), text.size());
  return *this;
}

Sha256& Sha256::field(std::string_view text) {
  update(fmt::format("{}:", text.size()));
  return update(text);
}

std::array<std::uint8_t, 32> Sha256::digest() {
  std::array<std::uint8_t, 32> out{};
  unsigned int length = 0;
  EVP_DigestFinal_ex(state_->context, out.data(), &length);
  return out;
}

std::string Sha256::hex() {
  std::string out;
  for (const std::uint8_t byte : digest()) fmt::format_to(std::back_inserter(out), "{:02x}", byte);
  return out;
}

std::string sha256_hex(std::string_view text) { return Sha256().update(text).hex(); }

Result<std::string> sha256_of_file(const std::filesystem::path& path) {
  Sha256 hash;
  MEXBENCH_TRY(read_chunks(path, [&hash](std::string_view chunk) { hash.update(chunk); }));
  return hash.hex();
}

}  // namespace mexbench::core
