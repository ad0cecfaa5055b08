#include "harness/run/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <system_error>

#include "harness/core/console.h"
#include "harness/core/csv.h"
#include "harness/core/files.h"
#include "harness/core/memory.h"
#include "harness/core/text.h"
#include "harness/run/engines.h"
#include "harness/run/fold_tasks.h"
#include "harness/run/interrupt.h"
#include "harness/run/messages.h"
#include "harness/run/progress.h"
#include "harness/run/run_folder.h"
#include "harness/run/worker_pool.h"
#include "harness/store/json_file.h"

namespace mexbench::run {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

// One line per epoch and test clip, in the order of the fold's test clips.
void append_epoch_rows(std::string& rows, const json& message, const std::vector<float>& scores, const std::vector<core::ClipId>& clips) {
  const std::size_t classes = scores.size() / clips.size();
  for (std::size_t clip = 0; clip < clips.size(); ++clip) {
    rows += fmt::format("{},{},{},{},{}", message.at("phase").get<std::string>(), message.at("epoch").get<std::int64_t>(),
                        core::format_double(message.at("loss").get<double>()),
                        message.at("validation").is_null() ? "" : core::format_double(message.at("validation").get<double>()),
                        core::csv_field(clips[clip].text()));
    for (std::size_t c = 0; c < classes; ++c) rows += "," + core::format_score(scores[clip * classes + c]);
    rows += '\n';
  }
}

class Runner {
 public:
  Runner(const ExperimentInput& input, const RunOptions& options, ExperimentPlan plan, const InterruptGuard& interrupt)
      : input_(input),
        options_(options),
        plan_(std::move(plan)),
        interrupt_(interrupt),
        begin_(Clock::now()),
        started_(utc_now()),
        tasks_(plan_.manifest) {
    report_.folder = plan_.folder;
    report_.warnings = std::move(plan_.warnings);
  }

  core::Result<RunReport> run() {
    MEXBENCH_TRY(check_only_folds());
    if (options_.fresh) MEXBENCH_TRY(find_worker_program());  // before anything is set aside
    MEXBENCH_TRY(open_folders());
    MEXBENCH_TRY(find_open_folds());
    if (!jobs_.empty()) {
      for (const std::string& line : engine_lines(plan_)) core::tell(line + "\n");
      core::Status prepared = prepare();
      report_.interrupted = !prepared && prepared.error().code() == ErrorCode::kInterrupted;
      if (!report_.interrupted) {
        MEXBENCH_TRY(std::move(prepared));
        MEXBENCH_TRY(write_states("incomplete"));
        MEXBENCH_TRY(compute());
      }
    }
    MEXBENCH_TRY(derive());
    report_.seconds = seconds();
    return std::move(report_);
  }

 private:
  struct OneRun {
    json before;  // run.json as it was, or null
    std::vector<std::optional<store::SealedFold>> sealed;
    json failed = json::array();
    bool worked_on = false;  // it has folds to compute in this call
  };
  struct Job {
    std::size_t run = 0;
    std::size_t fold = 0;
    std::optional<store::FoldAttempt> attempt;
    std::string epoch_rows;
  };

  [[nodiscard]] core::Profile* profile() { return options_.profile ? &report_.profile : nullptr; }
  [[nodiscard]] double seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }
  [[nodiscard]] const std::vector<std::string>& classes() const { return plan_.manifest.label_map.classes; }
  [[nodiscard]] const protocol::FoldPlan& fold_of(const Job& job) const { return plan_.runs[job.run].folds[job.fold]; }
  [[nodiscard]] fs::path folds_folder(std::size_t run) const { return plan_.runs[run].folder / "folds"; }
  [[nodiscard]] std::string title(const Job& job) const {
    const RunPlan& run = plan_.runs[job.run];
    return fmt::format("{} seed {}  {}", run.spec.model.label, run.spec.seed.value, fold_of(job).id.text());
  }

