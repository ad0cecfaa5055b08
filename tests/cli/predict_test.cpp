// `predict`: a fold's weights, or weights of an experiment, applied to clips of the user's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/tiny_run.h"

namespace mexbench::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::vector<std::string>> rows_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    rows.emplace_back();
    for (std::string field; std::getline(fields, field, ',');) rows.back().push_back(field);
  }
  return rows;
}

class Predict : public TinyRun {
 protected:
  // The clips of these subjects as anybody would give their own: a folder each, with an image for each role of the run's recipe.
  [[nodiscard]] std::string clips_of(const std::string& subjects, const std::string& run) const {
    const auto lock = nlohmann::json::parse(read(fs::path(run) / "manifest.lock.json"));
    for (const auto& clip : lock.at("clips")) {
      const auto id = clip.at("subject").get<std::string>();
      const std::string subject = id.substr(id.find('/') + 1);
      if (subjects.find(subject) == std::string::npos) continue;
      const fs::path own = folder.path() / "own" / (subject + "-" + clip.at("clip").get<std::string>());
      fs::create_directories(own);
      for (const auto& file : clip.at("files")) {
        fs::copy_file(corpus->path() / "synth" / file.at("path").get<std::string>(), own / (file.at("role").get<std::string>() + ".png"));
      }
    }
    return folder / "own";
  }
  [[nodiscard]] std::string clips_of(const std::string& subjects) const { return clips_of(subjects, tiny()); }
  static std::string tiny() { return *corpus / "whole/tiny/ststnet/seed-0"; }

  // Class and scores of every clip that `run` tested in fold synth/<subject>, as predictions.csv has them, are those of `csv`.
  static void expect_same_as_run(const std::string& run, const std::string& subject, const std::string& csv) {
    const auto seen = rows_of(csv);
    std::size_t next = 1;
    for (const auto& row : rows_of(read(fs::path(run) / "predictions.csv"))) {
      if (row[1] != subject) continue;
      ASSERT_LT(next, seen.size());
      EXPECT_THAT(seen[next][0], ::testing::EndsWith(subject + "-" + row[2]));
      EXPECT_EQ(std::vector(seen[next].begin() + 1, seen[next].end()), std::vector(row.begin() + 5, row.end()));
      ++next;
    }
    EXPECT_EQ(next, seen.size());
    EXPECT_GT(next, 1U);
  }
  static void expect_refused(const std::vector<std::string>& arguments, int code, const std::string& message) {
    std::vector<std::string> words{"predict"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const Outcome refused = mexbench(words);
    EXPECT_EQ(refused.code, code) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr(message));
    EXPECT_EQ(refused.out, "");
  }
};

