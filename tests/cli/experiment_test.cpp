// Experiment files with the real models, corpora and protocols: `validate`, `plan`, `show`, `schema` and the examples of `--help`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/support.h"

namespace mexbench::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string kTiny = R"(schema_version: 1
name: tiny
dataset: {adapter: synth, subjects: 4, clips_per_subject: 3, frames: 5, size: 48}
protocol: {name: loso}
models: [{name: ststnet}]
train: {epochs: 3, batch_size: 8}
seeds: [0]
)";

std::string tiny_with(const std::string& from, const std::string& to) {
  std::string text = kTiny;
  return text.replace(text.find(from), from.size(), to);
}

class ExperimentFile : public ::testing::Test {
 protected:
  Outcome validate(const std::string& text, std::vector<std::string> more = {}) { return call("validate", text, std::move(more)); }
  Outcome plan(const std::string& text, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--out", folder / "runs"});
    return call("plan", text, std::move(more));
  }
  TemporaryFolder folder;

 private:
  Outcome call(const std::string& verb, const std::string& text, std::vector<std::string> more) {
    write(folder / "e.yaml", text);
    more.insert(more.begin(), {verb, folder / "e.yaml"});
    return mexbench(more);
  }
};

TEST_F(ExperimentFile, TheCommandLineOfARunCanBeTriedWithValidateAndPlan) {
  const std::vector<std::string> common{"--out", folder / "runs", "--jobs", "2", "--fresh", "--set", "train.epochs=4"};
  const Outcome validated = validate(kTiny, common);
  EXPECT_EQ(validated.code, 0) << validated.err;
  EXPECT_FALSE(fs::exists(folder / "runs"));
  std::vector<std::string> words{"plan", folder / "e.yaml"};
  words.insert(words.end(), common.begin(), common.end());
  const Outcome planned = mexbench(words);
  EXPECT_EQ(planned.code, 0) << planned.err;
  EXPECT_FALSE(fs::exists(folder / "runs/tiny"));
  EXPECT_EQ(validate(kTiny, {"--jobs", "0"}).code, 2);
}

TEST_F(ExperimentFile, DatasetsAreThoseTheAdapterHas) {
  const std::string composite = tiny_with("{adapter: synth, subjects: 4, clips_per_subject: 3, frames: 5, size: 48}",
                                          "{adapter: megc2019-flow, root: x, only: [casme2, samm]}");
  const std::string published =
      "published: [{id: a, citation: b, where: c, metric_convention: pooled, selection_rule: d, read_in_full: true, scores: {casme2: "
      "{uf1: 0.7}}}]\n";
  EXPECT_EQ(validate(composite + published).code, 0);
  std::string wrong = published;
  const Outcome scope = validate(composite + wrong.replace(wrong.find("casme2"), 6, "casme_2"));
  EXPECT_EQ(scope.code, 2);
  EXPECT_THAT(scope.err,
              AllOf(HasSubstr("e.yaml:8:"), HasSubstr("'casme_2' in 'scores' is no dataset"), HasSubstr("did you mean 'casme2'?")));
  std::string misspelt = composite;
  const Outcome only = validate(misspelt.replace(misspelt.find("samm"), 4, "samn"));
  EXPECT_EQ(only.code, 2);
  EXPECT_THAT(only.err, AllOf(HasSubstr("e.yaml:3:"), HasSubstr("^~~~ did you mean 'samm'?")));
  const Outcome other = validate(tiny_with("size: 48", "size: 48, only: [casme2]"));
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("an entry of 'only' is 'casme2', 'synth' is wanted"));
}

TEST_F(ExperimentFile, WhatDoesNotFitTheDataIsPointedAt) {
  const Outcome folds = plan(tiny_with("{name: loso}", "{name: subject_kfold, folds: 100}"));
  EXPECT_EQ(folds.code, 2);
  EXPECT_THAT(folds.err, HasSubstr("e.yaml:4:1: error: protocol 'subject_kfold' asks for 100 folds, but there are only 4 subjects\n"
                                   "    4 | protocol: {name: subject_kfold, folds: 100}\n"
                                   "      | ^~~~~~~~ use at most 4\n"));
  const Outcome lodo = plan(tiny_with("{name: loso}", "lodo"));
  EXPECT_EQ(lodo.code, 2);
  EXPECT_THAT(lodo.err, AllOf(HasSubstr("e.yaml:4:1: error: "), HasSubstr("      | ^~~~~~~~ name a composite")));
  const Outcome weights = plan(tiny_with("batch_size: 8", "batch_size: 8, class_weights: [1, 2]"));
  EXPECT_EQ(weights.code, 2);
  EXPECT_THAT(weights.err, AllOf(HasSubstr("e.yaml:6:35: error: model 'ststnet' has 2 class weights"),
                                 HasSubstr("      |                                   ^~~~~~~~~~~~~ give one weight per class")));
  const Outcome channels = plan(tiny_with("{name: ststnet}", "{name: ststnet, input: {channels: [u, w]}}"));
  EXPECT_EQ(channels.code, 2);
  EXPECT_THAT(channels.err, AllOf(HasSubstr("e.yaml:5:34: error: model 'ststnet' asks for channel 'w'"), HasSubstr("^~~~~~~~")));
  const Outcome selection = plan(tiny_with("subjects: 4", "subjects: 2"), {"--set", "train.selection=inner_subjects"});
  EXPECT_EQ(selection.code, 2);
  EXPECT_THAT(selection.err, AllOf(HasSubstr("--set:1:7: error: fold"), HasSubstr("    1 | train.selection=inner_subjects\n")));
}

