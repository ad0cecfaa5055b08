// From described clips and a folder of frames to a manifest: the part that all corpora of frames share. What a release describes is held
// against what is on disk: every clip's folder, its onset, apex and offset frame, and no gap between them. All problems are told at once.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "datasets/registry.h"
#include "harness/core/result.h"
#include "harness/data/adapter.h"

namespace mexbench::datasets::frames {

// A clip as its release describes it.
struct DescribedClip {
  std::string subject;                // the release's folder form: sub01
  std::string name;                   // EP02_01f
  std::string folder;                 // its frames, relative to the release: sub01/EP02_01f
  std::string label;                  // native
  std::optional<std::int64_t> onset;  // nothing: the folder's first frame
  std::optional<std::int64_t> apex;
  std::optional<std::int64_t> offset;  // nothing: the folder's last frame
  core::SourcePosition where;          // file that describes it; empty when the folder does
  std::string place;                   // in it: "row 17"

  [[nodiscard]] std::string key() const { return subject + "/" + name; }
};

// A label map of one corpus, with the clips its authors leave out.
struct CorpusLabels {
  data::LabelMap map;
  std::set<std::string> excluded;  // keys: sub05/EP09_05f
  std::set<std::string> no_class;  // native labels that are of no class; any other that the map does not know is an error
};

struct FrameCorpus {
  std::string adapter;
  std::string dataset;
  std::filesystem::path root;  // DescribedClip::folder is relative to it
  std::string release;         // for the notes; may be empty
  std::vector<DescribedClip> clips;
  std::vector<std::string> folders;  // clip folders there are on disk, relative to root
  CorpusLabels labels;
  data::InputRecipe input;
  nlohmann::json options;  // complete: frame_options() among them
  // Rows that are known not to be plain, from the card: key and rule.
  std::set<std::pair<std::string, std::string>> listed;
  std::vector<std::string> notes;
};

// apex, apex_policy, and those of input_options(). `annotated`: the release has apexes.
[[nodiscard]] std::vector<OptionDef> frame_options(bool annotated);
// Fails with kUsage: flow wants an apex and the options say of none.
[[nodiscard]] core::Status check_frame_options(const nlohmann::json& options, std::string_view title);

// Fails with kData.
[[nodiscard]] core::Result<data::Manifest> build_manifest(const FrameCorpus& corpus);

}  // namespace mexbench::datasets::frames
