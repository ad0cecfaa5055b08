#include <fmt/format.h>

#include <memory>
#include <optional>
#include <system_error>

#include "harness/cli/common.h"
#include "harness/config/problems.h"
#include "harness/core/console.h"
#include "harness/core/files.h"
#include "harness/run/own_clips.h"
#include "harness/run/predict.h"

namespace mexbench::cli {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;

struct Arguments {
  std::string from;  // a run's folder or an experiment file
  std::vector<std::string> clips;
  std::string dataset;  // an experiment file
  std::optional<std::string> fold;
  std::optional<std::string> model;
  std::optional<std::uint64_t> seed;
  std::vector<std::string> overrides;
  std::string out;
  std::string cache = "runs";
  std::string format = "text";
};

core::Result<data::Manifest> corpus_of(const config::LoadedExperiment& experiment, const Arguments& arguments) {
  return run::load_manifest(experiment.spec.dataset, catalogue(), arguments.cache, available_cores());
}

core::Result<run::Predictor> predictor(const Arguments& arguments) {
  std::error_code failure;
  if (fs::is_directory(arguments.from, failure)) {
    if (arguments.model || arguments.seed || !arguments.overrides.empty()) {
      return Error(ErrorCode::kUsage,
                   "'--model', '--seed' and '--set' are for an experiment file; a run's folder is of one model and seed");
    }
    return run::predictor_of_run(arguments.from, arguments.fold, vocabulary(), catalogue());
  }
  MEXBENCH_ASSIGN(const config::LoadedExperiment experiment, config::load_experiment(arguments.from, arguments.overrides, vocabulary()));
  MEXBENCH_ASSIGN(data::Manifest manifest, corpus_of(experiment, arguments));
  run::ModelChoice choice{.label = arguments.model, .seed = std::nullopt, .fold = arguments.fold};
  if (arguments.seed) choice.seed = core::Seed{*arguments.seed};
  return run::predictor_of_experiment(experiment, std::move(manifest), catalogue(), choice);
}

core::Result<data::Manifest> clips(const Arguments& arguments, const run::Predictor& predictor) {
  if (arguments.dataset.empty()) return run::own_clips(predictor.manifest, arguments.clips);
  MEXBENCH_ASSIGN(const config::LoadedExperiment experiment, config::load_experiment(arguments.dataset, {}, vocabulary()));
  MEXBENCH_ASSIGN(data::Manifest corpus, corpus_of(experiment, arguments));
  auto out = run::clips_of(std::move(corpus), predictor);
  if (!out) return config::placed(out.error(), experiment.spec.dataset.where);
  return out;
}

core::Result<run::Predictions> predictions(const Arguments& arguments) {
  if (arguments.clips.empty() == arguments.dataset.empty()) {
    return Error(ErrorCode::kUsage, arguments.clips.empty() ? "no clips to predict" : "clips are given, and '--dataset' too")
        .hint("give image files, folders of them, or '--dataset EXPERIMENT.yaml' for the clips of a corpus");
  }
  MEXBENCH_ASSIGN(const run::Predictor model, predictor(arguments));
  MEXBENCH_ASSIGN(const data::Manifest manifest, clips(arguments, model));
  return run::predict(model, manifest, available_cores());
}

core::Table table_of(const run::Predictions& predictions) {
  core::Table table;
  table.columns = {{"clip"}, {"prediction"}};
  for (const std::string& name : predictions.classes) table.columns.push_back({name, core::Align::kRight, "score:" + name});
  for (const run::ClipPrediction& row : predictions.rows) {
    std::vector<core::Cell> cells{row.clip, predictions.classes[row.prediction]};
    for (const float score : row.scores) cells.push_back(core::Cell::number(score, 4));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

int predict_verb(const Arguments& arguments) {
  const auto predicted = predictions(arguments);
  if (!predicted) return fail(predicted.error());
  print_warnings(predicted->warnings);
  const std::string csv = run::to_csv(*predicted);
  if (!arguments.out.empty()) {
    if (const core::Status written = core::write_file_atomic(arguments.out, csv); !written) return fail(written.error());
    core::tell(fmt::format("wrote {} predictions to {}\n", predicted->rows.size(), arguments.out));
  }
  fmt::print("{}", arguments.format == "csv" ? csv : core::render(table_of(*predicted), format_of(arguments.format)));
  return 0;
}

}  // namespace

void add_predict(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* predict = app.add_subcommand("predict", "apply a fold's weights, or any model with weights, to clips of your own");
  predict->add_option("from", arguments->from, "folder of a run (<out>/<experiment>/<label>/seed-<n>), or an experiment file")->required();
  predict->add_option("clips", arguments->clips, "images like the run's own, or folders of them");
  predict->add_option("--fold", arguments->fold, "whose weights, e.g. casme2/sub01");
  predict->add_option("--model", arguments->model, "label of the experiment file's model; it must have 'weights'");
  predict->add_option("--seed", arguments->seed, "seed of that model");
  predict->add_option("--dataset", arguments->dataset, "experiment file: the clips of its dataset, in place of own ones");
  add_overrides(*predict, arguments->overrides);
  predict->add_option("--out", arguments->out, "write the predictions as CSV there too");
  add_format(*predict, arguments->format);
  predict->footer(
      "\nExamples:\n"
      "  mexbench predict runs/mine/ststnet/seed-0 --fold casme2/sub01 clip1.png clip2.png\n"
      "  mexbench predict runs/mine/ststnet/seed-0 --fold casme2/sub01 my-clips --out predictions.csv\n"
      "  mexbench predict my.yaml --model released --fold casme2/sub01 my-clips --format json");
  predict->callback([arguments, &action] { action = [arguments] { return predict_verb(*arguments); }; });
}

}  // namespace mexbench::cli
