#include "harness/run/reproduce.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <set>

#include "harness/audit/join.h"
#include "harness/core/files.h"
#include "harness/core/text.h"
#include "harness/data/subject_names.h"
#include "harness/store/json_file.h"

namespace mexbench::run {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

constexpr const char* kConfirmed = "confirmed";
constexpr const char* kNotConfirmed = "not_confirmed";
constexpr const char* kNotCheckable = "not_checkable";

config::Type reproduction_type() {
  using config::choice;
  using config::defaulted;
  using config::integer;
  using config::list_of;
  using config::number;
  using config::object;
  using config::ObjectSchema;
  using config::optional;
  using config::path;
  using config::required;
  using config::text;
  using config::text_like;
  ObjectSchema figure;
  figure.doc = "One published number.";
  figure.fields = {required("scope", text(), "`all` or a dataset id"),
                   required("metric", choice({{"uf1", ""}, {"uar", ""}, {"accuracy", ""}}), "which figure"),
                   required("published", number({.minimum = 0.0, .maximum = 1.0}), "as printed"),
                   defaulted("decimals", integer({.minimum = 1, .maximum = 12}), 4, "digits it was printed with"),
                   required("source", text(), "table, page or line")};
  ObjectSchema schema;
  schema.doc = "A published result and what is to be checked of it.";
  schema.fields = {required("schema_version", integer({.minimum = 1, .maximum = 1}), "1"),
                   required("reproduction", text_like("[A-Za-z0-9][A-Za-z0-9._-]*", "letters, digits, '.', '_' and '-'"), "its name"),
                   required("title", text(), "one line"),
                   required("experiment", path(), "the experiment that runs, or whose corpus the log is joined to"),
                   optional("predictions", path(), "a published log to score instead of running"),
                   optional("log", path(), "a published log of predictions per fold to compare with"),
                   required("figures", list_of(object(figure)), "every published number")};
  return object(schema);
}

double tolerance_of(int decimals) { return 0.5 * std::pow(10.0, -decimals) * (1.0 + 1e-9); }

const eval::Figure& figure_of(const eval::ScopeMetrics& metrics, const std::string& metric) {
  if (metric == "uf1") return metrics.uf1;
  return metric == "uar" ? metrics.uar : metrics.accuracy;
}

// Truth and prediction exchanged, which is only possible when both are single classes.
eval::PredictionSet exchanged(const eval::PredictionSet& predictions) {
  eval::PredictionSet out = predictions;
  for (eval::Prediction& row : out.rows) {
    const auto truth = row.truth.single_class();
    row.truth = data::Truth::one_class(row.predicted);
    row.predicted = truth.value_or(row.predicted);
    row.scores.clear();
  }
  return out;
}

Figure check_one(const PublishedFigure& published, const eval::Metrics& metrics, const eval::Metrics& swapped) {
  Figure figure{.name = published.scope + "." + published.metric,
                .published = published.published,
                .ours = std::nullopt,
                .tolerance = tolerance_of(published.decimals),
                .status = kNotCheckable,
                .detail = {},
                .source = published.source};
  const auto scope = metrics.scopes.find(published.scope);
  if (scope == metrics.scopes.end()) {
    figure.detail = fmt::format("there are no clips of '{}'", published.scope);
    return figure;
  }
  const eval::Figure& ours = figure_of(scope->second, published.metric);
  if (!ours.value) {
    figure.detail = "undefined: " + ours.reason;
    return figure;
  }
  figure.ours = ours.value;
  if (std::abs(*ours.value - published.published) <= figure.tolerance) {
    figure.status = kConfirmed;
    return figure;
  }
  figure.status = kNotConfirmed;
  figure.detail = fmt::format("differs by {:+.4f}", *ours.value - published.published);
  if (published.metric == "uar") {
    const eval::Figure& other = figure_of(swapped.scopes.at(published.scope), published.metric);
    if (other.value && std::abs(*other.value - published.published) <= figure.tolerance) {
      figure.detail = fmt::format(
          "the published number comes out when truth and prediction are exchanged: it is the mean over classes of precision ({:.4f}), "
          "not of recall ({:.4f})",
          *other.value, *ours.value);
    }
  }
  return figure;
}

Figure count_figure(std::string name, std::size_t wanted, std::size_t seen, std::string detail, std::string source) {
  return {.name = std::move(name),
          .published = static_cast<double>(wanted),
          .ours = static_cast<double>(seen),
          .tolerance = 0.0,
          .status = wanted == seen ? kConfirmed : kNotConfirmed,
          .detail = std::move(detail),
          .source = std::move(source)};
}

// Files that are pinned and were not read (a part of the corpus was asked for) are not confirmed.
Figure check_pins(const RunReport& report, std::size_t pinned) {
  std::vector<std::string> broken;
  for (const auto& [name, holds] : report.pins) {
    if (!holds) broken.push_back(name);
  }
  std::vector<std::string> detail;
  if (!broken.empty()) detail.push_back(fmt::format("not the released file: {}", core::join(broken, ", ")));
  if (report.pins.size() < pinned) detail.push_back(fmt::format("{} of the files were not read", pinned - report.pins.size()));
  return count_figure("weights.sha256", pinned, report.pins.size() - broken.size(), core::join(detail, "; "), "pinned digests");
}

core::Result<eval::PredictionSet> run_predictions(const ReproductionSpec& spec, const config::LoadedExperiment& loaded,
                                                  const Catalogue& catalogue, const ReproduceOptions& options, Reproduction& out) {
  RunOptions run_options;
  run_options.out = options.out;
  run_options.jobs = options.jobs;
  run_options.fresh = options.fresh;
  run_options.redo = options.redo;
  run_options.pins = options.pins ? Pins::kReport : Pins::kIgnore;
  const fs::path folder = options.out / loaded.spec.name;
  const ExperimentInput input{.spec = loaded.spec,
                              .given_yaml = loaded.text,
                              .resolved_yaml = loaded.resolved_yaml(folder),
                              .science_of = [&](const config::RunSpec& run) { return loaded.science_json(run); }};
  MEXBENCH_ASSIGN(const RunReport report, run_experiment(input, catalogue, run_options));
  out.folder = report.folder;
  out.interrupted = report.interrupted;
  if (report.interrupted) return Error(ErrorCode::kInterrupted, fmt::format("interrupted; go on with 'mexbench reproduce {}'", spec.name));
  if (!report.complete()) {
    const FailedFold& fold = report.failed.front();
    return Error(ErrorCode::kFailed, fmt::format("{} folds failed, the first is '{}': {}", report.failed.size(), fold.fold, fold.reason));
  }
  const config::ModelSpec& model = loaded.spec.models.front();
  if (options.pins && !model.weights_sha256.empty()) out.figures.push_back(check_pins(report, model.weights_sha256.size()));
  const fs::path file = report.folder / model.label / fmt::format("seed-{}", loaded.spec.seeds.front().value) / "predictions.csv";
  MEXBENCH_ASSIGN(const std::string csv, core::read_file(file));
  return eval::parse_predictions(csv, file.string(), {});
}

core::Result<eval::PredictionSet> log_predictions(const ReproductionSpec& spec, const data::Manifest& manifest,
                                                  const ReproduceOptions& options, Reproduction& out) {
  MEXBENCH_ASSIGN(const std::string content, core::read_file(*spec.predictions));
  const std::string file = spec.predictions->string();
  eval::ReadOptions read;
  read.keep_duplicates = true;
  MEXBENCH_ASSIGN(const eval::ImportedPredictions imported, eval::import_predictions(content, file, read, &manifest));
  MEXBENCH_ASSIGN(eval::PredictionSet joined, audit::join_manifest(imported.predictions, manifest, file));
  out.folder = options.out / spec.name;
  MEXBENCH_TRY(core::write_file_atomic(out.folder / "predictions.csv", eval::to_csv(joined)));
  MEXBENCH_TRY(store::write_json(out.folder / "metrics.json", eval::to_json(eval::evaluate(joined))));
  return joined;
}

}  // namespace

