// A look-alike: a corpus of drawn faces in the exact folders, frame numbers and sheets of a released corpus whose faces can't be passed on.
// This is what a layout (datasets/lookalike) plans and a renderer (harness/preprocess) draws: values, free of both.
//
// On disk, beside what the release has:
//   <root>/lookalike.json      {"schema": "mexbench.lookalike/1", "version", "options", "truth_sha256"}
//   <root>/truth/truth.csv     what really moves in which frames, whatever the sheet says (truth_csv)
//   <root>/truth/*.flo         the motion field of every movement from onset to apex (Middlebury format): of each pixel of the onset frame,
//                              how many pixels to the right and downwards what it shows lies in the apex frame. All motion of the image:
//                              expression and head
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "harness/core/result.h"
#include "harness/data/action_unit.h"
#include "harness/data/workbook_write.h"

namespace mexbench::data {

// Raised when the renderer's or a layout's bytes change.
inline constexpr int kLookalikeVersion = 1;

// One facial movement. Frames are those that are drawn; a sheet with the release's slips may say others.
struct Movement {
  std::string clip;   // EP02_01f
  std::string label;  // native
  std::string action_units;
  std::int64_t onset = 0;
  std::int64_t apex = 0;
  std::int64_t offset = 0;
  double strength = 1.0;  // 1: micro-expression
};

// A folder of numbered frames of one subject, first to last without a gap. Faces outside their movements are at rest.
struct Footage {
  std::string subject;  // release's folder form: sub01
  std::string folder;   // relative to the corpus: CASME2_RAW_selected/sub01/EP02_01f
  std::string before;   // of the number: "img"
  int digits = 1;       // the number is padded with zeros to as many
  std::string after;    // of the number: ".jpg"
  std::int64_t first = 1;
  std::int64_t last = 1;
  std::vector<Movement> movements;  // in time, none over another; may be none

  [[nodiscard]] std::string frame_name(std::int64_t number) const;
};

// A file beside the frames: a workbook, or bytes as they are.
struct PlannedFile {
  std::string path;
  std::variant<std::string, std::vector<WrittenSheet>> content;
};

struct Lookalike {         // NOLINT(bugprone-exception-escape): moving JSON throws nothing
  std::string layout;      // "casme2", also the dataset's id
  nlohmann::json options;  // complete, `layout` among them: the corpus is a function of them
  int width = 0;           // of a frame, in pixels
  int height = 0;
  double fps = 0.0;
  bool colour = true;
  int jpeg_quality = 95;
  double intensity = 1.0;     // of movements
  double noise = 1.0;         // of the sensor, 1.5 grey levels (standard deviation) each
  double illumination = 1.0;  // of the light's drift
  double head_motion = 1.0;
  bool blinks = true;
  std::uint64_t seed = 1;
  std::vector<Footage> footage;  // by folder
  std::vector<PlannedFile> files;
};

// Where the motion field of a movement lies: truth/<subject>_<clip>_<onset>.flo.
[[nodiscard]] std::string flow_path(const Footage& footage, const Movement& movement);

// dataset,subject,clip,label,aus,onset,apex,offset,flow,frames; a row for each movement, in the order of footage; `frames` is the folder.
[[nodiscard]] std::string truth_csv(const Lookalike& corpus);

// lookalike.json, and whether `root` holds this very corpus already (corpus_marker.h).
[[nodiscard]] std::string lookalike_json(const Lookalike& corpus);
[[nodiscard]] core::Result<bool> lookalike_is_rendered(const Lookalike& corpus, const std::filesystem::path& root);

// Fails with kUsage: frames out of order, movements over each other, a folder, file or motion field twice. A plan that fails is a layout's
// mistake.
[[nodiscard]] core::Status check_lookalike(const Lookalike& corpus);

}  // namespace mexbench::data
