// What mexbench and mexbench-worker say to each other. One worker serves many tasks, one after the other.
//
//   request            answers
//   hello              done {environment, private_bytes}      memory of its own before its first fold, or null
//   render             done                                   makes a generated corpus on disk
//   prepare            progress..., done                      executes the input recipe into the shared tensor
//   probe              done                                   a fold task: can its model be opened, and does it take the clips?
//   fold               epoch..., done                         one fold task
//   parity             done {results}
//   inspect            done {inspection}                      layers, FLOPs and untrained parameters of a network
//   time               progress..., done                      samples of a model on the test clips of a fold task (cli/worker_latency.h)
//   first_answer       done                                   opens a fold task's model and answers one clip
//   any                failed {code, diagnostics}
//
// Labels stay with the parent. A fold task has training targets, and test rows as opaque positions: no class name, no corpus path.
// The tensor is a memory file of (clips, channels, height, width) float32 that workers map read-only.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/core/ids.h"
#include "harness/core/profile.h"
#include "harness/core/result.h"
#include "harness/data/adaptation.h"
#include "harness/data/channels.h"

namespace mexbench::run {

inline constexpr int kChannelDescriptor = 3;  // of a worker
inline constexpr int kTensorDescriptor = 4;

struct TensorShape {
  std::int64_t clips = 0;
  std::int64_t channels = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
  [[nodiscard]] std::int64_t numbers_per_clip() const { return channels * height * width; }
  [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(clips * numbers_per_clip()) * sizeof(float); }
};

struct FoldTask {
  core::FoldId fold;
  core::Seed seed;
  std::string model;
  nlohmann::json params = nlohmann::json::object();
  std::string file;                // that the model itself stands in; empty: a model of ours
  std::string init;                // state dictionary of starting values; empty: random ones
  std::vector<std::string> fresh;  // beginnings of the names of parameters that `init` leaves random
  std::string weights;             // file to load; empty: fit
  std::string engine;              // that computes the network: libtorch | fused; empty: the model is no network
  nlohmann::json train;            // recipe; null when none applies
  TensorShape tensor;
  std::vector<std::int64_t> channels;  // positions in the tensor's channels, in the model's order
  data::Adaptation adaptation;         // of these channels
  data::ImageChannels images;          // those channels' names, and the range of the values
  std::int64_t classes = 0;
  std::vector<std::int64_t> train_rows, validation_rows, test_rows;  // rows of the tensor, which lies in no telling order
  std::vector<std::int64_t> train_order, validation_order;           // ranks among both in the manifest, for a refit on both
  std::vector<float> train_targets, validation_targets;              // row-major clips x classes
  // One number per clip, the same for the same subject or dataset on both sides.
  std::vector<std::int32_t> train_subjects, validation_subjects;
  std::vector<std::int32_t> train_datasets, validation_datasets;
  bool record_epochs = false;
  std::string save_weights;  // path of the file to write; empty: none
  bool profile = false;      // say where the time went
};

[[nodiscard]] nlohmann::json to_json(const FoldTask& task);
[[nodiscard]] FoldTask fold_task_from_json(const nlohmann::json& source);  // throws nlohmann::json::exception

[[nodiscard]] nlohmann::json to_json(const core::Profile& profile);
[[nodiscard]] core::Profile profile_from_json(const nlohmann::json& source);  // throws nlohmann::json::exception

[[nodiscard]] nlohmann::json error_message(const core::Error& error);  // {"type": "failed", ...}
[[nodiscard]] core::Error error_from_message(const nlohmann::json& message);

}  // namespace mexbench::run