  core::Status open_folders() {
    for (const RunPlan& run : plan_.runs) {
      OneRun state;
      MEXBENCH_ASSIGN(state.before, open_run_folder(run, plan_.manifest, options_.fresh));
      runs_.push_back(std::move(state));
      for (const WeightFile& file : run.weights) {
        if (!file.pinned.empty()) report_.pins[file.path.filename().string()] = !file.pin_broken;
      }
    }
    core::remove_abandoned(plan_.folder);
    if (options_.resuming) return {};
    MEXBENCH_TRY(core::write_file_atomic(plan_.folder / "experiment.yaml", input_.given_yaml, "experiment.yaml"));
    return core::write_file_atomic(plan_.folder / "resolved.yaml", input_.resolved_yaml, "resolved.yaml");
  }

  core::Status find_open_folds() {
    for (std::size_t run = 0; run < plan_.runs.size(); ++run) {
      const RunPlan& plan = plan_.runs[run];
      core::remove_abandoned(plan.folder);
      core::remove_abandoned(folds_folder(run));
      runs_[run].sealed.resize(plan.folds.size());
      for (std::size_t fold = 0; fold < plan.folds.size(); ++fold) {
        ++report_.planned;
        const core::FoldId& id = plan.folds[fold].id;
        MEXBENCH_ASSIGN(auto sealed, store::find_sealed(folds_folder(run), id, classes(), report_.warnings));
        if (sealed) {
          if (sealed->science_hash != plan.science_hash) {
            return Error::in_file(ErrorCode::kUsage, (folds_folder(run) / core::folder_name(id)).string(),
                                  "was sealed with other settings than this run's")
                .hint("use --fresh to set the old run aside");
          }
          runs_[run].sealed[fold] = std::move(sealed);
          ++report_.sealed;
          continue;
        }
        if (!options_.only_folds.empty() &&
            std::find(options_.only_folds.begin(), options_.only_folds.end(), id.text()) == options_.only_folds.end())
          continue;
        if (options_.only_runs && !options_.only_runs(plan.spec)) continue;
        jobs_.push_back({.run = run, .fold = fold, .attempt = std::nullopt, .epoch_rows = {}});
        runs_[run].worked_on = true;
      }
      MEXBENCH_TRY(check_one_environment(run));
      warn_of_missing_files(run);
    }
    if (options_.reverse) std::reverse(jobs_.begin(), jobs_.end());
    return {};
  }

  // Settings outside the science may have changed since folds were sealed: what they did not keep then is not there now.
  void warn_of_missing_files(std::size_t run) {
    const auto lacking = [&](const char* file) {
      return std::count_if(runs_[run].sealed.begin(), runs_[run].sealed.end(),
                           [&](const auto& fold) { return fold && !fold->files.contains(file); });
    };
    const auto warn = [&](const char* setting, const char* file) {
      const auto count = lacking(file);
      if (count == 0) return;
      core::Diagnostic warning;
      warning.severity = core::Severity::kWarning;
      warning.where.file = plan_.runs[run].folder.string();
      warning.message = fmt::format("'{}' is on, but {} folds were sealed without {}", setting, count, file);
      warning.hint = "they stay as they are; use --fresh to run them again";
      report_.warnings.push_back(std::move(warning));
    };
    if (plan_.runs[run].fitted() && input_.spec.save_weights) warn("save_weights", "weights.pth");
    if (plan_.runs[run].trained() && input_.spec.record_epochs) warn("record_epochs", "epochs.csv");
  }

  core::Status check_only_folds() const {
    for (const std::string& wanted : options_.only_folds) MEXBENCH_TRY(find_fold(plan_.runs.front().folds, wanted));
    return {};
  }

