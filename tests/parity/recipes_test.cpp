// The capsule margin loss against the one that the published code of CapsuleNet gave for the outputs of its fixture.
#include <gtest/gtest.h>

#include <fstream>

#include "harness/train/loss.h"
#include "parity/support.h"

namespace mexbench::parity {
namespace {

TEST(Recipes, MarginLossIsThatOfTheReleasedCapsuleNet) {
  MEXBENCH_DATA_OR_SKIP(data);
  const std::filesystem::path folder = data / "parity/capsulenet_head";
  const nlohmann::json fixture = nlohmann::json::parse(std::ifstream(folder / "fixture.json"));
  const auto labels = fixture.at("margin_loss_labels").get<std::vector<std::int64_t>>();
  std::ifstream table(folder / "output_eval.csv");
  std::string cell;
  std::getline(table, cell);  // names of the columns: sample, out0, out1, out2
  std::vector<float> lengths;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    std::getline(table, cell, ',');
    for (const char end : {',', ',', '\n'}) {
      std::getline(table, cell, end);
      lengths.push_back(std::stof(cell));
    }
  }
  // The published code has these margins instead of the 0.9 and 0.1 of Sabour et al.
  const train::LossFunction loss({.kind = train::Loss::Kind::kCapsuleMargin, .m_plus = 0.99, .m_minus = 0.01, .lambda = 0.5}, std::nullopt);
  const torch::Tensor value = loss.of_labels(torch::tensor(lengths).reshape({-1, 3}), torch::tensor(labels));
  EXPECT_NEAR(value.item<double>(), fixture.at("margin_loss").get<double>(), 1e-6);
}

}  // namespace
}  // namespace mexbench::parity
