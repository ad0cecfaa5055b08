#include "harness/data/adaptation.h"

#include <fmt/format.h>

#include <array>

namespace mexbench::data {
namespace {

using nlohmann::json;

constexpr int kResizeVersion = 1;

}  // namespace

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

std::optional<Interpolation> interpolation_from(std::string_view name) {
  for (const Interpolation one : {Interpolation::kNearest, Interpolation::kBilinear, Interpolation::kBicubic, Interpolation::kArea}) {
    if (to_string(one) == name) return one;
  }
  return std::nullopt;
}

json to_json(const Adaptation& adaptation) {
  json out = json::object();
  if (adaptation.resize) {
    const Resize& resize = *adaptation.resize;
    out["resize"] = {{"height", resize.size.height}, {"width", resize.size.width}, {"interpolation", to_string(resize.interpolation)}};
  }
  return out;
}

Adaptation adaptation_from_json(const json& source) {
  Adaptation out;
  if (const auto resize = source.find("resize"); resize != source.end()) {
    const auto interpolation = interpolation_from(resize->at("interpolation").get_ref<const std::string&>());
    if (!interpolation) throw json::other_error::create(500, "no interpolation is called so", nullptr);
    out.resize = {.size = {.height = resize->at("height"), .width = resize->at("width")}, .interpolation = *interpolation};
  }
  return out;
}

json numeric_versions(const Adaptation& adaptation) {
  json out = json::object();
  if (adaptation.resize) out["resize"] = kResizeVersion;
  return out;
}

std::string in_words(const Adaptation& adaptation) {
  if (!adaptation.resize) return {};
  const Resize& resize = *adaptation.resize;
  return fmt::format("resized to {}x{}, {}", resize.size.height, resize.size.width, to_string(resize.interpolation));
}

}  // namespace mexbench::data
