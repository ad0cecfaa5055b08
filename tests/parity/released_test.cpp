// The 68 released STSTNet weight files, each on its held-out subject, against the log of the code that wrote them.
#include <gmock/gmock.h>

#include <array>
#include <map>

#include "harness/core/files.h"
#include "harness/core/text.h"
#include "harness/train/learner.h"
#include "models/modules.h"
#include "parity/support.h"

namespace mexbench {
namespace {

namespace fs = std::filesystem;

struct Logged {
  std::vector<int> predicted, truth;
};

// "[0, 1, 2] " -> {0, 1, 2}
std::vector<int> numbers_of(std::string_view text) {
  std::vector<int> out;
  for (const char c : text) {
    if (c >= '0' && c <= '9') out.push_back(c - '0');
  }
  return out;
}

std::map<std::string, Logged> read_log(const fs::path& file) {
  const auto content = core::read_file(file);
  EXPECT_TRUE(content);
  std::map<std::string, Logged> out;
  std::string fold;
  for (const std::string& line : core::split(*content, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string_view value = std::string_view(line).substr(colon + 1);
    if (line.starts_with("Subject:")) fold = core::trim(value);
    if (line.starts_with("Predicted")) out[fold].predicted = numbers_of(value);
    if (line.starts_with("Ground Truth:")) out[fold].truth = numbers_of(value);
  }
  return out;
}

// Images of a fold in the order of the log: class folders, then file names, as bytes.
std::vector<float> read_fold(const fs::path& folder, bool rgb) {
  std::vector<float> pixels;
  const auto classes = core::list_folder(folder);
  EXPECT_TRUE(classes);
  for (const std::string& label : *classes) {
    const auto names = core::list_folder(folder / label);
    EXPECT_TRUE(names);
    for (const std::string& name : *names) parity::append_image(folder / label / name, pixels);
  }
  constexpr std::ptrdiff_t kPlane = std::ptrdiff_t{28} * 28;
  for (auto image = pixels.begin(); rgb && image != pixels.end(); image += 3 * kPlane) {
    std::swap_ranges(image, image + kPlane, image + 2 * kPlane);
  }
  return pixels;
}

struct Outcome {
  int clips = 0, equal_to_log = 0;
  std::array<std::array<double, 3>, 3> confusion{};

  [[nodiscard]] double uf1() const {
    double sum = 0.0;
    for (std::size_t c = 0; c < 3; ++c) {
      double truths = 0.0, guesses = 0.0;
      for (std::size_t other = 0; other < 3; ++other) {
        truths += confusion[c][other];
        guesses += confusion[other][c];
      }
      sum += 2.0 * confusion[c][c] / (truths + guesses);
    }
    return sum / 3.0;
  }
};

void evaluate(const fs::path& data, bool rgb, Outcome& outcome) {
  const auto factory = models::factory("ststnet", nlohmann::json::object());
  ASSERT_TRUE(factory);
  const std::map<std::string, Logged> log = read_log(data / "ststnet-released/STSTNet_python_logfile.txt");
  ASSERT_EQ(log.size(), 68U);
  for (const auto& [fold, logged] : log) {
    SCOPED_TRACE(fold);
    const auto model = train::load_model(*factory, data / "ststnet-released/weights" / (fold + ".pth"));
    ASSERT_TRUE(model) << model.error().render();
    const std::vector<float> pixels = read_fold(data / "megc2019-flow" / fold / "u_test", rgb);
    const auto clips = static_cast<std::int64_t>(logged.predicted.size());
    ASSERT_EQ(pixels.size(), logged.predicted.size() * 3 * 28 * 28);
    const auto scores = (*model)->predict({.data = pixels.data(), .shape = {clips, 3, 28, 28}});
    ASSERT_TRUE(scores) << scores.error().render();
    for (std::size_t clip = 0; clip < logged.predicted.size(); ++clip) {
      const auto row = scores->values.begin() + static_cast<std::ptrdiff_t>(clip * 3);
      const auto guess = std::max_element(row, row + 3) - row;
      ++outcome.clips;
      outcome.equal_to_log += guess == logged.predicted[clip] ? 1 : 0;
      outcome.confusion[static_cast<std::size_t>(logged.truth[clip])][static_cast<std::size_t>(guess)] += 1.0;
    }
  }
}

TEST(ReleasedStstnet, All442PredictionsEqualTheLog) {
  MEXBENCH_DATA_OR_SKIP(data);
  Outcome outcome;
  evaluate(data, /*rgb=*/false, outcome);
  EXPECT_EQ(outcome.clips, 442);
  EXPECT_EQ(outcome.equal_to_log, 442);
  EXPECT_NEAR(outcome.uf1(), 0.7209, 5e-5);
}

TEST(ReleasedStstnet, ExchangedChannelsGiveAnotherResult) {
  MEXBENCH_DATA_OR_SKIP(data);
  Outcome outcome;
  evaluate(data, /*rgb=*/true, outcome);
  EXPECT_LT(outcome.equal_to_log, 442);
  EXPECT_NEAR(outcome.uf1(), 0.3963, 5e-5);
}

}  // namespace
}  // namespace mexbench
