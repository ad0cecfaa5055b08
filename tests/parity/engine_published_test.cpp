// The fused engine on weights that others made: parity fixtures, and the 68 released networks of STSTNet.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <iostream>

#include "harness/core/files.h"
#include "harness/engine/learner.h"
#include "harness/eval/metrics.h"
#include "harness/model/state_dict.h"
#include "harness/train/learner.h"
#include "models/modules.h"
#include "models/registry.h"
#include "parity/support.h"

namespace mexbench::models {
namespace {

namespace fs = std::filesystem;
core::Result<engine::Description> description_for(const std::string& name, const nlohmann::json& given, std::int64_t height,
                                                  std::int64_t width) {
  const ModelCard& card = *find_model(name);
  MEXBENCH_ASSIGN(const nlohmann::json params, resolve_params(card, given));
  return describe(card, params, height, width);
}

TEST(FusedEngine, MeetsTheFixturesOfThePublishedCode) {
  MEXBENCH_DATA_OR_SKIP(data);
  for (const char* const name : {"ststnet", "offapexnet", "sssnet"}) {
    SCOPED_TRACE(name);
    const fs::path folder = data / "parity" / name;
    const nlohmann::json fixture = nlohmann::json::parse(core::read_file(folder / "fixture.json").value());
    const auto input = model::read_tensor(folder / "input.pt");
    const auto wanted = model::read_tensor(folder / "output_eval.pt");
    ASSERT_TRUE(input && wanted);
    const auto description = description_for(name, fixture.at("constructor"), input->shape[2], input->shape[3]);
    ASSERT_TRUE(description) << description.error().render();
    const auto network = engine::load_model(*description, folder / "state_dict.pth");
    ASSERT_TRUE(network) << network.error().render();
    const std::vector<float> numbers = input->to_float32();
    const auto scores = (*network)->predict({.data = numbers.data(), .shape = input->shape});
    ASSERT_TRUE(scores) << scores.error().render();
    const std::vector<float> outputs = wanted->to_float32();
    ASSERT_EQ(scores->values.size(), outputs.size());
    double largest = 0.0;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      largest = std::max(largest, std::abs(static_cast<double>(scores->values[i]) - static_cast<double>(outputs[i])));
    }
    std::cout << name << ": outputs differ by at most " << largest << '\n';
    EXPECT_LE(largest, 1e-5);
  }
}

TEST(FusedEngine, GivesTheReleasedNetworksClassesOnAllClips) {
  MEXBENCH_DATA_OR_SKIP(data);
  std::vector<fs::path> images;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(data / "megc2019-flow")) {
    if (entry.path().extension() == ".png") images.push_back(entry.path());
  }
  std::sort(images.begin(), images.end());
  ASSERT_EQ(images.size(), 442U);
  std::vector<float> pixels;
  for (const fs::path& image : images) parity::append_image(image, pixels);
  const model::TensorView clips{.data = pixels.data(), .shape = {442, 3, 28, 28}};
  const auto description = description_for("ststnet", nlohmann::json::object(), 28, 28);
  const auto make = factory("ststnet", nlohmann::json::object());
  ASSERT_TRUE(description && make);
  int files = 0, other_class = 0;
  double largest = 0.0;
  for (const fs::directory_entry& entry : fs::directory_iterator(data / "ststnet-released/weights")) {
    if (entry.path().extension() != ".pth") continue;
    ++files;
    const auto fused = engine::load_model(*description, entry.path());
    const auto library = train::load_model(*make, entry.path());
    ASSERT_TRUE(fused && library) << entry.path();
    const auto ours = (*fused)->predict(clips), theirs = (*library)->predict(clips);
    ASSERT_TRUE(ours && theirs);
    float scale = 0.0F;
    for (const float score : theirs->values) scale = std::max(scale, std::abs(score));
    for (std::size_t clip = 0; clip < 442; ++clip) {
      const auto of = [clip](const model::Scores& scores) { return std::span(scores.values).subspan(clip * 3, 3); };
      if (eval::argmax(of(*ours)) != eval::argmax(of(*theirs))) ++other_class;
      for (std::size_t c = 0; c < 3; ++c) {
        largest = std::max(largest, static_cast<double>(std::abs(of(*ours)[c] - of(*theirs)[c]) / scale));
      }
    }
    EXPECT_EQ((*fused)->weights_digest().value(), (*library)->weights_digest().value());
  }
  EXPECT_EQ(files, 68);
  EXPECT_EQ(other_class, 0);
  std::cout << "scores differ by at most " << largest << " of a file's largest\n";
  EXPECT_LE(largest, 2e-6);
}

}  // namespace
}  // namespace mexbench::models
