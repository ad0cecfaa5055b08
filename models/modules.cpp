#include "models/modules.h"

#include <fmt/format.h>

#include <array>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/memory.h"
#include "models/alexnet/alexnet.h"
#include "models/capsulenet/capsulenet.h"
#include "models/capsulenet_head/capsulenet_head.h"
#include "models/dual_inception/dual_inception.h"
#include "models/elrcn/elrcn.h"
#include "models/htnet/htnet.h"
#include "models/microexpstcnn/microexpstcnn.h"
#include "models/offapexnet/offapexnet.h"
#include "models/offapexnet_two_stream/offapexnet_two_stream.h"
#include "models/published_factory.h"
#include "models/published_params.h"
#include "models/rcn_a/rcn_a.h"
#include "models/rcn_f/rcn_f.h"
#include "models/rcn_s/rcn_s.h"
#include "models/rcn_w/rcn_w.h"
#include "models/registry.h"
#include "models/requirements.h"
#include "models/resnet18/resnet18.h"
#include "models/sssnet/sssnet.h"
#include "models/ststnet/ststnet.h"
#include "models/vit/vit.h"

namespace mexbench::models {
namespace {

struct Entry {
  std::string_view name;
  std::shared_ptr<train::Network> (*make)(const nlohmann::json& params);  // params: all of them, checked
};

rcn::Options rcn_options(const nlohmann::json& params) {
  return {.num_input = params.at("num_input"),
          .featuremaps = params.at("featuremaps"),
          .num_classes = params.at("num_classes"),
          .num_layers = params.at("num_layers"),
          .pool_size = params.at("pool_size"),
          .dropout = params.at("dropout")};
}

template <typename Rcn>
std::shared_ptr<train::Network> make_rcn(const nlohmann::json& params) {
  return std::make_shared<Rcn>(rcn_options(params));
}

std::shared_ptr<train::Network> make_rcn_a(const nlohmann::json& params) {
  const std::int64_t version = params.at("model_version");
  require(version == 3, fmt::format("model_version is {}, need 3: the published code stops with an error at any other", version));
  return make_rcn<RcnA>(params);
}

std::shared_ptr<train::Network> make_rcn_f(const nlohmann::json& params) {
  return std::make_shared<RcnF>(rcn_options(params), params.at("use_stream3").get<bool>());
}

// All but the input channels, which depend on what comes before the head.
CapsuleNetHeadOptions capsule_options(const nlohmann::json& params) {
  return {.conv1_channels = params.at("conv1_channels"),
          .conv1_kernel = params.at("conv1_kernel"),
          .primary_channels = params.at("primary_channels"),
          .primary_kernel = params.at("primary_kernel"),
          .dim_caps = params.at("dim_caps"),
          .in_num_caps = params.at("in_num_caps"),
          .classes = params.at("classes"),
          .out_dim_caps = params.at("out_dim_caps"),
          .routings = params.at("routings")};
}

// One integer stands for all levels; of a list that is longer the published code uses the first entries.
std::shared_ptr<train::Network> make_htnet(const nlohmann::json& params) {
  const nlohmann::json& repeats = params.at("block_repeats");
  const std::int64_t levels = params.at("num_hierarchies");
  require_from("num_hierarchies", levels, 1);
  std::vector<std::int64_t> each;
  if (repeats.is_array()) {
    each = repeats.get<std::vector<std::int64_t>>();
    const auto entries = static_cast<std::int64_t>(each.size());
    require(entries >= levels,
            fmt::format("block_repeats has {} entries, need one for each of the {} of num_hierarchies", entries, levels));
    each.resize(static_cast<std::size_t>(levels));
  } else {
    each.assign(static_cast<std::size_t>(levels), repeats.get<std::int64_t>());
  }
  return std::make_shared<HtNet>(HtNetOptions{.image_size = params.at("image_size"),
                                              .patch_size = params.at("patch_size"),
                                              .num_classes = params.at("num_classes"),
                                              .dim = params.at("dim"),
                                              .heads = params.at("heads"),
                                              .block_repeats = std::move(each),
                                              .mlp_mult = params.at("mlp_mult"),
                                              .channels = params.at("channels"),
                                              .dropout = params.at("dropout")});
}

// The list of networks: one entry for each card of models/registry.cpp whose kind is network.
constexpr std::array<Entry, 17> kNetworks = {{
    {"alexnet",
     [](const nlohmann::json& params) -> std::shared_ptr<train::Network> {
       return std::make_shared<AlexNet>(AlexNetOptions{.num_classes = params.at("num_classes"),
                                                       .in_channels = params.at("in_channels"),
                                                       .units = params.at("units"),
                                                       .dropout = params.at("dropout")});
     }},
    {"capsulenet",
     [](const nlohmann::json& params) -> std::shared_ptr<train::Network> {
       return std::make_shared<CapsuleNet>(
           CapsuleNetOptions{.in_channels = params.at("in_channels"), .width = params.at("width"), .head = capsule_options(params)});
     }},
    {"capsulenet_head",
     [](const nlohmann::json& params) -> std::shared_ptr<train::Network> {
       CapsuleNetHeadOptions options = capsule_options(params);
       options.in_channels = params.at("in_channels");
       return std::make_shared<CapsuleNetHead>(options);
     }},
    {"dual_inception",
     [](const nlohmann::json& params) -> std::shared_ptr<train::Network> {
       return std::make_shared<DualInception>(DualInceptionOptions{.num_classes = params.at("num_classes"),
                                                                   .stream_channels = params.at("stream_channels"),
                                                                   .filters = params.at("filters").get<std::array<std::int64_t, 2>>(),
                                                                   .units = params.at("units")});
     }},
    {"elrcn",
     [](const nlohmann::json& params) -> std::shared_ptr<train::Network> {
       return std::make_shared<Elrcn>(ElrcnOptions{.num_classes = params.at("num_classes"),
                                                   .frames = params.at("frames"),
                                                   .channels_per_frame = params.at("channels_per_frame"),
                                                   .image_size = params.at("image_size"),
                                                   .filters = params.at("filters").get<std::vector<std::int64_t>>(),
                                                   .convolutions = params.at("convolutions").get<std::vector<std::int64_t>>(),
                                                   .units = params.at("units").get<std::vector<std::int64_t>>(),
                                                   .lstm = params.at("lstm").get<std::vector<std::int64_t>>(),
                                                   .dense = params.at("dense"),
                                                   .dropout = params.at("dropout")});
     }},
    {"htnet", make_htnet},
    {"microexpstcnn",
     [](const nlohmann::json& params) -> std::shared_ptr<train::Network> {
       return std::make_shared<MicroExpStcnn>(MicroExpStcnnOptions{.num_classes = params.at("num_classes"),
                                                                   .frames = params.at("frames"),
                                                                   .image_size = params.at("image_size"),
                                                                   .filters = params.at("filters"),
                                                                   .kernel_frames = params.at("kernel_frames"),
                                                                   .units = params.at("units"),
                                                                   .dropout = params.at("dropout")});
     }},
    {"offapexnet",
     [](const nlohmann::json& params) -> std::shared_ptr<train::Network> {
       return std::make_shared<OffApexNet>(OffApexNetOptions{.num_classes = params.at("num_classes"), .dropout = params.at("dropout")});
     }},
    {"offapexnet_two_stream",
     [](const nlohmann::json& params) -> std::shared_ptr<train::Network> {
       return std::make_shared<OffApexNetTwoStream>(
           OffApexNetTwoStreamOptions{.num_classes = params.at("num_classes"),
                                      .filters = params.at("filters").get<std::array<std::int64_t, 2>>(),
                                      .units = params.at("units").get<std::array<std::int64_t, 2>>(),
                                      .conv_relu = params.at("conv_relu"),
                                      .dropout = params.at("dropout")});
     }},
    {"rcn_a", make_rcn_a},
    {"rcn_f", make_rcn_f},
    {"rcn_s", make_rcn<RcnS>},
    {"rcn_w", make_rcn<RcnW>},
    {"resnet18",
     [](const nlohmann::json& params) -> std::shared_ptr<train::Network> {
       return std::make_shared<ResNet18>(ResNet18Options{.num_classes = params.at("num_classes"),
                                                         .in_channels = params.at("in_channels"),
                                                         .width = params.at("width"),
                                                         .max_pool = params.at("max_pool")});
     }},
    {"sssnet",
     [](const nlohmann::json& params) -> std::shared_ptr<train::Network> {
       return std::make_shared<SssNet>(SssNetOptions{.num_classes = params.at("num_classes"),
                                                     .h_dims = params.at("h_dims").get<std::array<std::int64_t, 3>>(),
                                                     .dropout = params.at("dropout"),
                                                     .softmax = params.at("softmax")});
     }},
    {"ststnet",
     [](const nlohmann::json& params) -> std::
                                          shared_ptr<train::Network> {
                                            return std::make_shared<Ststnet>(StstnetOptions{.in_channels = params.at("in_channels"),
                                                                                            .out_channels = params.at("out_channels"),
                                                                                            .dropout = params.at("dropout"),
                                                                                            .padding = params.at("padding")});
                                          }},
    {"vit",
     [](const nlohmann::json& params) -> std::
                                          shared_ptr<train::Network> {
                                            return std::make_shared<Vit>(VitOptions{.num_classes = params.at("num_classes"),
                                                                                    .in_channels = params.at("in_channels"),
                                                                                    .image_size = params.at("image_size"),
                                                                                    .patch_size = params.at("patch_size"),
                                                                                    .dim = params.at("dim"),
                                                                                    .depth = params.at("depth"),
                                                                                    .heads = params.at("heads"),
                                                                                    .mlp = params.at("mlp"),
                                                                                    .dropout = params.at("dropout")});
                                          }},
}};

core::Result<std::shared_ptr<train::Network>> make(const Entry& entry, const nlohmann::json& params) {
  try {
    return entry.make(params);
  } catch (const std::exception& problem) {
    if (core::is_out_of_memory(problem)) return core::Error(core::ErrorCode::kFailed, core::out_of_memory());
    const std::string text = problem.what();
    return core::Error(core::ErrorCode::kUsage,
                       fmt::format("{} can't be made with {}: {}", entry.name, params.dump(), text.substr(0, text.find('\n'))));
  }
}

core::Result<train::NetworkFactory> factory_of(std::string_view name, const nlohmann::json& params) {
  for (const Entry& entry : kNetworks) {
    if (entry.name == name) return train::NetworkFactory([&entry, params] { return make(entry, params); });
  }
  return core::Error(core::ErrorCode::kUsage, fmt::format("model '{}' has no LibTorch network", name));
}

}  // namespace

core::Result<train::NetworkFactory> factory(std::string_view name, const nlohmann::json& params) {
  MEXBENCH_ASSIGN(const ModelCard* const card, model_by_name(name));
  MEXBENCH_ASSIGN(const nlohmann::json resolved, resolve_params(*card, params));
  return factory_of(name, resolved);
}

core::Result<train::NetworkFactory> published_factory(std::string_view name, const nlohmann::json& constructor) {
  MEXBENCH_ASSIGN(const ModelCard* const card, model_by_name(name));
  if (card->verified != "fixture") return factory(name, constructor);
  MEXBENCH_ASSIGN(const nlohmann::json params, published_params(*card, constructor));
  return factory_of(name, params);
}

core::Result<std::shared_ptr<train::Network>> create(std::string_view name, const nlohmann::json& params) {
  MEXBENCH_ASSIGN(const train::NetworkFactory make_network, factory(name, params));
  return make_network();
}

}  // namespace mexbench::models
