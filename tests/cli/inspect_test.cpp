// `inspect model` and the figures of `list models`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/support.h"

namespace mexbench::test {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Outcome inspect(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"inspect", "model"});
  return mexbench(arguments);
}

TEST(Inspect, TextHasLayersTotalsAndWhatNeverTrains) {
  const Outcome outcome = inspect({"rcn_s", "--set", "params.featuremaps=8"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(StartsWith("rcn_s: RCN-S (dense shortcuts), one clip of 3x28x28\n"), HasSubstr("\"featuremaps\":8"),
                                 HasSubstr("\nconv1.0 "), HasSubstr("1x8x24x24"), HasSubstr("\nclassifier "), HasSubstr("FLOPs per clip"),
                                 HasSubstr("dbl.0.conv3.0.weight  unused"), Not(HasSubstr("not counted"))));
  EXPECT_EQ(outcome.err, "");
}

TEST(Inspect, FormatsAgree) {
  const Outcome whole = inspect({"ststnet", "--size", "30x27", "--format", "json"});
  ASSERT_EQ(whole.code, 0) << whole.err;
  const json report = json::parse(whole.out);
  EXPECT_EQ(report.at("schema"), "mexbench.inspection/1");
  EXPECT_EQ(report.at("clip"), json({3, 30, 27}));
  EXPECT_EQ(report.at("params").at("dropout"), 0.5);
  const json& inspection = report.at("inspection");
  std::int64_t flops = 0;
  std::int64_t parameters = 0;
  for (const json& layer : inspection.at("layers")) {
    flops += layer.at("flops").get<std::int64_t>();
    parameters += layer.at("parameters").get<std::int64_t>();
  }
  EXPECT_EQ(inspection.at("flops"), flops);
  EXPECT_EQ(inspection.at("parameters"), parameters);
  EXPECT_EQ(parameters, 1683);
  // The three streams run side by side: a 3x3 convolution padded by 2 gives 32x29 positions of 3 + 5 + 8 maps, each from 27 products.
  EXPECT_EQ(inspection.at("layers").at(0).at("layer"), "conv1, conv2, conv3");
  EXPECT_EQ(inspection.at("layers").at(0).at("output"), json({1, 16, 32, 29}));
  EXPECT_EQ(inspection.at("layers").at(0).at("flops"), 2 * 16 * 32 * 29 * 27);

  const Outcome csv = inspect({"ststnet", "--size", "30x27", "--format", "csv"});
  ASSERT_EQ(csv.code, 0) << csv.err;
  EXPECT_THAT(csv.out,
              StartsWith("layer,kind,input,output,parameters,flops,not_counted\n\"conv1, conv2, conv3\",conv2d,1x3x30x27,1x16x32x29,448,"));
  EXPECT_EQ(static_cast<std::size_t>(std::count(csv.out.begin(), csv.out.end(), '\n')), inspection.at("layers").size() + 1);
  const Outcome totals = inspect({"ststnet", "--size", "30x27", "--table", "totals", "--format", "md"});
  EXPECT_THAT(totals.out, HasSubstr("| " + std::to_string(flops) + " |"));
}

TEST(Inspect, EqualCallsGiveEqualBytes) {
  const std::vector<std::string> arguments{"offapexnet", "--format", "json"};
  EXPECT_EQ(inspect(arguments).out, inspect(arguments).out);
}

TEST(Inspect, ListShowsTheSameFigures) {
  const Outcome listed = mexbench({"list", "models", "--format", "json"});
  ASSERT_EQ(listed.code, 0) << listed.err;
  for (const json& row : json::parse(listed.out)) {
    for (const char* column : {"model", "input", "parameters", "flops", "verified", "paper"}) EXPECT_TRUE(row.contains(column)) << column;
    if (row.at("model") != "sssnet") continue;
    const json seen = json::parse(inspect({"sssnet", "--format", "json"}).out).at("inspection");
    EXPECT_EQ(row.at("flops"), seen.at("flops"));
    EXPECT_EQ(row.at("parameters"), seen.at("parameters"));
  }
}

TEST(Inspect, WhatIsWrongIsRefusedWithAWayOut) {
  const std::map<std::vector<std::string>, std::vector<std::string>> cases{
      {{"ststnt"}, {"error: no model is called 'ststnt'", "did you mean 'ststnet'?"}},
      {{"ststnet", "--set", "params.dropuot=0.1"}, {"--set:1:8: error: unknown key 'dropuot'", "did you mean 'dropout'?"}},
      {{"ststnet", "--set", "params.dropout=2"}, {"'dropout' is 2", "at most 0.99"}},
      {{"ststnet", "--set", "dropout=0.1"}, {"--set:1:1: error: unknown key 'dropout'", "'params'"}},
      {{"ststnet", "--set", "params.dropout"}, {"'params.dropout' is not an override, key.path=value is wanted"}},
      {{"htnet", "--set", "params.image_size=30"}, {"image_size is 30, need a multiple of 28"}},
      {{"ststnet", "--size", "28"}, {"'--size 28' is not HEIGHTxWIDTH", "--size 28x28"}},
      {{"ststnet", "--size", "0x28"}, {"'--size 0x28' is not HEIGHTxWIDTH"}},
      {{"sssnet", "--size", "28x28"}, {"sssnet takes images of 64 to 69 pixels a side, --size is 28x28"}},
      {{"htnet", "--size", "56x56"}, {"htnet takes images of 28x28, --size is 56x56", "add --set params.image_size=56"}},
      {{"htnet", "--set", "params.image_size=56"}, {"htnet takes images of 56x56, its default is 28x28", "--size HEIGHTxWIDTH"}},
      {{"resnet18", "--size", "100000x100000"}, {"images of 100000x100000 are too large to inspect: at most 262144 pixels, like 512x512"}},
      {{"rcn_a", "--size", "20000x20000"}, {"images of 20000x20000 are too large to inspect"}},
      {{"chance"}, {"chance is a method: it has no layers to inspect"}},
      {{}, {"name is required"}},
      {{"ststnet", "--table", "rows"}, {"--table"}},
  };
  for (const auto& [arguments, wanted] : cases) {
    const Outcome refused = inspect(arguments);
    EXPECT_EQ(refused.code, 2) << testing::PrintToString(arguments);
    EXPECT_EQ(refused.out, "");
    for (const std::string& text : wanted) EXPECT_THAT(refused.err, HasSubstr(text)) << testing::PrintToString(arguments);
  }
  const Outcome wide = inspect({"resnet18", "--set", "params.width=1024"});
  EXPECT_EQ(wide.code, 1);
  EXPECT_THAT(wide.err, HasSubstr("out of memory: it needs more than the limit of"));
  EXPECT_EQ(mexbench({"inspect", "modle", "ststnet"}).code, 2);
  EXPECT_EQ(mexbench({"inspect"}).code, 2);
}

}  // namespace
}  // namespace mexbench::test
