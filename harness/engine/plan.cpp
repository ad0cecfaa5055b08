#include "harness/engine/plan.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mexbench::engine {
namespace {

using LayerKind = Layer::Kind;
using StepKind = Step::Kind;

// A value of the forward pass, or a gradient of the backward pass.
struct Number {
  Layout layout = Layout::kPlanes;
  Shape shape;
  std::int32_t buffer = -1;  // -1: the prepared clips, from channel `channel` on
  std::int64_t channel = 0;
  bool relu = false;              // value: what a convolution with ReLU gave, dropout apart
  std::int32_t convolution = -1;  // value: what this unit gave
  bool masked = false;            // gradient: 0 where that ReLU is flat
  bool summed = false;            // gradient: that unit's bias has its sums
  bool known = false;
};

// How a unit was turned into steps.
struct Lowered {
  Number in;                    // as its steps read it
  std::int32_t padded = -1;     // convolution: the planes it read
  std::int32_t positions = -1;  // max pooling, or a batch norm with it
  std::int32_t pooled = -1;     // batch norm: the maps behind pooling, before the affine step
  std::int32_t relu_unit = -1;  // batch norm with pooling: the ReLU between them
  std::int32_t pool_unit = -1;
  bool folded = false;  // its steps are those of the unit before
};

class Lowering {
 public:
  Lowering(Plan& plan, std::int64_t lanes, bool training)
      : plan_(plan),
        lanes_(lanes),
        training_(training),
        values_(plan.units.size()),
        lowered_(plan.units.size()),
        consumer_(plan.units.size(), -1) {
    for (std::size_t at = 0; at < plan.units.size(); ++at) {
      for (const std::int32_t from : plan.units[at].layer.from) consumer_[static_cast<std::size_t>(from)] = static_cast<std::int32_t>(at);
    }
  }

  std::vector<Stretch> run() {
    for (std::int32_t at = 0; at < count(); ++at) {
      if (!lowered(at).folded) forward(at);
    }
    const Number& scores = values_.back();
    if (!training_) {
      plan_.scores = scores.buffer;
      return std::move(program_);
    }
    std::vector<Number> gradients(plan_.units.size());
    Number& last = gradients.back();
    last = scores;
    last.buffer = new_planes(scores.shape);
    last.known = true;
    emit({.kind = StepKind::kLoss, .unit = count() - 1, .from = scores.buffer, .to = last.buffer, .shape = scores.shape});
    gradients_ = std::move(gradients);
    for (std::int32_t at = count() - 1; at > 0; --at) {
      if (!lowered(at).folded && gradients_[static_cast<std::size_t>(at)].known) backward(at);
    }
    return std::move(program_);
  }

 private:
  [[nodiscard]] std::int32_t count() const { return static_cast<std::int32_t>(plan_.units.size()); }
  [[nodiscard]] const Unit& unit(std::int32_t at) const { return plan_.units[static_cast<std::size_t>(at)]; }
  [[nodiscard]] Number& value(std::int32_t at) { return values_[static_cast<std::size_t>(at)]; }
  [[nodiscard]] Lowered& lowered(std::int32_t at) { return lowered_[static_cast<std::size_t>(at)]; }
  [[nodiscard]] std::int32_t source(std::int32_t at) const { return unit(at).layer.from.front(); }
  [[nodiscard]] std::int32_t consumer(std::int32_t at) const { return consumer_[static_cast<std::size_t>(at)]; }
  [[nodiscard]] bool consumed_by(std::int32_t at, LayerKind kind) const {
    return consumer(at) >= 0 && unit(consumer(at)).layer.kind == kind;
  }

  std::int32_t new_buffer(std::int64_t numbers) {
    plan_.buffers.push_back({.numbers = round_up(numbers, kMostLanes)});
    return static_cast<std::int32_t>(plan_.buffers.size()) - 1;
  }
  std::int32_t new_planes(const Shape& shape) { return new_buffer(shape.numbers()); }
  std::int32_t new_maps(const Shape& shape) { return new_buffer(round_up(shape.channels, lanes_) * shape.pixels()); }
  std::int32_t new_padded(const Shape& shape, std::int64_t border) {
    return new_buffer(shape.channels * (shape.height + 2 * border) * (shape.width + 2 * border));
  }

