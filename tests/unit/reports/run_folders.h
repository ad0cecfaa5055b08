// Run folders for tests, written as docs/file-formats.md describes them, from made-up predictions.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/core/csv.h"
#include "harness/core/random.h"
#include "harness/core/text.h"
#include "harness/eval/curves.h"
#include "harness/eval/floor.h"
#include "harness/eval/metrics.h"

namespace mexbench::reports::testing {

namespace fs = std::filesystem;
using nlohmann::json;

struct MadeClip {
  std::string dataset, subject, clip;
  std::size_t truth = 0, predicted = 0;
};

// A folder that is gone with the test.
class ScratchFolder {
 public:
  ScratchFolder() {
    static int made = 0;
    path_ = fs::temp_directory_path() / ("mexbench-reports-" + std::to_string(::getpid()) + "-" + std::to_string(made++));
    fs::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

inline void write_text(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}
inline std::string read_text(const fs::path& path) {
  std::stringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

// Everything a run folder is made of; tests change members before write().
struct MadeRun {
  std::string experiment = "tiny";
  std::string label = "ststnet";
  std::uint64_t seed = 0;
  std::vector<std::string> classes{"negative", "positive", "surprise"};
  std::vector<MadeClip> clips;
  std::vector<std::vector<float>> scores;  // of each clip, their highest that of the prediction; empty: decisions only
  std::string apex_source = "annotated";
  std::string recipe = "flow-image";  // of the inputs
  json run = {{"schema", "mexbench.run/1"},
              {"description", ""},
              {"dataset", {{"adapter", "megc2019-flow"}, {"label_map", "megc2019"}, {"notes", json::array()}}},
              {"protocol", {{"name", "loso"}, {"options", json::object()}}},
              {"train",
               {{"epochs", 800},
                {"batch_size", 256},
                {"shuffle", false},
                {"optimizer", {{"name", "adam"}, {"lr", 5e-5}}},
                {"selection", "fixed_epoch"}}},
              {"science_hash", "5c1e0000000000000000000000000000000000000000000000000000000000aa"},
              {"science", json::object()},
              {"environment_hash", "e11e0000000000000000000000000000000000000000000000000000000000bb"},
              {"environment", {{"torch", "1.13.1"}, {"opencv", "4.6.0"}}},
              {"mexbench_version", "0.1.0"},
              {"command", {"mexbench", "run", "tiny.yaml"}},
              {"command_redo", "mexbench run tiny.yaml --out runs"},
              {"started", "2026-01-01T00:00:00Z"},
              {"ended", "2026-01-01T00:02:03Z"},
              {"wall_seconds", 123.4},
              {"host", "bench-1"},
              {"jobs", 2},
              {"state", "complete"},
              {"verdict", "UNAUDITED"},
              {"verdict_reasons", {"not every rule was checked"}},
              {"published", json::array()}};
  json model = {{"name", "ststnet"},  {"params", json::object()}, {"input_channels", json::array()},  {"trained", true},
                {"weights", nullptr}, {"verified", "fixture"},    {"paper", "Liong et al., FG 2019"}, {"parameters", 1683}};
  json audit = {{"schema", "mexbench.audit/1"},
                {"verdict", "UNAUDITED"},
                {"reasons", {"not every rule was checked"}}};  // without "rules": those that give the verdict
  json input_notes = json::array();
  bool has_floor = true;
  // What epochs chosen on the test subjects would have predicted, clip by clip; empty: the epochs were not recorded.
  std::vector<std::size_t> best_predicted;
  std::int64_t recorded = 800;  // epochs of each fold, then
  json curves;                  // curves.json; null: none
  json latency;                 // latency.json; null: the run was not timed

  [[nodiscard]] fs::path folder(const fs::path& out) const { return out / experiment / label / ("seed-" + std::to_string(seed)); }
  [[nodiscard]] eval::PredictionSet read_back() const {
    auto read = eval::parse_predictions(predictions(), "made-up predictions", {.classes = classes});
    if (!read) throw std::logic_error(read.error().render());
    return std::move(read).value();
  }
  [[nodiscard]] json metrics() const { return eval::to_json(eval::evaluate(read_back())); }
  // Every fold trained on the clips of all other subjects.
  [[nodiscard]] json floor() const {
    const eval::PredictionSet tested = read_back();
    std::vector<std::int64_t> all(classes.size(), 0);
    std::map<core::FoldId, std::vector<std::int64_t>> own;
    for (const eval::Prediction& clip : tested.rows) {
      own[clip.fold].resize(classes.size());
      eval::count_truth(clip.truth, own[clip.fold]);
      eval::count_truth(clip.truth, all);
    }
    std::vector<eval::FloorFold> folds;
    for (const auto& [fold, counts] : own) {
      folds.push_back({.fold = fold, .train = all});
      for (std::size_t c = 0; c < counts.size(); ++c) folds.back().train[c] -= counts[c];
    }
    const auto made = eval::floor_of(tested, std::move(folds), /*draws=*/1000);
    if (!made) throw std::logic_error(made.error().render());
    return eval::to_json(*made);
  }
  [[nodiscard]] std::string predictions() const {
    std::string out = "dataset,subject,clip,fold,truth,prediction";
    for (const std::string& name : scores.empty() ? std::vector<std::string>{} : classes) out += "," + core::csv_field("score:" + name);
    out += '\n';
    for (std::size_t i = 0; i < clips.size(); ++i) {
      const MadeClip& clip = clips[i];
      for (const std::string& text : {clip.dataset, clip.subject, clip.clip, clip.dataset + "/" + clip.subject, classes[clip.truth]}) {
        out += core::csv_field(text) + ",";
      }
      out += core::csv_field(classes[clip.predicted]);
      for (const float score : scores.empty() ? std::vector<float>{} : scores.at(i)) out += "," + core::format_score(score);
      out += '\n';
    }
    return out;
  }
  [[nodiscard]] json manifest() const {
    json rules = json::object(), list = json::array();
    for (std::size_t c = 0; c < classes.size(); ++c) rules[std::to_string(c)] = classes[c];
    for (const MadeClip& clip : clips) {
      const std::string subject = clip.dataset + "/" + clip.subject;
      list.push_back({{"id", subject + "/" + clip.clip},
                      {"dataset", clip.dataset},
                      {"subject", subject},
                      {"clip", clip.clip},
                      {"truth", classes[clip.truth]},
                      {"onset", nullptr},
                      {"apex", nullptr},
                      {"offset", nullptr},
                      {"apex_source", apex_source},
                      {"files", {{{"role", "flow"}, {"path", clip.clip + ".png"}, {"sha256", "00"}}}}});
    }
    return {{"schema", "mexbench.manifest/1"},
            {"adapter", "megc2019-flow"},
            {"label_map", {{"id", "megc2019"}, {"version", 1}, {"classes", classes}, {"rules", rules}}},
            {"input",
             {{"recipe", recipe},
              {"version", 1},
              {"channels", {"strain", "v", "u"}},
              {"height", 28},
              {"width", 28},
              {"low", 0.0},
              {"high", 255.0},
              {"options", json::object()}}},
            {"notes", input_notes},
            {"clips", list}};
  }
  [[nodiscard]] json audited() const {
    json out = audit;
    if (out.contains("rules")) return out;
    const bool broken = out["verdict"] == "INVALID";
    out["rules"] = {{{"rule", "subject-overlap"}, {"status", broken ? "broken" : "passed"}, {"detail", "subjects of every fold compared"}}};
    if (out["verdict"] == "UNAUDITED") {
      out["rules"].push_back({{"rule", "image-duplicates"}, {"status", "not-checked"}, {"detail", "this version does not check it"}});
    }
    return out;
  }
  // What the audit found, in both files that say so.
  void judge(const char* verdict, const json& reasons = json::array()) {
    run["verdict"] = audit["verdict"] = verdict;
    run["verdict_reasons"] = audit["reasons"] = reasons;
  }
  [[nodiscard]] json best_epoch() const {
    MadeRun chosen = *this;
    chosen.scores.clear();  // those of the run itself
    json epochs = json::object(), counts = json::object();
    for (std::size_t i = 0; i < clips.size(); ++i) {
      chosen.clips[i].predicted = best_predicted.at(i);
      epochs[clips[i].dataset + "/" + clips[i].subject] = 1;
      counts[clips[i].dataset + "/" + clips[i].subject] = recorded;
    }
    return {{"schema", "mexbench.best-epoch/1"}, {"rule", "..."}, {"epochs", epochs}, {"recorded", counts}, {"metrics", chosen.metrics()}};
  }
  // Writes the whole folder and returns it.
  fs::path write(const fs::path& out) const {
    fs::path to = folder(out);
    json full = run;
    full["experiment"] = experiment;
    full["model"] = model;
    full["model"]["label"] = label;
    full["seed"] = seed;
    if (!full.contains("folds")) {
      std::set<std::string> folds;
      for (const MadeClip& clip : clips) folds.insert(clip.dataset + "/" + clip.subject);
      full["folds"] = {{"planned", folds.size()}, {"sealed", folds.size()}, {"failed", json::array()}};
    }
    write_text(to / "run.json", full.dump(1));
    write_text(to / "manifest.lock.json", manifest().dump(1));
    write_text(to / "metrics.json", metrics().dump(1));
    write_text(to / "predictions.csv", predictions());
    if (has_floor) write_text(to / "floor.json", floor().dump(1));
    if (!best_predicted.empty()) write_text(to / "best_epoch.json", best_epoch().dump(1));
    write_text(to / "audit.json", audited().dump(1));
    if (!curves.is_null()) write_text(to / "curves.json", curves.dump(1));
    if (!latency.is_null()) write_text(to / "latency.json", latency.dump(1));
    return to;
  }
};

// Six clips of three subjects. All: negative 2 of 3 right, positive 1 of 2, surprise 1 of 1.
inline MadeRun tiny_run() {
  MadeRun run;
  run.clips = {{"casme2", "sub01", "EP01", 0, 0}, {"casme2", "sub01", "EP02", 1, 1},  {"casme2", "sub02", "EP01", 0, 0},
               {"casme2", "sub02", "EP03", 2, 2}, {"smic", "s01", "s01_ne_01", 0, 1}, {"smic", "s01", "s01_po_01", 1, 0}};
  return run;
}

// The shape of MEGC 2019 (68 subjects, 442 clips, skewed classes); `skill` is the share of clips predicted right at the mean.
inline MadeRun megc_run(const std::string& label, std::uint64_t seed, double skill) {
  struct Corpus {
    const char* id;
    const char* prefix;
    std::size_t subjects;
    std::vector<std::size_t> clips;  // per class
  };
  const std::vector<Corpus> corpora{{"casme2", "sub", 24, {88, 32, 25}}, {"samm", "", 28, {92, 26, 15}}, {"smic", "s", 16, {70, 51, 43}}};
  MadeRun run;
  run.experiment = "megc2019-loso";
  run.label = label;
  run.seed = seed;
  core::RandomStream layout(2019);
  core::RandomStream random(seed * 1000 + static_cast<std::uint64_t>(skill * 997));
  for (const Corpus& corpus : corpora) {
    std::vector<double> ease(corpus.subjects);
    for (double& one : ease) one = random.uniform(-0.25, 0.25);
    std::size_t made = 0;
    for (std::size_t truth = 0; truth < corpus.clips.size(); ++truth) {
      for (std::size_t i = 0; i < corpus.clips[truth]; ++i, ++made) {
        // Every subject has a clip; the others crowd on the first subjects, as in the corpora.
        const double at = layout.uniform();
        const std::size_t subject =
            made < corpus.subjects ? made : static_cast<std::size_t>(at * at * static_cast<double>(corpus.subjects));
        const double chance = skill + ease[subject] - (truth == 0 ? -0.1 : 0.1);
        std::size_t predicted = truth;
        if (random.uniform() > chance) predicted = (truth + 1 + random.below(2)) % 3;
        char name[32], clip[32];
        std::snprintf(name, sizeof name, "%s%0*zu", corpus.prefix, *corpus.prefix == 0 ? 3 : 2, subject + 1);
        std::snprintf(clip, sizeof clip, "EP%03zu", made + 1);
        run.clips.push_back({corpus.id, name, clip, truth, predicted});
      }
    }
  }
  run.run["command_redo"] = "mexbench run experiments/baselines/ststnet/scratch.yaml --out runs";
  run.run["dataset"]["notes"] = {"flow images of the challenge winners' release; no frame numbers come with them"};
  return run;
}

// Scores of a network that is somewhat too sure of itself, and a little surer where it is right.
inline void add_scores(MadeRun& run, std::uint64_t stream = 7) {
  core::RandomStream random(stream + 1000 * run.seed);
  run.scores.clear();
  for (const MadeClip& clip : run.clips) {
    std::vector<float> scores;
    for (std::size_t c = 0; c < run.classes.size(); ++c) scores.push_back(static_cast<float>(random.uniform(-1.0, 0.5)));
    scores[clip.predicted] = static_cast<float>(0.5 + (clip.predicted == clip.truth ? random.uniform(0.2, 4.0) : random.uniform(0.0, 2.5)));
    run.scores.push_back(std::move(scores));
  }
}

// Epochs that a run recorded: a loss that falls, a UF1 that rises and wanders.
inline void add_curves(MadeRun& run, std::int64_t epochs) {
  eval::Curves curves;
  core::RandomStream random(11 + run.seed);
  for (std::int64_t epoch = 1; epoch <= epochs; ++epoch) {
    const double done = static_cast<double>(epoch) / static_cast<double>(epochs);
    const double loss = 0.15 + 1.0 / (1.0 + 12.0 * done) + random.uniform(0.0, 0.02);
    curves.epochs.push_back({.epoch = epoch,
                             .folds = 68,
                             .train_loss = loss,
                             .loss_low = 0.8 * loss,
                             .loss_high = 1.3 * loss,
                             .test_uf1 = core::Figure::of(0.25 + 0.4 * done / (0.2 + done) + random.uniform(-0.02, 0.02))});
  }
  for (const MadeClip& clip : run.clips) curves.epochs_trained[core::FoldId(clip.dataset + "/" + clip.subject)] = epochs;
  run.curves = eval::to_json(curves);
}

inline json published_result() {
  return {{"id", "liong2019-table2"},
          {"citation",
           "Liong, Gan, See, Khor, Huang: Shallow Triple Stream Three-dimensional CNN (STSTNet) for Micro-expression Recognition, FG 2019"},
          {"doi", "10.1109/FG.2019.8756567"},
          {"where", "Table II"},
          {"metric_convention", "pooled"},
          {"selection_rule", "best epoch per test subject"},
          {"read_in_full", true},
          {"model_label", "ststnet"},
          {"note", ""},
          {"scores",
           {{"all", {{"uf1", 0.7353}, {"uar", 0.7605}, {"accuracy", nullptr}}},
            {"casme2", {{"uf1", 0.8382}, {"uar", 0.8686}}},
            {"samm", {{"uf1", 0.6588}, {"uar", 0.6810}}},
            {"smic", {{"uf1", 0.6801}, {"uar", 0.7013}}}}}};
}

}  // namespace mexbench::reports::testing
