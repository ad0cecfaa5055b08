#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/model/state_dict.h"

namespace mexbench::model {
namespace {

TensorData zeros(std::string name, std::vector<std::int64_t> shape, DType dtype = DType::kFloat32) {
  TensorData out{std::move(name), dtype, std::move(shape), {}};
  out.bytes.resize(static_cast<std::size_t>(out.numbers()) * bytes_per_number(dtype));
  return out;
}

const std::vector<ExpectedTensor> kExpected{
    {"fc.weight", {3, 4}}, {"fc.bias", {3}}, {"bn.num_batches_tracked", {}, /*floating=*/false, /*optional=*/true}};

TEST(CheckStateDict, AcceptsWhatTheNetworkWantsInAnyOrder) {
  EXPECT_TRUE(check_state_dict({{zeros("fc.bias", {3}), zeros("fc.weight", {3, 4})}}, kExpected, "w.pth").ok());
  EXPECT_TRUE(check_state_dict({{zeros("fc.weight", {3, 4}, DType::kFloat16), zeros("bn.num_batches_tracked", {}, DType::kInt64),
                                 zeros("fc.bias", {3}, DType::kFloat64)}},
                               kExpected, "w.pth")
                  .ok());
}

TEST(CheckStateDict, ListsEveryProblemAtOnce) {
  const StateDict state{{zeros("fc.weight", {4, 3}), zeros("fc.bais", {3}), zeros("bn.num_batches_tracked", {}, DType::kFloat32)}};
  const auto status = check_state_dict(state, kExpected, "w.pth");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), core::ErrorCode::kData);
  EXPECT_EQ(status.error().render(),
            "w.pth: error: tensor 'fc.weight' is 4 x 3, the network wants 3 x 4\n"
            "w.pth: error: tensor 'fc.bias' (3) is missing\n"
            "      | note: there is a tensor 'fc.bais'\n"
            "w.pth: error: tensor 'bn.num_batches_tracked' is float32, the network wants an integer type\n"
            "w.pth: error: tensor 'fc.bais' (3) is not part of the network\n");
}

TEST(CheckStateDict, IntegersWhereNumbersAreWantedAreAProblem) {
  const auto status = check_state_dict({{zeros("fc.weight", {3, 4}, DType::kInt32), zeros("fc.bias", {3})}}, kExpected, "w.pth");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message(), "tensor 'fc.weight' is int32, the network wants a floating-point type");
}

TEST(CheckStateDict, AnEmptyStateMissesEverythingThatIsNotOptional) {
  const auto status = check_state_dict({}, kExpected, "w.pth");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().diagnostics().size(), 2U);
}

}  // namespace
}  // namespace mexbench::model