  void emit(Step step) {
    const bool of_batch = step.of_batch();
    if (of_batch || program_.empty() || program_.back().of_batch) program_.push_back({.of_batch = of_batch, .steps = {}});
    program_.back().steps.push_back(std::move(step));
  }

  // ---- layouts

  Number as_planes(const Number& number) {
    if (number.buffer >= 0 && number.layout == Layout::kPlanes) return number;
    Number out = number;
    out.layout = Layout::kPlanes;
    out.buffer = new_planes(number.shape);
    if (number.buffer < 0) {  // without the zeros around the prepared clips
      out.channel = 0;
      emit({.kind = StepKind::kPad,
            .from = -1,
            .to = out.buffer,
            .shape = number.shape,
            .layout = Layout::kPlanes,
            .border = 0,
            .channel = number.channel});
    } else {
      emit({.kind = StepKind::kToPlanes, .from = number.buffer, .to = out.buffer, .shape = number.shape});
    }
    return out;
  }
  Number as_maps(const Number& number) {
    if (number.buffer >= 0 && number.layout == Layout::kMaps) return number;
    const Number planes = as_planes(number);
    Number out = planes;
    out.layout = Layout::kMaps;
    out.buffer = new_maps(number.shape);
    emit({.kind = StepKind::kToMaps, .from = planes.buffer, .to = out.buffer, .shape = number.shape});
    return out;
  }
  Number as(const Number& number, Layout layout) { return layout == Layout::kMaps ? as_maps(number) : as_planes(number); }
  // A value that steps may change in place.
  Number own(const Number& number) { return number.buffer < 0 ? as_planes(number) : number; }

  // ---- forward

  void forward(std::int32_t at) {
    const Layer& layer = unit(at).layer;
    if (layer.kind == LayerKind::kInput) {
      value(at) = {.shape = layer.shape};
      return;
    }
    const Number given = value(source(at));
    switch (layer.kind) {
      case LayerKind::kInput:
        break;
      case LayerKind::kChannels:
        value(at) = {.shape = layer.shape, .channel = layer.first};
        break;
      case LayerKind::kConvolution:
        convolution(at, given);
        break;
      case LayerKind::kBatchNorm:
        batch_norm(at, as_maps(given));
        break;
      case LayerKind::kMaxPool: {
        const Number x = lowered(at).in = as_maps(given);
        value(at) = max_pool(at, at, x, /*norm=*/-1);
        break;
      }
      case LayerKind::kAveragePool: {
        const Number x = lowered(at).in = as_maps(given);
        value(at) = {.layout = Layout::kMaps, .shape = layer.shape, .buffer = new_maps(layer.shape)};
        emit({.kind = StepKind::kAveragePool, .unit = at, .from = x.buffer, .to = value(at).buffer, .shape = layer.shape});
        break;
      }
      case LayerKind::kRelu:
        value(at) = own(given);
        value(at).relu = false;
        value(at).convolution = -1;
        emit({.kind = StepKind::kRelu, .to = value(at).buffer});
        break;
      case LayerKind::kDropout:
      case LayerKind::kMapDropout:
        value(at) = own(given);
        value(at).convolution = -1;
        if (training_ && layer.probability > 0.0) {
          emit({.kind = StepKind::kMask, .unit = at, .to = value(at).buffer, .shape = layer.shape, .layout = value(at).layout});
        }
        break;
      case LayerKind::kConcatenate:
        concatenation(at);
        break;
      case LayerKind::kLinear: {
        const Number x = lowered(at).in = as_planes(given);
        value(at) = {.layout = Layout::kPlanes, .shape = layer.shape, .buffer = new_planes(layer.shape)};
        emit({.kind = training_ ? StepKind::kLinear : StepKind::kLinearClip,
              .unit = at,
              .from = x.buffer,
              .to = value(at).buffer,
              .shape = layer.shape});
        break;
      }
    }
  }

