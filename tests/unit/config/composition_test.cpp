// What is put together from several places: bare names that stand for maps, and resolved files that stand for the whole.
#include "harness/config/compose.h"

#include <stdexcept>

#include "unit/config/support.h"

namespace mexbench::config {
namespace {

class Shorthand : public ::testing::Test {
 protected:
  ExperimentSpec good(std::string_view text, std::vector<std::string> overrides = {}) {
    auto loaded = load(folder, text, std::move(overrides));
    if (!loaded) throw std::runtime_error(loaded.error().render());
    const auto again = load_experiment(folder.write("resolved.yaml", loaded->resolved_yaml(folder.path())), {}, vocabulary());
    if (!again) throw std::runtime_error(again.error().render());
    EXPECT_EQ(without_places(*again), without_places(*loaded));
    return std::move(loaded->spec);
  }
  Folder folder;
};

TEST_F(Shorthand, AModelsLearningRateKeepsTheNamedOptimizer) {
  const std::string text = good_with("  epochs: 3\n", "  epochs: 3\n  optimizer: sgd\n");
  const auto spec = good(replaced(text, "  - name: ststnet\n", "  - {name: ststnet, train: {optimizer: {lr: 0.1}}}\n"));
  EXPECT_EQ(spec.models[0].train->settings.at("optimizer").at("name"), "sgd");
  EXPECT_EQ(spec.models[0].train->settings.at("optimizer").at("lr"), 0.1);
  const auto momentum =
      good(replaced(text, "  - name: ststnet\n", "  - {name: ststnet, train: {optimizer: {lr: 0.1, momentum: 0.9, nesterov: true}}}\n"));
  EXPECT_EQ(momentum.models[0].train->settings.at("optimizer").at("momentum"), 0.9) << "keys of the named kind are known";
}

TEST_F(Shorthand, ASweptLearningRateKeepsTheNamedOptimizer) {
  const auto spec = good(replaced(good_with("  epochs: 3\n", "  epochs: 3\n  optimizer: sgd\n"), "  - name: ststnet\n",
                                  "  - {name: ststnet, sweep: {train.optimizer.lr: [0.1, 0.2]}}\n"));
  ASSERT_EQ(spec.models.size(), 2U);
  for (const ModelSpec& model : spec.models) EXPECT_EQ(model.train->settings.at("optimizer").at("name"), "sgd");
  EXPECT_EQ(spec.models[1].train->settings.at("optimizer").at("lr"), 0.2);
}

TEST_F(Shorthand, SweptNamesAndTheirKeysGoTogetherInAnyOrder) {
  for (const char* sweep :
       {"{train.optimizer: [adam, sgd], train.optimizer.lr: [0.1]}", "{train.optimizer.lr: [0.1], train.optimizer: [adam, sgd]}"}) {
    const auto spec = good(good_with("  - name: ststnet\n", fmt::format("  - {{name: ststnet, sweep: {}}}\n", sweep)));
    ASSERT_EQ(spec.models.size(), 2U);
    EXPECT_EQ(spec.models[0].train->settings.at("optimizer").at("name"), "adam");
    EXPECT_EQ(spec.models[1].train->settings.at("optimizer").at("name"), "sgd");
    for (const ModelSpec& model : spec.models) EXPECT_EQ(model.train->settings.at("optimizer").at("lr"), 0.1) << sweep;
  }
}

TEST_F(Shorthand, AnIncludingFileAddsKeysToTheNamedOptimizer) {
  folder.write("base.yaml", good_with("  epochs: 3\n", "  epochs: 3\n  optimizer: sgd\n"));
  EXPECT_EQ(good("include: base.yaml\ntrain: {optimizer: {lr: 0.1}}\n").models[0].train->settings.at("optimizer").at("name"), "sgd");
  folder.write("base.yaml", good_with("  epochs: 3\n", "  epochs: 3\n  optimizer: {name: sgd, lr: 0.1}\n"));
  EXPECT_EQ(good("include: base.yaml\ntrain: {optimizer: sgd}\n").models[0].train->settings.at("optimizer").at("lr"), 0.1)
      << "the bare name is the map with only that key, which merges";
  EXPECT_EQ(good("include: base.yaml\ntrain: {optimizer: adam}\n").models[0].train->settings.at("optimizer").at("lr"), 0.001)
      << "another kind replaces";
}

TEST_F(Shorthand, OverridesSetKeysOfANamedKind) {
  const auto both = good(kGood, {"train.optimizer=sgd", "models.0.train.optimizer.lr=0.1"});
  EXPECT_EQ(both.models[0].train->settings.at("optimizer").at("name"), "sgd");
  EXPECT_EQ(both.models[0].train->settings.at("optimizer").at("lr"), 0.1);
  EXPECT_EQ(good(kGood, {"train.optimizer=sgd", "train.optimizer.lr=0.1"}).models[0].train->settings.at("optimizer").at("name"), "sgd");
  const std::string named =
      replaced(good_with("{name: loso}", "loso"), "  epochs: 3\n", "  epochs: 3\n  optimizer: adam\n  schedule: step\n");
  EXPECT_EQ(good(named, {"protocol.name=lodo"}).protocol.name, "lodo");
  EXPECT_EQ(good(named, {"train.schedule.step_size=7"}).models[0].train->settings.at("schedule").at("step_size"), 7);
  EXPECT_EQ(good(named, {"train.optimizer.lr=0.5"}).models[0].train->settings.at("optimizer").at("lr"), 0.5);
}

TEST_F(Shorthand, AnEmptyMapKeepsTheNamedSelection) {
  const std::string text = good_with("  epochs: 3\n", "  epochs: 3\n  selection: inner_subjects\n");
  EXPECT_EQ(good(replaced(text, "  - name: ststnet\n", "  - {name: ststnet, train: {selection: {}}}\n")).models[0].train->selection.name,
            "inner_subjects");
  EXPECT_EQ(good(text, {"models.0.train.selection.refit=false"}).models[0].train->selection.name, "inner_subjects");
}

TEST_F(Shorthand, KeysThatTheNamedKindLacksAreStillNamed) {
  const std::string text = replaced(good_with("  epochs: 3\n", "  epochs: 3\n  optimizer: sgd\n"), "  - name: ststnet\n",
                                    "  - {name: ststnet, train: {optimizer: {lr: 0.1, eps: 1.0e-8}}}\n");
  EXPECT_EQ(problems(text), R"(e.yaml:6:50: error: unknown key 'eps' in 'optimizer'
    6 |   - {name: ststnet, train: {optimizer: {lr: 0.1, eps: 1.0e-8}}}
      |                                                  ^~~ 'eps' belongs to name: 'adam', 'adamw' or 'rmsprop'
)");
}

constexpr const char* kEntry =
    "citation: c, where: w, metric_convention: pooled, selection_rule: s, read_in_full: true, scores: {all: {uf1: 0.5}, casme2: {uar: 1}}";

TEST(Published, AFileOfManyExperimentsLeavesAResolvedFileThatLoads) {
  const Folder folder;
  folder.write("p.yaml",
               fmt::format("published:\n  - {{id: a, model_label: other, {0}}}\n  - {{id: b, model_label: ststnet, {0}}}\n", kEntry));
  const auto loaded = load(folder, std::string(kGood) + "published: p.yaml\n");
  ASSERT_TRUE(loaded.ok()) << loaded.error().render();
  EXPECT_EQ(loaded->spec.published[0].model_label, "") << "no model of this experiment";
  EXPECT_EQ(loaded->spec.published[1].model_label, "ststnet");
  const auto again =
      load_experiment(folder.write("runs/demo/resolved.yaml", loaded->resolved_yaml(folder.path() / "runs/demo")), {}, vocabulary());
  ASSERT_TRUE(again.ok()) << again.error().render();
  EXPECT_EQ(without_places(*again), without_places(*loaded));
}

TEST(Published, ScopesAreAllOrADatasetOfTheAdapter) {
  const std::string entry = replaced(fmt::format("{{id: a, {}}}", kEntry), "casme2:", "casme3:");
  EXPECT_EQ(problems(std::string(kGood) + "published:\n  - " + entry + "\n"),
            fmt::format(R"(e.yaml:12:128: error: 'casme3' in 'scores' is no dataset of the experiment, 'all', 'casme2' or 'smic' is wanted
   12 |   - {}
      | {}^~~~~~ did you mean 'casme2'?
)",
                        entry, std::string(127, ' ')));
}

// Models, parameters and corpora as an experiment names them: any value is taken, so that experiments of all models can be read here.
Vocabulary vocabulary_of(const Node& tree) {
  const auto take = [](ObjectSchema& schema, const Node& map, std::initializer_list<std::string_view> known) {
    for (const Node& child : map.children) {
      if (std::find(known.begin(), known.end(), child.key) == known.end()) schema.fields.push_back(optional(child.key, anything(), ""));
    }
  };
  Vocabulary out;
  out.protocols = protocol_schemas();
  const Node& dataset = *tree.find("dataset");
  AdapterSchema& adapter = out.adapters[dataset.find("adapter")->text];
  const Node* map = dataset.find("label_map");
  adapter.label_maps = {map != nullptr ? map->text : "usual"};
  adapter.needs_root = dataset.find("root") != nullptr;
  take(adapter.options, dataset, {"adapter", "root", "label_map", "only"});
  for (const Node& model : tree.find("models")->children) {
    ModelSchema& words = out.models[model.find("name")->text];
    ObjectSchema& schema = words.params;
    // Nothing to be trained or loaded by: it learns by a rule of its own.
    if (tree.find("train") == nullptr && model.find("train") == nullptr && model.find("weights") == nullptr) {
      words.learning = Learning::kByItself;
    }
    if (const Node* params = model.find("params"); params != nullptr && schema.fields.empty()) take(schema, *params, {});
  }
  return out;
}

TEST(Resolved, OfEveryExperimentWeShipLoadsToTheSame) {
  ::setenv("MEXBENCH_DATA", "/data", 1);
  std::size_t experiments = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(MEXBENCH_SOURCE_DIR "/experiments")) {
    if (file.path().extension() != ".yaml") continue;
    Problems found;
    const auto composed = compose(file.path(), {}, anything(), found);
    ASSERT_TRUE(composed && found.empty()) << file.path();
    if (composed->tree.find("models") == nullptr) continue;
    const Vocabulary words = vocabulary_of(composed->tree);
    const auto loaded = load_experiment(file.path(), {}, words);
    ASSERT_TRUE(loaded.ok()) << loaded.error().render();
    const Folder folder;
    for (const std::filesystem::path& place : {folder.path() / "runs" / "x", std::filesystem::path()}) {
      const auto again = load_experiment(folder.write("runs/x/resolved.yaml", loaded->resolved_yaml(place)), {}, words);
      ASSERT_TRUE(again.ok()) << again.error().render();
      EXPECT_EQ(without_places(*again), without_places(*loaded)) << file.path();
    }
    ++experiments;
  }
  EXPECT_GE(experiments, 3U);
}

