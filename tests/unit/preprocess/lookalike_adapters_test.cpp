// Look-alike corpora read by what reads the releases: adapters where there are some, else the annotation reader.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <set>

#include "datasets/annotations.h"
#include "datasets/registry.h"
#include "harness/preprocess/recipe.h"
#include "unit/preprocess/lookalike_support.h"
#include "unit/preprocess/temporary_folder.h"

namespace mexbench::preprocess {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class Lookalikes : public ::testing::Test {
 protected:
  [[nodiscard]] core::Result<data::Manifest> read(std::string_view adapter, const json& options, std::string label_map = "megc2019") const {
    return (*datasets::find_adapter(adapter))
        ->create()
        ->manifest({.root = root, .label_map = std::move(label_map), .only = {}, .options = options});
  }
  [[nodiscard]] data::Manifest good(std::string_view adapter, const json& options, std::string label_map = "megc2019") const {
    auto manifest = read(adapter, options, std::move(label_map));
    if (!manifest) ADD_FAILURE() << manifest.error().render();
    return manifest ? std::move(manifest).value() : data::Manifest();
  }

  // Every clip of a class that was drawn is in the manifest, with its label, its frames and, where there is one, its apex; no other clip
  // is; and nothing is wrong but the number of clips.
  void expect_the_truth(const data::Manifest& manifest, const std::set<std::string>& left_out = {}) const {
    std::map<std::string, std::string> wanted;
    std::map<std::string, std::string> found;
    for (const auto& row : test::truth_of(root)) {
      const std::string id = row.at("dataset") + "/" + row.at("subject") + "/" + row.at("clip");
      const auto label = manifest.label_map.index_of_native(row.at("label"));
      if (!label || left_out.contains(row.at("subject") + "/" + row.at("clip"))) continue;
      const bool apex = manifest.clips.front().frames.apex_source == data::ApexSource::kAnnotated;
      wanted[id] =
          fmt::format("{} {} {} {}", manifest.label_map.classes[*label], row.at("onset"), apex ? row.at("apex") : "-", row.at("offset"));
    }
    for (const data::Clip& clip : manifest.clips) {
      const bool apex = clip.frames.apex_source == data::ApexSource::kAnnotated;
      found[clip.id.text()] = fmt::format("{} {} {} {}", clip.truth.text(manifest.label_map.classes), *clip.frames.onset,
                                          apex ? std::to_string(*clip.frames.apex) : "-", *clip.frames.offset);
    }
    EXPECT_EQ(found, wanted);
    EXPECT_GT(found.size(), 3U);
  }
  static std::vector<std::string> warnings(const data::Manifest& manifest) {
    std::vector<std::string> out;
    for (const auto& one : manifest.warnings) out.push_back(core::render(one));
    return out;
  }

  [[nodiscard]] data::Annotation sheet(const std::string& file, std::string_view dataset) const {
    auto annotation = datasets::read_annotation_of(root / file, dataset);
    if (!annotation) ADD_FAILURE() << annotation.error().render();
    return annotation ? std::move(annotation).value() : data::Annotation();
  }
  // Rows as `clip onset apex offset units`, in the sheet's order; the truth likewise, in the order of its rows.
  static std::multiset<std::string> rows_of(const data::Annotation& annotation) {
    std::multiset<std::string> out;
    for (const auto& row : annotation.rows)
      out.insert(fmt::format("{} {} {} {} {} {}", row.clip, *row.onset, *row.apex, *row.offset, row.action_units, row.emotion));
    return out;
  }
  [[nodiscard]] std::multiset<std::string> truth_rows() const {
    std::multiset<std::string> out;
    for (const auto& row : test::truth_of(root))
      out.insert(fmt::format("{} {} {} {} {} {}", row.at("clip"), row.at("onset"), row.at("apex"), row.at("offset"), row.at("aus"),
                             row.at("label")));
    return out;
  }
  static std::set<std::string> rules(const data::Annotation& annotation) {
    std::set<std::string> out;
    for (const auto& one : annotation.irregular) out.insert(one.rule);
    return out;
  }

