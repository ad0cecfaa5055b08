#include "harness/run/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "harness/core/console.h"
#include "harness/core/files.h"
#include "harness/core/sha256.h"
#include "harness/core/text.h"
#include "harness/latency/peak.h"
#include "harness/latency/sampler.h"
#include "harness/run/bench_record.h"
#include "harness/run/fold_tasks.h"
#include "harness/run/inputs.h"
#include "harness/run/interrupt.h"
#include "harness/run/messages.h"
#include "harness/run/run_folder.h"
#include "harness/run/worker_process.h"
#include "harness/store/fold_store.h"
#include "harness/store/json_file.h"

namespace mexbench::run {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

constexpr const char* kTimedRegion =
    "one call of the model's predict() on a batch whose float32 inputs are in memory, from the call to the scores in memory, with one "
    "reading of the clock; decoding, alignment, flow and the adaptation to the model are outside but for the series end-to-end, whose "
    "samples begin with the files of a clip, in the system's cache, and end with its scores";

// Weights that are fitted again lie in a folder that goes with this.
class WorkFolder {
 public:
  explicit WorkFolder(const fs::path& parent) : path_(parent / core::unique_name(".bench")) {
    std::error_code failure;
    fs::create_directories(path_, failure);  // what is missing then is told when a file is written into it
  }
  ~WorkFolder() {
    std::error_code failure;
    fs::remove_all(path_, failure);
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

class Bench {
 public:
  Bench(const ExperimentInput& input, const Catalogue& catalogue, const BenchOptions& options, const InterruptGuard& interrupt)
      : input_(input), catalogue_(catalogue), options_(options), spec_(input.spec.latency), interrupt_(interrupt) {}

  core::Result<BenchReport> run() {
    MEXBENCH_TRY(check_threads());
    MEXBENCH_TRY(plan());
    MEXBENCH_TRY(seal_folds());
    FoldTasks tasks(plan_.manifest);
    MEXBENCH_TRY(prepare(tasks));
    report_.folder = plan_.folder;
    for (std::size_t run = 0; run < plan_.runs.size(); ++run) MEXBENCH_TRY(time_run(tasks, run));
    return std::move(report_);
  }

 private:
  [[nodiscard]] const std::vector<std::string>& classes() const { return plan_.manifest.label_map.classes; }
  [[nodiscard]] const protocol::FoldPlan& fold_of(const RunPlan& run) const { return run.folds[fold_]; }

  core::Status check_threads() const {
    for (const std::int64_t threads : spec_.threads) {
      if (threads <= options_.cores) continue;
      return config::placed(
          Error(ErrorCode::kUsage, fmt::format("{} threads are to be timed, this process may use {} processors", threads, options_.cores))
              .hint("more threads than processors time the waiting for a processor"),
          spec_.threads_where);
    }
    return {};
  }

  core::Status plan() {
    MEXBENCH_TRY(check_models(input_.spec, catalogue_));
    config::ExperimentSpec spec = input_.spec;
    spec.seeds = {spec.seeds.front()};
    for (const std::string& label : options_.models) MEXBENCH_TRY(check_label(label));
    std::erase_if(spec.models, [&](const config::ModelSpec& model) { return !wanted(model.label); });
    MEXBENCH_ASSIGN(data::Manifest manifest, load_manifest(spec.dataset, catalogue_, options_.out, options_.jobs));
    MEXBENCH_ASSIGN(plan_, make_plan(spec, input_.science_of, std::move(manifest), catalogue_, {.out = options_.out}));
    report_.warnings = std::move(plan_.warnings);
    if (!spec_.fold) return {};
    const auto found = find_fold(plan_.runs.front().folds, *spec_.fold);
    if (!found) return config::placed(found.error(), spec_.fold_where);
    fold_ = *found;
    return {};
  }

  [[nodiscard]] bool wanted(const std::string& label) const {
    return options_.models.empty() || std::find(options_.models.begin(), options_.models.end(), label) != options_.models.end();
  }

  [[nodiscard]] core::Status check_label(const std::string& label) const {
    std::vector<std::string> labels;
    for (const config::ModelSpec& model : input_.spec.models) labels.push_back(model.label);
    if (std::find(labels.begin(), labels.end(), label) != labels.end()) return {};
    return unknown_name("model", label, labels);
  }

  core::Result<std::optional<store::SealedFold>> find_sealed(const RunPlan& run) {
    MEXBENCH_ASSIGN(auto sealed, store::find_sealed(run.folder / "folds", fold_of(run).id, classes(), report_.warnings));
    if (sealed && sealed->science_hash != run.science_hash) sealed.reset();  // run_experiment() says what differs
    return sealed;
  }

  // Runs the fold of the models whose fold is not sealed yet.
  core::Status seal_folds() {
    std::set<std::string> missing;
    for (const RunPlan& run : plan_.runs) {
      MEXBENCH_ASSIGN(const auto sealed, find_sealed(run));
      if (!sealed) missing.insert(run.spec.model.label);
    }
    if (missing.empty()) return {};
    const std::string fold = fold_of(plan_.runs.front()).id.text();
    const core::Seed seed = plan_.runs.front().spec.seed;
    RunOptions options;
    options.out = options_.out;
    options.jobs = options_.jobs;
    options.cache = options_.cache;
    options.only_folds = {fold};
    options.only_runs = [&](const config::RunSpec& run) { return run.seed == seed && missing.contains(run.model.label); };
    options.redo = options_.redo;
    MEXBENCH_ASSIGN(const RunReport report, run_experiment(input_, catalogue_, options));
    report_.warnings.insert(report_.warnings.end(), report.warnings.begin(), report.warnings.end());
    if (report.interrupted) return Error(ErrorCode::kInterrupted, "interrupted");
    if (report.failed.empty()) return {};
    const FailedFold& failed = report.failed.front();
    return Error(ErrorCode::kFailed, fmt::format("{} seed {}: fold '{}' failed, so that there is nothing to time: {}", failed.label,
                                                 failed.seed.value, failed.fold, failed.reason));
  }

  // The inputs of all clips, as a run's folds are given them.
  core::Status prepare(const FoldTasks& tasks) {
    MEXBENCH_ASSIGN(program_, find_worker_program());
    MEXBENCH_ASSIGN(tensor_, MemoryFile::create("mexbench-inputs", tasks.shape().bytes()));
    MEXBENCH_ASSIGN(WorkerProcess worker, WorkerProcess::start(program_, tensor_));
    MEXBENCH_ASSIGN(const json hello, worker.call({{"type", "hello"}}, interrupt_));
    environment_ = hello.at("environment");
    MEXBENCH_TRY(compute_inputs(worker, tasks, options_.jobs, options_.cache, interrupt_));
    return tensor_.seal();
  }

  // What is opened, and where it comes from.
  struct Weights {
    fs::path file;
    std::string source;
  };

  core::Result<Weights> weights_of(const FoldTasks& tasks, const RunPlan& run, const store::SealedFold& sealed, const WorkFolder& work) {
    if (!run.fitted()) return Weights{.file = run.weights[fold_].path, .source = "loaded"};
    const fs::path kept = run.folder / "folds" / core::folder_name(sealed.fold) / "weights.pth";
    if (sealed.files.contains("weights.pth")) return Weights{.file = kept, .source = "kept"};
    core::tell(fmt::format("{} kept no weights of fold {}: fitting it again\n", run.spec.model.label, sealed.fold.text()));
    FoldTask task = tasks.make(run, fold_);
    const fs::path file = work.path() / "weights.pth";
    task.save_weights = file.string();
    MEXBENCH_ASSIGN(WorkerProcess worker, WorkerProcess::start(program_, tensor_));
    MEXBENCH_ASSIGN(const json done, worker.call(to_json(task), interrupt_));
    if (done.at("weights_digest") != sealed.weights_digest) {
      return Error::in_file(ErrorCode::kData, run.folder.string(),
                            fmt::format("fold '{}' was sealed with weights of digest {}, fitting it again gives {}", sealed.fold.text(),
                                        sealed.weights_digest.substr(0, 12), done.at("weights_digest").get<std::string>().substr(0, 12)))
          .hint("it was sealed in another environment: run it here with --fresh, or keep weights with 'save_weights: true'");
    }
    return Weights{.file = file, .source = "fitted again"};
  }

  [[nodiscard]] FoldTask timing_task(const FoldTasks& tasks, const RunPlan& run, const fs::path& weights) const {
    FoldTask task = tasks.make(run, fold_);
    task.weights = weights.string();
    // Nothing is trained: of the training side only the rows count, where steps of the input are fitted on them.
    task.train_targets.clear();
    task.validation_targets.clear();
    if (!task.adaptation.learns()) task.train_rows.clear();
    return task;
  }

  [[nodiscard]] TimedClips clips_of(const FoldTasks& tasks, const RunPlan& run, const store::SealedFold& sealed) const {
    TimedClips out;
    out.classes = classes().size();
    for (const std::size_t position : tasks.shown_tests(fold_of(run))) {
      const data::Clip& clip = plan_.manifest.clips[position];
      out.ids.push_back(clip.id);
      if (const auto frames = latency::frames_of(plan_.manifest.input, clip)) out.frames.push_back(*frames);
      const auto row =
          std::find_if(sealed.test.begin(), sealed.test.end(), [&](const store::SealedTest& test) { return test.clip == clip.id; });
      if (row != sealed.test.end()) out.sealed.insert(out.sealed.end(), row->scores.begin(), row->scores.end());
    }
    if (out.frames.size() != out.ids.size()) out.frames.clear();
    return out;
  }

  core::Result<std::vector<latency::ColdStart>> cold_starts(const FoldTask& task) {
    std::vector<latency::ColdStart> out;
    if (!spec_.times("cold-start")) return out;
    const json request{{"type", "first_answer"}, {"task", to_json(task)}};
    for (std::int64_t i = 0; i < spec_.cold_starts; ++i) {
      const std::int64_t begin = latency::monotonic_ns();
      MEXBENCH_ASSIGN(WorkerProcess worker, WorkerProcess::start(program_, tensor_));
      MEXBENCH_ASSIGN(const json done, worker.call(request, interrupt_));
      const std::int64_t end = latency::monotonic_ns();
      out.push_back({.process_ns = done.at("begun_ns").get<std::int64_t>() - begin,
                     .load_ns = done.at("load_ns"),
                     .first_ns = done.at("first_ns"),
                     .total_ns = end - begin});
    }
    return out;
  }

  core::Status time_run(const FoldTasks& tasks, std::size_t index) {
    const RunPlan& run = plan_.runs[index];
    MEXBENCH_ASSIGN(const auto sealed, find_sealed(run));
    if (!sealed) {
      return Error::in_file(ErrorCode::kFailed, run.folder.string(), fmt::format("fold '{}' is not sealed", fold_of(run).id.text()));
    }
    const WorkFolder work(run.folder);
    MEXBENCH_ASSIGN(const Weights weights, weights_of(tasks, run, *sealed, work));
    const FoldTask task = timing_task(tasks, run, weights.file);
    const TimedClips clips = clips_of(tasks, run, *sealed);
    if (clips.sealed.size() != clips.ids.size() * clips.classes) {
      return Error::in_file(ErrorCode::kData, run.folder.string(),
                            fmt::format("fold '{}' was sealed with other test clips", sealed->fold.text()));
    }
    const std::vector<SeriesPlan> plans = series_of(spec_, options_.cores);
    core::tell(fmt::format("timing {} on fold {}: {} clips, {} series{}\n", run.spec.model.label, sealed->fold.text(), clips.ids.size(),
                           plans.size(), run.engine ? ", " + engine::in_words(*run.engine) : ""));

    latency::Record record;
    record.measured = utc_now();
    record.experiment = input_.spec.name;
    record.label = run.spec.model.label;
    record.model = run.spec.model.name;
    record.seed = run.spec.seed;
    record.science_hash = run.science_hash;
    record.environment = environment_;
    record.environment_hash = store::hash_json(environment_);
    record.fold = sealed->fold;
    record.clips = clips.ids;
    record.weights = weights.source;
    record.machine = latency::this_machine();
    record.timed_region = kTimedRegion;
    record.settings = config::to_json(spec_);
    std::error_code failure;
    const auto bytes = fs::file_size(weights.file, failure);
    record.cost.weight_bytes = failure ? core::Figure::undefined(failure.message()) : core::Figure::of(static_cast<double>(bytes));
    std::set<std::int64_t> threads;
    for (const SeriesPlan& plan : plans) threads.insert(plan.threads);
    for (const std::int64_t count : threads) record.peaks.push_back(latency::measure_peak(count));
    MEXBENCH_ASSIGN(record.cold_starts, cold_starts(task));
    MEXBENCH_ASSIGN(const json answer, ask_for_series(task, run, tasks, plans));
    record.weights_digest = answer.at("weights_digest");
    MEXBENCH_ASSIGN(Measurement done, measured(std::move(record), plans, clips, plan_.manifest, answer));
    return write(run.folder, std::move(done));
  }

  core::Result<json> ask_for_series(const FoldTask& task, const RunPlan& run, const FoldTasks& tasks,
                                    const std::vector<SeriesPlan>& plans) {
    json request{{"type", "time"}, {"task", to_json(task)}, {"series", json::array()}};
    for (const SeriesPlan& plan : plans) request["series"].push_back(series_request(plan, spec_));
    // End to end begins with files: those of the test clips, in the order of their rows.
    data::Manifest files = plan_.manifest;
    files.clips.clear();
    for (const std::size_t position : tasks.shown_tests(fold_of(run))) files.clips.push_back(plan_.manifest.clips[position]);
    request["files"] = {{"manifest", data::to_json(files)}, {"root", plan_.manifest.root.string()}};
    MEXBENCH_ASSIGN(WorkerProcess worker, WorkerProcess::start(program_, tensor_));
    return worker.call(request, interrupt_);
  }

  core::Status write(const fs::path& folder, Measurement done) {
    const std::string csv = latency::samples_csv(done.samples);
    done.record.samples_sha256 = core::sha256_hex(csv);
    for (const latency::SampleRows& rows : done.samples) done.record.samples_rows += static_cast<std::int64_t>(rows.ns.size());
    MEXBENCH_TRY(core::write_file_atomic(folder / latency::kSamplesFile, csv, latency::kSamplesFile));
    MEXBENCH_TRY(store::write_json(folder / latency::kGoogleBenchmarkFile, latency::google_benchmark_json(done.record, done.passes)));
    MEXBENCH_TRY(store::write_json(folder / latency::kRecordFile, latency::to_json(done.record)));
    report_.records.push_back(std::move(done.record));
    return {};
  }

  const ExperimentInput& input_;
  const Catalogue& catalogue_;
  const BenchOptions& options_;
  const config::LatencySpec& spec_;
  const InterruptGuard& interrupt_;
  ExperimentPlan plan_;
  std::size_t fold_ = 0;
  fs::path program_;
  MemoryFile tensor_;
  json environment_;
  BenchReport report_;
};

}  // namespace

bool BenchReport::valid() const {
  return std::all_of(records.begin(), records.end(), [](const latency::Record& record) { return record.valid(); });
}

core::Result<BenchReport> bench(const ExperimentInput& input, const Catalogue& catalogue, const BenchOptions& options) {
  const InterruptGuard interrupt;
  return Bench(input, catalogue, options, interrupt).run();
}

}  // namespace mexbench::run
