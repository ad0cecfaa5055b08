#include <fmt/format.h>

#include <cstring>
#include <filesystem>
#include <string_view>

#include "arm.h"
#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "harness/data/stages.h"
#include "harness/preprocess/recipe.h"

namespace mexbench::bench {

namespace fs = std::filesystem;
using nlohmann::json;

core::Result<json> extract_flow(const json& settings) {
  const fs::path folder = settings.at("folder").get<std::string>();
  const json stages =
      json::array({{{"stage", "flow"}, {"method", settings.at("method")}}, {{"stage", "flow-image"}, {"channels", "u, v"}}});
  MEXBENCH_ASSIGN(const data::StagePlan plan, data::plan_stages(stages));
  data::Manifest manifest;
  manifest.root = folder;
  manifest.input = plan.input;
  for (int pair = 0; pair < settings.at("pairs").get<int>(); ++pair) {
    data::Clip clip;
    clip.dataset = core::DatasetId("drawn");
    clip.subject = core::SubjectId("drawn/s");
    clip.name = fmt::format("{:03}", pair);
    clip.id = core::make_clip_id(clip.subject, clip.name);
    clip.frames = {.onset = 0, .apex = 1, .offset = 1, .apex_source = data::ApexSource::kAnnotated};
    for (const std::string_view frame : {"onset", "apex"}) {
      const std::string file = fmt::format("{}_{}.png", clip.name, frame);
      MEXBENCH_ASSIGN(const std::string digest, core::sha256_of_file(folder / file));
      clip.files.push_back({.role = data::frame_role(frame == "apex" ? 1 : 0), .path = file, .sha256 = digest});
    }
    manifest.clips.push_back(std::move(clip));
  }
  std::vector<float> tensor(preprocess::input_numbers(manifest));
  data::Manifest first = manifest;
  first.clips.resize(1);
  MEXBENCH_TRY(preprocess::compute_inputs(first, folder, std::span(tensor).first(preprocess::input_numbers(first))));
  MEXBENCH_TRY(wait_for_go());
  const double begin = now();
  MEXBENCH_TRY(preprocess::compute_inputs(manifest, folder, tensor, {}, settings.at("threads")));
  const double end = now();
  std::string bytes(tensor.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), tensor.data(), bytes.size());
  MEXBENCH_TRY(core::write_file_atomic(settings.at("out").get<std::string>(), bytes));
  return json{{"begin", begin}, {"end", end}, {"work", manifest.clips.size()}};
}

}  // namespace mexbench::bench
