#include "harness/engine/passes.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "harness/engine/product_blocks.h"

namespace mexbench::engine {

namespace {

using LayerKind = Layer::Kind;

constexpr std::int64_t kFewUnits = 16;  // of a linear layer: so few rows of weights are not worth laying out for a product

// The widest stretch of a kernel's row that the kernels know and that divides it.
std::int64_t taps_of(std::int64_t kernel) {
  for (const std::int64_t taps : {5, 3, 2}) {
    if (kernel % taps == 0) return taps;
  }
  return 1;
}

// Where the rows of taps begin in planes that begin at `first`: by channel, row of the kernel, stretch.
std::vector<std::size_t> tap_rows(std::int64_t channels, std::int64_t kernel, std::int64_t taps, std::int64_t first,
                                  std::int64_t plane_stride, std::int64_t row_stride) {
  std::vector<std::size_t> out;
  for (std::int64_t channel = 0; channel < channels; ++channel) {
    for (std::int64_t row = 0; row < kernel; ++row) {
      for (std::int64_t tap = 0; tap < kernel; tap += taps) {
        out.push_back(static_cast<std::size_t>(first + channel * plane_stride + row * row_stride + tap));
      }
    }
  }
  return out;
}

// Of a prepared clip, all numbers are NaN when one was not finite.
bool is_finite(const float* clip) { return !std::isnan(*clip); }

Windows windows_of(const Unit& unit) {
  const Layer& layer = unit.layer;
  return {.height = unit.given.height,
          .width = unit.given.width,
          .out_height = layer.shape.height,
          .out_width = layer.shape.width,
          .kernel = layer.kernel,
          .stride = layer.stride,
          .padding = layer.padding};
}

}  // namespace

Passes::Passes(Plan plan, std::vector<LayerNumbers>& layers, LossOptions loss)
    : plan_(std::move(plan)),
      layers_(layers),
      loss_(std::move(loss), plan_.units.back().layer.shape.channels),
      kernels_(kernels()),
      product_work_(kProductWork),
      convolutions_(plan_.units.size()),
      norms_(plan_.units.size()),
      masks_(plan_.units.size()) {
  const Shape& input = plan_.units.front().layer.shape;
  const std::int64_t border = 2 * plan_.input_border;
  prepared_numbers_ = round_up(input.channels * (input.height + border) * (input.width + border), kMostLanes);
  for (std::int32_t at = 0; at < static_cast<std::int32_t>(plan_.units.size()); ++at) {
    if (unit(at).layer.kind == LayerKind::kConvolution) size_convolution(at);
    if (unit(at).layer.kind == LayerKind::kBatchNorm) size_norm(at);
  }
  make_room(1);
}

void Passes::size_convolution(std::int32_t at) {
  const Layer& layer = unit(at).layer;
  const Shape& given = unit(at).given;
  const Layer& source = unit(layer.from.front()).layer;
  ConvolutionNumbers& numbers = convolutions_[static_cast<std::size_t>(at)];
  const std::int64_t taps = taps_of(layer.kernel);
  const std::int64_t lanes = kernels_.lanes;

  const bool of_clip = source.kind == LayerKind::kInput || source.kind == LayerKind::kChannels;
  const std::int64_t border = of_clip ? plan_.input_border : layer.padding;
  const std::int64_t row = given.width + 2 * border;
  const std::int64_t plane = row * (given.height + 2 * border);
  const std::int64_t channel = source.kind == LayerKind::kChannels ? source.first : 0;
  numbers.rows = tap_rows(given.channels, layer.kernel, taps, channel * plane + (border - layer.padding) * (row + 1), plane, row);
  numbers.taps = {.rows = numbers.rows.data(),
                  .count = static_cast<std::int64_t>(numbers.rows.size()),
                  .taps = taps,
                  .row_stride = row,
                  .height = layer.shape.height,
                  .width = layer.shape.width,
                  .groups = groups(layer.shape.channels)};
  const std::int64_t packed = numbers.taps.groups * numbers.taps.count * taps * lanes;
  numbers.weights = Aligned<float>(packed);
  numbers.sums = Aligned<double>(packed);
  numbers.bias = Aligned<float>(numbers.taps.groups * lanes);
  numbers.bias_sums = Aligned<double>(numbers.taps.groups * lanes);
  if (of_clip) return;

  const std::int64_t back_border = layer.kernel - 1 - layer.padding;
  const std::int64_t back_row = layer.shape.width + 2 * back_border;
  numbers.back_rows = tap_rows(layer.shape.channels, layer.kernel, taps, 0, back_row * (layer.shape.height + 2 * back_border), back_row);
  numbers.back_taps = {.rows = numbers.back_rows.data(),
                       .count = static_cast<std::int64_t>(numbers.back_rows.size()),
                       .taps = taps,
                       .row_stride = back_row,
                       .height = given.height,
                       .width = given.width,
                       .groups = groups(given.channels)};
  numbers.back_weights = Aligned<float>(numbers.back_taps.groups * numbers.back_taps.count * taps * lanes);
  numbers.no_bias = Aligned<float>(numbers.back_taps.groups * lanes);
}

void Passes::size_norm(std::int32_t at) {
  NormNumbers& norm = norms_[static_cast<std::size_t>(at)];
  norm.groups = groups(unit(at).layer.shape.channels);
  const std::int64_t count = norm.groups * kernels_.lanes;
  for (Aligned<double>* const numbers : {&norm.mean, &norm.squares, &norm.sums, &norm.products}) *numbers = Aligned<double>(count);
  for (Aligned<float>* const numbers : {&norm.means, &norm.scale, &norm.shift, &norm.sign, &norm.constant, &norm.slope, &norm.still_means,
                                        &norm.still_scale, &norm.still_shift}) {
    *numbers = Aligned<float>(count);
  }
}

void Passes::pack() {
  if (packed_) return;
  packed_ = true;
  const std::int64_t lanes = kernels_.lanes;
  for (std::size_t at = 0; at < plan_.units.size(); ++at) {
    const Unit& unit = plan_.units[at];
    std::int64_t channel = 0;
    if (unit.layer.kind == LayerKind::kBatchNorm) {
      for (const Unit::Part& part : unit.parts) {
        for (const float scale : layer(part).weight) {
          norms_[at].sign[channel++] = scale > 0.0F ? 1.0F : scale < 0.0F ? -1.0F : 0.0F;
        }
      }
      // Lanes without a channel must not keep their group from the quick way.
      for (; channel < norms_[at].sign.size(); ++channel) norms_[at].sign[channel] = 1.0F;
    }
    if (unit.layer.kind != LayerKind::kConvolution) continue;
    ConvolutionNumbers& numbers = convolutions_[at];
    const std::int64_t taps = numbers.taps.taps;
    const std::int64_t of_map = numbers.taps.count * taps;  // weights
    const std::int64_t window = unit.layer.kernel * unit.layer.kernel;
    for (const Unit::Part& part : unit.parts) {
      const float* from = layer(part).weight.data();
      for (std::int64_t map = 0; map < part.channels; ++map, ++channel, from += of_map) {
        float* const to = numbers.weights.data() + channel / lanes * of_map * lanes + channel % lanes;
        for (std::int64_t tap = 0; tap < of_map; ++tap) to[tap * lanes] = from[tap];
        numbers.bias[channel] = layer(part).bias[static_cast<std::size_t>(map)];
        if (numbers.back_rows.empty()) continue;
        for (std::int64_t input = 0; input < unit.given.channels; ++input) {
          float* const back = numbers.back_weights.data() + input / lanes * numbers.back_taps.count * taps * lanes +
                              channel * window * lanes + input % lanes;
          for (std::int64_t tap = 0; tap < window; ++tap) back[tap * lanes] = from[input * window + window - 1 - tap];
        }
      }
    }
  }
}

void Passes::pack_still() {
  pack();
  if (evaluated_) return;
  evaluated_ = true;
  for (std::size_t at = 0; at < plan_.units.size(); ++at) {
    const Unit& unit = plan_.units[at];
    if (unit.layer.kind != LayerKind::kBatchNorm) continue;
    std::int64_t channel = 0;
    for (const Unit::Part& part : unit.parts) {
      const LayerNumbers& numbers = layer(part);
      for (std::size_t map = 0; map < numbers.weight.size(); ++map, ++channel) {
        norms_[at].still_means[channel] = numbers.running_mean[map];
        norms_[at].still_scale[channel] = static_cast<float>(
            static_cast<double>(numbers.weight[map]) / std::sqrt(static_cast<double>(numbers.running_variance[map]) + unit.layer.epsilon));
        norms_[at].still_shift[channel] = numbers.bias[map];
      }
    }
  }
}

void Passes::make_room(std::int64_t clips) {
  if (clips <= capacity_) return;
  capacity_ = clips;
  arena_ = Aligned<float>();
  arena_ = Aligned<float>(plan_.numbers(clips));
  for (std::size_t at = 0; at < plan_.units.size(); ++at) {
    const Unit& unit = plan_.units[at];
    if (unit.layer.kind != LayerKind::kDropout && unit.layer.kind != LayerKind::kMapDropout) continue;
    const std::int64_t drawn = unit.layer.kind == LayerKind::kDropout ? unit.layer.shape.numbers() : unit.layer.shape.channels;
    masks_[at].drawn.resize(static_cast<std::size_t>(clips * drawn));
    masks_[at].of_clip = round_up(unit.layer.shape.channels, kMostLanes) * unit.layer.shape.pixels();
    masks_[at].maps = Aligned<std::uint8_t>(clips * masks_[at].of_clip);
  }
}

void Passes::prepare(const float* clip, float* out) const {
  const Shape& shape = plan_.units.front().layer.shape;
  const std::int64_t border = plan_.input_border;
  const std::int64_t row = shape.width + 2 * border;
  std::memset(out, 0, static_cast<std::size_t>(prepared_numbers_) * sizeof(float));
  float zero = 0.0F;
  for (std::int64_t channel = 0; channel < shape.channels; ++channel) {
    float* to = out + channel * row * (shape.height + 2 * border) + border * row + border;
    for (std::int64_t line = 0; line < shape.height; ++line, to += row, clip += shape.width) {
      for (std::int64_t column = 0; column < shape.width; ++column) {
        to[column] = clip[column];
        zero += clip[column] * 0.0F;
      }
    }
  }
  // Comparisons of pooling may drop one on the way to the scores.
  if (!(zero == 0.0F)) std::fill_n(out, prepared_numbers_, std::numeric_limits<float>::quiet_NaN());
}

double Passes::train(std::span<const float* const> clips, const Targets& targets, LibTorchRandom& random, core::Profile* profile) {
  const auto count = static_cast<std::int64_t>(clips.size());
  core::Timed forward(profile, "forward");
  make_room(count);
  pack();
  draw_masks(count, random);
  for (ConvolutionNumbers& numbers : convolutions_) {
    std::fill_n(numbers.sums.data(), numbers.sums.size(), 0.0);
    std::fill_n(numbers.bias_sums.data(), numbers.bias_sums.size(), 0.0);
  }
  for (NormNumbers& norm : norms_) {
    norm.clips = 0;
    for (const Aligned<double>* const numbers : {&norm.mean, &norm.squares, &norm.sums, &norm.products}) {
      std::fill_n(numbers->data(), numbers->size(), 0.0);
    }
  }
  std::optional<core::Timed> backward;
  for (const Stretch& stretch : plan_.train) {
    if (stretch.of_batch) {
      for (const Step& step : stretch.steps) run_batch(step, count, targets);
      if (stretch.steps.back().kind == Step::Kind::kLoss) {
        forward.stop();
        backward.emplace(profile, "backward");
      }
      continue;
    }
    // Backwards the last clip comes first: what the caches still have of the forward pass is of the last clips.
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t index = backward ? count - 1 - i : i;
      for (const Step& step : stretch.steps) run_clip(step, clips[static_cast<std::size_t>(index)], index, /*training=*/true);
    }
  }
  collect();
  evaluated_ = false;
  const bool finite = std::all_of(clips.begin(), clips.end(), [](const float* clip) { return is_finite(clip); });
  return finite ? batch_loss_ : std::numeric_limits<double>::quiet_NaN();
}

