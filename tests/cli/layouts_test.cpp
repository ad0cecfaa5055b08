// Every layout of a release from drawn faces to scores: `synth`, `inspect dataset`, then STSTNet leaving one subject out, on flow computed
// from the frames. All clips are found, with the labels they were drawn with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/support.h"

namespace mexbench::test {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

using Rows = std::vector<std::map<std::string, std::string>>;

// Of a CSV without quotes.
Rows rows_of(const fs::path& file) {
  std::istringstream in(read(file));
  std::string line;
  std::vector<std::string> header;
  Rows out;
  while (std::getline(in, line)) {
    if (line.ends_with('\r')) line.pop_back();
    std::vector<std::string> fields;
    std::string field;
    for (std::istringstream parts(line); std::getline(parts, field, ',');) fields.push_back(field);
    if (header.empty()) {
      header = fields;
      continue;
    }
    fields.resize(header.size());
    for (std::size_t i = 0; i < header.size(); ++i) out.resize(out.size() + (i == 0 ? 1 : 0)), out.back()[header[i]] = fields[i];
  }
  return out;
}

Outcome draw(const std::string& layout, const std::string& folder, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"synth", "--layout", layout, "--out", folder};
  std::vector<std::string> settings{"subjects=3", "clips_per_subject=4", "size=64", "max_frames=7"};
  settings.insert(settings.end(), more.begin(), more.end());
  for (const std::string& setting : settings) {
    arguments.emplace_back("--set");
    arguments.push_back(setting);
  }
  return mexbench(arguments);
}

std::string experiment(const std::string& dataset, const std::string& protocol = "loso", int classes = 3) {
  return "schema_version: 1\nname: e\ndataset: {" + dataset + "}\nprotocol: " + protocol + "\nmodels: [{name: ststnet" +
         (classes == 3 ? std::string() : ", params: {out_channels: " + std::to_string(classes) + "}") +
         "}]\ntrain: {epochs: 1, batch_size: 8, optimizer: {name: adam, lr: 1.0e-3}}\nseeds: [0]\n";
}

// A label map in which every native label is a class of its own.
std::string identity(const std::vector<std::string>& labels) {
  std::string classes, rules;
  for (const std::string& label : labels) {
    classes += (classes.empty() ? "" : ", ") + label;
    rules += (rules.empty() ? "" : ", ") + label + ": " + label;
  }
  return "{id: natives, classes: [" + classes + "], rules: {" + rules + "}}";
}

struct Layout {
  std::string id;
  std::string label_map;  // as in YAML
  std::string options;    // of the adapter, as in YAML
  int classes = 3;
  std::vector<std::string> settings = {};  // of the writer
  std::string name = id;
};
std::ostream& operator<<(std::ostream& out, const Layout& layout) { return out << layout.name; }

class Layouts : public ::testing::TestWithParam<Layout> {
 protected:
  TemporaryFolder folder;
};

// Frames and label of each clip that was drawn, or that a manifest has.
std::vector<std::string> drawn(const fs::path& truth, const std::string& layout) {
  std::vector<std::string> out;
  for (const auto& row : rows_of(truth)) {
    std::string label = row.at("label");
    if (layout == "casme3" && label == "Others") label = "others";
    out.push_back(row.at("onset") + " " + row.at("offset") + " " + label);
  }
  std::sort(out.begin(), out.end());
  return out;
}
std::vector<std::string> found(const json& manifest, bool with_labels) {
  std::vector<std::string> out;
  for (const json& clip : manifest.at("clips")) {
    const std::string label = with_labels ? clip.at("truth").get<std::string>() : "";
    out.push_back(clip.at("onset").dump() + " " + clip.at("offset").dump() + " " + label);
  }
  std::sort(out.begin(), out.end());
  return out;
}

