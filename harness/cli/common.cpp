#include "harness/cli/common.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "datasets/registry.h"
#include "harness/config/problems.h"
#include "harness/config/tree.h"
#include "harness/core/console.h"
#include "harness/core/memory.h"
#include "harness/core/text.h"
#include "harness/data/stages.h"
#include "harness/run/worker_process.h"
#include "models/registry.h"

namespace mexbench::cli {
namespace {

using core::Error;

config::Range range_of(const std::optional<double>& low, const std::optional<double>& high) {
  config::Range range;
  range.minimum = low;
  range.maximum = high;
  return range;
}

config::Type choice_of(const std::vector<std::string>& words) {
  std::vector<config::Choice> choices;
  for (const std::string& word : words) choices.push_back({.value = word, .doc = ""});
  return config::choice(std::move(choices));
}

config::Type param_type(const models::ParamDef& param) {
  const config::Range range = range_of(param.min, param.max);
  switch (param.type) {
    case models::ParamDef::Type::kInteger:
      return config::integer(range);
    case models::ParamDef::Type::kNumber:
      return config::number(range);
    case models::ParamDef::Type::kBoolean:
      return config::boolean();
    case models::ParamDef::Type::kChoice:
      return choice_of(param.choices);
    case models::ParamDef::Type::kIntegers:
    case models::ParamDef::Type::kNumbers:
      break;
  }
  const config::Type entry = param.type == models::ParamDef::Type::kIntegers ? config::integer(range) : config::number(range);
  const config::Type list = config::list_of(entry, {.least = param.least, .most = param.most});
  return param.lone ? config::either({entry, list}) : list;
}

config::ObjectSchema params_schema(const models::ModelCard& card) {
  config::ObjectSchema schema;
  schema.doc = card.title + " (" + card.paper + ")";
  for (const models::ParamDef& param : card.params) {
    const config::Field field = param.middle ? config::optional(param.name, param_type(param), param.doc)
                                             : config::defaulted(param.name, param_type(param), param.default_value, param.doc);
    schema.fields.push_back(field.introduced_in(param.since));
  }
  schema.conflicts = [&card](const nlohmann::json& params) {
    std::vector<config::Conflict> out;
    for (models::Conflict& conflict : models::conflicts_of(card, params)) {
      out.push_back({.keys = std::move(conflict.params), .message = std::move(conflict.message)});
    }
    return out;
  };
  return schema;
}

config::ModelSchema model_schema(const models::ModelCard& card) {
  config::ModelSchema schema;
  schema.params = params_schema(card);
  if (card.kind == models::Kind::kMethod) schema.learning = config::Learning::kByItself;
  if (card.kind == models::Kind::kFile) {
    schema.learning = card.name == "onnx" ? config::Learning::kNever : config::Learning::kByRecipe;
    schema.has_file = card.name != "onnx";
    schema.file_or_weights = card.name == "torchscript";
    schema.own_params = card.name == "plugin";
  }
  return schema;
}

config::Type option_type(const data::OptionDef& option);

config::Field option_field(const data::OptionDef& option) {
  // An empty path means "not given": as an optional key it stays out of the settings.
  if (option.type == data::OptionType::kPath) return config::optional(option.name, option_type(option), option.doc);
  return config::defaulted(option.name, option_type(option), option.default_value, option.doc).introduced_in(option.since);
}

// A list of stages (harness/data/stages.h). That they fit together is said by the adapter's outline.
config::Type stages_type() {
  std::vector<config::Variant> variants;
  for (const data::StageDef& stage : data::stage_defs()) {
    config::Variant variant{.name = stage.name, .schema = {.doc = stage.doc, .fields = {}, .exactly_one_of = {}}};
    for (const data::OptionDef& option : stage.options) variant.schema.fields.push_back(option_field(option));
    variants.push_back(std::move(variant));
  }
  return config::list_of(
      config::one_of("stage", std::move(variants), {.doc = "A step from frames to the tensor.", .fields = {}, .exactly_one_of = {}}),
      {.least = 0});
}

// Corrections by the names a corpus knows, or written out (datasets/corrections.h).
config::Type corrections_type(const std::vector<std::string>& names) {
  const config::Type frame = config::integer({.minimum = 0});
  config::Type set = config::object(
      {.doc = "What a correction sets.",
       .fields = {config::optional("onset", frame, "frame number"), config::optional("apex", frame, "frame number"),
                  config::optional("offset", frame, "frame number"), config::optional("label", config::text(), "native label")},
       .exactly_one_of = {},
       .any_key = true});
  config::Type own = config::object({.doc = "A correction of the experiment's own.",
                                     .fields = {config::required("clip", config::text(), "subject/clip in the release's folder form"),
                                                config::optional("onset", frame, "the sheet's onset, where several clips have that name"),
                                                config::required("set", std::move(set), "what is right"),
                                                config::required("reason", config::text(), "why; reports list it")},
                                     .exactly_one_of = {}});
  return config::list_of(names.empty() ? std::move(own) : config::either({choice_of(names), std::move(own)}), {.least = 0});
}

config::Type option_type(const data::OptionDef& option) {
  switch (option.type) {
    case data::OptionType::kInt:
      return config::integer(range_of(option.min, option.max));
    case data::OptionType::kNumber:
      return config::number(range_of(option.min, option.max));
    case data::OptionType::kBool:
      return config::boolean();
    case data::OptionType::kPath:
      return config::path();
    case data::OptionType::kStages:
      return stages_type();
    case data::OptionType::kCorrections:
      return corrections_type(option.choices);
    case data::OptionType::kText:
      break;
  }
  return option.choices.empty() ? config::text() : choice_of(option.choices);
}

config::AdapterSchema adapter_schema(const datasets::AdapterInfo& adapter) {
  config::AdapterSchema schema;
  schema.options.doc = adapter.summary;
  schema.needs_root = adapter.needs_root;
  schema.label_maps = adapter.label_maps;
  schema.own_label_maps = adapter.own_label_maps;
  schema.datasets = adapter.datasets;
  for (const data::OptionDef& option : adapter.options) schema.options.fields.push_back(option_field(option));
  return schema;
}

core::Result<run::ModelFacts> model_facts(const config::ModelSpec& model) {
  MEXBENCH_ASSIGN(const models::ModelCard* card, models::model_by_name(model.name));
  run::ModelFacts facts;
  facts.title = model.card.title.empty() ? card->title : model.card.title;
  facts.paper = model.card.paper.empty() ? card->paper : model.card.paper;
  facts.opened_late = card->kind == models::Kind::kFile || model.init.has_value();
  facts.verified = card->verified;
  facts.numeric_version = card->numeric_version;
  facts.channels = card->input.channels;
  facts.by_meaning = card->input.by_meaning;
  facts.low = card->input.low;
  facts.high = card->input.high;
  for (const models::ParamDef& param : card->params) {
    if (param.middle) facts.middle_param = param.name;
  }
  facts.image = {.height = card->input.height, .width = card->input.width};
  facts.takes_size = [](std::int64_t, std::int64_t) { return true; };
  if (card->sizes != nullptr) {
    const models::InputSizes sizes = card->sizes(model.params);
    facts.sizes = sizes.words;
    facts.takes_size = sizes.take;
  }
  facts.params_for_size = [card, params = model.params](std::int64_t height, std::int64_t width) {
    return models::params_for_size(*card, params, height, width);
  };
  facts.classes_param = card->classes_param;
  if (!card->classes_param.empty()) facts.classes = model.params.at(card->classes_param).get<std::int64_t>();
  facts.input_channels = models::channel_count(*card, model.params);
  facts.params_for_channels = [card, params = model.params](std::int64_t channels) {
    return models::params_for_channels(*card, params, channels);
  };
  // ONNX graphs are run by OpenCV.
  if (card->kind != models::Kind::kMethod && card->name != "onnx") {
    facts.fused_obstacle = [card](const nlohmann::json& params, std::int64_t height, std::int64_t width) {
      const auto description = models::describe(*card, params, height, width);
      return description ? std::string() : description.error().message();
    };
  }
  if (card->least_frames != nullptr) facts.least_frames = card->least_frames(model.params);
  return facts;
}

// What `ask` gets from the dataset's adapter; what is wrong with the request stands where the dataset is written.
template <typename T>
core::Result<T> ask_adapter(const config::DatasetSpec& dataset,
                            core::Result<T> (data::DatasetAdapter::*ask)(const data::AdapterRequest&) const) {
  MEXBENCH_ASSIGN(const datasets::AdapterInfo* adapter, datasets::find_adapter(dataset.adapter));
  MEXBENCH_ASSIGN(nlohmann::json options, datasets::complete_options(*adapter, dataset.options));
  auto answer = ((*adapter->create()).*ask)({.root = dataset.root,
                                             .label_map = dataset.label_map,
                                             .only = dataset.only,
                                             .labels = dataset.labels,
                                             .options = std::move(options)});
  if (!answer && answer.error().code() == core::ErrorCode::kUsage) return config::placed(answer.error(), dataset.where);
  return answer;
}

}  // namespace

config::Vocabulary vocabulary() {
  config::Vocabulary words;
  for (const models::ModelCard& card : models::all_models()) {
    words.models[card.name] = model_schema(card);
  }
  for (const datasets::AdapterInfo& adapter : datasets::registry()) words.adapters[adapter.id] = adapter_schema(adapter);
  words.protocols = config::protocol_schemas();
  return words;
}

run::Catalogue catalogue() {
  run::Catalogue out;
  out.model = model_facts;
  out.is_generated = [](const std::string& id) {
    const auto adapter = datasets::find_adapter(id);
    return adapter.ok() && !(*adapter)->needs_root;
  };
  out.outline = [](const config::DatasetSpec& dataset) { return ask_adapter(dataset, &data::DatasetAdapter::outline); };
  out.manifest = [](const config::DatasetSpec& dataset) { return ask_adapter(dataset, &data::DatasetAdapter::manifest); };
  return out;
}

run::ExperimentInput experiment_input(const config::LoadedExperiment& loaded, const std::filesystem::path& folder) {
  return {.spec = loaded.spec,
          .given_yaml = loaded.text,
          .resolved_yaml = loaded.resolved_yaml(folder),
          .science_of = [&loaded](const config::RunSpec& run) { return loaded.science_json(run); }};
}

int fail(const Error& error) {
  core::tell(error.render());
  return static_cast<int>(error.code());
}

void print_warnings(const std::vector<core::Diagnostic>& warnings) {
  for (const core::Diagnostic& warning : warnings) core::tell(core::render(warning));
}

void add_experiment_arguments(CLI::App& verb, ExperimentArguments& arguments, const ExperimentHelp& help) {
  verb.add_option("experiment", arguments.file, "experiment file (YAML)")->required();
  verb.add_option("--out", arguments.out, help.out)->capture_default_str();
  add_jobs(verb, arguments.jobs, help.jobs);
  add_overrides(verb, arguments.overrides);
  verb.add_flag("--fresh", arguments.fresh, help.fresh);
}

void add_jobs(CLI::App& verb, std::size_t& jobs, const char* help) {
  verb.add_option("--jobs,-j", jobs, help)->check(CLI::Range(1, 1024))->capture_default_str();
}

void add_overrides(CLI::App& verb, std::vector<std::string>& overrides) {
  verb.add_option("--set", overrides, "override a value: key.path=value (repeatable)")->take_all()->allow_extra_args(false);
}

void add_cache_options(CLI::App& verb, CacheArguments& arguments) {
  verb.add_option("--cache", arguments.folder,
                  "folder that keeps tensors of clips between runs, or 'off'; without it, MEXBENCH_CACHE or ~/.cache/mexbench");
  verb.add_option("--cache-limit", arguments.limit, "most it holds, e.g. 2GiB; what was not used for longest goes")->capture_default_str();
}

core::Result<std::optional<run::CacheOptions>> cache_options(const CacheArguments& arguments) {
  if (arguments.folder == "off") return std::optional<run::CacheOptions>();
  const auto bytes = core::parse_bytes(arguments.limit);
  if (!bytes) {
    return core::Error(core::ErrorCode::kUsage, fmt::format("'--cache-limit {}' is not an amount of memory", arguments.limit))
        .hint("write a whole number of B, KiB, MiB, GiB or TiB, such as --cache-limit 2GiB");
  }
  if (!arguments.folder.empty())
    return std::optional(run::CacheOptions{.folder = std::filesystem::absolute(arguments.folder).lexically_normal(), .limit = *bytes});
  const auto usual = data::default_cache_folder();
  if (!usual) return std::optional<run::CacheOptions>();
  return std::optional(run::CacheOptions{.folder = std::filesystem::absolute(*usual), .limit = *bytes});
}

void add_format(CLI::App& verb, std::string& format) {
  verb.add_option("--format", format, "text, json, md or csv")->check(CLI::IsMember({"text", "json", "md", "csv"}))->capture_default_str();
}

core::TableFormat format_of(const std::string& text) {
  const auto format = core::parse_table_format(text);
  return format ? *format : core::TableFormat::kText;  // the option accepts nothing else
}

std::size_t available_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return static_cast<std::size_t>(std::max(1, CPU_COUNT(&set)));
}

