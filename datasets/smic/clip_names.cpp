#include "datasets/smic/clip_names.h"

namespace mexbench::datasets::smic {

std::string_view class_in(std::string_view clip) {
  const std::size_t from = clip.find('_');
  if (from == std::string_view::npos) return {};
  const std::string_view rest = clip.substr(from + 1);
  const std::string_view part = rest.substr(0, rest.find('_'));
  if (part == "ne") return "negative";
  if (part == "po") return "positive";
  if (part == "sur") return "surprise";
  return {};
}

}  // namespace mexbench::datasets::smic
