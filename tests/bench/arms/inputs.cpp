#include <fmt/format.h>

#include <cstring>
#include <string_view>
#include <utility>

#include "arm.h"
#include "datasets/registry.h"
#include "harness/core/files.h"
#include "harness/core/random.h"
#include "harness/preprocess/recipe.h"
#include "harness/train/learner.h"
#include "models/modules.h"

namespace mexbench::bench {
namespace {

using nlohmann::json;

constexpr std::size_t kClips = 442;  // of 68 subjects: the composite of MEGC 2019
constexpr std::size_t kSubjects = 68;
constexpr std::size_t kClasses = 3;

core::Result<Inputs> from_corpus(const std::string& folder) {
  MEXBENCH_ASSIGN(const datasets::AdapterInfo* const adapter, datasets::find_adapter("megc2019-flow"));
  MEXBENCH_ASSIGN(json options, datasets::complete_options(*adapter, json::object()));
  const data::AdapterRequest request{
      .root = folder + "/megc2019-flow", .label_map = "megc2019", .only = {}, .labels = nullptr, .options = std::move(options)};
  MEXBENCH_ASSIGN(const data::Manifest manifest, adapter->create()->manifest(request));
  Inputs out;
  out.numbers.resize(preprocess::input_numbers(manifest));
  MEXBENCH_TRY(preprocess::compute_inputs(manifest, manifest.root, out.numbers));
  out.shape = {static_cast<std::int64_t>(manifest.clips.size()), static_cast<std::int64_t>(manifest.input.channels.size()),
               manifest.input.height, manifest.input.width};
  out.classes = manifest.label_map.classes.size();
  for (const data::Clip& clip : manifest.clips) {
    out.labels.push_back(clip.truth.single_class().value());
    out.subjects.push_back(clip.subject.text());
  }
  return out;
}

Inputs random_inputs(core::RandomStream& draw) {
  Inputs out;
  out.shape = {static_cast<std::int64_t>(kClips), 3, 28, 28};
  out.classes = kClasses;
  out.numbers.resize(kClips * 3 * 28 * 28);
  for (float& number : out.numbers) number = static_cast<float>(draw.below(256));
  for (std::size_t clip = 0; clip < kClips; ++clip) {
    out.labels.push_back(draw.below(kClasses));
    out.subjects.push_back(fmt::format("d{}/s{:02}", clip * 3 / kClips, clip * kSubjects / kClips));
  }
  return out;
}

}  // namespace

model::TensorView Inputs::clip(std::size_t index) const {
  return {.data = numbers.data() + index * numbers_per_clip(), .shape = {1, shape[1], shape[2], shape[3]}};
}

core::Result<json> write_inputs(const json& settings) {
  core::RandomStream draw(2019);
  const std::string folder = settings.at("data");
  Inputs inputs;
  if (folder.empty()) {
    inputs = random_inputs(draw);
  } else {
    MEXBENCH_ASSIGN(inputs, from_corpus(folder));
  }
  // Right in about three of five.
  for (const std::size_t label : inputs.labels) inputs.answers.push_back(draw.uniform() < 0.4 ? draw.below(inputs.classes) : label);
  std::string bytes(inputs.numbers.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), inputs.numbers.data(), bytes.size());
  const std::string out = settings.at("out");
  json described = {{"shape", inputs.shape},     {"labels", inputs.labels},
                    {"answers", inputs.answers}, {"subjects", inputs.subjects},
                    {"classes", inputs.classes}, {"source", folder.empty() ? "random numbers" : "megc2019-flow"}};
  MEXBENCH_TRY(core::write_file_atomic(out + ".f32", bytes));
  MEXBENCH_TRY(core::write_file_atomic(out + ".json", described.dump()));
  return json{{"source", described["source"]}, {"clips", inputs.labels.size()}};
}

namespace {

// Some of the channels, brought to another size.
Inputs chosen(const Inputs& given, const std::vector<std::int64_t>& channels, std::int64_t side) {
  const std::int64_t height = given.shape[2], width = given.shape[3];
  Inputs out = given;
  out.shape = {given.shape[0], static_cast<std::int64_t>(channels.size()), side, side};
  out.numbers.clear();
  for (std::int64_t clip = 0; clip < given.shape[0]; ++clip) {
    for (const std::int64_t channel : channels) {
      const float* const plane = given.numbers.data() + (clip * given.shape[1] + channel) * height * width;
      for (std::int64_t row = 0; row < side; ++row) {
        for (std::int64_t column = 0; column < side; ++column) {
          out.numbers.push_back(plane[row * height / side * width + column * width / side]);
        }
      }
    }
  }
  return out;
}

}  // namespace

core::Result<Inputs> read_inputs(const json& settings) {
  const std::string path = settings.at("inputs");
  MEXBENCH_ASSIGN(const std::string bytes, core::read_file(path + ".f32"));
  MEXBENCH_ASSIGN(const std::string text, core::read_file(path + ".json"));
  const json described = json::parse(text);
  Inputs out;
  out.numbers.resize(bytes.size() / sizeof(float));
  std::memcpy(out.numbers.data(), bytes.data(), out.numbers.size() * sizeof(float));
  described.at("shape").get_to(out.shape);
  described.at("labels").get_to(out.labels);
  described.at("answers").get_to(out.answers);
  described.at("subjects").get_to(out.subjects);
  described.at("classes").get_to(out.classes);
  if (!settings.contains("channels")) return out;
  return chosen(out, settings.at("channels"), settings.at("side"));
}

core::Result<json> write_weights(const json& settings) {
  MEXBENCH_ASSIGN(const train::NetworkFactory make, models::factory(settings.at("model").get<std::string>(), settings.at("params")));
  MEXBENCH_ASSIGN(const auto model, train::untrained_model(make));
  MEXBENCH_TRY(model->save(settings.at("out").get<std::string>()));
  return json{{"parameters", model->capabilities().parameters}};
}

}  // namespace mexbench::bench
