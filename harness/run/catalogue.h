// What the concrete rooms of floor 3 (models/, datasets/) contribute, handed in by the program: harness/run knows none of them.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/config/experiment.h"
#include "harness/core/result.h"
#include "harness/data/adaptation.h"
#include "harness/data/adapter.h"
#include "harness/data/manifest.h"
#include "harness/engine/support.h"

namespace mexbench::run {

struct ModelFacts {
  bool opened_late = false;  // what the model takes is known only when its file is opened: a worker tries it before the folds
  std::string title;
  std::string paper;
  std::string verified;               // fixture | shapes | none
  int numeric_version = 1;            // of the model's own arithmetic: in the science hash above 1
  std::vector<std::string> channels;  // what the model takes, in order; empty: any
  std::string sizes;                  // of images, in words: "28x28"; empty: any
  data::ImageSize image;              // the one it was published with; zeros: not known
  std::function<bool(std::int64_t height, std::int64_t width)> takes_size;
  // Parameters to set for images of another size; an empty object: none make it take them.
  std::function<nlohmann::json(std::int64_t height, std::int64_t width)> params_for_size;
  std::int64_t classes = 0;         // outputs with these parameters; 0: as many as the data have
  std::string classes_param;        // the parameter to change when they do not fit
  std::int64_t input_channels = 0;  // 0: any number
  // Parameters to set for another number of channels; an empty object: none make it take them.
  std::function<nlohmann::json(std::int64_t channels)> params_for_channels;
  bool by_meaning = false;  // takes `channels` and no others, which mean what they are called
  // The range of the values it was published with; equal: not known, or without meaning to it.
  double low = 0.0;
  double high = 0.0;
  std::string middle_param;       // the parameter that is the middle of the range of the values when it is not given; empty: none
  std::int64_t least_frames = 0;  // of a volume, whose channels are frames in order of time (t00, t01, ..); 0: channels are no frames
  // Why the fused engine can't express the network with these parameters, which are complete, at a size that it takes; an empty text: it
  // can. Empty: no engine computes the model, which is a method of its own or is run by OpenCV.
  std::function<std::string(const nlohmann::json& params, std::int64_t height, std::int64_t width)> fused_obstacle;
};

struct Catalogue {
  // Facts of a model with checked parameters. kUsage when the name is unknown.
  std::function<core::Result<ModelFacts>(const config::ModelSpec&)> model;
  // Whether the adapter's corpus is generated rather than found: it is rendered below the output folder when it is not there.
  std::function<bool(const std::string& adapter)> is_generated;
  // What the corpus gives, as far as that is known without reading it. kUsage for options that are wrong together.
  std::function<core::Result<data::CorpusOutline>(const config::DatasetSpec&)> outline;
  // Lists and digests the corpus.
  std::function<core::Result<data::Manifest>(const config::DatasetSpec&)> manifest;
};

}  // namespace mexbench::run
