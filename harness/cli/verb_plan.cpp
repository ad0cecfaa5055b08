#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "harness/cli/common.h"
#include "harness/run/run_plan.h"
#include "harness/store/json_file.h"

namespace mexbench::cli {
namespace {

struct Arguments {
  std::string file;
  std::string out = "runs";
  std::vector<std::string> overrides;
  std::string export_file;
  std::string format = "text";
};

core::Table plan_table(const run::ExperimentPlan& plan) {
  core::Table table;
  table.columns = {{"model"},
                   {"seed", core::Align::kRight},
                   {"kind"},
                   {"folds", core::Align::kRight},
                   {"training clips per fold", core::Align::kRight, "train_clips"},
                   {"epochs", core::Align::kRight},
                   {"science", core::Align::kLeft, "science_hash"}};
  for (const run::RunPlan& run : plan.runs) {
    std::size_t least = run.folds.front().train.size();
    std::size_t most = least;
    for (const protocol::FoldPlan& fold : run.folds) {
      least = std::min(least, fold.train.size());
      most = std::max(most, fold.train.size());
    }
    const std::string range = least == most ? fmt::format("{}", least) : fmt::format("{}-{}", least, most);
    table.rows.push_back({run.spec.model.label, core::Cell::integer(static_cast<std::int64_t>(run.spec.seed.value)),
                          run.trained() ? "trained" : "loaded weights", core::Cell::integer(static_cast<std::int64_t>(run.folds.size())),
                          run.trained() ? range : "-", run.trained() ? core::Cell::integer(run.spec.model.train->epochs) : core::Cell("-"),
                          core::Cell(run.science_hash.substr(0, 12), run.science_hash)});
  }
  return table;
}

core::Table counts_table(const data::Manifest& manifest) {
  core::Table table;
  table.columns = {{"dataset"}, {"clips", core::Align::kRight}, {"subjects", core::Align::kRight}};
  for (const std::string& name : manifest.label_map.classes) table.columns.push_back({name, core::Align::kRight});
  std::map<std::string, std::vector<std::int64_t>> counts;
  std::map<std::string, std::set<core::SubjectId>> subjects;
  for (const data::Clip& clip : manifest.clips) {
    for (const std::string& scope : {clip.dataset.text(), std::string("all")}) {
      auto& row = counts[scope];
      row.resize(manifest.label_map.classes.size());
      eval::count_truth(clip.truth, row);
      subjects[scope].insert(clip.subject);
    }
  }
  std::vector<std::string> scopes{"all"};
  for (const core::DatasetId& dataset : manifest.datasets()) scopes.push_back(dataset.text());
  if (scopes.size() == 2) scopes.erase(scopes.begin());
  for (const std::string& scope : scopes) {
    std::int64_t clips = 0;
    for (const std::int64_t count : counts[scope]) clips += count;
    std::vector<core::Cell> row{scope, core::Cell::integer(clips), core::Cell::integer(static_cast<std::int64_t>(subjects[scope].size()))};
    for (const std::int64_t count : counts[scope]) row.push_back(core::Cell::integer(count));
    table.rows.push_back(std::move(row));
  }
  return table;
}

int plan_verb(const Arguments& arguments) {
  const auto loaded = config::load_experiment(arguments.file, arguments.overrides, vocabulary());
  if (!loaded) return fail(loaded.error());
  auto manifest = run::load_manifest(loaded->spec.dataset, catalogue(), arguments.out, available_cores());
  if (!manifest) return fail(manifest.error());
  const auto plan = run::make_plan(loaded->spec, [&](const config::RunSpec& run) { return loaded->science_json(run); },
                                   std::move(*manifest), catalogue(), {.out = arguments.out, .pins = run::Pins::kEnforce});
  if (!plan) return fail(plan.error());
  print_warnings(plan->warnings);
  if (!arguments.export_file.empty()) {
    const nlohmann::json folds = protocol::folds_to_json(plan->runs.front().folds, plan->manifest, loaded->spec.name,
                                                         loaded->spec.protocol.name, loaded->spec.protocol.options);
    if (const core::Status written = store::write_json(arguments.export_file, folds); !written) return fail(written.error());
    fmt::print(stderr, "wrote {} folds to {}\n", plan->runs.front().folds.size(), arguments.export_file);
  }
  const core::TableFormat format = format_of(arguments.format);
  fmt::print("{}", core::render(plan_table(*plan), format));
  if (format == core::TableFormat::kText) {
    fmt::print("\n{}\n", core::render(counts_table(plan->manifest), format));
    fmt::print("manifest {}\nwould write to {}\n", plan->manifest_hash, plan->folder.string());
  }
  return 0;
}

int validate_verb(const Arguments& arguments) {
  const auto loaded = config::load_experiment(arguments.file, arguments.overrides, vocabulary());
  if (!loaded) return fail(loaded.error());
  const std::size_t runs = config::expand(loaded->spec).size();
  fmt::print("{}: valid: experiment '{}', {} {}\n", arguments.file, loaded->spec.name, runs, runs == 1 ? "run" : "runs");
  return 0;
}

}  // namespace

void add_plan(CLI::App& app, Action& action) {
  const auto validated = std::make_shared<Arguments>();
  CLI::App* validate = app.add_subcommand("validate", "check an experiment file; reads no data");
  validate->add_option("experiment", validated->file, "experiment file (YAML)")->required();
  validate->add_option("--set", validated->overrides, "override a value: key.path=value (repeatable)")->take_all()->allow_extra_args(false);
  validate->footer(
      "\nExamples:\n"
      "  mexbench validate experiments/quickstart/quickstart.yaml\n"
      "  mexbench validate my.yaml --set train.epochs=3\n"
      "  mexbench validate my.yaml && mexbench run my.yaml");
  validate->callback([validated, &action] { action = [validated] { return validate_verb(*validated); }; });

  const auto arguments = std::make_shared<Arguments>();
  CLI::App* plan = app.add_subcommand("plan", "what would run: data counts, folds, models, without running it");
  plan->add_option("experiment", arguments->file, "experiment file (YAML)")->required();
  plan->add_option("--out", arguments->out, "folder of the runs")->capture_default_str();
  plan->add_option("--set", arguments->overrides, "override a value: key.path=value (repeatable)")->take_all()->allow_extra_args(false);
  plan->add_option("--export", arguments->export_file, "write the folds of the first run as JSON, for training elsewhere");
  add_format(*plan, arguments->format);
  plan->footer(
      "\nExamples:\n"
      "  mexbench plan experiments/baselines/ststnet/scratch.yaml\n"
      "  mexbench plan my.yaml --export folds.json\n"
      "  mexbench plan my.yaml --set protocol.name=lodo --format json");
  plan->callback([arguments, &action] { action = [arguments] { return plan_verb(*arguments); }; });
}

}  // namespace mexbench::cli
