// The section on audits, and what it says of runs and imports together.
#include "reports/audits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "reports/view.h"
#include "unit/reports/made_reports.h"

namespace mexbench::reports {
namespace {

using ::testing::ElementsAre;
using testing::load;
using testing::MadeRun;
using testing::tiny;

TEST(Audits, ListRulesInOneOrderWhicheverRunComesFirst) {
  const auto with = [](const char* label, std::initializer_list<const char*> rules) {
    MadeRun run = tiny(label, 0);
    run.audit["rules"] = testing::json::array();
    for (const char* rule : rules) run.audit["rules"].push_back({{"rule", rule}, {"status", "not-checked"}, {"detail", "by hand"}});
    return run;
  };
  // An import, whose rules begin elsewhere, a run, and a rule that this version does not know.
  const MadeRun import = with("a", {"clip-missing", "fold-disagrees", "later-rule", "subject-overlap"});
  const MadeRun run = with("b", {"subject-overlap", "clip-missing", "manifest-hash"});
  std::vector<std::string> names;
  for (const RuleView& rule : rules_of(make_view(load({import, run})))) names.push_back(rule.rule);
  EXPECT_THAT(names, ElementsAre("subject-overlap", "clip-missing", "fold-disagrees", "manifest-hash", "later-rule"));
}

}  // namespace
}  // namespace mexbench::reports