  test::TemporaryFolder folder;
  fs::path root = folder.path() / "corpus";
};

TEST_F(Lookalikes, Casme2IsReadFromEachOfItsArchives) {
  for (const char* release : {"selected", "raw", "cropped"}) {
    root = folder.path() / release;
    test::render("casme2", test::small({{"release", release}}), root);
    for (const char* map : {"megc2019", "casme2-5"}) {
      const data::Manifest manifest = good("casme2", {{"release", "auto"}}, map);
      expect_the_truth(manifest);
      EXPECT_THAT(warnings(manifest), ElementsAre(HasSubstr("differs from the card of casme2")));
    }
  }
}

TEST_F(Lookalikes, Casme2WithItsSlipsIsReadAsItsCardListsThem) {
  test::render("casme2", test::small({{"subjects", 6}, {"quirks", true}, {"release", "raw"}}), root);
  const std::set<std::string> without_row = {"sub24/EP02_07"};
  const data::Manifest manifest = good("casme2", json::object());
  EXPECT_THAT(warnings(manifest),
              UnorderedElementsAre(HasSubstr("differs from the card"), HasSubstr("no row in the sheet: sub24/EP02_07")));
  expect_the_truth(manifest, {"sub24/EP02_07", "sub04/EP12_01f", "sub05/EP09_05f"});
  // What the sheet says of the clip whose apex is its onset is not what is drawn.
  const data::Manifest dropped = good("casme2", {{"apex_policy", "drop"}}, "casme2-5");
  for (const data::Clip& clip : dropped.clips) {
    EXPECT_NE(clip.name, "EP12_01f");
    if (clip.name == "EP09_05f") {
      EXPECT_EQ(clip.frames.apex, clip.frames.onset);
    }
  }
}

TEST_F(Lookalikes, SammIsReadFromEitherEdition) {
  for (const char* edition : {"v2", "20181215"}) {
    root = folder.path() / edition;
    test::render("samm", test::small({{"sheet", edition}}), root);
    for (const char* map : {"megc2019", "samm-5"}) {
      const data::Manifest manifest = good("samm", json::object(), map);
      expect_the_truth(manifest);
      EXPECT_THAT(warnings(manifest), ElementsAre(HasSubstr("differs from the card of samm")));
    }
  }
}

TEST_F(Lookalikes, SammsTwoBadApexesAreKnownToItsCard) {
  test::render("samm", test::small({{"quirks", true}}), root);
  const auto refused = read("samm", json::object());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().diagnostics().size(), 2U) << refused.error().render();
  EXPECT_THAT(refused.error().render(),
              AllOf(HasSubstr("028/028_4_1: apex"), HasSubstr("032/032_3_1: apex"), HasSubstr("known of this release")));
  const data::Manifest middle = good("samm", {{"apex_policy", "midpoint"}});
  EXPECT_THAT(warnings(middle),
              UnorderedElementsAre(HasSubstr("differs from the card"),
                                   AllOf(HasSubstr("apex not usable, the middle frame is taken"), HasSubstr("028/028_4_1, 032/032_3_1"))));
}

TEST_F(Lookalikes, SmicIsReadFromItsFolders) {
  for (const bool quirks : {false, true}) {
    root = folder.path() / (quirks ? "quirks" : "plain");
    test::render("smic", test::small({{"release", quirks ? "raw" : "cropped"}, {"quirks", quirks}}), root);
    const data::Manifest manifest = good("smic", {{"apex", "midpoint"}});
    expect_the_truth(manifest);
    EXPECT_EQ(manifest.clips.size(), 9U);
    EXPECT_THAT(warnings(manifest), ElementsAre(HasSubstr("differs from the card of smic")));
  }
}

TEST_F(Lookalikes, TensorsAreComputedFromTheFrames) {
  test::render("casme2", test::small({{"jpeg_quality", 80}}), root);
  const data::Manifest manifest = good("casme2", json::object());
  std::vector<float> out(input_numbers(manifest));
  const core::Status status = compute_inputs(manifest, manifest.root, out);
  ASSERT_TRUE(status.ok()) << status.error().render();
  EXPECT_GT(*std::max_element(out.begin(), out.end()), 100.0F);
}

TEST_F(Lookalikes, CasmesRowsAreReadFromARealXls) {
  test::render("casme", test::small(), root);
  const char* chosen = std::getenv("MEXBENCH_PYTHON");
  const std::string python = chosen == nullptr ? "/usr/bin/python3" : chosen;
  const std::string command = fmt::format("'{}' '{}/tests/data/lookalike/to_xls.py' '{}' '{}' 2>&1", python, MEXBENCH_SOURCE_DIR,
                                          (root / "CASME-coded-20190721.csv").string(), (root / "CASME-coded-20190721.xls").string());
  ASSERT_EQ(std::system(command.c_str()), 0) << "this test needs Python with xlwt (Debian: apt-get install python3-xlwt)";
  const data::Annotation annotation = sheet("CASME-coded-20190721.xls", "casme");
  EXPECT_EQ(rows_of(annotation), truth_rows());
  EXPECT_EQ(annotation.header_row, 1U);
  EXPECT_THAT(annotation.irregular, IsEmpty());
  EXPECT_EQ(rows_of(sheet("CASME-coded-20190721.csv", "casme")), truth_rows());
  root = folder.path() / "quirks";
  test::render("casme", test::small({{"quirks", true}}), root);
  EXPECT_EQ(sheet("CASME-coded-20190721.csv", "casme").rows.size(), 10U) << "one row more, of a subject and clip there is already";
}