TEST(Resolved, OfFilesWithOddNamesLoads) {
  const Folder folder;
  folder.write("base\n\xFF.yaml", kGood);
  const auto odd = load_experiment(folder.path() / "base\n\xFF.yaml", {}, vocabulary());
  ASSERT_TRUE(odd.ok()) << odd.error().render();
  const auto again = load_experiment(folder.write("resolved.yaml", odd->resolved_yaml(folder.path())), {}, vocabulary());
  ASSERT_TRUE(again.ok()) << again.error().render();
  EXPECT_EQ(without_places(*again), without_places(*odd));
}

TEST(Resolved, ExperimentsTooLargeToBeReadBackAreRefused) {
  std::string values;
  for (int i = 0; i < 4000; ++i) values += fmt::format("{}{}", i == 0 ? "" : ", ", i + 1);
  const std::string text = good_with("  - name: ststnet\n", fmt::format("  - {{name: mlp, sweep: {{params.width: [{}]}}}}\n", values));
  EXPECT_NE(problems(text).find("e.yaml:5:1: error: written out in full, the experiment has "), std::string::npos) << problems(text);
  EXPECT_NE(problems(text).find("split it into several experiments"), std::string::npos);
}

TEST(Resolved, WeightsBelowAFolderWithBracesAreRefused) {
  const Folder folder;
  const std::string text = good_with("  - name: ststnet\n", "  - {name: ststnet, weights: 'w/{subject}.pth'}\n");
  for (const char* name : {"{x}", "{seed}", "a}b"}) {
    const auto loaded = load(folder, text, {}, std::string(name) + "/e.yaml");
    ASSERT_FALSE(loaded.ok()) << name;
    EXPECT_EQ(loaded.error().diagnostics().size(), 1U) << loaded.error().render();
    EXPECT_NE(loaded.error().render().find("whose braces would be taken for placeholders"), std::string::npos) << loaded.error().render();
  }
  const auto absolute = load(folder, replaced(text, "w/{", "/w/{"), {}, "{x}/e.yaml");
  ASSERT_TRUE(absolute.ok()) << absolute.error().render();
  const auto outside = load(folder, replaced(text, "w/{", "../w/{"), {}, "{x}/e.yaml");
  ASSERT_TRUE(outside.ok()) << "the folder's name is not part of the path: " << outside.error().render();
  const auto again = load_experiment(folder.write("{x}/resolved.yaml", outside->resolved_yaml()), {}, vocabulary());
  ASSERT_TRUE(again.ok()) << again.error().render();
  EXPECT_EQ(again->spec.models[0].weights, outside->spec.models[0].weights);
}

