// Baselines that look at no image: what a model must beat. The strategies of scikit-learn's DummyClassifier (most_frequent, prior,
// stratified), fitted on a fold's training clips.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>

#include "harness/core/result.h"
#include "harness/model/learner.h"
#include "harness/model/state_dict.h"

namespace mexbench::models {

// Scores: majority and stratified one-hot, prior the shares of the training clips. A stratified model draws anew for each clip from the
// stream (seed, fold, "chance"), from its start in every predict(): equal clips in equal order give equal scores.
[[nodiscard]] std::unique_ptr<model::Learner> make_chance(const nlohmann::json& params);
[[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> load_chance(const nlohmann::json& params, const model::StateDict& state,
                                                                            std::string_view file);

}  // namespace mexbench::models