  void convolution(std::int32_t at, const Number& given) {
    const Layer& layer = unit(at).layer;
    lowered(at).in = given;
    if (given.buffer >= 0) {
      lowered(at).padded = new_padded(given.shape, layer.padding);
      emit({.kind = StepKind::kPad,
            .from = given.buffer,
            .to = lowered(at).padded,
            .shape = given.shape,
            .layout = given.layout,
            .border = layer.padding});
    }
    Number out{.layout = Layout::kMaps, .shape = layer.shape, .buffer = new_maps(layer.shape), .convolution = at};
    out.relu = consumed_by(at, LayerKind::kRelu);
    emit({.kind = StepKind::kConvolve, .unit = at, .from = lowered(at).padded, .to = out.buffer, .shape = layer.shape, .relu = out.relu});
    value(at) = out;
    if (!out.relu) return;
    lowered(consumer(at)).folded = true;
    value(consumer(at)) = out;
  }

  // `at`: the unit that positions are kept for.
  Number max_pool(std::int32_t at, std::int32_t pool, const Number& x, std::int32_t norm) {
    const Layer& layer = unit(pool).layer;
    const Number out{.layout = Layout::kMaps, .shape = layer.shape, .buffer = new_maps(layer.shape)};
    if (training_) lowered(at).positions = new_buffer(round_up(layer.shape.channels, lanes_) * layer.shape.pixels() / 4 + 1);
    emit({.kind = StepKind::kMaxPool,
          .unit = pool,
          .norm = norm,
          .from = x.buffer,
          .to = out.buffer,
          .aux = lowered(at).positions,
          .shape = layer.shape,
          .relu = x.relu});
    return out;
  }

  void batch_norm(std::int32_t at, const Number& x) {
    const Layer& layer = unit(at).layer;
    Lowered& low = lowered(at);
    low.in = x;
    if (training_) emit({.kind = StepKind::kMoments, .unit = at, .from = x.buffer, .shape = layer.shape});
    const std::int32_t relu = consumed_by(at, LayerKind::kRelu) ? consumer(at) : -1;
    const std::int32_t before_pool = relu >= 0 ? relu : at;
    if (consumed_by(before_pool, LayerKind::kMaxPool)) {
      low.relu_unit = relu;
      low.pool_unit = consumer(before_pool);
    }
    Number from = x;
    if (low.pool_unit >= 0) {
      from = max_pool(at, low.pool_unit, x, at);
      low.pooled = from.buffer;
    }
    if (training_) emit({.kind = StepKind::kNormFinish, .unit = at});
    const Number out{.layout = Layout::kMaps, .shape = from.shape, .buffer = new_maps(from.shape)};
    emit({.kind = StepKind::kAffine, .unit = at, .from = from.buffer, .to = out.buffer, .shape = out.shape});
    value(at) = out;
    if (low.pool_unit < 0) return;
    if (relu >= 0) {
      emit({.kind = StepKind::kRelu, .to = out.buffer});
      lowered(relu).folded = true;
      value(relu) = out;
    }
    lowered(low.pool_unit).folded = true;
    value(low.pool_unit) = out;
  }

  void concatenation(std::int32_t at) {
    const Layer& layer = unit(at).layer;
    value(at) = {.layout = Layout::kPlanes, .shape = layer.shape, .buffer = new_planes(layer.shape)};
    std::int64_t channel = 0;
    for (const std::int32_t from : layer.from) {
      const Number part = own(value(from));
      emit({.kind = part.layout == Layout::kMaps ? StepKind::kToPlanes : StepKind::kGather,
            .from = part.buffer,
            .to = value(at).buffer,
            .shape = part.shape,
            .channel = channel});
      channel += part.shape.channels;
    }
  }

  // ---- backward

