#include "harness/data/stages.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/text.h"

namespace mexbench::data {
namespace {

using core::Diagnostic;
using core::Error;
using core::ErrorCode;
using nlohmann::json;

constexpr const char* kRecipe = "stages";
constexpr int kRecipeVersion = 1;
constexpr std::string_view kVideo = "video:";

std::vector<std::string> stage_names() {
  std::vector<std::string> names;
  for (const StageDef& def : stage_defs()) names.push_back(def.name);
  return names;
}

const StageDef* find_stage(std::string_view name) {
  const std::span<const StageDef> defs = stage_defs();
  const auto found = std::find_if(defs.begin(), defs.end(), [&](const StageDef& def) { return def.name == name; });
  return found == defs.end() ? nullptr : &*found;
}

Error usage(std::string message) { return {ErrorCode::kUsage, std::move(message)}; }

// What options say of each other.
core::Status check_together(const StageDef& def, const json& options) {
  const auto number = [&](const char* name) { return options.at(name).get<double>(); };
  if (def.name == "align" && options.at("detector") == "haar" && options.at("otherwise") == "haar") {
    return usage("option 'otherwise' is for the detector 'dlib'").hint("leave it out");
  }
  if (def.name == "crop") {
    // A sum of shares such as 0.7 + 0.3 may be greater than 1 by the last bit.
    constexpr double kWhole = 1.0 + 1e-9;
    if (number("width") <= 0.0 || number("height") <= 0.0 || number("left") + number("width") > kWhole ||
        number("top") + number("height") > kWhole) {
      return usage(fmt::format("the box {} + {} wide, {} + {} high does not lie in the frame", number("left"), number("width"),
                               number("top"), number("height")))
          .hint("left + width and top + height are at most 1, width and height more than 0");
    }
  }
  if (def.name == "magnify") {
    if (number("low") > number("high")) {
      return usage(fmt::format("option 'low' is {} Hz, more than 'high', {} Hz", number("low"), number("high")));
    }
    if (number("high") > number("fps") / 2.0) {
      return usage(fmt::format("option 'high' is {} Hz, at most half of 'fps', {} Hz, is wanted", number("high"), number("fps") / 2.0))
          .hint("give the corpus's frames in a second as 'fps'");
    }
  }
  if (def.name == "flow-image") MEXBENCH_TRY(flow_channels(options.at("channels").get<std::string>()));
  return {};
}

// Goes through a list and remembers what the stages behind it gave.
class Planner {
 public:
  void take(const json& entry) {
    ++place_;
    const StageDef* def = find(entry);
    if (def == nullptr) {
      form_.reset();
      size_.reset();
      landmarks_ = true;  // nothing more is said about what an unknown stage gives
      return;
    }
    check_form(*def);
    json given = entry;
    given.erase("stage");
    auto options = complete_options(fmt::format("stage '{}'", def->name), def->options, given);
    if (!options) {
      report(options.error());
    } else if (const core::Status together = check_together(*def, *options); !together) {
      report(together.error());
    } else {
      follow(*def, *options);
      json complete = {{"stage", def->name}, {"version", def->version}};
      complete.update(*options);
      stages_.push_back(std::move(complete));
    }
    note(*def, options ? *options : json::object());
  }

  core::Result<StagePlan> plan() {
    if (form_ && *form_ != Form::kImage) {
      report(usage(fmt::format("is the last stage and gives {}, an image is wanted", to_string(*form_)))
                 .hint(*form_ == Form::kFlow ? "end with 'flow-image'"
                                             : "go on with 'flow' and 'flow-image', 'frame-volume' or 'dynamic-image'"));
    }
    if (!problems_.empty()) return Error(ErrorCode::kUsage, std::move(problems_));
    StagePlan out = plan_;
    out.input.recipe = kRecipe;
    out.input.version = kRecipeVersion;
    out.input.channels = channels_;
    out.input.height = out.input.width = *size_;
    out.input.low = 0.0;
    out.input.high = 255.0;
    out.input.options = {{"stages", stages_}};
    return out;
  }

 private:
  void report(const Error& error) {
    const std::string place = name_.empty() ? fmt::format("stage {}", place_) : fmt::format("stage {} ({})", place_, name_);
    for (Diagnostic problem : error.diagnostics()) {
      problem.message = fmt::format("{}: {}", place, problem.message);
      problems_.push_back(std::move(problem));
    }
  }

  const StageDef* find(const json& entry) {
    name_.clear();
    if (!entry.is_object() || !entry.contains("stage") || !entry.at("stage").is_string()) {
      report(usage(fmt::format("is {}, a mapping with the name of a stage is wanted", entry.dump()))
                 .hint("write {stage: flow, method: tvl1}"));
      return nullptr;
    }
    const std::string name = entry.at("stage");
    const StageDef* def = find_stage(name);
    if (def == nullptr)
      report(usage(fmt::format("there is no stage '{}'", name)).hint(suggestion(name, stage_names())));
    else
      name_ = name;
    return def;
  }

  void check_form(const StageDef& def) {
    if (form_ && *form_ != def.from) {
      report(usage(fmt::format("takes {}, and {} {}", to_string(def.from), place_ == 1 ? "a clip begins as" : "the stage before it gives",
                               to_string(*form_))));
    }
    if (def.landmarks && !landmarks_) {
      report(usage("wants landmarks, and no stage before it finds them")
                 .hint("put {stage: align, detector: dlib} or {stage: landmarks} before the flow"));
    }
  }