  // Learns the environment, and fills the shared tensor, in a worker of its own: fold workers never see a corpus path.
  core::Status prepare() {
    MEXBENCH_ASSIGN(program_, find_worker_program());
    MEXBENCH_ASSIGN(tensor_, MemoryFile::create("mexbench-inputs", tasks_.shape().bytes()));
    MEXBENCH_ASSIGN(WorkerProcess worker, WorkerProcess::start(program_, tensor_));
    MEXBENCH_ASSIGN(const json hello, worker.call({{"type", "hello"}}, interrupt_));
    MEXBENCH_TRY(check_memory(hello));
    environment_ = hello.at("environment");
    environment_hash_ = store::hash_json(environment_);
    for (std::size_t run = 0; run < plan_.runs.size(); ++run) MEXBENCH_TRY(check_environment(run));
    MEXBENCH_ASSIGN(const json done, compute_inputs(worker, tasks_, options_.jobs, options_.cache, interrupt_));
    if (options_.profile) report_.profile.add(profile_from_json(done.at("profile")));
    worker.kill();
    MEXBENCH_TRY(tensor_.seal());
    return probe();
  }

  [[nodiscard]] FoldTask task_of(const Job& job) const { return tasks_.make(plan_.runs[job.run], job.fold); }

  // Models whose file was not opened yet are tried on one clip: what is wrong with a file is said once, before any fold is begun. Weights
  // of which each fold has its own are not: one that is wrong fails its fold.
  core::Status probe() {
    std::optional<WorkerProcess> worker;
    std::vector<core::Diagnostic> problems;
    ErrorCode code = ErrorCode::kFailed;
    std::set<std::string> probed;
    for (const Job& job : jobs_) {
      const RunPlan& run = plan_.runs[job.run];
      if ((!run.facts.opened_late && !run.loads_one_file()) || !probed.insert(run.spec.model.label).second) continue;
      if (!worker) {
        MEXBENCH_ASSIGN(worker, WorkerProcess::start(program_, tensor_));
      }
      json request = to_json(task_of(job));
      request["type"] = "probe";
      auto answer = worker->call(request, interrupt_);
      if (answer) {
        warn_of_kept(run, answer->at("kept").get<std::vector<std::string>>());
        continue;
      }
      if (answer.error().code() == ErrorCode::kInterrupted) return std::move(answer).error();
      worker.reset();  // it may have died of the file
      const config::ModelSpec& model = run.spec.model;
      const Error placed = config::placed(answer.error(), model.init ? model.init->where : model.file_where);
      if (problems.empty()) code = placed.code();
      problems.insert(problems.end(), placed.diagnostics().begin(), placed.diagnostics().end());
    }
    if (problems.empty()) return {};
    return Error(code, std::move(problems));
  }

  // A reset that leaves values of the file has every fold begin with what they have seen.
  void warn_of_kept(const RunPlan& run, std::vector<std::string> kept) {
    if (kept.empty()) return;
    const config::ModelSpec& model = run.spec.model;
    constexpr std::size_t kShown = 4;
    const std::size_t more = kept.size() > kShown ? kept.size() - kShown : 0;
    kept.resize(kept.size() - more);
    core::Diagnostic warning =
        config::problem_at(model.file_where,
                           fmt::format("reset_parameters of model '{}' leaves values of the file in {}{}: every fold begins with them",
                                       model.label, core::quoted_list(kept, "and"), more == 0 ? "" : fmt::format(" and {} more", more)),
                           model.card.pretraining ? ""
                                                  : "reset these too, or declare what they have seen, "
                                                    "'card: {pretraining: [...]}': the run is UNAUDITED");
    warning.severity = core::Severity::kWarning;
    report_.warnings.push_back(std::move(warning));
  }

  // A limit that not even an idle worker keeps is a slip, and no fold's fault.
  [[nodiscard]] core::Status check_memory(const json& hello) const {
    if (!options_.memory || hello.at("private_bytes").is_null()) return {};
    const auto idle = hello.at("private_bytes").get<std::uint64_t>();
    if (*options_.memory > idle) return {};
    return Error(ErrorCode::kUsage, fmt::format("a memory limit of {} is below the {} that a worker has before its first fold",
                                                core::bytes_in_words(*options_.memory), core::bytes_in_words(idle)))
        .hint("raise it, for example to " + core::bytes_in_words(2 * idle));
  }