  [[nodiscard]] bool learns(std::int32_t at) const {
    const Layer& layer = unit(at).layer;
    if (layer.kind == LayerKind::kConvolution || layer.kind == LayerKind::kBatchNorm || layer.kind == LayerKind::kLinear) return true;
    return std::any_of(layer.from.begin(), layer.from.end(), [this](std::int32_t from) { return learns(from); });
  }
  [[nodiscard]] Number& gradient(std::int32_t at) { return gradients_[static_cast<std::size_t>(at)]; }
  // The gradient of what `at` took; passed over folded units to the one that did their work.
  void give(std::int32_t to, Number number) {
    if (!learns(to)) return;
    number.known = true;
    gradient(to) = number;
    while (lowered(to).folded) {
      to = source(to);
      gradient(to) = number;
    }
  }

  void backward(std::int32_t at) {
    const Layer& layer = unit(at).layer;
    Number given = gradient(at);
    switch (layer.kind) {
      case LayerKind::kInput:
      case LayerKind::kChannels:
        break;
      case LayerKind::kConvolution:
        convolution_back(at, as_maps(given));
        break;
      case LayerKind::kBatchNorm:
        batch_norm_back(at, as_maps(given));
        break;
      case LayerKind::kMaxPool:
        if (learns(source(at))) give(source(at), max_pool_back(at, at, as_maps(given), /*norm=*/-1));
        break;
      case LayerKind::kAveragePool: {
        if (!learns(source(at))) break;
        const Number maps = as_maps(given);
        const Number out{.layout = Layout::kMaps, .shape = unit(at).given, .buffer = new_maps(unit(at).given)};
        emit({.kind = StepKind::kAveragePoolBack, .unit = at, .from = maps.buffer, .to = out.buffer, .shape = layer.shape});
        give(source(at), out);
        break;
      }
      case LayerKind::kRelu: {
        if (!learns(source(at))) break;
        const Number out = as(given, value(at).layout);
        emit({.kind = StepKind::kReluBack, .from = value(at).buffer, .to = out.buffer});
        give(source(at), out);
        break;
      }
      case LayerKind::kDropout:
      case LayerKind::kMapDropout: {
        if (!learns(source(at))) break;
        Number out = given;
        if (layer.probability > 0.0) {
          out = as(given, value(at).layout);
          emit({.kind = StepKind::kMaskBack, .unit = at, .to = out.buffer, .shape = layer.shape, .layout = out.layout});
        }
        give(source(at), out);
        break;
      }
      case LayerKind::kConcatenate:
        concatenation_back(at, as_planes(given));
        break;
      case LayerKind::kLinear: {
        const Number planes = as_planes(given);
        Number out{.layout = Layout::kPlanes, .shape = unit(at).given};
        const bool wanted = learns(source(at));
        if (wanted) out.buffer = new_planes(out.shape);
        emit({.kind = StepKind::kLinearBack,
              .unit = at,
              .from = lowered(at).in.buffer,
              .to = out.buffer,
              .aux = planes.buffer,
              .shape = layer.shape});
        if (wanted) give(source(at), out);
        break;
      }
    }
  }

  void convolution_back(std::int32_t at, const Number& given) {
    const Layer& layer = unit(at).layer;
    if (value(at).relu && !given.masked) emit({.kind = StepKind::kReluBack, .from = value(at).buffer, .to = given.buffer});
    if (!given.summed) emit({.kind = StepKind::kBias, .unit = at, .from = given.buffer, .shape = layer.shape});
    emit({.kind = StepKind::kWeights, .unit = at, .from = lowered(at).padded, .aux = given.buffer, .shape = layer.shape});
    if (!learns(source(at))) return;
    const std::int64_t border = layer.kernel - 1 - layer.padding;
    const std::int32_t padded = new_padded(layer.shape, border);
    emit({.kind = StepKind::kPad, .from = given.buffer, .to = padded, .shape = layer.shape, .layout = Layout::kMaps, .border = border});
    const Number out{.layout = Layout::kMaps, .shape = unit(at).given, .buffer = new_maps(unit(at).given)};
    emit({.kind = StepKind::kConvolveBack, .unit = at, .from = padded, .to = out.buffer, .shape = out.shape});
    give(source(at), out);
  }

