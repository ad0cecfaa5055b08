#include "models/chance/chance.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/random.h"
#include "harness/model/plain_model.h"

namespace mexbench::models {
namespace {

using core::Error;
using core::ErrorCode;

class Chance final : public model::PlainModel {
 public:
  Chance(std::string strategy, std::vector<double> shares, std::uint64_t seed, model::Start start)
      : strategy_(std::move(strategy)), shares_(std::move(shares)), seed_(seed), start_(start) {}

  core::Result<model::Scores> predict(const model::TensorView& inputs) override {
    if (inputs.clips() <= 0) return Error(ErrorCode::kUsage, "no clips to predict");
    const std::size_t classes = shares_.size();
    model::Scores scores;
    scores.classes = static_cast<std::int64_t>(classes);
    core::RandomStream stream(seed_);
    for (std::int64_t clip = 0; clip < inputs.clips(); ++clip) {
      if (strategy_ == "prior") {
        std::transform(shares_.begin(), shares_.end(), std::back_inserter(scores.values), [](double s) { return static_cast<float>(s); });
        continue;
      }
      const std::size_t chosen = strategy_ == "majority" ? majority() : drawn(stream.uniform());
      for (std::size_t c = 0; c < classes; ++c) scores.values.push_back(c == chosen ? 1.0F : 0.0F);
    }
    return scores;
  }

  [[nodiscard]] model::StateDict state() const override {
    const auto classes = static_cast<std::int64_t>(shares_.size());
    // The seed's 64 bits: a generator's start is no quantity.
    const std::array<std::int64_t, 1> seed{std::bit_cast<std::int64_t>(seed_)};
    model::StateDict out;
    out.tensors.push_back(model::tensor_of("shares", {classes}, std::span<const double>(shares_)));
    out.tensors.push_back(model::tensor_of("seed", {}, std::span<const std::int64_t>(seed)));
    return out;
  }

  [[nodiscard]] model::Capabilities capabilities() const override {
    return {.trainable = start_ != model::Start::kLoaded,
            .parameters = static_cast<std::int64_t>(shares_.size()),
            .predict_batch = 0,
            .start = start_,
            .epochs = 0};
  }

 private:
  [[nodiscard]] std::size_t majority() const {
    return static_cast<std::size_t>(std::max_element(shares_.begin(), shares_.end()) - shares_.begin());
  }
  [[nodiscard]] std::size_t drawn(double uniform) const {
    double sum = 0.0;
    for (std::size_t c = 0; c + 1 < shares_.size(); ++c) {
      sum += shares_[c];
      if (uniform < sum) return c;
    }
    return shares_.size() - 1;
  }

  std::string strategy_;
  std::vector<double> shares_;  // of the training clips, by class
  std::uint64_t seed_;
  model::Start start_;
};

class ChanceLearner final : public model::Learner {
 public:
  explicit ChanceLearner(std::string strategy) : strategy_(std::move(strategy)) {}

  core::Result<std::unique_ptr<model::FittedModel>> fit(const model::TrainView& train, const model::ValidationView& validation,
                                                        const model::FoldContext& context, model::EpochObserver&) override {
    if (validation.inputs.clips() > 0) return Error(ErrorCode::kUsage, "validation clips were given, but chance looks at none");
    const std::int64_t classes = train.targets.classes;
    if (classes <= 0 || train.targets.values.empty()) return Error(ErrorCode::kUsage, "no training clips");
    std::vector<double> shares(static_cast<std::size_t>(classes));
    for (std::size_t i = 0; i < train.targets.values.size(); ++i) {
      shares[i % shares.size()] += static_cast<double>(train.targets.values[i]);
    }
    const double all = std::accumulate(shares.begin(), shares.end(), 0.0);
    for (double& share : shares) share /= all;
    return std::unique_ptr<model::FittedModel>(std::make_unique<Chance>(
        strategy_, std::move(shares), core::derive_seed(context.seed, context.fold, "chance"), model::Start::kFresh));
  }

 private:
  std::string strategy_;
};

}  // namespace

std::unique_ptr<model::Learner> make_chance(const nlohmann::json& params) {
  return std::make_unique<ChanceLearner>(params.at("strategy").get<std::string>());
}

core::Result<std::unique_ptr<model::FittedModel>> load_chance(const nlohmann::json& params, const model::StateDict& state,
                                                              std::string_view file) {
  const model::TensorData* shares = state.find("shares");
  const std::int64_t classes = shares != nullptr && shares->shape.size() == 1 ? shares->shape[0] : 1;
  const std::array<model::ExpectedTensor, 2> expected{{{.name = "shares", .shape = {classes}, .floating = true, .optional = false},
                                                       {.name = "seed", .shape = {}, .floating = false, .optional = false}}};
  MEXBENCH_TRY(model::check_state_dict(state, expected, file));
  const model::TensorData* seed = state.find("seed");
  if (shares->dtype != model::DType::kFloat64 || seed->dtype != model::DType::kInt64) {
    return Error::in_file(ErrorCode::kData, std::string(file),
                          "was not saved by model 'chance': 'shares' is float64 and 'seed' int64 there");
  }
  return std::unique_ptr<model::FittedModel>(std::make_unique<Chance>(params.at("strategy").get<std::string>(), model::doubles_of(*shares),
                                                                      std::bit_cast<std::uint64_t>(model::integers_of(*seed).front()),
                                                                      model::Start::kLoaded));
}

}  // namespace mexbench::models
