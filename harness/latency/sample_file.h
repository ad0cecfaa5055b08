// latency_samples.csv: every sample that was kept, in the order it was taken. Columns: series,index,clip,ns. `index` counts from 0 within a
// series, `clip` is empty for batches. The stages of end to end are series of their own: "end-to-end:flow".
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/core/ids.h"
#include "harness/core/result.h"

namespace mexbench::latency {

struct SampleRows {
  std::string series;
  std::vector<core::ClipId> clips;  // of each sample; empty for batches
  std::vector<std::int64_t> ns;
  friend bool operator==(const SampleRows&, const SampleRows&) = default;
};

[[nodiscard]] std::string samples_csv(const std::vector<SampleRows>& rows);
// Fails with kData, all problems at once: a column that is missing, an index out of turn, what is no time.
[[nodiscard]] core::Result<std::vector<SampleRows>> samples_from_csv(const std::string& content, const std::string& file);

}  // namespace mexbench::latency
