// Reads what PyTorch wrote: every type, strides, shared storages, checkpoints, both formats.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "unit/model/sample_files.h"

namespace mexbench::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing_samples::content;
using testing_samples::counting;
using testing_samples::names;
using testing_samples::parse;
using testing_samples::refusal;

class BothFormats : public testing::TestWithParam<const char*> {
 protected:
  static StateDict read(const std::string& name) {
    auto state = parse(content(name + "." + GetParam() + ".pth"));
    EXPECT_TRUE(state.ok()) << state.error().render();
    return state ? std::move(state).value() : StateDict{};
  }
};
INSTANTIATE_TEST_SUITE_P(TorchSave, BothFormats, testing::Values("zip", "legacy"),
                         [](const auto& sample) { return std::string(sample.param); });

const std::vector<std::string> kNet{
    "conv.weight", "conv.bias", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var", "bn.num_batches_tracked",
    "fc.weight",   "fc.bias"};

void expect_net(const StateDict& state) {
  ASSERT_EQ(names(state), kNet);
  for (const char* name : {"conv.weight", "conv.bias", "bn.weight", "bn.bias", "fc.weight", "fc.bias"}) {
    const TensorData* tensor = state.find(name);
    EXPECT_EQ(tensor->dtype, DType::kFloat32) << name;
    EXPECT_EQ(tensor->to_float32(), counting(static_cast<std::size_t>(tensor->numbers()))) << name;
  }
  EXPECT_THAT(state.find("conv.weight")->shape, ElementsAre(2, 1, 2, 2));
  EXPECT_THAT(state.find("bn.running_mean")->to_float32(), ElementsAre(0, 0));
  EXPECT_THAT(state.find("bn.running_var")->to_float32(), ElementsAre(1, 1));
  const TensorData* batches = state.find("bn.num_batches_tracked");
  EXPECT_EQ(batches->dtype, DType::kInt64);
  EXPECT_TRUE(batches->shape.empty());
  EXPECT_EQ(batches->bytes, std::vector<std::byte>(8, std::byte{0}));
}

TEST_P(BothFormats, EveryTypeKeepsItsNumbers) {
  const StateDict state = read("every_type");
  ASSERT_EQ(state.tensors.size(), 12U);
  const std::vector<float> floating = counting(6);
  const std::vector<float> integers{-2, -1, 0, 1, 2, 3};
  const std::vector<float> unsigned_integers{0, 1, 2, 3, 4, 5};
  const std::vector<float> flags{0, 1, 0, 1, 0, 1};
  const std::vector<std::pair<DType, std::vector<float>>> expected{
      {DType::kFloat64, floating},        {DType::kFloat32, floating}, {DType::kFloat16, floating}, {DType::kBFloat16, floating},
      {DType::kInt64, integers},          {DType::kInt32, integers},   {DType::kInt16, integers},   {DType::kInt8, integers},
      {DType::kUInt8, unsigned_integers}, {DType::kBool, flags}};
  for (const auto& [dtype, numbers] : expected) {
    const TensorData* tensor = state.find(to_string(dtype));
    ASSERT_NE(tensor, nullptr) << to_string(dtype);
    EXPECT_EQ(tensor->dtype, dtype);
    EXPECT_THAT(tensor->shape, ElementsAre(2, 3));
    EXPECT_EQ(tensor->bytes.size(), 6 * bytes_per_number(dtype));
    EXPECT_EQ(tensor->to_float32(), numbers) << to_string(dtype);
  }
  EXPECT_TRUE(state.find("scalar")->shape.empty());
  EXPECT_THAT(state.find("scalar")->to_float32(), ElementsAre(7));
  EXPECT_THAT(state.find("none")->shape, ElementsAre(0, 4));
  EXPECT_TRUE(state.find("none")->bytes.empty());
}

TEST_P(BothFormats, ViewsComeOutContiguousWhateverTheirStrides) {
  const StateDict state = read("every_view");
  const auto numbers = [&](const char* name) { return state.find(name)->to_float32(); };
  EXPECT_THAT(numbers("base"), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
  EXPECT_THAT(state.find("transposed")->shape, ElementsAre(4, 3));
  EXPECT_THAT(numbers("transposed"), ElementsAre(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11));
  EXPECT_THAT(numbers("column"), ElementsAre(1, 5, 9));
  EXPECT_THAT(numbers("every_other"), ElementsAre(0, 2, 8, 10));
  EXPECT_THAT(numbers("tail"), ElementsAre(4, 5, 6, 7, 8, 9, 10, 11));
  EXPECT_EQ(numbers("tied"), numbers("base"));
  EXPECT_THAT(state.find("expanded")->shape, ElementsAre(2, 3));
  EXPECT_THAT(numbers("expanded"), ElementsAre(3, 3, 3, 5, 5, 5));
  const auto permuted = numbers("permuted");
  ASSERT_EQ(permuted.size(), 24U);
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(permuted[(i * 2 + j) * 3 + k], static_cast<float>(j * 12 + k * 4 + i));
    }
  }
}

TEST_P(BothFormats, OrderedDictWithMetadataIsReadInItsOrder) { expect_net(read("net")); }

