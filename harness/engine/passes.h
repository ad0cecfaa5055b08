// Runs a plan: the numbers of a network in the layouts of the kernels, and the steps over them. Private to this room.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "harness/core/aligned.h"
#include "harness/core/profile.h"
#include "harness/engine/kernels.h"
#include "harness/engine/loss.h"
#include "harness/engine/plan.h"
#include "harness/engine/random.h"

namespace mexbench::engine {

using core::Aligned;

// A layer's numbers as the published code has them; row-major. Of layers without numbers all are empty.
struct LayerNumbers {
  std::span<float> weight, bias;
  std::span<float> weight_gradient, bias_gradient;
  std::vector<float> running_mean, running_variance;  // batch norm
  std::int64_t batches = 0;                           // batch norm: seen in training
};

class Passes {
 public:
  // `layers`: of the description, in its order; outlives this.
  Passes(Plan plan, std::vector<LayerNumbers>& layers, LossOptions loss);

  // Numbers of a clip with the zeros around it.
  [[nodiscard]] std::int64_t prepared_numbers() const { return prepared_numbers_; }
  // Numbers that are not finite make all scores of the clip NaN, and the loss of its batch.
  void prepare(const float* clip, float* out) const;

  // `clips`: prepared. Returns the loss; fills in the gradients of the layers.
  [[nodiscard]] double train(std::span<const float* const> clips, const Targets& targets, LibTorchRandom& random, core::Profile* profile);
  void evaluate(const float* clip, float* scores);

  // The layers' numbers were changed.
  void changed() { packed_ = evaluated_ = false; }

 private:
  struct ConvolutionNumbers {
    std::vector<std::size_t> rows, back_rows;
    TapRows taps, back_taps;
    Aligned<float> weights, bias, back_weights, no_bias;
    Aligned<double> sums, bias_sums;
  };
  struct NormNumbers {
    std::int64_t groups = 0;
    Aligned<double> mean, squares, sums, products;
    Aligned<float> means, scale, shift, sign, constant, slope;  // of a batch
    Aligned<float> still_means, still_scale, still_shift;       // of the running statistics
    std::int64_t clips = 0;                                     // joined so far
  };
  struct Mask {
    std::vector<std::uint8_t> drawn;  // (clip, channel, row, column), or (clip, channel) of maps
    Aligned<std::uint8_t> maps;       // as values lie
    std::int64_t of_clip = 0;         // bytes of `maps`
  };

  void size_convolution(std::int32_t at);
  void size_norm(std::int32_t at);
  void pack();
  void pack_still();
  void make_room(std::int64_t clips);
  void draw_masks(std::int64_t clips, LibTorchRandom& random);
  void draw_mask(std::int32_t at, std::size_t part, std::int64_t clips, LibTorchRandom& random);
  void collect();  // sums into the layers' gradients

  void run_clip(const Step& step, const float* clip, std::int64_t index, bool training);
  void run_batch(const Step& step, std::int64_t clips, const Targets& targets);
  void pad(const Step& step, const float* clip, std::int64_t index);
  void mask(const Step& step, std::int64_t index);
  void max_pool(const Step& step, std::int64_t index);
  void max_pool_back(const Step& step, std::int64_t index);
  void norm_finish(const Step& step, std::int64_t clips);
  void norm_back(const Step& step, std::int64_t clips);
  void linear(const Step& step, std::int64_t clips);
  void linear_back(const Step& step, std::int64_t clips);

  [[nodiscard]] const Unit& unit(std::int32_t at) const { return plan_.units[static_cast<std::size_t>(at)]; }
  [[nodiscard]] LayerNumbers& layer(const Unit::Part& part) const { return layers_[static_cast<std::size_t>(part.layer)]; }
  [[nodiscard]] std::int64_t groups(std::int64_t channels) const { return (channels + kernels_.lanes - 1) / kernels_.lanes; }
  [[nodiscard]] float* at(std::int32_t buffer, std::int64_t clip) const { return arena_.data() + plan_.at(buffer, clip, capacity_); }

  Plan plan_;
  std::vector<LayerNumbers>& layers_;
  Loss loss_;
  const Kernels& kernels_;
  std::int64_t prepared_numbers_ = 0;
  std::int64_t capacity_ = 0;
  Aligned<float> arena_;
  Aligned<float> product_work_;
  std::vector<ConvolutionNumbers> convolutions_;  // one for each unit, empty of others
  std::vector<NormNumbers> norms_;
  std::vector<Mask> masks_;
  double batch_loss_ = 0.0;
  bool packed_ = false;
  bool evaluated_ = false;
};

}  // namespace mexbench::engine
