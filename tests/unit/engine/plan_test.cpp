#include "harness/engine/plan.h"

#include <gmock/gmock.h>

#include <array>
#include <functional>
#include <stdexcept>
#include <string>

namespace mexbench::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Description ststnet() {
  Description net({.channels = 3, .height = 28, .width = 28});
  std::array<Value, 3> streams;
  constexpr std::array<std::int64_t, 3> kMaps{3, 5, 8};
  for (std::size_t i = 0; i < 3; ++i) {
    streams[i] = net.convolution("conv" + std::to_string(i + 1), net.input(), {.maps = kMaps[i], .kernel = 3, .padding = 2});
  }
  for (std::size_t i = 0; i < 3; ++i) streams[i] = net.batch_norm("bn" + std::to_string(i + 1), net.relu(streams[i]));
  for (Value& stream : streams) stream = net.dropout(net.max_pool(stream, {.kernel = 3, .stride = 3, .padding = 1}), 0.5);
  net.linear("fc", net.average_pool(net.concatenate(streams), {.kernel = 2, .stride = 2}), 3);
  return net;
}

Description two_convolutions(bool norm) {
  Description net({.channels = 2, .height = 17, .width = 13});
  Value value = net.relu(net.convolution("conv1", net.input(), {.maps = 6, .kernel = 3, .padding = 1}));
  if (norm) value = net.batch_norm("bn1", value);
  value = net.dropout(net.max_pool(value, {.kernel = 2, .stride = 2}), 0.3);
  value = net.convolution("conv2", value, {.maps = 20, .kernel = 4, .padding = 0});
  if (norm) value = net.batch_norm("bn2", value);
  value = net.average_pool(net.relu(value), {.kernel = 2, .stride = 1});
  net.linear("fc", net.dropout(net.relu(net.linear("fc1", value, 30)), 0.5), 4);
  return net;
}

std::string refusal(const std::function<void()>& build) {
  try {
    build();
  } catch (const std::invalid_argument& problem) {
    return problem.what();
  }
  return "built";
}

TEST(ADescription, GivesTheShapesThatLibTorchGives) {
  const Description net = ststnet();
  std::vector<Shape> shapes;
  for (const Layer& layer : net.layers()) {
    if (layer.kind == Layer::Kind::kConvolution || layer.kind == Layer::Kind::kMaxPool) shapes.push_back(layer.shape);
  }
  EXPECT_THAT(shapes,
              ElementsAre(Shape{3, 30, 30}, Shape{5, 30, 30}, Shape{8, 30, 30}, Shape{3, 10, 10}, Shape{5, 10, 10}, Shape{8, 10, 10}));
  EXPECT_EQ(net.scores(), 3);
}

TEST(ADescription, RefusesWhatDoesNotFitWithTheLayerAndTheShapes) {
  const Shape small{.channels = 2, .height = 4, .width = 5};
  EXPECT_EQ(refusal([&] {
              Description net(small);
              net.convolution("conv1", net.input(), {.maps = 3, .kernel = 5, .padding = 0});
            }),
            "convolution 'conv1': a window of 5 does not fit into (2, 4, 5)");
  EXPECT_EQ(refusal([&] {
              Description net(small);
              net.max_pool(net.input(), {.kernel = 3, .stride = 1, .padding = 2});
            }),
            "max pooling: padding is at most half the kernel");
  EXPECT_EQ(refusal([&] {
              Description net(small);
              net.dropout(net.input(), 1.0);
            }),
            "dropout: a probability of 1, need one in [0, 1)");
  EXPECT_EQ(refusal([&] {
              Description net(small);
              const std::array<Value, 2> parts{net.input(), net.average_pool(net.input(), {.kernel = 2, .stride = 2})};
              net.concatenate(parts);
            }),
            "concatenation: maps of 4x5 and of 2x2");
  EXPECT_EQ(refusal([&] {
              Description net(small);
              net.channels(net.input(), 1, 2);
            }),
            "channels: 2 from 1 on of (2, 4, 5)");
}

TEST(Units, StreamsThatDoTheSameBecomeOne) {
  const std::vector<Unit> units = units_of(ststnet());
  std::vector<std::string> kinds;
  for (const Unit& unit : units) kinds.emplace_back(to_string(unit.layer.kind));
  EXPECT_THAT(kinds, ElementsAre("input", "convolution", "ReLU", "batch norm", "max pooling", "dropout", "average pooling", "linear"));
  EXPECT_EQ(units[1].layer.shape, (Shape{16, 30, 30}));
  ASSERT_EQ(units[3].parts.size(), 3U);
  EXPECT_EQ(units[3].parts[1].name, "bn2");
  EXPECT_EQ(units[3].parts[1].channels, 5);
}

