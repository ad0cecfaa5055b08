#include "harness/run/messages.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace mexbench::run {
namespace {

TEST(Messages, FoldTaskSurvivesTheWire) {
  FoldTask task;
  task.fold = core::FoldId("samm/006");
  task.seed = core::Seed{18446744073709551615ULL};
  task.model = "ststnet";
  task.params = {{"dropout", 0.5}};
  task.train = {{"epochs", 3}};
  task.engine = "fused";
  task.tensor = {.clips = 4, .channels = 3, .height = 28, .width = 28};
  task.channels = {2, 0};
  task.adaptation.resize = {.size = {.height = 64, .width = 48}, .interpolation = data::Interpolation::kArea};
  task.images = {.names = {"u", "strain"}, .low = -1.0, .high = 1.0};
  task.classes = 3;
  task.train_rows = {0, 2};
  task.test_rows = {1};
  task.train_subjects = {0, 1};
  task.train_datasets = {0, 0};
  task.train_targets = {1.0F, 0.0F, 0.0F, 0.0F, 1.0F, 0.0F};
  const FoldTask back = fold_task_from_json(nlohmann::json::parse(to_json(task).dump()));
  EXPECT_EQ(to_json(back), to_json(task));
  EXPECT_EQ(back.seed, task.seed);
  // Labels stay with the parent: this is all a worker gets, and of the test side it is positions and nothing else.
  std::set<std::string> keys;
  const nlohmann::json wire = to_json(task);
  for (const auto& entry : wire.items()) keys.insert(entry.key());
  EXPECT_EQ(keys, (std::set<std::string>{"type",
                                         "fold",
                                         "seed",
                                         "model",
                                         "params",
                                         "file",
                                         "init",
                                         "fresh",
                                         "weights",
                                         "engine",
                                         "train",
                                         "tensor",
                                         "channels",
                                         "adaptation",
                                         "images",
                                         "classes",
                                         "train_rows",
                                         "validation_rows",
                                         "test_rows",
                                         "train_order",
                                         "validation_order",
                                         "train_targets",
                                         "validation_targets",
                                         "train_subjects",
                                         "validation_subjects",
                                         "train_datasets",
                                         "validation_datasets",
                                         "record_epochs",
                                         "save_weights",
                                         "profile"}));
}

TEST(Messages, ErrorsKeepCodePlaceAndHint) {
  core::Error error = core::Error::in_file(core::ErrorCode::kData, "a.png", "is cut short").hint("fetch it again");
  error.append(core::Error(core::ErrorCode::kData, "second"));
  const core::Error back = error_from_message(error_message(error));
  EXPECT_EQ(back.code(), core::ErrorCode::kData);
  EXPECT_EQ(back.render(), error.render());
}

}  // namespace
}  // namespace mexbench::run
