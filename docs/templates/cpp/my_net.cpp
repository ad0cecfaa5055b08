// A network of your own for mexbench, in one file. Copy this folder, change what you like, and
//
//   cmake -B build -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH=<where mexbench is installed>
//   cmake --build build
//   mexbench run my_net.yaml
//
// mexbench does the rest: folds, seeds, training by the recipe of the YAML file, sealing, metrics, report.
#include "harness/train/plugin.h"

namespace {

using mexbench::train::Params;

class MyNet final : public mexbench::train::Network {
 public:
  // `given` is `params` of the experiment file. Each fold makes a network of its own: what is random here follows the fold's seed.
  explicit MyNet(const nlohmann::json& given) {
    Params params(given);
    const auto channels = params.integer("channels", /*otherwise=*/3, /*least=*/1, /*most=*/64);
    const auto classes = params.integer("classes", /*otherwise=*/3, /*least=*/2, /*most=*/1000);
    const auto width = params.integer("width", /*otherwise=*/8, /*least=*/1, /*most=*/512);
    const auto dropout = params.number("dropout", /*otherwise=*/0.5, /*least=*/0.0, /*most=*/0.95);
    params.finish();

    // The names stand in weights.pth, which torch.load reads.
    conv_ = register_module("conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(channels, width, /*kernel_size=*/5).padding(2)));
    norm_ = register_module("norm", torch::nn::BatchNorm2d(width));
    drop_ = register_module("drop", torch::nn::Dropout(dropout));
    fc_ = register_module("fc", torch::nn::Linear(width * 4 * 4, classes));
  }

  // float32 (clips, channels, height, width) in, logits (clips, classes) out: no softmax, since cross-entropy has it.
  torch::Tensor forward(torch::Tensor input) override {
    const torch::Tensor maps = torch::relu(norm_->forward(conv_->forward(input)));
    const torch::Tensor pooled = torch::adaptive_avg_pool2d(maps, {4, 4});  // images of any size
    return fc_->forward(drop_->forward(pooled.flatten(1)));
  }

 private:
  torch::nn::Conv2d conv_ = nullptr;
  torch::nn::BatchNorm2d norm_ = nullptr;
  torch::nn::Dropout drop_ = nullptr;
  torch::nn::Linear fc_ = nullptr;
};

}  // namespace

MEXBENCH_PLUGIN(MyNet)
