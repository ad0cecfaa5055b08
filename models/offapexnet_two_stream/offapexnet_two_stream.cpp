#include "models/offapexnet_two_stream/offapexnet_two_stream.h"

namespace mexbench::models {
namespace {

torch::nn::Sequential make_stream(const OffApexNetTwoStreamOptions& options) {
  torch::nn::Sequential stream;
  std::int64_t maps = 1;
  for (std::size_t stage = 0; stage < options.filters.size(); ++stage) {
    const std::string number = std::to_string(stage + 1);
    stream->push_back("conv" + number, torch::nn::Conv2d(torch::nn::Conv2dOptions(maps, options.filters[stage], 5).padding(2)));
    if (options.conv_relu) stream->push_back("relu" + number, torch::nn::ReLU());
    stream->push_back("pool" + number, torch::nn::MaxPool2d(torch::nn::MaxPool2dOptions(2)));
    maps = options.filters[stage];
  }
  return stream;
}

}  // namespace

OffApexNetTwoStream::OffApexNetTwoStream(const OffApexNetTwoStreamOptions& options)
    : stream_u_(make_stream(options)),
      stream_v_(make_stream(options)),
      dense_(torch::nn::Linear(2 * options.filters[1] * 7 * 7, options.units[0]), torch::nn::ReLU(), torch::nn::Dropout(options.dropout),
             torch::nn::Linear(options.units[0], options.units[1]), torch::nn::ReLU(), torch::nn::Dropout(options.dropout),
             torch::nn::Linear(options.units[1], options.num_classes)) {
  register_module("cnn1", stream_u_);
  register_module("cnn2", stream_v_);
  register_module("dense", dense_);
}

torch::Tensor OffApexNetTwoStream::forward(torch::Tensor input) {
  TORCH_CHECK(input.size(1) == 2, "the network has one stream for u and one for v, it is given ", input.size(1), " channels");
  const torch::Tensor u = stream_u_->forward(input.narrow(/*dim=*/1, 0, 1)).flatten(1);
  const torch::Tensor v = stream_v_->forward(input.narrow(/*dim=*/1, 1, 1)).flatten(1);
  return dense_->forward(torch::cat({u, v}, /*dim=*/1));
}

}  // namespace mexbench::models
