// One leak at a time, planted in the files of a corpus, in its table, or in what a run left: the right rule catches it, and no other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "cli/tiny_run.h"

namespace mexbench::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kRun = "ststnet/seed-0";

std::vector<std::string> rules_with(const json& audit, const std::string& status) {
  std::vector<std::string> out;
  for (const json& rule : audit.at("rules")) {
    if (rule.at("status") == status) out.push_back(rule.at("rule"));
  }
  return out;
}

json audit_of(const fs::path& folder, int code) {
  const Outcome outcome = mexbench({"audit", folder.string(), "--format", "json"});
  EXPECT_EQ(outcome.code, code) << outcome.out << outcome.err;
  const json runs = json::parse(outcome.out);
  EXPECT_EQ(runs.size(), 1U);
  return runs.at(0);
}

void edit_json(const fs::path& file, const std::function<void(json&)>& edit) {
  json content = json::parse(read(file));
  edit(content);
  write(file, content.dump(1) + "\n");
}

std::vector<std::vector<std::string>> table_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    rows.emplace_back();
    for (std::string field; std::getline(fields, field, ',');) rows.back().push_back(field);
  }
  return rows;
}

std::string csv_of(const std::vector<std::vector<std::string>>& rows) {
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) out += (i == 0 ? "" : ",") + row[i];
    out += '\n';
  }
  return out;
}

class Audit : public TinyRun {
 protected:
  // A leak in what a run left; `rederive`: its derived files are made anew, as a run makes them.
  struct Plant {
    std::string name;
    std::vector<std::string> rules;
    std::function<void(const fs::path& run)> spoil;
    bool rederive = false;
  };

  // Copies the experiment's folder `clean` for each leak, spoils it, and looks what is broken.
  void expect_caught(const fs::path& clean, const std::vector<Plant>& plants) {
    for (const Plant& plant : plants) {
      const fs::path out = folder.path() / plant.name;
      fs::create_directories(out);
      fs::copy(clean, out / "tiny", fs::copy_options::recursive);
      plant.spoil(out / "tiny" / kRun);
      if (plant.rederive) {
        const Outcome resumed = mexbench({"resume", (out / "tiny").string()});
        EXPECT_EQ(resumed.code, 4) << plant.name << resumed.err;
        for (const std::string& rule : plant.rules) EXPECT_THAT(resumed.err, HasSubstr("is INVALID: " + rule + ": ")) << plant.name;
      }
      const json audit = audit_of(out / "tiny", 4);
      EXPECT_EQ(audit.at("verdict"), "INVALID") << plant.name;
      EXPECT_EQ(rules_with(audit, "broken"), plant.rules) << plant.name << audit.at("reasons").dump(1);
    }
  }

  static std::function<void(const fs::path&)> in_seal(const std::string& fold, const std::function<void(json&)>& edit) {
    return [fold, edit](const fs::path& run) { reseal(run / "folds" / fold, edit); };
  }

  // A seal that has no epochs.csv beside it any more.
  static std::function<void(const fs::path&)> in_seal_without_epochs(const std::string& fold, const std::function<void(json&)>& edit) {
    return [fold, edit](const fs::path& run) {
      fs::remove(run / "folds" / fold / "epochs.csv");
      reseal(run / "folds" / fold, [&](json& seal) {
        seal["files"].erase("epochs.csv");
        edit(seal);
      });
    };
  }
};

