#include "harness/config/load.h"

#include <stdexcept>

#include "unit/config/support.h"

namespace mexbench::config {
namespace {

class LoadTest : public ::testing::Test {
 protected:
  LoadedExperiment good(std::string_view text, std::vector<std::string> overrides = {}) {
    auto loaded = load(folder, text, std::move(overrides));
    if (!loaded) throw std::runtime_error(loaded.error().render());
    return std::move(*loaded);
  }
  Folder folder;
};

TEST_F(LoadTest, MinimalFileGetsTheDocumentedDefaults) {
  const auto loaded = good(kGood);
  const ExperimentSpec& spec = loaded.spec;
  EXPECT_EQ(spec.name, "demo");
  EXPECT_EQ(spec.dataset.adapter, "synth");
  EXPECT_EQ(spec.dataset.label_map, "synth3");
  EXPECT_TRUE(spec.dataset.root.empty());
  EXPECT_EQ(spec.dataset.options, (nlohmann::json{{"subjects", 12}, {"intensity", 1.0}}));
  EXPECT_EQ(spec.dataset.where.line, 3U);
  EXPECT_EQ(spec.protocol.name, "loso");
  EXPECT_EQ(spec.protocol.options, nlohmann::json::object());
  ASSERT_EQ(spec.models.size(), 1U);
  const ModelSpec& model = spec.models[0];
  EXPECT_EQ(model.label, "ststnet");
  EXPECT_EQ(model.params, (nlohmann::json{{"classes", 3}, {"dropout", 0.5}}));
  EXPECT_EQ(model.where.line, 6U);
  ASSERT_TRUE(model.train.has_value());
  EXPECT_EQ(model.train->epochs, 3);
  EXPECT_EQ(model.train->settings.at("batch_size"), 32);
  EXPECT_TRUE(model.train->settings.at("shuffle"));
  EXPECT_EQ(model.train->settings.at("optimizer").at("name"), "adam");
  EXPECT_EQ(model.train->settings.at("optimizer").at("lr"), 1.0e-3);
  EXPECT_EQ(model.train->settings.at("optimizer").at("betas").at(1), 0.999);
  EXPECT_EQ(model.train->settings.at("schedule").at("name"), "constant");
  EXPECT_EQ(model.train->selection.name, "fixed_epoch");
  EXPECT_EQ(model.train->settings.at("class_weights"), "none");
  EXPECT_EQ(spec.seeds, std::vector<core::Seed>{core::Seed{0}});
  EXPECT_FALSE(spec.record_epochs);
  EXPECT_EQ(spec.device, "cpu");
  EXPECT_EQ(loaded.text, kGood);
}

TEST_F(LoadTest, TheExperimentOfTheDesignPageLoads) {
  ::setenv("MEXBENCH_TEST_DATA", "/data", 1);
  const auto loaded = good(R"(
schema_version: 1
name: ststnet-scratch
dataset: {adapter: megc2019-flow, root: "${MEXBENCH_TEST_DATA}/megc2019-flow", label_map: megc2019}     # only: [casme2] for one corpus
protocol: {name: loso}
models:
  - {label: ststnet, name: ststnet, params: {}}
  - {label: released, name: ststnet, weights: "${MEXBENCH_TEST_DATA}/ststnet-released/weights/{subject}.pth"}
train: {epochs: 800, batch_size: 256, shuffle: false, optimizer: {name: adam, lr: 5.0e-5}, selection: fixed_epoch}
seeds: [0]
record_epochs: false
)");
  EXPECT_EQ(loaded.spec.dataset.root, "/data/megc2019-flow");
  ASSERT_EQ(loaded.spec.models.size(), 2U);
  EXPECT_EQ(loaded.spec.models[0].train->settings.at("optimizer").at("lr"), 5.0e-5);
  EXPECT_FALSE(loaded.spec.models[0].train->settings.at("shuffle"));
  EXPECT_EQ(loaded.spec.models[1].weights, "/data/ststnet-released/weights/{subject}.pth");
  EXPECT_EQ(loaded.spec.models[1].weights_as_written, "${MEXBENCH_TEST_DATA}/ststnet-released/weights/{subject}.pth");
  EXPECT_FALSE(loaded.spec.models[1].train.has_value());
}

TEST_F(LoadTest, EveryTrainingKeyReachesTheSpec) {
  const auto loaded = good(good_with("train:\n  epochs: 3\n", R"(train:
  optimizer: {name: sgd, lr: 0.1, momentum: 0.9, nesterov: true, weight_decay: 1.0e-4}
  schedule: {name: cosine, min_lr: 0.001}
  selection: {name: inner_subjects, validation_share: 0.3, metric: loss, refit: false}
  class_weights: [1, 2.5, 3]
  epochs: 3
)"));
  const TrainSpec& train = *loaded.spec.models[0].train;
  EXPECT_EQ(train.settings.at("optimizer").at("name"), "sgd");
  EXPECT_EQ(train.settings.at("optimizer").at("momentum"), 0.9);
  EXPECT_TRUE(train.settings.at("optimizer").at("nesterov"));
  EXPECT_EQ(train.settings.at("optimizer").at("weight_decay"), 1.0e-4);
  EXPECT_EQ(train.settings.at("schedule").at("min_lr"), 0.001);
  EXPECT_EQ(train.selection.validation_share, 0.3);
  EXPECT_EQ(train.settings.at("selection").at("metric"), "loss");
  EXPECT_FALSE(train.selection.refit);
  EXPECT_EQ(train.class_weights, 3U);
  EXPECT_EQ(train.settings.at("class_weights"), (nlohmann::json{1.0, 2.5, 3.0}));
}

TEST_F(LoadTest, TrainOfAModelMergesOverTheExperiments) {
  const auto loaded = good(good_with("  - name: ststnet\n", R"(  - name: ststnet
  - {name: ststnet, label: long, train: {epochs: 9}}
  - {name: ststnet, label: plain, train: {optimizer: {name: sgd, lr: 0.5}}}
)"),
                           {"train.optimizer.betas=[0.8, 0.9]"});
  EXPECT_EQ(loaded.spec.models[1].train->epochs, 9);
  EXPECT_EQ(loaded.spec.models[1].train->settings.at("batch_size"), 32);
  EXPECT_EQ(loaded.spec.models[1].train->settings.at("optimizer").at("betas").at(0), 0.8);
  EXPECT_EQ(loaded.spec.models[2].train->settings.at("optimizer").at("name"), "sgd") << "adam's betas do not hinder a model that names sgd";
  EXPECT_EQ(loaded.spec.models[2].train->epochs, 3);
}

TEST_F(LoadTest, SweepIsTheCrossProductWithLabelsThatSayTheValues) {
  const auto loaded = good(good_with("  - name: ststnet\n", R"(  - name: ststnet
    label: net
    sweep:
      params.dropout: [0, 0.25]
      train.epochs: [1, 2, 3]
)"));
  std::vector<std::string> labels;
  for (const ModelSpec& model : loaded.spec.models) labels.push_back(model.label);
  EXPECT_EQ(labels, (std::vector<std::string>{"net-dropout=0-epochs=1", "net-dropout=0-epochs=2", "net-dropout=0-epochs=3",
                                              "net-dropout=0.25-epochs=1", "net-dropout=0.25-epochs=2", "net-dropout=0.25-epochs=3"}));
  EXPECT_EQ(loaded.spec.models[4].params.at("dropout"), 0.25);
  EXPECT_EQ(loaded.spec.models[4].train->epochs, 2);
  EXPECT_EQ(loaded.spec.models[4].train->settings.at("batch_size"), 32);
}

TEST_F(LoadTest, SweepMaySupplyWhatTheModelRequires) {
  const auto loaded = good(good_with("name: ststnet", "{name: mlp, sweep: {params.width: [8, 16], input.channels: [[u, v], [u]]}}"));
  ASSERT_EQ(loaded.spec.models.size(), 4U);
  EXPECT_EQ(loaded.spec.models[0].label, "mlp-width=8-channels=u+v");
  EXPECT_EQ(loaded.spec.models[0].input.channels, (std::vector<std::string>{"u", "v"}));
}

TEST_F(LoadTest, ASizeIsHeightAndWidthAndNamesItsInterpolation) {
  const auto loaded = good(good_with("name: ststnet", "{name: ststnet, input: {channels: [u]}, sweep: {input.size: [64, [28, 32]]}}"));
  ASSERT_EQ(loaded.spec.models.size(), 2U);
  EXPECT_EQ(loaded.spec.models[0].label, "ststnet-size=64");
  EXPECT_EQ(loaded.spec.models[1].label, "ststnet-size=28+32");
  ASSERT_TRUE(loaded.spec.models[0].input.resize && loaded.spec.models[1].input.resize);
  EXPECT_EQ(loaded.spec.models[0].input.resize->height, 64);
  EXPECT_EQ(loaded.spec.models[0].input.resize->width, 64);
  EXPECT_EQ(loaded.spec.models[1].input.resize->height, 28);
  EXPECT_EQ(loaded.spec.models[1].input.resize->width, 32);
  EXPECT_NE(loaded.resolved_yaml().find("      size: [64, 64]  # e.yaml:6\n      interpolation: bilinear  # default\n"), std::string::npos)
      << loaded.resolved_yaml();
}

TEST_F(LoadTest, ScienceKnowsASizeByItsPixels) {
  const auto science = [&](const std::string& input) {
    const auto loaded = good(good_with("name: ststnet", "{name: ststnet, input: " + input + "}"));
    return loaded.science_json(expand(loaded.spec).at(0)).at("model").at("input");
  };
  EXPECT_EQ(science("{channels: [u]}"), nlohmann::json::parse(R"({"channels": ["u"]})"));
  const nlohmann::json square = nlohmann::json::parse(R"({"size": [64, 64], "interpolation": "bilinear"})");
  EXPECT_EQ(science("{size: 64}"), square);
  EXPECT_EQ(science("{size: [64, 64]}"), square);
  EXPECT_EQ(science("{size: 64, interpolation: bilinear}"), square);
  EXPECT_NE(science("{size: 64, interpolation: area}"), square);
}

TEST_F(LoadTest, RunsAreModelsOuterSeedsInner) {
  const auto loaded =
      good(good_with("seeds: [0]", "seeds: {from: 5, count: 2}"), {"models=[{name: ststnet}, {name: mlp, params: {width: 4}}]"});
  const auto runs = expand(loaded.spec);
  ASSERT_EQ(runs.size(), 4U);
  EXPECT_EQ(runs[1].model.name, "ststnet");
  EXPECT_EQ(runs[1].seed.value, 6U);
  EXPECT_EQ(runs[2].model.name, "mlp");
  EXPECT_EQ(runs[2].seed.value, 5U);
}

TEST_F(LoadTest, SetOverridesInOrderAndReachesIntoLists) {
  const auto loaded =
      good(kGood, {"train.epochs=5", "models.0.params.dropout=0", "train.epochs=6", "dataset.only=[casme2]", "protocol=lodo"});
  EXPECT_EQ(loaded.spec.models[0].train->epochs, 6);
  EXPECT_EQ(loaded.spec.models[0].params.at("dropout"), 0.0);
  EXPECT_EQ(loaded.spec.dataset.only, std::vector<std::string>{"casme2"});
  EXPECT_EQ(loaded.spec.protocol.name, "lodo");
}

TEST_F(LoadTest, SubjectIdsStayTextHoweverTheyLook) {
  const auto loaded = good(good_with("{name: loso}", "{name: holdout, test_subjects: [samm/006, samm/010]}"));
  EXPECT_EQ(loaded.spec.protocol.options, (nlohmann::json{{"test_subjects", {"samm/006", "samm/010"}}}));
  EXPECT_EQ(good(good_with("name: demo", "name: 010")).spec.name, "010");
}

TEST_F(LoadTest, IncludesMergeDeeplyAndLaterWins) {
  folder.write("base/train.yaml", "train: {epochs: 800, batch_size: 256, optimizer: {name: adam, lr: 5.0e-5}}\nseeds: [0, 1, 2]\n");
  folder.write("base/all.yaml",
               "include: train.yaml\nschema_version: 1\ndataset: {adapter: megc2019-flow, root: corpus}\nprotocol: loso\n");
  const auto loaded =
      good("include: [base/all.yaml, base/train.yaml]\nname: leaf\nmodels: [{name: ststnet}]\ntrain: {epochs: 3}\nseeds: [7]\n");
  EXPECT_EQ(loaded.spec.models[0].train->epochs, 3);
  EXPECT_EQ(loaded.spec.models[0].train->settings.at("batch_size"), 256);
  EXPECT_EQ(loaded.spec.models[0].train->settings.at("optimizer").at("lr"), 5.0e-5);
  EXPECT_EQ(loaded.spec.seeds.size(), 1U) << "lists replace";
  EXPECT_EQ(loaded.spec.dataset.root, folder.path() / "base/corpus") << "relative to the file that holds it";
  EXPECT_EQ(loaded.spec.dataset.label_map, "megc2019") << "the only one the adapter knows";
  EXPECT_NE(loaded.resolved_yaml().find("batch_size: 256  # base/train.yaml:1\n"), std::string::npos) << loaded.resolved_yaml();
}

TEST_F(LoadTest, NullRemovesAnInheritedKey) {
  folder.write("base.yaml", good_with("  epochs: 3\n", "  epochs: 3\n  schedule: {name: step, gamma: 0.5}\n"));
  const auto loaded = good("include: base.yaml\ntrain: {schedule: null}\n");
  EXPECT_EQ(loaded.spec.models[0].train->settings.at("schedule").at("name"), "constant");
  EXPECT_EQ(good("include: base.yaml\n", {"train.schedule="}).spec.models[0].train->settings.at("schedule").at("name"), "constant");
}

TEST_F(LoadTest, VariablesExpandWithDefaultsAndEscapes) {
  ::setenv("MEXBENCH_TEST_WORD", "hello", 1);
  ::unsetenv("MEXBENCH_TEST_UNSET");
  const auto loaded =
      good(good_with("name: demo", "name: demo\ndescription: \"${MEXBENCH_TEST_WORD} ${MEXBENCH_TEST_UNSET:-you} $${HOME}\""));
  EXPECT_EQ(loaded.spec.description, "hello you ${HOME}");
}

TEST_F(LoadTest, APathThatBeginsWithAVariableIsRelativeToTheWorkingDirectory) {
  ::setenv("MEXBENCH_TEST_DATA", "../shared", 1);
  ::unsetenv("MEXBENCH_TEST_UNSET");
  const std::string text =
      good_with("{adapter: synth, label_map: synth3}", "{adapter: megc2019-flow, root: \"${MEXBENCH_TEST_DATA}/flow\"}");
  EXPECT_EQ(good(text).spec.dataset.root, (std::filesystem::current_path() / "../shared/flow").lexically_normal());
  const std::string fallback = replaced(text, "${MEXBENCH_TEST_DATA}", "${MEXBENCH_TEST_UNSET:-mine}");
  EXPECT_EQ(good(fallback).spec.dataset.root, folder.path() / "mine/flow") << "the default was written in the file";
}

TEST_F(LoadTest, PublishedResultsAndPinsMayStandInFilesOfTheirOwn) {
  const std::string entry =
      "{id: full, citation: someone, where: Table II, metric_convention: pooled, selection_rule: last epoch, read_in_full: true, scores: "
      "{all: {uf1: 0.7}}}";
  const auto file = folder.write("papers/p.yaml", "published:\n  - " + entry + "\n");
  const std::string digest(64, 'a');
  folder.write("pins.yaml", "sub01.pth: " + digest + "\n");
  const auto loaded =
      good(good_with("  - name: ststnet\n", "  - {name: ststnet, weights: 'w/{subject}.pth', weights_sha256: pins.yaml}\n") +
           "published: [papers/p.yaml]\n");
  ASSERT_EQ(loaded.spec.published.size(), 1U);
  EXPECT_EQ(loaded.spec.published[0].id, "full");
  EXPECT_EQ(loaded.spec.published[0].scores.at("all").uf1, 0.7);
  EXPECT_EQ(loaded.spec.published[0].scores.at("all").uar, std::nullopt);
  EXPECT_EQ(loaded.spec.models[0].weights_sha256, (std::map<std::string, std::string>{{"sub01.pth", digest}}));
  const auto published = load_published(file);
  ASSERT_TRUE(published.ok());
  EXPECT_EQ(published->at(0).selection_rule, "last epoch");
}

class RoundTrip : public LoadTest, public ::testing::WithParamInterface<std::string> {};

TEST_P(RoundTrip, ResolvedFileLoadsToTheSameSpecInAnyFolder) {
  ::setenv("MEXBENCH_TEST_DATA", "/data", 1);
  ::unsetenv("MEXBENCH_TEST_UNSET");
  folder.write("pins.yaml", "sub01.pth: " + std::string(64, 'b') + "\n");
  const auto loaded = good(GetParam());
  for (const auto& place : {folder.path(), folder.path() / "runs" / "demo"}) {
    const std::string resolved = loaded.resolved_yaml(place);
    folder.write(std::filesystem::relative(place / "resolved.yaml", folder.path()).string(), resolved);
    const auto again = load_experiment(place / "resolved.yaml", {}, vocabulary());
    ASSERT_TRUE(again.ok()) << again.error().render() << resolved;
    EXPECT_EQ(without_places(*again), without_places(loaded)) << resolved;
    EXPECT_EQ(resolved.find(folder.path().string()), std::string::npos) << "no absolute path when the folder is known:\n" << resolved;
  }
  const Folder elsewhere;
  const auto moved = load_experiment(elsewhere.write("r.yaml", loaded.resolved_yaml()), {}, vocabulary());
  ASSERT_TRUE(moved.ok()) << moved.error().render();
  EXPECT_EQ(without_places(*moved), without_places(loaded));
}

INSTANTIATE_TEST_SUITE_P(
    Files, RoundTrip,
    ::testing::Values(
        kGood, good_with("label_map: synth3}", "label_map: synth2, intensity: 1.0e-3, only: [casme2, smic]}"),
        good_with("  epochs: 3\n",
                  "  epochs: 3\n  optimizer: {lr: .5, betas: [.9, .99], eps: 1.e-8}\n  schedule: {name: cosine, min_lr: -.0}\n"),
        good_with("name: demo", "name: 007\ndescription: \"a: b # c \\u00e9 \\\" \\\\ \\t 'x' $${HOME}\""),
        good_with("  - name: ststnet\n",
                  "  - {name: ststnet, sweep: {params.dropout: [0, 0.5], train.optimizer: [adam, {name: sgd, lr: 0.1}]}}\n"),
        good_with("  - name: ststnet\n",
                  "  - {name: ststnet, weights: '${MEXBENCH_TEST_DATA}/{subject}.pth'}\n"
                  "  - {name: ststnet, label: b, weights: '${MEXBENCH_TEST_UNSET:-w}/{fold}-{seed}.pth', weights_sha256: pins.yaml}\n"
                  "  - {name: mlp, label: c, params: {width: 3, table: ../t.csv}, train: {epochs: 9, class_weights: [1, 2], selection: "
                  "inner_subjects}}\n"),
        good_with("seeds: [0]", "seeds: {count: 3}\nrecord_epochs: true\nsave_weights: true"),
        good_with("{name: loso}", "{name: holdout, test_subjects: [samm/006, smic/s01]}"),
        good_with("seeds: [0]",
                  "seeds: [0]\npublished: [{id: a, citation: 'x, y', where: p. 4, metric_convention: unknown, selection_rule: not stated, "
                  "read_in_full: false, model_label: ststnet, note: \"two\\nlines\", scores: {all: {uar: 0.5}, casme2: {accuracy: 1}}}]")));

TEST_F(LoadTest, ResolvedFileSaysWhereEachValueCameFromAndKeepsVariablesAsWritten) {
  ::setenv("MEXBENCH_TEST_DATA", "/secret/place", 1);
  const auto loaded =
      good(good_with("{adapter: synth, label_map: synth3}", "{adapter: megc2019-flow, root: \"${MEXBENCH_TEST_DATA}/flow\"}"),
           {"train.epochs=4"});
  EXPECT_EQ(loaded.resolved_yaml(folder.path()), R"(# e.yaml with every value and where it came from
schema_version: 1  # e.yaml:1
name: demo  # e.yaml:2
description: ""  # default
dataset:
  adapter: megc2019-flow  # e.yaml:3
  root: "${MEXBENCH_TEST_DATA}/flow"  # e.yaml:3
  label_map: megc2019  # default
protocol:
  name: loso  # e.yaml:4
models:
  - name: ststnet  # e.yaml:6
    params:
      classes: 3  # default
      dropout: 0.5  # default
    label: ststnet  # default
    train:
      epochs: 4  # --set
      batch_size: 32  # e.yaml:9
      shuffle: true  # default
      optimizer:
        name: adam  # default
        lr: 0.001  # default
        weight_decay: 0  # default
        betas: [0.9, 0.999]  # default
        eps: 1e-08  # default
      schedule:
        name: constant  # default
        warmup_epochs: 0  # default
      selection:
        name: fixed_epoch  # default
      class_weights: none  # default
      loss:
        name: cross_entropy  # default
        label_smoothing: 0  # default
      sampler: natural  # default
      numerics: contiguous  # default
seeds: [0]  # e.yaml:10
record_epochs: false  # default
save_weights: false  # default
device: cpu  # default
engine: auto  # default
)");
}

TEST_F(LoadTest, TheEngineIsTheModelsOwnOrElseTheExperiments) {
  const std::string models = "  - name: ststnet\n  - {label: own, name: ststnet, engine: libtorch}\n";
  for (const char* engine : {"auto", "fused"}) {
    const auto loaded = good(good_with("  - name: ststnet\n", models), {std::string("engine=") + engine});
    const std::vector<ModelSpec>& both = loaded.spec.models;
    EXPECT_EQ(both[0].engine, engine);
    EXPECT_EQ(both[0].engine_from, EngineFrom::kExperiment);
    EXPECT_EQ(both[0].engine_where.origin(), "--set");
    EXPECT_EQ(both[1].engine, "libtorch");
    EXPECT_EQ(both[1].engine_from, EngineFrom::kModel);
    EXPECT_EQ(both[1].engine_where.line, 7U);
    // It says what is wished for: what it comes to is put into the science where that is known.
    const auto runs = expand(loaded.spec);
    EXPECT_EQ(loaded.science_json(runs[0]), loaded.science_json(runs[1]));
    EXPECT_FALSE(loaded.science_json(runs[0]).contains("engine"));
  }
  EXPECT_EQ(good(kGood).spec.models[0].engine, "auto");
}

TEST_F(LoadTest, ScienceHoldsEverySettingAndNoName) {
  const std::string text =
      good_with("  - name: ststnet\n",
                "  - {name: ststnet, label: x, weights: '/a/b/{subject}.pth', weights_sha256: {s.pth: " + std::string(64, 'c') +
                    "}}\n  - {name: mlp, params: {width: 2, table: /t.csv}, input: {channels: [u]}}\n");
  const auto loaded = good(text);
  const auto runs = expand(loaded.spec);
  EXPECT_EQ(
      loaded.science_json(runs[0]),
      nlohmann::json::parse(
          R"({"dataset": {"adapter": "synth", "label_map": "synth3", "subjects": 12, "intensity": 1.0}, "protocol": {"name": "loso"}, "device": "cpu",
           "model": {"name": "ststnet", "params": {"classes": 3, "dropout": 0.5}, "weights": "{subject}.pth", "weights_sha256": {"s.pth": ")" +
          std::string(64, 'c') + R"("}}, "train": null, "seed": 0})"));
  EXPECT_EQ(
      loaded.science_json(runs[1]),
      nlohmann::json::parse(
          R"({"dataset": {"adapter": "synth", "label_map": "synth3", "subjects": 12, "intensity": 1.0}, "protocol": {"name": "loso"}, "device": "cpu",
           "model": {"name": "mlp", "params": {"width": 2}, "input": {"channels": ["u"]}},
           "train": {"epochs": 3, "batch_size": 32, "shuffle": true, "optimizer": {"name": "adam", "lr": 0.001, "weight_decay": 0.0, "betas": [0.9, 0.999], "eps": 1e-8},
                     "schedule": {"name": "constant"}, "selection": {"name": "fixed_epoch"}, "class_weights": "none"}, "seed": 0})"));
}

// Keys that came later leave the hash of an older experiment alone, and are in it as soon as they say something else.
TEST_F(LoadTest, ScienceOfARecipeHasTheKeysThatCameLaterOnlyWhenTheySaySomething) {
  const auto train = [&](std::vector<std::string> set) {
    const auto loaded = good(kGood, std::move(set));
    return loaded.science_json(expand(loaded.spec).at(0)).at("train");
  };
  const auto base = train({});
  for (const char* key : {"loss", "sampler", "numerics", "clip_grad_norm"}) EXPECT_FALSE(base.contains(key)) << key;
  EXPECT_EQ(train({"train.loss=cross_entropy", "train.sampler=natural", "train.numerics=contiguous", "train.schedule={warmup_epochs: 0}"}),
            base);
  EXPECT_EQ(train({"train.loss=focal"}).at("loss"), (nlohmann::json{{"name", "focal"}, {"gamma", 2.0}}));
  EXPECT_EQ(train({"train.sampler=class_balanced"}).at("sampler"), "class_balanced");
  EXPECT_EQ(train({"train.numerics=channels_last"}).at("numerics"), "channels_last");
  EXPECT_EQ(train({"train.schedule={warmup_epochs: 2}"}).at("schedule"), (nlohmann::json{{"name", "constant"}, {"warmup_epochs", 2}}));
  EXPECT_EQ(train({"train.clip_grad_norm=1"}).at("clip_grad_norm"), 1.0);
  EXPECT_EQ(train({"train.selection={name: inner_subjects, patience: 5}"}).at("selection").at("patience"), 5);
}

TEST_F(LoadTest, ScienceIgnoresWhatCannotChangeAResultAndHowNumbersAreWritten) {
  const auto science = [&](const std::string& text, std::vector<std::string> set = {}) {
    const auto loaded = good(text, std::move(set));
    return loaded.science_json(expand(loaded.spec).at(0));
  };
  const auto base = science(kGood);
  EXPECT_EQ(science(kGood, {"name=other", "description=x", "record_epochs=true", "save_weights=true", "models.0.label=z"}), base);
  EXPECT_EQ(science(kGood, {"train.optimizer={name: adam, lr: 1e-3}", "dataset.intensity=1"}), base);
  for (const char* set : {"train.epochs=4", "train.shuffle=false", "dataset.subjects=13", "protocol=lodo", "models.0.params.dropout=0.4",
                          "seeds=[1]", "train.class_weights=balanced", "dataset.only=[casme2]"}) {
    EXPECT_NE(science(kGood, {set}), base) << set;
  }
}

TEST(Science, AKeyIntroducedLaterIsLeftOutAtItsDefaultOnly) {
  const Type type =
      object({"",
              {defaulted("old", integer(), 1, ""),
               defaulted("late", one_of("name", {{"a", {"", {defaulted("x", number(), 2.0, "")}, {}}}}, {}, true), {{"name", "a"}}, "")
                   .introduced_in(2)},
              {}});
  const auto science = [&](const char* text) { return science_of(check_text(text, "t", type).value().value, type).dump(); };
  EXPECT_EQ(science("old: 1"), R"({"old":1})");
  EXPECT_EQ(science("late: {name: a, x: 2}"), R"({"old":1})");
  EXPECT_EQ(science("late: {name: a, x: 3}"), R"({"late":{"name":"a","x":3.0},"old":1})");
}

TEST_F(LoadTest, FoldsOfTheProtocolHelperCarryTheirDefaults) {
  EXPECT_EQ(good(good_with("{name: loso}", "subject_kfold")).spec.protocol.options, (nlohmann::json{{"folds", 5}}));
}

}  // namespace
}  // namespace mexbench::config
