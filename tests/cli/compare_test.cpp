// `compare`, and predictions that `score` brought in beside runs of our own: from the command line to a report.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/support.h"

namespace mexbench::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Compared : public ::testing::Test {
 protected:
  void SetUp() override {
    write(folder / "e.yaml",
          "schema_version: 1\nname: e\ndataset: {adapter: synth, root: corpus, subjects: 6, clips_per_subject: 6, label_map: "
          "synth}\nprotocol: loso\n"
          "models:\n  - {label: majority, name: chance, params: {strategy: majority}}\n  - {label: drawn, name: chance}\nseeds: [0, 1]\n"
          "statistics: {family: {name: drawn against the majority, pairs: [[drawn, majority]]}, equivalence: 0.05}\n"
          "evidence: {latency_ms: 100}\n");
    const Outcome run = mexbench({"run", folder / "e.yaml", "--out", folder / "runs"});
    ASSERT_EQ(run.code, 0) << run.err;
  }
  TemporaryFolder folder;
};

TEST_F(Compared, SaysWhatChangedAndWhetherAnyoneCanTell) {
  const Outcome text = mexbench({"compare", folder / "runs/e/majority", folder / "runs/e/drawn"});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("UF1 of A"));
  EXPECT_THAT(text.out, HasSubstr("params.strategy"));
  EXPECT_THAT(text.out, HasSubstr(" swaps of subjects)"));
  const Outcome as_json = mexbench({"compare", folder / "runs/e/majority", folder / "runs/e/drawn", "--format", "json"});
  const json pair = json::parse(as_json.out).at("pairs").at(0);
  EXPECT_EQ(pair.at("a"), "majority");
  EXPECT_EQ(pair.at("right").at("both").get<int>() + pair.at("right").at("a").get<int>() + pair.at("right").at("b").get<int>() +
                pair.at("right").at("neither").get<int>(),
            json::parse(read(folder.path() / "runs/e/drawn/seed-0/metrics.json")).at("scopes").at("all").at("clips"));
  EXPECT_THAT(mexbench({"compare", folder / "runs/e/majority", folder / "runs/e/drawn", "--format", "csv"}).out,
              StartsWith("a,b,uf1_a,uf1_b,difference,difference_low,difference_high,p,resolvable\nmajority,drawn,"));
}

TEST_F(Compared, WrongFoldersAreOneMessage) {
  const Outcome none = mexbench({"compare", folder / "runs/e", folder / "nowhere"});
  EXPECT_EQ(none.code, 3);
  EXPECT_THAT(none.err, HasSubstr("nowhere"));
  fs::create_directories(folder.path() / "other/e");
  fs::copy(folder.path() / "runs/e/majority", folder.path() / "other/e/majority", fs::copy_options::recursive);
  const Outcome same = mexbench({"compare", folder / "runs/e/majority", folder / "other/e/majority"});
  EXPECT_EQ(same.code, 0) << same.err;
  EXPECT_THAT(same.out, HasSubstr("No setting differs."));
  EXPECT_EQ(mexbench({"compare", folder / "runs/e"}).code, 2);
}

TEST_F(Compared, ImportedPredictionsStandInAReportBesideOurs) {
  const std::string theirs = folder / "runs/e/drawn/seed-0/predictions.csv";
  const std::string out = folder / "imported/theirs/seed-0";
  const Outcome scored = mexbench({"score", theirs, "--manifest", folder / "e.yaml", "--out", out, "--label", "theirs"});
  ASSERT_EQ(scored.code, 0) << scored.err;
  EXPECT_THAT(scored.err, HasSubstr("wrote a run folder"));
  const json run = json::parse(read(fs::path(out) / "run.json"));
  EXPECT_EQ(run.at("model").at("label"), "theirs");
  EXPECT_EQ(run.at("verdict"), "UNAUDITED");
  EXPECT_EQ(run.at("train"), nullptr);
  EXPECT_EQ(json::parse(read(fs::path(out) / "metrics.json")).at("scopes"),
            json::parse(read(folder.path() / "runs/e/drawn/seed-0/metrics.json")).at("scopes"));
  const Outcome report = mexbench({"report", folder / "runs/e", folder / "imported/theirs", "--out", folder / "report"});
  ASSERT_EQ(report.code, 0) << report.err;
  const std::string page = read(folder.path() / "report/report.md");
  EXPECT_THAT(page, HasSubstr("predictions made elsewhere: how is not on record"));
  EXPECT_THAT(page, HasSubstr("drawn against the majority"));
  EXPECT_THAT(page, HasSubstr("latency\\_ms 100 in place of 500 (theirs)"));
  const Outcome told = mexbench({"score", theirs, "--label", "x"});
  EXPECT_EQ(told.code, 2);
  EXPECT_THAT(told.err, HasSubstr("'--label' names the model of a run folder, which takes '--manifest' and '--out'"));
}

TEST_F(Compared, AFamilyOfUnknownLabelsIsExitTwoAtItsPlace) {
  write(folder / "wrong.yaml",
        "schema_version: 1\nname: e\ndataset: {adapter: synth, root: corpus, subjects: 6, label_map: synth}\nprotocol: loso\n"
        "models: [{label: majority, name: chance}, {label: drawn, name: chance}]\nseeds: [0]\n"
        "statistics: {family: {name: f, pairs: [[drawn, majorty], [majority, drawn], [drawn, majority], [drawn]]}}\n");
  const Outcome told = mexbench({"validate", folder / "wrong.yaml"});
  EXPECT_EQ(told.code, 2);
  EXPECT_THAT(told.err, HasSubstr("wrong.yaml:7:"));
  EXPECT_THAT(told.err, HasSubstr("no model is labelled 'majorty'"));
  EXPECT_THAT(told.err, HasSubstr("did you mean 'majority'?"));
  EXPECT_THAT(told.err, HasSubstr("these two are compared already"));
}

}  // namespace
}  // namespace mexbench::test
