#include "models/keras/initial_values.h"

namespace mexbench::models::keras {
namespace {

void initialise_layer(torch::Tensor& weight, torch::Tensor& bias) {
  torch::nn::init::xavier_uniform_(weight);
  torch::nn::init::zeros_(bias);
}

// LibTorch stacks the gates as input, forget, cell, output.
void initialise_lstm(torch::nn::LSTMImpl& lstm) {
  const torch::NoGradGuard no_gradients;
  const std::int64_t units = lstm.options.hidden_size();
  for (auto& parameter : lstm.named_parameters()) {
    torch::Tensor& values = parameter.value();
    if (parameter.key().starts_with("weight_ih")) {
      torch::nn::init::xavier_uniform_(values);
    } else if (parameter.key().starts_with("weight_hh")) {
      torch::nn::init::orthogonal_(values);
    } else {
      values.zero_();
      if (parameter.key().starts_with("bias_ih")) values.narrow(/*dim=*/0, units, units).fill_(1);
    }
  }
}

}  // namespace

void initialise(torch::nn::Module& network) {
  for (const auto& module : network.modules(/*include_self=*/false)) {
    if (auto* const plane = module->as<torch::nn::Conv2d>()) {
      initialise_layer(plane->weight, plane->bias);
    } else if (auto* const volume = module->as<torch::nn::Conv3d>()) {
      initialise_layer(volume->weight, volume->bias);
    } else if (auto* const linear = module->as<torch::nn::Linear>()) {
      initialise_layer(linear->weight, linear->bias);
    } else if (auto* const lstm = module->as<torch::nn::LSTM>()) {
      initialise_lstm(*lstm);
    }
  }
}

}  // namespace mexbench::models::keras
