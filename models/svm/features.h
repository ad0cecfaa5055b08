// Classical methods: features of each clip, and a support vector machine over them. A method is its FeatureExtractor.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "harness/core/result.h"
#include "harness/model/learner.h"
#include "harness/model/state_dict.h"
#include "models/svm/svm.h"

namespace mexbench::models {

// Of one clip: contiguous planes of height x width, one per channel.
struct ClipShape {
  std::int64_t channels = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
  [[nodiscard]] std::int64_t plane() const { return height * width; }
  [[nodiscard]] std::int64_t numbers() const { return channels * plane(); }
};

class FeatureExtractor {
 public:
  FeatureExtractor() = default;
  FeatureExtractor(const FeatureExtractor&) = delete;
  FeatureExtractor& operator=(const FeatureExtractor&) = delete;
  virtual ~FeatureExtractor() = default;

  // Features of a clip. kUsage when the method can't take clips of this shape.
  [[nodiscard]] virtual core::Result<std::int64_t> count(const ClipShape& shape) const = 0;
  // Fills `out`, count(shape) long.
  virtual void extract(std::span<const float> clip, const ClipShape& shape, std::span<double> out) const = 0;
};

// Features of all clips, (clips, channels, height, width) in, one row each.
[[nodiscard]] core::Result<Matrix> features_of(const FeatureExtractor& extractor, const model::TensorView& inputs);

// `name` is the model's. Features are extracted once per fit() and once per predict(), whatever number of hyper-parameters is tried.
[[nodiscard]] std::unique_ptr<model::Learner> svm_learner(std::string name, std::shared_ptr<const FeatureExtractor> extractor,
                                                          SvmOptions options);

// What such a learner's model saved; it counts as loaded, whoever fitted it. kData when it is another method's.
[[nodiscard]] core::Result<std::unique_ptr<model::FittedModel>> load_svm_model(std::string name,
                                                                               std::shared_ptr<const FeatureExtractor> extractor,
                                                                               const SvmOptions& options, const model::StateDict& state,
                                                                               std::string_view file);

}  // namespace mexbench::models