bool Reproduction::all_confirmed() const {
  for (const Figure& figure : figures) {
    if (figure.status != kConfirmed) return false;
  }
  return true;
}

core::Result<ReproductionSpec> load_reproduction(const fs::path& file) {
  MEXBENCH_ASSIGN(const config::CheckedTree checked, config::check_file(file, reproduction_type()));
  const json& value = checked.value;
  ReproductionSpec spec;
  spec.name = value.at("reproduction");
  spec.title = value.at("title");
  spec.experiment = value.at("experiment").get<std::string>();
  if (value.contains("predictions")) spec.predictions = value.at("predictions").get<std::string>();
  if (value.contains("log")) spec.log = value.at("log").get<std::string>();
  for (const json& figure : value.at("figures")) {
    spec.figures.push_back({.scope = figure.at("scope"),
                            .metric = figure.at("metric"),
                            .published = figure.at("published"),
                            .decimals = figure.at("decimals"),
                            .source = figure.at("source")});
  }
  return spec;
}

std::vector<Figure> check_figures(std::span<const PublishedFigure> published, const eval::PredictionSet& predictions) {
  const eval::Metrics metrics = eval::evaluate(predictions);
  const eval::Metrics swapped = eval::evaluate(exchanged(predictions));
  std::vector<Figure> figures;
  for (const PublishedFigure& figure : published) figures.push_back(check_one(figure, metrics, swapped));
  return figures;
}

