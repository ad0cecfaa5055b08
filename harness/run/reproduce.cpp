#include "harness/run/reproduce.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <set>

#include "harness/audit/join.h"
#include "harness/core/files.h"
#include "harness/core/text.h"
#include "harness/protocol/protocol.h"
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

Figure check_one(const PublishedFigure& published, const eval::Metrics& metrics, const std::optional<eval::Metrics>& swapped) {
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
  if (published.metric == "uar" && swapped) {
    const eval::Figure& other = figure_of(swapped->scopes.at(published.scope), published.metric);
    if (other.value && std::abs(*other.value - published.published) <= figure.tolerance) {
      figure.detail = fmt::format(
          "the published number comes out when truth and prediction are exchanged: it is the mean over classes of precision ({:.4f}), "
          "not of recall ({:.4f})",
          *other.value, *ours.value);
    }
  }
  return figure;
}

// Nothing wanted is nothing confirmed.
Figure count_figure(std::string name, std::size_t wanted, std::size_t seen, std::string detail, std::string source) {
  Figure figure{.name = std::move(name),
                .published = std::nullopt,
                .ours = std::nullopt,
                .tolerance = 0.0,
                .status = kNotCheckable,
                .detail = std::move(detail),
                .source = std::move(source),
                .is_count = true};
  if (wanted == 0) {
    figure.detail = "nothing of this kind was published";
    return figure;
  }
  figure.published = static_cast<double>(wanted);
  figure.ours = static_cast<double>(seen);
  figure.status = wanted == seen ? kConfirmed : kNotConfirmed;
  return figure;
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

// What there is to check, or why there is nothing.
struct Found {
  std::optional<eval::PredictionSet> predictions;
  std::string reason;
};

core::Result<Found> run_predictions(const ReproductionSpec& spec, const config::LoadedExperiment& loaded, const Catalogue& catalogue,
                                    const ReproduceOptions& options, Reproduction& out) {
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
  out.warnings = report.warnings;
  out.interrupted = report.interrupted;
  if (report.interrupted) return Error(ErrorCode::kInterrupted, fmt::format("interrupted; go on with 'mexbench reproduce {}'", spec.name));
  const config::ModelSpec& model = loaded.spec.models.front();
  if (options.pins && !model.weights_sha256.empty()) out.figures.push_back(check_pins(report, model.weights_sha256.size()));
  if (!report.complete()) {
    if (report.failed.empty()) return Error(ErrorCode::kFailed, fmt::format("{} of {} folds are sealed", report.sealed, report.planned));
    const FailedFold& fold = report.failed.front();
    return Found{.predictions = std::nullopt,
                 .reason = report.failed.size() == 1
                               ? fmt::format("fold '{}' failed: {}", fold.fold, fold.reason)
                               : fmt::format("{} folds failed, the first is '{}': {}", report.failed.size(), fold.fold, fold.reason)};
  }
  const fs::path file = report.folder / model.label / fmt::format("seed-{}", loaded.spec.seeds.front().value) / "predictions.csv";
  MEXBENCH_ASSIGN(const std::string csv, core::read_file(file));
  MEXBENCH_ASSIGN(eval::PredictionSet predictions, eval::parse_predictions(csv, file.string(), {}));
  return Found{.predictions = std::move(predictions), .reason = {}};
}

core::Result<Found> log_predictions(const ReproductionSpec& spec, const config::ExperimentSpec& experiment, const data::Manifest& manifest,
                                    const ReproduceOptions& options, Reproduction& out) {
  MEXBENCH_ASSIGN(const std::string content, core::read_file(*spec.predictions));
  const std::string file = spec.predictions->string();
  eval::ReadOptions read;
  read.keep_duplicates = true;
  MEXBENCH_ASSIGN(const eval::ImportedPredictions imported, eval::import_predictions(content, file, read, &manifest));
  MEXBENCH_ASSIGN(const std::vector<protocol::FoldPlan> folds,
                  protocol::plan_folds(manifest, experiment.protocol.name, experiment.protocol.options));
  MEXBENCH_ASSIGN(eval::PredictionSet joined,
                  audit::join_manifest(imported.predictions, manifest, file, protocol::tested_clips(folds, manifest),
                                       protocol::test_folds(folds, manifest)));
  out.folder = options.out / spec.name;
  out.warnings = manifest.warnings;
  MEXBENCH_TRY(core::write_file_atomic(out.folder / "predictions.csv", eval::to_csv(joined)));
  MEXBENCH_TRY(store::write_json(out.folder / "metrics.json", eval::to_json(eval::evaluate(joined))));
  return Found{.predictions = std::move(joined), .reason = {}};
}

core::Status check_one_run(const ReproductionSpec& spec, const config::ExperimentSpec& experiment) {
  const std::size_t runs = config::expand(experiment).size();
  if (runs == 1) return {};
  return Error(ErrorCode::kUsage, fmt::format("reproduction '{}' checks one run, its experiment makes {}", spec.name, runs))
      .hint("leave it one model and one seed");
}

// Positions and figures of a log compared with ours.
struct Counted {
  std::size_t wanted = 0;
  std::size_t equal = 0;
  std::vector<std::string> differing;  // the first of them

  void add(bool same, const std::string& name) {
    ++wanted;
    if (same) {
      ++equal;
    } else if (differing.size() < 5) {
      differing.push_back(name);
    }
  }
  [[nodiscard]] Figure figure(std::string name, std::string source) const {
    std::string detail;
    if (!differing.empty()) {
      detail = fmt::format("differ: {}{}", core::join(differing, ", "), wanted - equal > differing.size() ? ", ..." : "");
    }
    return count_figure(std::move(name), wanted, equal, std::move(detail), std::move(source));
  }
};

constexpr int kLogDecimals = 4;

// The log prints nan where a class had not occurred yet: there we have no number either.
bool same_figure(double printed, const eval::Figure& ours) {
  if (std::isnan(printed)) return !ours.value;
  return ours.value && std::abs(*ours.value - printed) <= tolerance_of(kLogDecimals);
}

Figure check_final(std::string name, const std::optional<double>& printed, const eval::Figure& ours) {
  Figure figure{.name = std::move(name),
                .published = printed && !std::isnan(*printed) ? printed : std::nullopt,
                .ours = ours.value,
                .tolerance = tolerance_of(kLogDecimals),
                .status = kNotCheckable,
                .detail = {},
                .source = "released log, final line"};
  if (!printed) {
    figure.detail = "the log has no 'Final Evaluation:'";
  } else if (same_figure(*printed, ours)) {
    figure.status = kConfirmed;
    if (!ours.value) figure.detail = "undefined in the log, and here: " + ours.reason;
  } else {
    figure.status = kNotConfirmed;
    figure.detail = figure.published && ours.value ? fmt::format("differs by {:+.4f}", *ours.value - *printed)
                    : ours.value                   ? std::string("undefined in the log")
                                                   : "undefined: " + ours.reason;
  }
  return figure;
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
  std::optional<eval::Metrics> swapped;
  if (const auto exchanged = eval::exchanged(predictions)) swapped = eval::evaluate(*exchanged);
  std::vector<Figure> figures;
  for (const PublishedFigure& figure : published) figures.push_back(check_one(figure, metrics, swapped));
  return figures;
}

std::vector<Figure> check_log(const eval::FoldLogFile& log, const eval::PredictionSet& predictions, const data::Manifest& manifest) {
  std::map<core::ClipId, const eval::Prediction*> by_clip;
  for (const eval::Prediction& row : predictions.rows) by_clip.emplace(row.clip, &row);
  std::map<std::string, std::vector<const eval::Prediction*>> by_subject;  // raw subject -> rows in the manifest's order
  for (const data::Clip& clip : manifest.clips) {
    if (const auto row = by_clip.find(clip.id); row != by_clip.end())
      by_subject[std::string(core::raw_subject(clip.subject))].push_back(row->second);
  }
  std::set<std::string> absent;  // subjects the log does not have
  for (const auto& [subject, rows] : by_subject) absent.insert(subject);

  Counted predicted;
  Counted truth;
  Counted uf1;
  Counted uar;
  const auto lacks = [&](const std::string& clip) {
    predicted.add(false, clip + " is not in the log");
    truth.add(false, clip + " is not in the log");
  };
  // Labels of the log are places in the list of classes.
  const auto place = [](const std::string& label) { return static_cast<std::size_t>(core::parse_int(label).value_or(-1)); };
  eval::PredictionSet so_far;
  so_far.classes = predictions.classes;
  for (const eval::FoldLog& fold : log.folds) {
    const auto& rows = by_subject[fold.subject];
    absent.erase(fold.subject);
    for (std::size_t i = 0; i < fold.predicted.size(); ++i) {
      const bool ours = i < rows.size();
      const std::string name = ours ? rows[i]->clip.text() : fmt::format("position {} of fold '{}'", i + 1, fold.subject);
      predicted.add(ours && rows[i]->predicted == place(fold.predicted[i]), name);
      truth.add(ours && eval::agrees(rows[i]->truth, place(fold.truth[i])), name);
    }
    for (std::size_t i = fold.predicted.size(); i < rows.size(); ++i) lacks(rows[i]->clip.text());
    for (const eval::Prediction* row : rows) so_far.rows.push_back(*row);
    const eval::ScopeMetrics metrics = eval::evaluate(so_far).scopes.at("all");
    const std::string after = fmt::format("after fold '{}'", fold.subject);
    if (fold.uf1_so_far) uf1.add(same_figure(*fold.uf1_so_far, metrics.uf1), after);
    if (fold.uar_so_far) uar.add(same_figure(*fold.uar_so_far, metrics.uar), after);
  }
  for (const std::string& subject : absent) {
    for (const eval::Prediction* row : by_subject[subject]) lacks(row->clip.text());
  }
  const eval::ScopeMetrics all = eval::evaluate(predictions).scopes.at("all");
  return {predicted.figure("log.predictions", "released log, position by position"),
          truth.figure("log.truth", "released log, position by position"),
          uf1.figure("log.uf1", "released log, after each fold"),
          uar.figure("log.uar", "released log, after each fold"),
          check_final("log.final_uf1", log.final_uf1, all.uf1),
          check_final("log.final_uar", log.final_uar, all.uar)};
}

core::Result<Reproduction> reproduce(const ReproductionSpec& spec, const config::Vocabulary& vocabulary, const Catalogue& catalogue,
                                     const ReproduceOptions& options) {
  MEXBENCH_ASSIGN(const config::LoadedExperiment loaded, config::load_experiment(spec.experiment, options.overrides, vocabulary));
  if (!spec.predictions) MEXBENCH_TRY(check_one_run(spec, loaded.spec));
  std::optional<eval::FoldLogFile> log;
  if (spec.log) {
    MEXBENCH_ASSIGN(const std::string content, core::read_file(*spec.log));
    MEXBENCH_ASSIGN(log, eval::parse_fold_log(content, spec.log->string()));
  }
  MEXBENCH_ASSIGN(const data::Manifest manifest, load_manifest(loaded.spec.dataset, catalogue, options.out, options.jobs));
  Reproduction out;
  out.name = spec.name;
  MEXBENCH_ASSIGN(const Found found, spec.predictions ? log_predictions(spec, loaded.spec, manifest, options, out)
                                                      : run_predictions(spec, loaded, catalogue, options, out));
  const eval::PredictionSet none{.classes = manifest.label_map.classes, .rows = {}};
  const eval::PredictionSet& predictions = found.predictions ? *found.predictions : none;
  std::vector<Figure> figures = check_figures(spec.figures, predictions);
  if (log) {
    for (Figure& figure : check_log(*log, predictions, manifest)) figures.push_back(std::move(figure));
  }
  for (Figure& figure : figures) {
    if (!found.predictions) {
      figure.status = kNotCheckable;
      figure.ours = std::nullopt;
      if (figure.published) figure.detail = found.reason;
    }
    out.figures.push_back(std::move(figure));
  }
  MEXBENCH_TRY(store::write_json(out.folder / "reproduction.json", to_json(out)));
  return out;
}

json to_json(const Reproduction& reproduction) {
  json figures = json::array();
  for (const Figure& figure : reproduction.figures) {
    const auto number = [&](const std::optional<double>& value) {
      return value ? json(*value) : json{{"value", nullptr}, {"reason", figure.detail}};
    };
    figures.push_back({{"name", figure.name},
                       {"published", number(figure.published)},
                       {"ours", number(figure.ours)},
                       {"tolerance", figure.tolerance},
                       {"status", figure.status},
                       {"detail", figure.detail},
                       {"source", figure.source}});
  }
  return {{"schema", "mexbench.reproduction/1"}, {"name", reproduction.name}, {"figures", std::move(figures)}};
}

}  // namespace mexbench::run