void Passes::evaluate(const float* clip, float* scores) {
  pack_still();
  for (const Stretch& stretch : plan_.evaluate) {
    for (const Step& step : stretch.steps) run_clip(step, clip, 0, /*training=*/false);
  }
  const std::int64_t classes = plan_.units.back().layer.shape.channels;
  if (is_finite(clip)) {
    std::copy_n(at(plan_.scores, 0), classes, scores);
  } else {
    std::fill_n(scores, classes, std::numeric_limits<float>::quiet_NaN());
  }
}

// LibTorch draws layer by layer, each for the whole batch.
void Passes::draw_masks(std::int64_t clips, LibTorchRandom& random) {
  struct Draw {
    std::int32_t layer, unit;
    std::size_t part;
  };
  std::vector<Draw> draws;
  for (std::size_t at = 0; at < plan_.units.size(); ++at) {
    const Layer& layer = plan_.units[at].layer;
    if (layer.kind != LayerKind::kDropout && layer.kind != LayerKind::kMapDropout) continue;
    if (layer.probability == 0.0) continue;
    for (std::size_t part = 0; part < plan_.units[at].parts.size(); ++part) {
      draws.push_back({plan_.units[at].parts[part].layer, static_cast<std::int32_t>(at), part});
    }
  }
  std::sort(draws.begin(), draws.end(), [](const Draw& a, const Draw& b) { return a.layer < b.layer; });
  for (const Draw& draw : draws) draw_mask(draw.unit, draw.part, clips, random);
}

