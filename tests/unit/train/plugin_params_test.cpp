#include "harness/train/plugin_params.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mexbench::train {
namespace {

using nlohmann::json;

TEST(PluginParams, ValuesAndDefaultsAreRead) {
  Params params(json{{"width", 4}, {"rate", 1}, {"deep", true}, {"pool", "max"}});
  EXPECT_EQ(params.integer("width", 8, 1, 16), 4);
  EXPECT_EQ(params.integer("height", 8, 1, 16), 8);
  EXPECT_EQ(params.number("rate", 0.5, 0.0, 1.0), 1.0);
  EXPECT_EQ(params.number("other", 0.5, 0.0, 1.0), 0.5);
  EXPECT_TRUE(params.boolean("deep", false));
  EXPECT_EQ(params.choice("pool", "mean", {"mean", "max"}), "max");
  EXPECT_NO_THROW(params.finish());
}

template <typename Read>
std::string refusal(const json& given, Read read) {
  try {
    Params params(given);
    read(params);
    params.finish();
  } catch (const std::invalid_argument& problem) {
    return problem.what();
  }
  return "";
}

TEST(PluginParams, WhatDoesNotFitIsRefusedWithWhatIsWanted) {
  const auto width = [](Params& params) { (void)params.integer("width", 8, 1, 16); };
  EXPECT_EQ(refusal({{"width", 0}}, width), "'width' is 0, a whole number from 1 to 16 is wanted");
  EXPECT_EQ(refusal({{"width", 17}}, width), "'width' is 17, a whole number from 1 to 16 is wanted");
  EXPECT_EQ(refusal({{"width", 4.0}}, width), "'width' is 4.0, a whole number from 1 to 16 is wanted");
  EXPECT_EQ(refusal({{"widht", 4}}, width), "there is no parameter 'widht', there are width");
  EXPECT_EQ(refusal({{"rate", "fast"}}, [](Params& params) { (void)params.number("rate", 0.5, 0.0, 1.0); }),
            "'rate' is \"fast\", a number from 0 to 1 is wanted");
  EXPECT_EQ(refusal({{"deep", 1}}, [](Params& params) { (void)params.boolean("deep", false); }), "'deep' is 1, true or false is wanted");
  EXPECT_EQ(refusal({{"pool", "min"}},
                    [](Params& params) {
                      (void)params.choice("pool", "mean", {"mean", "max"});
                    }),
            "'pool' is \"min\", one of mean, max is wanted");
}

}  // namespace
}  // namespace mexbench::train
