#include "models/plugin/plugin.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include "harness/core/memory.h"
#include "harness/train/plugin.h"

namespace mexbench::models {
namespace {

using core::Error;
using core::ErrorCode;

// dlerror() names the file first.
std::string last_error(const std::string& file) {
  const char* said = ::dlerror();
  std::string_view text = said == nullptr ? "unknown error" : said;
  if (text.starts_with(file)) text.remove_prefix(file.size());
  if (text.starts_with(": ")) text.remove_prefix(2);
  return std::string(text);
}

}  // namespace

core::Result<train::NetworkFactory> plugin_factory(const std::filesystem::path& file, const nlohmann::json& params) {
  const std::string path = std::filesystem::absolute(file).string();  // without a '/' the loader would search its own folders
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return Error::in_file(ErrorCode::kData, file.string(), fmt::format("can't be loaded: {}", last_error(path)))
        .hint("build it against the installed mexbench, as docs/bring-your-own.md shows");
  }
  using Entry = const train::Plugin* (*)();
  const auto entry = reinterpret_cast<Entry>(::dlsym(library, "mexbench_plugin"));  // NOLINT(*-reinterpret-cast): dlsym has no other way
  if (entry == nullptr) {
    return Error::in_file(ErrorCode::kData, file.string(), "is a library without a mexbench plugin")
        .hint("end its source with MEXBENCH_PLUGIN(MyNet)");
  }
  const train::Plugin* plugin = entry();
  if (plugin->version != train::kPluginVersion) {
    return Error::in_file(ErrorCode::kData, file.string(),
                          fmt::format("was built for plugin interface {}, this is {}", plugin->version, train::kPluginVersion))
        .hint("build it again");
  }
  if (std::string_view(plugin->libtorch) != TORCH_VERSION) {
    return Error::in_file(ErrorCode::kData, file.string(),
                          fmt::format("was built for LibTorch {}, this is {}", plugin->libtorch, TORCH_VERSION))
        .hint("build it again");
  }
  return train::NetworkFactory([plugin, params, name = file.filename().string()]() -> core::Result<std::shared_ptr<train::Network>> {
    try {
      return plugin->make(params);
    } catch (const std::exception& problem) {
      if (core::is_out_of_memory(problem)) return Error(ErrorCode::kFailed, core::out_of_memory());
      const std::string text = problem.what();
      return Error(ErrorCode::kUsage,
                   fmt::format("{} can't be made with {}: {}", name, params.dump(), std::string_view(text).substr(0, text.find('\n'))));
    }
  });
}

}  // namespace mexbench::models