void Passes::draw_mask(std::int32_t at, std::size_t part, std::int64_t clips, LibTorchRandom& random) {
  const Layer& layer = unit(at).layer;
  const std::int64_t pixels = layer.kind == LayerKind::kDropout ? layer.shape.pixels() : 1;
  std::int64_t first = 0;
  for (std::size_t before = 0; before < part; ++before) first += unit(at).parts[before].channels;
  const std::int64_t count = unit(at).parts[part].channels * pixels;
  const std::int64_t of_clip = layer.shape.channels * pixels;
  std::uint8_t* const drawn = masks_[static_cast<std::size_t>(at)].drawn.data();
  for (std::int64_t clip = 0; clip < clips; ++clip) {
    random.bernoulli({drawn + clip * of_clip + first * pixels, static_cast<std::size_t>(count)}, 1.0 - layer.probability);
  }
}

void Passes::collect() {
  const std::int64_t lanes = kernels_.lanes;
  for (std::size_t at = 0; at < plan_.units.size(); ++at) {
    const Unit& unit = plan_.units[at];
    if (unit.layer.kind != LayerKind::kConvolution) continue;
    const ConvolutionNumbers& numbers = convolutions_[at];
    const std::int64_t of_map = numbers.taps.count * numbers.taps.taps;
    std::int64_t channel = 0;
    for (const Unit::Part& part : unit.parts) {
      float* to = layer(part).weight_gradient.data();
      for (std::int64_t map = 0; map < part.channels; ++map, ++channel, to += of_map) {
        const double* const from = numbers.sums.data() + channel / lanes * of_map * lanes + channel % lanes;
        for (std::int64_t tap = 0; tap < of_map; ++tap) to[tap] = static_cast<float>(from[tap * lanes]);
        layer(part).bias_gradient[static_cast<std::size_t>(map)] = static_cast<float>(numbers.bias_sums[channel]);
      }
    }
  }
}

