// What is done to the tensor of a clip between the dataset and a model, as the experiment declares it (`input:` of a model), after its
// channels are picked. The first steps work on one channel of one clip at a time and learn nothing, so training and test clips see the
// same. The last two learn: they are fitted on the training clips of each fold, validation clips not among them, and applied to all.
// Executed by harness/preprocess (adapt.h, fitted_input.h); here are its shape, its JSON and its numeric versions, which need no OpenCV.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::data {

struct ImageSize {
  std::int64_t height = 0;  // pixels
  std::int64_t width = 0;
  [[nodiscard]] std::int64_t pixels() const { return height * width; }
  friend bool operator==(const ImageSize&, const ImageSize&) = default;
};

// Where a point lies in an image, in pixels: x to the right from the left border, y downwards from the upper one.
struct ImagePoint {
  double x = 0.0;
  double y = 0.0;
};

struct PixelIndex {
  std::int64_t row = 0;
  std::int64_t column = 0;
  friend bool operator==(const PixelIndex&, const PixelIndex&) = default;
};

// Four crops of the image around points of the face, the input of HTNet (Wang et al., Neurocomputing 602, 2024). Left and right are those
// of the image. The mosaic is twice as high and wide as a crop:
//
//   left eye   | right eye
//   left mouth | right mouth
//
// A crop of n pixels begins n / 2 (rounded down) before its point, whose coordinate is first moved, where it has to be, so that the crop
// stays inside the image, and then cut to a whole number.
struct Mosaic {
  ImagePoint left_eye, right_eye, left_mouth, right_mouth;  // of the dataset's image, the same in all clips
  ImageSize crop;
  // The released code (main_HTNet.py) takes a point's x for the row and its y for the column: so the crop at the place of the right eye
  // shows the left corner of the mouth, and the other way round.
  bool swap_axes = false;

  [[nodiscard]] ImageSize size() const { return {.height = 2 * crop.height, .width = 2 * crop.width}; }
  // First pixels of the crops: left eye, right eye, left mouth, right mouth. The image is at least as large as a crop.
  [[nodiscard]] std::array<PixelIndex, 4> origins(ImageSize image) const;
};

// With pixel centres at halves (the middle of pixel 0 is at 0.5), pixel i of `out` stands for (i + 0.5) * in / out of the source, in each
// axis by itself; outside, the border pixel is repeated. Nothing is smoothed before shrinking, but by `area`.
enum class Interpolation {
  kNearest,   // the source pixel that holds this point
  kBilinear,  // linear between the two centres around it
  kBicubic,   // cubic convolution of four centres with a = -0.75 (Keys, IEEE TASSP 1981); may overshoot the range of the data
  kArea,      // mean over the part of the source that the pixel covers
};
[[nodiscard]] std::string_view to_string(Interpolation interpolation);  // nearest | bilinear | bicubic | area

struct Resize {
  ImageSize size;
  Interpolation interpolation = Interpolation::kBilinear;
};

// The range that the data declare becomes another: (value - from_low) / (from_high - from_low) of the way from `low` to `high`, in double,
// rounded to float32 at the end. Values outside the declared range stay outside.
struct Rescale {
  double from_low = 0.0, from_high = 1.0;
  double low = 0.0, high = 1.0;
};

// (value - mean) / deviation over the training clips, of a whole channel or of each pixel by itself. A deviation of 0 counts as 1.
enum class Normalise { kChannel, kPixel };
[[nodiscard]] std::string_view to_string(Normalise normalise);  // per-channel | per-pixel

// A clip becomes what is left of it in the span of the first principal components of the training clips around their mean (Turk and
// Pentland, "Eigenfaces for Recognition", Journal of Cognitive Neuroscience 3(1), 1991), in the shape it had.
struct PrincipalComponents {
  std::int64_t components = 0;  // at least 1; as many as there are, when there are fewer
};

// The steps in their order.
struct Adaptation {
  std::optional<Mosaic> mosaic;
  std::optional<Resize> resize;
  std::optional<Rescale> rescale;
  std::optional<Normalise> normalise;
  std::optional<PrincipalComponents> pca;

  [[nodiscard]] bool empty() const { return !mosaic && !resize && !rescale && !learns(); }
  [[nodiscard]] bool learns() const { return normalise || pca; }
  // Of the images that leave the last step.
  [[nodiscard]] ImageSize size_after(ImageSize data) const { return resize ? resize->size : mosaic ? mosaic->size() : data; }
};

// {"mosaic": {"points": {"left_eye": [x, y], ...}, "crop": [height, width], "swap_axes": false},
//  "resize": {"height", "width", "interpolation"}, "rescale": {"from": [low, high], "to": [low, high]}, "normalise": "per-channel",
//  "pca": {"components": 8}}, with the keys of the steps there are.
[[nodiscard]] nlohmann::json to_json(const Adaptation& adaptation);
[[nodiscard]] Adaptation adaptation_from_json(const nlohmann::json& source);  // throws nlohmann::json::exception
// Of an interpolation's name; nothing when it is none.
[[nodiscard]] std::optional<Interpolation> interpolation_from(std::string_view name);
[[nodiscard]] std::optional<Normalise> normalise_from(std::string_view name);

// Step -> version, of the steps there are. Raised when a step's numbers change; part of the science hash.
[[nodiscard]] nlohmann::json numeric_versions(const Adaptation& adaptation);
// Those of the steps of numeric_versions() that learn, in their order.
[[nodiscard]] std::vector<std::string> learning_steps(const nlohmann::json& versions);

// Whether a step of augmentation (its name in the recipe) keeps its meaning on what becomes of images of this size: a mosaic is four images
// side by side, and pixels that are no squares of the dataset's image can't be turned as if they were. The channels have a say of their own
// (channels.h). Fails with kUsage, saying what is in the way.
[[nodiscard]] core::Status check_augmentation(std::string_view step, const Adaptation& adaptation, ImageSize data);

// For people: "mosaic of four 14x14 crops, resized to 64x64, bilinear, 0..255 to 0..1"; empty for no step.
[[nodiscard]] std::string in_words(const Adaptation& adaptation);

}  // namespace mexbench::data