TEST(Runs, AreCountedBeforeTheyAreMade) {
  std::string values;
  for (int i = 0; i < 101; ++i) values += fmt::format("{}{}", i == 0 ? "" : ", ", i + 1);
  const std::string text = replaced(good_with("seeds: [0]", "seeds: {count: 100}"), "  - name: ststnet\n",
                                    fmt::format("  - {{name: mlp, sweep: {{params.width: [{}]}}}}\n", values));
  EXPECT_EQ(problems(text), R"(e.yaml:5:1: error: 101 models with 100 seeds are 10100 runs, at most 10000 are accepted
    5 | models:
      | ^~~~~~ split it into several experiments
)");
  const Folder folder;
  const auto fits = load(folder, text, {"seeds={count: 99}"});
  ASSERT_TRUE(fits.ok()) << fits.error().render();
  EXPECT_EQ(fits->spec.run_count(), 9999U);
  EXPECT_EQ(expand(fits->spec).size(), fits->spec.run_count());
}

TEST(Sweep, OfTooManyModelsIsOneProblem) {
  std::string values;
  for (int i = 0; i < 101; ++i) values += fmt::format("{}{}", i == 0 ? "" : ", ", i + 1);
  const std::string text =
      good_with("  - name: ststnet\n",
                fmt::format("  - {{name: mlp, sweep: {{params.width: [{0}], train.epochs: [{0}]}}}}\n  - {{name: ststnet}}\n", values));
  const std::string seen = problems(text);
  EXPECT_NE(seen.find("error: more than 10000 models are made"), std::string::npos) << seen;
  EXPECT_EQ(seen.find("error:"), seen.rfind("error:")) << seen;
}

