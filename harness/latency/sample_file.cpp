#include "harness/latency/sample_file.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <string_view>

#include "harness/core/csv.h"
#include "harness/core/text.h"
#include "harness/core/text_problems.h"

namespace mexbench::latency {
namespace {

constexpr std::array<std::string_view, 4> kColumns{"series", "index", "clip", "ns"};

}  // namespace

std::string samples_csv(const std::vector<SampleRows>& rows) {
  std::string out = "series,index,clip,ns\n";
  for (const SampleRows& series : rows) {
    const std::string name = core::csv_field(series.series);
    for (std::size_t i = 0; i < series.ns.size(); ++i) {
      const std::string clip = series.clips.empty() ? "" : core::csv_field(series.clips[i].text());
      out += fmt::format("{},{},{},{}\n", name, i, clip, series.ns[i]);
    }
  }
  return out;
}

core::Result<std::vector<SampleRows>> samples_from_csv(const std::string& content, const std::string& file) {
  MEXBENCH_ASSIGN(const std::vector<core::CsvRow> rows, core::parse_csv(content, file));
  core::TextProblems problems(file, content);
  std::array<std::size_t, kColumns.size()> at{};
  for (std::size_t column = 0; column < kColumns.size(); ++column) {
    const std::vector<std::string> header = rows.empty() ? std::vector<std::string>() : rows.front().fields;
    while (at[column] < header.size() && header[at[column]] != kColumns[column]) ++at[column];
    if (at[column] == header.size()) problems.add({.line = 1, .column = 0}, fmt::format("column '{}' is missing", kColumns[column]));
  }
  if (problems.any()) return std::move(problems).error();
  std::vector<SampleRows> out;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const core::CsvRow& row = rows[i];
    if (row.fields.size() != rows.front().fields.size()) {
      problems.add({.line = row.line}, fmt::format("{} fields, {} are wanted", row.fields.size(), rows.front().fields.size()));
      continue;
    }
    if (out.empty() || out.back().series != row.fields[at[0]]) out.push_back({.series = row.fields[at[0]], .clips = {}, .ns = {}});
    SampleRows& series = out.back();
    const auto index = core::parse_int(row.fields[at[1]]);
    const auto ns = core::parse_int(row.fields[at[3]]);
    if (index != static_cast<std::int64_t>(series.ns.size())) {
      problems.add({.line = row.line, .column = row.places[at[1]].column},
                   fmt::format("index is '{}', {} is wanted", row.fields[at[1]], series.ns.size()));
    }
    if (!ns || *ns < 0) {
      problems.add({.line = row.line, .column = row.places[at[3]].column},
                   fmt::format("'{}' is no time: a whole number of nanoseconds is wanted", row.fields[at[3]]));
    }
    if (!row.fields[at[2]].empty()) series.clips.emplace_back(row.fields[at[2]]);
    series.ns.push_back(ns.value_or(0));
  }
  if (problems.any()) return std::move(problems).error();
  return out;
}

}  // namespace mexbench::latency
