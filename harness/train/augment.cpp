#include "harness/train/augment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "harness/core/text.h"

namespace mexbench::train {
namespace {

using Kind = AugmentStep::Kind;

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::kFlip:
      return "flip";
    case Kind::kShift:
      return "shift";
    case Kind::kRotate:
      return "rotate";
    case Kind::kNoise:
      return "noise";
    case Kind::kMixup:
      return "mixup";
    case Kind::kMagnify:
      return "magnify";
    case Kind::kTemporalJitter:
      break;
  }
  return "temporal_jitter";
}

// Uniform in -most..most.
std::int64_t symmetric(core::RandomStream& stream, std::int64_t most) {
  return static_cast<std::int64_t>(stream.below(2 * static_cast<std::uint64_t>(most) + 1)) - most;
}

// One channel of a clip, and what lies outside of it.
struct Plane {
  const float* numbers;
  std::int64_t height, width;
  AugmentStep::Border border;
  float zero;

  [[nodiscard]] float at(std::int64_t y, std::int64_t x) const {
    const std::int64_t inside_y = std::clamp<std::int64_t>(y, 0, height - 1);
    const std::int64_t inside_x = std::clamp<std::int64_t>(x, 0, width - 1);
    if (border == AugmentStep::Border::kZero && (inside_y != y || inside_x != x)) return zero;
    return numbers[inside_y * width + inside_x];
  }
  [[nodiscard]] float between(double y, double x) const {
    const double top = std::floor(y);
    const double left = std::floor(x);
    const double down = y - top;
    const double right = x - left;
    const auto row = static_cast<std::int64_t>(top);
    const auto column = static_cast<std::int64_t>(left);
    const double upper = (1.0 - right) * at(row, column) + right * at(row, column + 1);
    const double lower = (1.0 - right) * at(row + 1, column) + right * at(row + 1, column + 1);
    return static_cast<float>((1.0 - down) * upper + down * lower);
  }
};

// One clip that is changed in place, read from a copy.
class Canvas {
 public:
  Canvas(std::span<float> clip, std::vector<float>& copy, const std::vector<data::ChannelKind>& kinds, const data::ImageChannels& images,
         const Batch& batch)
      : clip_(clip), copy_(copy), kinds_(kinds), images_(images), height_(batch.height), width_(batch.width) {
    copy_.assign(clip.begin(), clip.end());
  }

  void flip() {
    const auto width = static_cast<std::size_t>(width_);
    for (std::size_t channel = 0; channel < kinds_.size(); ++channel) {
      const std::span<float> image = plane(channel);
      for (std::size_t row = 0; row < image.size(); row += width) {
        std::reverse(image.begin() + static_cast<std::ptrdiff_t>(row), image.begin() + static_cast<std::ptrdiff_t>(row + width));
      }
      if (kinds_[channel] != data::ChannelKind::kHorizontal) continue;
      const auto ends = static_cast<float>(images_.low + images_.high);
      for (float& value : image) value = ends - value;
    }
  }

  void shift(std::int64_t down, std::int64_t right, AugmentStep::Border border) {
    for (std::size_t channel = 0; channel < kinds_.size(); ++channel) {
      const Plane from = before(channel, border);
      float* to = plane(channel).data();
      for (std::int64_t y = 0; y < height_; ++y) {
        for (std::int64_t x = 0; x < width_; ++x) *to++ = from.at(y - down, x - right);
      }
    }
  }