TEST_P(Layouts, EveryClipIsFoundAndScoredWithItsLabel) {
  const Layout& layout = GetParam();
  const Outcome rendered = draw(layout.id, folder / "corpus", layout.settings);
  ASSERT_EQ(rendered.code, 0) << rendered.err;
  const std::vector<std::string> wanted = drawn(folder.path() / "corpus/truth/truth.csv", layout.id);
  ASSERT_GE(wanted.size(), 8U);

  std::vector<std::string> inspect{"inspect", "dataset", layout.id, "--root", folder / "corpus", "--contact-sheet", folder / "sheet.png",
                                   "--each",  "1"};
  if (layout.options.find("expressions: all") != std::string::npos) inspect.insert(inspect.end(), {"--set", "expressions=all"});
  const Outcome inspected = mexbench(inspect);
  EXPECT_EQ(inspected.code, 0) << inspected.err;
  EXPECT_THAT(inspected.out, HasSubstr("frames, onset to offset"));
  EXPECT_THAT(inspected.err, HasSubstr("not to be published"));
  EXPECT_EQ(read(folder.path() / "sheet.png").substr(1, 3), "PNG");

  write(folder / "e.yaml",
        experiment("adapter: " + layout.id + ", root: corpus, label_map: " + layout.label_map + layout.options, "loso", layout.classes));
  const Outcome run = mexbench({"run", folder / "e.yaml", "--out", folder / "runs"});
  ASSERT_EQ(run.code, 0) << run.err;
  // The long videos' sheet has no emotions: micro or macro is its label, and the truth tells what was drawn.
  const bool labelled = layout.id != "samm_lv";
  EXPECT_EQ(found(json::parse(read(folder.path() / "runs/e/ststnet/seed-0/manifest.lock.json")), labelled), wanted);
  EXPECT_EQ(rows_of(folder.path() / "runs/e/ststnet/seed-0/predictions.csv").size(), wanted.size());
}

const std::vector<std::string> kSeven{"happiness", "disgust", "repression", "surprise", "others", "sadness", "fear"};

INSTANTIATE_TEST_SUITE_P(
    Releases, Layouts,
    ::testing::Values(
        Layout{"casme2", identity(kSeven), "", 7},
        Layout{"samm", identity({"Anger", "Contempt", "Disgust", "Fear", "Happiness", "Sadness", "Surprise", "Other"}), "", 8},
        Layout{"smic", "megc2019", ", apex: midpoint"},
        Layout{"smic", "megc2019", ", apex: midpoint", 3, {"release=extended", "quirks=true", "clips_per_subject=8"}, "smic_long"},
        Layout{"casme", "casme-8", ", apex_policy: midpoint", 8},
        Layout{"casme_sq", "casme_sq-4", ", expressions: all, apex_policy: drop", 4}, Layout{"casme3", "casme3-7", "", 7},
        Layout{"samm_lv", "movement", "", 2}),
    [](const auto& instance) { return instance.param.name; });

TEST(Composite, ThreeCorporaInTheirLayoutsGiveScoresOfEach) {
  const TemporaryFolder folder;
  for (const char* corpus : {"casme2", "samm", "smic"}) {
    const Outcome rendered = draw(corpus, folder / ("corpora/" + std::string(corpus)));
    ASSERT_EQ(rendered.code, 0) << rendered.err;
  }
  const std::string dataset = "adapter: megc2019, root: corpora, smic_apex: midpoint";
  for (const char* protocol : {"loso", "lodo"}) {
    write(folder / "e.yaml", experiment(dataset, protocol));
    const Outcome run = mexbench({"run", folder / "e.yaml", "--out", folder / protocol});
    ASSERT_EQ(run.code, 0) << run.err;
    std::map<std::string, int> folds;
    for (const auto& row : rows_of(folder.path() / protocol / "e/ststnet/seed-0/predictions.csv")) ++folds[row.at("fold")];
    EXPECT_EQ(folds.size(), std::string(protocol) == "lodo" ? 3U : 9U);
    std::vector<std::string> scopes;
    for (const auto& row : rows_of(folder.path() / protocol / "e/summary.csv")) scopes.push_back(row.at("scope"));
    EXPECT_THAT(scopes, ::testing::ElementsAre("all", "casme2", "samm", "smic"));
  }
}