  // Folds of one run must come from one environment: otherwise its bytes could not be had again anywhere.
  [[nodiscard]] Error foreign_environment(std::size_t run, std::string message, std::vector<std::string> notes) const {
    core::Diagnostic problem;
    problem.where.file = plan_.runs[run].folder.string();
    problem.message = std::move(message);
    problem.notes = std::move(notes);
    problem.notes.emplace_back("go on where it was begun, or use --fresh to set the old run aside");
    return {ErrorCode::kUsage, std::move(problem)};
  }

  [[nodiscard]] core::Status check_one_environment(std::size_t run) const {
    std::map<std::string, std::vector<std::string>> folds;  // of each environment
    for (const auto& sealed : runs_[run].sealed) {
      if (sealed) folds[sealed->environment_hash].push_back(sealed->fold.text());
    }
    if (folds.size() < 2) return {};
    std::vector<std::string> notes;
    for (const auto& [environment, ids] : folds) {
      notes.push_back(fmt::format("environment {}: {} folds, among them '{}'", environment.substr(0, 12), ids.size(), ids.front()));
    }
    return foreign_environment(run, fmt::format("its sealed folds come from {} environments", folds.size()), std::move(notes));
  }

  [[nodiscard]] core::Status check_environment(std::size_t run) const {
    for (const auto& sealed : runs_[run].sealed) {
      if (!sealed || sealed->environment_hash == environment_hash_) continue;
      const json& before = runs_[run].before;
      return foreign_environment(
          run, "its sealed folds come from another environment",
          before.is_null() ? std::vector<std::string>() : store::differences(before.at("environment"), environment_));
    }
    return {};
  }

  core::Status compute() {
    double work = 0.0;
    for (const Job& job : jobs_) work += plan_.runs[job.run].work(job.fold);
    const std::size_t workers = std::min(std::max<std::size_t>(options_.jobs, 1), jobs_.size());
    const std::size_t aimed = options_.only_folds.empty() ? report_.planned : report_.sealed + jobs_.size();
    Progress progress(stderr, workers, aimed, report_.sealed, work);
    const PoolCallbacks callbacks{
        .request = [&](std::size_t worker, std::size_t job) { return request(progress, worker, jobs_[job]); },
        .message = [&](std::size_t worker, std::size_t job,
                       const json& message) { return on_epoch(progress, worker, jobs_[job], message); },
        .done = [&](std::size_t worker, std::size_t job, const json& message) { return on_done(progress, worker, jobs_[job], message); },
        .failed = [&](std::size_t worker, std::size_t job, const Error& error) { on_failed(progress, worker, jobs_[job], error); },
        .tick = [&] { progress.tick(); }};
    MEXBENCH_ASSIGN(const bool finished, run_pool({.program = program_, .tensor = tensor_, .memory = options_.memory}, jobs_.size(),
                                                  workers, callbacks, interrupt_));
    report_.interrupted = !finished;
    for (Job& job : jobs_) job.attempt.reset();
    return {};
  }

  core::Result<std::optional<json>> request(Progress& progress, std::size_t worker, Job& job) {
    const RunPlan& run = plan_.runs[job.run];
    const protocol::FoldPlan& fold = fold_of(job);
    progress.started(worker, title(job), run.work(job.fold));
    // Another live process may have sealed it meanwhile.
    MEXBENCH_ASSIGN(auto sealed, store::find_sealed(folds_folder(job.run), fold.id, classes(), report_.warnings));
    if (sealed && sealed->science_hash == run.science_hash && sealed->environment_hash == environment_hash_) {
      accept(job, std::move(*sealed));
      progress.sealed(worker, "sealed by another process");
      return std::optional<json>();
    }
    MEXBENCH_ASSIGN(store::FoldAttempt attempt, store::FoldAttempt::open(folds_folder(job.run), fold.id));
    FoldTask task = task_of(job);
    task.record_epochs = run.trained() && input_.spec.record_epochs;
    task.profile = options_.profile;
    if (run.fitted() && input_.spec.save_weights) task.save_weights = (attempt.folder() / "weights.pth").string();
    job.attempt.emplace(std::move(attempt));
    return std::optional<json>(to_json(task));
  }

