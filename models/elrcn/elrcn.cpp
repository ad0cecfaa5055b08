#include "models/elrcn/elrcn.h"

#include "models/keras/initial_values.h"

namespace mexbench::models {
namespace {

torch::nn::Sequential make_features(const ElrcnOptions& options) {
  torch::nn::Sequential features;
  std::int64_t maps = options.channels_per_frame;
  for (std::size_t stage = 0; stage < options.filters.size(); ++stage) {
    for (std::int64_t layer = 0; layer < options.convolutions[stage]; ++layer) {
      features->push_back(torch::nn::Conv2d(torch::nn::Conv2dOptions(maps, options.filters[stage], 3).padding(1)));
      features->push_back(torch::nn::ReLU());
      maps = options.filters[stage];
    }
    features->push_back(torch::nn::MaxPool2d(torch::nn::MaxPool2dOptions(2)));
  }
  return features;
}

torch::nn::Sequential make_classifier(const ElrcnOptions& options, std::int64_t side) {
  torch::nn::Sequential classifier;
  std::int64_t numbers = options.filters.back() * side * side;
  for (const std::int64_t units : options.units) {
    classifier->push_back(torch::nn::Linear(numbers, units));
    classifier->push_back(torch::nn::ReLU());
    classifier->push_back(torch::nn::Dropout(options.dropout));
    numbers = units;
  }
  return classifier;
}

}  // namespace

Elrcn::Elrcn(const ElrcnOptions& options)
    : frames_(options.frames),
      channels_per_frame_(options.channels_per_frame),
      side_(options.image_size >> options.filters.size()),
      features_(make_features(options)),
      classifier_(make_classifier(options, side_)),
      dense_(options.lstm.back(), options.dense),
      fc_(options.dense, options.num_classes) {
  register_module("features", features_);
  register_module("classifier", classifier_);
  std::int64_t numbers = options.units.back();
  for (const std::int64_t units : options.lstm) {
    lstm_.emplace_back(torch::nn::LSTMOptions(numbers, units).batch_first(true));
    register_module("lstm" + std::to_string(lstm_.size()), lstm_.back());
    numbers = units;
  }
  register_module("dense", dense_);
  register_module("fc", fc_);
  keras::initialise(*this);
}

torch::Tensor Elrcn::forward(torch::Tensor input) {
  TORCH_CHECK(input.size(1) == frames_ * channels_per_frame_, frames_, " frames of ", channels_per_frame_, " channels are given ",
              input.size(1), " channels");
  const torch::Tensor frames = input.reshape({-1, channels_per_frame_, input.size(2), input.size(3)});
  const torch::Tensor maps = features_->forward(frames);
  TORCH_CHECK(maps.size(2) == side_ && maps.size(3) == side_, "images of ", input.size(2), "x", input.size(3), " are not of image_size");
  torch::Tensor sequence = classifier_->forward(maps.flatten(1)).view({input.size(0), frames_, -1});
  for (torch::nn::LSTM& layer : lstm_) sequence = std::get<0>(layer->forward(sequence));
  return fc_->forward(torch::relu(dense_->forward(sequence.select(/*dim=*/1, /*index=*/-1))));
}

}  // namespace mexbench::models
