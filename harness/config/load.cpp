#include "harness/config/load.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/config/compose.h"
#include "harness/config/expand.h"
#include "harness/config/experiment_schema.h"

namespace mexbench::config {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

TrainSpec train_of(const Json& json, const Node& node) {
  TrainSpec out;
  out.settings = json;
  out.epochs = json.at("epochs");
  const Json& selection = json.at("selection");
  out.selection.name = selection.at("name");
  if (out.selection.name == "inner_subjects") {
    out.selection.validation_share = selection.at("validation_share");
    out.selection.refit = selection.at("refit");
  }
  if (const Json& weights = json.at("class_weights"); weights.is_array()) out.class_weights = weights.size();
  if (json.contains("augment")) {
    const Node& steps = *node.find("augment");
    for (std::size_t i = 0; i < steps.children.size(); ++i) {
      const Json& step = json.at("augment").at(i);
      out.augment.push_back(
          {.name = step.at("name"), .fills_with_zero = step.value("border", "") == "zero", .where = steps.children[i].key_or_value()});
    }
  }
  out.class_weights_where = node.find("class_weights")->key_or_value();
  out.selection_where = node.find("selection")->key_or_value();
  return out;
}

InputSpec input_of(const Json& json, const Node& node) {
  InputSpec out;
  if (json.contains("channels")) {
    out.channels = json.at("channels").get<std::vector<std::string>>();
    out.where = node.find("channels")->key_or_value();
  }
  if (json.contains("mosaic")) {
    const Node& mosaic = *node.find("mosaic");
    out.mosaic = {.settings = json.at("mosaic"), .points_where = {}, .crop_where = mosaic.find("crop")->key_or_value()};
    if (!out.mosaic->crop_where.source) out.mosaic->crop_where = mosaic.key_or_value();  // a default
    for (const Node& point : mosaic.find("points")->children) out.mosaic->points_where[point.key] = point.where;
  }
  if (json.contains("size")) {
    out.resize = {.height = json.at("size").at(0),
                  .width = json.at("size").at(1),
                  .interpolation = json.at("interpolation"),
                  .where = node.find("size")->key_or_value()};
  }
  if (json.contains("range")) out.range = {.low = json.at("range").at(0), .high = json.at("range").at(1)};
  if (json.contains("pca")) {
    out.pca = json.at("pca");
    out.learns_where = node.find("pca")->key_or_value();
  }
  if (json.contains("normalise")) {
    out.normalise = json.at("normalise");
    out.learns_where = node.find("normalise")->key_or_value();
  }
  return out;
}

InitSpec init_of(const Json& json, const Node& node) {
  const Node* fresh = node.find("fresh");
  const bool written = fresh != nullptr && fresh->key_or_value().source;
  return {.weights = json.at("weights"),
          .weights_as_written = node.find("weights")->text,
          .fresh = json.at("fresh").get<std::vector<std::string>>(),
          .where = written ? fresh->key_or_value() : node.key_or_value()};
}

CardSpec card_of(const Json& json) {
  CardSpec out{.title = json.at("title"), .paper = json.at("paper"), .pretraining = std::nullopt};
  if (json.contains("pretraining")) out.pretraining = json.at("pretraining").get<std::vector<std::string>>();
  return out;
}

// Where the entries of a map are written; defaults are nowhere.
std::map<std::string, Place> places_of(const Node& map) {
  std::map<std::string, Place> out;
  for (const Node& entry : map.children) {
    if (entry.key_or_value().source) out[entry.key] = entry.key_or_value();
  }
  return out;
}

ModelSpec model_of(const Json& json, const Node& node) {
  ModelSpec out;
  out.label = json.at("label");
  out.name = json.at("name");
  out.params = json.at("params");
  if (const Node* params = node.find("params")) out.params_where = places_of(*params);
  if (json.contains("weights")) {
    out.weights = json.at("weights").get<std::string>();
    out.weights_as_written = node.find("weights")->text;
    out.file_where = node.find("weights")->key_or_value();
  }
  if (json.contains("file")) {
    out.file = json.at("file").get<std::string>();
    out.file_where = node.find("file")->key_or_value();
  }
  if (json.contains("init")) out.init = init_of(json.at("init"), *node.find("init"));
  if (json.contains("card")) out.card = card_of(json.at("card"));
  if (json.contains("weights_sha256")) {
    out.weights_sha256 = json.at("weights_sha256").get<std::map<std::string, std::string>>();
    out.pins_where = places_of(*node.find("weights_sha256"));
  }
  out.where = node.where;
  if (json.contains("input")) {
    out.input = input_of(json.at("input"), *node.find("input"));
  }
  if (json.contains("train")) out.train = train_of(json.at("train"), *node.find("train"));
  if (json.contains("engine")) {
    out.engine_from = EngineFrom::kModel;
    out.engine = json.at("engine");
    out.engine_where = node.find("engine")->where;
  }
  return out;
}

std::vector<PublishedResult> published_of(const Json& list) {
  std::vector<PublishedResult> out;
  for (const Json& json : list) {
    PublishedResult result;
    result.id = json.at("id");
    result.citation = json.at("citation");
    result.doi = json.at("doi");
    result.where = json.at("where");
    result.metric_convention = json.at("metric_convention");
    result.selection_rule = json.at("selection_rule");
    result.read_in_full = json.at("read_in_full");
    result.model_label = json.at("model_label");
    result.note = json.at("note");
    for (const auto& [scope, printed] : json.at("scores").items()) {
      const auto score = [&scores = printed](const char* name) {
        return scores.contains(name) ? std::optional<double>(scores.at(name).get<double>()) : std::nullopt;
      };
      result.scores[scope] = {.uf1 = score("uf1"), .uar = score("uar"), .accuracy = score("accuracy")};
    }
    out.push_back(std::move(result));
  }
  return out;
}

StatisticsSpec statistics_of(const Json& json) {
  StatisticsSpec out{.family = std::nullopt, .alpha = json.at("alpha"), .equivalence = json.at("equivalence")};
  if (!json.contains("family")) return out;
  out.family = ComparisonFamily{.name = json.at("family").at("name"), .pairs = {}};
  for (const Json& pair : json.at("family").at("pairs")) out.family->pairs.emplace_back(pair.at(0), pair.at(1));
  return out;
}

// What is left of a map without the keys every dataset or protocol has: the adapter's or protocol's own.
Json own_keys(Json json, std::initializer_list<const char*> common) {
  for (const char* key : common) json.erase(key);
  return json;
}

ExperimentSpec spec_of(const CheckedTree& checked) {
  const Json& json = checked.value;
  ExperimentSpec out;
  out.schema_version = json.at("schema_version");
  out.name = json.at("name");
  out.description = json.at("description");
  const Json& dataset = json.at("dataset");
  out.dataset.adapter = dataset.at("adapter");
  out.dataset.root = dataset.value("root", "");
  const Json& label_map = dataset.at("label_map");
  if (label_map.is_object()) out.dataset.labels = label_map;
  out.dataset.label_map = label_map.is_object() ? label_map.at("id") : label_map;
  out.dataset.only = dataset.value("only", std::vector<std::string>{});
  out.dataset.options = own_keys(dataset, {"adapter", "root", "label_map", "only"});
  out.dataset.where = checked.tree.find("dataset")->key_or_value();
  out.protocol.name = json.at("protocol").at("name");
  out.protocol.options = own_keys(json.at("protocol"), {"name"});
  out.protocol.where = checked.tree.find("protocol")->key_or_value();
  const Node& models = *checked.tree.find("models");
  for (std::size_t i = 0; i < models.children.size(); ++i) {
    ModelSpec& model = out.models.emplace_back(model_of(json.at("models").at(i), models.children[i]));
    if (model.engine_from == EngineFrom::kModel) continue;
    model.engine = json.at("engine");
    model.engine_where = checked.tree.find("engine")->where;
  }
  for (const Json& seed : json.at("seeds")) out.seeds.push_back(core::Seed{seed.get<std::uint64_t>()});
  out.record_epochs = json.at("record_epochs");
  out.save_weights = json.at("save_weights");
  out.device = json.at("device");
  if (json.contains("published")) out.published = published_of(json.at("published"));
  if (json.contains("statistics")) out.statistics = statistics_of(json.at("statistics"));
  if (json.contains("evidence")) {
    const Json& evidence = json.at("evidence");
    out.evidence = {.above_chance_by = evidence.at("above_chance_by"),
                    .calibration_level = evidence.at("calibration_level"),
                    .latency_ms = evidence.at("latency_ms")};
  }
  if (json.contains("latency")) out.latency = latency_of(json.at("latency"), *checked.tree.find("latency"));
  return out;
}

void rewrite_paths(Node& node, const fs::path& folder) {
  if (node.is_path) node.text = path_as_written_for(node, folder);
  for (Node& child : node.children) rewrite_paths(child, folder);
}

std::size_t values_in(const Node& node) {
  std::size_t out = 1;
  for (const Node& child : node.children) out += values_in(child);
  return out;
}

// resolved.yaml must load again wherever it stands; relative paths may make it longer there.
void check_size(const LoadedExperiment& loaded, const Place& where, Problems& problems) {
  constexpr std::size_t kMostResolvedBytes = kMostBytes / 4 * 3;
  if (loaded.spec.run_count() > kMostRuns) {
    problems.add(where,
                 fmt::format("{} models with {} seeds are {} runs, at most {} are accepted", loaded.spec.models.size(),
                             loaded.spec.seeds.size(), loaded.spec.run_count(), kMostRuns),
                 "split it into several experiments");
    return;
  }
  const std::size_t values = values_in(loaded.checked.tree);
  const std::size_t bytes = loaded.resolved_yaml().size();
  const char* hint = "split it into several experiments";
  if (values > kMostNodes) {
    problems.add(where, fmt::format("written out in full, the experiment has {} values, at most {} are accepted", values, kMostNodes),
                 hint);
  } else if (bytes > kMostResolvedBytes) {
    problems.add(where, fmt::format("written out in full, the experiment has {} bytes, at most {} are accepted", bytes, kMostResolvedBytes),
                 hint);
  }
}

// `{subject}.pth` of `${DATA}/weights/{subject}.pth`; a '/' inside `${...}` divides nothing.
std::string last_part(std::string_view pattern) {
  std::size_t begin = 0;
  bool inside = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern.substr(i).starts_with("${")) inside = true;
    if (pattern[i] == '}') inside = false;
    if (pattern[i] == '/' && !inside) begin = i + 1;
  }
  return std::string(pattern.substr(begin));
}

}  // namespace

