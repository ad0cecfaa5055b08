#include "models/registry.h"

#include <gmock/gmock.h>
#include <yaml-cpp/yaml.h>

namespace mexbench::models {
namespace {

using ::testing::HasSubstr;

nlohmann::json defaults_of(const ModelCard& card) {
  const auto params = resolve_params(card, nlohmann::json::object());
  EXPECT_TRUE(params) << params.error().render();
  return *params;
}

nlohmann::json default_of(const YAML::Node& row, ParamDef::Type type) {
  if (!row["default"]) return nullptr;
  switch (type) {
    case ParamDef::Type::kInteger:
      return row["default"].as<std::int64_t>();
    case ParamDef::Type::kNumber:
      return row["default"].as<double>();
    case ParamDef::Type::kBoolean:
      return row["default"].as<bool>();
    case ParamDef::Type::kChoice:
      return row["default"].as<std::string>();
    case ParamDef::Type::kIntegers:
    case ParamDef::Type::kNumbers:
      break;
  }
  if (!row["default"].IsSequence()) {
    return type == ParamDef::Type::kIntegers ? nlohmann::json(row["default"].as<std::int64_t>())
                                             : nlohmann::json(row["default"].as<double>());
  }
  if (type == ParamDef::Type::kNumbers) return row["default"].as<std::vector<double>>();
  return row["default"].as<std::vector<std::int64_t>>();
}

TEST(ModelCards, AreSortedByNameAndComplete) {
  ASSERT_FALSE(all_models().empty());
  std::string before;
  for (const ModelCard& card : all_models()) {
    EXPECT_LT(before, card.name);
    before = card.name;
    EXPECT_FALSE(card.title.empty() || card.paper.empty()) << card.name;
    EXPECT_EQ(card.doi.empty(), card.kind == Kind::kFile) << card.name;
    EXPECT_THAT(card.verified, ::testing::AnyOf("fixture", "shapes", "none"));
    for (const std::string& role : {card.classes_param, card.channels_param}) {
      const bool known = std::any_of(card.params.begin(), card.params.end(), [&](const ParamDef& param) { return param.name == role; });
      EXPECT_TRUE(known || role.empty()) << card.name << ": " << role;
    }
    for (const ParamDef& param : card.params) EXPECT_FALSE(param.doc.empty()) << card.name << "." << param.name;
    if (card.kind != Kind::kNetwork) continue;
    EXPECT_FALSE(card.classes_param.empty()) << card.name;
    ASSERT_NE(card.sizes, nullptr) << card.name;
    EXPECT_TRUE(card.sizes(defaults_of(card)).take(card.input.height, card.input.width)) << card.name;
  }
}

TEST(ModelCards, TextAndTableAgree) {
  for (const ModelCard& card : all_models()) {
    SCOPED_TRACE(card.name);
    const YAML::Node text = YAML::Load(std::string(card_text(card.name)));
    ASSERT_TRUE(text.IsMap());
    EXPECT_EQ(text["kind"].as<std::string>("network"), to_string(card.kind));
    EXPECT_EQ(text["name"].as<std::string>(), card.name);
    EXPECT_EQ(text["title"].as<std::string>(), card.title);
    EXPECT_EQ(text["paper"].as<std::string>(), card.paper);
    EXPECT_EQ(text["doi"].as<std::string>(), card.doi);
    EXPECT_EQ(text["verified"].as<std::string>(), card.verified);
    EXPECT_EQ(text["parameters"].as<std::int64_t>(), card.parameters);
    EXPECT_EQ(text["numeric_version"].as<int>(1), card.numeric_version);
    EXPECT_EQ(text["flops"].as<std::int64_t>(0), card.flops);
    EXPECT_EQ(text["input"]["channels"].as<std::vector<std::string>>(), card.input.channels);
    EXPECT_EQ(text["input"]["height"].as<std::int64_t>(), card.input.height);
    EXPECT_EQ(text["input"]["width"].as<std::int64_t>(), card.input.width);
    const auto range = text["input"]["range"].as<std::vector<double>>(std::vector<double>{0.0, 0.0});
    EXPECT_EQ(range, (std::vector<double>{card.input.low, card.input.high}));
    EXPECT_EQ(text["input"]["by_meaning"].as<bool>(false), card.input.by_meaning);
    EXPECT_EQ(text["input"]["sizes"].as<std::string>(), card.sizes == nullptr ? "any" : card.sizes(defaults_of(card)).words);
    const auto frames = card.least_frames == nullptr ? "" : "at least " + std::to_string(card.least_frames(defaults_of(card)));
    EXPECT_EQ(text["input"]["frames"].as<std::string>(""), frames);
    EXPECT_EQ(text["classes_param"].as<std::string>(), card.classes_param);
    EXPECT_EQ(text["channels_param"].as<std::string>(), card.channels_param);
    ASSERT_EQ(text["params"].size(), card.params.size());
    for (std::size_t index = 0; index < card.params.size(); ++index) {
      const YAML::Node row = text["params"][index];
      const ParamDef& param = card.params[index];
      EXPECT_EQ(row["name"].as<std::string>(), param.name);
      EXPECT_EQ(row["type"].as<std::string>(), to_string(param.type));
      EXPECT_EQ(default_of(row, param.type), param.default_value);
      EXPECT_EQ(row["min"].as<double>(0), param.min);
      EXPECT_EQ(row["max"].as<double>(0), param.max);
      EXPECT_EQ(row["least"].as<std::size_t>(0), param.least);
      EXPECT_EQ(row["most"].as<std::size_t>(0), param.most);
      EXPECT_EQ(row["lone"].as<bool>(false), param.lone);
      EXPECT_EQ(row["since"].as<int>(1), param.since);
      EXPECT_EQ(row["middle"].as<bool>(false), param.middle);
      EXPECT_EQ(param.default_value.is_null(), param.middle);
      EXPECT_EQ(row["choices"].as<std::vector<std::string>>(std::vector<std::string>()), param.choices);
    }
    // Without a fixture the card says what was compared with what.
    EXPECT_EQ(text["checked"].IsDefined() && !text["checked"].as<std::string>().empty(), card.verified == "shapes");
    // Where no result is listed the card says why.
    EXPECT_EQ(text["unlisted"].IsDefined() && !text["unlisted"].as<std::string>().empty(), text["published"].size() == 0);
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
  EXPECT_THAT(model_by_name("transformer").error().render(), HasSubstr("'sssnet', 'ststnet'"));
}

TEST(ResolveParams, FillsDefaultsAndKeepsWhatIsGiven) {
  const auto params = resolve_params(*find_model("ststnet"), {{"dropout", 0}});
  ASSERT_TRUE(params);
  EXPECT_EQ(*params, nlohmann::json({{"in_channels", 3}, {"out_channels", 3}, {"dropout", 0}, {"padding", 2}}));
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

std::string refusal(const char* model, const nlohmann::json& params) {
  const auto resolved = resolve_params(*find_model(model), params);
  if (resolved) return "accepted";
  EXPECT_EQ(resolved.error().code(), core::ErrorCode::kUsage);
  return resolved.error().render();
}

TEST(ResolveParams, ListsAndBooleansAreJudgedByTheirEntriesAndLength) {
  EXPECT_EQ(refusal("sssnet", {{"h_dims", {1, 2, 65536}}, {"softmax", true}}), "accepted");
  const char* wanted = "need a list of 3 integers from 1 to 65536";
  for (const nlohmann::json& wrong : {nlohmann::json::array({1, 2}), nlohmann::json::array({1, 2, 3, 4}), nlohmann::json::array({1, 2, 0}),
                                      nlohmann::json::array({1, 2, 3.5}), nlohmann::json::array({1, 2, "3"}), nlohmann::json(64)}) {
    EXPECT_THAT(refusal("sssnet", {{"h_dims", wrong}}), HasSubstr("parameter 'h_dims' of sssnet is " + wrong.dump() + ", " + wanted));
  }
  for (const nlohmann::json& wrong : {nlohmann::json(1), nlohmann::json("true"), nlohmann::json(nullptr)}) {
    EXPECT_THAT(refusal("sssnet", {{"softmax", wrong}}), HasSubstr("is " + wrong.dump() + ", need true or false"));
  }
  EXPECT_EQ(refusal("htnet", {{"block_repeats", 2}}), "accepted");
  EXPECT_THAT(refusal("htnet", {{"block_repeats", -1}}), HasSubstr("is -1, need an integer, or a list of 1 to 8 integers from 0 to 256"));
  EXPECT_THAT(refusal("rcn_a", {{"model_version", 2}}), HasSubstr("parameter 'model_version' of rcn_a is 2, need 3"));
}

TEST(ResolveParams, ValuesThatDoNotGoTogetherAreRefusedWithTheRelation) {
  const struct {
    const char* model;
    nlohmann::json params;
    const char* message;
  } cases[] = {
      {"htnet", {{"image_size", 30}}, "image_size is 30, need a multiple of 28 (patch_size 7 * 2^(num_hierarchies - 1) = 4)"},
      {"htnet", {{"num_hierarchies", 4}, {"block_repeats", 1}}, "image_size is 28, need a multiple of 56"},
      {"htnet", {{"dim", 4}, {"heads", 5}}, "heads is 5, need at most dim, which is 4"},
      {"htnet", {{"block_repeats", {1}}}, "block_repeats has 1 entry, need one for each of the 3 of num_hierarchies, or a single integer"},
      {"rcn_f", {{"featuremaps", 30}}, "featuremaps is 30, need a multiple of 4"},
      {"rcn_w", {{"featuremaps", 30}}, "featuremaps is 30, need a multiple of 4"},
      {"capsulenet_head", {{"dim_caps", 7}}, "primary_channels is 256, need a multiple of dim_caps, which is 7"},
      {"capsulenet_head", {{"in_num_caps", 1000}}, "in_num_caps is 1000, need a multiple of 32 (primary_channels / dim_caps)"},
      {"capsulenet", {{"in_num_caps", 1000}}, "in_num_caps is 1000, need a multiple of 32 (primary_channels / dim_caps)"},
      {"elrcn", {{"filters", {8, 8}}}, "convolutions has 5 entries, need one for each of the 2 of filters"},
      {"elrcn", {{"image_size", 31}}, "image_size is 31, need at least 32 (each of the 5 stages of filters halves it)"},
      {"microexpstcnn", {{"frames", 16}}, "frames is 16, need at least 17 (kernel_frames + 2, what the pooling over 3 frames takes)"},
      {"vit", {{"patch_size", 5}}, "image_size is 28, need a multiple of patch_size, which is 5"},
      {"vit", {{"heads", 3}}, "dim is 128, need a multiple of heads, which is 3"},
  };
  for (const auto& one : cases) {
    EXPECT_THAT(refusal(one.model, one.params), HasSubstr("the parameters of " + std::string(one.model) + " do not go together: "));
    EXPECT_THAT(refusal(one.model, one.params), HasSubstr(one.message));
  }
  EXPECT_EQ(refusal("rcn_s", {{"featuremaps", 30}}), "accepted");
  // What is out of its range is said first, and alone.
  EXPECT_THAT(refusal("htnet", {{"image_size", 30}, {"patch_size", 0}}), ::testing::Not(HasSubstr("go together")));
  EXPECT_TRUE(conflicts_of(*find_model("htnet"), {{"image_size", 30}}).empty());
}

TEST(ResolveParams, EveryRangeHasLegalEnds) {
  for (const ModelCard& card : all_models()) {
    for (const ParamDef& param : card.params) {
      if (param.type == ParamDef::Type::kBoolean) continue;
      SCOPED_TRACE(card.name + "." + param.name);
      if (param.type == ParamDef::Type::kChoice) {
        EXPECT_THAT(refusal(card.name.c_str(), {{param.name, "no such choice"}}), HasSubstr(", need '" + param.choices.front() + "'"));
        continue;
      }
      EXPECT_LE(param.min, param.max);
      const bool whole = param.type != ParamDef::Type::kNumber && param.type != ParamDef::Type::kNumbers;
      for (const double outside : {param.min - 1, param.max + 1}) {
        nlohmann::json value = whole ? nlohmann::json(static_cast<std::int64_t>(outside)) : nlohmann::json(outside);
        if (param.type == ParamDef::Type::kIntegers || param.type == ParamDef::Type::kNumbers)
          value = std::vector<nlohmann::json>(param.least, value);
        EXPECT_THAT(refusal(card.name.c_str(), {{param.name, value}}), HasSubstr(", need "));
      }
    }
  }
}

TEST(InputSizes, FollowTheParameters) {
  const auto takes = [](const char* model, const nlohmann::json& given, std::int64_t height, std::int64_t width) {
    const auto params = resolve_params(*find_model(model), given);
    EXPECT_TRUE(params) << params.error().render();
    return find_model(model)->sizes(*params).take(height, width);
  };
  EXPECT_TRUE(takes("sssnet", {}, 64, 69));
  EXPECT_FALSE(takes("sssnet", {}, 64, 70));
  EXPECT_TRUE(takes("htnet", {{"image_size", 56}}, 56, 56));
  EXPECT_FALSE(takes("htnet", {{"image_size", 56}}, 28, 28));
  EXPECT_TRUE(takes("rcn_a", {}, 8, 300));
  EXPECT_FALSE(takes("rcn_a", {{"num_layers", 2}}, 8, 300));
  EXPECT_TRUE(takes("capsulenet_head", {{"in_num_caps", 32 * 5 * 7}}, 26, 30));
  EXPECT_FALSE(takes("capsulenet_head", {{"in_num_caps", 32 * 5 * 7}}, 28, 28));
  EXPECT_TRUE(takes("capsulenet", {}, 209, 224));
  EXPECT_FALSE(takes("capsulenet", {}, 208, 224));
  EXPECT_FALSE(takes("capsulenet", {}, 225, 224));
  EXPECT_TRUE(takes("alexnet", {}, 63, 300));
  EXPECT_FALSE(takes("alexnet", {}, 62, 300));
  EXPECT_TRUE(takes("resnet18", {}, 1, 300));
  EXPECT_TRUE(takes("elrcn", {{"image_size", 64}}, 95, 64));
  EXPECT_FALSE(takes("elrcn", {{"image_size", 64}}, 96, 64));
  EXPECT_TRUE(takes("microexpstcnn", {}, 62, 64));
  EXPECT_FALSE(takes("microexpstcnn", {}, 61, 64));
}

TEST(ParamsForSize, NameWhatMakesTheNetworkTakeTheSizeIfThatIsLegal) {
  const auto changes = [](const char* model, std::int64_t height, std::int64_t width) {
    const ModelCard& card = *find_model(model);
    return params_for_size(card, defaults_of(card), height, width);
  };
  EXPECT_EQ(changes("htnet", 56, 56), nlohmann::json({{"image_size", 56}}));
  EXPECT_EQ(changes("htnet", 30, 30), nlohmann::json::object());
  EXPECT_EQ(changes("htnet", 28, 56), nlohmann::json::object());
  EXPECT_EQ(changes("capsulenet_head", 26, 30), nlohmann::json({{"in_num_caps", 32 * 5 * 7}}));
  EXPECT_EQ(changes("capsulenet_head", 10, 10), nlohmann::json::object());
  EXPECT_EQ(changes("sssnet", 28, 28), nlohmann::json::object());
  EXPECT_EQ(changes("capsulenet", 129, 136), nlohmann::json({{"in_num_caps", 32}}));
  EXPECT_EQ(changes("capsulenet", 128, 128), nlohmann::json::object());
  EXPECT_EQ(changes("elrcn", 64, 64), nlohmann::json({{"image_size", 64}}));
  EXPECT_EQ(changes("elrcn", 28, 28), nlohmann::json::object());
  EXPECT_EQ(changes("elrcn", 64, 128), nlohmann::json::object());
  EXPECT_EQ(changes("microexpstcnn", 28, 28), nlohmann::json({{"image_size", 28}}));
  EXPECT_EQ(changes("vit", 32, 32), nlohmann::json({{"image_size", 32}}));
  EXPECT_EQ(changes("vit", 30, 30), nlohmann::json::object());
}

TEST(ParamsForChannels, NameWhatMakesTheNetworkTakeThemIfThatIsLegal) {
  const auto changes = [](const char* model, std::int64_t channels, const nlohmann::json& given = nullptr) {
    const ModelCard& card = *find_model(model);
    const auto params = resolve_params(card, given);
    EXPECT_TRUE(params) << params.error().render();
    return params_for_channels(card, *params, channels);
  };
  EXPECT_EQ(changes("ststnet", 2), nlohmann::json({{"in_channels", 2}}));
  EXPECT_EQ(changes("sssnet", 2), nlohmann::json::object());
  EXPECT_EQ(changes("dual_inception", 6), nlohmann::json({{"stream_channels", 3}}));
  EXPECT_EQ(changes("dual_inception", 3), nlohmann::json::object());
  EXPECT_EQ(changes("elrcn", 12, {{"channels_per_frame", 3}}), nlohmann::json({{"frames", 4}}));
  EXPECT_EQ(changes("elrcn", 10, {{"channels_per_frame", 3}}), nlohmann::json::object());
  EXPECT_EQ(changes("microexpstcnn", 20), nlohmann::json({{"frames", 20}}));
  EXPECT_EQ(changes("microexpstcnn", 8), nlohmann::json::object());
}

TEST(ModelCards, ChannelsAreAsManyAsTheDefaultsSay) {
  for (const ModelCard& card : all_models()) {
    EXPECT_EQ(channel_count(card, defaults_of(card)), static_cast<std::int64_t>(card.input.channels.size())) << card.name;
  }
}

}  // namespace
}  // namespace mexbench::models
