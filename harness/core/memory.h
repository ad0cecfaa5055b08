// Amounts of memory in words, and a limit for a process. What counts is what the process alone can write (the kernel's RLIMIT_DATA: heap,
// private mappings, stacks): inputs that processes share are not in it.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/result.h"

namespace mexbench::core {

// "512MiB", "2GiB", "1500000000": a whole number, alone or with B, KiB, MiB, GiB or TiB behind it. Nothing for anything else, for 0, and
// above 2^62 bytes.
[[nodiscard]] std::optional<std::uint64_t> parse_bytes(std::string_view text);
// "2 GiB", "1.5 MiB", "700 B": at most one decimal.
[[nodiscard]] std::string bytes_in_words(std::uint64_t bytes);

// What this process has now; nothing when the system does not tell.
[[nodiscard]] std::optional<std::uint64_t> private_memory();

// From here on an allocation beyond the limit fails as if the machine had no more memory. kFailed when the system refuses.
[[nodiscard]] Status limit_memory(std::uint64_t bytes);
[[nodiscard]] std::optional<std::uint64_t> memory_limit();

// Whether this says that an allocation failed: std::bad_alloc, or LibTorch's, which has no type of its own and names its allocator.
[[nodiscard]] bool is_out_of_memory(const std::exception& problem);
// Why an allocation failed, with the limit if there is one.
[[nodiscard]] std::string out_of_memory();

}  // namespace mexbench::core