  // Whether a convolution takes less time than writing its maps to memory and reading them again, as a batch's maps do not stay in the
  // caches. Measured with STSTNet's 27 taps: with 16 lanes 1.6 against 3.3 ms for a fold's epoch, with 8 twice as long.
  [[nodiscard]] bool is_quick(std::int32_t at) const {
    return unit(at).given.channels * unit(at).layer.kernel * unit(at).layer.kernel <= 2 * lanes_;
  }
  std::int32_t convolve_again(const Number& value) {
    const std::int32_t out = new_maps(value.shape);
    emit({.kind = StepKind::kConvolve,
          .unit = value.convolution,
          .from = lowered(value.convolution).padded,
          .to = out,
          .shape = value.shape,
          .relu = value.relu});
    return out;
  }

  Number max_pool_back(std::int32_t at, std::int32_t pool, const Number& given, std::int32_t norm) {
    const Number x = lowered(at).in;
    std::int32_t maps = -1;  // a batch norm's slope is over what it read; without one, positions say all
    if (norm >= 0) maps = x.convolution >= 0 && is_quick(x.convolution) ? convolve_again(x) : x.buffer;
    Number out{.layout = Layout::kMaps, .shape = x.shape, .buffer = new_maps(x.shape), .masked = x.relu, .summed = x.convolution >= 0};
    emit({.kind = StepKind::kMaxPoolBack,
          .unit = pool,
          .norm = norm,
          .from = given.buffer,
          .to = out.buffer,
          .aux = lowered(at).positions,
          .extra = maps,
          .shape = unit(pool).layer.shape,
          .relu = x.relu,
          .bias = out.summed ? x.convolution : -1});
    return out;
  }

  void batch_norm_back(std::int32_t at, const Number& given) {
    const Lowered& low = lowered(at);
    if (low.relu_unit >= 0) emit({.kind = StepKind::kReluBack, .from = value(at).buffer, .to = given.buffer});
    const std::int32_t x = low.pooled >= 0 ? low.pooled : low.in.buffer;
    emit({.kind = StepKind::kNormSums, .unit = at, .from = given.buffer, .aux = x, .shape = value(at).shape});
    emit({.kind = StepKind::kNormBack, .unit = at, .shape = low.in.shape});
    if (!learns(source(at))) return;
    if (low.pool_unit >= 0) {
      give(source(at), max_pool_back(at, low.pool_unit, given, at));
      return;
    }
    Number out = given;
    out.masked = low.in.relu;
    emit({.kind = StepKind::kNormInput, .unit = at, .from = low.in.buffer, .to = given.buffer, .shape = out.shape, .relu = low.in.relu});
    give(source(at), out);
  }

  void concatenation_back(std::int32_t at, const Number& given) {
    std::int64_t channel = 0;
    for (const std::int32_t from : unit(at).layer.from) {
      const Number& part = value(from);
      const std::int64_t first = channel;
      channel += part.shape.channels;
      if (!learns(from)) continue;
      const bool maps = part.layout == Layout::kMaps;
      const Number out{.layout = part.layout, .shape = part.shape, .buffer = maps ? new_maps(part.shape) : new_planes(part.shape)};
      emit({.kind = maps ? StepKind::kToMaps : StepKind::kScatter,
            .from = given.buffer,
            .to = out.buffer,
            .shape = part.shape,
            .channel = first});
      give(from, out);
    }
  }

