#include "harness/preprocess/face_model.h"

#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <mutex>
#include <system_error>

#include "harness/core/sha256.h"

namespace mexbench::preprocess {
namespace fs = std::filesystem;

core::Result<fs::path> model_file(const FaceModel& model) {
  const char* chosen = std::getenv(model.variable);
  const fs::path path = chosen != nullptr ? chosen : model.built_in;
  std::error_code none;
  if (fs::is_regular_file(path, none)) return path;
  const std::string what = chosen != nullptr ? fmt::format("{} is '{}', which is no file", model.variable, chosen)
                                             : std::string("the model of the face detector is not installed");
  return core::Error(core::ErrorCode::kData, what)
      .hint(fmt::format("install it (Debian: apt-get install {}), or name the file in {}", model.package, model.variable));
}

core::Result<std::string> model_digest(const FaceModel& model, const std::string& library) {
  static std::mutex guard;
  static std::map<fs::path, std::string> known;  // a hundred megabytes are not read for every clip
  MEXBENCH_ASSIGN(const fs::path path, model_file(model));
  const std::lock_guard<std::mutex> lock(guard);
  std::string& digest = known[path];
  if (digest.empty()) {
    MEXBENCH_ASSIGN(digest, core::sha256_of_file(path));
  }
  return fmt::format("{} {}", library, digest);
}

}  // namespace mexbench::preprocess
