// The evidence card on speed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "reports/evidence.h"
#include "reports/view.h"
#include "unit/reports/made_latency.h"
#include "unit/reports/made_reports.h"

namespace mexbench::reports {
namespace {

using ::testing::AllOf;
using testing::drifting;
using ::testing::HasSubstr;
using testing::load;
using testing::made_record;
using testing::made_series;
using testing::MadeRun;
using testing::timed;
using testing::tiny;

MadeRun from_frames(MadeRun run) {
  run.recipe = "onset-apex-flow";
  return run;
}

EvidenceCell fast(const std::vector<MadeRun>& runs) {
  for (const EvidenceRow& row : make_view(load(runs)).evidence.rows) {
    if (row.id == "fast") return row.cells.front();
  }
  ADD_FAILURE() << "no row 'fast'";
  return {};
}

TEST(LatencyEvidence, IsJudgedFromTheIntervalOfP99) {
  EXPECT_EQ(fast({tiny("a")}).state, EvidenceState::kNotMeasured);
  EXPECT_EQ(fast({tiny("a")}).figure, "not timed: no latency.json in its run folders");
  const EvidenceCell shown = fast({timed(from_frames(tiny("a")), 100.0)});
  EXPECT_EQ(shown.state, EvidenceState::kShown);
  EXPECT_THAT(shown.figure, HasSubstr("p99 110 ms ["));
  EXPECT_EQ(fast({timed(tiny("a"), 600.0)}).state, EvidenceState::kContradicted);
  // The tail reaches above 500 ms, and the interval of p99 holds 500.
  MadeRun open = from_frames(tiny("a"));
  open.latency = latency::to_json(made_record(open, {made_series(latency::Scenario::kEndToEnd, 456.0, 10'000)}));
  open.run["evidence"] = {{"latency_ms", 500.7}};
  EXPECT_EQ(fast({open}).state, EvidenceState::kNotShown);
}

// A part of the way shows nothing of the whole, but it can be too slow already.
TEST(LatencyEvidence, APartOfTheWayCanOnlyContradict) {
  const EvidenceCell images = fast({timed(tiny("a"), 100.0)});
  EXPECT_EQ(images.state, EvidenceState::kNotMeasured);
  EXPECT_THAT(images.figure, AllOf(HasSubstr("p99 110 ms ["), HasSubstr("from flow images made before")));
  EXPECT_EQ(fast({timed(tiny("a"), 600.0)}).state, EvidenceState::kContradicted);
  MadeRun forward = from_frames(tiny("a"));
  forward.latency = latency::to_json(made_record(forward, {made_series(latency::Scenario::kSingleStream, 1.0, 10'000)}));
  EXPECT_EQ(fast({forward}).state, EvidenceState::kNotMeasured);
  EXPECT_THAT(fast({forward}).figure, HasSubstr("decoding, alignment and flow were not timed"));
}

TEST(LatencyEvidence, ThresholdOfTheExperimentCounts) {
  MadeRun strict = timed(tiny("a"), 100.0);
  strict.run["evidence"] = {{"latency_ms", 50.0}};
  EXPECT_EQ(fast({strict}).state, EvidenceState::kContradicted);
}

TEST(LatencyEvidence, InvalidOrTooShortIsNotMeasured) {
  const EvidenceCell broken = fast({drifting(tiny("a"), 1.0)});
  EXPECT_EQ(broken.state, EvidenceState::kNotMeasured);
  EXPECT_THAT(broken.figure, HasSubstr("INVALID: drift is broken"));
  MadeRun shortened = tiny("a");
  shortened.latency = latency::to_json(made_record(shortened, {made_series(latency::Scenario::kEndToEnd, 1.0, 100)}));
  EXPECT_EQ(fast({shortened}).state, EvidenceState::kNotMeasured);
  EXPECT_THAT(fast({shortened}).figure, HasSubstr("no p99 end to end: "));
}

TEST(LatencyEvidence, TheWeakestOfSeveralSeedsCounts) {
  MadeRun second = tiny("a", 1);
  second = timed(second, 600.0);
  const EvidenceCell cell = fast({timed(tiny("a"), 1.0), second});
  EXPECT_EQ(cell.state, EvidenceState::kContradicted);
  EXPECT_THAT(cell.figure, HasSubstr("(seed 1)"));
}

}  // namespace
}  // namespace mexbench::reports
