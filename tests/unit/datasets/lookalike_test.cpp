// Plans of look-alike corpora against what is known of the releases: names, padding, cells. Nothing is drawn here.
#include "datasets/lookalike/lookalike.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace mexbench::datasets {
namespace {
using data::Footage;
using data::Formula;
using data::Lookalike;
using data::Movement;
using data::StyledBlank;
using data::WrittenCell;
using data::WrittenRow;
using data::WrittenSheet;
using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

Lookalike plan(std::string_view layout, const json& given = json::object()) {
  const auto options = complete_layout_options(layout, given);
  if (!options) {
    ADD_FAILURE() << options.error().render();
    return {};
  }
  auto corpus = plan_lookalike(*options);
  if (!corpus) {
    ADD_FAILURE() << corpus.error().render();
    return {};
  }
  return std::move(corpus).value();
}

std::vector<std::string> paths(const Lookalike& corpus) {
  std::vector<std::string> out;
  for (const auto& file : corpus.files) out.push_back(file.path);
  return out;
}

// The corpus's only workbook.
std::vector<WrittenSheet> workbook(const Lookalike& corpus) {
  for (const auto& file : corpus.files) {
    if (const auto* sheets = std::get_if<std::vector<WrittenSheet>>(&file.content)) return *sheets;
  }
  ADD_FAILURE() << "no workbook";
  return {};
}

std::set<std::string> subjects(const Lookalike& corpus) {
  std::set<std::string> out;
  for (const Footage& one : corpus.footage) out.insert(one.subject);
  return out;
}

// All folders and all frame names of a corpus have these shapes.
void expect_shapes(const Lookalike& corpus, const std::string& folder, const std::string& frame) {
  const std::regex folders(folder);
  const std::regex frames(frame);
  for (const Footage& one : corpus.footage) {
    EXPECT_TRUE(std::regex_match(one.folder, folders)) << one.folder;
    for (const std::int64_t number : {one.first, one.last})
      EXPECT_TRUE(std::regex_match(one.frame_name(number), frames)) << one.frame_name(number);
  }
}

std::string text(const WrittenCell& cell) {
  const auto* found = std::get_if<std::string>(&cell);
  return found == nullptr ? "no text" : *found;
}
double number(const WrittenCell& cell) {
  const auto* found = std::get_if<double>(&cell);
  return found == nullptr ? -1000.0 : *found;
}

TEST(Lookalikes, LayoutsAreSortedAndTheirOptionsAreChecked) {
  std::vector<std::string> ids;
  for (const Layout& layout : layouts()) ids.push_back(layout.id);
  EXPECT_THAT(ids, ElementsAre("casme", "casme2", "casme3", "casme_sq", "samm", "samm_lv", "smic"));
  EXPECT_THAT(find_layout("casme22").error().render(), HasSubstr("unknown layout 'casme22'\n      | note: did you mean 'casme2'?"));
  EXPECT_THAT(complete_layout_options("samm", {{"sizes", 3}}).error().render(),
              HasSubstr("unknown option 'sizes' of layout 'samm'\n      | note: did you mean 'size'?"));
  EXPECT_THAT(complete_layout_options("samm", {{"subjects", 30}}).error().render(),
              HasSubstr("option 'subjects' is 30, at least 2 and at most 29 is wanted"));
  EXPECT_THAT(complete_layout_options("smic", {{"jpeg_quality", 90}}).error().render(), HasSubstr("unknown option")) << "SMIC is BMP";
  EXPECT_EQ(complete_layout_options("smic", {{"noise", 1}})->dump(), complete_layout_options("smic", {})->dump()) << "1 is 1.0";
  EXPECT_FALSE(plan_lookalike({{"layout", "samm"}})) << "options without their defaults";
}

TEST(Lookalikes, EveryPlanIsSoundAndAFunctionOfItsOptions) {
  for (const Layout& layout : layouts()) {
    for (const bool quirks : {false, true}) {
      for (const int clips : {1, 4, 11}) {
        const json given = {{"quirks", quirks}, {"clips_per_subject", clips}, {"subjects", 7}};
        const Lookalike corpus = plan(layout.id, given);
        EXPECT_TRUE(data::check_lookalike(corpus).ok()) << layout.id << ": " << data::check_lookalike(corpus).error().render();
        EXPECT_EQ(data::truth_csv(corpus), data::truth_csv(plan(layout.id, given)));
        json other = given;
        other["seed"] = 2;
        EXPECT_NE(data::truth_csv(corpus), data::truth_csv(plan(layout.id, other))) << layout.id;
        std::size_t movements = 0;
        for (const Footage& one : corpus.footage) movements += one.movements.size();
        const auto wanted = 7 * static_cast<std::size_t>(clips);
        EXPECT_GE(movements, wanted) << layout.id;
        EXPECT_LE(movements, wanted + 1) << layout.id << ": one clip without a row, or one row more";
        EXPECT_GE(subjects(corpus).size(), 7U) << layout.id;
      }
    }
  }
}

TEST(Lookalikes, MovementsAreAsLongAsIsAskedFor) {
  for (const Layout& layout : layouts()) {
    for (const int most : {7, 15, 200}) {
      for (const Footage& one : plan(layout.id, {{"max_frames", most}}).footage) {
        for (const Movement& movement : one.movements) {
          EXPECT_LE(movement.offset - movement.onset + 1, most) << layout.id << " " << one.folder;
          EXPECT_GE(movement.offset - movement.onset + 1, 7) << layout.id << " " << one.folder;
        }
      }
    }
  }
}

TEST(Lookalikes, QuirksChangeNoNumberThatIsDrawn) {
  const auto spans = [](const Lookalike& corpus) {
    std::map<std::string, std::string> out;
    for (const Footage& footage : corpus.footage) {
      for (const Movement& one : footage.movements) out[one.clip + footage.subject] = one.action_units + " " + std::to_string(one.onset);
    }
    return out;
  };
  const auto plain = spans(plan("casme2"));
  const auto quirky = spans(plan("casme2", {{"quirks", true}}));
  std::size_t same = 0;
  for (const auto& [clip, what] : plain) {
    const auto found = quirky.find(clip);
    if (found != quirky.end() && found->second == what) ++same;
  }
  EXPECT_GE(same + 4, plain.size()) << "but for the clips that are called differently";
}

TEST(Lookalikes, Casme2HasItsThreeArchives) {
  const Lookalike selected = plan("casme2");
  const std::string clip = R"(/sub\d\d/EP\d\d_\d\df?)";
  expect_shapes(selected, "CASME2_RAW_selected" + clip, R"(img[1-9]\d*\.jpg)");
  const Lookalike raw = plan("casme2", {{"release", "raw"}});
  expect_shapes(raw, "CASME2-RAW" + clip, R"(img[1-9]\d*\.jpg)");
  const Lookalike cropped = plan("casme2", {{"release", "cropped"}});
  expect_shapes(cropped, "Cropped" + clip, R"(reg_img[1-9]\d*\.jpg)");
  EXPECT_GT(selected.width, selected.height);
  EXPECT_LT(cropped.width, cropped.height);
  ASSERT_EQ(raw.footage.size(), selected.footage.size());
  for (std::size_t i = 0; i < raw.footage.size(); ++i) {
    EXPECT_EQ(raw.footage[i].first, 1);
    EXPECT_EQ(selected.footage[i].first, raw.footage[i].movements[0].onset) << "one plan, shown in three ways";
    EXPECT_EQ(selected.footage[i].last, raw.footage[i].movements[0].offset);
    EXPECT_GT(raw.footage[i].last, selected.footage[i].last);
    EXPECT_EQ(cropped.footage[i].first, selected.footage[i].first);
  }
}

TEST(Lookalikes, Casme2sSheetIsThatOfEitherEdition) {
  const Lookalike corpus = plan("casme2");
  EXPECT_THAT(paths(corpus), ElementsAre("CASME2-coding-20140508.xlsx"));
  const auto sheets = workbook(corpus);
  ASSERT_EQ(sheets.size(), 3U);
  EXPECT_EQ(sheets[0].name, "Sheet1");
  EXPECT_TRUE(sheets[2].rows.empty());
  const WrittenRow header = {"Subject",     "Filename",    StyledBlank{},  "OnsetFrame",       "ApexFrame",
                             "OffsetFrame", StyledBlank{}, "Action Units", "Estimated Emotion"};
  EXPECT_EQ(sheets[0].rows[0], header);
  EXPECT_EQ(sheets[0].rows.size(), 1U + 6 * 4);
  bool single = false;
  for (std::size_t i = 1; i < sheets[0].rows.size(); ++i) {
    const WrittenRow& row = sheets[0].rows[i];
    EXPECT_THAT(text(row[0]), ::testing::MatchesRegex("[0-9][0-9]")) << "subjects are text with a zero in front";
    EXPECT_LT(number(row[3]), number(row[4]));
    EXPECT_LT(number(row[4]), number(row[5]));
    // One unit is a number, several or one with a side are text.
    if (std::holds_alternative<double>(row[7]))
      single = true;
    else
      EXPECT_THAT(text(row[7]), ::testing::ContainsRegex("[+LR]"));
  }
  EXPECT_TRUE(single);

  const Lookalike later = plan("casme2", {{"sheet", "2019"}});
  EXPECT_THAT(paths(later), ElementsAre("CASME2-coding-20190701.xlsx"));
  EXPECT_EQ(text(workbook(later)[0].rows[0].back()), "Objective Classes");
  for (std::size_t i = 1; i < workbook(later)[0].rows.size(); ++i) EXPECT_GE(number(workbook(later)[0].rows[i][9]), 1.0);
}

TEST(Lookalikes, Casme2sSlipsAreThoseOfItsCard) {
  const Lookalike corpus = plan("casme2", {{"quirks", true}, {"release", "raw"}});
  EXPECT_THAT(paths(corpus), IsSupersetOf({"CASME2-coding-20140508.xlsx", "~$CASME2-coding-20140508.xlsx"}));
  expect_shapes(corpus, R"(CASME2-RAW/CASME2-RAW/sub\d\d/EP\d\d(_\d\d){0,2}f?)", R"(img\d+\.jpg)");
  std::map<std::string, WrittenRow> rows;
  std::size_t unclear = 0;
  const auto sheets = workbook(corpus);
  for (const WrittenRow& row : sheets[0].rows) {
    rows[text(row[0]) + "/" + text(row[1])] = row;
    if (text(row[7]) == "?") ++unclear;
  }
  EXPECT_EQ(text(rows.at("04/EP12_01f")[4]), "/");
  EXPECT_EQ(rows.at("05/EP09_05f")[4], rows.at("05/EP09_05f")[3]);
  EXPECT_EQ(rows.count("07/EP06_02_01"), 1U);
  EXPECT_EQ(rows.count("09/EP09f"), 1U);
  EXPECT_EQ(rows.count("24/EP02_07"), 0U);
  EXPECT_EQ(unclear, 1U);
  const auto without =
      std::find_if(corpus.footage.begin(), corpus.footage.end(), [](const Footage& one) { return one.folder.ends_with("sub24/EP02_07"); });
  EXPECT_NE(without, corpus.footage.end());
}

TEST(Lookalikes, SammsNumbersHaveFourOrFiveDigits) {
  const Lookalike corpus = plan("samm", {{"subjects", 20}});
  expect_shapes(corpus, R"(SAMM/(\d{3})/\1_\d_\d+)", R"(\d{3}_\d{4,5}\.jpg)");
  std::set<int> digits;
  for (const Footage& one : corpus.footage) digits.insert(one.digits);
  EXPECT_THAT(digits, ElementsAre(4, 5));
  EXPECT_FALSE(corpus.colour);
}

TEST(Lookalikes, SammsHeaderIsInRow14AndDurationsAreFormulas) {
  const auto sheets = workbook(plan("samm"));
  ASSERT_EQ(sheets.size(), 1U);
  EXPECT_EQ(sheets[0].name, "MICRO_ONLY");
  EXPECT_EQ(text(sheets[0].rows[13][0]), "Subject");
  EXPECT_EQ(text(sheets[0].rows[13][6]), "Duration");
  const WrittenRow& first = sheets[0].rows[14];
  const auto* duration = std::get_if<Formula>(&first[6]);
  ASSERT_NE(duration, nullptr);
  EXPECT_EQ(duration->text, "=SUM(F15-D15)+1");
  EXPECT_EQ(duration->value, number(first[5]) - number(first[3]) + 1.0);
  EXPECT_EQ(text(first[7]), "Micro - 1/2");

  const Lookalike again = plan("samm", {{"sheet", "20181215"}});
  EXPECT_THAT(paths(again), ElementsAre("SAMM_20181215_Micro_FACS_Codes_v2.xlsx"));
  EXPECT_EQ(text(workbook(again)[0].rows[0][0]), "Subject");
  EXPECT_EQ(std::get<Formula>(workbook(again)[0].rows[1][6]).text, "=SUM(F2-D2)+1");
}

TEST(Lookalikes, SammsTwoApexesOutsideAreTheListedOnes) {
  const Lookalike corpus = plan("samm", {{"quirks", true}});
  std::size_t outside = 0;
  const auto sheets = workbook(corpus);
  for (std::size_t i = 14; i < sheets[0].rows.size(); ++i) {
    const WrittenRow& row = sheets[0].rows[i];
    if (number(row[4]) >= number(row[3]) && number(row[4]) <= number(row[5])) continue;
    ++outside;
    EXPECT_THAT((std::vector<std::string>{"028_4_1", "032_3_1"}), Contains(text(row[1])));
    EXPECT_NE(text(row[9]), "Other");
    EXPECT_GT(number(row[4]), 0.0);
  }
  EXPECT_EQ(outside, 2U);
  EXPECT_THAT(data::truth_csv(corpus), HasSubstr("samm,028,028_4_1,"));
}

TEST(Lookalikes, SmicsFoldersTellAll) {
  const Lookalike corpus = plan("smic", {{"subjects", 16}, {"clips_per_subject", 8}});
  EXPECT_TRUE(corpus.files.empty());
  std::map<std::string, std::set<std::size_t>> lengths;
  const std::regex micro(R"(SMIC_all_raw/HS/(s\d+)/micro/(negative/\1_ne|positive/\1_po|surprise/\1_sur)_\d\d)");
  for (const Footage& one : corpus.footage) {
    if (one.movements.empty()) {
      EXPECT_THAT(one.folder, HasSubstr("/non_micro/"));
      continue;
    }
    EXPECT_TRUE(std::regex_match(one.folder, micro)) << one.folder;
    EXPECT_EQ(one.first, one.movements[0].onset);
    EXPECT_EQ(one.last, one.movements[0].offset);
    const std::string name = one.frame_name(one.first);
    EXPECT_THAT(name, ::testing::MatchesRegex("image[0-9]*\\.bmp"));
    lengths[one.subject].insert(name.size() - std::string("image.bmp").size());
  }
  EXPECT_THAT(lengths.at("s01"), ElementsAre(6));
  for (const char* seven : {"s05", "s12", "s18"}) EXPECT_THAT(lengths.at(seven), ElementsAre(7));
  for (const char* eight : {"s19", "s20"}) EXPECT_THAT(lengths.at(eight), ElementsAre(8));
  EXPECT_EQ(lengths.count("s07"), 0U);
  EXPECT_THAT(subjects(plan("smic", {{"quirks", true}})), Contains("s07")) << "somebody without a micro-expression";
}

TEST(Lookalikes, SmicsLongClipsHaveASheetOfFormulas) {
  const Lookalike corpus = plan("smic", {{"release", "extended"}, {"quirks", true}});
  expect_shapes(corpus, R"(HS_long/SMIC-HS-E/s(0[1-9]|[12]\d)/s[1-9]\d?_(ne|po|sur)_\d\d)", R"(image\d{6}\.jpg)");
  EXPECT_THAT(paths(corpus), ElementsAre("HS_long/SMIC-HS-E/SMIC-HS-E_annotation.xlsx", "HS_long/SMIC-HS-E/~$SMIC-HS-E_annotation.xlsx"));
  const auto sheets = workbook(corpus);
  ASSERT_EQ(sheets.size(), 4U);
  const auto value = [](const WrittenCell& cell) {
    const auto* found = std::get_if<Formula>(&cell);
    return found == nullptr ? number(cell) : found->value;
  };
  const WrittenRow& hs = sheets[0].rows[1];
  const WrittenRow& vis = sheets[1].rows[1];
  EXPECT_EQ(number(hs[0]), 20.0) << "rows begin with subject 20";
  EXPECT_EQ(hs[1], vis[1]);
  // The formulas of the release, worked out: E = D + M - 1, K = D - 100 (VIS!D - VIS!I) / 25, L = K + 100 VIS!L / 25 - 1, P = L - K + 1.
  EXPECT_EQ(std::get<Formula>(hs[10]).text, "=D2-100*(VIS!D2-VIS!I2)/25");
  EXPECT_EQ(value(hs[4]), number(hs[3]) + number(hs[12]) - 1.0);
  EXPECT_EQ(value(hs[10]), number(hs[3]) - 4.0 * (number(vis[3]) - number(vis[8])));
  EXPECT_EQ(value(hs[11]), value(hs[10]) + 4.0 * number(vis[11]) - 1.0);
  EXPECT_EQ(value(hs[15]), value(hs[11]) - value(hs[10]) + 1.0);
  EXPECT_EQ(value(vis[9]), number(vis[4]) - number(vis[3]) + 1.0);
  const auto twice = std::find_if(sheets[0].rows.begin() + 1, sheets[0].rows.end(),
                                  [](const WrittenRow& row) { return row.size() > 7 && std::get_if<double>(&row[5]) != nullptr; });
  ASSERT_NE(twice, sheets[0].rows.end());
  EXPECT_EQ((*twice)[5], (*twice)[7]) << "the second movement once more as the third";
  EXPECT_GT(number((*twice)[5]), value((*twice)[4]));
  EXPECT_LT(number((*twice)[6]), value((*twice)[11]));
  EXPECT_EQ(sheets[0].rows.size(), 1U + 24 + 300) << "styled blanks behind the data";
  EXPECT_EQ(sheets[0].rows.back()[0], WrittenCell(StyledBlank{}));
}

TEST(Lookalikes, CasmesPaddingChangesWithinTheCorpus) {
  const Lookalike corpus = plan("casme", {{"subjects", 10}, {"clips_per_subject", 12}});
  const std::regex folder(R"(CASME_raw_selected/sub(\d\d)/(EP\d\d_[1-9]\d?f?))");
  const std::regex padded(R"(EP\d\d_\d+f?-\d{3}\.jpg)");
  for (const Footage& one : corpus.footage) {
    std::smatch parts;
    ASSERT_TRUE(std::regex_match(one.folder, parts, folder)) << one.folder;
    const std::string name = one.frame_name(1);
    EXPECT_TRUE(name.starts_with(parts[2].str() + "-")) << name;
    const std::string subject = parts[1];
    const std::string clip = parts[2];
    if (subject == "07" && clip >= "EP17" && clip < "EP18") continue;  // where it changes
    EXPECT_EQ(std::regex_match(name, padded), subject > "07" || (subject == "07" && clip > "EP18")) << one.folder << " " << name;
  }
}

TEST(Lookalikes, CasmeSqHasThreeSheetsAndNoHeader) {
  const Lookalike corpus = plan("casme_sq");
  expect_shapes(corpus, R"(selectedpic/s\d\d/(anger|disgust|happy)\d_\d+)", R"(img[1-9]\d*\.jpg)");
  const auto sheets = workbook(corpus);
  ASSERT_EQ(sheets.size(), 3U);
  EXPECT_EQ(sheets[0].rows.size(), 24U);
  EXPECT_EQ(sheets[0].rows[0][0], WrittenCell(1.0)) << "data from the first row on";
  EXPECT_EQ(sheets[1].name, "naming rule1");
  EXPECT_EQ(sheets[1].rows[0], (WrittenRow{15.0, "s15", 1.0}));
  EXPECT_EQ(sheets[2].rows.size(), 9U);
  EXPECT_EQ(sheets[2].rows[2], (WrittenRow{"0401", "anger1"}));

  const Lookalike whole = plan("casme_sq", {{"release", "rawpic"}});
  expect_shapes(whole, R"(rawpic/(s(\d\d))/\2_0\d0\dlookalike)", R"(img\d{3,}\.jpg)");
  EXPECT_EQ(workbook(whole), sheets) << "one plan, shown in two ways";
}

TEST(Lookalikes, Casme3sCellsAreAllText) {
  const Lookalike corpus = plan("casme3");
  expect_shapes(corpus, R"(Part_A_ME_clip/frame/spNo\.\d+_[a-m]_\d+)", R"([1-9]\d*\.jpg)");
  const auto sheets = workbook(corpus);
  EXPECT_EQ(sheets[0].name, "label");
  std::set<std::string> keys;
  std::set<std::string> videos;
  for (const WrittenRow& row : sheets[0].rows) {
    for (const WrittenCell& cell : row) EXPECT_TRUE(std::holds_alternative<std::string>(cell));
    keys.insert(text(row[0]) + text(row[1]) + "/" + text(row[2]));
    videos.insert(text(row[0]) + text(row[1]));
  }
  EXPECT_THAT(text(sheets[0].rows[1][0]), ::testing::StartsWith("spNO."));
  EXPECT_EQ(keys.size(), sheets[0].rows.size());
  EXPECT_LT(videos.size(), keys.size()) << "a letter alone is no key";
}

TEST(Lookalikes, SammLongVideosHaveTheirHeaderInRow10) {
  const Lookalike corpus = plan("samm_lv");
  expect_shapes(corpus, R"(SAMM_longvideos/\d{3}_\d)", R"(\d{3}_\d_\d{4}\.jpg)");
  for (const Footage& one : corpus.footage) {
    EXPECT_EQ(one.first, 1);
    EXPECT_EQ(one.movements.size(), 4U);
  }
  EXPECT_EQ(text(workbook(corpus)[0].rows[9][0]), "Subject");
  const auto quirky = workbook(plan("samm_lv", {{"quirks", true}}));
  std::size_t doubled = 0;
  for (std::size_t i = 10; i < quirky[0].rows.size(); ++i) doubled += text(quirky[0].rows[i][1]) == "037_4_1" ? 1U : 0U;
  EXPECT_EQ(doubled, 2U);
}

TEST(CheckLookalike, RefusesWhatCannotBeDrawn) {
  const auto told = [](std::vector<Footage> footage) {
    Lookalike corpus;
    corpus.layout = "made";
    corpus.footage = std::move(footage);
    const core::Status status = data::check_lookalike(corpus);
    return status ? std::string("sound") : status.error().render();
  };
  const Movement good{.clip = "a", .label = "", .action_units = "4", .onset = 2, .apex = 4, .offset = 8};
  Footage footage{.subject = "s", .folder = "s/a", .before = "", .digits = 1, .after = ".bmp", .first = 1, .last = 9, .movements = {good}};
  EXPECT_EQ(told({footage}), "sound");
  EXPECT_THAT(told({footage, footage}), HasSubstr("'made' plans s/a: the folder twice"));
  Footage again = footage;
  again.folder = "s/b";
  EXPECT_THAT(told({footage, again}), HasSubstr("truth/s_a_2.flo: the motion field twice"));
  footage.movements.push_back(good);
  EXPECT_THAT(told({footage}), HasSubstr("out of order"));
  footage.movements = {good};
  footage.movements[0].apex = 2;
  EXPECT_THAT(told({footage}), HasSubstr("out of order"));
  footage.last = 0;
  EXPECT_THAT(told({footage}), HasSubstr("no frames"));
}

}  // namespace
}  // namespace mexbench::datasets