TEST_P(BothFormats, DataParallelPrefixIsRemoved) { expect_net(read("data_parallel")); }

TEST_P(BothFormats, CheckpointsNestUnderStateDictOrModelBesideOptimizerState) {
  expect_net(read("under_state_dict"));
  expect_net(read("under_model"));
  expect_net(read("protocol_4"));
}

TEST_P(BothFormats, ParametersAreTensors) {
  const StateDict state = read("parameters");
  EXPECT_THAT(names(state), ElementsAre("conv.weight", "conv.bias", "bn.weight", "bn.bias", "fc.weight", "fc.bias"));
  EXPECT_EQ(state.find("fc.bias")->to_float32(), counting(3));
}

TEST_P(BothFormats, EqualWeightsHaveEqualDigestsWhateverTheirFile) {
  const std::string digest = weights_digest(read("net"));
  EXPECT_EQ(digest, weights_digest(read("data_parallel")));
  EXPECT_EQ(digest, weights_digest(read("under_model")));
  EXPECT_EQ(digest.size(), 64U);
  EXPECT_NE(digest, weights_digest(read("parameters")));
}

TEST_P(BothFormats, SingleTensorIsReadAsOneAndRefusedAsStateDict) {
  const std::string bytes = content(std::string("tensor.") + GetParam() + ".pth");
  const auto tensor = parse_tensor(testing_samples::as_bytes(bytes), "tensor.pth");
  ASSERT_TRUE(tensor.ok()) << tensor.error().render();
  EXPECT_EQ(tensor->name, "");
  EXPECT_THAT(tensor->shape, ElementsAre(4, 3));
  EXPECT_THAT(tensor->to_float32(), ElementsAre(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11));
  EXPECT_EQ(refusal(bytes), "holds a tensor, not a state dictionary; save model.state_dict()");
  const auto net = parse_tensor(testing_samples::as_bytes(content("net.zip.pth")), "net.pth");
  ASSERT_FALSE(net.ok());
  EXPECT_EQ(net.error().message(), "holds a dictionary, not one tensor");
}

TEST(RefusedSamples, EachSaysWhatItIs) {
  EXPECT_THAT(refusal(content("whole_module.refused.pth")), HasSubstr("refuses 'torch.nn.modules.container.Sequential'"));
  EXPECT_THAT(refusal(content("mixed.refused.pth")),
              HasSubstr("a state dictionary with entries that are not tensors: 'epoch' is an integer"));
  EXPECT_THAT(refusal(content("ambiguous.refused.pth")), HasSubstr("two dictionaries, 'state_dict' and 'model'"));
  EXPECT_THAT(refusal(content("no_tensors.refused.pth")), HasSubstr("holds no tensors: 'epoch' is an integer, 'lr' is a number"));
  EXPECT_THAT(refusal(content("complex.refused.pth")), HasSubstr("refuses 'torch.ComplexFloatStorage'"));
  EXPECT_THAT(refusal(content("sparse.refused.pth")), HasSubstr("refuses 'torch._utils._rebuild_sparse_tensor'"));
  EXPECT_THAT(refusal(content("torchscript.refused.pth")), HasSubstr("TorchScript archive"));
  EXPECT_THAT(refusal(content("plain_pickle.refused.pth")), HasSubstr("torch.save did not write"));
}

TEST(RefusedSamples, MessageNamesTheFile) {
  const auto state = parse_state_dict(testing_samples::as_bytes("not torch"), "weights/sub01.pth");
  ASSERT_FALSE(state.ok());
  EXPECT_EQ(state.error().code(), core::ErrorCode::kData);
  EXPECT_EQ(state.error().render(), "weights/sub01.pth: error: not a file of torch.save: it begins with 'not torc'\n");
  EXPECT_THAT(refusal(""), HasSubstr("the file is empty"));
}

TEST(RefusedSamples, MissingFileIsADataError) {
  const auto state = read_state_dict(testing_samples::folder() / "no_such_file.pth");
  ASSERT_FALSE(state.ok());
  EXPECT_EQ(state.error().code(), core::ErrorCode::kData);
  EXPECT_THAT(state.error().render(), HasSubstr("no_such_file.pth"));
}

TEST(Float16, SpecialNumbersWidenExactly) {
  TensorData tensor{"half", DType::kFloat16, {7}, {}};
  // 1, -2, largest 65504, smallest normal 2^-14, smallest subnormal 2^-24, -0, infinity.
  for (const std::uint16_t bits : {0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x8000, 0x7c00}) {
    tensor.bytes.push_back(static_cast<std::byte>(bits & 0xff));
    tensor.bytes.push_back(static_cast<std::byte>(bits >> 8));
  }
  const std::vector<float> numbers = tensor.to_float32();
  EXPECT_THAT(numbers, ElementsAre(1.0F, -2.0F, 65504.0F, 0x1p-14F, 0x1p-24F, 0.0F, std::numeric_limits<float>::infinity()));
  EXPECT_TRUE(std::signbit(numbers[5]));
}

}  // namespace
}  // namespace mexbench::model
