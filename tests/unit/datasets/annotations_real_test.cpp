// The formats of annotations on real sheets. Expected counts: annotations/README.md beside them, made by other programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "datasets/annotations.h"

namespace mexbench::datasets {
namespace {
namespace fs = std::filesystem;
using data::Annotation;
using data::AnnotationRow;
using data::Gravity;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Counts = std::map<std::string, std::int64_t>;

class RealAnnotations : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* root = std::getenv("MEXBENCH_DATA");
    if (root == nullptr) GTEST_SKIP() << "MEXBENCH_DATA is not set: the folder with datasets/annotations is needed";
    folder_ = fs::path(root) / "datasets/annotations";
  }
  [[nodiscard]] Annotation read(const std::string& file, std::string_view dataset) const {
    auto annotation = read_annotation_of(folder_ / file, dataset);
    if (!annotation) {
      ADD_FAILURE() << annotation.error().render();
      return {};
    }
    return std::move(annotation).value();
  }

 private:
  fs::path folder_;
};

Counts emotions(const Annotation& annotation) {
  return count_rows(annotation, [](const AnnotationRow& row) { return row.emotion; });
}
Counts objective(const Annotation& annotation) {
  return count_rows(annotation, [](const AnnotationRow& row) { return row.objective_class; });
}
// "clip rule", of what is not plain.
std::vector<std::string> irregular(const Annotation& annotation, Gravity gravity = Gravity::kIrregular) {
  std::vector<std::string> out;
  for (const auto& one : annotation.irregular) {
    if (one.gravity == gravity) out.push_back(one.clip + " " + one.rule);
  }
  return out;
}

TEST_F(RealAnnotations, Casme2) {
  for (const auto& [file, cell] : {std::pair("CASME2-coding-20140508.xlsx", "E74"), std::pair("CASME2-coding-20190701.xlsx", "E74")}) {
    const Annotation annotation = read(file, "casme2");
    EXPECT_EQ(annotation.sheet, "Sheet1");
    EXPECT_EQ(annotation.header_row, 1U);
    const json report = to_json(annotation);
    EXPECT_EQ(report.at("rows"), 255);
    EXPECT_EQ(report.at("subjects"), 26);
    EXPECT_EQ(report.at("sums"), json({{"onset", 15704}, {"apex", 23914}, {"offset", 32587}}));
    EXPECT_EQ(report.at("apex_count"), 254);
    EXPECT_THAT(irregular(annotation), ElementsAre("EP12_01f apex-missing"));
    EXPECT_THAT(irregular(annotation, Gravity::kSuspicious), ElementsAre("EP09_05f apex-is-onset"));
    EXPECT_EQ(annotation.irregular.front().seen, "/");
    EXPECT_EQ(annotation.rows.front().subject, "01");
    EXPECT_EQ(annotation.rows.front().action_units, "12");
    EXPECT_EQ(annotation.rows.back().clip, "EP18_51");
  }
  const Annotation first = read("CASME2-coding-20140508.xlsx", "casme2");
  EXPECT_EQ(
      emotions(first),
      (Counts{{"others", 99}, {"disgust", 63}, {"happiness", 32}, {"repression", 27}, {"surprise", 25}, {"sadness", 7}, {"fear", 2}}));
  EXPECT_THAT(objective(first), IsEmpty());
  const Annotation second = read("CASME2-coding-20190701.xlsx", "casme2");
  EXPECT_EQ(
      emotions(second),
      (Counts{{"others", 99}, {"disgust", 63}, {"happiness", 32}, {"surprise", 28}, {"repression", 27}, {"sadness", 4}, {"fear", 2}}));
  EXPECT_EQ(objective(second), (Counts{{"1", 30}, {"2", 18}, {"3", 93}, {"4", 15}, {"5", 18}, {"6", 2}, {"7", 79}}));
  EXPECT_EQ(second.rows.back().action_units, "4+16");
}

TEST_F(RealAnnotations, Samm) {
  const Annotation annotation = read("SAMM_Micro_FACS_Codes_v2.xlsx", "samm");
  EXPECT_EQ(annotation.sheet, "MICRO_ONLY");
  EXPECT_EQ(annotation.header_row, 14U);
  const json report = to_json(annotation);
  EXPECT_EQ(report.at("rows"), 159);
  EXPECT_EQ(report.at("subjects"), 29);
  EXPECT_EQ(report.at("sums"), json({{"onset", 517825}, {"apex", 520114}, {"offset", 529482}}));
  EXPECT_EQ(report.at("apex_count"), 159);
  EXPECT_EQ(emotions(annotation), (Counts{{"Anger", 57},
                                          {"Other", 26},
                                          {"Happiness", 26},
                                          {"Surprise", 15},
                                          {"Contempt", 12},
                                          {"Disgust", 9},
                                          {"Fear", 8},
                                          {"Sadness", 6}}));
  EXPECT_EQ(objective(annotation), (Counts{{"1", 24}, {"2", 13}, {"3", 20}, {"4", 8}, {"5", 3}, {"6", 7}, {"7", 84}}));
  EXPECT_THAT(irregular(annotation), ElementsAre("028_4_1 apex-outside", "032_3_1 apex-outside"));
  EXPECT_THAT(irregular(annotation, Gravity::kSuspicious), IsEmpty());
  EXPECT_EQ(annotation.rows.front().subject, "006");
}

