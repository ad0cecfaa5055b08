// Corpora as they are distributed, end to end: synthetic faces in the folders, names and sheet of a release, through flow to scores.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/support.h"

namespace mexbench::test {
namespace {
namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

struct Row {
  std::string subject;  // "01"
  std::string clip;     // "EP01_02"
  std::string label;    // of the synthetic corpus
  std::string onset, apex, offset;
};

std::vector<std::string> fields(const std::string& line) {
  std::vector<std::string> out;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, ',');) out.push_back(field);
  return out;
}

// CASME II's selected frames, of three drawn people.
class Corpora : public ::testing::Test {
 protected:
  void SetUp() override {
    const Outcome rendered = mexbench({"synth", "--out", folder / "synth", "--set", "subjects=3", "--set", "clips_per_subject=4", "--set",
                                       "frames=5", "--set", "size=48"});
    ASSERT_EQ(rendered.code, 0) << rendered.err;
    std::istringstream annotations(read(folder.path() / "synth/annotations.csv"));
    std::string line;
    std::getline(annotations, line);
    while (std::getline(annotations, line)) {
      const auto of = fields(line);
      const Row row{
          .subject = of[0].substr(1), .clip = "EP01_" + of[1].substr(1), .label = of[2], .onset = of[3], .apex = of[4], .offset = of[5]};
      const fs::path to = folder.path() / "casme2/CASME2_RAW_selected" / ("sub" + row.subject) / row.clip;
      fs::create_directories(to.parent_path());
      fs::copy(folder.path() / "synth" / of[0] / of[1], to);
      rows.push_back(row);
    }
    ASSERT_GE(rows.size(), 6U);
    write_sheet(rows);
    write(folder.path() / "e.yaml",
          "schema_version: 1\nname: e\ndataset: {adapter: casme2, root: casme2, label_map: megc2019}\nprotocol: loso\n"
          "models: [{name: ststnet}]\ntrain: {epochs: 1, batch_size: 8, optimizer: {name: adam, lr: 1.0e-3}}\nseeds: [0]\n");
  }

  void write_sheet(const std::vector<Row>& of) const {
    const std::map<std::string, std::string> emotion{{"negative", "disgust"}, {"positive", "happiness"}, {"surprise", "surprise"}};
    std::string sheet = "Subject,Filename,,OnsetFrame,ApexFrame,OffsetFrame,,Action Units,Estimated Emotion\n";
    for (const Row& row : of)
      sheet += row.subject + "," + row.clip + ",," + row.onset + "," + row.apex + "," + row.offset + ",,4," + emotion.at(row.label) + "\n";
    write(folder.path() / "casme2/CASME2-coding-20140508.csv", sheet);
  }
  [[nodiscard]] Outcome plan() const { return mexbench({"plan", folder / "e.yaml"}); }

  TemporaryFolder folder;
  std::vector<Row> rows;
};

TEST_F(Corpora, Casme2RunsFromFramesToScores) {
  const Outcome done = mexbench({"run", folder / "e.yaml", "--out", folder / "runs"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("differs from the card of casme2"));
  std::istringstream predictions(read(folder.path() / "runs/e/ststnet/seed-0/predictions.csv"));
  std::map<std::string, std::string> truth;
  std::string line;
  std::getline(predictions, line);
  EXPECT_THAT(line, HasSubstr("dataset,subject,clip,fold,truth,prediction"));
  while (std::getline(predictions, line)) {
    const auto of = fields(line);
    truth[of[0] + "/" + of[1] + "/" + of[2]] = of[4];
  }
  std::map<std::string, std::string> wanted;
  for (const Row& row : rows) wanted["casme2/sub" + row.subject + "/" + row.clip] = row.label;
  EXPECT_EQ(truth, wanted);
  const auto lock = nlohmann::json::parse(read(folder.path() / "runs/e/ststnet/seed-0/manifest.lock.json"));
  EXPECT_THAT(lock.dump(), HasSubstr("release 'selected'"));
}

TEST_F(Corpora, WhatIsWrongIsToldAndIsExit3) {
  const fs::path clip = folder.path() / "casme2/CASME2_RAW_selected" / ("sub" + rows[0].subject) / rows[0].clip;
  const auto expect = [&](const std::string& what) {
    const Outcome told = plan();
    EXPECT_EQ(told.code, 3) << what;
    EXPECT_THAT(told.err, HasSubstr(what));
    EXPECT_THAT(told.err, Not(HasSubstr("terminate")));
  };
  EXPECT_EQ(plan().code, 0);
  std::vector<Row> changed = rows;
  changed[0].apex = "99";
  write_sheet(changed);
  expect("apex 99 lies outside onset");
  changed = rows;
  std::swap(changed[0].onset, changed[0].offset);
  write_sheet(changed);
  expect("is before onset");
  write(folder.path() / "casme2/CASME2-coding-20140508.csv",
        "Subject,Filename,OnsetFrm,ApexFrame,OffsetFrame,Estimated Emotion\n01,a,1,2,3,fear\n");
  expect("has a column 'OnsetFrame', this one has not");
  write_sheet({rows.begin() + 1, rows.end()});
  expect("1 clip folder has no row in the sheet: sub" + rows[0].subject + "/" + rows[0].clip);
  write_sheet(rows);
  const std::string whole = read(clip / "img1.png");
  write(clip / "img1.png", whole.substr(0, whole.size() / 2));
  expect("img1.png: error: is cut short");
  write(clip / "img1.png", whole);
  const fs::path last = clip / ("img" + rows[0].offset + ".png");
  const std::string kept = read(last);
  fs::remove(last);
  expect("offset frame " + rows[0].offset + " is not on disk");
  write(last, kept);
  fs::remove(clip / "img3.png");
  expect("frame 3 between onset 1 and offset");
  fs::remove_all(clip.parent_path());
  expect("its frames can't be had: no such folder");
}

}  // namespace
}  // namespace mexbench::test