TEST_F(Lookalikes, CasmeSqsRowsAreRead) {
  const std::string file = "CAS(ME)^2code_final(Updated).xlsx";
  test::render("casme_sq", test::small(), root);
  const data::Annotation annotation = sheet(file, "");
  EXPECT_EQ(annotation.dataset, "casme_sq") << "no other format fits";
  EXPECT_FALSE(annotation.header_row);
  EXPECT_EQ(rows_of(annotation), truth_rows());
  EXPECT_THAT(annotation.irregular, IsEmpty());
  root = folder.path() / "quirks";
  test::render("casme_sq", test::small({{"quirks", true}, {"subjects", 6}, {"clips_per_subject", 4}}), root);
  const data::Annotation slips = sheet(file, "casme_sq");
  EXPECT_THAT(rules(slips), UnorderedElementsAre("offset-missing", "apex-missing", "apex-outside"));
  EXPECT_EQ(slips.rows[1].action_units, "NULL");
}

TEST_F(Lookalikes, Casme3sRowsAreRead) {
  const std::string file = "cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx";
  test::render("casme3", test::small(), root);
  const data::Annotation annotation = sheet(file, "casme3");
  EXPECT_EQ(rows_of(annotation), truth_rows());
  EXPECT_THAT(annotation.irregular, IsEmpty());
  EXPECT_TRUE(annotation.as_released);
  root = folder.path() / "quirks";
  test::render("casme3", test::small({{"quirks", true}}), root);
  const data::Annotation slips = sheet(file, "casme3");
  EXPECT_THAT(rules(slips), ::testing::IsSupersetOf({"offset-before-onset", "apex-missing"}));
  EXPECT_EQ(slips.rows[2].clip, "J");
}

TEST_F(Lookalikes, SmicsLongClipsAreRead) {
  const std::string file = "HS_long/SMIC-HS-E/SMIC-HS-E_annotation.xlsx";
  test::render("smic", test::small({{"release", "extended"}}), root);
  const data::Annotation annotation = sheet(file, "smic");
  EXPECT_THAT(annotation.irregular, IsEmpty());
  const auto truth = test::truth_of(root);
  ASSERT_EQ(annotation.rows.size(), truth.size());
  for (const auto& row : annotation.rows) {
    const auto of = std::find_if(truth.begin(), truth.end(), [&](const auto& one) { return one.at("frames").ends_with("/" + row.clip); });
    ASSERT_NE(of, truth.end()) << row.clip;
    EXPECT_EQ(row.emotion, of->at("label"));
    EXPECT_EQ(*row.offset - *row.onset, std::stoll(of->at("offset")) - std::stoll(of->at("onset")));
  }
  EXPECT_GT(sheet(file, "smic_vis").rows.size(), 2U);
  root = folder.path() / "quirks";
  test::render("smic", test::small({{"release", "extended"}, {"quirks", true}}), root);
  const data::Annotation slips = sheet(file, "smic");
  EXPECT_THAT(rules(slips), UnorderedElementsAre("label-disagrees", "interval-refused"));
  EXPECT_EQ(slips.rows[0].further.size(), 1U) << "the repeat is none";
}

TEST_F(Lookalikes, SammLongVideosRowsAreRead) {
  const std::string file = "SAMM_LongVideos_V2_Release.xlsx";
  test::render("samm_lv", test::small(), root);
  const data::Annotation annotation = sheet(file, "samm_lv");
  EXPECT_EQ(rows_of(annotation), truth_rows());
  EXPECT_EQ(annotation.header_row, 10U);
  EXPECT_THAT(annotation.irregular, IsEmpty());
  EXPECT_EQ(annotation.rounded, 0U);
  root = folder.path() / "quirks";
  test::render("samm_lv", test::small({{"quirks", true}}), root);
  const data::Annotation slips = sheet(file, "samm_lv");
  EXPECT_EQ(slips.rounded, 2U);
  EXPECT_EQ(slips.rows[3].apex, std::nullopt) << "-1";
  const auto doubled = std::count_if(slips.rows.begin(), slips.rows.end(), [](const auto& row) { return row.clip == "037_4_1"; });
  EXPECT_EQ(doubled, 2);
}

}  // namespace
}  // namespace mexbench::preprocess
