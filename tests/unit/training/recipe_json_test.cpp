#include "harness/train/recipe_json.h"

#include <gtest/gtest.h>

namespace mexbench::train {
namespace {

using nlohmann::json;

json section() {
  return json::parse(R"({
    "epochs": 3, "batch_size": 32, "shuffle": true,
    "optimizer": {"name": "adam", "lr": 0.001, "weight_decay": 0.25, "betas": [0.8, 0.95], "eps": 1e-7},
    "schedule": {"name": "constant", "warmup_epochs": 0}, "selection": {"name": "fixed_epoch"}, "class_weights": "none",
    "loss": {"name": "cross_entropy", "label_smoothing": 0.1}, "sampler": "natural", "numerics": "contiguous"})");
}

TEST(RecipeJson, EveryKeyReachesTheRecipe) {
  json source = section();
  Recipe recipe = recipe_from_json(source);
  EXPECT_EQ(recipe.epochs, 3);
  EXPECT_EQ(recipe.batch_size, 32);
  EXPECT_TRUE(recipe.shuffle);
  EXPECT_EQ(recipe.optimizer.kind, Optimizer::Kind::kAdam);
  EXPECT_EQ(recipe.optimizer.lr, 0.001);
  EXPECT_EQ(recipe.optimizer.weight_decay, 0.25);
  EXPECT_EQ(recipe.optimizer.beta1, 0.8);
  EXPECT_EQ(recipe.optimizer.beta2, 0.95);
  EXPECT_EQ(recipe.optimizer.eps, 1e-7);
  EXPECT_EQ(recipe.loss.label_smoothing, 0.1);
  EXPECT_EQ(recipe.sampling, Sampling::kNatural);
  EXPECT_EQ(recipe.numerics, Numerics::kContiguous);
  EXPECT_FALSE(recipe.clip_grad_norm);

  source["optimizer"] = {{"name", "rmsprop"}, {"lr", 0.5},       {"weight_decay", 0.0}, {"alpha", 0.7},
                         {"eps", 1e-3},       {"momentum", 0.3}, {"centered", true}};
  source["schedule"] = {{"name", "step"}, {"step_size", 7}, {"gamma", 0.3}, {"warmup_epochs", 2}};
  source["selection"] = {{"name", "inner_subjects"}, {"validation_share", 0.2}, {"metric", "uar"}, {"refit", false}, {"patience", 4}};
  source["class_weights"] = {1.0, 2.0};
  source["loss"] = {{"name", "capsule_margin"}, {"m_plus", 0.99}, {"m_minus", 0.01}, {"lambda", 0.4}};
  source["sampler"] = "class_balanced";
  source["numerics"] = "channels_last";
  source["clip_grad_norm"] = 5.0;
  recipe = recipe_from_json(source);
  EXPECT_EQ(recipe.optimizer.kind, Optimizer::Kind::kRmsProp);
  EXPECT_EQ(recipe.optimizer.alpha, 0.7);
  EXPECT_EQ(recipe.optimizer.eps, 1e-3);
  EXPECT_EQ(recipe.optimizer.momentum, 0.3);
  EXPECT_TRUE(recipe.optimizer.centered);
  EXPECT_EQ(recipe.schedule.kind, Schedule::Kind::kStep);
  EXPECT_EQ(recipe.schedule.step_size, 7);
  EXPECT_EQ(recipe.schedule.gamma, 0.3);
  EXPECT_EQ(recipe.schedule.warmup_epochs, 2);
  EXPECT_EQ(recipe.selection.kind, Selection::Kind::kInnerSubjects);
  EXPECT_EQ(recipe.selection.metric, Selection::Metric::kUar);
  EXPECT_FALSE(recipe.selection.refit);
  EXPECT_EQ(recipe.selection.patience, 4);
  EXPECT_EQ(recipe.class_weights.values, (std::vector<double>{1.0, 2.0}));
  EXPECT_EQ(recipe.loss.kind, Loss::Kind::kCapsuleMargin);
  EXPECT_EQ(recipe.loss.m_plus, 0.99);
  EXPECT_EQ(recipe.loss.m_minus, 0.01);
  EXPECT_EQ(recipe.loss.lambda, 0.4);
  EXPECT_EQ(recipe.numerics, Numerics::kChannelsLast);
  EXPECT_EQ(recipe.sampling, Sampling::kClassBalanced);
  EXPECT_EQ(recipe.clip_grad_norm, 5.0);

  source["optimizer"] = {{"name", "sgd"}, {"lr", 0.5}, {"weight_decay", 0.0}, {"momentum", 0.9}, {"nesterov", true}};
  source["schedule"] = {{"name", "cosine"}, {"min_lr", 0.01}, {"warmup_epochs", 0}};
  source["class_weights"] = "balanced";
  source["loss"] = {{"name", "focal"}, {"gamma", 1.5}};
  recipe = recipe_from_json(source);
  EXPECT_EQ(recipe.optimizer.kind, Optimizer::Kind::kSgd);
  EXPECT_TRUE(recipe.optimizer.nesterov);
  EXPECT_EQ(recipe.schedule.kind, Schedule::Kind::kCosine);
  EXPECT_EQ(recipe.schedule.min_lr, 0.01);
  EXPECT_EQ(recipe.class_weights.kind, ClassWeights::Kind::kBalanced);
  EXPECT_EQ(recipe.loss.kind, Loss::Kind::kFocal);
  EXPECT_EQ(recipe.loss.gamma, 1.5);
}

TEST(RecipeJson, EveryStepOfAugmentationReachesTheRecipe) {
  using Kind = AugmentStep::Kind;
  json source = section();
  source["sampler"] = "dataset_balanced";
  source["augment"] = json::parse(R"([
    {"name": "flip", "probability": 0.5}, {"name": "shift", "probability": 0.25, "pixels": 2, "border": "zero"},
    {"name": "rotate", "probability": 1.0, "degrees": 5.0, "border": "edge"}, {"name": "noise", "probability": 1.0, "sigma": 0.02},
    {"name": "mixup", "alpha": 0.2}, {"name": "magnify", "probability": 1.0, "factor": [0.8, 1.5]},
    {"name": "temporal_jitter", "probability": 1.0, "frames": 3}])");
  const Recipe recipe = recipe_from_json(source);
  EXPECT_EQ(recipe.sampling, Sampling::kDatasetBalanced);
  ASSERT_EQ(recipe.augment.size(), 7U);
  EXPECT_EQ(recipe.augment[0].kind, Kind::kFlip);
  EXPECT_EQ(recipe.augment[0].probability, 0.5);
  EXPECT_EQ(recipe.augment[1].kind, Kind::kShift);
  EXPECT_EQ(recipe.augment[1].probability, 0.25);
  EXPECT_EQ(recipe.augment[1].pixels, 2);
  EXPECT_EQ(recipe.augment[1].border, AugmentStep::Border::kZero);
  EXPECT_EQ(recipe.augment[2].kind, Kind::kRotate);
  EXPECT_EQ(recipe.augment[2].degrees, 5.0);
  EXPECT_EQ(recipe.augment[2].border, AugmentStep::Border::kEdge);
  EXPECT_EQ(recipe.augment[3].kind, Kind::kNoise);
  EXPECT_EQ(recipe.augment[3].sigma, 0.02);
  EXPECT_EQ(recipe.augment[4].kind, Kind::kMixup);
  EXPECT_EQ(recipe.augment[4].alpha, 0.2);
  EXPECT_EQ(recipe.augment[5].kind, Kind::kMagnify);
  EXPECT_EQ(recipe.augment[5].factor_low, 0.8);
  EXPECT_EQ(recipe.augment[5].factor_high, 1.5);
  EXPECT_EQ(recipe.augment[6].kind, Kind::kTemporalJitter);
  EXPECT_EQ(recipe.augment[6].frames, 3);
}

TEST(RecipeJson, AnUncheckedSectionThrows) {
  for (const char* key : {"epochs", "loss", "sampler", "schedule"}) {
    json source = section();
    source.erase(key);
    EXPECT_THROW((void)recipe_from_json(source), json::exception) << key;
  }
  json unknown = section();
  unknown["optimizer"]["name"] = "lion";
  EXPECT_THROW((void)recipe_from_json(unknown), json::exception);
}

}  // namespace
}  // namespace mexbench::train
