#include "models/parity.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "harness/core/files.h"
#include "harness/model/learner.h"
#include "harness/model/state_dict.h"
#include "harness/train/learner.h"
#include "models/modules.h"
#include "models/registry.h"

namespace mexbench::models {
namespace {

namespace fs = std::filesystem;

struct Fixture {
  std::string model;
  nlohmann::json constructor;
};

core::Error broken(const fs::path& file, std::string why) {
  return core::Error::in_file(core::ErrorCode::kData, file.string(), std::move(why));
}

core::Result<Fixture> read_fixture(const fs::path& file) {
  MEXBENCH_ASSIGN(const std::string content, core::read_file(file));
  const nlohmann::json json = nlohmann::json::parse(content, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return broken(file, "not a JSON object");
  const auto model = json.find("model");
  if (model == json.end() || !model->is_string()) return broken(file, "no text 'model'");
  const auto constructor = json.find("constructor");
  if (constructor == json.end() || !constructor->is_object()) return broken(file, "no object 'constructor'");
  return Fixture{.model = model->get<std::string>(), .constructor = *constructor};
}

core::Result<model::TensorData> read_numbers(const fs::path& file) {
  MEXBENCH_ASSIGN(model::TensorData tensor, model::read_tensor(file));
  if (tensor.shape.empty() || tensor.numbers() == 0) return broken(file, "the tensor is empty or a scalar");
  return tensor;
}

std::string folder_name_of(const fs::path& folder) {
  const fs::path normal = fs::absolute(folder).lexically_normal();
  return normal.has_filename() ? normal.filename().string() : normal.parent_path().filename().string();
}

core::Result<ParityResult> check_fixture(const fs::path& folder) {
  MEXBENCH_ASSIGN(const Fixture fixture, read_fixture(folder / "fixture.json"));
  ParityResult result;
  result.fixture = folder_name_of(folder);
  result.model = fixture.model;
  if (find_model(fixture.model) == nullptr) {
    result.skipped = fmt::format("no such model yet: {}", fixture.model);
    return result;
  }
  auto make = factory(fixture.model, fixture.constructor);
  if (!make) {
    core::Error error = broken(folder / "fixture.json", "the 'constructor' does not fit the model");
    error.append(std::move(make).error());
    return error;
  }
  MEXBENCH_ASSIGN(const auto network, train::load_model(*make, folder / "state_dict.pth"));
  MEXBENCH_ASSIGN(const model::TensorData input, read_numbers(folder / "input.pt"));
  MEXBENCH_ASSIGN(const model::TensorData wanted, read_numbers(folder / "output_eval.pt"));
  const std::vector<float> pixels = input.to_float32();
  const auto predicted = network->predict({.data = pixels.data(), .shape = input.shape});
  if (!predicted) return broken(folder / "input.pt", predicted.error().message());
  const model::Scores& scores = *predicted;
  const std::vector<std::int64_t> shape = {scores.clips(), scores.classes};
  if (wanted.shape != shape) {
    return broken(folder / "output_eval.pt",
                  fmt::format("shape ({}), but the network gives ({})", fmt::join(wanted.shape, ", "), fmt::join(shape, ", ")));
  }
  const std::vector<float> numbers = wanted.to_float32();
  for (std::size_t index = 0; index < numbers.size(); ++index) {
    const double difference = std::abs(static_cast<double>(scores.values[index]) - static_cast<double>(numbers[index]));
    if (std::isnan(difference)) return broken(folder / "output_eval.pt", fmt::format("number {} is not finite", index + 1));
    result.max_abs_diff = std::max(result.max_abs_diff, difference);
  }
  result.pass = result.max_abs_diff <= result.tolerance;
  return result;
}

// Every problem with its file, for a table.
std::string one_line(const core::Error& error) {
  std::vector<std::string> parts;
  for (const core::Diagnostic& diagnostic : error.diagnostics()) {
    parts.push_back(diagnostic.where.file.empty() ? diagnostic.message : fmt::format("{}: {}", diagnostic.where.file, diagnostic.message));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace

core::Result<std::vector<ParityResult>> run_parity(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) return broken(folder, "no such folder");
  std::vector<ParityResult> results;
  if (fs::exists(folder / "fixture.json", ignored)) {
    MEXBENCH_ASSIGN(results.emplace_back(), check_fixture(folder));
  } else {
    MEXBENCH_ASSIGN(const std::vector<std::string> names, core::list_folder(folder));
    for (const std::string& name : names) {
      if (!fs::is_directory(folder / name, ignored)) continue;
      if (!fs::exists(folder / name / "fixture.json", ignored)) {
        ParityResult skipped;
        skipped.fixture = name;
        skipped.skipped = "no fixture.json";
        results.push_back(std::move(skipped));
        continue;
      }
      auto result = check_fixture(folder / name);
      if (result) {
        results.push_back(std::move(*result));
        continue;
      }
      ParityResult unread;
      unread.fixture = name;
      unread.broken = one_line(result.error());
      results.push_back(std::move(unread));
    }
  }
  if (std::none_of(results.begin(), results.end(), [](const ParityResult& result) { return result.skipped.empty(); })) {
    core::Error error = broken(folder, "nothing to compare: no fixture of a known model");
    for (const ParityResult& result : results) {
      core::Diagnostic note;
      note.severity = core::Severity::kNote;
      note.message = fmt::format("{}: {}", result.fixture, result.skipped);
      error.append(core::Error(core::ErrorCode::kData, std::move(note)));
    }
    return error;
  }
  return results;
}

nlohmann::json to_json(std::span<const ParityResult> results) {
  nlohmann::json out = nlohmann::json::array();
  for (const ParityResult& result : results) {
    nlohmann::json entry = {{"fixture", result.fixture}, {"model", result.model}};
    if (!result.broken.empty()) {
      entry["broken"] = result.broken;
    } else if (result.skipped.empty()) {
      entry["max_abs_diff"] = result.max_abs_diff;
      entry["tolerance"] = result.tolerance;
      entry["pass"] = result.pass;
    } else {
      entry["skipped"] = result.skipped;
    }
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace mexbench::models
