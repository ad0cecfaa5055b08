// The adapter of a corpus that comes as folders of frames with a sheet: what differs between such corpora is data.
//
// A row finds its folder by a key. The default key is <subject>/<clip>, as most releases lay their folders; a corpus that lays them
// otherwise says what the key of a folder is and which keys a row may have. Keys are compared in lower case.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/frames/frame_corpus.h"
#include "datasets/frames/release.h"
#include "datasets/registry.h"
#include "harness/data/annotation.h"

namespace mexbench::datasets::frames {

// How rows are named and where their frames may lie.
struct RowNames {
  std::function<std::string(const data::AnnotationRow&)> subject;            // the folder form: "sub01"
  std::function<std::vector<std::string>(const data::AnnotationRow&)> keys;  // the first that a folder has counts
};

struct SheetCorpus {
  std::string id;       // of adapter, dataset and annotation format
  std::string summary;  // one line, lower case
  ReleaseLayout layout;
  std::vector<std::string_view> sheets;  // beginnings of the sheet's name: "CASME2-coding"
  // Given the sheet's file, which may itself say how names become folders.
  std::function<core::Result<RowNames>(const std::filesystem::path& sheet)> names;

  // Depth of the clips' folders below the subjects' parent.
  std::size_t least_depth = 2;
  std::size_t most_depth = 2;
  // Of a folder's path in lower case; nothing: it holds no clip.
  std::function<std::optional<std::string>(const std::string& folder)> folder_key = {};

  bool annotated = true;         // the release has apexes
  bool whole_folders = false;    // where a folder is exactly one clip, it tells an onset or offset that the sheet does not
  bool shared_folders = false;   // several clips may lie in one folder
  bool objective_file = false;   // objective classes also come in a file of their own, which may be named
  bool onset_in_name = false;    // clip names are those of videos: the onset makes them unique
  std::string expressions = {};  // which of macro- and micro-expressions are usually meant: micro | macro | all; empty: there are no others
  std::optional<double> fps;     // of the camera; nothing: each row's, if the sheet tells
  // The native label, where it is not simply the column's text.
  std::function<std::string(const data::AnnotationRow&)> label = {};
};

// Names for a release that lays its frames in <subject>/<clip>.
[[nodiscard]] std::function<core::Result<RowNames>(const std::filesystem::path&)> plain_names(
    std::function<std::string(const data::AnnotationRow&)> subject);

// Options: annotation, objective_classes (where they have a file), release (where there are several), expressions (where there are
// macro-expressions), and frame_options().
[[nodiscard]] AdapterInfo adapter_info(const SheetCorpus& corpus);

// The clips of the corpus as the sheet describes them and where the frames lie. `options` as adapter_info() has them.
[[nodiscard]] core::Result<FrameCorpus> find_corpus(const SheetCorpus& corpus, const std::filesystem::path& root,
                                                    const nlohmann::json& options, CorpusLabels labels);

// The label map of a request: its own, or the card's of that name, which check_request() has found.
[[nodiscard]] core::Result<CorpusLabels> labels_of(const data::AdapterRequest& request, std::string_view card);

}  // namespace mexbench::datasets::frames
