#include "harness/data/lookalike.h"

#include <fmt/format.h>

#include <set>

#include "harness/core/csv.h"
#include "harness/data/corpus_marker.h"

namespace mexbench::data {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

const CorpusMarker& marker() {
  static const CorpusMarker kMarker{.file = "lookalike.json",
                                    .schema = "mexbench.lookalike/1",
                                    .title = "look-alike corpus",
                                    .version = kLookalikeVersion,
                                    .table = "truth/truth.csv",
                                    .digest = "truth_sha256",
                                    .command = "mexbench synth --layout LAYOUT --out ROOT"};
  return kMarker;
}

}  // namespace

std::string Footage::frame_name(std::int64_t number) const { return fmt::format("{}{:0{}}{}", before, number, digits, after); }

std::string flow_path(const Footage& footage, const Movement& movement) {
  return fmt::format("truth/{}_{}_{}.flo", footage.subject, movement.clip, movement.onset);
}

std::string truth_csv(const Lookalike& corpus) {
  std::string out = "dataset,subject,clip,label,aus,onset,apex,offset,flow,frames\n";
  for (const Footage& footage : corpus.footage) {
    for (const Movement& one : footage.movements) {
      out += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", corpus.layout, core::csv_field(footage.subject), core::csv_field(one.clip),
                         core::csv_field(one.label), core::csv_field(one.action_units), one.onset, one.apex, one.offset,
                         core::csv_field(flow_path(footage, one)), core::csv_field(footage.folder));
    }
  }
  return out;
}

std::string lookalike_json(const Lookalike& corpus) { return marker_json(marker(), corpus.options, truth_csv(corpus)); }

core::Result<bool> lookalike_is_rendered(const Lookalike& corpus, const fs::path& root) {
  return is_rendered(marker(), corpus.options, root);
}

core::Status check_lookalike(const Lookalike& corpus) {
  std::set<std::string> places;
  const auto wrong = [&](const std::string& where, std::string_view what) {
    return Error(ErrorCode::kUsage, fmt::format("layout '{}' plans {}: {}", corpus.layout, where, what));
  };
  for (const PlannedFile& file : corpus.files) {
    if (!places.insert(file.path).second) return wrong(file.path, "the file twice");
  }
  for (const Footage& footage : corpus.footage) {
    if (!places.insert(footage.folder).second) return wrong(footage.folder, "the folder twice");
    if (footage.first < 0 || footage.last < footage.first) return wrong(footage.folder, "no frames, or numbers below 0");
    std::int64_t free = footage.first;  // the first frame that may move
    for (const Movement& one : footage.movements) {
      if (one.onset < free || one.apex <= one.onset || one.offset <= one.apex || one.offset > footage.last)
        return wrong(footage.folder, "a movement whose frames are out of order or out of the footage");
      free = one.offset + 1;
      if (!places.insert(flow_path(footage, one)).second) return wrong(flow_path(footage, one), "the motion field twice");
    }
  }
  return {};
}

}  // namespace mexbench::data
