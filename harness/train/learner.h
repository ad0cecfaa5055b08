// Trains LibTorch networks, and loads their released weights. Torch-free to include.
//
// Equal inputs give equal bits, whatever ran in the process before: every fit() runs on one thread with deterministic algorithms, seeds the
// process-wide generator from (seed, fold, "init") before the network is constructed and from (seed, fold, "train") before its first step
// (initialisation and dropout draw from it; LibTorch's generator uses the low 32 bits), and takes explicit streams for the
// rest: (seed, fold, "shuffle"), (seed, fold, "sampler") and (seed, fold, "augment"). A process can run one fit() at a time.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"
#include "harness/data/channels.h"
#include "harness/model/learner.h"
#include "harness/model/state_dict.h"
#include "harness/train/recipe.h"

namespace mexbench::train {

class Network;  // harness/train/network.h

// Constructs a network with fresh weights; called once for each phase of a fit().
using NetworkFactory = std::function<core::Result<std::shared_ptr<Network>>()>;

// Clips per forward pass of every predict().
inline constexpr std::int64_t kPredictBatch = 256;

// Trains by a recipe. With selection inner_subjects the phases are "select" and, if the recipe refits, "refit"; otherwise there is one,
// "train". All start from the same weights.
//
// Errors: kUsage when the recipe, the shapes or the targets do not fit; kFailed, naming epoch and batch, when a loss is not finite or
// LibTorch gives up; whatever the observer returns.
class LibTorchLearner final : public model::Learner {
 public:
  // `images`: what the clips are; needed only to augment.
  LibTorchLearner(NetworkFactory make, Recipe recipe, data::ImageChannels images = {});

  [[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> fit(const model::TrainView& train,
                                                                      const model::ValidationView& validation,
                                                                      const model::FoldContext& context,
                                                                      model::EpochObserver& observer) override;

 private:
  NetworkFactory make_;
  Recipe recipe_;
  data::ImageChannels images_;
};

// A network with the weights of a PyTorch state dictionary, for evaluation as it is. Fails with kData, listing every missing, unexpected
// and mis-shaped tensor. `num_batches_tracked` may be missing; other types of floating numbers are converted to the network's.
[[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> load_model(const NetworkFactory& make,
                                                                           const std::filesystem::path& weights);
[[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> model_from_state(const NetworkFactory& make, const model::StateDict& state,
                                                                                 std::string_view file);

// The network of `make` as it is, for evaluation.
[[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> model_as_is(const NetworkFactory& make);

// The network of `make` before any training. Fails with kUsage when it has no parameter that training would change.
[[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> untrained_model(const NetworkFactory& make);

// Networks of `make` that begin with the values of a PyTorch state dictionary. Parameters whose names begin with one of `fresh` keep their
// random values; the file need not have them, and theirs may be of any shape. Fails with kData as load_model does, once a network is made.
[[nodiscard]] core::Result<NetworkFactory> with_start(NetworkFactory make, const std::filesystem::path& weights,
                                                      std::vector<std::string> fresh);

// One intra-op thread and deterministic algorithms for this process. fit(), load_model() and model_from_state() call it.
void prepare_process();

// Has the libraries below take the memory that they work in. To be called before the process's memory is limited: OpenBLAS takes 128 MiB at
// its first matrix product, and when it can't have them it asks again for ever.
void reserve_work_memory();

}  // namespace mexbench::train