// ---- steps of one clip

void Passes::run_clip(const Step& step, const float* clip, std::int64_t index, bool training) {
  using Kind = Step::Kind;
  const auto unit_at = static_cast<std::size_t>(step.unit);
  const std::int64_t pixels = step.shape.pixels();
  const auto from = [&] { return step.from < 0 ? clip : at(step.from, index); };
  const auto to = [&] { return at(step.to, index); };
  const auto all_of = [&](std::int32_t buffer) { return plan_.buffers[static_cast<std::size_t>(buffer)].numbers; };
  switch (step.kind) {
    case Kind::kPad:
      return pad(step, clip, index);
    case Kind::kConvolve: {
      const ConvolutionNumbers& numbers = convolutions_[unit_at];
      return kernels_.convolve(from(), numbers.taps, numbers.weights.data(), numbers.bias.data(), step.relu, to());
    }
    case Kind::kConvolveBack: {
      const ConvolutionNumbers& numbers = convolutions_[unit_at];
      return kernels_.convolve(from(), numbers.back_taps, numbers.back_weights.data(), numbers.no_bias.data(), /*relu=*/false, to());
    }
    case Kind::kWeights: {
      const ConvolutionNumbers& numbers = convolutions_[unit_at];
      return kernels_.convolve_weights(from(), numbers.taps, at(step.aux, index), numbers.sums.data());
    }
    case Kind::kBias:
      return kernels_.lane_sums(from(), groups(step.shape.channels), pixels, convolutions_[unit_at].bias_sums.data());
    case Kind::kRelu:
      return kernels_.relu(to(), all_of(step.to));
    case Kind::kReluBack:
      return kernels_.relu_backward(to(), from(), all_of(step.to));
    case Kind::kMask:
    case Kind::kMaskBack:
      return mask(step, index);
    case Kind::kMoments: {
      NormNumbers& norm = norms_[unit_at];
      return kernels_.moments(from(), norm.groups, pixels, norm.clips++, norm.mean.data(), norm.squares.data());
    }
    case Kind::kAffine: {
      const NormNumbers& norm = norms_[unit_at];
      const auto numbers = [&](const Aligned<float>& of_batch, const Aligned<float>& still) {
        return (training ? of_batch : still).data();
      };
      return kernels_.affine(from(), norm.groups, pixels, numbers(norm.means, norm.still_means), numbers(norm.scale, norm.still_scale),
                             numbers(norm.shift, norm.still_shift), to());
    }
    case Kind::kNormSums: {
      NormNumbers& norm = norms_[unit_at];
      return kernels_.norm_sums(from(), at(step.aux, index), norm.groups, pixels, norm.mean.data(), norm.sums.data(), norm.products.data());
    }
    case Kind::kNormInput: {
      const NormNumbers& norm = norms_[unit_at];
      return kernels_.norm_input(to(), from(), norm.groups, pixels, norm.means.data(), norm.scale.data(), norm.constant.data(),
                                 norm.slope.data(), step.relu);
    }
    case Kind::kMaxPool:
      return max_pool(step, index);
    case Kind::kMaxPoolBack:
      return max_pool_back(step, index);
    case Kind::kAveragePool:
      return kernels_.average_pool(from(), groups(step.shape.channels), windows_of(unit(step.unit)), to());
    case Kind::kAveragePoolBack:
      return kernels_.average_pool_backward(from(), groups(step.shape.channels), windows_of(unit(step.unit)), to());
    case Kind::kToPlanes:
      return kernels_.to_planes(from(),
                                {.channels = step.shape.channels,
                                 .height = step.shape.height,
                                 .width = step.shape.width,
                                 .map_pixels = pixels,
                                 .map_width = step.shape.width},
                                to() + step.channel * pixels, step.shape.width, pixels);
    case Kind::kToMaps:
      return kernels_.to_maps(from() + step.channel * pixels, step.shape.channels, pixels, to());
    case Kind::kGather:
      std::copy_n(from(), step.shape.numbers(), to() + step.channel * pixels);
      return;
    case Kind::kScatter:
      std::copy_n(from() + step.channel * pixels, step.shape.numbers(), to());
      return;
    case Kind::kLinearClip: {
      const LayerNumbers& numbers = layer(unit(step.unit).parts.front());
      return kernels_.linear_rows(from(), 0, numbers.weight.data(), numbers.bias.data(), 1, unit(step.unit).given.numbers(),
                                  step.shape.channels, to(), 0);
    }
    case Kind::kNormFinish:
    case Kind::kNormBack:
    case Kind::kLinear:
    case Kind::kLinearBack:
    case Kind::kLoss:
      return;  // of a batch
  }
}