std::vector<Figure> check_log(std::span<const eval::FoldLog> log, const eval::PredictionSet& predictions, const data::Manifest& manifest) {
  std::map<core::ClipId, const eval::Prediction*> by_clip;
  for (const eval::Prediction& row : predictions.rows) by_clip.emplace(row.clip, &row);
  std::map<std::string, std::vector<const eval::Prediction*>> by_subject;  // raw subject -> rows in the manifest's order
  for (const data::Clip& clip : manifest.clips) {
    if (const auto row = by_clip.find(clip.id); row != by_clip.end())
      by_subject[std::string(core::raw_subject(clip.subject))].push_back(row->second);
  }

  eval::PredictionSet so_far;
  so_far.classes = predictions.classes;
  std::size_t wanted = 0;
  std::size_t equal = 0;
  std::vector<std::string> first_differences;
  struct Running {
    std::size_t wanted = 0;
    std::size_t equal = 0;
    std::string first;
  };
  Running uf1;
  Running uar;
  const auto compare = [](Running& running, const std::optional<double>& published, const eval::Figure& ours, const std::string& subject) {
    if (!published) return;
    ++running.wanted;
    // The log prints nan where a class had not occurred yet: so do we not have a number there.
    const bool same = std::isnan(*published) ? !ours.value : ours.value && std::abs(*ours.value - *published) <= tolerance_of(4);
    if (same) {
      ++running.equal;
    } else if (running.first.empty()) {
      running.first = fmt::format("first after fold '{}'", subject);
    }
  };
  std::set<std::string> absent;  // subjects the log does not have
  for (const auto& [subject, rows] : by_subject) absent.insert(subject);
  const auto differs = [&](const std::string& what) {
    if (first_differences.size() < 5) first_differences.push_back(what);
  };
  for (const eval::FoldLog& fold : log) {
    const auto& rows = by_subject[fold.subject];
    absent.erase(fold.subject);
    wanted += std::max(fold.predicted.size(), rows.size());
    for (std::size_t i = fold.predicted.size(); i < rows.size(); ++i) differs(fmt::format("{} is not in the log", rows[i]->clip.text()));
    for (std::size_t i = 0; i < fold.predicted.size(); ++i) {
      const bool same = i < rows.size() && core::parse_int(fold.predicted[i]) == static_cast<std::int64_t>(rows[i]->predicted);
      if (same) {
        ++equal;
      } else {
        differs(i < rows.size() ? rows[i]->clip.text() : fmt::format("position {} of fold '{}'", i + 1, fold.subject));
      }
    }
    for (const eval::Prediction* row : rows) so_far.rows.push_back(*row);
    if (so_far.rows.empty()) continue;
    const eval::ScopeMetrics metrics = eval::evaluate(so_far).scopes.at("all");
    compare(uf1, fold.uf1_so_far, metrics.uf1, fold.subject);
    compare(uar, fold.uar_so_far, metrics.uar, fold.subject);
  }
  for (const std::string& subject : absent) {
    wanted += by_subject[subject].size();
    differs(fmt::format("subject '{}' is not in the log", subject));
  }
  const std::string where = first_differences.empty() ? ""
                                                      : fmt::format("differ: {}{}", core::join(first_differences, ", "),
                                                                    wanted - equal > first_differences.size() ? ", ..." : "");
  return {count_figure("log.predictions", wanted, equal, where, "released log, position by position"),
          count_figure("log.uf1", uf1.wanted, uf1.equal, uf1.first, "released log, after each fold"),
          count_figure("log.uar", uar.wanted, uar.equal, uar.first, "released log, after each fold")};
}

core::Result<Reproduction> reproduce(const ReproductionSpec& spec, const config::Vocabulary& vocabulary, const Catalogue& catalogue,
                                     const ReproduceOptions& options) {
  MEXBENCH_ASSIGN(const config::LoadedExperiment loaded, config::load_experiment(spec.experiment, options.overrides, vocabulary));
  MEXBENCH_ASSIGN(const data::Manifest manifest, load_manifest(loaded.spec.dataset, catalogue, options.out, options.jobs));
  Reproduction out;
  out.name = spec.name;
  MEXBENCH_ASSIGN(const eval::PredictionSet predictions, spec.predictions ? log_predictions(spec, manifest, options, out)
                                                                          : run_predictions(spec, loaded, catalogue, options, out));
  for (Figure& figure : check_figures(spec.figures, predictions)) out.figures.push_back(std::move(figure));
  if (spec.log) {
    MEXBENCH_ASSIGN(const std::string content, core::read_file(*spec.log));
    MEXBENCH_ASSIGN(const std::vector<eval::FoldLog> log, eval::parse_fold_log(content, spec.log->string()));
    for (Figure& figure : check_log(log, predictions, manifest)) out.figures.push_back(std::move(figure));
  }
  MEXBENCH_TRY(store::write_json(out.folder / "reproduction.json", to_json(out)));
  return out;
}

json to_json(const Reproduction& reproduction) {
  json figures = json::array();
  for (const Figure& figure : reproduction.figures) {
    figures.push_back({{"name", figure.name},
                       {"published", figure.published},
                       {"ours", figure.ours ? json(*figure.ours) : json(nullptr)},
                       {"tolerance", figure.tolerance},
                       {"status", figure.status},
                       {"detail", figure.detail},
                       {"source", figure.source}});
  }
  return {{"schema", "mexbench.reproduction/1"}, {"name", reproduction.name}, {"figures", std::move(figures)}};
}

}  // namespace mexbench::run
