// The evidence card: every state of every criterion, and an overall line that says no more than the weakest of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reports/evidence.h"
#include "reports/render.h"
#include "reports/view.h"
#include "unit/reports/made_reports.h"

namespace mexbench::reports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::load;
using testing::MadeRun;
using testing::megc_run;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

ReportView view_of(const std::vector<MadeRun>& runs) { return make_view(load(runs)); }

const EvidenceCell& cell(const ReportView& view, const std::string& id, std::size_t model = 0) {
  for (const EvidenceRow& row : view.evidence.rows) {
    if (row.id == id) return row.cells.at(model);
  }
  static const EvidenceCell kNone;
  ADD_FAILURE() << "no row " << id;
  return kNone;
}

TEST(Evidence, VerdictsOfTheAuditAreTheFirstLink) {
  MadeRun valid = megc_run("a", 0, 0.7), invalid = megc_run("a", 0, 0.7);
  valid.judge("VALID");
  invalid.judge("INVALID", {"subject-overlap: a person is on both sides"});
  EXPECT_EQ(cell(view_of({valid}), "trusted").state, EvidenceState::kShown);
  EXPECT_EQ(cell(view_of({megc_run("a", 0, 0.7)}), "trusted").state, EvidenceState::kNotShown);
  const ReportView broken = view_of({invalid});
  EXPECT_EQ(cell(broken, "trusted").state, EvidenceState::kContradicted);
  EXPECT_EQ(broken.evidence.overall.front(), EvidenceState::kContradicted);
  EXPECT_THAT(broken.evidence.verdict, HasSubstr("in time? Contradicted. a got furthest"));
}

TEST(Evidence, ChanceIsTheIntervalAgainstTheFloor) {
  const ReportView good = view_of({megc_run("a", 0, 0.75)});
  EXPECT_EQ(cell(good, "chance").state, EvidenceState::kShown);
  EXPECT_THAT(cell(good, "chance").figure, HasSubstr(", the floor reaches 0."));
  MadeRun majority = megc_run("a", 0, 0.5);
  for (auto& clip : majority.clips) clip.predicted = 0;
  EXPECT_EQ(cell(view_of({majority}), "chance").state, EvidenceState::kContradicted) << "the whole interval is below the floor's reach";
  MadeRun strict = megc_run("a", 0, 0.75);
  strict.run["evidence"] = {{"above_chance_by", 0.5}, {"calibration_level", 0.95}, {"latency_ms", 500}};
  const ReportView changed = view_of({strict});
  EXPECT_NE(cell(changed, "chance").state, EvidenceState::kShown);
  EXPECT_THAT(changed.evidence.overrides, ElementsAre("above_chance_by 0.5 in place of 0 (a)"));
  EXPECT_THAT(render_html(changed), HasSubstr("threshold changed by the experiment: above_chance_by 0.5 in place of 0 (a)"));
  EXPECT_THAT(render_html(good), HasSubstr("All thresholds are the defaults."));
  MadeRun unknown = megc_run("a", 0, 0.75);
  unknown.has_floor = false;
  EXPECT_EQ(cell(view_of({unknown}), "chance").state, EvidenceState::kNotShown);
}

TEST(Evidence, CorporaNeedFoldsThatHoldOutADataset) {
  EXPECT_EQ(cell(view_of({megc_run("a", 0, 0.75)}), "corpora").state, EvidenceState::kNotMeasured);
  EXPECT_EQ(cell(view_of({megc_run("a", 0, 0.75)}), "corpora").figure, "protocol loso holds out no dataset");
  MadeRun lodo = megc_run("a", 0, 0.8), weak = megc_run("a", 0, 0.8);
  lodo.run["protocol"]["name"] = weak.run["protocol"]["name"] = "lodo";
  EXPECT_EQ(cell(view_of({lodo}), "corpora").state, EvidenceState::kShown);
  for (auto& clip : weak.clips) {
    if (clip.dataset == "samm") clip.predicted = 0;
  }
  const ReportView one = view_of({weak});
  EXPECT_EQ(cell(one, "corpora").state, EvidenceState::kContradicted) << "the weakest dataset decides";
  EXPECT_THAT(cell(one, "corpora").figure, StartsWith("samm: UF1"));
}

TEST(Evidence, WhatNobodyMeasuredIsNotShown) {
  const ReportView view = view_of({megc_run("a", 0, 0.75)});
  EXPECT_EQ(cell(view, "calibrated").state, EvidenceState::kNotMeasured) << "made-up runs have decisions alone";
  EXPECT_EQ(cell(view, "fast").state, EvidenceState::kNotMeasured);
  EXPECT_EQ(view.evidence.overall.front(), EvidenceState::kNotMeasured);
  EXPECT_THAT(view.evidence.verdict,
              StartsWith("Can it recognise the micro-expressions of a person it has never seen, and respond in time? Not shown."));
  EXPECT_THAT(view.evidence.verdict,
              HasSubstr("shown: above chance on people it has never seen; missing: the runs can be trusted (not shown: "
                        "1 of 1 run UNAUDITED)"));
}

TEST(Evidence, ChanceItselfAnswersNothing) {
  MadeRun chance = megc_run("majority", 0, 0.5);
  chance.model["name"] = "chance";
  const ReportView view = view_of({chance, megc_run("a", 0, 0.7)});
  ASSERT_THAT(view.evidence.models, SizeIs(1));
  EXPECT_EQ(view.models[view.evidence.models.front()].label, "a");
  EXPECT_TRUE(view_of({chance}).evidence.models.empty());
  EXPECT_THAT(render_html(view_of({chance})), Not(HasSubstr("What was shown")));
}

}  // namespace
}  // namespace mexbench::reports
