#include "harness/preprocess/fitted_input.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <opencv2/core.hpp>
#include <utility>
#include <vector>

#include "harness/core/sha256.h"

namespace mexbench::preprocess {

using core::Error;
using core::ErrorCode;

struct FittedInput::Numbers {
  Shape shape;
  std::vector<double> mean, deviation;  // one for each channel or each number; empty: no normalisation
  cv::PCA pca;                          // without eigenvectors: none
};

namespace {

// The place of number `i` of a clip among `count` means.
std::size_t place(std::size_t i, std::size_t pixels, std::size_t count, std::size_t numbers) { return count == numbers ? i : i / pixels; }

}  // namespace

FittedInput::FittedInput(std::unique_ptr<Numbers> numbers) : numbers_(std::move(numbers)) {}
FittedInput::FittedInput(FittedInput&&) noexcept = default;
FittedInput& FittedInput::operator=(FittedInput&&) noexcept = default;
FittedInput::~FittedInput() = default;

core::Result<FittedInput> FittedInput::fit(const data::Adaptation& steps, Shape shape, std::span<const float> clips) {
  const std::size_t numbers = shape.numbers();
  const std::size_t count = numbers == 0 ? 0 : clips.size() / numbers;
  if (count == 0) return Error(ErrorCode::kFailed, "there are no training clips to fit the input's steps on");
  auto fitted = std::make_unique<Numbers>();
  fitted->shape = shape;
  if (steps.normalise) {
    const std::size_t places = *steps.normalise == data::Normalise::kPixel ? numbers : shape.channels;
    const double values = static_cast<double>(clips.size()) / static_cast<double>(places);  // at each place
    fitted->mean.assign(places, 0.0);
    fitted->deviation.assign(places, 0.0);
    for (std::size_t i = 0; i < clips.size(); ++i) fitted->mean[place(i % numbers, shape.pixels, places, numbers)] += clips[i];
    for (double& mean : fitted->mean) mean /= values;
    for (std::size_t i = 0; i < clips.size(); ++i) {
      const std::size_t at = place(i % numbers, shape.pixels, places, numbers);
      const double off = static_cast<double>(clips[i]) - fitted->mean[at];
      fitted->deviation[at] += off * off;
    }
    for (double& deviation : fitted->deviation) {
      deviation = std::sqrt(deviation / values);
      if (deviation == 0.0) deviation = 1.0;
    }
  }
  FittedInput out(std::move(fitted));
  if (!steps.pca) return out;
  if (count < 2) return Error(ErrorCode::kFailed, "principal components want at least two training clips");
  std::vector<float> normalised(clips.begin(), clips.end());
  out.apply(normalised);
  const cv::Mat rows(static_cast<int>(count), static_cast<int>(numbers), CV_32FC1, normalised.data());
  const auto most = static_cast<std::int64_t>(std::min(count - 1, numbers));
  out.numbers_->pca(rows, cv::noArray(), cv::PCA::DATA_AS_ROW, static_cast<int>(std::min(steps.pca->components, most)));
  return out;
}

std::vector<FittedInput::Digest> FittedInput::digests() const {
  std::vector<Digest> out;
  if (!numbers_->mean.empty()) {
    core::Sha256 hash;
    for (const std::vector<double>* part : {&numbers_->mean, &numbers_->deviation}) hash.update(std::as_bytes(std::span(*part)));
    out.push_back({.step = "normalise", .sha256 = hash.hex()});
  }
  const cv::PCA& pca = numbers_->pca;
  if (!pca.eigenvectors.empty()) {
    core::Sha256 hash;
    for (const cv::Mat* part : {&pca.mean, &pca.eigenvalues, &pca.eigenvectors}) {
      assert(part->isContinuous() && part->type() == CV_32FC1);
      hash.update(std::as_bytes(std::span(part->ptr<float>(), part->total())));
    }
    out.push_back({.step = "pca", .sha256 = hash.hex()});
  }
  return out;
}

void FittedInput::apply(std::span<float> clips) const {
  const Numbers& of = *numbers_;
  const std::size_t numbers = of.shape.numbers();
  assert(clips.size() % numbers == 0);
  if (!of.mean.empty()) {
    for (std::size_t i = 0; i < clips.size(); ++i) {
      const std::size_t at = place(i % numbers, of.shape.pixels, of.mean.size(), numbers);
      clips[i] = static_cast<float>((static_cast<double>(clips[i]) - of.mean[at]) / of.deviation[at]);
    }
  }
  if (of.pca.eigenvectors.empty()) return;
  for (std::size_t begin = 0; begin < clips.size(); begin += numbers) {
    const cv::Mat row(1, static_cast<int>(numbers), CV_32FC1, clips.data() + begin);
    const cv::Mat back = of.pca.backProject(of.pca.project(row));
    std::copy(back.ptr<float>(), back.ptr<float>() + numbers, clips.begin() + static_cast<std::ptrdiff_t>(begin));
  }
}

}  // namespace mexbench::preprocess
