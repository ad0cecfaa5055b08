// Where a model comes from: `file`, `weights`, `init`, a recipe or a rule of its own, and its user's `card`.
#include <gmock/gmock.h>

#include "unit/config/support.h"

namespace mexbench::config {
namespace {

using ::testing::HasSubstr;

Vocabulary sources() {
  Vocabulary out = vocabulary();
  out.models["rule"].learning = Learning::kByItself;
  out.models["script"] = {.params = {}, .learning = Learning::kByRecipe, .has_file = true, .file_or_weights = true};
  out.models["frozen"] = {.params = {}, .learning = Learning::kNever};
  out.models["library"] = {.params = {}, .learning = Learning::kByRecipe, .has_file = true, .own_params = true};
  return out;
}

core::Result<LoadedExperiment> loaded(const Folder& folder, const std::string& model) {
  return load_experiment(folder.write("e.yaml", good_with("  - name: ststnet", model)), {}, sources());
}

std::string refusal(const std::string& model) {
  const Folder folder;
  const auto experiment = loaded(folder, model);
  return experiment ? "accepted" : folder.without(experiment.error().render());
}

TEST(Sources, EachKindOfModelNeedsWhatItIsMadeOf) {
  for (const char* model : {"  - {name: rule}", "  - {name: rule, weights: w.pth}", "  - {name: script, file: a.pt}",
                            "  - {name: script, weights: \"{subject}.pt\"}", "  - {name: frozen, weights: a.onnx}",
                            "  - {name: library, file: a.so}", "  - {name: library, file: a.so, weights: w.pth}",
                            "  - {name: ststnet, init: {weights: \"{fold}.pth\", fresh: [fc]}, card: {pretraining: []}}"}) {
    EXPECT_EQ(refusal(model), "accepted") << model;
  }
  const std::pair<const char*, const char*> cases[] = {
      {"  - {name: rule, train: {epochs: 2}}", "e.yaml:6:18: error: 'train' is given for 'rule', which learns by a rule of its own"},
      {"  - {name: frozen, weights: a.onnx, train: {epochs: 2}}", "error: 'train' is given for a model that loads its weights"},
      {"  - {name: frozen}", "e.yaml:6:5: error: model 'frozen' is evaluated as it is, but 'weights' does not say which file"},
      {"  - {name: script}", "e.yaml:6:5: error: model 'script' has neither 'file' nor 'weights'"},
      {"  - {name: script, file: a.pt, weights: b.pt}", "e.yaml:6:20: error: model 'script' has both 'file' and 'weights'"},
      {"  - {name: library}", "e.yaml:6:5: error: key 'file' is missing"},
      {"  - {name: ststnet, file: a.pt}", "e.yaml:6:21: error: unknown key 'file'"},
      {"  - {name: rule, init: {weights: w.pth}}", "e.yaml:6:18: error: 'init' is given for a model that no recipe trains"},
      {"  - {name: ststnet, weights: w.pth, init: {weights: w.pth}}", "error: 'init' is given for a model that no recipe trains"},
      {"  - {name: ststnet, init: {weights: \"{subjct}.pth\"}}", "unknown placeholder '{subjct}'"},
  };
  for (const auto& [model, wanted] : cases) EXPECT_THAT(refusal(model), HasSubstr(wanted)) << model;
}

TEST(Sources, ParametersOfALibraryAreReadAsPlainYaml) {
  const Folder folder;
  const auto experiment =
      loaded(folder, "  - {name: library, file: a.so, params: {width: 16, rate: 0.5, on: true, name: \"8\", dims: [1, x, 010]}}");
  ASSERT_TRUE(experiment) << experiment.error().render();
  EXPECT_EQ(experiment->spec.models[0].params,
            nlohmann::json::parse(R"({"width": 16, "rate": 0.5, "on": true, "name": "8", "dims": [1, "x", "010"]})"));
  EXPECT_EQ(experiment->spec.models[0].file, folder.path() / "a.so");
}

TEST(Sources, CardsAreNoScienceAndStartingValuesAre) {
  const Folder folder;
  const auto plain = loaded(folder, "  - {name: ststnet}");
  const auto carded = loaded(folder, "  - {name: ststnet, card: {title: Mine, pretraining: [CASME II]}}");
  const auto started = loaded(folder, "  - {name: ststnet, init: {weights: \"a/b/{subject}.pth\"}}");
  ASSERT_TRUE(plain && carded && started);
  const auto science = [](const LoadedExperiment& of) { return of.science_json(expand(of.spec).front()); };
  EXPECT_EQ(science(*carded), science(*plain));
  EXPECT_EQ(carded->spec.models[0].card.pretraining, std::vector<std::string>{"CASME II"});
  EXPECT_FALSE(plain->spec.models[0].card.pretraining.has_value());
  EXPECT_EQ(science(*started).at("model").at("init"), nlohmann::json::parse(R"({"weights": "{subject}.pth", "fresh": []})"));
  EXPECT_EQ(started->spec.models[0].init->weights, (folder.path() / "a/b/{subject}.pth").string());
}

}  // namespace
}  // namespace mexbench::config
