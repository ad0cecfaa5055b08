// The steps of an adaptation that learn (harness/data/adaptation.h): fitted on the training clips of a fold, applied to all of its clips.
// Sums run in double, over the clips in their order; the same clips give the same bits.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "harness/core/result.h"
#include "harness/data/adaptation.h"

namespace mexbench::preprocess {

class FittedInput {
 public:
  // Numbers of one clip: channels x pixels, row-major.
  struct Shape {
    std::size_t channels = 0;
    std::size_t pixels = 0;
    [[nodiscard]] std::size_t numbers() const { return channels * pixels; }
  };

  // Fits normalisation, then principal components on normalised clips. `clips`: those of training, one after the other. Fails with kFailed
  // when there are none, or fewer than two for principal components. May throw cv::Exception and std::bad_alloc.
  static core::Result<FittedInput> fit(const data::Adaptation& steps, Shape shape, std::span<const float> clips);

  FittedInput(FittedInput&&) noexcept;
  FittedInput& operator=(FittedInput&&) noexcept;
  FittedInput(const FittedInput&) = delete;
  FittedInput& operator=(const FittedInput&) = delete;
  ~FittedInput();

  // SHA-256 over the numbers that each step learned, in the order of the steps: equal numbers, equal digests.
  struct Digest {
    std::string step;  // normalise | pca
    std::string sha256;
  };
  [[nodiscard]] std::vector<Digest> digests() const;

  // In place; any number of clips.
  void apply(std::span<float> clips) const;

 private:
  struct Numbers;
  explicit FittedInput(std::unique_ptr<Numbers> numbers);
  std::unique_ptr<Numbers> numbers_;
};

}  // namespace mexbench::preprocess