void Passes::pad(const Step& step, const float* clip, std::int64_t index) {
  const Shape& shape = step.shape;
  float* const out = at(step.to, index);
  const std::int64_t row = shape.width + 2 * step.border;
  const std::int64_t plane = row * (shape.height + 2 * step.border);
  const std::int64_t inside = std::max<std::int64_t>(step.border, 0);
  const std::int64_t cut = std::max<std::int64_t>(-step.border, 0);
  if (inside > 0) std::memset(out, 0, static_cast<std::size_t>(shape.channels * plane) * sizeof(float));
  float* const to = out + inside * (row + 1);
  const std::int64_t height = shape.height - 2 * cut, width = shape.width - 2 * cut;
  if (step.layout == Layout::kMaps) {
    const float* const from = at(step.from, index) + cut * (shape.width + 1) * kernels_.lanes;
    return kernels_.to_planes(
        from, {.channels = shape.channels, .height = height, .width = width, .map_pixels = shape.pixels(), .map_width = shape.width}, to,
        row, plane);
  }
  const std::int64_t around = step.from < 0 ? plan_.input_border : 0;  // zeros that the source has itself
  const std::int64_t from_row = shape.width + 2 * around;
  const std::int64_t from_plane = from_row * (shape.height + 2 * around);
  const float* const from = (step.from < 0 ? clip + step.channel * from_plane : at(step.from, index)) + (around + cut) * (from_row + 1);
  for (std::int64_t channel = 0; channel < shape.channels; ++channel) {
    for (std::int64_t line = 0; line < height; ++line) {
      std::copy_n(from + channel * from_plane + line * from_row, width, to + channel * plane + line * row);
    }
  }
}

