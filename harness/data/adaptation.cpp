#include "harness/data/adaptation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace mexbench::data {
namespace {

using nlohmann::json;

constexpr int kMosaicVersion = 1;
constexpr int kResizeVersion = 1;
constexpr int kRescaleVersion = 1;
constexpr int kNormaliseVersion = 1;
constexpr int kPcaVersion = 1;

// The names of a mosaic's points, in the order of its crops.
constexpr std::array<std::pair<const char*, ImagePoint Mosaic::*>, 4> kPoints = {{{"left_eye", &Mosaic::left_eye},
                                                                                  {"right_eye", &Mosaic::right_eye},
                                                                                  {"left_mouth", &Mosaic::left_mouth},
                                                                                  {"right_mouth", &Mosaic::right_mouth}}};

// Where a crop of `length` around a coordinate begins, inside 0..size.
std::int64_t crop_begin(double coordinate, std::int64_t length, std::int64_t size) {
  const std::int64_t before = length / 2;
  const double inside = std::clamp(coordinate, static_cast<double>(before), static_cast<double>(size - length + before));
  return static_cast<std::int64_t>(inside) - before;
}

json mosaic_to_json(const Mosaic& mosaic) {
  json points = json::object();
  for (const auto& [name, member] : kPoints) points[name] = {(mosaic.*member).x, (mosaic.*member).y};
  return {{"points", std::move(points)}, {"crop", {mosaic.crop.height, mosaic.crop.width}}, {"swap_axes", mosaic.swap_axes}};
}

Mosaic mosaic_from_json(const json& source) {
  Mosaic out;
  for (const auto& [name, member] : kPoints) {
    const json& point = source.at("points").at(name);
    out.*member = {.x = point.at(0), .y = point.at(1)};
  }
  out.crop = {.height = source.at("crop").at(0), .width = source.at("crop").at(1)};
  out.swap_axes = source.at("swap_axes");
  return out;
}

}  // namespace

std::array<PixelIndex, 4> Mosaic::origins(ImageSize image) const {
  std::array<PixelIndex, 4> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const ImagePoint& point = this->*kPoints[i].second;
    out[i] = {.row = crop_begin(swap_axes ? point.x : point.y, crop.height, image.height),
              .column = crop_begin(swap_axes ? point.y : point.x, crop.width, image.width)};
  }
  return out;
}

std::string_view to_string(Interpolation interpolation) {
  switch (interpolation) {
    case Interpolation::kNearest:
      return "nearest";
    case Interpolation::kBilinear:
      return "bilinear";
    case Interpolation::kBicubic:
      return "bicubic";
    case Interpolation::kArea:
      break;
  }
  return "area";
}

std::string_view to_string(Normalise normalise) { return normalise == Normalise::kChannel ? "per-channel" : "per-pixel"; }

std::optional<Normalise> normalise_from(std::string_view name) {
  for (const Normalise one : {Normalise::kChannel, Normalise::kPixel}) {
    if (to_string(one) == name) return one;
  }
  return std::nullopt;
}

std::optional<Interpolation> interpolation_from(std::string_view name) {
  for (const Interpolation one : {Interpolation::kNearest, Interpolation::kBilinear, Interpolation::kBicubic, Interpolation::kArea}) {
    if (to_string(one) == name) return one;
  }
  return std::nullopt;
}

json to_json(const Adaptation& adaptation) {
  json out = json::object();
  if (adaptation.mosaic) out["mosaic"] = mosaic_to_json(*adaptation.mosaic);
  if (adaptation.resize) {
    const Resize& resize = *adaptation.resize;
    out["resize"] = {{"height", resize.size.height}, {"width", resize.size.width}, {"interpolation", to_string(resize.interpolation)}};
  }
  if (adaptation.rescale) {
    const Rescale& rescale = *adaptation.rescale;
    out["rescale"] = {{"from", {rescale.from_low, rescale.from_high}}, {"to", {rescale.low, rescale.high}}};
  }
  if (adaptation.normalise) out["normalise"] = to_string(*adaptation.normalise);
  if (adaptation.pca) out["pca"] = {{"components", adaptation.pca->components}};
  return out;
}

