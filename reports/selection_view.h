// What choosing the epoch on the test subjects would have reported, beside the honest scores, and what a guesser gets by the same choice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/cells.h"

namespace mexbench::reports {

// One metric of one model. The inflation gap is chosen minus honest, of the same training: the mean is over the seeds that recorded their
// epochs, the range over these.
struct SelectionFigure {
  SpreadCell honest;                 // of the seeds that recorded their epochs; of all of them when none did
  std::optional<SpreadCell> chosen;  // nothing: no seed recorded them
  std::optional<SpreadCell> gap;     // with chosen
};

struct PublishedChoice {
  std::string id;
  double uf1 = 0.0;
};

struct SelectionRow {
  std::size_t model = 0;    // place in ReportView::models
  std::size_t seeds = 0;    // that recorded their epochs
  std::int64_t epochs = 0;  // to choose from, the most of any fold
  bool alike = true;        // every fold has as many
  SelectionFigure uf1;
  SelectionFigure uar;
  std::vector<PublishedChoice> published;  // beside the model, chosen on the test subjects
};

// A guesser that looks at nothing and keeps the best of `epochs` independent epochs for each test subject (stats/best_of_epochs.h): mean
// and 95 % of the draws.
struct GuessPoint {
  std::int64_t epochs = 1;
  SpreadCell uf1;
  SpreadCell uar;
};

// For the models whose folds trained and tested on the same clips.
struct GuessCurve {
  std::vector<std::size_t> models;  // places in ReportView::models
  std::string of;                   // their names; empty when they are all of the group
  std::vector<GuessPoint> points;   // by epochs; where the group is not drawn, one epoch and the models' own numbers alone
  [[nodiscard]] const GuessPoint* at(std::int64_t epochs) const;
  [[nodiscard]] bool drawable() const;  // some point has a UF1
};

struct SelectionGroup {
  std::size_t scope = 0;  // place in ReportView::scopes
  bool drawn = false;     // it holds all clips of some model: with a figure and sentences
  std::vector<SelectionRow> rows;
  std::vector<GuessCurve> curves;
  [[nodiscard]] const GuessPoint* guess_of(const SelectionRow& row) const;
};

struct SelectionView {
  std::vector<SelectionGroup> groups;   // of trained models; none: nothing was trained in epochs
  std::vector<std::string> unrecorded;  // trained models without recorded epochs
  bool by_subject = true;               // each fold tests one subject; else the choice is one per fold
  std::int64_t draws = 0;
  std::vector<std::string> sentences;
};

}  // namespace mexbench::reports
