#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "harness/cli/common.h"
#include "harness/core/memory.h"
#include "harness/data/blob_cache.h"

namespace mexbench::cli {
namespace {

struct Arguments {
  std::string what = "info";
  std::string folder;
  std::string limit;
  std::string format = "text";
};

core::Result<std::filesystem::path> folder_of(const Arguments& arguments) {
  if (!arguments.folder.empty()) return std::filesystem::path(arguments.folder);
  return data::default_cache_folder();
}

// What --limit says; nothing when the verb is not `shrink`.
core::Result<std::optional<std::uint64_t>> limit_of(const Arguments& arguments) {
  using core::Error;
  using core::ErrorCode;
  if (arguments.what != "shrink") {
    if (!arguments.limit.empty()) return Error(ErrorCode::kUsage, fmt::format("'cache {}' takes no '--limit'", arguments.what));
    return std::optional<std::uint64_t>();
  }
  if (arguments.limit.empty()) return Error(ErrorCode::kUsage, "'cache shrink' wants '--limit'").hint("write --limit 2GiB");
  const auto bytes = core::parse_bytes(arguments.limit);
  if (!bytes) {
    return Error(ErrorCode::kUsage, fmt::format("'--limit {}' is no amount of memory", arguments.limit))
        .hint("write a whole number of B, KiB, MiB, GiB or TiB, such as --limit 2GiB; 'cache clear' removes all");
  }
  return bytes;
}

core::Cell bytes_cell(std::uint64_t bytes) { return {core::bytes_in_words(bytes), bytes}; }

int cache_verb(const Arguments& arguments) {
  const auto limit = limit_of(arguments);
  if (!limit) return fail(limit.error());
  const auto folder = folder_of(arguments);
  if (!folder) return fail(folder.error());
  data::CacheUsage removed;
  if (arguments.what != "info") {
    const auto gone = arguments.what == "clear" ? data::clear_cache(*folder) : data::shrink_cache(*folder, **limit);
    if (!gone) return fail(gone.error());
    removed = *gone;
  }
  const auto usage = data::cache_usage(*folder);
  if (!usage) return fail(usage.error());
  core::Table table;
  table.columns = {{"folder"},
                   {"entries", core::Align::kRight},
                   {"size", core::Align::kRight, "bytes"},
                   {"entries removed", core::Align::kRight, "entries_removed"},
                   {"size removed", core::Align::kRight, "bytes_removed"}};
  table.rows.push_back({folder->string(), core::Cell::integer(static_cast<std::int64_t>(usage->entries)), bytes_cell(usage->bytes),
                        core::Cell::integer(static_cast<std::int64_t>(removed.entries)), bytes_cell(removed.bytes)});
  fmt::print("{}", core::render(table, format_of(arguments.format)));
  return 0;
}

}  // namespace

void add_cache(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* cache = app.add_subcommand("cache", "tensors kept of earlier runs: how much there is, and making room");
  cache->add_option("what", arguments->what, "info (the default), clear or shrink")->check(CLI::IsMember({"info", "clear", "shrink"}));
  cache->add_option("--limit", arguments->limit, "what 'shrink' leaves at most, e.g. 2GiB: those used last stay");
  cache->add_option("--folder", arguments->folder,
                    "another folder than MEXBENCH_CACHE, or else XDG_CACHE_HOME/mexbench, or else ~/.cache/mexbench");
  add_format(*cache, arguments->format);
  cache->footer(
      "\nNo result depends on what is kept. Other files in the folder stay.\n"
      "\nExamples:\n"
      "  mexbench cache\n"
      "  mexbench cache shrink --limit 2GiB\n"
      "  mexbench cache clear --format json");
  cache->callback([arguments, &action] { action = [arguments] { return cache_verb(*arguments); }; });
}

}  // namespace mexbench::cli
