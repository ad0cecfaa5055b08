#include "datasets/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "datasets/card.h"
#include "datasets/corrections.h"
#include "harness/data/corpus_names.h"

namespace mexbench::datasets {
namespace {
using ::testing::HasSubstr;

TEST(Registry, IsSortedAndEveryEntryIsWhole) {
  std::string last;
  for (const AdapterInfo& adapter : registry()) {
    EXPECT_LT(last, adapter.id);
    last = adapter.id;
    EXPECT_FALSE(adapter.summary.empty());
    EXPECT_FALSE(adapter.label_maps.empty());
    if (!adapter.datasets.empty()) {  // what a user's own table says can't be known
      EXPECT_EQ(data::datasets_named(adapter.id), adapter.datasets) << "a card may declare it as pretraining: data/corpus_names.cpp";
    }
    for (const std::string& id : adapter.datasets) EXPECT_EQ(data::datasets_named(id), std::vector<std::string>{id});
    EXPECT_NE(adapter.create(), nullptr);
    const auto defaults = complete_options(adapter, nlohmann::json::object());
    ASSERT_TRUE(defaults.ok());
    const auto again = complete_options(adapter, *defaults);  // every default passes its own check
    ASSERT_TRUE(again.ok()) << again.error().render();
    EXPECT_EQ(*again, *defaults);
    EXPECT_EQ(defaults->size(), adapter.options.size());
    const auto text = card(adapter.id);
    ASSERT_TRUE(text.has_value()) << adapter.id << " has no card";
    EXPECT_THAT(std::string(*text), HasSubstr("id: " + adapter.id));
  }
  EXPECT_FALSE(card("no-such-corpus").has_value());
}

// What a card says of a corpus goes together: its label maps are whole, and its counts are of their classes and add up.
TEST(Cards, CountsAreOfTheClassesOfTheirLabelMapsAndAddUp) {
  for (const AdapterInfo& adapter : registry()) {
    for (const nlohmann::json& entry : card_file(adapter.id, "card.yaml").value("label_maps", nlohmann::json::array())) {
      const auto labels = labels_from_json(entry);
      ASSERT_TRUE(labels.ok()) << adapter.id << ": " << labels.error().render();
      for (const auto& [scope, counts] : expected_counts(adapter.id, labels->map.id)) {
        std::int64_t sum = 0;
        for (const auto& [name, count] : counts) {
          if (name == "clips" || name == "subjects") continue;
          EXPECT_TRUE(labels->map.class_index(name)) << adapter.id << ": " << name;
          sum += count;
        }
        if (sum == 0) continue;  // the classes are not told
        EXPECT_EQ(sum, counts.at("clips")) << adapter.id << ", " << labels->map.id << ", " << scope;
      }
    }
    for (const auto& [map, scopes] : card_file(adapter.id, "card.yaml").at("expected").items()) {
      EXPECT_NE(std::find(adapter.label_maps.begin(), adapter.label_maps.end(), map), adapter.label_maps.end())
          << adapter.id << ": " << map;
    }
  }
}

TEST(Corrections, AreNamedOrBroughtAndNeverClash) {
  const auto slstt = chosen_corrections("casme2", nlohmann::json::parse(R"(["slstt"])"));
  ASSERT_TRUE(slstt.ok());
  ASSERT_EQ(slstt->size(), 1U);
  EXPECT_EQ(slstt->front().in_words(),
            "correction 'slstt' of sub04/EP12_01f: apex 303 (the sheets say '/'; SLSTT (Zhang et al., 2022) takes 303)");
  EXPECT_EQ(chosen_corrections("casme2", nlohmann::json::parse(R"(["second-group"])"))->size(), 4U);
  EXPECT_TRUE(chosen_corrections("casme2", nlohmann::json::array())->empty());
  const auto refused = [](const char* option) { return chosen_corrections("casme2", nlohmann::json::parse(option)).error().render(); };
  EXPECT_THAT(refused(R"(["slstt", "second-group"])"), HasSubstr("two corrections set the apex of clip 'sub04/EP12_01f'"));
  EXPECT_THAT(refused(R"(["sltt"])"), HasSubstr("no correction of casme2 is called 'sltt'"));
  EXPECT_THAT(refused(R"(["sltt"])"), HasSubstr("did you mean 'slstt'?"));
  EXPECT_THAT(refused(R"([{"clip": "sub01/EP02_01f", "set": {}, "reason": "x"}])"), HasSubstr("sets nothing"));
  EXPECT_THAT(refused(R"([{"clip": "sub01/EP02_01f", "set": {"apex": 3}, "reason": " "}])"), HasSubstr("has no reason"));
  EXPECT_THAT(refused(R"([{"set": {"apex": 3}}])"), HasSubstr("can't be read"));
}

TEST(OwnLabelMaps, AreWholeOrRefused) {
  const auto refused = [](const char* map) { return labels_from_json(nlohmann::json::parse(map)).error().render(); };
  const std::string all = refused(R"({"id": "m", "classes": ["a", "a", "b"], "rules": {"x": "a", "y": "c"}, "drop": ["x"]})");
  EXPECT_THAT(all, HasSubstr("label map 'm': 'y' becomes 'c', which is none of its classes"));
  EXPECT_THAT(all, HasSubstr("'x' is both in 'rules' and in 'drop'"));
  EXPECT_THAT(all, HasSubstr("class 'a' is listed twice"));
  EXPECT_THAT(all, HasSubstr("no label becomes class 'b'"));
  EXPECT_THAT(refused(R"({"id": "m", "by": "mood", "classes": ["a", "b"], "rules": {"x": "a", "y": "b"}})"), HasSubstr("'by' is 'mood'"));
  EXPECT_THAT(refused(R"({"id": "m", "classes": ["a", "b"]})"), HasSubstr("is not complete"));
}

TEST(Registry, UnknownAdapterSuggestsTheNearest) {
  EXPECT_TRUE(find_adapter("synth").ok());
  const auto unknown = find_adapter("megc2019-flwo");
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().code(), core::ErrorCode::kUsage);
  EXPECT_THAT(unknown.error().render(), HasSubstr("did you mean 'megc2019-flow'?"));
}

TEST(CompleteOptions, AllProblemsAreToldAtOnce) {
  const auto synth = find_adapter("synth");
  ASSERT_TRUE(synth.ok());
  const auto bad = complete_options(**synth, {{"subjcts", 3}, {"subjects", 1}, {"noise", "much"}, {"flow", "horn"}, {"frames", 7.5}});
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code(), core::ErrorCode::kUsage);
  EXPECT_EQ(bad.error().diagnostics().size(), 5U);
  const std::string text = bad.error().render();
  EXPECT_THAT(text, HasSubstr("did you mean 'subjects'?"));
  EXPECT_THAT(text, HasSubstr("option 'subjects' is 1, at least 2 and at most 500 is wanted"));
  EXPECT_THAT(text, HasSubstr("option 'noise' is \"much\", a number is wanted"));
  EXPECT_THAT(text, HasSubstr("option 'flow' is \"horn\", 'farneback' or 'dis' is wanted"));
  EXPECT_THAT(text, HasSubstr("option 'frames' is 7.5, a whole number is wanted"));
}

TEST(CheckRequest, UnknownLabelMapAndDatasetsAreToldAtOnce) {
  for (const AdapterInfo& adapter : registry()) {
    EXPECT_TRUE(check_request(adapter, {.root = "", .label_map = adapter.label_maps.front(), .only = adapter.datasets}).ok());
    const auto refused = adapter.create()->manifest({.root = "", .label_map = "megc2091", .only = {"caseme2", "sintel"}});
    ASSERT_FALSE(refused.ok()) << adapter.id;
    EXPECT_EQ(refused.error().code(), core::ErrorCode::kUsage);
    EXPECT_EQ(refused.error().diagnostics().size(), adapter.datasets.empty() ? 1U : 3U);
    EXPECT_THAT(refused.error().render(), HasSubstr("unknown label map 'megc2091' of dataset adapter '" + adapter.id + "'"));
  }
}

}  // namespace
}  // namespace mexbench::datasets