void Passes::mask(const Step& step, std::int64_t index) {
  const Layer& layer = unit(step.unit).layer;
  const Mask& mask = masks_[static_cast<std::size_t>(step.unit)];
  const std::int64_t channels = step.shape.channels, pixels = step.shape.pixels();
  const std::int64_t lanes = kernels_.lanes;
  const bool maps = step.layout == Layout::kMaps;
  const std::int64_t numbers = maps ? groups(channels) * lanes * pixels : round_up(channels * pixels, lanes);
  std::uint8_t* const kept = mask.maps.data() + index * mask.of_clip;
  if (step.kind == Step::Kind::kMask) {
    if (layer.kind == LayerKind::kDropout) {
      const std::uint8_t* const drawn = mask.drawn.data() + index * channels * pixels;
      if (maps) {
        kernels_.mask_to_maps(drawn, channels, pixels, kept);
      } else {
        std::copy_n(drawn, channels * pixels, kept);
      }
    } else {
      const std::uint8_t* const drawn = mask.drawn.data() + index * channels;
      for (std::int64_t channel = 0; channel < channels; ++channel) {
        for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
          kept[maps ? (channel / lanes * pixels + pixel) * lanes + channel % lanes : channel * pixels + pixel] = drawn[channel];
        }
      }
    }
  }
  kernels_.apply_mask(at(step.to, index), kept, static_cast<float>(1.0 / (1.0 - layer.probability)), numbers);
}

void Passes::max_pool(const Step& step, std::int64_t index) {
  const float* const signs = step.norm < 0 ? nullptr : norms_[static_cast<std::size_t>(step.norm)].sign.data();
  auto* const positions = step.aux < 0 ? nullptr : reinterpret_cast<std::uint8_t*>(at(step.aux, index));
  kernels_.max_pool(at(step.from, index), groups(step.shape.channels), windows_of(unit(step.unit)), signs, step.relu, at(step.to, index),
                    positions);
}

void Passes::max_pool_back(const Step& step, std::int64_t index) {
  Kernels::Unpool unpool{.gradient = at(step.from, index),
                         .positions = reinterpret_cast<const std::uint8_t*>(at(step.aux, index)),
                         .x = step.extra < 0 ? nullptr : at(step.extra, index),
                         .mean = nullptr,
                         .scale = nullptr,
                         .constant = nullptr,
                         .slope = nullptr,
                         .relu = step.relu};
  if (step.norm >= 0) {
    const NormNumbers& norm = norms_[static_cast<std::size_t>(step.norm)];
    unpool.mean = norm.means.data();
    unpool.scale = norm.scale.data();
    unpool.constant = norm.constant.data();
    unpool.slope = norm.slope.data();
  }
  double* const sums = step.bias < 0 ? nullptr : convolutions_[static_cast<std::size_t>(step.bias)].bias_sums.data();
  kernels_.max_pool_backward(unpool, groups(step.shape.channels), windows_of(unit(step.unit)), at(step.to, index), sums);
}

// ---- steps of a batch

void Passes::run_batch(const Step& step, std::int64_t clips, const Targets& targets) {
  switch (step.kind) {
    case Step::Kind::kNormFinish:
      return norm_finish(step, clips);
    case Step::Kind::kNormBack:
      return norm_back(step, clips);
    case Step::Kind::kLinear:
      return linear(step, clips);
    case Step::Kind::kLinearBack:
      return linear_back(step, clips);
    default:
      batch_loss_ = loss_.of(at(step.from, 0), clips, plan_.buffers[static_cast<std::size_t>(step.from)].numbers, targets, at(step.to, 0));
  }
}

void Passes::norm_finish(const Step& step, std::int64_t clips) {
  const Unit& unit = this->unit(step.unit);
  NormNumbers& norm = norms_[static_cast<std::size_t>(step.unit)];
  const auto count = static_cast<double>(clips * unit.given.pixels());
  std::int64_t channel = 0;
  for (const Unit::Part& part : unit.parts) {
    LayerNumbers& numbers = layer(part);
    for (std::size_t map = 0; map < numbers.weight.size(); ++map, ++channel) {
      const double variance = norm.squares[channel] / count;
      norm.means[channel] = static_cast<float>(norm.mean[channel]);
      norm.scale[channel] = static_cast<float>(static_cast<double>(numbers.weight[map]) / std::sqrt(variance + unit.layer.epsilon));
      norm.shift[channel] = numbers.bias[map];
      const double momentum = unit.layer.momentum;
      const auto moved = [momentum](float running, double now) {
        return static_cast<float>((1.0 - momentum) * static_cast<double>(running) + momentum * now);
      };
      numbers.running_mean[map] = moved(numbers.running_mean[map], norm.mean[channel]);
      numbers.running_variance[map] = moved(numbers.running_variance[map], norm.squares[channel] / (count - 1.0));
    }
    ++numbers.batches;
  }
}