  // Against the clock, as one sees it: a pixel at (x, y) from the centre, y downwards, goes to (x cos + y sin, y cos - x sin), and so does
  // the tip of a vector.
  void rotate(double degrees, AugmentStep::Border border) {
    const double cosine = std::cos(degrees * std::numbers::pi / 180.0);
    const double sine = std::sin(degrees * std::numbers::pi / 180.0);
    const double middle_y = static_cast<double>(height_ - 1) / 2.0;
    const double middle_x = static_cast<double>(width_ - 1) / 2.0;
    for (std::size_t channel = 0; channel < kinds_.size(); ++channel) {
      const Plane from = before(channel, border);
      float* to = plane(channel).data();
      for (std::int64_t row = 0; row < height_; ++row) {
        for (std::int64_t column = 0; column < width_; ++column) {
          const double y = static_cast<double>(row) - middle_y;
          const double x = static_cast<double>(column) - middle_x;
          *to++ = from.between(x * sine + y * cosine + middle_y, x * cosine - y * sine + middle_x);
        }
      }
    }
    const auto u = std::find(kinds_.begin(), kinds_.end(), data::ChannelKind::kHorizontal);
    const auto v = std::find(kinds_.begin(), kinds_.end(), data::ChannelKind::kVertical);
    if (u == kinds_.end() || v == kinds_.end()) return;
    const double zero = data::zero_of(*u, images_);
    const std::span<float> to_right = plane(static_cast<std::size_t>(u - kinds_.begin()));
    const std::span<float> downwards = plane(static_cast<std::size_t>(v - kinds_.begin()));
    for (std::size_t i = 0; i < to_right.size(); ++i) {
      const double x = static_cast<double>(to_right[i]) - zero;
      const double y = static_cast<double>(downwards[i]) - zero;
      to_right[i] = static_cast<float>(zero + x * cosine + y * sine);
      downwards[i] = static_cast<float>(zero + y * cosine - x * sine);
    }
  }

  void magnify(double factor) {
    for (std::size_t channel = 0; channel < kinds_.size(); ++channel) {
      const double zero = data::zero_of(kinds_[channel], images_);
      for (float& value : plane(channel)) value = static_cast<float>(zero + factor * (static_cast<double>(value) - zero));
    }
  }

  // Frame t becomes what frame t + `later` was.
  void shift_in_time(std::int64_t later) {
    const auto last = static_cast<std::int64_t>(kinds_.size()) - 1;
    for (std::int64_t frame = 0; frame <= last; ++frame) {
      const auto from = copy_.begin() + std::clamp<std::int64_t>(frame + later, 0, last) * height_ * width_;
      std::copy(from, from + height_ * width_, plane(static_cast<std::size_t>(frame)).begin());
    }
  }

 private:
  [[nodiscard]] std::span<float> plane(std::size_t channel) const {
    const auto pixels = static_cast<std::size_t>(height_ * width_);
    return clip_.subspan(channel * pixels, pixels);
  }
  [[nodiscard]] Plane before(std::size_t channel, AugmentStep::Border border) const {
    return {.numbers = copy_.data() + channel * static_cast<std::size_t>(height_ * width_),
            .height = height_,
            .width = width_,
            .border = border,
            .zero = static_cast<float>(data::zero_of(kinds_[channel], images_))};
  }

  std::span<float> clip_;
  std::vector<float>& copy_;
  const std::vector<data::ChannelKind>& kinds_;
  const data::ImageChannels& images_;
  std::int64_t height_, width_;
};

}  // namespace

Augmenter::Augmenter(std::vector<AugmentStep> steps, data::ImageChannels images, core::RandomStream stream)
    : steps_(std::move(steps)), images_(std::move(images)), stream_(stream) {
  for (const std::string& name : images_.names) kinds_.push_back(data::channel_kind(name));
}

core::Result<std::unique_ptr<Augmenter>> Augmenter::create(std::vector<AugmentStep> steps, data::ImageChannels images,
                                                           core::RandomStream stream) {
  for (const AugmentStep& step : steps) {
    const bool bordered = step.kind == Kind::kShift || step.kind == Kind::kRotate;
    MEXBENCH_TRY(data::check_augmentation(name_of(step.kind), bordered && step.border == AugmentStep::Border::kZero, images));
  }
  return std::unique_ptr<Augmenter>(
      new Augmenter(std::move(steps), std::move(images), stream));  // NOLINT(cppcoreguidelines-owning-memory): private constructor
}

bool Augmenter::mixes() const {
  return std::any_of(steps_.begin(), steps_.end(), [](const AugmentStep& step) { return step.kind == Kind::kMixup; });
}

