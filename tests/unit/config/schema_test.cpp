#include "harness/config/schema.h"

#include <cstdlib>

#include "harness/core/text.h"
#include "unit/config/support.h"

namespace mexbench::config {
namespace {

// What a reader of YAML 1.2 (core schema) that knows nothing of ours makes of a tree: what an editor gives to a JSON Schema.
nlohmann::json as_an_editor_sees(const Node& node) {
  if (node.kind == NodeKind::kNull) return nullptr;
  const bool bare = node.kind == NodeKind::kScalar && !node.quoted;
  const auto whole = bare ? core::parse_int(node.text) : std::nullopt;
  const auto number = bare ? core::parse_double(node.text) : std::nullopt;
  nlohmann::json out;
  if (node.kind == NodeKind::kList) {
    out = nlohmann::json::array();
    for (const Node& child : node.children) out.push_back(as_an_editor_sees(child));
  } else if (node.kind == NodeKind::kMap) {
    out = nlohmann::json::object();
    for (const Node& child : node.children) out[child.key] = as_an_editor_sees(child);
  } else if (bare && (node.text == "true" || node.text == "false")) {
    out = node.text == "true";
  } else if (whole) {
    out = *whole;
  } else if (number) {
    out = *number;
  } else {
    out = node.text;
  }
  return out;
}

struct Agreement {
  std::string text;
  bool accepted;
};

std::vector<Agreement> table() {
  const auto with = [](const char* from, const char* to) { return good_with(from, to); };
  std::vector<Agreement> out;
  for (const std::string& good : {
           std::string(kGood),
           with("{name: loso}", "loso"),
           with("{name: loso}", "{name: subject_kfold}"),
           with("{name: loso}", "{name: holdout, test_share: 0.5}"),
           with("seeds: [0]", "seeds: [9007199254740992]"),
           with("label_map: synth3}", "label_map: synth3, only: [casme2]}"),
           with("{adapter: synth, label_map: synth3}", "{adapter: megc2019-flow, root: /x, only: [any]}"),
           with("{name: loso}", "{name: holdout, test_subjects: [samm/006]}"),
           with("{adapter: synth, label_map: synth3}", "{adapter: megc2019-flow, root: /x}"),
           with("name: demo", "name: 2024\ndescription: true"),
           with("seeds: [0]", "seeds: {from: 1, count: 3}"),
           with("seeds: [0]", "seeds: [0]\nrecord_epochs: true\ndevice: cpu\npublished: p.yaml"),
           with("  - name: ststnet\n", "  - {name: mlp, sweep: {params.width: [1, 2], train.optimizer: [adam]}}\n"),
           with("  - name: ststnet\n", "  - {name: ststnet, weights: 'x/{subject}.pth', weights_sha256: pins.yaml}\n"),
           with("  - name: ststnet\n", "  - {name: ststnet, train: {optimizer: {lr: 0.5}, schedule: step, class_weights: [1, 2]}}\n"),
           std::string("include: base.yaml\n"),
           std::string("include: [base.yaml]\ntrain: {schedule: null}\ndataset: {subjects: 3}\nprotocol: {name: lodo}\n"),
       }) {
    out.push_back({good, true});
  }
  for (const std::string& bad : {
           with("epochs: 3", "epocs: 3"),
           with("epochs: 3", "epochs: 1.5"),
           with("epochs: 3", "epochs: \"3\""),
           with("epochs: 3", "epochs: 0"),
           with("epochs: 3", "epochs: 3\n  shuffle: yes"),
           with("seeds: [0]", "seeds: []"),
           with("seeds: [0]", "seeds: [0, 0]"),
           with("seeds: [0]", "seeds: [-1]"),
           with("seeds: [0]", "seeds: {from: 1}"),
           with("seeds: [0]\n", ""),
           with("schema_version: 1", "schema_version: 2"),
           with("name: demo", "name: a/b"),
           with("name: demo", "nme: demo"),
           with("{name: loso}", "{name: loso, folds: 3}"),
           with("{name: loso}", "{name: holdout}"),
           with("{name: loso}", "{name: holdout, test_share: 0.5, test_subjects: [a/b]}"),
           with("{name: loso}", "{folds: 3}"),
           with("{name: loso}", "los"),
           with("{adapter: synth, label_map: synth3}", "{adapter: synth, label_map: synth9}"),
           with("{adapter: synth, label_map: synth3}", "{adapter: megc2019-flow}"),
           with("  - name: ststnet\n", "  - {name: ststnt}\n"),
           with("  - name: ststnet\n", "  - {name: ststnet, params: {dropout: 1}}\n"),
           with("  - name: ststnet\n", "  - {name: ststnet, params: {droput: 0}}\n"),
           with("  - name: ststnet\n", "  - {name: ststnet, sweep: {weights: [a]}}\n"),
           with("  - name: ststnet\n", "  - {name: ststnet, input: {channels: []}}\n"),
           with("epochs: 3", "epochs: 3\n  optimizer: {name: sgd, lr: 0.1, betas: [0.9, 0.9]}"),
           with("epochs: 3", "epochs: 3\n  class_weights: balancd"),
           with("seeds: [0]", "seeds: [0]\ndevice: cuda"),
           with("seeds: [0]", "seeds: [9007199254740993]"),
           with("label_map: synth3}", "label_map: synth3, only: [casme3]}"),
           with("  - name: ststnet\n", "  - {name: ststnet, sweep: {}}\n"),
           with("seeds: [0]",
                "seeds: [0]\npublished: [{id: a, citation: b, where: c, metric_convention: pooled, selection_rule: d, read_in_full: true, "
                "scores: {all: {}}}]"),
           with("name: demo", "name: corpora"),
           with("  - name: ststnet\n", "  - {name: ststnet, label: report}\n"),
           with("  - name: ststnet\n", "  - {name: ststnet, train: {optimizer: null}}\n"),
           with("  epochs: 3", "  epochs: 3\n  schedule: null"),
           std::string("include: base.yaml\nsedes: [0]\n"),
           std::string("include: base.yaml\ndataset: {subjets: 3}\n"),
       }) {
    out.push_back({bad, false});
  }
  return out;
}

TEST(JsonSchema, AcceptsAndRefusesWhatTheCheckerDoes) {
  if (std::system("python3 -c 'import jsonschema' 2>/dev/null") != 0)
    GTEST_SKIP() << "python3 with jsonschema (Debian: python3-jsonschema) is not installed";
  const Folder folder;
  folder.write("base.yaml", good_with("epochs: 3", "epochs: 3\n  schedule: step"));
  folder.write("pins.yaml", "a: " + std::string(64, '0') + "\n");
  folder.write("p.yaml",
               "published: [{id: a, citation: b, where: c, metric_convention: pooled, selection_rule: d, read_in_full: true, scores: {all: "
               "{uf1: 0.5}}}]\n");
  nlohmann::json instances = nlohmann::json::array();
  const auto cases = table();
  for (const Agreement& one : cases) {
    const auto loaded = load(folder, one.text);
    EXPECT_EQ(loaded.ok(), one.accepted) << one.text << (loaded ? "" : loaded.error().render());
    const auto tree = check_text(one.text, "t", anything());
    ASSERT_TRUE(tree.ok());
    instances.push_back(as_an_editor_sees(tree->tree));
  }
  folder.write("schema.json", json_schema(vocabulary()).dump());
  folder.write("instances.json", instances.dump());
  folder.write("validate.py", R"(import json, sys
import jsonschema
schema = json.load(open("schema.json"))
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
with open("verdicts.json", "w") as out:
    json.dump([validator.is_valid(instance) for instance in json.load(open("instances.json"))], out)
)");
  ASSERT_EQ(std::system(("cd '" + folder.path().string() + "' && python3 validate.py").c_str()), 0);
  const auto verdicts = nlohmann::json::parse(*core::read_file(folder.path() / "verdicts.json"));
  ASSERT_EQ(verdicts.size(), cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) EXPECT_EQ(verdicts[i].get<bool>(), cases[i].accepted) << cases[i].text;
}

TEST(JsonSchema, DescribesKeysForEditors) {
  const auto schema = json_schema(vocabulary());
  EXPECT_EQ(schema.at("$schema"), "http://json-schema.org/draft-07/schema#");
  for (const nlohmann::json& part :
       {schema.at("else").at("properties").at("train"), schema.at("properties").at("train").at("anyOf").at(0)}) {
    EXPECT_EQ(part.at("properties").at("shuffle").at("default"), true);
    EXPECT_EQ(part.at("properties").at("epochs").at("description"), "passes over the training clips");
    EXPECT_EQ(part.at("additionalProperties"), false);
  }
  EXPECT_FALSE(schema.contains("required")) << "an including file may leave anything out";
  EXPECT_FALSE(schema.at("else").at("required").empty());
}

TEST(Reference, NamesEveryKeyWithDefaultAndMeaning) {
  const std::string page = reference_markdown(vocabulary());
  for (const char* line :
       {"# Experiment files: every key\n", "| `shuffle` | 'true' or 'false' | `true` |", "## `train`\n",
        "### `train.optimizer` with `name: sgd`\n", "| `folds` | a whole number of at least 2 and at most 10000 | `5` | number of folds |",
        "| `dropout` |", "| `intensity` |", "Exactly one of 'test_subjects' and 'test_share' is given.", "- `loso`: leave one subject out",
        "`models[].input`", "Its keys are those of [`train`](#train).", "#### `models[].params` with `name: mlp`\n"}) {
    EXPECT_NE(page.find(line), std::string::npos) << line << "\n" << page;
  }
}

TEST(CheckFile, GivesDefaultsTypesAndPlaces) {
  const Folder folder;
  const Type card = object({"",
                            {required("name", text(), ""), defaulted("height", integer(), 28, ""), required("file", path(), ""),
                             optional("tags", list_of(text(), {.least = 0}), "")},
                            {}});
  const auto file = folder.write("card.yaml", "name: 010\nfile: a/b.csv\ntags: []\n");
  const auto checked = check_file(file, card);
  ASSERT_TRUE(checked.ok()) << checked.error().render();
  EXPECT_EQ(
      checked->value,
      (nlohmann::json{{"name", "010"}, {"height", 28}, {"file", (folder.path() / "a/b.csv").string()}, {"tags", nlohmann::json::array()}}));
  EXPECT_EQ(checked->place("/file").position(), (core::SourcePosition{file.string(), 2, 7}));
  EXPECT_FALSE(check_file(folder.path() / "none.yaml", card).ok());
  const auto bad = check_text("name: [a]\nhight: 3\n", "card.yaml", card);
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code(), core::ErrorCode::kUsage);
  EXPECT_EQ(bad.error().render(), R"(card.yaml:1:1: error: key 'file' is missing in the file
    1 | name: [a]
      | ^ add 'file: ...', a path
card.yaml:1:7: error: 'name' is a list, text is wanted
    1 | name: [a]
      |       ^
card.yaml:2:1: error: unknown key 'hight' in the file
    2 | hight: 3
      | ^~~~~ did you mean 'height'?
)");
}

TEST(Numbers, OnlyPlainDecimalIsAWholeNumber) {
  const Type type = object({"", {required("n", integer(), "")}, {}});
  for (const char* good : {"0", "-1", "42", "9223372036854775807"})
    EXPECT_TRUE(check_text(std::string("n: ") + good, "t", type).ok()) << good;
  for (const char* bad :
       {"010", "-010", "08", "1e3", "1.0", "0x10", "0o7", "+3", "1_000", "9223372036854775808", "'3'", "true", "~", "", ".inf"}) {
    EXPECT_FALSE(check_text(std::string("n: ") + bad, "t", type).ok()) << bad;
  }
}

TEST(Numbers, NumbersAreFiniteDecimals) {
  const Type type = object({"", {required("n", number(), "")}, {}});
  for (const char* good : {"0", "-1.5", "5.0e-5", "1e3", "0.001", ".9", "-.9", "1.", ".5e1", "-0", "1E3", "1e+3"}) {
    const auto checked = check_text(std::string("n: ") + good, "t", type);
    ASSERT_TRUE(checked.ok()) << good;
    const auto again = check_text(emit_yaml(checked->tree, /*origins=*/true), "t", type);
    ASSERT_TRUE(again.ok()) << again.error().render();
    EXPECT_EQ(again->value, checked->value) << good;
  }
  for (const char* bad : {"nan", "inf", ".inf", "1e999", "00.5", "'1'", "0x1", "1,5"})
    EXPECT_FALSE(check_text(std::string("n: ") + bad, "t", type).ok()) << bad;
}

TEST(Booleans, OnlyTrueAndFalse) {
  const Type type = object({"", {required("b", boolean(), "")}, {}});
  for (const char* good : {"true", "false"}) EXPECT_TRUE(check_text(std::string("b: ") + good, "t", type).ok()) << good;
  for (const char* bad : {"yes", "no", "on", "off", "True", "FALSE", "1", "'true'", "y"})
    EXPECT_FALSE(check_text(std::string("b: ") + bad, "t", type).ok()) << bad;
}

}  // namespace
}  // namespace mexbench::config