TEST_F(RealAnnotations, SmicLongHasTwoDatasetsInOneWorkbook) {
  const Annotation hs = read("SMIC-HS-E_annotation.xlsx", "smic");
  const json report = to_json(hs);
  EXPECT_EQ(hs.sheet, "HS");
  EXPECT_EQ(report.at("rows"), 157);
  EXPECT_EQ(report.at("subjects"), 16);
  EXPECT_EQ(report.at("sums"), json({{"onset", 581198729}, {"apex", 0}, {"offset", 581203911}}));
  EXPECT_EQ(report.at("apex_count"), 0);
  EXPECT_EQ(emotions(hs), (Counts{{"negative", 66}, {"positive", 51}, {"surprise", 40}}));
  // Eight rows have a second movement and seven a third; five of the third are columns that slipped, one is a repeat. Of the second, that
  // of s18_sur_03 lies before its first.
  std::size_t refused = 0;
  std::vector<std::string> others;
  for (const std::string& one : irregular(hs)) (one.ends_with("interval-refused") ? (void)++refused : others.push_back(one));
  EXPECT_EQ(refused, 6U);
  EXPECT_EQ(report.at("further_intervals"), 9);
  EXPECT_THAT(others, ElementsAre("s18_sur_03 label-disagrees"));
  EXPECT_EQ(hs.rows.front().clip, "s20_ne_01");
  EXPECT_EQ(hs.rows.front().onset, 17581039);

  const Annotation vis = read("SMIC-HS-E_annotation.xlsx", "smic_vis");
  EXPECT_EQ(vis.sheet, "VIS");
  EXPECT_EQ(to_json(vis).at("rows"), 71);
  EXPECT_EQ(to_json(vis).at("subjects"), 8);
  EXPECT_EQ(to_json(vis).at("sums"), json({{"onset", 2498703}, {"apex", 0}, {"offset", 2499320}}));
  EXPECT_EQ(emotions(vis), (Counts{{"negative", 24}, {"positive", 28}, {"surprise", 19}}));
}

TEST_F(RealAnnotations, TheCompositeHasTwoCopiesOfOneContent) {
  std::vector<Counts> of;
  for (const char* file : {"combined_3class_gt.csv", "combined_3_class_gt.csv"}) {
    const Annotation annotation = read(file, "megc2019");
    EXPECT_EQ(to_json(annotation).at("rows"), 442);
    EXPECT_EQ(to_json(annotation).at("subjects"), 68);
    EXPECT_THAT(annotation.irregular, IsEmpty());
    EXPECT_EQ(emotions(annotation), (Counts{{"0", 250}, {"1", 109}, {"2", 83}}));
    EXPECT_EQ(count_rows(annotation, [](const AnnotationRow& row) { return row.dataset + " " + row.emotion; }), (Counts{{"casme2 0", 88},
                                                                                                                        {"casme2 1", 32},
                                                                                                                        {"casme2 2", 25},
                                                                                                                        {"smic 0", 70},
                                                                                                                        {"smic 1", 51},
                                                                                                                        {"smic 2", 43},
                                                                                                                        {"samm 0", 92},
                                                                                                                        {"samm 1", 26},
                                                                                                                        {"samm 2", 15}}));
  }
}

TEST_F(RealAnnotations, TheCorpusIsFoundByTheForm) {
  EXPECT_EQ(read("combined_3class_gt.csv", "").dataset, "megc2019");
  EXPECT_EQ(read("combined_3_class_gt.csv", "").dataset, "megc2019");
  EXPECT_EQ(read("SAMM_Micro_FACS_Codes_v2.xlsx", "").dataset, "samm");
  const auto samm =
      read_annotation_of(fs::path(std::getenv("MEXBENCH_DATA")) / "datasets/annotations/SAMM_Micro_FACS_Codes_v2.xlsx", "casme2");
  ASSERT_FALSE(samm) << "its columns have names that casme2's go by";
  EXPECT_THAT(samm.error().render(), ::testing::HasSubstr("sheet 'MICRO_ONLY' is the annotation of SAMM, one of CASME II is wanted"));
  const auto wrong = read_annotation_of(fs::path(std::getenv("MEXBENCH_DATA")) / "datasets/annotations/SMIC-HS-E_annotation.xlsx", "samm");
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().render(), ::testing::HasSubstr("it has the form of an annotation of 'smic' or 'smic_vis'"));
}

}  // namespace
}  // namespace mexbench::datasets