  core::Status on_epoch(Progress& progress, std::size_t worker, Job& job, const json& message) {
    const RunPlan& run = plan_.runs[job.run];
    const auto epoch = message.at("epoch").get<std::int64_t>();
    const auto epochs = message.at("epochs").get<std::int64_t>();
    const std::string phase = message.at("phase");
    const double before = phase == "refit" ? 1.0 : 0.0;  // rounds that are over
    const double share = (before + static_cast<double>(epoch) / static_cast<double>(epochs)) / run.rounds();
    progress.working(worker,
                     fmt::format("{} {:>{}}/{}  loss {:.4f}", phase == "train" ? "epoch" : phase + " epoch", epoch,
                                 fmt::formatted_size("{}", epochs), epochs, message.at("loss").get<double>()),
                     share);
    if (!message.contains("scores")) return {};
    const protocol::FoldPlan& fold = fold_of(job);
    MEXBENCH_ASSIGN(const auto scores, tasks_.in_plan_order(fold, message.at("scores").get<std::vector<float>>()));
    append_epoch_rows(job.epoch_rows, message, scores, tasks_.ids(fold.test));
    return {};
  }

  core::Status on_done(Progress& progress, std::size_t worker, Job& job, const json& message) {
    if (options_.profile) report_.profile.add(profile_from_json(message.at("profile")));
    const core::Timed writing(profile(), "writing");
    const protocol::FoldPlan& fold = fold_of(job);
    const RunPlan& run = plan_.runs[job.run];
    store::SealedFold seal;
    seal.fold = fold.id;
    seal.science_hash = run.science_hash;
    seal.environment_hash = environment_hash_;
    MEXBENCH_TRY(tasks_.check_rows(fold, message));
    seal.train = tasks_.ids(fold.train);
    seal.validation = tasks_.ids(fold.validation);
    MEXBENCH_ASSIGN(seal.lineage, tasks_.lineage(run, message));
    MEXBENCH_ASSIGN(seal.fitted, tasks_.fittings(run, message));
    seal.epochs_trained = message.at("epochs_trained");
    seal.parameters = message.at("parameters");
    seal.start = message.at("start");
    seal.weights_digest = message.at("weights_digest");
    MEXBENCH_ASSIGN(const auto scores, tasks_.in_plan_order(fold, message.at("scores").get<std::vector<float>>()));
    const std::vector<core::ClipId> test = tasks_.ids(fold.test);
    std::size_t right = 0;
    for (std::size_t i = 0; i < test.size(); ++i) {
      store::SealedTest row;
      row.clip = test[i];
      row.truth = plan_.manifest.clips[fold.test[i]].truth;
      row.scores.assign(scores.begin() + static_cast<std::ptrdiff_t>(i * classes().size()),
                        scores.begin() + static_cast<std::ptrdiff_t>((i + 1) * classes().size()));
      for (const float score : row.scores) {
        if (!std::isfinite(score)) return Error(ErrorCode::kFailed, fmt::format("a score of clip '{}' is not finite", row.clip.text()));
      }
      if (eval::agrees(row.truth, eval::argmax(row.scores))) ++right;
      seal.test.push_back(std::move(row));
    }
    if (!job.epoch_rows.empty()) {
      std::string header = "phase,epoch,train_loss,validation_score,clip";
      for (const std::string& name : classes()) header += "," + core::csv_field("score:" + name);
      MEXBENCH_TRY(job.attempt->add_file("epochs.csv", header + "\n" + job.epoch_rows));
      job.epoch_rows.clear();
    }
    if (run.fitted() && input_.spec.save_weights) MEXBENCH_TRY(job.attempt->adopt_file("weights.pth"));
    MEXBENCH_ASSIGN(const store::Publication publication, job.attempt->publish(seal, classes()));
    job.attempt.reset();
    if (publication == store::Publication::kDisagreed) {
      return Error(ErrorCode::kFailed, "another process sealed this fold with other results; ours is kept beside it as '.disagrees-...'");
    }
    ++report_.computed;
    accept(job, std::move(seal));
    progress.sealed(worker, fmt::format("clips right: {} of {}", right, test.size()));
    return {};
  }