TEST(Places, DatasetProtocolAndModelsKnowTheirs) {
  const Folder folder;
  const auto loaded = load(folder, good_with("{name: loso}", "lodo"), {"dataset.subjects=3"});
  ASSERT_TRUE(loaded.ok()) << loaded.error().render();
  EXPECT_EQ(loaded->spec.protocol.where.position(), (core::SourcePosition{(folder.path() / "e.yaml").string(), 4, 1}));
  EXPECT_EQ(loaded->spec.dataset.where.position(), (core::SourcePosition{(folder.path() / "e.yaml").string(), 3, 1}));
  const auto set = load(folder, kGood, {"protocol=lodo"});
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(set->spec.protocol.where.position(), (core::SourcePosition{"--set", 1, 1}));
  const auto model = load(
      folder, good_with("  - name: ststnet\n",
                        "  - name: ststnet\n    input: {channels: [u]}\n    train: {class_weights: [1, 2], selection: inner_subjects}\n"));
  ASSERT_TRUE(model.ok()) << model.error().render();
  const ModelSpec& spec = model->spec.models[0];
  EXPECT_EQ(spec.where.named(), (folder.path() / "e.yaml").string() + ":6:5");
  EXPECT_EQ(spec.input.where.named(), (folder.path() / "e.yaml").string() + ":7:13");
  EXPECT_EQ(spec.train->class_weights_where.named(), (folder.path() / "e.yaml").string() + ":8:13");
  EXPECT_EQ(spec.train->selection_where.named(), (folder.path() / "e.yaml").string() + ":8:36");
}

TEST(Names, ThatDifferInCaseOnlyAreDifferent) {
  const std::string text = good_with("  - name: ststnet\n", "  - {name: ststnet, label: Report}\n  - {name: ststnet, label: REPORT}\n");
  EXPECT_EQ(problems(replaced(text, "name: demo", "name: Corpora")), "");
}

}  // namespace
}  // namespace mexbench::config