std::vector<RunSpec> expand(const ExperimentSpec& experiment) {
  std::vector<RunSpec> out;
  for (const ModelSpec& model : experiment.models) {
    for (const core::Seed seed : experiment.seeds) out.push_back({.model = model, .seed = seed});
  }
  return out;
}

core::Result<LoadedExperiment> load_experiment(const fs::path& path, std::span<const std::string> overrides, const Vocabulary& vocabulary) {
  Problems problems;
  const Type written = experiment_type(vocabulary, Form::kWritten);
  const std::optional<Composed> composed = compose(path, overrides, written, problems);
  if (!composed) return problems.error();
  if (!composed->complete) {  // what seems to be missing may stand in the include that could not be read
    (void)check(composed->tree, as_part(written), problems);
    return problems.error();
  }
  // The form people wrote is checked for what expanding it hides, the expanded form for all the rest.
  (void)check(composed->tree, written, problems);
  LoadedExperiment out;
  out.type = experiment_type(vocabulary, Form::kExpanded);
  const Node expanded = expand_tree(composed->tree, vocabulary, problems);
  Problems second;
  out.checked = check(expanded, out.type, second);
  problems.add_elsewhere(second);
  check_meaning(expanded, vocabulary, problems);
  if (!problems.empty()) return problems.error();
  out.text = composed->tree.where.source->text;
  out.spec = spec_of(out.checked);
  check_size(out, composed->tree.find("models")->key_or_value(), problems);
  if (!problems.empty()) return problems.error();
  return out;
}

