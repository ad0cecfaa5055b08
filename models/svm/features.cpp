#include "models/svm/features.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/model/plain_model.h"

namespace mexbench::models {
namespace {

using core::Error;
using core::ErrorCode;

class SvmModel final : public model::PlainModel {
 public:
  SvmModel(std::string name, std::shared_ptr<const FeatureExtractor> extractor, Svm svm, model::Start start)
      : name_(std::move(name)), extractor_(std::move(extractor)), svm_(std::move(svm)), start_(start) {}

  core::Result<model::Scores> predict(const model::TensorView& inputs) override {
    MEXBENCH_ASSIGN(const Matrix features, features_of(*extractor_, inputs));
    const auto wanted = static_cast<std::int64_t>(svm_.offset.size());
    if (features.columns != wanted) {
      return Error(ErrorCode::kUsage, fmt::format("model '{}' was fitted on {} features, these images and parameters give {}", name_,
                                                  wanted, features.columns));
    }
    model::Scores out;
    out.classes = svm_.classes;
    for (std::int64_t clip = 0; clip < features.rows; ++clip) {
      for (const double score : svm_.scores(features.row(clip))) out.values.push_back(static_cast<float>(score));
    }
    return out;
  }

  [[nodiscard]] model::StateDict state() const override { return to_state(svm_, name_); }

  [[nodiscard]] model::Capabilities capabilities() const override {
    return {.trainable = start_ != model::Start::kLoaded,
            .parameters = static_cast<std::int64_t>(svm_.coefficients.size() + svm_.rho.size()),
            .predict_batch = 0,
            .start = start_,
            .epochs = 0};
  }

 private:
  std::string name_;
  std::shared_ptr<const FeatureExtractor> extractor_;
  Svm svm_;
  model::Start start_;
};

// The class of each clip.
core::Result<std::vector<std::int64_t>> classes_of(const model::TargetView& targets, std::int64_t clips) {
  if (targets.classes <= 0 || static_cast<std::int64_t>(targets.values.size()) != clips * targets.classes) {
    return Error(ErrorCode::kUsage, fmt::format("{} targets for {} clips of {} classes", targets.values.size(), clips, targets.classes));
  }
  const auto classes = static_cast<std::size_t>(targets.classes);
  std::vector<std::int64_t> out;
  for (std::size_t clip = 0; clip < static_cast<std::size_t>(clips); ++clip) {
    const std::span<const float> row = targets.values.subspan(clip * classes, classes);
    const auto one = std::find(row.begin(), row.end(), 1.0F);
    if (one == row.end() || std::count(row.begin(), row.end(), 0.0F) != targets.classes - 1) {
      return Error(ErrorCode::kUsage,
                   fmt::format("the target of training clip {} is not a single class, which a support vector machine needs", clip + 1));
    }
    out.push_back(one - row.begin());
  }
  return out;
}

class SvmLearner final : public model::Learner {
 public:
  SvmLearner(std::string name, std::shared_ptr<const FeatureExtractor> extractor, SvmOptions options)
      : name_(std::move(name)), extractor_(std::move(extractor)), options_(std::move(options)) {}

  core::Result<std::unique_ptr<model::FittedModel>> fit(const model::TrainView& train, const model::ValidationView& validation,
                                                        const model::FoldContext&, model::EpochObserver&) override {
    if (validation.inputs.clips() > 0) {
      return Error(ErrorCode::kUsage, fmt::format("validation clips were given, but {} chooses on inner folds of its own", name_));
    }
    MEXBENCH_ASSIGN(const Matrix features, features_of(*extractor_, train.inputs));
    MEXBENCH_ASSIGN(const std::vector<std::int64_t> classes, classes_of(train.targets, train.inputs.clips()));
    MEXBENCH_ASSIGN(Svm svm, fit_svm(options_, features, classes, train.targets.classes, train.subjects));
    return std::unique_ptr<model::FittedModel>(std::make_unique<SvmModel>(name_, extractor_, std::move(svm), model::Start::kFresh));
  }

 private:
  std::string name_;
  std::shared_ptr<const FeatureExtractor> extractor_;
  SvmOptions options_;
};

}  // namespace

core::Result<Matrix> features_of(const FeatureExtractor& extractor, const model::TensorView& inputs) {
  if (inputs.clips() <= 0) return Error(ErrorCode::kUsage, "no clips to take features of");
  if (inputs.shape.size() != 4) {
    return Error(ErrorCode::kUsage, fmt::format("inputs have {} dimensions, need (clips, channels, height, width)", inputs.shape.size()));
  }
  const ClipShape shape{.channels = inputs.shape[1], .height = inputs.shape[2], .width = inputs.shape[3]};
  MEXBENCH_ASSIGN(const std::int64_t count, extractor.count(shape));
  Matrix out(inputs.clips(), count);
  const auto numbers = static_cast<std::size_t>(shape.numbers());
  for (std::int64_t clip = 0; clip < out.rows; ++clip) {
    extractor.extract({inputs.data + static_cast<std::size_t>(clip) * numbers, numbers}, shape, out.row(clip));
  }
  return out;
}

std::unique_ptr<model::Learner> svm_learner(std::string name, std::shared_ptr<const FeatureExtractor> extractor, SvmOptions options) {
  return std::make_unique<SvmLearner>(std::move(name), std::move(extractor), std::move(options));
}

core::Result<std::unique_ptr<model::FittedModel>> load_svm_model(std::string name, std::shared_ptr<const FeatureExtractor> extractor,
                                                                 const SvmOptions& options, const model::StateDict& state,
                                                                 std::string_view file) {
  MEXBENCH_ASSIGN(Svm svm, svm_from_state(state, name, options, file));
  return std::unique_ptr<model::FittedModel>(
      std::make_unique<SvmModel>(std::move(name), std::move(extractor), std::move(svm), model::Start::kLoaded));
}

}  // namespace mexbench::models