  void accept(const Job& job, store::SealedFold seal) {
    runs_[job.run].sealed[job.fold] = std::move(seal);
    ++report_.sealed;
  }

  // All of an error in one line: every missing tensor of a weight file counts.
  static std::string reason_of(const Error& error) {
    std::vector<std::string> parts;
    std::string file;
    for (const core::Diagnostic& diagnostic : error.diagnostics()) {
      std::string part = diagnostic.where.file.empty() || diagnostic.where.file == file ? "" : diagnostic.where.file + ": ";
      file = diagnostic.where.file;
      part += diagnostic.message;
      if (!diagnostic.hint.empty()) part += fmt::format(" ({})", diagnostic.hint);
      parts.push_back(std::move(part));
    }
    return core::join(parts, "; ");
  }

  void on_failed(Progress& progress, std::size_t worker, Job& job, const Error& error) {
    job.attempt.reset();
    const RunPlan& run = plan_.runs[job.run];
    const std::string fold = fold_of(job).id.text();
    const std::string reason = reason_of(error);
    runs_[job.run].failed.push_back({{"fold", fold}, {"reason", reason}});
    report_.failed.push_back({.label = run.spec.model.label, .seed = run.spec.seed, .fold = fold, .reason = reason});
    progress.failed(worker, core::escaped(reason));
  }

  [[nodiscard]] std::size_t sealed_count(std::size_t run) const {
    const auto& sealed = runs_[run].sealed;
    return static_cast<std::size_t>(std::count_if(sealed.begin(), sealed.end(), [](const auto& fold) { return fold.has_value(); }));
  }

  // run.json, with the times of earlier calls added in. A run that this call computes nothing of keeps its record of how it was made;
  // what the experiment file says about it may have changed.
  core::Status write_state(std::size_t run, const std::string& state, const std::string& verdict, const std::vector<std::string>& reasons) {
    const OneRun& one = runs_[run];
    const json& before = one.before;
    RunState out;
    out.state = state;
    out.sealed = sealed_count(run);
    out.failed = one.failed;
    out.verdict = verdict;
    out.reasons = reasons;
    out.started = before.is_null() ? started_ : before.at("started").get<std::string>();
    out.ended = utc_now();
    out.wall_seconds = seconds() + (before.is_null() ? 0.0 : before.at("wall_seconds").get<double>());
    out.environment = !environment_.is_null() || before.is_null() ? environment_ : before.at("environment");
    out.jobs = options_.jobs;
    out.redo = before.is_null() ? options_.redo : before.at("command_redo").get<std::string>();
    for (const auto& fold : one.sealed) {
      if (fold) out.parameters = fold->parameters;
    }
    json now = run_json(input_.spec, plan_.manifest, plan_.runs[run], out);
    if (before.contains("engine")) now["engine"] = before.at("engine");  // the same, with the reason it had
    if (!before.is_null() && !one.worked_on) {
      for (const char* key :
           {"started", "ended", "wall_seconds", "jobs", "host", "mexbench_version", "command_redo", "environment", "environment_hash"}) {
        now[key] = before.at(key);
      }
    }
    if (now == before) return {};
    return store::write_json(plan_.runs[run].folder / "run.json", now);
  }

  core::Status write_states(const std::string& state) {
    for (std::size_t run = 0; run < runs_.size(); ++run) {
      if (runs_[run].worked_on) MEXBENCH_TRY(write_state(run, state, "UNAUDITED", {"the run is not complete"}));
    }
    return {};
  }

