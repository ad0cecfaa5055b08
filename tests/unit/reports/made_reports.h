// Reports of runs that are made up, and what is hostile to every format.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "reports/report.h"
#include "unit/reports/run_folders.h"

namespace mexbench::reports::testing {

namespace fs = std::filesystem;

inline const std::string kHostile = "<script>alert(1)</script>a&b_%$#\"'|`x`";

inline ReportData load(const std::vector<MadeRun>& runs) {
  const ScratchFolder out;
  std::vector<fs::path> folders;
  folders.reserve(runs.size());
  for (const MadeRun& run : runs) folders.push_back(run.write(out.path()));
  auto data = load_runs(folders);
  if (!data) {
    ADD_FAILURE() << data.error().render();
    return {};
  }
  return std::move(data).value();
}

// The names of the files a report of the runs has, each of which is there.
inline std::vector<std::string> written(const std::vector<MadeRun>& runs, const fs::path& out) {
  const auto report = write_report(load(runs), out);
  if (!report) {
    ADD_FAILURE() << report.error().render();
    return {};
  }
  std::vector<std::string> names;
  for (const fs::path& file : report->files) {
    EXPECT_TRUE(fs::is_regular_file(file)) << file;
    names.push_back(file.filename().string());
  }
  return names;
}

inline std::size_t times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
  return count;
}

inline std::vector<MadeRun> megc_runs() {
  std::vector<MadeRun> runs{megc_run("ststnet", 0, 0.72), megc_run("ststnet", 1, 0.70), megc_run("offapexnet", 0, 0.66),
                            megc_run("offapexnet", 1, 0.67)};
  for (MadeRun& run : runs) {
    run.run["published"] = {published_result()};
    run.run["description"] = "Two published networks trained from scratch on the MEGC 2019 composite, evaluated leave-one-subject-out.";
  }
  // ststnet recorded its epochs: chosen on the test subjects, every second wrong clip would be right.
  for (std::size_t r = 0; r < 2; ++r) {
    for (std::size_t i = 0; i < runs[r].clips.size(); ++i) {
      runs[r].best_predicted.push_back(i % 2 == 0 ? runs[r].clips[i].truth : runs[r].clips[i].predicted);
    }
  }
  runs[2].model["name"] = runs[3].model["name"] = "offapexnet";
  runs[2].model["verified"] = runs[3].model["verified"] = "shapes";
  runs[3].judge("INVALID", {"subject-overlap: samm/006 is on both sides of fold samm/006"});
  return runs;
}

// Six clips of three subjects (tiny_run) under a label and a seed.
inline MadeRun tiny(const std::string& label, std::uint64_t seed = 0) {
  MadeRun run = tiny_run();
  run.label = label;
  run.seed = seed;
  return run;
}

// Its epochs recorded, those chosen on the test subjects right for every clip.
inline MadeRun recorded(MadeRun run) {
  for (const MadeClip& clip : run.clips) run.best_predicted.push_back(clip.truth);
  return run;
}

// A run in which every name that comes from a file is hostile.
inline MadeRun hostile_run() {
  MadeRun run = tiny_run();
  run.label = "<b>&_%$#";  // a folder name here
  run.classes = {kHostile, "positive", "surprise"};
  for (auto& clip : run.clips) {
    if (clip.dataset == "smic") clip.dataset = "<i>smic&_";
    clip.subject += "<u>&|";
  }
  run.run["description"] = run.run["host"] = run.run["command_redo"] = kHostile;
  run.run["environment"] = {{kHostile, kHostile}};
  run.model["paper"] = run.model["name"] = kHostile;
  run.model["params"] = {{kHostile, kHostile}};
  run.run["dataset"]["notes"] = {kHostile};
  run.run["verdict_reasons"] = run.audit["reasons"] = {kHostile};
  run.audit["rules"] = {{{"rule", kHostile}, {"status", "not-checked"}, {"detail", kHostile}}};
  json published = published_result();
  published["id"] = published["citation"] = published["where"] = published["note"] = published["selection_rule"] = kHostile;
  published["doi"] = "10.1000/\"><script>";
  published["scores"][kHostile] = {{"uf1", 0.5}};
  run.run["published"] = {published};
  return run;
}

}  // namespace mexbench::reports::testing