TEST_F(Audit, CleanRunIsValidAndItsAuditIsTheOneItEndedWith) {
  const fs::path whole = corpus->path() / "whole/tiny";
  json audit = audit_of(whole, 0);
  EXPECT_EQ(audit.at("verdict"), "VALID") << audit.dump(1);
  EXPECT_EQ(audit.at("recorded"), "VALID");
  EXPECT_EQ(audit.at("model"), "ststnet");
  EXPECT_EQ(audit.at("seed"), 0);
  for (const char* key : {"recorded", "model", "seed"}) audit.erase(key);
  EXPECT_EQ(audit, json::parse(read(whole / kRun / "audit.json")));
  EXPECT_EQ(json::parse(read(whole / kRun / "run.json")).at("verdict"), "VALID");

  // Without the corpus, of one run's folder, in the other formats.
  const Environment nowhere{{"TINY_CORPUS", "/nowhere"}};
  const Outcome text = mexbench({"audit", (whole / kRun).string()}, nowhere);
  EXPECT_EQ(text.code, 0);
  EXPECT_THAT(text.out, AllOf(HasSubstr("ststnet seed 0: VALID\n"), HasSubstr("subject-overlap      passed  no subject is on both sides")));
  EXPECT_EQ(text.err, "");
  EXPECT_THAT(mexbench({"audit", whole.string(), "--format", "csv"}, nowhere).out,
              HasSubstr("model,seed,verdict,rule,status,detail\nststnet,0,VALID,subject-overlap,passed,"));
  EXPECT_THAT(mexbench({"audit", whole.string(), "--format", "md"}, nowhere).out,
              HasSubstr("| ststnet |    0 | VALID   | subject-overlap     | passed | no subject"));
}

TEST_F(Audit, EachLeakInARunIsCaughtByItsRuleAlone) {
  const auto test_clip = [](const json& seal) { return seal.at("test")[0].at("clip"); };
  expect_caught(
      corpus->path() / "whole/tiny",
      {{"trained", {"subject-overlap"}, in_seal("synth__s02", [&](json& seal) { seal["train"].push_back(test_clip(seal)); }), true},
       {"held-out",
        {"subject-overlap", "selected-on-test"},
        in_seal("synth__s02", [&](json& seal) { seal["validation"].push_back(test_clip(seal)); })},
       {"child",
        {"augmented-clips"},
        in_seal("synth__s02",
                [&](json& seal) {
                  seal["lineage"] = {{{"phase", "train"}, {"children", 1}, {"parents", {test_clip(seal)}}, {"digest", "d"}}};
                })},
       {"statistics",
        {"fitted-statistics"},
        in_seal("synth__s02",
                [&](json& seal) {
                  seal["fitted"] = {{{"step", "normalise"}, {"clips", {test_clip(seal)}}, {"digest", "d"}}};
                })},
       {"early-fold", {"selected-on-test"}, in_seal("synth__s03", [](json& seal) { seal["epochs_trained"] = 2; })},
       {"dropped-class",
        {"class-absent"},
        [](const fs::path& run) {
          // As code does that drops a class whose counts it can't use: STSTNet's main.py, for one.
          const json clips = json::parse(read(run / "manifest.lock.json")).at("clips");
          const std::string dropped = clips[0].at("truth");
          reseal(run / "folds/synth__s03", [&](json& seal) {
            json kept = json::array();
            for (const json& id : seal.at("train")) {
              const auto clip = std::find_if(clips.begin(), clips.end(), [&](const json& one) { return one.at("id") == id; });
              if (clip->at("truth") != dropped) kept.push_back(id);
            }
            seal["train"] = kept;
          });
        }},
       {"seen-before",
        {"pretraining-overlap"},
        [](const fs::path& run) {
          edit_json(run / "run.json", [](json& record) { record["model"]["pretraining"] = {"ImageNet", "synth"}; });
        }},
       {"lost-clip", {"clip-missing"}, in_seal_without_epochs("synth__s03", [](json& seal) { seal["test"].erase(0); }), true},
       {"double-clip",
        {"clip-duplicate"},
        in_seal_without_epochs("synth__s03", [](json& seal) { seal["test"].push_back(seal["test"][0]); }),
        true},
       {"stranger", {"clip-extra"}, in_seal("synth__s03", [](json& seal) { seal["train"].push_back("synth/s09/c01"); })},
       {"other-truth",
        {"label-disagrees"},
        in_seal("synth__s03",
                [](json& seal) {
                  json& truth = seal["test"][0]["truth"];
                  truth = truth == "positive" ? "negative" : "positive";
                }),
        true},
       {"other-settings", {"manifest-hash"}, in_seal("synth__s04", [](json& seal) { seal["science_hash"] = std::string(64, '0'); })},
       {"other-manifest",
        {"manifest-hash"},
        [](const fs::path& run) { edit_json(run / "manifest.lock.json", [](json& lock) { lock["clips"][0]["onset"] = 2; }); }},
       {"other-recipe",
        {"selected-on-test", "manifest-hash"},
        [](const fs::path& run) {
          edit_json(run / "run.json", [](json& record) { record["science"]["settings"]["train"]["epochs"] = 4; });
        }},
       {"by-rows",
        {"joined-by-order"},
        [](const fs::path& run) {
          // Two clips of one truth exchange what was predicted for them: no figure changes.
          auto rows = table_of(read(run / "predictions.csv"));
          for (std::size_t i = 1; i < rows.size(); ++i) {
            for (std::size_t j = i + 1; j < rows.size(); ++j) {
              if (rows[i][4] != rows[j][4]) continue;
              for (std::size_t column = 5; column < rows[i].size(); ++column) std::swap(rows[i][column], rows[j][column]);
              return write(run / "predictions.csv", csv_of(rows));
            }
          }
        }},
       {"other-figures", {"metrics-disagree"}, [](const fs::path& run) {
          edit_json(run / "metrics.json", [](json& metrics) { metrics["scopes"]["synth"]["uf1"] = 0.75; });
        }}});
}

