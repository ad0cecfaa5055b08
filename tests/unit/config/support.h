// A folder of experiment files that goes away with the test, a vocabulary of invented models, and messages without the folder's name.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "harness/config/load.h"
#include "harness/core/files.h"

namespace mexbench::config {

class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / core::unique_name("mexbench-config")) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() {
    std::error_code failure;
    std::filesystem::remove_all(path_, failure);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::filesystem::path write(const std::string& name, std::string_view content) const {
    auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream out(file, std::ios::binary);
    out << content;
    EXPECT_TRUE(out.good());
    return file;
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string without(std::string text) const {
    const std::string prefix = path_.string() + "/";
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at)) text.erase(at, prefix.size());
    return text;
  }

 private:
  std::filesystem::path path_;
};

inline Vocabulary vocabulary() {
  Vocabulary out;
  out.models["ststnet"].params = {
      "three shallow streams",
      {defaulted("classes", integer({.minimum = 2}), 3, "number of classes"),
       defaulted("dropout", number({.minimum = 0, .maximum = 1, .open_maximum = true}), 0.5, "share of units dropped")},
      {}};
  out.models["mlp"].params = {
      "layers", {required("width", integer({.minimum = 1}), "units of a layer"), optional("table", path(), "a file")}, {}};
  out.adapters["megc2019-flow"] = {.options = {"the composite", {}, {}}, .needs_root = true, .label_maps = {"megc2019"}};
  out.adapters["synth"] = {
      .options = {"made up",
                  {defaulted("subjects", integer({.minimum = 2}), 12, "people"), defaulted("intensity", number(), 1.0, "of motion")},
                  {}},
      .needs_root = false,
      .label_maps = {"synth3", "synth2"},
      .datasets = {"casme2", "smic"}};
  out.protocols = protocol_schemas();
  return out;
}

inline constexpr const char* kGood = R"(schema_version: 1
name: demo
dataset: {adapter: synth, label_map: synth3}
protocol: {name: loso}
models:
  - name: ststnet
train:
  epochs: 3
  batch_size: 32
seeds: [0]
)";

inline core::Result<LoadedExperiment> load(const Folder& folder, std::string_view text, std::vector<std::string> overrides = {},
                                           const std::string& name = "e.yaml") {
  return load_experiment(folder.write(name, text), overrides, vocabulary());
}

// Everything of a spec that is not a place.
inline nlohmann::json without_places(const LoadedExperiment& loaded) {
  nlohmann::json out = {{"value", loaded.checked.value}};
  for (const RunSpec& run : expand(loaded.spec)) out["runs"].push_back(loaded.science_json(run));
  return out;
}

// All problems as they are printed; empty when there is none.
inline std::string problems(std::string_view text, std::vector<std::string> overrides = {}) {
  const Folder folder;
  const auto loaded = load(folder, text, std::move(overrides));
  return loaded ? "" : folder.without(loaded.error().render());
}

inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}
inline std::string good_with(std::string_view from, std::string_view to) { return replaced(kGood, from, to); }

}  // namespace mexbench::config
