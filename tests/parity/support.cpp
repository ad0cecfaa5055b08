#include "parity/support.h"

#include "models/registry.h"

namespace mexbench::parity {

std::vector<std::string> names_of_networks() {
  std::vector<std::string> names;
  for (const models::ModelCard* card : models::models_of(models::Kind::kNetwork)) names.push_back(card->name);
  return names;
}

nlohmann::json small_params(std::string_view model) {
  if (model == "htnet") return {{"dim", 8}, {"block_repeats", 1}, {"dropout", 0.5}};
  if (model == "capsulenet_head") return {{"conv1_channels", 8}, {"primary_channels", 16}, {"in_num_caps", 72}};
  if (model == "alexnet") return {{"units", 16}};
  if (model == "capsulenet") return {{"width", 2}, {"conv1_channels", 8}, {"primary_channels", 16}, {"in_num_caps", 72}};
  if (model == "dual_inception") return {{"units", 16}};
  if (model == "elrcn") {
    return {{"filters", {1, 2, 2, 3, 4}}, {"convolutions", {1, 1, 1, 1, 1}}, {"units", {16, 8}}, {"lstm", {8}}, {"dense", 8}};
  }
  if (model == "microexpstcnn") return {{"filters", 2}, {"units", 8}};
  if (model == "offapexnet_two_stream") return {{"units", {16, 8}}};
  if (model == "resnet18") return {{"width", 4}};
  return nlohmann::json::object();
}

}  // namespace mexbench::parity