TEST_F(ExperimentFile, PlanListsWhomEachFoldLeavesOut) {
  const Outcome text = plan(kTiny);
  ASSERT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("science"), HasSubstr("left out"), HasSubstr("synth/s03"), HasSubstr("would write to")));
  const Outcome listed = plan(tiny_with("{name: loso}", "{name: subject_kfold, folds: 2}"), {"--table", "folds", "--format", "json"});
  ASSERT_EQ(listed.code, 0) << listed.err;
  const json folds = json::parse(listed.out);
  ASSERT_EQ(folds.size(), 2U);
  std::string all;
  for (const json& fold : folds) {
    EXPECT_EQ(fold.at("train_clips").get<int>() + fold.at("test_clips").get<int>(), 12);
    EXPECT_EQ(fold.at("validation_clips"), 0);
    all += fold.at("test_subjects").get<std::string>() + " ";
  }
  for (const char* subject : {"synth/s01 ", "synth/s02 ", "synth/s03 ", "synth/s04 "}) EXPECT_THAT(all, HasSubstr(subject));
  const Outcome csv = plan(kTiny, {"--table", "folds", "--format", "csv"});
  EXPECT_THAT(csv.out, HasSubstr("fold,test_subjects,train_clips,validation_clips,test_clips\nsynth/s01,synth/s01,10,0,2\n"));
  EXPECT_THAT(plan(kTiny, {"--table", "counts", "--format", "md"}).out, HasSubstr("| synth"));
  EXPECT_EQ(json::parse(plan(kTiny, {"--format", "json"}).out).at(0).at("folds"), 4) << "the runs, unless another table is named";
}