// As code does that keeps each held-out person's best epoch: the seal has the scores of another epoch than the last.
TEST_F(Audit, EpochChosenOnTheTestSubjectIsNamed) {
  const fs::path clean = corpus->path() / "whole/tiny";
  const auto rows = table_of(read(clean / kRun / "folds/synth__s02/epochs.csv"));
  const auto of_first_epoch = [&](json& seal) {
    for (json& test : seal["test"]) {
      for (const auto& row : rows) {
        if (row[1] == "1" && row[4] == test["clip"]) test["scores"] = {row[5], row[6], row[7]};
      }
    }
  };
  expect_caught(clean, {{"first-epoch", {"selected-on-test"}, in_seal("synth__s02", of_first_epoch), true}});
  EXPECT_THAT(mexbench({"audit", folder / "first-epoch/tiny"}).out, HasSubstr("the scores of epoch 1"));
}

// What a step learns is on record with the clips it learned from, in every fold.
TEST_F(Audit, NormalisedRunIsValidAndFittingOnATestClipIsCaught) {
  const std::string out = folder / "normalised";
  const Outcome outcome = run({"--out", out, "--jobs", "1", "--set", "models=[{name: ststnet, input: {normalise: per-channel, pca: 4}}]"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const fs::path clean = fs::path(out) / "tiny";
  const json audit = audit_of(clean, 0);
  EXPECT_EQ(audit.at("verdict"), "VALID") << audit.dump(1);
  const json seal = json::parse(read(clean / kRun / "folds/synth__s02/sealed.json"));
  ASSERT_EQ(seal.at("fitted").size(), 2U);
  EXPECT_EQ(seal.at("fitted")[0].at("step"), "normalise");
  EXPECT_EQ(seal.at("fitted")[1].at("step"), "pca");
  EXPECT_EQ(seal.at("fitted")[0].at("clips"), seal.at("train"));
  EXPECT_EQ(seal.at("fitted")[0].at("digest").get<std::string>().size(), 64U);
  EXPECT_FALSE(json::parse(reference().at(kRun + "/folds/synth__s02/sealed.json")).contains("fitted"));
  expect_caught(clean, {{"one-more",
                         {"fitted-statistics"},
                         in_seal("synth__s02", [](json& leaking) { leaking["fitted"][1]["clips"].push_back(leaking["test"][0]["clip"]); })},
                        {"all", {"fitted-statistics"}, [](const fs::path& run) {
                           // Fitted on the whole corpus, whatever rows are told: all folds learn the same numbers.
                           for (const char* fold : {"synth__s01", "synth__s02", "synth__s03", "synth__s04"})
                             reseal(run / "folds" / fold, [](json& leaking) { leaking["fitted"][0]["digest"] = std::string(64, 'a'); });
                         }}});
  // Folds of an earlier version do not say: nothing is claimed of them, and they are kept.
  for (const char* fold : {"synth__s01", "synth__s02", "synth__s03", "synth__s04"})
    reseal(clean / kRun / "folds" / fold, [](json& old) { old.erase("fitted"); });
  const Outcome resumed = mexbench({"resume", clean.string()});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_EQ(folds_computed(resumed), 0);
  EXPECT_THAT(rules_with(audit_of(clean, 0), "not-checked"), ElementsAre("fitted-statistics"));
}

TEST_F(Audit, EpochsChosenOnInnerSubjectsAreFoundAgainFromTheirScores) {
  const std::string out = folder / "inner";
  const Outcome outcome = run({"--out", out, "--set", "train.selection={name: inner_subjects, validation_share: 0.34}"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json audit = audit_of(fs::path(out) / "tiny", 0);
  EXPECT_EQ(audit.at("verdict"), "VALID") << audit.dump(1);
}

TEST_F(Audit, PartOfARunIsUnauditedAndDamageIsExitThree) {
  const std::string out = folder / "part";
  ASSERT_EQ(run({"--out", out, "--fold", "synth/s02"}).code, 0);
  const json part = audit_of(fs::path(out) / "tiny", 0);
  EXPECT_EQ(part.at("verdict"), "UNAUDITED");
  EXPECT_EQ(part.at("reasons")[0], "the run is not complete: 1 of 4 folds are sealed");
  EXPECT_THAT(rules_with(part, "not-checked"), ElementsAre("clip-missing"));

  const fs::path copy = folder.path() / "copy";
  fs::copy(corpus->path() / "whole/tiny", copy, fs::copy_options::recursive);
  edit_json(copy / kRun / "audit.json", [](json& audit) {
    audit["rules"][0]["status"] = "broken";
    audit["verdict"] = "INVALID";
  });
  const Outcome told = mexbench({"audit", copy.string()});
  EXPECT_EQ(told.code, 0) << "what is recorded decides nothing";
  EXPECT_EQ(told.err, "warning: ststnet seed 0: 'subject-overlap' is passed, audit.json says broken\n");
  fs::remove_all(copy / kRun / "folds/synth__s03");
  EXPECT_THAT(rules_with(audit_of(copy, 4), "broken"), ElementsAre("clip-missing", "joined-by-order")) << "the run had been complete";
  write(copy / kRun / "folds/synth__s02/sealed.json", "{}");
  const Outcome damaged = mexbench({"audit", copy.string()});
  EXPECT_EQ(damaged.code, 3);
  EXPECT_THAT(damaged.err, HasSubstr("synth__s02/sealed.json: error: "));
  EXPECT_EQ(mexbench({"audit", folder.path().string()}).code, 3);
  EXPECT_THAT(mexbench({"audit", "/nowhere"}).err, HasSubstr("/nowhere: error: "));
}

// A picture of one person that lies among another's, in the files of the corpus: nothing is trained on it.
TEST_F(Audit, PictureUnderTwoSubjectsStopsThePlan) {
  const fs::path leaking = folder.path() / "corpus";
  fs::create_directories(leaking);
  fs::copy(corpus->path() / "synth", leaking / "synth", fs::copy_options::recursive);
  fs::copy_file(leaking / "synth/s01/c01/img1.png", leaking / "synth/s03/c02/img1.png", fs::copy_options::overwrite_existing);
  const Environment there{{"TINY_CORPUS", leaking.string()}};
  const Outcome stopped = run({"--out", folder / "runs"}, there);
  EXPECT_EQ(stopped.code, 4);
  EXPECT_THAT(stopped.err, AllOf(HasSubstr("tiny.yaml:4:1: error: image-duplicates: 1 pair of clips"),
                                 HasSubstr("'synth/s01/c01' and 'synth/s03/c02' (1 file)"), Not(HasSubstr("clips right"))));
  EXPECT_FALSE(fs::exists(folder.path() / "runs/tiny"));
  EXPECT_EQ(mexbench({"plan", *corpus / "tiny.yaml"}, there).code, 4);
  EXPECT_EQ(mexbench({"plan", *corpus / "tiny.yaml"}).code, 0);
}

// The same frames told by tables of a corpus of one's own.
TEST_F(Audit, LeakInACorpusTableStopsThePlan) {
  const auto planned = [&](const std::string& name, const std::string& table) {
    const fs::path root = folder.path() / name;
    fs::copy(corpus->path() / "synth", root, fs::copy_options::recursive);
    write(root / "clips.csv", "dataset,subject,clip,label,path,onset,apex,offset\n" + table);
    write(root / "table.yaml",
          "schema_version: 1\nname: table\ndataset:\n  adapter: frames-csv\n  root: .\nprotocol: loso\nmodels: [{name: ststnet}]\n"
          "train: {epochs: 1, batch_size: 8, optimizer: {name: adam, lr: 1.0e-3}}\nseeds: [0]\n");
    return mexbench({"plan", (root / "table.yaml").string(), "--out", (root / "runs").string()});
  };
  // Each row shows other frames; labels of two classes for each person, if not told otherwise.
  const auto rows = [](const std::string& dataset, const std::string& subject, const std::string& folder_name,
                       const std::vector<std::string>& labels = {"negative", "positive"}) {
    std::string out;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const std::string clip = "c0" + std::to_string(i + 1);
      out += dataset + "," + subject + ",x" + std::to_string(i + 1) + "," + labels[i] + "," + folder_name + "/" + clip + ",1,3,5\n";
    }
    return out;
  };
  const Outcome clean = planned("clean", rows("smic", "s11", "s01") + rows("smic_vis", "s12", "s02") + rows("casme2", "sub11", "s03"));
  EXPECT_EQ(clean.code, 0) << clean.err;
  const auto expect_stopped = [](const Outcome& outcome, const std::string& rule, const std::string& told) {
    EXPECT_EQ(outcome.code, 4) << outcome.out << outcome.err;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("table.yaml:6:1: error: " + rule + ": "), HasSubstr(told), HasSubstr("^")));
    std::size_t errors = 0;
    for (std::size_t at = outcome.err.find("error: "); at != std::string::npos; at = outcome.err.find("error: ", at + 1)) ++errors;
    EXPECT_EQ(errors, 1U) << outcome.err;
  };
  expect_stopped(planned("cameras", rows("smic", "s11", "s01") + rows("smic_vis", "s11", "s02") + rows("smic", "s12", "s03")),
                 "shared-recordings", "'smic/s11' is tested and 'smic_vis/s11' trained on in fold 'smic/s11'");
  expect_stopped(planned("copy", rows("own", "p1", "s01") + rows("own", "p2", "s01") + rows("own", "p3", "s02")), "image-duplicates",
                 "'own/p1/x1' and 'own/p2/x1'");
  // A class that one person alone shows is no leak: nobody else could teach it.
  EXPECT_EQ(planned("rare", rows("own", "p1", "s01") + rows("own", "p2", "s02") + rows("own", "p3", "s03", {"negative", "surprise"})).code,
            0);
}

}  // namespace
}  // namespace mexbench::test