void Augmenter::apply(const Batch& batch, std::int64_t epoch) {
  assert(static_cast<std::size_t>(batch.channels) == kinds_.size());
  assert(batch.numbers.size() == batch.rows.size() * static_cast<std::size_t>(batch.channels * batch.height * batch.width));
  std::vector<Child> children;
  for (const std::int64_t row : batch.rows) children.push_back({.parents = {row}, .steps = {}});
  const std::size_t numbers = batch.numbers.size() / batch.rows.size();
  for (const AugmentStep& step : steps_) {
    if (step.kind == Kind::kMixup) {
      mix(step, batch, children);
      continue;
    }
    for (std::size_t clip = 0; clip < children.size(); ++clip) {
      if (step.probability < 1.0 && stream_.uniform() >= step.probability) continue;
      std::string& done = children[clip].steps;
      if (!done.empty()) done += ';';
      done += change(step, batch.numbers.subspan(clip * numbers, numbers), batch);
    }
  }
  record(children, epoch);
}

// Returns the step with what was drawn for it.
std::string Augmenter::change(const AugmentStep& step, std::span<float> clip, const Batch& batch) {
  Canvas canvas(clip, scratch_, kinds_, images_, batch);
  switch (step.kind) {
    case Kind::kFlip:
      canvas.flip();
      return "flip";
    case Kind::kShift: {
      const std::int64_t down = symmetric(stream_, step.pixels);
      const std::int64_t right = symmetric(stream_, step.pixels);
      canvas.shift(down, right, step.border);
      return fmt::format("shift({},{})", down, right);
    }
    case Kind::kRotate: {
      const double degrees = stream_.uniform(-step.degrees, step.degrees);
      canvas.rotate(degrees, step.border);
      return fmt::format("rotate({})", core::format_double(degrees));
    }
    case Kind::kNoise: {
      const double sigma = step.sigma * (images_.high - images_.low);
      for (float& value : clip) value += static_cast<float>(sigma * stream_.normal());
      return "noise";
    }
    case Kind::kMagnify: {
      const double factor = stream_.uniform(step.factor_low, step.factor_high);
      canvas.magnify(factor);
      return fmt::format("magnify({})", core::format_double(factor));
    }
    case Kind::kTemporalJitter: {
      const std::int64_t later = symmetric(stream_, step.frames);
      canvas.shift_in_time(later);
      return fmt::format("temporal_jitter({})", later);
    }
    case Kind::kMixup:
      break;
  }
  return {};
}

void Augmenter::mix(const AugmentStep& step, const Batch& batch, std::vector<Child>& children) {
  const std::size_t clips = children.size();
  const double lambda = stream_.symmetric_beta(step.alpha);
  std::vector<std::size_t> partners(clips);
  std::iota(partners.begin(), partners.end(), std::size_t{0});
  stream_.shuffle(std::span(partners));
  const auto blend = [&](std::span<float> values) {
    const std::size_t numbers = values.size() / clips;
    scratch_.assign(values.begin(), values.end());
    for (std::size_t clip = 0; clip < clips; ++clip) {
      const float* other = scratch_.data() + partners[clip] * numbers;
      for (float& value : values.subspan(clip * numbers, numbers)) {
        value = static_cast<float>(lambda * static_cast<double>(value) + (1.0 - lambda) * static_cast<double>(*other++));
      }
    }
  };
  blend(batch.numbers);
  blend(batch.shares);
  const std::vector<Child> before = children;
  for (std::size_t clip = 0; clip < clips; ++clip) {
    const Child& partner = before[partners[clip]];
    children[clip].parents.insert(partner.parents.begin(), partner.parents.end());
    std::string& done = children[clip].steps;
    if (!done.empty()) done += ';';
    done += fmt::format("mixup({},{})", core::format_double(lambda), partners[clip]);
  }
}

void Augmenter::record(const std::vector<Child>& children, std::int64_t epoch) {
  if (epoch != epoch_) drawn_ = 0;
  epoch_ = epoch;
  for (const Child& child : children) {
    ++drawn_;
    if (child.steps.empty()) continue;
    ++children_;
    parents_.insert(child.parents.begin(), child.parents.end());
    ids_.field(fmt::format("{}.{}:{}:{}", epoch, drawn_, fmt::join(child.parents, "+"), child.steps));
  }
}

model::Lineage Augmenter::lineage(std::string phase) {
  return {.phase = std::move(phase), .children = children_, .parents = {parents_.begin(), parents_.end()}, .digest = ids_.hex()};
}

}  // namespace mexbench::train
