// The adapter of a corpus that comes as folders of frames with a sheet: what differs between such corpora is data.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/frames/frame_corpus.h"
#include "datasets/frames/release.h"
#include "datasets/registry.h"
#include "harness/data/annotation.h"

namespace mexbench::datasets::frames {

struct SheetCorpus {
  std::string id;       // of adapter, dataset and annotation format
  std::string summary;  // one line, lower case
  ReleaseLayout layout;
  std::vector<std::string_view> sheets;                            // beginnings of the sheet's name: "CASME2-coding"
  std::function<std::string(const data::AnnotationRow&)> subject;  // its folder: "sub01"
  std::vector<CorpusLabels> labels;                                // the usual map first
};

// Options: annotation, release (where there are several), and frame_options().
[[nodiscard]] AdapterInfo adapter_info(const SheetCorpus& corpus);

}  // namespace mexbench::datasets::frames
