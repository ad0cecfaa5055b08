#include "models/registry.h"

#include <gmock/gmock.h>
#include <yaml-cpp/yaml.h>

namespace mexbench::models {
namespace {

using ::testing::HasSubstr;

TEST(ModelCards, AreSortedByNameAndComplete) {
  ASSERT_FALSE(all_models().empty());
  std::string before;
  for (const ModelCard& card : all_models()) {
    EXPECT_LT(before, card.name);
    before = card.name;
    EXPECT_FALSE(card.title.empty() || card.paper.empty() || card.doi.empty()) << card.name;
    EXPECT_THAT(card.verified, ::testing::AnyOf("fixture", "shapes", "none"));
    for (const std::string& role : {card.classes_param, card.channels_param}) {
      const bool known = std::any_of(card.params.begin(), card.params.end(), [&](const ParamDef& param) { return param.name == role; });
      EXPECT_TRUE(known || (role.empty() && &role != &card.classes_param)) << card.name << ": " << role;
    }
    for (const ParamDef& param : card.params) EXPECT_FALSE(param.doc.empty()) << card.name << "." << param.name;
  }
}

TEST(ModelCards, TextAndTableAgree) {
  for (const ModelCard& card : all_models()) {
    SCOPED_TRACE(card.name);
    const YAML::Node text = YAML::Load(std::string(card_text(card.name)));
    ASSERT_TRUE(text.IsMap());
    EXPECT_EQ(text["name"].as<std::string>(), card.name);
    EXPECT_EQ(text["title"].as<std::string>(), card.title);
    EXPECT_EQ(text["paper"].as<std::string>(), card.paper);
    EXPECT_EQ(text["doi"].as<std::string>(), card.doi);
    EXPECT_EQ(text["verified"].as<std::string>(), card.verified);
    EXPECT_EQ(text["parameters"].as<std::int64_t>(), card.parameters);
    EXPECT_EQ(text["input"]["channels"].as<std::vector<std::string>>(), card.input.channels);
    EXPECT_EQ(text["input"]["height"].as<std::int64_t>(), card.input.height);
    EXPECT_EQ(text["input"]["width"].as<std::int64_t>(), card.input.width);
    EXPECT_EQ(text["classes_param"].as<std::string>(), card.classes_param);
    EXPECT_EQ(text["channels_param"].as<std::string>(), card.channels_param);
    ASSERT_EQ(text["params"].size(), card.params.size());
    for (std::size_t index = 0; index < card.params.size(); ++index) {
      const YAML::Node row = text["params"][index];
      const ParamDef& param = card.params[index];
      EXPECT_EQ(row["name"].as<std::string>(), param.name);
      EXPECT_EQ(row["type"].as<std::string>(), to_string(param.type));
      EXPECT_EQ(row["default"].as<double>(), param.default_value.get<double>());
      EXPECT_EQ(row["min"].as<double>(), param.min);
      EXPECT_EQ(row["max"].as<double>(), param.max);
    }
    for (const YAML::Node& result : text["published"]) {
      EXPECT_TRUE(result["selection_rule"] && result["metric_convention"] && result["scores"]["all"]);
    }
  }
}

TEST(ModelByName, UnknownNameSuggestsTheNearest) {
  const auto result = model_by_name("ststnt");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), core::ErrorCode::kUsage);
  EXPECT_THAT(result.error().render(), HasSubstr("did you mean 'ststnet'?"));
  EXPECT_THAT(model_by_name("transformer").error().render(), HasSubstr("'offapexnet' and 'ststnet'"));
}

TEST(ResolveParams, FillsDefaultsAndKeepsWhatIsGiven) {
  const auto params = resolve_params(*find_model("ststnet"), {{"dropout", 0}});
  ASSERT_TRUE(params);
  EXPECT_EQ(*params, nlohmann::json({{"in_channels", 3}, {"out_channels", 3}, {"dropout", 0}}));
}

TEST(ResolveParams, EveryProblemIsNamed) {
  const auto params =
      resolve_params(*find_model("ststnet"), {{"drop", 0.5}, {"in_channels", 2.5}, {"out_channels", 1}, {"dropout", "half"}});
  ASSERT_FALSE(params);
  EXPECT_EQ(params.error().code(), core::ErrorCode::kUsage);
  const std::string text = params.error().render();
  EXPECT_EQ(params.error().diagnostics().size(), 4U);
  EXPECT_THAT(text, HasSubstr("ststnet has no parameter 'drop'"));
  EXPECT_THAT(text, HasSubstr("parameter 'in_channels' of ststnet is 2.5, need an integer from 1 to 64"));
  EXPECT_THAT(text, HasSubstr("parameter 'out_channels' of ststnet is 1, need an integer from 2 to 1000"));
  EXPECT_THAT(text, HasSubstr("parameter 'dropout' of ststnet is \"half\", need a number from 0 to 0.99"));
  EXPECT_FALSE(resolve_params(*find_model("ststnet"), nlohmann::json::array({1})));
}

}  // namespace
}  // namespace mexbench::models
