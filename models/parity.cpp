#include "models/parity.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "harness/core/files.h"
#include "harness/core/json_text.h"
#include "harness/core/memory_ceiling.h"
#include "harness/core/text.h"
#include "harness/model/learner.h"
#include "harness/model/state_dict.h"
#include "harness/train/learner.h"
#include "models/published_factory.h"
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

// Python's json.dump writes numbers that are not finite as words that JSON does not have.
struct PlainJson {
  std::string text;                 // each such word as a text, in quotes
  std::vector<std::size_t> quotes;  // where in `text` a quote was put in
};
PlainJson plain_json(std::string_view content) {
  constexpr std::array<std::string_view, 3> kWords{"NaN", "Infinity", "-Infinity"};
  PlainJson out;
  bool in_text = false;
  const auto quote = [&out] {
    out.quotes.push_back(out.text.size());
    out.text += '"';
  };
  for (std::size_t at = 0; at < content.size(); ++at) {
    if (in_text) {
      out.text += content[at];
      in_text = content[at] != '"';
      if (content[at] == '\\' && at + 1 < content.size()) out.text += content[++at];
      continue;
    }
    const auto* const word =
        std::find_if(kWords.begin(), kWords.end(), [&](std::string_view one) { return content.substr(at).starts_with(one); });
    if (word != kWords.end()) {
      quote();
      out.text += *word;
      quote();
      at += word->size() - 1;
      continue;
    }
    out.text += content[at];
    in_text = content[at] == '"';
  }
  return out;
}

// The problem at a byte of the file.
core::Error broken_at(const fs::path& file, std::string_view content, std::size_t byte, std::string why) {
  constexpr std::size_t kMostExcerpt = 200;
  const std::string_view before = content.substr(0, byte);
  core::Diagnostic problem;
  problem.where = {.file = file.string(),
                   .line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1,
                   .column = before.size() - (before.rfind('\n') + 1) + 1};
  problem.message = std::move(why);
  const std::string_view line = core::line_at(content, problem.where.line);
  if (line.size() <= kMostExcerpt) problem.source_line = line;
  problem.hint = "a fixture.json is an object with 'model' and 'constructor'";
  return core::Error(core::ErrorCode::kData, std::move(problem));
}

core::Result<nlohmann::json> parse_fixture(const fs::path& file) {
  constexpr int kDeepest = 16;
  std::error_code none;
  if (!fs::is_regular_file(file, none)) return broken(file, "is no file");
  MEXBENCH_ASSIGN(const std::string content, core::read_file(file));
  const PlainJson plain = plain_json(content);
  auto parsed = core::parse_json_text(plain.text, kDeepest);
  const auto* problem = std::get_if<core::JsonProblem>(&parsed);
  if (problem == nullptr) return std::get<nlohmann::json>(std::move(parsed));
  switch (problem->kind) {
    case core::JsonProblem::Kind::kDepth:
      return broken(file, fmt::format("nested deeper than {} levels", kDeepest));
    case core::JsonProblem::Kind::kNumber:
      return broken(file, fmt::format("can't be read: {}", problem->reason));
    case core::JsonProblem::Kind::kSyntax:
      break;
  }
  const std::size_t seen = problem->byte == 0 ? 0 : problem->byte - 1;
  const auto quotes = std::lower_bound(plain.quotes.begin(), plain.quotes.end(), seen) - plain.quotes.begin();
  return broken_at(file, content, seen - static_cast<std::size_t>(quotes), "not JSON from here on");
}

core::Result<Fixture> read_fixture(const fs::path& file) {
  MEXBENCH_ASSIGN(const nlohmann::json json, parse_fixture(file));
  if (!json.is_object())
    return broken(file, fmt::format("holds a JSON {}, not an object with 'model' and 'constructor'", json.type_name()));
  const auto model = json.find("model");
  if (model == json.end() || !model->is_string()) return broken(file, "no text 'model'");
  const auto constructor = json.find("constructor");
  if (constructor == json.end() || !constructor->is_object()) return broken(file, "no object 'constructor'");
  return Fixture{.model = model->get<std::string>(), .constructor = *constructor};
}

