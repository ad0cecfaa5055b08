// What is done to the tensor of a clip between the dataset and a model, as the experiment declares it (`input:` of a model), after its
// channels are picked. Each step works on one channel of one clip at a time and learns nothing, so training and test clips see the same.
// Executed by harness/preprocess (adapt.h); here are its shape, its JSON and its numeric versions, which need no OpenCV.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mexbench::data {

struct ImageSize {
  std::int64_t height = 0;  // pixels
  std::int64_t width = 0;
  [[nodiscard]] std::int64_t pixels() const { return height * width; }
  friend bool operator==(const ImageSize&, const ImageSize&) = default;
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

struct Adaptation {
  std::optional<Resize> resize;

  [[nodiscard]] bool empty() const { return !resize; }
  // Of the images that leave the last step.
  [[nodiscard]] ImageSize size_after(ImageSize data) const { return resize ? resize->size : data; }
};

// {"resize": {"height", "width", "interpolation"}}, with the keys of the steps there are.
[[nodiscard]] nlohmann::json to_json(const Adaptation& adaptation);
[[nodiscard]] Adaptation adaptation_from_json(const nlohmann::json& source);  // throws nlohmann::json::exception
// Of an interpolation's name; nothing when it is none.
[[nodiscard]] std::optional<Interpolation> interpolation_from(std::string_view name);

// Step -> version, of the steps there are. Raised when a step's numbers change; part of the science hash.
[[nodiscard]] nlohmann::json numeric_versions(const Adaptation& adaptation);

// For people: "resized to 64x64, bilinear"; empty for no step.
[[nodiscard]] std::string in_words(const Adaptation& adaptation);

}  // namespace mexbench::data