  core::Status derive() {
    const core::Timed writing(profile(), "writing");
    for (std::size_t run = 0; run < runs_.size(); ++run) {
      const RunPlan& plan = plan_.runs[run];
      const char* state = sealed_count(run) == plan.folds.size() ? "complete" : report_.interrupted ? "interrupted" : "incomplete";
      std::vector<store::SealedFold> folds;
      std::vector<protocol::FoldPlan> done;
      for (std::size_t fold = 0; fold < plan.folds.size(); ++fold) {
        if (!runs_[run].sealed[fold]) continue;
        folds.push_back(*runs_[run].sealed[fold]);
        done.push_back(plan.folds[fold]);
      }
      if (folds.empty()) {
        remove_derived(plan.folder);
        MEXBENCH_TRY(write_state(run, state, "UNAUDITED", {"the run is not complete: no fold is sealed"}));
        continue;
      }
      audit::RunFacts facts{.planned_tests = protocol::tested_clips(done, plan_.manifest),
                            .pretraining = plan.spec.model.card.pretraining,
                            .planned_folds = plan.folds.size()};
      MEXBENCH_ASSIGN(facts.settings, audit::settings_of(plan.science, (plan.folder / "run.json").string()));
      MEXBENCH_ASSIGN(RunResult result,
                      derive_run(plan.folder, plan.spec.model.label, plan.spec.seed, plan_.manifest, folds, std::move(facts)));
      MEXBENCH_TRY(write_state(run, state, result.verdict, result.reasons));
      (result.folds.whole() ? report_.results : report_.parts).push_back(std::move(result));
    }
    return core::write_file_atomic(plan_.folder / "summary.csv", summary_csv(report_.results), "summary.csv");
  }

  const ExperimentInput& input_;
  const RunOptions& options_;
  ExperimentPlan plan_;
  const InterruptGuard& interrupt_;
  Clock::time_point begin_;
  std::string started_;
  FoldTasks tasks_;
  std::vector<OneRun> runs_;
  std::vector<Job> jobs_;
  fs::path program_;
  MemoryFile tensor_;
  json environment_;
  std::string environment_hash_;
  RunReport report_;
};

}  // namespace

core::Status render_corpus(const std::string& adapter, const json& options, const fs::path& root, std::size_t threads) {
  const InterruptGuard interrupt;
  MEXBENCH_ASSIGN(const fs::path program, find_worker_program());
  MEXBENCH_ASSIGN(WorkerProcess worker, WorkerProcess::start(program, MemoryFile()));
  const auto done = worker.call(
      {{"type", "render"}, {"adapter", adapter}, {"options", options}, {"root", root.string()}, {"threads", threads}}, interrupt);
  if (done) return {};
  worker.kill();
  core::remove_abandoned(fs::absolute(root).lexically_normal().parent_path());
  return done.error();
}

core::Result<data::Manifest> load_manifest(config::DatasetSpec dataset, const Catalogue& catalogue, const fs::path& out,
                                           std::size_t threads) {
  if (catalogue.is_generated(dataset.adapter)) {
    if (dataset.root.empty()) {
      const json identity = {{"adapter", dataset.adapter}, {"options", dataset.options}};
      dataset.root = out / "corpora" / fmt::format("{}-{}", dataset.adapter, store::hash_json(identity).substr(0, 12));
    }
    std::error_code failure;
    if (!fs::exists(dataset.root, failure)) {
      core::tell(fmt::format("rendering corpus '{}' into {}\n", dataset.adapter, dataset.root.string()));
      MEXBENCH_TRY(render_corpus(dataset.adapter, dataset.options, dataset.root, threads));
    }
  }
  return catalogue.manifest(dataset);
}

core::Result<RunReport> run_experiment(const ExperimentInput& input, const Catalogue& catalogue, const RunOptions& options) {
  const InterruptGuard interrupt;
  MEXBENCH_TRY(check_models(input.spec, catalogue));  // before a corpus is rendered
  MEXBENCH_ASSIGN(data::Manifest manifest, load_manifest(input.spec.dataset, catalogue, options.out, options.jobs));
  MEXBENCH_ASSIGN(ExperimentPlan plan,
                  make_plan(input.spec, input.science_of, std::move(manifest), catalogue, {.out = options.out, .pins = options.pins}));
  return Runner(input, options, std::move(plan), interrupt).run();
}

}  // namespace mexbench::run
