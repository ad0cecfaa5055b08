// The section on latency: what `mexbench bench` measured of the runs (harness/latency/record.h), beside their scores.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/latency/record.h"
#include "reports/cells.h"

namespace mexbench::reports {

// One run that was timed.
struct LatencyView {
  std::size_t run = 0;  // place in ReportView::runs
  latency::Record record;
};

// A run in the figure: its p50, in milliseconds, against the UF1 of all its clips.
struct LatencyPoint {
  std::size_t timed = 0;  // place in LatencySection::runs
  double p50 = 0.0;
  std::optional<double> p99;  // nothing: too few samples for one
  double uf1 = 0.0;
  IntervalCell interval;  // of uf1
  bool valid = true;      // no rule of the series or of the whole measurement is broken
  bool front = false;     // on the Pareto front of the valid points
};

// Runs whose points may be compared: of the same clips under one protocol, timed on one machine in one environment by one series.
struct LatencyGroup {
  std::string series;                // "end-to-end"; "single-stream" where some run of the group has not timed the former
  std::vector<std::size_t> timed;    // places in LatencySection::runs
  std::vector<LatencyPoint> points;  // of the runs with that series, a p50 and a UF1, from the fastest
  std::size_t machine = 0;           // place in LatencySection::machines
};

struct LatencyMachine {
  latency::Machine machine;  // as the first run has it; its load and clock are those of that moment
  std::string environment_hash;
  std::vector<std::size_t> timed;  // places in LatencySection::runs
};

struct LatencySection {
  std::vector<LatencyView> runs;     // in the order of ReportView::runs
  std::vector<std::size_t> without;  // runs without a latency.json, places in ReportView::runs
  std::vector<LatencyMachine> machines;
  std::vector<LatencyGroup> groups;
  std::vector<std::string> sentences;
};

}  // namespace mexbench::reports