  Plan& plan_;
  std::int64_t lanes_;
  bool training_;
  std::vector<Stretch> program_;
  std::vector<Number> values_;
  std::vector<Lowered> lowered_;
  std::vector<std::int32_t> consumer_;
  std::vector<Number> gradients_;
};

// First and last step that touches a buffer, counted through a program; and those of stretches.
struct Life {
  std::int64_t first_step = -1, last_step = -1, first_stretch = -1, last_stretch = -1;
};

std::vector<Life> lives_of(const std::vector<Stretch>& program, std::size_t buffers) {
  std::vector<Life> lives(buffers);
  std::int64_t step_number = 0;
  for (std::size_t stretch = 0; stretch < program.size(); ++stretch) {
    for (const Step& step : program[stretch].steps) {
      for (const std::int32_t buffer : {step.from, step.to, step.aux, step.extra}) {
        if (buffer < 0) continue;
        Life& life = lives[static_cast<std::size_t>(buffer)];
        if (life.first_step < 0) {
          life.first_step = step_number;
          life.first_stretch = static_cast<std::int64_t>(stretch);
        }
        life.last_step = step_number;
        life.last_stretch = static_cast<std::int64_t>(stretch);
      }
      ++step_number;
    }
  }
  return lives;
}

// The lowest place for each buffer that no other has while it lives. Returns the end of the highest.
struct Tenant {
  std::int32_t buffer;
  std::int64_t first, last;
};
std::int64_t settle(std::vector<Buffer>& buffers, const std::vector<Tenant>& tenants) {
  std::int64_t end = 0;
  std::vector<Tenant> settled;
  for (const Tenant& tenant : tenants) {
    Buffer& buffer = buffers[static_cast<std::size_t>(tenant.buffer)];
    std::vector<std::pair<std::int64_t, std::int64_t>> taken;
    for (const Tenant& other : settled) {
      const Buffer& there = buffers[static_cast<std::size_t>(other.buffer)];
      if (other.last >= tenant.first && other.first <= tenant.last) taken.emplace_back(there.place, there.place + there.numbers);
    }
    std::sort(taken.begin(), taken.end());
    buffer.place = 0;
    for (const auto& [begin, after] : taken) {
      if (buffer.place + buffer.numbers <= begin) break;
      buffer.place = std::max(buffer.place, after);
    }
    end = std::max(end, buffer.place + buffer.numbers);
    settled.push_back(tenant);
  }
  return end;
}

void place_buffers(Plan& plan) {
  for (const std::vector<Stretch>* const program : {&plan.train, &plan.evaluate}) {
    const std::vector<Life> lives = lives_of(*program, plan.buffers.size());
    std::vector<Tenant> of_clip, of_batch;
    for (std::size_t at = 0; at < lives.size(); ++at) {
      const Life& life = lives[at];
      if (life.first_step < 0) continue;
      const auto index = static_cast<std::int32_t>(at);
      Buffer& buffer = plan.buffers[at];
      buffer.of_batch = program == &plan.train &&
                        (life.first_stretch != life.last_stretch || (*program)[static_cast<std::size_t>(life.first_stretch)].of_batch);
      if (buffer.of_batch) {
        of_batch.push_back({index, life.first_stretch, life.last_stretch});
      } else {
        of_clip.push_back({index, life.first_step, life.last_step});
      }
    }
    const auto earlier = [](const Tenant& a, const Tenant& b) { return a.first < b.first; };
    std::stable_sort(of_clip.begin(), of_clip.end(), earlier);
    std::stable_sort(of_batch.begin(), of_batch.end(), earlier);
    plan.clip_numbers = std::max(plan.clip_numbers, settle(plan.buffers, of_clip));
    plan.batch_numbers = std::max(plan.batch_numbers, settle(plan.buffers, of_batch));
  }
}

}  // namespace

Plan make_plan(const Description& description, std::int64_t lanes) {
  Plan plan;
  plan.units = units_of(description);
  for (const Unit& unit : plan.units) {
    if (unit.layer.kind != LayerKind::kConvolution) continue;
    const LayerKind from = plan.units[static_cast<std::size_t>(unit.layer.from.front())].layer.kind;
    if (from == LayerKind::kInput || from == LayerKind::kChannels) plan.input_border = std::max(plan.input_border, unit.layer.padding);
  }
  plan.train = Lowering(plan, lanes, /*training=*/true).run();
  plan.evaluate = Lowering(plan, lanes, /*training=*/false).run();
  place_buffers(plan);
  return plan;
}

}  // namespace mexbench::engine