core::Result<std::vector<PublishedResult>> load_published(const fs::path& path) {
  MEXBENCH_ASSIGN(const CheckedTree checked, check_file(path, published_file_type()));
  return published_of(checked.value.at("published"));
}

std::string LoadedExperiment::resolved_yaml(const fs::path& folder) const {
  Node tree = checked.tree;
  rewrite_paths(tree, folder);
  return fmt::format("# {} with every value and where it came from\n{}", in_comment(tree.where.source->label),
                     emit_yaml(tree, /*origins=*/true));
}

Json LoadedExperiment::science_json(const RunSpec& run) const {
  const Json all = science_of(checked.value, type);
  Json out = all;
  out.erase("models");
  out.erase("seeds");
  out["seed"] = run.seed.value;
  out["train"] = nullptr;
  for (std::size_t i = 0; i < spec.models.size(); ++i) {
    if (spec.models[i].label != run.model.label) continue;
    Json model = all.at("models").at(i);
    if (model.contains("train")) {
      out["train"] = model.at("train");
      model.erase("train");
    }
    if (spec.models[i].weights) model["weights"] = last_part(spec.models[i].weights_as_written);
    if (spec.models[i].init) model["init"]["weights"] = last_part(spec.models[i].init->weights_as_written);
    out["model"] = std::move(model);
  }
  return out;
}

}  // namespace mexbench::config
