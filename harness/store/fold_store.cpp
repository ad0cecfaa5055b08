#include "harness/store/fold_store.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <system_error>

#include "harness/core/failpoint.h"
#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "harness/core/text.h"
#include "harness/eval/metrics.h"
#include "harness/store/json_file.h"

namespace mexbench::store {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

constexpr const char* kSchema = "mexbench.sealed/1";
constexpr const char* kSealName = "sealed.json";
// Folders that are kept for a person to look at.
std::string set_aside_name(std::string_view why, const core::FoldId& fold) {
  return core::unique_name(fmt::format(".{}-{}", why, core::folder_name(fold))) + ".kept";
}

core::Status set_aside(const fs::path& folder, const fs::path& aside) {
  core::failpoint("fold.before-set-aside");
  std::error_code failure;
  fs::rename(folder, aside, failure);
  if (failure) return Error::in_file(ErrorCode::kFailed, folder.string(), fmt::format("can't be set aside: {}", failure.message()));
  core::failpoint("fold.after-set-aside");
  return {};
}

// A file that is there and can't be read (no permission, a failing disk) is no damage to mend by computing it again.
core::Status check_readable(const fs::path& file) {
  std::error_code failure;
  if (!fs::exists(file, failure)) return {};
  const auto digest = core::sha256_of_file(file);
  if (digest) return {};
  return Error::in_file(ErrorCode::kFailed, file.string(), digest.error().message());
}

// Whether two seals tell of equal results. What was kept beside them (weights, epochs) is no part of the result, so it may be there once.
bool same_results(SealedFold a, SealedFold b, const std::vector<std::string>& classes) {
  std::erase_if(a.files, [&](const auto& file) { return !b.files.contains(file.first); });
  std::erase_if(b.files, [&](const auto& file) { return !a.files.contains(file.first); });
  return sealed_text(a, classes) == sealed_text(b, classes);
}

json ids_to_json(const std::vector<core::ClipId>& ids) {
  json out = json::array();
  for (const core::ClipId& id : ids) out.push_back(id.text());
  return out;
}

std::vector<core::ClipId> ids_from_json(const json& list) {
  std::vector<core::ClipId> out;
  for (const json& id : list) out.emplace_back(id.get<std::string>());
  return out;
}

json seal_to_json(const SealedFold& fold, const std::vector<std::string>& classes) {
  json test = json::array();
  for (const SealedTest& row : fold.test) {
    json scores = json::array();
    for (const float score : row.scores) scores.push_back(core::format_score(score));
    test.push_back({{"clip", row.clip.text()}, {"truth", eval::truth_text(classes, row.truth)}, {"scores", std::move(scores)}});
  }
  json out = {{"schema", kSchema},
              {"fold", fold.fold.text()},
              {"science_hash", fold.science_hash},
              {"environment_hash", fold.environment_hash},
              {"train", ids_to_json(fold.train)},
              {"validation", ids_to_json(fold.validation)},
              {"test", std::move(test)},
              {"epochs_trained", fold.epochs_trained},
              {"parameters", fold.parameters},
              {"start", fold.start},
              {"weights_digest", fold.weights_digest},
              {"files", fold.files}};
  for (const SealedLineage& made : fold.lineage) {
    out["lineage"].push_back(
        {{"phase", made.phase}, {"children", made.children}, {"parents", ids_to_json(made.parents)}, {"digest", made.digest}});
  }
  for (const SealedFitting& step : fold.fitted) {
    out["fitted"].push_back({{"step", step.step}, {"clips", ids_to_json(step.clips)}, {"digest", step.digest}});
  }
  return out;
}

std::string digest_of(const json& seal) { return core::sha256_hex(seal.dump()); }

core::Result<SealedFold> seal_from_json(const json& seal, const std::vector<std::string>& classes, const std::string& file) {
  SealedFold fold;
  fold.fold = core::FoldId(seal.at("fold"));
  fold.science_hash = seal.at("science_hash");
  fold.environment_hash = seal.at("environment_hash");
  fold.train = ids_from_json(seal.at("train"));
  fold.validation = ids_from_json(seal.at("validation"));
  fold.epochs_trained = seal.at("epochs_trained");
  fold.parameters = seal.at("parameters");
  fold.start = seal.value("start", "");  // earlier versions do not say
  fold.weights_digest = seal.at("weights_digest");
  fold.files = seal.at("files").get<std::map<std::string, std::string>>();
  for (const json& entry : seal.value("lineage", json::array())) {
    fold.lineage.push_back({.phase = entry.at("phase"),
                            .children = entry.at("children"),
                            .parents = ids_from_json(entry.at("parents")),
                            .digest = entry.at("digest")});
  }
  for (const json& entry : seal.value("fitted", json::array())) {  // earlier versions do not say
    fold.fitted.push_back({.step = entry.at("step"), .clips = ids_from_json(entry.at("clips")), .digest = entry.at("digest")});
  }
  for (const json& entry : seal.at("test")) {
    SealedTest row;
    row.clip = core::ClipId(entry.at("clip"));
    MEXBENCH_ASSIGN(row.truth, eval::parse_truth(classes, entry.at("truth")));
    for (const json& text : entry.at("scores")) {
      const auto score = core::parse_double(text.get<std::string>());
      if (!score || !std::isfinite(*score))
        return Error::in_file(ErrorCode::kData, file, fmt::format("score {} is not a finite number", text.dump()));
      row.scores.push_back(static_cast<float>(*score));
    }
    if (row.scores.size() != classes.size()) {
      return Error::in_file(ErrorCode::kData, file,
                            fmt::format("clip '{}' has {} scores for {} classes", row.clip.text(), row.scores.size(), classes.size()));
    }
    fold.test.push_back(std::move(row));
  }
  return fold;
}

}  // namespace