TEST_F(ExperimentFile, ShowTakesOverridesOnlyForTheResolvedFile) {
  write(folder / "e.yaml", kTiny);
  const Outcome refused = mexbench({"show", folder / "e.yaml", "--set", "train.epochs=9"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("'--set' needs '--resolved'"));
  EXPECT_EQ(refused.out, "");
  EXPECT_THAT(mexbench({"show", "--resolved", folder / "e.yaml", "--set", "train.epochs=9"}).out, HasSubstr("epochs: 9  # --set"));
  EXPECT_EQ(mexbench({"show", folder / "e.yaml"}).out, kTiny);
}

TEST_F(ExperimentFile, NumbersThatBeginWithAPointSurviveResolving) {
  write(folder / "e.yaml", tiny_with("batch_size: 8", "batch_size: 8, optimizer: {name: sgd, lr: .5, momentum: .9}"));
  const Outcome resolved = mexbench({"show", "--resolved", folder / "e.yaml"});
  ASSERT_EQ(resolved.code, 0) << resolved.err;
  const Outcome again = validate(resolved.out);
  EXPECT_EQ(again.code, 0) << again.err;
}

TEST_F(ExperimentFile, MoreRunsThanAnyoneCanDoAreRefusedAtOnce) {
  std::string values = "1";
  for (int i = 2; i <= 300; ++i) values += ", " + std::to_string(i);
  const Outcome refused =
      validate(tiny_with("{name: ststnet}", "{name: ststnet, sweep: {train.epochs: [" + values + "]}}"), {"--set", "seeds={count: 10000}"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("300 models with 10000 seeds are 3000000 runs, at most 10000 are accepted"));
}

TEST_F(ExperimentFile, NoByteOfAFileReachesTheTerminalAsACommand) {
  const Outcome refused = validate(tiny_with("name: tiny", "name: tiny\n\"\\e]0;x\\a\": \"\\e[2J\""));
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("unknown key"));
  EXPECT_EQ(refused.err.find('\x1b'), std::string::npos);
}

// The words of an example up to the first that is the shell's.
std::vector<std::string> words_of(const std::string& example) {
  std::vector<std::string> words;
  std::istringstream in(example);
  for (std::string word; in >> word && word != "|" && word != ">" && word != "&&";) words.push_back(word);
  return words;
}

TEST_F(ExperimentFile, ExamplesInTheHelpWork) {
  write(folder / "my.yaml", kTiny);
  const Environment environment{{"MEXBENCH_DATA", data_folder().empty() ? "/nowhere" : data_folder().string()}};
  std::size_t tried = 0;
  for (const char* verb : {"validate", "plan", "list", "show", "schema"}) {
    std::istringstream help(mexbench({verb, "--help"}).out);
    for (std::string line; std::getline(help, line);) {
      if (!line.starts_with("  mexbench ")) continue;
      std::vector<std::string> words = words_of(line);
      words.erase(words.begin());
      ASSERT_EQ(words.front(), verb) << line;
      const bool needs_corpus = words.front() == "plan" && line.find("experiments/baselines") != std::string::npos;
      if (needs_corpus && data_folder().empty()) continue;
      for (std::string& word : words) {
        if (word.starts_with("experiments/")) word.insert(0, MEXBENCH_SOURCE_DIR "/");
        if (word == "my.yaml" || word == "folds.json") word = folder / word;
      }
      if (words.front() == "plan") words.insert(words.end(), {"--out", folder / "runs"});
      const Outcome outcome = mexbench(words, environment);
      EXPECT_EQ(outcome.code, 0) << line << "\n" << outcome.err;
      EXPECT_NE(outcome.out, "") << line;
      ++tried;
    }
  }
  EXPECT_GE(tried, 14U);
  const json schema = json::parse(mexbench({"schema"}).out);
  EXPECT_TRUE(schema.at("properties").at("protocol").is_object()) << "what the example shows with jq";
  EXPECT_EQ(schema.at("properties").at("protocol").at("description"), "the folds");
}

// What a corpus gives is known before it is there: the check of the file says what the run would say after rendering it.
TEST_F(ExperimentFile, ModelsThatTheCorpusDoesNotFitAreRefusedBeforeItIsRendered) {
  const std::string flow = "{name: ststnet}";
  const std::string size = "size: 48}";
  const struct {
    std::string text;
    const char* where;
    const char* message;
  } cases[] = {
      {tiny_with(flow, "{name: rcn_a}"), "e.yaml:5:10", "model 'rcn_a' takes the channels u, v, strain, the data have strain, v, u"},
      {tiny_with(flow, "{name: ststnet, input: {channels: [u, v]}}"), "e.yaml:5:10",
       "model 'ststnet' takes 3 channels, it is given 2 (u, v)"},
      {tiny_with(flow, "{name: ststnet, input: {channels: [u, v, w]}}"), "e.yaml:5:34",
       "model 'ststnet' asks for channel 'w', the data have strain, v, u"},
      {tiny_with(size, "size: 48, volume: 4}"), "e.yaml:5:10", "model 'ststnet' takes 3 channels, it is given 4 (t00, t01, t02, t03)"},
      {tiny_with(size, "size: 48, side: 40}"), "e.yaml:5:10", "model 'ststnet' takes images of 26 to 31 pixels a side, the data are 40x40"},
      {tiny_with(size, "size: 48, volume: 9}"), "e.yaml:3:1", "option 'volume' is 9, the clips have 5 frames"},
      {tiny_with(flow, "{name: ststnet, params: {out_channels: 5}}"), "e.yaml:5:10",
       "model 'ststnet' has 5 outputs, label map 'synth' has 3 classes"},
      {tiny_with("batch_size: 8", "batch_size: 8, augment: [{name: temporal_jitter, frames: 1}]"),
       "e.yaml:", "model 'ststnet': 'temporal_jitter' shifts frames in time"},
  };
  for (const auto& one : cases) {
    const Outcome refused = validate(one.text);
    EXPECT_EQ(refused.code, 2) << one.message;
    EXPECT_THAT(refused.err, AllOf(HasSubstr(one.where), HasSubstr("error: " + std::string(one.message))));
    for (const char* verb : {"plan", "run"}) {
      const Outcome same = mexbench({verb, folder / "e.yaml", "--out", folder / "runs"});
      EXPECT_EQ(same.code, 2) << verb;
      EXPECT_EQ(same.err, refused.err) << verb;
      EXPECT_FALSE(fs::exists(folder.path() / "runs")) << "nothing was rendered";
    }
  }
}

TEST_F(ExperimentFile, ValuesOfAnotherRangeThanTheModelWasMadeForAreNoted) {
  const std::string flow = "{name: ststnet}";
  const std::string rcn = "name: rcn_a, input: {channels: [u, v, strain]";
  const Outcome noted = validate(tiny_with(flow, "{" + rcn + "}}"));
  EXPECT_EQ(noted.code, 0) << noted.err;
  EXPECT_THAT(noted.err, AllOf(HasSubstr("e.yaml:5:10: warning: model 'rcn_a' is made for values in 0..1, it is given 0..255"),
                               HasSubstr("declare the adaptation: input: {range: [0, 1]}")));
  const Outcome planned = mexbench({"plan", folder / "e.yaml", "--out", folder / "runs"});
  EXPECT_EQ(planned.code, 0) << planned.err;
  EXPECT_THAT(planned.err, HasSubstr("warning: model 'rcn_a' is made for values in 0..1, it is given 0..255"));
  for (const std::string& quiet : {"{" + rcn + ", range: [0, 1]}}", "{" + rcn + ", range: [0, 255]}}", flow}) {
    const Outcome outcome = validate(tiny_with(flow, quiet));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "") << quiet;
  }
}

}  // namespace
}  // namespace mexbench::test
