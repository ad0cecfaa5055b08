// Files: whole reads, atomic and durable writes, sorted listings. No file system order ever reaches a result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::core {

// The whole file. Fails with ErrorCode::kData, naming the file and the system's reason; `limit` guards against absurd sizes.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t limit = std::uint64_t{1} << 32U);

// The file piece by piece, in order: for files too large to hold. Fails as read_file does.
[[nodiscard]] Status read_chunks(const std::filesystem::path& path, const std::function<void(std::string_view)>& take);

// Writes beside `path`, fsyncs, renames over it, fsyncs the folder: after a crash the old or the new content is there, never a part.
// Creates missing parent folders. A symbolic link is followed; a device or pipe is written to and never replaced. Fails with kFailed.
// `prefix` begins the fail-point names (see failpoint.h): before and after each write, fsync and rename.
[[nodiscard]] Status write_file_atomic(const std::filesystem::path& path, std::string_view content, std::string_view prefix = "file");

// Writes and fsyncs in place, for files inside a folder that is published by a rename later.
[[nodiscard]] Status write_file_durable(const std::filesystem::path& path, std::string_view content, std::string_view prefix = "file");

// Makes a rename or creation inside `folder` durable.
[[nodiscard]] Status sync_folder(const std::filesystem::path& folder);

// Makes everything that was written to the folder's file system durable.
[[nodiscard]] Status sync_file_system(const std::filesystem::path& folder);

// Publishes a finished folder under its final name by one atomic rename. Never overwrites: returns false when `to` exists already.
[[nodiscard]] Result<bool> publish_folder(const std::filesystem::path& from, const std::filesystem::path& to, std::string_view prefix);

// Names in the folder (not paths), sorted as bytes. Fails with kData when it can't be read.
[[nodiscard]] Result<std::vector<std::string>> list_folder(const std::filesystem::path& folder);

// A name no other attempt uses: `<prefix>.<space>-<pid>-<random>`, where <space> is a digest of the host's name, its start and the
// container's process space. Temporary files and folders are called so, with a prefix that begins with '.'.
[[nodiscard]] std::string unique_name(std::string_view prefix);

// Whether the name comes from unique_name() in a process that no longer runs. Only processes of this host, since its start and in this
// container, can be known; what others left stays.
[[nodiscard]] bool is_abandoned(std::string_view name);

// Removes the hidden files and folders that such processes left in `folder`; what can't be removed stays.
void remove_abandoned(const std::filesystem::path& folder);

}  // namespace mexbench::core