std::string sealed_text(const SealedFold& fold, const std::vector<std::string>& classes) {
  json seal = seal_to_json(fold, classes);
  seal["digest"] = digest_of(seal_to_json(fold, classes));
  return seal.dump(1) + "\n";
}

core::Result<SealedFold> read_sealed(const fs::path& folder, const std::vector<std::string>& classes) {
  const fs::path path = folder / kSealName;
  MEXBENCH_ASSIGN(const std::string text, core::read_file(path));
  try {
    MEXBENCH_ASSIGN(json seal, parse_json(text, path.string(), kSchema));
    const std::string digest = seal.at("digest");
    seal.erase("digest");
    if (digest_of(seal) != digest)
      return Error::in_file(ErrorCode::kData, path.string(), "the digest does not hold: the file was changed or cut short");
    MEXBENCH_ASSIGN(SealedFold fold, seal_from_json(seal, classes, path.string()));
    for (const auto& [name, wanted] : fold.files) {
      MEXBENCH_ASSIGN(const std::string seen, core::sha256_of_file(folder / name));
      if (seen != wanted) return Error::in_file(ErrorCode::kData, (folder / name).string(), "the digest in sealed.json does not hold");
    }
    return fold;
  } catch (const json::exception& problem) {
    return Error::in_file(ErrorCode::kData, path.string(), fmt::format("is not a seal: {}", problem.what()));
  }
}

FoldAttempt::FoldAttempt(fs::path folds, core::FoldId fold, fs::path folder)
    : folds_(std::move(folds)), fold_(std::move(fold)), folder_(std::move(folder)) {}

FoldAttempt::FoldAttempt(FoldAttempt&& other) noexcept
    : folds_(std::move(other.folds_)), fold_(std::move(other.fold_)), folder_(std::move(other.folder_)), files_(std::move(other.files_)) {
  other.folder_.clear();
}

FoldAttempt& FoldAttempt::operator=(FoldAttempt&& other) noexcept {
  std::swap(folds_, other.folds_);
  std::swap(fold_, other.fold_);
  std::swap(folder_, other.folder_);  // what we had is removed with `other`
  std::swap(files_, other.files_);
  return *this;
}

FoldAttempt::~FoldAttempt() {
  if (folder_.empty()) return;
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

core::Result<FoldAttempt> FoldAttempt::open(const fs::path& folds, const core::FoldId& fold) {
  const fs::path folder = folds / core::unique_name("." + core::folder_name(fold));
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) return Error::in_file(ErrorCode::kFailed, folder.string(), fmt::format("can't create the folder: {}", failure.message()));
  core::failpoint("fold.opened");
  return FoldAttempt(folds, fold, folder);
}

core::Status FoldAttempt::add_file(const std::string& name, const std::string& content) {
  MEXBENCH_TRY(core::write_file_durable(folder_ / name, content, name));
  files_[name] = core::sha256_hex(content);
  return {};
}

core::Status FoldAttempt::adopt_file(const std::string& name) {
  MEXBENCH_ASSIGN(files_[name], core::sha256_of_file(folder_ / name));
  return {};
}

core::Result<Publication> FoldAttempt::publish(SealedFold& seal, const std::vector<std::string>& classes) {
  seal.files = files_;
  MEXBENCH_TRY(core::write_file_durable(folder_ / kSealName, sealed_text(seal, classes), kSealName));
  const fs::path target = folds_ / core::folder_name(fold_);
  MEXBENCH_ASSIGN(const bool published, core::publish_folder(folder_, target, "fold"));
  if (published) {
    folder_.clear();
    return Publication::kPublished;
  }
  const auto other = read_sealed(target, classes);
  if (other && same_results(*other, seal, classes)) {
    seal.files = other->files;
    return Publication::kAgreed;
  }
  const fs::path aside = folds_ / set_aside_name("disagrees", fold_);
  MEXBENCH_TRY(set_aside(folder_, aside));
  folder_.clear();
  return Publication::kDisagreed;
}

core::Result<std::optional<SealedFold>> find_sealed(const fs::path& folds, const core::FoldId& fold,
                                                    const std::vector<std::string>& classes, std::vector<core::Diagnostic>& warnings) {
  const fs::path folder = folds / core::folder_name(fold);
  std::error_code failure;
  if (!fs::exists(folder, failure)) return std::optional<SealedFold>();
  auto sealed = read_sealed(folder, classes);
  if (sealed && sealed->fold == fold) return std::optional<SealedFold>(std::move(*sealed));
  if (!sealed) MEXBENCH_TRY(check_readable(sealed.error().diagnostics().front().where.file));
  core::Diagnostic warning;
  if (sealed) {
    warning.where.file = folder.string();
    warning.message = fmt::format("is the seal of fold '{}'", sealed->fold.text());
  } else {
    warning = sealed.error().diagnostics().front();
  }
  warning.severity = core::Severity::kWarning;
  const fs::path aside = folds / set_aside_name("damaged", fold);
  MEXBENCH_TRY(set_aside(folder, aside));
  warning.hint = fmt::format("set aside as {}; the fold runs again", aside.filename().string());
  warnings.push_back(std::move(warning));
  return std::optional<SealedFold>();
}

}  // namespace mexbench::store