// With n numbers of a map, s their inverse deviation, h = (x - mean) s and g the gradient of what the norm gave (Ioffe and Szegedy, ICML
// 2015): dx = weight s (g - sum(g) / n - h sum(g h) / n).
void Passes::norm_back(const Step& step, std::int64_t clips) {
  const Unit& unit = this->unit(step.unit);
  NormNumbers& norm = norms_[static_cast<std::size_t>(step.unit)];
  const auto count = static_cast<double>(clips * unit.given.pixels());
  std::int64_t channel = 0;
  for (const Unit::Part& part : unit.parts) {
    LayerNumbers& numbers = layer(part);
    for (std::size_t map = 0; map < numbers.weight.size(); ++map, ++channel) {
      const double inverse = 1.0 / std::sqrt(norm.squares[channel] / count + unit.layer.epsilon);
      const double scale = static_cast<double>(numbers.weight[map]) * inverse;
      const double product = norm.products[channel] * inverse;  // sum(g h)
      numbers.weight_gradient[map] = static_cast<float>(product);
      numbers.bias_gradient[map] = static_cast<float>(norm.sums[channel]);
      norm.constant[channel] = static_cast<float>(-scale * norm.sums[channel] / count);
      norm.slope[channel] = static_cast<float>(-scale * product * inverse / count);
    }
  }
}

void Passes::linear(const Step& step, std::int64_t clips) {
  const LayerNumbers& numbers = layer(unit(step.unit).parts.front());
  const std::int64_t depth = unit(step.unit).given.numbers(), units = step.shape.channels;
  const std::int64_t stride = plan_.buffers[static_cast<std::size_t>(step.from)].numbers;
  const std::int64_t out_stride = plan_.buffers[static_cast<std::size_t>(step.to)].numbers;
  const float* const x = at(step.from, 0);
  float* const out = at(step.to, 0);
  if (units < kFewUnits) {
    return kernels_.linear_rows(x, stride, numbers.weight.data(), numbers.bias.data(), clips, depth, units, out, out_stride);
  }
  kernels_.product({x, stride, 1}, {numbers.weight.data(), 1, depth}, clips, depth, units, out, out_stride, product_work_.data());
  for (std::int64_t clip = 0; clip < clips; ++clip) {
    for (std::int64_t i = 0; i < units; ++i) out[clip * out_stride + i] += numbers.bias[static_cast<std::size_t>(i)];
  }
}

void Passes::linear_back(const Step& step, std::int64_t clips) {
  const LayerNumbers& numbers = layer(unit(step.unit).parts.front());
  const std::int64_t depth = unit(step.unit).given.numbers(), units = step.shape.channels;
  const std::int64_t x_stride = plan_.buffers[static_cast<std::size_t>(step.from)].numbers;
  const std::int64_t stride = plan_.buffers[static_cast<std::size_t>(step.aux)].numbers;
  const float* const x = at(step.from, 0);
  const float* const gradient = at(step.aux, 0);
  kernels_.product({gradient, 1, stride}, {x, x_stride, 1}, units, clips, depth, numbers.weight_gradient.data(), depth,
                   product_work_.data());
  std::vector<double> sums(static_cast<std::size_t>(units), 0.0);
  for (std::int64_t clip = 0; clip < clips; ++clip) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += static_cast<double>(gradient[clip * stride + static_cast<std::int64_t>(i)]);
  }
  for (std::size_t i = 0; i < sums.size(); ++i) numbers.bias_gradient[i] = static_cast<float>(sums[i]);
  if (step.to < 0) return;
  kernels_.product({gradient, stride, 1}, {numbers.weight.data(), depth, 1}, clips, units, depth, at(step.to, 0),
                   plan_.buffers[static_cast<std::size_t>(step.to)].numbers, product_work_.data());
}

}  // namespace mexbench::engine
