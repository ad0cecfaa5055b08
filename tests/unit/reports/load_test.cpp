#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "reports/report.h"
#include "unit/reports/run_folders.h"

namespace mexbench::reports {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::json;
using testing::MadeRun;
using testing::read_text;
using testing::ScratchFolder;
using testing::tiny_run;
using testing::write_text;

core::Result<ReportData> load(const std::vector<fs::path>& folders) { return load_runs(folders); }

// The error of loading `folder`, which must be exit code 3.
std::string data_error(const fs::path& folder) {
  const auto result = load({folder});
  if (result) return "loaded";
  EXPECT_EQ(result.error().code(), core::ErrorCode::kData);
  return result.error().render();
}

void change(const fs::path& file, const std::function<void(json&)>& edit) {
  json value = json::parse(read_text(file));
  edit(value);
  write_text(file, value.dump(1));
}

TEST(LoadRuns, ExperimentFolderGivesItsRunsSorted) {
  const ScratchFolder out;
  for (const std::uint64_t seed : {10U, 9U}) {
    MadeRun run = tiny_run();
    run.seed = seed;
    run.write(out.path());
  }
  const auto data = load({out.path() / "tiny/"});
  ASSERT_TRUE(data) << data.error().render();
  ASSERT_EQ(data->runs.size(), 2U);
  EXPECT_EQ(data->runs[0].seed.value, 9U);
  EXPECT_EQ(data->runs[1].predictions.size(), 6U);
}

TEST(LoadRuns, RunReachedTwiceCountsOnce) {
  const ScratchFolder out;
  const fs::path folder = tiny_run().write(out.path());
  const auto data = load({out.path() / "tiny", folder, folder / "."});
  ASSERT_TRUE(data) << data.error().render();
  EXPECT_EQ(data->runs.size(), 1U);
}

TEST(LoadRuns, SameRunInTwoPlacesIsAUsageError) {
  const ScratchFolder one, two;
  tiny_run().write(one.path());
  tiny_run().write(two.path());
  const auto data = load({one.path() / "tiny", two.path() / "tiny"});
  ASSERT_FALSE(data);
  EXPECT_EQ(data.error().code(), core::ErrorCode::kUsage);
  EXPECT_THAT(data.error().message(), HasSubstr("both hold model 'ststnet', seed 0 of experiment 'tiny'"));
}

TEST(LoadRuns, FolderSetAsideIsNoRun) {
  const ScratchFolder out;
  const fs::path folder = tiny_run().write(out.path());
  fs::create_directories(folder.parent_path() / "seed-0.old-1" / "folds");
  const auto data = load({out.path() / "tiny"});
  ASSERT_TRUE(data) << data.error().render();
  EXPECT_EQ(data->runs.size(), 1U);
}

TEST(LoadRuns, FolderWithoutRunsIsAnError) {
  const ScratchFolder out;
  EXPECT_THAT(data_error(out.path()), HasSubstr("holds no run"));
  EXPECT_THAT(data_error(out.path() / "absent"), HasSubstr((out.path() / "absent").string()));
}

TEST(LoadRuns, MissingFilesAreAllNamed) {
  const ScratchFolder out;
  const fs::path folder = tiny_run().write(out.path());
  for (const char* name : {"predictions.csv", "metrics.json", "audit.json", "manifest.lock.json"}) fs::remove(folder / name);
  const std::string error = data_error(folder);
  for (const char* name : {"predictions.csv", "metrics.json", "audit.json", "manifest.lock.json"}) {
    EXPECT_THAT(error, HasSubstr((folder / name).string()));
  }
}

TEST(LoadRuns, SeedFolderWithoutRunJsonIsAnError) {
  const ScratchFolder out;
  const fs::path folder = tiny_run().write(out.path());
  fs::remove(folder / "run.json");
  EXPECT_THAT(data_error(out.path() / "tiny"), HasSubstr((folder / "run.json").string()));
}

TEST(LoadRuns, CutOffJsonIsAnError) {
  const ScratchFolder out;
  const fs::path folder = tiny_run().write(out.path());
  const std::string text = read_text(folder / "metrics.json");
  write_text(folder / "metrics.json", text.substr(0, text.size() / 2));
  EXPECT_THAT(data_error(folder), HasSubstr("is not JSON at byte"));
}

TEST(LoadRuns, AllProblemsOfRunJsonAtOnce) {
  const ScratchFolder out;
  const fs::path folder = tiny_run().write(out.path());
  change(folder / "run.json", [](json& run) {
    run["model"].erase("label");
    run["seed"] = -1;
    run["verdict"] = "FINE";
    run["folds"]["planned"] = "3";
  });
  const std::string error = data_error(folder);
  EXPECT_THAT(error, HasSubstr("'model.label' is missing, a text is wanted"));
  EXPECT_THAT(error, HasSubstr("'seed' is -1, a seed (a whole number, 0 or more) is wanted"));
  EXPECT_THAT(error, HasSubstr("'verdict' is \"FINE\", 'VALID', 'INVALID' or 'UNAUDITED' is wanted"));
  EXPECT_THAT(error, HasSubstr("'folds.planned' is \"3\""));
}

TEST(LoadRuns, DamagedJsonNamesItsFileAndDoesNotEndTheProgram) {
  const auto nested = [](char open, char close) { return std::string(300'000, open) + std::string(300'000, close); };
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  objects += "1" + std::string(100'000, '}');
  for (const auto& [value, problem] :
       std::vector<std::pair<std::string, std::string>>{{nested('[', ']'), "is nested deeper than 64 levels"},
                                                        {objects, "is nested deeper than 64 levels"},
                                                        {"1e999", "can't be read: number overflow parsing '1e999'"},
                                                        {"[1", "is not JSON at byte"}}) {
    for (const char* name : {"run.json", "manifest.lock.json", "metrics.json", "audit.json"}) {
      const ScratchFolder out;
      const fs::path folder = tiny_run().write(out.path());
      std::string text = read_text(folder / name);
      text.insert(text.find('{') + 1, "\"options\": " + value + ",");
      write_text(folder / name, text);
      EXPECT_THAT(data_error(folder), HasSubstr((folder / name).string() + ": error: " + problem));
    }
  }
}

TEST(LoadRuns, DepthOfOurOwnFilesIsNoProblem) {
  const ScratchFolder out;
  MadeRun run = tiny_run();
  json deep = 1;
  for (int i = 0; i < 40; ++i) deep = {{"a", deep}};
  run.model["params"] = {{"deep", deep}};
  EXPECT_TRUE(load({run.write(out.path())}));
}

TEST(LoadRuns, NumbersOutOfRangeAndMistypedScoresAreTold) {
  for (const auto& [edit, problem] : std::vector<std::pair<std::function<void(json&)>, std::string>>{
           {[](json& run) { run["wall_seconds"] = 1e300; }, "'wall_seconds' is 1e+300, a number from 0 to 1000000000 or null is wanted"},
           {[](json& run) { run["wall_seconds"] = -5; }, "'wall_seconds' is -5, a number from 0 to 1000000000 or null is wanted"},
           {[](json& run) {
              run["published"][0]["scores"] = {{"all", 0.5}};
            },
            "'published[0].scores.all' is 0.5, an object is wanted"},
           {[](json& run) { run["published"][0]["scores"]["all"]["uf1"] = 73.5; },
            "'published[0].scores.all.uf1' is 73.5, a number from 0 to 1 or null is wanted"},
           {[](json& run) { run["published"][0] = "x"; }, "'published[0]' is \"x\", an object is wanted"}}) {
    const ScratchFolder out;
    MadeRun run = tiny_run();
    run.run["published"] = {testing::published_result()};
    const fs::path folder = run.write(out.path());
    change(folder / "run.json", edit);
    EXPECT_THAT(data_error(folder), ::testing::AllOf(HasSubstr(problem), ::testing::Not(HasSubstr("is missing"))));
  }
}

TEST(LoadRuns, OtherSchemaIsRefused) {
  const ScratchFolder out;
  const fs::path folder = tiny_run().write(out.path());
  change(folder / "run.json", [](json& run) { run["schema"] = "mexbench.run/2"; });
  EXPECT_THAT(data_error(folder), HasSubstr("schema is \"mexbench.run/2\", \"mexbench.run/1\" is wanted"));
}

TEST(LoadRuns, CompleteWithOpenFoldsContradictsItself) {
  const ScratchFolder out;
  MadeRun run = tiny_run();
  run.run["folds"] = {{"planned", 3}, {"sealed", 2}, {"failed", json::array()}};
  EXPECT_THAT(data_error(run.write(out.path())), HasSubstr("state is 'complete', but 2 of 3 folds are sealed"));
}

TEST(LoadRuns, MetricsThatThePredictionsDoNotGiveAreRefused) {
  const std::vector<std::function<void(json&)>> edits = {
      [](json& scope) { scope["uf1"] = 0.99; },
      [](json& scope) {
        scope["uar"] = json{{"value", nullptr}, {"reason", "made up"}};
      },
      [](json& scope) { scope["subjects"] = 99; },
      [](json& scope) { std::swap(scope["confusion"][0], scope["confusion"][1]); },
      [](json& scope) { scope["per_class"][1]["recall"] = 0.123; },
  };
  for (const auto& edit : edits) {
    const ScratchFolder out;
    const fs::path folder = tiny_run().write(out.path());
    change(folder / "metrics.json", [&](json& metrics) { edit(metrics["scopes"]["all"]); });
    EXPECT_THAT(data_error(folder), HasSubstr("scope 'all' is not what predictions.csv gives"));
  }
}

TEST(LoadRuns, FloorThatIsNotOfTheRunsClipsIsRefused) {
  const std::vector<std::pair<std::function<void(json&)>, const char*>> edits = {
      {[](json& floor) { floor["scopes"]["all"]["majority"]["uf1"] = 0.99; }, "is not the floor of the clips of predictions.csv"},
      {[](json& floor) { floor["scopes"]["smic"]["clips"] = 3; }, "is not the floor of the clips of predictions.csv"},
      {[](json& floor) { floor["scopes"].erase("smic"); }, "is not the floor of the clips of predictions.csv"},
      {[](json& floor) { floor["folds"].erase(0); }, "is tested by fold 'casme2/sub01', whose training clips are not known"},
      {[](json& floor) { floor["folds"][1] = floor["folds"][0]; }, "fold 'casme2/sub01' occurs twice"},
      {[](json& floor) { floor["classes"][2] = "disgust"; }, "has other classes than metrics.json"},
      {[](json& floor) { floor["schema"] = "mexbench.floor/2"; }, "mexbench.floor/1"},
      {[](json& floor) { floor.erase("draws"); }, "is not a floor file"},
  };
  for (const auto& [edit, message] : edits) {
    const ScratchFolder out;
    const fs::path folder = tiny_run().write(out.path());
    change(folder / "floor.json", edit);
    const std::string error = data_error(folder);
    EXPECT_THAT(error, HasSubstr(message));
    EXPECT_THAT(error, HasSubstr("floor.json"));
  }
}

// As mexbench left it before it derived floors.
TEST(LoadRuns, RunWithoutAFloorIsRead) {
  const ScratchFolder out;
  const fs::path folder = tiny_run().write(out.path());
  fs::remove(folder / "floor.json");
  const auto data = load({folder});
  ASSERT_TRUE(data) << data.error().render();
  EXPECT_FALSE(data->runs[0].floor.has_value());
}

TEST(LoadRuns, EpochsChosenOnTestSubjectsAreReadWhereTheRunHasThem) {
  const ScratchFolder out;
  const fs::path folder = tiny_run().write(out.path());
  EXPECT_FALSE(load({folder})->runs[0].best_epoch.has_value());
  json best = {{"schema", "mexbench.best-epoch/1"}, {"rule", "..."}, {"epochs", json::object()}};
  best["metrics"] = json::parse(read_text(folder / "metrics.json"));
  write_text(folder / "best_epoch.json", best.dump());
  const auto data = load({folder});
  ASSERT_TRUE(data) << data.error().render();
  ASSERT_TRUE(data->runs[0].best_epoch.has_value());
  EXPECT_EQ(data->runs[0].best_epoch->scopes.at("all").uf1.value, data->runs[0].metrics.scopes.at("all").uf1.value);

  best["metrics"]["scopes"].erase("smic");
  write_text(folder / "best_epoch.json", best.dump());
  EXPECT_THAT(data_error(folder), HasSubstr("is not of the classes and clips of metrics.json"));
  best.erase("metrics");
  write_text(folder / "best_epoch.json", best.dump());
  EXPECT_THAT(data_error(folder), HasSubstr("best_epoch.json"));
}

TEST(LoadRuns, ScopeAbsentFromMetricsIsRefused) {
  const ScratchFolder out;
  const fs::path folder = tiny_run().write(out.path());
  change(folder / "metrics.json", [](json& metrics) { metrics["scopes"].erase("smic"); });
  EXPECT_THAT(data_error(folder), HasSubstr("has no scope 'smic', predictions.csv has"));
}

TEST(LoadRuns, TruthOtherThanTheManifestsIsRefused) {
  const ScratchFolder out;
  MadeRun run = tiny_run();
  const fs::path folder = run.write(out.path());
  change(folder / "manifest.lock.json", [](json& manifest) { manifest["clips"][0]["truth"] = "surprise"; });
  EXPECT_THAT(data_error(folder), HasSubstr("label-disagrees: 1 clip has a truth that is not the manifest's: casme2/sub01/EP01"));
}

TEST(LoadRuns, ClipOutsideTheManifestIsRefused) {
  const ScratchFolder out;
  const fs::path folder = tiny_run().write(out.path());
  const std::string text = read_text(folder / "predictions.csv");
  write_text(folder / "predictions.csv", text + "casme2,sub09,EP01,casme2/sub09,negative,negative\n");
  EXPECT_THAT(data_error(folder), HasSubstr("clip-extra: 1 clip is not in the manifest: casme2/sub09/EP01"));
}

// The whole folder agrees but for its manifest: predictions and metrics were cut alike.
TEST(LoadRuns, ClipOfTheManifestWithoutPredictionIsRefused) {
  for (const char* protocol : {"loso", "lodo", "subject_kfold"}) {
    const ScratchFolder out;
    MadeRun whole = tiny_run(), cut = tiny_run();
    whole.run["protocol"]["name"] = cut.run["protocol"]["name"] = protocol;
    cut.clips.erase(cut.clips.begin() + 1);  // its subject has another clip, so the number of folds still holds
    const fs::path folder = cut.write(out.path());
    write_text(folder / "manifest.lock.json", whole.manifest().dump(1));
    EXPECT_THAT(data_error(folder),
                HasSubstr("predictions.csv: error: clip-missing: 1 clip of the manifest has no prediction: casme2/sub01/EP02"))
        << protocol;
  }
}

TEST(LoadRuns, HoldoutPredictsAPartOfTheManifest) {
  const ScratchFolder out;
  MadeRun whole = tiny_run(), part = tiny_run();
  part.run["protocol"]["name"] = "holdout";
  part.clips.erase(part.clips.begin(), part.clips.begin() + 4);
  const fs::path folder = part.write(out.path());
  write_text(folder / "manifest.lock.json", whole.manifest().dump(1));
  const auto data = load({folder});
  ASSERT_TRUE(data) << data.error().render();
  EXPECT_EQ(data->runs[0].predictions.size(), 2U);
}

TEST(LoadRuns, FoldsOtherThanTheSealedOnesAreRefused) {
  const ScratchFolder out;
  MadeRun run = tiny_run();
  run.run["folds"] = {{"planned", 4}, {"sealed", 4}, {"failed", json::array()}};
  EXPECT_THAT(data_error(run.write(out.path())), HasSubstr("predictions.csv: error: has predictions of 3 folds, run.json has 4 sealed"));
}

TEST(LoadRuns, MalformedPredictionRowsNameTheirLine) {
  const ScratchFolder out;
  const fs::path folder = tiny_run().write(out.path());
  const std::string text = read_text(folder / "predictions.csv");
  write_text(folder / "predictions.csv",
             text + "casme2,sub01\ncasme2,sub01,EP09,casme2/sub01,joy,negative\ncasme2,sub01,EP01,casme2/sub01,negative,negative\n");
  const std::string error = data_error(folder);
  EXPECT_THAT(error, HasSubstr("predictions.csv:8: error: has 2 fields, the header has 6"));
  EXPECT_THAT(error, HasSubstr("predictions.csv:9:32: error: truth 'joy' is unknown"));
  EXPECT_THAT(error, HasSubstr("predictions.csv:10:14: error: clip 'casme2/sub01/EP01' occurs twice, first in line 2"));
}

TEST(LoadRuns, FigureMustBeANumberOrHaveAReason) {
  const ScratchFolder out;
  const fs::path folder = tiny_run().write(out.path());
  change(folder / "metrics.json", [](json& metrics) { metrics["scopes"]["all"]["uf1"] = nullptr; });
  EXPECT_THAT(data_error(folder), HasSubstr("scope 'all': 'uf1' is null, a number or {\"value\": null, \"reason\": \"...\"} is wanted"));
}

TEST(LoadRuns, IncompleteRunSaysWhatIsMissingAndReadsNoScore) {
  const ScratchFolder out;
  MadeRun run = tiny_run();
  run.run["state"] = "interrupted";
  run.run["folds"] = {{"planned", 3}, {"sealed", 1}, {"failed", json::array()}};
  const fs::path folder = run.write(out.path());
  fs::remove(folder / "audit.json");
  fs::remove(folder / "floor.json");
  write_text(folder / "metrics.json", "half a file");
  const auto data = load({folder});
  ASSERT_TRUE(data) << data.error().render();
  EXPECT_FALSE(data->runs[0].complete());
  EXPECT_THAT(data->runs[0].missing_files, ElementsAre("floor.json", "audit.json"));
  EXPECT_TRUE(data->runs[0].metrics.scopes.empty());
}

TEST(LoadRuns, VerdictThatTheRulesDoNotGiveIsRefused) {
  const ScratchFolder out;
  MadeRun run = tiny_run();
  run.audit["rules"] = {{{"rule", "subject-overlap"}, {"status", "broken"}, {"detail", "casme2/sub01"}}};
  EXPECT_THAT(data_error(run.write(out.path())), HasSubstr("verdict is \"UNAUDITED\", its rules give \"INVALID\""));
}

TEST(LoadRuns, VerdictIsTheAuditsAndADifferentRecordIsAReason) {
  const ScratchFolder out;
  MadeRun run = tiny_run();
  run.judge("INVALID", {"subject-overlap: casme2/sub01"});
  run.run["verdict"] = "UNAUDITED";
  const auto data = load({run.write(out.path())});
  ASSERT_TRUE(data) << data.error().render();
  EXPECT_EQ(data->runs[0].verdict, "INVALID");
  EXPECT_THAT(data->runs[0].verdict_reasons,
              ElementsAre("subject-overlap: casme2/sub01", "run.json recorded UNAUDITED when the run ended"));
}

}  // namespace
}  // namespace mexbench::reports
