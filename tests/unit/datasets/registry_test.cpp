#include "datasets/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

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
    EXPECT_FALSE(adapter.datasets.empty());
    EXPECT_EQ(data::datasets_named(adapter.id), adapter.datasets) << "a card may declare it as pretraining: data/corpus_names.cpp";
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
  EXPECT_FALSE(card("mmew").has_value());
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
    EXPECT_EQ(refused.error().diagnostics().size(), 3U);
    EXPECT_THAT(refused.error().render(), HasSubstr("unknown label map 'megc2091' of dataset adapter '" + adapter.id + "'"));
  }
}

}  // namespace
}  // namespace mexbench::datasets