TEST(Stages, ListedInAnExperimentGiveTheSameWithAndWithoutTheCache) {
  const TemporaryFolder folder;
  ASSERT_EQ(draw("smic", folder / "corpus").code, 0);
  write(folder / "e.yaml",
        experiment("adapter: smic, root: corpus, preprocess: [{stage: spot-apex, method: frame-difference}, {stage: flow, "
                   "method: dis}, {stage: flow-image, stretch: fixed}]"));
  const std::string cache = folder / "cache";
  const Outcome without = mexbench({"run", folder / "e.yaml", "--out", folder / "without"});
  ASSERT_EQ(without.code, 0) << without.err;
  const Outcome first = mexbench({"run", folder / "e.yaml", "--out", folder / "first", "--cache", cache});
  ASSERT_EQ(first.code, 0) << first.err;
  const Outcome usage = mexbench({"cache", "info", "--folder", cache, "--format", "json"});
  EXPECT_EQ(usage.code, 0) << usage.err;
  EXPECT_THAT(usage.out, Not(HasSubstr("\"entries\": 0")));
  const Outcome second = mexbench({"run", folder / "e.yaml", "--out", folder / "second", "--cache", cache});
  ASSERT_EQ(second.code, 0) << second.err;
  EXPECT_EQ(results_of(folder.path() / "without/e"), results_of(folder.path() / "first/e"));
  EXPECT_EQ(results_of(folder.path() / "without/e"), results_of(folder.path() / "second/e"));
  const json lock = json::parse(read(folder.path() / "second/e/ststnet/seed-0/manifest.lock.json"));
  EXPECT_EQ(lock.at("clips").at(0).at("apex_source"), "spotted");
}

TEST(Stages, AListThatDoesNotFitIsExitTwoBeforeAnythingIsRead) {
  const TemporaryFolder folder;
  write(folder / "e.yaml", experiment("adapter: smic, root: nowhere, preprocess: [{stage: flow, method: horn}, {stage: frame-volume}]"));
  const Outcome told = mexbench({"validate", folder / "e.yaml"});
  EXPECT_EQ(told.code, 2);
  EXPECT_THAT(told.err, HasSubstr("e.yaml:3:"));
  EXPECT_THAT(told.err, HasSubstr("'tvl1'"));
}

TEST(FittedInput, IsFittedInsideTheFoldAndChangesTheRun) {
  const TemporaryFolder folder;
  ASSERT_EQ(draw("smic", folder / "corpus").code, 0);
  const auto scores = [&](const std::string& input, const std::string& out) {
    std::string yaml = experiment("adapter: smic, root: corpus, apex: midpoint");
    yaml.replace(yaml.find("{name: ststnet}"), 15, "{name: ststnet" + input + "}");
    write(folder / "e.yaml", yaml);
    const Outcome run = mexbench({"run", folder / "e.yaml", "--out", folder / out});
    EXPECT_EQ(run.code, 0) << run.err;
    return read(folder.path() / out / "e/ststnet/seed-0/predictions.csv");
  };
  const std::string plain = scores("", "plain");
  const std::string fitted = scores(", input: {normalise: per-channel, pca: 3}", "fitted");
  EXPECT_NE(plain, fitted);
  EXPECT_EQ(fitted, scores(", input: {normalise: per-channel, pca: 3}", "again"));
  const Outcome predicted = mexbench({"predict", folder / "fitted/e/ststnet/seed-0", "--fold", "smic/s01", folder / "corpus"});
  EXPECT_EQ(predicted.code, 2);
  EXPECT_THAT(predicted.err, HasSubstr("what was fitted is not kept"));
}

TEST(Doctor, FindsTheWorkerAndTheCorpora) {
  const TemporaryFolder folder;
  ASSERT_EQ(draw("samm", folder / "corpora/SAMM").code, 0);
  const Outcome all = mexbench({"doctor", folder / "corpora", "--format", "json"});
  EXPECT_EQ(all.code, 0) << all.err;
  const json report = json::parse(all.out);
  EXPECT_EQ(report.at("machine").at("worker"), "starts");
  ASSERT_EQ(report.at("corpora").size(), 1U) << all.out;
  EXPECT_EQ(report.at("corpora").at(0).at("adapter"), "samm");
  EXPECT_EQ(mexbench({"doctor", folder / "nowhere"}).code, 3);
}

}  // namespace
}  // namespace mexbench::test