core::Result<nlohmann::json> ask_worker(const nlohmann::json& request) {
  MEXBENCH_ASSIGN(const std::filesystem::path program, run::find_worker_program());
  MEXBENCH_ASSIGN(run::WorkerProcess worker, run::WorkerProcess::start(program, run::MemoryFile()));
  const run::InterruptGuard interrupt;
  return worker.call(request, interrupt);
}

std::string quoted(const std::string& word) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+@%{}";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

core::Cell figure_cell(const eval::Figure& figure) {
  return figure.value ? core::Cell::number(*figure.value, 4) : core::Cell::undefined(figure.reason);
}

void add_interval_columns(core::Table& table) {
  table.columns.insert(table.columns.end(), {{"UF1 low (95 %)", core::Align::kRight, "uf1_low"},
                                             {"UF1 high", core::Align::kRight, "uf1_high"},
                                             {"UAR low (95 %)", core::Align::kRight, "uar_low"},
                                             {"UAR high", core::Align::kRight, "uar_high"}});
}

void add_interval_cells(const stats::ScoreIntervals& intervals, std::vector<core::Cell>& row) {
  for (const stats::Interval* interval : {&intervals.uf1, &intervals.uar}) {
    for (const std::optional<double>* bound : {&interval->low, &interval->high}) {
      row.push_back(*bound ? core::Cell::number(**bound, 4) : core::Cell::undefined(interval->reason));
    }
  }
}

