#include "harness/run/own_clips.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "harness/core/files.h"
#include "harness/core/names.h"
#include "harness/core/sha256.h"
#include "harness/core/text.h"

namespace mexbench::run {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::array<std::string_view, 4> kImages{".png", ".jpg", ".jpeg", ".bmp"};

bool is_image(const fs::path& path) {
  const std::string ending = core::lower(path.extension().string());
  return std::find(kImages.begin(), kImages.end(), ending) != kImages.end();
}

// The image of a role in a folder, or nothing.
std::optional<fs::path> image_in(const fs::path& folder, const std::string& role) {
  std::error_code failure;
  for (const std::string_view ending : kImages) {
    fs::path file = folder / (role + std::string(ending));
    if (fs::exists(file, failure)) return file;
  }
  return std::nullopt;
}

bool is_folder(const fs::path& path) {
  std::error_code failure;
  return fs::is_directory(path, failure);
}

class Finder {
 public:
  explicit Finder(const data::Manifest& like) : recipe_(like.input.recipe) {
    for (const data::MediaFile& file : like.clips.front().files) roles_.push_back(file.role);
    out_.adapter = "own";
    out_.label_map = like.label_map;
    out_.input = like.input;
  }

  void add(const fs::path& path) {
    std::error_code failure;
    if (!fs::exists(path, failure)) return problem(path, "there is no such file or folder");
    if (is_clip(path)) return add_clip(path);
    if (!is_folder(path)) return problem(path, fmt::format("is no clip: {}", wanted()));
    add_folder(path);
  }

  core::Result<data::Manifest> finish() {
    if (!problems_.empty()) return Error(ErrorCode::kData, std::move(problems_));
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool several() const { return roles_.size() > 1; }
  [[nodiscard]] std::string wanted() const {
    if (!several()) return fmt::format("recipe '{}' makes one of an image (.png, .jpg or .bmp)", recipe_);
    constexpr std::size_t kFew = 4;
    const auto image = [](const std::string& role) { return role + std::string(kImages.front()); };
    std::vector<std::string> names(roles_.size());
    std::transform(roles_.begin(), roles_.end(), names.begin(), image);
    return fmt::format("recipe '{}' makes one of a folder with {}", recipe_,
                       names.size() <= kFew ? core::join(names, " and ") : fmt::format("{} to {}", names.front(), names.back()));
  }
  [[nodiscard]] bool is_clip(const fs::path& path) const {
    if (!several()) return !is_folder(path);
    return std::any_of(roles_.begin(), roles_.end(), [&](const std::string& role) { return image_in(path, role).has_value(); });
  }

  void add_folder(const fs::path& folder) {
    const auto names = core::list_folder(folder);
    if (!names) {
      problems_.insert(problems_.end(), names.error().diagnostics().begin(), names.error().diagnostics().end());
      return;
    }
    bool any = false;
    for (const std::string& name : *names) {
      if (name.starts_with('.')) continue;
      any = true;
      const fs::path path = folder / name;
      if (core::invalid_utf8(name)) {
        problem(path, "has a name that is not UTF-8", "rename it");
        continue;
      }
      if (is_clip(path) && (several() || is_image(path))) {
        add_clip(path);
      } else {
        problem(path, fmt::format("is no clip: {}", wanted()), "give the clips one by one, or a folder with nothing else in it");
      }
    }
    if (!any) problem(folder, fmt::format("has no clips: {}", wanted()));
  }

  void add_clip(const fs::path& path) {
    data::Clip clip;
    clip.name = path.string();
    clip.id = core::ClipId(clip.name);
    clip.dataset = core::DatasetId(out_.adapter);
    clip.subject = core::SubjectId(out_.adapter);
    std::error_code failure;
    if (const fs::path whole = fs::weakly_canonical(path, failure); !seen_.insert(whole).second) return problem(path, "is given twice");
    for (const std::string& role : roles_) {
      const fs::path file = several() ? image_in(path, role).value_or(path / (role + std::string(kImages.front()))) : path;
      auto digest = core::sha256_of_file(file);
      if (digest) {
        clip.files.push_back({.role = role, .path = file.string(), .sha256 = std::move(digest).value()});
      } else {
        problems_.insert(problems_.end(), digest.error().diagnostics().begin(), digest.error().diagnostics().end());
      }
    }
    out_.clips.push_back(std::move(clip));
  }

  void problem(const fs::path& path, std::string message, std::string hint = "") {
    core::Diagnostic diagnostic;
    diagnostic.where.file = path.string();
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    problems_.push_back(std::move(diagnostic));
  }

  std::string recipe_;
  std::vector<std::string> roles_;
  data::Manifest out_;
  std::set<fs::path> seen_;
  std::vector<core::Diagnostic> problems_;
};

}  // namespace

core::Result<data::Manifest> own_clips(const data::Manifest& like, std::span<const std::string> given) {
  if (like.input.recipe == "stages") {
    return Error(ErrorCode::kUsage, "the model's input is made by stages, which want to know onset and offset of a clip")
        .hint("describe the clips in a table (adapter frames-csv) with the same 'preprocess', and give '--dataset EXPERIMENT.yaml'");
  }
  Finder finder(like);
  for (const std::string& path : given) finder.add(path);
  return finder.finish();
}

}  // namespace mexbench::run
