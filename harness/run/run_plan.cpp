#include "harness/run/run_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <system_error>

#include "harness/audit/plan_rules.h"
#include "harness/core/sha256.h"
#include "harness/core/text.h"
#include "harness/run/engines.h"
#include "harness/store/json_file.h"

namespace mexbench::run {
namespace {

using config::problem_at;
using core::Diagnostic;
using core::Error;
using core::ErrorCode;
using nlohmann::json;

std::string join_names(const std::vector<std::string>& names) { return core::join(names, ", "); }

// "params: {image_size: 56}"
std::string params_text(const json& changes) {
  std::vector<std::string> params;
  for (const auto& [name, value] : changes.items()) params.push_back(fmt::format("{}: {}", name, value.dump()));
  return fmt::format("params: {{{}}}", join_names(params));
}

// "t07" is frame 7 of a volume.
std::optional<std::int64_t> frame_number(std::string_view channel) {
  const bool digits = channel.size() > 2 && channel.front() == 't' &&
                      std::all_of(channel.begin() + 1, channel.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? core::parse_int(channel.substr(1)) : std::nullopt;
}

// A model of volumes would take any channels for frames, in any order.
void check_frames(const config::ModelSpec& model, const ModelFacts& facts, const std::vector<std::string>& channels,
                  std::vector<Diagnostic>& problems) {
  if (facts.least_frames == 0) return;
  const config::Place& where = model.input.channels.empty() ? model.where : model.input.where;
  std::int64_t before = -1;
  for (const std::string& channel : channels) {
    const std::optional<std::int64_t> number = frame_number(channel);
    if (!number || *number <= before) {
      problems.push_back(problem_at(
          where, fmt::format("model '{}' takes frames in order of time, t00, t01, ..; it is given {}", model.label, join_names(channels)),
          "it needs a dataset that gives a volume of frames"));
      return;
    }
    before = *number;
  }
  if (static_cast<std::int64_t>(channels.size()) < facts.least_frames) {
    problems.push_back(problem_at(
        where, fmt::format("model '{}' takes at least {} frames, it is given {}", model.label, facts.least_frames, channels.size())));
  }
}

// Positions of the model's channels in the data, or a problem that says how to declare the adaptation.
std::vector<std::int64_t> map_channels(const config::ModelSpec& model, const ModelFacts& facts, const data::InputRecipe& input,
                                       std::vector<Diagnostic>& problems) {
  const std::vector<std::string>& wanted = model.input.channels.empty() ? input.channels : model.input.channels;
  std::vector<std::int64_t> positions;
  for (const std::string& channel : wanted) {
    const auto found = std::find(input.channels.begin(), input.channels.end(), channel);
    if (found == input.channels.end()) {
      const auto near = core::closest(channel, input.channels);
      problems.push_back(
          problem_at(model.input.where,
                     fmt::format("model '{}' asks for channel '{}', the data have {}", model.label, channel, join_names(input.channels)),
                     near ? fmt::format("did you mean '{}'?", *near) : ""));
      continue;
    }
    positions.push_back(found - input.channels.begin());
  }
  check_frames(model, facts, wanted, problems);
  // The published channels are a way out only where the data have them.
  const bool published =
      !facts.channels.empty() && std::all_of(facts.channels.begin(), facts.channels.end(), [&](const std::string& channel) {
        return std::find(input.channels.begin(), input.channels.end(), channel) != input.channels.end();
      });
  const std::string pick = fmt::format("declare the adaptation: input: {{channels: [{}]}}", join_names(facts.channels));
  if (facts.input_channels != 0 && static_cast<std::int64_t>(wanted.size()) != facts.input_channels) {
    std::string hint = published ? pick : "";
    const json changes = facts.params_for_channels(static_cast<std::int64_t>(wanted.size()));
    if (!changes.empty()) {
      hint += (published ? ", or set " : "set ") + params_text(changes);
    } else if (!published) {
      hint = fmt::format("pick {} of them: input: {{channels: [...]}}", facts.input_channels);
      if (!facts.channels.empty()) hint += fmt::format("; it was published with {}", join_names(facts.channels));
    }
    problems.push_back(problem_at(model.where,
                                  fmt::format("model '{}' takes {} channels, it is given {} ({})", model.label, facts.input_channels,
                                              wanted.size(), join_names(wanted)),
                                  std::move(hint)));
  } else if (facts.by_meaning && wanted != facts.channels) {
    problems.push_back(problem_at(
        model.input.channels.empty() ? model.where : model.input.where,
        fmt::format("model '{}' takes the channels {}, it is given {}", model.label, join_names(facts.channels), join_names(wanted)),
        published ? pick : "it needs a dataset that gives them: its features follow from what each channel is"));
  } else if (model.input.channels.empty() && facts.channels.size() == input.channels.size() && facts.channels != input.channels) {
    // Shapes would fit and no error would ever show: the wrong order costs a trained model half its score (docs/findings.md).
    problems.push_back(
        problem_at(model.where,
                   fmt::format("model '{}' takes the channels {}, the data have {}", model.label, join_names(facts.channels),
                               join_names(input.channels)),
                   published ? pick : fmt::format("declare that they are meant: input: {{channels: [{}]}}", join_names(input.channels))));
  }
  return positions;
}

data::Adaptation adaptation_of(const config::InputSpec& input, const data::InputRecipe& data) {
  data::Adaptation out;
  if (input.mosaic) out = data::adaptation_from_json({{"mosaic", input.mosaic->settings}});
  if (input.resize) {
    out.resize = {.size = {.height = input.resize->height, .width = input.resize->width},
                  .interpolation = data::interpolation_from(input.resize->interpolation).value()};  // of the schema's choices
  }
  if (input.range) out.rescale = {.from_low = data.low, .from_high = data.high, .low = input.range->low, .high = input.range->high};
  if (!input.normalise.empty()) out.normalise = data::normalise_from(input.normalise).value();  // of the schema's choices
  if (input.pca > 0) out.pca = {.components = input.pca};
  return out;
}

// A size that the model takes: the published one, or else the square nearest to the images it is given.
std::optional<data::ImageSize> size_to_take(const ModelFacts& facts, data::ImageSize given) {
  if (facts.image.pixels() > 0 && facts.takes_size(facts.image.height, facts.image.width)) return facts.image;
  constexpr std::int64_t kLargest = 1024;
  for (std::int64_t step = 0; step < kLargest; ++step) {
    for (const std::int64_t side : {given.height + step, given.height - step}) {
      if (side >= 1 && side <= kLargest && facts.takes_size(side, side)) return data::ImageSize{.height = side, .width = side};
    }
  }
  return std::nullopt;
}

// A mosaic is cut from the data's images: its points lie in them, and a crop is no larger.
bool check_mosaic(const config::ModelSpec& model, const data::Adaptation& adaptation, data::ImageSize data,
                  std::vector<Diagnostic>& problems) {
  if (!adaptation.mosaic) return true;
  const std::size_t before = problems.size();
  const data::ImageSize crop = adaptation.mosaic->crop;
  if (crop.height > data.height || crop.width > data.width) {
    problems.push_back(problem_at(model.input.mosaic->crop_where,
                                  fmt::format("the crops of the mosaic of model '{}' are {}x{}, the data are {}x{}", model.label,
                                              crop.height, crop.width, data.height, data.width),
                                  "a crop is at most as large as the image; the mosaic is made before 'size'"));
  }
  for (const auto& [name, point] : model.input.mosaic->settings.at("points").items()) {
    const double x = point.at(0);
    const double y = point.at(1);
    if (x <= static_cast<double>(data.width) && y <= static_cast<double>(data.height)) continue;
    problems.push_back(problem_at(model.input.mosaic->points_where.at(name),
                                  fmt::format("'{}' of the mosaic of model '{}' is at x {} and y {}, outside the data's {}x{} pixels", name,
                                              model.label, x, y, data.height, data.width),
                                  "points are [x, y] in pixels of the dataset's image; the mosaic is made before 'size'"));
  }
  return problems.size() == before;
}

void check_size(const config::ModelSpec& model, const ModelFacts& facts, const data::Adaptation& adaptation, data::ImageSize data,
                std::vector<Diagnostic>& problems) {
  const data::ImageSize given = adaptation.size_after(data);
  if (facts.takes_size(given.height, given.width)) return;
  std::vector<std::string> ways;
  if (const json changes = facts.params_for_size(given.height, given.width); !changes.empty()) {
    ways.push_back(params_text(changes));
  }
  if (const auto size = size_to_take(facts, given)) ways.push_back(fmt::format("input: {{size: [{}, {}]}}", size->height, size->width));
  const config::InputSpec& input = model.input;
  const char* maker = input.resize ? "its 'size' makes them" : input.mosaic ? "its mosaic is" : "the data are";
  problems.push_back(
      problem_at(input.resize   ? input.resize->where
                 : input.mosaic ? input.mosaic->crop_where
                                : model.where,
                 fmt::format("model '{}' takes images of {}, {} {}x{}", model.label, facts.sizes, maker, given.height, given.width),
                 ways.empty() ? "" : "declare the adaptation: " + core::join(ways, ", or ")));
}

void check_fit(const config::ModelSpec& model, const ModelFacts& facts, const data::LabelMap& labels, std::vector<Diagnostic>& problems) {
  const auto classes = static_cast<std::int64_t>(labels.classes.size());
  if (facts.classes != 0 && facts.classes != classes) {
    problems.push_back(
        problem_at(model.where,
                   fmt::format("model '{}' has {} outputs, label map '{}' has {} classes", model.label, facts.classes, labels.id, classes),
                   fmt::format("set params: {{{}: {}}}", facts.classes_param, classes)));
  }
  if (model.train && model.train->class_weights && static_cast<std::int64_t>(*model.train->class_weights) != classes) {
    problems.push_back(problem_at(model.train->class_weights_where,
                                  fmt::format("model '{}' has {} class weights, label map '{}' has {} classes", model.label,
                                              *model.train->class_weights, labels.id, classes),
                                  "give one weight per class, in the label map's order"));
  }
}

// Steps of augmentation that mean nothing for what the model is shown, which is `adaptation` of what `input` makes.
void check_augmentation(const config::ModelSpec& model, const data::ImageChannels& images, const data::Adaptation& adaptation,
                        const data::InputRecipe& input, std::vector<Diagnostic>& problems) {
  if (!model.train) return;
  const data::ImageSize size{.height = input.height, .width = input.width};
  const bool mosaic = input.recipe == "stages" && input.options.at("stages").back().at("stage") == "landmark-mosaic";
  for (const config::AugmentSpec& step : model.train->augment) {
    core::Status status = data::check_augmentation(step.name, step.fills_with_zero, images);
    if (status) status = data::check_augmentation(step.name, adaptation, size);
    if (status && mosaic && (step.name == "flip" || step.name == "rotate" || step.name == "shift")) {
      status = Error(ErrorCode::kUsage, fmt::format("'{}' would take the four images of stage 'landmark-mosaic' for one", step.name));
    }
    if (!status) problems.push_back(problem_at(step.where, fmt::format("model '{}': {}", model.label, status.error().message()), ""));
  }
}

std::string range_text(double low, double high) { return fmt::format("{}..{}", low, high); }

// The value of the parameter that goes with the range of the values, when there is one.
void complete_params(const config::ModelSpec& model, const ModelFacts& facts, const data::ImageChannels& images, json& params,
                     std::vector<Diagnostic>& problems) {
  const std::string& name = facts.middle_param;
  if (name.empty()) return;
  const bool ranged = images.high > images.low;
  const double middle = (images.low + images.high) / 2.0;
  const auto given = params.find(name);
  if (given == params.end() && ranged) {
    params[name] = middle;
  } else if (given == params.end()) {
    problems.push_back(problem_at(
        model.where,
        fmt::format("parameter '{}' of model '{}' is the middle of the values' range, and the data declare none", name, model.label),
        fmt::format("give it: params: {{{}: ...}}", name)));
  } else if (const auto value = given->get<double>(); ranged && (value < images.low || value > images.high)) {
    const auto place = model.params_where.find(name);
    problems.push_back(problem_at(place == model.params_where.end() ? model.where : place->second,
                                  fmt::format("parameter '{}' of model '{}' is {}, its values are in {}", name, model.label, value,
                                              range_text(images.low, images.high)),
                                  fmt::format("remove it: then it is the middle of the range, {}", middle)));
  }
}

// Numbers of another size than the model was made for are no error, and change what it learns.
void note_range(const config::ModelSpec& model, const ModelFacts& facts, const data::ImageChannels& images,
                std::vector<Diagnostic>& warnings) {
  const bool known = facts.high > facts.low && images.high > images.low;
  if (!known || model.input.range || (facts.low == images.low && facts.high == images.high)) return;
  Diagnostic warning = problem_at(
      model.where,
      fmt::format("model '{}' is made for values in {}, it is given {}", model.label, range_text(facts.low, facts.high),
                  range_text(images.low, images.high)),
      fmt::format("declare the adaptation: input: {{range: [{}, {}]}}; or say that the data's are meant: input: {{range: [{}, {}]}}",
                  facts.low, facts.high, images.low, images.high));
  warning.severity = core::Severity::kWarning;
  warnings.push_back(std::move(warning));
}

// How a model and the data go together.
struct Fit {  // NOLINT(bugprone-exception-escape): it means the implicit move, which throws nothing
  ModelFacts facts;
  std::vector<std::int64_t> channels;
  data::Adaptation adaptation;
  data::ImageChannels images;
  json params;  // all of them
  std::optional<engine::Choice> engine;
};

core::Result<Fit> fit_model(const config::ModelSpec& model, const Catalogue& catalogue, const data::LabelMap& labels,
                            const data::InputRecipe& input, std::vector<Diagnostic>& problems, std::vector<Diagnostic>& warnings) {
  Fit fit;
  const std::size_t before = problems.size();
  MEXBENCH_ASSIGN(fit.facts, catalogue.model(model));
  fit.channels = map_channels(model, fit.facts, input, problems);
  fit.adaptation = adaptation_of(model.input, input);
  fit.images = images_of(fit.channels, fit.adaptation, input);
  fit.params = model.params;
  const data::ImageSize size{.height = input.height, .width = input.width};
  if (check_mosaic(model, fit.adaptation, size, problems)) check_size(model, fit.facts, fit.adaptation, size, problems);
  check_fit(model, fit.facts, labels, problems);
  check_augmentation(model, fit.images, fit.adaptation, input, problems);
  if (model.weights && fit.adaptation.learns()) {
    problems.push_back(
        problem_at(model.input.learns_where,
                   fmt::format("model '{}' is loaded, and a step of its input would be fitted on training clips", model.label),
                   "what the weights were trained on was made otherwise: use 'range', which learns nothing"));
  }
  complete_params(model, fit.facts, fit.images, fit.params, problems);
  note_range(model, fit.facts, fit.images, warnings);
  if (problems.size() == before) fit.engine = engine_of(model, fit.facts, fit.params, fit.adaptation.size_after(size), problems);
  return fit;
}

// Weight files of all folds, digested; problems for missing files and broken pins.
std::vector<WeightFile> find_weights(const std::string& pattern, const config::RunSpec& spec, const std::vector<protocol::FoldPlan>& folds,
                                     Pins pins, std::vector<Diagnostic>& problems) {
  std::vector<WeightFile> files;
  std::map<std::string, std::string> digests;  // one file may serve many folds
  for (const protocol::FoldPlan& fold : folds) {
    WeightFile file;
    file.path = expand_weights_pattern(pattern, fold.id, spec.seed);
    const std::string key = file.path.string();
    if (const auto known = digests.find(key); known != digests.end()) {
      file.sha256 = known->second;
    } else if (const auto digest = core::sha256_of_file(file.path)) {
      file.sha256 = *digest;
      digests[key] = *digest;
    } else {
      digests[key] = "";  // told once
      for (Diagnostic problem : digest.error().diagnostics()) {
        problem.hint = fmt::format("weights of fold '{}' of model '{}'", fold.id.text(), spec.model.label);
        problems.push_back(std::move(problem));
      }
    }
    if (pins != Pins::kIgnore) {
      if (const auto pin = spec.model.weights_sha256.find(file.path.filename().string()); pin != spec.model.weights_sha256.end()) {
        file.pinned = pin->second;
        file.pin_broken = !file.sha256.empty() && file.sha256 != pin->second;
        if (file.pin_broken && pins == Pins::kEnforce) {
          Diagnostic problem;
          problem.where.file = key;
          problem.message = fmt::format("its SHA-256 is {}, {} is pinned", file.sha256, file.pinned);
          problem.hint = "this is not the released file; fetch it again, or remove the pin";
          problems.push_back(std::move(problem));
        }
      }
    }
    files.push_back(std::move(file));
  }
  return files;
}

// A pin is of a weight file of the run, or of one beside them: those of folds that this corpus does not have (`only`) keep theirs.
void check_pins(const config::ModelSpec& model, const std::set<std::filesystem::path>& files, std::vector<Diagnostic>& problems) {
  std::set<std::string> names;
  std::set<std::filesystem::path> folders;
  for (const std::filesystem::path& file : files) {
    names.insert(file.filename().string());
    folders.insert(file.parent_path());
  }
  for (const auto& [name, digest] : model.weights_sha256) {
    std::error_code none;
    const bool beside = std::any_of(folders.begin(), folders.end(), [&, &file = name](const std::filesystem::path& folder) {
      return std::filesystem::exists(folder / file, none);
    });
    if (names.contains(name) || beside) continue;
    const std::vector<std::string> known(names.begin(), names.end());
    const auto near = core::closest(name, known);
    const auto place = model.pins_where.find(name);
    problems.push_back(problem_at(place == model.pins_where.end() ? model.where : place->second,
                                  fmt::format("'weights_sha256' pins '{}', which is no weight file of model '{}'", name, model.label),
                                  near            ? fmt::format("did you mean '{}'?", *near)
                                  : known.empty() ? ""
                                                  : fmt::format("its files are called like '{}'", known.front())));
  }
}

// Fold -> digest of its file.
json digests_of(const std::vector<WeightFile>& files, const std::vector<protocol::FoldPlan>& folds) {
  json out = json::object();
  for (std::size_t i = 0; i < folds.size(); ++i) out[folds[i].id.text()] = files[i].sha256;
  return out;
}

std::string digest_of(const config::ModelSpec& model, std::vector<Diagnostic>& problems) {
  const auto digest = core::sha256_of_file(*model.file);
  if (digest) return *digest;
  for (Diagnostic problem : digest.error().diagnostics()) {
    problem.hint = fmt::format("'file' of model '{}'", model.label);
    problems.push_back(std::move(problem));
  }
  return {};
}

// The folds as the audit takes them before they are run.
std::vector<audit::FoldRecord> records_of(const RunPlan& run, const data::Manifest& manifest) {
  const auto ids = [&](const std::vector<std::size_t>& clips) {
    std::vector<core::ClipId> out;
    out.reserve(clips.size());
    for (const std::size_t clip : clips) out.push_back(manifest.clips[clip].id);
    return out;
  };
  std::vector<audit::FoldRecord> out;
  for (const protocol::FoldPlan& fold : run.folds) {
    out.push_back({.fold = fold.id,
                   .science_hash = run.science_hash,
                   .start = run.fitted() ? "fresh" : "loaded",
                   .train = ids(fold.train),
                   .validation = ids(fold.validation),
                   .test = ids(fold.test),
                   .augmented = {}});
  }
  return out;
}

// Stops a plan that leaks. What several runs break alike is told once.
core::Status audit_runs(const ExperimentPlan& plan, const data::Manifest& manifest, const config::Place& where) {
  const auto alike = [](const RunPlan& a, const RunPlan& b) {
    return a.fitted() == b.fitted() && a.rounds() == b.rounds() &&
           std::equal(a.folds.begin(), a.folds.end(), b.folds.begin(), b.folds.end(),
                      [](const protocol::FoldPlan& x, const protocol::FoldPlan& y) { return x.train == y.train && x.test == y.test; });
  };
  std::vector<Diagnostic> problems;
  for (auto run = plan.runs.begin(); run != plan.runs.end(); ++run) {
    if (std::any_of(plan.runs.begin(), run, [&](const RunPlan& before) { return alike(before, *run); })) continue;
    const core::Status audited = audit::audit_plan(records_of(*run, manifest), manifest, /*refits=*/run->rounds() > 1.0);
    if (audited) continue;
    const Error placed = config::placed(audited.error(), where);
    for (const Diagnostic& problem : placed.diagnostics()) {
      if (std::none_of(problems.begin(), problems.end(), [&](const Diagnostic& told) { return told.message == problem.message; }))
        problems.push_back(problem);
    }
  }
  if (problems.empty()) return {};
  return Error(ErrorCode::kAudit, std::move(problems));
}

// What is measured with other numbers must not share a hash: raised whenever the arithmetic of a room changes results.
constexpr int kNumericVersion = 1;

}  // namespace

bool RunPlan::loads_one_file() const {
  return !fitted() &&
         std::all_of(weights.begin(), weights.end(), [&](const WeightFile& file) { return file.path == weights.front().path; });
}

double RunPlan::rounds() const {
  if (!trained()) return 1.0;
  const config::SelectionSpec& selection = spec.model.train->selection;
  return selection.name == "inner_subjects" && selection.refit ? 2.0 : 1.0;
}

double RunPlan::work(std::size_t fold) const {
  if (!fitted()) return static_cast<double>(folds[fold].test.size());
  if (!trained()) return static_cast<double>(folds[fold].train.size());
  return rounds() * static_cast<double>(folds[fold].train.size()) * static_cast<double>(spec.model.train->epochs);
}

Error unknown_name(std::string_view what, const std::string& name, const std::vector<std::string>& known) {
  // Numbers are not near each other by their digits.
  const auto near = what == "seed" ? std::nullopt : core::closest(name, known);
  return Error(ErrorCode::kUsage, fmt::format("the experiment has no {} '{}'", what, name))
      .hint(near ? fmt::format("did you mean '{}'?", *near) : fmt::format("there is {}", core::quoted_list(known)));
}

core::Result<std::vector<std::size_t>> choose_runs(const ExperimentPlan& plan, const std::optional<std::string>& label,
                                                   const std::optional<core::Seed>& seed) {
  std::vector<std::size_t> out;
  std::vector<std::string> labels;
  std::vector<std::string> seeds;
  const auto keep = [](std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (std::size_t i = 0; i < plan.runs.size(); ++i) {
    const config::RunSpec& spec = plan.runs[i].spec;
    keep(labels, spec.model.label);
    keep(seeds, fmt::format("{}", spec.seed.value));
    if ((!label || *label == spec.model.label) && (!seed || *seed == spec.seed)) out.push_back(i);
  }
  if (!out.empty()) return out;
  if (label && std::find(labels.begin(), labels.end(), *label) == labels.end()) return unknown_name("model", *label, labels);
  return unknown_name("seed", fmt::format("{}", seed->value), seeds);
}

core::Result<std::size_t> find_fold(const std::vector<protocol::FoldPlan>& folds, const std::string& id) {
  std::vector<std::string> known;
  for (std::size_t i = 0; i < folds.size(); ++i) {
    if (folds[i].id.text() == id) return i;
    known.push_back(folds[i].id.text());
  }
  const auto near = core::closest(id, known);
  return Error(ErrorCode::kUsage, fmt::format("there is no fold '{}'", id))
      .hint(near ? fmt::format("did you mean '{}'?", *near) : fmt::format("folds are named like '{}'", known.front()));
}

data::ImageChannels images_of(const std::vector<std::int64_t>& channels, const data::Adaptation& adaptation,
                              const data::InputRecipe& input) {
  data::ImageChannels out{.names = {}, .low = input.low, .high = input.high};
  if (adaptation.rescale) {
    out.low = adaptation.rescale->low;
    out.high = adaptation.rescale->high;
  }
  if (adaptation.learns()) out.low = out.high = 0.0;  // what it becomes depends on the fold
  for (const std::int64_t channel : channels) out.names.push_back(input.channels[static_cast<std::size_t>(channel)]);
  return out;
}

std::string expand_weights_pattern(const std::string& pattern, const core::FoldId& fold, core::Seed seed) {
  const std::string& id = fold.text();
  const std::size_t slash = id.find('/');
  const std::map<std::string, std::string> values{{"{dataset}", id.substr(0, slash)},
                                                  {"{subject}", slash == std::string::npos ? id : id.substr(slash + 1)},
                                                  {"{fold}", core::folder_name(fold)},
                                                  {"{seed}", fmt::format("{}", seed.value)}};
  std::string out = pattern;
  for (const auto& [name, value] : values) {
    for (std::size_t at = out.find(name); at != std::string::npos; at = out.find(name, at + value.size()))
      out.replace(at, name.size(), value);
  }
  return out;
}

core::Result<ExperimentPlan> make_plan(const config::ExperimentSpec& experiment,
                                       const std::function<json(const config::RunSpec&)>& science_of, data::Manifest manifest,
                                       const Catalogue& catalogue, const PlanOptions& options) {
  MEXBENCH_TRY(data::check_manifest(manifest));
  ExperimentPlan plan;
  plan.folder = options.out / experiment.name;
  plan.manifest_hash = data::manifest_hash(manifest);
  plan.warnings = manifest.warnings;
  const auto planned = protocol::plan_folds(manifest, experiment.protocol.name, experiment.protocol.options);
  if (!planned) return config::placed(planned.error(), experiment.protocol.where);
  const std::vector<protocol::FoldPlan>& folds = *planned;

  std::vector<Diagnostic> usage;
  std::vector<Diagnostic> data_problems;
  std::map<std::string, std::size_t> checked;                       // each model once, not once per seed
  std::map<std::string, std::set<std::filesystem::path>> pinnable;  // weight files of each model
  for (const config::RunSpec& spec : config::expand(experiment)) {
    RunPlan run;
    run.spec = spec;
    run.folds = folds;
    run.folder = plan.folder / spec.model.label / fmt::format("seed-{}", spec.seed.value);
    const bool first = checked.emplace(spec.model.label, 0).second;
    std::vector<Diagnostic> repeated;
    MEXBENCH_ASSIGN(Fit fit, fit_model(spec.model, catalogue, manifest.label_map, manifest.input, first ? usage : repeated,
                                       first ? plan.warnings : repeated));
    run.facts = std::move(fit.facts);
    run.channels = std::move(fit.channels);
    run.adaptation = fit.adaptation;
    run.engine = std::move(fit.engine);
    run.spec.model.params = std::move(fit.params);
    if (spec.model.train && spec.model.train->selection.name == "inner_subjects") {
      for (protocol::FoldPlan& fold : run.folds) {
        const core::Status held = protocol::hold_out_validation(fold, manifest, spec.model.train->selection.validation_share, spec.seed);
        if (!held) return config::placed(held.error(), spec.model.train->selection_where);
      }
    }
    json weights = nullptr;
    if (!run.fitted()) {
      run.weights = find_weights(*spec.model.weights, spec, run.folds, options.pins, data_problems);
      weights = digests_of(run.weights, run.folds);
      for (const WeightFile& file : run.weights) pinnable[spec.model.label].insert(file.path);
    }
    run.science = {{"settings", science_of(spec)},
                   {"manifest", plan.manifest_hash},
                   {"weights", std::move(weights)},
                   {"numeric_version", kNumericVersion}};
    if (spec.model.init) {
      run.init = find_weights(spec.model.init->weights, spec, run.folds, Pins::kIgnore, data_problems);
      run.science["init"] = digests_of(run.init, run.folds);
    }
    if (spec.model.file) {
      run.file_sha256 = digest_of(spec.model, data_problems);
      run.science["file"] = run.file_sha256;
    }
    if (const int dealt = protocol::plan_version(experiment.protocol.name); dealt > 1) run.science["protocol_version"] = dealt;
    if (run.facts.numeric_version > 1) run.science["model_numeric_version"] = run.facts.numeric_version;
    if (run.engine && run.engine->engine == engine::Engine::kFused) {
      run.science["engine"] = {{"name", engine::to_string(run.engine->engine)}, {"numeric_version", engine::kNumericVersion}};
    }
    if (!run.adaptation.empty()) run.science["adaptation_versions"] = data::numeric_versions(run.adaptation);
    run.science_hash = store::hash_json(run.science);
    plan.runs.push_back(std::move(run));
  }
  for (const config::ModelSpec& model : experiment.models) check_pins(model, pinnable[model.label], usage);
  if (!usage.empty()) return Error(ErrorCode::kUsage, std::move(usage));
  if (!data_problems.empty()) return Error(ErrorCode::kData, std::move(data_problems));
  MEXBENCH_TRY(audit_runs(plan, manifest, experiment.protocol.where));
  plan.manifest = std::move(manifest);
  return plan;
}

core::Result<std::vector<Diagnostic>> check_models(const config::ExperimentSpec& experiment, const Catalogue& catalogue) {
  MEXBENCH_ASSIGN(const data::CorpusOutline corpus, catalogue.outline(experiment.dataset));
  std::vector<Diagnostic> problems;
  std::vector<Diagnostic> warnings;
  for (const config::ModelSpec& model : experiment.models) {
    MEXBENCH_TRY(fit_model(model, catalogue, corpus.label_map, corpus.input, problems, warnings));
  }
  if (!problems.empty()) return Error(ErrorCode::kUsage, std::move(problems));
  return warnings;
}

}  // namespace mexbench::run
