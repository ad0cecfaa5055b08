// A network of your own in C++, without touching mexbench: one file, built as a shared library against an installed mexbench.
// docs/templates/cpp is such a file, with the few lines of CMake it needs.
//
//   #include "harness/train/plugin.h"
//   class MyNet final : public mexbench::train::Network {
//    public:
//     explicit MyNet(const nlohmann::json& params);  // `params` of the experiment file; throws std::invalid_argument on a wrong one
//     torch::Tensor forward(torch::Tensor input) override;
//   };
//   MEXBENCH_PLUGIN(MyNet)
//
// In the experiment: {label: mine, name: plugin, file: build/libmy_net.so, params: {...}}. A plugin runs inside mexbench-worker: build it
// with the compiler and LibTorch that mexbench was built with.
#pragma once

#include <torch/torch.h>
#include <torch/version.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "harness/train/network.h"
#include "harness/train/plugin_params.h"

namespace mexbench::train {

// Raised whenever the layout of Plugin or Network changes.
inline constexpr int kPluginVersion = 1;

// What a plugin exports, as a function `mexbench_plugin` without arguments.
struct Plugin {
  int version = kPluginVersion;
  const char* libtorch = TORCH_VERSION;
  std::shared_ptr<Network> (*make)(const nlohmann::json& params) = nullptr;  // may throw: its message is shown
};

}  // namespace mexbench::train

// NOLINTBEGIN(bugprone-macro-parentheses): a type's name
#define MEXBENCH_PLUGIN(Type)                                                                                                              \
  extern "C" __attribute__((visibility("default"))) const mexbench::train::Plugin* mexbench_plugin() {                                     \
    static const mexbench::train::Plugin plugin{                                                                                           \
        .make = [](const nlohmann::json& params) -> std::shared_ptr<mexbench::train::Network> { return std::make_shared<Type>(params); }}; \
    return &plugin;                                                                                                                        \
  }
// NOLINTEND(bugprone-macro-parentheses)
