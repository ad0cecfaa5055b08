#include "models/published_params.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace mexbench::models {
namespace {

using ::testing::HasSubstr;

TEST(PublishedParams, KnowNoRangesOfOurs) {
  const ModelCard& card = *find_model("rcn_a");
  const nlohmann::json given = {{"num_classes", 1}, {"num_layers", 0}, {"featuremaps", 100000}, {"dropout", 1.0}, {"pool_size", -1}};
  EXPECT_FALSE(resolve_params(card, given));
  const auto params = published_params(card, given);
  ASSERT_TRUE(params) << params.error().render();
  for (const auto& [name, value] : given.items()) EXPECT_EQ(params->at(name), value) << name;
  EXPECT_EQ(params->at("num_input"), 3);
}

TEST(PublishedParams, TakeNumbersAsOtherLanguagesWriteThem) {
  const auto sssnet = published_params(*find_model("sssnet"), {{"softmax", 1}, {"h_dims", {4.0, 5, 6.0, 7}}, {"num_classes", 3.0}});
  ASSERT_TRUE(sssnet) << sssnet.error().render();
  EXPECT_EQ(sssnet->at("softmax"), nlohmann::json(true));
  EXPECT_TRUE(sssnet->at("num_classes").is_number_integer());
  EXPECT_EQ(sssnet->at("h_dims").dump(), "[4,5,6,7]");
  EXPECT_EQ(published_params(*find_model("sssnet"), {{"softmax", 0.0}})->at("softmax"), nlohmann::json(false));
  EXPECT_EQ(published_params(*find_model("htnet"), {{"block_repeats", 2.0}})->at("block_repeats").dump(), "2");
}

TEST(PublishedParams, NamesAndTypesAreChecked) {
  const auto problem = [](const char* model, const nlohmann::json& given) {
    const auto params = published_params(*find_model(model), given);
    return params ? std::string() : params.error().render();
  };
  EXPECT_THAT(problem("ststnet", {{"in_chanels", 3}}), HasSubstr("did you mean 'in_channels'?"));
  EXPECT_THAT(problem("ststnet", {{"in_channels", 2.5}}), HasSubstr("is 2.5, need an integer from -1048576 to 1048576"));
  for (const nlohmann::json& value :
       std::vector<nlohmann::json>{"3", nullptr, true, {3}, 1e300, 18446744073709551615ULL, -9007199254740993})
    EXPECT_THAT(problem("ststnet", {{"in_channels", value}}), HasSubstr("need an integer")) << value;
  EXPECT_THAT(problem("ststnet", {{"dropout", "NaN"}}), HasSubstr("is \"NaN\", need a number"));
  EXPECT_THAT(problem("sssnet", {{"softmax", 2}}), HasSubstr("is 2, need true or false"));
  EXPECT_THAT(problem("sssnet", {{"h_dims", {1, 2}}}), HasSubstr("need a list of at least 3, each an integer"));
  EXPECT_THAT(problem("sssnet", {{"h_dims", 3}}), HasSubstr("need a list of at least 3"));
  EXPECT_THAT(problem("sssnet", {{"h_dims", std::vector<int>(500, 2000001)}}), HasSubstr("..."));
}

}  // namespace
}  // namespace mexbench::models
