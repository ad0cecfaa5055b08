// Look-alike corpora in a temporary folder, and what their truth says.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/lookalike/lookalike.h"
#include "harness/core/csv.h"
#include "harness/core/files.h"
#include "harness/preprocess/lookalike_render.h"

namespace mexbench::test {

// Small and fast: three people, nine frames at most, 48 pixels high.
inline nlohmann::json small(const nlohmann::json& more = nlohmann::json::object()) {
  nlohmann::json options = {{"subjects", 3}, {"clips_per_subject", 3}, {"max_frames", 9}, {"size", 48}};
  options.update(more);
  return options;
}

// `given` as at the command line. A failure of the test when it can't be planned.
inline data::Lookalike planned(std::string_view layout, const nlohmann::json& given = small()) {
  const auto options = datasets::complete_layout_options(layout, given);
  if (!options) {
    ADD_FAILURE() << options.error().render();
    return {};
  }
  auto corpus = datasets::plan_lookalike(*options);
  if (!corpus) ADD_FAILURE() << corpus.error().render();
  return corpus ? std::move(corpus).value() : data::Lookalike();
}

inline void render(std::string_view layout, const nlohmann::json& given, const std::filesystem::path& root, int threads = 2) {
  const core::Status status = preprocess::render_lookalike(planned(layout, given), root, {}, threads);
  EXPECT_TRUE(status.ok()) << status.error().render();
}

// truth.csv: rows by column name.
inline std::vector<std::map<std::string, std::string>> truth_of(const std::filesystem::path& root) {
  std::vector<std::map<std::string, std::string>> out;
  const auto content = core::read_file(root / "truth/truth.csv");
  if (!content) {
    ADD_FAILURE() << content.error().render();
    return out;
  }
  const auto rows = core::parse_csv(*content, "truth.csv");
  for (std::size_t i = 1; i < rows->size(); ++i) {
    for (std::size_t column = 0; column < (*rows)[i].fields.size(); ++column) {
      if (column == 0) out.emplace_back();
      out.back()[rows->front().fields[column]] = (*rows)[i].fields[column];
    }
  }
  return out;
}

}  // namespace mexbench::test