  // Size and channels of the image, from complete options.
  void follow(const StageDef& def, const json& options) {
    if (def.to != Form::kImage) return;
    if (def.from != Form::kImage) size_ = options.at("size").get<std::int64_t>();
    if (def.name == "flow-image") channels_ = *flow_channels(options.at("channels").get<std::string>());
    if (def.name == "dynamic-image") channels_ = {"dynamic"};
    if (def.name == "frame-volume") {
      channels_.clear();
      const auto frames = options.at("frames").get<std::size_t>();
      for (std::size_t i = 0; i < frames; ++i) channels_.push_back(volume_channel(i));
    }
    if (def.name == "landmark-mosaic") {
      const std::int64_t crop = options.at("crop");
      if (size_ && crop > *size_) {
        report(usage(fmt::format("option 'crop' is {}, more than the image's {} pixels", crop, *size_)));
      }
      size_ = 2 * crop;
    }
  }

  void note(const StageDef& def, const json& options) {
    form_ = def.to;
    const bool boxes = options.value("detector", "") == "haar" || options.value("otherwise", "") == "haar";
    // A face is looked for in the frames as they are then: landmarks of a stage further back are replaced.
    if (def.finds_landmarks) landmarks_ = landmarks_ || !boxes;
    plan_.needs_apex = plan_.needs_apex || (def.apex && !plan_.finds_apex);
    plan_.finds_apex = plan_.finds_apex || def.finds_apex;
    whole_ = whole_ || def.whole_clip;
    plan_.frames = whole_ ? FramesWanted::kOnsetToOffset : FramesWanted::kOnsetAndApex;
  }

  std::size_t place_ = 0;
  std::string name_;
  std::optional<Form> form_ = Form::kFrames;  // nothing: unknown
  std::optional<std::int64_t> size_;          // of the image
  bool landmarks_ = false;
  bool whole_ = false;
  std::vector<std::string> channels_;
  json stages_ = json::array();
  StagePlan plan_;
  std::vector<Diagnostic> problems_;
};

bool same(const InputRecipe& a, const InputRecipe& b) {
  return a.version == b.version && a.channels == b.channels && a.height == b.height && a.width == b.width && a.low == b.low &&
         a.high == b.high && a.options == b.options;
}

}  // namespace

std::string_view to_string(Form form) {
  switch (form) {
    case Form::kFrames:
      return "frames";
    case Form::kFlow:
      return "flow";
    case Form::kImage:
      break;
  }
  return "an image";
}

core::Result<StagePlan> plan_stages(const json& list) {
  if (!list.is_array() || list.empty()) {
    return usage(fmt::format("the stages are {}, a list of at least one is wanted", list.dump()))
        .hint("write [{stage: flow, method: tvl1}, {stage: flow-image, size: 28}]");
  }
  Planner planner;
  for (const json& entry : list) planner.take(entry);
  return planner.plan();
}

core::Result<StageList> planned_stages(const InputRecipe& input) {
  const auto stages = input.options.find("stages");
  if (stages == input.options.end() || !stages->is_array()) return usage("recipe 'stages' has no list of stages in its options");
  json list = json::array();
  std::vector<Diagnostic> problems;
  for (const json& entry : *stages) {
    const StageDef* def = entry.is_object() && entry.contains("stage") && entry.at("stage").is_string()
                              ? find_stage(entry.at("stage").get<std::string>())
                              : nullptr;
    if (def != nullptr && entry.value("version", json()) != def->version) {
      Error other = usage(fmt::format("stage '{}' is of version {}, this build computes version {}", def->name,
                                      entry.value("version", json()).dump(), def->version));
      problems.insert(problems.end(), other.diagnostics().begin(), other.diagnostics().end());
    }
    list.push_back(entry);
    if (entry.is_object()) list.back().erase("version");
  }
  if (!problems.empty()) return Error(ErrorCode::kUsage, std::move(problems));
  MEXBENCH_ASSIGN(const StagePlan plan, plan_stages(list));
  if (!same(plan.input, input)) {
    return usage("recipe 'stages' is not what this build makes of its list of stages: options, channels or sizes differ")
        .hint("plan the experiment again");
  }
  StageList out{.stages = {}, .frames = plan.frames, .needs_apex = plan.needs_apex};
  for (const json& entry : *stages) out.stages.push_back({.def = find_stage(entry.at("stage").get<std::string>()), .options = entry});
  return out;
}

core::Result<std::vector<std::string>> flow_channels(std::string_view text) {
  const std::vector<std::string> known = {"strain", "v", "u", "magnitude"};
  std::vector<std::string> out;
  for (const std::string& part : core::split(text, ',')) {
    std::string name(core::trim(part));
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return usage(fmt::format("option 'channels' names '{}', {} is wanted", name, core::quoted_list(known)))
          .hint("write channels: 'strain, v, u'");
    }
    if (std::find(out.begin(), out.end(), name) != out.end()) {
      return usage(fmt::format("option 'channels' names '{}' twice", name));
    }
    out.push_back(std::move(name));
  }
  return out;
}

std::string frame_role(std::int64_t number) { return std::to_string(number); }
std::string video_role(std::int64_t first) { return fmt::format("{}{}", kVideo, first); }

std::optional<FrameRole> frame_role_from(std::string_view role) {
  const bool video = role.starts_with(kVideo);
  if (video) role.remove_prefix(kVideo.size());
  const auto number = core::parse_int(role);
  if (!number) return std::nullopt;
  return FrameRole{.number = *number, .video = video};
}

}  // namespace mexbench::data