Adaptation adaptation_from_json(const json& source) {
  Adaptation out;
  if (const auto mosaic = source.find("mosaic"); mosaic != source.end()) out.mosaic = mosaic_from_json(*mosaic);
  if (const auto resize = source.find("resize"); resize != source.end()) {
    const auto interpolation = interpolation_from(resize->at("interpolation").get_ref<const std::string&>());
    if (!interpolation) throw json::other_error::create(500, "no interpolation is called so", nullptr);
    out.resize = {.size = {.height = resize->at("height"), .width = resize->at("width")}, .interpolation = *interpolation};
  }
  if (const auto rescale = source.find("rescale"); rescale != source.end()) {
    const json& from = rescale->at("from");
    const json& to = rescale->at("to");
    out.rescale = {.from_low = from.at(0), .from_high = from.at(1), .low = to.at(0), .high = to.at(1)};
  }
  if (const auto normalise = source.find("normalise"); normalise != source.end()) {
    out.normalise = normalise_from(normalise->get_ref<const std::string&>());
    if (!out.normalise) throw json::other_error::create(500, "no normalisation is called so", nullptr);
  }
  if (const auto pca = source.find("pca"); pca != source.end()) out.pca = {.components = pca->at("components")};
  return out;
}

json numeric_versions(const Adaptation& adaptation) {
  json out = json::object();
  if (adaptation.mosaic) out["mosaic"] = kMosaicVersion;
  if (adaptation.resize) out["resize"] = kResizeVersion;
  if (adaptation.rescale) out["rescale"] = kRescaleVersion;
  if (adaptation.normalise) out["normalise"] = kNormaliseVersion;
  if (adaptation.pca) out["pca"] = kPcaVersion;
  return out;
}

std::vector<std::string> learning_steps(const json& versions) {
  std::vector<std::string> out;
  for (const char* step : {"normalise", "pca"}) {
    if (versions.contains(step)) out.emplace_back(step);
  }
  return out;
}

namespace {

core::Status check_augmentation(std::string_view step, const Mosaic& mosaic) {
  if (step == "shift" || step == "rotate") {
    return core::Error(core::ErrorCode::kUsage,
                       fmt::format("'{}' would carry pixels over the seams between the crops of the mosaic", step));
  }
  if (step == "flip" && mosaic.swap_axes) {
    return core::Error(
        core::ErrorCode::kUsage,
        "'flip' exchanges the left and right crops of the mosaic, which with 'swap_axes: true' are not the two sides of the face");
  }
  return {};
}

}  // namespace

core::Status check_augmentation(std::string_view step, const Adaptation& adaptation, ImageSize data) {
  if (adaptation.mosaic) return check_augmentation(step, *adaptation.mosaic);
  const ImageSize after = adaptation.size_after(data);
  if (step != "rotate" || after.width * data.height == after.height * data.width) return {};
  return core::Error(
      core::ErrorCode::kUsage,
      fmt::format("'rotate' would shear the face: 'size' brings {}x{} to {}x{}, another ratio of the sides; keep it, or leave the "
                  "step out",
                  data.height, data.width, after.height, after.width));
}

std::string in_words(const Adaptation& adaptation) {
  std::string out;
  if (adaptation.mosaic) out = fmt::format("mosaic of four {}x{} crops", adaptation.mosaic->crop.height, adaptation.mosaic->crop.width);
  if (adaptation.resize) {
    const Resize& resize = *adaptation.resize;
    out += fmt::format("{}resized to {}x{}, {}", out.empty() ? "" : ", ", resize.size.height, resize.size.width,
                       to_string(resize.interpolation));
  }
  if (adaptation.rescale) {
    const Rescale& rescale = *adaptation.rescale;
    out += fmt::format("{}{}..{} to {}..{}", out.empty() ? "" : ", ", rescale.from_low, rescale.from_high, rescale.low, rescale.high);
  }
  if (adaptation.normalise) out += fmt::format("{}normalised {}", out.empty() ? "" : ", ", to_string(*adaptation.normalise));
  if (adaptation.pca) out += fmt::format("{}{} principal components", out.empty() ? "" : ", ", adaptation.pca->components);
  return out;
}

}  // namespace mexbench::data
