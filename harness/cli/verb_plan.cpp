#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "harness/cli/common.h"
#include "harness/core/console.h"
#include "harness/core/text.h"
#include "harness/run/engines.h"
#include "harness/run/run_plan.h"
#include "harness/store/json_file.h"

namespace mexbench::cli {
namespace {

struct PlanArguments : ExperimentArguments {
  std::string export_file;
  std::optional<std::string> model;  // whose folds
  std::optional<std::uint64_t> seed;
  std::string table;  // empty: all as text, else the runs
  std::string format = "text";
};

// "3 x 28x28 (strain, v, u), resized to 64x64, bilinear"
std::string input_of(const run::RunPlan& run, const data::InputRecipe& data) {
  constexpr std::size_t kFew = 4;
  std::vector<std::string> names;
  for (const std::int64_t channel : run.channels) names.push_back(data.channels[static_cast<std::size_t>(channel)]);
  const std::string shown = names.size() <= kFew ? core::join(names, ", ") : fmt::format("{} to {}", names.front(), names.back());
  const std::string steps = data::in_words(run.adaptation);
  return fmt::format("{} x {}x{} ({}){}{}", names.size(), data.height, data.width, shown, steps.empty() ? "" : ", ", steps);
}

core::Table runs_table(const run::ExperimentPlan& plan, core::TableFormat format) {
  const bool for_people = format == core::TableFormat::kText || format == core::TableFormat::kMarkdown;
  core::Table table;
  table.columns = {{"model"},
                   {"seed", core::Align::kRight},
                   {"kind"},
                   {"folds", core::Align::kRight},
                   {"training clips per fold", core::Align::kRight, "train_clips"},
                   {"epochs", core::Align::kRight},
                   {"science", core::Align::kLeft, "science_hash"},
                   {"input"}};
  // People read it below the tables.
  if (!for_people) table.columns.insert(table.columns.end(), {{"engine"}, {"engine_reason"}});
  for (const run::RunPlan& run : plan.runs) {
    std::size_t least = run.folds.front().train.size();
    std::size_t most = least;
    for (const protocol::FoldPlan& fold : run.folds) {
      least = std::min(least, fold.train.size());
      most = std::max(most, fold.train.size());
    }
    const std::string range = least == most ? fmt::format("{}", least) : fmt::format("{}-{}", least, most);
    table.rows.push_back({run.spec.model.label, core::Cell::integer(static_cast<std::int64_t>(run.spec.seed.value)),
                          run.trained()  ? "trained"
                          : run.fitted() ? "fitted"
                                         : "loaded weights",
                          core::Cell::integer(static_cast<std::int64_t>(run.folds.size())), run.trained() ? range : "-",
                          run.trained() ? core::Cell::integer(run.spec.model.train->epochs) : core::Cell("-"),
                          core::Cell(run.science_hash.substr(0, 12), run.science_hash), input_of(run, plan.manifest.input)});
    if (for_people) continue;
    table.rows.back().emplace_back(run.engine ? std::string(engine::to_string(run.engine->engine)) : std::string());
    table.rows.back().emplace_back(run.engine ? run.engine->reason : std::string());
  }
  return table;
}

// The subjects of these clips, few by name, all of them for programs.
core::Cell subjects_cell(const std::vector<std::size_t>& clips, const data::Manifest& manifest) {
  constexpr std::size_t kFew = 3;
  std::set<core::SubjectId> subjects;
  for (const std::size_t clip : clips) subjects.insert(manifest.clips[clip].subject);
  std::vector<std::string> names;
  names.reserve(subjects.size());
  for (const core::SubjectId& subject : subjects) names.push_back(subject.text());
  return {names.size() <= kFew ? core::join(names, ", ") : fmt::format("{} subjects", names.size()), core::join(names, " ")};
}

// Protocol and corpus decide what a fold tests, so that is the same in all runs; whom a run takes from the training side for validation
// depends on its seed.
core::Table folds_table(const run::ExperimentPlan& plan, std::size_t of) {
  core::Table table;
  table.columns = {{"fold"},
                   {"left out", core::Align::kLeft, "test_subjects"},
                   {"training clips", core::Align::kRight, "train_clips"},
                   {"validation clips", core::Align::kRight, "validation_clips"},
                   {"test clips", core::Align::kRight, "test_clips"}};
  const auto count = [](const std::vector<std::size_t>& clips) { return core::Cell::integer(static_cast<std::int64_t>(clips.size())); };
  for (const protocol::FoldPlan& fold : plan.runs[of].folds) {
    table.rows.push_back(
        {fold.id.text(), subjects_cell(fold.test, plan.manifest), count(fold.train), count(fold.validation), count(fold.test)});
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

void print_tables(const run::ExperimentPlan& plan, std::size_t of, const PlanArguments& arguments) {
  const core::TableFormat format = format_of(arguments.format);
  if (arguments.table.empty() && format == core::TableFormat::kText) {
    fmt::print("{}\n{}\n{}\n", core::render(runs_table(plan, format), format), core::render(folds_table(plan, of), format),
               core::render(counts_table(plan.manifest), format));
    for (const std::string& line : run::engine_lines(plan)) fmt::print("{}\n", line);
    fmt::print("manifest {}\nwould write to {}\n", plan.manifest_hash, plan.folder.string());
    return;
  }
  fmt::print("{}", core::render(arguments.table == "folds"    ? folds_table(plan, of)
                                : arguments.table == "counts" ? counts_table(plan.manifest)
                                                              : runs_table(plan, format),
                                format));
}

// The folds of these runs, which must be the same: runs that select epochs differ in the clips they hold out for it.
core::Status export_folds(const run::ExperimentPlan& plan, const std::vector<std::size_t>& runs, const config::ExperimentSpec& spec,
                          const std::string& file) {
  const std::filesystem::path parent = std::filesystem::path(file).parent_path();
  std::error_code none;
  if (!parent.empty() && !std::filesystem::is_directory(parent, none)) {
    return core::Error(core::ErrorCode::kUsage, fmt::format("'--export {}': there is no folder '{}'", file, parent.string()))
        .hint("make it first, or export to another one");
  }
  const run::RunPlan& first = plan.runs[runs.front()];
  nlohmann::json names = nlohmann::json::array();
  std::vector<std::string> choices;
  bool same = true;
  for (const std::size_t index : runs) {
    const run::RunPlan& run = plan.runs[index];
    names.push_back({{"model", run.spec.model.label}, {"seed", run.spec.seed.value}});
    choices.push_back(fmt::format("--model {} --seed {}", run.spec.model.label, run.spec.seed.value));
    same = same && run.rounds() == first.rounds() &&
           std::equal(
               run.folds.begin(), run.folds.end(), first.folds.begin(), first.folds.end(),
               [](const protocol::FoldPlan& a, const protocol::FoldPlan& b) { return a.train == b.train && a.validation == b.validation; });
  }
  if (!same) {
    return core::Error(core::ErrorCode::kUsage,
                       fmt::format("the {} runs of the experiment do not have the same folds: they hold out other clips to select epochs",
                                   runs.size()))
        .hint(fmt::format("say whose to export: {}", core::join(choices, ", or ")));
  }
  nlohmann::json folds = protocol::folds_to_json(first.folds, plan.manifest, spec.name, spec.protocol.name, spec.protocol.options);
  folds["runs"] = std::move(names);
  folds["refit"] = first.rounds() > 1.0;
  MEXBENCH_TRY(store::write_json(file, folds));
  core::tell(fmt::format("wrote {} folds to {}; the clips' files are below {}\n", first.folds.size(), file, plan.manifest.root.string()));
  return {};
}

int plan_verb(const PlanArguments& arguments) {
  const auto loaded = config::load_experiment(arguments.file, arguments.overrides, vocabulary());
  if (!loaded) return fail(loaded.error());
  if (const auto models = run::check_models(loaded->spec, catalogue()); !models) return fail(models.error());
  auto manifest = run::load_manifest(loaded->spec.dataset, catalogue(), arguments.out, arguments.jobs);
  if (!manifest) return fail(manifest.error());
  const auto plan = run::make_plan(loaded->spec, [&](const config::RunSpec& run) { return loaded->science_json(run); },
                                   std::move(*manifest), catalogue(), {.out = arguments.out, .pins = run::Pins::kEnforce});
  if (!plan) return fail(plan.error());
  print_warnings(plan->warnings);
  const std::optional<core::Seed> seed = arguments.seed ? std::optional(core::Seed{*arguments.seed}) : std::nullopt;
  const auto chosen = run::choose_runs(*plan, arguments.model, seed);
  if (!chosen) return fail(chosen.error());
  if (!arguments.export_file.empty()) {
    if (const core::Status written = export_folds(*plan, *chosen, loaded->spec, arguments.export_file); !written)
      return fail(written.error());
  }
  print_tables(*plan, chosen->front(), arguments);
  return 0;
}

int validate_verb(const ExperimentArguments& arguments) {
  const auto loaded = config::load_experiment(arguments.file, arguments.overrides, vocabulary());
  if (!loaded) return fail(loaded.error());
  const auto warnings = run::check_models(loaded->spec, catalogue());
  if (!warnings) return fail(warnings.error());
  print_warnings(*warnings);
  const std::size_t runs = loaded->spec.run_count();
  fmt::print("{}: valid: experiment '{}', {} {}\n", arguments.file, loaded->spec.name, runs, runs == 1 ? "run" : "runs");
  return 0;
}

}  // namespace

void add_plan(CLI::App& app, Action& action) {
  const auto validated = std::make_shared<ExperimentArguments>();
  CLI::App* validate = app.add_subcommand("validate", "check an experiment file; reads no data");
  add_experiment_arguments(*validate, *validated,
                           {.out = "as for 'run'; nothing is looked at or written there",
                            .jobs = "as for 'run'; nothing is started",
                            .fresh = "as for 'run'; nothing is set aside"});
  validate->footer(
      "\nExamples:\n"
      "  mexbench validate experiments/quickstart/quickstart.yaml\n"
      "  mexbench validate my.yaml --set train.epochs=3\n"
      "  mexbench validate my.yaml && mexbench run my.yaml");
  validate->callback([validated, &action] { action = [validated] { return validate_verb(*validated); }; });

  const auto arguments = std::make_shared<PlanArguments>();
  CLI::App* plan = app.add_subcommand("plan", "what would run: data counts, folds, models, without running it");
  add_experiment_arguments(*plan, *arguments,
                           {.out = "folder of the runs; a generated corpus is rendered below it, nothing else is written",
                            .jobs = "threads that render a generated corpus",
                            .fresh = "as for 'run'; nothing is set aside"});
  plan->add_option("--export", arguments->export_file, "write the folds as JSON, for training elsewhere");
  plan->add_option("--table", arguments->table, "runs, folds or counts; without it all as text, runs in other formats")
      ->check(CLI::IsMember({"runs", "folds", "counts"}));
  plan->add_option("--model", arguments->model,
                   "label of the model whose folds are written or shown; without it the first one's are shown");
  plan->add_option("--seed", arguments->seed, "seed of the run whose folds are written or shown; likewise");
  add_format(*plan, arguments->format);
  plan->footer(
      "\nExamples:\n"
      "  mexbench plan experiments/baselines/ststnet/scratch.yaml\n"
      "  mexbench plan my.yaml --export folds.json --model ststnet --seed 0\n"
      "  mexbench plan my.yaml --table folds --format csv");
  plan->callback([arguments, &action] { action = [arguments] { return plan_verb(*arguments); }; });
}

}  // namespace mexbench::cli
