// Values of PyTorch 1.13 (Debian's python3-torch, no MKL), printed with nine digits:
//   torch.manual_seed(7); torch.empty(8).uniform_(-0.5, 0.5)
#include "harness/engine/random.h"

#include <gmock/gmock.h>

#include <numeric>
#include <random>
#include <vector>

namespace mexbench::engine {
namespace {

using ::testing::ElementsAre;

TEST(LibTorchRandom, UniformNumbersAreThoseOfTensorUniform) {
  LibTorchRandom random(7);
  std::vector<float> numbers(8);
  random.uniform(numbers, -0.5, 0.5);
  EXPECT_THAT(numbers, ElementsAre(0.0349225402F, -0.301196814F, 0.159211695F, 0.156890273F, -0.267238438F, -0.0749385953F, -0.292913973F,
                                   0.129736364F));
}

TEST(LibTorchRandom, TheLow32BitsOfASeedCount) {
  LibTorchRandom random((std::uint64_t{1} << 33U) + 5);
  std::vector<float> numbers(4);
  random.uniform(numbers, 0.0, 2.0);
  EXPECT_THAT(numbers, ElementsAre(1.66050375F, 0.252221823F, 1.81493938F, 1.63985407F));
}

TEST(LibTorchRandom, BernoulliNumbersAreThoseOfTensorBernoulli) {
  LibTorchRandom random(7);
  std::vector<std::uint8_t> drawn(40);
  random.bernoulli(drawn, 0.3);
  EXPECT_THAT(drawn, ElementsAre(1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1,
                                 1, 1, 0, 0));
}

// More draws than a state of the generator has words, in pieces of odd lengths, and what comes after them.
TEST(LibTorchRandom, DrawsGoOnWhereTheyStopped) {
  LibTorchRandom random(7);
  std::vector<std::uint8_t> drawn(2000);
  std::span<std::uint8_t> rest = drawn;
  for (const std::size_t piece : {1U, 311U, 2U, 313U, 700U, 673U}) {
    random.bernoulli(rest.first(piece), 0.25);
    rest = rest.subspan(piece);
  }
  ASSERT_TRUE(rest.empty());
  EXPECT_EQ(std::accumulate(drawn.begin(), drawn.end(), 0), 483);
  EXPECT_THAT(std::vector<std::uint8_t>(drawn.end() - 12, drawn.end()), ElementsAre(0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0));
  std::vector<float> numbers(2);
  random.uniform(numbers, -0.5, 0.5);
  EXPECT_THAT(numbers, ElementsAre(-0.168215632F, -0.125308275F));
}

// uniform_() takes 24 bits of one word: those of the standard library's generator.
TEST(LibTorchRandom, WordsAreThoseOfTheMersenneTwister) {
  LibTorchRandom random(123);
  std::mt19937 standard(123);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the seed is the point
  std::vector<float> numbers(3000);
  random.uniform(numbers, 0.0, 1.0);
  for (const float number : numbers) ASSERT_EQ(number, static_cast<float>(standard() & 0xffffffU) * 0x1.0p-24F);
}

TEST(LibTorchRandom, CertainAndImpossibleEventsAre) {
  LibTorchRandom random(1);
  std::vector<std::uint8_t> drawn(700, 7);
  random.bernoulli(drawn, 1.0);
  EXPECT_THAT(drawn, ::testing::Each(1));
  random.bernoulli(drawn, 0.0);
  EXPECT_THAT(drawn, ::testing::Each(0));
}

}  // namespace
}  // namespace mexbench::engine
