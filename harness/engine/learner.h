// Trains networks of a Description by a recipe, and loads weights into them: a Learner like any other, without LibTorch.
//
// Initial weights, orders and dropout masks are those of train::LibTorchLearner for the same seed and fold, so that what both learn differs
// by rounding alone. Equal inputs give equal bits on one instruction set (instruction_set.h), whatever ran before and beside.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/data/channels.h"
#include "harness/engine/description.h"
#include "harness/model/learner.h"
#include "harness/model/state_dict.h"
#include "harness/train/recipe.h"

namespace mexbench::engine {

// Values of a PyTorch state dictionary that training begins with. Parameters whose names begin with one of `fresh` keep random values.
struct StartState {
  model::StateDict state;
  std::string file;
  std::vector<std::string> fresh;
};

class FusedLearner final : public model::Learner {
 public:
  // `recipe`: one that refusal() of support.h has nothing against. `images`: what the clips are; needed only to augment.
  FusedLearner(Description description, train::Recipe recipe, data::ImageChannels images = {}, std::optional<StartState> start = {});

  // Errors as of train::fit_by_epochs.
  [[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> fit(const model::TrainView& train,
                                                                      const model::ValidationView& validation,
                                                                      const model::FoldContext& context,
                                                                      model::EpochObserver& observer) override;

 private:
  Description description_;
  train::Recipe recipe_;
  data::ImageChannels images_;
  std::optional<StartState> start_;
};

// Before any training.
[[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> untrained_model(const Description& description,
                                                                                const std::optional<StartState>& start = {});

// With the weights of a state dictionary, for evaluation. kData as train::load_model.
[[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> load_model(const Description& description,
                                                                           const std::filesystem::path& weights);

}  // namespace mexbench::engine