TEST(Units, StreamsThatDifferStayApart) {
  Description net({.channels = 1, .height = 8, .width = 8});
  const Value one = net.relu(net.convolution("a", net.input(), {.maps = 3, .kernel = 3, .padding = 1}));
  const Value other = net.convolution("b", net.input(), {.maps = 3, .kernel = 3, .padding = 1});
  const std::array<Value, 2> parts{one, other};
  net.linear("fc", net.concatenate(parts), 2);
  EXPECT_EQ(units_of(net).size(), 6U);
}

TEST(Units, WhatThePlanDoesNotKnowIsRefused) {
  Description twice({.channels = 1, .height = 6, .width = 6});
  const Value maps = twice.convolution("a", twice.input(), {.maps = 2, .kernel = 3, .padding = 1});
  const std::array<Value, 2> both{maps, maps};
  twice.linear("fc", twice.concatenate(both), 2);
  EXPECT_THAT(refusal([&] { (void)units_of(twice); }), HasSubstr("layer 1 (convolution) is used 2 times, need once"));
  Description open({.channels = 1, .height = 6, .width = 6});
  (void)open.linear("fc", open.input(), 4);
  (void)open.relu(Value{1});
  EXPECT_THAT(refusal([&] { (void)units_of(open); }), HasSubstr("the last layer is not linear"));
}

// Steps at which each buffer is touched first and last, and whether two that live at once share memory.
void expect_apart(const Plan& plan, const std::vector<Stretch>& program) {
  struct Life {
    std::int64_t first = -1, last = -1, first_stretch = -1, last_stretch = -1;
  };
  std::vector<Life> lives(plan.buffers.size());
  std::int64_t step_number = 0;
  for (std::size_t stretch = 0; stretch < program.size(); ++stretch) {
    for (const Step& step : program[stretch].steps) {
      for (const std::int32_t buffer : {step.from, step.to, step.aux, step.extra}) {
        if (buffer < 0) continue;
        Life& life = lives[static_cast<std::size_t>(buffer)];
        if (life.first < 0) life.first = step_number, life.first_stretch = static_cast<std::int64_t>(stretch);
        life.last = step_number;
        life.last_stretch = static_cast<std::int64_t>(stretch);
      }
      ++step_number;
    }
  }
  for (std::size_t a = 0; a < lives.size(); ++a) {
    for (std::size_t b = a + 1; b < lives.size(); ++b) {
      if (lives[a].first < 0 || lives[b].first < 0) continue;
      const Buffer &one = plan.buffers[a], &other = plan.buffers[b];
      if (one.of_batch != other.of_batch) continue;  // in parts of the arena of their own
      const bool together = one.of_batch
                                ? lives[a].first_stretch <= lives[b].last_stretch && lives[b].first_stretch <= lives[a].last_stretch
                                : lives[a].first <= lives[b].last && lives[b].first <= lives[a].last;
      const bool overlap = one.place < other.place + other.numbers && other.place < one.place + one.numbers;
      EXPECT_FALSE(together && overlap) << "buffers " << a << " and " << b;
    }
  }
  for (std::size_t a = 0; a < lives.size(); ++a) {
    if (lives[a].first < 0) continue;
    const Buffer& buffer = plan.buffers[a];
    EXPECT_EQ(buffer.numbers % 16, 0);
    EXPECT_LE(buffer.place + buffer.numbers, buffer.of_batch ? plan.batch_numbers : plan.clip_numbers);
    EXPECT_TRUE(buffer.of_batch || lives[a].first_stretch == lives[a].last_stretch)
        << "a clip's buffer " << a << " is read by another stretch";
  }
}

TEST(APlan, BuffersThatLiveAtOnceShareNoMemory) {
  for (const std::int64_t lanes : {4, 8, 16}) {
    for (const Description& net : {ststnet(), two_convolutions(true), two_convolutions(false)}) {
      const Plan plan = make_plan(net, lanes);
      expect_apart(plan, plan.train);
      expect_apart(plan, plan.evaluate);
    }
  }
}

TEST(APlan, KeepsNoMapsOfAQuickConvolutionBeforePooling) {
  const Plan plan = make_plan(ststnet(), /*lanes=*/16);
  std::int64_t largest = 0;
  for (const Buffer& buffer : plan.buffers) {
    if (buffer.of_batch) largest = std::max(largest, buffer.numbers);
  }
  EXPECT_EQ(largest, 16 * 10 * 10) << "pooled maps; those of 30x30 are computed again";
  EXPECT_EQ(plan.input_border, 2);
  int convolutions = 0;
  for (const Stretch& stretch : plan.train) {
    for (const Step& step : stretch.steps) convolutions += step.kind == Step::Kind::kConvolve ? 1 : 0;
  }
  EXPECT_EQ(convolutions, 2);
}

TEST(APlan, EvaluationIsOneStretchOfOneClip) {
  const Plan plan = make_plan(two_convolutions(true), /*lanes=*/8);
  ASSERT_EQ(plan.evaluate.size(), 1U);
  EXPECT_FALSE(plan.evaluate.front().of_batch);
}

}  // namespace
}  // namespace mexbench::engine