core::Status check_model(const fs::path& file, const std::string& name) {
  const ModelCard* const card = find_model(name);
  if (card != nullptr && card->kind == Kind::kNetwork) return {};
  std::vector<std::string> known;
  for (const ModelCard* network : models_of(Kind::kNetwork)) known.push_back(network->name);
  core::Diagnostic problem;
  problem.where.file = file.string();
  problem.message = card == nullptr ? fmt::format("no model is called '{}'", name)
                                    : fmt::format("{} is a {}: only networks are compared", name, to_string(card->kind));
  const auto near = core::closest(name, known);
  problem.hint = near ? fmt::format("did you mean '{}'?", *near) : fmt::format("there is {}", core::quoted_list(known, "and"));
  return core::Error(core::ErrorCode::kData, std::move(problem));
}

// Networks of the fixture's constructor, none of which takes much more memory than its weights: a constructor with a slip, or made to do
// harm, is told as such.
core::Result<train::NetworkFactory> network_of(const Fixture& fixture, const fs::path& file, const model::StateDict& weights) {
  constexpr std::uint64_t kSpare = std::uint64_t{256} << 20U;
  constexpr std::uint64_t kBytesEach = 16;  // a float32, copies of it while it is made
  const auto wrong = [file](core::Error why) {
    core::Error error = broken(file, "the 'constructor' does not fit the model");
    error.append(std::move(why));
    return error;
  };
  auto make = published_factory(fixture.model, fixture.constructor);
  if (!make) return wrong(std::move(make).error());
  std::uint64_t numbers = 0;
  for (const model::TensorData& tensor : weights.tensors) numbers += static_cast<std::uint64_t>(tensor.numbers());
  return train::NetworkFactory([make = *make, numbers, wrong]() -> core::Result<std::shared_ptr<train::Network>> {
    const core::MemoryCeiling ceiling(kSpare + kBytesEach * numbers);
    auto network = make();
    if (network) return network;
    if (network.error().code() != core::ErrorCode::kFailed) return wrong(std::move(network).error());
    return wrong(core::Error(core::ErrorCode::kData,
                             fmt::format("its network needs far more memory than the {} numbers of state_dict.pth", numbers)));
  });
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

// The largest difference. Numbers that are not finite are to be the same in both; where none is finite there is nothing to compare.
core::Result<double> largest_difference(std::span<const float> given, std::span<const float> wanted, const fs::path& file) {
  double largest = 0.0;
  std::size_t finite = 0;
  for (std::size_t index = 0; index < wanted.size(); ++index) {
    const double ours = given[index];
    const double theirs = wanted[index];
    if (std::isfinite(ours) && std::isfinite(theirs)) {
      ++finite;
      largest = std::max(largest, std::abs(ours - theirs));
    } else if (ours != theirs && !(std::isnan(ours) && std::isnan(theirs))) {
      return broken(file, fmt::format("number {} is {}, the network gives {}", index + 1, theirs, ours));
    }
  }
  if (finite == 0) return broken(file, "no number is finite: nothing to compare");
  return largest;
}

core::Result<ParityResult> check_fixture(const fs::path& folder) {
  const fs::path description = folder / "fixture.json";
  MEXBENCH_ASSIGN(const Fixture fixture, read_fixture(description));
  MEXBENCH_TRY(check_model(description, fixture.model));
  ParityResult result;
  result.fixture = folder_name_of(folder);
  result.model = fixture.model;
  const fs::path weights = folder / "state_dict.pth";
  MEXBENCH_ASSIGN(const model::StateDict state, model::read_state_dict(weights));
  MEXBENCH_ASSIGN(const train::NetworkFactory make, network_of(fixture, description, state));
  MEXBENCH_ASSIGN(const auto network, train::model_from_state(make, state, weights.string()));
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
  MEXBENCH_ASSIGN(result.max_abs_diff, largest_difference(scores.values, wanted.to_float32(), folder / "output_eval.pt"));
  result.pass = result.max_abs_diff <= result.tolerance;
  return result;
}

// Every problem with its file, for a table.
std::string one_line(const core::Error& error) {
  std::vector<std::string> parts;
  for (const core::Diagnostic& diagnostic : error.diagnostics()) {
    std::string part = diagnostic.where.file;
    if (diagnostic.where.line > 0) part += fmt::format(":{}:{}", diagnostic.where.line, diagnostic.where.column);
    part += (part.empty() ? "" : ": ") + diagnostic.message;
    if (!diagnostic.hint.empty()) part += fmt::format(" ({})", diagnostic.hint);
    parts.push_back(std::move(part));
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
    core::Error error = broken(folder, "nothing to compare: no folder in it has a fixture.json");
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