TEST_F(Predict, AFoldsTestClipsGetTheScoresItGaveThem) {
  const Outcome done =
      mexbench({"predict", tiny(), "--fold", "synth/s02", clips_of("s02"), "--out", folder / "out.csv", "--format", "csv"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.out.substr(0, done.out.find('\n')), "clip,prediction,score:negative,score:positive,score:surprise");
  EXPECT_EQ(read(folder / "out.csv"), done.out);
  EXPECT_THAT(done.err, Not(HasSubstr("warning")));
  expect_same_as_run(tiny(), "s02", done.out);
}

TEST_F(Predict, InputsAreAdaptedAsInTheRun) {
  const Outcome ran = run({"--out", folder / "runs", "--set",
                           "models=[{name: sssnet, params: {h_dims: [4, 4, 8]}, input: {channels: [u, v, strain], size: 64}}, "
                           "{name: chance, label: majority, params: {strategy: majority}}]"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const std::string own = clips_of("s03");
  for (const std::string model : {"sssnet", "majority"}) {
    const std::string of = folder / ("runs/tiny/" + model + "/seed-0");
    const Outcome done = mexbench({"predict", of, "--fold", "synth/s03", own, "--format", "csv"});
    ASSERT_EQ(done.code, 0) << done.err;
    expect_same_as_run(of, "s03", done.out);
  }
}

TEST_F(Predict, FrameVolumesAreFoldersOfFrames) {
  const Outcome ran =
      run({"--out", folder / "runs", "--set",
           "dataset={adapter: synth, root: \"${TINY_CORPUS}/synth\", subjects: 4, clips_per_subject: 3, frames: 5, size: 48, volume: 5}",
           "--set", "models=[{name: ststnet, input: {channels: [t00, t02, t04], size: 28, interpolation: area}}]"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const std::string of = folder / "runs/tiny/ststnet/seed-0";
  const std::string own = clips_of("s02", of);
  const Outcome done = mexbench({"predict", of, "--fold", "synth/s02", own, "--format", "csv"});
  ASSERT_EQ(done.code, 0) << done.err;
  expect_same_as_run(of, "s02", done.out);
  fs::remove(fs::path(own) / "s02-c01/t03.png");
  expect_refused({of, "--fold", "synth/s02", own}, 3, "s02-c01/t03.png");
  // Flow is another input.
  expect_refused({of, "--fold", "synth/s02", "--dataset", *corpus / "tiny.yaml"}, 3, "its clips are made by recipe 'onset-apex-flow'");
}

TEST_F(Predict, TrainingClipsAreToldApart) {
  const std::string own = clips_of("s01 s02");
  const Outcome done = mexbench({"predict", tiny(), "--fold", "synth/s02", own + "/s02-c01", own + "/s01-c01", "--format", "json"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.err, AllOf(HasSubstr("own/s01-c01: warning: is byte for byte 'synth/s01/c01', a training clip of fold 'synth/s02'"),
                              HasSubstr("its prediction is no evidence"), Not(HasSubstr("own/s02-c01: warning"))));
  const auto rows = nlohmann::json::parse(done.out);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows.at(0).at("clip"), own + "/s02-c01");  // in the order given
  EXPECT_TRUE(rows.at(0).at("score:negative").is_number());
}

TEST_F(Predict, AnotherCorpusIsPredictedAndItsTrainingClipsAreTold) {
  const Outcome done = mexbench({"predict", tiny(), "--fold", "synth/s02", "--dataset", *corpus / "tiny.yaml", "--format", "csv"});
  ASSERT_EQ(done.code, 0) << done.err;
  const auto tested = rows_of(read(tiny() + "/predictions.csv"));
  EXPECT_EQ(rows_of(done.out).size(), tested.size());
  for (const auto& row : tested) {
    if (row[1] == "s02") {
      EXPECT_THAT(done.out, HasSubstr("synth/s02/" + row[2] + "," + row[5] + ","));
    }
  }
  EXPECT_THAT(done.err, HasSubstr("further clips are training clips of this fold too"));
}

// On the engine that the run was on: bits are compared.
TEST_F(Predict, WeightsOfAnExperimentAreApplied) {
  const std::string loaded = folder / "loaded.yaml";
  write(loaded,
        "schema_version: 1\nname: loaded\n"
        "dataset: {adapter: synth, root: \"${TINY_CORPUS}/synth\", subjects: 4, clips_per_subject: 3, frames: 5, size: 48}\n"
        "protocol: loso\nmodels:\n"
        "  - {label: each, name: ststnet, engine: fused, weights: \"" +
            tiny() +
            "/folds/{fold}/weights.pth\"}\n"
            "  - {label: one, name: ststnet, engine: fused, weights: \"" +
            tiny() +
            "/folds/synth__s02/weights.pth\"}\n"
            "  - {label: fitted, name: chance}\nseeds: [0]\n");
  const std::string own = clips_of("s02");
  const Outcome each = mexbench({"predict", loaded, "--model", "each", "--fold", "synth/s02", own, "--format", "csv"});
  ASSERT_EQ(each.code, 0) << each.err;
  expect_same_as_run(tiny(), "s02", each.out);
  const Outcome one = mexbench({"predict", loaded, "--model", "one", own, "--format", "csv"});
  EXPECT_EQ(one.out, each.out) << one.err;
  expect_refused({loaded, own}, 2, "the experiment has 3 models");
  expect_refused({loaded, "--model", "eahc", own}, 2, "did you mean 'each'?");
  expect_refused({loaded, "--model", "each", own}, 2, "'each' has 4 folds, each with weights of its own");
  expect_refused({loaded, "--model", "each", "--fold", "synth/s09", own}, 2, "there is no fold 'synth/s09'");
  expect_refused({loaded, "--model", "each", "--seed", "7", own}, 2, "the experiment has no seed '7'");
  expect_refused({loaded, "--model", "fitted", own}, 2, "loaded.yaml:8:5: error: model 'fitted' has no weights: this experiment fits it");
}

TEST_F(Predict, WrongClipsAreRefused) {
  const std::string own = clips_of("s02");
  const auto with = [&](const std::string& clip) { return std::vector<std::string>{tiny(), "--fold", "synth/s02", clip}; };
  expect_refused({tiny(), "--fold", "synth/s02"}, 2, "no clips to predict");
  expect_refused({tiny(), "--fold", "synth/s02", own, "--dataset", *corpus / "tiny.yaml"}, 2, "clips are given, and '--dataset' too");
  expect_refused(with(folder / "nowhere"), 3, "nowhere: error: there is no such file or folder");
  expect_refused(with(own + "/s02-c01/onset.png"), 3,
                 "is no clip: recipe 'onset-apex-flow' makes one of a folder with onset.png and apex.png");
  expect_refused({tiny(), "--fold", "synth/s02", own + "/s02-c01", own + "/../own/s02-c01/"}, 3, "is given twice");
  fs::create_directories(folder.path() / "empty");
  expect_refused(with(folder / "empty"), 3, "empty: error: has no clips");
  fs::remove(fs::path(own) / "s02-c01/apex.png");
  expect_refused(with(own), 3, "s02-c01/apex.png");
  write(fs::path(own) / "s02-c01/apex.png", "not an image");
  expect_refused(with(own), 3, "s02-c01/apex.png");
  write(fs::path(own) / "notes.txt", "");
  expect_refused(with(own), 3, "notes.txt: error: is no clip");
}

TEST_F(Predict, WrongRunsAreRefused) {
  const std::string own = clips_of("s02");
  expect_refused({*corpus / "whole/tiny", "--fold", "synth/s02", own}, 3, "whole/tiny: error: is no run's folder: it has no run.json");
  expect_refused({tiny(), own}, 2, "'ststnet' has 4 folds, each with weights of its own");
  expect_refused({tiny(), "--model", "ststnet", "--fold", "synth/s02", own}, 2,
                 "'--model', '--seed' and '--set' are for an experiment file");
  expect_refused({folder / "nowhere.yaml", own}, 2, "nowhere.yaml");

  const Outcome bare = run({"--out", folder / "bare", "--set", "save_weights=false", "--set", "train.epochs=1", "--fold", "synth/s02"});
  ASSERT_EQ(bare.code, 0) << bare.err;
  const std::string kept_none = folder / "bare/tiny/ststnet/seed-0";
  expect_refused({kept_none, "--fold", "synth/s02", own}, 3, "the run kept no weights of fold 'synth/s02'");
  expect_refused({kept_none, "--fold", "synth/s01", own}, 3, "fold 'synth/s01' is not computed");

  // A file that was changed, and an experiment that was.
  fs::create_directories(folder.path() / "copy");
  fs::copy(*corpus / "whole/tiny", folder / "copy/tiny", fs::copy_options::recursive);
  const std::string copied = folder / "copy/tiny/ststnet/seed-0";
  fs::resize_file(fs::path(copied) / "folds/synth__s02/weights.pth", 1000);
  expect_refused({copied, "--fold", "synth/s02", own}, 3, "weights.pth");
  const fs::path resolved = folder.path() / "copy/tiny/resolved.yaml";
  std::string text = read(resolved);
  const std::size_t at = text.find("epochs: 3");
  ASSERT_NE(at, std::string::npos);
  write(resolved, text.replace(at, 9, "epochs: 4"));
  expect_refused({copied, "--fold", "synth/s01", own}, 2, "was run with other settings or files than its experiment has now");
}

}  // namespace
}  // namespace mexbench::test