core::Table results_table(const std::vector<run::RunResult>& results) {
  core::Table table;
  table.columns = {{"model"},
                   {"seed", core::Align::kRight},
                   {"scope"},
                   {"clips", core::Align::kRight},
                   {"subjects", core::Align::kRight},
                   {"UF1", core::Align::kRight, "uf1"},
                   {"UAR", core::Align::kRight, "uar"},
                   {"accuracy", core::Align::kRight},
                   {"verdict"}};
  add_interval_columns(table);
  const auto add = [&](const run::RunResult& run, const std::string& scope, const eval::ScopeMetrics& metrics) {
    table.rows.push_back({run.label, core::Cell::integer(static_cast<std::int64_t>(run.seed.value)), scope,
                          core::Cell::integer(metrics.clips), core::Cell::integer(metrics.subjects), figure_cell(metrics.uf1),
                          figure_cell(metrics.uar), figure_cell(metrics.accuracy), run.verdict});
    add_interval_cells(run.intervals.at(scope), table.rows.back());
  };
  for (const run::RunResult& run : results) {
    add(run, "all", run.metrics.scopes.at("all"));
    for (const auto& [scope, metrics] : run.metrics.scopes) {
      if (scope != "all" && run.metrics.scopes.size() > 2) add(run, scope, metrics);
    }
  }
  return table;
}

core::Result<nlohmann::json> parse_settings(const std::vector<std::string>& settings, const std::vector<data::OptionDef>& known,
                                            std::string_view example) {
  nlohmann::json out = nlohmann::json::object();
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos) {
      return Error(core::ErrorCode::kUsage, fmt::format("'--set {}' has no '='", setting)).hint(fmt::format("write --set {}", example));
    }
    const std::string name = setting.substr(0, equals);
    const std::string text = setting.substr(equals + 1);
    const auto option = std::find_if(known.begin(), known.end(), [&](const data::OptionDef& one) { return one.name == name; });
    const bool is_text = option != known.end() && (option->type == data::OptionType::kText || option->type == data::OptionType::kPath);
    nlohmann::json value = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (value.is_discarded() || (is_text && !value.is_string())) value = text;
    out[name] = std::move(value);
  }
  return out;
}

}  // namespace mexbench::cli
